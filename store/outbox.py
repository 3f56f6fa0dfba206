"""What the portal must be told: one message a change, in order within a dossier. Leases stand in `store.jobs`."""

from dataclasses import dataclass

from domain.dossier_events import DossierReceived, DossierStepped
from domain.dossiers import Act
from domain.events import PortalAcknowledged, PortalParked, PortalResent
from domain.portal_events import DossierRetold
from store.database import Connection
from store.journal import Recorded, projects

PROGRESS = "progress"
DOSSIER = "dossier"
AGAIN = "again"  # the whole record once more, though nothing changed: the portal is asked first
LOOK_UP = "look-up"  # the kind of a lease: somebody asks the portal about this dossier


@dataclass(frozen=True, slots=True)
class PortalMessage:
    """One thing the portal must know: a dossier, or a step of its progress."""

    id: int
    dossier: str
    kind: str
    step: int
    state: str
    asked_at: int
    answer: str
    attempts: int = 0
    tried_before: bool = False


@projects(DossierReceived)
def _entry_to_portal(db: Connection, recorded: Recorded) -> None:
    _tell_portal(db, recorded, 0, (DOSSIER, PROGRESS))


@projects(DossierStepped)
def _step_to_portal(db: Connection, recorded: Recorded) -> None:
    """What changes the portal's record goes as a record, what was done as progress; a correction is no progress."""
    e = recorded.event
    changes = e.before != e.after or e.due_rule or e.act == Act.CORRECT
    kinds = (DOSSIER,) * bool(changes) + (PROGRESS,) * (e.act != Act.CORRECT)
    _tell_portal(db, recorded, e.number, kinds)


@projects(DossierRetold)
def _retold(db: Connection, recorded: Recorded) -> None:
    """The record as it stands, and every step that was progress; the portal drops those that it has."""
    e = recorded.event
    row = db.execute("SELECT steps, counter IS NOT NULL FROM dossiers WHERE code = ?", (e.code,)).fetchone()
    steps, here = row or (0, False)
    _tell_portal(db, recorded, steps, (AGAIN,))
    if not e.steps:
        return
    if here:
        _tell_portal(db, recorded, 0, (PROGRESS,))
    done = db.execute(
        "SELECT number FROM dossier_steps WHERE dossier = ? AND act <> ? ORDER BY number", (e.code, Act.CORRECT)
    ).fetchall()
    for (number,) in done:
        _tell_portal(db, recorded, number, (PROGRESS,))


def _tell_portal(db: Connection, recorded: Recorded, step: int, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        db.execute(
            "INSERT INTO portal_messages (dossier, kind, step, state, answer, asked_at)"
            " VALUES (?, ?, ?, 'queued', '', ?)",
            (recorded.event.code, kind, step, recorded.at),
        )


def tell_again(db: Connection, recorded: Recorded, dossier: str) -> None:
    """The whole record goes out again (portal.md 3) as it is now: something beside its steps has changed."""
    db.execute(
        "INSERT INTO portal_messages (dossier, kind, step, state, answer, asked_at)"
        " SELECT code, ?, steps, 'queued', '', ? FROM dossiers WHERE code = ?",
        (DOSSIER, recorded.at, dossier),
    )


@projects(PortalAcknowledged)
def _acknowledged(db: Connection, recorded: Recorded) -> None:
    _end_message(db, recorded, "acknowledged", recorded.event.answer)


@projects(PortalParked)
def _parked(db: Connection, recorded: Recorded) -> None:
    _end_message(db, recorded, "parked", recorded.event.reason)


@projects(PortalResent)
def _resent(db: Connection, recorded: Recorded) -> None:
    db.execute(
        "UPDATE portal_messages SET state = 'queued', ended_at = NULL WHERE id = ?", (recorded.event.message,)
    )


def _end_message(db: Connection, recorded: Recorded, state: str, answer: str) -> None:
    db.execute(
        "UPDATE portal_messages SET state = ?, answer = ?, ended_at = ? WHERE id = ? AND state = 'queued'",
        (state, answer, recorded.at, recorded.event.message),
    )


_MESSAGE = (
    "m.id, m.dossier, m.kind, m.step, m.state, m.asked_at, m.answer,"
    " coalesce(l.attempts, 0), coalesce(l.started, 0)"
)
_LEASED = "portal_messages m LEFT JOIN leases l ON l.kind = 'portal' AND l.job = m.id"


def next_portal_message(db: Connection, now: int) -> PortalMessage | None:
    """The oldest message that may go: nobody holds it and nothing of its dossier stands before it.

    A parked message holds back its own dossier only; so does a question about the dossier that is on its way.
    """
    row = db.execute(
        f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.state = 'queued' AND coalesce(l.until, 0) <= ?1"
        " AND NOT EXISTS (SELECT 1 FROM portal_messages b WHERE b.dossier = m.dossier AND b.id < m.id"
        " AND b.state <> 'acknowledged')"
        " AND NOT EXISTS (SELECT 1 FROM dossiers d JOIN leases k ON k.kind = ?2 AND k.job = d.seq"
        " WHERE d.code = m.dossier AND k.until > ?1) ORDER BY m.id LIMIT 1",
        (now, LOOK_UP),
    ).fetchone()
    return _message(row) if row else None


def portal_message(db: Connection, message: int) -> PortalMessage | None:
    """One message with its tries."""
    row = db.execute(f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.id = ?", (message,)).fetchone()
    return _message(row) if row else None


def portal_messages_of(db: Connection, dossier: str) -> list[PortalMessage]:
    """Everything the portal was or will be told of one dossier, in order."""
    rows = db.execute(f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.dossier = ? ORDER BY m.id", (dossier,))
    return [_message(row) for row in rows]


def progress_after(db: Connection, message: PortalMessage, count: int) -> list[PortalMessage]:
    """The messages of progress of the same dossier that follow without another kind between them, in order."""
    rows = db.execute(
        f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.dossier = ?1 AND m.id > ?2 AND m.kind = ?3"
        " AND m.state = 'queued' AND NOT EXISTS (SELECT 1 FROM portal_messages b WHERE b.dossier = ?1"
        " AND b.id > ?2 AND b.id < m.id AND b.kind <> ?3) ORDER BY m.id LIMIT ?4",
        (message.dossier, message.id, PROGRESS, count),
    )
    return [_message(row) for row in rows]


def is_known(db: Connection, dossier: str) -> bool:
    """Whether the portal has acknowledged this dossier before, or sent it to us itself."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM portal_messages WHERE dossier = ?1 AND kind IN (?2, ?3)"
        " AND state = 'acknowledged')"
        " OR EXISTS (SELECT 1 FROM dossiers WHERE code = ?1 AND counter IS NULL)",
        (dossier, DOSSIER, AGAIN),
    ).fetchone()
    return bool(row[0])


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of so many dossiers received, the portal has acknowledged so many (indicator 1.4)."""

    received: int
    known: int

    @property
    def per_mille(self) -> int:
        """A thousand when nothing was received."""
        return self.known * 1000 // self.received if self.received else 1000


def completeness(db: Connection, since: int) -> Completeness:
    """The dossiers received since then (ms); one that waits to be accepted is not received yet."""
    row = db.execute(
        "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM portal_messages m WHERE m.dossier = d.code"
        " AND m.kind IN (?2, ?3) AND m.state = 'acknowledged') THEN 1 END)"
        " FROM dossiers d WHERE received_at >= ?1 AND status NOT IN (1, 3)",
        (since, DOSSIER, AGAIN),
    ).fetchone()
    return Completeness(*row)


def open_portal_messages(db: Connection, count: int = 100) -> list[PortalMessage]:
    """What the portal does not know yet, parked ones first."""
    rows = db.execute(
        f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.state <> 'acknowledged' ORDER BY m.state DESC, m.id LIMIT ?",
        (count,),
    )
    found = [_message(row) for row in rows]
    return sorted(found, key=lambda m: (m.state != "parked", m.id))


def _message(row: tuple) -> PortalMessage:  # type: ignore[type-arg]
    (id_, dossier, kind, step, state, asked_at, answer, attempts, started) = row
    return PortalMessage(id_, dossier, kind, step, state, asked_at, answer, attempts, bool(started))
