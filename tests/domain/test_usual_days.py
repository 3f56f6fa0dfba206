"""Which past days are like a coming one."""

from datetime import date, time, timedelta

from domain.calendar import Calendar, DayKind
from domain.days import Day
from domain.usual_days import alike

MONDAY = date(2026, 11, 30)


def past(*labels: date) -> list[Day]:
    return [Day(n, label) for n, label in enumerate(sorted(labels, reverse=True))]


def weekdays(weeks: int) -> list[date]:
    return [MONDAY - timedelta(days=7 * week + n) for week in range(1, weeks + 1) for n in range(0, -5, -1)]


def calendar(**days: DayKind) -> Calendar:
    stated = {date(2026, 11, int(name[1:])): (kind, "lệnh") for name, kind in days.items()}
    return Calendar("1", ((time(7, 30), time(17)),), stated, frozenset({2026}))


def test_the_newest_eight_of_the_same_weekday():
    found = alike(past(*weekdays(12)), MONDAY, None)
    assert found.same_weekday and found.is_enough
    assert [day.label for day in found.days] == [MONDAY - timedelta(days=7 * week) for week in range(1, 9)]


def test_with_two_of_them_all_weekdays_count():
    found = alike(past(*weekdays(2)), MONDAY, None)
    assert not found.same_weekday and len(found.days) == 8
    assert found.days[0].label == MONDAY - timedelta(days=3)


def test_too_few_days_say_nothing():
    assert not alike(past(*weekdays(1)[:2]), MONDAY, None).is_enough
    assert not alike([], MONDAY, None).is_enough


def test_half_days_and_worked_weekends_say_nothing_of_others():
    found = alike(past(*weekdays(1), date(2026, 11, 28)), MONDAY, calendar(d23=DayKind.HALF, d28=DayKind.WORKING))
    assert {day.label.day for day in found.days} == {24, 25, 26, 27}


def test_the_day_itself_and_later_ones_are_no_history():
    assert alike(past(MONDAY, MONDAY + timedelta(days=7)), MONDAY, None).days == ()
