"""The page of one act: where it leads, what it asks, and what was typed when it was refused."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from domain.applicants import Particulars, from_bytes
from domain.calendar import day_text
from domain.dossiers import ACT_NAMES, STATUS_NAMES, Act
from domain.errors import NotAllowed, Refused, msgid
from domain.procedures import documents
from dossiers import acts
from dossiers.rows import Lines, lines_for
from operations.endings import PROOFS, TAKERS
from operations.processing import placement_of
from store import dossiers, procedures
from store.dossiers import Dossier
from web import failures
from web.house import House, house_of
from web.languages import translator
from web.pages import page, text_of
from web.visitors import Visitor

MOST_PAPERS = 40
APOLOGY = msgid(
    "Trung tâm xin lỗi Ông/Bà vì chưa trả kết quả đúng thời hạn, gây phiền hà, tốn kém cho Ông/Bà. Lý do:"
)
HINTS = {
    Act.TAKE_SUPPLEMENT: msgid("Ghi việc này khi giấy tờ đã đủ: thời hạn chạy lại từ lúc ghi."),
    Act.HAND_OVER: msgid("Phiếu kiểm soát (Mẫu 06) đi cùng hồ sơ; bên nhận bấm “Nhận bàn giao” khi đã có hồ sơ."),
    Act.ASK_SUPPLEMENT: msgid("Yêu cầu một lần, bằng văn bản (Mẫu 02), ghi đủ từng giấy tờ."),
    Act.EXTEND: msgid("Gia hạn một lần, kèm văn bản xin lỗi (Mẫu 04); hẹn vào một ngày làm việc."),
    Act.RETURN: msgid("Xem căn cước hoặc giấy ủy quyền trước khi trao. Hồ sơ quá hạn vẫn được trả kết quả."),
    Act.STOP: msgid("Người dân nhận thông báo dừng giải quyết (Mẫu 05)."),
    Act.REFUSE: msgid("Người dân nhận phiếu từ chối (Mẫu 03)."),
}


def check_role(visitor: Visitor, act: Act) -> None:
    """Whether this act is this visitor's at all. Raises NotAllowed."""
    if not acts.may_do(visitor, act):
        raise NotAllowed()


def particulars_of(house: House, dossier: Dossier) -> Particulars:
    """What is written of the dossier."""
    sealed = house.store.read(dossiers.sealed_particulars, dossier.particulars)
    return from_bytes(house.vault.unseal(sealed))


def form_page(
    request: Request, dossier: Dossier, act: Act, frame: dict[str, Any], *, beyond: bool, back: str,
    form: FormData | None = None, refused: Refused | None = None,
) -> Response:  # fmt: skip
    """The form, empty or as it was sent."""
    house, said, lines = house_of(request), translator(request.state.language), lines_for(request)
    chosen = acts.choose(house, dossier, act, beyond=beyond)
    with house.store.snapshot() as db:
        row = lines.line(db, dossier)
    hint = said(HINTS[act]) if act in HINTS else ""
    return page(
        request, "dossiers/act.html", failures.status_of(refused) if refused else 200, row=row, dossier=dossier,
        chosen=chosen, name=said(ACT_NAMES[act]), hint=hint, before=said(STATUS_NAMES[chosen.before]),
        after=said(STATUS_NAMES[chosen.after]), back=back, **frame, **_parts(request, dossier, act),
        typed=form or _first(request, dossier, act, lines),
        wrong=failures.sentence(refused, request.state.language) if refused else "",
    )  # fmt: skip


def _first(request: Request, dossier: Dossier, act: Act, lines: Lines) -> FormData:
    """What stands in the fields at first: an overdue dossier's apology, what is written of one to be corrected."""
    said = translator(request.state.language)
    if act is Act.EXTEND and dossier.due is not None and dossier.due < lines.today.begins:
        return FormData({"words": said(APOLOGY)})
    if act is not Act.CORRECT:
        return FormData()
    told = particulars_of(lines.house, dossier)
    owner = told.owner
    return FormData(
        {"owner_name": owner.name, "phone": owner.phone, "address": owner.address, "email": owner.email,
         "summary": told.summary}
    )  # fmt: skip


def _parts(request: Request, dossier: Dossier, act: Act) -> dict[str, Any]:
    """What there is to choose from in the parts of this act's form."""
    house, language, said = house_of(request), request.state.language, translator(request.state.language)
    centre, found = house.store.centre(), house.store.read(procedures.find, dossier.procedure)
    papers = [one for one in documents(found) if not one.endswith(":")][:MOST_PAPERS] if found else []
    return {
        "units": [(one.id, text_of(one.name, language)) for one in centre.agencies if one.id != dossier.unit],
        "papers": papers if act is Act.ASK_SUPPLEMENT else [],
        "days": [(day, day_text(day, said)) for day in acts.days_to_propose(house, dossier)],
        "results": [one for one in found.results if one.code] if found else [],
        "handings": [(f"{to}:{proof}", said(TAKERS[to]), said(PROOFS[proof])) for to, proof in acts.HANDINGS],
        "earliest": acts.tomorrow(house),
        "supplements": _supplements(house, dossier) if act is Act.ASK_SUPPLEMENT else (0, 0),
        "masked": particulars_of(house, dossier).owner.masked_identity if act is Act.CORRECT else "",
    }


def _supplements(house: House, dossier: Dossier) -> tuple[int, int]:
    """How often papers have been asked for, and how often they may be."""
    placement = placement_of(house.store.centre(), dossier.procedure)
    return dossier.supplements, placement.supplements if placement else 1
