"""How tickets move: every change of a ticket, with how it stood before, so that it can be explained and undone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.queue_events import (
    ActUndone,
    PaperVisit,
    ServiceStarted,
    TicketCalled,
    TicketFinished,
    TicketIssued,
    TicketLeft,
    TicketMissed,
    TicketParked,
    TicketRecalled,
    TicketRekeyed,
    TicketReturned,
    TicketTransferred,
)
from domain.tickets import TicketState
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

# What a move may change, and what taking it back restores.
STANDING = (
    "state", "queue", "key", "priority", "privileged", "counter", "called_at", "started_at", "ended_at", "outcome",
    "for_counter", "for_person", "directed", "note", "base", "turn",
)  # fmt: skip
_STATE, _QUEUE = STANDING.index("state"), STANDING.index("queue")


class AlreadyCalled(RuntimeError):
    """The ticket does not stand where the event takes it from: somebody else was first."""


@dataclass(frozen=True, slots=True)
class Move:
    """One act on one ticket, by whom, at which counter (0: none), and how the ticket stood before."""

    seq: int
    ticket: int
    counter: int
    who: str
    kind: str
    at: datetime
    standing: list[Any]
    undone: bool


_MOVES = "SELECT seq, ticket, counter, who, kind, at, standing, undone FROM moves"


def _move(row: tuple) -> Move:  # type: ignore[type-arg]
    seq, ticket, counter, who, kind, at, standing, undone = row
    return Move(seq, ticket, counter, who, kind, moment(at), json.loads(standing), bool(undone))


def last_move_at(db: Connection, counter: int) -> Move | None:
    """The newest move made at this counter."""
    row = db.execute(f"{_MOVES} WHERE counter = ? ORDER BY seq DESC LIMIT 1", (counter,)).fetchone()
    return _move(row) if row else None


def move(db: Connection, seq: int) -> Move | None:
    """The move of one journal number."""
    row = db.execute(f"{_MOVES} WHERE seq = ?", (seq,)).fetchone()
    return _move(row) if row else None


def moves_of(db: Connection, ticket: int) -> list[Move]:
    """All moves of one ticket, oldest first."""
    return [_move(row) for row in db.execute(f"{_MOVES} WHERE ticket = ? ORDER BY seq", (ticket,))]


_BASE = "max(?, coalesce((SELECT newest FROM lines WHERE ? AND day = ? AND queue = ?), 0))"


@projects(TicketIssued)
def _issued(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    came = recorded.at if e.came is None else e.came
    db.execute(
        "INSERT INTO tickets (id, day, queue, prefix, n, state, key, arrived_at, ahead, language, priority, kiosk,"
        " home, privileged, slot, appointment, base, directed, note, turn, wait)"
        # After the clock went back a new class must not pass the line either: the base is that of the key.
        f" VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {_BASE}, 0, '', ?, ?)",
        (recorded.seq, recorded.day, e.queue, e.prefix, e.n, e.key, came, e.ahead, e.language, e.priority,
         recorded.who, e.queue, e.priority is not None or e.slot is not None, e.slot, e.appointment, came,
         e.came is None, recorded.day, e.queue, recorded.seq, json.dumps(e.wait) if e.wait else None),
    )  # fmt: skip
    db.execute(
        "INSERT INTO lines VALUES (?, ?, ?, 1, ?) ON CONFLICT (day, queue)"
        " DO UPDATE SET last_n = max(last_n, excluded.last_n), waiting = waiting + 1,"
        " newest = max(newest, excluded.newest)",
        (recorded.day, e.queue, e.n, came),
    )
    if e.counter is not None:
        row = (recorded.seq, recorded.seq, e.counter, recorded.who, "issue", recorded.at)
        db.execute("INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, '[]', 0)", row)


@projects(TicketCalled)
def _called(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    before = _change(
        db, recorded, "call", ("waiting", "parked"), state="called", counter=e.counter, called_at=recorded.at,
        started_at=None, for_counter=None, for_person=None, directed=0, note="",
    )  # fmt: skip
    _announce(db, recorded, "call", e.person, e.reason, e.policy, before["key"], e.runner_up, before["privileged"])


@projects(TicketRecalled)
def _recalled(db: Connection, recorded: Recorded) -> None:
    _change(db, recorded, "recall", ("called",))
    _announce(db, recorded, "recall", recorded.who)


def _announce(
    db: Connection, recorded: Recorded, kind: str, person: str, reason: str = "", policy: str = "",
    key: int | None = None, runner_up: int | None = None, privileged: bool = False,
) -> None:  # fmt: skip
    e = recorded.event
    db.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, recorded.day, e.ticket, e.counter, recorded.at, kind, person, reason, policy, key, runner_up,
         privileged),
    )  # fmt: skip


@projects(ServiceStarted)
def _started(db: Connection, recorded: Recorded) -> None:
    _change(db, recorded, "start", ("called",), started_at=recorded.at)


@projects(TicketFinished)
def _finished(db: Connection, recorded: Recorded) -> None:
    _change(
        db, recorded, "finish", ("called",), state="finished", ended_at=recorded.at, outcome=recorded.event.outcome
    )


@projects(TicketMissed)
def _missed(db: Connection, recorded: Recorded) -> None:
    _change(db, recorded, "absent", ("called",), state="absent", ended_at=recorded.at)


@projects(TicketParked)
def _parked(db: Connection, recorded: Recorded) -> None:
    _change(db, recorded, "park", ("called",), state="parked", note=recorded.event.note)


@projects(TicketTransferred)
def _transferred(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _change(
        db, recorded, "transfer", ("called", "parked"), state="waiting", queue=e.queue, note=e.note, counter=None,
        called_at=None, started_at=None, for_counter=e.for_counter, for_person=e.for_person,
        directed=int(e.for_counter is not None or e.for_person is not None),
    )  # fmt: skip


@projects(TicketReturned)
def _returned(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    after_grace = {} if e.within_grace else {"base": recorded.at, "turn": e.ticket}
    _change(
        db, recorded, "return", ("absent",), e.counter or 0, state="waiting", key=e.key, counter=None,
        called_at=None, started_at=None, ended_at=None, **after_grace,
    )  # fmt: skip


@projects(TicketRekeyed)
def _rekeyed(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    slot = db.execute("SELECT slot FROM tickets WHERE id = ?", (e.ticket,)).fetchone()
    privileged = int(e.priority is not None or (slot is not None and slot[0] is not None))
    kind = "delay" if e.reason == "more-time" else "rekey"
    _change(
        db, recorded, kind, ("waiting", "called", "parked"), e.counter or 0, key=e.key, priority=e.priority,
        privileged=privileged, turn=e.ticket if e.turn is None else e.turn,
        **({} if e.base is None else {"base": e.base}),
    )  # fmt: skip


@projects(PaperVisit)
def _was_served(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _change(
        db, recorded, "paper", ("waiting",), state="finished", counter=e.served_at, called_at=e.called,
        started_at=e.called, ended_at=e.ended, outcome="served",
    )  # fmt: skip


@projects(TicketLeft)
def _left(db: Connection, recorded: Recorded) -> None:
    was, counter = ("waiting", "absent", "parked"), recorded.event.counter or 0
    _change(db, recorded, "leave", was, counter, state="left", ended_at=recorded.at)


@projects(ActUndone)
def _undone(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    restored = (
        dict(zip(STANDING, e.standing, strict=False)) if e.standing else {"state": "left", "ended_at": recorded.at}
    )
    if e.ticket:
        (counter,) = db.execute("SELECT coalesce(max(counter), 0) FROM moves WHERE seq = ?", (e.act,)).fetchone()
        _change(db, recorded, "undo", tuple(TicketState), counter, **restored)
    db.execute("UPDATE moves SET undone = ? WHERE seq = ?", (recorded.seq, e.act))
    if e.withdrawn is not None:
        counter, person = db.execute("SELECT counter, person FROM calls WHERE seq = ?", (e.withdrawn,)).fetchone()
        db.execute(
            "INSERT INTO calls VALUES (?, ?, ?, ?, ?, 'withdrawn', ?, '', '', NULL, NULL, 0)",
            (recorded.seq, recorded.day, e.ticket, counter, recorded.at, person),
        )


def standing(db: Connection, ticket: int) -> list[Any] | None:
    """How the ticket stands now: the columns of STANDING."""
    row = db.execute(f"SELECT {', '.join(STANDING)} FROM tickets WHERE id = ?", (ticket,)).fetchone()
    return list(row) if row else None


def _change(db: Connection, recorded: Recorded, kind: str, was: Sequence[str], at: int | None = None,
            **changes: Any) -> dict[str, Any]:  # fmt: skip
    """The only place where a ticket moves: notes how it stood, changes it, keeps the lines in step.

    `at`: which counter may take it back, 0 none; left out: that of the event, else where the ticket stands.
    Gives the standing before. Raises AlreadyCalled when it stands in none of the states `was`.
    """
    event = recorded.event
    before = standing(db, event.ticket)
    if before is None or before[_STATE] not in was:
        raise AlreadyCalled(event.ticket)
    old = dict(zip(STANDING, before, strict=True))
    new = old | changes
    note_move(db, recorded, kind, before, (old["counter"] or 0) if at is None else at)
    if changes:
        columns = ", ".join(f"{column} = ?" for column in changes)
        db.execute(f"UPDATE tickets SET {columns} WHERE id = ?", (*changes.values(), event.ticket))
    if old["state"] == "waiting" != new["state"]:
        _count(db, recorded.day, old["queue"], -1)
    elif new["state"] == "waiting" != old["state"]:
        _count(db, recorded.day, new["queue"], 1)
    return old


def note_move(db: Connection, recorded: Recorded, kind: str, standing: list[Any], counter: int = 0) -> None:
    """Keep what was before an act, so that it can be explained and taken back. Ticket 0: an act on the counter."""
    event = recorded.event
    ticket, at = getattr(event, "ticket", 0), getattr(event, "counter", None) or counter
    db.execute(
        "INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (recorded.seq, ticket, at, recorded.who, kind, recorded.at, json.dumps(standing)),
    )


def _count(db: Connection, day: int, queue: str, by: int) -> None:
    db.execute(
        "INSERT INTO lines VALUES (?, ?, 0, ?, 0) ON CONFLICT (day, queue) DO UPDATE SET waiting = waiting + ?",
        (day, queue, by, by),
    )
