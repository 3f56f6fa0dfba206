"""What one more counter would change, played by the same twin as the estimates (waiting.md 10)."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil, inf

from domain.waiting.ends import HALF_HOUR, Ends, Expected, QueueEnd, ends, opened
from domain.waiting.quantities import Quantities
from domain.waiting.snapshots import Desk, Group, Place, Snapshot, Standing
from domain.waiting.twins import CLOSING_ROLLOUTS, Twin

MOST_COUNTERS = 8  # tried for one question
MOST_TRIED = 3  # of them with the whole rest of the day
WORTH_MINUTES = 5.0
LONG_MINUTES, TOO_LONG_MINUTES, PRIORITY_MINUTES = 45, 60, 15  # waiting.md 10: past these the remedy is a counter
MOST_RELIEVED = 3
TONIGHT = 24 * 60.0


@dataclass(frozen=True, slots=True)
class Advice:
    """The median wait in minutes of somebody who comes now, with this counter open, and how the queue's day ends.

    `before`: without it. None: nobody who comes now is called before closing. The ends are None where the queue has
    no closing time.
    """

    counter: int
    before: float | None
    after: float | None
    end_before: QueueEnd | None = None
    end_after: QueueEnd | None = None

    @property
    def is_worth_it(self) -> bool:
        """Whether somebody waits five minutes less, or is called who would not be."""
        saved = self.end_before.late - self.end_after.late if self.end_before and self.end_after else 0
        if saved > 0 or self.after is None:
            return saved > 0
        return self.before is None or self.before - self.after >= WORTH_MINUTES


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a queue in which people are not called in time: one counter until a minute.

    `counter` and `after` are None where no closed counter helps.
    """

    before: QueueEnd
    counter: int | None = None
    until: float = 0.0
    after: QueueEnd | None = None


def closed_counters(snapshot: Snapshot, queue: str) -> list[Desk]:
    """The counters without anybody that could serve this queue; those that serve it first come first."""
    closed = [desk for desk in snapshot.desks if desk.standing is Standing.CLOSED and queue in desk.queues]
    return sorted(closed, key=lambda desk: (desk.queues.index(queue), desk.number))[:MOST_COUNTERS]


def relieving(snapshot: Snapshot, queue: str) -> list[Desk]:
    """The same and, behind them, closed counters that take other queues from those that serve this one now."""
    direct = closed_counters(snapshot, queue)
    shared = {other for desk in snapshot.serving(queue) for other in desk.queues} - {queue}
    known = {desk.number for desk in direct}
    others = (desk for other in sorted(shared) for desk in closed_counters(snapshot, other))
    indirect = {desk.number: desk for desk in others if desk.number not in known}
    return [*direct, *indirect.values()]


def advise(
    snapshot: Snapshot, quantities: Quantities, queue: str, place: Place, seed: int,
    expected: Expected | None = None, until: float = inf,
) -> list[Advice]:  # fmt: skip
    """Which counters to open for this queue until a minute, the most helpful first; none that helps too little."""
    before, end_before = _wait(snapshot, quantities, queue, place, seed), None
    if expected is not None:
        end_before = ends(snapshot, quantities, expected, seed).get(queue)
    halls = [(desk.number, opened(snapshot, desk, until)) for desk in closed_counters(snapshot, queue)]
    waits = [(_wait(hall, quantities, queue, place, seed), number, hall) for number, hall in halls]
    shortest = sorted(waits, key=lambda row: inf if row[0] is None else row[0])[:MOST_TRIED]
    found = []
    for after, number, hall in shortest:
        end_after = ends(hall, quantities, expected, seed).get(queue) if expected is not None else None
        found.append(Advice(number, before, after, end_before, end_after))
    return [one for one in found if one.is_worth_it]


def pressed(snapshot: Snapshot) -> tuple[str, ...]:
    """The queues in which somebody waits longer than anybody should, or that nobody serves; longest wait first."""
    over = {
        queue: max(_beyond(snapshot, place) for place in line)
        for queue, line in snapshot.lines.items()
        if line and (not snapshot.serving(queue) or any(_beyond(snapshot, place) >= 0 for place in line))
    }
    return tuple(sorted(over, key=lambda queue: (-over[queue], queue))[:MOST_RELIEVED])


def _beyond(snapshot: Snapshot, place: Place) -> float:
    limit = PRIORITY_MINUTES if place.group is Group.PRIORITY else LONG_MINUTES
    return snapshot.now - place.came - limit


def worst(found: Ends, queues: Collection[str]) -> QueueEnd | None:
    """Of these queues the one with the most who are not called in time; None where all are."""
    late = [end for end in found.values() if end.late and end.queue in queues]
    return max(late, key=lambda end: (end.late, end.waiting), default=None)


def remedy(snapshot: Snapshot, quantities: Quantities, expected: Expected, worst: QueueEnd, seed: int) -> Remedy:
    """The counter to open for this queue, and until when.

    Until the earliest half hour from which on staying longer would call nobody more of the whole hall in time.
    """
    tried = []
    for number, desk in enumerate(relieving(snapshot, worst.queue)[:MOST_TRIED]):
        there = ends(opened(snapshot, desk, TONIGHT), quantities, expected, seed)
        if there[worst.queue].late < worst.late:
            tried.append((_all_late(there), number, desk))
    if not tried:
        return Remedy(worst)
    fewest, _, desk = min(tried)
    low, high = ceil((snapshot.now + 1) / HALF_HOUR), ceil(worst.closes / HALF_HOUR)
    while low < high:
        middle = (low + high) // 2
        there = ends(opened(snapshot, desk, middle * HALF_HOUR), quantities, expected, seed)
        if _all_late(there) <= fewest:
            high = middle
        else:
            low = middle + 1
    until = high * HALF_HOUR
    after = ends(opened(snapshot, desk, until), quantities, expected, seed)
    return Remedy(worst, desk.number, until, after[worst.queue])


def _all_late(found: Ends) -> int:
    return sum(end.late for end in found.values())


def _wait(snapshot: Snapshot, quantities: Quantities, queue: str, place: Place, seed: int) -> float | None:
    if snapshot.has_idle(queue):
        return 0.0
    forecast = Twin(snapshot, quantities).newcomer(queue, place, seed, CLOSING_ROLLOUTS)
    return forecast.median if forecast.called > 0.5 else None
