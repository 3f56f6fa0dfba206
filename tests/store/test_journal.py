import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils.utils import sqlite3

from domain.queue_events import QueueResumed, QueueStopped, TicketIssued
from operations import ticketing
from store import journal, migrations, upkeep
from store.journal import KINDS, Recorded
from tests.operations.whole_days import ALL_KINDS, live_three_days
from tests.store.conftest import Bench
from tests.support.halls import Hall, empty_hall, new_hall

NOTED = {
    "PersonSignedIn", "PersonSignedOut", "PersonLocked", "PersonUnlocked", "PasswordSet", "JournalExported",
    "WordsRead", "DeviceReloadAsked", "VoiceTestAsked", "VoiceClipRecorded", "VoicePackFinished",
    "ReceiverTested", "IdentityRevealed", "FileOpened",
}  # fmt: skip


@pytest.fixture(scope="module")
def lived():
    hall = new_hall()
    live_three_days(hall.do, hall.clock)
    return hall


def copy_of(hall: Hall):
    db = sqlite3.connect(":memory:", isolation_level=None)
    hall.db.backup(db)
    return db


def replayed(source) -> list[str]:
    """The tables that come out different when the journal is replayed into an empty file."""
    target = sqlite3.connect(":memory:", isolation_level=None)
    migrations.upgrade(target)
    journal.replay(source, target)
    different = upkeep.differences(source, target)
    target.close()
    return different


# The chain


def swap(db, one: int, other: int) -> None:
    db.execute("UPDATE journal SET seq = -1 WHERE seq = ?", (one,))
    db.execute("UPDATE journal SET seq = ? WHERE seq = ?", (one, other))
    db.execute("UPDATE journal SET seq = ? WHERE seq = -1", (other,))


TAMPERINGS = {
    "payload": (
        lambda db: db.execute("UPDATE journal SET payload = CAST(payload || ' ' AS BLOB) WHERE seq = 60"), 60),
    "payload as text": (lambda db: db.execute("UPDATE journal SET payload = '{}' WHERE seq = 59"), 59),
    "hash as text": (lambda db: db.execute("UPDATE journal SET hash = hex(hash) WHERE seq = 58"), 58),
    "instant as text": (lambda db: db.execute("UPDATE journal SET at = 'x' WHERE seq = 57"), 57),
    "who": (lambda db: db.execute("UPDATE journal SET who = 'cb99' WHERE seq = 61"), 61),
    "instant": (lambda db: db.execute("UPDATE journal SET at = at - 60000 WHERE seq = 62"), 62),
    "day": (lambda db: db.execute("UPDATE journal SET day = day + 1 WHERE seq = 63"), 63),
    "kind": (lambda db: db.execute("UPDATE journal SET kind = 'QueueResumed' WHERE seq = 64"), 64),
    "hash": (lambda db: db.execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = 65"), 65),
    "deleted": (lambda db: db.execute("DELETE FROM journal WHERE seq = 66"), 67),
    "first deleted": (lambda db: db.execute("DELETE FROM journal WHERE seq = 1"), 2),
    "reordered": (lambda db: swap(db, 67, 68), 67),
    "inserted": (
        lambda db: db.execute("INSERT INTO journal SELECT max(seq) + 1, 1, 1, 'x', 'QueueResumed', x'7B7D',"
                              " zeroblob(32) FROM journal"), None),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_chain_names_the_first_event_that_was_tampered_with(lived, name):
    tamper, expected = TAMPERINGS[name]
    db = copy_of(lived)
    assert journal.verify(db) is None
    before = db.execute("SELECT seq, hex(payload), at, day, who, kind, hex(hash) FROM journal").fetchall()
    tamper(db)
    assert db.execute("SELECT seq, hex(payload), at, day, who, kind, hex(hash) FROM journal").fetchall() != before
    assert journal.verify(db) == (expected or journal.head(db)[0])
    db.close()


@pytest.mark.planted
def test_rewriting_a_row_with_its_own_hash_breaks_the_next_one(lived):
    db = copy_of(lived)
    previous = db.execute("SELECT hash FROM journal WHERE seq = 69").fetchone()[0]
    _, day, at, who, kind, _ = db.execute(
        "SELECT seq, day, at, who, kind, payload FROM journal WHERE seq = 70"
    ).fetchone()
    forged = b'{"queue":"forged"}'
    digest = hashlib.sha256(previous + f"70|{day}|{at}|{who}|{kind}|".encode() + forged).digest()
    db.execute("UPDATE journal SET payload = ?, hash = ? WHERE seq = 70", (forged, digest))
    assert journal.verify(db) == 71
    db.close()


def test_an_empty_journal_is_whole(bare):
    assert journal.verify(bare.db) is None
    assert journal.head(bare.db) == (0, journal.GENESIS)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None, database=None)
def test_any_text_survives_the_journal(rows):
    hall = empty_hall()
    recorded = [Recorded(i, 1, i, who, QueueStopped("q", text)) for i, (who, text) in enumerate(rows, 1)]
    digest = journal.GENESIS
    for row in recorded:
        digest = journal.append(hall.db, row, digest)
    assert list(journal.read(hall.db)) == recorded
    assert journal.verify(hall.db) is None
    hall.db.close()


def test_reading_goes_on_after_a_number_and_stops_at_a_limit(lived):
    assert [r.seq for r in journal.read(lived.db, 10, 3)] == [11, 12, 13]
    newest = journal.head(lived.db)[0]
    assert [r.seq for r in journal.read(lived.db, newest - 1)] == [newest]


def test_numbers_have_no_gap(lived):
    seqs = [r.seq for r in journal.read(lived.db)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_what_is_read_is_what_was_recorded(hall):
    issued = hall.do(ticketing.take_ticket, "ho-tich", "fr", "tre-em", "P1", who="K2")
    last = list(journal.read(hall.db))[-1]
    assert last == hall.events[-1]
    assert last.who == "K2"
    assert last.event == TicketIssued("ho-tich", "A", 1, issued.key, 0, "fr", "tre-em", "P1")


def test_every_kind_of_event_is_known_and_has_a_projection_or_needs_none():
    without = {kind.__name__ for kind, found in journal._projections.items() if not found}
    assert without == NOTED
    assert set(KINDS) == ALL_KINDS


# Replay


def test_the_three_days_have_every_kind_of_event(lived):
    assert {type(recorded.event).__name__ for recorded in journal.read(lived.db)} == ALL_KINDS


def replay_gives_the_same(db) -> None:
    assert replayed(db) == []


def test_replayed_from_empty_the_journal_gives_the_database(lived):
    replay_gives_the_same(lived.db)


def test_so_it_does_after_every_step(hall):
    def stepwise(*args, **kwargs):
        answer = Hall.do(hall, *args, **kwargs)
        stepwise.count += 1
        if stepwise.count % 10 == 0:
            replay_gives_the_same(hall.db)
        return answer

    stepwise.count = 0
    live_three_days(stepwise, hall.clock)
    assert stepwise.count > 60


def test_on_a_real_file_too(demo_file, tmp_path):
    bench = Bench(demo_file)
    live_three_days(bench.do, bench.clock)
    bench.store.close()
    assert upkeep.replay_into(demo_file, tmp_path / "again.sqlite") == []


def test_a_file_that_is_written_to_meanwhile_is_compared_with_itself(demo_file, tmp_path, monkeypatch):
    bench, differences = Bench(demo_file), upkeep.differences

    def late(*files):
        bench.do(ticketing.take_ticket, "ho-tich")
        return differences(*files)

    monkeypatch.setattr(upkeep, "differences", late)
    assert upkeep.replay_into(demo_file, tmp_path / "again.sqlite") == []
    bench.store.close()


@pytest.mark.planted
@pytest.mark.parametrize("kind", sorted(ALL_KINDS - NOTED))
def test_a_change_that_the_journal_does_not_know_is_caught(lived, monkeypatch, kind):
    """Replaying without one projection is the same as an operation that writes beside the journal."""
    monkeypatch.setitem(journal._projections, KINDS[kind], [lambda db, recorded: None])
    if kind == "QueueResumed":
        assert any(isinstance(recorded.event, QueueResumed) for recorded in journal.read(lived.db))
    with pytest.raises((AssertionError, RuntimeError)):
        replay_gives_the_same(lived.db)


@pytest.mark.planted
def test_a_table_changed_by_hand_is_caught(lived):
    db = copy_of(lived)
    db.execute(
        "UPDATE tickets SET outcome = 'served' WHERE id = (SELECT min(id) FROM tickets WHERE state = 'absent')"
    )
    with pytest.raises(AssertionError):
        replay_gives_the_same(db)
    db.close()


def test_only_vault_and_housekeeping_are_left_out_of_the_comparison(lived):
    tables = {row[0] for row in lived.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    indices = ("procedures_words", "dossier_codes")
    compared = {name for name in tables if not name.startswith(("sqlite_", "_sqlite_", *indices))}
    left_out = {*migrations.VAULT, *migrations.HOUSEKEEPING}
    assert left_out < compared
    empty = empty_hall()
    filled = {name for name in compared - left_out if lived.one(f"SELECT count(*) FROM {name}")}
    assert set(upkeep.differences(lived.db, empty.db)) == filled
    assert filled == compared - left_out
    empty.db.close()
