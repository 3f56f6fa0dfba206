"""A number typed or a code scanned: what it is and what may be done with it. Reads only; keeps and logs nothing."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter import views
from counter.commands import LARGEST_TICKET_ID, WORKERS, of_today, own_shift_only
from domain.days import local
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.roles import open_to
from domain.scans import Card, DossierCode, SlipLink, SlipNumber, recognise
from domain.tickets import Ticket, TicketState
from store import boards, dossiers, explanations, outbox, procedures, tickets
from web import failures, forms, wording
from web.house import House, house_of
from web.languages import translator
from web.pages import is_fragment, page, text_of

PANELS = ("edit", "scan")
TICKET, CARD, DOSSIER = "counter/_ticket.html", "counter/_card.html", "counter/_dossier.html"
STATES = {
    TicketState.WAITING: msgid("đang chờ"),
    TicketState.CALLED: msgid("đang ở quầy %(counter)s"),
    TicketState.PARKED: msgid("đang tạm gác ở quầy %(counter)s"),
    TicketState.ABSENT: msgid("đã gọi mà vắng"),
    TicketState.FINISHED: msgid("đã phục vụ xong"),
    TicketState.LEFT: msgid("đã thôi chờ"),
    TicketState.UNSERVED: msgid("hết ngày mà chưa được gọi"),
}


class ScanUnknown(Invalid):
    text = msgid("Mã này không phải phiếu số, thẻ căn cước hay hồ sơ của trung tâm. Hãy quét lại hoặc gõ tay.")


class UnknownDossier(NotFound):
    text = msgid("Hồ sơ %(code)s không có trong sổ của trung tâm.")


@dataclass(frozen=True, slots=True)
class Found:
    """What something scanned is: the part that shows it, and what stands in that part."""

    part: str
    context: dict[str, Any]


NOTHING = Found("counter/_said.html", {"said": ""})


@open_to(*WORKERS)
async def show_scan(request: Request) -> Response:
    """The field alone on a page, for whoever works without script."""
    number = request.path_params["counter"]
    own_shift_only(request, number)
    return _plainly(request, number, "scan")


@open_to(*WORKERS, body_limit=4096)
async def scan(request: Request) -> Response:
    """Recognise by format. It comes by POST so that nothing of it stands in an address or a log.

    With script the answer is a part of the clerk's page, without it a page of its own with the same buttons.
    """
    number, form = request.path_params["counter"], await forms.read_form(request)
    own_shift_only(request, number)
    panel, text = forms.text(form, "panel", 8, required=False) or "scan", _text(form)
    if panel not in PANELS:
        raise Invalid(what="form")
    try:
        found = _found(request, number, panel, text)
    except (ScanUnknown, NotFound) as refused:
        if is_fragment(request):
            raise
        return _plainly(request, number, panel, refused=refused)
    if is_fragment(request):
        return page(request, found.part, **found.context)
    return _filled(request, number, found) if found.part == CARD else _plainly(request, number, panel, found)


def _found(request: Request, number: int, panel: str, text: str) -> Found:
    """What this text names. Raises ScanUnknown, UnknownTicket, UnknownDossier."""
    house, found = house_of(request), recognise(text)
    if not text and panel == "edit":
        ticket = house.hub.board().places[number].ticket
        return _ticket(request, number, ticket, panel) if ticket else NOTHING
    if isinstance(found, SlipLink | SlipNumber):
        return _ticket(request, number, _named(house, found), panel)
    if isinstance(found, Card) and panel == "scan":
        return Found(CARD, {"card": found})
    if isinstance(found, DossierCode) and panel == "scan":
        return Found(DOSSIER, _dossier(house, found.code))
    raise ScanUnknown(what="text")


def _plainly(
    request: Request, number: int, panel: str, found: Found = NOTHING, refused: Refused | None = None
) -> Response:
    """The page without script: why not, the field for the next one, and what was found."""
    return page(
        request,
        "counter/scanned.html",
        failures.status_of(refused) if refused else 200,
        **{**found.context, "number": number, "panel": panel, "part": found.part, "card": None},
        wrong=failures.sentence(refused, request.state.language) if refused else "",
    )


def _filled(request: Request, number: int, found: Found) -> Response:
    """The clerk's page with name and number of the card in the form."""
    context = {**views.picture(house_of(request), number, request.state.language), **views.desk(request, number)}
    return page(request, "counter/desk.html", **{**context, **found.context})


def _text(form: FormData) -> str:
    """What a scanner sent, control characters and all."""
    value = form.get("text", "")
    return value if isinstance(value, str) else ""


def _named(house: House, found: SlipLink | SlipNumber) -> Ticket:
    if isinstance(found, SlipNumber):
        return of_today(house, found)
    meant = house.vault.sign("follow", str(found.ticket))
    if found.ticket > LARGEST_TICKET_ID or not compare_digest(found.signature, meant):
        raise ScanUnknown(what="text")
    return house.store.read(tickets.load, found.ticket)


def _ticket(request: Request, number: int, ticket: Ticket, panel: str) -> Found:
    """The ticket, and only what may be done with it now."""
    house, language = house_of(request), request.state.language
    centre, board, translate = house.store.centre(), house.hub.board(), translator(language)
    here, today = board.places[number].ticket, local(house.now()).date()
    line = board.lines.get(ticket.queue)
    behind = line.waiting - 1 - house.store.read(boards.position, ticket) if line else 0
    chosen = next((group for group in centre.classes if group.id == ticket.priority), None)
    return Found(TICKET, {
        "number": number, "ticket": ticket, "panel": panel, "seen": here.id if here else 0,
        "state": translate(STATES[ticket.state]) % {"counter": ticket.counter},
        "queue": next((text_of(queue.title, language) for queue in centre.queues if queue.id == ticket.queue), ""),
        "chosen": text_of(chosen.label, language) if chosen else "", "evidence": bool(chosen and chosen.evidence),
        "self_declared": house.store.read(explanations.is_self_declared, ticket.id),
        "classes": [
            (group.id, text_of(group.label, language)) for group in centre.classes_on(today)
            if group.id != ticket.priority
        ],
        "may": _may(ticket, number, behind=behind, has_printer=views.printer_of(house, number) is not None),
        "reasons": wording.translated(wording.OUT_OF_ORDER, translate, leave_out=("parked",)),
    })  # fmt: skip


def _may(ticket: Ticket, counter: int, *, behind: int, has_printer: bool) -> set[str]:
    """What the operations would take now."""
    state = ticket.state
    parked_here = state is TicketState.PARKED and ticket.counter == counter
    allowed = {
        "class": state in (TicketState.WAITING, TicketState.CALLED, TicketState.PARKED),
        "delay": state is TicketState.WAITING and behind > 0,
        "leave": state in (TicketState.WAITING, TicketState.ABSENT),
        "return": state is TicketState.ABSENT,
        "pick": state is TicketState.WAITING,
        "unpark": parked_here,
        "reprint": has_printer,
    }
    return {act for act, is_allowed in allowed.items() if is_allowed}


def _dossier(house: House, code: str) -> dict[str, Any]:
    dossier = house.store.read(dossiers.find, code)
    if dossier is None:
        raise UnknownDossier(code=code)
    procedure = house.store.read(procedures.find, dossier.procedure)
    portal = views.portal_state(house.store.read(outbox.portal_messages_of, code))
    return {"dossier": dossier, "title": procedure.title if procedure else dossier.procedure, "portal": portal}


ROUTES: list[BaseRoute] = [
    Route("/counter/{counter:int}/scans", show_scan),
    Route("/counter/{counter:int}/scans", scan, methods=["POST"]),
]
