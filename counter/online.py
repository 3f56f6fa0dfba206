"""The reception list of online dossiers: each waits for its answer within 8 working hours of its arrival."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter.commands import WORKERS, own_shift_only, person_of
from counter.paper_links import step_link
from counter.receptions import ASKED_TO_COMPLETE
from domain import checklists
from domain.applicants import MOST_PAPERS, Paper, Words, from_bytes, words, words_to_bytes
from domain.calendar import Calendar, working_time_between
from domain.days import LOCAL, local
from domain.dossiers import Act, ReasonMissing, Status
from domain.errors import Invalid, Refused, msgid
from domain.roles import open_to
from operations import arrivals, processing
from operations.processing import Doing
from store import calendars, dossiers, procedures
from store.dossiers import Dossier
from store.instants import moment
from web import failures, forms
from web.house import House, act_of, house_of
from web.languages import translator
from web.pages import go, page
from web.scope import own_dossier, own_sight

MOST_SHOWN = 50
CLOSES = time(17)
ANSWERS = {
    Status.RECEIVED: msgid("Đã tiếp nhận hồ sơ %(code)s. Cổng đang được báo."),
    Status.SUPPLEMENT: msgid("Đã yêu cầu hoàn thiện hồ sơ %(code)s. Cổng đang được báo."),
    Status.REFUSED: msgid("Đã từ chối hồ sơ %(code)s. Cổng đang được báo."),
}
FORMS = {Act.ASK_SUPPLEMENT: "supplement", Act.REFUSE: "refusal"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed on one dossier's form; kept where it is refused."""

    code: str = ""
    words: str = ""
    basis: str = ""
    papers: tuple[str, ...] = ()
    others: str = ""
    answer_by: str = ""


BLANK = Typed()


@open_to(*WORKERS)
async def show_online(request: Request) -> Response:
    """Who waits for an answer, the shortest time left first; `done` names the one just answered."""
    own_shift_only(request, request.path_params["counter"])
    return _listed(request)


@open_to(*WORKERS, body_limit=4096)
async def accept(request: Request) -> Response:
    """Receive it: its limit runs from now."""
    form, doing = await _read(request)
    try:
        await house_of(request).store.write(act_of(request, form), arrivals.accept, doing)
    except Refused as refused:
        return _listed(request, Typed(doing.code), refused)
    return _back(request, doing.code)


@open_to(*WORKERS, body_limit=65_536)
async def complete(request: Request) -> Response:
    """Ask in writing for what is missing (Mẫu 02); the portal tells the citizen."""
    form, doing = await _read(request)
    typed = _typed(form, doing.code)
    try:
        asked = _asked(typed)
        until = _day(typed.answer_by)
        doing = replace(doing, words=house_of(request).vault.seal(words_to_bytes(asked)))
        await house_of(request).store.write(act_of(request, form), arrivals.ask_to_complete, doing, until)
    except Refused as refused:
        return _listed(request, typed, refused)
    return _back(request, doing.code)


@open_to(*WORKERS, body_limit=65_536)
async def refuse(request: Request) -> Response:
    """Refuse it in writing (Mẫu 03)."""
    form, doing = await _read(request)
    typed = _typed(form, doing.code)
    try:
        sealed = house_of(request).vault.seal(words_to_bytes(words(typed.words, typed.basis)))
        doing = replace(doing, words=sealed)
        await house_of(request).store.write(act_of(request, form), processing.note, Act.REFUSE, doing)
    except Refused as refused:
        return _listed(request, typed, refused)
    return _back(request, doing.code)


async def _read(request: Request) -> tuple[FormData, Doing]:
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    seen = forms.number(form, "steps", 0, 10_000, default=0)
    return form, Doing(own_dossier(request).code, person_of(request).id, seen=seen, facts={"counter": number})


def _typed(form: FormData, code: str) -> Typed:
    ticked = tuple(value for value in form.getlist("paper") if isinstance(value, str))
    told = {
        name: value
        for name in ("words", "basis", "others", "answer_by")
        if isinstance(value := form.get(name, ""), str)
    }
    return Typed(code, papers=ticked[: MOST_PAPERS + 1], **told)


def _asked(typed: Typed) -> Words:
    """What is asked for. Raises ReasonMissing, Invalid."""
    missing = [*typed.papers, *(line for line in typed.others.splitlines() if line.strip())]
    if not missing and not typed.words.strip():
        raise ReasonMissing()
    return words(
        typed.words.strip() or ASKED_TO_COMPLETE, typed.basis, [Paper(one, originals=1) for one in missing]
    )


def _day(text: str) -> datetime | None:
    """The end of the day until which the citizen may answer. Raises Invalid."""
    try:
        return datetime.combine(date.fromisoformat(text), CLOSES, LOCAL) if text else None
    except ValueError:
        raise Invalid(what="answer_by") from None


def _back(request: Request, code: str) -> Response:
    return go(f"/counter/{request.path_params['counter']}/online?done={quote(code, safe='')}")


def _listed(request: Request, typed: Typed = BLANK, refused: Refused | None = None) -> Response:
    house = house_of(request)
    calendar = house.store.read(calendars.newest)
    sight = own_sight(request)
    found = [one for one in house.store.read(dossiers.standing, (Status.NEW,)) if sight.sees(one)][:MOST_SHOWN]
    rows = sorted((_row(house, one, calendar) for one in found), key=lambda row: row["answer_by"] or house.now())
    return page(
        request, "counter/online.html", failures.status_of(refused) if refused else 200,
        number=request.path_params["counter"], rows=rows, typed=typed, wrong=_sentence(request, typed, refused),
        done=None if refused else _done(request), earliest=local(house.now()).date() + timedelta(days=1),
    )  # fmt: skip


def _sentence(request: Request, typed: Typed, refused: Refused | None) -> str:
    if refused is None:
        return ""
    if isinstance(refused, Invalid) and refused.arguments.get("what") == "words" and not typed.words.strip():
        refused = ReasonMissing()
    return failures.sentence(refused, request.state.language)


def _done(request: Request) -> dict[str, Any] | None:
    """What became of the dossier that was just answered, with its paper."""
    house, code = house_of(request), request.query_params.get("done", "")[:50]
    dossier = house.store.read(dossiers.find, code) if code else None
    if dossier is None or not own_sight(request).sees(dossier) or dossier.status not in ANSWERS:
        return None
    steps = house.store.read(dossiers.steps_of, code)
    paper = next((step_link(code, FORMS[step.act], step.number) for step in steps[-1:] if step.act in FORMS), "")
    said = translator(request.state.language)(ANSWERS[dossier.status]) % {"code": code}
    return {"code": code, "words": said, "paper": paper}


def _row(house: House, dossier: Dossier, calendar: Calendar | None) -> dict[str, Any]:
    told = from_bytes(house.vault.unseal(house.store.read(dossiers.sealed_particulars, dossier.particulars)))
    procedure = house.store.read(procedures.find, dossier.procedure)
    answer_by = dossier.facts.get("answer_by")
    until = moment(answer_by) if answer_by else None
    return {
        "dossier": dossier, "title": procedure.title if procedure else dossier.procedure, "told": told,
        "answer_by": until, "left": _left(house, until, calendar),
        "wanted": [paper.name for paper in checklists.wanted(procedure)][:MOST_PAPERS - 3] if procedure else [],
    }  # fmt: skip


def _left(house: House, until: Any, calendar: Calendar | None) -> int | None:
    """Working minutes that are left, below zero when it is late, None where nobody can count them."""
    if until is None or calendar is None:
        return None
    now, end = local(house.now()), local(until)
    if end >= now:
        return int(working_time_between(now, end, calendar).total_seconds() // 60)
    return -int(working_time_between(end, now, calendar).total_seconds() // 60) - 1


ROUTES: list[BaseRoute] = [
    Route("/counter/{counter:int}/online", show_online),
    Route("/counter/{counter:int}/online/{code}/acceptances", accept, methods=["POST"]),
    Route("/counter/{counter:int}/online/{code}/completions", complete, methods=["POST"]),
    Route("/counter/{counter:int}/online/{code}/refusals", refuse, methods=["POST"]),
]
