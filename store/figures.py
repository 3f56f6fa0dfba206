"""Figures of a business day, computed from its tickets and never kept."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from store.database import Connection

MINUTE, HALF_HOUR, HOUR = 60_000, 1_800_000, 3_600_000
LOCAL_HOURS = 7  # Asia/Ho_Chi_Minh has no other time of the year


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


def kept_promises(db: Connection, day: int, promises: Mapping[str, int], now: int) -> dict[str, tuple[int, int]]:
    """Of each queue with a promise (minutes): how many of today's numbers were called within it, of how many.

    Whoever waits longer than promised by now (ms) counts as broken already, who still may be called in time not
    at all; a number kept over night was promised nothing.
    """
    rows = db.execute(
        "SELECT t.queue, sum(coalesce(t.called_at, ?3) - t.arrived_at <= p.value * 60000), count(*) FROM tickets t"
        " JOIN json_each(?2) p ON p.key = t.queue WHERE t.day = ?1 AND t.kept_from IS NULL"
        " AND (t.called_at IS NOT NULL OR t.state = 'waiting' AND ?3 - t.arrived_at > p.value * 60000)"
        " GROUP BY t.queue",
        (day, json.dumps(promises), now),
    )
    return {queue: (int(within), int(called)) for queue, within, called in rows}


def days_before(db: Connection, day: int, most: int) -> list[int]:
    """The newest business days before this one on which numbers were given."""
    rows = db.execute(
        "SELECT id FROM days WHERE id < ? AND EXISTS (SELECT 1 FROM tickets WHERE day = days.id)"
        " ORDER BY id DESC LIMIT ?",
        (day, most),
    )
    return [row[0] for row in rows]


def given_by_hour(db: Connection, days: Collection[int], queues: Collection[str]) -> dict[int, int]:
    """How many numbers these queues gave on these days together, by the local hour of arrival."""
    rows = db.execute(
        f"SELECT (arrived_at / {HOUR} + {LOCAL_HOURS}) % 24, count(*) FROM tickets"
        " WHERE day IN (SELECT value FROM json_each(?)) AND home IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (json.dumps([*days]), json.dumps(sorted(queues))),
    )
    return {int(hour): int(count) for hour, count in rows}


def walk_ins(db: Connection, days: Collection[int]) -> dict[str, dict[float, tuple[int, int]]]:
    """Who came without an appointment on these days together, by queue and half hour (its minute of the day).

    Each pair: how many, and how many of them with priority.
    """
    rows = db.execute(
        f"SELECT home, (arrived_at / {HALF_HOUR} + {2 * LOCAL_HOURS}) % 48, count(*), sum(priority IS NOT NULL)"
        " FROM tickets WHERE day IN (SELECT value FROM json_each(?)) AND slot IS NULL GROUP BY 1, 2",
        (json.dumps([*days]),),
    )
    found: dict[str, dict[float, tuple[int, int]]] = {}
    for queue, half, count, priority in rows:
        found.setdefault(queue, {})[30.0 * half] = (int(count), int(priority))
    return found


def due_between(db: Connection, first: int, last: int, procedures: Collection[str] | None = None) -> int:
    """Dossiers, of these procedures or of all, that are due from the first instant (ms) to before the last."""
    row = db.execute(
        "SELECT count(*) FROM dossiers WHERE due >= ?1 AND due < ?2"
        " AND (?3 IS NULL OR procedure IN (SELECT value FROM json_each(?3)))",
        (first, last, None if procedures is None else json.dumps(list(procedures))),
    ).fetchone()
    return int(row[0])
