"""The indicators of Decision 766 of a month, and the dossiers behind lost points. Nothing here changes a thing.

A department's manager sees the dossiers of the own agency and opinions of the own queues. No owner is named.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import indicator_sheets, report_files, views
from admin.report_files import Head
from admin.report_names import By, Names
from admin.report_spans import Span, month_before
from admin.sheets import Sheet, pictures, shown
from domain import indicators as rules
from domain.centres import Centre
from domain.days import local
from domain.errors import Invalid, Refused, msgid
from domain.indicators import BY_ID, Figure, Id
from domain.roles import LEADING_ROLES, open_to
from store import centres
from store import indicators as rows
from store.dossier_lists import Sight
from store.indicators import Behind, Period
from web import failures
from web.house import House, house_of, visitor_of
from web.languages import translator
from web.pages import page
from web.scope import Scope, own_sight, scope_of

HERE = "/admin/reports/766"
TITLE = msgid("Chỉ số Quyết định 766")
LEADERS = tuple(sorted(LEADING_ROLES))
MONTHS_DRAWN, MONTHS_OFFERED = 6, 13
PAGE, MOST_LISTED = 50, 2000


class MonthWrong(Invalid):
    text = msgid("Hãy chọn một tháng trong danh sách.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which month of whose dossiers is asked for; `months`: those that may be, the newest first."""

    house: House
    span: Span
    months: list[Span]
    scope: Scope
    sight: Sight
    centre: Centre
    language: str
    wrong: Refused | None

    @property
    def names(self) -> Names:
        """What rows are called."""
        return Names(self.centre, self.language)

    @property
    def agency(self) -> str:
        """Whose part it is; empty: the whole centre."""
        return self.names.named(By.AGENCY, self.scope.agency) if self.scope.agency else ""

    def period(self, span: Span) -> Period:
        """The dossiers of these days, as they stand now."""
        return span.period(self.house.now(), self.sight)


@open_to(*LEADERS)
async def show_indicators(request: Request) -> Response:
    """How each indicator of a month stands, with its picture and the months before; or a file of it."""
    asked, query = _asked(request), request.query_params
    figures, sheets = await views.in_thread(_month, asked)
    if "as" in query:
        return await _file(request, asked, sheets, "766")
    return _page(request, "admin/report_index.html", asked, sheets=sheets, figures=_losing(figures, asked))


@open_to(*LEADERS)
async def show_behind(request: Request) -> Response:
    """The dossiers behind the lost points of one indicator, oldest first, with what would repair each."""
    asked, query = _asked(request), request.query_params
    one = rules.indicator(request.path_params["indicator"])
    if "as" in query:
        found = await views.in_thread(_behind, asked, one.id, MOST_LISTED, 0)
        sheet = indicator_sheets.of_behind(found, one, MOST_LISTED, asked.names)
        return await _file(request, asked, [sheet], sheet.key)
    at = _number(query.get("page", ""))
    found = await views.in_thread(_behind, asked, one.id, PAGE + 1, (at - 1) * PAGE)
    sheet = indicator_sheets.of_behind(found[:PAGE], one, MOST_LISTED, asked.names)
    return _page(
        request, "admin/report_behind.html", asked, sheet=sheet, indicator=one, at=at,
        more=len(found) > PAGE and at < MOST_LISTED // PAGE,
    )  # fmt: skip


def _month(asked: Asked) -> tuple[list[Figure], list[Sheet]]:
    with asked.house.store.own_reader() as db:
        queues = None if asked.scope.agency is None else asked.scope.queues

        def figures(span: Span) -> list[Figure]:
            return rules.figures(rows.counted(db, asked.period(span), queues))

        found, spans = figures(asked.span), _months(asked.span, MONTHS_DRAWN)[::-1]
        months = [(span, rows.on_time_of(db, asked.period(span))) for span in spans]
        before = figures(month_before(asked.span.first))
    names = asked.names
    return found, [
        indicator_sheets.of_month(found, before, names),
        indicator_sheets.of_months(months, BY_ID[Id.ON_TIME], names),
        indicator_sheets.of_formulas(names),
    ]


def _behind(asked: Asked, of: Id, count: int, skip: int) -> list[Behind]:
    with asked.house.store.own_reader() as db:
        return rows.behind(db, of, asked.period(asked.span), count, skip)


def _losing(figures: list[Figure], asked: Asked) -> list[tuple[str, str, str]]:
    """Number, name and gap of what has dossiers behind it."""
    said = asked.names.said
    return [
        (figure.indicator.id, indicator_sheets.titled(figure.indicator, said),
         indicator_sheets.gap(figure, asked.names))
        for figure in figures
        if figure.indicator.lists and not (figure.rate is None or figure.rate >= rules.FULL)
    ]  # fmt: skip


def _asked(request: Request) -> Asked:
    """Raises MonthWrong where a file is asked for."""
    house, query = house_of(request), request.query_params
    centre = house.store.read(centres.current)
    today = local(house.now()).date()
    months = _months(Span(today.replace(day=1), today), MONTHS_OFFERED)
    wanted = query.get("month", "")
    span = next((one for one in months if month_name(one) == wanted), None)
    wrong = MonthWrong() if wanted and span is None else None
    if wrong and "as" in query:
        raise wrong
    scope = scope_of(visitor_of(request).person, centre)
    return Asked(house, span or months[0], months, scope, own_sight(request), centre, request.state.language, wrong)


def _months(newest: Span, count: int) -> list[Span]:
    found = [newest]
    while len(found) < count:
        found.append(month_before(found[-1].first))
    return found


def month_name(span: Span) -> str:
    """'2026-11', as an address has it."""
    return f"{span.first:%Y-%m}"


def _number(text: str) -> int:
    """The page asked for, the first where none such can be."""
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    return min(max(wanted, 1), MOST_LISTED // PAGE)


async def _file(request: Request, asked: Asked, sheets: list[Sheet], name: str) -> Response:
    head = Head(
        views.frame(request)["centre_name"], asked.agency, TITLE, asked.span, asked.house.now(), asked.language
    )
    query = request.query_params
    return await report_files.answer(
        asked.house.pages, sheets, query["as"], query.get("table", ""), f"{name}-{month_name(asked.span)}", head
    )


def _page(request: Request, template: str, asked: Asked, **context: object) -> Response:
    language = asked.language
    status = failures.status_of(asked.wrong) if asked.wrong else 200
    shared = {
        "tab": "index", "title": translator(language)(TITLE), "month": month_name(asked.span), "span": asked.span,
        "months": [(month_name(one), f"{one.first:%m/%Y}") for one in asked.months], "agency": asked.agency,
        "shown": lambda cell: shown(cell, language), "pictures": lambda sheet: pictures(sheet, language),
        "wrong": failures.sentence(asked.wrong, language) if asked.wrong else "", "now": asked.house.now(),
    }  # fmt: skip
    return page(request, template, status, **views.frame(request), **shared, **context)


ROUTES: list[BaseRoute] = [
    Route(HERE, show_indicators),
    Route(f"{HERE}/{{indicator}}", show_behind),
]
