"""The calendar of given years: Vietnamese public holidays, corrected by published decisions."""

from collections.abc import Mapping
from datetime import date, time
from hashlib import sha256

from domain.calendar import Calendar, DayKind, DayRule, HalfDay
from domain.centres import Centre

DEFAULT_YEARS = range(2024, 2029)
DEFAULT_HALF_DAYS: tuple[HalfDay, ...] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))

# Decisions that the package does not know (`holidays` 0.109, measured; the swap itself: to be checked
# against the Ministry of Home Affairs' notice). One line a day; the administrator's table comes on top.
OFFICIAL_DAYS: Mapping[date, DayRule] = {
    date(2026, 1, 2): (DayKind.OFF, "Nghỉ hoán đổi, làm bù thứ Bảy 10/1/2026"),
    date(2026, 1, 10): (DayKind.WORKING, "Làm bù cho ngày nghỉ 2/1/2026"),
}


def default_calendar() -> Calendar:
    """The calendar of 2024 to 2028 with the usual half-days; Tết and 2/9 from 2027 await yearly decisions."""
    return materialise(DEFAULT_YEARS, DEFAULT_HALF_DAYS, official_days(DEFAULT_YEARS))


def materialise(years: range, half_days: tuple[HalfDay, ...], *tables: Mapping[date, DayRule]) -> Calendar:
    """One frozen calendar of these years; a later table overrides an earlier one.

    Its version names the years and the content: the same days and half-days give the same version.
    """
    days = {day: rule for table in tables for day, rule in table.items()}
    version = f"vn-{years[0]}-{years[-1]}-{_fingerprint(half_days, days)}"
    return Calendar(version, half_days, days, frozenset(years))


def calendar_of(centre: Centre) -> Calendar:
    """The years known, with the centre's half-days and its own days on top; building it takes up to a second."""
    half_days = tuple(
        (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in centre.hours.half_days
    )
    own = {day.date: (day.kind, day.reason) for day in centre.days}
    return materialise(DEFAULT_YEARS, half_days, official_days(DEFAULT_YEARS), own)


def official_days(years: range) -> dict[date, DayRule]:
    """Public holidays and make-up days of these years with their Vietnamese names, then OFFICIAL_DAYS.

    Source: Labour Code art. 112 as computed by the package `holidays`.
    """
    # Imported here: the lunar tables cost start-up time that no other command should pay.
    import holidays

    known = holidays.country_holidays("VN", years=years, expand=False, language="vi")
    days = {day: (DayKind.OFF, name) for day, name in sorted(known.items())}
    days |= {
        day: (DayKind.WORKING, "Làm bù cho ngày nghỉ hoán đổi")
        for day in known.weekend_workdays
        if day.year in years
    }
    return days | {day: rule for day, rule in OFFICIAL_DAYS.items() if day.year in years}


def _fingerprint(half_days: tuple[HalfDay, ...], days: Mapping[date, DayRule]) -> str:
    content = [f"{opens}-{closes}" for opens, closes in half_days]
    content += [f"{day} {kind} {reason}" for day, (kind, reason) in sorted(days.items())]
    return sha256("\n".join(content).encode()).hexdigest()[:8]
