"""The rehearsal of a calling policy: what it would have done to each group of people on days that have passed.

It calls by the real rule (`domain.routing`) whoever really came, and takes every visit to be as long as it was.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

from domain.centre_rules import Calling, Policy
from domain.centres import PriorityClass
from domain.routing import LONGEST_MEMORY, Head, choose, key_of
from domain.tickets import milliseconds

MINUTE = 60_000  # milliseconds
# What a clerk waits for somebody who does not come; the estimate of waiting times starts from it too.
NO_SHOW_MINUTES = 1.2
LONG_WAIT_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket of a past day; `service_minutes` at the counter is None for who was called and did not come."""

    arrived: datetime
    queue: str
    service_minutes: float | None
    priority: str | None = None
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A time in which a counter called people: from `opens` until just before `closes`, without a pause."""

    counter: int
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class PastDay:
    """What came and who worked on one day; `skills` are the queues each counter served, primary and secondary.

    Visits stand in the order of issue, which breaks ties of arrival.
    """

    visits: tuple[Visit, ...]
    openings: tuple[Opening, ...]
    skills: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a group of people waited. The three figures are None where nobody came.

    Who is never called counts as `unserved` and as having waited until the last counter of that queue closed.
    `p90_minutes`: nine of ten waited at most this long; `share_over_60` is between 0 and 1.
    """

    number: int
    mean_minutes: float | None
    p90_minutes: float | None
    share_over_60: float | None
    unserved: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a policy would have done; who has both a class and an appointment is counted in the class.

    `worst_overtaker_minutes`: the largest time by which somebody came later than an ordinary ticket and was
    called before it, at a counter that serves both. 0 when nobody was.
    """

    ordinary: Waits
    appointments: Waits
    classes: Mapping[str, Waits]
    worst_overtaker_minutes: float
    unserved: int


def rehearse(
    days: Iterable[PastDay], classes: Iterable[PriorityClass], calling: Calling, policy: Policy, ratio: int = 2
) -> Rehearsal:
    """These days under `policy` and `ratio`, with the credits of `classes` and the minutes of `calling`.

    The policy and ratio that stand in `calling` are not used. Whenever a counter is open and free it calls; of
    several free ones the lowest number is first. A class that the centre no longer has counts with a credit of 0.
    """
    rules = _Rules(policy, ratio, calling, {group.id: group.credit_minutes for group in classes})
    finished = [_Replay(day, rules).run() for day in days]
    waits = [wait for replay in finished for wait in replay.waits()]
    return Rehearsal(
        ordinary=_figures(w for w in waits if w.visit.priority is None and w.visit.slot is None),
        appointments=_figures(w for w in waits if w.visit.priority is None and w.visit.slot is not None),
        classes=_by_class(waits, rules.credits),
        worst_overtaker_minutes=max((replay.worst_lead for replay in finished), default=0) / MINUTE,
        unserved=sum(not w.called for w in waits),
    )


def replay(day: PastDay, classes: Iterable[PriorityClass], calling: Calling) -> list["Wait"]:
    """The wait of every visit of one day under the policy that stands in `calling`, in order of arrival."""
    credits = {group.id: group.credit_minutes for group in classes}
    return list(_Replay(day, _Rules(calling.policy, calling.ratio, calling, credits)).run().waits())


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one visit waited, in milliseconds until its call, or until nobody was left to call it."""

    visit: Visit
    lasted: int
    called: bool

    @property
    def minutes(self) -> float:
        """The same in minutes."""
        return self.lasted / MINUTE


@dataclass(frozen=True, slots=True)
class _Rules:
    policy: Policy
    ratio: int
    calling: Calling
    credits: Mapping[str, int]

    def head(self, ticket: int, visit: Visit) -> Head:
        key = key_of(
            self.policy,
            visit.arrived,
            credit_minutes=None if visit.priority is None else self.credits.get(visit.priority, 0),
            slot=visit.slot,
            calling=self.calling,
        )
        return Head(ticket, visit.queue, key, visit.priority is not None or visit.slot is not None)


Line = list[tuple[int, int, Head]]  # a heap by key, then by issue


@dataclass(slots=True)
class _Desk:
    """A counter with its opening times, its lines of the privileged and of the ordinary, and its latest calls."""

    open: list[tuple[int, int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    busy_until: int = 0
    lately: tuple[bool, ...] = ()

    def can_call(self, now: int) -> bool:
        return self.busy_until <= now and any(opens <= now < closes for opens, closes in self.open)


class _Replay:
    """One day played from its first arrival to the last closing time; all moments in milliseconds since 1970."""

    def __init__(self, day: PastDay, rules: _Rules) -> None:
        self.rules = rules
        self.visits = sorted(day.visits, key=lambda visit: visit.arrived)
        self.arrived = [milliseconds(visit.arrived) for visit in self.visits]
        self.called: list[int | None] = [None] * len(self.visits)
        self.worst_lead = 0
        self.lines: dict[tuple[str, bool], Line] = {}
        self.desks: dict[int, _Desk] = {}
        self.serving: dict[str, list[int]] = {}
        for number in sorted({opening.counter for opening in day.openings}):
            self._furnish(number, dict.fromkeys(day.skills.get(number, ())))
        for opening in day.openings:
            times = (milliseconds(opening.opens), milliseconds(opening.closes))
            self.desks[opening.counter].open.append(times)
        # A counter looks for people when it opens, when it becomes free and when somebody comes to it.
        self.looks = [(opens, number) for number, desk in self.desks.items() for opens, _ in desk.open]
        heapify(self.looks)

    def _furnish(self, number: int, queues: Iterable[str]) -> None:
        desk = self.desks[number] = _Desk()
        for queue in queues:
            self.serving.setdefault(queue, []).append(number)
            desk.lines += [self.lines.setdefault((queue, privileged), []) for privileged in (True, False)]

    def run(self) -> "_Replay":
        issued = 0
        while self.looks or issued < len(self.visits):
            now = min([*self.arrived[issued : issued + 1], *(look for look, _ in self.looks[:1])])
            numbers = set()
            while issued < len(self.visits) and self.arrived[issued] == now:
                numbers.update(self._admit(issued))
                issued += 1
            while self.looks and self.looks[0][0] == now:
                numbers.add(heappop(self.looks)[1])
            for number in sorted(numbers):
                self._call(number, now)
        return self

    def _admit(self, ticket: int) -> list[int]:
        """Puts a ticket into its line; gives the counters that may call it."""
        head = self.rules.head(ticket, self.visits[ticket])
        heappush(self.lines.setdefault((head.queue, head.privileged), []), (head.key, ticket, head))
        return self.serving.get(head.queue, [])

    def _call(self, number: int, now: int) -> None:
        desk = self.desks[number]
        if not desk.can_call(now):
            return
        choice = choose(
            (line[0][2] for line in desk.lines if line), self.rules.policy, self.rules.ratio, desk.lately
        )
        if choice is None:
            return
        head = choice.head
        heappop(self.lines[head.queue, head.privileged])
        self.called[head.ticket] = now
        self._note_overtaking(desk, head)
        minutes = self.visits[head.ticket].service_minutes
        desk.busy_until = now + round((NO_SHOW_MINUTES if minutes is None else minutes) * MINUTE)
        desk.lately = (head.privileged, *desk.lately)[:LONGEST_MEMORY]
        heappush(self.looks, (desk.busy_until, number))

    def _note_overtaking(self, desk: _Desk, called: Head) -> None:
        """The first of an ordinary line has waited longest in it, so no one behind it need be looked at."""
        passed = (line[0][2] for line in desk.lines if line)
        leads = (self.arrived[called.ticket] - self.arrived[h.ticket] for h in passed if not h.privileged)
        self.worst_lead = max(self.worst_lead, *leads, 0)

    def waits(self) -> Iterator[Wait]:
        """How long each visit lasted until its call, or until nobody was left to call it."""
        last = {q: max(t for n in numbers for _, t in self.desks[n].open) for q, numbers in self.serving.items()}
        for visit, arrived, called in zip(self.visits, self.arrived, self.called, strict=True):
            until = last.get(visit.queue, arrived) if called is None else called
            yield Wait(visit, max(until - arrived, 0), called is not None)


def _by_class(waits: list[Wait], credits: Mapping[str, int]) -> dict[str, Waits]:
    """Figures of every class that the centre has, and of those met on the days that it has no longer."""
    found: dict[str, list[Wait]] = {group: [] for group in credits}
    for wait in waits:
        if wait.visit.priority is not None:
            found.setdefault(wait.visit.priority, []).append(wait)
    return {group: _figures(of_group) for group, of_group in found.items()}


def _figures(waits: Iterable[Wait]) -> Waits:
    found = list(waits)
    lasted = sorted(wait.lasted for wait in found)
    n = len(lasted)
    if n == 0:
        return Waits(0, None, None, None, 0)
    nine_of_ten = -(-9 * n // 10)
    return Waits(
        number=n,
        mean_minutes=sum(lasted) / n / MINUTE,
        p90_minutes=lasted[nine_of_ten - 1] / MINUTE,
        share_over_60=sum(wait > LONG_WAIT_MINUTES * MINUTE for wait in lasted) / n,
        unserved=sum(not wait.called for wait in found),
    )
