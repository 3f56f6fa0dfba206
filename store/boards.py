"""One consistent look at the whole hall: what walls, counters and managers show."""

from dataclasses import dataclass
from datetime import datetime

from domain.centres import Centre
from domain.days import Day
from domain.tickets import Ticket, TicketState
from store import centres, counters, days, notices, tickets
from store.centres import Stop
from store.counters import Alarm, Pause, Shift, Skills
from store.database import Connection
from store.instants import instant, moment
from store.notices import Notice
from store.tickets import Call

NOTICES_SHOWN = 12
CALLS_OF_A_HALL = 48  # repeats and withdrawals among them
OLDEST = "SELECT min(min(arrived_at, base)) FROM tickets"


@dataclass(frozen=True, slots=True)
class Line:
    """One queue now: how many wait, since when the longest, which number came last; a stop may have run out."""

    queue: str
    waiting: int
    oldest: datetime | None
    last_n: int
    stop: Stop | None


@dataclass(frozen=True, slots=True)
class Place:
    """One counter now: who sits there, whom it serves or has set aside, what it serves, whether it rests."""

    number: int
    shift: Shift | None
    ticket: Ticket | None
    parked: tuple[Ticket, ...]
    skills: Skills
    pause: Pause | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the screens show; `seq` is the newest event it knows."""

    seq: int
    day: Day | None
    lines: dict[str, Line]
    places: dict[int, Place]
    calls: tuple[Call, ...]
    alarms: tuple[Alarm, ...]
    notices: tuple[Notice, ...] = ()

    def stop_of(self, queue: str, now: datetime) -> Stop | None:
        """Why this queue takes nobody new at this instant, None when it does."""
        stop = self.lines[queue].stop
        return stop if stop is not None and stop.holds(now) else None

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
    serving, aside, pauses = {t.counter: t for t in _serving(db)}, tickets.parked(db), counters.pauses(db)
    places = {
        c.number: Place(
            c.number,
            shifts.get(c.number),
            serving.get(c.number),
            tuple(ticket for ticket in aside if ticket.counter == c.number),
            counters.skills_of(db, c),
            pauses.get(c.number),
        )
        for c in centre.counters
    }
    calls = _calls(db, centre, day_id)
    told = tuple(notices.newest(db, day_id, NOTICES_SHOWN))
    return Board(seq, day, lines, places, calls, counters.alarms(db), told)


def arrivals(db: Connection) -> dict[str, list[datetime]]:
    """When everybody who waits now came, by queue, earliest first; the base where a wrong clock was set right."""
    found: dict[str, list[datetime]] = {}
    rows = db.execute("SELECT queue, min(arrived_at, base) FROM tickets WHERE state = 'waiting' ORDER BY 2")
    for queue, at in rows:
        found.setdefault(queue, []).append(moment(at))
    return found


def _line(db: Connection, day: int, queue: str, stop: Stop | None) -> Line:
    line = tickets.line(db, day, queue)
    oldest = None
    if line.waiting:
        row = db.execute(f"{OLDEST} WHERE state = 'waiting' AND queue = ?", (queue,))
        oldest = instant(row.fetchone()[0])
    return Line(queue, line.waiting, oldest, line.last, stop)


def _calls(db: Connection, centre: Centre, day: int) -> tuple[Call, ...]:
    """Of each hall its newest ones, so that a busy hall never pushes a quiet one's calls from its wall."""
    halls = [centre.counters_in(hall.id) for hall in centre.halls]
    found = [call for here in halls for call in tickets.newest_calls(db, day, here, CALLS_OF_A_HALL)]
    return tuple(sorted(found, key=lambda call: call.seq))


def _serving(db: Connection) -> list[Ticket]:
    rows = db.execute("SELECT id FROM tickets WHERE state = 'called'").fetchall()
    return [tickets.load(db, row[0]) for row in rows]


def position(db: Connection, ticket: Ticket) -> int:
    """How many wait before this ticket in its queue."""
    if ticket.state is not TicketState.WAITING:
        return 0
    row = db.execute(
        "SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = ? AND (key, turn, id) < (?, ?, ?)",
        (ticket.queue, ticket.key, ticket.turn, ticket.id),
    ).fetchone()
    return int(row[0])
