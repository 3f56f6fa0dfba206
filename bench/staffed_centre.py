"""The staffing advice at work in the simulated centre: made from some of its days, followed on others.

`kept`: the percentage of people called within the promise; with one counter less all day it has to fall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from time import perf_counter

from bench.servers import demo_centre
from bench.simulated_centre import CLOSES, MEANS, OPENS, SKILLS, Counter, Day, Person, Setting, Watcher, play_day
from domain.centres import Centre
from domain.days import LOCAL
from domain.rehearsal import PastDay, Visit
from domain.staffing import HALF_HOUR, Staffing, advise, groups_of, spans_of, work_of

PROMISE_MINUTES = 30
HISTORY_DAYS, FRESH_DAYS = 8, 6
HALVES = tuple(OPENS + HALF_HOUR * n for n in range(int((CLOSES - OPENS) / HALF_HOUR)))
FIRST_DAY = date(2026, 9, 7)


@dataclass(slots=True)
class Lengths(Watcher):
    """Notes how long each visit lasted."""

    minutes: dict[int, float | None] = field(default_factory=dict)

    def served(self, day: Day, person: Person, counter: Counter, minutes: float | None) -> None:
        self.minutes[person.number] = minutes


@dataclass(frozen=True, slots=True)
class Followed:
    """The advice, the seconds it took, and what it kept on fresh days: followed, and with one counter less."""

    advice: tuple[Staffing, ...]
    seconds: float
    kept: float
    one_less: float


def follow(setting: Setting, history: int = HISTORY_DAYS, fresh: int = FRESH_DAYS) -> Followed:
    """Days of the centre as it is, the advice from them, and the next days under the advice."""
    centre = staffed(setting)
    past = [past_day(setting, number) for number in range(history)]
    began = perf_counter()
    advice = tuple(advise(centre, group, HALVES, past, lambda: 1.0) for group in groups_of(centre, work_of(past)))
    seconds = perf_counter() - began
    days = range(history, history + fresh)
    return Followed(
        advice, seconds, kept(setting, days, roster(advice)), kept(setting, days, roster(advice, less=1))
    )


def roster(advice: Sequence[Staffing], less: int = 0) -> dict[int, list[tuple[float, float]]]:
    """When each counter is open by the advice; `less`: so many fewer in each half hour."""
    found: dict[int, list[tuple[float, float]]] = {}
    for staffing in advice:
        halves = [need.begins for need in staffing.needs]
        found |= spans_of(halves, [need.counters - less for need in staffing.needs], staffing.group.counters)
    return found


def kept(setting: Setting, days: Sequence[int], counters: Mapping[int, Sequence[tuple[float, float]]]) -> float:
    """The percentage of those who came during opening hours and were called within the promise."""
    every = in_time = 0
    for number in days:
        day = play_day(replace(setting, roster=counters), number, Watcher())
        for person in day.people:
            every += 1
            in_time += person.called is not None and person.called - max(person.came, OPENS) <= PROMISE_MINUTES
    return 100 * in_time / every


def past_day(setting: Setting, number: int) -> PastDay:
    """One day as the file would give it; who was never called would have taken the queue's mean."""
    lengths = Lengths()
    day = play_day(setting, number, lengths)
    midnight = datetime.combine(FIRST_DAY + timedelta(days=number), datetime.min.time(), LOCAL)

    def at(minutes: float) -> datetime:
        return midnight + timedelta(minutes=minutes)

    visits = tuple(
        Visit(
            at(person.came), str(person.queue), lengths.minutes.get(person.number, float(MEANS[person.queue])),
            "P" if person.group == "P" else None, None if person.slot is None else at(person.slot),
        )
        for person in day.people
    )  # fmt: skip
    return PastDay(visits, (), {})


def staffed(setting: Setting) -> Centre:
    """The simulated centre as a configuration that promises thirty minutes everywhere."""
    model = demo_centre()
    queues = tuple(
        replace(
            model.queues[0],
            id=str(n),
            prefix=chr(65 + n),
            mean_minutes=float(mean),
            promise_minutes=PROMISE_MINUTES,
        )
        for n, mean in enumerate(MEANS)
    )
    counters = tuple(
        replace(model.counters[0], number=n, queues=tuple(map(str, first)), secondary=tuple(map(str, second)))
        for n, (first, second) in enumerate(SKILLS)
    )
    classes = (replace(model.classes[0], id="P", credit_minutes=int(setting.priority_credit)),)
    calling = replace(model.calling, appointment_credit_minutes=int(setting.booked_credit))
    return replace(model, queues=queues, counters=counters, classes=classes, calling=calling)
