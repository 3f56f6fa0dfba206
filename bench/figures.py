"""What a benchmark gives back: figures, each one line `name value unit`."""

from collections.abc import Sequence
from statistics import median

Figure = tuple[str, float, str]


def line(figure: Figure) -> str:
    """The figure as it is printed."""
    name, value, unit = figure
    return f"{name} {value} {unit}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def middle(values: Sequence[float], digits: int = 1) -> float:
    """The median, rounded for reading."""
    return round(median(values), digits)
