"""The figures of business days: how many came, how each number ended, how long people waited and were served."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.tickets import TicketState

MINUTE = 60_000  # milliseconds
WITHIN_MINUTES = (15, 30, 60)
MOST_DAYS, MOST_TICKETS = 366, 200_000  # read at once; a month of the largest centres has 60,000
FEWEST_OF_A_PERSON = 20  # numbers; below, a figure tells more of the visitors than of the work
# Groups of people beside the classes by their id.
ORDINARY, BOOKED = "", "@"


# A named tuple: a month makes 60,000 of them, and each frozen dataclass takes four times as long.
class Course(NamedTuple):
    """One number on its day: the queue that gave it, the counter that called it last, and how it ended.

    `group` is its class, ORDINARY or BOOKED. `wait` lasts from arrival to the first call, `service` is all of its
    time at counters, both in milliseconds and None where there was none; `hour` is that of the first call, `came`
    that of the arrival, `weekday` 1 for Monday, `person` who called it last.
    """

    day: int
    queue: str
    counter: int | None
    group: str
    state: TicketState
    hour: int | None
    wait: int | None
    service: int | None
    came: int | None = None
    weekday: int | None = None
    person: str | None = None


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
    longest_wait: float | None = None
    longest_service: float | None = None


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
        tuple(_share(bisect_right(waits, most * MINUTE), len(waits)) for most in WITHIN_MINUTES),
        nineteen_of_twenty(waits),
        nineteen_of_twenty(services),
    )


def of_people(courses: Iterable[Course], people: Collection[str]) -> list[Course]:
    """The numbers that these people called last, of each who called enough of them."""
    found = [course for course in courses if course.person in people]
    called = Counter(course.person for course in found)
    return [course for course in found if called[course.person] >= FEWEST_OF_A_PERSON]


def middle_wait(courses: Iterable[Course]) -> float | None:
    """The median wait in minutes; None where nobody was called."""
    return _middle(sorted(course.wait for course in courses if course.wait is not None))


def kept_promises(courses: Iterable[Course], promises: Mapping[str, int | None]) -> float | None:
    """The share, in percent, of the called whose queue promised something and kept it; None where none did."""
    most = {queue: promise * MINUTE for queue, promise in promises.items() if promise}
    kept = [
        course.wait <= most[course.queue] for course in courses if course.wait is not None and course.queue in most
    ]
    return _share(sum(kept), len(kept))


def eight_of_ten(spans: Sequence[int]) -> float | None:
    """The 80th percentile in minutes by nearest rank: eight of ten were no longer. `spans` come sorted."""
    return spans[(8 * len(spans) + 9) // 10 - 1] / MINUTE if spans else None


def nineteen_of_twenty(spans: Sequence[int]) -> float | None:
    """The 95th percentile in the same way."""
    return spans[(19 * len(spans) + 19) // 20 - 1] / MINUTE if spans else None


def _middle(spans: Sequence[int]) -> float | None:
    return (spans[(len(spans) - 1) // 2] + spans[len(spans) // 2]) / 2 / MINUTE if spans else None


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
