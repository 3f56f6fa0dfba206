"""Work that leaves the house: slips for printers, messages for the portal. Leased, never deleted on take."""

from dataclasses import dataclass

from domain.events import DossierReceived, PortalAcknowledged, PortalParked, PortalResent, SlipEnded, SlipReprinted
from domain.queue_events import TicketIssued
from store.database import Connection
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One piece of paper: a ticket (subject is its id) or a receipt (subject is the dossier's code)."""

    id: int
    printer: str
    kind: str
    subject: str
    copy: int
    state: str
    asked_at: int
    note: str = ""


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


@projects(TicketIssued)
def _ticket_slip(db: Connection, recorded: Recorded) -> None:
    if recorded.event.printer:
        _ask_paper(db, recorded, recorded.event.printer, "ticket", str(recorded.seq), 1)


@projects(SlipReprinted)
def _reprint(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _ask_paper(db, recorded, e.printer, "ticket", str(e.ticket), e.copy)


@projects(DossierReceived)
def _receipt_and_messages(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    if e.printer:
        _ask_paper(db, recorded, e.printer, "receipt", e.code, 1)
    for kind, step in (("dossier", 0), ("progress", 1)):
        db.execute(
            "INSERT INTO portal_messages (dossier, kind, step, state, answer, asked_at)"
            " VALUES (?, ?, ?, 'queued', '', ?)",
            (e.code, kind, step, recorded.at),
        )


def _ask_paper(db: Connection, recorded: Recorded, printer: str, kind: str, subject: str, copy: int) -> None:
    db.execute(
        "INSERT INTO print_jobs (id, printer, kind, subject, copy, state, note, asked_at)"
        " VALUES (?, ?, ?, ?, ?, 'queued', '', ?)",
        (recorded.seq, printer, kind, subject, copy, recorded.at),
    )


@projects(SlipEnded)
def _slip_ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE print_jobs SET state = ?, note = ?, ended_at = ? WHERE id = ?",
        (e.state, e.note, recorded.at, e.job),
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


def lease(db: Connection, kind: str, job: int, now: int, until: int) -> bool:
    """Take the job until then, unless somebody holds it; the conditional write is the decision."""
    taken = db.execute(
        "INSERT INTO leases VALUES (?, ?, ?, 1, 0, '') ON CONFLICT (kind, job)"
        " DO UPDATE SET until = excluded.until, attempts = attempts + 1 WHERE until <= ? RETURNING attempts",
        (kind, job, until, now),
    ).fetchone()
    return taken is not None


def mark_started(db: Connection, kind: str, job: int) -> None:
    """From here on a byte may have left: after a crash the outcome is unknown."""
    db.execute("UPDATE leases SET started = 1 WHERE kind = ? AND job = ?", (kind, job))


def postpone(db: Connection, kind: str, job: int, until: int, note: str, *, started: bool) -> None:
    """Give the job back, not to be taken before then."""
    db.execute(
        "UPDATE leases SET until = ?, note = ?, started = ? WHERE kind = ? AND job = ?",
        (until, note, int(started), kind, job),
    )


def release(db: Connection, kind: str, job: int) -> None:
    """The job has come to its end."""
    db.execute("DELETE FROM leases WHERE kind = ? AND job = ?", (kind, job))


def started_jobs(db: Connection) -> list[int]:
    """Print jobs whose first byte may have left when the server stopped."""
    rows = db.execute(
        "SELECT j.id FROM print_jobs j JOIN leases l ON l.kind = 'print' AND l.job = j.id"
        " WHERE j.state = 'queued' AND l.started = 1"
    )
    return [row[0] for row in rows]


def drop_leases(db: Connection) -> None:
    """At start nobody holds anything: this process is the only one. Tries and their marks stay known."""
    db.execute("UPDATE leases SET until = 0")


_PRINT = "j.id, j.printer, j.kind, j.subject, j.copy, j.state, j.asked_at, j.note"


def next_print_job(db: Connection, printer: str, now: int) -> PrintJob | None:
    """The oldest slip waiting for this printer that nobody holds and of which no byte may have left."""
    row = db.execute(
        f"SELECT {_PRINT} FROM print_jobs j LEFT JOIN leases l ON l.kind = 'print' AND l.job = j.id"
        " WHERE j.printer = ? AND j.state = 'queued' AND coalesce(l.until, 0) <= ? AND coalesce(l.started, 0) = 0"
        " ORDER BY j.id LIMIT 1",
        (printer, now),
    ).fetchone()
    return PrintJob(*row) if row else None


def print_job_of(db: Connection, kind: str, subject: str) -> PrintJob | None:
    """The newest slip of a ticket or dossier."""
    row = db.execute(
        f"SELECT {_PRINT} FROM print_jobs j WHERE j.kind = ? AND j.subject = ? ORDER BY j.copy DESC LIMIT 1",
        (kind, subject),
    ).fetchone()
    return PrintJob(*row) if row else None


def recent_print_jobs(db: Connection, count: int = 50) -> list[PrintJob]:
    """The newest slips, newest first."""
    rows = db.execute(f"SELECT {_PRINT} FROM print_jobs j ORDER BY j.id DESC LIMIT ?", (count,))
    return [PrintJob(*row) for row in rows]


_MESSAGE = (
    "m.id, m.dossier, m.kind, m.step, m.state, m.asked_at, m.answer,"
    " coalesce(l.attempts, 0), coalesce(l.started, 0)"
)
_LEASED = "portal_messages m LEFT JOIN leases l ON l.kind = 'portal' AND l.job = m.id"


def next_portal_message(db: Connection, now: int) -> PortalMessage | None:
    """The oldest message that may go: nobody holds it and nothing of its dossier stands before it.

    A parked message holds back its own dossier only.
    """
    row = db.execute(
        f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.state = 'queued' AND coalesce(l.until, 0) <= ?"
        " AND NOT EXISTS (SELECT 1 FROM portal_messages b WHERE b.dossier = m.dossier AND b.id < m.id"
        " AND b.state <> 'acknowledged') ORDER BY m.id LIMIT 1",
        (now,),
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


def open_portal_messages(db: Connection, count: int = 100) -> list[PortalMessage]:
    """What the portal does not know yet, parked ones first."""
    rows = db.execute(
        f"SELECT {_MESSAGE} FROM {_LEASED} WHERE m.state <> 'acknowledged' ORDER BY m.state DESC, m.id LIMIT ?",
        (count,),
    )
    found = [_message(row) for row in rows]
    return sorted(found, key=lambda m: (m.state != "parked", m.id))


def outbox_depths(db: Connection) -> dict[str, int]:
    """How much waits: slips, portal messages, and messages parked for a person."""

    def count(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    return {
        "print": count("SELECT count(*) FROM print_jobs WHERE state = 'queued'"),
        "portal": count("SELECT count(*) FROM portal_messages WHERE state = 'queued'"),
        "parked": count("SELECT count(*) FROM portal_messages WHERE state = 'parked'"),
    }


def _message(row: tuple) -> PortalMessage:  # type: ignore[type-arg]
    (id_, dossier, kind, step, state, asked_at, answer, attempts, started) = row
    return PortalMessage(id_, dossier, kind, step, state, asked_at, answer, attempts, bool(started))
