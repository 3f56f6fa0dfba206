"""What the reception page shows: procedures to choose from, checklist, fee and due date, and what was typed."""

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from counter import comparisons, reception_fees, views
from counter.reception_fees import FeeSheet
from counter.sheets import MOST_LISTED, OWN_LINES, Row, Sheet
from domain import checklists
from domain.centres import Centre, Placement
from domain.checklists import Wanted
from domain.days import local
from domain.deadline_words import explain
from domain.dossiers import FINAL
from domain.errors import Refused, UnknownProcedure, msgid
from domain.identities import Told, told_by
from domain.procedures import Channel, ChannelRow, Procedure, fold
from domain.tickets import Ticket
from operations import intake
from store import calendars, dossiers, marks, procedures
from store.dossiers import Dossier
from web import failures, fee_words
from web.house import House, checked_request_id, house_of
from web.languages import translator
from web.pages import text_of

MOST_ALIKE = 5
CHANNEL_OF = {intake.COUNTER_CHANNEL: Channel.DIRECT, intake.POST_CHANNEL: Channel.POST}
OWNER_KINDS = ((1, msgid("Công dân")), (2, msgid("Doanh nghiệp")), (3, msgid("Cơ quan nhà nước")),
               (4, msgid("Tổ chức khác")))  # fmt: skip
IN_PERSON, BY_POST = (1, msgid("Tại quầy")), (3, msgid("Qua bưu chính"))
DELIVERIES = ((0, msgid("Tại quầy")), (1, msgid("Qua bưu chính")), (2, msgid("Bản điện tử")))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The procedure of a sheet as this centre receives it and as the catalogue has it."""

    placement: Placement
    procedure: Procedure
    case: str

    @property
    def papers(self) -> tuple[Wanted, ...]:
        """What is asked for."""
        return checklists.wanted(self.procedure, self.case)[:MOST_LISTED]

    @property
    def drawn(self) -> str:
        """Which checklist the page shows."""
        return f"{self.placement.code}-{checklists.mark_of(self.papers)}"


def chosen(house: House, code: str, case: str = "") -> Chosen:
    """The procedure of this code, its case only where it has it. Raises UnknownProcedure."""
    placement = intake.find_placement(house.store.centre(), code)
    procedure = house.store.read(procedures.find, code)
    if procedure is None:
        raise UnknownProcedure(procedure=code[:20])
    return Chosen(placement, procedure, case if case in checklists.cases(procedure) else "")


def blank_rows(papers: tuple[Wanted, ...]) -> tuple[Row, ...]:
    """An untouched checklist with the lines for other papers."""
    return (*(Row(paper) for paper in papers), *(Row(Wanted("", 1), own=True) for _ in range(OWN_LINES)))


def groups(centre: Centre, ticket: Ticket | None, served: tuple[str, ...], language: str) -> list[dict[str, Any]]:
    """The procedures by queue: that of the ticket first, then those of this counter, then the others."""
    first = [ticket.queue] if ticket else []
    order = list(dict.fromkeys([*first, *served, *(queue.id for queue in centre.queues)]))
    titles = {queue.id: text_of(queue.title, language) for queue in centre.queues}
    found = []
    for queue in order:
        here = [one for one in centre.procedures if one.queue == queue]
        shown = [(one.code, one.short_title or one.code, fold(f"{one.short_title} {one.code}")) for one in here]
        if shown and queue in titles:
            found.append({"title": titles[queue], "procedures": shown})
    return found


def picture(request: Request, number: int, sheet: Sheet, focus: str = "") -> dict[str, Any]:
    """The whole page."""
    house, language = house_of(request), request.state.language
    centre, place, translate = house.store.centre(), house.hub.board().places[number], translator(language)
    found = _chosen(house, sheet)
    fee = fee_sheet(found, sheet) if found else None
    sheet = reception_fees.filled(sheet, fee) if fee else sheet
    rows = sheet.rows or (blank_rows(found.papers) if found else ())
    wrong = {name: failures.sentence(refused, language) for name, refused in sheet.mistakes.items()}
    shift_of = place.shift.person if place.shift else ""
    return {
        "number": number, "sheet": sheet, "wrong": wrong, "rows": rows, "ticket": place.ticket,
        "row_wrong": {n: failures.sentence(r.mistake, language) for n, r in enumerate(rows) if r.mistake},
        "seen": place.ticket.id if place.ticket else 0,
        "groups": groups(centre, place.ticket, place.skills.all, language), "chosen": found,
        "centre_name": text_of(centre.name, language), "keys": views.keys_of(house, shift_of),
        "scan_prefix": centre.scanner.prefix, **choices(language),
        "cases": checklists.cases(found.procedure) if found else (),
        "notes": checklists.notes(found.procedure) if found else (),
        "fees": fees(found.procedure, sheet.choice("channel", 1)) if found else (),
        "due": due(request, found, sheet.choice("channel", 1)) if found else None,
        "told": told(sheet.of("identity"), translate), "page_id": request_id(sheet),
        "focus": focus or _focus(sheet, bool(found)), "by_card": sheet.of("by_card"),
        "fee": fee, "fee_words": fee_words,
        **comparisons.shown(request, sheet, found.procedure.sector if found else ""),
    }  # fmt: skip


def _chosen(house: House, sheet: Sheet) -> Chosen | None:
    try:
        return chosen(house, sheet.of("procedure"), sheet.of("case"))
    except UnknownProcedure:
        return None


def request_id(sheet: Sheet) -> str:
    """The id that the page came with: under it nothing has been done yet."""
    try:
        return checked_request_id(sheet.of("request_id")) or secrets.token_urlsafe(12)
    except Refused:
        return secrets.token_urlsafe(12)


def choices(language: str) -> dict[str, Any]:
    """The lists of the form."""
    return {
        "owner_kinds": _worded(OWNER_KINDS, language), "channels": _worded((IN_PERSON, BY_POST), language),
        "deliveries": _worded(DELIVERIES, language),
    }  # fmt: skip


def _focus(sheet: Sheet, has_procedure: bool) -> str:
    """Where the clerk goes on: the first fault, else the first thing that is still empty."""
    if sheet.mistakes:
        return next(iter(sheet.mistakes))
    if not has_procedure:
        return "procedure"
    return "card" if not sheet.of("owner_name") else "address"


def _worded(choices: tuple[tuple[int, str], ...], language: str) -> list[tuple[int, str]]:
    return [(number, translator(language)(text)) for number, text in choices]


def fees(procedure: Procedure, channel: int) -> tuple[ChannelRow, ...]:
    """What the catalogue says of the fee on this way in, verbatim; of the counter where it says nothing else."""
    told_of = CHANNEL_OF.get(channel, Channel.DIRECT)
    rows = [row for row in procedure.channels if row.fee_text or row.note]
    own = tuple(row for row in rows if row.channel is told_of)
    return own or tuple(row for row in rows if row.channel is Channel.DIRECT)


def fee_sheet(found: Chosen, sheet: Sheet) -> FeeSheet:
    """The fee part of a sheet with this procedure and way in."""
    channel = sheet.choice("channel", 1)
    return reception_fees.of_rows(fees(found.procedure, channel), f"{found.placement.code}-{channel}")


def due(request: Request, found: Chosen, channel: int) -> dict[str, Any] | None:
    """When it would be due if it were received now, and why; None where no person has set a limit."""
    house, translate = house_of(request), translator(request.state.language)
    calendar = house.store.read(calendars.current)
    answer = intake.due_at(house.store.centre(), found.placement, channel, house.now(), calendar)
    if answer is None:
        return None
    return {"at": answer.at, "why": explain(answer, translate).split("\n")[1:]}


def told(identity: str, translate: Any) -> str:
    """What a typed number says of its owner, to compare with the card; nothing of any other text."""
    said: Told | None = told_by("".join(identity.split()))
    if said is None:
        return ""
    sex = translate(msgid("nam") if said.is_man else msgid("nữ"))
    return str(translate(msgid("Số này là của: %(sex)s, sinh năm %(year)s. Hãy so với thẻ."))
               % {"sex": sex, "year": said.year})  # fmt: skip


def alike(house: House, identity: str, procedure: str) -> Dossier | None:
    """A dossier of the same person and procedure that is not over yet."""
    numbers = house.store.read(marks.find, marks.of_identity(house.vault, identity), MOST_ALIKE * 10)
    found = house.store.read(dossiers.by_numbers, numbers)
    return next((one for one in found if one.procedure == procedure and one.status not in FINAL), None)


def today_of(house: House) -> Any:
    """The local date."""
    return local(house.now()).date()
