"""Why this number: the calls of a day with what decided them, and everything that one ticket has been through."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import views
from admin.calling import POLICIES
from admin.journal_words import Line, Words
from domain.centre_rules import Policy
from domain.centres import Centre
from domain.errors import Invalid, msgid
from domain.explaining import Called, why
from domain.queue_events import ActUndone, TicketCalled
from domain.roles import LEADING_ROLES, Role, open_to
from domain.tickets import Ticket, TicketState, milliseconds
from store import days, explanations, journal_rows, stories, tickets
from store.database import Connection
from store.journal_rows import NEWEST
from store.tickets import Call, UnknownTicket
from web import forms, wording
from web.house import House, house_of, visitor_of
from web.languages import translator
from web.pages import go, page, text_of
from web.scope import Scope, scope_of

TICKETS = "/admin/tickets"
READERS = (*sorted(LEADING_ROLES), Role.AUDITOR)
CALLS_A_PAGE = 30
NUMBER = re.compile(r"([A-Z])[\s-]*0*(\d{1,4})")
STATES = {
    TicketState.WAITING: msgid("đang chờ"),
    TicketState.CALLED: msgid("đang được phục vụ"),
    TicketState.PARKED: msgid("đang tạm gác"),
    TicketState.ABSENT: msgid("vắng khi được gọi"),
    TicketState.FINISHED: msgid("đã xong"),
    TicketState.LEFT: msgid("đã thôi chờ"),
    TicketState.UNSERVED: msgid("hết ngày chưa được phục vụ"),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What decided one call: the key, the class then, the policy, who would have been next, and the sentence."""

    key: str
    group: str
    policy: str
    runner_up: Ticket | None
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a ticket; `undone` is the event that took it back, `decided` explains a call."""

    line: Line
    undone: Line | None
    decided: Decided | None


def number_asked(text: str) -> tuple[str, int]:
    """The letter and the number of 'A 012', 'a012' or 'A-12'. Raises Invalid."""
    found = NUMBER.fullmatch(text.strip().upper())
    if found is None:
        raise Invalid(what="number")
    return found[1], int(found[2])


def day_asked(text: str) -> date:
    """A date as browsers send it. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(what="date") from error


def ticket_asked(db: Connection, number: str, day: str) -> int | None:
    """The ticket of this number on this date, the newest business day where no date is given.

    A number kept from an earlier day is found on every day on which it moved.
    """
    prefix, n = number_asked(number)
    wanted = days.labelled(db, day_asked(day)) if day else days.newest(db)
    if wanted is None:
        return None
    return stories.numbered(db, wanted.id, prefix, n) or stories.kept_for(db, wanted.id, prefix, n)


def address(ticket: Ticket) -> str:
    """Where the story of this ticket is told."""
    return f"{TICKETS}/{ticket.day}/{ticket.prefix}{ticket.n:03d}"


@open_to(*READERS)
async def show_calls(request: Request) -> Response:
    """The calls of a day, newest first, with what decided each; a number leads to its story."""
    house, params = house_of(request), request.query_params
    number, day = forms.words(request, "number", 12).strip(), params.get("date", "")
    if number:
        found = house.store.read(ticket_asked, number, day)
        return go(address(_seen_by(request, found)))
    before = params.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 18):
        raise Invalid(what="before")
    frame, scope = views.frame(request), _scope(request)
    context = await views.in_thread(_calls, house, request.state.language, scope, day, int(before or NEWEST))
    return page(request, "admin/calls.html", **context, **frame)


@open_to(*READERS)
async def show_ticket(request: Request) -> Response:
    """One ticket from its issue to its end."""
    house, path = house_of(request), request.path_params
    try:
        prefix, n = number_asked(path["number"])
    except Invalid as error:
        raise UnknownTicket() from error
    found = house.store.read(stories.numbered, path["day"], prefix, n) if path["day"] < NEWEST else None
    ticket = _seen_by(request, found)
    context = await views.in_thread(_story, house, request.state.language, ticket)
    return page(request, "admin/ticket.html", **context, **views.frame(request))


def _seen_by(request: Request, found: int | None) -> Ticket:
    """The ticket, for whom it concerns; others do not even learn that it is there. Raises UnknownTicket."""
    if found is None:
        raise UnknownTicket()
    ticket = house_of(request).store.read(tickets.load, found)
    if not {ticket.queue, ticket.home} & _scope(request).queues:
        raise UnknownTicket()
    return ticket


def _scope(request: Request) -> Scope:
    """An auditor sees the whole centre, whatever else the same person leads."""
    visitor, centre = visitor_of(request), house_of(request).store.centre()
    return scope_of(None if visitor.holds(Role.AUDITOR) else visitor.person, centre)


def _calls(house: House, language: str, scope: Scope, day: str, before: int) -> dict[str, Any]:
    words, centre = Words(house, language), house.store.centre()
    with house.store.own_reader() as db:
        wanted = days.labelled(db, day_asked(day)) if day else days.newest(db)
        found = tickets.calls_before(db, wanted.id, before, CALLS_A_PAGE) if wanted else []
        undone = stories.undone_calls(db, wanted.id) if wanted else set()
        rows = []
        for call in found:
            words.at(call.at)
            called = explanations.call(db, call.seq)
            ticket = words.ticket(call.ticket)
            if called is not None and ticket is not None and {ticket.queue, ticket.home} & scope.queues:
                rows.append((call, ticket, call.seq in undone, _decided(db, words, centre, call, called, language)))
    older = found[-1].seq if len(found) == CALLS_A_PAGE else None
    return {"day": wanted, "calls": rows, "older": older, "is_first": before == NEWEST, "story_of": address}


def _decided(db: Connection, words: Words, centre: Centre, call: Call, called: Called, language: str) -> Decided:
    """For a call out of order the reason is what decided."""
    policy = POLICIES[Policy(call.policy)]
    return Decided(
        words.clock(called.due),
        words.priority(stories.class_at(db, call.seq)),
        translator(language)(policy) % {"ratio": centre.calling.ratio},
        words.ticket(call.runner_up) if call.runner_up else None,
        wording.explained(why(called, centre.calling), translator(language)),
    )


def _story(house: House, language: str, ticket: Ticket) -> dict[str, Any]:
    words, centre = Words(house, language), house.store.centre()
    with house.store.own_reader() as db:
        rows = [journal_rows.one(db, seq) for seq in stories.events_of(db, ticket.id)]
        lines = [words.line(row) for row in rows if row is not None]
        taken_back = {line.event.act: line for line in lines if isinstance(line.event, ActUndone)}
        steps = []
        for line in lines:
            call = tickets.call(db, line.seq) if isinstance(line.event, TicketCalled) else None
            called = explanations.call(db, line.seq) if call else None
            words.at(line.at)
            decided = _decided(db, words, centre, call, called, language) if call and called else None
            steps.append(Step(line, taken_back.get(line.seq), decided))
        label = days.label_of(db, ticket.day)
    queue = next((q for q in centre.queues if q.id == ticket.home), None)
    return {
        "ticket": ticket,
        "label": label,
        "queue_title": text_of(queue.title, language) if queue else ticket.home,
        "group": words.priority(ticket.priority),
        "elsewhere": words.queue(ticket.queue) if ticket.queue != ticket.home else "",
        "state": words.said(STATES[ticket.state]),
        "steps": steps,
        "story_of": address,
        "wait_minutes": _waited(ticket),
    }


def _waited(ticket: Ticket) -> int | None:
    """From the arrival to the call that counted, None where there was none."""
    if ticket.called_at is None:
        return None
    return max(0, (milliseconds(ticket.called_at) - milliseconds(ticket.arrived_at)) // 60_000)


ROUTES: list[BaseRoute] = [
    Route(TICKETS, show_calls),
    Route(f"{TICKETS}/{{day:int}}/{{number}}", show_ticket),
]
