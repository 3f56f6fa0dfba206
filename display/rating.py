"""Three faces after a visit: on the tablet of a counter, and on the phone of whoever follows the number.

Which face was pressed is on no screen afterwards: the thanks are the same for all of them.
"""

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from display.phones import followed, followed_ticket
from display.routes import device_of
from display.views import follow_link, question
from domain.centres import Device
from domain.errors import Invalid
from domain.events import CentreLoaded, Event
from domain.queue_events import ActUndone, ServiceStarted, TicketFinished, VisitRated
from domain.roles import Role, open_to
from domain.satisfaction import MOST_WORDS, REASONS, THANKED_FOR, Score
from domain.tickets import Ticket
from operations import rating
from store import ratings, tickets
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.pages import go, is_fragment, page, text_of

HEARD = (TicketFinished, VisitRated, ServiceStarted, ActUndone, CentreLoaded)
DEAF_TO = tuple(kind for kind in get_args(Event) if kind not in HEARD)
IDLE_SECONDS = 60  # the page for the reason goes home by itself when nobody touches it


@open_to(Role.TABLET)
async def show_tablet(request: Request) -> Response:
    """The page of a counter's tablet."""
    house, device, own = house_of(request), device_of(request), request.state.language
    request.state.language, context = _standing(house, device, own)
    return page(request, "display/tablet.html", own_language=own, **context)


@open_to(Role.TABLET)
async def watch_tablet(socket: WebSocket) -> None:
    """The tablet's live picture."""
    house, device = house_of(socket), device_of(socket)
    topic = house.hub.topic(
        f"tablet:{device.id}", lambda language: _picture(house, device, language), deaf_to=DEAF_TO
    )
    await house.hub.stream(socket, topic, socket.state.language, visitor_of(socket).who)


def _picture(house: House, device: Device, language: str) -> str:
    spoken, context = _standing(house, device, language)
    return house.pages.render("display/_tablet_live.html", spoken, **context)


def _standing(house: House, device: Device, language: str) -> tuple[str, dict[str, Any]]:
    """What the tablet shows now: its counter, the faces for one visit, or thanks; in the language of that visit."""
    now, counter = house.now(), device.counter or 0
    thanked = house.store.read(ratings.just_rated, counter, now)
    asked = None if thanked else house.store.read(ratings.to_ask, counter, now)
    spoken = _spoken(asked or thanked, language)
    return spoken, {
        "device": device,
        "centre_name": text_of(house.store.centre().name, spoken),
        "thanked": thanked is not None,
        "thanks_seconds": int(THANKED_FOR.total_seconds()),
        "question": question(asked, f"/rating/{device.id}/visits/{asked.id}") if asked else None,
    }


def _spoken(ticket: Ticket | None, language: str) -> str:
    """The language in which the number was taken, where that is a foreign one; else that of the screen."""
    return ticket.language if ticket is not None and ticket.language != "vi" else language


@open_to(Role.TABLET)
async def ask_reason(request: Request) -> Response:
    """Why not satisfied, asked on a page of its own: no live picture takes it away from who is writing."""
    device, ticket = device_of(request), _served_here(request)
    return _reason_page(request, ticket, f"/rating/{device.id}/visits/{ticket.id}", device)


@open_to(Role.TABLET, body_limit=4096)
async def rate(request: Request) -> Response:
    """The answer given on the tablet."""
    device, ticket = device_of(request), _served_here(request)
    await _keep(request, ticket, device.counter)
    return _shown(request, device)


@open_to(Role.TABLET, body_limit=512)
async def skip(request: Request) -> Response:
    """'Bỏ qua', on the tablet."""
    device, ticket = device_of(request), _served_here(request)
    await _skip(request, ticket, device.counter)
    return _shown(request, device)


@open_to(Role.ANYONE)
async def ask_reason_by_phone(request: Request) -> Response:
    """The same on a phone; the link is its own key."""
    ticket = followed_ticket(request)
    return _reason_page(request, ticket, follow_link(house_of(request), ticket), None)


@open_to(Role.ANYONE, body_limit=4096)
async def rate_by_phone(request: Request) -> Response:
    """The answer given on a phone."""
    ticket = followed_ticket(request)
    await _keep(request, ticket, None)
    return _followed(request, ticket)


@open_to(Role.ANYONE, body_limit=512)
async def skip_by_phone(request: Request) -> Response:
    """'Bỏ qua', on a phone."""
    ticket = followed_ticket(request)
    await _skip(request, ticket, None)
    return _followed(request, ticket)


async def _keep(request: Request, ticket: Ticket, counter: int | None) -> None:
    house, form = house_of(request), await forms.read_form(request)
    request.state.failures_go_to = "#failure"
    score = forms.number(form, "score", int(min(Score)), int(max(Score)))
    reason = forms.text(form, "reason", 20, required=False)
    words = forms.text(form, "words", MOST_WORDS, required=False)
    if words and not reason:
        raise Invalid(what="reason")
    sealed = house.vault.seal(words.encode()) if words else b""
    await house.store.write(act_of(request, form), rating.rate_visit, ticket.id, score, reason, sealed, counter)


async def _skip(request: Request, ticket: Ticket, counter: int | None) -> None:
    form = await forms.read_form(request)
    request.state.failures_go_to = "#failure"
    await house_of(request).store.write(act_of(request, form), rating.skip_rating, ticket.id, counter)


def _served_here(request: Request) -> Ticket:
    """The ticket of the address, when it was served at this tablet's counter. Raises UnknownTicket."""
    ticket = house_of(request).store.read(tickets.load, request.path_params["ticket"])
    if ticket.counter != device_of(request).counter:
        raise tickets.UnknownTicket()
    return ticket


def _shown(request: Request, device: Device) -> Response:
    if not is_fragment(request):
        return go(f"/rating/{device.id}")
    request.state.language, context = _standing(house_of(request), device, request.state.language)
    return page(request, "display/_tablet.html", **context)


def _followed(request: Request, ticket: Ticket) -> Response:
    house = house_of(request)
    if not is_fragment(request):
        return go(follow_link(house, ticket))
    return page(request, "display/_follow.html", **followed(house, ticket, request.state.language))


def _reason_page(request: Request, ticket: Ticket, link: str, device: Device | None) -> Response:
    if device is not None:
        request.state.language = _spoken(ticket, request.state.language)
    return page(
        request, "display/reason.html", device=device, question=question(ticket, link), reasons=REASONS,
        home=f"/rating/{device.id}" if device else link, idle_seconds=IDLE_SECONDS, score=int(Score.NOT_SATISFIED),
        most_words=MOST_WORDS,
        centre_name=text_of(house_of(request).store.centre().name, request.state.language),
    )  # fmt: skip


ROUTES: list[BaseRoute] = [
    Route("/rating/{device}", show_tablet),
    WebSocketRoute("/rating/{device}/live", watch_tablet),
    Route("/rating/{device}/visits/{ticket:int}/reason", ask_reason),
    Route("/rating/{device}/visits/{ticket:int}/ratings", rate, methods=["POST"]),
    Route("/rating/{device}/visits/{ticket:int}/skips", skip, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/reason", ask_reason_by_phone),
    Route("/follow/{ticket:int}-{signature}/ratings", rate_by_phone, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/skips", skip_by_phone, methods=["POST"]),
]
