"""The simple predictors of queueing theory for one ticket, and the short memory that they need (waiting.md 4).

Ibrahim and Whitt 2009, 2011: LES, HOL, QL. All values are minutes still to wait from now.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.waiting.quantities import Quantities
from domain.waiting.snapshots import Desk, Group, Place, Snapshot

MOVING = 10
CAP_FACTOR, CAP_MINUTES = 3.0, 10.0


@dataclass(frozen=True, slots=True)
class Predictors:
    """What each method says of one ticket; `les`, `hol`, `ma10` None: nobody was called, nobody waits.

    `les`: the wait of the last person called in the queue. `hol`: of its longest-waiting ticket, so far. `ma10`:
    the mean of its last ten waits. `ql`: people in the queue and the ticket, times the learned mean, by open
    counters. `ql_skill`: the work before it in all queues that share these counters. `twin`: median of the policy
    twin, None where none was played. `waiting` counts people before it, `counters` those that `ql` divides by.
    `pace` is today's, by which the twin has lengthened every visit.
    """

    ql: float
    ql_skill: float
    les: float | None = None
    hol: float | None = None
    ma10: float | None = None
    twin: float | None = None
    waiting: int = 0
    counters: float = 1
    group: Group = Group.ORDINARY
    minute_of_day: float = 720.0
    pace: float = 1.0


class RecentWaits:
    """The last waits of each queue; emptied each morning."""

    def __init__(self) -> None:
        self._past: dict[str, deque[float]] = {}

    def begin_day(self) -> None:
        """Yesterday's last wait says nothing of this morning."""
        self._past.clear()

    def note(self, queue: str, wait_minutes: float) -> None:
        """Somebody of this queue has been called."""
        self._past.setdefault(queue, deque(maxlen=MOVING)).append(wait_minutes)

    def les(self, queue: str) -> float | None:
        """The wait of the last person called in this queue today."""
        past = self._past.get(queue)
        return past[-1] if past else None

    def ma10(self, queue: str) -> float | None:
        """The mean of the last ten waits of this queue today."""
        past = self._past.get(queue)
        return sum(past) / len(past) if past else None


class Hall:
    """One snapshot, with what all tickets of a queue share worked out once."""

    def __init__(self, snapshot: Snapshot, quantities: Quantities) -> None:
        self.snapshot, self.quantities = snapshot, quantities
        self._views: dict[str, View] = {}

    def view(self, queue: str) -> "View":
        """The hall as somebody of this queue meets it."""
        if queue not in self._views:
            self._views[queue] = View.of(self.snapshot, self.quantities, queue)
        return self._views[queue]


@dataclass(frozen=True, slots=True)
class View:
    """What one queue can hope for: `counters` open, or else planned after `opening` minutes.

    `works` are the lines in which somebody may be before it, each with the minutes that one ticket of it takes
    from these counters. `longest` is when the longest-waiting ticket of the queue came.
    """

    line: Sequence[Place]
    mean: float
    counters: int
    opening: float
    works: tuple[tuple[Sequence[Place], float], ...]
    longest: float | None
    is_open: bool

    @classmethod
    def of(cls, snapshot: Snapshot, quantities: Quantities, queue: str) -> "View":
        """The view of one queue."""
        line = snapshot.lines.get(queue, ())
        desks, opening = _desks(snapshot, queue)
        shares = ((other, _share(snapshot, other, queue)) for other in snapshot.lines)
        return cls(
            line=line,
            mean=quantities.service(queue).mean,
            counters=len(desks),
            opening=opening,
            works=tuple((snapshot.lines[o], quantities.service(o).mean * share) for o, share in shares if share),
            longest=min((place.came for place in line), default=None),
            is_open=bool(snapshot.serving(queue)),
        )

    def ql(self, people: int) -> float:
        """The minutes of somebody with so many people of the queue before."""
        return self.opening + (people + 1) * self.mean / max(1, self.counters)

    def ql_skill(self, place: Place) -> float:
        """The work before this place at these counters, of each other queue by the share it has of them."""
        work = sum(bisect_left(line, place) * minutes for line, minutes in self.works)
        return self.opening + (work + self.mean / 2) / max(1, self.counters)


def predictors(hall: Hall, recent: RecentWaits, queue: str, place: Place, twin: float | None) -> Predictors:
    """The predictors of a ticket that waits at this place or would take it now.

    Where no counter is open, those with a declared opening count, and their opening is waited for first. Of who
    waits already the part waited is taken from LES, HOL and MA10.
    """
    view, now = hall.view(queue), hall.snapshot.now
    waited = max(0.0, now - place.came)
    before = len(view.line) if place.came >= now else bisect_left(view.line, place)
    ql, ql_skill = view.ql(before), view.ql_skill(place)
    return Predictors(
        ql=ql,
        ql_skill=ql_skill,
        les=_less(recent.les(queue), waited),
        hol=None if view.longest is None else max(0.0, now - view.longest - waited),
        ma10=_less(recent.ma10(queue), waited),
        twin=None if twin is None else capped(twin, max(ql, ql_skill)),
        waiting=before,
        counters=view.counters,
        group=place.group,
        minute_of_day=now % 1440,
        pace=hall.quantities.pace_today.value,
    )


def capped(twin: float, queue_length: float) -> float:
    """The twin's value, never above three times the learned queue-length estimate and ten minutes (waiting.md 3).

    Without it a roster that looked empty gave a root mean square error of 680 s against 76 s. The estimate is the
    larger of QL and QL-skill: by QL alone it cut right values where busy queues share the counters (measured).
    """
    return min(twin, CAP_FACTOR * queue_length + CAP_MINUTES)


def simple(values: Predictors) -> Mapping[str, float]:
    """The simple rules by name, as each says it by itself: LES and MA10 say 0 until somebody has been called."""
    return {
        "les": values.les or 0.0,
        "hol": values.hol or 0.0,
        "ma10": values.ma10 or 0.0,
        "ql": values.ql,
        "ql_skill": values.ql_skill,
    }


def _desks(snapshot: Snapshot, queue: str) -> tuple[list[Desk], float]:
    """The counters that the queue can hope for, and the minutes until the first of them is there."""
    desks = snapshot.serving(queue)
    opens = snapshot.opens_at(queue)
    if desks or opens is None:
        return desks, 0.0
    return [
        desk for desk in snapshot.desks if desk.until is not None and queue in desk.queues
    ], opens - snapshot.now


def _share(snapshot: Snapshot, other: str, queue: str) -> float:
    if other == queue:
        return 1.0
    serving = snapshot.serving(other)
    return sum(queue in desk.queues for desk in serving) / len(serving) if serving else 0.0


def _less(value: float | None, waited: float) -> float | None:
    return None if value is None else max(0.0, value - waited)
