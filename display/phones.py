"""My ticket on my phone: place in the line, who went before and why, where to go, and what I may ask for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from display.views import follow_link, question
from domain.centre_rules import Policy
from domain.centres import Centre
from domain.errors import msgid
from domain.explaining import Passed, Passing, passed, why
from domain.roles import Role, open_to
from domain.routing import OutOfOrder, largest_lead
from domain.satisfaction import TooLateToRate, VisitNotOver, check_time
from domain.tickets import Ticket, TicketState
from operations import moving
from store import explanations, ratings, tickets
from store.boards import Board, position
from web import forms, waits, wording
from web.house import House, act_of, house_of
from web.languages import translations, translator
from web.pages import go, is_fragment, page, text_of
from web.tries import Tries

PASSED_WITHIN = timedelta(minutes=10)
# A thumb that presses again and again is no attack; a script that does is turned away before it writes.
presses = Tries(10, 60)
RELEASE = version("motcua")  # looked up once: it is read from a file
NEAR, FAR = 2, 10  # people ahead
PACES = (10, 15, 30)  # seconds between two questions of a phone: near, in sight, far
PICTURE_LASTS_SECONDS = 60
STANDS_BACK_SECONDS = 0.1  # a thousand phones that ask hold up no kiosk: whoever presses a button goes first
MAY_MOVE = frozenset({TicketState.ABSENT, TicketState.PARKED, TicketState.FINISHED})


@open_to(Role.ANYONE)
async def follow(request: Request) -> Response:
    """My ticket on my phone: place in the line and where to go. The link is its own key."""
    house, language = house_of(request), request.state.language
    if not is_fragment(request):
        return page(request, "display/follow.html", **followed(house, followed_ticket(request), language))
    request.state.failures_go_to = "#failure"  # in the place's own place, nothing would ever ask again
    await house.store.calm(STANDS_BACK_SECONDS)
    ticket = followed_ticket(request)
    tag = tag_of(house, ticket, language)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=_kept(tag))
    answer = page(request, "display/_follow.html", **followed(house, ticket, language))
    answer.headers.update(_kept(tag))
    return answer


@open_to(Role.ANYONE)
async def feed(request: Request) -> Response:
    """The same for a province's app: what the page says, as JSON, with the seconds after which to ask again."""
    await house_of(request).store.calm(STANDS_BACK_SECONDS)
    house, ticket, language = house_of(request), followed_ticket(request), request.state.language
    tag = tag_of(house, ticket, language)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=_kept(tag))
    return JSONResponse(told(followed(house, ticket, language)), headers=_kept(tag))


def told(context: dict[str, Any]) -> dict[str, Any]:
    """The page's words and figures for a program; what does not hold at this stage is null."""
    ticket, waiting, called = context["ticket"], context["waiting"], context["called"]
    wait, until = context["wait"] if waiting else None, context["kept_until"]
    return {
        "number": ticket.number,
        "queue": context["queue_title"],
        "stage": context["stage"],
        "ahead": context["ahead"] if waiting else None,
        "wait": {"low": wait.wait.low, "high": wait.wait.high} if wait and wait.wait else None,
        "wait_words": wait.words if wait else "",
        "counters": context["counters"] if waiting else "",
        "counter": ticket.counter if called or ticket.state is TicketState.PARKED else None,
        "way": context["way"],
        "stopped": context["stopped"],
        "kept_until": until.isoformat() if until else None,
        "again": context["again"],
    }


def _kept(tag: str) -> dict[str, str]:
    """The phone keeps what it has and asks whether it is still so."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "HX-Request, Cookie"}


def tag_of(house: House, ticket: Ticket, language: str) -> str:
    """What the picture depends on, in a word; anew each minute, for what only time changes."""
    board, now = house.hub.board(), house.now()
    facts: list[object] = [RELEASE, language, ticket, int(now.timestamp() // PICTURE_LASTS_SECONDS)]
    if ticket.state is TicketState.WAITING:
        if ticket.queue not in board.lines:
            raise tickets.UnknownTicket()
        ahead, serving = house.store.read(position, ticket), _serving(board, ticket)
        behind = board.lines[ticket.queue].waiting - ahead - 1
        manned = [number for number in serving if board.places[number].shift]
        facts += [board.stop_of(ticket.queue, now), serving, manned, ahead]
        facts += [waits.of_ticket(house, ticket, language)]
        facts += [min(behind, house.store.centre().calling.places_back)]
        facts += [max((call.seq for call in board.calls if call.counter in serving), default=0)]
    elif ticket.state is TicketState.FINISHED:
        facts += [house.store.read(ratings.is_rated, ticket.id), house.store.read(ratings.is_skipped, ticket.id)]
    return f'"{sha256(repr(facts).encode()).hexdigest()[:20]}"'


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
        **_late(centre, ticket, house.now()),
        "why": _why(house, centre, ticket, language),
        "rated": house.store.read(ratings.is_rated, ticket.id),
        "question": question(ticket, follow_link(house, ticket)) if _may_be_asked(house, ticket) else None,
    }
    if context["waiting"]:
        context |= _line(house, centre, board, ticket, language)
    return context | _stage(context, language)


def _late(centre: Centre, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Until when somebody called and absent keeps the place, and whether that is past; None: not absent."""
    if ticket.state is not TicketState.ABSENT or ticket.ended_at is None:
        return {"kept_until": None, "is_late": False}
    until = ticket.ended_at + timedelta(minutes=centre.calling.grace_minutes)
    return {"kept_until": until, "is_late": now > until}


def _stage(context: dict[str, Any], language: str) -> dict[str, Any]:
    """How far it has come, after how many seconds to ask again (0: it is over), and what to say aloud of it."""
    said, state = translator(language), context["ticket"].state
    if context["called"]:
        return {
            "stage": "called",
            "again": PACES[0],
            "words": said(msgid("Mời đến quầy")) + f" {context['ticket'].counter}",
        }
    if not context["waiting"]:
        return {"stage": state.value, "again": PACES[-1] if state in MAY_MOVE else 0, "words": ""}
    ahead = context["ahead"]
    if ahead <= NEAR and context["manned"] and not context["stopped"]:
        return {"stage": "near", "again": PACES[0], "words": said(msgid("Sắp tới lượt bạn."))}
    return {"stage": "waiting", "again": PACES[1] if ahead <= FAR else PACES[-1], "words": ""}


def _line(house: House, centre: Centre, board: Board, ticket: Ticket, language: str) -> dict[str, Any]:
    """What only somebody who waits is told; `later` is the place that asking for more time would give, None: no."""
    ahead, serving = house.store.read(position, ticket), _serving(board, ticket)
    behind = board.lines[ticket.queue].waiting - ahead - 1
    asked = house.store.read(explanations.has_asked_for_time, ticket.id)
    back = min(centre.calling.places_back, behind)
    return {
        "ahead": ahead,
        "counters": ", ".join(map(str, serving)),
        "wait": waits.of_ticket(house, ticket, language),
        "manned": ", ".join(str(number) for number in serving if board.places[number].shift),
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
    Route("/follow/{ticket:int}-{signature}/feed.json", feed),
    Route("/follow/{ticket:int}-{signature}/departures", leave, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/returns", come_back, methods=["POST"]),
    Route("/follow/{ticket:int}-{signature}/delays", ask_for_time, methods=["POST"]),
]
