"""Tables and pictures as a PDF of A4 pages with their numbers. Knows nothing of what they are about.

The words reach the page only as data, never as part of its source (report.typ), so that nothing typed can run.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from domain.errors import Refused, TooManyTries, msgid
from web.typesetting import Job, TooMuchToSet, TypesettingBusy, TypesettingFailed, typeset

MOST_ROWS = 2000
LAYOUT = Path(__file__).parent / "report.typ"
log = structlog.get_logger("admin")


class PdfTooLong(Refused):
    text = msgid(
        "Báo cáo này có %(rows)s dòng, một tệp PDF nhận nhiều nhất %(most)s. Hãy chọn ít ngày hơn, hoặc tải XLSX."
    )


class PdfBusy(TooManyTries):
    text = msgid("Nhiều người đang lập PDF cùng lúc. Mời chờ một phút rồi bấm lại, hoặc tải XLSX.")


class PdfFailed(Refused):
    text = msgid("Chưa lập được tệp PDF. Hãy tải XLSX, hoặc mở báo cáo rồi bấm Ctrl+P để in; và báo kỹ thuật viên.")


@dataclass(frozen=True, slots=True)
class Part:
    """One table under its title, its pictures before it; the first `words` columns hold words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    sums: bool = False
    note: str = ""
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What stands on every page (`pages`: '%(page)s/%(pages)s'), the title, and the parts; `nothing` for none."""

    language: str
    owner: str
    title: str
    made: str
    pages: str
    nothing: str
    parts: tuple[Part, ...]


def as_pdf(document: Document) -> bytes:
    """The PDF; takes up to a second, so in a thread. Raises PdfTooLong, PdfBusy, PdfFailed."""
    rows = sum(len(part.rows) for part in document.parts)
    if rows > MOST_ROWS:
        raise PdfTooLong(rows=rows, most=MOST_ROWS)
    try:
        (body,) = typeset(LAYOUT, Job({"document": json.dumps(asdict(document))}))
    except TooMuchToSet as error:
        raise PdfTooLong(rows=rows, most=MOST_ROWS) from error
    except TypesettingBusy as error:
        raise PdfBusy() from error
    except TypesettingFailed as error:
        log.error("no pdf", error=type(error.__cause__).__name__)
        raise PdfFailed() from error
    return body
