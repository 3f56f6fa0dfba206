"""What the portal pushes, or another system lets us fetch, read into our own words (portal.md 12.6, 7).

Pure: it knows no network, no clock and no database. Every refusal names the field and never its value.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from domain.applicants import Applicant, NameWrong, Paper, Words, applicant, particulars, to_bytes, words
from domain.errors import Refused, UnknownProcedure, msgid
from domain.identities import is_somebodys
from portal.messages import PORTAL_ZONE

BODY_LIMIT = 24 * 1024 * 1024
FILE_LIMIT = 10 * 1024 * 1024
MOST_FILES = 30
DEEPEST = 12
LONGEST_NAME, LONGEST_FILE_NAME, LONGEST_LINK = 200, 300, 2000
MOST_IDENTITIES = 5
EARLIEST_YEAR = 2000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,49}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PERSONAL = re.compile(r"[0-9]{9}", re.ASCII)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_WRITTEN = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})", re.ASCII)
Told = TypeVar("Told")
_IDENTITY_KINDS = {"1": 12, "2": 9}


class FieldWrong(Refused):
    """A value that is missing, of another type, out of its list or too long."""

    text = msgid("Trường %(field)s thiếu hoặc không đúng. Không có gì được ghi nhận.")


class NotReadable(Refused):
    text = msgid("Nội dung không phải JSON đọc được, hoặc lồng quá sâu. Không có gì được ghi nhận.")


class BodyTooLarge(Refused):
    text = msgid("Nội dung gửi đến vượt quá %(megabytes)s MB. Không có gì được ghi nhận.")


class FilesWrong(Refused):
    text = msgid(
        "Tệp đính kèm thứ %(number)s không đọc được hoặc quá lớn; mỗi tệp tối đa %(megabytes)s MB, tối đa "
        "%(most)s tệp."
    )


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: its content, or the link where it lies (`content` empty).

    `component` is the catalogue's code of the paper, empty where the portal says none.
    """

    name: str = field(repr=False)
    component: str
    content: bytes = field(repr=False)
    link: str = field(default="", repr=False)


class _File(msgspec.Struct):
    TenTepDinhKem: str
    Base64: str = ""
    DuongDanTaiTepTin: str = ""
    MaThanhPhanHoSo: str = ""


class _Identity(msgspec.Struct):
    LoaiDinhDanh: str
    SoDinhDanh: str


class _Dossier(msgspec.Struct, kw_only=True):
    MaHoSo: str
    MaTTHC: str
    NgayNopHoSo: str
    KenhThucHien: str = "2"
    LoaiDoiTuong: str
    MaDoiTuong: str = ""
    ChuHoSo: str
    DinhDanhCHS: list[_Identity] = []
    SoDienThoai: str = ""
    Email: str = ""
    TrichYeuHoSo: str = ""
    HinhThuc: str = "0"
    MaDonVi: str = ""
    TaiLieuNop: list[_File] = []
    EForm: dict[str, Any] = {}


class _Completion(msgspec.Struct, kw_only=True):
    MaHoSo: str
    HoSoBoSungId: str
    NgayBoSung: str
    NoiDungBoSung: str = ""
    MaDonVi: str = ""
    TaiLieuNop: list[_File] = []


@dataclass(frozen=True, slots=True)
class OnlineDossier:
    """A dossier as the portal sent it, checked; `form` is what was filled in there, as JSON, empty for none."""

    code: str
    procedure: str
    submitted_at: datetime
    owner_kind: int
    delivery: int
    owner: Applicant = field(repr=False)
    particulars: bytes = field(repr=False)
    agency: str
    files: tuple[SentFile, ...] = field(repr=False)
    form: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """What completes a dossier that was asked for more, checked; `number` is the portal's."""

    code: str
    number: str
    made_at: datetime
    words: Words | None = field(repr=False)
    agency: str
    files: tuple[SentFile, ...] = field(repr=False)


Message = OnlineDossier | Completion


def read_body(body: bytes) -> Message:
    """A pushed message. Raises NotReadable, BodyTooLarge, FieldWrong, FilesWrong, UnknownProcedure, Invalid."""
    if len(body) > BODY_LIMIT:
        raise BodyTooLarge(megabytes=BODY_LIMIT >> 20)
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotReadable() from None
    return read_message(content)


def read_message(content: object) -> Message:
    """A message as plain JSON values. Raises NotReadable, FieldWrong, FilesWrong, UnknownProcedure, Invalid."""
    if not isinstance(content, dict) or _depth(content) > DEEPEST:
        raise NotReadable()
    if "data" in content or "isUpdating" in content:
        if content.get("isUpdating") != "True":
            raise FieldWrong(field="isUpdating")
        return _completion(_converted(content.get("data"), _Completion))
    return _dossier(_converted(content, _Dossier))


def named_in(content: object) -> tuple[str, str]:
    """Which dossier something that was refused names, and which supplement; empty where it cannot be one.

    A long number in the place of a code may be a person's.
    """
    inner = content.get("data", content) if isinstance(content, dict) else None
    told = inner if isinstance(inner, dict) else {}
    code, number = told.get("MaHoSo"), told.get("HoSoBoSungId")
    if not isinstance(code, str) or not _CODE.fullmatch(code) or _PERSONAL.search(code):
        return "", ""
    if not isinstance(number, str) or not _NUMBER.fullmatch(number) or _PERSONAL.search(number):
        return code, ""
    return code, number


def read_moment(name: str, text: str) -> datetime:
    """'20260713071500' or '13/07/2026 07:15:00', in Vietnam. Raises FieldWrong."""
    if found := _COMPACT.fullmatch(text):
        year, month, day, *clock = map(int, found.groups())
    elif found := _WRITTEN.fullmatch(text):
        day, month, year, *clock = map(int, found.groups())
    else:
        raise FieldWrong(field=name)
    if year < EARLIEST_YEAR:
        raise FieldWrong(field=name)
    try:
        hour, minute, second = clock
        return datetime(year, month, day, hour, minute, second, tzinfo=PORTAL_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FieldWrong(field=name) from None


def _converted(content: object, wanted: type[Told]) -> Told:
    try:
        return msgspec.convert(content, wanted, strict=True)
    except msgspec.ValidationError as error:
        # Its text names the path and quotes no value: "Expected `str`, got `int` - at `$.MaTTHC`".
        found = re.search(r"`\$\.?([\w.\[\]]*)`|field `(\w+)`", str(error))
        raise FieldWrong(field=(found[1] or found[2] or "?") if found else "?") from None


def _dossier(told: _Dossier) -> OnlineDossier:
    _in_list("KenhThucHien", told.KenhThucHien, ("2",))
    _in_list("LoaiDoiTuong", told.LoaiDoiTuong, ("1", "2", "3", "4"))
    _in_list("HinhThuc", told.HinhThuc, ("0", "1", "2"))
    if not re.fullmatch(r"[0-9]\.[0-9]{6}", told.MaTTHC, re.ASCII):
        raise UnknownProcedure(procedure=told.MaTTHC[:20])
    owner, files = _owner(told), _files(told.TaiLieuNop)
    papers = _papers(files)
    return OnlineDossier(
        code=_matching("MaHoSo", told.MaHoSo, _CODE), procedure=told.MaTTHC,
        submitted_at=read_moment("NgayNopHoSo", told.NgayNopHoSo), owner_kind=int(told.LoaiDoiTuong),
        delivery=int(told.HinhThuc), owner=owner,
        particulars=to_bytes(particulars(owner, told.TrichYeuHoSo, papers)), agency=told.MaDonVi, files=files,
        form=msgspec.json.encode(told.EForm) if told.EForm else b"",
    )  # fmt: skip


def _completion(told: _Completion) -> Completion:
    files = _files(told.TaiLieuNop)
    written = told.NoiDungBoSung.strip()
    return Completion(
        code=_matching("MaHoSo", told.MaHoSo, _CODE),
        number=_matching("HoSoBoSungId", told.HoSoBoSungId, _NUMBER),
        made_at=read_moment("NgayBoSung", told.NgayBoSung),
        words=words(written, papers=_papers(files)) if written else None, agency=told.MaDonVi, files=files,
    )  # fmt: skip


def _owner(told: _Dossier) -> Applicant:
    if len(told.ChuHoSo) > LONGEST_NAME:
        raise NameWrong()
    if len(told.DinhDanhCHS) > MOST_IDENTITIES:
        raise FieldWrong(field="DinhDanhCHS")
    number = next((one for one in told.DinhDanhCHS if one.LoaiDinhDanh in _IDENTITY_KINDS), None)
    if number is not None and len(number.SoDinhDanh.replace(" ", "")) != _IDENTITY_KINDS[number.LoaiDinhDanh]:
        raise FieldWrong(field="SoDinhDanh")
    return applicant(told.ChuHoSo, number.SoDinhDanh if number else "", told.SoDienThoai, "", told.Email)


def _papers(files: tuple[SentFile, ...]) -> list[Paper]:
    return [Paper(one.name, digitised=True, code=one.component) for one in files]


def _files(told: list[_File]) -> tuple[SentFile, ...]:
    if len(told) > MOST_FILES:
        raise FilesWrong(number=MOST_FILES + 1, megabytes=FILE_LIMIT >> 20, most=MOST_FILES)
    return tuple(_file(number, one) for number, one in enumerate(told, 1))


def _file(number: int, told: _File) -> SentFile:
    wrong = FilesWrong(number=number, megabytes=FILE_LIMIT >> 20, most=MOST_FILES)
    name = told.TenTepDinhKem.strip()
    if not name or len(name) > LONGEST_FILE_NAME or not name.isprintable() or len(told.MaThanhPhanHoSo) > 60:
        raise wrong
    if not told.MaThanhPhanHoSo.isprintable() or bool(told.Base64) == bool(told.DuongDanTaiTepTin):
        raise wrong
    if len(told.Base64) > FILE_LIMIT * 4 // 3 + 4 or len(told.DuongDanTaiTepTin) > LONGEST_LINK:
        raise wrong
    try:
        content = base64.b64decode(told.Base64, validate=True)
    except (binascii.Error, ValueError):
        raise wrong from None
    return SentFile(name, told.MaThanhPhanHoSo, content, told.DuongDanTaiTepTin)


def _in_list(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise FieldWrong(field=name)


def _matching(name: str, value: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(value) or is_somebodys(value):
        raise FieldWrong(field=name)
    return value


def _depth(content: object) -> int:
    level, deep = [content], 0
    while level and deep <= DEEPEST:
        deep += 1
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(inner, dict | list)
        ]
    return deep
