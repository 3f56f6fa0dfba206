"""The reception form as it was typed: every field kept, each fault beside its own field. Knows no request."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from starlette.datastructures import FormData

from domain.applicants import (
    LONGEST_ADDRESS,
    LONGEST_PAPER,
    LONGEST_SUMMARY,
    LONGEST_WORDS,
    MOST_COPIES,
    MOST_PAPERS,
    Applicant,
    Paper,
    applicant,
)
from domain.checklists import LONGEST_CASE, Wanted
from domain.errors import Invalid, Refused, msgid
from domain.fee_texts import LONGEST_RULE
from domain.scans import LONGEST_SCAN
from web.lookups import LONGEST_KEPT

OWN_LINES = 3
MOST_LISTED = MOST_PAPERS - OWN_LINES
MOST_FIELDS = 60 + 8 * MOST_PAPERS
LENGTHS = {
    "procedure": 20, "case": LONGEST_CASE, "channel": 1, "owner_kind": 1, "owner_name": 200, "identity": 14,
    "phone": 16, "email": 260, "address": LONGEST_ADDRESS, "acting_name": 200, "acting_identity": 14,
    "acting_phone": 16, "acting_address": LONGEST_ADDRESS, "authorisation": LONGEST_SUMMARY,
    "summary": LONGEST_SUMMARY, "delivery": 1, "deliver_to": LONGEST_ADDRESS, "words": LONGEST_WORDS,
    "basis": LONGEST_SUMMARY, "reference": 60, "card": LONGEST_SCAN, "by_card": 10, "again": 1, "drawn": 40,
    "seen": 18, "born": 4, "commune": 5, "map_sheet": 5, "plot": 6, "population": LONGEST_KEPT,
    "land": LONGEST_KEPT, "fee_of": 40, "fee_timing": 10, "fee_kind": 10, "fee_amount": 15, "fee_row": 1,
    "fee_reduced": 1, "fee_rule": LONGEST_RULE, "fee_basis": LONGEST_RULE,
}  # fmt: skip
MANY_LINES = frozenset({"words"})


class FieldEmpty(Invalid):
    text = msgid("Mục này cần điền.")


class FieldTooLong(Invalid):
    text = msgid("Mục này dài quá: nhiều nhất %(longest)s ký tự. Mời rút gọn.")


class FieldUnreadable(Invalid):
    text = msgid("Mục này có ký tự không đọc được. Mời gõ lại.")


class CountWrong(Invalid):
    text = msgid("Số lượng phải là số từ 0 đến 999.")


class PaperUnnamed(Invalid):
    text = msgid("Giấy tờ thêm cần có tên.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the checklist as typed. `taken` without a number means as many as the catalogue asks for."""

    wanted: Wanted
    counts: tuple[str, str, str] = ("", "", "")
    taken: bool = False
    digitised: bool = False
    reused: bool = False
    missing: bool = False
    own: bool = False
    mistake: Refused | None = None

    @property
    def paper(self) -> Paper | None:
        """What was handed in, None for nothing. Raises CountWrong, PaperUnnamed."""
        originals, certified, copies = (_count(text) for text in self.counts)
        if self.taken and not (originals or certified or copies):
            originals, copies = self.wanted.originals, self.wanted.copies
            originals = originals or int(not copies)
        if not (originals or certified or copies or self.digitised or self.reused):
            return None
        if not self.wanted.name:
            raise PaperUnnamed()
        return Paper(self.wanted.name, originals, certified, copies, self.digitised, self.reused)

    @property
    def asked(self) -> Paper:
        """What is missing, in the numbers that the catalogue asks for."""
        if not self.wanted.name:
            raise PaperUnnamed()
        originals, copies = self.wanted.originals, self.wanted.copies
        return Paper(self.wanted.name, originals or int(not copies), copies=copies)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that was typed, by field, and what is wrong with which field."""

    values: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    mistakes: Mapping[str, Refused] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """What stands in this field."""
        return self.values.get(name, "")

    def choice(self, name: str, default: int) -> int:
        """A number that was chosen from a list; what is no digit counts as the default."""
        text = self.of(name)
        return int(text) if text in set("0123456789") else default

    def filled(self, **values: str) -> "Sheet":
        """The same with other words in these fields."""
        return replace(self, values={**self.values, **values})

    def faulted(self, **mistakes: Refused) -> "Sheet":
        """The same with these faults; the first one of a field stays."""
        return replace(self, mistakes={**mistakes, **self.mistakes})


def read_values(form: FormData, names: Iterable[str] = LENGTHS) -> Sheet:
    """The fields of the form, trimmed and normalised; a fault is noted beside its field and every word kept."""
    values: dict[str, str] = {}
    mistakes: dict[str, Refused] = {}
    for name in names:
        values[name] = text = _text(form, name)
        if len(text) > LENGTHS[name]:
            mistakes[name] = FieldTooLong(longest=LENGTHS[name])
        elif name != "card" and not _is_readable(text, many_lines=name in MANY_LINES):
            mistakes[name] = FieldUnreadable()
    return Sheet(values, (), mistakes)


def read_rows(form: FormData, papers: Iterable[Wanted]) -> tuple[Row, ...]:
    """The lines of the checklist, then the lines of the clerk's own."""
    listed = tuple(papers)[:MOST_LISTED]
    rows = [_row(form, number, paper) for number, paper in enumerate(listed)]
    for number in range(len(listed), len(listed) + OWN_LINES):
        name = _text(form, f"p{number}-name")
        mistake: Refused | None = None
        if len(name) > LONGEST_PAPER:
            mistake = FieldTooLong(longest=LONGEST_PAPER)
        elif not _is_readable(name):
            mistake = FieldUnreadable()
        rows.append(replace(_row(form, number, Wanted(name, 1)), own=True, mistake=mistake))
    return tuple(_checked(row) for row in rows)


def person(sheet: Sheet, prefix: str) -> tuple[Applicant | None, dict[str, Refused]]:
    """The person of these fields ('' the owner, 'acting_' the representative), and each field's fault."""
    parts = {part: sheet.of(f"{prefix}{part}") for part in ("identity", "phone", "address", "email")}
    name = sheet.of("owner_name" if not prefix else f"{prefix}name")
    mistakes: dict[str, Refused] = {}
    for part in ("name", *parts):
        alone = {other: text for other, text in parts.items() if other == part}
        try:
            applicant(name if part == "name" else "-", **{**dict.fromkeys(parts, ""), **alone})
        except Refused as refused:
            fault = FieldEmpty() if part == "name" and not name else refused
            mistakes["owner_name" if part == "name" and not prefix else f"{prefix}{part}"] = fault
    return (None if mistakes else applicant(name, **parts)), mistakes


def _row(form: FormData, number: int, wanted: Wanted) -> Row:
    originals, certified, copies = (
        _text(form, f"p{number}-{name}") for name in ("originals", "certified", "copies")
    )
    taken, digitised, reused, missing = (
        form.get(f"p{number}-{name}") == "1" for name in ("taken", "digitised", "reused", "missing")
    )
    return Row(wanted, (originals, certified, copies), taken, digitised, reused, missing)


def _checked(row: Row) -> Row:
    if row.mistake is not None:
        return row
    try:
        if row.paper is None and row.own and row.missing:
            return replace(row, mistake=None if row.wanted.name else PaperUnnamed())
    except Refused as refused:
        return replace(row, mistake=refused)
    return row


def _count(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 3 or int(text) > MOST_COPIES:
        raise CountWrong()
    return int(text)


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""


def _is_readable(text: str, *, many_lines: bool = False) -> bool:
    return (text.replace("\r\n", "").replace("\n", "") if many_lines else text).isprintable()
