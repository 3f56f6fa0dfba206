"""Dossiers. What was written of them stands sealed in the vault."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.events import DossierReceived
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Dossier:
    """A received dossier without what was written of it; `status` is the portal's number 1..10."""

    code: str
    day: int
    ticket: int | None
    counter: int
    person: str
    procedure: str
    agency: str
    particulars: int
    received_at: datetime
    due: datetime | None
    status: int
    facts: dict[str, Any]


_COLUMNS = "code, day, ticket, counter, person, procedure, agency, particulars, received_at, due, status, facts"


def _dossier(row: tuple) -> Dossier:  # type: ignore[type-arg]
    (code, day, ticket, counter, person, procedure, agency, particulars, received, due, status, facts) = row
    return Dossier(
        code, day, ticket, counter, person, procedure, agency, particulars,
        moment(received), instant(due), status, json.loads(facts),
    )  # fmt: skip


def find(db: Connection, code: str) -> Dossier | None:
    """The dossier with this code."""
    row = db.execute(f"SELECT {_COLUMNS} FROM dossiers WHERE code = ?", (code,)).fetchone()
    return _dossier(row) if row else None


def newest(db: Connection, count: int = 50, counter: int | None = None) -> list[Dossier]:
    """The dossiers received last, newest first, at one counter or at all."""
    here, values = ("", (count,)) if counter is None else ("WHERE counter = ?", (counter, count))
    rows = db.execute(f"SELECT {_COLUMNS} FROM dossiers {here} ORDER BY seq DESC LIMIT ?", values)
    return [_dossier(row) for row in rows]


def last_number(db: Connection, prefix: str) -> int:
    """The highest number given under '<agency>-<yyMMdd>-'; 0 when none. Numbers are never reused."""
    row = db.execute(
        "SELECT max(CAST(substr(code, ?) AS INTEGER)) FROM dossiers WHERE code >= ? AND code < ?",
        (len(prefix) + 1, prefix, prefix + "~"),
    ).fetchone()
    return int(row[0] or 0)


def keep_particulars(db: Connection, sealed: bytes) -> int:
    """Put sealed particulars into the vault; gives the number that events name."""
    return int(db.execute("INSERT INTO particulars (sealed) VALUES (?) RETURNING id", (sealed,)).fetchone()[0])


def sealed_particulars(db: Connection, particulars: int) -> bytes:
    """The sealed particulars of one dossier."""
    return bytes(db.execute("SELECT sealed FROM particulars WHERE id = ?", (particulars,)).fetchone()[0])


@projects(DossierReceived)
def _received(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    facts = {
        "owner_kind": e.owner_kind, "channel": e.channel, "delivery": e.delivery, "due_rule": e.due_rule,
        "calendar": e.calendar,
    }  # fmt: skip
    db.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 2, ?)",
        (e.code, recorded.seq, recorded.day, e.ticket, e.counter, e.person, e.procedure, e.agency, e.particulars,
         recorded.at, e.due, json.dumps(facts, ensure_ascii=False)),
    )  # fmt: skip
