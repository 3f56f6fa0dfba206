"""One consistent look at the whole hall: what walls, counters and managers show."""

from dataclasses import dataclass
from datetime import datetime

from domain.days import Day
from domain.tickets import Ticket, TicketState
from store import centres, counters, days, tickets
from store.counters import Shift
from store.database import Connection
from store.tickets import Call, instant

CALLS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One queue now: how many wait, since when the longest, which number came last, why it is stopped."""

    queue: str
    waiting: int
    oldest: datetime | None
    last_n: int
    stopped: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """One counter now."""

    number: int
    shift: Shift | None
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the screens show; `seq` is the newest event it knows."""

    seq: int
    day: Day | None
    lines: dict[str, Line]
    places: dict[int, Place]
    calls: tuple[Call, ...]

    def waiting_for(self, queues: tuple[str, ...]) -> int:
        """How many wait in these queues together."""
        return sum(self.lines[queue].waiting for queue in queues if queue in self.lines)


def read_board(db: Connection) -> Board:
    """Read the board inside the caller's snapshot. Raises NoCentre."""
    centre = centres.current(db)
    seq = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    day = days.newest(db)
    day_id = day.id if day else 0
    stopped = centres.stopped(db)
    lines = {queue.id: _line(db, day_id, queue.id, stopped.get(queue.id)) for queue in centre.queues}
    shifts = counters.open_shifts(db)
    serving = {ticket.counter: ticket for ticket in _serving(db)}
    places = {c.number: Place(c.number, shifts.get(c.number), serving.get(c.number)) for c in centre.counters}
    return Board(seq, day, lines, places, tuple(tickets.calls(db, day_id, last=CALLS_SHOWN * 4)))


def _line(db: Connection, day: int, queue: str, stopped: str | None) -> Line:
    line = tickets.line(db, day, queue)
    oldest = None
    if line.waiting:
        row = db.execute("SELECT min(arrived_at) FROM tickets WHERE state = 'waiting' AND queue = ?", (queue,))
        oldest = instant(row.fetchone()[0])
    return Line(queue, line.waiting, oldest, line.last, stopped)


def _serving(db: Connection) -> list[Ticket]:
    rows = db.execute("SELECT id FROM tickets WHERE state = 'called'").fetchall()
    return [tickets.load(db, row[0]) for row in rows]


def position(db: Connection, ticket: Ticket) -> int:
    """How many wait before this ticket in its queue."""
    if ticket.state is not TicketState.WAITING:
        return 0
    row = db.execute(
        "SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = ? AND (key, id) < (?, ?)",
        (ticket.queue, ticket.key, ticket.id),
    ).fetchone()
    return int(row[0])
