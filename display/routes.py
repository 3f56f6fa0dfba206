"""The hall's wall, the managers' wall, the phone page, and the spoken calls."""

from collections.abc import Callable, Mapping
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from display import views
from display.voice import BadPack, Pack
from domain.centres import Device
from domain.errors import NotFound
from domain.roles import LEADING_ROLES, Role, open_to
from domain.speech import sentence, withdrawal
from domain.tickets import Ticket
from operations import moving
from store import tickets
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.live import DESK_PACE
from web.pages import go, is_fragment, page

LEADERS = tuple(sorted(LEADING_ROLES))


def device_of(connection: Request | WebSocket) -> Device:
    """The wall or tablet that asks; `safety` has let in nobody else."""
    device = visitor_of(connection).device
    if device is None:
        raise NotFound(what=connection.path_params["device"][:20])
    return device


@open_to(Role.WALL)
async def show_wall(request: Request) -> Response:
    """The hall's wall: who is called where."""
    house, device = house_of(request), device_of(request)
    context = views.hall(house, device.zone, request.state.language)
    return page(request, "display/hall.html", device=device, packs=views.voices(request.app.state.packs), **context)


@open_to(Role.WALL)
async def watch_wall(socket: WebSocket) -> None:
    """The wall's live picture."""
    house, device = house_of(socket), device_of(socket)
    topic = house.hub.topic(
        f"hall:{device.zone}", lambda language: views.hall_picture(house, device.zone, language)
    )
    await house.hub.stream(socket, topic, socket.state.language, visitor_of(socket).who)


@open_to(Role.WALL)
async def list_calls(request: Request) -> Response:
    """Calls above a number, for a wall that sees a gap: none may be lost by conflation."""
    after = request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise NotFound(what="after")
    rows = views.calls_after(house_of(request), device_of(request).zone, int(after))
    return JSONResponse({"calls": rows}, headers={"Cache-Control": "no-store"})


@open_to(Role.WALL)
async def speak(request: Request) -> Response:
    """One announcement as one sound file, so that two can never overlap."""
    parts = request.path_params
    pack: Pack | None = packs_of(request).get(parts["language"])
    call = house_of(request).store.read(tickets.call, parts["seq"])
    if pack is None or call is None:
        raise NotFound(what=f"#{parts['seq']}")
    try:
        sound = pack.speak(_words(call, pack.language))
    except BadPack as error:
        raise NotFound(what=str(error)[:80]) from error
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "private, max-age=600"})


def _words(call: tickets.Call, language: str) -> tuple[str, ...]:
    if call.kind == "withdrawn":
        return withdrawal(call.prefix, call.n, language)
    return sentence(call.prefix, call.n, call.counter, language)


def packs_of(request: Request) -> Mapping[str, Pack]:
    """The clip packs loaded at start, by language."""
    packs: Mapping[str, Pack] = request.app.state.packs
    return packs


@open_to(*LEADERS)
async def show_managers_wall(request: Request) -> Response:
    """People waiting, longest wait, median wait: live."""
    context = views.managers(house_of(request), request.state.language)
    return page(request, "display/managers.html", **context)


@open_to(*LEADERS)
async def watch_managers_wall(socket: WebSocket) -> None:
    """The managers' live picture."""
    house = house_of(socket)
    topic = house.hub.topic("managers", lambda language: managers_picture(house, language), DESK_PACE)
    await house.hub.stream(socket, topic, socket.state.language, visitor_of(socket).who)


def managers_picture(house: House, language: str) -> str:
    """The fragment that every managers' wall gets."""
    return house.pages.render("display/_managers_live.html", language, **views.managers(house, language))


@open_to(Role.ANYONE)
async def follow(request: Request) -> Response:
    """My ticket on my phone: place in the line and where to go. The link is its own key."""
    house, ticket = house_of(request), followed_ticket(request)
    context = views.followed(house, ticket, request.state.language)
    template = "display/_follow.html" if request.headers.get("hx-request") else "display/follow.html"
    return page(request, template, **context)


@open_to(Role.ANYONE, body_limit=512)
async def leave(request: Request) -> Response:
    """'Tôi không chờ nữa', from the phone."""
    return await _by_phone(request, moving.leave)


@open_to(Role.ANYONE, body_limit=512)
async def come_back(request: Request) -> Response:
    """Called and absent, here now: within the grace the place is kept."""
    return await _by_phone(request, moving.come_back)


async def _by_phone(request: Request, operation: Callable[..., Ticket]) -> Response:
    house, ticket = house_of(request), followed_ticket(request)
    form = await forms.read_form(request)
    request.state.failures_go_to = "#failure"
    moved = await house.store.write(act_of(request, form), operation, ticket.id)
    if not is_fragment(request):
        return go(request.url.path.rpartition("/")[0])
    return page(request, "display/_follow.html", **views.followed(house, moved, request.state.language))


def followed_ticket(request: Request) -> Ticket:
    """The ticket that the link of a phone names. Raises UnknownTicket for a link that is not ours."""
    house, number = house_of(request), request.path_params["ticket"]
    meant = house.vault.sign("follow", str(number))
    if not compare_digest(request.path_params["signature"].encode(), meant.encode()):
        raise tickets.UnknownTicket()
    return house.store.read(tickets.load, number)


ROUTES: list[BaseRoute] = [
    Route("/display/managers", show_managers_wall),
    WebSocketRoute("/display/managers/live", watch_managers_wall),
    Route("/display/{device}", show_wall),
    Route("/display/{device}/calls", list_calls),
    Route("/display/{device}/voice/{language}/{seq:int}.wav", speak),
    WebSocketRoute("/display/{device}/live", watch_wall),
    Route("/follow/{ticket:int}-{signature}", follow),
    Route("/follow/{ticket:int}-{signature}/departures", leave, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/returns", come_back, methods=["POST"]),
]
