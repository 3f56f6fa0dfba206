import subprocess
import sys
from datetime import date, datetime, time

import pytest

from domain.calendar import DayKind, YearUnknown
from domain.days import LOCAL
from domain.deadlines import Limit, Unit, due
from operations.calendars import (
    DEFAULT_HALF_DAYS,
    DEFAULT_YEARS,
    default_calendar,
    materialise,
    official_days,
)

CALENDAR = default_calendar()


def days(year: int, *numbers: tuple[int, int]) -> set[date]:
    return {date(year, month, day) for day, month in numbers}


# The domain reference's list of weekdays off, 2026-01-02 included.
WEEKDAYS_OFF = {
    2025: days(
        2025, (1, 1), (27, 1), (28, 1), (29, 1), (30, 1), (31, 1), (7, 4), (30, 4), (1, 5), (2, 5), (1, 9), (2, 9)
    ),
    2026: days(2026, (1, 1), (2, 1), (16, 2), (17, 2), (18, 2), (19, 2), (20, 2), (27, 4), (30, 4), (1, 5))
    | days(2026, (31, 8), (1, 9), (2, 9), (24, 11)),
    2027: days(2027, (1, 1), (4, 2), (5, 2), (8, 2), (9, 2), (10, 2), (16, 4), (30, 4), (3, 5), (2, 9), (3, 9))
    | days(2027, (24, 11)),
    2028: days(2028, (3, 1), (24, 1), (25, 1), (26, 1), (27, 1), (28, 1), (4, 4), (1, 5), (2, 5), (1, 9))
    | days(2028, (4, 9), (24, 11)),
}
MAKE_UP_DAYS = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}


@pytest.mark.parametrize("year", WEEKDAYS_OFF)
def test_the_published_days_off_are_off(year):
    stated = {day for day, (kind, _) in CALENDAR.days.items() if kind is DayKind.OFF and day.year == year}
    assert {day for day in stated if day.weekday() < 5} == WEEKDAYS_OFF[year]


def test_only_the_make_up_saturdays_of_these_years_are_worked():
    worked = {day for day, (kind, _) in CALENDAR.days.items() if kind is not DayKind.OFF}
    assert worked == MAKE_UP_DAYS
    assert all(CALENDAR.is_working(day) for day in MAKE_UP_DAYS)


def test_every_stated_day_has_a_vietnamese_reason():
    assert all(reason for _, reason in CALENDAR.days.values())
    assert CALENDAR.named(date(2026, 2, 17)).reason == "Tết Nguyên Đán"


@pytest.mark.parametrize("day", [date(2023, 12, 29), date(2029, 1, 2)])
def test_years_outside_the_table_are_unknown(day):
    assert {2024, 2028} < CALENDAR.years
    with pytest.raises(YearUnknown):
        CALENDAR.is_working(day)


def test_a_later_table_overrides_an_earlier_one():
    monday = date(2026, 2, 16)
    changed = materialise(
        DEFAULT_YEARS, DEFAULT_HALF_DAYS, official_days(DEFAULT_YEARS), {monday: (DayKind.HALF, "Trực")}
    )
    assert changed.kind_of(monday) is DayKind.HALF
    assert changed.kind_of(date(2026, 2, 17)) is DayKind.OFF


def test_the_version_names_the_content():
    again = default_calendar()
    other_day = materialise(
        DEFAULT_YEARS, DEFAULT_HALF_DAYS, official_days(DEFAULT_YEARS), {date(2026, 3, 2): (DayKind.OFF, "")}
    )
    other_hours = materialise(
        DEFAULT_YEARS, ((time(7), time(11)), (time(13), time(17))), official_days(DEFAULT_YEARS)
    )
    assert again.version == CALENDAR.version
    assert len({CALENDAR.version, other_day.version, other_hours.version}) == 3


def test_the_lunar_tables_are_loaded_only_when_they_are_needed():
    check = "import sys, operations.calendars; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], timeout=30, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "received", "amount", "unit", "expected"),
    [
        ("V1", "2026-02-13T09:00", 3, Unit.WORKING_DAY, "2026-02-25T17:00"),
        ("V3", "2026-08-21T09:00", 1, Unit.WORKING_DAY, "2026-08-22T17:00"),
        ("V5", "2026-11-20T09:00", 3, Unit.WORKING_DAY, "2026-11-26T17:00"),
        ("V7", "2025-12-30T08:00", 5, Unit.WORKING_DAY, "2026-01-08T17:00"),
        ("V9", "2026-03-07T09:00", 7, Unit.WORKING_DAY, "2026-03-18T17:00"),
        ("V11", "2026-03-06T16:00", 8, Unit.HOUR, "2026-03-09T16:30"),
    ],
)
def test_the_published_vectors(name, received, amount, unit, expected):
    arrival = datetime.fromisoformat(received).replace(tzinfo=LOCAL)
    due_at = due(arrival, Limit(amount, unit), CALENDAR).at
    assert due_at == datetime.fromisoformat(expected).replace(tzinfo=LOCAL), name
