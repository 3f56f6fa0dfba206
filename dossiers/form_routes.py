"""The one-stop forms of dossiers as PDF, and the register as a workbook: made when asked for, kept nowhere."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from domain.days import LOCAL
from domain.dossiers import Act
from domain.errors import Invalid
from domain.form_facts import FormFacts
from domain.roles import open_to
from dossiers import form_filling as filling
from dossiers import papers, registers
from dossiers.form_filling import Desk, NoSuchForm
from store import dossiers, receptions
from store.dossiers import Dossier, Step
from web.attachments import HANDLERS
from web.house import house_of
from web.scope import own_dossier, own_scope, own_sight

LONGEST_DAYS = 366
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_STEP: dict[str, tuple[frozenset[Act], Callable[[Desk, Dossier, Step], FormFacts]]] = {
    "supplement": (frozenset({Act.ASK_SUPPLEMENT}), filling.supplement),
    "refusal": (frozenset({Act.REFUSE}), filling.refusal),
    "apology": (frozenset({Act.EXTEND}), filling.apology),
    "stop": (frozenset({Act.STOP, Act.WITHDRAW}), filling.stop),
}
FORM_OF = {act: name for name, (acts, _) in OF_STEP.items() for act in acts}


@open_to(*HANDLERS)
async def print_form(request: Request) -> Response:
    """A form of the whole dossier: receipt, control slip, the list of those that came together."""
    dossier, kind = own_dossier(request), request.path_params["form"]
    house = house_of(request)
    with house.store.snapshot() as db:
        desk = Desk(db, house.store.centre(), house.vault, house.now())
        match kind:
            case "receipt":
                facts: FormFacts = filling.receipt(desk, dossier)
            case "control":
                facts = filling.control(desk, dossier, dossiers.steps_of(db, dossier.code))
            case "batch":
                facts = filling.batch(desk, dossiers.together(db, dossier.facts["batch"] or dossier.code))
            case _:
                raise NoSuchForm(what=kind[:20])
    return await _pdf(request, facts, f"{kind}-{dossier.code}")


@open_to(*HANDLERS)
async def print_step_form(request: Request) -> Response:
    """The form of one step: supplement, refusal, apology, stop."""
    dossier, kind = own_dossier(request), request.path_params["form"]
    house = house_of(request)
    with house.store.snapshot() as db:
        steps = {step.number: step for step in dossiers.steps_of(db, dossier.code)}
        step = steps.get(request.path_params["step"])
        if step is None or kind not in OF_STEP or step.act not in OF_STEP[kind][0]:
            raise NoSuchForm(what=kind[:20])
        facts = OF_STEP[kind][1](Desk(db, house.store.centre(), house.vault, house.now()), dossier, step)
    return await _pdf(request, facts, f"{kind}-{dossier.code}-{step.number}")


@open_to(*HANDLERS)
async def print_turned(request: Request) -> Response:
    """Mẫu 02 or 03 of a visit that ended without a dossier."""
    house = house_of(request)
    with house.store.snapshot() as db:
        visit = receptions.turned(db, request.path_params["visit"])
        scope = own_scope(request)
        if visit is None or (scope.agency is not None and visit.counter not in scope.counters):
            raise NoSuchForm(what="form")
        facts = filling.turned_away(Desk(db, house.store.centre(), house.vault, house.now()), visit)
    return await _pdf(request, facts, f"{visit.way}-{visit.seq}")


@open_to(*HANDLERS)
async def print_register(request: Request) -> Response:
    """Mẫu 07 of the days asked for, as PDF or as a workbook."""
    house, ending = house_of(request), request.url.path.rpartition(".")[2]
    since, until = _span(request)
    with house.store.snapshot() as db:
        centre = house.store.centre()
        sight = own_sight(request)
        found = [one for one in dossiers.received_between(db, _ms(since), _ms(until)) if sight.sees(one)]
        facts = filling.register(
            Desk(db, centre, house.vault, house.now()), found, since, until - timedelta(days=1)
        )
    name = f"so-theo-doi-{since:%Y%m%d}-{until - timedelta(days=1):%Y%m%d}"
    if ending == "pdf":
        return await _pdf(request, facts, name)
    body = await asyncio.to_thread(registers.as_workbook, facts)
    return _file(body, WORKBOOK, "attachment", f"{name}.xlsx")


def _span(request: Request) -> tuple[datetime, datetime]:
    try:
        first = date.fromisoformat(request.query_params.get("from", "")[:10])
        last = date.fromisoformat(request.query_params.get("to", "")[:10])
    except ValueError:
        raise Invalid(what="from, to") from None
    if not first <= last <= first + timedelta(days=LONGEST_DAYS):
        raise Invalid(what="from, to")
    return datetime.combine(first, time(), LOCAL), datetime.combine(last + timedelta(days=1), time(), LOCAL)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


async def _pdf(request: Request, facts: FormFacts, name: str) -> Response:
    own = house_of(request).own_forms
    printed = await asyncio.to_thread(papers.print_form, facts, own)
    return _file(printed.body, "application/pdf", "inline", f"{name}.pdf")


def _file(body: bytes, media: str, how: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(body, media_type=media, headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/dossiers/register.pdf", print_register),
    Route("/dossiers/register.xlsx", print_register),
    Route("/dossiers/turned/{visit:int}/form", print_turned),
    Route("/dossiers/{code}/forms/{form}", print_form),
    Route("/dossiers/{code}/forms/{form}/{step:int}", print_step_form),
]
