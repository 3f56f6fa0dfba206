"""What a centre learns from completed visits: service times, clerks, today's pace, no-shows, who is still to come.

Every rule and number is of waiting.md 2. Nothing here looks ahead: each quantity is what the events so far say.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt

KEPT_DURATIONS = 250
CONFIGURED_WEIGHT = 5
FORGETS_FROM, FORGETTING = 800, 0.999
CLERK_WEIGHT = 20
PACE_VISITS, PACE_WEIGHT_MINUTES = 25, 120.0
SLOWEST_PACE, FASTEST_PACE = 1.8, 0.7
NO_SHOW_COUNT, NO_SHOW_CALLS = 4, 50
LOST_MINUTES, LOST_WEIGHT = 1.2, 5
PRIORITY_COUNT, PRIORITY_MINUTES = 0.5, 60.0
SHOW_UP_SHARE, SHOW_UP_WEIGHT = 0.85, 20
DISORDER_CALLS = 50
USUAL_PAUSE_MINUTES = 10.0
KEPT_PAUSES = 100
# Of a lognormal law with a coefficient of variation of 0.8: what a queue without a visit is taken to last.
FIRST_QUANTILES = (-1.2816, -0.5244, 0.0, 0.5244, 1.2816)
FIRST_SIGMA = sqrt(log(1 + 0.8**2))
DEFAULT_MEAN_MINUTES = 10.0


class ServiceTimes:
    """Minutes at the counter of one queue: the last 250, and a mean that begins at the configured one."""

    def __init__(self, configured_minutes: float) -> None:
        self.configured = configured_minutes
        self.past: deque[float] = deque(_first_durations(configured_minutes), KEPT_DURATIONS)
        self._sum = self._count = 0.0

    def note(self, minutes: float) -> None:
        """One more visit has ended."""
        self.past.append(minutes)
        self._sum += minutes
        self._count += 1
        if self._count > FORGETS_FROM:
            self._sum *= FORGETTING
            self._count *= FORGETTING

    @property
    def mean(self) -> float:
        """Minutes; the configured mean weighs as five visits."""
        return (CONFIGURED_WEIGHT * self.configured + self._sum) / (CONFIGURED_WEIGHT + self._count)

    def left_after(self, minutes: float) -> float:
        """The mean minutes still to come of a visit that has lasted so long."""
        longer = [past - minutes for past in self.past if past > minutes]
        if len(longer) >= 5:
            return sum(longer) / len(longer)
        return max(1.0, self.mean - minutes, 0.3 * minutes)


def _first_durations(mean: float) -> list[float]:
    raw = [exp(FIRST_SIGMA * quantile) for quantile in FIRST_QUANTILES]
    return [mean * value * len(raw) / sum(raw) for value in raw]


@dataclass(slots=True)
class Share:
    """How often something happens, begun at a guess that weighs as `of` cases."""

    count: float
    of: float

    def note(self, happened: bool) -> None:
        """One more case."""
        self.count += happened
        self.of += 1

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.count / self.of


@dataclass(slots=True)
class Pace:
    """How slow today is: above 1 visits last longer than their queues and clerks let expect."""

    visits: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=PACE_VISITS))

    def note(self, minutes: float, expected: float) -> None:
        """One more visit has ended."""
        self.visits.append((minutes, expected))

    @property
    def value(self) -> float:
        """Between 0.7 and 1.8."""
        lasted = sum(minutes for minutes, _ in self.visits) + PACE_WEIGHT_MINUTES
        expected = sum(expected for _, expected in self.visits) + PACE_WEIGHT_MINUTES
        return min(max(lasted / expected, FASTEST_PACE), SLOWEST_PACE)


class Quantities:
    """All that one centre has learned from completed visits; nothing of it is used in another centre."""

    def __init__(self, configured_minutes: Mapping[str, float]) -> None:
        self.configured = dict(configured_minutes)
        self.services: dict[str, ServiceTimes] = {}
        self.pace_today = Pace()
        self.no_shows = Share(NO_SHOW_COUNT, NO_SHOW_CALLS)
        self.show_ups = Share(SHOW_UP_SHARE * SHOW_UP_WEIGHT, SHOW_UP_WEIGHT)
        self.disorder = Share(0, DISORDER_CALLS)
        self.earliness: deque[float] = deque([0.0], KEPT_DURATIONS)
        self.pauses: deque[float] = deque([USUAL_PAUSE_MINUTES], KEPT_PAUSES)
        self._lost, self._losses = LOST_MINUTES * LOST_WEIGHT, float(LOST_WEIGHT)
        self._clerks: dict[int, tuple[float, int]] = {}
        self._priority: dict[str, float] = {}
        self._window_minutes = 0.0

    def configure(self, configured_minutes: Mapping[str, float]) -> None:
        """Another configuration has come into force; what was learned stays."""
        self.configured = dict(configured_minutes)
        for queue, service in self.services.items():
            service.configured = self.configured.get(queue, service.configured)

    def begin_day(self) -> None:
        """A new business day: yesterday's pace says nothing of it."""
        self.pace_today = Pace()

    def service(self, queue: str) -> ServiceTimes:
        """The service times of a queue; one that nobody configured begins at ten minutes."""
        if queue not in self.services:
            self.services[queue] = ServiceTimes(self.configured.get(queue, DEFAULT_MEAN_MINUTES))
        return self.services[queue]

    def clerk_factor(self, counter: int) -> float:
        """Above 1: visits at this counter last longer than elsewhere."""
        ratios, visits = self._clerks.get(counter, (0.0, 0))
        return (CLERK_WEIGHT + ratios) / (CLERK_WEIGHT + visits)

    def note_service(self, queue: str, counter: int, minutes: float) -> None:
        """A visit has ended after so many minutes at the counter."""
        service = self.service(queue)
        mean = service.mean
        self.pace_today.note(minutes, mean * self.clerk_factor(counter))
        ratios, visits = self._clerks.get(counter, (0.0, 0))
        self._clerks[counter] = (ratios + minutes / mean, visits + 1)
        service.note(minutes)

    def note_answer(self, came: bool, lost_minutes: float | None = None) -> None:
        """Somebody who was called came or did not; `lost_minutes` is what the clerk waited in vain."""
        self.no_shows.note(not came)
        if not came and lost_minutes is not None:
            self._lost += lost_minutes
            self._losses += 1

    def note_pause(self, minutes: float) -> None:
        """A pause has ended after so many minutes."""
        self.pauses.append(minutes)

    def note_booked(self, came: bool, early_minutes: float | None = None) -> None:
        """Somebody who booked came, so many minutes before the slot, or the slot and the lateness have passed."""
        self.show_ups.note(came)
        if came and early_minutes is not None:
            self.earliness.append(early_minutes)

    def note_order(self, *, kept: bool) -> None:
        """A counter has called whom the rule calls, or somebody else."""
        self.disorder.note(not kept)

    def note_priority_arrival(self, queue: str) -> None:
        """A walk-in of a class with a credit has taken a number."""
        self._priority[queue] = self._priority.get(queue, 0.0) + 1

    def note_window(self, minutes: float) -> None:
        """Numbers were given during so many more minutes."""
        self._window_minutes += minutes

    def priority_rate(self, queue: str) -> float:
        """Priority walk-ins a minute."""
        return (PRIORITY_COUNT + self._priority.get(queue, 0.0)) / (PRIORITY_MINUTES + self._window_minutes)

    @property
    def lost_minutes(self) -> float:
        """What a clerk waits for somebody who does not come."""
        return self._lost / self._losses


def durations(quantities: Quantities, queues: Sequence[str]) -> list[list[float]]:
    """The past durations of each of these queues, to draw from; never empty."""
    return [list(quantities.service(queue).past) for queue in queues]
