"""Where our book and the portal's differ, what was done about it, and when the two were compared."""

from dataclasses import dataclass
from datetime import datetime

from domain.differences import Difference
from domain.dossiers import FINAL, Status
from domain.portal_events import (
    DifferenceExplained,
    DifferenceFound,
    DifferenceGone,
    DossierRetold,
    ReconciliationEnded,
)
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

OPEN, RETOLD, EXPLAINED = "open", "retold", "explained"


@dataclass(frozen=True, slots=True)
class Differing:
    """A dossier that the portal knows otherwise; `state`: open, retold (sent again, not asked since), explained."""

    dossier: str
    seq: int
    kind: Difference
    ours: Status | None
    theirs: Status | None
    at: datetime
    state: str
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison of both books; `begun` is the number of the event before it."""

    at: datetime
    begun: int
    looked: int
    found: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier of which nothing waits to be sent: the portal should know it as it stands here."""

    code: str
    seq: int
    status: Status


_COLUMNS = "dossier, seq, kind, ours, theirs, at, state, reason, person"


def find(db: Connection, dossier: str) -> Differing | None:
    """How the portal knows this dossier otherwise, None where it does not."""
    row = db.execute(f"SELECT {_COLUMNS} FROM differences WHERE dossier = ?", (dossier,)).fetchone()
    return _differing(row) if row else None


def standing(db: Connection, count: int = 200) -> list[Differing]:
    """What nobody has explained, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM differences WHERE state <> ? ORDER BY seq LIMIT ?", (EXPLAINED, count)
    )
    return [_differing(row) for row in rows]


def last(db: Connection, *, whole: bool = False) -> Reconciliation | None:
    """The newest comparison; `whole`: that could ask for every dossier."""
    row = db.execute(
        "SELECT at, begun, looked, found, whole FROM reconciliations WHERE whole >= ? ORDER BY seq DESC LIMIT 1",
        (int(whole),),
    ).fetchone()
    return Reconciliation(moment(row[0]), row[1], row[2], row[3], bool(row[4])) if row else None


def next_candidate(db: Connection, after: int, since: int) -> Candidate | None:
    """The first dossier behind number `after` that is open, changed since event `since`, or differed before.

    Nothing of it may wait in the outbox: one request at a time, and what was not sent cannot be known.
    """
    final = ", ".join(str(int(one)) for one in sorted(FINAL))
    row = db.execute(
        f"SELECT d.code, d.seq, d.status FROM dossiers d WHERE d.seq > ?1 AND (d.status NOT IN ({final})"
        " OR d.seq > ?2 OR EXISTS (SELECT 1 FROM dossier_steps s WHERE s.dossier = d.code AND s.seq > ?2)"
        " OR EXISTS (SELECT 1 FROM differences x WHERE x.dossier = d.code AND x.state <> 'explained'))"
        " AND NOT EXISTS (SELECT 1 FROM portal_messages m WHERE m.dossier = d.code AND m.state <> 'acknowledged')"
        " ORDER BY d.seq LIMIT 1",
        (after, since),
    ).fetchone()
    return Candidate(row[0], row[1], Status(row[2])) if row else None


@projects(DifferenceFound)
def _found(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        f"INSERT OR REPLACE INTO differences ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, '', '')",
        (e.code, recorded.seq, e.kind, e.ours, e.theirs, recorded.at, OPEN),
    )


@projects(DifferenceGone)
def _gone(db: Connection, recorded: Recorded) -> None:
    db.execute("DELETE FROM differences WHERE dossier = ?", (recorded.event.code,))


@projects(DifferenceExplained)
def _explained(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE differences SET state = ?, reason = ?, person = ? WHERE dossier = ?",
        (EXPLAINED, e.reason, e.person, e.code),
    )


@projects(DossierRetold)
def _retold(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE differences SET state = ?, person = ? WHERE dossier = ?", (RETOLD, e.person, e.code))


@projects(ReconciliationEnded)
def _ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO reconciliations VALUES (?, ?, ?, ?, ?, ?)",
        (recorded.seq, recorded.at, e.begun, e.looked, e.found, e.whole),
    )


def _differing(row: tuple) -> Differing:  # type: ignore[type-arg]
    dossier, seq, kind, ours, theirs, at, state, reason, person = row
    return Differing(
        dossier, seq, Difference(kind), _status(ours), _status(theirs), moment(at), state, reason, person
    )


def _status(number: int | None) -> Status | None:
    return None if number is None else Status(number)
