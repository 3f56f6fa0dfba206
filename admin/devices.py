"""The screens of the hall as those who mind it see them: how each is, what to do, and what is done from here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import printers, views
from admin.device_words import Words, agent_words, words_of
from admin.journal_words import Words as JournalWords
from domain.calendar import Translate
from domain.centres import Centre, Device, DeviceKind
from domain.days import local
from domain.devices import OLDEST_CHROMIUM, REASONS, Beat
from domain.errors import Invalid, NotFound, msgid
from domain.roles import open_to
from domain.routing import served_queues
from operations import devices as minding
from operations.entering import find_device
from store import devices, people
from store.devices import Stop
from web import beats, forms
from web.beats import Stand, Standing
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page, text_of
from web.scope import Scope, own_scope
from web.wording import DEVICES

HERE = "/admin/devices"
MINDERS, READERS = printers.MINDERS, printers.READERS


@dataclass(frozen=True, slots=True)
class Shown:
    """One device on the page; texts are translated.

    `since`: the time of its last change, with the date where that is not today, while it is there. `stop` is set
    while it is out of order.
    """

    device: Device
    kind: str
    zone: str
    words: Words
    since: str
    beat: Beat | None
    stop: Stop | None
    reason: str
    stopped_by: str
    printer: Any
    may_mind: bool

    @property
    def is_kiosk(self) -> bool:
        """Whether it can be put out of order."""
        return self.device.kind is DeviceKind.KIOSK

    @property
    def has_page(self) -> bool:
        """Whether there is a page to load anew, and somebody to tell it."""
        return self.device.kind is not DeviceKind.AGENT and self.words.is_paired


@open_to(*READERS)
async def show_devices(request: Request) -> Response:
    """Every device that the visitor may see."""
    return page(request, "admin/devices.html", **views.frame(request), **shown(request))


def shown(request: Request) -> dict[str, Any]:
    """All devices in the centre's order, and the reasons for putting one out of order."""
    house, language = house_of(request), request.state.language
    said, centre, scope = translator(language), house.store.centre(), own_scope(request)
    found = [*_screens(request, house, centre, scope, said), *_agents(request, house, centre, scope, said)]
    return {
        "devices": found,
        "reasons": [(key, said(text)) for key, text in REASONS.items()],
        "now": house.now(),
        "oldest": OLDEST_CHROMIUM,
    }


def _screens(request: Request, house: House, centre: Centre, scope: Scope, said: Translate) -> list[Shown]:
    stops, now = house.store.read(devices.stopped), house.now()
    papers = {printer.id: printer for printer in printers.shown(request)["printers"]}
    who = JournalWords(house, request.state.language).who
    release, found = version("motcua"), []
    for stand in beats.stands(house):
        device = stand.device
        stop = stops.get(device.id)
        stop = stop if stop is not None and stop.holds(now) else None
        if has_device(centre, scope, device):
            found.append(Shown(
                device, said(DEVICES[device.kind]), _zone(centre, device, request.state.language),
                words_of(stand, stop is not None, release, said), _since(stand, now), stand.beat, stop,
                said(REASONS[stop.reason]) if stop else "", who(stop.who) if stop else "",
                papers.get(device.printer or ""), _may_mind(request, centre, scope, device),
            ))  # fmt: skip
    return found


def _since(stand: Stand, now: datetime) -> str:
    """Of a lost one the words say it."""
    if stand.since is None or stand.standing is not Standing.THERE:
        return ""
    at = local(stand.since)
    return f"{at:%H:%M}" if at.date() == local(now).date() else f"{at:%H:%M %d/%m}"


def _agents(request: Request, house: House, centre: Centre, scope: Scope, said: Translate) -> list[Shown]:
    """Print agents have no page: they are connected or not."""
    pairings = house.store.read(people.device_states)
    return [
        Shown(
            device, said(DEVICES[device.kind]), _zone(centre, device, request.state.language),
            agent_words(pairings.get(device.id), request.app.state.agents.is_here(device.id), said),
            "", None, None, "", "", None, may_mind=False,
        )
        for device in centre.devices
        if device.kind is DeviceKind.AGENT and has_device(centre, scope, device)
    ]  # fmt: skip


def _zone(centre: Centre, device: Device, language: str) -> str:
    return next((text_of(zone.name, language) for zone in centre.zones if zone.id == device.zone), device.zone)


def has_device(centre: Centre, scope: Scope, device: Device) -> bool:
    """Whether this device is seen: an own queue is served where it stands."""
    return scope.agency is None or not _queues(centre, device).isdisjoint(scope.queues)


def _may_mind(request: Request, centre: Centre, scope: Scope, device: Device) -> bool:
    if not any(request.state.visitor.holds(role) for role in MINDERS):
        return False
    queues = _queues(centre, device)
    return scope.agency is None or (bool(queues) and queues <= scope.queues)


def _queues(centre: Centre, device: Device) -> frozenset[str]:
    """The queues that are served at a tablet's counter, else in its zone."""
    counters = [
        counter
        for counter in centre.counters
        if (counter.zone == device.zone if device.counter is None else counter.number == device.counter)
    ]
    return frozenset(queue for counter in counters for queue in served_queues(counter))


@open_to(*MINDERS, body_limit=2048)
async def stop_device(request: Request) -> Response:
    """Put a kiosk out of order, for a reason from the list, perhaps until a time of today."""
    house, form, device = house_of(request), await forms.read_form(request), _minded(request)
    reason, until = forms.text(form, "reason", 20), _until(form, house.now())
    await house.store.write(act_of(request, form), minding.stop_device, device.id, reason, until)
    return go(HERE)


@open_to(*MINDERS, body_limit=2048)
async def resume_device(request: Request) -> Response:
    """The kiosk is back in order."""
    form, device = await forms.read_form(request), _minded(request)
    await house_of(request).store.write(act_of(request, form), minding.resume_device, device.id)
    return go(HERE)


@open_to(*MINDERS, body_limit=2048)
async def reload_device(request: Request) -> Response:
    """The screen loads its page anew."""
    house, form, device = house_of(request), await forms.read_form(request), _minded(request)
    await house.store.write(act_of(request, form), minding.ask_reload, device.id)
    house.beats.ask_reload(device.id)
    return go(HERE)


def _minded(request: Request) -> Device:
    """The device of the address, where the visitor may mind it. Raises NotFound."""
    centre, name = house_of(request).store.centre(), request.path_params["device"]
    device = find_device(centre, name)
    if not _may_mind(request, centre, own_scope(request), device):
        raise NotFound(what=name[:40])
    return device


def _until(form: FormData, now: datetime) -> datetime | None:
    """Until when today (local 'HH:MM') if that was said. Raises Invalid."""
    until = forms.text(form, "until", 5, required=False)
    if not until:
        return None
    try:
        end = datetime.strptime(until, "%H:%M")
    except ValueError as error:
        raise Invalid(what="until") from error
    return local(now).replace(hour=end.hour, minute=end.minute, second=0, microsecond=0).astimezone(UTC)


def notice(house: House, scope: Scope, said: Translate) -> str:
    """What those on the floor should know: screens lost, kiosks out of order; empty when there are none."""
    centre, stops, now = house.store.centre(), house.store.read(devices.stopped), house.now()
    own = [stand for stand in beats.stands(house) if has_device(centre, scope, stand.device)]
    lost = [_lost(stand, said) for stand in own if stand.standing is Standing.LOST]
    out = [
        f"{stand.device.id} ({said(REASONS[stop.reason])})"
        for stand in own
        if (stop := stops.get(stand.device.id)) is not None and stop.holds(now)
    ]
    told = [(msgid("Mất liên lạc: %(devices)s."), lost), (msgid("Ki-ốt tạm ngừng: %(devices)s."), out)]
    return " ".join(said(words) % {"devices": ", ".join(names)} for words, names in told if names)


def _lost(stand: Stand, said: Translate) -> str:
    words = said(msgid("%(device)s từ %(time)s"))
    return words % {"device": stand.device.id, "time": f"{local(stand.since):%H:%M}" if stand.since else "–"}


ROUTES: list[BaseRoute] = [
    Route(HERE, show_devices),
    Route(f"{HERE}/{{device}}/stops", stop_device, methods=["POST"]),
    Route(f"{HERE}/{{device}}/resumptions", resume_device, methods=["POST"]),
    Route(f"{HERE}/{{device}}/reloads", reload_device, methods=["POST"]),
]
