from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import (
    Calendar,
    DayKind,
    HalfDaysWrong,
    NamedDay,
    YearUnknown,
    add_working_time,
    closing,
    day_text,
    days_text,
    instant_text,
    months_later,
    opening,
    working_time_between,
)
from domain.days import LOCAL

MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17))
HOLIDAY, MAKE_UP, HALF = date(2026, 11, 24), date(2026, 8, 22), date(2026, 2, 13)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, 6 + n) for n in range(4))
CALENDAR = Calendar(
    "v1",
    (MORNING, AFTERNOON),
    {
        HOLIDAY: (DayKind.OFF, "Ngày Văn hóa Việt Nam"),
        MAKE_UP: (DayKind.WORKING, "Làm bù"),
        HALF: (DayKind.HALF, "Nghỉ chiều"),
    },
    frozenset({2026}),
)
QUICK = settings(max_examples=100, deadline=None, database=None)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(lambda d: d.replace(tzinfo=LOCAL))
spans = st.integers(0, 40 * 60).map(lambda minutes: timedelta(minutes=minutes))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LOCAL)


@pytest.mark.parametrize(
    ("day", "kind", "half_days"),
    [
        (FRIDAY, DayKind.WORKING, (MORNING, AFTERNOON)),
        (SATURDAY, DayKind.OFF, ()),
        (SUNDAY, DayKind.OFF, ()),
        (HOLIDAY, DayKind.OFF, ()),
        (MAKE_UP, DayKind.WORKING, (MORNING, AFTERNOON)),
        (HALF, DayKind.HALF, (MORNING,)),
    ],
)
def test_a_day_is_worked_as_stated_and_weekends_are_off(day, kind, half_days):
    assert CALENDAR.kind_of(day) is kind
    assert CALENDAR.is_working(day) is (kind is not DayKind.OFF)
    assert CALENDAR.half_days_of(day) == half_days


def test_a_day_gives_the_reason_that_was_stated():
    assert CALENDAR.named(HOLIDAY) == NamedDay(HOLIDAY, DayKind.OFF, "Ngày Văn hóa Việt Nam")
    assert CALENDAR.named(SATURDAY).reason == ""


def test_the_next_working_day_passes_weekends_and_never_is_the_day_itself():
    assert CALENDAR.next_working(FRIDAY) == MONDAY
    assert CALENDAR.next_working(MONDAY) == date(2026, 3, 10)
    assert CALENDAR.next_working(date(2026, 8, 21)) == MAKE_UP
    assert CALENDAR.working_from(SATURDAY) == MONDAY
    assert CALENDAR.working_from(MONDAY) == MONDAY


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_year_that_was_not_loaded_is_never_called_working(day):
    for question in (CALENDAR.is_working, CALENDAR.half_days_of, CALENDAR.kind_of, CALENDAR.named):
        with pytest.raises(YearUnknown) as refusal:
            question(day)
        assert str(day.year) in refusal.value.text % refusal.value.arguments


def test_looking_for_a_working_day_stops_at_the_last_known_year():
    with pytest.raises(YearUnknown):
        CALENDAR.next_working(date(2026, 12, 31))


def test_a_stated_day_outside_the_known_years_is_refused():
    with pytest.raises(YearUnknown):
        Calendar("v1", (MORNING,), {date(2027, 1, 1): (DayKind.OFF, "")}, frozenset({2026}))


@pytest.mark.parametrize(
    "half_days",
    [(), ((time(11), time(7)),), ((time(7), time(7)),), (AFTERNOON, MORNING), (MORNING, (time(11), time(17)))],
)
def test_half_days_that_cannot_be_worked_are_refused(half_days):
    with pytest.raises(HalfDaysWrong):
        Calendar("v1", half_days, {}, frozenset({2026}))


def test_a_calendar_does_not_change_with_the_table_it_was_made_from():
    table = {HOLIDAY: (DayKind.OFF, "")}
    calendar = Calendar("v1", (MORNING,), table, frozenset({2026}))
    table.clear()
    assert not calendar.is_working(HOLIDAY)
    with pytest.raises(TypeError):
        calendar.days[HOLIDAY] = (DayKind.WORKING, "")


def test_a_day_opens_and_closes_with_the_half_days_it_has():
    assert opening(FRIDAY, CALENDAR) == at(FRIDAY, 7, 30)
    assert closing(FRIDAY, CALENDAR) == at(FRIDAY, 17)
    assert closing(HALF, CALENDAR) == at(HALF, 11, 30)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (at(FRIDAY, 8), 60, at(FRIDAY, 9)),
        (at(FRIDAY, 11), 60, at(FRIDAY, 14)),
        (at(FRIDAY, 11), 30, at(FRIDAY, 11, 30)),
        (at(FRIDAY, 12), 30, at(FRIDAY, 14)),
        (at(FRIDAY, 6), 30, at(FRIDAY, 8)),
        (at(FRIDAY, 16, 30), 60, at(MONDAY, 8)),
        (at(FRIDAY, 16), 480, at(MONDAY, 16, 30)),
        (at(FRIDAY, 18), 1, at(MONDAY, 7, 31)),
        (at(HALF, 11), 60, at(date(2026, 2, 16), 8)),
        (at(FRIDAY, 12), 0, at(FRIDAY, 12)),
    ],
)
def test_working_time_passes_inside_half_days_only(start, minutes, end):
    assert add_working_time(start, timedelta(minutes=minutes), CALENDAR) == end


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (at(FRIDAY, 8), at(FRIDAY, 9), 60),
        (at(FRIDAY, 11), at(FRIDAY, 14), 60),
        (at(FRIDAY, 12), at(FRIDAY, 13), 0),
        (at(FRIDAY, 16), at(MONDAY, 8), 90),
        (at(SATURDAY, 8), at(SUNDAY, 17), 0),
        (at(HALF, 7), at(HALF, 17), 240),
        (at(FRIDAY, 9), at(FRIDAY, 8), 0),
    ],
)
def test_the_working_time_between_two_instants(start, end, minutes):
    assert working_time_between(start, end, CALENDAR) == timedelta(minutes=minutes)


@QUICK
@given(instants, spans)
def test_the_time_added_is_the_time_between(start, span):
    assert working_time_between(start, add_working_time(start, span, CALENDAR), CALENDAR) == span


@QUICK
@given(instants, spans, spans)
def test_two_spans_one_after_the_other_are_their_sum(start, one, two):
    in_steps = add_working_time(add_working_time(start, one, CALENDAR), two, CALENDAR)
    assert working_time_between(start, in_steps, CALENDAR) == one + two


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
    ],
)
def test_months_keep_the_day_number_or_end_on_the_last_day(day, months, end):
    assert months_later(day, months) == end


def test_days_read_as_people_say_them():
    assert day_text(date(2026, 2, 25), str) == "thứ Tư 25/2/2026"
    assert instant_text(at(SUNDAY, 7, 5), str) == "07:05 Chủ nhật 8/3/2026"


def test_days_of_one_reason_stand_together():
    days = [CALENDAR.named(day) for day in (SATURDAY, HOLIDAY, SUNDAY, MAKE_UP, HALF)]
    expected = "7/3, 8/3 (cuối tuần); 24/11 (Ngày Văn hóa Việt Nam); 22/8 (Làm bù); 13/2 (nửa ngày: Nghỉ chiều)"
    assert days_text(days, str) == expected


def test_days_without_a_reason_are_named_by_their_kind():
    days = [NamedDay(FRIDAY, kind, "") for kind in DayKind]
    assert days_text(days, str) == "6/3 (ngày làm việc); 6/3 (ngày nghỉ); 6/3 (nửa ngày)"


def test_the_words_of_a_day_are_translated():
    english = {"cuối tuần": "weekend", "%(day)s/%(month)s": "%(month)s-%(day)s"}
    assert days_text([CALENDAR.named(SATURDAY)], lambda text: english.get(text, text)) == "3-7 (weekend)"


@pytest.mark.planted
def test_a_minute_too_many_is_found(monkeypatch):
    real = add_working_time
    late = lambda start, span, calendar: real(start, span + timedelta(minutes=1), calendar)  # noqa: E731
    monkeypatch.setitem(globals(), "add_working_time", late)
    for property_ in (test_the_time_added_is_the_time_between, test_two_spans_one_after_the_other_are_their_sum):
        with pytest.raises(AssertionError):
            property_()
