"""The signs of life of kiosks, walls and tablets: the last of each in memory, what changes in a small table.

A screen says how it is every 25 s (`web/static/beat.js`). The journal does not grow by it.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from domain.centres import Device, DeviceKind
from domain.days import local
from domain.devices import SILENT_SECONDS, Beat, Showing, is_due_anew, read_beat
from domain.errors import NotFound
from domain.roles import Role, open_to
from operations import devices as minding
from store import centres, devices, people
from store.devices import Change
from store.people import DeviceState
from store.writer import Act
from web import forms
from web.devices import keep_pass
from web.house import House, house_of, visitor_of
from web.visitors import DEVICE_COOKIE

LOOK_SECONDS = 5.0
FRESH_SECONDS = 20  # a page sends its first beat at once, the next one after 25 s
SYSTEM = Act("system")
RELEASE = version("motcua")
log = structlog.get_logger("devices")


class Standing(StrEnum):
    """How a screen stands: not paired, revoked, not heard yet since the start, lost, or there."""

    UNPAIRED = "unpaired"
    REVOKED = "revoked"
    AWAITED = "awaited"
    LOST = "lost"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Stand:
    """A screen with how it stands since when; `beat` is what it said last since the server started."""

    device: Device
    standing: Standing
    since: datetime | None = None
    beat: Beat | None = None


def stands(house: House) -> list[Stand]:
    """Every screen of the centre with a page, in its order."""
    pairings, last = house.store.read(people.device_states), house.store.read(devices.last_changes)
    return [
        _stand(house, device, pairings.get(device.id), last.get(device.id))
        for device in house.store.centre().devices
        if device.kind is not DeviceKind.AGENT
    ]


def _stand(house: House, device: Device, pairing: DeviceState | None, last: Change | None) -> Stand:
    if pairing is None or pairing.paired_at is None:
        return Stand(device, Standing.UNPAIRED)
    if pairing.revoked_at is not None:
        return Stand(device, Standing.REVOKED)
    heard = house.beats.heard(device.id)
    beat = heard.beat if heard else None
    if not is_silent(house, device.id):
        there = heard is not None or house.hub.silent_seconds(f"device:{device.id}") == 0
        return Stand(device, Standing.THERE if there else Standing.AWAITED, last.at if last else None, beat)
    if heard is not None:
        return Stand(device, Standing.LOST, heard.at, beat)
    return Stand(device, Standing.LOST, last.at if last and not last.heard else house.beats.began)


def is_silent(house: House, device: str) -> bool:
    """Whether a screen has been silent for a minute. An open socket counts for one that has never said more."""
    if house.beats.silence(device) <= SILENT_SECONDS:
        return False
    if house.beats.heard(device) is not None:
        return True
    socket = house.hub.silent_seconds(f"device:{device}")
    return socket is None or socket > SILENT_SECONDS


def changes(house: House) -> list[Change]:
    """What is new since the last look: screens lost or back, another browser, size or page."""
    last = house.store.read(devices.last_changes)
    return [change for stand in stands(house) if (change := _change(house, stand, last.get(stand.device.id)))]


def _change(house: House, stand: Stand, last: Change | None) -> Change | None:
    told = last.told if last else {}
    if stand.standing is Standing.LOST and stand.since is not None and (last is None or last.heard):
        return Change(stand.device.id, stand.since, False, stand.beat.lasting if stand.beat else told)
    if stand.standing is not Standing.THERE or stand.beat is None:
        return None
    if last is not None and last.heard and last.told == stand.beat.lasting:
        return None
    return Change(stand.device.id, house.now(), True, stand.beat.lasting)


async def look(house: House) -> None:
    """One look: note what has changed, and end what was out of order until now."""
    if not house.store.read(centres.is_loaded):
        return
    if found := changes(house):
        _say(found)
        await house.store.write(SYSTEM, minding.note_changes, found)
    now = house.now()
    if any(not stop.holds(now) for stop in house.store.read(devices.stopped).values()):
        await house.store.write(SYSTEM, minding.end_stops)


def _say(found: Iterable[Change]) -> None:
    for change in found:
        log.info("device changed", device=change.device, heard=change.heard, **change.told)


async def watch(house: House) -> None:
    """Look until cancelled."""
    while True:
        try:
            await look(house)
        except Exception as error:  # a full disk must not end the watch
            log.warning("devices were not looked at", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)


@open_to(Role.KIOSK, Role.WALL, Role.TABLET, body_limit=512)
async def note_beat(request: Request) -> Response:
    """A sign of life; the answer says whether the page is to be loaded anew."""
    house, device = house_of(request), visitor_of(request).device
    if device is None:
        raise NotFound(what=request.path_params["device"][:20])
    beat = read_beat(dict((await forms.read_form(request)).items()))
    house.beats.note(device.id, beat, house.now())
    out = house.store.read(devices.stop_of, device.id, house.now()) is not None
    reload = house.beats.is_to_reload(device.id, beat) or out != (beat.showing is Showing.OUT)
    reload = reload or _is_due_anew(house, device, beat)
    answer = JSONResponse({"reload": reload}, headers={"Cache-Control": "no-store"})
    token = request.cookies.get(DEVICE_COOKIE + device.id)
    if token and beat.age <= FRESH_SECONDS:  # each page once, so at least every night
        keep_pass(answer, request, device.id, token)
    return answer


def _is_due_anew(house: House, device: Device, beat: Beat) -> bool:
    now, calls = house.now(), house.hub.board().calls
    since = (now - calls[-1].at).total_seconds() if calls else None
    return is_due_anew(beat, RELEASE, local(now).hour, since, at_night=device.kind is DeviceKind.WALL)


ROUTES: list[BaseRoute] = [Route("/devices/{device}/beats", note_beat, methods=["POST"])]
