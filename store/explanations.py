"""What explains a call: the call itself and how its ticket stood just before, from the moves that were kept."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.centre_rules import Policy
from domain.explaining import Called, Change, Sent
from domain.tickets import Ticket, milliseconds
from store.database import Connection
from store.instants import instant, moment
from store.moves import STANDING
from store.tickets import label

_EVERY = (
    "SELECT c.seq, c.ticket, c.at, c.policy, c.reason, m.standing, t.arrived_at, t.home, t.slot, t.kept_from"
    " FROM calls c JOIN moves m ON m.seq = c.seq JOIN tickets t ON t.id = c.ticket"
    " WHERE c.kind = 'call'"
)
_CALLS = f"{_EVERY} AND NOT m.undone"
DELAY, RETURN = "delay", "return"


def last_call(db: Connection, ticket: int) -> Called | None:
    """The newest call of this ticket that nobody has taken back."""
    row = db.execute(f"{_CALLS} AND c.ticket = ? ORDER BY c.seq DESC LIMIT 1", (ticket,)).fetchone()
    return _called(db, row) if row else None


def call(db: Connection, seq: int) -> Called | None:
    """One call by its number, taken back or not."""
    row = db.execute(f"{_EVERY} AND c.seq = ?", (seq,)).fetchone()
    return _called(db, row) if row else None


def calls_past(db: Connection, ticket: Ticket, counters: Iterable[int], since: datetime) -> list[Called]:
    """The calls to these counters from this instant on, of tickets that came later than this one; oldest first."""
    base = milliseconds(ticket.base or ticket.arrived_at)
    found = []
    for counter in counters:
        rows = db.execute(f"{_CALLS} AND c.counter = ? ORDER BY c.seq DESC", (counter,))
        for row in rows:  # newest first: read until one is too old
            if row[2] < milliseconds(since):
                break
            if _standing(row)["base"] > base:
                found.append(row)
    return [_called(db, row) for row in sorted(found)]


def waits_so_since(db: Connection, ticket: Ticket) -> tuple[datetime, bool]:
    """From when a waiting ticket has had the key it has, and whether that is a wish for more time."""
    row = db.execute(
        "SELECT at, kind FROM moves WHERE ticket = ? AND NOT undone AND kind IN ('delay', 'rekey', 'return',"
        " 'transfer') ORDER BY seq DESC LIMIT 1",
        (ticket.id,),
    ).fetchone()
    return (moment(row[0]), row[1] == DELAY) if row else (ticket.arrived_at, False)


def has_asked_for_time(db: Connection, ticket: int) -> bool:
    """Whether the person has asked for more time; what a clerk gave, at a counter, does not count."""
    row = db.execute(
        "SELECT 1 FROM moves WHERE ticket = ? AND kind = 'delay' AND counter = 0 AND NOT undone LIMIT 1", (ticket,)
    )
    return row.fetchone() is not None


def is_self_declared(db: Connection, ticket: int) -> bool:
    """Whether the class was chosen at a kiosk, and nobody at a counter has confirmed or changed it since."""
    row = db.execute(
        "SELECT 1 FROM tickets t WHERE t.id = ? AND t.priority IS NOT NULL AND t.kiosk LIKE 'device:%'"
        " AND NOT EXISTS (SELECT 1 FROM moves m WHERE m.ticket = t.id AND m.kind = 'rekey' AND NOT m.undone)",
        (ticket,),
    )
    return row.fetchone() is not None


def _standing(row: tuple) -> dict[str, Any]:  # type: ignore[type-arg]
    return dict(zip(STANDING, json.loads(row[5]), strict=True))


def _called(db: Connection, row: tuple) -> Called:  # type: ignore[type-arg]
    seq, ticket, at, policy, reason, _, arrived, home, slot, kept_from = row
    before = _standing(row)
    return Called(
        ticket, moment(at), Policy(policy), reason, before["key"], moment(arrived), moment(before["base"]),
        instant(slot), before["priority"] is not None, _sent(before, home),
        _change(db, ticket, seq, before["base"]),
        instant(before["called_at"]) if before["state"] == "parked" else None, label(kept_from),
    )  # fmt: skip


def _sent(before: dict[str, Any], home: str) -> Sent:
    if before["for_counter"] is not None:
        return Sent.COUNTER
    if before["for_person"] is not None:
        return Sent.PERSON
    return Sent.NOWHERE if before["queue"] == home else Sent.QUEUE


def _change(db: Connection, ticket: int, call: int, base: int) -> Change:
    """What had changed the key before this call; a return within the grace only where nothing came after it."""
    rows = db.execute(
        "SELECT kind, at FROM moves WHERE ticket = ? AND seq < ? AND NOT undone AND kind <> 'undo' ORDER BY seq",
        (ticket, call),
    ).fetchall()
    keyed = [(kind, at) for kind, at in rows if kind in (DELAY, "rekey") or (kind == RETURN and at == base)]
    if keyed and keyed[-1][0] == DELAY:
        return Change.DELAYED
    if any(kind == RETURN for kind, _ in keyed):
        return Change.RETURNED
    moved = [kind for kind, _ in rows if kind not in (DELAY, "rekey")]
    return Change.BACK_IN_TIME if moved and moved[-1] == RETURN else Change.NONE
