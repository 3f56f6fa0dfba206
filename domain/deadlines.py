"""Due dates of dossiers and why they are what they are: limits, supplements, early, on time and late.

Rules and vectors: the deadline arithmetic of the domain reference. Which limit applies to a dossier and
which calendar version it froze is the caller's knowledge.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from domain.calendar import (
    ONE_DAY,
    Calendar,
    DayKind,
    NamedDay,
    add_working_time,
    closing,
    days_between,
    months_later,
    opening,
    working_time_between,
)
from domain.days import LOCAL, local
from domain.errors import Invalid, msgid

CUT_OFF = time(15)
MOST = 10_000
HALF = Decimal("0.5")


class Unit(StrEnum):
    """What a limit counts. A catalogue row without unit is UNKNOWN until a person sets it."""

    SAME_DAY = "same_day"
    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    UNKNOWN = "unknown"


DATE_UNITS = frozenset({Unit.WORKING_DAY, Unit.DAY, Unit.MONTH})


class UnitUnknown(Invalid):
    """Working days are never assumed for a limit without unit (17 % of the catalogue's rows)."""

    text = msgid("Thời hạn này chưa có đơn vị tính. Người phụ trách thủ tục cần chọn đơn vị trước.")


class LimitWrong(Invalid):
    """An amount that its unit cannot count."""

    text = msgid(
        "Thời hạn “%(amount)s” không dùng được với đơn vị này: giờ là số dương, ngày làm việc tính đến "
        "nửa ngày, ngày và tháng là số nguyên, trả trong ngày là 0 hoặc 1, nhiều nhất 10000."
    )


class PauseWrong(Invalid):
    """A dossier came back before its supplement was asked for."""

    text = msgid("Thời điểm nộp bổ sung không thể trước thời điểm yêu cầu bổ sung.")


class ExtensionWrong(Invalid):
    """A new date that is no later, or that nobody works on."""

    text = msgid("Ngày hẹn mới phải sau ngày hẹn cũ và là ngày làm việc. Mời chọn ngày khác.")


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of one unit. Raises LimitWrong for an amount that the unit cannot count."""

    amount: Decimal | float
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit is not Unit.UNKNOWN and not _can_count(self.exact, self.unit):
            raise LimitWrong(amount=self.amount)

    @property
    def exact(self) -> Decimal:
        """The amount as it was written: 1.1 is 1.1, not the nearest binary fraction."""
        return Decimal(str(self.amount))


class Start(StrEnum):
    """Why counting starts where it does."""

    AT_ONCE = "at_once"
    BEFORE_OPENING = "before_opening"
    IN_BREAK = "in_break"
    AFTER_CLOSING = "after_closing"
    DAY_OFF = "day_off"
    AFTER_CUT_OFF = "after_cut_off"


class Origin(StrEnum):
    """What set the clock going: the first reception, or the return of a completed dossier."""

    RECEIVED = "received"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Pause:
    """One wait for a supplement: the due instant before it, the day it shifts to, the due instant after."""

    requested: datetime
    returned: datetime
    before: datetime
    nominal: date
    after: datetime
    calendar_version: str


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension with an apology (Mẫu 04): when it was decided, the due instant before and after it."""

    decided: datetime
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything needed to recount a due date by hand; `nominal` is the end before it moved off a day off."""

    origin: Origin
    received: datetime
    start: datetime
    start_reason: Start
    cut_off: time
    limit: Limit
    skipped: tuple[NamedDay, ...]
    worked: tuple[NamedDay, ...]
    nominal: date
    end: datetime
    calendar_version: str
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant (local, aware) and its explanation, to be stored together."""

    at: datetime
    explanation: Explanation


class Verdict(StrEnum):
    """How a finished dossier stands to its due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


def due(
    received: datetime,
    limit: Limit,
    calendar: Calendar,
    cut_off: time = CUT_OFF,
    *,
    day_zero_may_be_off: bool = False,
) -> Due:
    """When a dossier received at this aware instant is due. The reception day is day 0.

    Same-day, day and month limits end with the last half-day of their day; a half working day ends with
    the first one; hours count inside half-days. `day_zero_may_be_off` lets a day off (a Saturday opening)
    be day 0 of day and month limits. Raises UnitUnknown, YearUnknown.
    """
    return _count(Origin.RECEIVED, _aware(received), limit, calendar, cut_off, day_zero_may_be_off)


def restart(
    returned: datetime,
    limit: Limit,
    calendar: Calendar,
    cut_off: time = CUT_OFF,
    *,
    day_zero_may_be_off: bool = False,
) -> Due:
    """The due date counted anew from the moment a completed dossier came back (mode 'restart')."""
    return _count(Origin.RETURNED, _aware(returned), limit, calendar, cut_off, day_zero_may_be_off)


def pause(old: Due, requested: datetime, returned: datetime, calendar: Calendar) -> Due:
    """The old due plus (return - request), moved to a working day (mode 'pause').

    The wait is measured as the limit is: in dates, since days are judged by dates, or for hours in time
    inside half-days. Raises PauseWrong when the return lies before the request.
    """
    requested, returned = _aware(requested), _aware(returned)
    if returned < requested:
        raise PauseWrong()
    limit = old.explanation.limit
    if limit.unit is Unit.HOUR:
        after = add_working_time(old.at, working_time_between(requested, returned, calendar), calendar)
        nominal = after.date()
    else:
        nominal = old.at.date() + (returned.date() - requested.date())
        after = _end_of(calendar.working_from(nominal), limit, calendar)
    this = Pause(requested, returned, old.at, nominal, after, calendar.version)
    return Due(after, replace(old.explanation, pauses=(*old.explanation.pauses, this)))


def extend(old: Due, decided: datetime, day: date, calendar: Calendar) -> Due:
    """The due date put off to the end of a later working day. Raises ExtensionWrong for another day."""
    if day <= old.at.date() or not calendar.is_working(day):
        raise ExtensionWrong()
    after = closing(day, calendar)
    this = Extension(_aware(decided), old.at, after)
    return Due(after, replace(old.explanation, extensions=(*old.explanation.extensions, this)))


def verdict(finished: datetime, due_at: datetime) -> Verdict:
    """Early, on time or late, by local dates only: as the 766 index compares them."""
    finish_day, due_day = local(finished).date(), local(due_at).date()
    if finish_day == due_day:
        return Verdict.ON_TIME
    return Verdict.EARLY if finish_day < due_day else Verdict.LATE


def is_overdue(now: datetime, due_at: datetime) -> bool:
    """Whether finishing now would be late."""
    return verdict(now, due_at) is Verdict.LATE


def is_due_soon(now: datetime, due_at: datetime, calendar: Calendar) -> bool:
    """Whether it is due today or on the next working day: the last chance for an apology (Mẫu 04) in time."""
    today, due_day = local(now).date(), local(due_at).date()
    between = days_between(today + ONE_DAY, due_day)
    return today <= due_day and not any(calendar.is_working(day) for day in between)


def _count(
    origin: Origin, received: datetime, limit: Limit, calendar: Calendar, cut_off: time, may_be_off: bool
) -> Due:
    if limit.unit is Unit.UNKNOWN:
        raise UnitUnknown()
    start, why = _start(received, limit.unit, calendar, cut_off)
    if may_be_off and limit.unit in DATE_UNITS:
        start, why = _day_off_as_zero(received, start, why)
    zero = start.date()
    nominal, end = _end(start, limit, calendar)
    # Only the days that the unit looks at: all after day 0 in a count, those at the end of a moved date.
    looked_at = {Unit.HOUR: zero, Unit.DAY: nominal, Unit.MONTH: nominal}.get(limit.unit, zero + ONE_DAY)
    days = (*days_between(received.date(), zero), *days_between(looked_at, end.date()), end.date())
    named = [calendar.named(day) for day in days]
    return Due(
        end,
        Explanation(
            origin=origin,
            received=received,
            start=start,
            start_reason=why,
            cut_off=cut_off,
            limit=limit,
            skipped=tuple(day for day in named if day.kind is DayKind.OFF),
            worked=tuple(day for day in named if day.is_unusual),
            nominal=nominal,
            end=end,
            calendar_version=calendar.version,
        ),
    )


def _start(received: datetime, unit: Unit, calendar: Calendar, cut_off: time) -> tuple[datetime, Start]:
    """The working instant from which is counted. The cut-off moves day 0 for same-day limits only."""
    day, moment = received.date(), received.time()
    if not calendar.is_working(day):
        return opening(calendar.next_working(day), calendar), Start.DAY_OFF
    if received > closing(day, calendar):
        return opening(calendar.next_working(day), calendar), Start.AFTER_CLOSING
    if unit is Unit.SAME_DAY and moment > cut_off:
        return opening(calendar.next_working(day), calendar), Start.AFTER_CUT_OFF
    if received < opening(day, calendar):
        return opening(day, calendar), Start.BEFORE_OPENING
    opens = next(opens for opens, closes in calendar.half_days_of(day) if moment <= closes)
    if moment < opens:
        return datetime.combine(day, opens, LOCAL), Start.IN_BREAK
    return received, Start.AT_ONCE


def _day_off_as_zero(received: datetime, start: datetime, why: Start) -> tuple[datetime, Start]:
    """Day 0 stays on the day off; after closing the next date is day 0, or Friday would pass Saturday."""
    if why is Start.DAY_OFF:
        return received, Start.AT_ONCE
    if why is Start.AFTER_CLOSING:
        return datetime.combine(received.date() + ONE_DAY, start.timetz()), why
    return start, why


def _end(start: datetime, limit: Limit, calendar: Calendar) -> tuple[date, datetime]:
    """The last day as counted, and the due instant after moving off days off."""
    zero, amount = start.date(), limit.exact
    match limit.unit:
        case Unit.HOUR:
            end = add_working_time(start, timedelta(microseconds=int(amount * 3_600_000_000)), calendar)
            return end.date(), end
        case Unit.WORKING_DAY:
            nominal = zero
            for _ in range(int(amount.to_integral_value(ROUND_CEILING))):
                nominal = calendar.next_working(nominal)
        case Unit.DAY:
            nominal = zero + timedelta(days=int(amount))
        case Unit.MONTH:
            nominal = months_later(zero, int(amount))
        case _:
            nominal = zero
    return nominal, _end_of(calendar.working_from(nominal), limit, calendar)


def _end_of(day: date, limit: Limit, calendar: Calendar) -> datetime:
    """The end of a working day, or of its first half-day for a limit that ends in half a day."""
    if limit.exact % 1 == HALF:
        return datetime.combine(day, calendar.half_days_of(day)[0][1], LOCAL)
    return closing(day, calendar)


def _can_count(amount: Decimal, unit: Unit) -> bool:
    if not amount.is_finite() or not 0 <= amount <= MOST:
        return False
    match unit:
        case Unit.SAME_DAY:
            return amount in (0, 1)
        case Unit.WORKING_DAY:
            return amount > 0 and amount % HALF == 0
        case Unit.HOUR:
            return amount > 0
        case _:
            return amount > 0 and amount % 1 == 0


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without time zone: whose clock is meant is not known")
    return local(instant)
