"""What a dossier costs: a fee as a person asked for it, where it stands, how it may be paid, and its receipt.

An amount is a number that a person typed or confirmed. The catalogue's own text is too dirty to be computed with
("100 VNĐ" means 100.000; "Miễn phí(135.000 đồng…)"): it is kept word for word and shown beside the amount.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.errors import NotFound, Refused, msgid

MOST_DONG = 10_000_000_000
LONGEST_TEXT = 2000
LONGEST_REASON = 200
# Nine digits in a row are an identity or telephone number, which no journal may hold; sums are written with dots.
PERSONAL = re.compile(r"\d(?:[ -]?\d){8}")
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,49}")


class FeeKind(StrEnum):
    """Phí pays for a service, lệ phí is a duty (Luật Phí và lệ phí 97/2015/QH13, Điều 3)."""

    CHARGE = "phi"
    DUTY = "le-phi"


class Timing(StrEnum):
    """When it is collected: with the dossier, before the result, or not at all."""

    BEFORE = "thu-truoc"
    AFTER = "thu-sau"
    EXEMPT = "mien"


class Relief(StrEnum):
    """By what a law lightens it."""

    NONE = "khong"
    EXEMPTED = "mien"
    REDUCED = "giam"


class FeeState(StrEnum):
    """Where a fee stands (portal.md 8)."""

    UNPAID = "chua"
    PENDING = "cho"
    PAID = "da-thanh-toan"
    CANCELLED = "huy"
    REFUNDED = "hoan-phi"


class Means(StrEnum):
    """How money comes."""

    ONLINE = "truc-tuyen"
    CASH = "tien-mat"
    TRANSFER = "chuyen-khoan"


OWED = frozenset({FeeState.UNPAID, FeeState.PENDING})


class FeeWrong(Refused):
    text = msgid("Khoản thu chưa đúng: %(what)s. Mời sửa rồi ghi lại.")
    fields: ClassVar[Mapping[str, str]] = {
        "text": msgid("nội dung khoản thu"), "relief": msgid("miễn, giảm"),
        "relief_text": msgid("căn cứ miễn, giảm"), "amount": msgid("số tiền"), "reason": msgid("lý do"),
        "reference": msgid("số giao dịch ngân hàng, chỉ gồm chữ không dấu và chữ số"),
    }  # fmt: skip


class UnknownFee(NotFound):
    text = msgid("Không có khoản thu số %(fee)s.")


class FeeNotOwed(Refused):
    """It is paid, cancelled or refunded already: nothing is taken twice."""

    text = msgid("Khoản thu này không còn chờ nộp. Hãy xem lại trạng thái trước khi thu.")


class FeeNotPaid(Refused):
    text = msgid("Khoản thu này chưa được nộp nên không có gì để hoàn.")


class AmountDiffers(Refused):
    """The money is not what was asked for: a person decides, the fee stays as it is."""

    text = msgid("Số tiền %(given)s đồng khác số phải nộp %(asked)s đồng. Hãy đếm lại hoặc sửa khoản thu.")


class NoPlatform(Refused):
    """The centre names no payment platform, or its secret is not there."""

    text = msgid("Trung tâm chưa nối nền tảng thanh toán. Mời thu tiền mặt hoặc chuyển khoản.")


class PlatformSilent(Refused):
    """Nobody knows whether it collects: the same attempt goes on when somebody presses again."""

    text = msgid("Nền tảng thanh toán chưa trả lời. Mời bấm lại sau ít phút, hoặc thu tiền mặt.")


class PlatformRefused(Refused):
    """The fee is owed as before."""

    text = msgid("Nền tảng thanh toán không nhận khoản này (mã %(word)s). Mời thu tiền mặt hoặc chuyển khoản.")


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee to ask for. `text` stands as published; `relief_text` is the provision that lightens it, verbatim."""

    kind: FeeKind
    text: str
    amount: int
    timing: Timing = Timing.BEFORE
    relief: Relief = Relief.NONE
    relief_text: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Biên lai thu phí, lệ phí: the number is given once and never again, whatever becomes of the fee."""

    series: str
    number: int

    def __str__(self) -> str:
        return f"{self.series}-{self.number:07d}"


def checked_fee(fee: Fee) -> Fee:
    """The fee, when its parts agree with each other. Raises FeeWrong."""
    _check_words("text", fee.text, LONGEST_TEXT)
    exempt = fee.timing is Timing.EXEMPT
    if exempt != (fee.relief is Relief.EXEMPTED):
        raise FeeWrong(what="relief")
    if fee.relief is Relief.NONE:
        if fee.relief_text:
            raise FeeWrong(what="relief_text")
    else:
        _check_words("relief_text", fee.relief_text, LONGEST_TEXT)
    if not (fee.amount == 0 if exempt else 1 <= fee.amount <= MOST_DONG):
        raise FeeWrong(what="amount")
    return fee


def checked_reason(reason: str) -> str:
    """Why money is given back or no longer asked for. Raises FeeWrong."""
    _check_words("reason", reason, LONGEST_REASON)
    return reason


def checked_reference(reference: str) -> str:
    """The number under which a bank or the portal knows a payment. Raises FeeWrong."""
    if not REFERENCE.fullmatch(reference):
        raise FeeWrong(what="reference")
    return reference


def _check_words(what: str, words: str, longest: int) -> None:
    printable = words.replace("\n", " ").replace("\t", " ").isprintable()
    if not words.strip() or len(words) > longest or not printable:
        raise FeeWrong(what=what)
    if what != "text" and PERSONAL.search(words):  # the text is the catalogue's own, the others are typed
        raise FeeWrong(what=what)


def next_receipt(series: str, year: int, last: int) -> Receipt:
    """The receipt behind the `last` one of this series and year; series begin anew with each year."""
    return Receipt(series_of(series, year), last + 1)


def series_of(series: str, year: int) -> str:
    """'BL' in 2026 is 'BL26'."""
    return f"{series}{year % 100:02d}"
