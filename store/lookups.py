"""What was asked of national databases, dossier by dossier; the answers are kept nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.dossier_events import DossierReceived
from domain.lookup_events import LookupMade
from domain.lookups import Outcome
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question that was asked."""

    database: str
    purpose: str
    person: str
    outcome: Outcome
    reason: str
    at: datetime
    milliseconds: int


def of_dossier(db: Connection, dossier: str) -> dict[str, Lookup]:
    """The newest question about a dossier to each database; a database that is missing was never asked."""
    rows = db.execute(
        "SELECT database, purpose, person, outcome, reason, at, milliseconds FROM lookups"
        " WHERE dossier = ? ORDER BY seq",
        (dossier,),
    )
    return {row[0]: Lookup(row[0], row[1], row[2], Outcome(row[3]), row[4], moment(row[5]), row[6]) for row in rows}


def listed(db: Connection, dossier: str, count: int = 20) -> list[Lookup]:
    """The newest questions about a dossier, to whichever database, the newest first."""
    rows = db.execute(
        "SELECT database, purpose, person, outcome, reason, at, milliseconds FROM lookups"
        " WHERE dossier = ? ORDER BY seq DESC LIMIT ?",
        (dossier, count),
    )
    return [Lookup(row[0], row[1], row[2], Outcome(row[3]), row[4], moment(row[5]), row[6]) for row in rows]


def without_dossier(db: Connection, person: str, numbers: Iterable[int]) -> tuple[int, ...]:
    """Those of these questions that this person asked before there was a dossier, none of them given to one yet."""
    statement = "SELECT count(*) FROM lookups WHERE seq = ? AND person = ? AND dossier = ''"
    return tuple(one for one in numbers if db.execute(statement, (one, person)).fetchone()[0])


@projects(DossierReceived)
def _received(db: Connection, recorded: Recorded) -> None:
    """What was asked on its reception page belongs to the dossier from now on."""
    e = recorded.event
    db.executemany("UPDATE lookups SET dossier = ? WHERE seq = ?", [(e.code, number) for number in e.lookups])


@projects(LookupMade)
def _made(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO lookups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            recorded.seq,
            e.dossier,
            e.database,
            e.purpose,
            e.person,
            e.outcome,
            e.reason,
            recorded.at,
            e.milliseconds,
        ),
    )
