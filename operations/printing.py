"""The life of a slip, as the printers' worker tells it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.errors import Invalid
from domain.events import SlipEnded, SlipReprinted
from domain.tickets import milliseconds
from store import jobs, tickets
from store.jobs import PrintJob
from store.writer import Tx

LEASE = timedelta(seconds=60)
EXPIRY = timedelta(minutes=10)
BACK_OFF = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """The slip to print now, None when this printer has nothing to do."""

    job: PrintJob | None


def claim_slip(tx: Tx, printer: str) -> Claim:
    """Lease the oldest waiting slip of this printer; slips too old to be of use expire on the way."""
    now = milliseconds(tx.now)
    while True:
        job = jobs.next_print_job(tx.db, printer, now)
        if job is None:
            return Claim(None)
        if now - job.asked_at > EXPIRY / timedelta(milliseconds=1):
            tx.record(SlipEnded(job.id, "expired"))
            continue
        if jobs.lease(tx.db, "print", job.id, now, milliseconds(tx.now + LEASE)):
            return Claim(job)
        return Claim(None)


def start_slip(tx: Tx, job: int) -> None:
    """The next byte may leave: from here on a crash leaves the outcome unknown."""
    jobs.mark_started(tx.db, "print", job)


def end_slip(tx: Tx, job: int, state: str, note: str = "") -> None:
    """The slip came to its end: confirmed, sent or unknown. What is unknown is shown to a person."""
    tx.record(SlipEnded(job, state, note))
    jobs.release(tx.db, "print", job)


def give_back_slip(tx: Tx, job: int, note: str) -> None:
    """No byte of it was written: it will be tried again."""
    jobs.postpone(tx.db, "print", job, milliseconds(tx.now + BACK_OFF), note, started=False)


def recover_slips(tx: Tx) -> int:
    """After a start: whatever had begun to print is unknown. Gives how many."""
    begun = jobs.started_jobs(tx.db)
    for job in begun:
        end_slip(tx, job, "unknown", "restart")
    jobs.drop_leases(tx.db)
    return len(begun)


def reprint(tx: Tx, ticket: int, printer: str) -> int:
    """Ask for one more copy of a ticket's slip, marked 'IN LẠI'; gives the copy's number."""
    tickets.load(tx.db, ticket)
    last = jobs.print_job_of(tx.db, "ticket", str(ticket))
    copy = last.copy + 1 if last else 2
    if copy > 20:
        raise Invalid(what="copy")
    tx.record(SlipReprinted(ticket, copy, printer))
    return copy
