"""Tables as XLSX that every spreadsheet opens; words stay words. Knows nothing of what they are about."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.days import local

Cell = str | int | float | datetime | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEAF_NAME = 31  # characters: Excel takes no more
LONGEST_CELL = 32_767
NO_LEAF_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One table under its heading lines; `widths` of its columns in characters, the first 32 where none are given.

    `landscape`: it goes on A4 lying down, as wide as the paper, with its columns' names on every page.
    """

    name: str
    heading: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    widths: tuple[int, ...] = (32,)
    landscape: bool = False


def workbook(leaves: Iterable[Leaf]) -> bytes:
    """The file. Words are written as words: nothing with = ever runs."""
    import xlsxwriter  # a tenth of a second that no other page needs

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        formats = {
            "bold": book.add_format({"bold": True, "text_wrap": True}),
            "figure": book.add_format({"num_format": "#,##0.0"}),
            "words": book.add_format({"text_wrap": True, "valign": "top"}),
            "instant": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"}),
        }
        for leaf in leaves:
            _write(book.add_worksheet(leaf.name.translate(NO_LEAF_NAME)[:LEAF_NAME].strip()), leaf, formats)
    return body.getvalue()


def _write(page: Any, leaf: Leaf, formats: dict[str, Any]) -> None:
    top = len(leaf.heading)
    for row, line in enumerate(leaf.heading):
        page.write_string(row, 0, line, formats["bold"] if top == 1 else None)
    for column, name in enumerate(leaf.columns):
        page.write_string(top, column, name, formats["bold"])
    for row, cells in enumerate(leaf.rows, top + 1):
        for column, cell in enumerate(cells):
            _write_cell(page, row, column, cell, formats if leaf.landscape else {**formats, "words": None})
    for column, width in enumerate(leaf.widths):
        page.set_column(column, column, width)
    page.freeze_panes(top + 1, 1)
    if leaf.note:
        page.write_string(len(leaf.rows) + top + 2, 0, leaf.note)
    if leaf.landscape:
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell[:LONGEST_CELL], formats["words"])
    elif isinstance(cell, datetime):
        page.write_datetime(row, column, local(cell).replace(tzinfo=None), formats["instant"])
    elif cell is not None:
        page.write_number(row, column, cell, None if isinstance(cell, int) else formats["figure"])
