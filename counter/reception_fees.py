"""The fee on a reception sheet: what the catalogue says, what is offered of it, and what the clerk decides.

A person stands for every amount; what the catalogue says goes along word for word. Knows no request.
"""

import re
from dataclasses import dataclass

from counter.sheets import Sheet
from domain.errors import Invalid, Refused, msgid
from domain.fee_texts import Offer, offer, published, rules
from domain.fees import Fee, FeeKind, FeeWrong, Relief, Timing, checked_fee
from domain.procedures import ChannelRow

LATER = "later"
FIELDS = ("fee_timing", "fee_kind", "fee_amount", "fee_row", "fee_reduced", "fee_rule", "fee_basis")
_SUM = re.compile(r"\d{1,11}|\d{1,3}(?:[.,]\d{3}){1,3}")


class FeeUndecided(Invalid):
    text = msgid("Hãy chọn thu trước, thu sau, được miễn, hoặc ghi sau.")


class FeeChanged(Refused):
    text = msgid("Phí, lệ phí vừa đổi theo thủ tục và cách nộp đã chọn. Mời xem lại rồi bấm lần nữa.")


class SumUnreadable(Invalid):
    text = msgid("Số tiền là số đồng lớn hơn 0, viết như 8.000.")


class RuleMissing(Invalid):
    text = msgid("Được miễn, giảm thì phải có căn cứ: hãy chọn trong danh mục, hoặc ghi đúng nguyên văn.")


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """The fee part of a sheet: the texts that were published with their notes, the rules in them, the offer."""

    texts: tuple[str, ...]
    notes: tuple[str, ...]
    rules: tuple[str, ...]
    offer: Offer | None
    mark: str

    @property
    def is_asked(self) -> bool:
        """Whether the catalogue speaks of a fee at all: then somebody must decide."""
        return bool(self.texts)


def of_rows(rows: tuple[ChannelRow, ...], mark: str) -> FeeSheet:
    """The fee part for these rows of the catalogue; `mark` names the procedure, case and way in."""
    priced = [row for row in rows if row.fee_text and row.fee_text.strip()]
    texts = {published(row.fee_text or ""): published(row.note or "") for row in priced}
    told = dict.fromkeys(rule for row in priced for rule in rules(f"{row.fee_text}\n{row.note or ''}"))
    offered = offer(next(iter(texts))) if len(texts) == 1 else None
    return FeeSheet(tuple(texts), tuple(texts.values()), tuple(told), offered, mark)


def filled(sheet: Sheet, fee: FeeSheet) -> Sheet:
    """The sheet with what is offered, where nothing was decided yet for this very procedure and way in."""
    if sheet.of("fee_of") == fee.mark:
        return sheet
    found = fee.offer or Offer(Timing.BEFORE)
    blank = dict.fromkeys(FIELDS, "") | {"fee_row": "0"}
    if fee.offer is not None:
        amount = f"{found.amount:,}".replace(",", ".") if found.amount else ""
        blank |= {"fee_timing": str(found.timing), "fee_amount": amount, "fee_rule": found.rule}
    return sheet.filled(fee_of=fee.mark, **blank)


def as_offered(fee: FeeSheet) -> Fee | None:
    """What is offered, for whoever confirms just that; None where the words are doubtful."""
    return fee_of(filled(Sheet(), fee), fee) if fee.offer is not None else None


def fee_of(sheet: Sheet, fee: FeeSheet) -> Fee | None:
    """What is asked for with the dossier; None where the catalogue names nothing, or it is written down later.

    Raises FeeUndecided, FeeChanged, SumUnreadable, RuleMissing, FeeWrong.
    """
    if not fee.is_asked or sheet.of("fee_timing") == LATER:
        return None
    if sheet.of("fee_of") != fee.mark:
        raise FeeChanged() if sheet.of("fee_of") else FeeUndecided()
    if sheet.of("fee_timing") not in set(Timing):
        raise FeeUndecided()
    timing = Timing(sheet.of("fee_timing"))
    relief, rule = _relief(sheet, timing)
    kind = FeeKind.CHARGE if sheet.of("fee_kind") == FeeKind.CHARGE else FeeKind.DUTY
    amount = 0 if timing is Timing.EXEMPT else _sum(sheet.of("fee_amount"))
    row = min(sheet.choice("fee_row", 0), len(fee.texts) - 1)
    return checked_fee(Fee(kind, fee.texts[row], amount, timing, relief, rule))


def _relief(sheet: Sheet, timing: Timing) -> tuple[Relief, str]:
    """By what a rule lightens it, and the rule word for word."""
    if timing is not Timing.EXEMPT and sheet.of("fee_reduced") != "1":
        return Relief.NONE, ""
    rule = sheet.of("fee_basis") or sheet.of("fee_rule")
    if not rule:
        raise RuleMissing()
    return Relief.EXEMPTED if timing is Timing.EXEMPT else Relief.REDUCED, rule


def field_of(refused: Refused) -> str:
    """Beside which field the fault stands."""
    if isinstance(refused, SumUnreadable) or (
        isinstance(refused, FeeWrong) and refused.arguments["what"] == "amount"
    ):
        return "fee_amount"
    return "fee_rule" if isinstance(refused, RuleMissing | FeeWrong) else "fee_timing"


def _sum(text: str) -> int:
    if not _SUM.fullmatch(text) or not text.isascii():
        raise SumUnreadable()
    amount = int(re.sub(r"[.,]", "", text))
    if not amount:
        raise SumUnreadable()
    return amount
