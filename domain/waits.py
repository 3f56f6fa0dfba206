"""How long somebody who takes a number now may wait: a range in round minutes, or nothing where nobody can know.

A simple rule from today's pace of the queue, behind one function. Knows no screen and no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt

from domain.admission import Span

STEP = 5  # minutes; a range is rounded outwards and at least this wide (waiting.md 7)
LONGEST = 120  # minutes; beyond, only "more than two hours" is said
FEWEST_VISITS = 3  # ended today, before anything is promised
VARIATION = 0.8  # of the service time, as in domain.admission
EIGHTY_PERCENT = 1.2816  # quantile of the normal law that leaves a tenth on each side


@dataclass(frozen=True, slots=True)
class Pace:
    """How a queue moves: counters that work it off, those of them with nobody before them, mean minutes, visits.

    A counter that several queues share counts as a part of one.
    """

    servers: float
    idle: int
    mean_minutes: float
    visits: int


@dataclass(frozen=True, slots=True)
class Wait:
    """From `low` to `high` minutes, both in steps of five; `high` None: more than two hours."""

    low: int
    high: int | None


def wait_range(
    ahead: int, pace: Pace, now: datetime | None = None, spans: Sequence[Span] | None = None
) -> Wait | None:
    """The wait of somebody with `ahead` people before; it contains the true one about four times in five.

    None where nobody can know: no counter serves the queue, too few visits have ended today, or today's serving
    windows (`spans`, local, in order) do not last so long. Breaks between the windows are waited through.
    """
    if pace.servers <= 0 or pace.visits < FEWEST_VISITS:
        return None
    # Whoever is served now is on average half done, a little more than half with uneven services.
    services = max(0.0, ahead - pace.idle + (1 + VARIATION**2) / 2)
    if ahead < pace.idle:
        services = 0.0
    middle = services * pace.mean_minutes / pace.servers
    spread = EIGHTY_PERCENT * VARIATION * pace.mean_minutes * sqrt(services) / pace.servers
    ends = [max(0.0, middle - spread), middle + spread]
    if now is not None and spans is not None:
        through = [_through_breaks(end, now, spans) for end in ends]
        if through[0] is None or through[1] is None:
            return None
        ends = [end for end in through if end is not None]
    return _rounded(*ends)


def _rounded(low: float, high: float) -> Wait:
    begins = min(STEP * floor(low / STEP), LONGEST)
    ends = max(STEP * ceil(high / STEP), begins + STEP)
    return Wait(begins, ends if ends <= LONGEST else None)


def _through_breaks(minutes: float, now: datetime, spans: Sequence[Span]) -> float | None:
    """Minutes of serving as minutes by the clock; None when the day ends before."""
    left = timedelta(minutes=minutes)
    for opens, closes in spans:
        begins = max(opens, now)
        if begins >= closes:
            continue
        if left <= closes - begins:
            return (begins + left - now) / timedelta(minutes=1)
        left -= closes - begins
    return None
