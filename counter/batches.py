"""Several dossiers that one representative hands in: one page, all or none, one list at the end."""

from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from counter import reception_views, sheets, views
from counter.commands import WORKERS, own_shift_only, person_of
from counter.sheets import FieldEmpty, Row, Sheet
from domain.applicants import Applicant, particulars, to_bytes
from domain.errors import Refused, msgid
from domain.identities import check
from domain.roles import open_to
from operations import intake
from operations.intake import MOST_TOGETHER, Intake
from store import marks
from web import cards, failures, forms
from web.house import House, act_of, house_of
from web.pages import go, page

LINES, MORE = 5, 5
PARTS = ("procedure", "owner_name", "identity", "phone", "address")
SHARED = ("acting_name", "acting_identity", "acting_phone", "acting_address", "authorisation", "channel",
          "delivery", "deliver_to")  # fmt: skip
MOST_FIELDS = 20 + MOST_TOGETHER * (len(PARTS) + 1)


class NothingEntered(Refused):
    text = msgid("Chưa có hồ sơ nào. Hãy điền ít nhất một dòng.")


class PapersNotHere(Refused):
    text = msgid("Hồ sơ chưa đủ giấy tờ: hãy nhận riêng hồ sơ này ở tờ tiếp nhận.")


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of the list as typed; `whole`: all papers of the catalogue are there."""

    sheet: Sheet
    whole: bool

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed here."""
        return not any(self.sheet.of(part) for part in PARTS)


@open_to(*WORKERS)
async def show_batch(request: Request) -> Response:
    """An empty list."""
    own_shift_only(request, request.path_params["counter"])
    return _drawn(request, Sheet(), [Line(Sheet(), True)] * LINES)


@open_to(*WORKERS, body_limit=262_144)
async def take_batch(request: Request) -> Response:
    """More lines, or receive them all."""
    number, form = request.path_params["counter"], await forms.read_form(request, MOST_FIELDS)
    own_shift_only(request, number)
    shared, lines = _read(form)
    if form.get("way") != "receive":
        more = [Line(Sheet(), True)] * (min(MORE, MOST_TOGETHER - len(lines)) if form.get("way") == "more" else 0)
        return _drawn(request, replace(shared, mistakes={}), [*lines, *more])
    acting, faults = sheets.person(shared, "acting_")
    shared = shared.faulted(**faults)
    house = house_of(request)
    if all(line.is_blank for line in lines):
        shared = shared.faulted(form=NothingEntered())
    checked = [line if line.is_blank else _checked(house, line, shared) for line in lines]
    if acting is None or shared.mistakes or any(line.sheet.mistakes for line in checked):
        return _drawn(request, shared, checked)
    entered = [line for line in checked if not line.is_blank]
    try:
        taken = tuple(_intake(house, number, shared, acting, line) for line in entered)
        received = await house.store.write(
            act_of(request, form), intake.receive_together, number, person_of(request).id, taken
        )
    except Refused as refused:
        return _drawn(request, shared.faulted(form=refused), checked)
    return go(f"/counter/{number}/reception/{received[0].code}")


def _read(form: FormData) -> tuple[Sheet, list[Line]]:
    shared = sheets.read_values(form, SHARED).filled(request_id=str(form.get("request_id", ""))[:80])
    counted = str(form.get("lines", ""))
    count = (
        min(int(counted), MOST_TOGETHER) if counted.isascii() and counted.isdigit() and len(counted) < 4 else LINES
    )
    lines = []
    for number in range(max(count, 1)):
        own = FormData([(part, str(form.get(f"r{number}-{part}", ""))) for part in PARTS])
        lines.append(Line(sheets.read_values(own, PARTS), form.get(f"r{number}-whole") == "1"))
    return shared, lines


def _checked(house: House, line: Line, shared: Sheet) -> Line:
    sheet = line.sheet
    _, faults = sheets.person(sheet, "")
    try:
        reception_views.chosen(house, sheet.of("procedure"))
    except Refused as refused:
        faults["procedure"] = refused if sheet.of("procedure") else FieldEmpty()
    try:
        check("".join(sheet.of("identity").split()), reception_views.today_of(house))
    except Refused as refused:
        faults["identity"] = refused
    if not line.whole:
        faults["papers"] = PapersNotHere()
    by_post = shared.choice("delivery", 0) == intake.BY_POST
    if by_post and not shared.of("deliver_to") and not sheet.of("address"):
        faults["address"] = FieldEmpty()
    return replace(line, sheet=sheet.faulted(**faults))


def _intake(house: House, number: int, shared: Sheet, acting: Applicant, line: Line) -> Intake:
    found = reception_views.chosen(house, line.sheet.of("procedure"))
    owner, _ = sheets.person(line.sheet, "")
    assert owner is not None, "a line was checked before"
    papers = [Row(wanted, taken=True).paper for wanted in found.papers]
    told = particulars(
        owner, "", [paper for paper in papers if paper], acting, shared.of("authorisation"), shared.of("deliver_to")
    )
    return Intake(
        procedure=found.placement.code, particulars=house.vault.seal(to_bytes(told)),
        delivery=shared.choice("delivery", 0), printer=views.printer_of(house, number),
        found_by=marks.of_owner(house.vault, owner), channel=shared.choice("channel", 1),
        card=cards.hash_of(house.vault, cards.DOSSIER, owner.identity) if owner.identity else None,
    )  # fmt: skip


def _drawn(request: Request, shared: Sheet, lines: list[Line]) -> Response:
    number, house, language = request.path_params["counter"], house_of(request), request.state.language
    place, centre = house.hub.board().places[number], house.store.centre()

    def told(sheet: Sheet) -> dict[str, str]:
        return {name: failures.sentence(refused, language) for name, refused in sheet.mistakes.items()}

    first = next((m for sheet in (shared, *(line.sheet for line in lines)) for m in sheet.mistakes.values()), None)
    context: dict[str, Any] = {
        "number": number, "sheet": shared, "wrong": told(shared), "ticket": place.ticket,
        "lines": [(line, told(line.sheet)) for line in lines], "most": MOST_TOGETHER,
        "groups": reception_views.groups(centre, place.ticket, place.skills.all, language),
        "page_id": reception_views.request_id(shared),
        **reception_views.choices(language),
    }  # fmt: skip
    return page(request, "counter/batch.html", failures.status_of(first) if first else 200, **context)


ROUTES: list[BaseRoute] = [
    Route("/counter/{counter:int}/reception/batch", show_batch),
    Route("/counter/{counter:int}/reception/batch", take_batch, methods=["POST"]),
]
