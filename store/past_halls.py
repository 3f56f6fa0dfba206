"""The hall as it stood at an instant of the past: the tables of a wall, read back from what they have become.

A file in memory holds what a wall is drawn from and nothing else: neither people nor applicants. Every move kept
how its ticket stood before, so a standing of then is that before the first move since.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.queue_events import SkillsSet
from domain.tickets import milliseconds
from domain.waiting.boards import Newcomer, Outlook, WaitBoard
from domain.waiting.estimates import Estimate, Method
from domain.waiting.ranges import LONGEST, Shown
from store import centres, database, journal, tickets
from store.database import Connection
from store.instants import moment
from store.journal import Recorded
from store.moves import STANDING
from store.notices import STOPPED
from store.store import Store

PROMISED_WITHIN = 600_000  # milliseconds in which the newest slip of a queue says what its wall said
OF_A_WALL = (
    "centre", "calendars", "days", "journal", "stopped_queues", "notices", "bulletins", "lines", "tickets", "calls",
    "announcements", "shifts", "skills", "pauses", "alarms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastDay:
    """A business day on which somebody was called: number, date, when it opened, and when the last call was."""

    id: int
    label: date
    opened: datetime
    ended: datetime


_DAY = (
    "SELECT d.id, d.label, d.opened_at, (SELECT at FROM calls WHERE day = d.id ORDER BY seq DESC LIMIT 1) AS ended"
    " FROM days d WHERE ended IS NOT NULL AND d.label < ?"
)


def labelled(db: Connection, label: date, today: date) -> PastDay | None:
    """The newest day of this date that is over."""
    of_date = f"{_DAY} AND d.label = ? ORDER BY d.id DESC LIMIT 1"
    return _past_day(db.execute(of_date, (today.isoformat(), label.isoformat())).fetchone())


def numbered(db: Connection, day: int, today: date) -> PastDay | None:
    """The day of this number, if it is over."""
    return _past_day(db.execute(f"{_DAY} AND d.id = ?", (today.isoformat(), day)).fetchone())


def newest(db: Connection, today: date) -> PastDay | None:
    """The last day that is over."""
    return _past_day(db.execute(f"{_DAY} ORDER BY d.id DESC LIMIT 1", (today.isoformat(),)).fetchone())


def _past_day(row: Any) -> PastDay | None:
    return PastDay(row[0], date.fromisoformat(row[1]), moment(row[2]), moment(row[3])) if row else None


class PastStore(Store):
    """The store of a hall as it was: it is read like that of now; nobody writes it or hears of anything."""

    def __init__(self, db: Connection, seen: int, waits: WaitBoard) -> None:
        self._db, self.seen, self._waits, self._centre = db, seen, waits, None

    @property
    def waits(self) -> WaitBoard:
        """What the slips of then had promised last."""
        return self._waits

    def listen(self, listener: Any) -> None:
        """Nothing happens any more."""

    def _reader(self) -> Connection:
        return self._db


@contextmanager
def as_of(path: Path, day: int, at: datetime) -> Iterator[PastStore]:
    """The store of this business day as it was at an instant: after everything that had happened by then."""
    db = database.open_beside(path)
    try:
        db.execute("BEGIN")
        first = journal.first_of_day(db, day)
        seen = _last_event(db, first, journal.first_of_day(db, day + 1), milliseconds(at))
        _copy(db, {"day": day, "first": first, "seen": seen, "at": milliseconds(at)})
        db.execute("COMMIT")
        db.execute("DETACH now")
        yield PastStore(db, seen, _promised(db, day, seen, at))
    finally:
        db.close()


def _last_event(db: Connection, first: int, beyond: int, at: int) -> int:
    """The day's last event that had happened by an instant (ms); looked up in twenty steps."""
    low, high = first, beyond
    while low < high:
        middle = (low + high) // 2
        (happened,) = db.execute("SELECT at FROM journal WHERE seq = ?", (middle,)).fetchone()
        low, high = (middle + 1, high) if happened <= at else (low, middle)
    return max(low - 1, first)


def _copy(db: Connection, then: dict[str, int]) -> None:
    marks = ", ".join("?" * len(OF_A_WALL))
    made = f"SELECT sql FROM now.sqlite_schema WHERE tbl_name IN ({marks}) AND sql IS NOT NULL ORDER BY type DESC"
    for (statement,) in db.execute(made, OF_A_WALL).fetchall():
        db.execute(statement)
    for statement in _COPIES:
        db.execute(statement, then)
    changed = db.execute(
        "SELECT seq, at, who, payload FROM now.journal WHERE seq BETWEEN :first AND :seen AND kind = 'SkillsSet'",
        then,
    )
    for seq, at, who, payload in changed.fetchall():
        event = journal.decoded(SkillsSet.__name__, payload)
        journal.project(db, Recorded(seq, then["day"], at, who, event))
    _stop(db)


_FIXED = (
    "id",
    "day",
    "prefix",
    "n",
    "arrived_at",
    "ahead",
    "language",
    "kiosk",
    "home",
    "slot",
    "appointment",
    "wait",
)
_KEPT = "CASE WHEN t.day < :day THEN t.kept_from END"
_SOMEHOW = "SELECT id FROM now.tickets WHERE day = :day AND id <= :seen"
# Kept into this day: not ended by the opening of it or of one before, nor by a move before it.
_FROM_BEFORE = (
    "SELECT id FROM now.tickets t WHERE day < :day AND kept_from IS NOT NULL AND CASE state WHEN 'waiting' THEN 1"
    " WHEN 'unserved' THEN :day < (SELECT min(id) FROM now.days WHERE id > t.day AND opened_at = t.ended_at)"
    " ELSE :first <= (SELECT max(seq) FROM now.moves WHERE ticket = t.id) END"
)
# A day that opens ends the waiting of the day before without a move: such a ticket stood as its last move left it.
_UNSERVED = (
    "CASE WHEN t.called_at IS NULL THEN 'waiting' ELSE (SELECT CASE l.kind WHEN 'call' THEN 'called'"
    " WHEN 'park' THEN 'parked' ELSE (SELECT json_extract(u.standing, '$[0]') FROM now.moves u"
    " WHERE u.ticket = t.id AND u.undone = l.seq) END FROM now.moves l WHERE l.ticket = t.id AND l.seq <= :seen"
    " AND l.kind IN ('call', 'park', 'undo') ORDER BY l.seq DESC LIMIT 1) END"
)
_STOOD = (
    "SELECT t.id AS id, m.standing AS standing, CASE WHEN m.seq IS NOT NULL THEN json_extract(m.standing, '$[0]')"
    f" WHEN t.state = 'unserved' THEN {_UNSERVED} ELSE t.state END AS state"
    f" FROM ({_SOMEHOW} UNION ALL {_FROM_BEFORE}) c JOIN now.tickets t ON t.id = c.id LEFT JOIN now.moves m"
    " ON m.seq = (SELECT seq FROM now.moves WHERE ticket = t.id AND seq > :seen ORDER BY seq LIMIT 1)"
)


def _stood(column: str) -> str:
    """A column as it was then: of the move that came next, else as it still is."""
    now = "NULL" if column == "ended_at" else f"t.{column}"
    then = f"json_extract(s.standing, '$[{STANDING.index(column)}]')"
    return f"CASE WHEN s.standing IS NULL THEN {now} ELSE {then} END"


def _tickets(state: str, columns: str, which: str) -> str:
    later = STANDING[1:]
    return (
        f"INSERT OR IGNORE INTO tickets ({', '.join((*_FIXED, 'kept_from', 'state', *later))})"
        f" SELECT {', '.join(f't.{column}' for column in _FIXED)}, {_KEPT}, {state}, {columns} FROM {which}"
    )


_COPIES = (
    "INSERT INTO centre SELECT * FROM now.centre WHERE seq <= :seen ORDER BY seq DESC LIMIT 1",
    "INSERT INTO calendars SELECT * FROM now.calendars WHERE seq <= :seen ORDER BY seq DESC LIMIT 1",
    "INSERT INTO days SELECT * FROM now.days WHERE id <= :day",
    "INSERT INTO notices SELECT * FROM now.notices WHERE seq <= :seen",
    ("INSERT INTO bulletins SELECT seq, hall, vi, en, fr, starts, ends, NULL FROM now.bulletins WHERE seq <= :seen"
    " AND (taken_down IS NULL OR taken_down > :seen)"),
    "INSERT INTO calls SELECT * FROM now.calls WHERE day = :day AND seq <= :seen",
    "INSERT INTO announcements SELECT * FROM now.announcements WHERE day = :day AND at <= :at AND seq <= :seen",
    # After a clock that went back two may have been open at one instant: the first one counts.
    ("INSERT OR IGNORE INTO shifts SELECT id, counter, person, opened_at, NULL FROM now.shifts"
    " WHERE id BETWEEN :first AND :seen AND (closed_at IS NULL OR closed_at > :at)"),
    ("INSERT OR IGNORE INTO pauses SELECT seq, counter, who, reason, minutes, at, NULL FROM now.pauses"
    " WHERE seq BETWEEN :first AND :seen AND (ended_at IS NULL OR ended_at > :at)"),
    _tickets(
        "s.state", ", ".join(map(_stood, STANDING[1:])),
        f"({_STOOD}) s JOIN now.tickets t ON t.id = s.id WHERE s.state IN ('waiting', 'called', 'parked')",
    ),
    # Of all others a wall needs only what their calls name.
    _tickets(
        "'left'", ", ".join(f"t.{column}" for column in STANDING[1:]),
        f"({_SOMEHOW} UNION ALL {_FROM_BEFORE}) c JOIN now.tickets t ON t.id = c.id",
    ),
    "INSERT INTO lines SELECT :day, queue, 0, count(*), 0 FROM tickets WHERE state = 'waiting' GROUP BY queue",
)  # fmt: skip


def _stop(db: Connection) -> None:
    """What was stopped then, by everything that the halls had been told of it."""
    queues = {queue.id: queue.hall for queue in centres.current(db).queues}
    told = db.execute("SELECT kind, queue, hall, reason, at, until FROM notices ORDER BY seq").fetchall()
    for kind, named, hall, reason, at, until in told:
        for queue in [q for q, of in queues.items() if of == hall] if hall else [named]:
            db.execute("DELETE FROM stopped_queues WHERE queue = ?", (queue,))
            if kind == STOPPED:
                db.execute("INSERT INTO stopped_queues VALUES (?, ?, ?, ?)", (queue, reason, at, until))


def _promised(db: Connection, day: int, seen: int, at: datetime) -> WaitBoard:
    """The range on the newest slip of each queue, for ten minutes: what a newcomer was told."""
    rows = db.execute(
        "SELECT home, wait FROM tickets WHERE arrived_at > ? AND wait IS NOT NULL AND id IN (SELECT max(id)"
        " FROM tickets WHERE day = ? AND priority IS NULL AND slot IS NULL GROUP BY home)",
        (milliseconds(at) - PROMISED_WITHIN, day),
    )
    found = {queue: tickets.promise(wait) for queue, wait in rows}
    told: dict[Newcomer, Outlook] = {
        (queue, None): Outlook(_estimate(queue, wait.low, wait.high or LONGEST), Shown(wait, 0.0))
        for queue, wait in found.items()
        if wait is not None
    }
    return WaitBoard(day, seen, at, newcomers=told)


def _estimate(queue: str, low: int, high: int) -> Estimate:
    return Estimate(queue, low, low, high, Method.BLEND)
