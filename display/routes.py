"""The hall's wall, the managers' wall, and the spoken announcements. The phone's page: `display.phones`."""

from dataclasses import asdict, astuple

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from display import announcing, managers, phones, replays, speaking, views
from domain.centres import Device
from domain.devices import is_too_old
from domain.errors import NotFound
from domain.roles import LEADING_ROLES, Role, open_to
from domain.walls import Layout, sizes
from web import leaders
from web.house import House, house_of, visitor_of
from web.live import Topic
from web.pages import page
from web.scope import scope_of

PLAIN_SECONDS = "5"
LEADERS = tuple(sorted(LEADING_ROLES))


def device_of(connection: Request | WebSocket) -> Device:
    """The wall or tablet that asks; `safety` has let in nobody else."""
    device = visitor_of(connection).device
    if device is None:
        raise NotFound(what=connection.path_params["device"][:20])
    return device


@open_to(Role.WALL)
async def show_wall(request: Request) -> Response:
    """A wall as it is set up: its hall, or one counter; a plain page where the browser is too old for it."""
    house, device, language = house_of(request), device_of(request), request.state.language
    if request.query_params.get("plain") == "1" or is_too_old(request.headers.get("user-agent", "")):
        answer = page(request, "display/wall_plain.html", device=device, **views.hall(house, device.zone, language))
        answer.headers["Refresh"] = PLAIN_SECONDS
        return answer
    shared = {"device": device, "sizes": astuple(sizes(device.glass))}
    if device.glass.layout is Layout.DOOR:
        return page(request, "display/door.html", packs=[], **shared, **views.door(house, device, language))
    context = views.hall(house, device.zone, language, device)
    return page(request, "display/hall.html", packs=views.voices(request.app.state.packs), **shared, **context)


@open_to(Role.WALL)
async def watch_wall(socket: WebSocket) -> None:
    """The wall's live picture, one for all that are set up alike; set up otherwise it has to load its page anew."""
    house, device = house_of(socket), device_of(socket)

    def is_as_it_was() -> bool:
        return device in house.store.centre().devices

    who = visitor_of(socket).who
    await house.hub.stream(socket, _topic(house, device), socket.state.language, who, is_as_it_was)


def _topic(house: House, device: Device) -> Topic:
    glass = device.glass
    if glass.layout is Layout.DOOR:
        return house.hub.topic(
            f"door:{device.id}:{device.counter}", lambda language: views.door_picture(house, device, language)
        )
    if glass.pictures_after_seconds is not None:
        name = f"hall:{device.zone}:{glass.layout}:{device.id}:{glass.pictures_after_seconds}"
        return house.hub.topic(name, lambda language: views.hall_picture(house, device.zone, language, device))
    alike = f"hall:{device.zone}:{glass.layout}"
    return house.hub.topic(alike, lambda language: views.hall_picture(house, device.zone, language))


@open_to(Role.WALL)
async def show_sizes(request: Request) -> Response:
    """The letters of this wall as a style sheet: from the size of its glass and the depth of its hall."""
    found = sizes(device_of(request).glass)
    rules = "".join(f"--{name}: {pixels}px; " for name, pixels in asdict(found).items())
    return Response(f".night {{ {rules}}}\n", media_type="text/css", headers={"Cache-Control": "no-store"})


@open_to(Role.WALL)
async def show_picture(request: Request) -> Response:
    """One picture or film of the shelf, in pieces where the browser asks for them."""
    found = house_of(request).pictures.named(request.path_params["name"])
    if found is None:
        raise NotFound(what=request.path_params["name"][:40])
    return FileResponse(found.path, media_type=found.kind, headers={"Cache-Control": "private, max-age=600"})


@open_to(Role.WALL)
async def list_calls(request: Request) -> Response:
    """Announcements above a number, for a wall that sees a gap: none may be lost by conflation."""
    after = request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise NotFound(what="after")
    rows = announcing.after(house_of(request), device_of(request).zone, int(after))
    return JSONResponse({"calls": rows}, headers={"Cache-Control": "no-store"})


@open_to(*LEADERS)
async def show_managers_wall(request: Request) -> Response:
    """How the hall stands, how the day will end, what to do: live."""
    house = house_of(request)
    scope = scope_of(visitor_of(request).person, house.store.centre())
    context = managers.managers(house, scope, request.state.language)
    return page(request, "display/managers.html", **context)


@open_to(*LEADERS)
async def watch_managers_wall(socket: WebSocket) -> None:
    """The managers' live picture; one for all who see the same agency."""
    await leaders.watch(socket, "managers", managers.managers_picture, managers.DEAF_TO)


ROUTES: list[BaseRoute] = [
    Route("/display/managers", show_managers_wall),
    WebSocketRoute("/display/managers/live", watch_managers_wall),
    *replays.ROUTES,
    Route("/display/{device}", show_wall),
    Route("/display/{device}/sizes.css", show_sizes),
    Route("/display/{device}/pictures/{name}", show_picture),
    Route("/display/{device}/calls", list_calls),
    *speaking.ROUTES,
    WebSocketRoute("/display/{device}/live", watch_wall),
    *phones.ROUTES,
]
