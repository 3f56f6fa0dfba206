"""Business days."""

from datetime import date

from domain.days import Day
from domain.queue_events import DayOpened
from store.database import Connection
from store.journal import Recorded, projects


def newest(db: Connection) -> Day | None:
    """The newest business day, open or past."""
    row = db.execute("SELECT id, label FROM days ORDER BY id DESC LIMIT 1").fetchone()
    return Day(row[0], date.fromisoformat(row[1])) if row else None


def labelled(db: Connection, label: date) -> Day | None:
    """The newest business day with this date."""
    row = db.execute(
        "SELECT id FROM days WHERE label = ? ORDER BY id DESC LIMIT 1", (label.isoformat(),)
    ).fetchone()
    return Day(row[0], label) if row else None


def label_of(db: Connection, day: int) -> date | None:
    """The date of a business day."""
    row = db.execute("SELECT label FROM days WHERE id = ?", (day,)).fetchone()
    return date.fromisoformat(row[0]) if row else None


def left_over(db: Connection, today: date) -> dict[str, int]:
    """How many of days before `today` still wait or are served, by queue, where nobody has kept the queue."""
    rows = db.execute(
        "SELECT t.queue, count(*) FROM tickets t JOIN days d ON d.id = t.day"
        " WHERE t.state IN ('waiting', 'called', 'parked') AND t.kept_from IS NULL AND d.label < ?"
        " AND (t.state <> 'waiting' OR t.queue NOT IN (SELECT queue FROM kept_queues)) GROUP BY t.queue",
        (today.isoformat(),),
    )
    return dict(rows.fetchall())


@projects(DayOpened)
def _day_opened(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute("INSERT INTO days VALUES (?, ?, ?)", (event.day, event.label, recorded.at))
    db.execute(
        "UPDATE tickets SET kept_from = coalesce(kept_from, (SELECT label FROM days WHERE id = tickets.day))"
        " WHERE state = 'waiting' AND queue IN (SELECT queue FROM kept_queues)"
    )
    for over in (
        "state = 'called'",
        "state = 'parked'",
        "state = 'waiting' AND queue NOT IN (SELECT queue FROM kept_queues)",
    ):
        db.execute(f"UPDATE tickets SET state = 'unserved', ended_at = ? WHERE {over}", (recorded.at,))
    db.execute("UPDATE shifts SET closed_at = ? WHERE closed_at IS NULL", (recorded.at,))
    db.execute("UPDATE pauses SET ended_at = ? WHERE ended_at IS NULL", (recorded.at,))
    db.execute("DELETE FROM skills")
    db.execute("DELETE FROM kept_queues")
    db.execute("DELETE FROM lines WHERE day < ?", (event.day,))
    # Numbers begin anew, above the highest that is still about.
    db.execute(
        "INSERT INTO lines SELECT ?, queue, max(n), sum(queue_waits), 0 FROM"
        " (SELECT home AS queue, n, 0 AS queue_waits FROM tickets WHERE state = 'waiting'"
        "  UNION ALL SELECT queue, 0, 1 FROM tickets WHERE state = 'waiting') GROUP BY queue",
        (event.day,),
    )
    if event.repaired:
        _number_on(db, event.day, event.label)


def _number_on(db: Connection, day: int, label: str) -> None:
    """Slips of this date, and of the wrongly dated day, are still in people's hands: none is printed twice."""
    db.execute(
        "INSERT INTO lines SELECT ?, home, max(n), 0, 0 FROM tickets"
        " WHERE day = ? - 1 OR day IN (SELECT id FROM days WHERE label = ? AND id < ?) GROUP BY home"
        " ON CONFLICT (day, queue) DO UPDATE SET last_n = max(last_n, excluded.last_n)",
        (day, day, label, day),
    )


def forget_requests(db: Connection, before_day: int) -> None:
    """Drop answers kept for repeats; they are needed until the end of the next business day."""
    db.execute("DELETE FROM requests WHERE day < ?", (before_day,))
