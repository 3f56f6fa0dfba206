"""How many counters a coming day needs to keep the promise, by half hour: past days played again with few of them.

The playing is the rehearsal's (`domain.rehearsal`), here is only how many counters are open in it. It knows no
clock: `left` says how much of the time for it is left, between 1 and 0.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.centres import Centre, Counter
from domain.days import local
from domain.rehearsal import Opening, PastDay, Wait, replay
from domain.routing import served_queues

HALF_HOUR = 30.0
TOO_LATE_SHARE = 0.1  # of those who come in a half hour, or one of them
APART = 3  # half hours: so far behind a broken promise the next one is taken to be broken by itself
STARTS_AT = 0.85  # of the work there was: the rest is added where promises break

LEFT_FOR_ALL = 0.4  # of the time: for all days together, after each by itself

Left = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Group:
    """Queues whose counters are shared, and those counters in the order in which they are to be opened.

    `cover`: so many of them are needed before every queue has one.
    """

    queues: tuple[str, ...]
    counters: tuple[int, ...]
    cover: int


@dataclass(frozen=True, slots=True)
class Need:
    """A half hour from `begins` (minute of the day): counters to open, the least and most that one past day needed.

    `is_enough`: False where even all counters were not.
    """

    begins: float
    counters: int
    least: int
    most: int
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Staffing:
    """The advice for one group, from so many replayed days with so many visits together.

    `kept`: the percentage of promises that it keeps on them, `worst`: on the worst of them; None where nobody came
    who was promised anything.
    """

    group: Group
    needs: tuple[Need, ...]
    days: int
    kept: float | None
    worst: float | None
    visits: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Counters open by half hour; `hopeless` are those in which even all of them were not enough."""

    counters: tuple[int, ...]
    hopeless: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same for every day: the group, its half hours, the promises, the rules."""

    centre: Centre
    group: Group
    halves: tuple[float, ...]
    promises: Mapping[str, int]

    def bucket(self, minute: float) -> int | None:
        """The half hour of an arrival; who comes before an opening counts in the first one after it."""
        return next((n for n, begins in enumerate(self.halves) if minute < begins + HALF_HOUR), None)


def groups_of(centre: Centre, work: Mapping[str, float]) -> list[Group]:
    """The centre's queues by the counters that serve them first; `work` is what each has on a day, in minutes."""
    found: list[tuple[set[str], list[Counter]]] = []
    for counter in centre.counters:
        touching = [one for one in found if one[0] & set(counter.queues)]
        queues = set(counter.queues).union(*(one[0] for one in touching))
        counters = [member for one in touching for member in one[1]] + [counter]
        found = [one for one in found if one not in touching] + [(queues, counters)]
    order = {queue.id: place for place, queue in enumerate(centre.queues)}
    groups = [_group(sorted(queues, key=order.__getitem__), counters, work) for queues, counters in found]
    return sorted(groups, key=lambda group: order[group.queues[0]])


def _group(queues: list[str], counters: list[Counter], work: Mapping[str, float]) -> Group:
    """The group with its counters in order: always the one that serves what is served least for its work."""
    served, left, ordered = dict.fromkeys(queues, 0.0), list(counters), []
    uncovered, cover = set(queues), 0
    while left:

        def lack(queue: str) -> float:
            return (work.get(queue, 0.0) + 1.0) / (served[queue] + 0.01)

        best = max(left, key=lambda counter: (sum(map(lack, counter.queues)), -counter.number))
        left.remove(best)
        ordered.append(best.number)
        if uncovered.intersection(served_queues(best)):
            uncovered.difference_update(served_queues(best))
            cover = len(ordered)
        every = sum(work.get(queue, 0.0) + 1.0 for queue in best.queues)
        for queue in best.queues:
            served[queue] += (work.get(queue, 0.0) + 1.0) / every
    return Group(tuple(queues), tuple(ordered), cover)


def work_of(days: Sequence[PastDay]) -> dict[str, float]:
    """The minutes at counters of each queue on a day, the mean of these."""
    found: dict[str, float] = {}
    for day in days:
        for visit in day.visits:
            found[visit.queue] = found.get(visit.queue, 0.0) + (visit.service_minutes or 0.0) / len(days)
    return found


def advise(centre: Centre, group: Group, halves: Sequence[float], days: Iterable[PastDay], left: Left) -> Staffing:
    """The advice for a group in these half hours (minutes of the day), from those `days` for which there is time.

    What all of the days together need is advised; what each of them needs by itself is its range.
    """
    promises = {q.id: q.promise_minutes for q in centre.queues if q.promise_minutes and q.id in group.queues}
    frame = _Frame(centre, group, tuple(halves), promises)
    played: list[PastDay] = []
    single: list[Plan] = []
    for day in days:
        own = PastDay(tuple(visit for visit in day.visits if visit.queue in group.queues), (), {})
        plan = _plan(frame, [own], _first(frame, own), lambda: left() - LEFT_FOR_ALL)
        if plan is None:
            break
        played.append(own)
        single.append(plan)
    if not played:
        return Staffing(group, (), 0, None, None)
    start = [sorted(plan.counters[n] for plan in single)[len(single) // 4] for n in range(len(halves))]
    together = _plan(frame, played, start, left)
    needs = _needs(frame, single, together and _trimmed(frame, played, together, left))
    shares = [_kept(frame, day, [need.counters for need in needs]) for day in played]
    kept, promised = sum(kept for kept, _ in shares), sum(of for _, of in shares)
    each = [100 * kept / of for kept, of in shares if of]
    share, visits = 100 * kept / promised if promised else None, sum(len(day.visits) for day in played)
    return Staffing(group, needs, len(played), share, min(each, default=None), visits)


def _needs(frame: _Frame, single: Sequence[Plan], together: Plan | None) -> tuple[Need, ...]:
    """With each day's own need as the range; where no time was left for all together, what eight of ten need."""
    found = []
    for n, begins in enumerate(frame.halves):
        counts = sorted(plan.counters[n] for plan in single)
        wanted = together.counters[n] if together else counts[-(-4 * len(counts) // 5) - 1]
        is_enough = n not in together.hopeless if together else wanted < len(frame.group.counters)
        found.append(Need(begins, wanted, min(counts[0], wanted), max(counts[-1], wanted), is_enough))
    return tuple(found)


def _plan(frame: _Frame, days: Sequence[PastDay], start: Sequence[int], left: Left) -> Plan | None:
    """The fewest counters with which these days keep their promises; None where there was no time to find them.

    Begun with few, and one more wherever a promise breaks first, until none does.
    """
    counts, hopeless, most = list(start), set[int](), len(frame.group.counters)
    while left() > 0:
        broken = _broken(frame, days, counts)
        late = sorted(n for n in broken if n not in hopeless)
        if not late:
            return Plan(tuple(counts), frozenset(hopeless))
        reached = -APART
        for first in late:
            if first < reached + APART:
                continue  # perhaps late only by what was late before
            reached = first
            room = [n for n in broken[first] if counts[n] < most]
            if room:
                counts[min(room[:2], key=lambda n: counts[n])] += 1
            else:
                hopeless.add(first)
    return None


def _trimmed(frame: _Frame, days: Sequence[PastDay], plan: Plan, left: Left) -> Plan:
    """The same without every counter that turns out not to be needed, those that stick out first."""
    counts = list(plan.counters)
    sharp = sorted(range(len(counts)), key=lambda n: (_beside(counts, n) - counts[n], -n))
    for n in sharp:
        if plan.hopeless.intersection(range(n, n + APART + 1)):
            continue  # every counter is needed where none are enough, and before
        counts[n] -= 1
        if left() <= 0 or counts[n] < frame.group.cover or not set(_broken(frame, days, counts)) <= plan.hopeless:
            counts[n] += 1
    return Plan(tuple(counts), plan.hopeless)


def _beside(counts: Sequence[int], n: int) -> float:
    """The mean of the half hours before and after."""
    beside = [*counts[max(0, n - 1) : n], *counts[n + 1 : n + 2]]
    return sum(beside) / len(beside) if beside else 0.0


def _first(frame: _Frame, day: PastDay) -> list[int]:
    minutes = [0.0] * len(frame.halves)
    for visit in day.visits:
        n = frame.bucket(_minute(visit.arrived))
        if n is not None:
            minutes[n] += visit.service_minutes or 0.0
    most = len(frame.group.counters)
    return [min(max(frame.group.cover, int(STARTS_AT * work / HALF_HOUR)), most) for work in minutes]


def _broken(frame: _Frame, days: Sequence[PastDay], counts: Sequence[int]) -> dict[int, list[int]]:
    """The half hours in which too many promises broke, each with where a counter more would help, best first."""
    late: dict[int, list[tuple[float, float]]] = {}
    came = [0] * len(frame.halves)
    for wait, n, promise in (one for day in days for one in _judged(frame, day, counts)):
        came[n] += 1
        if not _is_kept(frame, wait, n, promise):
            begins = max(_minute(wait.visit.arrived), frame.halves[n])
            late.setdefault(n, []).append((begins, begins + promise))
    return {
        n: _where(frame, n, spans)
        for n, spans in late.items()
        if len(spans) > max(len(days), int(TOO_LATE_SHARE * came[n]))
    }


def _where(frame: _Frame, first: int, spans: Sequence[tuple[float, float]]) -> list[int]:
    """The half hours by how much of the promised time of those who waited lies in them; then those before."""
    shared = {
        n: sum(max(0.0, min(ends, begins + HALF_HOUR) - max(starts, begins)) for starts, ends in spans)
        for n, begins in enumerate(frame.halves)
    }
    during = sorted((n for n in shared if shared[n]), key=lambda n: (-shared[n], n))
    return [*during, *(n for n in range(first - 1, max(-1, first - 4), -1) if n not in during)]


def _judged(frame: _Frame, day: PastDay, counts: Sequence[int]) -> list[tuple[Wait, int, int]]:
    """Every wait with a promise that began before the last closing: its half hour, the promised minutes."""
    played = _with_counters(frame, day, counts)
    found = []
    for wait in replay(played, frame.centre.classes, frame.centre.calling):
        promise, n = frame.promises.get(wait.visit.queue), frame.bucket(_minute(wait.visit.arrived))
        if promise is not None and n is not None:
            found.append((wait, n, promise))
    return found


def _is_kept(frame: _Frame, wait: Wait, n: int, promise: int) -> bool:
    """Whether the call came in time; before an opening nobody can be called, so that the promise begins with it."""
    early = max(0.0, frame.halves[n] - _minute(wait.visit.arrived))
    return wait.called and wait.minutes - early <= promise


def _kept(frame: _Frame, day: PastDay, counts: Sequence[int]) -> tuple[int, int]:
    """How many promises of this day are kept with these counters, of how many."""
    judged = _judged(frame, day, counts)
    return sum(_is_kept(frame, *one) for one in judged), len(judged)


def _with_counters(frame: _Frame, day: PastDay, counts: Sequence[int]) -> PastDay:
    """The day with the first so many counters of the group open in each half hour."""
    if not day.visits:
        return PastDay((), (), {})
    here = local(day.visits[0].arrived)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    skills = {counter.number: served_queues(counter) for counter in frame.centre.counters}
    spans = spans_of(frame.halves, counts, frame.group.counters)
    openings = tuple(
        Opening(number, _at(midnight, begins), _at(midnight, ends))
        for number, own in spans.items()
        for begins, ends in own
    )
    return PastDay(day.visits, openings, {number: skills[number] for number in spans})


def spans_of(
    halves: Sequence[float], counts: Sequence[int], counters: Sequence[int]
) -> dict[int, list[tuple[float, float]]]:
    """When each counter is open, where in each half hour the first so many of them are; minutes of the day."""
    found: dict[int, list[tuple[float, float]]] = {}
    for place, number in enumerate(counters):
        own: list[tuple[float, float]] = []
        for begins, count in zip(halves, counts, strict=True):
            if count <= place:
                continue
            if own and own[-1][1] == begins:
                own[-1] = (own[-1][0], begins + HALF_HOUR)
            else:
                own.append((begins, begins + HALF_HOUR))
        if own:
            found[number] = own
    return found


def _at(midnight: datetime, minutes: float) -> datetime:
    return midnight + timedelta(minutes=minutes)


def _minute(moment: datetime) -> float:
    here = local(moment)
    return here.hour * 60 + here.minute + here.second / 60
