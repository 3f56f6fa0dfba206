"""Turns recorded facts into the portal's dialect.

Pure: it knows no network, no clock and no database. Contract: profile `dvcqg-1.4+` of the national portal.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.answers import CatalogueEntry, Flaw, Permanent, required

PORTAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
IDENTITY_DIGITS = {1: 12, 2: 9}
STATUSES = range(1, 11)
ONLINE = 2

Record = dict[str, object]


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
class Supplement:
    """One request for missing papers (name, how many) and, once they came, their return with the new due date."""

    number: int
    asked_by: str = field(repr=False)
    content: str = field(repr=False)
    asked_at: datetime
    papers: tuple[tuple[str, int], ...] = field(repr=False)
    due_before: datetime | None
    taken_by: str = field(default="", repr=False)
    taken_at: datetime | None = None
    due_after: datetime | None = None


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
    supplements: tuple[Supplement, ...] = field(default=(), repr=False)


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


def dossier_record(facts: DossierFacts, entry: CatalogueEntry) -> Record:
    """Give the whole record of `DongBoHoSoMC`, the same for insert and update.

    Raises Permanent naming the first field that the portal could not take; nothing is cut or made up.
    """
    if facts.procedure_code != entry.code:
        raise Permanent(Flaw.UNKNOWN_PROCEDURE, "MaTTHC")
    return {
        "MaHoSo": required("MaHoSo", facts.code),
        "MaTTHC": required("MaTTHC", entry.code),
        "TenTTHC": required("TenTTHC", entry.title),
        "MaLinhVuc": required("MaLinhVuc", entry.sector_code),
        "TenLinhVuc": required("TenLinhVuc", entry.sector_name),
        "KenhThucHien": _choice("KenhThucHien", facts.channel, range(1, 4)),
        **_owner(facts),
        **_course(facts),
        "DSKetNoiCSDL": [{"MaCSDL": required("MaCSDL", code)} for code in facts.databases],
        "TaiLieuNop": [_document(document) for document in facts.documents],
        "DanhSachLePhi": [_fee(fee) for fee in facts.fees],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [_supplement(one) for one in facts.supplements],
        "DanhSachGiayToKetQua": [_result(result) for result in facts.results],
    }


def progress_items(steps: Iterable[Step]) -> list[Record]:
    """Give one item of `CapNhatTienDoHoSoMC` a step, in the same order; raises Permanent like a record."""
    return [
        {
            "MaHoSo": required("MaHoSo", step.dossier_code),
            "NguoiXuLy": required("NguoiXuLy", step.officer),
            "ChucDanh": step.office_title,
            "ThoiDiemXuLy": _time("ThoiDiemXuLy", step.at),
            "PhongBanXuLy": step.unit,
            "NoiDungXuLy": required("NoiDungXuLy", step.content),
            "TrangThai": _choice("TrangThai", step.status, STATUSES),
            "NgayBatDau": _time("NgayBatDau", step.started_at),
            "NgayKetThucTheoQuyDinh": _time("NgayKetThucTheoQuyDinh", step.due_at),
        }
        for step in steps
    ]


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
        "TrichYeuHoSo": required("TrichYeuHoSo", facts.summary),
        "NgayNopHoSo": _time("NgayNopHoSo", facts.submitted_at),
        "NgayTiepNhan": _time("NgayTiepNhan", facts.received_at),
        "NgayHenTra": _time("NgayHenTra", facts.due_at),
        "TrangThaiHoSo": _choice("TrangThaiHoSo", facts.status, STATUSES),
        "NgayTra": _time("NgayTra", facts.returned_at),
        "ThongTinTra": facts.return_note,
        "HinhThuc": _choice("HinhThuc", facts.delivery, range(2)),
        "NgayKetThucXuLy": _time("NgayKetThucXuLy", facts.finished_at),
        "DonViXuLy": required("DonViXuLy", facts.unit_name),
        "GhiChu": facts.note,
        "NoiNopHoSo": "1" if facts.filed_on_portal else "2",
        "HoSoCoThanhPhanSoHoa": _flag(facts.digitised),
        "TaiKhoanDuocXacThucVoiVNeID": _flag(facts.vneid_verified),
        "DuocThanhToanTrucTuyen": _choice("DuocThanhToanTrucTuyen", facts.online_payment, range(4)),
        "NgayTuChoi": _time("NgayTuChoi", facts.refused_at),
    }


def _document(document: Document) -> Record:
    return {
        "TepDinhKemId": required("TepDinhKemId", document.file_id),
        "TenTepDinhKem": required("TenTepDinhKem", document.file_name),
        "IsDeleted": str(document.deleted),
        "MaThanhPhanHoSo": document.component_code,
        "DuongDanTaiTepTin": required("DuongDanTaiTepTin", document.address),
        "DuocSoHoa": _flag(document.digitised),
        "DuocTaiSuDung": _flag(document.reused),
        "DuocLayTuKhoDMQG": _flag(document.from_warehouse),
        "MaKetQuaThayThe": document.replacing_result,
    }


def _fee(fee: Fee) -> Record:
    return {
        "TenPhiLePhi": required("TenPhiLePhi", fee.name),
        "MaPhiLePhi": fee.code,
        "HinhThucThu": fee.means,
        "Gia": str(fee.amount_dong),
        "LoaiPhiLePhi": fee.kind,
    }


def _result(result: Result) -> Record:
    return {
        "TenGiayTo": required("TenGiayTo", result.name),
        "MaThanhPhanHoSo": result.component_code,
        "GiayToId": required("GiayToId", result.paper_id),
        "DuongDanTepTinKetQua": required("DuongDanTepTinKetQua", result.address),
        "MaGiayToKetQua": result.code,
    }


def _supplement(one: Supplement) -> Record:
    return {
        "HoSoBoSungId": str(one.number),
        "NguoiYeuCauBoSung": required("NguoiYeuCauBoSung", one.asked_by),
        "NoiDungBoSung": required("NoiDungBoSung", one.content),
        "NgayBoSung": _time("NgayBoSung", one.asked_at),
        "NguoiTiepNhanBoSung": one.taken_by,
        "ThongTinTiepNhan": "",
        "NgayTiepNhanBoSung": _time("NgayTiepNhanBoSung", one.taken_at),
        "TrangThaiBoSung": _flag(one.taken_at is not None),
        "DanhSachGiayToBoSung": [
            {"TenGiayTo": required("TenGiayTo", name), "SoLuong": str(count), "LoaiGiayTo": "1"}
            for name, count in one.papers
        ],
        "DanhSachLePhiBoSung": [],
        "NgayHenTraTruoc": _time("NgayHenTraTruoc", one.due_before),
        "NgayHenTraMoi": _time("NgayHenTraMoi", one.due_after),
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
