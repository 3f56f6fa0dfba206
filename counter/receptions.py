"""The reception page: one sheet for one dossier, three ways out of it. Works with and without script.

Nothing of a person stands in an address: the sheet comes and goes by POST, its answers are named by code or number.
"""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter import comparisons, reception_fees, reception_views, sheets, views
from counter.commands import WORKERS, own_shift_only, person_of
from counter.reception_views import Chosen
from counter.sheets import FieldEmpty, Sheet
from domain.applicants import Particulars, Words, particulars, to_bytes, words, words_to_bytes
from domain.checklists import Wanted
from domain.errors import Refused, StaleScreen, UnknownProcedure, msgid
from domain.fees import Fee
from domain.identities import check
from domain.roles import open_to
from domain.scans import Card, recognise
from operations import intake
from operations.intake import COMPLETE, REFUSE, Intake
from store import marks
from web import cards, failures, forms
from web.house import act_of, house_of
from web.languages import translator
from web.pages import go, is_fragment, page

SHEET = "counter/reception.html"
LARGEST = 262_144
ASKED_TO_COMPLETE = msgid("Đề nghị nộp đủ các giấy tờ có trong danh sách.")


class CardUnreadable(Refused):
    text = msgid("Không đọc được mã QR của thẻ. Hãy quét lại, hoặc gõ họ tên và số vào các ô dưới.")


class AlreadyOpen(Refused):
    text = msgid(
        "Người này đang có hồ sơ %(code)s cùng thủ tục, chưa xong. Nếu đây là hồ sơ khác, hãy đánh dấu "
        "“Vẫn tiếp nhận”."
    )


class StillMissing(Refused):
    text = msgid("Còn giấy tờ đánh dấu thiếu. Hãy bỏ dấu nếu đã đủ, hoặc bấm “Yêu cầu hoàn thiện”.")


class NothingHandedIn(Refused):
    text = msgid("Chưa đánh dấu giấy tờ nào đã nhận. Hãy đánh dấu, hoặc bấm “Yêu cầu hoàn thiện”.")


class ChecklistChanged(Refused):
    text = msgid("Danh mục giấy tờ vừa đổi theo thủ tục đã chọn. Mời xem lại rồi bấm lần nữa.")


class NothingSaid(Refused):
    text = msgid("Hãy ghi nội dung, hoặc đánh dấu “Thiếu” ở giấy tờ cần bổ sung.")


@open_to(*WORKERS)
async def show_reception(request: Request) -> Response:
    """An empty sheet; the procedure may stand in the address."""
    number = request.path_params["counter"]
    own_shift_only(request, number)
    asked = {name: forms.words(request, name, sheets.LENGTHS[name]) for name in ("procedure", "channel")}
    return _drawn(request, number, Sheet(asked))


@open_to(*WORKERS, body_limit=LARGEST)
async def take_sheet(request: Request) -> Response:
    """What the clerk pressed: look again, a card was read, or one of the ways out."""
    number, form = request.path_params["counter"], await forms.read_form(request, sheets.MOST_FIELDS)
    own_shift_only(request, number)
    way = str(form.get("way", ""))
    sheet = _read(request, form)
    if sheet.of("card"):
        return _drawn(request, number, _with_card(sheet, way == "acting-card"))
    if way == REFERENCE:
        return await _note_reference(request, number, sheet, form)
    if way not in (RECEIVE, COMPLETE, REFUSE):
        return _drawn(request, number, replace(sheet, mistakes={}))
    if sheet.mistakes:
        return _drawn(request, number, sheet)
    try:
        found = reception_views.chosen(house_of(request), sheet.of("procedure"), sheet.of("case"))
        return await _done(request, number, way, sheet, found, form)
    except UnknownProcedure as refused:
        return _drawn(request, number, sheet.faulted(procedure=refused))
    except Refused as refused:
        return _drawn(request, number, sheet.faulted(form=refused))


RECEIVE, REFERENCE, OPEN = "receive", "reference", "open"


@open_to(*WORKERS, body_limit=LARGEST)
async def check_identity(request: Request) -> Response:
    """What a typed number says, and whether its owner has such a dossier already; by POST, so in no address."""
    number, form = request.path_params["counter"], await forms.read_form(request, sheets.MOST_FIELDS)
    own_shift_only(request, number)
    house, language = house_of(request), request.state.language
    identity = "".join(forms.text(form, "identity", 14, required=False).split())
    said = reception_views.told(identity, translator(language))
    found = reception_views.alike(house, identity, str(form.get("procedure", ""))) if identity else None
    try:
        check(identity, reception_views.today_of(house))
        wrong = failures.sentence(AlreadyOpen(code=found.code), language) if found else ""
    except Refused as refused:
        wrong = failures.sentence(refused, language)
    return page(request, "counter/_identity.html", told=said, wrong=wrong)


@open_to(*WORKERS, body_limit=LARGEST)
async def compare(request: Request) -> Response:
    """Ask a national database about what is typed. Whatever it says, the sheet stays and may be received."""
    number, form = request.path_params["counter"], await forms.read_form(request, sheets.MOST_FIELDS)
    own_shift_only(request, number)
    sheet = replace(_read(request, form), mistakes={})
    sheet = await comparisons.compared(request, sheet, request.path_params["database"], person_of(request).id)
    if not is_fragment(request):
        return _drawn(request, number, sheet)
    context = reception_views.picture(request, number, sheet)
    return page(request, "counter/_compared.html", **context)


def _read(request: Request, form: FormData) -> Sheet:
    """The sheet as typed; the quick form of the desk brings its ticks by name."""
    own = "" if form.get("way") == OPEN else str(form.get("request_id", ""))[:80]  # that of the desk stays there
    sheet = sheets.read_values(form).filled(request_id=own)
    try:
        found = reception_views.chosen(house_of(request), sheet.of("procedure"), sheet.of("case"))
    except UnknownProcedure as refused:
        fault = refused if sheet.of("procedure") else FieldEmpty()
        return sheet.faulted(procedure=fault)
    if sheet.of("drawn") == found.drawn:
        rows = sheets.read_rows(form, found.papers)
        faults = {f"p{n}": row.mistake for n, row in enumerate(rows) if row.mistake}
        return replace(sheet, rows=rows).faulted(**faults)
    ticked = [value for value in form.getlist("paper") if isinstance(value, str)]
    rows = tuple(
        replace(row, taken=_is_ticked(row.wanted, ticked)) for row in reception_views.blank_rows(found.papers)
    )
    return replace(sheet, rows=rows).faulted(**({"form": ChecklistChanged()} if sheet.of("drawn") else {}))


def _is_ticked(paper: Wanted, ticked: list[str]) -> bool:
    return bool(paper.name) and any(paper.name in value for value in ticked)


def _with_card(sheet: Sheet, acting: bool) -> Sheet:
    """Name and number of the card in their fields; the code is unsigned and proves nothing."""
    found, sheet = recognise(sheet.of("card")), replace(sheet, mistakes={})
    if not isinstance(found, Card):
        return sheet.filled(card="").faulted(card=CardUnreadable())
    name, identity = ("acting_name", "acting_identity") if acting else ("owner_name", "identity")
    by_card = "doubtful" if found.doubtful else "card"
    return sheet.filled(card="", by_card=by_card, **{name: found.name, identity: found.identity})


async def _done(
    request: Request, number: int, way: str, sheet: Sheet, found: Chosen, form: FormData
) -> Response:  # fmt: skip
    """Carry it out. Raises what the operations raise."""
    sheet = _checked(request, number, way, sheet)
    told, faults = _particulars(sheet)
    fee, wrong = _fee(sheet, found) if way == RECEIVE else (None, {})
    sheet = sheet.faulted(**faults, **wrong)
    if sheet.mistakes or told is None:
        return _drawn(request, number, sheet)
    house, person = house_of(request), person_of(request).id
    sealed, act = house.vault.seal(to_bytes(told)), act_of(request, form)
    if way == RECEIVE:
        taken = replace(_intake(request, number, sheet, told, sealed, found), fee=fee)
        received = await house.store.write(act, intake.receive_dossier, number, person, taken)
        return go(f"/counter/{number}/reception/{received.code}")
    asked = house.vault.seal(words_to_bytes(_words(sheet)))
    turned = await house.store.write(
        act, intake.turn_away, number, person, way, found.placement.code, sealed, asked
    )
    return go(f"/counter/{number}/turned/{turned}")


def _checked(request: Request, number: int, way: str, sheet: Sheet) -> Sheet:
    """What the sheet as a whole must hold, each fault where the clerk can mend it."""
    house = house_of(request)
    ticket = house.hub.board().places[number].ticket
    identity = "".join(sheet.of("identity").split())
    faults: dict[str, Refused] = {}
    if sheet.of("seen") and sheet.of("seen") != str(ticket.id if ticket else 0):
        faults["form"] = StaleScreen()
    try:
        check(identity, reception_views.today_of(house))
    except Refused as refused:
        faults["identity"] = refused
    if way == RECEIVE:
        faults |= _unready(sheet)
        same = reception_views.alike(house, identity, sheet.of("procedure")) if identity else None
        if same is not None and sheet.of("again") != "1":
            faults["again"] = AlreadyOpen(code=same.code)
    elif not sheet.of("words") and not (way == COMPLETE and any(row.missing for row in sheet.rows)):
        faults["words"] = NothingSaid() if way == COMPLETE else FieldEmpty()
    return sheet.faulted(**faults)


def _unready(sheet: Sheet) -> dict[str, Refused]:
    if any(row.missing for row in sheet.rows):
        return {"papers": StillMissing()}
    listed = [row for row in sheet.rows if not row.own]
    if listed and not any(row.taken or any(row.counts) or row.digitised or row.reused for row in sheet.rows):
        return {"papers": NothingHandedIn()}
    return {}


def _particulars(sheet: Sheet) -> tuple[Particulars | None, dict[str, Refused]]:
    owner, faults = sheets.person(sheet, "")
    acting = None
    if any(sheet.of(f"acting_{part}") for part in ("name", "identity", "phone", "address")):
        acting, more = sheets.person(sheet, "acting_")
        faults |= more
    if sheet.choice("delivery", 0) == intake.BY_POST and not (sheet.of("deliver_to") or sheet.of("address")):
        faults["deliver_to"] = FieldEmpty()
    if faults or owner is None:
        return None, faults
    papers = [row.paper for row in sheet.rows]
    return particulars(
        owner, sheet.of("summary"), [paper for paper in papers if paper], acting, sheet.of("authorisation"),
        sheet.of("deliver_to"),
    ), {}  # fmt: skip


def _fee(sheet: Sheet, found: Chosen) -> tuple[Fee | None, dict[str, Refused]]:
    try:
        return reception_fees.fee_of(sheet, reception_views.fee_sheet(found, sheet)), {}
    except Refused as refused:
        return None, {reception_fees.field_of(refused): refused}


def _intake(
    request: Request, number: int, sheet: Sheet, told: Particulars, sealed: bytes, found: Chosen
) -> Intake:  # fmt: skip
    house = house_of(request)
    return Intake(
        procedure=found.placement.code, particulars=sealed,
        owner_kind=sheet.choice("owner_kind", 1), delivery=sheet.choice("delivery", 0),
        printer=views.printer_of(house, number), found_by=marks.of_owner(house.vault, told.owner),
        card=cards.hash_of(house.vault, cards.DOSSIER, told.owner.identity) if told.owner.identity else None,
        channel=sheet.choice("channel", 1), case=found.case, lookups=comparisons.numbers(house.vault, sheet),
    )  # fmt: skip


def _words(sheet: Sheet) -> Words:
    missing = [row.asked for row in sheet.rows if row.missing]
    return words(sheet.of("words") or ASKED_TO_COMPLETE, sheet.of("basis"), missing)


async def _note_reference(request: Request, number: int, sheet: Sheet, form: FormData) -> Response:
    """The code of a ministry's own system, nothing else (features N20)."""
    house, code = house_of(request), sheet.of("procedure")
    try:
        noted = await house.store.write(
            act_of(request, form), intake.note_reference, number, person_of(request).id, code, sheet.of("reference")
        )
    except Refused as refused:
        return _drawn(request, number, replace(sheet, mistakes={"reference": refused}))
    return go(f"/counter/{number}/references/{noted}")


def _drawn(request: Request, number: int, sheet: Sheet) -> Response:
    """The page with every word kept, and each fault in a sentence beside its field."""
    first = next(iter(sheet.mistakes.values()), None)
    status = failures.status_of(first) if first else 200
    return page(request, SHEET, status, **reception_views.picture(request, number, sheet))


ROUTES: list[BaseRoute] = [
    Route("/counter/{counter:int}/reception", show_reception),
    Route("/counter/{counter:int}/reception", take_sheet, methods=["POST"]),
    Route("/counter/{counter:int}/identities", check_identity, methods=["POST"]),
    Route("/counter/{counter:int}/comparisons/{database}", compare, methods=["POST"]),
]
