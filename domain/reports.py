"""The figures of business days: how many came, how each number ended, how long people waited and were served."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.tickets import TicketState

MINUTE = 60_000  # milliseconds
WITHIN_MINUTES = (15, 30, 60)
MOST_DAYS = 92
# Groups of people beside the classes by their id.
ORDINARY, BOOKED = "", "@"


@dataclass(frozen=True, slots=True)
class Course:
    """One number on its day: the queue that gave it, the counter that called it last, and how it ended.

    `group` is its class, ORDINARY or BOOKED. `wait` lasts from arrival to the first call, `service` is all of its
    time at counters, both in milliseconds and None where there was none; `hour` is that of the first call.
    """

    day: int
    queue: str
    counter: int | None
    group: str
    state: TicketState
    hour: int | None
    wait: int | None
    service: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers by how they ended; minutes, None where nobody was called; shares of the called in percent.

    Whoever still waits or is served is given and nothing else. A wait over night counts in no minutes.
    """

    given: int
    served: int
    absent: int
    left: int
    unserved: int
    wait: float | None
    long_wait: float | None
    service: float | None
    long_service: float | None
    within: tuple[float | None, ...]


def figures(courses: Iterable[Course]) -> Figures:
    """The figures of these numbers together."""
    found = list(courses)
    ends = [course.state for course in found]
    waits = sorted(course.wait for course in found if course.wait is not None)
    services = sorted(course.service for course in found if course.service is not None)
    return Figures(
        len(found),
        ends.count(TicketState.FINISHED),
        ends.count(TicketState.ABSENT),
        ends.count(TicketState.LEFT),
        ends.count(TicketState.UNSERVED),
        _middle(waits),
        eight_of_ten(waits),
        _middle(services),
        eight_of_ten(services),
        tuple(_share(sum(wait <= most * MINUTE for wait in waits), len(waits)) for most in WITHIN_MINUTES),
    )


def eight_of_ten(spans: Sequence[int]) -> float | None:
    """The 80th percentile in minutes by nearest rank: eight of ten were no longer. `spans` come sorted."""
    return spans[(8 * len(spans) + 9) // 10 - 1] / MINUTE if spans else None


def _middle(spans: Sequence[int]) -> float | None:
    return (spans[(len(spans) - 1) // 2] + spans[len(spans) // 2]) / 2 / MINUTE if spans else None


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
