"""The business day opens by an event: with the first act on a new date, or at the centre's own hour."""

from datetime import datetime, time

from domain.admission import windows_on
from domain.calendar import Calendar
from domain.centre_rules import WindowKind
from domain.centres import Centre
from domain.days import LOCAL, Day, is_far_jump, is_over, local
from domain.errors import DayNeedsConfirmation
from domain.queue_events import DayOpened, TicketRekeyed
from domain.tickets import milliseconds
from operations.configuring import put_planned_in_force
from operations.printing import ask_daily_test_pages
from store import calendars, centres, days, holders, tickets
from store.database import Connection
from store.writer import Tx


def ensure_day(tx: Tx) -> Day:
    """The business day of now, opened if its date has come. It never goes back when the clock does.

    Raises DayNeedsConfirmation when the clock leaps more than 15 days past the newest day.
    """
    day = tx.day
    if day is not None and not is_over(day, tx.now):
        return day
    check_clock(tx)
    return _open(tx, confirmed=False)


def check_clock(tx: Tx) -> None:
    """For what bears today's date but opens no day. Raises DayNeedsConfirmation as `ensure_day` does."""
    if tx.day is not None and is_far_jump(tx.day, tx.now):
        raise DayNeedsConfirmation(label=f"{local(tx.now):%d/%m/%Y}")


def confirm_day(tx: Tx) -> int:
    """An administrator says that today's date is right, however far it lies from the last day."""
    day = tx.day
    if day is not None and not is_over(day, tx.now):
        return day.id
    return _open(tx, confirmed=True).id


def repair_day(tx: Tx) -> int:
    """Begin a new numbered day by hand, after a wrong clock labelled the last one; its label is today's date."""
    return _open(tx, confirmed=True, repaired=True).id


def open_on_time(tx: Tx) -> bool:
    """Open the business day because its hour has come, or has passed while nobody looked. Gives whether it did."""
    if not is_due(tx.db, tx.now):
        return False
    _open(tx, confirmed=False)
    return True


def has_stale_holders(db: Connection, now: datetime) -> bool:
    """Whether numbers of a day that is over are still joined to people: on weekends no new day opens."""
    day = days.newest(db)
    return day is not None and is_over(day, now) and holders.holds_tickets(db)


def forget_holders(tx: Tx) -> None:
    """Whose numbers they were goes with the day. No event: nothing that one tells has changed."""
    holders.forget_tickets(tx.db)


def is_due(db: Connection, now: datetime) -> bool:
    """Whether the centre's hour has come for a day that nobody has opened yet.

    Never for the first day of all, and never so far from the last one that a person has to vouch for the clock.
    """
    day = days.newest(db)
    if day is None or not is_over(day, now) or is_far_jump(day, now):
        return False
    centre, here = centres.current(db), local(now)
    opens = centre.hours.opens_day
    if opens is None or here.time() < time.fromisoformat(opens):
        return False
    return _is_worked(centre, calendars.newest(db), here)


def _is_worked(centre: Centre, calendar: Calendar | None, here: datetime) -> bool:
    """By law, or because numbers are given on this day: some centres open on Saturdays."""
    if calendar is not None and here.year in calendar.years and calendar.is_working(here.date()):
        return True
    kind = WindowKind.TICKETS
    return any(windows_on(centre, kind, queue.id, here.date(), calendar) for queue in centre.queues)


def _open(tx: Tx, *, confirmed: bool, repaired: bool = False) -> Day:
    number = (tx.day.id if tx.day else 0) + 1
    label = local(tx.now).date()
    tx.record(DayOpened(number, label.isoformat(), confirmed, repaired))
    days.forget_requests(tx.db, number - 1)
    holders.forget_tickets(tx.db)
    holders.forget_appointments(tx.db, datetime.combine(label, time(), LOCAL))
    if repaired:
        _set_back(tx)
    put_planned_in_force(tx, Day(number, label))
    ask_daily_test_pages(tx)
    return Day(number, label)


def _set_back(tx: Tx) -> None:
    """Who was kept from a day of the wrong clock counts from now: by the years ahead all others would pass.

    All go back by the same span, so that their own order stays and nobody gets ahead of the true arrival. Who came
    before and gave way on that day stands by a key of it, which counts where nobody else is left of that day.
    """
    ahead, now = tickets.waiting_ahead_of(tx.db, tx.now), milliseconds(tx.now)
    bases = {ticket.id: milliseconds(ticket.base or ticket.arrived_at) for ticket in ahead}
    latest = [bases[ticket.id] if bases[ticket.id] > now else ticket.key for ticket in ahead]
    span = max(latest, default=now) - now
    for ticket in ahead:
        base = bases[ticket.id] - span if bases[ticket.id] > now else None
        key = ticket.key - span
        tx.record(TicketRekeyed(ticket.id, key, ticket.priority, "clock", base=base, turn=ticket.turn))
