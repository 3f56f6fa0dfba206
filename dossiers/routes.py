"""The officers' desk on dossiers: find one, see it whole, do what its table allows; lists, register."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.days import LOCAL, local
from domain.dossiers import ACT_NAMES, REVEAL_REASONS, Act
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.roles import COUNTER_ROLES, LEADING_ROLES, Role, open_to
from domain.scans import LONGEST_SCAN
from dossiers import act_forms, acts, comparisons, form_routes, letter_routes, register_lines, searches
from dossiers.comparisons import NOTHING, Said
from dossiers.rows import lines_for, may_name
from dossiers.stories import story
from operations import processing
from store import dossier_lists
from store.dossier_lists import Waiting
from store.dossiers import Dossier
from web import failures, fee_words, forms
from web.house import act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go, page, text_of
from web.payments import bill_of
from web.scope import own_dossier, own_sight

HOME = "/dossiers"
OFFICERS = (*sorted(COUNTER_ROLES), *sorted(LEADING_ROLES))
READERS = (*OFFICERS, Role.AUDITOR)
ROWS_A_PAGE = 30
LONGEST_SPAN = timedelta(days=366)
WAITING = {
    Waiting.ANSWER: msgid("Trực tuyến chờ trả lời"),
    Waiting.DUE_SOON: msgid("Sắp đến hạn"),
    Waiting.OVERDUE: msgid("Quá hạn"),
    Waiting.SUPPLEMENT: msgid("Chờ bổ sung"),
    Waiting.HANDED: msgid("Chuyển chưa nhận"),
    Waiting.RESULTS: msgid("Chờ trả kết quả"),
    Waiting.PARKED: msgid("Cổng từ chối"),
}
SIGNS = {Waiting.OVERDUE: "bad", Waiting.PARKED: "bad", Waiting.DUE_SOON: "waiting", Waiting.ANSWER: "waiting"}


class SpanWrong(Invalid):
    text = msgid("Khoảng ngày chưa đúng: từ ngày phải trước hoặc bằng đến ngày, dài nhất một năm.")


def frame(request: Request) -> dict[str, Any]:
    """What every page here needs."""
    centre = house_of(request).store.centre()
    return {"centre_name": text_of(centre.name, request.state.language), "may_name": may_name(request),
            "has_axis": centre.axis is not None}  # fmt: skip


def _own_counter(request: Request) -> int | None:
    """The counter at which whoever asks sits now: only there money is taken."""
    places, who = house_of(request).hub.board().places, visitor_of(request).who
    return next((number for number, place in places.items() if place.shift and place.shift.person == who), None)


def address(dossier: Dossier | str) -> str:
    """Where a dossier stands."""
    return f"{HOME}/{quote(dossier if isinstance(dossier, str) else dossier.code, safe='')}"


@open_to(*READERS)
async def show_desk(request: Request) -> Response:
    """The field, and what waits for somebody."""
    return page(request, "dossiers/desk.html", found=None, text="", wrong="", **_counts(request), **frame(request))


@open_to(*READERS, body_limit=8192)
async def find(request: Request) -> Response:
    """Look it up. It comes by POST so that no name and no number stands in an address or a log."""
    form, house = await forms.read_form(request), house_of(request)
    text = acts.typed(form, "text")[:LONGEST_SCAN].strip()
    lines, wrong, status = lines_for(request), "", 200
    rows: Any = None
    try:
        with house.store.snapshot() as db:
            found = searches.find(db, house.vault, text, own_sight(request), by_owner=lines.may_name)
            if len(found.dossiers) == 1:
                return go(address(found.dossiers[0]))
            rows = {"lines": lines.of(db, found.dossiers), "is_cut": found.is_cut}
    except Refused as refused:
        wrong, status = failures.sentence(refused, request.state.language), failures.status_of(refused)
    counts = _counts(request) | frame(request)
    return page(request, "dossiers/desk.html", status, found=rows, text=text, wrong=wrong, **counts)


def _counts(request: Request) -> dict[str, Any]:
    house, said, sight = house_of(request), translator(request.state.language), own_sight(request)
    today = lines_for(request).today
    with house.store.snapshot() as db:
        rows = [
            {"waiting": one, "name": said(name), "sign": SIGNS.get(one, "none"),
             "count": dossier_lists.count(db, one, sight, today)}
            for one, name in WAITING.items()
        ]  # fmt: skip
    return {"waiting": rows}


@open_to(*READERS)
async def show_waiting(request: Request) -> Response:
    """The dossiers that wait for one thing, the most pressing first."""
    house, lines, sight = house_of(request), lines_for(request), own_sight(request)
    name = request.path_params["waiting"]
    if name not in set(Waiting):
        raise NotFound(what=name[:20])
    waiting, number = Waiting(name), _page_asked(request)
    with house.store.snapshot() as db:
        skip = (number - 1) * ROWS_A_PAGE
        found = dossier_lists.rows(db, waiting, sight, lines.today, ROWS_A_PAGE + 1, skip)
        rows = lines.of(db, found[:ROWS_A_PAGE])
        count = dossier_lists.count(db, waiting, sight, lines.today)
    more = number + 1 if len(found) > ROWS_A_PAGE else 0
    title = translator(request.state.language)(WAITING[waiting])
    return page(
        request, "dossiers/waiting.html", title=title, rows=rows, count=count, more=more, number=number,
        name=name, **frame(request),
    )  # fmt: skip


def _page_asked(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text)):
        raise Invalid(what="page")
    return int(text)


@open_to(*READERS)
async def show_register(request: Request) -> Response:
    """The register (Mẫu 07) of a span of days, page by page."""
    house, lines = house_of(request), lines_for(request)
    first, last, wrong = _span_asked(request)
    after = request.query_params.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        raise Invalid(what="after")
    begins, ends = (datetime.combine(day, time(), LOCAL) for day in (first, last + timedelta(days=1)))
    with house.store.snapshot() as db:
        sight = own_sight(request)
        found = dossier_lists.received(db, begins, ends, sight, ROWS_A_PAGE + 1, int(after)) if not wrong else []
        rows = register_lines.register_lines(db, lines, found[:ROWS_A_PAGE])
    more = found[ROWS_A_PAGE - 1].seq if len(found) > ROWS_A_PAGE else 0
    return page(
        request, "dossiers/register.html", 422 if wrong else 200, rows=rows, first=first, last=last, more=more,
        is_first=after == "0", wrong=failures.sentence(wrong, request.state.language) if wrong else "",
        **frame(request),
    )  # fmt: skip


def _span_asked(request: Request) -> tuple[date, date, SpanWrong | None]:
    """The days asked for, this month's by themselves."""
    today = local(house_of(request).now()).date()
    asked = request.query_params
    try:
        first = date.fromisoformat(asked.get("from") or f"{today:%Y-%m-01}")
        last = date.fromisoformat(asked.get("to") or f"{today:%Y-%m-%d}")
    except ValueError:
        return today, today, SpanWrong()
    wrong = not timedelta() <= last - first <= LONGEST_SPAN or not 2000 <= first.year <= last.year < 2200
    return (today, today, SpanWrong()) if wrong else (first, last, None)


@open_to(*READERS)
async def show(request: Request) -> Response:
    """The whole dossier in one view."""
    return _dossier(request, own_dossier(request))


@open_to(*OFFICERS, body_limit=2048)
async def reveal(request: Request) -> Response:
    """The whole identity number, once, after its reason was noted. Nothing of it stands in the address."""
    house, form, dossier = house_of(request), await forms.read_form(request), own_dossier(request)
    reason, person = forms.text(form, "reason", 20), visitor_of(request).who
    await house.store.write(act_of(request, form), processing.reveal_identity, dossier.code, person, reason)
    return _dossier(request, dossier, revealed=True)


@open_to(*OFFICERS, body_limit=2048)
async def compare(request: Request) -> Response:
    """Ask a national database about its owner, for a purpose; the answer is shown once and kept nowhere."""
    form, dossier = await forms.read_form(request), own_dossier(request)
    told = act_forms.particulars_of(house_of(request), dossier)
    return _dossier(request, dossier, said_of=await comparisons.asked(request, dossier, told, form))


def _dossier(request: Request, dossier: Dossier, *, revealed: bool = False, said_of: Said = NOTHING) -> Response:
    house, visitor, sight = house_of(request), visitor_of(request), own_sight(request)
    said = translator(request.state.language)
    open_now = acts.open_acts(house, dossier, visitor, sight)
    with house.store.snapshot() as db:
        context = story(db, lines_for(request), dossier)
    return page(
        request, "dossiers/dossier.html", said_of.status, dossier=dossier, **context, **frame(request),
        revealed=revealed, said_of=said_of, next=acts.next_of(open_now),
        acts=[(act, said(ACT_NAMES[act])) for act in open_now],
        beyond=[] if context["is_owner_gone"] else [
            (act, said(ACT_NAMES[act])) for act in acts.beyond_acts(dossier, visitor, open_now)
        ],
        reasons=[(reason, said(text)) for reason, text in REVEAL_REASONS.items()], here=address(dossier),
        bill=bill_of(request, dossier), fee_words=fee_words, counter=_own_counter(request),
    )  # fmt: skip


@open_to(*OFFICERS)
async def show_act(request: Request) -> Response:
    """The form of one act."""
    dossier, act = own_dossier(request), act_named(request)
    beyond = request.query_params.get("beyond") == "1"
    return act_forms.form_page(request, dossier, act, frame(request), beyond=beyond, back=address(dossier))


@open_to(*OFFICERS, body_limit=262_144)
async def do_act(request: Request) -> Response:
    """Do it; a refusal stands on the same form, with everything that was typed."""
    house, form = house_of(request), await forms.read_form(request)
    dossier, act = own_dossier(request), act_named(request)
    try:
        doing = acts.doing_of(form, house.vault, dossier, visitor_of(request).who)
        told = act_forms.particulars_of(house, dossier)
        operation, values = acts.job_of(act, form, house, doing, told)
        await house.store.write(act_of(request, form), operation, *values)
    except Refused as refused:
        return act_forms.form_page(
            request, own_dossier(request), act, frame(request), beyond=form.get("beyond") == "1",
            back=address(dossier), form=form, refused=refused,
        )  # fmt: skip
    return go(address(dossier))


def act_named(request: Request) -> Act:
    """The act in the address, as far as it is this visitor's. Raises NotFound, NotAllowed."""
    name = request.path_params["act"]
    if name not in set(Act):
        raise NotFound(what=name[:20])
    act_forms.check_role(visitor_of(request), Act(name))
    return Act(name)


ROUTES: list[BaseRoute] = [
    *form_routes.ROUTES,
    *letter_routes.ROUTES,
    Route(HOME, show_desk),
    Route(f"{HOME}/searches", show_desk),  # where what was found is opened again: the words are gone
    Route(f"{HOME}/searches", find, methods=["POST"]),
    Route(f"{HOME}/register", show_register),
    Route(f"{HOME}/waiting/{{waiting}}", show_waiting),
    Route(f"{HOME}/{{code}}", show),
    Route(f"{HOME}/{{code}}/identity", reveal, methods=["POST"]),
    Route(f"{HOME}/{{code}}/comparisons", compare, methods=["POST"]),
    Route(f"{HOME}/{{code}}/acts/{{act}}", show_act),
    Route(f"{HOME}/{{code}}/acts/{{act}}", do_act, methods=["POST"]),
]
