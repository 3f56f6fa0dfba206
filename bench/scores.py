"""How good estimates of waits were: errors, cover and width by method, each walked through in clock order."""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, log, sqrt

from bench.figures import Figure
from domain.waiting.intervals import BUCKET_EDGES, Calibrator

BEST_OF = ("ql", "les", "hol", "ma10")
SMALLEST_KIND = 300
LEAST_ERROR = 0.01  # of a rule that is always right, where nothing varies


@dataclass(slots=True)
class Score:
    """The errors of one method; `points` and `waits` in the data's own unit."""

    n: int = 0
    absolute: float = 0.0
    squared: float = 0.0
    signed: float = 0.0
    covered: int = 0
    width: float = 0.0

    def note(self, point: float, wait: float, low: float, high: float) -> None:
        """One estimate and what became of it."""
        self.n += 1
        self.absolute += abs(point - wait)
        self.squared += (point - wait) ** 2
        self.signed += point - wait
        self.covered += low <= wait <= high
        self.width += high - low

    @property
    def mae(self) -> float:
        return self.absolute / self.n

    @property
    def rmse(self) -> float:
        return sqrt(self.squared / self.n)

    @property
    def cover_percent(self) -> float:
        return 100 * self.covered / self.n

    @property
    def mean_width(self) -> float:
        return self.width / self.n


class Baseline:
    """A simple rule with the same calibration as the estimate: the running median of its error, an interval."""

    def __init__(self) -> None:
        self._calibrator = Calibrator()
        self._errors: list[list[float]] = [[] for _ in range(len(BUCKET_EDGES) + 1)]

    def interval(self, raw: float) -> tuple[float, float, float]:
        """The point as its past errors correct it, and the bounds around it."""
        errors = self._errors[self._level(raw)]
        shift = errors[len(errors) // 2] if errors else 0.0
        point = max(0.0, (raw + 2) * exp(shift) - 2)
        return (point, *self._calibrator.interval(point))

    def learn(self, raw: float, shown: tuple[float, float, float], wait: float) -> None:
        """The wait has become known."""
        insort(self._errors[self._level(raw)], log((wait + 2) / (raw + 2)))
        self._calibrator.learn(shown[0], wait, shown[1:])

    def _level(self, raw: float) -> int:
        return sum(raw >= edge for edge in BUCKET_EDGES)


@dataclass(slots=True)
class Board:
    """The scores of all methods on one data set, of the estimate by kind (queue, class, hall), of rules by hall.

    `unit_minutes` is how many minutes the printed unit has.
    """

    name: str
    unit: str = "min"
    unit_minutes: float = 1.0
    scores: dict[str, Score] = field(default_factory=dict)
    kinds: dict[str, Score] = field(default_factory=dict)
    rules: dict[tuple[str, str], Score] = field(default_factory=dict)
    baselines: dict[str, Baseline] = field(default_factory=dict)

    def baseline(self, method: str, group: str = "") -> Baseline:
        """The calibration of one simple rule, in one hall."""
        return self.baselines.setdefault(f"{method} {group}", Baseline())

    def note(self, method: str, point: float, wait: float, low: float, high: float) -> None:
        """One scored estimate of a method, in minutes."""
        score = self.scores.setdefault(method, Score())
        score.note(*(minutes / self.unit_minutes for minutes in (point, wait, low, high)))

    def note_kinds(self, kinds: Iterable[str], point: float, wait: float, low: float, high: float) -> None:
        """The same estimate, counted by what the ticket is."""
        for kind in kinds:
            score = self.kinds.setdefault(kind, Score())
            score.note(*(minutes / self.unit_minutes for minutes in (point, wait, low, high)))

    def note_rule(self, hall: str, method: str, point: float, wait: float, low: float, high: float) -> None:
        """An estimate of a simple rule, counted by hall."""
        score = self.rules.setdefault((hall, method), Score())
        score.note(*(minutes / self.unit_minutes for minutes in (point, wait, low, high)))

    def best(self, measure: str = "mae", among: Iterable[str] = BEST_OF) -> float:
        """The smallest error of the simple rules."""
        return min(float(getattr(self.scores[method], measure)) for method in among if method in self.scores)

    def ratio(self, measure: str = "mae", among: Iterable[str] = BEST_OF, method: str = "estimate") -> float:
        """The estimate's error by that of the best simple rule."""
        return float(getattr(self.scores[method], measure)) / max(self.best(measure, among), LEAST_ERROR)

    def figures(self) -> list[Figure]:
        """All lines of this data set."""
        found: list[Figure] = []
        for method, score in self.scores.items():
            begins = f"{self.name}_{method}"
            found += [
                (f"{begins}_n", score.n, "tickets"),
                (f"{begins}_mae", round(score.mae, 2), self.unit),
                (f"{begins}_rmse", round(score.rmse, 2), self.unit),
                (f"{begins}_bias", round(score.signed / score.n, 2), self.unit),
                (f"{begins}_coverage_percent", round(score.cover_percent, 1), "%"),
                (f"{begins}_width", round(score.mean_width, 1), self.unit),
                (f"{begins}_ratio", round(self.ratio(method=method), 3), "of_best"),
            ]
        return found

    def large_kinds(self) -> Mapping[str, Score]:
        """The kinds with tickets enough to be judged."""
        return {kind: score for kind, score in self.kinds.items() if score.n >= SMALLEST_KIND}
