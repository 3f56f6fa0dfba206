from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import deadlines
from domain.calendar import Calendar, DayKind, YearUnknown
from domain.days import LOCAL
from domain.deadlines import (
    Limit,
    LimitWrong,
    PauseWrong,
    Start,
    Unit,
    UnitUnknown,
    Verdict,
    due,
    explain,
    is_due_soon,
    is_overdue,
    pause,
    restart,
    verdict,
)
from tests.support.sizes import size

HALF_DAYS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
OFF_DAYS = {
    date(2026, 1, 1): "Tết Dương lịch",
    date(2026, 1, 2): "Nghỉ hoán đổi",
    **{date(2026, 2, n): "Tết Nguyên Đán" for n in range(16, 21)},
    date(2026, 4, 26): "Giỗ Tổ",
    date(2026, 4, 27): "Giỗ Tổ (nghỉ bù)",
    date(2026, 4, 30): "Ngày Chiến thắng",
    date(2026, 5, 1): "Ngày Quốc tế Lao động",
    date(2026, 8, 31): "Nghỉ hoán đổi",
    date(2026, 9, 1): "Quốc khánh",
    date(2026, 9, 2): "Quốc khánh",
    date(2026, 11, 24): "Ngày Văn hóa Việt Nam",
    date(2027, 1, 1): "Tết Dương lịch",
}
MAKE_UP_DAYS = {date(2026, 1, 10): "Làm bù", date(2026, 8, 22): "Làm bù"}
HALVES = {date(2026, 6, 17): "Nghỉ chiều", date(2026, 7, 4): "Làm bù buổi sáng"}
CALENDAR = Calendar(
    "v1",
    HALF_DAYS,
    {day: (DayKind.OFF, reason) for day, reason in OFF_DAYS.items()}
    | {day: (DayKind.WORKING, reason) for day, reason in MAKE_UP_DAYS.items()}
    | {day: (DayKind.HALF, reason) for day, reason in HALVES.items()},
    frozenset({2024, 2025, 2026, 2027}),
)
QUICK = settings(max_examples=120, deadline=None, database=None)
EVERY_MINUTE = settings(max_examples=size("deadline-minutes", 40, 1000), deadline=None, database=None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def due_at(received: str, amount: float, unit: Unit, **options) -> str:
    return due(at(received), Limit(amount, unit), CALENDAR, **options).at.strftime("%Y-%m-%dT%H:%M")


def text_of(received: str, amount: float, unit: Unit) -> str:
    return explain(due(at(received), Limit(amount, unit), CALENDAR), str)


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


def test_the_explanation_names_start_and_skipped_days():
    assert text_of("2026-04-24T09:00", 3, Unit.WORKING_DAY).splitlines() == [
        "Hạn trả kết quả: 17:00 thứ Hai 4/5/2026.",
        "Nhận hồ sơ lúc 09:00 thứ Sáu 24/4/2026.",
        "Tính từ thứ Sáu 24/4/2026 (ngày 0), đủ 3 ngày làm việc.",
        (
            "Bỏ qua 25/4, 2/5, 3/5 (cuối tuần); 26/4 (Giỗ Tổ); 27/4 (Giỗ Tổ (nghỉ bù)); "
            "30/4 (Ngày Chiến thắng); 1/5 (Ngày Quốc tế Lao động)."
        ),
        "Theo lịch làm việc v1.",
    ]


def test_the_explanation_of_calendar_days_names_the_moved_end_only():
    text = text_of("2026-03-27T09:00", 30, Unit.DAY)
    assert "đủ 30 ngày, kể cả ngày nghỉ" in text
    assert "Bỏ qua 26/4 (Giỗ Tổ); 27/4 (Giỗ Tổ (nghỉ bù))." in text
    assert "Ngày cuối Chủ nhật 26/4/2026 là ngày nghỉ nên chuyển sang thứ Ba 28/4/2026." in text


def test_the_explanation_names_make_up_and_half_days():
    assert "Có làm việc 22/8 (Làm bù)." in text_of("2026-08-21T09:00", 1, Unit.WORKING_DAY)
    assert "Có làm việc 17/6 (nửa ngày: Nghỉ chiều)." in text_of("2026-06-17T11:00", 1, Unit.HOUR)


@pytest.mark.parametrize(
    ("received", "unit", "why", "sentence"),
    [
        ("2026-03-06T07:00", Unit.HOUR, Start.BEFORE_OPENING, "Đến trước giờ mở cửa nên tính từ giờ mở cửa."),
        ("2026-03-06T12:00", Unit.HOUR, Start.IN_BREAK, "Tính từ 13:30 thứ Sáu 6/3/2026, đủ 1 giờ"),
        ("2026-03-06T17:01", Unit.DAY, Start.AFTER_CLOSING, "Đến sau giờ làm việc nên chuyển sang thứ Hai 9/3"),
        ("2026-03-07T09:00", Unit.MONTH, Start.DAY_OFF, "Đến vào ngày nghỉ nên chuyển sang thứ Hai 9/3/2026."),
        ("2026-03-06T15:01", Unit.SAME_DAY, Start.AFTER_CUT_OFF, "Đến sau 15:00 nên chuyển sang thứ Hai 9/3"),
        ("2026-03-06T15:00", Unit.SAME_DAY, Start.AT_ONCE, "Trả kết quả trong ngày thứ Sáu 6/3/2026."),
    ],
)
def test_the_explanation_says_why_counting_starts_where_it_does(received, unit, why, sentence):
    answer = due(at(received), Limit(1, unit), CALENDAR)
    assert answer.explanation.start_reason is why
    assert sentence in explain(answer, str)


def test_every_sentence_of_the_explanation_goes_through_the_translator():
    seen = []

    def translate(text: str) -> str:
        seen.append(text)
        return f"<{text}>"

    answer = due(at("2026-08-15T09:00"), Limit(1, Unit.MONTH), CALENDAR)
    text = explain(pause(answer, at("2026-08-17T09:00"), at("2026-08-21T09:00"), CALENDAR), translate)
    assert all(line.startswith("<") or line.endswith(">") for line in text.splitlines())
    assert any("Tạm dừng" in msgid for msgid in seen)


def test_a_restart_counts_anew_from_the_return():
    limit = Limit(3, Unit.WORKING_DAY)
    answer = restart(at("2026-02-13T09:00"), limit, CALENDAR)
    assert answer.at == due(at("2026-02-13T09:00"), limit, CALENDAR).at
    assert "Hồ sơ bổ sung nộp lại đủ lúc 09:00 thứ Sáu 13/2/2026" in explain(answer, str)


@pytest.mark.parametrize(
    ("amount", "unit", "requested", "returned", "before", "after"),
    [
        (5, Unit.WORKING_DAY, "2026-03-03T09:00", "2026-03-05T16:00", "2026-03-09T17:00", "2026-03-11T17:00"),
        (5, Unit.WORKING_DAY, "2026-03-03T09:00", "2026-03-08T16:00", "2026-03-09T17:00", "2026-03-16T17:00"),
        (5, Unit.WORKING_DAY, "2026-03-03T08:00", "2026-03-03T16:59", "2026-03-09T17:00", "2026-03-09T17:00"),
        (5, Unit.DAY, "2026-03-03T16:00", "2026-03-04T08:00", "2026-03-09T17:00", "2026-03-10T17:00"),
        (1, Unit.MONTH, "2026-03-03T09:00", "2026-03-28T09:00", "2026-04-02T17:00", "2026-04-28T17:00"),
        (1.5, Unit.WORKING_DAY, "2026-03-03T09:00", "2026-03-04T09:00", "2026-03-04T11:30", "2026-03-05T11:30"),
        (8, Unit.HOUR, "2026-03-02T10:00", "2026-03-02T13:30", "2026-03-03T09:30", "2026-03-03T11:00"),
        (8, Unit.HOUR, "2026-03-02T10:00", "2026-03-07T10:00", "2026-03-03T09:30", "2026-03-09T16:30"),
    ],
)
def test_a_pause_moves_the_due_date_by_the_wait(amount, unit, requested, returned, before, after):
    received = "2026-03-02T09:00"
    old = due(at(received), Limit(amount, unit), CALENDAR)
    answer = pause(old, at(requested), at(returned), CALENDAR)
    assert (old.at, answer.at) == (at(before), at(after))
    assert [(wait.before, wait.after) for wait in answer.explanation.pauses] == [(at(before), at(after))]


def test_the_explanation_tells_each_pause_and_the_moved_end():
    old = due(at("2026-03-02T09:00"), Limit(5, Unit.WORKING_DAY), CALENDAR)
    answer = pause(old, at("2026-03-03T09:00"), at("2026-03-08T16:00"), CALENDAR)
    lines = explain(answer, str).splitlines()
    assert lines[0] == "Hạn trả kết quả: 17:00 thứ Hai 16/3/2026."
    assert lines[-2:] == [
        (
            "Tạm dừng chờ bổ sung từ 09:00 thứ Ba 3/3/2026 đến 16:00 Chủ nhật 8/3/2026: "
            "hạn 17:00 thứ Hai 9/3/2026 dời thành 17:00 thứ Hai 16/3/2026."
        ),
        "Ngày cuối thứ Bảy 14/3/2026 là ngày nghỉ nên chuyển sang thứ Hai 16/3/2026.",
    ]


def test_a_second_pause_stands_after_the_first():
    old = due(at("2026-03-02T09:00"), Limit(5, Unit.WORKING_DAY), CALENDAR)
    once = pause(old, at("2026-03-03T09:00"), at("2026-03-04T09:00"), CALENDAR)
    twice = pause(once, at("2026-03-05T09:00"), at("2026-03-06T09:00"), CALENDAR)
    assert [wait.before for wait in twice.explanation.pauses] == [old.at, once.at]
    assert explain(twice, str).count("Tạm dừng chờ bổ sung") == 2


def test_a_return_before_the_request_is_refused():
    old = due(at("2026-03-02T09:00"), Limit(5, Unit.DAY), CALENDAR)
    with pytest.raises(PauseWrong):
        pause(old, at("2026-03-03T09:00"), at("2026-03-03T08:59"), CALENDAR)


@pytest.mark.parametrize(
    ("finished", "expected"),
    [
        ("2026-03-08T23:59", Verdict.EARLY),
        ("2026-03-09T00:00", Verdict.ON_TIME),
        ("2026-03-09T23:59", Verdict.ON_TIME),
        ("2026-03-10T00:00", Verdict.LATE),
    ],
)
def test_early_on_time_and_late_are_judged_by_local_dates(finished, expected):
    due_date = at("2026-03-09T17:00")
    assert verdict(at(finished), due_date) is expected
    assert verdict(at(finished).astimezone(UTC), due_date.astimezone(UTC)) is expected
    assert is_overdue(at(finished), due_date) is (expected is Verdict.LATE)


@pytest.mark.parametrize(
    ("now", "soon"),
    [
        ("2026-02-12T17:00", False),
        ("2026-02-13T07:30", True),
        ("2026-02-17T12:00", True),
        ("2026-02-23T23:59", True),
        ("2026-02-24T00:00", False),
    ],
)
def test_due_soon_begins_on_the_last_working_day_before(now, soon):
    assert is_due_soon(at(now), at("2026-02-23T17:00"), CALENDAR) is soon


def test_due_soon_needs_no_year_after_the_due_date():
    assert is_due_soon(at("2027-12-31T09:00"), at("2027-12-31T17:00"), CALENDAR)


# Properties, against a count that shares no code with the engine.

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
