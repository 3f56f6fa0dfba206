"""An estimate as the journal keeps it, to be judged and learned from when the wait has become known."""

from dataclasses import dataclass
from math import inf, isfinite

from domain.waiting.estimates import Estimate, Method, Silence
from domain.waiting.predictors import Predictors
from domain.waiting.snapshots import Group


@dataclass(frozen=True, slots=True)
class KeptEstimate:
    """One ticket's estimate in minutes from its own moment `at` (ms); without names, to the hundredth of a minute.

    `values`: ql, ql_skill, counters, minute of day; `pasts`: les, hol, ma10, twin. `blended` None: not finite.
    `pace` is 1 in journals older than it.
    """

    ticket: int
    at: int
    queue: str
    group: str
    point: float
    low: float
    high: float
    method: str
    silence: str | None
    teaches: bool
    blended: float | None
    bounds: tuple[float, float]
    waiting: int
    values: tuple[float, float, float, float]
    pasts: tuple[float | None, float | None, float | None, float | None]
    pace: float = 1.0


def kept(ticket: int, at: int, made: Estimate) -> KeptEstimate | None:
    """The estimate for the journal; None for who is called at once, of which nothing is learned."""
    values = made.values
    if values is None:
        return None
    low, high = made.bounds
    pasts = [None if past is None else _short(past) for past in (values.les, values.hol, values.ma10, values.twin)]
    return KeptEstimate(
        ticket, at, made.queue, values.group.value, _short(made.point), _short(made.low), _short(made.high),
        made.method.value, made.silence.value if made.silence else None, made.teaches,
        _short(made.blended) if isfinite(made.blended) else None, (_short(low), _short(high)), values.waiting,
        (_short(values.ql), _short(values.ql_skill), float(values.counters), _short(values.minute_of_day)),
        (pasts[0], pasts[1], pasts[2], pasts[3]), round(values.pace, 4),
    )  # fmt: skip


def estimate_of(row: KeptEstimate) -> Estimate:
    """The estimate again, as far as it is learned from."""
    ql, ql_skill, counters, minute_of_day = row.values
    les, hol, ma10, twin = row.pasts
    values = Predictors(
        ql, ql_skill, les, hol, ma10, twin, row.waiting, counters, Group(row.group), minute_of_day, row.pace
    )
    return Estimate(
        row.queue, row.point, row.low, row.high, Method(row.method), Silence(row.silence) if row.silence else None,
        values=values, teaches=row.teaches, blended=inf if row.blended is None else row.blended, bounds=row.bounds,
    )  # fmt: skip


def _short(minutes: float) -> float:
    return round(minutes, 2)
