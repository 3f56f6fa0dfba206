"""Whom a call out of order has passed: everybody whom the counter could have called then, before that one."""

import json
from collections.abc import Collection, Iterable

from domain.queue_events import SkillsSet
from domain.routing import served_queues
from domain.tickets import shown_number
from store import centres, journal, journal_rows
from store.database import Connection
from store.moves import STANDING
from store.tickets import label

KEPT_FOR_DAYS = 60
_AT = {column: f"$[{STANDING.index(column)}]" for column in STANDING}


def _then(column: str) -> str:
    """A column of another ticket at the call: its next move has noted it; without one it still stands so."""
    return f"CASE WHEN m.seq IS NULL THEN x.{column} ELSE json_extract(m.standing, '{_AT[column]}') END AS {column}"


# The rollover is no move: who waited until it is unserved and has no counter.
_PASSED = f"""
WITH called AS (
  SELECT c.seq, c.ticket, c.day, c.counter, c.person, c.key, json_extract(m.standing, '{_AT["turn"]}') AS turn,
    iif(json_extract(m.standing, '{_AT["directed"]}'), '', json_extract(m.standing, '{_AT["queue"]}')) AS queue
  FROM calls c JOIN moves m ON m.seq = c.seq WHERE c.seq = ?1
), others AS (
  SELECT x.id, x.day, x.home, x.prefix, x.n, x.kept_from,
    {", ".join(map(_then, ("key", "turn", "queue", "directed", "for_counter", "for_person")))},
    CASE WHEN m.seq IS NOT NULL THEN json_extract(m.standing, '{_AT["state"]}') = 'waiting'
      ELSE x.state = 'waiting' OR (x.state = 'unserved' AND x.counter IS NULL AND EXISTS
        (SELECT 1 FROM days d WHERE d.opened_at = x.ended_at AND d.id > called.day)) END AS waits
  FROM called JOIN tickets x ON (x.day = called.day OR x.id IN (SELECT value FROM json_each(?2)))
    AND x.id < called.seq AND x.id <> called.ticket
    LEFT JOIN moves m ON m.seq = (SELECT min(seq) FROM moves WHERE ticket = x.id AND seq > called.seq)
)
SELECT o.prefix, o.n, CASE WHEN o.day < called.day THEN o.kept_from END FROM others o, called
WHERE o.waits AND (o.key, o.turn, o.id) < (called.key, called.turn, called.ticket)
  AND CASE WHEN o.directed
    THEN o.for_counter = called.counter OR (o.for_counter IS NULL AND o.for_person = called.person)
    ELSE o.queue = called.queue OR o.queue IN (SELECT value FROM json_each(?3)) END
  AND (o.queue IN (SELECT value FROM json_each(?4)) OR o.home IN (SELECT value FROM json_each(?4)))
ORDER BY o.key, o.turn, o.id
"""


def passed(db: Connection, calls: Iterable[int], seen: Collection[str]) -> dict[int, tuple[str, ...]]:
    """The numbers that each of these calls passed, in their order; only those of queues that are seen."""
    queues, found = json.dumps(sorted(seen)), dict[int, tuple[str, ...]]()
    rows = db.execute(
        "SELECT c.seq, c.day, c.counter FROM calls c WHERE c.seq IN (SELECT value FROM json_each(?))",
        (json.dumps(list(calls)),),
    ).fetchall()
    days = {day for _, day, _ in rows}
    kept, skills = json.dumps(_kept(db, days)), {day: _skills_set(db, day) for day in days}
    for seq, day, counter in rows:
        served = json.dumps(_served(db, seq, counter, skills[day]))
        passed_by = db.execute(_PASSED, (seq, kept, served, queues))
        found[seq] = tuple(shown_number(prefix, n, label(from_)) for prefix, n, from_ in passed_by)
    return found


def _kept(db: Connection, days: Collection[int]) -> list[int]:
    """The tickets that may have waited on one of these days without being of it."""
    rows = db.execute(
        f"SELECT id FROM tickets WHERE day BETWEEN ? - {KEPT_FOR_DAYS} AND ? AND kept_from IS NOT NULL",
        (min(days, default=0), max(days, default=0)),
    )
    return [row[0] for row in rows]


def _skills_set(db: Connection, day: int) -> list[tuple[int, int, list[str]]]:
    """What counters were set to serve on this day: number of the event, counter, queues; none: as configured."""
    rows = db.execute(
        "SELECT seq, kind, payload FROM journal WHERE seq BETWEEN ? AND ? AND kind = ? ORDER BY seq",
        (*journal_rows.span_of_day(db, day), SkillsSet.__name__),
    )
    told = [(seq, journal.decoded(kind, payload)) for seq, kind, payload in rows]
    return [(seq, e.counter, [*e.queues, *e.secondary]) for seq, e in told if e is not None]


def _served(db: Connection, call: int, counter: int, skills: list[tuple[int, int, list[str]]]) -> list[str]:
    """What the counter served at this call."""
    changed = [queues for seq, at, queues in skills if at == counter and seq < call]
    if changed and changed[-1]:
        return changed[-1]
    centre = centres.before(db, call)
    return [queue for place in centre.counters if place.number == counter for queue in served_queues(place)]
