"""Slips that a person must look at: nobody can vouch for them, they came too late, or their printer is ill."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.errors import Invalid, NotFound, msgid
from domain.papers import SlipState
from domain.roles import LEADING_ROLES, Role, open_to
from domain.slips import SlipKind
from domain.tickets import TicketState, milliseconds, shown_number
from operations import printing
from store import dossiers, jobs, tickets
from store.jobs import TEST_PAGE, PrintJob
from web import forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go
from web.scope import Scope, own_scope
from web.wording import SLIP_ENDS

CLERKS_DESK = (*sorted(LEADING_ROLES), Role.CLERK)
MOST_SHOWN = 300
WAITS_LONG = timedelta(seconds=30)
LISTED = timedelta(hours=24)
DESK = "/admin/desk"
NEEDS_PAPER = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.PARKED, TicketState.ABSENT})
STILL_WAITS = msgid("chưa in, đang thử lại")


@dataclass(frozen=True, slots=True)
class Unsure:
    """One row of the desk: whose slip, where it was meant to come out, its state and reason in words.

    `next_copy` numbers the reprint; 0 where it still waits and can only go to another printer.
    """

    job: PrintJob
    subject: str
    printer: str
    state: str
    why: str
    next_copy: int
    is_unknown: bool


def unsure(request: Request) -> list[Unsure]:
    """What the desk lists of the queues that the visitor may see, newest first."""
    house, scope, said = house_of(request), own_scope(request), translator(request.state.language)
    now = house.now()
    since, late = milliseconds(now - LISTED), milliseconds(now - WAITS_LONG)
    stuck = [
        job for job in house.store.read(jobs.waiting_slips)
        if job.state == SlipState.FAILED or job.asked_at <= late
    ]  # fmt: skip
    found = [*reversed(stuck), *house.store.read(jobs.unsure_slips, since, MOST_SHOWN)]
    shown = [job for job in found if _concerns(house, scope, job)]
    return [_row(house, job, said) for job in shown[:MOST_SHOWN]]


def _row(house: House, job: PrintJob, said: Any) -> Unsure:
    copy = job.copy + 1 if job.is_over else 0
    subject = number_of(house, job)
    state = said(SLIP_ENDS.get(SlipState(job.state), STILL_WAITS))
    why = said(job.note) if job.note else ""
    return Unsure(job, subject, job.printer, state, why, copy, job.state == SlipState.UNKNOWN)


def _concerns(house: House, scope: Scope, job: PrintJob) -> bool:
    if job.kind == TEST_PAGE:  # nobody waits for it: the printers' page says how it ended
        return False
    if job.kind != SlipKind.TICKET:
        return has_dossier(house, scope, job.subject)
    ticket = house.store.read(tickets.load, int(job.subject))
    return ticket.state in NEEDS_PAPER and scope.has_ticket(ticket)


def number_of(house: House, job: PrintJob) -> str:
    """'A 012', or the dossier's code."""
    if job.kind != SlipKind.TICKET:
        return job.subject
    ticket = house.store.read(tickets.load, int(job.subject))
    return shown_number(ticket.prefix, ticket.n)


def has_dossier(house: House, scope: Scope, code: str) -> bool:
    """Whether a dossier is of a procedure of the scope; one that is received no more, of a counter of the scope."""
    dossier = house.store.read(dossiers.find, code)
    if scope.agency is None or dossier is None:
        return scope.agency is None
    queues = {placement.code: placement.queue for placement in house.store.centre().procedures}
    queue = queues.get(dossier.procedure)
    return dossier.counter in scope.counters if queue is None else scope.has_queue(queue)


def _own_job(request: Request) -> PrintJob:
    """The slip that is named; another agency's is as unknown as one that is not there. Raises NotFound."""
    house, number = house_of(request), request.path_params["job"]
    job = house.store.read(jobs.print_job, number)
    if job is None or not _concerns(house, own_scope(request), job):
        raise NotFound(what=f"#{number}")
    return job


def printer_named(request: Request, form: Any) -> str:
    """The printer that a form names. Raises Invalid for one that this centre has not."""
    printer = forms.text(form, "printer", 40)
    if printer not in {p.id for p in house_of(request).store.centre().printers}:
        raise Invalid(what="printer")
    return printer


@open_to(*CLERKS_DESK, body_limit=2048)
async def vouch(request: Request) -> Response:
    """A person has seen the slip: it need not be printed again."""
    form, job = await forms.read_form(request), _own_job(request)
    await house_of(request).store.write(act_of(request, form), printing.vouch_for_slip, job.id)
    return go(DESK)


@open_to(*CLERKS_DESK, body_limit=2048)
async def move(request: Request) -> Response:
    """Another printer prints the slip, of which no byte has left."""
    form, job = await forms.read_form(request), _own_job(request)
    printer = printer_named(request, form)
    await house_of(request).store.write(act_of(request, form), printing.move_slip, job.id, printer)
    return go(DESK)


@open_to(*CLERKS_DESK, body_limit=2048)
async def reprint_receipt(request: Request) -> Response:
    """One more copy of a dossier's receipt, marked as such."""
    form, code = await forms.read_form(request), request.path_params["code"]
    printer = printer_named(request, form)
    house = house_of(request)
    if not has_dossier(house, own_scope(request), code):
        raise NotFound(what=code[:40])
    await house.store.write(act_of(request, form), printing.reprint_receipt, code, printer)
    return go(DESK)


ROUTES: list[BaseRoute] = [
    Route("/admin/slips/{job:int}/sightings", vouch, methods=["POST"]),
    Route("/admin/slips/{job:int}/moves", move, methods=["POST"]),
    Route("/admin/dossiers/{code}/reprints", reprint_receipt, methods=["POST"]),
]
