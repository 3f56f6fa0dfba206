"""Whether one more person would still be called before closing, or before a meal break (waiting.md 8)."""

from dataclasses import replace

from domain.admission import ADMITS_AGAIN_FROM, ADMITS_FROM, CLOSING_RULE_MINUTES
from domain.waiting.quantities import Quantities
from domain.waiting.snapshots import Group, Place, Snapshot
from domain.waiting.twins import CLOSING_ROLLOUTS, Forecast, Twin


def chance_before_closing(
    snapshot: Snapshot,
    quantities: Quantities,
    queue: str,
    place: Place,
    seed: int,
    rollouts: int = CLOSING_ROLLOUTS,
) -> float | None:
    """The share of rollouts in which somebody who takes this place is called in time.

    None where the rule is not asked: the queue has no closing time, or it is more than 210 minutes away; and where
    nobody knows when a counter will serve it.
    """
    if not is_near(snapshot, queue) or snapshot.has_idle(queue) or not snapshot.may_serve(queue):
        return chance_of(snapshot, queue, None)
    return chance_of(snapshot, queue, Twin(snapshot, quantities).newcomer(queue, place, seed, rollouts))


def is_near(snapshot: Snapshot, queue: str) -> bool:
    """Whether the queue closes within 210 minutes: then the rule is asked."""
    closing = snapshot.closings.get(queue)
    return closing is not None and closing - snapshot.now <= CLOSING_RULE_MINUTES


def chance_of(snapshot: Snapshot, queue: str, forecast: Forecast | None) -> float | None:
    """The same from a newcomer's forecast; None too where none was played and no counter is idle.

    Clerks who are late from their meal have filled no queue: the twin, which does not know that they will come,
    would send everybody home.
    """
    if not is_near(snapshot, queue) or not snapshot.may_serve(queue):
        return None
    if snapshot.has_idle(queue):
        return 1.0
    return None if forecast is None else forecast.called


def chance_before(
    snapshot: Snapshot, quantities: Quantities, queue: str, place: Place, deadline: float, seed: int
) -> float:
    """The same with another deadline, such as the lunch break."""
    closings = {**snapshot.closings, queue: deadline}
    earlier = Twin(replace(snapshot, closings=closings), quantities)
    return earlier.newcomer(queue, place, seed, CLOSING_ROLLOUTS).called


def admits(chance: float | None, group: Group, *, was_refused: bool = False) -> bool:
    """Whether a number is given: at 0.9, after a refusal at 0.95 again; appointments always."""
    if chance is None or group is Group.BOOKED:
        return True
    return chance >= (ADMITS_AGAIN_FROM if was_refused else ADMITS_FROM)
