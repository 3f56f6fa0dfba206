"""What one ticket has been through, and the calls of a day: reads of what moves and calls have kept."""

import json

from store.database import Connection
from store.moves import STANDING


def numbered(db: Connection, day: int, prefix: str, n: int) -> int | None:
    """The ticket that was given this number on this business day."""
    row = db.execute("SELECT id FROM tickets WHERE day = ? AND prefix = ? AND n = ? ORDER BY id", (day, prefix, n))
    found = row.fetchone()
    return int(found[0]) if found else None


def kept_for(db: Connection, day: int, prefix: str, n: int) -> int | None:
    """The ticket of an earlier day with this number that was kept and moved on this day."""
    row = db.execute(
        "SELECT t.id FROM tickets t JOIN moves m ON m.ticket = t.id JOIN journal j ON j.seq = m.seq"
        " WHERE t.prefix = ? AND t.n = ? AND t.kept_from IS NOT NULL AND t.day < ? AND t.day > ? AND j.day = ?"
        " ORDER BY t.id DESC LIMIT 1",
        (prefix, n, day, day - 60, day),
    ).fetchone()
    return int(row[0]) if row else None


def undone_calls(db: Connection, day: int) -> set[int]:
    """The numbers of the day's calls that were taken back."""
    rows = db.execute(
        "SELECT c.seq FROM calls c JOIN moves m ON m.seq = c.seq WHERE c.day = ? AND c.kind = 'call' AND m.undone",
        (day,),
    )
    return {row[0] for row in rows}


def events_of(db: Connection, ticket: int) -> list[int]:
    """The numbers of all events in which this ticket was given or moved, in order."""
    rows = db.execute("SELECT seq FROM moves WHERE ticket = ? ORDER BY seq", (ticket,))
    return sorted({ticket, *(row[0] for row in rows)})


def class_at(db: Connection, call: int) -> str | None:
    """The priority class that the ticket had when it was called."""
    row = db.execute("SELECT standing FROM moves WHERE seq = ?", (call,)).fetchone()
    before = dict(zip(STANDING, json.loads(row[0]), strict=False)) if row else {}
    return before.get("priority")
