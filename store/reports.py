"""What the managers' reports count, read from the tables of past days and today; acts taken back count for nothing.

Every reading is limited to some queues or counters: those whom the reader may see.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.days import Day
from domain.reports import BOOKED, ORDINARY, Course
from domain.tickets import TicketState, shown_number
from store import passings
from store.database import Connection
from store.figures import HOUR, LOCAL_HOURS
from store.instants import moment
from store.passings import KEPT_FOR_DAYS
from store.tickets import label

MOST_LISTED = 500
STATES = {state.value: state for state in TicketState}  # an Enum's own call costs a tenth of a month
# Days begun anew after a wrong clock carry the same date.
MOST_NUMBERED_DAYS = 800


@dataclass(frozen=True, slots=True)
class Jump:
    """A call out of order: when, which number of which queue, why, where, by whom, and the numbers it passed."""

    seq: int
    day: int
    at: datetime
    number: str
    queue: str
    reason: str
    counter: int
    person: str
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls of a queue's numbers a counter made for one reason; an empty reason is a call in order."""

    counter: int
    queue: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Rest:
    """One pause: where, why, how long it was said to last and did last; None while it lasts, or when forgotten."""

    counter: int
    reason: str
    minutes: int
    lasted: float | None


@dataclass(frozen=True, slots=True)
class Help:
    """One call for help."""

    counter: int
    is_false: bool


def days_between(db: Connection, first: date, last: date) -> list[Day]:
    """The business days with these dates, oldest first."""
    rows = db.execute(
        "SELECT id, label FROM days WHERE label BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (first.isoformat(), last.isoformat(), MOST_NUMBERED_DAYS),
    )
    return [Day(number, date.fromisoformat(on)) for number, on in rows]


def tickets_of(db: Connection, days: Collection[Day]) -> int:
    """How many numbers were given on these days."""
    found = (db.execute("SELECT count(*) FROM tickets WHERE day = ?", (day.id,)).fetchone()[0] for day in days)
    return sum(map(int, found))


def date_of(db: Connection, day: int) -> date | None:
    """The date of one business day, None for a number that is none."""
    row = db.execute("SELECT label FROM days WHERE id = ?", (day,)).fetchone()
    return date.fromisoformat(row[0]) if row else None


def newest_dates(db: Connection, most: int, today: date) -> list[date]:
    """The dates of the newest business days, oldest first; not those of a clock that was ahead of today."""
    rows = db.execute(
        "SELECT DISTINCT label FROM days WHERE label <= ? ORDER BY label DESC LIMIT ?", (today.isoformat(), most)
    )
    return [date.fromisoformat(row[0]) for row in rows][::-1]


def ever_seen(db: Connection, days: Iterable[Day]) -> tuple[frozenset[str], frozenset[int]]:
    """The queues that gave numbers and the counters that called on these days, whether or not they still exist."""
    ids = _ids(days)
    queues = db.execute("SELECT DISTINCT home FROM tickets WHERE day IN (SELECT value FROM json_each(?))", (ids,))
    counters = db.execute(
        "SELECT DISTINCT counter FROM calls WHERE day IN (SELECT value FROM json_each(?))", (ids,)
    )
    return frozenset(row[0] for row in queues), frozenset(row[0] for row in counters)


# Most visits are one call and one end, and their tickets say it all; only the others' steps are laid side by side.
_PLAIN = """t.state = 'finished' AND t.kept_from IS NULL
  AND (SELECT count(*) FROM calls k WHERE k.ticket = t.id) = 1"""
_OWN = "t.day = ?1 AND t.home IN (SELECT value FROM json_each(?2))"
_COURSES = f"""
WITH steps AS (
  SELECT m.ticket, m.seq, m.kind, m.counter, m.at,
    lag(m.at) OVER one AS came, lag(m.kind) OVER one AS after
  FROM tickets t JOIN moves m ON m.ticket = t.id
  WHERE {_OWN} AND NOT ({_PLAIN})
    AND m.undone = 0 AND m.kind IN ('call', 'finish', 'park', 'transfer', 'absent')
  WINDOW one AS (PARTITION BY m.ticket ORDER BY m.seq)
), sums AS (
  SELECT ticket, min(CASE WHEN kind = 'call' THEN at END) AS first,
    max(CASE WHEN kind = 'call' THEN seq END) AS last,
    sum(CASE WHEN after = 'call' AND kind <> 'call' AND kind <> 'absent' THEN max(0, at - came) END) AS worked
  FROM steps GROUP BY ticket
)
SELECT t.home, t.counter, t.counter, t.priority, t.slot, t.state, t.arrived_at, t.kept_from, t.called_at,
  max(0, t.ended_at - t.called_at), t.called_at, t.ended_at, k.person, t.id
FROM tickets t JOIN calls k ON k.ticket = t.id
WHERE {_OWN} AND {_PLAIN}
UNION ALL
SELECT t.home, c.counter, t.counter, t.priority, t.slot, t.state, t.arrived_at, t.kept_from, s.first, s.worked,
  t.called_at, t.ended_at, c.person, t.id
FROM tickets t LEFT JOIN sums s ON s.ticket = t.id LEFT JOIN calls c ON c.seq = s.last
WHERE {_OWN} AND NOT ({_PLAIN})
  AND NOT EXISTS (SELECT 1 FROM moves g WHERE g.seq = t.id AND g.kind = 'issue' AND g.undone > 0)
ORDER BY t.id
"""


def courses(db: Connection, days: Iterable[Day], queues: Collection[str]) -> list[Course]:
    """Every number that these queues gave on these days, in the order of giving."""
    seen = json.dumps(sorted(queues))
    return [_course(day, row) for day in days for row in db.execute(_COURSES, (day.id, seen))]


def _course(day: Day, row: tuple) -> Course:  # type: ignore[type-arg]
    home, counter, at, priority, slot, state, arrived, kept, first, worked, called, ended, person, _ = row
    if first is None and state == TicketState.FINISHED:
        # A number on paper was never called by us: its clerk noted the times afterwards.
        counter, first, worked, person = at, called, ended - called, None
    group = priority or (BOOKED if slot is not None else ORDINARY)
    hour = _hour(first) if first is not None else None
    wait = max(0, first - arrived) if first is not None and kept is None else None
    return Course(
        day.id,
        home,
        counter,
        group,
        STATES[state],
        hour,
        wait,
        worked,
        _hour(arrived),
        day.label.isoweekday(),
        person,
    )


def _hour(at: int) -> int:
    """The local hour of an instant (ms); 60,000 of them a month, so not by a calendar."""
    return (at // HOUR + LOCAL_HOURS) % 24


def calls(db: Connection, days: Iterable[Day], queues: Collection[str]) -> list[Calls]:
    """The calls by counter, queue and reason."""
    rows = db.execute(
        "SELECT c.counter, t.home, c.reason, count(*) FROM calls c JOIN moves m ON m.seq = c.seq"
        " JOIN tickets t ON t.id = c.ticket WHERE c.day IN (SELECT value FROM json_each(?))"
        " AND c.kind = 'call' AND m.undone = 0 AND t.home IN (SELECT value FROM json_each(?))"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        (_ids(days), json.dumps(sorted(queues))),
    )
    return [Calls(*row) for row in rows]


def out_of_order(
    db: Connection, days: Iterable[Day], queues: Collection[str], most: int = MOST_LISTED
) -> list[Jump]:
    """The newest calls out of order, newest first."""
    rows = db.execute(
        "SELECT c.seq, c.day, c.at, t.prefix, t.n, t.kept_from, t.home, c.reason, c.counter, c.person"
        " FROM calls c JOIN moves m ON m.seq = c.seq JOIN tickets t ON t.id = c.ticket"
        " WHERE c.day IN (SELECT value FROM json_each(?)) AND c.kind = 'call' AND c.reason <> '' AND m.undone = 0"
        " AND t.home IN (SELECT value FROM json_each(?)) ORDER BY c.seq DESC LIMIT ?",
        (_ids(days), json.dumps(sorted(queues)), most),
    ).fetchall()
    passed = passings.passed(db, [row[0] for row in rows], queues)
    return [
        Jump(seq, day, moment(at), shown_number(prefix, n, label(kept)), queue, reason, counter, person,
             passed[seq])
        for seq, day, at, prefix, n, kept, queue, reason, counter, person in rows
    ]  # fmt: skip


def acts(
    db: Connection, days: Collection[Day], queues: Collection[str], counters: Collection[int]
) -> dict[tuple[int, str], int]:
    """How often each counter did 'recall', 'absent' (found nobody), 'transfer' (sent on) and 'undone' (took back).

    One press of next ends a visit and calls; taken back it is one act. A kept number's acts count on their own day.
    """
    rows = db.execute(
        "SELECT m.counter, CASE WHEN m.undone > 0 THEN 'undone' ELSE m.kind END, count(*)"
        " FROM tickets t JOIN moves m ON m.ticket = t.id"
        f" WHERE t.day BETWEEN (SELECT min(value) - {KEPT_FOR_DAYS} FROM json_each(?1))"
        " AND (SELECT max(value) FROM json_each(?1)) AND t.home IN (SELECT value FROM json_each(?2))"
        " AND iif(t.kept_from IS NULL, t.day, (SELECT j.day FROM journal j WHERE j.seq = m.seq))"
        " IN (SELECT value FROM json_each(?1))"
        " AND (m.undone > 0 OR m.kind IN ('recall', 'absent', 'transfer')) AND NOT (m.kind = 'finish' AND EXISTS"
        " (SELECT 1 FROM moves c WHERE c.seq = m.seq + 1 AND c.kind = 'call' AND c.undone = m.undone - 1))"
        " GROUP BY 1, 2",
        (_ids(days), json.dumps(sorted(queues))),
    )
    found = {(counter, kind): number for counter, kind, number in rows}
    of_counters = db.execute(
        "SELECT m.counter, count(*) FROM moves m JOIN journal j ON j.seq = m.seq"
        " WHERE m.ticket = 0 AND m.undone > 0 AND j.day IN (SELECT value FROM json_each(?))"
        " AND m.counter IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (_ids(days), json.dumps(sorted(counters))),
    )
    for counter, number in of_counters:
        found[counter, "undone"] = found.get((counter, "undone"), 0) + number
    return found


def rests(db: Connection, days: Iterable[Day], counters: Collection[int]) -> list[Rest]:
    """The pauses of these counters; one that only the next day ended lasted nobody knows how long."""
    rows = db.execute(
        "SELECT p.counter, p.reason, p.minutes, CASE WHEN p.ended_at NOT IN (SELECT opened_at FROM days)"
        " THEN max(0, p.ended_at - p.at) / 60000.0 END FROM pauses p JOIN moves m ON m.seq = p.seq"
        " JOIN journal j ON j.seq = p.seq WHERE m.undone = 0 AND j.day IN (SELECT value FROM json_each(?))"
        " AND p.counter IN (SELECT value FROM json_each(?)) ORDER BY p.seq",
        (_ids(days), json.dumps(sorted(counters))),
    )
    return [Rest(*row) for row in rows]


def alarms(db: Connection, days: Iterable[Day], counters: Collection[int]) -> list[Help]:
    """The calls for help of these counters; one not ended yet counts as real."""
    rows = db.execute(
        "SELECT a.counter, coalesce(a.false_alarm, 0) FROM alarms a JOIN journal j ON j.seq = a.seq"
        " WHERE j.day IN (SELECT value FROM json_each(?)) AND a.counter IN (SELECT value FROM json_each(?))"
        " ORDER BY a.seq",
        (_ids(days), json.dumps(sorted(counters))),
    )
    return [Help(counter, bool(wrong)) for counter, wrong in rows]


def papers(db: Connection, days: Iterable[Day]) -> dict[str, dict[str, int]]:
    """How the slips that were asked for on these days ended, by printer: how many of each state."""
    found: dict[str, dict[str, int]] = {}
    rows = db.execute(
        "SELECT p.printer, p.state, count(*) FROM print_jobs p JOIN journal j ON j.seq = p.id"
        " WHERE j.day IN (SELECT value FROM json_each(?)) GROUP BY 1, 2",
        (_ids(days),),
    )
    for printer, state, number in rows:
        found.setdefault(printer, {})[state] = number
    return found


def told_the_portal(db: Connection, days: Iterable[Day]) -> tuple[int, int, int, list[int]]:
    """Dossiers of these days: received, known to the portal, refused by it, and how long (ms) it took, sorted."""
    rows = db.execute(
        "SELECT m.state, m.ended_at - m.asked_at FROM dossiers d JOIN portal_messages m ON m.dossier = d.code"
        " AND m.kind = 'dossier' WHERE d.day IN (SELECT value FROM json_each(?))",
        (_ids(days),),
    ).fetchall()
    delays = sorted(delay for state, delay in rows if state == "acknowledged")
    return len(rows), len(delays), sum(state == "parked" for state, _ in rows), delays


def _ids(days: Iterable[Day]) -> str:
    return json.dumps([day.id for day in days])
