"""The managers' reports: figures, calls out of order, satisfaction, a month on paper. Nothing here changes a thing.

What a department's manager may not see is not read. One consistent look at the file, in a thread of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import report_sheets, report_words, views
from admin.report_sheets import GROUPS, By, Names, Said
from admin.report_spans import Span, SpanWrong, month_before, newest_days, wanted_span
from admin.sheets import Sheet, download, shown
from domain.days import Day, local
from domain.errors import NotFound, Refused
from domain.roles import LEADING_ROLES, open_to
from store import centres, people, ratings
from store import reports as rows
from store.database import Connection
from web import failures
from web.house import House, house_of, visitor_of
from web.languages import translator
from web.pages import page
from web.scope import Scope, scope_of

LEADERS = tuple(sorted(LEADING_ROLES))
REPORTS = "/admin/reports"
PAPER = (By.AGENCY, By.QUEUE, By.COUNTER, By.CLASS)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the file: the days of the span, whose queues and counters, and what they are called."""

    db: Connection
    days: list[Day]
    scope: Scope
    names: Names


Make = Callable[[Reading], Iterable[Sheet]]


@open_to(*LEADERS)
async def show_figures(request: Request) -> Response:
    """Numbers, waits and services by queue, counter, agency or class."""
    wanted = request.query_params.get("by", "")
    by = By(wanted) if wanted in set(By) else By.QUEUE
    return await _answer(request, "figures", lambda reading: [_figures(reading, by)], by=by)


@open_to(*LEADERS)
async def show_calls(request: Request) -> Response:
    """Calls out of order, and what else is worth a question: recalls, undone acts, absences, pauses, alarms."""
    return await _answer(request, "calls", lambda reading: [*_calls(reading), _list(reading)])


@open_to(*LEADERS)
async def show_satisfaction(request: Request) -> Response:
    """What people said by queue, counter and hour, beside how long they had waited."""
    return await _answer(request, "satisfaction", _satisfaction)


@open_to(*LEADERS)
async def show_month(request: Request) -> Response:
    """Everything but the lists, for paper; the month before this one unless another span is wanted."""
    return await _answer(request, "month", _month)


def _figures(reading: Reading, by: By) -> Sheet:
    found = rows.courses(reading.db, reading.days, reading.scope.queues)
    return report_sheets.of_figures(found, by, reading.names)


def _calls(reading: Reading) -> Iterable[Sheet]:
    db, days, scope, names = reading.db, reading.days, reading.scope, reading.names
    calls = rows.calls(db, days, scope.queues)
    acts = rows.acts(db, days, scope.queues, scope.counters)
    yield report_sheets.of_reasons(calls, names)
    yield report_sheets.of_jumping_queues(calls, names)
    yield report_sheets.of_counters(calls, acts, rows.alarms(db, days, scope.counters), names)
    yield report_sheets.of_rests(rows.rests(db, days, scope.counters), names)


def _list(reading: Reading) -> Sheet:
    found = rows.out_of_order(reading.db, reading.days, reading.scope.queues)
    known = {person: name for person, (_, name) in people.names(reading.db).items()}
    labels = {day.id: day.label for day in reading.days}
    return report_sheets.of_jumps(found, known, labels, rows.MOST_LISTED, reading.names)


def _satisfaction(reading: Reading) -> Iterable[Sheet]:
    fives = [
        five
        for five in ratings.fives_of(reading.db, (day.id for day in reading.days))
        if five.queue in reading.scope.queues
    ]
    said = {five.day for five in fives}
    days = [day for day in reading.days if day.id in said]
    found = rows.courses(reading.db, days, reading.scope.queues)
    return [report_sheets.of_satisfaction(fives, found, by, reading.names) for by in Said]


def _month(reading: Reading) -> Iterable[Sheet]:
    found = rows.courses(reading.db, reading.days, reading.scope.queues)
    *first, last = (report_sheets.of_figures(found, by, reading.names) for by in PAPER)
    yield from (replace(sheet, note="") for sheet in first)  # the same note under each would be said four times
    yield last
    yield from _calls(reading)
    yield from _satisfaction(reading)


async def _answer(request: Request, tab: str, make: Make, by: By = By.QUEUE) -> Response:
    """The report as a page, or one of its tables as CSV."""
    house, language, query = house_of(request), request.state.language, request.query_params
    scope = scope_of(visitor_of(request).person, house.store.centre())
    today = local(house.now()).date()
    default = month_before(today) if tab == "month" else house.store.read(newest_days, today)
    wrong: Refused | None = None
    try:
        span = wanted_span(query.get("from", ""), query.get("to", ""), default)
    except SpanWrong as error:
        if "as" in query:
            raise
        span, wrong = default, error
    sheets = await views.in_thread(_read, house, span, scope, language, make)
    if query.get("as") == "csv":
        return _csv(sheets, query.get("table", ""), span)
    context = {
        "tab": tab, "span": span, "spans": _spans(house, today), "by": by, "sheets": sheets,
        "groups": [(group, translator(language)(name)) for group, name in GROUPS.items()],
        "shown": lambda cell: shown(cell, language), "now": house.now(),
        "wrong": failures.sentence(wrong, language) if wrong else "",
        "agency": Names(house.store.centre(), language).named(By.AGENCY, scope.agency) if scope.agency else "",
    }  # fmt: skip
    status = failures.status_of(wrong) if wrong else 200
    return page(request, "admin/report.html", status, **views.frame(request), **context)


def _read(house: House, span: Span, scope: Scope, language: str, make: Make) -> list[Sheet]:
    with house.store.own_reader() as db:
        days = rows.days_between(db, span.first, span.last)
        reach = _with_what_is_gone(db, days, scope)
        return list(make(Reading(db, days, reach, Names(centres.current(db), language))))


def _with_what_is_gone(db: Connection, days: list[Day], scope: Scope) -> Scope:
    """For who sees the whole centre also what the configuration has no longer; whose it was nobody knows."""
    if scope.agency is not None:
        return scope
    queues, counters = rows.ever_seen(db, days)
    return replace(scope, queues=scope.queues | queues, counters=scope.counters | counters)


def _spans(house: House, today: date) -> dict[str, Span]:
    month = Span(today.replace(day=1), today)
    return {"days": house.store.read(newest_days, today), "month": month, "before": month_before(today)}


def _csv(sheets: list[Sheet], wanted: str, span: Span) -> Response:
    for sheet in sheets:
        if wanted in ("", sheet.key):
            return download(sheet, f"{sheet.key}-{span.first}-{span.last}")
    raise NotFound(what=wanted[:40])


ROUTES: list[BaseRoute] = [
    Route(REPORTS, show_figures),
    Route(f"{REPORTS}/calls", show_calls),
    Route(f"{REPORTS}/satisfaction", show_satisfaction),
    Route(f"{REPORTS}/month", show_month),
    *report_words.ROUTES,
]
