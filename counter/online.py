"""The reception list of online dossiers: each waits for its answer within 8 working hours of its arrival."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter.commands import WORKERS, own_shift_only, person_of
from domain.applicants import from_bytes, words, words_to_bytes
from domain.calendar import Calendar, working_time_between
from domain.days import local
from domain.dossiers import Act, ReasonMissing, Status
from domain.errors import Invalid, Refused
from domain.roles import open_to
from operations import arrivals, processing
from operations.processing import Doing
from store import calendars, dossiers, procedures
from store.dossiers import Dossier
from store.instants import moment
from web import failures, forms
from web.house import House, act_of, house_of
from web.pages import go, page
from web.scope import own_dossier, own_sight

MOST_SHOWN = 50
WHOLE = 8 * 60


@open_to(*WORKERS)
async def show_online(request: Request) -> Response:
    """Who waits for an answer, the shortest time left first."""
    own_shift_only(request, request.path_params["counter"])
    return _listed(request)


@open_to(*WORKERS, body_limit=4096)
async def accept(request: Request) -> Response:
    """Receive it: its limit runs from now."""
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    doing = Doing(own_dossier(request).code, person_of(request).id, seen=_seen(form), facts={"counter": number})
    try:
        await house_of(request).store.write(act_of(request, form), arrivals.accept, doing)
    except Refused as refused:
        return _listed(request, doing.code, refused)
    return go(f"/counter/{number}/online")


@open_to(*WORKERS, body_limit=32_768)
async def refuse(request: Request) -> Response:
    """Refuse it in writing (Mẫu 03)."""
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    house, code, typed = house_of(request), own_dossier(request).code, str(form.get("words", ""))
    try:
        sealed = house.vault.seal(words_to_bytes(words(typed, str(form.get("basis", "")))))
        doing = Doing(code, person_of(request).id, sealed, seen=_seen(form), facts={"counter": number})
        await house.store.write(act_of(request, form), processing.note, Act.REFUSE, doing)
    except Refused as refused:
        return _listed(request, code, refused, typed)
    return go(f"/counter/{number}/online")


def _seen(form: Any) -> int:
    return forms.number(form, "steps", 0, 10_000, default=0)


def _listed(request: Request, code: str = "", refused: Refused | None = None, typed: str = "") -> Response:
    house, language = house_of(request), request.state.language
    calendar = house.store.read(calendars.newest)
    sight = own_sight(request)
    found = [one for one in house.store.read(dossiers.standing, (Status.NEW,)) if sight.sees(one)][:MOST_SHOWN]
    rows = sorted((_row(house, one, calendar) for one in found), key=lambda row: row["answer_by"] or house.now())
    wrong = failures.sentence(refused, language) if refused else ""
    if isinstance(refused, Invalid) and refused.arguments.get("what") == "words" and not typed.strip():
        wrong = failures.sentence(ReasonMissing(), language)
    status = failures.status_of(refused) if refused else 200
    told = {"code": code, "wrong": wrong, "typed": typed[:2000]}
    return page(request, "counter/online.html", status, number=request.path_params["counter"], rows=rows, **told)


def _row(house: House, dossier: Dossier, calendar: Calendar | None) -> dict[str, Any]:
    told = from_bytes(house.vault.unseal(house.store.read(dossiers.sealed_particulars, dossier.particulars)))
    procedure = house.store.read(procedures.find, dossier.procedure)
    answer_by = dossier.facts.get("answer_by")
    until = moment(answer_by) if answer_by else None
    return {
        "dossier": dossier, "title": procedure.title if procedure else dossier.procedure, "told": told,
        "answer_by": until, "left": _left(house, until, calendar),
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
    Route("/counter/{counter:int}/online/{code}/refusals", refuse, methods=["POST"]),
]
