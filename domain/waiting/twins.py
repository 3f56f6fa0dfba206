"""The policy twin: the rest of the day played forward from the real state by the real calling rule (waiting.md 3).

Must not know how a wait is shown or how good it was. Deterministic under a seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import exp, inf
from random import Random

from domain.centre_rules import Policy
from domain.waiting.quantities import Quantities, durations
from domain.waiting.snapshots import Desk, Group, Place, Snapshot, Standing

BOARD_ROLLOUTS, SHORT_ROLLOUTS, CLOSING_ROLLOUTS = 40, 10, 25
LATE_MINUTES = 10.0
SHARED_DEVIATION = 0.25  # of the logarithm of the day's pace
BREAK_DEVIATION = 3.0
TRIES = 8
HORIZON = 24 * 60.0

Lasting = Callable[[int, int], float]  # minutes that a citizen of a queue occupies a desk
Entry = tuple[float, float, int, int]  # key, turn, ticket, ordinal
Lane = list[Entry]  # a heap
Coming = tuple[float, int, Entry]  # release, lane, entry
Called = tuple[str, float | None]  # a queue, and the moment of the call
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Forecast:
    """The waits of one ticket over the rollouts, in order; where it was not called, the time left to closing.

    `called` is the share of rollouts in which it was called before closing.
    """

    waits: tuple[float, ...]
    called: float

    @property
    def median(self) -> float:
        """The middle wait in minutes."""
        middle = len(self.waits) // 2
        if len(self.waits) % 2:
            return self.waits[middle]
        return (self.waits[middle - 1] + self.waits[middle]) / 2


class Twin:
    """One snapshot made ready to be played many times; `quantities` are read once, when it is made."""

    def __init__(self, snapshot: Snapshot, quantities: Quantities) -> None:
        self.snapshot, self.now = snapshot, snapshot.now
        served = {queue for desk in snapshot.desks for queue in desk.queues}
        self.queues = sorted({*snapshot.lines, *served, *(booked.queue for booked in snapshot.booked)})
        self.index = {queue: number for number, queue in enumerate(self.queues)}
        self.past = durations(quantities, self.queues)
        self.quantities = quantities
        self.pace = quantities.pace_today.value
        self.no_show, self.lost = quantities.no_shows.value, quantities.lost_minutes
        self.disorder, self.earliness = quantities.disorder.value, list(quantities.earliness)
        self.closings = [snapshot.closings.get(queue, inf) for queue in self.queues]
        self.is_ratio = snapshot.rule.policy is Policy.RATIO
        self.desks = [desk for desk in snapshot.desks if _is_used(desk)]
        self.groups = [self._groups_of(desk) for desk in self.desks]
        self.leaves = [max((self.closings[self.index[q]] for q in desk.queues), default=0) for desk in self.desks]
        self.places = [(queue, place) for queue in self.queues for place in snapshot.lines.get(queue, ())]
        self.lanes: list[Lane] = [[] for _ in range(2 * len(self.queues))]
        for ordinal, (queue, place) in enumerate(self.places):
            self.lanes[self._lane(queue, place.group)].append((*place[:3], ordinal))
        for lane in self.lanes:
            heapify(lane)
        self.real = len(self.places)

    def board(
        self, seed: int, rollouts: int = BOARD_ROLLOUTS, newcomers: Sequence[tuple[str, Place]] = ()
    ) -> dict[int, Forecast]:
        """The remaining wait of every waiting ticket, by ticket, from one set of rollouts.

        `newcomers` have no number yet: they stand in the lines without taking anybody's time, and each is told
        what it would meet by itself. Their tickets are numbers of the caller's choice that nobody else has.
        """
        everybody = [*self.places, *newcomers]
        latest = max((place.key for _, place in everybody), default=self.now)
        lanes = self._with(newcomers)
        runs = [self._rollout(_chance(seed, run), latest, lanes, len(everybody)) for run in range(rollouts)]
        found = {}
        for ordinal, (queue, place) in enumerate(everybody):
            found[place.ticket] = self._forecast(queue, [run[ordinal] for run in runs])
        return found

    def newcomer(self, queue: str, place: Place, seed: int, rollouts: int = BOARD_ROLLOUTS) -> Forecast:
        """The wait of somebody who would take this place in this queue now and has none yet."""
        lanes = self._with([(queue, place)])
        runs = [
            self._rollout(_chance(seed, run), place.key, lanes, self.real + 1, stops=True)[NOBODY]
            for run in range(rollouts)
        ]
        return self._forecast(queue, runs)

    def expected(self, queue: str, place: Place) -> Forecast:
        """The deterministic run: means instead of draws, for somebody who would take this place now."""
        means = [self.quantities.service(name).mean for name in self.queues]
        factors = [self.quantities.clerk_factor(desk.number) for desk in self.desks]

        def lasts(served: int, desk: int) -> float:
            minutes = means[served] * factors[desk] * self.pace
            return (1 - self.no_show) * minutes + self.no_show * self.lost

        free = [(self._free_at(desk, self._mean_left, None), n) for n, desk in enumerate(self.desks)]
        lanes, coming = self._with([(queue, place)]), self._all_coming(place.key)
        run = self._play(lanes, coming, free, lasts, None, self.real + 1, self.real, stops=True)
        return self._forecast(queue, [run[NOBODY]])

    def to_the_end(self, chance: Random, arrivals: Sequence[tuple[float, str, Place]]) -> list[Called]:
        """One rollout until nobody is left: who waits, who is booked and comes, and `arrivals` with their moments.

        Whoever cannot be served is in it without a moment. A twin of a hall without closing times plays past them.
        """
        coming = [(moment, self._lane(queue, place.group), place[:3]) for moment, queue, place in arrivals]
        coming += [(moment, lane, (*entry[:2], NOBODY)) for moment, lane, entry in self._all_coming(inf, chance)]
        coming.sort(reverse=True)
        entries = [(moment, lane, (*key, self.real + n)) for n, (moment, lane, key) in enumerate(coming)]
        people = self.real + len(entries)
        free, lasts = self._chances(chance)
        lanes = [lane.copy() for lane in self.lanes]
        waits = self._play(lanes, entries, free, lasts, chance, people, people, stops=False)
        queues = [queue for queue, _ in self.places] + [self.queues[lane >> 1] for _, lane, _ in coming]
        moments = [None if wait is None else self.now + wait for wait in waits]
        return list(zip(queues, moments, strict=True))

    def _rollout(
        self, chance: Random, latest: float, lanes: list[Lane], people: int, *, stops: bool = False
    ) -> list[float | None]:
        free, lasts = self._chances(chance)
        lines = [lane.copy() for lane in lanes]
        coming = self._coming(chance, latest)
        return self._play(lines, coming, free, lasts, chance, people, self.real, stops=stops)

    def _chances(self, chance: Random) -> tuple[list[tuple[float, int]], Lasting]:
        """When each counter becomes free in this rollout, and how long visits last in it."""
        pace = self.pace * exp(chance.gauss(0, SHARED_DEVIATION))
        past, no_show, lost, random = self.past, self.no_show, self.lost, chance.random

        def lasts(served: int, _desk: int) -> float:
            draw = random()
            if draw < no_show:
                return lost
            known = past[served]
            return known[int((draw - no_show) / (1 - no_show) * len(known))] * pace

        def left(served: int, minutes: float) -> float:
            known = past[served]
            for _ in range(TRIES):
                drawn = known[int(random() * len(known))] * pace
                if drawn > minutes:
                    return drawn - minutes
            return 1 + 0.4 * minutes * random()

        return [(self._free_at(desk, left, chance), number) for number, desk in enumerate(self.desks)], lasts

    def _play(
        self, lanes: list[Lane], coming: list[Coming], free: list[tuple[float, int]], lasts: Lasting,
        chance: Random | None, people: int, real: int, *, stops: bool,
    ) -> list[float | None]:  # fmt: skip
        """The waits by ordinal, None for who was not called. From `real` on nobody takes a counter's time.

        The first of those `stops` the run.
        """
        waits: list[float | None] = [None] * people
        now, closings, leaves = self.now, self.closings, self.leaves
        waiting, disorder = sum(map(len, lanes)), self.disorder
        lately = [list(self.snapshot.lately.get(desk.number, ())) for desk in self.desks]
        heapify(free)
        while free and (waiting or coming):
            moment, desk = heappop(free)
            if coming and coming[-1][0] <= moment:
                waiting += _released(coming, moment, lanes)
            if moment >= leaves[desk]:
                continue
            best, chosen = None, 0
            for group in self._in_turn(desk, lately[desk]):
                for lane in group:
                    line = lanes[lane]
                    if line and (best is None or line[0] < best) and moment < closings[lane >> 1]:
                        best, chosen = line[0], lane
                if best is not None:
                    break
            if best is None:
                if coming:
                    heappush(free, (self._after_break(self.desks[desk], coming[-1][0], chance), desk))
                continue
            if disorder and chance and best[3] < real and chance.random() < disorder:
                best, chosen = self._anybody(lanes, desk, moment, chance)
            else:
                heappop(lanes[chosen])
            waiting -= 1
            if best[3] != NOBODY:
                waits[best[3]] = moment - now
                if best[3] >= real:
                    if stops:
                        return waits
                    heappush(free, (moment, desk))
                    continue
            if self.is_ratio:
                lately[desk].insert(0, bool(chosen & 1))
            until = moment + lasts(chosen >> 1, desk)
            heappush(free, (self._after_break(self.desks[desk], until, chance), desk))
        return waits

    def _anybody(self, lanes: list[Lane], desk: int, moment: float, chance: Random) -> tuple[Entry, int]:
        """Somebody whom this counter may call, taken out of the line: a clerk calls out of order."""
        open_lanes = [lane for group in self.groups[desk] for lane in group if moment < self.closings[lane >> 1]]
        lane = chance.choices(open_lanes, [len(lanes[lane]) for lane in open_lanes])[0]
        entry = lanes[lane].pop(int(chance.random() * len(lanes[lane])))
        heapify(lanes[lane])
        return entry, lane

    def _in_turn(self, desk: int, lately: Sequence[bool]) -> Sequence[tuple[int, ...]]:
        groups = self.groups[desk]
        if not self.is_ratio:
            return groups
        ratio = self.snapshot.rule.ratio
        ordinary_has_its_turn = len(lately) >= ratio and all(lately[:ratio])
        return groups if ordinary_has_its_turn else groups[::-1]

    def _groups_of(self, desk: Desk) -> Sequence[tuple[int, ...]]:
        """Lanes that compete by key: all of a desk's, or under `ratio` the ordinary and the privileged apart."""
        ordinary = tuple(2 * self.index[queue] for queue in desk.queues)
        return (ordinary, tuple(lane + 1 for lane in ordinary)) if self.is_ratio else (ordinary,)

    def _lane(self, queue: str, group: Group) -> int:
        return 2 * self.index[queue] + (self.is_ratio and group is not Group.ORDINARY)

    def _with(self, newcomers: Sequence[tuple[str, Place]]) -> list[Lane]:
        lanes = [lane.copy() for lane in self.lanes]
        for ordinal, (queue, place) in enumerate(newcomers, self.real):
            if queue in self.index:
                heappush(lanes[self._lane(queue, place.group)], (*place[:3], ordinal))
        return lanes

    def _coming(self, chance: Random, latest: float) -> list[Coming]:
        """Who is not here yet and would pass a key of `latest`, the last to come first."""
        found = self._all_coming(latest, chance)
        lead = self.snapshot.rule.priority_lead
        until = min(latest + lead, self.now + HORIZON)
        for number, queue in enumerate(self.queues):
            lane = self._lane(queue, Group.PRIORITY)
            rate, moment = self.quantities.priority_rate(queue), self.now
            end = min(until, self.closings[number])
            while (moment := moment + chance.expovariate(rate)) < end:
                key = moment - (0 if self.is_ratio else lead)
                found.append((moment, lane, (key, inf, NOBODY, NOBODY)))
        found.sort(reverse=True)
        return found

    def _all_coming(self, latest: float, chance: Random | None = None) -> list[Coming]:
        """Who booked and may still come before a key of `latest`, the last to come first; all without `chance`."""
        found, shown = [], self.quantities.show_ups.value
        for booked in self.snapshot.booked:
            is_passing = booked.key < latest or self.is_ratio
            if not is_passing or booked.slot <= self.now - LATE_MINUTES:
                continue
            if chance is None or chance.random() < shown:
                early = chance.choice(self.earliness) if chance else 0.0
                entry = (booked.key, inf, NOBODY, NOBODY)
                lane = self._lane(booked.queue, Group.BOOKED)
                found.append((max(booked.slot - early, self.now), lane, entry))
        return sorted(found, reverse=True)

    def _free_at(self, desk: Desk, left: Callable[[int, float], float], chance: Random | None) -> float:
        """The moment at which the counter can call; infinite when it closes after the present citizen."""
        moment = self.now
        if desk.standing is Standing.SERVING:
            if desk.closes_after:
                return inf
            moment += (
                left(self.index.get(desk.serving or "", 0), max(0.0, self.now - desk.since)) + desk.pause_after
            )
        elif desk.until is not None:
            moment = max(moment, desk.until)
            if desk.standing is Standing.CLOSED or any(begins <= self.now < ends for begins, ends in desk.breaks):
                return moment + _late(chance)
        elif desk.standing is Standing.PAUSED:
            pauses = self.quantities.pauses
            moment += chance.choice(pauses) if chance else sum(pauses) / len(pauses)
        return self._after_break(desk, moment, chance)

    def _mean_left(self, served: int, minutes: float) -> float:
        return self.quantities.service(self.queues[served]).left_after(minutes / self.pace) * self.pace

    def _after_break(self, desk: Desk, moment: float, chance: Random | None) -> float:
        for begins, ends in desk.breaks:
            if begins <= moment < ends:
                return ends + _late(chance)
        return moment

    def _forecast(self, queue: str, waits: Sequence[float | None]) -> Forecast:
        closing = self.snapshot.closings.get(queue, self.now + HORIZON)
        left = max(0.0, closing - self.now)
        known = sorted(left if wait is None else wait for wait in waits)
        missed = sum(wait is None for wait in waits)
        return Forecast(tuple(known), 1 - missed / len(known) if known else 0.0)


def _released(coming: list[Coming], moment: float, lanes: list[Lane]) -> int:
    """Let in everybody who has come by now; gives how many."""
    before = len(coming)
    while coming and coming[-1][0] <= moment:
        _, into, entry = coming.pop()
        heappush(lanes[into], entry)
    return before - len(coming)


def _is_used(desk: Desk) -> bool:
    return desk.standing is not Standing.CLOSED or desk.until is not None


def _late(chance: Random | None) -> float:
    """The minutes after which a counter is there that opens or comes back from a meal."""
    return abs(chance.gauss(0, BREAK_DEVIATION)) if chance else 0.0


def _chance(seed: int, run: int) -> Random:
    return Random(seed * 1_000_003 + run)
