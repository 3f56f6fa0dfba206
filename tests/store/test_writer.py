import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from sqlite_utils.utils import sqlite3
from structlog.testing import capture_logs

from domain.errors import NotFound, QueueStopped, RequestReused, StoreFull, StoreUnavailable, UnknownQueue
from domain.queue_events import QueueStopped as QueueStoppedEvent
from operations import calling, managing, shifts, ticketing
from store import journal, tickets, upkeep, writer
from store.store import Store
from store.writer import Act, Job, Writer
from tests.store.conftest import PATIENCE, Bench
from tests.support.halls import ROOT, HandClock
from tests.support.sizes import size

take = ticketing.take_ticket


def stop_then_refuse(tx):
    tx.record(QueueStoppedEvent("ho-tich", "nửa chừng"))
    tx.db.execute("INSERT INTO particulars (sealed) VALUES (x'00')")
    raise NotFound(what="không gì cả")


def stop_then_crash(tx):
    tx.record(QueueStoppedEvent("ho-tich", "nửa chừng"))
    raise ZeroDivisionError


# Group commit


@pytest.mark.parametrize(("jobs", "commits"), [(1, 1), (64, 1), (65, 2), (200, 4)])
def test_jobs_that_wait_together_share_one_commit(bench, jobs, commits):
    with bench.held():
        futures = [bench.queue(take, "ho-tich") for _ in range(jobs)]
        before = bench.store.writer.commits, bench.store.writer.written
    assert [future.result(PATIENCE).n for future in futures] == list(range(1, jobs + 1))
    after = bench.store.writer.commits, bench.store.writer.written
    assert (after[0] - before[0], after[1] - before[1]) == (commits + 1, jobs + 1)


def in_a_crowd_one_more_is_waited_for(bench: Bench, monkeypatch) -> None:
    """Batches were large of late: the first of the next one waits until the other has pressed as well."""
    monkeypatch.setattr(writer, "BATCH", 2)
    bench.store.writer._usual = 8.0
    commits = bench.store.writer.commits
    first = bench.queue(take, "ho-tich")
    patience = time.monotonic() + PATIENCE
    while bench.store.writer._jobs.qsize():
        assert time.monotonic() < patience
    second = bench.queue(take, "ho-tich")
    assert [future.result(PATIENCE).n for future in (first, second)] == [1, 2]
    assert bench.store.writer.commits == commits + 1


def test_in_a_crowd_one_more_is_waited_for(bench, monkeypatch):
    monkeypatch.setattr(writer, "GATHER_SECONDS", PATIENCE)
    in_a_crowd_one_more_is_waited_for(bench, monkeypatch)


def test_who_presses_alone_waits_for_nobody(bench, monkeypatch):
    monkeypatch.setattr(writer, "GATHER_SECONDS", 2 * PATIENCE)
    assert [bench.queue(take, "ho-tich").result(PATIENCE).n for _ in range(3)] == [1, 2, 3]


@pytest.mark.planted
def test_a_writer_that_waits_for_nobody_is_caught(bench, monkeypatch):
    monkeypatch.setattr(writer, "CROWD", 1000)
    with pytest.raises(AssertionError):
        in_a_crowd_one_more_is_waited_for(bench, monkeypatch)


def neighbours_are_left_alone(bench: Bench) -> None:
    """A refused and a crashed operation in the middle of a batch leave no trace, and their neighbours whole."""
    with bench.held():
        commits = bench.store.writer.commits
        futures = [
            bench.queue(operation, *args)
            for operation, args in (
                (take, ("ho-tich",)), (stop_then_refuse, ()), (take, ("ho-tich",)), (stop_then_crash, ()),
                (take, ("không-có",)), (take, ("ho-tich",)),
            )
        ]  # fmt: skip
    errors = [type(future.exception(PATIENCE)) for future in futures]
    none = type(None)
    assert errors == [none, NotFound, none, ZeroDivisionError, UnknownQueue, none]
    assert bench.store.writer.commits == commits + 2
    assert [futures[i].result().n for i in (0, 2, 5)] == [1, 2, 3]
    assert bench.one("SELECT count(*) FROM stopped_queues") == 0
    assert bench.one("SELECT count(*) FROM particulars") == 0
    assert bench.one("SELECT count(*) FROM journal WHERE kind = 'QueueStopped'") == 0
    assert bench.store.read(journal.verify) is None


def test_a_refused_operation_leaves_its_neighbours_alone(bench):
    neighbours_are_left_alone(bench)


@pytest.mark.planted
def test_a_writer_without_savepoints_is_caught(bench, monkeypatch):
    def leaky(self, tx, job, apart):
        job.answer = job.error = None
        try:
            job.answer = writer.perform(tx, job)
        except Exception as error:
            job.future.set_exception(error)
            job.future = Future()

    monkeypatch.setattr(Writer, "_perform", leaky)
    with pytest.raises(AssertionError, match="QueueStopped"):
        neighbours_are_left_alone(bench)


def nothing_is_told_before_the_commit(bench: Bench) -> None:
    """Whoever hears of a ticket, by its future or by the feed, finds it in the file."""
    missing, heard = [], []

    def find(seq: int) -> None:
        db = sqlite3.connect(f"file:{bench.store.path}?mode=ro", uri=True)
        if not db.execute("SELECT 1 FROM journal WHERE seq = ?", (seq,)).fetchone():
            missing.append(seq)
        db.close()

    def listen(events):
        for recorded in events:
            heard.append(recorded.seq)
            find(recorded.seq)

    bench.do(shifts.open_shift, 1, "cb01")
    bench.store.listen(listen)
    with bench.held():
        futures = [bench.queue(take, "ho-tich") for _ in range(3)]
        for future in futures:
            future.add_done_callback(lambda done: find(done.result().id))
    ids = [future.result(PATIENCE).id for future in futures]
    bench.do(calling.call_next, 1, "cb01")
    with bench.held():  # a batch begins after the feed of the one before
        pass
    assert missing == [], "told before the commit"
    assert heard[:3] == ids


def test_futures_and_listeners_hear_only_what_is_committed(bench):
    nothing_is_told_before_the_commit(bench)


@pytest.mark.planted
def test_an_answer_before_the_commit_is_caught(bench, monkeypatch):
    perform = Writer._perform

    def hasty(self, tx, job, apart):
        perform(self, tx, job, apart)
        if job.error is None:
            job.future.set_result(job.answer)
            job.future = Future()

    monkeypatch.setattr(Writer, "_perform", hasty)
    with pytest.raises(AssertionError, match="told before the commit"):
        nothing_is_told_before_the_commit(bench)


def test_a_full_queue_says_so_at_once(bench, monkeypatch):
    monkeypatch.setattr(writer, "WAITING_AT_MOST", 5)
    with bench.held():
        futures = [bench.queue(take, "ho-tich") for _ in range(5)]
        with pytest.raises(StoreUnavailable):
            bench.queue(take, "ho-tich")
    assert [future.result(PATIENCE).n for future in futures] == [1, 2, 3, 4, 5]
    assert bench.do(take, "ho-tich").n == 6


def test_the_bound_lies_in_the_thousands():
    assert 1000 <= writer.WAITING_AT_MOST <= 10_000


def test_closing_finishes_what_is_queued(demo_file):
    bench = Bench(demo_file)
    with bench.held():
        futures = [bench.queue(take, "ho-tich") for _ in range(100)]
        closing = threading.Thread(target=bench.store.close)
        closing.start()
    closing.join(PATIENCE)
    assert [future.result(0).n for future in futures] == list(range(1, 101))


def test_a_store_that_was_never_started_can_be_closed(demo_file):
    """make_app opens the store before the rest: when that fails, the file must be let go of."""
    store = Store(demo_file, HandClock(), server=True)
    try:
        store.close()
    finally:
        store.writer.db.close()
        store._lock.close()


def test_a_closed_store_refuses_instead_of_never_answering(demo_file):
    bench = Bench(demo_file)
    bench.store.close()
    with pytest.raises(StoreUnavailable):
        bench.queue(take, "ho-tich").result(1)


# Two clerks, one ticket


def everybody_is_called_once(bench: Bench, press, rounds: int) -> None:
    """Counters 1, 2 and 3 press together; every number goes to one counter, and each counter gets one."""
    desks = [(1, "cb01"), (2, "cb02"), (3, "cb03")]
    for counter, person in desks:
        bench.do(shifts.open_shift, counter, person)
    for _ in range(rounds):
        issued = {bench.do(take, "ho-tich").id for _ in desks}
        assert sorted(pressed_together(press, desks)) == sorted(issued)
    again = bench.store.read(lambda db: db.execute("SELECT count(*), count(DISTINCT ticket) FROM calls").fetchone())
    assert again == (3 * rounds, 3 * rounds)


def pressed_together(press, desks) -> list[int]:
    got: list[int] = []
    together = threading.Barrier(len(desks))
    presses = [threading.Thread(target=lambda d=d: got.append(press(together, *d))) for d in desks]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join(PATIENCE)
    return got


def test_clerks_who_press_at_once_get_different_people(bench):
    def press(together, counter, person):
        together.wait(PATIENCE)
        return bench.do(calling.call_next, counter, person).ticket.id

    everybody_is_called_once(bench, press, size("clerks-at-once", 10, 500))


@pytest.mark.planted
def test_select_then_update_is_caught(bench):
    def take_seen(tx, ticket, counter):
        tx.db.execute("UPDATE tickets SET state = 'called', counter = ? WHERE id = ?", (counter, ticket))
        number = "(SELECT coalesce(max(seq), 0) + 1 FROM calls)"
        call = f"({number}, 1, ?, ?, 0, 'call', '', '', 'due', NULL, NULL, 0)"
        tx.db.execute(f"INSERT INTO calls VALUES {call}", (ticket, counter))

    def press(together, counter, person):
        head = bench.store.read(tickets.heads, counter, person, ["ho-tich"])[0]
        together.wait(PATIENCE)
        bench.do(take_seen, head.ticket, counter)
        return head.ticket

    with pytest.raises(AssertionError):
        everybody_is_called_once(bench, press, 1)


def test_numbers_stay_unique_under_many_threads(bench):
    each, threads = size("tickets-a-thread", 25, 1000), 8
    numbers: list[tuple[str, int]] = []

    def kiosk(i: int) -> None:
        for _ in range(each):
            given = bench.do(take, ("ho-tich", "dat-dai")[i % 2])
            numbers.append((given.queue, given.n))

    kiosks = [threading.Thread(target=kiosk, args=(i,)) for i in range(threads)]
    for thread in kiosks:
        thread.start()
    for thread in kiosks:
        thread.join(PATIENCE * 10)
    half = each * threads // 2
    assert sorted(numbers) == [(queue, n) for queue in ("dat-dai", "ho-tich") for n in range(1, half + 1)]


# A full disk


def leave_no_room(bench: Bench) -> None:
    pages = bench.store.writer.db.execute("PRAGMA page_count").fetchone()[0]
    bench.store.writer.db.execute(f"PRAGMA max_page_count = {pages}")


def make_room(bench: Bench) -> None:
    bench.store.writer.db.execute("PRAGMA max_page_count = 1000000")


def a_full_disk_loses_and_halves_nothing(bench: Bench, folder) -> None:
    """Refused tickets leave nothing; acknowledged ones are there; with room again the same request succeeds."""
    told: list[int] = []
    bench.store.listen(lambda events: told.extend(recorded.seq for recorded in events))
    leave_no_room(bench)
    kept: list[int] = []
    refused = None
    for i in range(800):
        try:
            kept.append(bench.do(take, "ho-tich", printer="P1", request=f"r{i}").id)
        except StoreFull:
            refused = f"r{i}"
            break
    stored = bench.store.read(lambda db: [row[0] for row in db.execute("SELECT id FROM tickets ORDER BY id")])
    assert kept == stored, "acknowledged without room"
    assert refused is not None
    assert bench.one("SELECT count(*) FROM print_jobs") == bench.one("SELECT waiting FROM lines") == len(kept)
    with bench.held():
        futures = [bench.queue(take, "ho-tich", printer="P1") for _ in range(64)]
    outcomes = {type(future.exception(PATIENCE)) for future in futures}
    assert StoreFull in outcomes
    make_room(bench)
    again = bench.do(take, "ho-tich", printer="P1", request=refused)
    assert again.n == bench.one("SELECT count(*) FROM tickets")
    assert bench.do(take, "ho-tich", printer="P1", request=refused) == again
    issued = bench.store.read(
        lambda db: [r.seq for r in journal.read(db) if type(r.event).__name__ == "TicketIssued"]
    )
    assert [seq for seq in told if seq in issued] == issued
    assert upkeep.replay_into(bench.store.path, folder / "replayed.sqlite") == []


@pytest.mark.fault
def test_a_full_disk_refuses_and_recovers(bench, tmp_path):
    a_full_disk_loses_and_halves_nothing(bench, tmp_path)


@pytest.mark.planted
def test_an_acknowledgement_without_room_is_caught(bench, tmp_path, monkeypatch):
    def optimistic(self, batch, error):
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        for job in batch:
            job.answer = job.answer or tickets.Ticket(10**6, 1, "", "", 1, "waiting", 0, None, 0, "vi")

    monkeypatch.setattr(Writer, "_break", optimistic)
    with pytest.raises(AssertionError, match="acknowledged without room"):
        a_full_disk_loses_and_halves_nothing(bench, tmp_path)


# I/O errors


class Breaking:
    """A connection on which one statement fails as on a dying disk."""

    def __init__(self, db, statement: str, name: str) -> None:
        self.db, self.statement, self.name = db, statement, name
        self.begun = 0

    def __getattr__(self, name):
        return getattr(self.db, name)

    def execute(self, sql, *args):
        self.begun += sql == "BEGIN IMMEDIATE"
        if sql.startswith(self.statement):
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = self.name
            raise error
        return self.db.execute(sql, *args)


@pytest.mark.fault
@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "INSERT INTO journal", "COMMIT"])
@pytest.mark.parametrize("name", ["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT"])
def test_after_an_io_error_the_writer_stops_for_good(bench, statement, name):
    fatal: list[str] = []
    bench.store.writer.on_fatal = lambda: fatal.append(bench.store.writer.failed)
    broken = bench.store.writer.db = Breaking(bench.store.writer.db, statement, name)
    with pytest.raises(StoreUnavailable):
        bench.do(take, "ho-tich")
    assert fatal == [name]
    with pytest.raises(StoreUnavailable):
        bench.queue(take, "ho-tich")
    assert bench.one("SELECT count(*) FROM tickets") == 0
    assert broken.begun == 1


@pytest.mark.fault
@pytest.mark.parametrize("statement", ["ROLLBACK", "SAVEPOINT job", "ROLLBACK TO job", "RELEASE job"])
def test_an_io_error_while_a_batch_is_done_again_stops_the_writer_too(bench, statement):
    """An operation that wrote before it refused has its batch done again, each operation apart."""
    bench.store.writer.db = Breaking(bench.store.writer.db, statement, "SQLITE_IOERR_WRITE")
    with bench.held():
        futures = [
            bench.queue(operation, *args) for operation, args in ((take, ("ho-tich",)), (stop_then_refuse, ()))
        ]
    assert {type(future.exception(PATIENCE)) for future in futures} == {StoreUnavailable}
    assert bench.store.writer.failed == "SQLITE_IOERR_WRITE"


@pytest.mark.fault
def test_jobs_already_queued_behind_an_io_error_are_refused_too(bench):
    with bench.held():
        bench.store.writer.db = Breaking(bench.store.writer.db, "COMMIT", "SQLITE_IOERR_FSYNC")
        futures = [bench.queue(take, "ho-tich") for _ in range(3)]
        broken = bench.store.writer.db
    assert {type(future.exception(PATIENCE)) for future in futures} == {StoreUnavailable}
    assert broken.begun == 0, "the writer began another transaction on a file whose state is unknown"


@pytest.mark.fault
def test_a_locked_file_is_temporary(bench):
    real = bench.store.writer.db
    bench.store.writer.db = Breaking(real, "BEGIN IMMEDIATE", "SQLITE_BUSY")
    with pytest.raises(StoreUnavailable):
        bench.do(take, "ho-tich")
    bench.store.writer.db = real
    assert bench.do(take, "ho-tich").n == 1


DYING_DISK = """
import os, resource, sys
from pathlib import Path
from operations.ticketing import take_ticket
from store.store import Store
from store.writer import Act
from tests.support.halls import HandClock

path = Path(sys.argv[1])
store = Store(path, HandClock())
store.start()
store.writer.on_fatal = lambda: os._exit(70)
for i in range(1000):
    if i == 5:
        grown = path.with_name(path.name + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (grown + 5000, resource.RLIM_INFINITY))
    print("given", store.write_now(Act("test"), take_ticket, "ho-tich").n, flush=True)
"""


@pytest.mark.fault
def test_a_write_that_the_kernel_refuses_ends_the_process_and_loses_nothing(demo_file):
    """RLIMIT_FSIZE makes write(2) fail with EFBIG: a real SQLITE_IOERR_WRITE, not a raised one."""
    ended = subprocess.run(
        [sys.executable, "-c", DYING_DISK, str(demo_file)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False, preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )  # fmt: skip
    assert ended.returncode == 70, ended.stderr[-2000:]
    lines = [line.split() for line in ended.stdout.splitlines()]
    acknowledged = [int(words[1]) for words in lines if words[:1] == ["given"]]
    assert len(acknowledged) >= 5
    bench = Bench(demo_file)
    stored = bench.store.read(lambda db: [row[0] for row in db.execute("SELECT n FROM tickets ORDER BY id")])
    assert stored[: len(acknowledged)] == acknowledged
    assert bench.store.read(journal.verify) is None
    assert bench.do(take, "ho-tich").n == len(stored) + 1
    bench.store.close()


# Request ids: more of them in tests/operations/test_requests.py, without threads


def test_the_same_request_twice_in_one_batch_is_one_ticket(bench):
    with bench.held():
        futures = [Future() for _ in range(5)]
        for future in futures:
            bench.store.writer.submit(Job(Act("K1", "same"), take, ("ho-tich",), {}, future))
    answers = [future.result(PATIENCE) for future in futures]
    assert len(set(answers)) == 1
    assert bench.one("SELECT count(*) FROM tickets") == 1


def test_a_request_answers_the_same_after_a_restart(demo_file):
    bench = Bench(demo_file)
    first = bench.do(take, "ho-tich", who="K1", request="r1")
    bench.store.close()
    again = Bench(demo_file)
    try:
        assert again.do(take, "ho-tich", who="K1", request="r1") == first
        with pytest.raises(RequestReused):
            again.do(take, "dat-dai", who="K1", request="r1")
    finally:
        again.store.close()


def test_a_refusal_is_not_remembered(bench):
    bench.do(managing.stop_queue, "ho-tich", "Họp")
    with pytest.raises(QueueStopped):
        bench.do(take, "ho-tich", request="r1")
    bench.do(managing.resume_queue, "ho-tich")
    assert bench.do(take, "ho-tich", request="r1").n == 1


@dataclass
class Loud:
    events: int = 0

    def __call__(self, events) -> None:
        self.events += len(events)
        raise ValueError("a screen that cannot draw")


def test_a_listener_that_breaks_is_logged_and_silences_nobody(bench):
    """Without an event loop listeners run on the writer's thread: it and the others must outlive them."""
    good: list[int] = []
    loud = Loud()
    bench.store.listen(loud)
    bench.store.listen(lambda events: good.append(len(events)))
    with capture_logs() as logged:
        assert [bench.do(take, "ho-tich").n for _ in range(2)] == [1, 2]
        with bench.held():  # a batch begins after the feed of the one before
            pass
    assert good == [2, 1]  # the first ticket came with the day's opening
    assert loud.events == 3
    assert [line["event"] for line in logged] == ["listener failed"] * 2
