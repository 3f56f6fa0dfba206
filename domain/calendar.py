"""The working calendar of a centre: which days are worked, in which half-days, and counting time inside them.

It holds what was decided for the years it knows and says so for every other year; it guesses nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from domain.days import LOCAL
from domain.errors import Invalid, msgid

ONE_DAY = timedelta(days=1)
SATURDAY = 5
WEEKDAYS = (
    msgid("thứ Hai"),
    msgid("thứ Ba"),
    msgid("thứ Tư"),
    msgid("thứ Năm"),
    msgid("thứ Sáu"),
    msgid("thứ Bảy"),
    msgid("Chủ nhật"),
)

Translate = Callable[[str], str]


class DayKind(StrEnum):
    """How a day is worked; on a half day only the first half-day (the morning) is."""

    WORKING = "working"
    OFF = "off"
    HALF = "half"


HalfDay = tuple[time, time]
DayRule = tuple[DayKind, str]


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day as the calendar has it; the reason is empty for an ordinary weekday or weekend."""

    date: date
    kind: DayKind
    reason: str

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.date.weekday() >= SATURDAY

    @property
    def is_unusual(self) -> bool:
        """Whether it is worked although or other than the week says: a make-up Saturday, a half day."""
        return self.kind is DayKind.HALF or (self.kind is DayKind.WORKING and self.is_weekend)


class YearUnknown(Invalid):
    """A date outside the years that were materialised: it is neither working nor off, it is not known."""

    text = msgid(
        "Lịch làm việc %(version)s chưa có năm %(year)s (ngày %(date)s). "
        "Người quản trị cần nạp lịch của năm này trước."
    )


class HalfDaysWrong(Invalid):
    """Half-days that are missing, end before they begin, or overlap."""

    text = msgid(
        "Các buổi làm việc chưa đúng: cần ít nhất một buổi, mỗi buổi mở trước khi đóng, "
        "buổi sau không mở trước khi buổi trước đóng."
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of the calendar. `days` states exceptions with their reason; other weekends are off.

    `years` are the years for which the exceptions are known. Raises YearUnknown for every date outside
    them, and HalfDaysWrong for half-days that cannot be worked.
    """

    version: str
    half_days: tuple[HalfDay, ...]
    days: Mapping[date, DayRule]
    years: frozenset[int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        in_order = all(opens < closes for opens, closes in self.half_days)
        apart = all(before[1] <= after[0] for before, after in pairwise(self.half_days))
        if not (self.half_days and in_order and apart):
            raise HalfDaysWrong()
        for day in self.days:
            self._require(day)

    def named(self, day: date) -> NamedDay:
        """How this day is worked and why: as stated, else off on Saturday and Sunday."""
        self._require(day)
        kind, reason = self.days.get(day, (DayKind.WORKING, ""))
        if day not in self.days and day.weekday() >= SATURDAY:
            kind = DayKind.OFF
        return NamedDay(day, kind, reason)

    def kind_of(self, day: date) -> DayKind:
        """How this day is worked."""
        return self.named(day).kind

    def is_working(self, day: date) -> bool:
        """Whether any half-day of this day is worked."""
        return self.kind_of(day) is not DayKind.OFF

    def half_days_of(self, day: date) -> tuple[HalfDay, ...]:
        """The half-days worked on this day, in order: none on a day off, the first one on a half day."""
        match self.kind_of(day):
            case DayKind.WORKING:
                return self.half_days
            case DayKind.HALF:
                return self.half_days[:1]
            case DayKind.OFF:
                return ()

    def next_working(self, day: date) -> date:
        """The first working day after this day."""
        return self.working_from(day + ONE_DAY)

    def working_from(self, day: date) -> date:
        """This day when it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def _require(self, day: date) -> None:
        if day.year not in self.years:
            raise YearUnknown(version=self.version, year=day.year, date=day.isoformat())


def days_between(first: date, end: date) -> Iterator[date]:
    """Every date from `first` up to, not including, `end`."""
    return (first + timedelta(days=n) for n in range((end - first).days))


def months_later(day: date, months: int) -> date:
    """The same day number so many months later; a month without it ends on its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    return min(first + timedelta(days=day.day - 1), last)


def opening(day: date, calendar: Calendar) -> datetime:
    """The local instant at which this working day begins."""
    return _at(day, calendar.half_days_of(day)[0][0])


def closing(day: date, calendar: Calendar) -> datetime:
    """The local instant at which the last half-day of this working day ends."""
    return _at(day, calendar.half_days_of(day)[-1][1])


def add_working_time(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The local instant at which `span` of time inside half-days has passed since `start` (local).

    A span that fills a half-day ends with it, not at the opening of the next one.
    """
    if not span:
        return start
    day = start.date()
    while True:
        for begins, ends in _stretches(day, start, calendar):
            if span <= ends - begins:
                return begins + span
            span -= ends - begins
        day = calendar.next_working(day)


def working_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """How much time inside half-days lies between two local instants; zero when `end` is not later."""
    total = timedelta()
    for day in days_between(start.date(), end.date() + ONE_DAY):
        for begins, ends in _stretches(day, start, calendar):
            total += max(min(ends, end) - begins, timedelta())
    return total


def instant_text(instant: datetime, translate: Translate) -> str:
    """A local instant as people read it: '17:00 thứ Tư 25/2/2026'."""
    return f"{instant:%H:%M} {day_text(instant.date(), translate)}"


def day_text(day: date, _: Translate) -> str:
    """A day as people read it: 'thứ Tư 25/2/2026'."""
    words = {"weekday": _(WEEKDAYS[day.weekday()]), "day": day.day, "month": day.month, "year": day.year}
    return _("%(weekday)s %(day)s/%(month)s/%(year)s") % words


def days_text(days: Iterable[NamedDay], _: Translate) -> str:
    """Days with their reasons: '14/2, 15/2 (cuối tuần); 16/2 (Giao thừa)'. Reasons stay as stated."""
    dates: dict[str, list[str]] = {}
    for day in days:
        text = _("%(day)s/%(month)s") % {"day": day.date.day, "month": day.date.month}
        dates.setdefault(_reason(day, _), []).append(text)
    return "; ".join(f"{', '.join(same)} ({reason})" for reason, same in dates.items())


def _reason(day: NamedDay, _: Translate) -> str:
    match day.kind:
        case DayKind.HALF:
            return ": ".join(filter(None, (_("nửa ngày"), day.reason)))
        case DayKind.WORKING:
            return day.reason or _("ngày làm việc")
        case DayKind.OFF:
            return day.reason or (_("cuối tuần") if day.is_weekend else _("ngày nghỉ"))


def _stretches(day: date, start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """What is left of the half-days of a day from `start` on."""
    for opens, closes in calendar.half_days_of(day):
        begins, ends = max(_at(day, opens), start), _at(day, closes)
        if begins < ends:
            yield begins, ends


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LOCAL)
