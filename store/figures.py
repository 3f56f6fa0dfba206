"""Figures of a business day, computed from its tickets and never kept."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from statistics import median

from store.database import Connection

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue's day: tickets given, served, absent; median wait and service in minutes, None before the first."""

    given: int
    served: int
    absent: int
    median_wait: float | None
    median_service: float | None


NOTHING = QueueFigures(0, 0, 0, None, None)


def of_queues(db: Connection, day: int) -> dict[str, QueueFigures]:
    """The figures of each queue that gave a ticket on this day."""
    rows = db.execute(
        "SELECT queue, state, called_at - arrived_at, ended_at - called_at FROM tickets WHERE day = ?", (day,)
    ).fetchall()
    return {queue: _figures([row for row in rows if row[0] == queue]) for queue in {row[0] for row in rows}}


def _figures(rows: list[tuple]) -> QueueFigures:  # type: ignore[type-arg]
    waits = [row[2] for row in rows if row[2] is not None]
    services = [row[3] for row in rows if row[1] == "finished" and row[3] is not None]
    return QueueFigures(
        len(rows),
        sum(row[1] == "finished" for row in rows),
        sum(row[1] == "absent" for row in rows),
        median(waits) / MINUTE if waits else None,
        median(services) / MINUTE if services else None,
    )


def visits(db: Connection, day: int, queue: str) -> tuple[int, float]:
    """How many visits of this queue ended on this day, and their minutes at the counter together."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(ended_at - called_at), 0) FROM tickets"
        " WHERE day = ? AND state = 'finished' AND queue = ? AND called_at IS NOT NULL",
        (day, queue),
    ).fetchone()
    return int(row[0]), row[1] / MINUTE


def visits_of_queues(db: Connection, day: int) -> dict[str, tuple[int, float]]:
    """The same for every queue in which a visit has ended on this day."""
    rows = db.execute(
        "SELECT queue, count(*), sum(ended_at - called_at) FROM tickets"
        " WHERE day = ? AND state = 'finished' AND called_at IS NOT NULL GROUP BY queue",
        (day,),
    )
    return {queue: (int(count), minutes / MINUTE) for queue, count, minutes in rows}


def received_today(db: Connection, day: int, procedures: Collection[str] | None = None) -> tuple[int, int]:
    """Dossiers received on this day, of these procedures or of all, and how many the portal has acknowledged."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(EXISTS (SELECT 1 FROM portal_messages m WHERE m.dossier = d.code"
        " AND m.kind = 'dossier' AND m.state = 'acknowledged')), 0) FROM dossiers d WHERE d.day = ?1"
        " AND (?2 IS NULL OR d.procedure IN (SELECT value FROM json_each(?2)))",
        (day, None if procedures is None else json.dumps(list(procedures))),
    ).fetchone()
    return int(row[0]), int(row[1])
