"""Whether a hall is shut at an instant, and when it opens again: by the windows for numbers, else by working hours.

It does not know who sits at a counter: whoever works on in the evening keeps the hall open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.admission import is_open, next_opening, windows_on
from domain.calendar import ONE_DAY, Calendar
from domain.centre_rules import WindowKind
from domain.centres import Centre
from domain.days import LOCAL, local

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Shut:
    """A hall that is shut; `opens` is the next local instant, None where it is further away than is known."""

    opens: datetime | None


def shut(centre: Centre, queues: Sequence[str], now: datetime, calendar: Calendar | None) -> Shut | None:
    """How a hall of these queues is shut, None while it is open or where nobody can say it."""
    kind, today = WindowKind.TICKETS, local(now).date()
    if not queues or any(windows_on(centre, kind, queue, today, calendar) is None for queue in queues):
        return _by_hours(now, calendar)
    if any(is_open(centre, kind, queue, now, calendar) for queue in queues):
        return None
    found = (next_opening(centre, kind, queue, now, DAYS_AHEAD, calendar) for queue in queues)
    return Shut(min((instant for instant in found if instant), default=None))


def _by_hours(now: datetime, calendar: Calendar | None) -> Shut | None:
    here = local(now)
    if calendar is None or here.year not in calendar.years:
        return None
    for day in (here.date() + n * ONE_DAY for n in range(DAYS_AHEAD + 1)):
        for opens, closes in calendar.half_days_of(day) if day.year in calendar.years else ():
            if here < datetime.combine(day, closes, LOCAL):
                begins = datetime.combine(day, opens, LOCAL)
                return Shut(begins) if here < begins else None
    return Shut(None)
