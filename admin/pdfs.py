"""Tables and pictures as a PDF of A4 pages with their numbers. Knows nothing of what they are about.

The words reach the page only as data, never as part of its source (report.typ), so that nothing typed can run.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import structlog

from domain.errors import Refused, TooManyTries, msgid
from web.assets import FONTS

if TYPE_CHECKING:
    from typst import Compiler

MOST_ROWS = 2000
WAIT_SECONDS = 20.0
LAYOUT = Path(__file__).parent / "report.typ"
log = structlog.get_logger("admin")
_one_at_a_time = Lock()


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
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise PdfBusy()
    try:
        return _made(document)
    except (RuntimeError, ImportError, OSError) as error:  # the engine's own errors are RuntimeErrors
        log.error("no pdf", error=type(error).__name__)
        raise PdfFailed() from error
    finally:
        _one_at_a_time.release()


def _made(document: Document) -> bytes:
    body = _compiler().compile(format="pdf", sys_inputs={"document": json.dumps(asdict(document))})
    if not isinstance(body, bytes):
        raise RuntimeError("the engine gave no single file")
    return body


@cache
def _compiler() -> "Compiler":
    """One for the life of the server: the fonts are read once."""
    import fontpkg
    from typst import Compiler, Fonts  # an eighth of a second that no other page needs

    folders = {str(Path(fontpkg.path(family)).parent) for family, _ in FONTS.values()}
    fonts = Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=sorted(folders))
    return Compiler(LAYOUT, root=LAYOUT.parent, font_paths=fonts)
