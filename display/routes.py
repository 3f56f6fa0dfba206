"""The hall's wall, the managers' wall, and the spoken announcements. The phone's page: `display.phones`."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from display import announcing, phones, views
from domain.centres import Device
from domain.errors import NotFound
from domain.roles import LEADING_ROLES, Role, open_to
from web import leaders
from web.house import House, house_of, visitor_of
from web.pages import page
from web.scope import Scope, scope_of
from web.voice import BadPack, Pack

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
    """Announcements above a number, for a wall that sees a gap: none may be lost by conflation."""
    after = request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise NotFound(what="after")
    rows = announcing.after(house_of(request), device_of(request).zone, int(after))
    return JSONResponse({"calls": rows}, headers={"Cache-Control": "no-store"})


@open_to(Role.WALL)
async def speak(request: Request) -> Response:
    """One announcement as one sound file, so that two can never overlap."""
    parts = request.path_params
    pack: Pack | None = packs_of(request).get(parts["language"])
    words = announcing.words(house_of(request), parts["seq"], pack.language) if pack else None
    if pack is None or words is None:
        raise NotFound(what=f"#{parts['seq']}")
    try:
        sound = pack.speak(words)
    except BadPack as error:
        raise NotFound(what=str(error)[:80]) from error
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "private, max-age=600"})


def packs_of(request: Request) -> Mapping[str, Pack]:
    """The clip packs loaded at start, by language."""
    packs: Mapping[str, Pack] = request.app.state.packs
    return packs


@open_to(*LEADERS)
async def show_managers_wall(request: Request) -> Response:
    """People waiting, longest wait, median wait: live."""
    house = house_of(request)
    scope = scope_of(visitor_of(request).person, house.store.centre())
    context = views.managers(house, scope, request.state.language)
    return page(request, "display/managers.html", **context)


@open_to(*LEADERS)
async def watch_managers_wall(socket: WebSocket) -> None:
    """The managers' live picture; one for all who see the same agency."""
    await leaders.watch(socket, "managers", managers_picture)


def managers_picture(house: House, scope: Scope, language: str) -> str:
    """The fragment that every managers' wall of this scope gets."""
    return house.pages.render("display/_managers_live.html", language, **views.managers(house, scope, language))


ROUTES: list[BaseRoute] = [
    Route("/display/managers", show_managers_wall),
    WebSocketRoute("/display/managers/live", watch_managers_wall),
    Route("/display/{device}", show_wall),
    Route("/display/{device}/calls", list_calls),
    Route("/display/{device}/voice/{language}/{seq:int}.wav", speak),
    WebSocketRoute("/display/{device}/live", watch_wall),
    *phones.ROUTES,
]
