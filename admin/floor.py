"""The live floor for those who lead, and what they can change from there for today."""

from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from admin import floor_views, views
from domain.centre_rules import Text
from domain.centres import Centre, Counter, Hall
from domain.days import LOCAL, local
from domain.errors import Invalid, NotFound
from domain.roles import LEADING_ROLES, open_to
from operations import managing, posting, shifts
from operations.shifts import find_counter
from operations.ticketing import find_queue
from store import bulletins, centres, people
from store.counters import Skills
from store.writer import Act, Tx
from web import forms, leaders, tonight, waits, wording
from web.house import act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go, page, text_of
from web.scope import Scope, scope_of

FLOOR = "/admin/floor"
LEADERS = tuple(sorted(LEADING_ROLES))


@open_to(*LEADERS)
async def show_floor(request: Request) -> Response:
    """Every counter and every queue now, and what needs somebody's eye."""
    context = floor_views.floor(house_of(request), _scope(request), request.state.language)
    return page(request, "admin/floor.html", **views.frame(request), **context)


@open_to(*LEADERS)
async def watch_floor(socket: WebSocket) -> None:
    """The same, live; one picture for all who see the same agency."""
    await leaders.watch(socket, "floor", floor_views.floor_picture)


def _scope(connection: HTTPConnection) -> Scope:
    return scope_of(visitor_of(connection).person, house_of(connection).store.centre())


@open_to(*LEADERS)
async def show_counter(request: Request) -> Response:
    """One counter: who is there, and which queues it serves today."""
    house, language = house_of(request), request.state.language
    centre, board = house.store.centre(), house.hub.board()
    counter = find_counter(centre, request.path_params["counter"])
    place, scope = board.places[counter.number], _scope(request)
    scope.check_counter(counter.number, place.skills.all)
    clerk = house.store.read(people.by_id, place.shift.person) if place.shift else None
    context = {
        "counter": counter,
        "place": place,
        "clerk": clerk,
        "way": text_of(counter.way, language),
        "rests": floor_views.rest(place.pause, translator(language)) if place.pause else "",
        "calls": any(alarm.counter == counter.number for alarm in board.alarms),
        "choices": [
            (q.id, q.prefix, text_of(q.title, language), _rank(place.skills, q.id))
            for q in centre.queues
            if q.id in scope.queues
        ],
        "configured": (
            floor_views.letters(centre, counter.queues),
            floor_views.letters(centre, counter.secondary),
        ),
    }
    return page(request, "admin/floor_counter.html", **views.frame(request), **context)


def _rank(skills: Any, queue: str) -> str:
    return "first" if queue in skills.queues else "second" if queue in skills.secondary else "none"


@open_to(*LEADERS, body_limit=4096)
async def set_skills(request: Request) -> Response:
    """Other queues for this counter until the day ends, or the configured ones again."""
    house, form = house_of(request), await forms.read_form(request)
    centre, number = house.store.centre(), request.path_params["counter"]
    counter, scope = find_counter(centre, number), _scope(request)
    now = house.hub.board().places[number].skills
    scope.check_counter(number, now.all)
    first, second = _chosen(centre, counter, form, scope, now)
    await house.store.write(act_of(request, form), shifts.set_skills, number, first, second)
    return go(FLOOR)


def _chosen(
    centre: Centre, counter: Counter, form: FormData, scope: Scope, now: Skills
) -> tuple[list[str], list[str]]:
    """The queues ticked as first and as second, in the configured order; another agency's stay as they are.

    Raises Invalid when none is first.
    """
    configured = Skills(counter.queues, counter.secondary)
    every = [*configured.all, *(queue.id for queue in centre.queues if queue.id not in configured.all)]

    def wanted(queue: str) -> Any:
        if queue not in scope.queues:
            return _rank(now, queue)
        return _rank(configured, queue) if form.get("as") == "configured" else form.get(f"queue-{queue}")

    first = [queue for queue in every if wanted(queue) == "first"]
    second = [queue for queue in every if wanted(queue) == "second"]
    if not first:
        raise Invalid(what="queues")
    return first, second


@open_to(*LEADERS, body_limit=2048)
async def end_help(request: Request) -> Response:
    """Somebody has come to the counter that called, or it was pressed by mistake: whosever counter it is.

    All who lead see the same button with the same request id, and two may press it: each has an own request.
    """
    form, number = await forms.read_form(request), request.path_params["counter"]
    act = act_of(request, form)
    own = Act(act.who, f"{act.request}-{act.who}" if act.request else None)
    await house_of(request).store.write(own, shifts.end_help, number, form.get("false_alarm") == "1")
    return go(FLOOR)


@open_to(*LEADERS)
async def show_queue(request: Request) -> Response:
    """One queue: how it stands, whether it takes people, whether it is kept over night."""
    house, language = house_of(request), request.state.language
    queue, scope = find_queue(house.store.centre(), request.path_params["queue"]), _scope(request)
    scope.check_queue(queue.id)
    row = next(row for row in floor_views.queue_rows(house, scope, language) if row.id == queue.id)
    halves = floor_views.half_hours_left(house, queue.id)
    until = _until(request.query_params.get("until", ""), halves)
    context = {
        "row": row,
        "kept": house.store.read(centres.kept).get(queue.id, ""),
        "told": waits.of_queue(house, queue.id, language),
        "chance": waits.chance(house, queue),
        "is_first": waits.is_first_days(house, queue.id),
        "advice": await house.forecaster.advise(queue.id, until),
        "until": until,
        "halves": halves,
        "end": tonight.end_of(house, queue.id),
        "at": tonight.at,
        "could_open": waits.could_open(house, queue.id),
    }
    return page(request, "admin/floor_queue.html", **context, **views.frame(request))


def _until(text: str, halves: list[float]) -> float:
    """One of these minutes of the day, asked for as '16:00'; otherwise the last one, infinite without any."""
    wanted = [half for half in halves if wording.clock(half) == text]
    return wanted[0] if wanted else halves[-1] if halves else inf


@open_to(*LEADERS, body_limit=2048)
async def stop_queue(request: Request) -> Response:
    """Nobody new in this queue, for a reason that the hall reads, perhaps until a time."""
    return await _stop(request, managing.stop_queue, _own_queue(request))


@open_to(*LEADERS, body_limit=2048)
async def resume_queue(request: Request) -> Response:
    """The queue takes people again."""
    return await _resume(request, managing.resume_queue, _own_queue(request))


@open_to(*LEADERS, body_limit=2048)
async def keep_queue(request: Request) -> Response:
    """Whoever still waits here tonight keeps the place tomorrow."""
    form = await forms.read_form(request)
    reason = forms.text(form, "reason", 120)
    await house_of(request).store.write(act_of(request, form), managing.keep_queue, _own_queue(request), reason)
    return go(FLOOR)


def _own_queue(request: Request) -> str:
    """The queue of the address. Raises UnknownQueue."""
    queue: str = request.path_params["queue"]
    _scope(request).check_queue(queue)
    return queue


@open_to(*LEADERS)
async def show_hall(request: Request) -> Response:
    """One hall: all its queues stopped or opened by one press."""
    house, language = house_of(request), request.state.language
    hall = _own_hall(request)
    inside = {queue.id for queue in house.store.centre().queues if queue.hall == hall.id}
    rows = [row for row in floor_views.queue_rows(house, _scope(request), language) if row.id in inside]
    context = {
        "hall": hall, "name": text_of(hall.name, language), "rows": rows, "longest": posting.LONGEST,
        "bulletins": house.store.read(bulletins.of_hall, hall.id, house.now()), "now": house.now(),
    }  # fmt: skip
    return page(request, "admin/floor_hall.html", **context, **views.frame(request))


def _own_hall(request: Request) -> Hall:
    """The hall of the address, where every queue in it may be stopped. Raises NotFound."""
    wanted: str = request.path_params["hall"]
    for hall in floor_views.own_halls(house_of(request).store.centre(), _scope(request)):
        if hall.id == wanted:
            return hall
    raise NotFound(what=wanted[:40])


@open_to(*LEADERS, body_limit=2048)
async def stop_hall(request: Request) -> Response:
    """Nobody new in any queue of this hall."""
    return await _stop(request, managing.stop_hall, _own_hall(request).id)


@open_to(*LEADERS, body_limit=2048)
async def resume_hall(request: Request) -> Response:
    """All queues of this hall take people again."""
    return await _resume(request, managing.resume_hall, _own_hall(request).id)


@open_to(*LEADERS, body_limit=8192)
async def post_bulletin(request: Request) -> Response:
    """A text of the centre on all walls of this hall, at once or from a moment on."""
    hall, form = _own_hall(request).id, await forms.read_form(request)
    vi, en, fr = (forms.text(form, name, posting.LONGEST, required=name == "vi") for name in ("vi", "en", "fr"))
    span = _moment(form, "starts"), _moment(form, "ends")
    await house_of(request).store.write(act_of(request, form), posting.post_bulletin, hall, Text(vi, en, fr), *span)
    return go(f"{FLOOR}/halls/{hall}")


@open_to(*LEADERS, body_limit=2048)
async def take_down(request: Request) -> Response:
    """The text hangs in this hall no more."""
    hall, form = _own_hall(request).id, await forms.read_form(request)
    number = request.path_params["bulletin"]
    await house_of(request).store.write(act_of(request, form), posting.take_down, hall, number)
    return go(f"{FLOOR}/halls/{hall}")


def _moment(form: FormData, name: str) -> datetime | None:
    """A local date and time as the browser's field has it, None when empty. Raises Invalid."""
    text = forms.text(form, name, 16, required=False)
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=LOCAL).astimezone(UTC)
    except ValueError as error:
        raise Invalid(what=name) from error


async def _stop(request: Request, stop: Callable[[Tx, str, str, datetime | None], object], place: str) -> Response:
    house, form = house_of(request), await forms.read_form(request)
    await house.store.write(act_of(request, form), stop, place, *_reason(form, house.now()))
    return go(FLOOR)


async def _resume(request: Request, resume: Callable[[Tx, str], object], place: str) -> Response:
    form = await forms.read_form(request)
    await house_of(request).store.write(act_of(request, form), resume, place)
    return go(FLOOR)


def _reason(form: FormData, now: datetime) -> tuple[str, datetime | None]:
    """Why, and until when today (local 'HH:MM') if that was said. Raises Invalid."""
    reason, until = forms.text(form, "reason", 120), forms.text(form, "until", 5, required=False)
    if not until:
        return reason, None
    try:
        end = datetime.strptime(until, "%H:%M")
    except ValueError as error:
        raise Invalid(what="until") from error
    today = local(now).replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return reason, today.astimezone(UTC)


ROUTES: list[BaseRoute] = [
    Route(FLOOR, show_floor),
    WebSocketRoute(f"{FLOOR}/live", watch_floor),
    Route(f"{FLOOR}/counters/{{counter:int}}", show_counter),
    Route(f"{FLOOR}/counters/{{counter:int}}/skills", set_skills, methods=["POST"]),
    Route(f"{FLOOR}/counters/{{counter:int}}/help/end", end_help, methods=["POST"]),
    Route(f"{FLOOR}/queues/{{queue}}", show_queue),
    Route(f"{FLOOR}/queues/{{queue}}/stops", stop_queue, methods=["POST"]),
    Route(f"{FLOOR}/queues/{{queue}}/resumptions", resume_queue, methods=["POST"]),
    Route(f"{FLOOR}/queues/{{queue}}/keeping", keep_queue, methods=["POST"]),
    Route(f"{FLOOR}/halls/{{hall}}", show_hall),
    Route(f"{FLOOR}/halls/{{hall}}/stops", stop_hall, methods=["POST"]),
    Route(f"{FLOOR}/halls/{{hall}}/resumptions", resume_hall, methods=["POST"]),
    Route(f"{FLOOR}/halls/{{hall}}/bulletins", post_bulletin, methods=["POST"]),
    Route(f"{FLOOR}/halls/{{hall}}/bulletins/{{bulletin:int}}/removals", take_down, methods=["POST"]),
]
