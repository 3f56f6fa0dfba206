"""The life of a slip and what is learned of its printer, as the printers' worker and people tell it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from domain.centres import Centre, Printer
from domain.dossier_events import ReceiptReprinted
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.events import (
    PrinterLearned,
    PrinterTested,
    RollChanged,
    Sending,
    SlipEnded,
    SlipMoved,
    SlipReprinted,
    TestPageAsked,
)
from domain.papers import Answer, Grade, SlipState
from domain.slips import SlipKind
from domain.tickets import milliseconds
from store import dossiers, jobs, printers, tickets
from store.centres import NoCentre
from store.jobs import HELD, TEST_PAGE, PrintJob
from store.writer import Tx

LEASE = timedelta(seconds=60)  # longer than all that one slip may take (printers.worker)
EXPIRY = timedelta(minutes=10)
BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(seconds=8)  # somebody stands before the kiosk and has just closed the cover
MOST_COPIES = 20
RESTARTED = msgid("máy chủ khởi động lại khi đang in")
TEST = "test"


class LeaseLost(Refused):
    """Another worker has taken the slip: this one must not send a byte of it."""

    text = msgid("Phiếu này đã có máy khác in.")


class PrinterBusy(Refused):
    """Somebody else talks to the printer at this moment."""

    text = msgid("Máy in %(printer)s đang in. Hãy thử lại sau một phút.")


class TestPageWaits(Refused):
    """One test page at a time tells all there is to see."""

    __test__ = False
    text = msgid("Trang thử của máy in %(printer)s đang chờ in.")


class SlipOnItsWay(Refused):
    """It may be on the paper already."""

    text = msgid("Phiếu này đang in hoặc đã xong. Hãy xem lại danh sách.")


@dataclass(frozen=True, slots=True)
class Claim:
    """The slip to print now, None when this printer has nothing to do; `epoch` numbers the lease."""

    job: PrintJob | None
    epoch: int = 0


def claim_slip(tx: Tx, printer: str, worker: str = "") -> Claim:
    """Lease the printer and its oldest waiting slip; slips too old to be of use expire on the way.

    Two workers of one printer tell themselves apart by name: one of them holds it. A slip that had begun and that
    nobody holds any more is unknown from here on.
    """
    now, farthest = milliseconds(tx.now), milliseconds(tx.now + LEASE)
    for begun in jobs.begun_slips(tx.db, printer, (now, farthest)):
        end_slip(tx, begun, SlipState.UNKNOWN, RESTARTED)
    expiry = _expiry_ms(tx, printer)
    while (job := jobs.next_print_job(tx.db, printer, now, farthest)) is not None:
        if now - job.asked_at > expiry:
            end_slip(tx, job.id, SlipState.EXPIRED, job.note)
        elif not jobs.lease(tx.db, jobs.desk(printer), 0, now, farthest, worker, farthest=farthest, renew=True):
            return Claim(None)
        else:
            return Claim(job, jobs.lease(tx.db, "print", job.id, now, farthest, HELD, farthest=farthest))
    return Claim(None)


def _expiry_ms(tx: Tx, printer: str) -> float:
    found = _configured(tx, printer)
    return (timedelta(minutes=found.slip_minutes) if found else EXPIRY) / timedelta(milliseconds=1)


def _configured(tx: Tx, printer: str) -> Printer | None:
    try:
        centre: Centre = tx.centre
    except NoCentre:
        return None
    return next((one for one in centre.printers if one.id == printer), None)


def start_slip(tx: Tx, job: int, epoch: int | None = None) -> None:
    """The next byte may leave: from here on a crash leaves the outcome unknown. Raises LeaseLost."""
    if not jobs.mark_started(tx.db, "print", job, epoch):
        raise LeaseLost()


def keep_slip(tx: Tx, job: int, epoch: int, worker: str) -> None:
    """A slow line still takes the slip: hold slip and printer on. Raises LeaseLost."""
    found, until = jobs.print_job(tx.db, job), milliseconds(tx.now + LEASE)
    if found is None or not jobs.prolong(tx.db, "print", job, until, epoch):
        raise LeaseLost()
    jobs.lease(tx.db, jobs.desk(found.printer), 0, milliseconds(tx.now), until, worker, renew=True)


def end_slip(
    tx: Tx, job: int, state: str, note: str = "", grade: str = "", sending: Sending | None = None,
    worker: str = "",
) -> None:  # fmt: skip
    """The slip came to its end. What is unknown is shown to a person, and may still be confirmed late."""
    found = jobs.print_job(tx.db, job)
    if found is None:
        raise NotFound(what=f"#{job}")
    if not found.is_over or (found.state == SlipState.UNKNOWN and state == SlipState.CONFIRMED):
        tx.record(SlipEnded(job, state, note, grade, sending))
    jobs.release(tx.db, "print", job)
    jobs.leave_desk(tx.db, found.printer, worker)


def give_back_slip(tx: Tx, job: int, note: str, epoch: int | None = None, worker: str = "") -> None:
    """No byte of it was written: it will be tried again, each time a little later."""
    found = jobs.print_job(tx.db, job)
    if found is None:
        raise NotFound(what=f"#{job}")
    until = milliseconds(tx.now + back_off(found.tries))
    jobs.postpone(tx.db, "print", job, until, note, started=False, epoch=epoch)
    jobs.leave_desk(tx.db, found.printer, worker)


def back_off(tries: int) -> timedelta:
    """How long after this many tries a slip rests: 2, 4, then 8 seconds."""
    doublings: int = min(max(tries, 1) - 1, 8)
    return min(BACK_OFF * (1 << doublings), LONGEST_BACK_OFF)


def move_slip(tx: Tx, job: int, printer: str, note: str = "", worker: str = "") -> None:
    """Another printer prints it, unmarked, for no byte of it has left. Raises SlipOnItsWay, Invalid."""
    found = jobs.print_job(tx.db, job)
    if found is None or found.is_over or found.state == SlipState.SENDING:
        raise SlipOnItsWay()
    if _configured(tx, printer) is None or printer == found.printer or found.kind == TEST_PAGE:
        raise Invalid(what="printer")
    jobs.leave_desk(tx.db, found.printer, worker)
    tx.record(SlipMoved(job, printer, found.printer, note))
    jobs.release(tx.db, "print", job)


def recover_slips(tx: Tx) -> int:
    """After a start: whatever had begun to print is unknown. Gives how many."""
    begun = jobs.begun_slips(tx.db)
    for job in begun:
        end_slip(tx, job, SlipState.UNKNOWN, RESTARTED)
    jobs.drop_leases(tx.db)
    return len(begun)


def end_orphans(tx: Tx, serving: list[str]) -> int:
    """Slips that wait for a printer which the centre has no more: a person must look. Gives how many."""
    left = jobs.orphaned_slips(tx.db, tuple(serving))
    for job in left:
        end_slip(tx, job, SlipState.EXPIRED)
    return len(left)


def reprint(tx: Tx, ticket: int, printer: str) -> int:
    """Ask for one more copy of a ticket's slip, marked 'IN LẠI'; gives the copy's number."""
    tickets.load(tx.db, ticket)
    copy = _next_copy(tx, SlipKind.TICKET, str(ticket))
    tx.record(SlipReprinted(ticket, copy, printer))
    return copy


def reprint_receipt(tx: Tx, code: str, printer: str) -> int:
    """Ask for one more copy of a dossier's receipt, marked 'IN LẠI'; gives the copy's number.

    Raises NotFound, DataGone.
    """
    dossier = dossiers.find(tx.db, code)
    if dossier is None:
        raise NotFound(what=code)
    dossiers.check_kept(tx.db, dossier)
    copy = _next_copy(tx, SlipKind.RECEIPT, code)
    tx.record(ReceiptReprinted(code, copy, printer))
    return copy


def ask_test_page(tx: Tx, printer: str) -> int:
    """Have a printer print its test page when nobody waits for paper; gives its number.

    Raises NotFound, TestPageWaits.
    """
    if _configured(tx, printer) is None:
        raise NotFound(what=printer)
    last = jobs.print_job_of(tx.db, TEST_PAGE, printer)
    if last is not None and not last.is_over:
        if last.state == SlipState.SENDING or milliseconds(tx.now) - last.asked_at <= _expiry_ms(tx, printer):
            raise TestPageWaits(printer=printer)
        end_slip(tx, last.id, SlipState.EXPIRED, last.note)
    copy = last.copy + 1 if last else 1
    tx.record(TestPageAsked(printer, copy))
    return copy


def ask_daily_test_pages(tx: Tx) -> None:
    """With a new business day: one of every printer for which the centre wants it, unless one still waits."""
    try:
        wanted = [printer.id for printer in tx.centre.printers if printer.daily_test]
    except NoCentre:
        return
    for printer in wanted:
        with suppress(TestPageWaits):
            ask_test_page(tx, printer)


def _next_copy(tx: Tx, kind: SlipKind, subject: str) -> int:
    last = jobs.print_job_of(tx.db, kind, subject)
    copy = last.copy + 1 if last else 2
    if copy > MOST_COPIES:
        raise Invalid(what="copy")
    return copy


def vouch_for_slip(tx: Tx, job: int) -> None:
    """A person has seen the slip that nobody was sure of. Raises SlipOnItsWay for any other."""
    found = jobs.print_job(tx.db, job)
    if found is None or found.state != SlipState.UNKNOWN:
        raise SlipOnItsWay()
    end_slip(tx, job, SlipState.CONFIRMED, found.note, Grade.PERSON)


def confirm_late(tx: Tx, job: int) -> None:
    """The printer's word for a slip came after we had given it up."""
    found = jobs.print_job(tx.db, job)
    if found is not None and found.state == SlipState.UNKNOWN:
        end_slip(tx, job, SlipState.CONFIRMED, "", Grade.PRINTED)


def learn(tx: Tx, printer: str, answers: list[str]) -> None:
    """The printer answered in these ways; what is new of it is kept."""
    known = printers.past(tx.db, printer).abilities.answers
    fresh = sorted({Answer(answer) for answer in answers} - known)
    if fresh:
        tx.record(PrinterLearned(printer, [str(answer) for answer in fresh]))


def hold_printer(tx: Tx, printer: str) -> None:
    """Keep the worker from a printer for a minute: its self-test runs. Raises NotFound, PrinterBusy."""
    if _configured(tx, printer) is None:
        raise NotFound(what=printer)
    now, until = milliseconds(tx.now), milliseconds(tx.now + LEASE)
    if not jobs.lease(tx.db, jobs.desk(printer), 0, now, until, TEST, farthest=until, renew=True):
        raise PrinterBusy(printer=printer)


def let_go_of_printer(tx: Tx, printer: str) -> None:
    """The self-test is over."""
    jobs.leave_desk(tx.db, printer, TEST)


def note_test(tx: Tx, result: PrinterTested) -> None:
    """Keep what the self-test found."""
    if _configured(tx, result.printer) is None:
        raise NotFound(what=result.printer)
    tx.record(result)


def change_roll(tx: Tx, printer: str) -> None:
    """A new roll lies in the printer: count its metres from here. Raises NotFound."""
    if _configured(tx, printer) is None:
        raise NotFound(what=printer)
    tx.record(RollChanged(printer))
