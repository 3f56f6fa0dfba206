"""Visits that ended without a dossier of ours: turned away in writing, or noted by a ministry's reference only."""

from dataclasses import dataclass
from datetime import datetime

from domain.dossier_events import ReferenceNoted, VisitTurned
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Turned:
    """Somebody was asked to complete the papers, or refused; what was written stands sealed in the vault."""

    seq: int
    way: str
    ticket: int | None
    counter: int
    person: str
    procedure: str
    particulars: int
    words: int
    at: datetime


def turned(db: Connection, number: int) -> Turned | None:
    """The visit of this number."""
    row = db.execute("SELECT * FROM turned_visits WHERE seq = ?", (number,)).fetchone()
    return _turned_visit(row) if row else None


@dataclass(frozen=True, slots=True)
class Reference:
    """A dossier that lives in a ministry's own system, by its code there."""

    seq: int
    counter: int
    person: str
    procedure: str
    system: str
    reference: str
    at: datetime


def reference(db: Connection, number: int) -> Reference | None:
    """The noted reference of this number."""
    row = db.execute(
        "SELECT seq, counter, person, procedure, system, reference, at FROM ministry_references WHERE seq = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    seq, counter, person, procedure, system, code, at = row
    return Reference(seq, counter, person, procedure, system, code, moment(at))


def turned_at(db: Connection, counter: int, count: int = 5) -> list[Turned]:
    """The newest such visits of a counter, newest first."""
    rows = db.execute("SELECT * FROM turned_visits WHERE counter = ? ORDER BY seq DESC LIMIT ?", (counter, count))
    return [_turned_visit(row) for row in rows]


def _turned_visit(row: tuple) -> Turned:  # type: ignore[type-arg]
    (seq, way, ticket, counter, person, procedure, particulars, words, at) = row
    return Turned(seq, way, ticket, counter, person, procedure, particulars, words, moment(at))


@projects(VisitTurned)
def _turned(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO turned_visits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.way, e.ticket, e.counter, e.person, e.procedure, e.particulars, e.words, recorded.at),
    )


@projects(ReferenceNoted)
def _noted(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO ministry_references VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.ticket, e.counter, e.person, e.procedure, e.system, e.reference, recorded.at),
    )
