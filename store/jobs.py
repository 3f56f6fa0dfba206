"""Work that leaves the house: slips for printers, and the leases of all such work. Never deleted on take."""

from dataclasses import dataclass

from domain.dossier_events import DossierReceived, ReceiptReprinted
from domain.events import (
    Sending,
    SlipEnded,
    SlipMoved,
    SlipReprinted,
    TestPageAsked,
)
from domain.papers import SlipState
from domain.queue_events import TicketIssued
from domain.slips import SlipKind
from store.database import Connection
from store.journal import Recorded, projects

NEVER = 1 << 62
HELD = "held"
TEST_PAGE = SlipKind.TEST


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One piece of paper: a ticket (subject is its id), a receipt (dossier's code) or a test page (printer).

    `state` is where it stands now, from table and lease together; `first_printer` whom it was meant for.
    """

    id: int
    printer: str
    kind: str
    subject: str
    copy: int
    state: str
    asked_at: int
    note: str = ""
    grade: str = ""
    first_printer: str = ""
    tries: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it came to an end."""
        return self.state in ENDS

    @property
    def is_moved(self) -> bool:
        """Whether another printer has it than was meant to."""
        return self.printer != self.first_printer


ENDS = frozenset({SlipState.CONFIRMED, SlipState.SENT, SlipState.UNKNOWN, SlipState.EXPIRED})


@projects(TicketIssued)
def _ticket_slip(db: Connection, recorded: Recorded) -> None:
    if recorded.event.printer:
        _ask_paper(db, recorded, recorded.event.printer, SlipKind.TICKET, str(recorded.seq), 1)


@projects(SlipReprinted)
def _reprint(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _ask_paper(db, recorded, e.printer, SlipKind.TICKET, str(e.ticket), e.copy)


@projects(ReceiptReprinted)
def _receipt_again(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    _ask_paper(db, recorded, e.printer, SlipKind.RECEIPT, e.code, e.copy)


@projects(TestPageAsked)
def _test_page(db: Connection, recorded: Recorded) -> None:
    _ask_paper(db, recorded, recorded.event.printer, TEST_PAGE, recorded.event.printer, recorded.event.copy)


@projects(DossierReceived)
def _receipt(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    if e.printer:
        _ask_paper(db, recorded, e.printer, SlipKind.RECEIPT, e.code, 1)


def _ask_paper(db: Connection, recorded: Recorded, printer: str, kind: SlipKind, subject: str, copy: int) -> None:
    db.execute(
        "INSERT INTO print_jobs (id, printer, kind, subject, copy, state, note, asked_at, grade, first_printer,"
        " pieces, total, rows, sha256, layout, status, tries)"
        " VALUES (?, ?, ?, ?, ?, 'queued', '', ?, '', ?, 0, 0, 0, '', 0, '', 0)",
        (recorded.seq, printer, kind, subject, copy, recorded.at, printer),
    )


@projects(SlipMoved)
def _slip_moved(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE print_jobs SET printer = ?, note = ? WHERE id = ?", (e.printer, e.note, e.job))


@projects(SlipEnded)
def _slip_ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE print_jobs SET state = ?, note = ?, ended_at = ?, grade = ? WHERE id = ?",
        (e.state, e.note, recorded.at, e.grade, e.job),
    )
    if e.sending is not None:
        _note_sending(db, e.job, e.sending)


def _note_sending(db: Connection, job: int, sent: Sending) -> None:
    db.execute(
        "UPDATE print_jobs SET pieces = ?, total = ?, rows = ?, sha256 = ?, layout = ?, status = ?, tries = ?"
        " WHERE id = ?",
        (sent.pieces, sent.total, sent.rows, sent.sha256, sent.layout, sent.status, sent.tries, job),
    )


def lease(
    db: Connection, kind: str, job: int, now: int, until: int, note: str = "", *, farthest: int = NEVER,
    renew: bool = False,
) -> int:  # fmt: skip
    """Take the job until then, unless somebody holds it; the conditional write is the decision.

    Gives how often it has been taken by now: the epoch of this lease; 0 when it is somebody else's. A lease that
    would hold beyond `farthest` was made before the clock was set back, and counts for nothing. `renew`: whoever
    wrote the same note holds it on.
    """
    taken = db.execute(
        "INSERT INTO leases VALUES (?, ?, ?, 1, 0, ?) ON CONFLICT (kind, job)"
        " DO UPDATE SET until = excluded.until, attempts = attempts + 1, note = excluded.note"
        " WHERE until <= ? OR until > ? OR (? AND note = excluded.note) RETURNING attempts",
        (kind, job, until, note, now, farthest, renew),
    ).fetchone()
    return int(taken[0]) if taken else 0


def mark_started(db: Connection, kind: str, job: int, epoch: int | None = None) -> bool:
    """From here on a byte may have left: after a crash the outcome is unknown. False: the lease is another's."""
    found = db.execute(
        "UPDATE leases SET started = 1 WHERE kind = ? AND job = ? AND attempts = coalesce(?, attempts) RETURNING 1",
        (kind, job, epoch),
    ).fetchone()
    return found is not None


def prolong(db: Connection, kind: str, job: int, until: int, epoch: int) -> bool:
    """Hold a lease longer. False: it is another's by now."""
    found = db.execute(
        "UPDATE leases SET until = ? WHERE kind = ? AND job = ? AND attempts = ? RETURNING 1",
        (until, kind, job, epoch),
    ).fetchone()
    return found is not None


def holder_of(db: Connection, printer: str, now: int) -> str:
    """Who holds this printer now; empty for nobody."""
    row = db.execute("SELECT note FROM leases WHERE kind = ? AND until > ?", (desk(printer), now)).fetchone()
    return row[0] if row else ""


def desk(printer: str) -> str:
    """The lease's name of a printer as a whole: who holds it may open it."""
    return f"printer {printer}"


def postpone(
    db: Connection, kind: str, job: int, until: int, note: str, *, started: bool, epoch: int | None = None
) -> None:
    """Give the job back, not to be taken before then; nothing where the lease is another's by now."""
    db.execute(
        "UPDATE leases SET until = ?, note = ?, started = ? WHERE kind = ? AND job = ?"
        " AND attempts = coalesce(?, attempts)",
        (until, note, int(started), kind, job, epoch),
    )


def release(db: Connection, kind: str, job: int) -> None:
    """The job has come to its end."""
    db.execute("DELETE FROM leases WHERE kind = ? AND job = ?", (kind, job))


def leave_desk(db: Connection, printer: str, holder: str) -> None:
    """Whoever held the printer holds it no more; anybody else does."""
    db.execute("DELETE FROM leases WHERE kind = ? AND note = ?", (desk(printer), holder))


def begun_slips(db: Connection, printer: str | None = None, free_at: tuple[int, int] = (0, 0)) -> list[int]:
    """Print jobs whose first byte may have left and that nobody has ended.

    Of one printer: only those that nobody holds any more, by (now, farthest) as in `lease`.
    """
    rows = db.execute(
        "SELECT j.id FROM print_jobs j JOIN leases l ON l.kind = 'print' AND l.job = j.id"
        " WHERE j.state = 'queued' AND l.started = 1"
        " AND (? IS NULL OR j.printer = ? AND (until <= ? OR until > ?))",
        (printer, printer, *free_at),
    )
    return [row[0] for row in rows]


def drop_leases(db: Connection) -> None:
    """At start nobody holds anything: this process is the only server. Tries and their marks stay known."""
    db.execute("UPDATE leases SET until = 0, note = CASE WHEN note = ? THEN '' ELSE note END", (HELD,))


def orphaned_slips(db: Connection, printers: tuple[str, ...]) -> list[int]:
    """Waiting slips of printers that the centre has no more."""
    marks = ", ".join("?" * len(printers))
    rows = db.execute(
        f"SELECT id FROM print_jobs WHERE state = 'queued' AND printer NOT IN ({marks}) ORDER BY id", printers
    )
    return [row[0] for row in rows]


# A lease tells the steps between: who holds it is drawing and asking, who gave it back says in a note why.
_STATE = (
    "CASE WHEN j.state <> 'queued' THEN j.state WHEN l.started = 1 THEN 'sending'"
    " WHEN coalesce(l.note, '') NOT IN ('', 'held') THEN 'failed-before-first-byte'"
    " WHEN l.note = 'held' THEN 'preflight' ELSE 'queued' END"
)
_PRINT = (
    f"j.id, j.printer, j.kind, j.subject, j.copy, {_STATE}, j.asked_at,"
    " CASE WHEN j.state = 'queued' AND l.note <> 'held' THEN l.note ELSE j.note END, j.grade, j.first_printer,"
    " max(j.tries, coalesce(l.attempts, 0))"
)
_PRINTED = "print_jobs j LEFT JOIN leases l ON l.kind = 'print' AND l.job = j.id"


def next_print_job(db: Connection, printer: str, now: int, farthest: int = NEVER) -> PrintJob | None:
    """The oldest waiting slip of this printer that nobody holds and of which no byte has left; people first."""
    row = db.execute(
        f"SELECT {_PRINT} FROM {_PRINTED}"
        " WHERE j.printer = ? AND j.state = 'queued' AND coalesce(l.started, 0) = 0"
        f" AND (coalesce(l.until, 0) <= ? OR l.until > ?) ORDER BY j.kind = '{TEST_PAGE}', j.id LIMIT 1",
        (printer, now, farthest),
    ).fetchone()
    return PrintJob(*row) if row else None


def print_job(db: Connection, job: int) -> PrintJob | None:
    """One slip."""
    row = db.execute(f"SELECT {_PRINT} FROM {_PRINTED} WHERE j.id = ?", (job,)).fetchone()
    return PrintJob(*row) if row else None


def print_job_of(db: Connection, kind: str, subject: str) -> PrintJob | None:
    """The newest slip of a ticket or dossier."""
    row = db.execute(
        f"SELECT {_PRINT} FROM {_PRINTED} WHERE j.kind = ? AND j.subject = ? ORDER BY j.copy DESC LIMIT 1",
        (kind, subject),
    ).fetchone()
    return PrintJob(*row) if row else None


def waiting_slips(db: Connection) -> list[PrintJob]:
    """Every slip that has not come to an end, oldest first."""
    rows = db.execute(f"SELECT {_PRINT} FROM {_PRINTED} WHERE j.state = 'queued' ORDER BY j.id")
    return [PrintJob(*row) for row in rows]


def unsure_slips(db: Connection, since: int, count: int) -> list[PrintJob]:
    """Slips asked for since then (ms) that nobody can vouch for, newest first; a newer copy takes over."""
    rows = db.execute(
        f"SELECT {_PRINT} FROM {_PRINTED} WHERE j.state IN ('unknown', 'expired') AND j.asked_at >= ?"
        " AND NOT EXISTS (SELECT 1 FROM print_jobs n WHERE n.kind = j.kind AND n.subject = j.subject"
        " AND n.copy > j.copy) ORDER BY j.asked_at DESC, j.id DESC LIMIT ?",
        (since, count),
    )
    return [PrintJob(*row) for row in rows]


def unproved_slips(db: Connection, printer: str, notes: tuple[str, ...], count: int = 100) -> list[int]:
    """The newest slips of this printer that left whole, but whose proof did not come for one of these reasons."""
    marks = ", ".join("?" * len(notes))
    rows = db.execute(
        "SELECT id FROM print_jobs WHERE state = 'unknown' AND printer = ? AND pieces = total AND total > 0"
        f" AND note IN ({marks}) ORDER BY id DESC LIMIT ?",
        (printer, *notes, count),
    )
    return [row[0] for row in rows]


def recent_print_jobs(db: Connection, count: int = 50) -> list[PrintJob]:
    """The newest slips, newest first."""
    rows = db.execute(f"SELECT {_PRINT} FROM {_PRINTED} ORDER BY j.id DESC LIMIT ?", (count,))
    return [PrintJob(*row) for row in rows]


def outbox_depths(db: Connection) -> dict[str, int]:
    """How much waits: slips, portal messages, and messages parked for a person."""

    def count(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    return {
        "print": count("SELECT count(*) FROM print_jobs WHERE state = 'queued'"),
        "portal": count("SELECT count(*) FROM portal_messages WHERE state = 'queued'"),
        "parked": count("SELECT count(*) FROM portal_messages WHERE state = 'parked'"),
    }
