"""How good the estimates were: judged by the waits that followed, never averaged as if they were waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


# A named tuple for the sake of a month's 60,000, as `domain.reports.Course`.
class Judged(NamedTuple):
    """One estimate whose wait has become known; minutes. `kind` is ordinary, priority or booked."""

    day: int
    queue: str
    kind: str
    point: float
    low: float
    high: float
    method: str
    wait: float


@dataclass(frozen=True, slots=True)
class Score:
    """Of `count` estimates in minutes: mean wait, mean error either way, bias (above 0: too high), width.

    `cover`: in how many of a hundred the wait lay inside the range that was meant for eighty.
    """

    count: int
    wait: float
    error: float
    bias: float
    width: float
    cover: float


def score(found: Sequence[Judged]) -> Score:
    """The score of some estimates. Raises ValueError for none."""
    if not found:
        raise ValueError("nothing to judge")
    count, waits, errors, biases, widths, inside = len(found), 0.0, 0.0, 0.0, 0.0, 0
    for one in found:  # in one pass: a month has 60,000
        bias = one.point - one.wait
        waits += one.wait
        errors += abs(bias)
        biases += bias
        widths += one.high - one.low
        inside += one.low <= one.wait <= one.high
    return Score(count, waits / count, errors / count, biases / count, widths / count, 100 * inside / count)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What followed like estimates, in minutes: their mean, and of the waits the first tenth, half, nine tenths."""

    count: int
    point: float
    least: float
    half: float
    most: float


def outcomes(found: Iterable[Judged], minutes: int, last: int) -> dict[int, Outcome]:
    """By where the estimate lies: from so many minutes up, in steps of `minutes`, all above `last` together."""
    near: dict[int, list[Judged]] = {}
    for one in found:
        near.setdefault(min(int(one.point // minutes) * minutes, last), []).append(one)
    return {low: _outcome(near[low]) for low in sorted(near)}


def _outcome(found: Sequence[Judged]) -> Outcome:
    waits = sorted(one.wait for one in found)
    tenth, half, most = (waits[-(-part * len(waits) // 10) - 1] for part in (1, 5, 9))
    return Outcome(len(found), _mean(one.point for one in found), tenth, half, most)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)
