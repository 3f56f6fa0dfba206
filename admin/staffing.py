"""How many counters a coming day needs, by half hour and group of queues: past days like it, played again.

Slow work, in a thread, for one person at a time and for at most twenty seconds; what was found is kept for the day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from admin import report_files, views
from admin.calling import alone
from admin.report_files import Head
from admin.report_names import By, Names
from admin.report_spans import Span
from admin.sheets import shown
from admin.staffing_sheets import drawn, of_group
from domain.admission import windows_on
from domain.calendar import Calendar
from domain.centre_rules import WindowKind
from domain.centres import Centre
from domain.days import local
from domain.errors import Invalid, Refused, msgid
from domain.rehearsal import PastDay
from domain.roles import LEADING_ROLES, open_to
from domain.staffing import HALF_HOUR, Group, Staffing, advise, groups_of, work_of
from domain.usual_days import FEWEST_ALIKE, LOOKED_BACK, Alike, alike
from store import calendars, centres, past_days
from store.store import Store
from web import failures
from web.house import House, house_of, visitor_of
from web.pages import page
from web.scope import Scope, scope_of

STAFFING, TITLE = "/admin/reports/staffing", msgid("Cần mấy quầy")
LEADERS = tuple(sorted(LEADING_ROLES))
MOST_SECONDS = 20.0
DAYS_AHEAD = 60
KEPT = 30  # answers of one centre
ONE_DAY = timedelta(days=1)


class DayWrong(Invalid):
    text = msgid("Hãy chọn một ngày sau hôm nay, cách nhiều nhất %(most)s ngày.")


@dataclass(frozen=True, slots=True)
class Found:
    """The advice for a day: by group, from which past days; `closed`: the centre does not work then."""

    centre: Centre
    past: Alike
    groups: tuple[Staffing, ...] = ()
    closed: bool = False

    @property
    def days(self) -> int:
        """From how many past days all of it is."""
        return min((one.days for one in self.groups), default=0)


_found: WeakKeyDictionary[Store, dict[tuple[date, date, str | None], Found]] = WeakKeyDictionary()


@open_to(*LEADERS)
async def show_staffing(request: Request) -> Response:
    """The day to plan and, when it is asked for, the counters that it needs; as a page, CSV or XLSX."""
    house, query, language = house_of(request), request.query_params, request.state.language
    today = local(house.now()).date()
    default, wrong, found = _next_working(house.store.read(calendars.newest), today), None, None
    try:
        on = _wanted(query.get("on", ""), today) or default
        if query.get("on"):
            scope = scope_of(visitor_of(request).person, house.store.centre())
            found = await views.in_thread(_advised, house, on, today, scope)
    except Refused as error:
        if "as" in query:
            raise
        on, wrong = default, error
    names = Names(house.store.centre(), language)
    groups = [(one, of_group(one, names), drawn(one)) for one in found.groups if one.needs] if found else []
    if "as" in query:
        frame = views.frame(request)
        head = Head(frame["centre_name"], _agency(request, names), TITLE, Span(on, on), house.now(), language)
        sheets, table = [sheet for _, sheet, _ in groups], query.get("table", "")
        return await report_files.answer(house.pages, sheets, query["as"], table, f"staffing-{on}", head)
    context = {
        "tab": "staffing", "on": on, "found": found, "fewest": FEWEST_ALIKE, "now": house.now(),
        "first": today + ONE_DAY, "last": today + DAYS_AHEAD * ONE_DAY,
        "groups": groups, "shown": lambda cell: shown(cell, language),
        "wrong": failures.sentence(wrong, language) if wrong else "",
    }  # fmt: skip
    status = failures.status_of(wrong) if wrong else 200
    return page(request, "admin/staffing.html", status, **views.frame(request), **context)


def _agency(request: Request, names: Names) -> str:
    agency = scope_of(visitor_of(request).person, names.centre).agency
    return names.named(By.AGENCY, agency) if agency else ""


def _wanted(text: str, today: date) -> date | None:
    """The day that was asked for, None where none was. Raises DayWrong."""
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise DayWrong(most=DAYS_AHEAD) from None
    if not ONE_DAY <= on - today <= DAYS_AHEAD * ONE_DAY:
        raise DayWrong(most=DAYS_AHEAD)
    return on


def _next_working(calendar: Calendar | None, today: date) -> date:
    """The next working day; where the calendar does not know its year, tomorrow."""
    for ahead in range(1, DAYS_AHEAD):
        on = today + ahead * ONE_DAY
        if calendar is None or on.year not in calendar.years or calendar.is_working(on):
            return on
    return today + ONE_DAY


def _advised(house: House, on: date, today: date, scope: Scope) -> Found:
    """What was found before for this day, or is found now. Raises RehearsalRunning."""
    known = _found.setdefault(house.store, {})
    before = known.get((on, today, scope.agency))
    if before is not None and before.centre == house.store.centre():
        return before
    with alone():
        with house.store.own_reader() as db:
            centre, calendar = centres.current(db), calendars.newest(db)
            past = alike(past_days.labels(db, today, LOOKED_BACK), on, calendar)
            days = list(past_days.of_days(db, today, past.days)) if past.is_enough else []
        found = _made(centre, calendar, on, past, days, scope)
    if len(known) >= KEPT:
        known.clear()
    if found.days == len(past.days):  # what there was no time for is tried again
        known[on, today, scope.agency] = found
    return found


def _made(
    centre: Centre, calendar: Calendar | None, on: date, past: Alike, days: list[PastDay], scope: Scope
) -> Found:
    own = [group for group in groups_of(centre, work_of(days)) if scope.queues.intersection(group.queues)]
    halves = {group.queues: _halves(centre, calendar, group, on, days) for group in own}
    if not any(halves.values()):
        return Found(centre, past, closed=past.is_enough)
    ends = monotonic() + MOST_SECONDS
    made = []
    for number, group in enumerate(own):
        began = monotonic()
        share = max(0.1, (ends - began) / (len(own) - number))

        def left(began: float = began, share: float = share) -> float:
            return 1 - (monotonic() - began) / share

        made.append(advise(centre, group, halves[group.queues], days, left))
    return Found(centre, past, tuple(made))


def _halves(centre: Centre, calendar: Calendar | None, group: Group, on: date, days: list[PastDay]) -> list[float]:
    """The half hours of this day in which a queue of the group is served; without set hours those with people."""
    halves: set[float] = set()
    for queue in group.queues:
        spans = windows_on(centre, WindowKind.SERVICE, queue, on, calendar)
        if spans is None:
            came = [_minute(visit.arrived) for day in days for visit in day.visits if visit.queue == queue]
            spans_of_day = [(min(came), max(came) + 1)] if came else []
        else:
            spans_of_day = [(_minute(opens), _minute(closes)) for opens, closes in spans]
        for opens, closes in spans_of_day:
            first = int(opens // HALF_HOUR)
            halves |= {HALF_HOUR * n for n in range(first, int(-(-closes // HALF_HOUR)))}
    return sorted(halves)


def _minute(moment: datetime) -> float:
    here = local(moment)
    return float(here.hour * 60 + here.minute)


ROUTES: list[BaseRoute] = [Route(STAFFING, show_staffing)]
