"""A card, a dossier, an appointment or a slip at the kiosk's scanner: what it is, and the step that it spares.

A card's number becomes a keyed hash before anything else happens. What is found stands in the answer to a POST, so
that nothing of it is in an address, in the history or in a log.
"""

import asyncio
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.appointments import Appointment, UnknownAppointment
from domain.days import local
from domain.dossiers import tail
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.roles import Role, open_to
from domain.scans import AppointmentCode, Card, DossierCode, Scan, SlipLink, recognise
from domain.tickets import Ticket
from kiosk import modes, priorities, standings, views
from kiosk.asking import device_of
from kiosk.journeys import LIVES_SECONDS, Journey
from kiosk.memory import memory_of
from operations import moving
from operations.booking import check_in
from store import appointments as store_appointments
from store import days, dossiers, holders, tickets
from store.dossiers import Dossier
from web import appointments, cards, failures, forms
from web.house import House, act_of, house_of, visitor_of
from web.pages import is_fragment, page
from web.tries import Tries

BODY = 4096
LARGEST_TICKET_ID = 2**53
unknown_codes = Tries(20, 60)


class ScanUnreadable(Invalid):
    text = msgid(
        "Không đọc được mã này: ki-ốt chỉ đọc thẻ căn cước, giấy hẹn trả kết quả, mã hẹn và phiếu số của trung tâm."
        " Mời quét lại, hoặc bấm “Lấy số” như thường."
    )


class DossierNotHere(NotFound):
    text = msgid("Hồ sơ %(code)s không có trong sổ của trung tâm này. Mời hỏi ở quầy hướng dẫn.")


class JourneyOver(Refused):
    text = msgid("Đã quá hai phút nên ki-ốt không còn nhớ mã vừa quét. Mời quét lại.")


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan leads to; all empty for a card of which nothing is known."""

    journey: Journey
    ticket: Ticket | None = None
    appointment: Appointment | None = None
    dossiers: tuple[Dossier, ...] = ()
    has_left: Ticket | None = None


@open_to(Role.KIOSK)
async def show_scan(request: Request) -> Response:
    """The field alone, for a kiosk without script."""
    return page(request, "kiosk/scan.html", wrong="", **views.frame(request, device_of(request)))


@open_to(Role.KIOSK, body_limit=BODY)
async def scan(request: Request) -> Response:
    """Recognise by format alone; the answer names nobody."""
    request.state.failures_go_to = "#failure"
    device, form = device_of(request), await forms.read_form(request)
    try:
        found = _found(request, _read(form))
    except Refused as refused:
        if is_fragment(request):
            raise
        status, wrong = failures.status_of(refused), failures.sentence(refused, request.state.language)
        return page(request, "kiosk/scan.html", status, wrong=wrong, **views.frame(request, device))
    memory_of(request).declarations.end(device.id)  # whoever scans may be the next one
    asyncio.get_running_loop().call_later(LIVES_SECONDS + 1, memory_of(request).journeys.sweep)
    return show(request, found)


@open_to(Role.KIOSK, body_limit=512)
async def arrive(request: Request) -> Response:
    """The number for the appointment that a scan has found."""
    request.state.failures_go_to = "#failure"
    house, device = house_of(request), device_of(request)
    form = await forms.read_form(request)
    journey = journey_of(request, form)
    if journey.appointment is None:
        raise UnknownAppointment()
    house.floods.check_ticket(visitor_of(request))
    language = request.state.language
    ticket = await house.store.write(
        act_of(request, form), check_in, journey.appointment, language, device.printer, holder=journey.holder
    )
    memory_of(request).declarations.end(device.id)
    return given(request, ticket)


@open_to(Role.KIOSK, body_limit=512)
async def leave(request: Request) -> Response:
    """Give up the number that a card has found, and choose another if one likes."""
    request.state.failures_go_to = "#failure"
    house, form = house_of(request), await forms.read_form(request)
    journey = journey_of(request, form)
    held = house.store.read(holders.active_ticket, journey.holder) if journey.holder else None
    if held is not None:
        await house.store.write(act_of(request, form), moving.leave, held.id)
    return show(request, Found(journey, has_left=held))


def holder_of(request: Request, form: FormData) -> bytes | None:
    """Whose number is asked for, where a card was scanned at this kiosk less than two minutes ago."""
    name = forms.text(form, "journey", 40, required=False)
    journey = memory_of(request).journeys.find(name, device_of(request).id) if name else None
    return journey.holder if journey else None


def given(request: Request, ticket: Ticket) -> Response:
    """The number's page after a POST; nothing of the way to it stands in an address."""
    is_ours = house_of(request).store.read(tickets.giver, ticket.id) == visitor_of(request).who
    result = views.result(request, device_of(request), ticket, None if is_ours else "elsewhere")
    if is_fragment(request):
        return page(request, "kiosk/_ticket.html", **result)
    return page(request, "kiosk/ticket.html", **{**views.frame(request, device_of(request)), **result})


def again(request: Request, ticket: Ticket, form: FormData) -> Response:
    """Somebody who has a number asks for another: the one there is, and what can be done about it."""
    return show(request, Found(journey_of(request, form), ticket))


def show_again(request: Request, form: FormData) -> Response:
    """What the scan has found, once more. Raises JourneyOver."""
    journey, store = journey_of(request, form), house_of(request).store
    ticket = store.read(holders.active_ticket, journey.holder) if journey.holder else None
    booked = store.read(store_appointments.load, journey.appointment) if journey.appointment else None
    known = (store.read(dossiers.find, code) for code in journey.dossiers)
    return show(request, Found(journey, ticket, booked, tuple(dossier for dossier in known if dossier is not None)))


def journey_of(request: Request, form: FormData) -> Journey:
    """The journey that the form names. Raises JourneyOver."""
    name = forms.text(form, "journey", 40)
    found = memory_of(request).journeys.find(name, device_of(request).id)
    if found is None:
        raise JourneyOver()
    return found


def show(request: Request, found: Found) -> Response:
    """What was found, as a part of the page or as a page of its own."""
    context = _context(request, found)
    if is_fragment(request):
        return page(request, "kiosk/_person.html", **context)
    return page(request, "kiosk/person.html", **{**views.frame(request, device_of(request)), **context})


def _read(form: FormData) -> Scan:
    """What was scanned. Raises ScanUnreadable."""
    text = form.get("text", "")
    found = recognise(text) if isinstance(text, str) else None
    if found is None:
        raise ScanUnreadable(what="text")
    return found


def _found(request: Request, what: Scan) -> Found:
    """Raises ScanUnreadable, UnknownAppointment, DossierNotHere, UnknownTicket, TooManyTries."""
    journeys, device = memory_of(request).journeys, device_of(request).id
    match what:
        case Card(identity=identity):
            return _of_card(request, identity)
        case DossierCode(code=code):
            dossier = _dossier(request, code)
            return Found(journeys.begin(device, dossiers=(code,)), dossiers=(dossier,))
        case AppointmentCode(code=code):
            found = appointments.found_by_code(request, code)
            return Found(journeys.begin(device, appointment=found.id), appointment=found)
        case SlipLink():
            return Found(journeys.begin(device), _slip(house_of(request), what))
        case _:
            raise ScanUnreadable(what="text")


def _of_card(request: Request, identity: str) -> Found:
    """Everything that waits for the person with this number; of the number only hashes are used."""
    house = house_of(request)
    ours = {purpose: cards.hash_of(house.vault, purpose, identity) for purpose in cards.PURPOSES}
    today = local(house.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    store = house.store
    ticket = store.read(holders.active_ticket, ours[cards.TICKET])
    appointment = store.read(holders.next_appointment, ours[cards.APPOINTMENT], today)
    codes = store.read(holders.open_dossiers, ours[cards.DOSSIER])
    found = [store.read(dossiers.find, code) for code in codes]
    journey = memory_of(request).journeys.begin(
        device_of(request).id, ours[cards.TICKET], appointment.id if appointment else None, tuple(codes)
    )
    return Found(journey, ticket, appointment, tuple(dossier for dossier in found if dossier is not None))


def _dossier(request: Request, code: str) -> Dossier:
    """The dossier of this code; unknown ones are counted. Raises DossierNotHere, TooManyTries."""
    name = visitor_of(request).who
    unknown_codes.check(name)
    found = house_of(request).store.read(dossiers.find, code)
    if found is None:
        unknown_codes.note(name)
        raise DossierNotHere(code=tail(code))
    return found


def _slip(house: House, link: SlipLink) -> Ticket:
    """The number of one of our own slips of today. Raises ScanUnreadable, UnknownTicket."""
    meant = house.vault.sign("follow", str(link.ticket))
    if link.ticket > LARGEST_TICKET_ID or not compare_digest(link.signature, meant):
        raise ScanUnreadable(what="text")
    ticket, today = house.store.read(tickets.load, link.ticket), house.store.read(days.newest)
    if today is None or (ticket.day != today.id and ticket.kept_from is None):
        raise tickets.UnknownTicket()
    return ticket


def _context(request: Request, found: Found) -> dict[str, Any]:
    house, language = house_of(request), request.state.language
    centre, booked = house.store.centre(), found.appointment
    return {
        "device": device_of(request),
        "keep": modes.kept(modes.chosen(request)),
        "page_id": secrets.token_urlsafe(12),
        "journey": found.journey,
        "has_left": found.has_left.number if found.has_left else "",
        "held": standings.of_ticket(request, centre, found.ticket) if found.ticket else None,
        "is_mine": found.journey.holder is not None,
        "appointment": booked and standings.of_appointment(house, centre, booked, language),
        "dossiers": [standings.of_dossier(centre, dossier, language) for dossier in found.dossiers],
        **views.queue_list(request),
        "priority": priorities.choice(request, journey=found.journey.id),
    }


ROUTES = [
    Route("/kiosk/{device}/scans", show_scan),
    Route("/kiosk/{device}/scans", scan, methods=["POST"]),
    Route("/kiosk/{device}/arrivals", arrive, methods=["POST"]),
    Route("/kiosk/{device}/departures", leave, methods=["POST"]),
]
