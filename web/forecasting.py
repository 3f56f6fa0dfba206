"""The board of estimates is made on a thread of its own: after events, at most every 5 s, and every 25 s without.

One board at a time; what happens meanwhile is in the next. No request and no operation waits for it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TypeVar

import structlog

from domain.days import local
from domain.queue_events import EstimatesKept
from domain.tickets import milliseconds
from domain.waiting.advice import Advice, Remedy, advise, pressed, remedy, worst
from domain.waiting.boards import (
    MOST_WITH_ALL,
    NOTHING_KNOWN,
    Reading,
    WaitBoard,
    next_board,
    rollouts_after,
)
from domain.waiting.ends import Ends, Expected, ends
from domain.waiting.kept import KeptEstimate, kept
from domain.waiting.learning import HEEDS, Learner
from domain.waiting.quantities import Quantities
from domain.waiting.twins import BOARD_ROLLOUTS, SHORT_ROLLOUTS
from operations.estimating import keep_estimates
from store import centres, days, estimates, expectations, snapshots
from store.centres import NoCentre
from store.database import Connection
from store.journal import Recorded
from store.store import Store
from store.writer import Act

LEAST_SECONDS, MOST_SECONDS, KEEP_SECONDS, TONIGHT_SECONDS = 5.0, 25.0, 30.0, 60.0
TONIGHT_HOLDS = timedelta(minutes=5)
SYSTEM = Act("system")
T = TypeVar("T")
log = structlog.get_logger("forecasting")


@dataclass(frozen=True, slots=True)
class Tonight:
    """How each queue's day ends, and what each agency with people too late can do about its worst queue.

    `days`: from how many past ones the coming people are guessed. `counters` were open when it was played.
    `reliefs`: for each of the queues that are pressed now, which counter helps most; None: no closed one does.
    """

    at: datetime
    days: int = 0
    ends: Ends = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()
    counters: frozenset[int] = frozenset()
    reliefs: Mapping[str, Advice | None] = field(default_factory=dict)

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is young enough to be shown."""
        return abs(now - self.at) <= TONIGHT_HOLDS


NO_EVENING = Tonight(datetime(1970, 1, 1, tzinfo=UTC))


def _open_counters(board: WaitBoard) -> frozenset[int]:
    desks = board.snapshot.desks if board.snapshot else ()
    return frozenset(desk.number for desk in desks if desk.is_open)


def _reliefs(board: WaitBoard, quantities: Quantities) -> dict[str, Advice | None]:
    """What one more counter would do for whoever comes now, for each queue that is pressed."""
    hall, found = board.snapshot, dict[str, Advice | None]()
    for queue in pressed(hall) if hall else ():
        place = board.places.get((queue, None))
        advised = advise(hall, quantities, queue, place, board.seq) if hall and place else []
        found[queue] = min(advised, key=lambda one: inf if one.after is None else one.after, default=None)
    return found


class Forecaster:
    """Reads, learns, estimates and publishes. What it knows is touched by its own thread only."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._thread = ThreadPoolExecutor(1, "forecasts")
        self._learner: tuple[int, Learner] | None = None
        self._rollouts = BOARD_ROLLOUTS
        self._news = asyncio.Event()
        self._unkept: dict[int, KeptEstimate] = {}
        self._kept_at = 0.0
        self._usual: tuple[int, Expected] | None = None
        self._tonight_at, self._tonight_cost = -inf, 0.0
        self.tonight = NO_EVENING
        self.milliseconds = 0.0

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something has happened that a wait may depend on."""
        if any(type(one.event) in HEEDS and not isinstance(one.event, EstimatesKept) for one in events):
            self._news.set()

    async def run(self, published: Callable[[], None]) -> None:
        """Make boards until cancelled; `published` is told after each."""
        while True:
            self._news.clear()
            try:
                await self._keep(await self.in_thread(self.refresh))
                published()
                if self._is_evening_due():
                    await self.in_thread(self.refresh_tonight)
                    published()
            except NoCentre:
                pass
            except Exception as error:  # a full disk or a broken reading must not end the estimates
                log.warning("no board of estimates", error=type(error).__name__)
            await self._rest()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run something that needs the learned state where it is not being changed meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Finish the board that is being made."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def refresh(self) -> list[KeptEstimate]:
        """One board from one consistent reading; gives the first estimates of tickets that are new on it."""
        began = time.thread_time()  # what others take of the machine is not ours to save
        with self._store.own_reader() as db:
            learner, reading = self._learned(db), snapshots.read_hall(db, self._now())
        if reading is None:
            self._store.publish_waits(NOTHING_KNOWN)
            return []
        board = self._estimated(learner, reading)
        self.milliseconds = (time.thread_time() - began) * 1000
        self._rollouts = rollouts_after(board.rollouts, self.milliseconds)
        self._store.publish_waits(board)
        at, known = milliseconds(board.at), learner.estimated
        fresh = (kept(t, at, told.estimate) for t, told in board.tickets.items() if t not in known)
        return [row for row in fresh if row is not None]

    def refresh_tonight(self) -> None:
        """How the day ends as things are, and what to do about it: from the last board's own snapshot."""
        began, board = time.thread_time(), self._store.waits
        if board.snapshot is None:
            self.tonight = NO_EVENING
            return
        with self._store.own_reader() as db:
            expected, centre = self._expected(db, board.day), centres.current(db)
        hall, quantities = board.snapshot, self.learned().estimator.quantities
        found = ends(hall, quantities, expected, board.seq)
        of_agencies = ({q.id for q in centre.queues if q.agency == one.id} for one in centre.agencies)
        latest = [end for queues in of_agencies if (end := worst(found, queues)) is not None]
        advised = tuple(remedy(hall, quantities, expected, end, board.seq) for end in latest)
        self.tonight = Tonight(
            board.at, expected.days, found, advised, _open_counters(board), _reliefs(board, quantities)
        )
        self._tonight_at, self._tonight_cost = time.monotonic(), time.thread_time() - began

    def _is_evening_due(self) -> bool:
        """Whether the forecast to closing is old, or was made for other counters; in large halls seldom."""
        since, cost = time.monotonic() - self._tonight_at, self._tonight_cost
        if since >= max(TONIGHT_SECONDS, 100 * cost):
            return True
        board = self._store.waits
        has_changed = _open_counters(board) != self.tonight.counters
        if board.snapshot is not None:
            has_changed |= set(pressed(board.snapshot)) != set(self.tonight.reliefs)
        return has_changed and since >= max(LEAST_SECONDS, 20 * cost)

    def _expected(self, db: Connection, day: int) -> Expected:
        if self._usual is None or self._usual[0] != day:
            self._usual = (day, expectations.usual(db, local(self._now()).date()))
        now = self._store.waits.snapshot
        return self._usual[1].today(expectations.given_today(db, day), now.now if now else 0.0)

    def learned(self) -> Learner:
        """What is known now. Only for work in this thread, after a first board."""
        if self._learner is None:
            raise NoCentre()
        return self._learner[1]

    def relief(self, queue: str, now: datetime) -> Advice | None:
        """The counter that helps a pressed queue most, as it was last played; None: not known, or none does."""
        return self.tonight.reliefs.get(queue) if self.tonight.is_fresh(now) else None

    async def advise(self, queue: str, until: float) -> list[Advice]:
        """Which counters to open for a queue until a minute of the day, by the last board, none before it."""
        board = self._store.waits
        place = board.places.get((queue, None))
        if board.snapshot is None or place is None or not board.is_fresh(self._now()):
            return []
        snapshot = board.snapshot

        def played() -> list[Advice]:
            with self._store.own_reader() as db:
                expected = self._expected(db, board.day)
            quantities = self.learned().estimator.quantities
            return advise(snapshot, quantities, queue, place, board.seq, expected, until)

        return await self.in_thread(played)

    def _estimated(self, learner: Learner, reading: Reading) -> WaitBoard:
        waiting = sum(map(len, reading.snapshot.lines.values()))
        most = BOARD_ROLLOUTS if waiting <= MOST_WITH_ALL else SHORT_ROLLOUTS
        rollouts = min(self._rollouts, most)
        newcomers = [(who[0], place) for who, place in reading.newcomers.items()]
        found = learner.estimator.whole_board(reading.snapshot, reading.seq, rollouts, newcomers)
        return next_board(self._store.waits, reading, found, learner.estimator.quantities, rollouts)

    def _learned(self, db: Connection) -> Learner:
        """The learner, caught up; anew each business day, so that a start in its midst gives the same."""
        newest = days.newest(db)
        day = newest.id if newest else 0
        if self._learner is None or self._learner[0] != day:
            self._learner = (day, estimates.learned(db))
        else:
            estimates.catch_up(db, self._learner[1])
        return self._learner[1]

    async def _keep(self, made: list[KeptEstimate]) -> None:
        """Write them down in batches: the journal need not have a row for each board."""
        for row in made:
            self._unkept.setdefault(row.ticket, row)
        if not self._unkept or time.monotonic() - self._kept_at < KEEP_SECONDS:
            return
        batch = list(self._unkept.values())
        await self._store.write(SYSTEM, keep_estimates, batch)
        self._kept_at, self._unkept = time.monotonic(), {}

    async def _rest(self) -> None:
        await asyncio.sleep(LEAST_SECONDS)
        try:
            await asyncio.wait_for(self._news.wait(), MOST_SECONDS - LEAST_SECONDS)
        except TimeoutError:
            return
