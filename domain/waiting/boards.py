"""The last board of estimates, as all screens, slips and the closing rule read it; made by `next_board`.

Knows neither where a hall is read from nor in which words a range is said.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import inf

from domain.waiting.closings import admits
from domain.waiting.estimates import Estimate, Estimated, Method
from domain.waiting.intervals import first_interval
from domain.waiting.quantities import Quantities
from domain.waiting.ranges import Shown, Wait, has_risen, is_slow, refreshed, rounded
from domain.waiting.regressions import OFFSET_MINUTES
from domain.waiting.snapshots import Desk, Group, Place, Snapshot, Standing
from domain.waiting.twins import BOARD_ROLLOUTS, SHORT_ROLLOUTS

FRESH = timedelta(seconds=30)
BUDGET_MS = 100.0
MOST_WITH_ALL = 600  # people waiting; with more the first board is tried with few rollouts
REASON_MINUTES = 5.0
FIRST_NEWCOMER = 2**53

Newcomer = tuple[str, int | None]  # a queue, and the credit of the class in minutes, None: ordinary


class Cause(StrEnum):
    """Why a range has risen by ten minutes or more."""

    PAUSED = "paused"
    CLOSED = "closed"
    SLOW = "slow"
    PEOPLE = "people"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Rise:
    """A risen range: why, at which counter (0: none), and at which minute."""

    cause: Cause
    counter: int
    at: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one person is told: the range that is shown, and why it has risen if it has.

    `each` are the minutes that one more person before adds, `spare` how many more find a counter idle.
    `chance` is that of being called before closing, None: not asked; `refused`: the queue is closed by it.
    """

    estimate: Estimate
    shown: Shown
    rise: Rise | None = None
    each: float = 0.0
    spare: int = 0
    chance: float | None = None
    refused: bool = False

    def wait(self, more: int = 0) -> Wait | None:
        """The range now, with so many more people before than when it was made; None where nothing is shown."""
        if self.estimate.silence is not None:
            return None
        late = max(0, more - self.spare) * self.each
        if not late:
            return self.shown.wait
        return rounded(*_later(self.estimate, late))


def _later(estimate: Estimate, late: float) -> tuple[float, float]:
    """The bounds so many minutes later. They widen with the wait; behind who is called at once begins one."""
    if estimate.method is Method.AT_ONCE:
        return first_interval(late)
    factor = (estimate.point + late + OFFSET_MINUTES) / (estimate.point + OFFSET_MINUTES)
    low, high = ((bound + OFFSET_MINUTES) * factor - OFFSET_MINUTES for bound in (estimate.low, estimate.high))
    return low, high


@dataclass(frozen=True, slots=True)
class WaitBoard:
    """All outlooks of one moment. `day` is the business day, `seq` the newest event it knows, `snapshot` the hall.

    `places` are those that the newcomers would take. `rollouts`: how many were played.
    """

    day: int = 0
    seq: int = 0
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    snapshot: Snapshot | None = None
    tickets: Mapping[int, Outlook] = field(default_factory=dict)
    newcomers: Mapping[Newcomer, Outlook] = field(default_factory=dict)
    places: Mapping[Newcomer, Place] = field(default_factory=dict)
    is_slow: bool = False
    rollouts: int = 0

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is young enough to be shown: at most 30 s old, and not of a clock that has gone back."""
        return abs(now - self.at) <= FRESH

    def newcomer(self, queue: str, credit: int | None, now: datetime) -> Outlook | None:
        """What somebody is told who would take a number now; None where nobody knows."""
        return self.newcomers.get((queue, credit)) if self.is_fresh(now) else None

    def ticket(self, ticket: int, now: datetime) -> Outlook | None:
        """What the owner of a waiting ticket is told; None for one that has come since, and for an old board."""
        return self.tickets.get(ticket) if self.is_fresh(now) else None

    def more_than(self, queue: str, waiting: int) -> int:
        """How many more wait in this queue now than when the board was made."""
        return waiting - len(self.snapshot.lines.get(queue, ())) if self.snapshot else 0

    def behind(self, queue: str, minutes_early: float, now: datetime) -> Outlook | None:
        """What is known of somebody whose key lies so many minutes before now: the outlook of who stands behind.

        None where the key has not come yet: how early somebody with an appointment is called, nobody knows.
        """
        if not self.is_fresh(now) or self.snapshot is None or minutes_early < 0:
            return None
        line = self.snapshot.lines.get(queue, ())
        key = self.snapshot.now - minutes_early
        place = bisect_left(line, key, key=lambda one: one.key)
        return self.tickets.get(line[place].ticket) if place < len(line) else self.newcomers.get((queue, None))


NOTHING_KNOWN = WaitBoard()


@dataclass(frozen=True, slots=True)
class Reading:
    """One consistent reading of the store: the hall, and what each waiting ticket was promised on its slip.

    `newcomers` are the places that somebody would take now.
    """

    day: int
    seq: int
    at: datetime
    snapshot: Snapshot
    promised: Mapping[int, Wait]
    newcomers: Mapping[Newcomer, Place]


def newcomer_place(ordinal: int, key: float, now: float, group: Group) -> Place:
    """The place of somebody who would come now: behind all with the same key."""
    return Place(key, inf, FIRST_NEWCOMER + ordinal, now, group)


def next_board(
    before: WaitBoard, reading: Reading, found: Estimated, quantities: Quantities, rollouts: int
) -> WaitBoard:
    """The board that follows: every shown range stands still unless it has to change (waiting.md 7)."""
    if before.day != reading.day:
        before = NOTHING_KNOWN
    pace = quantities.pace_today.value
    slow = is_slow(pace, was_slow=before.is_slow)
    change = Change(before.snapshot, reading.snapshot, is_newly_slow=slow and not before.is_slow)
    tickets = {
        ticket: change.followed(before.tickets.get(ticket), estimate, promised=reading.promised.get(ticket))
        for ticket, estimate in found.tickets.items()
    }
    newcomers = {}
    for who, place in reading.newcomers.items():
        was, estimate = before.newcomers.get(who), found.newcomers[place.ticket]
        outlook = change.followed(was, estimate, is_new=True)
        chance = found.chances[place.ticket]
        refused = not admits(chance, Group.ORDINARY, was_refused=was is not None and was.refused)
        each, spare = _room(reading.snapshot, quantities, who[0])
        newcomers[who] = replace(outlook, each=each, spare=spare, chance=chance, refused=refused)
    return WaitBoard(
        reading.day, reading.seq, reading.at, reading.snapshot, tickets, newcomers, reading.newcomers, slow,
        rollouts,
    )  # fmt: skip


def _room(snapshot: Snapshot, quantities: Quantities, queue: str) -> tuple[float, int]:
    """The minutes that one more person before adds, and how many more find a counter that has nobody."""
    desks = snapshot.serving(queue)
    idle = sum(desk.standing is Standing.IDLE for desk in desks) if snapshot.has_idle(queue) else 0
    return quantities.service(queue).mean / max(1, len(desks)), max(0, idle - 1)


class Change:
    """What has changed at the counters between two readings, and the ranges that follow from it."""

    def __init__(self, before: Snapshot | None, after: Snapshot, *, is_newly_slow: bool = False) -> None:
        self.now, self.after, self.before = after.now, after, before
        self.is_newly_slow = is_newly_slow
        self.was = {desk.number: desk for desk in before.desks} if before else {}
        changed = [desk for desk in after.desks if self._was_open(desk) != desk.is_open] if before else []
        self.moved = frozenset(queue for desk in changed for queue in desk.queues)
        self.gone = [desk for desk in changed if not desk.is_open]

    def _was_open(self, desk: Desk) -> bool:
        before = self.was.get(desk.number)
        return before is not None and before.is_open

    def followed(
        self, was: Outlook | None, estimate: Estimate, promised: Wait | None = None, *, is_new: bool = False
    ) -> Outlook:
        """The outlook that follows another; a ticket's first one follows the promise on its slip."""
        shown = was.shown if was else Shown(promised, self.now) if promised else None
        if was is not None and was.estimate.silence is not None:
            shown = None  # nothing was shown: what comes now replaces no range
        wait = rounded(estimate.low, estimate.high, shown.wait if shown else None)
        after = refreshed(shown, wait, self.now, counters_changed=estimate.queue in self.moved)
        rise = was.rise if was and was.rise and self.now - was.rise.at < REASON_MINUTES else None
        if shown and after.wait != shown.wait:
            rise = self._rise(estimate.queue, is_new) if has_risen(shown.wait, after.wait) else None
        return Outlook(estimate, after, rise)

    def _rise(self, queue: str, is_new: bool) -> Rise:
        for desk in self.gone:
            if queue in desk.queues:
                cause = Cause.PAUSED if desk.standing is Standing.PAUSED else Cause.CLOSED
                return Rise(cause, desk.number, self.now)
        if self.is_newly_slow:
            return Rise(Cause.SLOW, 0, self.now)
        has_grown = (
            is_new and self.before and len(self._line(self.after, queue)) > len(self._line(self.before, queue))
        )
        return Rise(Cause.PEOPLE if has_grown else Cause.LONGER, 0, self.now)

    @staticmethod
    def _line(snapshot: Snapshot, queue: str) -> Sequence[Place]:
        return snapshot.lines.get(queue, ())


def rollouts_after(rollouts: int, milliseconds: float) -> int:
    """How many rollouts the next board may have: over budget 10, then none; back when there is room again."""
    if milliseconds > BUDGET_MS:
        return SHORT_ROLLOUTS if rollouts > SHORT_ROLLOUTS else 0
    if milliseconds > BUDGET_MS / 2:
        return rollouts
    return BOARD_ROLLOUTS if rollouts else SHORT_ROLLOUTS
