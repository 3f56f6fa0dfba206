"""The citizen's touch screen: take a number, find a procedure, see the number large."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from domain.errors import NotFound
from domain.roles import Role, open_to
from domain.tickets import Ticket
from kiosk import declaring, finding, honesty, modes, scans, speech, stopping, views
from kiosk.asking import device_of
from kiosk.memory import memory_of
from operations import moving
from operations.booking import check_in
from operations.ticketing import find_queue, take_own_ticket, take_ticket
from store import tickets
from store.days import newest
from store.writer import Act
from web import appointments, forms, refusals
from web.house import act_of, checked_request_id, house_of, visitor_of
from web.live import DESK_PACE
from web.pages import go, is_fragment, page


@open_to(Role.KIOSK)
async def show_start(request: Request) -> Response:
    """The first screen: whoever stood here before is gone."""
    device = device_of(request)
    memory_of(request).forget(device.id)
    return page(request, "kiosk/start.html", **views.frame(request, device))


@open_to(Role.KIOSK)
async def show_queues(request: Request) -> Response:
    """One large button a queue."""
    device = device_of(request)
    context = views.queue_list(request, only=request.query_params.get("kind"))
    return page(request, "kiosk/queues.html", **views.frame(request, device), **context)


@open_to(Role.KIOSK, body_limit=2048)
async def take_number(request: Request) -> Response:
    """Give the number. The same press gives the same number again."""
    house, device, declarations = house_of(request), device_of(request), memory_of(request).declarations
    request.state.failures_go_to = "#failure"
    form = await forms.read_form(request)
    queue = forms.text(form, "queue", 40)
    house.floods.check_ticket(visitor_of(request))
    holder, act, language = scans.holder_of(request, form), act_of(request, form), request.state.language
    declared, asked = forms.text(form, "declared", 40, required=False), act.request or "-"
    priority = declarations.priority_for(device.id, declared, asked)
    if holder is not None:
        async with refusals.counted(house, act, queue):
            own = await house.store.write(act, take_own_ticket, holder, queue, language, device.printer, priority)
        if own.again:
            return scans.again(request, own.ticket, form)
        declarations.given(device.id, asked)
        return scans.given(request, own.ticket)
    async with refusals.counted(house, act, queue):
        ticket = await house.store.write(act, take_ticket, queue, language, priority, device.printer)
    declarations.given(device.id, asked)
    if not is_fragment(request):
        kept = dict.fromkeys(modes.chosen(request), "1")
        return go(f"/kiosk/{device.id}/tickets/{ticket.id}", {"lang": request.state.language, **kept})
    paper = "printing" if device.printer else "none"  # just asked for; the page asks on
    return page(request, "kiosk/_ticket.html", **views.result(request, device, ticket, paper))


@open_to(Role.KIOSK, body_limit=512)
async def note_refusal(request: Request) -> Response:
    """A procedure's page has said that its queue gives no number now: counted, where that is still so."""
    house = house_of(request)
    queue = find_queue(house.store.centre(), request.path_params["queue"])
    asked = checked_request_id(request.query_params.get("request_id"))
    found = honesty.admission_of(request, queue)
    if found.why is not None:
        await refusals.note(house, Act(visitor_of(request).who, asked), queue.id, found.why)
    return Response(headers={"Cache-Control": "no-store"})


@open_to(Role.KIOSK)
async def ask_code(request: Request) -> Response:
    """Where somebody with an appointment types its code."""
    return page(request, "kiosk/appointment.html", **views.code_page(request, device_of(request)))


@open_to(Role.KIOSK, body_limit=2048)
async def keep_appointment(request: Request) -> Response:
    """The number for an appointment's code. Who has it already gets the same number again, at any kiosk."""
    house, device = house_of(request), device_of(request)
    request.state.failures_go_to = "#failure"
    form = await forms.read_form(request)
    house.floods.check_ticket(visitor_of(request))
    found = appointments.found_by_code(request, forms.text(form, "code", appointments.CODE_AT_MOST))
    ticket = await house.store.write(
        act_of(request, form), check_in, found.id, request.state.language, device.printer
    )
    memory_of(request).declarations.end(device.id)
    is_ours = house.store.read(tickets.giver, ticket.id) == visitor_of(request).who
    result = views.result(request, device, ticket, None if is_ours else "elsewhere")
    if is_fragment(request):
        return page(request, "kiosk/_ticket.html", **result)
    if is_ours:
        kept = dict.fromkeys(modes.chosen(request), "1")
        return go(f"/kiosk/{device.id}/tickets/{ticket.id}", {"lang": request.state.language, **kept})
    return page(request, "kiosk/ticket.html", **{**views.frame(request, device), **result})


@open_to(Role.KIOSK)
async def show_ticket(request: Request) -> Response:
    """The number once more, large, while its paper comes."""
    device, ticket = device_of(request), _own_ticket(request)
    context = {**views.frame(request, device), **views.result(request, device, ticket)}
    return page(request, "kiosk/ticket.html", **context)


@open_to(Role.KIOSK)
async def show_paper(request: Request) -> Response:
    """Where the slip is: printing, here, or not coming."""
    device, ticket = device_of(request), _own_ticket(request)
    return page(request, "kiosk/_paper.html", **views.result(request, device, ticket))


@open_to(Role.KIOSK, body_limit=512)
async def leave(request: Request) -> Response:
    """'Tôi không chờ nữa': by the person's own word."""
    house, device, ticket = house_of(request), device_of(request), _own_ticket(request)
    form = await forms.read_form(request)
    await house.store.write(act_of(request, form), moving.leave, ticket.id)
    kept = dict.fromkeys(modes.chosen(request), "1")
    return go(f"/kiosk/{device.id}", {"lang": request.state.language, **kept})


@open_to(Role.KIOSK)
async def show_follow_code(request: Request) -> Response:
    """The QR code of a ticket's page for phones."""
    picture = await asyncio.to_thread(views.follow_picture, house_of(request), _own_ticket(request))
    if picture is None:
        raise NotFound(what="QR")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _own_ticket(request: Request) -> Ticket:
    """A ticket of today that this kiosk gave: another's number is nobody's business."""
    store = house_of(request).store
    ticket = store.read(tickets.load, request.path_params["ticket"])
    today = store.read(newest)
    if today is None or ticket.day != today.id or store.read(tickets.giver, ticket.id) != visitor_of(request).who:
        raise tickets.UnknownTicket()
    return ticket


@open_to(Role.KIOSK)
async def watch(socket: WebSocket) -> None:
    """Notices and the clock; and the sign of life by which the kiosk knows that the server is there."""
    house, visitor = house_of(socket), visitor_of(socket)
    topic = house.hub.topic("kiosk", lambda language: views.notices(house, language), DESK_PACE)
    await house.hub.stream(socket, topic, socket.state.language, visitor.who)


PAGES = [
    Route("/kiosk/{device}", show_start),
    Route("/kiosk/{device}/queues", show_queues),
    *finding.ROUTES,
    *scans.ROUTES,
    *declaring.ROUTES,
    Route("/kiosk/{device}/appointments", ask_code),
]
ROUTES: list[BaseRoute] = [
    Route("/kiosk/{device}/tickets", take_number, methods=["POST"]),
    *map(stopping.while_in_order, PAGES),
    Route("/kiosk/{device}/queues/{queue}/refusals", note_refusal, methods=["POST"]),
    Route("/kiosk/{device}/check-ins", keep_appointment, methods=["POST"]),
    Route("/kiosk/{device}/tickets/{ticket:int}", show_ticket),
    Route("/kiosk/{device}/tickets/{ticket:int}/paper", show_paper),
    Route("/kiosk/{device}/tickets/{ticket:int}/departures", leave, methods=["POST"]),
    Route("/kiosk/{device}/tickets/{ticket:int}/qr.svg", show_follow_code),
    Route("/kiosk/{device}/speech", speech.speak, methods=["POST"]),
    WebSocketRoute("/kiosk/{device}/live", watch),
]
