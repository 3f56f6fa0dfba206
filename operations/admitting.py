"""Whether a queue gives a number now: windows, daily limit, and the chance of being called before closing."""

from datetime import datetime

from domain.admission import Admission, Line, Reason, admit, closes_at
from domain.centres import Centre, Queue
from domain.days import local
from domain.errors import DailyLimitReached, NotTheHour, Refused, TooLateToday
from store import calendars, counters, figures, tickets
from store.database import Connection

PRIOR_VISITS = 5  # how many visits the configured mean weighs (waiting.md 2)


def admission(db: Connection, centre: Centre, queue: Queue, now: datetime, day: int) -> Admission:
    """The decision for one more walk-in of this queue; the same for the kiosk's page and for its button."""
    if not centre.windows and queue.daily_limit is None:
        return Admission(ok=True)
    so_far = tickets.line(db, day, queue.id)
    line = _line(db, centre, queue, day, so_far.waiting)
    given = len(tickets.numbers_given(db, day, queue.id)) if queue.daily_limit is not None else 0
    return admit(centre, queue, now, line, given_today=given, calendar=calendars.newest(db))


def _line(db: Connection, centre: Centre, queue: Queue, day: int, ahead: int) -> Line:
    manned = counters.open_shifts(db)
    serving = [
        c.number for c in centre.counters if c.number in manned and queue.id in counters.skills_of(db, c).all
    ]
    idle = sum(tickets.at_counter(db, counter) is None for counter in serving)
    served, minutes = figures.visits(db, day, queue.id)
    mean = (PRIOR_VISITS * queue.mean_minutes + minutes) / (PRIOR_VISITS + served)
    return Line(ahead, len(serving), mean, idle)


def refusal(found: Admission, centre: Centre, queue: Queue, now: datetime) -> Refused:
    """What to tell somebody who gets no number, and what to do instead."""
    opens = f"{local(found.opens_at):%H:%M %d/%m}" if found.opens_at else ""
    if found.why is Reason.DAILY_LIMIT:
        return DailyLimitReached(queue=queue.prefix, opens=opens)
    if found.why is Reason.OUTSIDE_WINDOW:
        return NotTheHour(queue=queue.prefix, opens=opens)
    closes = closes_at(centre, queue.id, now)
    return TooLateToday(queue=queue.prefix, closes=f"{closes:%H:%M}" if closes else "")
