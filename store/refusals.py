"""Who was told that a queue gives no number now: when, which queue and by which rule, never who."""

from dataclasses import dataclass
from datetime import date, datetime, time

from domain.calendar import ONE_DAY
from domain.days import LOCAL
from domain.queue_events import NumberRefused
from domain.tickets import milliseconds
from store.database import Connection
from store.figures import HOUR, LOCAL_HOURS
from store.journal import Recorded, projects

SINCE_MONDAY = 3  # the first of January 1970 was a Thursday


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many a queue refused for one reason in one local hour of one weekday, 1 for Monday."""

    queue: str
    weekday: int
    hour: int
    reason: str
    number: int


def between(db: Connection, first: date, last: date) -> list[Refusals]:
    """Those of these dates, by the instant: who is refused early finds no business day opened yet."""
    start, end = (milliseconds(datetime.combine(day, time(), LOCAL)) for day in (first, last + ONE_DAY))
    rows = db.execute(
        f"SELECT queue, (local / {24 * HOUR} + {SINCE_MONDAY}) % 7 + 1, local / {HOUR} % 24, reason, count(*)"
        f" FROM (SELECT queue, reason, at + {LOCAL_HOURS * HOUR} AS local FROM refusals WHERE at >= ? AND at < ?)"
        " GROUP BY 1, 2, 3, 4",
        (start, end),
    )
    return [Refusals(*row) for row in rows]


def since(db: Connection, queue: str, at: int) -> int:
    """How many this queue refused after an instant (ms)."""
    row = db.execute("SELECT count(*) FROM refusals WHERE at > ? AND queue = ?", (at, queue)).fetchone()
    return int(row[0])


@projects(NumberRefused)
def _refused(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT INTO refusals VALUES (?, ?, ?, ?)", (recorded.seq, recorded.at, e.queue, e.reason))
