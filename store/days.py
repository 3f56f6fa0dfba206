"""Business days."""

from datetime import date

from domain.days import Day
from domain.events import DayOpened
from store.database import Connection
from store.journal import Recorded, projects


def newest(db: Connection) -> Day | None:
    """The newest business day, open or past."""
    row = db.execute("SELECT id, label FROM days ORDER BY id DESC LIMIT 1").fetchone()
    return Day(row[0], date.fromisoformat(row[1])) if row else None


@projects(DayOpened)
def _day_opened(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute("INSERT INTO days VALUES (?, ?, ?)", (event.day, event.label, recorded.at))
    db.execute(
        "UPDATE tickets SET state = 'unserved', ended_at = ? WHERE day < ? AND state IN ('waiting', 'called')",
        (recorded.at, event.day),
    )
    db.execute("UPDATE shifts SET closed_at = ? WHERE closed_at IS NULL", (recorded.at,))
    db.execute("DELETE FROM lines WHERE day < ?", (event.day,))


def forget_requests(db: Connection, before_day: int) -> None:
    """Drop answers kept for repeats; they are needed until the end of the next business day."""
    db.execute("DELETE FROM requests WHERE day < ?", (before_day,))
