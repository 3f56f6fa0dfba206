"""The clerk's screen: calling numbers, receiving dossiers. Commands come by POST, changes by the live topic."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from counter import forms as intake_forms
from counter import views
from domain.applicants import MOST_PAPERS
from domain.errors import NotAllowed, UnknownProcedure, msgid
from domain.procedures import documents
from domain.roles import COUNTER_ROLES, Role, open_to
from operations import calling, intake, shifts
from operations.shifts import find_counter
from store import procedures
from store.people import Person
from web import forms
from web.house import act_of, house_of, visitor_of
from web.languages import translator
from web.live import DESK_PACE
from web.pages import go, is_fragment, page

NOBODY_WAITS = msgid("Không có ai đang chờ quầy này.")
WORKERS = (*sorted(COUNTER_ROLES), Role.SUPERVISOR)


def person_of(request: Request) -> Person:
    """The clerk who asks; `safety` has let in nobody else."""
    person = visitor_of(request).person
    if person is None:
        raise NotAllowed()
    return person


@open_to(*WORKERS)
async def show_counters(request: Request) -> Response:
    """Where to sit down: own counter first, then the free ones."""
    return page(request, "counter/counters.html", **views.counters(request, person_of(request)))


@open_to(*WORKERS)
async def show_counter(request: Request) -> Response:
    """The clerk's one screen."""
    house, number = house_of(request), request.path_params["counter"]
    person = person_of(request)
    find_counter(house.store.centre(), number)
    shift = house.hub.board().places[number].shift
    if shift is None or shift.person != person.id:
        return page(request, "counter/counters.html", **views.counters(request, person))
    context = {**views.picture(house, number, request.state.language), **views.desk(request, number)}
    return page(request, "counter/desk.html", **context)


@open_to(*WORKERS, body_limit=2048)
async def open_counter(request: Request) -> Response:
    """Sit down at a counter."""
    form, number = await forms.read_form(request), request.path_params["counter"]
    await house_of(request).store.write(act_of(request, form), shifts.open_shift, number, person_of(request).id)
    return go(f"/counter/{number}")


@open_to(*WORKERS, body_limit=2048)
async def close_counter(request: Request) -> Response:
    """Get up again."""
    form, number = await forms.read_form(request), request.path_params["counter"]
    await house_of(request).store.write(act_of(request, form), shifts.close_shift, number, person_of(request).id)
    return go("/counter")


def command(
    operation: Callable[..., Any], said: Callable[[Any, str], str]
) -> Callable[[Request], Awaitable[Response]]:
    """A handler for one button: the operation, then the counter's newest picture with one sentence."""

    @open_to(*WORKERS, body_limit=2048)
    async def press(request: Request) -> Response:
        house, number = house_of(request), request.path_params["counter"]
        form = await forms.read_form(request)
        seen = forms.number(form, "seen", 0, 2**53, default=0) if "seen" in form else None
        answer = await house.store.write(act_of(request, form), operation, number, person_of(request).id, seen)
        if not is_fragment(request):
            return go(f"/counter/{number}")
        picture = topic_of(request, number).picture(request.state.language)
        return HTMLResponse(picture + said(answer, request.state.language), headers={"Cache-Control": "no-store"})

    return press


def _said_call(answer: calling.Called, language: str) -> str:
    return "" if answer.ticket else translator(language)(NOBODY_WAITS)


def _said_nothing(_: Any, __: str) -> str:
    return ""


@open_to(*WORKERS)
async def show_papers(request: Request) -> Response:
    """The checklist of one procedure."""
    code = request.query_params.get("procedure", "")[:20]
    found = house_of(request).store.read(procedures.find, code)
    if found is None:
        raise UnknownProcedure(procedure=code)
    return page(request, "counter/_papers.html", papers=documents(found)[:MOST_PAPERS])


@open_to(*WORKERS, body_limit=262_144)
async def receive(request: Request) -> Response:
    """Receive the dossier: code and due date at once; receipt and portal follow by themselves."""
    house, number = house_of(request), request.path_params["counter"]
    form = await forms.read_form(request)
    taken = intake_forms.read_intake(form, house.vault, views.printer_of(house, number))
    received = await house.store.write(
        act_of(request, form), intake.receive_dossier, number, person_of(request).id, taken
    )
    if not is_fragment(request):
        return go(f"/counter/{number}")
    picture = topic_of(request, number).picture(request.state.language)
    done = house.pages.render("counter/_received.html", request.state.language, received=received)
    return HTMLResponse(picture + done, headers={"Cache-Control": "no-store"})


def topic_of(connection: Any, number: int) -> Any:
    """The live topic of one counter."""
    house = house_of(connection)
    return house.hub.topic(
        f"counter:{number}",
        lambda language: house.pages.render(
            "counter/_live.html", language, **views.picture(house, number, language)
        ),
        DESK_PACE,
    )


@open_to(*WORKERS)
async def watch(socket: WebSocket) -> None:
    """Changes made elsewhere reach the clerk here."""
    house, visitor = house_of(socket), visitor_of(socket)
    number = socket.path_params["counter"]
    find_counter(house.store.centre(), number)
    await house.hub.stream(socket, topic_of(socket, number), socket.state.language, visitor.who)


ROUTES: list[BaseRoute] = [
    Route("/counter", show_counters),
    Route("/counter/{counter:int}", show_counter),
    Route("/counter/{counter:int}/shifts", open_counter, methods=["POST"]),
    Route("/counter/{counter:int}/shifts/end", close_counter, methods=["POST"]),
    Route("/counter/{counter:int}/calls", command(calling.call_next, _said_call), methods=["POST"]),
    Route("/counter/{counter:int}/recalls", command(calling.call_again, _said_nothing), methods=["POST"]),
    Route("/counter/{counter:int}/absences", command(calling.mark_absent, _said_nothing), methods=["POST"]),
    Route("/counter/{counter:int}/finishes", command(calling.finish, _said_nothing), methods=["POST"]),
    Route("/counter/{counter:int}/papers", show_papers),
    Route("/counter/{counter:int}/dossiers", receive, methods=["POST"]),
    WebSocketRoute("/counter/{counter:int}/live", watch),
]
