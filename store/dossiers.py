"""Dossiers. Who applied stands sealed in the vault, under the applicant's number."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.events import DossierReceived
from store.database import Connection
from store.journal import Recorded, projects
from store.tickets import instant, moment


@dataclass(frozen=True, slots=True)
class Dossier:
    """A received dossier without its applicant's data; `status` is the portal's number 1..10."""

    code: str
    day: int
    ticket: int | None
    counter: int
    person: str
    procedure: str
    agency: str
    applicant: int
    received_at: datetime
    due: datetime | None
    status: int
    facts: dict[str, Any]


_COLUMNS = "code, day, ticket, counter, person, procedure, agency, applicant, received_at, due, status, facts"


def _dossier(row: tuple) -> Dossier:  # type: ignore[type-arg]
    (code, day, ticket, counter, person, procedure, agency, applicant, received, due, status, facts) = row
    return Dossier(
        code, day, ticket, counter, person, procedure, agency, applicant,
        moment(received), instant(due), status, json.loads(facts),
    )  # fmt: skip


def find(db: Connection, code: str) -> Dossier | None:
    """The dossier with this code."""
    row = db.execute(f"SELECT {_COLUMNS} FROM dossiers WHERE code = ?", (code,)).fetchone()
    return _dossier(row) if row else None


def newest(db: Connection, count: int = 50, counter: int | None = None) -> list[Dossier]:
    """The dossiers received last, newest first, at one counter or at all."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM dossiers WHERE ?1 IS NULL OR counter = ?1 ORDER BY seq DESC LIMIT ?2",
        (counter, count),
    )
    return [_dossier(row) for row in rows]


def last_number(db: Connection, prefix: str) -> int:
    """The highest number given under '<agency>-<yyMMdd>-'; 0 when none. Numbers are never reused."""
    row = db.execute(
        "SELECT max(CAST(substr(code, ?) AS INTEGER)) FROM dossiers WHERE code >= ? AND code < ?",
        (len(prefix) + 1, prefix, prefix + "~"),
    ).fetchone()
    return int(row[0] or 0)


def keep_applicant(db: Connection, sealed: bytes) -> int:
    """Put a sealed applicant into the vault; gives the number that events name."""
    return int(db.execute("INSERT INTO applicants (sealed) VALUES (?) RETURNING id", (sealed,)).fetchone()[0])


def sealed_applicant(db: Connection, applicant: int) -> bytes:
    """The sealed data of one applicant."""
    return bytes(db.execute("SELECT sealed FROM applicants WHERE id = ?", (applicant,)).fetchone()[0])


@projects(DossierReceived)
def _received(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    facts = {
        "owner_kind": e.owner_kind, "channel": e.channel, "delivery": e.delivery, "due_rule": e.due_rule,
        "calendar": e.calendar, "documents": e.documents, "summary": e.summary,
    }  # fmt: skip
    db.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 2, ?)",
        (e.code, recorded.seq, recorded.day, e.ticket, e.counter, e.person, e.procedure, e.agency, e.applicant,
         recorded.at, e.due, json.dumps(facts, ensure_ascii=False)),
    )  # fmt: skip
