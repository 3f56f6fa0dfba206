"""How the day of each queue ends, played by the same twin as the estimates: who is not called before closing.

Everybody is played to the end as if the counters that are open stayed until the last person was called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, inf, isfinite
from random import Random

from domain.waiting.quantities import Quantities
from domain.waiting.snapshots import Desk, Group, Place, Snapshot, Standing
from domain.waiting.twins import Called, Twin

HALF_HOUR = 30.0
END_ROLLOUTS = 9
NEW_TICKET = 2**53
EIGHT_OF_TEN = 0.8
# Of today against a usual day: what came so far, begun at so many people as usual.
TODAY_WEIGHT = 20.0
FEWEST_TODAY, MOST_TODAY = 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Expected:
    """Who usually walks in: people by queue and half hour (its first minute), and the share with priority.

    `days` are those that it is the mean of; with none nobody is expected, and only who waits is played.
    """

    days: int = 0
    walk_ins: Mapping[str, Mapping[float, float]] = field(default_factory=dict)
    priority: Mapping[str, float] = field(default_factory=dict)

    def today(self, given: Mapping[str, Mapping[float, float]], now: float) -> "Expected":
        """The same as busy as today has been until now; `given` are today's walk-ins in the same shape."""
        usual = sum(_before(halves, now) for halves in self.walk_ins.values())
        came = sum(sum(halves.values()) for halves in given.values())
        factor = min(max((came + TODAY_WEIGHT) / (usual + TODAY_WEIGHT), FEWEST_TODAY), MOST_TODAY)
        walk_ins = {
            queue: {begins: people * factor for begins, people in halves.items()}
            for queue, halves in self.walk_ins.items()
        }
        return replace(self, walk_ins=walk_ins)

    def drawn(self, snapshot: Snapshot, chance: Random) -> list[tuple[float, str, Place]]:
        """One rest of the day: who comes when to which queue, until each of them closes."""
        found = []
        for queue, halves in sorted(self.walk_ins.items()):
            closing, priority = snapshot.closings.get(queue, inf), self.priority.get(queue, 0.0)
            for begins, people in sorted(halves.items()):
                first, last = max(begins, snapshot.now), min(begins + HALF_HOUR, closing)
                for _ in range(_poisson(chance, people * max(0.0, last - first) / HALF_HOUR)):
                    moment = chance.uniform(first, last)
                    found.append((moment, queue, _place(moment, snapshot, is_priority=chance.random() < priority)))
        return found


def _before(halves: Mapping[float, float], now: float) -> float:
    """How many of them come before this minute."""
    return sum(people * min(max(now - begins, 0.0), HALF_HOUR) / HALF_HOUR for begins, people in halves.items())


def _place(moment: float, snapshot: Snapshot, *, is_priority: bool) -> Place:
    lead = snapshot.rule.priority_lead
    key = moment - lead if is_priority and isfinite(lead) else moment
    return Place(key, inf, NEW_TICKET, moment, Group.PRIORITY if is_priority else Group.ORDINARY)


def _poisson(chance: Random, mean: float) -> int:
    if not mean:
        return 0
    limit, product, number = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number


@dataclass(frozen=True, slots=True)
class QueueEnd:
    """A queue until tonight: people waiting, people still to come, and how many of both are not called in time.

    `late` and `coming` are the middle of the rollouts, `most_late` what eight of ten do not exceed. `ends` is the
    minute of the last call if the counters stay, None: somebody is never called. Minutes of the day.
    """

    queue: str
    waiting: int
    coming: int
    late: int
    most_late: int
    closes: float
    ends: float | None


Ends = Mapping[str, QueueEnd]


def ends(
    snapshot: Snapshot, quantities: Quantities, expected: Expected, seed: int, rollouts: int = END_ROLLOUTS
) -> dict[str, QueueEnd]:
    """The end of each queue that closes today, by queue."""
    twin = Twin(replace(snapshot, closings={}), quantities)
    known = set(twin.queues)
    runs: list[dict[str, list[float]]] = []
    for run in range(rollouts):
        chance = Random(f"{seed}:{run}")
        arrivals = expected.drawn(snapshot, chance)
        lost: list[Called] = [(queue, None) for _, queue, _ in arrivals if queue not in known]
        called = twin.to_the_end(chance, [one for one in arrivals if one[1] in known])
        runs.append(_by_queue([*called, *lost], snapshot))
    return {
        queue: _end(queue, len(snapshot.lines.get(queue, ())), closes, [run[queue] for run in runs])
        for queue, closes in snapshot.closings.items()
    }


def _by_queue(called: Sequence[Called], snapshot: Snapshot) -> dict[str, list[float]]:
    """The moments of the calls by queue, infinite for nobody's."""
    found: dict[str, list[float]] = {queue: [] for queue in snapshot.closings}
    for queue, moment in called:
        if queue in found:
            found[queue].append(inf if moment is None else moment)
    return found


def _end(queue: str, waiting: int, closes: float, runs: Sequence[Sequence[float]]) -> QueueEnd:
    late = sorted(sum(moment >= closes for moment in run) for run in runs)
    last = _middle([max(run, default=0.0) for run in runs])
    return QueueEnd(
        queue, waiting, round(_middle([len(run) for run in runs])) - waiting, round(_middle(late)),
        late[min(len(late) - 1, int(EIGHT_OF_TEN * len(late)))], closes, last if isfinite(last) else None,
    )  # fmt: skip


def _middle(values: Sequence[float]) -> float:
    """The middle one; of two the larger."""
    return sorted(values)[len(values) // 2]


def opened(snapshot: Snapshot, desk: Desk, until: float) -> Snapshot:
    """The same hall with this closed counter open from now until a minute."""
    now_open = replace(desk, standing=Standing.IDLE, until=None, breaks=(*desk.breaks, (until, inf)))
    return replace(snapshot, desks=[now_open if one.number == desk.number else one for one in snapshot.desks])
