"""Appointments for programs: slots, bookings by staff, and check-ins of kiosks that are not ours."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import messages
from api.callers import BOOKERS, READERS, check_printer, json
from domain.errors import Invalid
from domain.roles import Role, open_to
from operations import booking
from operations.ticketing import find_queue
from store import appointments as rows
from web import appointments, cards
from web.house import act_of, house_of, visitor_of
from web.scope import own_scope

FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond, local time could overflow


@open_to(*READERS)
async def read_slots(request: Request) -> Response:
    """The slots of a queue that can still be booked, full ones included."""
    house = house_of(request)
    queue = find_queue(house.store.centre(), request.query_params.get("queue", ""))
    own_scope(request).check_queue(queue.id)
    return json([
        messages.SlotShown(queue.id, slot.at.isoformat(), slot.left)
        for day in appointments.days_offered(house, queue)
        for slot in day.slots
    ])  # fmt: skip


@open_to(*BOOKERS)
async def book(request: Request) -> Response:
    """Book a slot for somebody; the answer has the code. A repeated Idempotency-Key gives the same."""
    wanted = messages.decode(await request.body(), messages.BookAppointment)
    house, act, slot = house_of(request), act_of(request), _sane(wanted.slot)
    own_scope(request).check_queue(wanted.queue)
    holder = appointments.holder_hash(house, wanted.phone)
    code = appointments.new_code(house, act.request, wanted.queue, slot, holder.hex())
    hashed = appointments.code_hash(house, code)
    card = cards.typed(house.vault, cards.APPOINTMENT, wanted.identity)
    booked = await house.store.write(
        act, booking.book, wanted.queue, slot, hashed, holder, by_staff=True, card=card
    )
    return json(messages.appointment_shown(booked, code), 201)


@open_to(*BOOKERS)
async def move(request: Request) -> Response:
    """Another slot for an appointment; its code stays."""
    wanted = messages.decode(await request.body(), messages.MoveAppointment)
    appointment, slot = _own(request), _sane(wanted.slot)
    moved = await house_of(request).store.write(act_of(request), booking.move_booking, appointment, slot)
    return json(messages.appointment_shown(moved))


@open_to(*BOOKERS)
async def cancel(request: Request) -> Response:
    """Give the place of an appointment back."""
    wanted = messages.decode(await request.body(), messages.CancelAppointment)
    appointment = _own(request)
    gone = await house_of(request).store.write(act_of(request), booking.cancel_booking, appointment, wanted.reason)
    return json(messages.appointment_shown(gone))


@open_to(Role.KIOSK, *BOOKERS)
async def check_in(request: Request) -> Response:
    """The number of somebody who has come with a code; who has one already gets the same."""
    wanted = messages.decode(await request.body(), messages.CheckIn)
    check_printer(request, wanted.printer)
    found = appointments.found_by_code(request, wanted.code)
    own_scope(request).check_appointment(found)
    house_of(request).floods.check_ticket(visitor_of(request))
    ticket = await house_of(request).store.write(
        act_of(request), booking.check_in, found.id, wanted.language, wanted.printer
    )
    return json(messages.ticket_shown(ticket, ticket.promised), 201)


def _own(request: Request) -> int:
    """The appointment of the address. Raises UnknownAppointment."""
    found = house_of(request).store.read(rows.load, request.path_params["appointment"])
    own_scope(request).check_appointment(found)
    return found.id


def _sane(slot: datetime) -> datetime:
    if not FIRST_YEAR <= slot.year <= LAST_YEAR:
        raise Invalid(what="slot")
    return slot


ROUTES: list[BaseRoute] = [
    Route("/api/v1/slots", read_slots),
    Route("/api/v1/appointments", book, methods=["POST"]),
    Route("/api/v1/appointments/{appointment:int}/moves", move, methods=["POST"]),
    Route("/api/v1/appointments/{appointment:int}/cancellations", cancel, methods=["POST"]),
    Route("/api/v1/check-ins", check_in, methods=["POST"]),
]
