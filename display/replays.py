"""A day that is over, played again on a wall: for managers, silent, and plainly marked. Nothing here writes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from display import views
from domain.announcements import zones_with_walls
from domain.days import LOCAL, local
from domain.errors import Invalid, NotFound, TooManyTries, msgid
from domain.roles import Role, open_to
from domain.walls import Screen, sizes
from store import past_halls
from store.past_halls import PastDay
from web.house import House, house_of
from web.live import Hub
from web.pages import go, is_fragment, page, text_of

T = TypeVar("T")
HERE = "/display/replays"
SPEEDS = (1, 10, 60, 300)
USUAL_SPEED = 60
AFTER_LAST_CALL = timedelta(minutes=5)
AT_ONCE = 2  # pictures drawn at one time, each in a thread


class NobodyCalled(NotFound):
    text = msgid("Ngày %(date)s chưa qua hoặc không có số nào được gọi. Mời chọn ngày khác.")


class TooManyReplays(TooManyTries):
    text = msgid("Máy chủ đang vẽ lại cho người khác. Mời chờ vài giây rồi chạy tiếp.")


@dataclass(slots=True)
class Easel:
    """At most two pictures of the past are drawn at a time; whoever comes third is asked to wait."""

    busy: int = 0

    async def draw(self, work: Callable[..., T], *told: Any) -> T:
        """Do it in a thread. Raises TooManyReplays."""
        if self.busy >= AT_ONCE:
            raise TooManyReplays()
        self.busy += 1
        try:
            return await asyncio.to_thread(work, *told)
        finally:
            self.busy -= 1


easel = Easel()


@open_to(Role.MANAGER)
async def choose(request: Request) -> Response:
    """Which day, which zone, how fast; with a date chosen the way to its replay. Raises NobodyCalled."""
    house, asked = house_of(request), request.query_params
    centre, today = house.store.centre(), local(house.now()).date()
    zones = [zone for zone in centre.zones if zone.id in zones_with_walls(centre)]
    if "date" in asked:
        found = house.store.read(past_halls.labelled, _date(asked["date"]), today)
        if found is None:
            raise NobodyCalled(date=f"{_date(asked['date']):%d/%m/%Y}")
        zone = asked.get("zone") or (zones[0].id if zones else "")
        return go(f"{HERE}/{found.id}/{quote(zone, safe='')}", {"speed": str(_speed(request))})
    named = [(zone.id, text_of(zone.name, request.state.language)) for zone in zones]
    newest = house.store.read(past_halls.newest, today)
    shown = {"zones": named, "newest": newest, "speeds": SPEEDS, "usual": USUAL_SPEED}
    return page(request, "display/replays.html", centre_name=text_of(centre.name, request.state.language), **shown)


@open_to(Role.MANAGER)
async def show(request: Request) -> Response:
    """A wall of that day at one instant, or only what has changed on it. Raises NotFound, TooManyReplays."""
    house, language, zone = house_of(request), request.state.language, request.path_params["zone"]
    request.state.failures_go_to = "#failure"
    number = request.path_params["day"]
    day = house.store.read(past_halls.numbered, number, local(house.now()).date())
    if day is None:
        raise NotFound(what=f"#{number}")
    at = instant(day, request.query_params.get("at"))
    context = await easel.draw(picture, house, day.id, at, zone, language)
    context |= {"day": day, "zone": zone, "since": begins(day), "until": ends(day)}
    if is_fragment(request):
        return page(request, "display/_replay_live.html", **context)
    chosen = {"speed": _speed(request), "speeds": SPEEDS, "sizes": sizes(Screen())}
    return page(request, "display/replay.html", **context, **chosen)


def picture(house: House, day: int, at: datetime, zone: str, language: str) -> dict[str, Any]:
    """What the walls of a zone showed at an instant of a business day. Raises NotFound."""
    with past_halls.as_of(house.store.path, day, at) as past:
        if zone not in zones_with_walls(past.centre()):
            raise NotFound(what=zone[:40])
        then = replace(house, store=past, hub=Hub(past), now=lambda: at)
        return views.hall(then, zone, language)


def begins(day: PastDay) -> datetime:
    """The first minute that is played."""
    return day.opened.replace(second=0, microsecond=0)


def ends(day: PastDay) -> datetime:
    """The last minute that is played."""
    return day.ended.replace(second=0, microsecond=0) + AFTER_LAST_CALL


def instant(day: PastDay, asked: str | None) -> datetime:
    """'08:31' or '08:31:20' of that day, within what is played; nothing: its beginning. Raises Invalid."""
    if not asked:
        return begins(day)
    try:
        at = datetime.combine(day.label, time.fromisoformat(asked[:8]), LOCAL)
    except ValueError as error:
        raise Invalid(what="at") from error
    return min(max(at, begins(day)), ends(day))


def _date(asked: str) -> date:
    try:
        return date.fromisoformat(asked[:10])
    except ValueError as error:
        raise Invalid(what="date") from error


def _speed(request: Request) -> int:
    asked = request.query_params.get("speed", "")
    return next((speed for speed in SPEEDS if str(speed) == asked), USUAL_SPEED)


ROUTES: list[BaseRoute] = [
    Route(HERE, choose),
    Route(f"{HERE}/{{day:int}}/{{zone}}", show),
]
