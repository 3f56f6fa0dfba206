"""The catalogue of administrative procedures: reading its rows, folding words for search, listing the papers.

A row is a fact published elsewhere: it is taken verbatim or refused as dirty, never mended. A missing unit is
no fault; it stays unknown until a person sets it.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.deadlines import Unit
from domain.errors import msgid
from domain.records import Among, Between, Count, Mistake, Pattern, Reader, Words, shown

# The longest row of the national extract of 20 July 2026 has 71,832 bytes; the national list has 5,741 procedures.
LONGEST_ROW = 256 * 1024
MOST_ROWS = 20_000

D_WITH_STROKE = str.maketrans("đð", "dd")
TABLE_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
# "… đã cấp.1 bản chính,1 bản saoBản gốc …": the number is one digit, whatever digits stand before it ("năm 20251
# bản chính" is 2025 and 1), and the next paper follows without a space; "01 bản chính tờ khai" is running text.
COPIES = re.compile(r"([0-9]) bản chính(?:,([0-9]+) bản sao)?(?=\s*$|[^\s.,;)])(?![0-9] bản chính)")
BULLETS = "-– \t\n"


class Channel(StrEnum):
    """How a dossier is handed in."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


ProcedureCode = Annotated[str, Pattern(r"\d\.\d{6}", msgid("ghi mã thủ tục dạng 1.001193"))]
Label = Annotated[str, Words(500)]
Verbatim = Annotated[str, Words(100_000, may_be_empty=True, many_lines=True)]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """Limit and fee of one way in, or of one case of it; None means that the portal says nothing."""

    channel: Channel
    limit: Annotated[float, Between(0, 10_000)] | None = None
    unit: Annotated[Unit, Among(frozenset(Unit) - {Unit.UNKNOWN})] | None = None
    fee_text: Verbatim | None = None
    note: Verbatim | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a procedure ends in; a few of the catalogue's results have no code, a few no name."""

    code: Annotated[str, Words(100)] | None
    name: Annotated[str, Words(2000, may_be_empty=True)]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One national procedure as its row in the catalogue has it."""

    code: ProcedureCode
    title: Annotated[str, Words(2000)]
    sector: Label
    levels: Annotated[tuple[Label, ...], Count(0, 20)]
    applicants: Annotated[tuple[Label, ...], Count(0, 50)]
    decision_no: Annotated[str, Words(100, may_be_empty=True)]
    channels: Annotated[tuple[ChannelRow, ...], Count(1, 50)]
    documents_text: Verbatim
    results: Annotated[tuple[Result, ...], Count(0, 200)]


class DirtyRow(Exception):
    """A row that cannot be taken: its number from 1 and what is wrong with which field."""

    def __init__(self, number: int, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(f"{number}: {', '.join(mistake.path for mistake in mistakes[:10])}")
        self.number, self.mistakes = number, mistakes

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are wrong, for example `channels[0].unit`; `row` for the row as a whole."""
        return tuple(mistake.path for mistake in self.mistakes)

    def sentences(self, translate: Callable[[str], str]) -> list[str]:
        """One line for each thing that is wrong."""
        return [mistake.sentence(translate) for mistake in self.mistakes]


def fold(text: str) -> str:
    """The text for comparing without marks: "Đổi giấy phép" and "doi giay phep" fold to the same."""
    bare = unicodedata.normalize("NFD", text.casefold()).translate(D_WITH_STROKE)
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def read_row(line: str | bytes, number: int) -> Procedure:
    """The procedure of one line of JSON; keys of other uses are passed over. Raises DirtyRow."""
    reader = Reader(foreign_keys=True)
    procedure: Procedure = reader.read(Procedure, _parsed(line, number), "")
    if reader.mistakes:
        raise DirtyRow(number, tuple(reader.mistakes))
    return procedure


def read_catalogue(lines: Iterable[str | bytes]) -> tuple[list[Procedure], list[DirtyRow]]:
    """The procedures of a JSON-lines file and the rows that were refused; of a repeated code the first is kept."""
    procedures: dict[str, Procedure] = {}
    dirty = []
    for number, line in enumerate(lines, 1):
        if number > MOST_ROWS:
            dirty.append(_dirty(number, msgid("tệp có quá nhiều dòng"), msgid("chia thành nhiều tệp")))
            break
        if not line.strip():
            continue
        try:
            procedure = read_row(line, number)
            _refuse_repeated(procedure, procedures, number)
        except DirtyRow as row:
            dirty.append(row)
        else:
            procedures[procedure.code] = procedure
    return list(procedures.values()), dirty


def documents(procedure: Procedure) -> list[str]:
    """The papers asked for, one a line with the copies in brackets, and the headings between them.

    The source is a table that lost its lines: this is a best reading. Only the column heads, dashes at the edges
    and "0 bản" (nothing to hand in) are left out; what has no recognisable end stays in one piece.
    """
    lines = []
    for section in procedure.documents_text.split(TABLE_HEAD):
        start = 0
        for copies in COPIES.finditer(section):
            lines.append(_paper(section[start : copies.start()], copies[1], copies[2] or "0"))
            start = copies.end()
        lines.append(section[start:].strip(BULLETS))
    return [line for line in lines if line]


def _paper(name: str, originals: str, others: str) -> str:
    counted = ((originals, "bản chính"), (others, "bản sao"))
    copies = ", ".join(f"{n} {kind}" for n, kind in counted if int(n))
    return f"{name.strip(BULLETS)} ({copies})".strip() if copies else name.strip(BULLETS)


def _parsed(line: str | bytes, number: int) -> object:
    if len(line) > LONGEST_ROW:
        raise _dirty(number, msgid("dòng dài quá"), msgid("giữ mỗi dòng dưới 256 KiB"))
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        return json.loads(text)
    except (ValueError, RecursionError):
        value = shown(line.decode(errors="replace") if isinstance(line, bytes) else line)
        reason, remedy = msgid("không phải một dòng JSON trong UTF-8"), msgid("mỗi dòng là một thủ tục dạng JSON")
        raise _dirty(number, reason, remedy, value=value) from None


def _refuse_repeated(procedure: Procedure, earlier: dict[str, Procedure], number: int) -> None:
    if procedure.code in earlier:
        reason, remedy = msgid("mã này đã có ở một dòng trước"), msgid("giữ một dòng cho mỗi mã")
        raise _dirty(number, reason, remedy, field="code", value=shown(procedure.code))


def _dirty(number: int, reason: str, remedy: str, field: str = "row", value: str = "") -> DirtyRow:
    return DirtyRow(number, (Mistake(field, value, reason, remedy),))
