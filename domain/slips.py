"""How the centre's slips are laid out: which parts stand on each kind of slip, in which order, with which words.

A layout is data of the centre file; the standard layouts stand here. Knows nothing of fonts, dots or paper.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.centre_rules import Text
from domain.errors import msgid
from domain.records import Between, Count, Wrong


class SlipKind(StrEnum):
    """A queue number, the receipt of a dossier, or the page that shows a printer's health."""

    TICKET = "ticket"
    RECEIPT = "receipt"
    TEST = "test"


class SlipPart(StrEnum):
    """What a slip can be made of. A part that has nothing to say on a slip takes no room."""

    MARKS = "marks"
    LOGO = "logo"
    AGENCIES = "agencies"
    PROVINCE = "province"
    CENTRE = "centre"
    OPENING = "opening"
    TITLE = "title"
    CODE = "code"
    CAPTION = "caption"
    NUMBER = "number"
    RULE = "rule"
    FACTS = "facts"
    DOCUMENTS = "documents"
    SIGNATURES = "signatures"
    HINT = "hint"
    FOLLOW = "follow"
    NOTES = "notes"
    CLOSING = "closing"
    MOMENT = "moment"
    RULER = "ruler"
    LETTERS = "letters"
    FIGURES = "figures"
    LAST_RULER = "last-ruler"


class TextSize(StrEnum):
    """How large the words of a slip are."""

    USUAL = "usual"
    LARGE = "large"


P = SlipPart
STANDARD: Mapping[SlipKind, tuple[SlipPart, ...]] = {
    SlipKind.TICKET: (
        P.MARKS, P.LOGO, P.AGENCIES, P.CENTRE, P.OPENING, P.CAPTION, P.NUMBER, P.RULE, P.FACTS, P.HINT, P.FOLLOW,
        P.NOTES, P.CLOSING, P.MOMENT,
    ),
    SlipKind.RECEIPT: (
        P.MARKS, P.LOGO, P.AGENCIES, P.CENTRE, P.TITLE, P.CODE, P.OPENING, P.RULE, P.FACTS, P.DOCUMENTS,
        P.SIGNATURES, P.FOLLOW, P.CLOSING,
    ),
    SlipKind.TEST: (
        P.RULER, P.LOGO, P.TITLE, P.CENTRE, P.OPENING, P.FACTS, P.LETTERS, P.FIGURES, P.FOLLOW, P.CLOSING,
        P.LAST_RULER,
    ),
}  # fmt: skip
# What a slip is worthless or misleading without. The receipt's are those of TT 03/2025, form 01.
NEEDED: Mapping[SlipKind, tuple[SlipPart, ...]] = {
    SlipKind.TICKET: (P.MARKS, P.NUMBER, P.FACTS, P.MOMENT),
    SlipKind.RECEIPT: (P.MARKS, P.CENTRE, P.TITLE, P.CODE, P.FACTS, P.DOCUMENTS, P.SIGNATURES),
    SlipKind.TEST: (P.RULER, P.FACTS, P.LETTERS, P.FIGURES, P.FOLLOW),
}
MORE: Mapping[SlipKind, tuple[SlipPart, ...]] = {
    SlipKind.TICKET: (P.PROVINCE,),
    SlipKind.RECEIPT: (P.PROVINCE,),
    SlipKind.TEST: (),
}
# The mark of a reprint or of practice is read before what it is about.
MARKED: Mapping[SlipKind, SlipPart] = {SlipKind.TICKET: P.NUMBER, SlipKind.RECEIPT: P.CODE}
WORDED = (P.OPENING, P.CAPTION, P.HINT, P.CLOSING)


@dataclass(frozen=True, slots=True)
class SlipLayout:
    """The centre's own layout of one kind of slip; without `parts` they stand as in the standard one.

    `caption` and `hint` replace the standard words above the number and below the facts of a ticket.
    """

    kind: SlipKind
    parts: Annotated[tuple[SlipPart, ...], Count(0, len(SlipPart))] = ()
    number_mm: Annotated[int, Between(10, 20)] | None = None
    text_size: TextSize = TextSize.USUAL
    opening: Text | None = None
    caption: Text | None = None
    hint: Text | None = None
    closing: Text | None = None

    @property
    def order(self) -> tuple[SlipPart, ...]:
        """The parts in the order in which they are drawn."""
        return self.parts or STANDARD[self.kind]

    def words(self, part: SlipPart) -> Text | None:
        """The centre's own words for a part."""
        return getattr(self, part) if part in WORDED else None


def parts_of(kind: SlipKind) -> tuple[SlipPart, ...]:
    """Every part that this kind of slip can have: the standard ones in their order, then the others."""
    return (*STANDARD[kind], *MORE[kind])


def layout_of(layouts: Iterable[SlipLayout], kind: SlipKind) -> SlipLayout:
    """The centre's own layout of a kind of slip, or the standard one."""
    return next((layout for layout in layouts if layout.kind == kind), SlipLayout(kind))


def whole_layout(layout: SlipLayout) -> SlipLayout:
    """The layout, when its parts are those of its kind, once each, and none is missing. Raises Wrong."""
    if layout.parts:
        _check_parts(layout.kind, layout.parts)
    if layout.number_mm is not None and layout.kind is not SlipKind.TICKET:
        raise Wrong(msgid("phiếu này không có số"), msgid("bỏ khóa này"), at="number_mm")
    for part in WORDED:
        if layout.words(part) is not None and part not in layout.order:
            reason = msgid("phần này không có trên phiếu, nên chữ sẽ không in")
            raise Wrong(reason, msgid("thêm phần này vào thứ tự các phần, hoặc bỏ chữ"), at=part.value)
    return layout


def _check_parts(kind: SlipKind, parts: tuple[SlipPart, ...]) -> None:
    strange = [part for part in dict.fromkeys(parts) if part not in parts_of(kind)]
    if strange:
        reason = msgid("loại phiếu này không có phần: %(parts)s")
        raise Wrong(reason, msgid("bỏ các phần đó"), at="parts", parts=_listed(strange))
    twice = [part for part in dict.fromkeys(parts) if parts.count(part) > 1]
    if twice:
        raise Wrong(msgid("ghi hai lần: %(parts)s"), msgid("mỗi phần một lần"), at="parts", parts=_listed(twice))
    missing = [part for part in NEEDED[kind] if part not in parts]
    if missing:
        reason = msgid("thiếu phần không được bỏ: %(parts)s")
        raise Wrong(reason, msgid("thêm các phần đó"), at="parts", parts=_listed(missing))
    marked = MARKED.get(kind)
    if marked and parts.index(P.MARKS) > parts.index(marked):
        reason = msgid("dấu in lại và luyện tập phải đọc thấy trước: %(parts)s")
        raise Wrong(reason, msgid("đưa dấu in lại lên trước phần đó"), at="parts", parts=_listed([marked]))


def _listed(parts: Iterable[SlipPart]) -> str:
    return ", ".join(parts)
