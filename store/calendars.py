"""The calendars that were loaded; the newest is in force, older ones stay for the dossiers that froze them."""

import json
from datetime import date, time

from domain.calendar import Calendar, DayKind
from domain.errors import NotFound, msgid
from domain.events import CalendarLoaded
from store.database import Connection
from store.journal import Recorded, projects


class NoCalendar(NotFound):
    """No calendar has been loaded yet."""

    text = msgid("Chưa có lịch làm việc. Người quản trị cần nạp tệp cấu hình trung tâm trước.")


def current(db: Connection) -> Calendar:
    """The calendar in force. Raises NoCalendar before the first one was loaded."""
    row = db.execute("SELECT version, document FROM calendars ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        raise NoCalendar()
    document = json.loads(row[1])
    return Calendar(
        row[0],
        tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in document["half_days"]),
        {date.fromisoformat(day): (DayKind(kind), reason) for day, kind, reason in document["days"]},
        frozenset(document["years"]),
    )


def newest(db: Connection) -> Calendar | None:
    """The calendar in force, None before the first one was loaded."""
    try:
        return current(db)
    except NoCalendar:
        return None


def to_event(calendar: Calendar) -> CalendarLoaded:
    """The calendar as the journal keeps it."""
    return CalendarLoaded(
        calendar.version,
        sorted(calendar.years),
        [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in calendar.half_days],
        [[day.isoformat(), kind.value, reason] for day, (kind, reason) in sorted(calendar.days.items())],
    )


@projects(CalendarLoaded)
def _loaded(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    document = {"years": event.years, "half_days": event.half_days, "days": event.days}
    db.execute(
        "INSERT INTO calendars VALUES (?, ?, ?)",
        (recorded.seq, event.version, json.dumps(document, ensure_ascii=False)),
    )
