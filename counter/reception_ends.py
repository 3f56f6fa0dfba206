"""What a reception ended in: a dossier, several, a request to complete, a refusal, or a reference elsewhere."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter.commands import WORKERS, own_shift_only
from counter.paper_links import batch_link, receipt_link, turned_link
from domain.applicants import from_bytes, words_from_bytes
from domain.deadline_words import explain
from domain.due_records import from_data
from domain.errors import NotFound
from domain.roles import open_to
from operations.intake import COMPLETE
from operations.processing import UnknownDossier
from store import dossiers, procedures, receptions
from store.dossiers import Dossier
from web import fee_words
from web.house import House, house_of
from web.languages import translator
from web.pages import page
from web.payments import bill_of

END = "counter/reception_done.html"
OUTCOMES = {COMPLETE: "incomplete", "refuse": "refused"}


@open_to(*WORKERS)
async def show_received(request: Request) -> Response:
    """The dossier just received, or the list of all that came in together."""
    number, code = request.path_params["counter"], request.path_params["code"][:50]
    own_shift_only(request, number)
    house = house_of(request)
    together = house.store.read(dossiers.together, code)
    if not together or together[0].counter != number:
        raise UnknownDossier(code=code)
    if len(together) > 1:
        rows = [_row(house, dossier) for dossier in together]
        return page(request, "counter/batch_done.html", number=number, rows=rows, paper=batch_link(code))
    (dossier,) = together
    rule = dossier.facts["due_rule"]
    why = explain(from_data(rule), translator(request.state.language)).split("\n")[1:] if rule else []
    told = {
        "kind": "received", "code": code, "due": dossier.due, "why": why, "outcome": "received",
        "bill": bill_of(request, dossier), "fee_words": fee_words,
    }  # fmt: skip
    return _ended(request, number, paper=receipt_link(code), title=_title(house, dossier.procedure), **told)


@open_to(*WORKERS)
async def show_turned(request: Request) -> Response:
    """The citizen was asked to complete the papers, or refused; what was written stands here once more."""
    number, house = request.path_params["counter"], house_of(request)
    own_shift_only(request, number)
    turned = house.store.read(receptions.turned, request.path_params["visit"])
    if turned is None or turned.counter != number:
        raise NotFound(what=str(request.path_params["visit"]))
    said = words_from_bytes(house.vault.unseal(house.store.read(dossiers.sealed_words, turned.words)))
    told = {"kind": turned.way, "said": said, "outcome": OUTCOMES[turned.way]}
    return _ended(request, number, paper=turned_link(turned.seq), title=_title(house, turned.procedure), **told)


@open_to(*WORKERS)
async def show_reference(request: Request) -> Response:
    """The code that a ministry's own system gave was noted."""
    number, house = request.path_params["counter"], house_of(request)
    own_shift_only(request, number)
    noted = house.store.read(receptions.reference, request.path_params["visit"])
    if noted is None or noted.counter != number:
        raise NotFound(what=str(request.path_params["visit"]))
    told = {"kind": "reference", "noted": noted, "outcome": "received"}
    return _ended(request, number, paper=None, title=_title(house, noted.procedure), **told)


def _ended(request: Request, number: int, **told: Any) -> Response:
    ticket = house_of(request).hub.board().places[number].ticket
    return page(request, END, number=number, ticket=ticket, **told)


def _title(house: House, code: str) -> str:
    found = house.store.read(procedures.find, code)
    return found.title if found else code


def _row(house: House, dossier: Dossier) -> dict[str, Any]:
    told = from_bytes(house.vault.unseal(house.store.read(dossiers.sealed_particulars, dossier.particulars)))
    centre = house.store.centre()
    short = next((one.short_title for one in centre.procedures if one.code == dossier.procedure), "")
    return {
        "dossier": dossier, "title": short or dossier.procedure, "name": told.owner.name,
        "papers": sum(paper.count for paper in told.papers),
    }  # fmt: skip


ROUTES: list[BaseRoute] = [
    Route("/counter/{counter:int}/reception/{code}", show_received),
    Route("/counter/{counter:int}/turned/{visit:int}", show_turned),
    Route("/counter/{counter:int}/references/{visit:int}", show_reference),
]
