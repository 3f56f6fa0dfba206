"""The business day opens by an event, with the first thing that happens on a new date."""

from domain.days import Day, is_far_jump, is_over, local
from domain.errors import DayNeedsConfirmation
from domain.queue_events import DayOpened
from operations.configuring import put_planned_in_force
from store import days
from store.writer import Tx


def ensure_day(tx: Tx) -> Day:
    """The business day of now, opened if its date has come. It never goes back when the clock does.

    Raises DayNeedsConfirmation when the clock leaps more than 15 days past the newest day.
    """
    day = tx.day
    if day is not None and not is_over(day, tx.now):
        return day
    if day is not None and is_far_jump(day, tx.now):
        raise DayNeedsConfirmation(label=f"{local(tx.now):%d/%m/%Y}")
    return _open(tx, confirmed=False)


def confirm_day(tx: Tx) -> int:
    """An administrator says that today's date is right, however far it lies from the last day."""
    day = tx.day
    if day is not None and not is_over(day, tx.now):
        return day.id
    return _open(tx, confirmed=True).id


def repair_day(tx: Tx) -> int:
    """Begin a new numbered day by hand, after a wrong clock labelled the last one; its label is today's date."""
    return _open(tx, confirmed=True, repaired=True).id


def _open(tx: Tx, *, confirmed: bool, repaired: bool = False) -> Day:
    number = (tx.day.id if tx.day else 0) + 1
    label = local(tx.now).date()
    tx.record(DayOpened(number, label.isoformat(), confirmed, repaired))
    days.forget_requests(tx.db, number - 1)
    put_planned_in_force(tx, Day(number, label))
    return Day(number, label)
