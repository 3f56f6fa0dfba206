"""One consistent look at the whole hall: what walls, counters and managers show."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.centres import Centre
from domain.days import Day
from domain.tickets import Ticket, TicketState
from store import centres, counters, days, notices, tickets
from store.centres import Stop
from store.counters import Alarm, Pause, Shift, Skills
from store.database import Connection
from store.instants import moment
from store.notices import Notice
from store.tickets import Call

NOTICES_SHOWN = 12
CALLS_OF_A_HALL = 48  # repeats and withdrawals among them
OLDEST = "SELECT queue, min(min(arrived_at, base)) FROM tickets WHERE state = 'waiting' GROUP BY queue"


@dataclass(frozen=True, slots=True)
class Line:
    """One queue now: how many wait, since when the longest, which number came last; a stop may have run out."""

    queue: str
    waiting: int
    oldest: datetime | None
    last_n: int
    stop: Stop | None


class Came(NamedTuple):
    """Somebody who waits: since when (the base where a wrong clock was set right), and for one counter alone?"""

    at: datetime
    is_priority: bool
    is_directed: bool


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
    halls: tuple[frozenset[int], ...] = ()

    def stop_of(self, queue: str, now: datetime) -> Stop | None:
        """Why this queue takes nobody new at this instant, None when it does."""
        stop = self.lines[queue].stop
        return stop if stop is not None and stop.holds(now) else None

    def waiting_for(self, queues: tuple[str, ...]) -> int:
        """How many wait in these queues together."""
        return sum(self.lines[queue].waiting for queue in queues if queue in self.lines)


def read_board(db: Connection, before: Board | None = None) -> Board:
    """Read the board inside the caller's snapshot; an older one spares reading its calls again. Raises NoCentre."""
    centre = centres.current(db)
    seq = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    day = days.newest(db)
    day_id = day.id if day else 0
    halls = tuple(frozenset(centre.counters_in(hall.id)) for hall in centre.halls)
    known = before if before is not None and (before.day, before.halls) == (day, halls) else None
    told = tuple(notices.newest(db, day_id, NOTICES_SHOWN))
    return Board(
        seq, day, _lines(db, day_id, centre), _places(db, centre), _calls(db, halls, day_id, known),
        counters.alarms(db), told, halls,
    )  # fmt: skip


def _places(db: Connection, centre: Centre) -> dict[int, Place]:
    shifts, skills, pauses = counters.open_shifts(db), counters.skills_set(db), counters.pauses(db)
    serving, aside = {ticket.counter: ticket for ticket in tickets.served(db)}, tickets.parked(db)
    return {
        c.number: Place(
            c.number,
            shifts.get(c.number),
            serving.get(c.number),
            tuple(ticket for ticket in aside if ticket.counter == c.number),
            skills.get(c.number) or Skills(c.queues, c.secondary),
            pauses.get(c.number),
        )
        for c in centre.counters
    }


def _lines(db: Connection, day: int, centre: Centre) -> dict[str, Line]:
    found, stopped = tickets.lines(db, day), centres.stopped(db)
    oldest = {queue: moment(at) for queue, at in db.execute(OLDEST)}
    lines = ((queue.id, found.get(queue.id, tickets.Line())) for queue in centre.queues)
    return {q: Line(q, line.waiting, oldest.get(q), line.last, stopped.get(q)) for q, line in lines}


def arrivals(db: Connection) -> dict[str, list[Came]]:
    """Everybody who waits now, by queue, who came first before the others."""
    found: dict[str, list[Came]] = {}
    rows = db.execute(
        "SELECT queue, min(arrived_at, base), priority IS NOT NULL, directed FROM tickets WHERE state = 'waiting'"
        " ORDER BY 2"
    )
    for queue, at, is_priority, is_directed in rows:
        found.setdefault(queue, []).append(Came(moment(at), bool(is_priority), bool(is_directed)))
    return found


def _calls(db: Connection, halls: tuple[frozenset[int], ...], day: int, known: Board | None) -> tuple[Call, ...]:
    """Of each hall its newest ones, so that a busy hall never pushes a quiet one's calls from its wall."""
    found: list[Call] = []
    for here in halls:
        fresh = tickets.newest_calls(db, day, here, CALLS_OF_A_HALL, known.seq if known else 0)
        before = [call for call in known.calls if call.counter in here] if known else []
        found += [*before, *reversed(fresh)][-CALLS_OF_A_HALL:]
    return tuple(sorted(found, key=lambda call: call.seq))


def position(db: Connection, ticket: Ticket) -> int:
    """How many wait before this ticket in its queue."""
    if ticket.state is not TicketState.WAITING:
        return 0
    row = db.execute(
        "SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = ? AND (key, turn, id) < (?, ?, ?)",
        (ticket.queue, ticket.key, ticket.turn, ticket.id),
    ).fetchone()
    return int(row[0])
