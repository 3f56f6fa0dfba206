"""The store as the rest of the house sees it: `await write(operation)`, `read(query)`, and the feed of events."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Concatenate, ParamSpec, TypeVar

import structlog

from domain.centres import Centre
from domain.events import CentreLoaded
from domain.waiting.boards import WaitBoard
from store import centres, database, journal, migrations, projections
from store.database import Connection
from store.journal import Recorded
from store.writer import Act, Job, Tx, Writer

P = ParamSpec("P")
T = TypeVar("T")
WRITE_SECONDS = 30.0
log = structlog.get_logger("store")
EVENTS_AT_ONCE = 1000


class Store:
    """One SQLite file with its writer thread and its readers.

    As `server` it holds the file against a second server. Command-line tools open it without, write beside
    a running server (SQLite orders the transactions), and the server's feed picks their events up.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], *, server: bool = False) -> None:
        projections.make_sure()
        self._readers = threading.local()
        self._opened: list[Connection] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock: IO[bytes] | None = database.lock(path) if server else None
        self.writer = Writer(path, clock)
        try:
            self.upgraded = migrations.upgrade(self.writer.db)
        except BaseException:
            self.close()
            raise
        self.seen, _ = journal.head(self.writer.db)
        self._listeners: list[Callable[[Sequence[Recorded]], None]] = []
        self._centre: Centre | None = None
        self._writing = 0
        self._calm: asyncio.Event | None = None
        self.writer.listeners.append(self._on_commit)

    def start(self) -> None:
        """Start the writer; call it where the event loop runs, if there is one."""
        self.writer.start()

    def close(self) -> None:
        """Finish what is queued and let go of the file."""
        self.writer.stop()
        for db in self._opened:
            db.close()
        if self._lock is not None:
            self._lock.close()

    async def write(
        self, act: Act, operation: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one operation in the writer and give its answer after the COMMIT.

        Raises what the operation refused with, StoreFull when the disk has no room, StoreUnavailable when
        the outcome is unknown (the caller repeats with the same request id).
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writing += 1
        self.writer.submit(Job(act, operation, args, kwargs, future))
        try:
            return await future
        finally:
            self._writing -= 1
            if self._calm is not None and not self._writing:
                self._calm.set()

    async def calm(self, within: float) -> None:
        """Wait, at most so many seconds, until nobody waits for a write.

        What nobody stands in front of stands back here: Python lets one thread work at a time, and the writer
        that comes back from the disk would wait for every answer that is drawn meanwhile.
        """
        if not self._writing:
            return
        self._calm = self._calm or asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self._writing:
                    self._calm.clear()
                    await self._calm.wait()

    def write_now(
        self, act: Act, operation: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for callers without an event loop: commands and tests."""
        future: Future[T] = Future()
        self.writer.submit(Job(act, operation, args, kwargs, future))
        return future.result(timeout=WRITE_SECONDS)

    def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on this thread's read-only connection."""
        return query(self._reader(), *args, **kwargs)

    def centre(self) -> Centre:
        """The configuration in force as of the newest event seen, remembered. Raises NoCentre."""
        if self._centre is not None:
            return self._centre
        seen, found = self.seen, self.read(centres.current)
        if seen == self.seen:
            self._centre = found
        return found

    @property
    def waits(self) -> WaitBoard:
        """The last board of estimates: nothing before the first one."""
        return self.writer.waits

    def publish_waits(self, board: WaitBoard) -> None:
        """From now on screens and operations read this board; by one assignment, so that nobody sees half."""
        self.writer.waits = board

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One consistent view for several queries."""
        db = self._reader()
        db.execute("BEGIN")
        try:
            yield db
        finally:
            with suppress(database.DatabaseError):
                db.execute("COMMIT")

    @contextmanager
    def own_reader(self) -> Iterator[Connection]:
        """A read-only connection for one use, in one consistent view: for threads that come and go."""
        db = database.open_reader(self.path)
        try:
            db.execute("BEGIN")
            yield db
        finally:
            db.close()

    def _reader(self) -> Connection:
        db = getattr(self._readers, "db", None)
        if db is None:
            db = self._readers.db = database.open_reader(self.path)
            self._opened.append(db)
        return db

    def listen(self, listener: Callable[[Sequence[Recorded]], None]) -> None:
        """Call this with every committed event, in order, on the event loop's thread."""
        self._listeners.append(listener)

    def catch_up(self) -> None:
        """Publish events that another process wrote; the app calls this twice a second."""
        while missing := self.read(lambda db: list(journal.read(db, self.seen, EVENTS_AT_ONCE))):
            self._publish(missing)

    def _on_commit(self, events: Sequence[Recorded]) -> None:
        if events[0].seq > self.seen + 1:
            self.catch_up()
        fresh = [recorded for recorded in events if recorded.seq > self.seen]
        if fresh:
            self._publish(fresh)

    def _publish(self, events: Sequence[Recorded]) -> None:
        self.seen = max(self.seen, events[-1].seq)
        if any(isinstance(recorded.event, CentreLoaded) for recorded in events):
            self._centre = None
        for listener in self._listeners:
            try:
                listener(events)
            except Exception:  # one deaf ear must not silence the others: `seen` has moved on
                log.exception("listener failed")
