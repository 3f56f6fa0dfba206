"""A report as a file: one table as CSV, everything as XLSX, or a PDF for paper."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from admin import pdfs, views
from admin.report_spans import Span
from admin.sheets import Sheet, as_csv, as_workbook, pictures, shown
from domain.days import local
from domain.errors import NotFound, msgid
from web.languages import translator
from web.pages import Pages
from web.workbooks import XLSX

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
NOTHING = msgid("Không có gì trong những ngày này.")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a report: the centre, whose part of it (empty: all), the title, the days, made when."""

    centre: str
    agency: str
    title: str
    span: Span
    made: datetime
    language: str


async def answer(pages: Pages, sheets: list[Sheet], kind: str, table: str, name: str, head: Head) -> Response:
    """The file that was asked for, with a name of plain letters. Raises NotFound, and as `pdfs.as_pdf` does."""
    if kind == "csv":
        for sheet in sheets or [_empty(head)]:
            if table in ("", sheet.key):
                return _file(as_csv(sheet), f"{sheet.key}-{head.span.name}.csv", CSV)
        raise NotFound(what=table[:40])
    filled = [sheet for sheet in sheets if sheet.rows]
    if kind == "xlsx":
        return _file(await views.in_thread(as_workbook, filled or [_empty(head)]), f"{name}.xlsx", XLSX)
    if kind == "pdf":
        return _file(await views.in_thread(_pdf, pages, filled, head), f"{name}.pdf", PDF)
    raise NotFound(what=kind[:40])


def _empty(head: Head) -> Sheet:
    said = translator(head.language)
    return Sheet("nothing", f"{said(head.title)} · {head.span.dates}", (said(NOTHING),), ())


def _pdf(pages: Pages, sheets: list[Sheet], head: Head) -> bytes:
    return pdfs.as_pdf(document(pages, sheets, head))


def document(pages: Pages, sheets: list[Sheet], head: Head) -> pdfs.Document:
    """The report as it stands on paper: every word and figure as people read it."""
    said, language = translator(head.language), head.language
    made = local(head.made)
    return pdfs.Document(
        language,
        " · ".join(filter(None, (head.centre, head.agency))),
        f"{said(head.title)} · {head.span.dates}",
        said(msgid("Lập lúc %(time)s")) % {"time": f"{made:%H:%M %d/%m/%Y}"},
        said(msgid("Trang %(page)s/%(pages)s")),
        said(NOTHING),
        tuple(
            pdfs.Part(
                sheet.title,
                sheet.columns,
                tuple(tuple(shown(cell, language) for cell in row) for row in sheet.rows),
                sheet.words,
                sheet.sums,
                sheet.note,
                tuple(pages.render("admin/_plot.html", language, plot=plot) for plot in pictures(sheet, language)),
            )
            for sheet in sheets
        ),
    )


def _file(body: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=kind, headers=headers)
