"""The same acts for programs: JSON under /api/v1 through the same operations as the pages."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import appointments, dossiers, messages, openapi, receivers
from api.callers import ISSUERS, READERS, WORKERS, check_printer, counter_of, json, person_of
from domain.errors import Invalid, NotFound
from domain.roles import Role, open_to
from domain.tickets import TicketState
from operations import calling, shifts
from operations.ticketing import take_ticket
from store import tickets
from web import refusals, waits
from web.house import act_of, house_of, visitor_of
from web.pages import page, text_of
from web.scope import own_scope

CALLS_AT_ONCE = 500


@open_to(*ISSUERS)
async def issue_ticket(request: Request) -> Response:
    """Give the next number of a queue. A repeated Idempotency-Key gives the same ticket."""
    wanted = messages.decode(await request.body(), messages.TakeTicket)
    house = house_of(request)
    check_printer(request, wanted.printer)
    own_scope(request).check_queue(wanted.queue)
    house.floods.check_ticket(visitor_of(request))
    act = act_of(request)
    async with refusals.counted(house, act, wanted.queue):
        ticket = await house.store.write(
            act, take_ticket, wanted.queue, wanted.language, wanted.priority, wanted.printer
        )
    return json(messages.ticket_shown(ticket, ticket.promised), 201)


@open_to(*READERS)
async def read_ticket(request: Request) -> Response:
    """One ticket."""
    house = house_of(request)
    ticket = house.store.read(tickets.load, request.path_params["ticket"])
    own_scope(request).check_ticket(ticket)
    waits_on = ticket.state is TicketState.WAITING
    wait = waits.of_ticket(house, ticket, request.state.language).wait if waits_on else None
    return json(messages.ticket_shown(ticket, wait))


@open_to(*READERS)
async def read_queues(request: Request) -> Response:
    """All queues with how many wait."""
    house, language = house_of(request), request.state.language
    board, centre, scope = house.hub.board(), house.store.centre(), own_scope(request)
    told = {q.id: waits.of_queue(house, q.id, language) for q in centre.queues if scope.has_queue(q.id)}
    return json([
        messages.queue_shown(
            q.id, q.prefix, text_of(q.title, language), board.lines[q.id], board.stop_of(q.id, house.now()),
            told[q.id].wait, told[q.id].words,
        )
        for q in centre.queues
        if q.id in told
    ])  # fmt: skip


@open_to(*READERS)
async def read_wall(request: Request) -> Response:
    """The calls of a zone above a number, oldest first: a feed that misses nothing of the own agency's counters."""
    house, zone, scope = house_of(request), request.path_params["zone"], own_scope(request)
    centre, board = house.store.centre(), house.hub.board()
    here = {
        counter.number
        for counter in centre.counters
        if counter.zone == zone and scope.has_counter(counter.number, board.places[counter.number].skills.all)
    }
    if zone not in {z.id for z in centre.zones} or (scope.agency is not None and not here):
        raise NotFound(what=zone[:40])
    after = request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 15:
        raise Invalid(what="after")
    day = board.day.id if board.day else 0
    calls = house.store.read(tickets.calls_after, day, here, int(after), CALLS_AT_ONCE)
    return json([messages.call_shown(c, c.number) for c in calls])


@open_to(*WORKERS)
async def open_shift(request: Request) -> Response:
    """Sit down at a counter."""
    house, counter = house_of(request), counter_of(request)
    shift = await house.store.write(act_of(request), shifts.open_shift, counter, person_of(request).id)
    return json(messages.ShiftShown(shift.counter, shift.person), 201)


def _calling(operation: Callable[..., Any], *, announces: bool) -> Callable[[Request], Awaitable[Response]]:
    @open_to(*WORKERS)
    async def act(request: Request) -> Response:
        seen = messages.decode(await request.body(), messages.Seen).seen
        house, counter = house_of(request), counter_of(request)
        answer = await house.store.write(act_of(request), operation, counter, person_of(request).id, seen)
        if not announces:
            return json(messages.ticket_shown(answer))
        ticket = messages.ticket_shown(answer.ticket) if answer.ticket else None
        return json(messages.Answered(ticket, answer.seq))

    return act


@open_to(Role.ANYONE)
async def show_openapi(request: Request) -> Response:
    """The machine-readable description."""
    return json(openapi.document(ROUTES))


@open_to(Role.ANYONE)
async def show_docs(request: Request) -> Response:
    """The same for people."""
    return page(request, "api/docs.html", acts=openapi.acts(ROUTES))


ROUTES: list[BaseRoute] = [
    Route("/api/v1", show_docs),
    Route("/api/v1/openapi.json", show_openapi),
    Route("/api/v1/queues", read_queues),
    Route("/api/v1/tickets", issue_ticket, methods=["POST"]),
    Route("/api/v1/tickets/{ticket:int}", read_ticket),
    Route("/api/v1/wall/{zone}", read_wall),
    Route("/api/v1/counters/{counter:int}/shifts", open_shift, methods=["POST"]),
    Route("/api/v1/counters/{counter:int}/calls", _calling(calling.call_next, announces=True), methods=["POST"]),
    Route("/api/v1/counters/{counter:int}/recalls", _calling(calling.call_again, announces=True), methods=["POST"]),
    Route(
        "/api/v1/counters/{counter:int}/absences", _calling(calling.mark_absent, announces=False), methods=["POST"]
    ),
    Route("/api/v1/counters/{counter:int}/finishes", _calling(calling.finish, announces=False), methods=["POST"]),
    *dossiers.ROUTES,
    *appointments.ROUTES,
    *receivers.ROUTES,
]
