"""The blend: two recursive least squares that weigh the twin and the simple predictors (waiting.md 4).

Both learn from every wait that has become known, one with the twin and one without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log

from domain.waiting.predictors import Predictors
from domain.waiting.snapshots import Group

FORGETTING = 0.9995
LARGEST_RESIDUAL = 3.0  # of the first labels; then by the mean one, about two deviations of a normal law
CLIPPED_AT, CLIP_WEIGHT = 2.5, 20
LARGEST_EXPONENT = 6.0
OFFSET_MINUTES = 2.0
OFFSET_WEIGHT = 20.0
# Minutes of the day at which the next hour flag begins; the first part of the day has none.
HOUR_FLAGS = (9 * 60, 11 * 60, 13.5 * 60, 15 * 60)


def log_wait(minutes: float) -> float:
    """The scale on which everything is blended and judged: log(minutes + 2)."""
    return log(minutes + OFFSET_MINUTES)


def minutes_of(log_minutes: float) -> float:
    """Back from that scale; never below 0 nor above e to the sixth."""
    return max(0.0, exp(min(log_minutes, LARGEST_EXPONENT)) - OFFSET_MINUTES)


def features(values: Predictors, *, with_twin: bool) -> list[float]:
    """The row of the regression; the first entry is QL-skill, where all the weight begins.

    It also stands in for LES and MA10 until somebody of the queue has been called today. The pace of a few visits
    is partly chance, and the twin takes it whole: its own entry is what the waits give back of it.
    """
    past = [values.ql_skill if wait is None else wait for wait in (values.les, values.ma10)]
    row = [log_wait(minutes) for minutes in (values.ql_skill, *past, values.hol or 0.0, values.ql)]
    if with_twin:
        row.append(log_wait(values.ql_skill if values.twin is None else values.twin))
    row += [log(values.waiting + 1), log(max(1.0, values.counters)), log(values.pace)]
    row += [values.group is Group.PRIORITY, values.group is Group.BOOKED]
    row += [values.minute_of_day >= begins for begins in HOUR_FLAGS]
    return [*map(float, row), 1.0]


class Regression:
    """Recursive least squares with forgetting. `weights` begin at 1 for the first feature and 0 for all others."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.resets = 0
        self._begin()

    def _begin(self) -> None:
        self.weights = [1.0] + [0.0] * (self.size - 1)
        self._inverse = [[float(i == j) for j in range(self.size)] for i in range(self.size)]
        self._residuals, self._labels = LARGEST_RESIDUAL / CLIPPED_AT * CLIP_WEIGHT, float(CLIP_WEIGHT)

    def predict(self, row: Sequence[float]) -> float:
        """The log wait of one row."""
        return sum(weight * value for weight, value in zip(self.weights, row, strict=True))

    def learn(self, row: Sequence[float], target: float) -> float:
        """One label: gives its residual, clipped. A regression that is no longer finite begins anew.

        Clipped by what is usual here, so that a person called out of order says little of everybody else.
        """
        gain = [sum(a * b for a, b in zip(line, row, strict=True)) for line in self._inverse]
        scale = FORGETTING + sum(a * b for a, b in zip(gain, row, strict=True))
        residual = self._clipped(target - self.predict(row))
        self.weights = [w + g / scale * residual for w, g in zip(self.weights, gain, strict=True)]
        self._inverse = [
            [(value - gain[i] * gain[j] / scale) / FORGETTING for j, value in enumerate(line)]
            for i, line in enumerate(self._inverse)
        ]
        if not all(map(isfinite, self.weights)):
            self.resets += 1
            self._begin()
        return residual

    def _clipped(self, residual: float) -> float:
        most = CLIPPED_AT * self._residuals / self._labels
        self._residuals = FORGETTING * (self._residuals + min(abs(residual), LARGEST_RESIDUAL))
        self._labels = FORGETTING * (self._labels + 1)
        return min(max(residual, -most), most)


@dataclass(slots=True)
class Offset:
    """By how much a queue lies above what the regression says of it, on the log scale; begins at 0."""

    total: float = 0.0
    count: float = OFFSET_WEIGHT

    def note(self, above: float) -> None:
        """One label lay so far above."""
        self.total = FORGETTING * self.total + above
        self.count = FORGETTING * self.count + 1

    @property
    def value(self) -> float:
        """The mean of what was noted."""
        return self.total / self.count


class Blend:
    """The two regressions of one centre; the one without the twin has an offset for each queue.

    Too few labels come for a regression a queue. Without the twin an offset saves 2 % of the error in the Warsaw
    halls; the twin knows what sets a queue apart, and beside it one only added chance (2 % more, measured).
    """

    def __init__(self) -> None:
        example = Predictors(ql=0, ql_skill=0)
        self.with_twin = Regression(len(features(example, with_twin=True)))
        self.without_twin = Regression(len(features(example, with_twin=False)))
        self.labels = 0
        self._offsets: dict[str, Offset] = {}

    def point(self, values: Predictors, queue: str) -> float:
        """Minutes; with the twin where it has been played."""
        if values.twin is not None:
            return minutes_of(self.with_twin.predict(features(values, with_twin=True)))
        return minutes_of(self.without_twin.predict(features(values, with_twin=False)) + self._offset(queue).value)

    def learn(self, values: Predictors, queue: str, wait_minutes: float) -> None:
        """The wait that these predictors were about has become known."""
        self.labels += 1
        target, offset = log_wait(wait_minutes), self._offset(queue)
        residual = self.without_twin.learn(features(values, with_twin=False), target - offset.value)
        if isfinite(residual):
            offset.note(offset.value + residual)
        if values.twin is not None:
            self.with_twin.learn(features(values, with_twin=True), target)

    def _offset(self, queue: str) -> Offset:
        return self._offsets.setdefault(queue, Offset())
