"""Tickets, the lines they stand in, the calls, and every move of a ticket with how it stood before."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from domain.errors import NotFound, msgid
from domain.routing import Head
from domain.tickets import Ticket, TicketState, milliseconds, shown_number
from domain.waiting.ranges import Wait
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded

_COLUMNS = (
    "id, day, queue, prefix, n, state, key, arrived_at, ahead, language, priority, counter, called_at, ended_at,"
    " home, started_at, outcome, for_counter, for_person, note, kept_from, slot, base, turn, wait"
)


class UnknownTicket(NotFound):
    text = msgid("Không tìm thấy số này. Có thể số đã thuộc về một ngày trước.")


@dataclass(frozen=True, slots=True)
class Call:
    """One announcement: `seq` orders all of them; `kind` is call, recall or withdrawn.

    A call in order has an empty `reason`, the `key` that decided, and who was the runner-up, if anybody.
    """

    seq: int
    ticket: int
    prefix: str
    n: int
    counter: int
    at: datetime
    kind: str
    kept_from: date | None = None
    reason: str = ""
    policy: str = "due"
    key: int | None = None
    runner_up: int | None = None

    @property
    def number(self) -> str:
        """The number as people see it."""
        return shown_number(self.prefix, self.n, self.kept_from)


def _ticket(row: tuple) -> Ticket:  # type: ignore[type-arg]
    (id_, day, queue, prefix, n, state, key, arrived, ahead, language, priority, counter, called, ended,
     home, started, outcome, for_counter, for_person, note, kept_from, slot, base, turn, wait) = row  # fmt: skip
    return Ticket(
        id_, day, queue, prefix, n, TicketState(state), key, moment(arrived), ahead,
        language, priority, counter, instant(called), instant(ended),
        home, instant(started), outcome, for_counter, for_person, note, label(kept_from), instant(slot),
        moment(base), turn, promise(wait),
    )  # fmt: skip


def promise(text: str | None) -> Wait | None:
    """The range of minutes that a slip promised."""
    return _range(json.loads(text)) if text else None


def _range(ends: Sequence[int] | None) -> Wait | None:
    """The range of [low, high], without an end above two hours."""
    if not ends:
        return None
    return Wait(ends[0], ends[1] if len(ends) > 1 else None)


def label(text: str | None) -> date | None:
    """The date of a day's label."""
    return date.fromisoformat(text) if text else None


def load(db: Connection, ticket: int) -> Ticket:
    """The ticket with this id. Raises UnknownTicket."""
    row = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE id = ?", (ticket,)).fetchone()
    if row is None:
        raise UnknownTicket()
    return _ticket(row)


def issued(recorded: Recorded, newest: datetime) -> Ticket:
    """The ticket of an issue just recorded, in a line with this newest arrival; the file is not asked again."""
    e = recorded.event
    came = moment(recorded.at if e.came is None else e.came)
    return Ticket(
        recorded.seq, recorded.day, e.queue, e.prefix, e.n, TicketState.WAITING, e.key, came,
        e.ahead, e.language, e.priority, home=e.queue, slot=instant(e.slot), base=max(came, newest),
        turn=float(recorded.seq), promised=_range(e.wait),
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


def lines(db: Connection, day: int) -> dict[str, Line]:
    """All lines of this day by queue."""
    rows = db.execute("SELECT queue, last_n, waiting, newest FROM lines WHERE day = ?", (day,))
    return {queue: Line(last, waiting, moment(newest)) for queue, last, waiting, newest in rows}


def numbers_given(db: Connection, day: int, queue: str) -> set[int]:
    """The numbers of this queue that were given on this day."""
    return {row[0] for row in db.execute("SELECT n FROM tickets WHERE day = ? AND home = ?", (day, queue))}


def waiting_before(db: Connection, queue: str, key: int) -> int:
    """How many wait in the queue with an earlier due moment."""
    row = db.execute(
        "SELECT count(*) FROM tickets WHERE state = 'waiting' AND queue = ? AND key < ?", (queue, key)
    ).fetchone()
    return int(row[0])


def heads(db: Connection, counter: int, person: str, queues: Iterable[str]) -> list[Head]:
    """The first two waiting tickets of each queue, privileged and ordinary, and of those for this place alone."""
    found = []
    for queue in queues:
        for privileged in (False, True):
            rows = db.execute(
                "SELECT id, key, turn FROM tickets WHERE state = 'waiting' AND queue = ? AND directed = 0"
                " AND privileged = ? ORDER BY key, turn, id LIMIT 2",
                (queue, privileged),
            )
            found += [Head(ticket, queue, key, privileged, turn) for ticket, key, turn in rows]
    rows = db.execute(
        "SELECT id, queue, key, privileged, turn FROM tickets WHERE state = 'waiting' AND directed = 1"
        " AND for_counter = ? UNION SELECT id, queue, key, privileged, turn FROM tickets WHERE state = 'waiting'"
        " AND directed = 1 AND for_counter IS NULL AND for_person = ?",
        (counter, person),
    )
    return found + [
        Head(ticket, queue, key, bool(privileged), turn) for ticket, queue, key, privileged, turn in rows
    ]


def at_counter(db: Connection, counter: int) -> Ticket | None:
    """The ticket that this counter is serving."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE state = 'called' AND counter = ?", (counter,)
    ).fetchone()
    return _ticket(row) if row else None


def served(db: Connection) -> list[Ticket]:
    """The tickets that are being served anywhere."""
    return [_ticket(row) for row in db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE state = 'called'")]


def parked_at(db: Connection, counter: int) -> list[Ticket]:
    """The tickets set aside at this counter, in the order of their keys."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE state = 'parked' AND counter = ? ORDER BY key, id", (counter,)
    )
    return [_ticket(row) for row in rows]


def parked(db: Connection) -> list[Ticket]:
    """All tickets set aside anywhere."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE state = 'parked' AND counter > 0 ORDER BY key, id")
    return [_ticket(row) for row in rows]


def absent_since(db: Connection, day: int, since: int) -> list[Ticket]:
    """Who did not come when called after this instant (ms) of the day, latest first, never in a chance order."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE state = 'absent' AND ended_at >= ? AND day <= ?"
        " ORDER BY ended_at DESC, id DESC",
        (since, day),
    )
    return [_ticket(row) for row in rows]


def waiting_in(db: Connection, queue: str, most: int) -> list[Ticket]:
    """The first of those who wait in this queue, in the order of their keys."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE state = 'waiting' AND queue = ? ORDER BY key, turn, id LIMIT ?",
        (queue, most),
    )
    return [_ticket(row) for row in rows]


def waiting_ahead_of(db: Connection, now: datetime) -> list[Ticket]:
    """Who waits with an arrival or a key that has not come yet because the clock was wrong.

    Not who came in time for a later slot, nor who asked for more time and stands behind somebody with such a key.
    """
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets t WHERE state = 'waiting' AND (base > ?1 OR key > ?1 AND NOT EXISTS"
        " (SELECT 1 FROM tickets s WHERE s.key = t.key AND s.slot IS NOT NULL AND s.base <= ?1 AND s.turn = s.id))"
        " ORDER BY key, turn, id",
        (milliseconds(now),),
    )
    return [_ticket(row) for row in rows]


def queues_in_use(db: Connection) -> set[str]:
    """The queues in which somebody waits, is served or is set aside."""
    states = " UNION ".join(
        f"SELECT queue FROM tickets WHERE state = '{state}'" for state in ("waiting", "called", "parked")
    )
    return {row[0] for row in db.execute(states)}


def waiting_lines(db: Connection) -> dict[str, list[Ticket]]:
    """Everybody who waits, by queue, in the order of their keys."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE state = 'waiting' ORDER BY queue, key, turn, id")
    return {queue: list(line) for queue, line in groupby(map(_ticket, rows), key=lambda ticket: ticket.queue)}


def by_number(db: Connection, day: int, prefix: str, n: int) -> list[Ticket]:
    """The tickets of this number that may be meant on this day: today's, and kept ones from before."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE prefix = ? AND n = ? AND (day = ? OR kept_from IS NOT NULL)"
        " AND day > ? ORDER BY day DESC",
        (prefix, n, day, day - 60),
    )
    return [_ticket(row) for row in rows]


def given_between(db: Connection, day: int, queue: str, first: int, last: int) -> list[Ticket]:
    """The numbers that this queue gave between two instants (ms): to find whose slip was lost."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM tickets WHERE day = ? AND home = ? AND arrived_at BETWEEN ? AND ? ORDER BY n",
        (day, queue, first, last),
    )
    return [_ticket(row) for row in rows]


def are_given(db: Connection, day: int) -> bool:
    """Whether any number was given on this business day, or kept for it."""
    row = db.execute(
        "SELECT 1 FROM tickets WHERE day = ? UNION ALL SELECT 1 FROM tickets WHERE state = 'waiting' LIMIT 1",
        (day,),
    )
    return row.fetchone() is not None


def of_day(db: Connection, day: int) -> list[Ticket]:
    """All tickets of one business day in the order of issue."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE day = ? ORDER BY id", (day,))
    return [_ticket(row) for row in rows]


_CALLS = (
    "SELECT c.seq, c.ticket, t.prefix, t.n, c.counter, c.at, c.kind, t.kept_from, c.reason, c.policy, c.key,"
    " c.runner_up FROM calls c JOIN tickets t ON t.id = c.ticket"
)


def newest_calls(db: Connection, day: int, counters: Iterable[int], most: int, after: int = 0) -> list[Call]:
    """The newest `most` calls of the day to these counters above `after`, newest first."""
    return _calls_to(db, counters, "c.day = ? AND c.seq > ?", (day, after), "DESC", most)


def calls_after(db: Connection, day: int, counters: Iterable[int], after: int, most: int) -> list[Call]:
    """The next `most` calls of the day to these counters above `after`, oldest first: none is left out."""
    return _calls_to(db, counters, "c.day = ? AND c.seq > ?", (day, after), "ASC", most)


def _calls_to(
    db: Connection, counters: Iterable[int], where: str, values: tuple[int, ...], order: str, most: int
) -> list[Call]:
    places = sorted(counters)
    marks = ", ".join("?" * len(places))
    rows = db.execute(
        f"{_CALLS} WHERE {where} AND c.counter IN ({marks}) ORDER BY c.seq {order} LIMIT ?",
        (*values, *places, most),
    )
    return [_call(row) for row in rows]


def calls_before(db: Connection, day: int, before: int, most: int) -> list[Call]:
    """The newest calls of the day, recalls left out, with a number below `before`, newest first."""
    rows = db.execute(
        f"{_CALLS} WHERE c.day = ? AND c.seq < ? AND c.kind = 'call' ORDER BY c.seq DESC LIMIT ?",
        (day, before, most),
    )
    return [_call(row) for row in rows]


def call(db: Connection, seq: int) -> Call | None:
    """One call by its number."""
    row = db.execute(f"{_CALLS} WHERE c.seq = ?", (seq,)).fetchone()
    return _call(row) if row else None


def _call(row: tuple) -> Call:  # type: ignore[type-arg]
    seq, ticket, prefix, n, counter, at, kind, kept_from, reason, policy, key, runner_up = row
    return Call(
        seq, ticket, prefix, n, counter, moment(at), kind, label(kept_from), reason, policy, key, runner_up
    )  # fmt: skip


def lately_privileged(db: Connection, counter: int, most: int) -> list[bool]:
    """Of the counter's last calls in order, newest first and none taken back, which were of privileged tickets."""
    rows = db.execute(
        "SELECT privileged FROM calls WHERE counter = ? AND kind = 'call' AND reason = ''"
        " AND NOT EXISTS (SELECT 1 FROM moves WHERE moves.seq = calls.seq AND undone) ORDER BY seq DESC LIMIT ?",
        (counter, most),
    )
    return [bool(row[0]) for row in rows]


def giver(db: Connection, ticket: int) -> str | None:
    """Which device or person gave this ticket."""
    row = db.execute("SELECT kiosk FROM tickets WHERE id = ?", (ticket,)).fetchone()
    return row[0] if row else None
