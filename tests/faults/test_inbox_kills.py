"""The server killed while the portal pushes dossiers with files: each is wholly there or not at all."""

import itertools
import random
import threading
from dataclasses import dataclass, field

import httpx2
import pytest

import clock
from domain.attachments import FileLost
from store import attachments, dossiers
from store.strongbox import FOLDER, Strongbox
from store.vault import Vault
from tests.faults.test_file_kills import check_tidy
from tests.portal.inbox_letters import INBOX, SECRET, body_of, dossier, header
from tests.portal.test_inbox_files import sent
from tests.support.crowd import Furnished, furnish, report, serving
from tests.support.files import a_pdf
from tests.support.sizes import size

pytestmark = pytest.mark.fault

PUSHERS = 2
FILES = 3
WAIT = 30.0


@dataclass
class Portal:
    """A portal that pushes, what it pushed, and what it was told was taken."""

    place: Furnished
    dice: random.Random = field(default_factory=lambda: random.Random(11))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    pushed: dict[str, bytes] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    told: threading.Condition = field(default_factory=threading.Condition)

    def push(self, url: str) -> None:
        """One dossier after the other until the server is gone."""
        with httpx2.Client(base_url=url, trust_env=False, verify=False, timeout=10) as client:
            while True:
                with self.told:
                    code = f"000.00.00.G22-261123-2{next(self.numbers):05d}"
                    lengths = [self.dice.randrange(1, 60_000) for _ in range(FILES)]
                    self.pushed[code] = body_of(_told(code, lengths))
                try:
                    answer = self.letter(client, code)
                except httpx2.HTTPError:
                    return
                assert answer.json()["error_code"] == "0", answer.text[:300]
                with self.told:
                    self.taken.add(code)
                    self.told.notify_all()

    def letter(self, client: httpx2.Client, code: str) -> httpx2.Response:
        body = self.pushed[code]
        nonce = f"nonce-{code.replace('.', '-')}-{next(self.numbers)}"
        signed = header(body, clock.now(), nonce)
        return client.post(INBOX, content=body, headers={"Authorization": signed})


def _told(code: str, lengths: list[int]) -> dict[str, object]:
    contents = [a_pdf(f"{code} {number} ".ljust(length, "x")) for number, length in enumerate(lengths)]
    return dossier(MaHoSo=code, NgayNopHoSo="20260101080000", TaiLieuNop=sent(*contents))


def check_whole(portal: Portal) -> None:
    """Between two lives: a dossier that is there has all its files, whole; what was told is there."""
    box = Strongbox(portal.place.data / FOLDER, Vault.open(portal.place.data / "site.key"))
    with portal.place.rows() as db:
        there = {code for code in portal.pushed if dossiers.find(db, code) is not None}
        named = {code: attachments.of_dossier(db, code) for code in there}
    assert portal.taken <= there, f"{len(portal.taken - there)} dossiers were told and are not there"
    for code, present in named.items():
        assert len(present) == FILES, f"{code} has {len(present)} files"
        for file in present:
            try:
                assert box.open(file.address).size == file.size
            except FileLost:
                pytest.fail(f"a file of {code} is in the book and not on the disk")


def live_through_kills(quiet_path, lives: int, fault: str = "") -> int:
    place = furnish(quiet_path / "data", (), {1: "cb01"})
    portal, secret = Portal(place), quiet_path / "inbox.secret"
    secret.write_text(SECRET, encoding="utf-8")
    environment = {"MOTCUA_INBOX_SECRET_FILE": str(secret)}
    for _ in range(lives):
        with serving(place, fault, **environment) as process:
            check_tidy(portal.place)
            pushers = [threading.Thread(target=portal.push, args=(process.url,)) for _ in range(PUSHERS)]
            for pusher in pushers:
                pusher.start()
            goal = len(portal.taken) + portal.dice.randrange(1, 6)
            with portal.told:
                assert portal.told.wait_for(lambda goal=goal: len(portal.taken) >= goal, WAIT)
                portal.told.wait(portal.dice.uniform(0, 0.05))  # anywhere in the next ones
            process.kill()
            for pusher in pushers:
                pusher.join(WAIT)
        check_whole(portal)
    with serving(place, **environment) as process:
        check_tidy(portal.place)
        check_repeats(portal, process.url)
    return len(portal.taken)


def check_repeats(portal: Portal, url: str) -> None:
    """A portal that got no answer pushes again: in the end all is there, and each once."""
    with httpx2.Client(base_url=url, trust_env=False, verify=False, timeout=10) as client:
        for code in portal.pushed:
            assert portal.letter(client, code).json()["error_code"] in ("0", "1")
            portal.taken.add(code)
    check_whole(portal)
    check_tidy(portal.place)


def test_no_kill_leaves_a_dossier_without_its_files_or_files_without_a_dossier(quiet_path):
    lives = size("file-kills", 3, 40)
    told = live_through_kills(quiet_path, lives)
    report("inbox-kills", f"{lives} lives, {told} dossiers with {FILES} files, 0 lost, 0 left over")


@pytest.mark.planted
def test_files_that_are_named_before_they_are_sealed_are_caught(quiet_path):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live_through_kills(quiet_path, 3, "names_files_before_it_seals_them")
