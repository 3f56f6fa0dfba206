"""The one writer thread: group commit, one savepoint an operation, futures and events only after COMMIT."""

import asyncio
import hashlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import structlog

from domain.centres import Centre
from domain.days import Day
from domain.errors import RequestReused, StoreFull, StoreUnavailable
from domain.events import CentreLoaded, Event
from domain.queue_events import DayOpened
from domain.tickets import milliseconds
from domain.waiting.boards import NOTHING_KNOWN, WaitBoard
from store import centres, database, days, journal
from store.database import Connection
from store.journal import Recorded

BATCH = 64  # the knee of the curve: commit p50 3 ms (measured, ADR 2)
CROWD = 1.5  # jobs a batch of late
GATHER_SECONDS = 0.0003
WAITING_AT_MOST = 4096
log = structlog.get_logger("store")
_encode = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(frozen=True, slots=True)
class Act:
    """Who asks, and under which request id. The same id gets the same answer; other content is refused."""

    who: str = "system"
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the file stands between two operations of a batch; day and centre are None until somebody asked."""

    seq: int
    digest: bytes
    day: Day | None = None
    centre: Centre | None = None


@dataclass(slots=True)
class Tx:
    """What an operation works on: the connection inside its transaction, the instant, and who asks.

    `waits` is the last board of estimates, made before: no operation waits for one.
    """

    db: Connection
    now: datetime
    who: str
    seq: int
    digest: bytes
    events: list[Recorded] = field(default_factory=list)
    _day: Day | None = None
    _centre: Centre | None = None
    waits: WaitBoard = NOTHING_KNOWN

    @property
    def day(self) -> Day | None:
        """The newest business day, None before the first one."""
        if self._day is None:
            self._day = days.newest(self.db)
        return self._day

    @property
    def centre(self) -> Centre:
        """The configuration in force. Raises NoCentre before the first one."""
        if self._centre is None:
            self._centre = centres.current(self.db)
        return self._centre

    def record(self, event: Event) -> Recorded:
        """Append the event and change the tables by it. The only way in which an operation changes the day."""
        day = self.day
        self.seq += 1
        recorded = Recorded(self.seq, day.id if day else 0, milliseconds(self.now), self.who, event)
        self.digest = journal.append(self.db, recorded, self.digest)
        journal.project(self.db, recorded)
        self.events.append(recorded)
        if isinstance(event, DayOpened):
            self._day = None
        elif isinstance(event, CentreLoaded):
            self._centre = None
        return recorded


class HalfDone(Exception):
    """An operation wrote something before it refused: the batch is done again, each operation apart."""


@dataclass(slots=True)
class Job:
    """One operation on its way through the writer."""

    act: Act
    operation: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: Any
    answer: Any = None
    error: BaseException | None = None


class Writer:
    """Owns the only writing connection. `listeners` get the committed events, on the caller's loop."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.db = database.open_writer(path)
        self.clock = clock
        self.commits = 0
        self.written = 0
        self.failed: str | None = None
        self.waits = NOTHING_KNOWN
        self._usual = 1.0
        self._stopped = False
        self.on_fatal: Callable[[], None] = lambda: None
        self.listeners: list[Callable[[Sequence[Recorded]], None]] = []
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._turn: list[Job] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to serve; results go to the running event loop where there is one."""
        with suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued, then close the connection; nothing is taken any more."""
        self._stopped = True
        self._pass_on()
        self._jobs.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        self.db.close()

    def submit(self, job: Job) -> None:
        """Queue an operation. Raises StoreUnavailable when too many wait or the file has failed."""
        if self.failed or self._stopped or self._jobs.qsize() + len(self._turn) >= WAITING_AT_MOST:
            raise StoreUnavailable()
        if self._loop is None or not isinstance(job.future, asyncio.Future):
            self._jobs.put(job)
            return
        # What one turn of the loop asks for is passed on together when the turn is over: a writer woken by the
        # first of it would fight the loop for the interpreter at every statement (a fifth of a ticket's time).
        if not self._turn:
            self._loop.call_soon(self._pass_on)
        self._turn.append(job)

    def _pass_on(self) -> None:
        turn, self._turn = self._turn, []
        for job in turn:
            self._jobs.put(job)

    def _run(self) -> None:
        while True:
            batch = self._take()
            if batch is None:
                return
            events = self._commit(batch)
            self._hand_out(batch, events)

    def _take(self) -> list[Job] | None:
        """The next batch; None: no more. In a crowd it waits a moment for who is about to press.

        Presses come a few at a time, and half as many flushes to disk leave the interpreter to them: a tenth more
        tickets at 32 kiosks, a quarter less CPU time each (ADR 2). Whoever presses alone is never held up.
        """
        first = self._jobs.get()
        if first is None:
            return None
        batch, is_crowd = [first], self._usual >= CROWD
        while len(batch) < BATCH:
            try:
                job = self._jobs.get(timeout=GATHER_SECONDS) if is_crowd else self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        self._usual += (len(batch) - self._usual) / 8
        return batch

    def _commit(self, batch: list[Job]) -> list[Recorded]:
        try:
            if self.failed:
                raise StoreUnavailable()
            try:
                events = self._transact(batch)
            except HalfDone:
                self.db.execute("ROLLBACK")
                events = self._transact(batch, apart=True)
        except Exception as error:
            self._break(batch, error)
            return []
        self.commits += 1
        self.written += len(batch)
        return events

    def _transact(self, batch: list[Job], *, apart: bool = False) -> list[Recorded]:
        self.db.execute("BEGIN IMMEDIATE")
        events = self._perform_all(batch, apart)
        self.db.execute("COMMIT")
        return events

    def _perform_all(self, batch: list[Job], apart: bool = False) -> list[Recorded]:
        events: list[Recorded] = []
        place = Place(*journal.head(self.db))
        for job in batch:
            tx = Tx(
                self.db, self.clock(), job.act.who, place.seq, place.digest, [], place.day, place.centre, self.waits
            )
            self._perform(tx, job, apart)
            if job.error is None:
                place = Place(tx.seq, tx.digest, tx._day, tx._centre)
                events += tx.events
        return events

    def _perform(self, tx: Tx, job: Job, apart: bool) -> None:
        """One operation; `apart` inside a savepoint, which costs as much as two inserts and is seldom needed."""
        job.answer = job.error = None
        if apart:
            self.db.execute("SAVEPOINT job")
        before = self.db.total_changes
        try:
            job.answer = perform(tx, job)
        except Exception as error:
            if _breaks(error):
                raise
            job.error = error
            if apart:
                self.db.execute("ROLLBACK TO job")
            elif self.db.total_changes != before:
                raise HalfDone() from error
        if apart:
            self.db.execute("RELEASE job")

    def _break(self, batch: list[Job], error: Exception) -> None:
        if self.db.in_transaction:
            with suppress(database.DatabaseError):
                self.db.execute("ROLLBACK")
        full = database.is_full(error)
        log.error("batch failed", error=getattr(error, "sqlite_errorname", type(error).__name__), jobs=len(batch))
        for job in batch:
            job.answer, job.error = None, StoreFull() if full else StoreUnavailable()
        if not full and _breaks(error):
            # After an I/O error the state of the file handle is unknown (fsyncgate): never go on with it.
            self.failed = getattr(error, "sqlite_errorname", "error")
            self.on_fatal()

    def _hand_out(self, batch: list[Job], events: list[Recorded]) -> None:
        on_loop = [job for job in batch if isinstance(job.future, asyncio.Future)]
        for job in batch:
            if isinstance(job.future, Future):
                _settle(job)
        if self._loop is not None and (on_loop or events) and not self._loop.is_closed():
            with suppress(RuntimeError):  # the loop may close between the test and the call
                self._loop.call_soon_threadsafe(self._on_loop, on_loop, events)
        elif events:
            self._publish(events)

    def _on_loop(self, batch: list[Job], events: list[Recorded]) -> None:
        for job in batch:
            if not job.future.done():
                _settle(job)
        if events:
            self._publish(events)

    def _publish(self, events: Sequence[Recorded]) -> None:
        for listener in self.listeners:
            listener(events)


def _breaks(error: Exception) -> bool:
    return isinstance(error, database.DatabaseError) and database.breaks_batch(error)


def _settle(job: Job) -> None:
    if job.error is not None:
        job.future.set_exception(job.error)
    else:
        job.future.set_result(job.answer)


def perform(tx: Tx, job: Job) -> Any:
    """Run the operation once per request id; a repeat gets the stored answer, other content is refused."""
    request = job.act.request
    if request is None:
        return job.operation(tx, *job.args, **job.kwargs)
    asked = hashlib.sha256(_encode((job.operation.__name__, job.act.who, job.args, job.kwargs))).digest()[:16]
    known = tx.db.execute("SELECT digest, answer FROM requests WHERE id = ?", (request,)).fetchone()
    if known:
        if known[0] != asked:
            raise RequestReused()
        return _answer_decoder(job.operation).decode(known[1])
    answer = job.operation(tx, *job.args, **job.kwargs)
    day = tx.day
    tx.db.execute(
        "INSERT INTO requests (id, day, digest, answer) VALUES (?, ?, ?, ?)",
        (request, day.id if day else 0, asked, _encode(answer)),
    )
    return answer


@cache
def _answer_decoder(operation: Callable[..., Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(get_type_hints(operation)["return"])
