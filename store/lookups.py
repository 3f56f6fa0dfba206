"""What was asked of national databases, dossier by dossier; the answers are kept nowhere."""

from dataclasses import dataclass
from datetime import datetime

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
