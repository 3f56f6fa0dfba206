"""The estimate of one ticket's wait and of a whole board: twin, blend, interval, fall-backs (waiting.md 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from domain.waiting.closings import chance_of
from domain.waiting.intervals import Calibrator, first_interval
from domain.waiting.predictors import Hall, Predictors, RecentWaits, predictors
from domain.waiting.quantities import Quantities
from domain.waiting.regressions import Blend
from domain.waiting.snapshots import Place, Snapshot
from domain.waiting.twins import BOARD_ROLLOUTS, Forecast, Twin

FIRST_LABELS = 100


class Method(StrEnum):
    """How a point came about; `SLIP`: no board has seen the ticket, so only what its slip promises is known."""

    AT_ONCE = "at-once"
    FIRST_DAYS = "first-days"
    BLEND_WITH_TWIN = "blend-with-twin"
    BLEND = "blend"
    QUEUE_LENGTH = "queue-length"
    OPENING = "opening"
    SLIP = "slip"


class Silence(StrEnum):
    """Why no figure is shown."""

    NO_COUNTER = "no-counter"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes still to wait: `point`, and an 80 % interval from `low` to `high` that contains it.

    With a `silence` nothing of it is shown; it is kept all the same, to be judged. `opens_at` is set where no
    counter is open yet. `values` is what it was made from, None for who is called at once; where it
    `teaches`, the wait is learned by `blended` and `bounds`, the blend's own even while others are shown.
    """

    queue: str
    point: float
    low: float
    high: float
    method: Method
    silence: Silence | None = None
    opens_at: float | None = None
    values: Predictors | None = None
    teaches: bool = False
    blended: float = 0.0
    bounds: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Estimated:
    """One board: the estimates of tickets and of newcomers, and the newcomers' chances, None: not asked."""

    tickets: dict[int, Estimate]
    newcomers: dict[int, Estimate]
    chances: dict[int, float | None]


class Estimator:
    """Everything that one centre has learned of its waits. Less than 5 MB; nothing of it serves another centre."""

    def __init__(self, configured_minutes: Mapping[str, float]) -> None:
        self.quantities = Quantities(configured_minutes)
        self.recent = RecentWaits()
        self.blend = Blend()
        self.calibrator = Calibrator()

    def begin_day(self) -> None:
        """A new business day: pace and last waits are those of today only."""
        self.quantities.begin_day()
        self.recent.begin_day()

    def newcomer(
        self, snapshot: Snapshot, queue: str, place: Place, seed: int, rollouts: int = BOARD_ROLLOUTS
    ) -> Estimate:
        """The estimate for somebody who would take this place now; 0 rollouts: without the twin."""
        twin = None
        if rollouts and snapshot.is_known and not snapshot.has_idle(queue):
            twin = Twin(snapshot, self.quantities).newcomer(queue, place, seed, rollouts)
        return self._estimate(Hall(snapshot, self.quantities), queue, place, twin, is_new=True)

    def board(self, snapshot: Snapshot, seed: int, rollouts: int = BOARD_ROLLOUTS) -> dict[int, Estimate]:
        """The estimates of all waiting tickets, by ticket, from one set of rollouts; 0: without the twin."""
        return self.whole_board(snapshot, seed, rollouts).tickets

    def whole_board(
        self,
        snapshot: Snapshot,
        seed: int,
        rollouts: int = BOARD_ROLLOUTS,
        newcomers: Sequence[tuple[str, Place]] = (),
    ) -> Estimated:
        """The same with those who would take a number now, each with the chance of being called before closing."""
        twins: dict[int, Forecast] = {}
        if rollouts and snapshot.is_known:
            twins = Twin(snapshot, self.quantities).board(seed, rollouts, newcomers)
        hall = Hall(snapshot, self.quantities)
        tickets = {
            place.ticket: self._estimate(hall, queue, place, twins.get(place.ticket))
            for queue, line in snapshot.lines.items()
            for place in line
        }
        new = {
            place.ticket: self._estimate(hall, queue, place, twins.get(place.ticket), is_new=True)
            for queue, place in newcomers
        }
        chances = {place.ticket: chance_of(snapshot, queue, twins.get(place.ticket)) for queue, place in newcomers}
        return Estimated(tickets, new, chances)

    def by_predictors(self, queue: str, values: Predictors) -> Estimate:
        """The estimate where no roster is known: the blend of what the caller has measured."""
        blended = self.blend.point(values, queue)
        method = self._method(values, blended)
        point = self._point(method, values, blended)
        low, high = self._interval(method, point, queue, values)
        bounds = self.calibrator.interval(blended, kinds_of(queue, values))
        return Estimate(
            queue, point, low, high, method, values=values, teaches=True, blended=blended, bounds=bounds
        )

    def note_called(self, queue: str, wait_minutes: float) -> None:
        """Somebody has been called after so many minutes since the number was taken, whether estimated or not."""
        self.recent.note(queue, wait_minutes)

    def learn(self, estimate: Estimate, wait_minutes: float) -> None:
        """The wait that this estimate was about, from its own moment to the call."""
        if estimate.values is None or not estimate.teaches:
            return
        kinds = kinds_of(estimate.queue, estimate.values)
        if isfinite(estimate.blended):
            self.calibrator.learn(estimate.blended, wait_minutes, estimate.bounds, kinds)
        self.blend.learn(estimate.values, estimate.queue, wait_minutes)

    def _estimate(
        self, hall: Hall, queue: str, place: Place, twin: Forecast | None, *, is_new: bool = False
    ) -> Estimate:
        snapshot = hall.snapshot
        if is_new and snapshot.has_idle(queue):
            return Estimate(queue, 0.0, 0.0, 0.0, Method.AT_ONCE)
        values = predictors(hall, self.recent, queue, place, None if twin is None else twin.median)
        opens = None if hall.view(queue).is_open else snapshot.opens_at(queue)
        estimate = self.by_predictors(queue, values)
        if opens is not None:
            estimate = _after_opening(estimate, opens, snapshot.now)
        silence = _silence(hall, queue, estimate)
        if silence is None:
            return estimate
        return replace(estimate, silence=silence, teaches=silence is not Silence.NO_COUNTER)

    def _method(self, values: Predictors, blended: float) -> Method:
        if self.blend.labels < FIRST_LABELS:
            return Method.FIRST_DAYS
        if not isfinite(blended):
            return Method.QUEUE_LENGTH
        return Method.BLEND if values.twin is None else Method.BLEND_WITH_TWIN

    def _point(self, method: Method, values: Predictors, blended: float) -> float:
        if method is Method.FIRST_DAYS:
            return values.ql_skill
        if method is Method.QUEUE_LENGTH:
            return values.ql_skill * self.quantities.pace_today.value
        return blended

    def _interval(self, method: Method, point: float, queue: str, values: Predictors) -> tuple[float, float]:
        if method is Method.FIRST_DAYS:
            return first_interval(point)
        return self.calibrator.interval(point, kinds_of(queue, values))


def _after_opening(estimate: Estimate, opens: float, now: float) -> Estimate:
    """Nobody is called before the planned opening; the predictors have counted it in already."""
    point, low, high = (max(minutes, opens - now) for minutes in (estimate.point, estimate.low, estimate.high))
    return replace(estimate, point=point, low=low, high=high, method=Method.OPENING, opens_at=opens)


def _silence(hall: Hall, queue: str, estimate: Estimate) -> Silence | None:
    if not hall.view(queue).counters:
        return Silence.NO_COUNTER
    closing = hall.snapshot.closings.get(queue)
    if closing is not None and estimate.point > closing - hall.snapshot.now:
        return Silence.CLOSING
    return None


def kinds_of(queue: str, values: Predictors) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a ticket has levels of its own by: its queue first, then its class."""
    return ("queue", queue), ("group", values.group)
