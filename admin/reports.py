"""The managers' reports: figures, calls out of order, satisfaction, a month on paper. Nothing here changes a thing.

What a department's manager may not see is not read. One consistent look at the file, in a thread of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import (
    indicators,
    report_files,
    report_health,
    report_progress,
    report_sheets,
    report_waits,
    report_words,
    staffing,
    views,
)
from admin.report_files import Head
from admin.report_names import GROUPS, By, Names
from admin.report_sheets import Numbers, Said
from admin.report_spans import Span, SpanTooFull, SpanWrong, month_before, newest_days, wanted_span
from admin.sheets import Sheet, pictures, shown
from domain.days import Day, local
from domain.errors import Refused, msgid
from domain.reports import MOST_TICKETS, Course, of_people
from domain.roles import LEADING_ROLES, Role, open_to
from domain.waiting.scores import Judged
from store import centres, estimates, people, procedures, progress, ratings, refusals
from store import reports as rows
from store.database import Connection
from store.indicators import Period
from store.people import Person
from store.refusals import Refusals
from web import failures
from web.house import House, house_of, visitor_of
from web.languages import translator
from web.pages import page
from web.scope import Scope, own_sight, scope_of

TITLES = {
    "figures": msgid("Số liệu"),
    "calls": msgid("Lần gọi ngoài thứ tự"),
    "satisfaction": msgid("Mức hài lòng"),
    "estimates": msgid("Ước tính chờ đúng đến đâu"),
    "month": msgid("Báo cáo tháng"),
}
LEADERS = tuple(sorted(LEADING_ROLES))
REPORTS = "/admin/reports"
PAPER = (By.AGENCY, By.QUEUE, By.COUNTER, By.CLASS, By.HOUR, By.WEEKDAY)


@dataclass(frozen=True)
class Reading:
    """One look at the file: the days of the span, whose queues, counters and dossiers, and what they are called."""

    db: Connection
    span: Span
    days: list[Day]
    scope: Scope
    names: Names
    period: Period

    @cached_property
    def courses(self) -> list[Course]:
        """Every number of these days and queues; read once, however many tables are made of it."""
        return rows.courses(self.db, self.days, self.scope.queues)

    @cached_property
    def numbers(self) -> Numbers:
        """The same, ready to be counted."""
        return report_sheets.numbers_of(self.courses, self.names.centre)

    @cached_property
    def refusals(self) -> list[Refusals]:
        """Who got no number."""
        found = refusals.between(self.db, self.span.first, self.span.last)
        return [one for one in found if self.scope.has_queue(one.queue)]


Make = Callable[[Reading], Iterable[Sheet]]


@open_to(*LEADERS)
async def show_figures(request: Request) -> Response:
    """Numbers, waits and services by queue, counter, agency or class; by person for who supervises these people."""
    wanted = request.query_params.get("by", "")
    supervisor = visitor_of(request).person if visitor_of(request).holds(Role.SUPERVISOR) else None
    groups = [by for by in GROUPS if by is not By.PERSON or supervisor is not None]
    by = By(wanted) if wanted in groups else By.QUEUE
    return await _answer(request, "figures", lambda reading: _figures(reading, by, supervisor), by, groups)


@open_to(*LEADERS)
async def show_calls(request: Request) -> Response:
    """Calls out of order, and what else is worth a question: recalls, undone acts, absences, pauses, alarms."""
    return await _answer(request, "calls", lambda reading: [*_calls(reading), _list(reading)])


@open_to(*LEADERS)
async def show_satisfaction(request: Request) -> Response:
    """What people said by queue, counter and hour, beside how long they had waited."""
    return await _answer(request, "satisfaction", _satisfaction)


@open_to(*LEADERS)
async def show_estimates(request: Request) -> Response:
    """How good the estimated waits were, and who was never called."""
    return await _answer(request, "estimates", _estimates)


@open_to(*LEADERS)
async def show_month(request: Request) -> Response:
    """Everything but the lists, for paper; the month before this one unless another span is wanted."""
    return await _answer(request, "month", _month)


def _figures(reading: Reading, by: By, supervisor: Person | None) -> Iterable[Sheet]:
    if by is By.PERSON:
        own = _people_of(reading.db, supervisor)
        names = replace(reading.names, people=own)
        found = report_sheets.numbers_of(of_people(reading.courses, own), names.centre)
        yield report_sheets.of_figures(found, by, names)
    else:
        yield report_sheets.of_figures(reading.numbers, by, reading.names)
    if by in report_sheets.REFUSED_BY:
        yield report_sheets.of_refusals(reading.refusals, by, reading.names)


def _people_of(db: Connection, supervisor: Person | None) -> dict[str, str]:
    """Whom somebody supervises, by id: the people of the own agency; who has none, everybody."""
    if supervisor is None:
        return {}
    return {one.id: one.name for one in people.everybody(db) if supervisor.agency in (None, one.agency)}


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
    found = [course for course in reading.courses if course.day in said]
    return [report_sheets.of_satisfaction(fives, found, by, reading.names) for by in Said]


def _estimates(reading: Reading) -> Iterable[Sheet]:
    db, days, queues, names = reading.db, reading.days, reading.scope.queues, reading.names
    labels = {day.id: day.label for day in days}
    found = estimates.judged(db, days, queues)
    yield from _judged(found, estimates.unanswered(db, days, queues), names)
    yield report_waits.of_days(found, labels, names)
    yield report_waits.of_stranded(estimates.stranded(db, days, queues), labels, names)


def _judged(found: list[Judged], unanswered: Mapping[str, int], names: Names) -> Iterable[Sheet]:
    yield report_waits.of_outcomes(found, names)
    yield report_waits.of_queues(found, unanswered, names)
    yield report_waits.of_kinds(found, names)


def _month(reading: Reading) -> Iterable[Sheet]:
    found = progress.progress(reading.db, reading.period)
    sectors = {code: sector for code, _, sector in procedures.titles(reading.db)}
    yield replace(report_progress.of_agencies(found, reading.names), note="")
    yield report_progress.of_sectors(found, sectors, reading.names)
    *first, last = (report_sheets.of_figures(reading.numbers, by, reading.names) for by in PAPER)
    yield from (replace(sheet, note="") for sheet in first)  # the same note under each would be said six times
    yield last
    yield from (report_sheets.of_refusals(reading.refusals, by, reading.names) for by in (By.QUEUE, By.HOUR))
    yield from _calls(reading)
    yield from _satisfaction(reading)
    span = reading.db, reading.days, reading.scope.queues
    yield from _judged(estimates.judged(*span), estimates.unanswered(*span), reading.names)
    if reading.scope.agency is None:
        yield report_health.of_papers(rows.papers(reading.db, reading.days), reading.names)
        yield report_health.of_portal(*rows.told_the_portal(reading.db, reading.days), reading.names)


async def _answer(request: Request, tab: str, make: Make, by: By = By.QUEUE, groups: Sequence[By] = ()) -> Response:
    """The report as a page or as a file, or one of its tables as CSV."""
    house, language, query = house_of(request), request.state.language, request.query_params
    scope = scope_of(visitor_of(request).person, house.store.centre())
    today = local(house.now()).date()
    default = month_before(today) if tab == "month" else house.store.read(newest_days, today)
    wrong: Refused | None = None

    async def read(span: Span) -> list[Sheet]:
        period = span.period(house.now(), own_sight(request))
        return await views.in_thread(_read, house, span, scope, period, language, make)

    try:
        span = wanted_span(query.get("from", ""), query.get("to", ""), default)
        sheets = await read(span)
    except SpanWrong as error:
        if "as" in query:
            raise
        span, wrong, sheets = default, error, await read(default)
    agency = Names(house.store.centre(), language).named(By.AGENCY, scope.agency) if scope.agency else ""
    if "as" in query:
        head = Head(views.frame(request)["centre_name"], agency, TITLES[tab], span, house.now(), language)
        return await report_files.answer(
            house.pages, sheets, query["as"], query.get("table", ""), f"{tab}-{span.name}", head
        )
    said = translator(language)
    context = {
        "tab": tab, "title": said(TITLES[tab]), "span": span, "spans": _spans(house, today), "by": by,
        "sheets": sheets, "groups": [(group, said(GROUPS[group])) for group in groups],
        "shown": lambda cell: shown(cell, language), "now": house.now(), "last_month": month_before(today),
        "pictures": lambda sheet: pictures(sheet, language), "agency": agency,
        "wrong": failures.sentence(wrong, language) if wrong else "",
    }  # fmt: skip
    status = failures.status_of(wrong) if wrong else 200
    return page(request, "admin/report.html", status, **views.frame(request), **context)


def _read(house: House, span: Span, scope: Scope, period: Period, language: str, make: Make) -> list[Sheet]:
    with house.store.own_reader() as db:
        days = rows.days_between(db, span.first, span.last)
        if rows.tickets_of(db, days) > MOST_TICKETS:
            raise SpanTooFull(most=MOST_TICKETS)
        reach = _with_what_is_gone(db, days, scope)
        return list(make(Reading(db, span, days, reach, Names(centres.current(db), language), period)))


def _with_what_is_gone(db: Connection, days: list[Day], scope: Scope) -> Scope:
    """For who sees the whole centre also what the configuration has no longer; whose it was nobody knows."""
    if scope.agency is not None:
        return scope
    queues, counters = rows.ever_seen(db, days)
    return replace(scope, queues=scope.queues | queues, counters=scope.counters | counters)


def _spans(house: House, today: date) -> dict[str, Span]:
    month = Span(today.replace(day=1), today)
    return {"days": house.store.read(newest_days, today), "month": month, "before": month_before(today)}


ROUTES: list[BaseRoute] = [
    Route(REPORTS, show_figures),
    Route(f"{REPORTS}/calls", show_calls),
    Route(f"{REPORTS}/satisfaction", show_satisfaction),
    Route(f"{REPORTS}/estimates", show_estimates),
    Route(f"{REPORTS}/month", show_month),
    *indicators.ROUTES,
    *report_words.ROUTES,
    *staffing.ROUTES,
]
