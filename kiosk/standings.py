"""What is said of a number, an appointment or a dossier that a scan has found: enough for its owner, no more."""

from typing import Any

from starlette.requests import Request

from domain.appointments import Appointment, AppointmentState, slot_text
from domain.centres import Centre, Queue, QueueKind
from domain.days import local
from domain.dossiers import Standing, standing, tail
from domain.errors import UnknownProcedure
from domain.tickets import Ticket, TicketState
from kiosk import views
from operations.intake import find_placement
from store import appointments as booked
from store import boards
from store.dossiers import Dossier
from web import waits
from web.house import House, house_of
from web.pages import text_of


def of_ticket(request: Request, centre: Centre, ticket: Ticket) -> dict[str, Any]:
    """The number somebody has: where, how many ahead now, and whether it still waits."""
    house = house_of(request)
    queue = next((q for q in centre.queues if q.id == ticket.queue), None)
    ahead = house.store.read(boards.position, ticket)
    return {
        "number": ticket.number,
        "queue_title": text_of(queue.title, request.state.language) if queue else "",
        "counters": views.counters_of(centre, queue) if queue else "",
        "counter": ticket.counter,
        "waits": ticket.state is TicketState.WAITING,
        "is_over": ticket.state not in (TicketState.WAITING, TicketState.CALLED, TicketState.PARKED),
        "ahead": ahead,
        "wait": waits.of_ticket(house, ticket, request.state.language).words,
    }


def of_appointment(house: House, centre: Centre, found: Appointment, language: str) -> dict[str, Any]:
    found = house.store.read(booked.load, found.id)
    queue = next((q for q in centre.queues if q.id == found.queue), None)
    return {
        "slot": slot_text(found.slot),
        "queue_title": text_of(queue.title, language) if queue else "",
        "is_today": local(found.slot).date() == local(house.now()).date(),
        "is_off": found.state is AppointmentState.CANCELLED,
    }


def of_dossier(centre: Centre, dossier: Dossier, language: str) -> dict[str, Any]:
    """How a dossier stands, without its procedure or its dates; the queue to go to, if there is anything to do."""
    stands = standing(dossier.status)
    queue = _queue_for(centre, dossier, stands)
    return {
        "tail": tail(dossier.code),
        "standing": stands,
        "queue": queue,
        "queue_title": text_of(queue.title, language) if queue else "",
    }


def _queue_for(centre: Centre, dossier: Dossier, stands: Standing) -> Queue | None:
    """Results are handed over in their own queue, of the same agency if there are several."""
    try:
        wanted = find_placement(centre, dossier.procedure).queue
    except UnknownProcedure:
        wanted = ""
    received = next((queue for queue in centre.queues if queue.id == wanted), None)
    if stands in (Standing.PAPERS, Standing.PAYMENT):
        return received
    if stands is not Standing.READY:
        return None
    results = [queue for queue in centre.queues if queue.kind is QueueKind.RESULTS]
    near = [queue for queue in results if received is not None and queue.agency == received.agency]
    return next(iter(near or results), None)
