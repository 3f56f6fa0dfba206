"""Whether a queue gives somebody a number now: windows of time, daily limits, and the chance to be called today.

Three settings stay apart: ticket windows, serving windows and the calendar of legal working days. Nothing here
knows who asks; staff may give a number against a refusal, which is their operation's affair, with a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import exp, lgamma, log, sqrt

from domain.calendar import ONE_DAY, SATURDAY, Calendar, DayKind
from domain.centre_rules import Window, WindowKind
from domain.centres import Centre, Queue
from domain.days import LOCAL, local

ADMITS_FROM = 0.9
# After a refusal a queue admits again only from here, or the kiosk's button would flicker.
ADMITS_AGAIN_FROM = 0.95
CLOSING_RULE_MINUTES = 210
# Below, the rest of the one service under way spreads wider than the gamma law has it; queues that even are rare.
LEAST_VARIATION, MOST_VARIATION = 0.5, 1.5
MONDAY = 1

Span = tuple[datetime, datetime]


class Reason(StrEnum):
    """Why a walk-in gets no number now."""

    OUTSIDE_WINDOW = "outside-window"
    DAILY_LIMIT = "daily-limit"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Admission:
    """One decision: `why` is None when `ok`.

    `opens_at` is when tickets are given next, None where the windows tell no such instant. `chance` is that of
    being called before closing, None where the closing rule was not asked.
    """

    ok: bool
    why: Reason | None = None
    opens_at: datetime | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """How a queue's line moves: people ahead of a new ticket, and the counters that work it off until closing.

    Without any, admission takes one to come back soon: clerks who are late have filled no queue. `servers` counts
    counters expected back from a break too, `idle` those of them with nobody before them now. `pace` above 1 is a
    slow day; `variation` is the coefficient of variation of the service time.
    """

    ahead: int
    servers: int
    mean_minutes: float
    idle: int = 0
    pace: float = 1.0
    variation: float = 0.8


def windows_on(
    centre: Centre, kind: WindowKind, queue_id: str, day: date, calendar: Calendar | None = None
) -> tuple[Span, ...] | None:
    """When this queue is open on this day: local instants in order, windows that touch or overlap joined.

    None when no window of the kind is set for the queue: always open. An empty tuple: closed all day. Windows
    that name the queue replace the general ones altogether, on all days of the week.

    With a calendar, a day that it states as off has no windows (a mere weekend is not stated, and a year that it
    does not know states nothing: such days go by the week alone). A half day ends with its first half-day. A
    Saturday or Sunday worked in place of another day has the windows of its own weekday, or else of Monday.
    """
    windows = _windows_of(centre, kind, queue_id)
    if not windows:
        return None
    stated = calendar.days[day][0] if calendar and day in calendar.days else None
    if stated is DayKind.OFF:
        return ()
    weekday = day.isoweekday()
    if stated and day.weekday() >= SATURDAY and not _has_weekday(windows, weekday):
        weekday = MONDAY
    times = (pair for window in windows if weekday in window.weekdays for pair in window.times)
    spans = _joined([(_at(day, opens), _at(day, closes)) for opens, closes in times])
    if calendar and stated is DayKind.HALF:
        return _until(datetime.combine(day, calendar.half_days[0][1], LOCAL), spans)
    return spans


def is_open(
    centre: Centre, kind: WindowKind, queue_id: str, now: datetime, calendar: Calendar | None = None
) -> bool:
    """Whether the queue is open at this instant: from the first of a window on, no longer at its end."""
    spans = windows_on(centre, kind, queue_id, local(now).date(), calendar)
    return spans is None or any(opens <= now < closes for opens, closes in spans)


def next_opening(
    centre: Centre,
    kind: WindowKind,
    queue_id: str,
    now: datetime,
    days_ahead: int = 14,
    calendar: Calendar | None = None,
) -> datetime | None:
    """The first local instant from now on at which the queue is open: now itself when it is open.

    None when it opens neither today nor on the `days_ahead` days after it.
    """
    now = local(now)
    for n in range(days_ahead + 1):
        spans = windows_on(centre, kind, queue_id, now.date() + n * ONE_DAY, calendar)
        if spans is None:
            return now
        for opens, closes in spans:
            if now < closes:
                return max(opens, now)
    return None


def closes_at(centre: Centre, queue_id: str, now: datetime, calendar: Calendar | None = None) -> datetime | None:
    """The local end of today's last serving window, past or to come; None when the queue is always served.

    On a day without serving windows it is the first instant of the day: closed before it began.
    """
    today = local(now).date()
    spans = windows_on(centre, WindowKind.SERVICE, queue_id, today, calendar)
    if spans is None:
        return None
    return spans[-1][1] if spans else datetime.combine(today, time(), LOCAL)


def chance_before(
    ahead: int,
    mean_minutes: float,
    servers: int,
    minutes_left: float,
    pace: float = 1.0,
    variation: float = 0.8,
) -> float:
    """The probability that somebody with `ahead` people before is called within `minutes_left` of serving.

    All `servers` counters are taken to be busy with this line and to stay; without any it is 0. Service times
    are independent with the mean `mean_minutes` x `pace` and the coefficient of variation `variation` (taken as
    0.5 to 1.5). The wait is a gamma law: `ahead` services and what is left of the one under way, at `servers`
    counters side by side. The rest counts as (1 + variation²) / 2 of a service, the mean residual life. Within
    0.07 of simulated halls at a variation of 0.8, and at 0.6 to 0.9 where somebody is ahead at each counter;
    with fewer ahead and even services it is too hopeful, by 0.11 at 0.6 with four counters and nobody ahead.

    Falls with `ahead`, `mean_minutes` and `pace`, rises with `servers` and `minutes_left`; a chance above one
    half falls with `variation`, a small one gains by it. Raises ValueError for a negative `ahead`, or a mean or
    pace that is not positive.
    """
    if ahead < 0 or mean_minutes <= 0 or pace <= 0:
        raise ValueError("nobody waits behind fewer than nobody, and every service takes time")
    if servers <= 0 or minutes_left <= 0:
        return 0.0
    squared = min(max(variation, LEAST_VARIATION), MOST_VARIATION) ** 2
    services = ahead + (1 + squared) / 2
    return _gamma_below(services / squared, minutes_left * servers / (mean_minutes * pace * squared))


def admit(
    centre: Centre,
    queue: Queue,
    now: datetime,
    line: Line,
    *,
    given_today: int,
    has_appointment: bool = False,
    calendar: Calendar | None = None,
    threshold: float = ADMITS_FROM,
    known_chance: float | None = None,
) -> Admission:
    """Whether somebody gets a number of this queue now, and if not why, and when tickets are given next.

    Appointments always do. A walk-in does while fewer than the daily limit were given today, inside a ticket
    window, and in the last 210 minutes before closing only with a chance of at least `threshold` to be called
    (source of rule and numbers: waiting.md 8); after a refusal pass ADMITS_AGAIN_FROM. A used-up limit is told
    first, so that nobody comes back for the afternoon's window in vain. `known_chance` is a better one than that of
    the line, where somebody has played the day forward. Staff may give a number all the same: that is the
    caller's to allow and to count.
    """
    if has_appointment:
        return Admission(ok=True)
    if queue.daily_limit is not None and given_today >= queue.daily_limit:
        return Admission(False, Reason.DAILY_LIMIT, _opens_another_day(centre, queue.id, now, calendar))
    if not is_open(centre, WindowKind.TICKETS, queue.id, now, calendar):
        opens_at = next_opening(centre, WindowKind.TICKETS, queue.id, now, calendar=calendar)
        return Admission(False, Reason.OUTSIDE_WINDOW, opens_at)
    chance = known_chance if known_chance is not None else _chance_today(centre, queue.id, now, line, calendar)
    if chance is None or chance >= threshold:
        return Admission(ok=True, chance=chance)
    return Admission(False, Reason.CLOSING, _opens_another_day(centre, queue.id, now, calendar), chance)


def _windows_of(centre: Centre, kind: WindowKind, queue_id: str) -> list[Window]:
    windows = [window for window in centre.windows if window.kind is kind]
    own = [window for window in windows if queue_id in window.queues]
    return own or [window for window in windows if not window.queues]


def _has_weekday(windows: list[Window], weekday: int) -> bool:
    return any(weekday in window.weekdays for window in windows)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _until(end: datetime, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple((opens, min(closes, end)) for opens, closes in spans if opens < end)


def _gamma_below(shape: float, x: float) -> float:
    """The share of a gamma law of this shape and scale 1 below x, by the series of DLMF 8.7.1."""
    if x <= 0:
        return 0.0
    # So far above the mean the share is 1 to the last digit, and the series would need ever more terms.
    if x > shape + 12 * sqrt(shape) + 100:
        return 1.0
    term = total = 1.0
    divisor = shape
    while term > total * 1e-16:
        divisor += 1
        term *= x / divisor
        total += term
    return min(1.0, total * exp(shape * log(x) - x - lgamma(shape + 1)))


def _chance_today(
    centre: Centre, queue_id: str, now: datetime, line: Line, calendar: Calendar | None
) -> float | None:
    """The chance to be called before closing, None earlier than its last 210 minutes. Breaks are no time."""
    closing = closes_at(centre, queue_id, now, calendar)
    if closing is None or closing - now > timedelta(minutes=CLOSING_RULE_MINUTES):
        return None
    spans = windows_on(centre, WindowKind.SERVICE, queue_id, local(now).date(), calendar) or ()
    served = sum((closes - max(opens, now) for opens, closes in spans if now < closes), timedelta())
    if line.ahead < line.idle and served:
        return 1.0
    minutes_left = served / timedelta(minutes=1)
    servers = max(1, line.servers)
    return chance_before(line.ahead, line.mean_minutes, servers, minutes_left, line.pace, line.variation)


def _opens_another_day(centre: Centre, queue_id: str, now: datetime, calendar: Calendar | None) -> datetime | None:
    """When tickets are given after today; None too where no windows are set, since midnight helps nobody."""
    tomorrow = datetime.combine(local(now).date() + ONE_DAY, time(), LOCAL)
    if windows_on(centre, WindowKind.TICKETS, queue_id, tomorrow.date(), calendar) is None:
        return None
    return next_opening(centre, WindowKind.TICKETS, queue_id, tomorrow, calendar=calendar)
