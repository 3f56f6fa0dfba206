"""The 80 % interval around a point: online conformal, each side adapting by itself (waiting.md 5)."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import exp, prod

from domain.waiting.quantities import FORGETS_FROM, FORGETTING
from domain.waiting.regressions import OFFSET_MINUTES, log_wait

BUCKET_EDGES = (3.0, 8.0, 15.0, 25.0, 40.0)
BUCKET_SIZE, COMMON_SIZE = 250, 400
ENOUGH_IN_BUCKET, ENOUGH_IN_COMMON = 40, 20
FIRST_LOW, FIRST_HIGH, FIRST_MINUTES = 0.4, 2.0, 3.0
MISSED_SHARE = 0.10
STEP, CENTRE_STEP = 0.004, 0.006  # of a queue's or a class's levels and of the centre's, which add up
CENTRE_KEEPS = 0.998  # a label; the others forget nothing
LOW_LEVELS, HIGH_LEVELS = (0.005, 0.40), (0.60, 0.995)
MOST_MOVED = 1.0
HALF_BELIEVED = 300  # labels of a queue or class, by which half of what its own levels have moved counts
SPREAD_WEIGHT, SPREADS = 20, (0.5, 2.0)


@dataclass(slots=True)
class Levels:
    """How far labels have moved the two quantile levels: by `step` a label, of which each keeps a share.

    A slow hour is missed many times in a row. What the limits of the levels cut off then stays owed: where it was
    forgotten at once, busy centres were covered 75 to 77 %. Where the centre forgot nothing, later days paid for
    the wide ranges of the first: over 48 seeds the cover strayed by 0.9 %, by 0.8 % so (measured).
    """

    step: float = STEP
    keeps: float = 1.0
    low: float = 0.0
    high: float = 0.0
    labels: int = 0

    @property
    def belief(self) -> float:
        """How much of it counts beside the centre's: of few labels it is mostly chance, which only costs width."""
        return self.labels / (self.labels + HALF_BELIEVED)

    def adapt(self, wait: float, low: float, high: float) -> None:
        """One label against the bounds that were shown for it."""
        self.labels += 1
        self.low = self._moved(self.low + self.step * (MISSED_SHARE - (wait < low)))
        self.high = self._moved(self.high - self.step * (MISSED_SHARE - (wait > high)))

    def _moved(self, level: float) -> float:
        return self.keeps * _within(level, (-MOST_MOVED, MOST_MOVED))


@dataclass(slots=True)
class Spread:
    """How far from the point the waits of one queue or class lie, by what is usual: begins at 1."""

    total: float = SPREAD_WEIGHT
    count: float = SPREAD_WEIGHT

    def note(self, ratio: float) -> None:
        """One residual by the one that was to be expected."""
        self.total += ratio
        self.count += 1
        if self.count > FORGETS_FROM:
            self.total *= FORGETTING
            self.count *= FORGETTING

    @property
    def value(self) -> float:
        """Between a half and two."""
        return _within(self.total / self.count, SPREADS)


@dataclass(slots=True)
class Residuals:
    """The newest residuals, as they came and in order."""

    size: int
    newest: deque[float] = field(default_factory=deque)
    ordered: list[float] = field(default_factory=list)

    def note(self, residual: float) -> None:
        """One more; the oldest gives way."""
        if len(self.newest) == self.size:
            oldest = self.newest.popleft()
            del self.ordered[bisect_left(self.ordered, oldest)]
        self.newest.append(residual)
        insort(self.ordered, residual)


class Calibrator:
    """The residuals, levels and spreads of one centre; a residual is kept by the spread of its queue and class."""

    def __init__(self) -> None:
        self.levels = Levels(CENTRE_STEP, CENTRE_KEEPS)
        self._own: dict[Hashable, Levels] = {}
        self._spreads: dict[Hashable, Spread] = {}
        self._common = Residuals(COMMON_SIZE)
        self._buckets = [Residuals(BUCKET_SIZE) for _ in range(len(BUCKET_EDGES) + 1)]

    def interval(self, point: float, kinds: Sequence[Hashable] = ()) -> tuple[float, float]:
        """The bounds in minutes around a point; `kinds` are the queue and the class of the ticket."""
        known = self._known(point)
        if len(known) < ENOUGH_IN_COMMON:
            return first_interval(point)
        own = [self._own[kind] for kind in kinds if kind in self._own]
        low = self.levels.low + sum(pair.belief * pair.low for pair in own)
        high = self.levels.high + sum(pair.belief * pair.high for pair in own)
        levels = _within(MISSED_SHARE + low, LOW_LEVELS), _within(1 - MISSED_SHARE + high, HIGH_LEVELS)
        spread = self._spread(kinds)
        low, high = (
            (point + OFFSET_MINUTES) * exp(quantile(known, level) * spread) - OFFSET_MINUTES for level in levels
        )
        return max(0.0, min(low, point)), max(high, point)

    def learn(self, point: float, wait: float, shown: tuple[float, float], kinds: Sequence[Hashable] = ()) -> None:
        """The wait behind a point and the interval shown with it has become known."""
        self.levels.adapt(wait, *shown)
        for kind in kinds:
            self._own.setdefault(kind, Levels()).adapt(wait, *shown)
        residual = (log_wait(wait) - log_wait(point)) / self._spread(kinds)
        self._note_spread(point, residual, kinds)
        self._bucket(point).note(residual)
        self._common.note(residual)

    def _note_spread(self, point: float, residual: float, kinds: Sequence[Hashable]) -> None:
        """By the mean of the bucket, so that a queue of long waits is not taken for one of wide ones."""
        known = self._known(point)
        usual = sum(map(abs, known)) / len(known) if len(known) >= ENOUGH_IN_COMMON else 0.0
        if usual:
            for kind in kinds:
                spread = self._spreads.setdefault(kind, Spread())
                spread.note(abs(residual) / usual * spread.value)

    def _spread(self, kinds: Sequence[Hashable]) -> float:
        return prod(self._spreads[kind].value for kind in kinds if kind in self._spreads)

    def _known(self, point: float) -> list[float]:
        known = self._bucket(point).ordered
        return known if len(known) >= ENOUGH_IN_BUCKET else self._common.ordered

    def _bucket(self, point: float) -> Residuals:
        return self._buckets[bisect_right(BUCKET_EDGES, point)]


def first_interval(point: float) -> tuple[float, float]:
    """The wide bounds of a centre's first days."""
    return FIRST_LOW * point, FIRST_HIGH * point + FIRST_MINUTES


def quantile(ordered: Sequence[float], level: float) -> float:
    """The interpolated quantile that one more value of the same law stays below with this chance.

    Counted by n + 1 as conformal prediction does: by n - 1 a bucket of 40 covers 4 % too little.
    """
    place = min(max(level * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1.0)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _within(level: float, limits: tuple[float, float]) -> float:
    return min(max(level, limits[0]), limits[1])
