"""Programs that are told of numbers, and the outbox of what they are told. One message a kind, ticket and cause.

A ticket's moves are read after `store.moves` has made them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from domain.events import MessageGivenUp, MessagesResent, MessageTaken, ReceiverAdded, ReceiverRemoved
from domain.queue_events import (
    ActUndone,
    DayOpened,
    TicketCalled,
    TicketLeft,
    TicketRekeyed,
    TicketReturned,
    TicketTransferred,
)
from domain.receivers import MessageKind
from domain.tickets import TicketState, shown_number
from store import moves
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects
from store.tickets import label as day_label

LEASE = "receiver"
KEPT_DAYS = 1  # beside the day that is open


@dataclass(frozen=True, slots=True)
class Receiver:
    """One program; an empty address: it fetches by itself."""

    id: int
    label: str
    address: str
    ahead: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a receiver is told of one ticket; `since` (ms): from when on it may be too late."""

    id: int
    receiver: int
    kind: MessageKind
    ticket: int
    prefix: str
    n: int
    kept_from: date | None
    queue: str
    ahead: int | None
    counter: int | None
    at: datetime
    state: str
    since: int
    attempts: int = 0

    @property
    def number(self) -> str:
        """The number as people see it."""
        return shown_number(self.prefix, self.n, self.kept_from)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a receiver's messages of these days stand: how many wait, were taken and given up, and the last word."""

    waiting: int = 0
    taken: int = 0
    given_up: int = 0
    taken_at: datetime | None = None
    reason: str = ""


NO_MESSAGES = Standing()


@projects(ReceiverAdded)
def _added(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    row = (recorded.seq, e.label, e.address, e.ahead, recorded.at)
    db.execute("INSERT INTO receivers VALUES (?, ?, ?, ?, ?, NULL)", row)


@projects(ReceiverRemoved)
def _removed(db: Connection, recorded: Recorded) -> None:
    receiver = recorded.event.receiver
    db.execute("UPDATE receivers SET removed_at = ? WHERE id = ?", (recorded.at, receiver))
    db.execute("DELETE FROM receiver_messages WHERE receiver = ?", (receiver,))


@projects(DayOpened)
def _forget(db: Connection, recorded: Recorded) -> None:
    db.execute("DELETE FROM receiver_messages WHERE day < ?", (recorded.event.day - KEPT_DAYS,))


@projects(TicketCalled)
def _called(db: Connection, recorded: Recorded) -> None:
    receivers = all_receivers(db)
    _tell(db, recorded, receivers, MessageKind.CALLED, recorded.event.counter)
    _tell_near(db, recorded, receivers)


@projects(TicketLeft)
def _left(db: Connection, recorded: Recorded) -> None:
    receivers = all_receivers(db)
    _tell(db, recorded, receivers, MessageKind.LEFT)
    _tell_near(db, recorded, receivers)


@projects(TicketRekeyed)
def _rekeyed(db: Connection, recorded: Recorded) -> None:
    _tell_near(db, recorded, all_receivers(db))


@projects(TicketReturned, TicketTransferred)
def _waits_again(db: Connection, recorded: Recorded) -> None:
    _tell(db, recorded, all_receivers(db), MessageKind.WAITING)


@projects(ActUndone)
def _undone(db: Connection, recorded: Recorded) -> None:
    """Whoever heard of a call or a leaving hears that the number waits again; one given by mistake is gone."""
    receivers, e = all_receivers(db), recorded.event
    undone = moves.move(db, e.act) if receivers and e.ticket else None
    if undone is None:
        return
    if not e.standing:
        _tell(db, recorded, receivers, MessageKind.LEFT)
    elif undone.kind in ("call", "leave") and e.standing[0] == TicketState.WAITING:
        _tell(db, recorded, receivers, MessageKind.WAITING)


@projects(MessageTaken)
def _taken(db: Connection, recorded: Recorded) -> None:
    _end(db, recorded, "taken", "")


@projects(MessageGivenUp)
def _given_up(db: Connection, recorded: Recorded) -> None:
    _end(db, recorded, "given-up", recorded.event.reason)


def _end(db: Connection, recorded: Recorded, state: str, answer: str) -> None:
    db.execute(
        "UPDATE receiver_messages SET state = ?, answer = ?, ended_at = ? WHERE id = ? AND state = 'queued'",
        (state, answer, recorded.at, recorded.event.message),
    )


@projects(MessagesResent)
def _resent(db: Connection, recorded: Recorded) -> None:
    db.execute(
        "UPDATE receiver_messages SET state = 'queued', since = ?, ended_at = NULL, answer = ''"
        " WHERE receiver = ? AND state = 'given-up'",
        (recorded.at, recorded.event.receiver),
    )


def _tell(
    db: Connection, recorded: Recorded, receivers: Iterable[Receiver], kind: MessageKind, counter: int | None = None
) -> None:
    for receiver in receivers:
        _insert(db, recorded, receiver, kind, recorded.event.ticket, recorded.seq, counter=counter)


def _tell_near(db: Connection, recorded: Recorded, receivers: list[Receiver]) -> None:
    """Whoever stands near the head of the line that has just moved, each once."""
    if not receivers:
        return
    rows = db.execute(
        "SELECT id FROM tickets WHERE state = 'waiting' AND queue = (SELECT queue FROM tickets WHERE id = ?)"
        " ORDER BY key, turn, id LIMIT ?",
        (recorded.event.ticket, max(receiver.ahead for receiver in receivers) + 1),
    )
    for ahead, (ticket,) in enumerate(rows.fetchall()):
        for receiver in receivers:
            if ahead <= receiver.ahead:
                _insert(db, recorded, receiver, MessageKind.NEAR, ticket, 0, ahead=ahead)


def _insert(
    db: Connection, recorded: Recorded, receiver: Receiver, kind: MessageKind, ticket: int, cause: int, *,
    ahead: int | None = None, counter: int | None = None,
) -> None:  # fmt: skip
    """`cause` 0: told once for a ticket, whatever happens."""
    state = "queued" if receiver.address else "kept"
    db.execute(
        "INSERT OR IGNORE INTO receiver_messages (receiver, day, ticket, kind, cause, ahead, counter, at, state,"
        " since, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        (receiver.id, recorded.day, ticket, kind, cause, ahead, counter, recorded.at, state, recorded.at),
    )


def all_receivers(db: Connection) -> list[Receiver]:
    """The receivers of now, oldest first."""
    rows = db.execute(
        "SELECT id, label, address, ahead, added_at FROM receivers WHERE removed_at IS NULL ORDER BY id"
    )
    return [Receiver(id_, name, address, ahead, moment(at)) for id_, name, address, ahead, at in rows]


def receiver(db: Connection, number: int) -> Receiver | None:
    """One receiver, None when it was removed or never was."""
    return next((found for found in all_receivers(db) if found.id == number), None)


_MESSAGE = (
    "m.id, m.receiver, m.kind, m.ticket, t.prefix, t.n, t.kept_from, t.queue, m.ahead, m.counter, m.at, m.state,"
    " m.since"
)
_FROM = "receiver_messages m JOIN tickets t ON t.id = m.ticket"
_LEASED = f"{_FROM} LEFT JOIN leases l ON l.kind = '{LEASE}' AND l.job = m.id"


def _message(row: tuple) -> Message:  # type: ignore[type-arg]
    id_, number, kind, ticket, prefix, n, kept, queue, ahead, counter, at, state, since, *attempts = row
    return Message(
        id_, number, MessageKind(kind), ticket, prefix, n, day_label(kept), queue, ahead, counter, moment(at),
        state, since, *attempts,
    )  # fmt: skip


def next_message(db: Connection, number: int, now: int) -> Message | None:
    """A receiver's oldest message that may go: nobody holds it, and nothing of its ticket waits before it."""
    row = db.execute(
        f"SELECT {_MESSAGE}, coalesce(l.attempts, 0) FROM {_LEASED} WHERE m.receiver = ? AND m.state = 'queued'"
        " AND coalesce(l.until, 0) <= ? AND NOT EXISTS (SELECT 1 FROM receiver_messages b"
        " WHERE b.receiver = m.receiver AND b.ticket = m.ticket AND b.id < m.id AND b.state = 'queued')"
        " ORDER BY m.id LIMIT 1",
        (number, now),
    ).fetchone()
    return _message(row) if row else None


def attempts_of(db: Connection, message: int) -> int:
    """How often this message has been taken out so far."""
    row = db.execute("SELECT attempts FROM leases WHERE kind = ? AND job = ?", (LEASE, message)).fetchone()
    return int(row[0]) if row else 0


def messages_after(db: Connection, number: int, after: int, most: int) -> list[Message]:
    """The next messages of a receiver above a number, oldest first: a feed that misses nothing."""
    rows = db.execute(
        f"SELECT {_MESSAGE} FROM {_FROM} WHERE m.receiver = ? AND m.id > ? ORDER BY m.id LIMIT ?",
        (number, after, most),
    )
    return [_message(row) for row in rows]


def standings(db: Connection) -> dict[int, Standing]:
    """How the messages of each receiver stand; the reason is that of the newest that was given up."""
    rows = db.execute(
        "SELECT receiver, sum(state = 'queued'), sum(state = 'taken'), sum(state = 'given-up'),"
        " max(CASE WHEN state = 'taken' THEN ended_at END) FROM receiver_messages GROUP BY receiver"
    ).fetchall()
    return {
        number: Standing(waiting, taken, given_up, instant(at), _newest_reason(db, number))
        for number, waiting, taken, given_up, at in rows
    }


def _newest_reason(db: Connection, number: int) -> str:
    row = db.execute(
        "SELECT answer FROM receiver_messages WHERE receiver = ? AND state = 'given-up'"
        " ORDER BY ended_at DESC, id DESC LIMIT 1",
        (number,),
    ).fetchone()
    return row[0] if row else ""


def keep_secret(db: Connection, number: int, sealed: bytes) -> None:
    """Put a receiver's sealed signing secret into the vault."""
    db.execute("INSERT INTO receiver_secrets VALUES (?, ?)", (number, sealed))


def sealed_secret(db: Connection, number: int) -> bytes | None:
    """A receiver's sealed signing secret."""
    row = db.execute("SELECT sealed FROM receiver_secrets WHERE receiver = ?", (number,)).fetchone()
    return row[0] if row else None


def drop_secret(db: Connection, number: int) -> None:
    """Nothing is signed for this receiver any more."""
    db.execute("DELETE FROM receiver_secrets WHERE receiver = ?", (number,))
