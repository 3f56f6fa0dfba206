"""A kiosk that is out of order: one calm page in three languages, whatever page was asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.centres import Centre, Device, DeviceKind
from domain.days import local
from domain.devices import REASONS, KioskStopped
from domain.errors import msgid
from kiosk import views
from kiosk.asking import device_of
from store import devices
from store.devices import Stop
from web import beats
from web.beats import Standing
from web.house import House, house_of
from web.languages import LANGUAGES, translator
from web.pages import page, text_of

MOST_OTHERS = 2
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says in one language; `ways` are the kiosks that do give numbers, each with where it stands."""

    language: str
    title: str
    why: str
    where: str
    ways: tuple[str, ...]
    desk: str


def while_in_order(route: Route) -> Route:
    """The same route; out of order it shows the page that says so, and refuses what is not a page."""
    methods = sorted((route.methods or {"GET"}) - {"HEAD"})
    return Route(route.path, _asking_first(route.endpoint), methods=methods, name=route.name)


def _asking_first(handler: Handler) -> Handler:
    @wraps(handler)
    async def handle(request: Request) -> Response:
        house, device = house_of(request), device_of(request)
        stop = house.store.read(devices.stop_of, device.id, house.now())
        if stop is None:
            return await handler(request)
        if request.method != "GET":
            request.state.failures_go_to = "#failure"
            raise KioskStopped()
        return _page(request, house, device, stop)

    return handle


def _page(request: Request, house: House, device: Device, stop: Stop) -> Response:
    others, languages = _others(house, device), dict.fromkeys((request.state.language, *LANGUAGES))
    told = [_told(house.store.centre(), stop, others, language) for language in languages]
    return page(request, "kiosk/stopped.html", told=told, **views.frame(request, device))


def _told(centre: Centre, stop: Stop, others: list[Device], language: str) -> Told:
    said = translator(language)
    why = said(msgid("Lý do: %(reason)s.")) % {"reason": said(REASONS[stop.reason])}
    if stop.until is not None:
        why += " " + said(msgid("Dự kiến dùng lại lúc %(time)s.")) % {"time": f"{local(stop.until):%H:%M}"}
    kiosk = said(msgid("Ki-ốt %(id)s, %(hall)s"))
    return Told(
        language, said(msgid("Ki-ốt này tạm ngừng")), why, said(msgid("Mời lấy số ở:")),
        tuple(kiosk % {"id": other.id, "hall": _hall(centre, other, language)} for other in others),
        said(msgid("Quầy hướng dẫn")),
    )  # fmt: skip


def _others(house: House, device: Device) -> list[Device]:
    """Kiosks that are there and in order, those of the same hall first."""
    halls = {zone.id: zone.hall for zone in house.store.centre().zones}
    stops, now = house.store.read(devices.stopped), house.now()
    found = [
        stand.device
        for stand in beats.stands(house)
        if stand.device.kind is DeviceKind.KIOSK
        and stand.device.id != device.id
        and stand.standing in (Standing.THERE, Standing.AWAITED)
        and not (stand.device.id in stops and stops[stand.device.id].holds(now))
    ]
    return sorted(found, key=lambda other: halls[other.zone] != halls[device.zone])[:MOST_OTHERS]


def _hall(centre: Centre, device: Device, language: str) -> str:
    zone = next(zone for zone in centre.zones if zone.id == device.zone)
    hall = next(hall for hall in centre.halls if hall.id == zone.hall)
    return text_of(hall.name, language)
