"""What the hall is told besides calls: a queue or all of a hall is stopped, or takes people again."""

from dataclasses import dataclass
from datetime import datetime

from domain.queue_events import QueueResumed, QueueStopped
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

STOPPED, RESUMED = "stopped", "resumed"
_COLUMNS = "seq, at, kind, queue, hall, reason, until"


@dataclass(frozen=True, slots=True)
class Notice:
    """One announcement; `seq` stands in one order with those of calls. `hall` is named where all of it is meant."""

    seq: int
    at: datetime
    kind: str
    queue: str
    hall: str
    reason: str = ""
    until: datetime | None = None


def newest(db: Connection, day: int, most: int) -> list[Notice]:
    """The last of this day, oldest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM notices WHERE day = ? ORDER BY seq DESC LIMIT ?", (day, most))
    return [_notice(row) for row in rows.fetchall()[::-1]]


def after(db: Connection, day: int, number: int, most: int) -> list[Notice]:
    """The next of this day above a number, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM notices WHERE day = ? AND seq > ? ORDER BY seq LIMIT ?", (day, number, most)
    )
    return [_notice(row) for row in rows]


def notice(db: Connection, seq: int) -> Notice | None:
    """One of them by its number."""
    row = db.execute(f"SELECT {_COLUMNS} FROM notices WHERE seq = ?", (seq,)).fetchone()
    return _notice(row) if row else None


def _notice(row: tuple) -> Notice:  # type: ignore[type-arg]
    seq, at, kind, queue, hall, reason, until = row
    return Notice(seq, moment(at), kind, queue, hall, reason, instant(until))


@projects(QueueStopped)
def _stopped(db: Connection, recorded: Recorded) -> None:
    _tell(db, recorded, STOPPED, recorded.event.reason, recorded.event.until)


@projects(QueueResumed)
def _resumed(db: Connection, recorded: Recorded) -> None:
    _tell(db, recorded, RESUMED)


def _tell(db: Connection, recorded: Recorded, kind: str, reason: str = "", until: int | None = None) -> None:
    """One press on a hall stops each of its queues: the hall is told once."""
    e = recorded.event
    db.execute(
        f"INSERT INTO notices (day, {_COLUMNS}) SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS"
        " (SELECT 1 FROM (SELECT day, hall, at, kind FROM notices ORDER BY seq DESC LIMIT 1)"
        " WHERE day = ? AND hall = ? AND hall <> '' AND at = ? AND kind = ?)",
        (recorded.day, recorded.seq, recorded.at, kind, e.queue, e.hall, reason, until,
         recorded.day, e.hall, recorded.at, kind),
    )  # fmt: skip
