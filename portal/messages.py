"""Turns recorded facts into the portal's dialect and its answers into plain values.

Pure: it knows no network, no clock and no database. Contract: profile `dvcqg-1.4+` of the national portal.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import msgid

PORTAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# The limits of a provincial system in real use; the portal's own are not published.
TEXT_LIMITS = {"MaHoSo": 50, "TrichYeuHoSo": 1000, "NguoiXuLy": 50, "TenTepDinhKem": 4000, "TenGiayTo": 2000}
IDENTITY_DIGITS = {1: 12, 2: 9}
STATUSES = range(1, 11)
ONLINE = 2

Record = dict[str, object]


class Flaw(StrEnum):
    """What is wrong with a value, as a msgid; the field is named beside it."""

    MISSING = msgid("Thiếu giá trị bắt buộc.")
    TOO_LONG = msgid("Dài hơn giới hạn của Cổng.")
    NOT_IN_LIST = msgid("Giá trị không có trong danh mục của Cổng.")
    IDENTITY = msgid("Số định danh không đúng với loại giấy tờ.")
    NO_ZONE = msgid("Thời điểm không có múi giờ.")
    UNKNOWN_PROCEDURE = msgid("Danh mục của Cổng không có thủ tục này.")


class PortalError(Exception):
    """A call that did not succeed. Its text holds no personal data, token or password.

    `accepted` counts the items of a progress call that the portal had acknowledged before it failed.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.accepted = 0


class Permanent(PortalError):
    """Sending the same again cannot help: park it for a person.

    `field` is the portal's name of the field at fault or None. `said` is the portal's own sentence: it may
    quote personal data, so it stays out of the text and must not be logged.
    """

    def __init__(self, reason: str, field: str | None = None, code: int | None = None, said: str = "") -> None:
        super().__init__(f"{field}: {reason}" if field else str(reason))
        self.reason, self.field, self.code, self.said = reason, field, code, said


class NotAnAnswer(Exception):
    """The body is no answer of the portal; its text never quotes the body."""


@dataclass(frozen=True, slots=True)
class Document:
    """A submitted file; the portal fetches it from `address`."""

    file_id: str
    file_name: str
    address: str
    digitised: bool = False
    reused: bool = False
    from_warehouse: bool = False
    component_code: str = ""
    replacing_result: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee as recorded; `means` and `kind` are codes of the centre's configuration."""

    name: str
    amount_dong: int
    code: str = ""
    means: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A paper handed over as the result; `code` is the portal's (`KQ.…`)."""

    name: str
    paper_id: str
    address: str
    code: str = ""
    component_code: str = ""


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What the centre recorded of a dossier, with aware datetimes; codes are those of the portal.

    `identity_kind` None: no identity of a kind the portal knows, nothing of it is sent. `portal_account` is
    sent with the online channel only.
    """

    code: str
    procedure_code: str
    channel: int
    owner_kind: int
    owner_name: str = field(repr=False)
    identity_kind: int | None
    identity_number: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    summary: str = field(repr=False)
    submitted_at: datetime
    received_at: datetime
    due_at: datetime | None
    status: int
    delivery: int
    unit_name: str
    digitised: bool
    vneid_verified: bool
    online_payment: int
    note: str = field(repr=False)
    finished_at: datetime | None
    returned_at: datetime | None
    return_note: str = field(repr=False)
    refused_at: datetime | None
    documents: tuple[Document, ...] = field(repr=False)
    fees: tuple[Fee, ...]
    results: tuple[Result, ...] = field(default=(), repr=False)
    databases: tuple[str, ...] = ()
    portal_account: str = field(default="", repr=False)
    filed_on_portal: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A procedure as the portal's catalogue names it, with its first sector."""

    code: str
    title: str
    sector_code: str
    sector_name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of processing; `step_id` is ours and is not sent."""

    dossier_code: str
    step_id: str
    officer: str = field(repr=False)
    office_title: str
    at: datetime
    unit: str
    content: str = field(repr=False)
    status: int
    started_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the portal; `result` is None when it holds no list of rows."""

    code: int
    message: str = field(default="", repr=False)
    result: tuple[dict[str, Any], ...] | None = field(default=None, repr=False)
    session: str = field(default="", repr=False)
    is_empty: bool = False

    @property
    def is_success(self) -> bool:
        return self.code == 0 and not self.is_empty

    @property
    def is_duplicate(self) -> bool:
        return self.code in (3, -3) and self._says("đã tồn tại")

    @property
    def is_token_refused(self) -> bool:
        """The portal wants a new login; an empty answer counts too (portal.md, section 15)."""
        return self.is_empty or (self.code != 0 and self._says("hết hạn", "đăng nhập lại"))

    def _says(self, *phrases: str) -> bool:
        # NFC: some systems write Vietnamese with combining marks, which would hide the phrase.
        said = unicodedata.normalize("NFC", self.message).casefold()
        return any(phrase in said for phrase in phrases)


def dossier_record(facts: DossierFacts, entry: CatalogueEntry) -> Record:
    """Give the whole record of `DongBoHoSoMC`, the same for insert and update.

    Raises Permanent naming the first field that the portal could not take; nothing is cut or made up.
    """
    if facts.procedure_code != entry.code:
        raise Permanent(Flaw.UNKNOWN_PROCEDURE, "MaTTHC")
    return {
        "MaHoSo": _required("MaHoSo", facts.code),
        "MaTTHC": _required("MaTTHC", entry.code),
        "TenTTHC": _required("TenTTHC", entry.title),
        "MaLinhVuc": _required("MaLinhVuc", entry.sector_code),
        "TenLinhVuc": _required("TenLinhVuc", entry.sector_name),
        "KenhThucHien": _choice("KenhThucHien", facts.channel, range(1, 4)),
        **_owner(facts),
        **_course(facts),
        "DSKetNoiCSDL": [{"MaCSDL": _required("MaCSDL", code)} for code in facts.databases],
        "TaiLieuNop": [_document(document) for document in facts.documents],
        "DanhSachLePhi": [_fee(fee) for fee in facts.fees],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [_result(result) for result in facts.results],
    }


def progress_items(steps: Iterable[Step]) -> list[Record]:
    """Give one item of `CapNhatTienDoHoSoMC` a step, in the same order; raises Permanent like a record."""
    return [
        {
            "MaHoSo": _required("MaHoSo", step.dossier_code),
            "NguoiXuLy": _required("NguoiXuLy", step.officer),
            "ChucDanh": step.office_title,
            "ThoiDiemXuLy": _time("ThoiDiemXuLy", step.at),
            "PhongBanXuLy": step.unit,
            "NoiDungXuLy": _required("NoiDungXuLy", step.content),
            "TrangThai": _choice("TrangThai", step.status, STATUSES),
            "NgayBatDau": _time("NgayBatDau", step.started_at),
            "NgayKetThucTheoQuyDinh": _time("NgayKetThucTheoQuyDinh", step.due_at),
        }
        for step in steps
    ]


def read_answer(body: bytes) -> Answer:
    """Read an answer whose error_code may be 0, "0", "00" or "-3"; raises NotAnAnswer for anything else."""
    if body.strip() in (b"", b"{}", b"null"):
        return Answer(code=-1, is_empty=True)
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAnAnswer("not JSON") from None
    if not isinstance(content, dict):
        raise NotAnAnswer("not an object")
    message, session = content.get("message"), content.get("session")
    return Answer(
        code=_error_code(content.get("error_code")),
        message=message if isinstance(message, str) else "",
        result=_rows(content.get("result")),
        session=session if isinstance(session, str) else "",
    )


def catalogue_entry(code: str, answer: Answer) -> CatalogueEntry:
    """Read the answer of `LayThuTuc`; raises Permanent rather than leave a name empty."""
    row = next((row for row in answer.result or () if row.get("MATTHC") == code), None)
    if not answer.is_success or row is None:
        raise Permanent(Flaw.UNKNOWN_PROCEDURE, "MaTTHC", answer.code, answer.message)
    sector = next(iter(_rows(row.get("LINHVUCTHUCHIEN")) or ()), {})
    return CatalogueEntry(
        code=code,
        title=_required("TenTTHC", row.get("TENTTHC")),
        sector_code=_required("MaLinhVuc", sector.get("MALINHVUC")),
        sector_name=_required("TenLinhVuc", sector.get("TENLINHVUC")),
    )


def _owner(facts: DossierFacts) -> Record:
    number = _identity(facts)
    identities = [{"LoaiDinhDanh": str(facts.identity_kind), "SoDinhDanh": number}] if number else []
    return {
        "ChuHoSo": facts.owner_name,
        "LoaiDoiTuong": _choice("LoaiDoiTuong", facts.owner_kind, range(1, 5)),
        "MaDoiTuong": facts.portal_account if facts.channel == ONLINE else "",
        "DinhDanhCHS": identities,
        "SoGiayToChuHoSo": number,
        "ThongTinKhac": "",
        "Email": facts.email,
        "Fax": "",
        "SoDienThoai": facts.phone,
    }


def _course(facts: DossierFacts) -> Record:
    return {
        "TrichYeuHoSo": _required("TrichYeuHoSo", facts.summary),
        "NgayNopHoSo": _time("NgayNopHoSo", facts.submitted_at),
        "NgayTiepNhan": _time("NgayTiepNhan", facts.received_at),
        "NgayHenTra": _time("NgayHenTra", facts.due_at),
        "TrangThaiHoSo": _choice("TrangThaiHoSo", facts.status, STATUSES),
        "NgayTra": _time("NgayTra", facts.returned_at),
        "ThongTinTra": facts.return_note,
        "HinhThuc": _choice("HinhThuc", facts.delivery, range(2)),
        "NgayKetThucXuLy": _time("NgayKetThucXuLy", facts.finished_at),
        "DonViXuLy": _required("DonViXuLy", facts.unit_name),
        "GhiChu": facts.note,
        "NoiNopHoSo": "1" if facts.filed_on_portal else "2",
        "HoSoCoThanhPhanSoHoa": _flag(facts.digitised),
        "TaiKhoanDuocXacThucVoiVNeID": _flag(facts.vneid_verified),
        "DuocThanhToanTrucTuyen": _choice("DuocThanhToanTrucTuyen", facts.online_payment, range(4)),
        "NgayTuChoi": _time("NgayTuChoi", facts.refused_at),
    }


def _document(document: Document) -> Record:
    return {
        "TepDinhKemId": _required("TepDinhKemId", document.file_id),
        "TenTepDinhKem": _required("TenTepDinhKem", document.file_name),
        "IsDeleted": str(document.deleted),
        "MaThanhPhanHoSo": document.component_code,
        "DuongDanTaiTepTin": _required("DuongDanTaiTepTin", document.address),
        "DuocSoHoa": _flag(document.digitised),
        "DuocTaiSuDung": _flag(document.reused),
        "DuocLayTuKhoDMQG": _flag(document.from_warehouse),
        "MaKetQuaThayThe": document.replacing_result,
    }


def _fee(fee: Fee) -> Record:
    return {
        "TenPhiLePhi": _required("TenPhiLePhi", fee.name),
        "MaPhiLePhi": fee.code,
        "HinhThucThu": fee.means,
        "Gia": str(fee.amount_dong),
        "LoaiPhiLePhi": fee.kind,
    }


def _result(result: Result) -> Record:
    return {
        "TenGiayTo": _required("TenGiayTo", result.name),
        "MaThanhPhanHoSo": result.component_code,
        "GiayToId": _required("GiayToId", result.paper_id),
        "DuongDanTepTinKetQua": _required("DuongDanTepTinKetQua", result.address),
        "MaGiayToKetQua": result.code,
    }


def _identity(facts: DossierFacts) -> str:
    if facts.identity_kind is None:
        return ""
    digits = IDENTITY_DIGITS.get(facts.identity_kind)
    if digits is None:
        raise Permanent(Flaw.NOT_IN_LIST, "LoaiDinhDanh")
    if not re.fullmatch(f"[0-9]{{{digits}}}", facts.identity_number):
        raise Permanent(Flaw.IDENTITY, "SoDinhDanh")
    return facts.identity_number


def _required(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Permanent(Flaw.MISSING, field)
    if len(value) > TEXT_LIMITS.get(field, len(value)):
        raise Permanent(Flaw.TOO_LONG, field)
    return value


def _choice(field: str, value: int, allowed: range) -> str:
    if value not in allowed:
        raise Permanent(Flaw.NOT_IN_LIST, field)
    return str(value)


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _time(field: str, at: datetime | None) -> str:
    if at is None:
        return ""
    if at.utcoffset() is None:
        raise Permanent(Flaw.NO_ZONE, field)
    return at.astimezone(PORTAL_ZONE).strftime("%Y%m%d%H%M%S")


def _error_code(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NotAnAnswer("no error_code")


def _rows(value: object) -> tuple[dict[str, Any], ...] | None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return None
    return tuple(value)
