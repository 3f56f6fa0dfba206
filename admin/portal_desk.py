"""The portal on the desk: stopped or not, how complete, what it refused and why, where the two books differ."""

from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin.slips import has_dossier
from domain.calendar import Translate
from domain.days import local
from domain.differences import DIFFERENCE_NAMES, EXPLANATIONS, Difference
from domain.dossiers import STATUS_NAMES, Status
from domain.errors import NotAllowed, NotFound, Refused, msgid
from domain.roles import LEADING_ROLES, Role, open_to
from domain.tickets import milliseconds
from operations import reconciling, syncing
from store import differences, outbox, people, portal_gates
from store.differences import Differing
from store.outbox import PortalMessage
from web import forms
from web.house import House, act_of, house_of, visitor_of
from web.languages import translator
from web.pages import go
from web.scope import own_scope

DESK = "/admin/desk"
LEADERS = (*sorted(LEADING_ROLES), Role.ADMINISTRATOR)
CLERKS_DESK = (*sorted(LEADING_ROLES), Role.CLERK)
FIELD_WORDS = {
    "MaHoSo": msgid("mã hồ sơ"),
    "MaTTHC": msgid("mã thủ tục"),
    "TenTTHC": msgid("tên thủ tục"),
    "MaLinhVuc": msgid("mã lĩnh vực"),
    "ChuHoSo": msgid("tên chủ hồ sơ"),
    "LoaiDoiTuong": msgid("loại chủ hồ sơ"),
    "DinhDanhCHS": msgid("số giấy tờ của chủ hồ sơ"),
    "SoDinhDanh": msgid("số giấy tờ của chủ hồ sơ"),
    "SoDienThoai": msgid("số điện thoại"),
    "Email": msgid("thư điện tử"),
    "TrichYeuHoSo": msgid("trích yếu hồ sơ"),
    "NgayTiepNhan": msgid("ngày tiếp nhận"),
    "NgayHenTra": msgid("ngày hẹn trả"),
    "TrangThaiHoSo": msgid("trạng thái hồ sơ"),
    "HinhThuc": msgid("cách trả kết quả"),
    "DonViXuLy": msgid("đơn vị xử lý"),
    "NoiDungXuLy": msgid("nội dung xử lý"),
    "NguoiXuLy": msgid("người xử lý"),
    "ThoiDiemXuLy": msgid("thời điểm xử lý"),
}


class NoPortal(Refused):
    text = msgid("Chưa kết nối với Cổng nên chưa đối soát hoặc tải được. Hãy kiểm tra cấu hình Cổng.")


class PortalWork(Protocol):
    """Who speaks with the portal: `portal.service`, which this room does not know."""

    def ask_reconciliation(self) -> bool:
        """Compare both books soon; False when there is no portal to ask."""

    def ask_catalogue(self) -> bool:
        """Fetch the portal's catalogue soon; False when there is no portal to ask."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message that the portal does not know yet; `reason` and `field` in words where it was refused."""

    message: PortalMessage
    reason: str
    field: str
    what: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One dossier of which the two books differ, in words."""

    dossier: str
    kind: str
    ours: str
    theirs: str
    is_retold: bool
    is_here: bool


WHATS = {
    outbox.DOSSIER: msgid("Đồng bộ hồ sơ"),
    outbox.AGAIN: msgid("Gửi lại toàn bộ hồ sơ"),
    outbox.PROGRESS: msgid("Cập nhật tiến độ"),
}


def shown(request: Request) -> dict[str, Any]:
    """What the desk tells of the portal, of the dossiers that the visitor may see."""
    house, scope, said = house_of(request), own_scope(request), translator(request.state.language)
    messages = house.store.read(outbox.open_portal_messages)
    standing = house.store.read(differences.standing)
    stop = house.store.read(portal_gates.stop)
    who = house.store.read(people.by_id, stop.person) if stop else None
    return {
        "messages": [row_of(one, said) for one in messages if has_dossier(house, scope, one.dossier)],
        "differences": [_difference(one, said) for one in standing if has_dossier(house, scope, one.dossier)],
        "stop": stop, "stopped_by": who.name if who else "", "complete": completeness(house),
        "compared": house.store.read(differences.last),
        "explanations": [(key.value, said(words)) for key, words in EXPLANATIONS.items()],
        "whole_centre": scope.agency is None,
    }  # fmt: skip


def completeness(house: House) -> outbox.Completeness:
    """Of the dossiers received this month, how many the portal has acknowledged (indicator 1.4)."""
    first = local(house.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return house.store.read(outbox.completeness, milliseconds(first))


def row_of(message: PortalMessage, said: Translate) -> Row:
    """A message in words; `answer` is a reason of ours and, in brackets, the portal's name of a field."""
    reason, _, field = message.answer.removesuffix("]").partition(" [")
    words = f"{said(FIELD_WORDS[field])} ({field})" if field in FIELD_WORDS else field
    parked = message.state == "parked"
    return Row(
        message, said(reason) if parked and reason else "", words if parked else "", said(WHATS[message.kind])
    )


def _difference(one: Differing, said: Translate) -> DifferenceRow:
    def status(standing: Status | None) -> str:
        return said(STATUS_NAMES[standing]) if standing else "–"

    return DifferenceRow(
        one.dossier, said(DIFFERENCE_NAMES[one.kind]), status(one.ours), status(one.theirs),
        one.state == differences.RETOLD, one.kind is not Difference.MISSING_HERE,
    )  # fmt: skip


def portal_work(request: Request) -> PortalWork:
    """Whoever speaks with the portal in this server."""
    work: PortalWork = request.app.state.portal
    return work


def check_whole_centre(request: Request) -> None:
    """What concerns every agency is not for one agency's manager. Raises NotAllowed."""
    if own_scope(request).agency is not None:
        raise NotAllowed()


@open_to(*LEADERS, body_limit=4096)
async def stop_portal(request: Request) -> Response:
    """Nothing more goes out until somebody resumes."""
    form, who = await forms.read_form(request), visitor_of(request).who
    check_whole_centre(request)
    reason = forms.text(form, "reason", syncing.LONGEST_REASON)
    await house_of(request).store.write(act_of(request, form), syncing.stop_portal, who, reason)
    return go(DESK)


@open_to(*LEADERS, body_limit=2048)
async def resume_portal(request: Request) -> Response:
    """What waited goes out."""
    form = await forms.read_form(request)
    check_whole_centre(request)
    await house_of(request).store.write(act_of(request, form), syncing.resume_portal, visitor_of(request).who)
    return go(DESK)


@open_to(*LEADERS, body_limit=2048)
async def reconcile(request: Request) -> Response:
    """Compare both books now; what differs stands on the desk as it is found. Raises NoPortal."""
    await forms.read_form(request)
    check_whole_centre(request)
    if not portal_work(request).ask_reconciliation():
        raise NoPortal()
    return go(DESK)


@open_to(*CLERKS_DESK, body_limit=2048)
async def retell(request: Request) -> Response:
    """Send a dossier again: whole, with every step where that is wanted."""
    form, code = await forms.read_form(request), _own_dossier(request)
    steps = form.get("steps") == "1"
    who = visitor_of(request).who
    await house_of(request).store.write(act_of(request, form), reconciling.retell, code, who, steps=steps)
    return go(DESK)


@open_to(*CLERKS_DESK, body_limit=2048)
async def explain(request: Request) -> Response:
    """A person knows why the two differ."""
    form, code = await forms.read_form(request), _own_dossier(request)
    reason, who = forms.text(form, "reason", 40), visitor_of(request).who
    await house_of(request).store.write(act_of(request, form), reconciling.explain, code, who, reason)
    return go(DESK)


def _own_dossier(request: Request) -> str:
    """The dossier that is named; another agency's is as unknown as none. Raises NotFound."""
    code: str = request.path_params["code"]
    if not has_dossier(house_of(request), own_scope(request), code):
        raise NotFound(what=code[:50])
    return code


ROUTES: list[BaseRoute] = [
    Route("/admin/portal/stops", stop_portal, methods=["POST"]),
    Route("/admin/portal/resumptions", resume_portal, methods=["POST"]),
    Route("/admin/portal/reconciliations", reconcile, methods=["POST"]),
    Route("/admin/portal/dossiers/{code}/retellings", retell, methods=["POST"]),
    Route("/admin/portal/dossiers/{code}/explanations", explain, methods=["POST"]),
]
