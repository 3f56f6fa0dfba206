"""The business day opens by an event, with the first thing that happens on a new date."""

from domain.days import Day, is_far_jump, is_over, local
from domain.errors import DayNeedsConfirmation
from domain.events import DayOpened
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


def _open(tx: Tx, *, confirmed: bool) -> Day:
    number = (tx.day.id if tx.day else 0) + 1
    label = local(tx.now).date()
    tx.record(DayOpened(number, label.isoformat(), confirmed))
    days.forget_requests(tx.db, number - 1)
    return Day(number, label)
