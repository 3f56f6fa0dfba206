"""What the sandbox portal accepts: the typed table of the dossier interface and its checks.

Typed by hand from the description of the portal's contract (profile dvcqg-1.4+), never from our own
client or messages, so that both sides cannot share one error. Problems name the field, never its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MAX_RECORDS = 100
MAX_STEPS = 10
MAX_PROBLEMS = 5
MAX_NAME_SHOWN = 60

STATUS_NAMES = {
    "1": "Mới đăng ký",
    "2": "Được tiếp nhận",
    "3": "Không được tiếp nhận",
    "4": "Đang xử lý",
    "5": "Yêu cầu bổ sung giấy tờ",
    "6": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "7": "Công dân yêu cầu rút hồ sơ",
    "8": "Dừng xử lý",
    "9": "Đã xử lý xong",
    "10": "Đã trả kết quả",
}
NEXT_STATUSES: Mapping[str, frozenset[str]] = {
    "": frozenset({"1", "2"}),
    "1": frozenset({"2", "3"}),
    "2": frozenset({"4", "5", "6", "7", "9"}),
    "3": frozenset(),
    "4": frozenset({"5", "6", "7", "8", "9"}),
    "5": frozenset({"2", "4", "7", "8"}),
    "6": frozenset({"4", "8"}),
    "7": frozenset(),
    "8": frozenset({"4", "9"}),
    "9": frozenset({"10"}),
    "10": frozenset(),
}
IDENTITY_DIGITS = {"1": 12, "2": 9}


class Need(Enum):
    """How much the contract asks of a field; the values are its own marks."""

    REQUIRED = "R"  # present and filled
    FILLED = "B"  # as REQUIRED, but a list may be empty
    PRESENT = "e"  # the key must be there, its value may be empty
    OPTIONAL = "o"


class Kind(Enum):
    """The form of a value. All are JSON strings, except ROWS."""

    TEXT = "text"
    TIME = "time"
    NUMBER = "number"
    ADDRESS = "address"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the contract's table."""

    name: str
    need: Need = Need.OPTIONAL
    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    longest: int | None = None
    starts_with: str = ""
    rows: tuple[Field, ...] = ()
    may_be_null: bool = False


R, B, e, o = Need.REQUIRED, Need.FILLED, Need.PRESENT, Need.OPTIONAL
TIME, NUMBER, ADDRESS, ROWS = Kind.TIME, Kind.NUMBER, Kind.ADDRESS, Kind.ROWS
NO_YES = ("0", "1")
STATUSES = tuple(STATUS_NAMES)

IDENTITY = (
    Field("LoaiDinhDanh", R, values=tuple(IDENTITY_DIGITS)),
    Field("SoDinhDanh", R),
)
DATABASE = (Field("MaCSDL", R),)
DOCUMENT = (
    Field("TepDinhKemId"),
    Field("TenTepDinhKem", R, longest=4000),
    Field("IsDeleted", values=("True", "False")),
    Field("MaThanhPhanHoSo"),
    Field("DuongDanTaiTepTin", e, ADDRESS),
    Field("DuocSoHoa", values=NO_YES),
    Field("DuocTaiSuDung", values=("0", "1", "2")),
    Field("DuocLayTuKhoDMQG", values=NO_YES),
    Field("MaKetQuaThayThe"),
)
FEE = (
    Field("TenPhiLePhi", R),
    Field("MaPhiLePhi"),
    Field("HinhThucThu"),
    Field("Gia", o, NUMBER),
    Field("LoaiPhiLePhi"),
)
PAPER = (Field("TenGiayTo", R), Field("SoLuong", o, NUMBER), Field("LoaiGiayTo"))
SUPPLEMENT = (
    Field("HoSoBoSungId", R),
    Field("NguoiYeuCauBoSung"),
    Field("NoiDungBoSung", R),
    Field("NgayBoSung", R, TIME),
    Field("NguoiTiepNhanBoSung"),
    Field("ThongTinTiepNhan"),
    Field("NgayTiepNhanBoSung", o, TIME),
    Field("TrangThaiBoSung"),
    Field("DanhSachGiayToBoSung", o, ROWS, rows=PAPER),
    Field("DanhSachLePhiBoSung", o, ROWS, rows=FEE),
    Field("NgayHenTraTruoc", o, TIME),
    Field("NgayHenTraMoi", o, TIME),
)
RESULT = (
    Field("TenGiayTo", R, longest=2000),
    Field("MaThanhPhanHoSo"),
    Field("GiayToId"),
    Field("DuongDanTepTinKetQua", e, ADDRESS),
    Field("MaGiayToKetQua", starts_with="KQ."),
)
DOSSIER = (
    Field("MaHoSo", R, longest=50),
    Field("MaTTHC", R),
    Field("TenTTHC", R),
    Field("MaLinhVuc", R),
    Field("TenLinhVuc", R),
    Field("KenhThucHien", B, values=("1", "2", "3")),
    Field("ChuHoSo"),
    Field("LoaiDoiTuong", R, values=("1", "2", "3", "4")),
    Field("MaDoiTuong", may_be_null=True),
    Field("DinhDanhCHS", B, ROWS, rows=IDENTITY),
    Field("SoGiayToChuHoSo"),
    Field("ThongTinKhac"),
    Field("Fax"),
    Field("SoBienNhan"),
    Field("GhiChu"),
    Field("Email", e),
    Field("SoDienThoai", e),
    Field("TrichYeuHoSo", R, longest=1000),
    Field("NgayNopHoSo", B, TIME),
    Field("NgayTiepNhan", R, TIME),
    Field("NgayHenTra", e, TIME),
    Field("TrangThaiHoSo", R, values=STATUSES),
    Field("NgayTra", o, TIME),
    Field("ThongTinTra"),
    Field("NgayKetThucXuLy", o, TIME),
    Field("NgayTuChoi", o, TIME),
    Field("HinhThuc", R, values=NO_YES),
    Field("DonViXuLy", R),
    Field("NoiNopHoSo", B, values=("1", "2")),
    Field("HoSoCoThanhPhanSoHoa", B, values=NO_YES),
    Field("TaiKhoanDuocXacThucVoiVNeID", B, values=NO_YES),
    Field("DuocThanhToanTrucTuyen", B, values=("0", "1", "2", "3")),
    Field("DSKetNoiCSDL", B, ROWS, rows=DATABASE),
    Field("TaiLieuNop", o, ROWS, rows=DOCUMENT),
    Field("DanhSachLePhi", o, ROWS, rows=FEE),
    Field("DanhSachTepDinhKemKhac", o, ROWS, rows=PAPER),
    Field("DanhSachHoSoBoSung", o, ROWS, rows=SUPPLEMENT),
    Field("DanhSachGiayToKetQua", o, ROWS, rows=RESULT),
)
STEP = (
    Field("MaHoSo", R, longest=50),
    Field("NguoiXuLy", R, longest=50),
    Field("ChucDanh"),
    Field("ThoiDiemXuLy", R, TIME),
    Field("PhongBanXuLy"),
    Field("NoiDungXuLy", R),
    Field("TrangThai", R, values=STATUSES),
    Field("NgayBatDau", o, TIME),
    Field("NgayKetThucTheoQuyDinh", o, TIME),
)
ENVELOPE = (Field("session", R), Field("madonvi", R), Field("service", R))
LOGIN = (Field("username", R), Field("password", R))
SERVICE_KEYS: Mapping[str, tuple[Field, ...]] = {
    "DongBoHoSoMC": (
        Field("isUpdating", R, values=("True", "False")),
        Field("data", R, ROWS, rows=DOSSIER),
    ),
    "CapNhatTienDoHoSoMC": (Field("data", R, ROWS, rows=STEP),),
    "TraCuuHoSo": (Field("mahoso", R),),
    "LayThuTuc": (Field("maTTHC", R),),
    "LayDanhSachTTHC": (),
    "LayDanhMucLinhVuc": (),
    "LayDanhMucCoQuan": (),
    "TraCuuTechID": (Field("provider", R, values=("wso2is",)), Field("mstorcmnd", R)),
}


def request_problems(body: object, service: str) -> list[str]:
    """What is wrong with a whole request to a known `service`; empty when all is well."""
    problems = record_problems(body, ENVELOPE + SERVICE_KEYS[service])
    if problems or not isinstance(body, dict):
        return problems[:MAX_PROBLEMS]
    if service == "DongBoHoSoMC":
        problems = _dossier_problems(body["data"])
    if service == "CapNhatTienDoHoSoMC" and len(body["data"]) > MAX_STEPS:
        problems = [f"data: tối đa {MAX_STEPS} bước một lần gọi"]
    return problems[:MAX_PROBLEMS]


def record_problems(record: object, table: tuple[Field, ...], path: str = "") -> list[str]:
    """What is wrong with one JSON object against `table`; each problem starts with the field's path."""
    if not isinstance(record, dict):
        return [f"{path or 'nội dung'}: phải là một đối tượng JSON"]
    prefix = f"{path}." if path else ""
    problems = _unknown_keys(record, table, prefix)
    for field in table:
        problems += _field_problems(record, field, prefix)
    return problems


def is_known_step(before: str, after: str) -> bool:
    """Whether status `before` ("" for a new dossier) may be followed by `after`, or stays as it is."""
    return before == after or after in NEXT_STATUSES[before]


def _unknown_keys(record: Mapping[str, object], table: tuple[Field, ...], prefix: str) -> list[str]:
    names = {field.name.lower(): field.name for field in table}
    problems = []
    for key in sorted(set(record) - set(names.values())):
        right = names.get(key.lower())
        hint = f" (đúng là {right})" if right else ""
        problems.append(f"{prefix}{key[:MAX_NAME_SHOWN]}: không có trường này{hint}")
    return problems


def _field_problems(record: Mapping[str, object], field: Field, prefix: str) -> list[str]:
    path = prefix + field.name
    if field.name not in record:
        return [] if field.need is Need.OPTIONAL else [f"{path}: thiếu trường bắt buộc"]
    value = record[field.name]
    if value is None and field.may_be_null:
        return []
    if field.kind is Kind.ROWS:
        return _rows_problems(value, field, path)
    if not isinstance(value, str):
        return [f"{path}: giá trị phải là chuỗi"]
    if value.strip() == "":
        return [f"{path}: không được để trống"] if field.need in (R, B) else []
    return [f"{path}: {problem}" for problem in [_value_problem(value, field)] if problem]


def _rows_problems(value: object, field: Field, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: phải là một danh sách"]
    if not value and field.need is Need.REQUIRED:
        return [f"{path}: danh sách không được rỗng"]
    if len(value) > MAX_RECORDS:
        return [f"{path}: tối đa {MAX_RECORDS} dòng"]
    problems = []
    for number, row in enumerate(value):
        problems += record_problems(row, field.rows, f"{path}[{number}]")
    return problems


def _value_problem(value: str, field: Field) -> str:
    if field.values and value not in field.values:
        return "phải là một trong các giá trị " + ", ".join(field.values)
    if field.longest is not None and len(value) > field.longest:
        return f"dài quá {field.longest} ký tự"
    if not value.startswith(field.starts_with):
        return f"phải bắt đầu bằng {field.starts_with}"
    is_right, words = _FORMS[field.kind]
    return "" if is_right(value) else words


def _is_time(value: str) -> bool:
    # strptime alone takes "2026713083500" too: it does not insist on two digits.
    if not re.fullmatch(r"[0-9]{14}", value):
        return False
    try:
        datetime.strptime(value, "%Y%m%d%H%M%S")
    except ValueError:
        return False
    return True


_FORMS: Mapping[Kind, tuple[Callable[[str], object], str]] = {
    Kind.TEXT: (lambda _: True, ""),
    Kind.TIME: (_is_time, "phải là thời điểm có thật dạng yyyyMMddHHmmss"),
    Kind.NUMBER: (re.compile(r"[0-9]+(\.[0-9]+)?").fullmatch, "phải là số viết bằng chữ số"),
    Kind.ADDRESS: (re.compile(r"https?://[^\s/]+\S*").fullmatch, "phải là địa chỉ http hoặc https"),
}


def _dossier_problems(records: list[dict[str, object]]) -> list[str]:
    problems = []
    seen: set[object] = set()
    for number, record in enumerate(records):
        path = f"data[{number}]"
        if record["MaHoSo"] in seen:
            problems.append(f"{path}.MaHoSo: lặp lại trong cùng một lần gọi")
        seen.add(record["MaHoSo"])
        if record.get("MaDoiTuong") and record["KenhThucHien"] != "2":
            problems.append(f"{path}.MaDoiTuong: chỉ dùng khi KenhThucHien là 2")
        problems += _identity_problems(record["DinhDanhCHS"], f"{path}.DinhDanhCHS")
    return problems


def _identity_problems(rows: object, path: str) -> list[str]:
    problems = []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        digits = IDENTITY_DIGITS[row["LoaiDinhDanh"]]
        if not re.fullmatch(rf"[0-9]{{{digits}}}", row["SoDinhDanh"]):
            problems.append(f"{path}[{number}].SoDinhDanh: phải gồm đúng {digits} chữ số")
    return problems
