"""The estimate at work in the simulated centre: it sees what a server sees, predicts, and learns from each call."""

import random
from dataclasses import dataclass
from math import inf

from bench import simulated_centre
from bench.scores import Board
from bench.simulated_centre import CLOSES, MEANS, OPENS, TICKETS_FROM, Counter, Day, Person, Setting, Watcher
from domain.waiting.estimates import Estimate, Estimator
from domain.waiting.predictors import simple
from domain.waiting.snapshots import Booked, CallingRule, Desk, Group, Place, Snapshot, Standing
from domain.waiting.twins import BOARD_ROLLOUTS

GROUPS = {"P": Group.PRIORITY, "A": Group.BOOKED, "N": Group.ORDINARY}
PREDICTED_SHARE = 0.2
DAYS, TEACHING_DAYS = 13, 5


@dataclass(frozen=True, slots=True)
class Asked:
    """An estimate that waits for its ticket to be called."""

    at: float
    estimate: Estimate


class Watched(Watcher):
    """Feeds one estimator with the centre's events; scores after the teaching days."""

    def __init__(self, setting: Setting, rollouts: int = BOARD_ROLLOUTS, teaching: int = TEACHING_DAYS) -> None:
        self.setting, self.rollouts, self.teaching = setting, rollouts, teaching
        self.estimator = Estimator({str(queue): float(mean) for queue, mean in enumerate(MEANS)})
        self.scores = Board("simulated")
        self._asked: dict[int, Asked] = {}
        self._picks = random.Random(0)

    def morning(self, day: Day) -> None:
        self._asked.clear()
        self._picks = random.Random(f"{self.setting.seed}:{day.number}:picked")
        self.estimator.begin_day()

    def arrived(self, day: Day, person: Person) -> None:
        is_picked = self._picks.random() < PREDICTED_SHARE
        queue = str(person.queue)
        if person.group == "P":
            self.estimator.quantities.note_priority_arrival(queue)
        if is_picked and not day.has_idle(person.queue):
            seed = day.number * 100_000 + person.number
            estimate = self.estimator.newcomer(snapshot(day), queue, place(person), seed, self.rollouts)
            self._asked[person.number] = Asked(day.now, estimate)

    def called(self, day: Day, person: Person, counter: Counter, in_order: bool) -> None:
        self.estimator.quantities.note_order(kept=in_order)
        asked = self._asked.pop(person.number, None)
        if asked is not None:
            self._score(day, person, asked)
        self.estimator.note_called(str(person.queue), day.now - person.came)

    def served(self, day: Day, person: Person, counter: Counter, minutes: float | None) -> None:
        quantities = self.estimator.quantities
        quantities.note_answer(minutes is not None, None if minutes else day.now - counter.since)
        if minutes is not None:
            quantities.note_service(str(person.queue), counter.number, minutes)

    def booking_passed(self, day: Day, slot: float, came: bool) -> None:
        self.estimator.quantities.note_booked(came, slot - day.now if came else None)

    def _score(self, day: Day, person: Person, asked: Asked) -> None:
        wait, estimate = day.now - asked.at, asked.estimate
        is_scored = day.number >= self.teaching
        shown = (estimate.point, estimate.low, estimate.high)
        methods = [] if estimate.values is None else list(simple(estimate.values).items())
        if estimate.values is not None and estimate.values.twin is not None:
            methods.append(("twin", estimate.values.twin))
        for method, raw in methods:
            baseline = self.scores.baseline(method)
            corrected = baseline.interval(raw)
            if is_scored:
                self.scores.note(method, raw, wait, *corrected[1:])
            baseline.learn(raw, corrected, wait)
        if is_scored and estimate.values is not None:
            self.scores.note("estimate", shown[0], wait, *shown[1:])
            kinds = (f"class_{person.group.lower()}", f"queue_{person.queue}")
            self.scores.note_kinds(kinds, shown[0], wait, *shown[1:])
        self.estimator.learn(estimate, wait)


def watch(setting: Setting, days: int = DAYS, watched: Watched | None = None) -> Watched:
    """The centre through all its days, the first of which only teach."""
    watched = watched or Watched(setting)
    for number in range(days):
        simulated_centre.play_day(setting, number, watched)
        watched.estimator.quantities.note_window(CLOSES - TICKETS_FROM)
    return watched


def snapshot(day: Day) -> Snapshot:
    """What a server would read at this moment."""
    lead = 2 * simulated_centre.RANK if day.setting.is_strict else day.setting.priority_credit
    return Snapshot(
        now=day.now,
        lines={str(queue): [place(person) for person in line] for queue, line in enumerate(day.lines)},
        desks=[_desk(counter) for counter in day.counters],
        booked=[Booked(str(queue), slot, key) for slot, queue, key in sorted(day.booked)],
        closings={str(queue): CLOSES for queue in range(len(MEANS))},
        rule=CallingRule(priority_lead=lead),
    )


def place(person: Person) -> Place:
    """Where somebody stands in the line."""
    return Place(person.key, person.number, person.number, person.came, GROUPS[person.group])


def _desk(counter: Counter) -> Desk:
    serving = None if counter.serving is None else str(counter.serving.queue)
    away = Standing.CLOSED if counter.away_until == OPENS else Standing.PAUSED
    standing = Standing.SERVING if serving else Standing.IDLE if counter.is_idle else away
    return Desk(
        number=counter.number,
        queues=tuple(map(str, counter.queues)),
        standing=standing,
        serving=serving,
        since=counter.since if serving else inf,
        until=counter.away_until,
        pause_after=counter.owed_pause,
        breaks=(counter.meal,),
    )
