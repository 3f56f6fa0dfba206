"""What is past its time leaves file, log and disk by itself at night, and never while the clock is in doubt."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from domain.applicants import to_bytes, words, words_to_bytes
from domain.attachments import Limits
from domain.days import LOCAL
from domain.dossiers import Act as Deed
from domain.keeping import DataGone, Held
from operations import attaching, corresponding, intake, managing, processing, shifts, ticketing
from operations import keeping as rules
from operations.attaching import Sent
from operations.corresponding import NewArrival
from operations.processing import Doing
from store import attachments, dossiers, holders, inbox, journal, keeping, marks, upkeep
from store.store import Store
from store.strongbox import Strongbox
from store.vault import Vault
from store.writer import Act
from tests.operations.whole_days import CANARY
from tests.support.halls import HandClock, demo_calendar, demo_centre, write_file
from web import keeping as nights
from web.file_rooms import FileRoom

PROCEDURE = "1.001193"
CLERK = Act("cb01")
VAULT = Vault(b"k" * 32)
SEALED = VAULT.seal(to_bytes(CANARY.particulars))
REASON = VAULT.seal(words_to_bytes(words(CANARY.summary)))
LETTER = VAULT.seal(b'"thu cua ba Chim Yen"' * 40)
SCAN = VAULT.seal(b"scan of the card of Chim Yen" * 400)  # on pages of its own, which go to the free list
PLAIN = (CANARY.name, CANARY.identity, CANARY.phone, CANARY.address)
YEARS = timedelta(days=3651)


class Hall:
    """A file with dossiers that are over, and one that is not."""

    def __init__(self, folder, *, server=False) -> None:
        self.folder, self.clock = folder, HandClock()
        self.store = Store(write_file(folder / "motcua.sqlite"), self.clock, server=server)
        self.store.start()
        self.room = FileRoom(self.store, Strongbox(folder / "files", VAULT), Limits())
        self.do(managing.load_centre, replace(demo_centre(), portal=None, axis=None), demo_calendar())
        self.do(shifts.open_shift, 1, "cb01")

    def do(self, operation, *args, **kwargs):
        return self.store.write_now(CLERK, operation, *args, **kwargs)

    def receive(self) -> str:
        """A dossier with all that may be personal: owner, marks, card, file, words."""
        found_by = marks.of_owner(VAULT, CANARY.owner)
        taken = intake.Intake(PROCEDURE, SEALED, card=b"c" * 32, found_by=found_by)
        return self.do(intake.receive_dossier, 1, "cb01", taken).code

    def fill(self, code: str) -> int:
        """Its file, step, inbox file and letter; gives the file's number."""
        address = self.room.box.put(f"scan of {code}".encode())
        sent = Sent(address, "application/pdf", 3, VAULT.seal(f"{CANARY.name}.pdf".encode()))
        number = self.do(attaching.attach_file, code, sent, Limits())
        self.room.box.release(address)
        self.do(processing.note, Deed.PROGRESS, Doing(code, "cb01", REASON))
        self.do(lambda tx: inbox.keep_form(tx.db, code, "dossier", SCAN))
        return number

    def end(self, code: str) -> None:
        self.do(processing.note, Deed.WITHDRAW, Doing(code, "cb01", REASON))

    def rows(self, table: str) -> int:
        return self.store.read(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def run(self) -> bool:
        return nights.run(self.room)


@pytest.fixture
def hall(tmp_path):
    made = Hall(tmp_path)
    yield made
    made.store.close()


def three(hall) -> tuple[str, str]:
    """One that was withdrawn, one that lives; a visit turned away; a letter about nothing of ours."""
    ended, living = hall.receive(), hall.receive()
    hall.fill(ended), hall.fill(living)
    hall.end(ended)
    hall.do(intake.turn_away, 1, "cb01", "complete", PROCEDURE, SEALED, REASON)
    hall.do(corresponding.take_in, NewArrival("H56.07", "vb-3", "0" * 64, LETTER, LETTER))
    return ended, living


def pieces(sealed: bytes) -> list[bytes]:
    """Parts of what was sealed, one of which a page that was only half overwritten would still hold."""
    return [sealed[at : at + 24] for at in range(0, len(sealed) - 24, 200)]


def everywhere(folder) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_what_is_past_its_time_leaves_book_vault_and_disk(hall):
    ended, living = three(hall)
    assert hall.run() and hall.rows("removals") == 0
    hall.clock.forward(days=91)
    hall.run()
    (only,) = hall.store.read(lambda db: db.execute("SELECT held, subjects, rows FROM removals").fetchall())
    assert only == ("inbox", 1, 1)
    hall.clock.moment += YEARS
    assert hall.run()
    one, other = (hall.store.read(dossiers.find, code) for code in (ended, living))
    with pytest.raises(DataGone):
        hall.store.read(dossiers.sealed_particulars, one.particulars)
    assert hall.store.read(dossiers.sealed_particulars, other.particulars) == SEALED
    assert hall.store.read(attachments.of_dossier, ended) == []
    assert hall.store.read(attachments.sealed_names, ended) == {}
    assert len(hall.store.read(attachments.of_dossier, living)) == hall.room.box.room()[0] == 1
    assert hall.store.read(holders.open_dossiers, b"c" * 32) == [living]
    assert hall.store.read(marks.find, marks.of_identity(VAULT, CANARY.identity)) == [other.seq]
    counts = {table: hall.rows(table) for table in ("particulars", "dossier_words", "inbox_forms", "letter_bodies")}
    assert counts == {"particulars": 1, "dossier_words": 1, "inbox_forms": 1, "letter_bodies": 0}
    assert one.status == 7 and one.finished_at and len(hall.store.read(dossiers.steps_of, ended)) == 2


def test_nothing_of_an_open_dossier_is_ever_removed(hall):
    code = hall.receive()
    hall.fill(code)
    tables = ("particulars", "dossier_words", "inbox_forms", "attachments", "dossier_marks", "card_holders")
    before = {table: hall.rows(table) for table in tables}
    hall.clock.forward(days=36_500)
    hall.run()
    assert {table: hall.rows(table) for table in tables} == before
    assert hall.rows("removals") == 0
    assert len(hall.store.read(attachments.of_dossier, code)) == 1


@pytest.mark.planted
def test_a_rule_that_forgets_living_dossiers_is_caught(hall, monkeypatch):
    monkeypatch.setattr(keeping, "FINAL", tuple(range(1, 11)))
    with pytest.raises(AssertionError):
        test_nothing_of_an_open_dossier_is_ever_removed(hall)


def no_byte_is_left(hall) -> None:
    three(hall)
    living = hall.receive()
    assert all(any(piece in everywhere(hall.folder) for piece in pieces(one)) for one in (SEALED, REASON, SCAN))
    hall.do(lambda tx: tx.db.execute("UPDATE dossiers SET status = 7 WHERE status <> 7") and None)
    hall.clock.moment += YEARS
    assert hall.run()
    held = everywhere(hall.folder)
    assert living.encode() in held, "what is no personal data is still there"
    left = [one for sealed in (SEALED, REASON, LETTER, SCAN) for one in pieces(sealed) if one in held]
    assert left == []
    assert [text for text in PLAIN if text.encode() in held] == []
    digest = marks.of_identity(VAULT, CANARY.identity)[0]
    assert digest not in held, "the index of numbers is personal data too"


def test_no_byte_of_it_is_left_in_file_log_or_folder(hall):
    no_byte_is_left(hall)


@pytest.mark.planted
def test_a_file_that_does_not_overwrite_what_it_frees_is_caught(hall):
    hall.do(lambda tx: None)
    hall.store.writer.db.execute("PRAGMA secure_delete = OFF")
    with pytest.raises(AssertionError):
        no_byte_is_left(hall)


@pytest.mark.planted
def test_a_log_that_keeps_the_old_pages_is_caught(hall, monkeypatch):
    monkeypatch.setattr(upkeep, "shed_log", lambda path: True)
    with pytest.raises(AssertionError):
        no_byte_is_left(hall)


@pytest.mark.planted
def test_a_rule_that_leaves_the_content_on_the_disk_is_caught(hall, monkeypatch):
    monkeypatch.setattr(FileRoom, "let_go_now", lambda self, address: None)
    with pytest.raises(AssertionError):
        test_what_is_past_its_time_leaves_book_vault_and_disk(hall)


def test_the_journal_says_how_many_by_which_rule_and_replays_to_the_same_tables(hall, tmp_path):
    three(hall)
    hall.clock.moment += YEARS
    hall.run()
    told = hall.store.read(
        lambda db: [r.event for r in journal.read(db) if type(r.event).__name__ == "DataRemoved"]
    )
    assert {Held(event.held) for event in told} == {
        Held.INBOX, Held.FILES, Held.LETTERS, Held.WORDS, Held.VISITS, Held.PARTICULARS,
    }  # fmt: skip
    assert all(set(event.__slots__) == {"held", "days", "of", "rows"} for event in told)
    assert upkeep.replay_into(hall.store.path, tmp_path / "again.sqlite") == []


def test_a_restored_copy_loses_it_again(hall, tmp_path):
    three(hall)
    upkeep.back_up(hall.store.path, tmp_path / "copies" / "copy.sqlite")
    hall.clock.moment += YEARS
    hall.run()
    hall.store.close()
    upkeep.restore(tmp_path / "copies" / "copy.sqlite", hall.store.path)
    again = Store(hall.store.path, hall.clock)
    again.start()
    room = FileRoom(again, hall.room.box, Limits())
    assert again.read(lambda db: db.execute("SELECT count(*) FROM particulars").fetchone()[0]) == 3
    assert nights.run(room)
    assert again.read(lambda db: db.execute("SELECT count(*) FROM particulars").fetchone()[0]) == 1
    again.close()


def test_it_is_done_in_pieces(hall, monkeypatch):
    monkeypatch.setattr(rules, "AT_ONCE", 1)
    monkeypatch.setattr(rules, "FILES_AT_ONCE", 1)
    test_what_is_past_its_time_leaves_book_vault_and_disk(hall)


KILLED = """
import os, sys
from pathlib import Path
from operations import keeping
from store.store import Store
from tests.support.halls import HandClock
clock = HandClock()
clock.moment += {years!r}
store = Store(Path(sys.argv[1]), clock)
store.start()
keeping.AT_ONCE = 1
left = int(sys.argv[2])
leave = keeping.keeping.leave
def dying(db, held, of):
    global left
    gone = leave(db, held, of)
    left -= 1
    if not left:
        os.kill(os.getpid(), {signal})
    return gone
keeping.keeping.leave = dying
keeping.apply_rules(store, lambda address: None)
"""


@pytest.mark.parametrize("when", [1, 4, 7])
def test_a_kill_in_the_middle_leaves_whole_rows(hall, when):
    codes = [hall.receive() for _ in range(4)]
    for code in codes:
        hall.fill(code)
        hall.end(code)
    hall.store.close()
    text = "import datetime\n" + KILLED.format(years=YEARS, signal=int(signal.SIGKILL))
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run(
        [sys.executable, "-c", text, str(hall.store.path), str(when)], env=environment, timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    whole_rows(hall, when - 1)
    again = Store(hall.store.path, hall.clock)
    again.start()
    hall.clock.moment += YEARS
    hall.room.store = again
    assert nights.run(hall.room)
    assert again.read(lambda db: db.execute("SELECT count(*) FROM particulars").fetchone()[0]) == 0
    again.close()


def whole_rows(hall, done: int) -> None:
    """What was told is what went: so many transactions, each with all of its rows."""
    db = sqlite3.connect(hall.store.path)
    assert journal.verify(db) is None
    assert db.execute("SELECT count(*) FROM removals").fetchone()[0] == done
    for held, table in (("inbox", "inbox_forms"), ("words", "dossier_words"), ("particulars", "particulars")):
        gone = db.execute("SELECT coalesce(sum(rows), 0) FROM removals WHERE held = ?", (held,)).fetchone()[0]
        whole = {"inbox_forms": 4, "dossier_words": 8, "particulars": 4}[table]
        if table != "particulars":
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == whole - gone
    db.close()


@pytest.mark.parametrize(("leap", "looked"), [(0, 1), (14, 1), (17, 0), (4000, 0), (-2, 0)])
def test_a_clock_in_doubt_deletes_nothing(hall, monkeypatch, leap, looked):
    asked = []
    monkeypatch.setattr(nights, "run", lambda room, over: asked.append(1) or True)
    hall.do(ticketing.take_ticket, "ho-tich")  # opens the business day
    hall.clock.forward(days=leap)
    house = SimpleNamespace(store=hall.store, now=hall.clock)

    async def live() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(nights.tend(hall.room, house), timedelta(milliseconds=200).total_seconds())

    asyncio.run(live())
    assert len(asked) == looked


def test_a_server_that_stops_ends_it_between_two_transactions(hall, monkeypatch):
    monkeypatch.setattr(rules, "AT_ONCE", 1)
    over = threading.Event()
    codes = [hall.receive() for _ in range(3)]
    for code in codes:
        hall.fill(code), hall.end(code)
    hall.clock.moment += YEARS
    hall.store.listen(lambda events: over.set())
    assert not nights.run(hall.room, over)
    assert hall.rows("removals") == 1
    assert hall.run() and hall.rows("particulars") == 0


def test_once_a_night_and_at_every_start():
    day = datetime(2026, 11, 23, 3, 0, tzinfo=LOCAL)
    assert nights.is_due(None, day + timedelta(hours=9)), "after a start at once"
    assert not nights.is_due(day.date(), day + timedelta(hours=20))
    assert not nights.is_due(day.date(), day + timedelta(hours=21, minutes=30)), "half past midnight is early"
    assert nights.is_due(day.date(), day + timedelta(hours=22))


def test_while_somebody_reads_old_pages_the_night_is_not_over(hall, monkeypatch):
    monkeypatch.setattr(upkeep, "SHED_MILLISECONDS", 1)
    three(hall)
    hall.clock.moment += YEARS
    with hall.store.own_reader() as db:
        db.execute("SELECT count(*) FROM journal").fetchone()
        assert not hall.run()
    assert upkeep.shed_log(hall.store.path)
