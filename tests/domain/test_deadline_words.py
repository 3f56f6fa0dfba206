"""What is said of a due date: its explanation, restarts, pauses, early and late."""

from datetime import UTC

import pytest

from domain.deadline_words import explain
from domain.deadlines import (
    Limit,
    PauseWrong,
    Start,
    Unit,
    Verdict,
    due,
    is_due_soon,
    is_overdue,
    pause,
    restart,
    verdict,
)
from tests.domain.known_years import (
    CALENDAR,
    at,
    text_of,
)


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


def test_a_pause_of_an_hour_says_that_the_end_stays():
    old = due(at("2026-03-02T09:00"), Limit(5, Unit.WORKING_DAY), CALENDAR)
    answer = pause(old, at("2026-03-03T09:00"), at("2026-03-03T10:00"), CALENDAR)
    assert answer.at == old.at
    assert explain(answer, str).splitlines()[-1].endswith("hạn 17:00 thứ Hai 9/3/2026 không đổi.")


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
