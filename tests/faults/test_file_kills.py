"""The server killed while clerks send files: who was told that a file is in its dossier finds it whole."""

import random
import threading
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2
import pytest

from domain.attachments import FileLost
from operations import intake, shifts
from store import attachments
from store.store import Store
from store.strongbox import FOLDER, Strongbox
from store.vault import Vault
from store.writer import Act
from tests.support.asking import request_id
from tests.support.crowd import Furnished, furnish, report, serving
from tests.support.files import a_pdf
from tests.support.halls import HandClock
from tests.support.sizes import size

pytestmark = pytest.mark.fault

SENDERS = 3
PROCEDURE = "1.001193"
WAIT = 30.0


@dataclass
class Desk:
    """Clerks who send files to one dossier, and what they were told."""

    place: Furnished
    dice: random.Random
    codes: list[str] = field(default_factory=list)  # a new one each life: a dossier takes 100 files
    sent: dict[str, bytes] = field(default_factory=dict)
    told: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, url: str, number: int) -> None:
        """Send one file after the other until the server is gone."""
        headers = {"Origin": url, "Cookie": self.place.cookie("cb01")}
        dice = random.Random(self.dice.random())
        with httpx2.Client(base_url=url, headers=headers, trust_env=False, verify=False, timeout=10) as client:
            while not self.over.is_set():
                name = f"{number}-{dice.getrandbits(40)}.pdf"
                content = a_pdf(name * dice.randrange(1, 8000))
                form = {"belongs": "submitted:", "request_id": request_id()}
                try:
                    answer = client.post(
                        f"/dossiers/{self.codes[-1]}/files", data=form, files={"file": (name, content)}
                    )
                except httpx2.HTTPError:
                    return
                assert answer.status_code in (303, 409, 503), answer.text[:300]
                with self.told:
                    if answer.status_code == 303:
                        self.sent[name] = content
                    self.told.notify_all()


def receive(place: Furnished) -> str:
    store = Store(place.file, HandClock())
    store.start()
    try:
        with suppress(Exception):
            store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        taken = intake.Intake(PROCEDURE, b"sealed")
        return store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code
    finally:
        store.close()


def check_files(desk: Desk) -> None:
    """Between two lives of the server: what the book names is whole, what was told is in the book."""
    vault = Vault.open(desk.place.data / "site.key")
    box = Strongbox(desk.place.data / FOLDER, vault)
    with desk.place.rows() as db:
        present = [file for code in desk.codes for file in attachments.of_dossier(db, code)]
        sealed = [one for code in desk.codes for one in attachments.sealed_names(db, code).items()]
    names = {number: vault.unseal(name).decode() for number, name in sealed}
    kept = {}
    for file in present:
        try:
            kept[names[file.number]] = b"".join(box.open(file.address).pieces())
        except FileLost:
            pytest.fail(f"file {file.number} is in the book and not on the disk")
        assert len(kept[names[file.number]]) == file.size
    lost = [name for name, content in desk.sent.items() if kept.get(name) != content]
    assert not lost, f"{len(lost)} files were told and are not there"


def check_tidy(place: Furnished) -> None:
    """After a start nothing lies there that the book does not name."""
    box = Strongbox(place.data / FOLDER, Vault.open(place.data / "site.key"))
    with place.rows() as db:
        named = attachments.addresses(db)
    assert set(box.addresses()) == named
    assert not list(box.folder.rglob("*.unfinished"))


def live_through_kills(quiet_path, lives: int, fault: str = "") -> int:
    place = furnish(quiet_path / "data", (), {1: "cb01"})
    desk = Desk(place, random.Random(7))
    environment = {"MOTCUA_DOSSIER_MEGABYTES": "2000"}
    for _ in range(lives):
        desk.codes.append(receive(place))
        with serving(place, fault, **environment) as process:
            check_tidy(place)
            senders = [threading.Thread(target=desk.send, args=(process.url, n)) for n in range(SENDERS)]
            for sender in senders:
                sender.start()
            goal = len(desk.sent) + desk.dice.randrange(1, 6)
            with desk.told:
                assert desk.told.wait_for(lambda goal=goal: len(desk.sent) >= goal, WAIT)
                desk.told.wait(desk.dice.uniform(0, 0.03))  # anywhere in the next ones
            process.kill()
            for sender in senders:
                sender.join(WAIT)
        check_files(desk)
    with serving(place, **environment):
        check_tidy(place)
        check_files(desk)
    return len(desk.sent)


def test_no_kill_costs_a_file_or_leaves_half_of_one(quiet_path):
    lives = size("file-kills", 3, 40)
    told = live_through_kills(quiet_path, lives)
    report("file-kills", f"{lives} lives, {told} files, 0 lost")


@pytest.mark.planted
def test_a_file_that_is_named_before_it_is_sealed_is_caught(quiet_path):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live_through_kills(quiet_path, 3, "names_files_before_it_seals_them")
