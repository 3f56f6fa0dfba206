"""The papers that a procedure asks for, as a list to tick: which case, what, how many. From the catalogue.

The catalogue writes cases as headings above their papers, and its reading is a best one (`procedures.documents`):
where nothing is counted every line is a paper, where something is, the lines without a count are notes.
"""

import re
from dataclasses import dataclass
from zlib import crc32

from domain.procedures import Procedure, documents

LONGEST_CASE = 200
_COUNTED = re.compile(r"(.*) \((?:([0-9]) bản chính)?(?:, )?(?:([0-9]+) bản sao)?\)", re.DOTALL)
_GENERAL = re.compile(
    r"giấy tờ (phải )?(nộp|xuất trình|gửi kèm)|lưu ý|thành phần hồ sơ|các giấy tờ|thực hiện việc|ủy quyền",
    re.IGNORECASE,
)
_EDGES = "*-–+ \t\n:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper asked for; `case` is the case it belongs to, empty for all."""

    name: str
    originals: int = 1
    copies: int = 0
    case: str = ""


def wanted(procedure: Procedure, case: str = "") -> tuple[Wanted, ...]:
    """The papers of this case and those of all cases; without a case all of them."""
    found = _papers(procedure)
    return tuple(paper for paper in found if not case or paper.case in ("", case))


def cases(procedure: Procedure) -> tuple[str, ...]:
    """The cases that have papers of their own, in the order of the catalogue; one alone is no choice."""
    found = tuple(dict.fromkeys(paper.case for paper in _papers(procedure) if paper.case))
    return found if len(found) > 1 else ()


def notes(procedure: Procedure) -> tuple[str, ...]:
    """What the catalogue says beside the papers, verbatim."""
    lines = documents(procedure)
    counts_some = any(_COUNTED.fullmatch(line) for line in lines)
    return tuple(line for line in lines if counts_some and not line.endswith(":") and not _COUNTED.fullmatch(line))


def mark_of(papers: tuple[Wanted, ...]) -> str:
    """A short name for this very list: a form that was drawn with another one is drawn anew, never misread."""
    told = "\n".join(f"{paper.name}|{paper.originals}|{paper.copies}" for paper in papers)
    return f"{crc32(told.encode()):08x}"


def _papers(procedure: Procedure) -> list[Wanted]:
    lines, found, case = documents(procedure), [], ""
    counts_some = any(_COUNTED.fullmatch(line) for line in lines)
    for line in lines:
        counted = _COUNTED.fullmatch(line)
        if counted:
            name, originals, copies = counted[1], int(counted[2] or 0), int(counted[3] or 0)
            found.append(Wanted(name.strip(_EDGES)[:1000] or line[:1000], originals, copies, case))
        elif line.endswith(":"):
            case = "" if _GENERAL.search(line) else line.strip(_EDGES)[:LONGEST_CASE]
        elif not counts_some:
            found.append(Wanted(line.strip(_EDGES)[:1000], case=case))
    return [paper for paper in found if paper.name]
