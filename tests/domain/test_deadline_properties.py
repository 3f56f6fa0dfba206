"""Properties of due dates, against a count that shares no code with the engine; and planted faults."""

from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import deadlines
from domain.calendar import Calendar
from domain.days import LOCAL
from domain.deadlines import (
    Limit,
    Start,
    Unit,
    due,
    pause,
)
from tests.domain.known_years import (
    CALENDAR,
    EVERY_MINUTE,
    HALF_DAYS,
    HALVES,
    MAKE_UP_DAYS,
    OFF_DAYS,
    QUICK,
    at,
)

minutes = st.integers(0, 340 * 24 * 60 - 1)
arrivals = minutes.map(lambda n: at("2026-01-01T00:00") + timedelta(minutes=n))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 20), st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.HOUR])),
    st.builds(Limit, st.sampled_from([0.5, 1.5, 2.5]), st.sampled_from([Unit.WORKING_DAY, Unit.HOUR])),
    st.builds(Limit, st.integers(1, 6), st.just(Unit.MONTH)),
    st.just(Limit(1, Unit.SAME_DAY)),
)


@cache
def worked_half_days(day: date) -> tuple[tuple[time, time], ...]:
    if day in HALVES:
        return HALF_DAYS[:1]
    off = day in OFF_DAYS or (day.isoweekday() in (6, 7) and day not in MAKE_UP_DAYS)
    return () if off else HALF_DAYS


def is_worked_minute(minute: datetime) -> bool:
    return any(opens <= minute.time() < closes for opens, closes in worked_half_days(minute.date()))


def check_hours_minute_by_minute(received: datetime, hours: int) -> None:
    minute, left = received, hours * 60
    while left:
        left -= is_worked_minute(minute)
        minute += timedelta(minutes=1)
    assert due(received, Limit(hours, Unit.HOUR), CALENDAR).at == minute


def check_working_days_on_a_list(received: datetime, amount: int) -> None:
    days = [received.date() + timedelta(days=n) for n in range(80)]
    worked = [day for day in days if worked_half_days(day)]
    if worked[0] == received.date() and received.time() > worked_half_days(worked[0])[-1][1]:
        worked.pop(0)
    end = worked[amount]
    expected = datetime.combine(end, worked_half_days(end)[-1][1], LOCAL)
    assert due(received, Limit(amount, Unit.WORKING_DAY), CALENDAR).at == expected


def check_never_on_a_day_off(received: datetime, limit: Limit) -> None:
    end = due(received, limit, CALENDAR).at
    assert any(opens < end.time() <= closes for opens, closes in worked_half_days(end.date()))
    assert end > received


def check_monotone(received: datetime, later: datetime, limit: Limit, may_be_off: bool) -> None:
    first, second = (
        due(moment, limit, CALENDAR, day_zero_may_be_off=may_be_off).at for moment in sorted((received, later))
    )
    assert first <= second


@EVERY_MINUTE
@given(arrivals, st.integers(1, 20))
def test_hours_equal_a_count_minute_by_minute(received, hours):
    check_hours_minute_by_minute(received, hours)


@QUICK
@given(arrivals, st.integers(1, 25))
def test_working_days_equal_a_count_on_a_list(received, amount):
    check_working_days_on_a_list(received, amount)


@QUICK
@given(arrivals, limits)
def test_nothing_is_due_on_a_day_off_or_in_a_break(received, limit):
    check_never_on_a_day_off(received, limit)


@QUICK
@given(arrivals, st.integers(0, 7 * 24 * 60).map(lambda n: timedelta(minutes=n)), limits, st.booleans())
def test_who_comes_later_is_never_due_earlier(received, wait, limit, may_be_off):
    check_monotone(received, received + wait, limit, may_be_off)


@QUICK
@given(arrivals, limits)
def test_every_day_named_as_skipped_is_off_and_none_is_named_twice(received, limit):
    answer = due(received, limit, CALENDAR)
    skipped = [day.date for day in answer.explanation.skipped]
    assert not any(worked_half_days(day) for day in skipped)
    assert len(set(skipped)) == len(skipped)
    if limit.unit in (Unit.WORKING_DAY, Unit.HOUR, Unit.SAME_DAY):
        span = [received.date() + timedelta(days=n) for n in range((answer.at.date() - received.date()).days)]
        assert skipped == [day for day in span if not worked_half_days(day)]


waits = st.integers(0, 20 * 24 * 60).map(lambda n: timedelta(minutes=n))
early_arrivals = st.integers(0, 250 * 24 * 60).map(lambda n: at("2026-01-01T00:00") + timedelta(minutes=n))


@QUICK
@given(early_arrivals, limits, waits, waits)
def test_a_pause_never_shortens_and_a_longer_wait_is_never_due_earlier(received, limit, before, wait):
    old = due(received, limit, CALENDAR)
    requested = received + before
    unmoved = pause(old, requested, requested, CALENDAR)
    short = pause(old, requested, requested + wait / 2, CALENDAR)
    long = pause(old, requested, requested + wait, CALENDAR)
    assert old.at == unmoved.at <= short.at <= long.at
    assert bool(worked_half_days(long.at.date()))


@QUICK
@given(early_arrivals, limits, waits, waits)
def test_two_waits_one_after_the_other_give_at_least_the_one_wait(received, limit, one, two):
    old = due(received, limit, CALENDAR)
    middle, end = received + one, received + one + two
    in_two = pause(pause(old, received, middle, CALENDAR), middle, end, CALENDAR)
    assert in_two.at >= pause(old, received, end, CALENDAR).at


@EVERY_MINUTE
@given(early_arrivals, st.integers(1, 12), waits)
def test_a_pause_leaves_the_hours_that_were_left(received, hours, wait):
    old = due(received, Limit(hours, Unit.HOUR), CALENDAR)
    requested = received + (old.at - received) / 2
    requested = requested.replace(second=0, microsecond=0)
    answer = pause(old, requested, requested + wait, CALENDAR)
    assert worked_minutes(requested + wait, answer.at) == worked_minutes(requested, old.at)


def worked_minutes(start: datetime, end: datetime) -> int:
    span = range(int((end - start).total_seconds() // 60))
    return sum(is_worked_minute(start + timedelta(minutes=n)) for n in span)


# Planted faults: rules seen wrong in live systems; the checks above must fail on them.


@pytest.mark.planted
def test_planted_hours_added_to_zero_at_lunch_are_caught(monkeypatch):
    def add_to_zero(start, span, calendar):
        return start.replace(hour=0, minute=0) + span

    monkeypatch.setattr(deadlines, "add_working_time", add_to_zero)
    with pytest.raises(AssertionError):
        check_hours_minute_by_minute(at("2026-03-06T12:00"), 1)


@pytest.mark.planted
def test_planted_holidays_of_the_first_year_only_are_caught(monkeypatch):
    this_year = {day: rule for day, rule in CALENDAR.days.items() if day.year == 2025}
    bare = Calendar("this year only", HALF_DAYS, this_year, CALENDAR.years)
    monkeypatch.setattr(Calendar, "named", lambda self, day, named=Calendar.named: named(bare, day))
    with pytest.raises(AssertionError):
        check_working_days_on_a_list(at("2025-12-30T08:00"), 5)


@pytest.mark.planted
def test_planted_end_that_stays_on_a_day_off_is_caught(monkeypatch):
    monkeypatch.setattr(Calendar, "working_from", lambda self, day: day)
    monkeypatch.setattr(deadlines, "closing", lambda day, calendar: datetime.combine(day, time(17), LOCAL))
    with pytest.raises(AssertionError):
        check_never_on_a_day_off(at("2026-03-27T09:00"), Limit(30, Unit.DAY))


@pytest.mark.planted
def test_planted_saturday_before_friday_evening_is_caught(monkeypatch):
    def only_saturday(received, start, why):
        return (received, Start.AT_ONCE) if why is Start.DAY_OFF else (start, why)

    monkeypatch.setattr(deadlines, "_day_off_as_zero", only_saturday)
    with pytest.raises(AssertionError):
        check_monotone(at("2026-03-06T18:00"), at("2026-03-07T09:00"), Limit(7, Unit.WORKING_DAY), may_be_off=True)
