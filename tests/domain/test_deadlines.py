"""When a dossier is due: days, months, hours, the same day, and what cannot be counted."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest

from domain.calendar import YearUnknown
from domain.deadlines import (
    Limit,
    LimitWrong,
    Start,
    Unit,
    UnitUnknown,
    due,
)
from tests.domain.known_years import (
    CALENDAR,
    at,
    due_at,
)


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
    assert due_at(received, amount, unit) == expected, name


@pytest.mark.parametrize(
    ("received", "amount", "expected"),
    [
        ("2026-03-06T06:00", 1, "2026-03-09T17:00"),
        ("2026-03-06T12:15", 1, "2026-03-09T17:00"),
        ("2026-03-06T15:01", 1, "2026-03-09T17:00"),
        ("2026-03-06T17:00", 1, "2026-03-09T17:00"),
        ("2026-03-06T17:01", 1, "2026-03-10T17:00"),
        ("2026-03-09T00:00", 1, "2026-03-10T17:00"),
        ("2025-12-31T09:00", 1, "2026-01-05T17:00"),
        ("2026-01-09T09:00", 1, "2026-01-10T17:00"),
        ("2026-01-10T09:00", 1, "2026-01-12T17:00"),
        ("2026-02-17T09:00", 1, "2026-02-24T17:00"),
        ("2026-04-24T09:00", 1, "2026-04-28T17:00"),
        ("2026-04-29T18:00", 1, "2026-05-05T17:00"),
        ("2026-06-16T09:00", 1, "2026-06-17T11:30"),
        ("2026-06-17T11:30", 1, "2026-06-18T17:00"),
        ("2026-06-17T12:00", 1, "2026-06-19T17:00"),
        ("2026-07-03T09:00", 1, "2026-07-04T11:30"),
        ("2026-03-02T09:00", 30, "2026-04-13T17:00"),
        ("2026-03-04T09:00", 1.5, "2026-03-06T11:30"),
        ("2026-03-04T09:00", 0.5, "2026-03-05T11:30"),
        ("2024-02-28T09:00", 1, "2024-02-29T17:00"),
    ],
)
def test_working_days_are_counted_after_day_zero(received, amount, expected):
    assert due_at(received, amount, Unit.WORKING_DAY) == expected


@pytest.mark.parametrize(
    ("received", "amount", "expected"),
    [
        ("2026-03-02T09:00", 15, "2026-03-17T17:00"),
        ("2026-03-02T09:00", 5, "2026-03-09T17:00"),
        ("2026-03-02T17:00", 1, "2026-03-03T17:00"),
        ("2026-03-02T17:30", 1, "2026-03-04T17:00"),
        ("2026-03-07T09:00", 1, "2026-03-10T17:00"),
        ("2026-02-06T09:00", 10, "2026-02-23T17:00"),
        ("2026-02-10T09:00", 10, "2026-02-23T17:00"),
        ("2026-08-12T09:00", 10, "2026-08-22T17:00"),
        ("2026-06-16T09:00", 1, "2026-06-17T11:30"),
        ("2025-12-22T09:00", 10, "2026-01-05T17:00"),
        ("2024-02-28T09:00", 1, "2024-02-29T17:00"),
        ("2025-02-27T09:00", 1, "2025-02-28T17:00"),
    ],
)
def test_calendar_days_move_only_their_end_to_a_working_day(received, amount, expected):
    assert due_at(received, amount, Unit.DAY) == expected


@pytest.mark.parametrize(
    ("received", "amount", "expected"),
    [
        ("2026-03-06T09:00", 1, "2026-04-06T17:00"),
        ("2025-12-31T09:00", 2, "2026-03-02T17:00"),
        ("2026-03-31T09:00", 1, "2026-05-04T17:00"),
        ("2024-01-31T09:00", 1, "2024-02-29T17:00"),
        ("2025-01-31T09:00", 1, "2025-02-28T17:00"),
        ("2024-02-29T09:00", 12, "2025-02-28T17:00"),
        ("2026-03-27T09:00", 1, "2026-04-28T17:00"),
        ("2025-12-01T09:00", 1, "2026-01-05T17:00"),
        ("2026-01-30T17:01", 1, "2026-03-02T17:00"),
        ("2026-05-17T09:00", 1, "2026-06-18T17:00"),
        ("2026-06-04T09:00", 1, "2026-07-04T11:30"),
    ],
)
def test_months_keep_the_day_number_and_move_their_end(received, amount, expected):
    assert due_at(received, amount, Unit.MONTH) == expected


@pytest.mark.parametrize(
    ("received", "amount", "expected"),
    [
        ("2026-03-06T09:00", 1, "2026-03-06T10:00"),
        ("2026-03-06T06:00", 1, "2026-03-06T08:30"),
        ("2026-03-06T08:30", 3, "2026-03-06T11:30"),
        ("2026-03-06T11:00", 1, "2026-03-06T14:00"),
        ("2026-03-06T11:30", 1, "2026-03-06T14:30"),
        ("2026-03-06T12:00", 1, "2026-03-06T14:30"),
        ("2026-03-06T13:30", 1, "2026-03-06T14:30"),
        ("2026-03-06T15:00", 2, "2026-03-06T17:00"),
        ("2026-03-06T16:30", 1, "2026-03-09T08:00"),
        ("2026-03-06T17:00", 1, "2026-03-09T08:30"),
        ("2026-03-06T19:00", 1, "2026-03-09T08:30"),
        ("2026-03-07T09:00", 1, "2026-03-09T08:30"),
        ("2026-03-06T10:00", 24, "2026-03-11T11:30"),
        ("2025-12-31T16:00", 2, "2026-01-05T08:30"),
        ("2026-08-21T16:00", 2, "2026-08-22T08:30"),
        ("2026-06-17T11:00", 1, "2026-06-18T08:00"),
        ("2026-06-17T13:30", 1, "2026-06-18T08:30"),
        ("2026-07-03T16:00", 6, "2026-07-06T08:30"),
        ("2026-03-06T09:00", 0.25, "2026-03-06T09:15"),
    ],
)
def test_hours_pass_inside_half_days_only(received, amount, expected):
    assert due_at(received, amount, Unit.HOUR) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-03-06T06:00", "2026-03-06T17:00"),
        ("2026-03-06T12:00", "2026-03-06T17:00"),
        ("2026-03-06T14:59:59", "2026-03-06T17:00"),
        ("2026-03-06T15:00:00", "2026-03-06T17:00"),
        ("2026-03-06T15:00:01", "2026-03-09T17:00"),
        ("2026-03-06T18:00", "2026-03-09T17:00"),
        ("2026-03-07T09:00", "2026-03-09T17:00"),
        ("2026-03-07T16:00", "2026-03-09T17:00"),
        ("2026-08-21T16:00", "2026-08-22T17:00"),
        ("2026-02-13T15:30", "2026-02-23T17:00"),
        ("2025-12-31T16:00", "2026-01-05T17:00"),
        ("2026-06-17T11:00", "2026-06-17T11:30"),
        ("2026-06-17T12:00", "2026-06-18T17:00"),
    ],
)
def test_the_same_day_holds_up_to_the_cut_off(received, expected):
    assert due_at(received, 1, Unit.SAME_DAY) == expected


def test_another_cut_off_moves_the_same_day_and_nothing_else():
    early = {"cut_off": time(10)}
    assert due_at("2026-03-06T10:00", 1, Unit.SAME_DAY, **early) == "2026-03-06T17:00"
    assert due_at("2026-03-06T10:01", 1, Unit.SAME_DAY, **early) == "2026-03-09T17:00"
    for unit in (Unit.WORKING_DAY, Unit.DAY, Unit.MONTH, Unit.HOUR):
        assert due_at("2026-03-06T10:01", 2, unit, **early) == due_at("2026-03-06T10:01", 2, unit)


def test_a_cut_off_inside_the_break_judges_the_arrival_itself():
    assert due_at("2026-03-06T11:45", 1, Unit.SAME_DAY, cut_off=time(12)) == "2026-03-06T17:00"


def test_a_day_off_may_be_day_zero_where_the_centre_says_so():
    saturday = {"day_zero_may_be_off": True}
    assert due_at("2026-03-07T09:00", 7, Unit.WORKING_DAY, **saturday) == "2026-03-17T17:00"
    assert due_at("2026-03-06T18:00", 7, Unit.WORKING_DAY, **saturday) == "2026-03-17T17:00"
    assert due_at("2026-03-07T09:00", 10, Unit.DAY, **saturday) == "2026-03-17T17:00"
    assert due_at("2026-03-07T09:00", 1, Unit.HOUR, **saturday) == "2026-03-09T08:30"
    assert due_at("2026-03-07T09:00", 1, Unit.SAME_DAY, **saturday) == "2026-03-09T17:00"


def test_a_day_off_as_day_zero_is_told_as_such_and_only_for_limits_in_dates():
    sunday = at("2026-03-08T09:00")
    days, hours = (
        due(sunday, Limit(2, unit), CALENDAR, day_zero_may_be_off=True).explanation
        for unit in (Unit.WORKING_DAY, Unit.HOUR)
    )
    assert (days.start, days.start_reason, days.skipped) == (sunday, Start.AT_ONCE, ())
    assert (hours.start, hours.start_reason) == (at("2026-03-09T07:30"), Start.DAY_OFF)


def test_an_instant_counts_on_the_clock_of_the_centre():
    arrival = datetime(2026, 3, 6, 10, 30, tzinfo=UTC)
    answer = due(arrival, Limit(1, Unit.WORKING_DAY), CALENDAR)
    assert answer.at.isoformat() == "2026-03-10T17:00:00+07:00"
    assert answer.explanation.received == arrival


def test_an_instant_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        due(datetime(2026, 3, 6), Limit(1, Unit.DAY), CALENDAR)


def test_a_limit_without_unit_is_never_guessed():
    with pytest.raises(UnitUnknown):
        due(at("2026-03-06T09:00"), Limit(1, Unit.UNKNOWN), CALENDAR)


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit not in (Unit.UNKNOWN, Unit.SAME_DAY)])
@pytest.mark.parametrize("amount", [0, -1, 10_001, float("nan"), float("inf"), Decimal("0.3"), 1.25])
def test_amounts_that_a_unit_cannot_count_are_refused(unit, amount):
    if unit is Unit.HOUR and 0 < amount < 2:
        assert Limit(amount, unit).exact == Decimal(str(amount))
        return
    with pytest.raises(LimitWrong) as refusal:
        Limit(amount, unit)
    assert str(amount) in refusal.value.text % refusal.value.arguments


def test_half_a_calendar_day_or_month_and_two_same_days_are_refused():
    for amount, unit in ((0.5, Unit.DAY), (1.5, Unit.MONTH), (2, Unit.SAME_DAY)):
        with pytest.raises(LimitWrong):
            Limit(amount, unit)


@pytest.mark.parametrize(
    ("received", "amount", "unit"),
    [
        ("2027-12-30T09:00", 5, Unit.WORKING_DAY),
        ("2027-12-30T09:00", 5, Unit.DAY),
        ("2027-12-30T09:00", 1, Unit.MONTH),
        ("2027-12-31T16:00", 5, Unit.HOUR),
        ("2027-12-31T16:00", 1, Unit.SAME_DAY),
        ("2023-12-29T09:00", 5, Unit.WORKING_DAY),
        ("2026-01-05T09:00", 10_000, Unit.MONTH),
        ("2026-01-05T09:00", 10_000, Unit.HOUR),
    ],
)
def test_a_due_date_beyond_the_known_years_is_refused(received, amount, unit):
    with pytest.raises(YearUnknown):
        due_at(received, amount, unit)
