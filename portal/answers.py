"""What the portal answers, as plain values, and what is wrong with a value that it would not take.

Pure: it knows no network, no clock and no database. Contract: profile `dvcqg-1.4+` of the national portal.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from domain.errors import msgid

# The limits of a provincial system in real use; the portal's own are not published.
TEXT_LIMITS = {"MaHoSo": 50, "TrichYeuHoSo": 1000, "NguoiXuLy": 50, "TenTepDinhKem": 4000, "TenGiayTo": 2000}


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
class CatalogueEntry:
    """A procedure as the portal's catalogue names it, with its first sector."""

    code: str
    title: str
    sector_code: str
    sector_name: str


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
        title=required("TenTTHC", row.get("TENTTHC")),
        sector_code=required("MaLinhVuc", sector.get("MALINHVUC")),
        sector_name=required("TenLinhVuc", sector.get("TENLINHVUC")),
    )


def required(field: str, value: object) -> str:
    """The text, where there is one within the portal's limit. Raises Permanent naming the field."""
    if not isinstance(value, str) or not value.strip():
        raise Permanent(Flaw.MISSING, field)
    if len(value) > TEXT_LIMITS.get(field, len(value)):
        raise Permanent(Flaw.TOO_LONG, field)
    return value


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
