"""The hall's loudspeakers: how busy they are, a test on each wall, the packs that are here and those being made."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import printers, views
from admin.recording import recordings_of
from domain import speech
from domain.roles import Role, open_to
from operations import speaking
from operations.entering import find_device
from web import airtime, forms
from web.house import act_of, house_of
from web.languages import offered
from web.pages import go, page
from web.voice import Pack, Packs

HERE = "/admin/voice"
MINDERS = (Role.ADMINISTRATOR, Role.MANAGER)
READERS = printers.READERS


@dataclass(frozen=True, slots=True)
class Shown:
    """A pack as the page lists it."""

    name: str
    language: str
    clips: int
    missing: int
    licence: str


@open_to(*READERS)
async def show_voice(request: Request) -> Response:
    """Zones, packs, and what is being recorded."""
    house = house_of(request)
    packs: Packs = request.app.state.packs
    await packs.look()
    voice = house.store.centre().voice
    context = {
        "zones": airtime.zones(house, request.state.language),
        "packs": [shown(name, pack) for name, pack in sorted(packs.names.items())],
        "broken": sorted(packs.broken),
        "absent": [name for name in (voice.pack, voice.second) if name and name not in packs.names],
        "voice": voice,
        "recordings": recordings_of(request).all(),
        "languages": offered(),
        "may_test": any(request.state.visitor.holds(role) for role in MINDERS),
        "now": house.now(),
    }
    return page(request, "admin/voice.html", **views.frame(request), **context)


def shown(name: str, pack: Pack) -> Shown:
    """A pack for the list."""
    every = speech.tokens(pack.language)
    return Shown(name, offered().get(pack.language, pack.language), len(every) - len(pack.missing()),
                 len(pack.missing()), pack.licence)  # fmt: skip


@open_to(*MINDERS, body_limit=2048)
async def test_wall(request: Request) -> Response:
    """The wall says chime and 'một hai ba': by its next turn, also in quiet hours."""
    house, form, name = house_of(request), await forms.read_form(request), request.path_params["device"]
    device = find_device(house.store.centre(), name)
    house.speakers.ask_test(device.zone, device.id)
    await house.store.write(act_of(request, form), speaking.ask_test, device.id)
    return go(HERE)


ROUTES: list[BaseRoute] = [
    Route(HERE, show_voice),
    Route(f"{HERE}/tests/{{device}}", test_wall, methods=["POST"]),
]
