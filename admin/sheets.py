"""A report's table: read on the page, printed, or taken away as CSV or XLSX. Knows nothing of what it is about."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from admin.plots import Drawing, Plot, drawn
from domain.errors import msgid
from web.languages import DEFAULT, translator
from web.workbooks import Leaf, workbook

Cell = str | int | float | None
# A spreadsheet runs a cell that begins so.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Thousands and decimals: 1.234,5 in Vietnamese, 1,234.5 in English, 1 234,5 in French.
SEPARATORS = {"vi": (".", ","), "en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ",")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; its first `words` columns hold words, the others figures. `sums`: the last row is of all.

    `plots` say some of it faster, and nothing that the table does not say.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    sums: bool = False
    note: str = ""
    plots: tuple[Plot, ...] = ()


def shown(cell: Cell, language: str) -> str:
    """The cell as people read it: whole numbers grouped, others with one decimal, a dash where there is nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    thousands, decimal = SEPARATORS.get(language, SEPARATORS[DEFAULT])  # a centre may add languages
    text = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def pictures(sheet: Sheet, language: str) -> list[Drawing]:
    """The plots that are worth drawing; each says where the same figures stand as a table."""
    text = translator(language)(msgid("Cùng số liệu với bảng “%(table)s”.")) % {"table": sheet.title}
    worth = [plot for plot in sheet.plots if plot.is_worth_drawing]
    return [
        drawn(plot, f"plot-{sheet.key}-{n}", text, lambda at: shown(at, language), headed=plot.title != sheet.title)
        for n, plot in enumerate(worth, 1)
    ]


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM, so that a spreadsheet knows the letters; numbers plain; words that could run are quoted."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([_plain(name) for name in sheet.columns])
    table.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Every table on a leaf of its own, as XLSX. Words are written as words: nothing with = ever runs."""
    return workbook(
        Leaf(f"{number}. {sheet.title}", (sheet.title,), sheet.columns, sheet.rows, sheet.note)
        for number, sheet in enumerate(sheets, 1)
    )


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return "" if cell is None else str(cell) if isinstance(cell, int) else f"{cell:.1f}"
