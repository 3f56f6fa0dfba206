"""My ticket on my phone: place in the line, who went before and why, where to go, and what I may ask for."""

from collections.abc import Callable
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from display.views import follow_link, question
from domain.centre_rules import Policy
from domain.centres import Centre
from domain.explaining import Passed, Passing, passed, why
from domain.roles import Role, open_to
from domain.routing import OutOfOrder, largest_lead
from domain.satisfaction import TooLateToRate, VisitNotOver, check_time
from domain.tickets import Ticket, TicketState
from operations import moving
from store import explanations, ratings, tickets
from store.boards import Board, position
from web import forms, wording
from web.house import House, act_of, house_of
from web.languages import translations, translator
from web.pages import go, is_fragment, page, text_of
from web.tries import Tries

PASSED_WITHIN = timedelta(minutes=10)
# A thumb that presses again and again is no attack; a script that does is turned away before it writes.
presses = Tries(10, 60)


@open_to(Role.ANYONE)
async def follow(request: Request) -> Response:
    """My ticket on my phone: place in the line and where to go. The link is its own key."""
    house, ticket = house_of(request), followed_ticket(request)
    context = followed(house, ticket, request.state.language)
    template = "display/_follow.html" if request.headers.get("hx-request") else "display/follow.html"
    return page(request, template, **context)


@open_to(Role.ANYONE, body_limit=512)
async def leave(request: Request) -> Response:
    """'Tôi không chờ nữa', from the phone."""
    return await _by_phone(request, moving.leave)


@open_to(Role.ANYONE, body_limit=512)
async def come_back(request: Request) -> Response:
    """Called and absent, here now: within the grace the place is kept."""
    return await _by_phone(request, moving.come_back)


@open_to(Role.ANYONE, body_limit=512)
async def ask_for_time(request: Request) -> Response:
    """'Cho tôi thêm thời gian': behind the next few, once a ticket."""
    return await _by_phone(request, moving.give_time)


async def _by_phone(request: Request, operation: Callable[..., object]) -> Response:
    house, ticket = house_of(request), followed_ticket(request)
    request.state.failures_go_to = "#failure"
    presses.check(link := follow_link(house, ticket))
    presses.note(link)
    form = await forms.read_form(request)
    await house.store.write(act_of(request, form), operation, ticket.id)
    if not is_fragment(request):
        return go(request.url.path.rpartition("/")[0])
    # Not what the operation gave: a press that is repeated has the answer of then.
    return page(
        request, "display/_follow.html", **followed(house, followed_ticket(request), request.state.language)
    )


def followed_ticket(request: Request) -> Ticket:
    """The ticket that the link of a phone names. Raises UnknownTicket for a link that is not ours."""
    house, number = house_of(request), request.path_params["ticket"]
    meant = house.vault.sign("follow", str(number))
    if not compare_digest(request.path_params["signature"].encode(), meant.encode()):
        raise tickets.UnknownTicket()
    return house.store.read(tickets.load, number)


def followed(house: House, ticket: Ticket, language: str) -> dict[str, Any]:
    """One ticket's place for its owner's phone. Raises UnknownTicket for one of a queue that is no more."""
    centre, board = house.store.centre(), house.hub.board()
    queue = next((q for q in centre.queues if q.id == ticket.queue), None)
    if queue is None:
        raise tickets.UnknownTicket()
    way = next((text_of(c.way, language) for c in centre.counters if c.number == ticket.counter), "")
    stopped = wording.stop(board.stop_of(queue.id, house.now()), translator(language))
    context = {
        "centre_name": text_of(centre.name, language),
        "ticket": ticket,
        "link": follow_link(house, ticket),
        "queue_title": text_of(queue.title, language),
        "stopped": stopped,
        "way": way,
        "called": ticket.state is TicketState.CALLED,
        "waiting": ticket.state is TicketState.WAITING,
        "why": _why(house, centre, ticket, language),
        "rated": house.store.read(ratings.is_rated, ticket.id),
        "question": question(ticket, follow_link(house, ticket)) if _may_be_asked(house, ticket) else None,
    }
    return context | (_line(house, centre, board, ticket, language) if context["waiting"] else {})


def _line(house: House, centre: Centre, board: Board, ticket: Ticket, language: str) -> dict[str, Any]:
    """What only somebody who waits is told; `later` is the place that asking for more time would give, None: no."""
    ahead, serving = house.store.read(position, ticket), _serving(board, ticket)
    behind = board.lines[ticket.queue].waiting - ahead - 1
    asked = house.store.read(explanations.has_asked_for_time, ticket.id)
    back = min(centre.calling.places_back, behind)
    return {
        "ahead": ahead,
        "counters": ", ".join(map(str, serving)),
        "asked": asked,
        "back": back,
        "later": ahead + back if back > 0 and not asked else None,
        **_passed(house, centre, ticket, serving, language),
    }


def _serving(board: Board, ticket: Ticket) -> list[int]:
    """The counters that may call this ticket."""
    if ticket.for_counter is not None:
        return [ticket.for_counter]
    if ticket.for_person is not None:
        return [p.number for p in board.places.values() if p.shift and p.shift.person == ticket.for_person]
    return [place.number for place in board.places.values() if ticket.queue in place.skills.all]


def _why(house: House, centre: Centre, ticket: Ticket, language: str) -> str:
    """'Vì sao số này?' of the own call."""
    called = house.store.read(explanations.last_call, ticket.id) if ticket.state is TicketState.CALLED else None
    return wording.explained(why(called, centre.calling), translator(language)) if called else ""


def _passed(house: House, centre: Centre, ticket: Ticket, serving: list[int], language: str) -> dict[str, Any]:
    """Who went before of late, and `lead`: how many minutes later than this one they can have come at most."""
    since, delayed = house.store.read(explanations.waits_so_since, ticket)
    since = max(since, house.now() - PASSED_WITHIN)
    calls = house.store.read(explanations.calls_past, ticket, serving, since)
    groups, rules = passed(ticket, since, delayed, calls, centre.calling), centre.calling
    promised = groups and rules.policy is Policy.DUE and not delayed
    lead = largest_lead(rules, [chosen.credit_minutes for chosen in centre.classes])
    return {"passed": went_before(groups, language), "lead": lead if promised else None}


def went_before(groups: list[Passed], language: str) -> str:
    """'2 số vừa được gọi trước bạn: 1 lịch hẹn 09:15, 1 diện ưu tiên.'; empty where nobody did."""
    if not groups:
        return ""
    ngettext, count = translations(language).ngettext, sum(group.count for group in groups)
    text = ngettext(
        "%(num)d số vừa được gọi trước bạn: %(kinds)s.", "%(num)d số vừa được gọi trước bạn: %(kinds)s.", count
    )
    return text % {"num": count, "kinds": ", ".join(_cause(group, language) for group in groups)}


def _cause(group: Passed, language: str) -> str:
    ngettext, n = translations(language).ngettext, group.count
    texts = {
        Passing.APPOINTMENT: ngettext("%(num)d lịch hẹn %(slot)s", "%(num)d lịch hẹn %(slot)s", n),
        Passing.PRIORITY: ngettext("%(num)d diện ưu tiên", "%(num)d diện ưu tiên", n),
        Passing.SENT: ngettext("%(num)d được chuyển đến quầy", "%(num)d được chuyển đến quầy", n),
        Passing.RETURNED: ngettext("%(num)d người quay lại", "%(num)d người quay lại", n),
        Passing.SET_ASIDE: ngettext("%(num)d tạm gác nay gọi lại", "%(num)d tạm gác nay gọi lại", n),
        Passing.OUT_OF_ORDER: ngettext(
            "%(num)d gọi ngoài thứ tự (%(reason)s)", "%(num)d gọi ngoài thứ tự (%(reason)s)", n
        ),
        Passing.RATIO: ngettext("%(num)d theo tỷ lệ của trung tâm", "%(num)d theo tỷ lệ của trung tâm", n),
        Passing.YIELDED: ngettext(
            "%(num)d vì bạn xin thêm thời gian", "%(num)d vì bạn xin thêm thời gian", n
        ),
    }  # fmt: skip
    return texts[group.kind] % {"num": n, "slot": group.slot, "reason": _reason(group.reason, language)}


def _reason(reason: str, language: str) -> str:
    """The reason from the list; what it says of somebody's health stays between that person and the clerk."""
    if reason == OutOfOrder.FRAIL:
        return translator(language)(wording.NOTED)
    return translator(language)(wording.OUT_OF_ORDER[reason]) if reason else ""


def _may_be_asked(house: House, ticket: Ticket) -> bool:
    """Whether the phone asks: once, as long as an answer is taken."""
    try:
        check_time(ticket, house.now())
    except (VisitNotOver, TooLateToRate):
        return False
    return not (house.store.read(ratings.is_rated, ticket.id) or house.store.read(ratings.is_skipped, ticket.id))


ROUTES: list[BaseRoute] = [
    Route("/follow/{ticket:int}-{signature}", follow),
    Route("/follow/{ticket:int}-{signature}/departures", leave, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/returns", come_back, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/delays", ask_for_time, methods=["POST"]),
]
