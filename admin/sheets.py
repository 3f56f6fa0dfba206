"""A report's table: read on the page, printed, or taken away as CSV. Knows nothing of what it is about."""

import csv
import io
from dataclasses import dataclass

from starlette.responses import Response

Cell = str | int | float | None
# A spreadsheet runs a cell that begins so.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Thousands and decimals: 1.234,5 in Vietnamese, 1,234.5 in English, 1 234,5 in French.
SEPARATORS = {"vi": (".", ","), "en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ",")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; its first `words` columns hold words, the others figures. `sums`: the last row is of all."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    sums: bool = False
    note: str = ""


def shown(cell: Cell, language: str) -> str:
    """The cell as people read it: whole numbers grouped, others with one decimal, a dash where there is nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    thousands, decimal = SEPARATORS[language]
    text = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM, so that a spreadsheet knows the letters; numbers plain; words that could run are quoted."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([_plain(name) for name in sheet.columns])
    table.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return "" if cell is None else str(cell) if isinstance(cell, int) else f"{cell:.1f}"


def download(sheet: Sheet, name: str) -> Response:
    """The CSV as a file; `name` is plain letters, digits and dashes."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(as_csv(sheet), media_type="text/csv; charset=utf-8", headers=headers)
