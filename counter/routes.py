"""The clerk's screen: calling numbers, receiving dossiers. Commands come by POST, changes by the live topic."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from counter import (
    batches,
    keys,
    online,
    payments,
    reception_ends,
    reception_fees,
    reception_views,
    receptions,
    scans,
    views,
)
from counter import forms as intake_forms
from counter.commands import COMMANDS, WORKERS, answer, person_of, topic_of
from counter.reception_fees import FeeChanged
from counter.sheets import Sheet
from domain.applicants import MOST_PAPERS
from domain.errors import UnknownProcedure
from domain.fees import Fee
from domain.procedures import documents
from domain.roles import open_to
from operations import intake, shifts
from operations.shifts import find_counter
from store import procedures
from web import fee_words, forms
from web.house import act_of, house_of, visitor_of
from web.pages import go, is_fragment, page


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


@open_to(*WORKERS, body_limit=2048)
async def take_over(request: Request) -> Response:
    """Sit down at a colleague's open counter."""
    form, number = await forms.read_form(request), request.path_params["counter"]
    await house_of(request).store.write(act_of(request, form), shifts.take_over, number, person_of(request).id)
    return go(f"/counter/{number}")


@open_to(*WORKERS, body_limit=2048)
async def end_help(request: Request) -> Response:
    """Somebody has gone to the colleague who called for help; or it was a false alarm."""
    form, number = await forms.read_form(request), request.path_params["counter"]
    wrong, back = form.get("false_alarm") == "1", forms.number(form, "back", 0, 999, default=0)
    if back:
        find_counter(house_of(request).store.centre(), back)
    await house_of(request).store.write(act_of(request, form), shifts.end_help, number, wrong)
    return answer(request, back) if back else go("/counter")


@open_to(*WORKERS)
async def find_slips(request: Request) -> Response:
    """The numbers of a queue around a time, to find whose slip was lost."""
    house, number = house_of(request), request.path_params["counter"]
    queue, at = request.query_params.get("queue", "")[:40], request.query_params.get("at", "")[:5]
    context = views.slips_around(house, queue, at)
    if is_fragment(request):
        return page(request, "counter/_slips.html", number=number, **context)
    queues = views.named_queues(house.store.centre(), request.state.language)
    asked = {"asked_queue": queue, "asked_at": at, "queues": queues}
    return page(request, "counter/slips_found.html", number=number, **context, **asked)


@open_to(*WORKERS)
async def show_papers(request: Request) -> Response:
    """The checklist of one procedure."""
    code = request.query_params.get("procedure", "")[:20]
    found = house_of(request).store.read(procedures.find, code)
    if found is None:
        raise UnknownProcedure(procedure=code)
    fee = reception_views.fee_sheet(reception_views.chosen(house_of(request), code), Sheet())
    papers = documents(found)[:MOST_PAPERS]
    return page(request, "counter/_papers.html", papers=papers, fee=fee, fee_words=fee_words)


@open_to(*WORKERS, body_limit=262_144)
async def receive(request: Request) -> Response:
    """Receive the dossier: code and due date at once; receipt and portal follow by themselves."""
    house, number = house_of(request), request.path_params["counter"]
    form = await forms.read_form(request)
    taken = intake_forms.read_intake(form, house.vault, views.printer_of(house, number))
    taken = replace(taken, fee=_confirmed(request, form, taken.procedure))
    received = await house.store.write(
        act_of(request, form), intake.receive_dossier, number, person_of(request).id, taken
    )
    if not is_fragment(request):
        return go(f"/counter/{number}")
    picture = topic_of(request, number).picture(request.state.language)
    done = house.pages.render("counter/_received.html", request.state.language, received=received, number=number)
    return HTMLResponse(picture + done, headers={"Cache-Control": "no-store"})


def _confirmed(request: Request, form: FormData, procedure: str) -> Fee | None:
    """The fee that the quick form offered and the clerk left ticked; refused when another one stands there now."""
    if not form.get("fee"):
        return None
    fee = reception_views.fee_sheet(reception_views.chosen(house_of(request), procedure), Sheet())
    if form.get("fee") != fee.mark:
        raise FeeChanged()
    return reception_fees.as_offered(fee)


@open_to(*WORKERS)
async def watch(socket: WebSocket) -> None:
    """Changes made elsewhere reach the clerk here."""
    house, number = house_of(socket), socket.path_params["counter"]
    find_counter(house.store.centre(), number)
    await house.hub.stream(
        socket, topic_of(socket, number), socket.state.language, visitor_of(socket).who,
        lambda: house.visitors.of(socket).holds(*WORKERS),
    )  # fmt: skip


ROUTES: list[BaseRoute] = [
    *COMMANDS,
    *keys.ROUTES,
    *scans.ROUTES,
    *receptions.ROUTES,
    *batches.ROUTES,
    *reception_ends.ROUTES,
    *online.ROUTES,
    *payments.ROUTES,
    Route("/counter", show_counters),
    Route("/counter/{counter:int}", show_counter),
    Route("/counter/{counter:int}/shifts", open_counter, methods=["POST"]),
    Route("/counter/{counter:int}/shifts/end", close_counter, methods=["POST"]),
    Route("/counter/{counter:int}/shifts/taken", take_over, methods=["POST"]),
    Route("/counter/{counter:int}/help/end", end_help, methods=["POST"]),
    Route("/counter/{counter:int}/slips", find_slips),
    Route("/counter/{counter:int}/papers", show_papers),
    Route("/counter/{counter:int}/dossiers", receive, methods=["POST"]),
    WebSocketRoute("/counter/{counter:int}/live", watch),
]
