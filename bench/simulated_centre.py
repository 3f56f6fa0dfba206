"""A simulated centre (waiting.md 11): arrivals, counters, meals, pauses and slow days, the same for the same seed.

It checks the estimate of waiting times, so it shares no code with it: it imports nothing of ours.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count

OPENS, CLOSES, TICKETS_FROM = 450.0, 1020.0, 435.0
MEANS = (4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 25)
VARIATIONS = (0.6, 0.7, 0.6, 0.8, 0.7, 0.9, 0.7, 0.8, 0.7, 0.9, 0.8, 0.8)
SHARES = (0.16, 0.12, 0.12, 0.11, 0.10, 0.09, 0.08, 0.07, 0.05, 0.04, 0.03, 0.03)
SKILLS = (
    ((0, 1), (2,)), ((0, 1), (2, 3)), ((0, 2), (1,)), ((1, 2), (0,)), ((2, 3), (4,)), ((3, 4), (2,)),
    ((3, 4), (5,)), ((4, 5), (3,)), ((5, 6), (4,)), ((5, 6), (7,)), ((6, 7), (5,)), ((7, 8), (6,)),
    ((7, 8), (9,)), ((8, 9), (7,)), ((9, 10), (8,)), ((9, 10), (11,)), ((10, 11), (9,)), ((11, 10), (8,)),
    ((0, 1, 2, 3, 4), (5, 6)), ((5, 6, 7, 8), (9, 10, 11)),
)  # fmt: skip
EARLY_CREW = (1, 6, 10, 15, 18)
EARLY_MEAL, MEAL = (630.0, 690.0), (690.0, 810.0)
SHAPE = (
    (480, 1.5), (600, 1.9), (690, 1.0), (790, 0.22), (810, 0.8), (900, 1.5), (960, 1.0), (math.inf, 0.55)
)  # fmt: skip
PER_HOUR = 68.0
PRIORITY_SHARE, BOOKED_SHARE = 0.12, 0.15
BOOKED_FACTOR, SHOW_UP = 1.1, 0.9
NO_SHOW = 0.08
LATE_MINUTES = 10.0
RANK = 1e7


@dataclass(frozen=True, slots=True)
class Setting:
    """What a simulated centre is: how busy, in which order it calls, what of it clerks call out of order.

    `roster`: when each counter is open; None: all of them are, but for meals.
    """

    seed: int
    load: float = 1.4
    priority_credit: float = 60.0
    booked_credit: float = 30.0
    out_of_order: float = 0.0
    is_strict: bool = False
    roster: Mapping[int, Sequence[tuple[float, float]]] | None = None


@dataclass(slots=True)
class Person:
    """Somebody with a ticket; `group` is P, A or N, `called` the moment of the call."""

    number: int
    queue: int
    group: str
    came: float
    key: float
    slot: float | None = None
    called: float | None = None


@dataclass(slots=True)
class Counter:
    """One counter through the day."""

    number: int
    speed: float
    opens: float
    meal: tuple[float, float]
    serving: Person | None = None
    since: float = 0.0
    away_until: float | None = None  # the planned end of a pause, a meal, or the planned opening
    owed_pause: float = 0.0
    is_idle: bool = False

    @property
    def queues(self) -> tuple[int, ...]:
        primary, secondary = SKILLS[self.number]
        return primary + secondary


Booking = tuple[float, int, float]  # slot, queue, key


class Watcher:
    """What happens in the hall, as somebody who watches it may note it; the bench overrides these."""

    def morning(self, day: "Day") -> None:
        """The centre opens."""

    def admits(self, day: "Day", queue: int, group: str) -> bool:
        """Whether this walk-in gets a number."""
        return True

    def arrived(self, day: "Day", person: Person) -> None:
        """Somebody has a number and stands in no line yet."""

    def called(self, day: "Day", person: Person, counter: Counter, in_order: bool) -> None:
        """Somebody has been called, in order or by the clerk's own choice."""

    def served(self, day: "Day", person: Person, counter: Counter, minutes: float | None) -> None:
        """A visit has ended; `minutes` None: nobody came."""

    def booking_passed(self, day: "Day", slot: float, came: bool) -> None:
        """An appointment was kept, or its slot and the lateness allowed have passed."""


@dataclass(slots=True)
class Day:
    """One day of a centre; `lines` hold who waits, by queue, in order of key and number."""

    setting: Setting
    number: int
    now: float = 0.0
    lines: list[list[Person]] = field(default_factory=lambda: [[] for _ in MEANS])
    counters: list[Counter] = field(default_factory=list)
    booked: set[Booking] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)
    refused: int = 0
    idle_minutes: float = 0.0  # of all counters in the last half hour

    def key_of(self, group: str, came: float, slot: float | None) -> float:
        """The order key of a class, an arrival and a slot."""
        in_time = slot is not None and came <= slot + LATE_MINUTES
        if self.setting.is_strict:
            return came - (2 * RANK if group == "P" else RANK if in_time else 0)
        if group == "P":
            return came - self.setting.priority_credit
        if slot is None:
            return came
        return (slot if in_time else came) - self.setting.booked_credit

    def has_idle(self, queue: int) -> bool:
        """Whether a free counter serves this queue."""
        return any(counter.is_idle and queue in counter.queues for counter in self.counters)

    @property
    def stranded(self) -> int:
        """Tickets that nobody called before closing."""
        return sum(person.called is None for person in self.people)

    @property
    def served(self) -> int:
        """Tickets that were called."""
        return len(self.people) - self.stranded


def play_day(setting: Setting, number: int, watcher: Watcher) -> Day:
    """One day from before the first ticket to closing."""
    return _Play(setting, number, watcher).run()


class _Play:
    """The events of one day. People come from a stream of their own, so that every rule meets the same ones."""

    def __init__(self, setting: Setting, number: int, watcher: Watcher) -> None:
        self.day, self.watcher = Day(setting, number), watcher
        self.chance = random.Random(f"{setting.seed}:{number}:hall")
        self.order = count()
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self._furnish()
        self._slow_portal()
        self._book()
        self._send_people()

    def run(self) -> Day:
        self.watcher.morning(self.day)
        while self.events:
            moment, _, act = heappop(self.events)
            if moment >= CLOSES:
                break
            self.day.now = moment
            act()
        self.day.now = CLOSES
        for counter in self.day.counters:
            self._stand_up(counter)
        return self.day

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        heappush(self.events, (moment, next(self.order), act))

    def _furnish(self) -> None:
        for number in range(len(SKILLS)):
            late = abs(self.chance.gauss(0, 3))
            meal = EARLY_MEAL if number in EARLY_CREW else MEAL
            counter = Counter(number, self.chance.uniform(0.85, 1.2), OPENS + late, meal, away_until=OPENS)
            self.day.counters.append(counter)
            self._open(counter)
            for _ in range(2):
                begins, lasts = self.chance.uniform(OPENS, CLOSES), self.chance.uniform(5, 12)
                self._at(begins, partial(self._pause, counter, lasts))

    def _open(self, counter: Counter) -> None:
        roster = self.day.setting.roster
        if roster is None:
            self._at(counter.opens, partial(self._free, counter))
            self._at(counter.meal[0], partial(self._interrupt, counter))
            return
        counter.meal = (math.inf, math.inf)
        for begins, ends in roster.get(counter.number, ()):
            self._at(max(begins, counter.opens), partial(self._come, counter))
            self._at(ends, partial(self._stand_up, counter))

    def _come(self, counter: Counter) -> None:
        """The roster begins; who is still serving, or at rest, comes by itself."""
        counter.away_until = None if counter.away_until == OPENS else counter.away_until
        if counter.serving is None and counter.away_until is None:
            self._free(counter)

    def _is_off(self, counter: Counter) -> bool:
        roster = self.day.setting.roster
        spans = roster.get(counter.number, ()) if roster is not None else ()
        return roster is not None and not any(begins <= self.day.now < ends for begins, ends in spans)

    def _slow_portal(self) -> None:
        self.slow = (0.0, 0.0, 1.0)
        if self.chance.random() < 0.2:
            begins = self.chance.uniform(OPENS, CLOSES - 60)
            self.slow = (begins, begins + self.chance.uniform(60, 150), self.chance.uniform(1.25, 1.6))

    def _book(self) -> None:
        mean = PER_HOUR * self.day.setting.load * BOOKED_SHARE / 4 * BOOKED_FACTOR
        slot = 465.0
        while slot <= 960:
            if not 675 <= slot <= 795:
                for _ in range(_poisson(self.chance, mean)):
                    self._book_one(slot)
            slot += 15

    def _book_one(self, slot: float) -> None:
        queue = self.chance.choices(range(len(MEANS)), SHARES)[0]
        booking = (slot, queue, self.day.key_of("A", slot, slot))
        while booking in self.day.booked:  # two people of one slot and queue are two bookings
            booking = (slot, queue, booking[2] + 1e-9)
        self.day.booked.add(booking)
        self._at(slot + LATE_MINUTES, lambda: self._missed(booking))
        if self.chance.random() < SHOW_UP:
            came = max(TICKETS_FROM, slot + self.chance.gauss(-8, 8))
            self._at(came, lambda: self._check_in(booking))

    def _missed(self, booking: Booking) -> None:
        if booking in self.day.booked:
            self.day.booked.discard(booking)
            self.watcher.booking_passed(self.day, booking[0], came=False)

    def _check_in(self, booking: Booking) -> None:
        if booking in self.day.booked:
            self.day.booked.discard(booking)
            self.watcher.booking_passed(self.day, booking[0], came=True)
        self._arrive(booking[1], "A", booking[0])

    def _send_people(self) -> None:
        chance = random.Random(f"{self.day.setting.seed}:{self.day.number}:people")
        factor = chance.gammavariate(60, 1 / 60) * (1.12 if self.day.number % 5 == 4 else 0.97)
        most = PER_HOUR * self.day.setting.load * factor * (1 - BOOKED_SHARE) * 1.9 / 60
        moment = TICKETS_FROM
        while (moment := moment + chance.expovariate(most)) < CLOSES:
            shape = next(height for until, height in SHAPE if moment < until)
            if chance.random() < shape / 1.9:
                queue = chance.choices(range(len(MEANS)), SHARES)[0]
                group = "P" if chance.random() < PRIORITY_SHARE / (1 - BOOKED_SHARE) else "N"
                self._at(moment, partial(self._walk_in, queue, group))

    def _walk_in(self, queue: int, group: str) -> None:
        if self.watcher.admits(self.day, queue, group):
            self._arrive(queue, group, None)
        else:
            self.day.refused += 1

    def _arrive(self, queue: int, group: str, slot: float | None) -> None:
        day = self.day
        key = day.key_of(group, day.now, slot)
        person = Person(len(day.people) + 1, queue, group, day.now, key, slot)
        self.watcher.arrived(day, person)
        day.people.append(person)
        line = day.lines[queue]
        line.append(person)
        line.sort(key=lambda other: (other.key, other.number))
        free = [counter for counter in day.counters if counter.is_idle and queue in counter.queues]
        if free:
            self._call(free[0])

    def _free(self, counter: Counter) -> None:
        """The counter has finished with somebody, or comes back."""
        counter.serving, counter.away_until, counter.since = None, None, self.day.now
        begins, ends = counter.meal
        if self._is_off(counter):
            return
        if begins <= self.day.now < ends:
            self._leave(counter, ends, ends + abs(self.chance.gauss(0, 3)))
        elif counter.owed_pause:
            lasts, counter.owed_pause = counter.owed_pause, 0.0
            self._leave(counter, self.day.now + lasts, self.day.now + lasts)
        else:
            counter.is_idle = True
            self._call(counter)

    def _interrupt(self, counter: Counter) -> None:
        if counter.is_idle:
            self._stand_up(counter)
            self._free(counter)

    def _pause(self, counter: Counter, lasts: float) -> None:
        if counter.is_idle:
            self._stand_up(counter)
            self._leave(counter, self.day.now + lasts, self.day.now + lasts)
        elif counter.serving is not None:
            counter.owed_pause += lasts

    def _leave(self, counter: Counter, planned: float, back: float) -> None:
        self._stand_up(counter)
        counter.away_until = planned
        self._at(back, lambda: self._free(counter))

    def _stand_up(self, counter: Counter) -> None:
        if counter.is_idle:
            self._count_idle(counter)
        counter.is_idle = False

    def _count_idle(self, counter: Counter) -> None:
        self.day.idle_minutes += max(0.0, self.day.now - max(counter.since, CLOSES - 30))

    def _call(self, counter: Counter) -> None:
        lines = [line for queue in counter.queues if (line := self.day.lines[queue])]
        if not lines:
            return
        first = person = min((line[0] for line in lines), key=lambda head: (head.key, head.number))
        if self.day.setting.out_of_order and self.chance.random() < self.day.setting.out_of_order:
            person = self.chance.choice([waiting for line in lines for waiting in line])
        self._serve(counter, person, in_order=person is first)

    def _serve(self, counter: Counter, person: Person, *, in_order: bool) -> None:
        day = self.day
        self._stand_up(counter)
        day.lines[person.queue].remove(person)
        person.called = counter.since = day.now
        counter.serving = person
        self.watcher.called(day, person, counter, in_order)
        came = self.chance.random() >= NO_SHOW
        lasts = self._service(counter, person.queue) if came else self.chance.uniform(0.8, 1.6)
        self._at(day.now + lasts, lambda: self._end(counter, person, lasts if came else None))

    def _end(self, counter: Counter, person: Person, minutes: float | None) -> None:
        self.watcher.served(self.day, person, counter, minutes)
        self._free(counter)

    def _service(self, counter: Counter, queue: int) -> float:
        sigma = math.sqrt(math.log(1 + VARIATIONS[queue] ** 2))
        drawn = self.chance.lognormvariate(math.log(MEANS[queue]) - sigma**2 / 2, sigma)
        begins, ends, factor = self.slow
        return drawn * counter.speed * (factor if begins <= self.day.now < ends else 1.0)


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number
