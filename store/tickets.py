"""Tickets, the lines they stand in, and the calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.errors import NotFound, msgid
from domain.events import (
    TicketCalled,
    TicketFinished,
    TicketIssued,
    TicketMissed,
    TicketRecalled,
)
from domain.routing import Head
from domain.tickets import Ticket, TicketState
from store.database import Connection
from store.journal import Recorded, projects

_COLUMNS = (
    "id, day, queue, prefix, n, state, key, arrived_at, ahead, language, priority, counter, called_at, ended_at"
)


class UnknownTicket(NotFound):
    text = msgid("Không tìm thấy số này. Có thể số đã thuộc về một ngày trước.")


@dataclass(frozen=True, slots=True)
class Call:
    """One announcement: `seq` orders all of them; `kind` is call or recall."""

    seq: int
    ticket: int
    prefix: str
    n: int
    counter: int
    at: datetime
    kind: str


def moment(milliseconds: int) -> datetime:
    """The aware UTC instant of a stored number of milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def instant(milliseconds: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if milliseconds is None else moment(milliseconds)


def _ticket(row: tuple) -> Ticket:  # type: ignore[type-arg]
    (id_, day, queue, prefix, n, state, key, arrived, ahead, language, priority, counter, called, ended) = row
    return Ticket(
        id_, day, queue, prefix, n, TicketState(state), key, moment(arrived), ahead,
        language, priority, counter, instant(called), instant(ended),
    )  # fmt: skip


def load(db: Connection, ticket: int) -> Ticket:
    """The ticket with this id. Raises UnknownTicket."""
    row = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE id = ?", (ticket,)).fetchone()
    if row is None:
        raise UnknownTicket()
    return _ticket(row)


def issued(recorded: Recorded) -> Ticket:
    """The ticket of an issue just recorded, without asking the file again."""
    e = recorded.event
    return Ticket(
        recorded.seq, recorded.day, e.queue, e.prefix, e.n, TicketState.WAITING, e.key, moment(recorded.at),
        e.ahead, e.language, e.priority,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A queue's line today: the last number given, how many wait, and the latest arrival noted."""

    last: int = 0
    waiting: int = 0
    newest: datetime = datetime(1970, 1, 1, tzinfo=UTC)


def line(db: Connection, day: int, queue: str) -> Line:
    """How this queue's line stands on this day."""
    row = db.execute(
        "SELECT last_n, waiting, newest FROM lines WHERE day = ? AND queue = ?", (day, queue)
    ).fetchone()
    return Line(row[0], row[1], moment(row[2])) if row else Line()


def waiting_before(db: Connection, queue: str, key: int) -> int:
    """How many wait in the queue with an earlier due moment."""
    row = db.execute(
        "SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = ? AND key < ?", (queue, key)
    ).fetchone()
    return int(row[0])


def heads(db: Connection, queues: Iterable[str]) -> list[Head]:
    """The first waiting ticket of each of these queues."""
    found = []
    for queue in queues:
        row = db.execute(
            "SELECT id, key FROM tickets WHERE state = 'waiting' AND queue = ? ORDER BY key, id LIMIT 1",
            (queue,),
        ).fetchone()
        if row:
            found.append(Head(row[0], queue, row[1]))
    return found


def at_counter(db: Connection, counter: int) -> Ticket | None:
    """The ticket that this counter is serving."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE state = 'called' AND counter = ?", (counter,)
    ).fetchone()
    return _ticket(row) if row else None


def of_day(db: Connection, day: int) -> list[Ticket]:
    """All tickets of one business day in the order of issue."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE day = ? ORDER BY id", (day,))
    return [_ticket(row) for row in rows]


_CALLS = (
    "SELECT c.seq, c.ticket, t.prefix, t.n, c.counter, c.at, c.kind FROM calls c JOIN tickets t ON t.id = c.ticket"
)


def calls(db: Connection, day: int, after: int = 0, last: int = 100) -> list[Call]:
    """The newest `last` calls of the day with a number above `after`, in order."""
    rows = db.execute(f"{_CALLS} WHERE c.day = ? AND c.seq > ? ORDER BY c.seq DESC LIMIT ?", (day, after, last))
    return [_call(row) for row in rows.fetchall()[::-1]]


def calls_after(db: Connection, day: int, counters: Iterable[int], after: int, most: int) -> list[Call]:
    """The next `most` calls of the day to these counters above `after`, oldest first: none is left out."""
    places = sorted(counters)
    marks = ", ".join("?" * len(places))
    rows = db.execute(
        f"{_CALLS} WHERE c.day = ? AND c.seq > ? AND c.counter IN ({marks}) ORDER BY c.seq LIMIT ?",
        (day, after, *places, most),
    )
    return [_call(row) for row in rows]


def call(db: Connection, seq: int) -> Call | None:
    """One call by its number."""
    row = db.execute(f"{_CALLS} WHERE c.seq = ?", (seq,)).fetchone()
    return _call(row) if row else None


def _call(row: tuple) -> Call:  # type: ignore[type-arg]
    seq, ticket, prefix, n, counter, at, kind = row
    return Call(seq, ticket, prefix, n, counter, moment(at), kind)


@projects(TicketIssued)
def _issued(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO tickets (id, day, queue, prefix, n, state, key, arrived_at, ahead, language, priority, kiosk)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
        (recorded.seq, recorded.day, e.queue, e.prefix, e.n, e.key, recorded.at, e.ahead, e.language, e.priority,
         recorded.who),
    )  # fmt: skip
    db.execute(
        "INSERT INTO lines VALUES (?, ?, ?, 1, ?) ON CONFLICT (day, queue)"
        " DO UPDATE SET last_n = excluded.last_n, waiting = waiting + 1, newest = max(newest, excluded.newest)",
        (recorded.day, e.queue, e.n, recorded.at),
    )


@projects(TicketCalled)
def _called(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    taken = db.execute(
        "UPDATE tickets SET state = 'called', counter = ?, called_at = ? WHERE id = ? AND state = 'waiting'"
        " RETURNING day, queue",
        (e.counter, recorded.at, e.ticket),
    ).fetchone()
    if taken is None:
        raise AlreadyCalled(e.ticket)
    db.execute("UPDATE lines SET waiting = waiting - 1 WHERE day = ? AND queue = ?", taken)
    _announce(db, recorded, "call", e.person)


@projects(TicketRecalled)
def _recalled(db: Connection, recorded: Recorded) -> None:
    _announce(db, recorded, "recall", recorded.who)


class AlreadyCalled(RuntimeError):
    """Somebody else has this ticket: the conditional update found it taken."""


def _announce(db: Connection, recorded: Recorded, kind: str, person: str) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, recorded.day, e.ticket, e.counter, recorded.at, kind, person),
    )


@projects(TicketFinished, TicketMissed)
def _ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    state, outcome = ("finished", e.outcome) if isinstance(e, TicketFinished) else ("absent", None)
    db.execute(
        "UPDATE tickets SET state = ?, ended_at = ?, outcome = ? WHERE id = ? AND state = 'called'",
        (state, recorded.at, outcome, e.ticket),
    )


def giver(db: Connection, ticket: int) -> str | None:
    """Which device or person gave this ticket."""
    row = db.execute("SELECT kiosk FROM tickets WHERE id = ?", (ticket,)).fetchone()
    return row[0] if row else None
