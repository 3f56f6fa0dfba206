from datetime import UTC, date, datetime, timedelta

import pytest

from domain.days import LOCAL, Day, is_far_jump, is_over, local

DAY = Day(1, date(2026, 11, 23))


def ha_noi(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def test_ha_noi_is_seven_hours_ahead_all_year():
    for month in (1, 7):
        assert local(datetime(2026, month, 1, 18, 30, tzinfo=UTC)).hour == 1
    assert str(local(datetime(2026, 1, 1, tzinfo=UTC)).tzinfo) == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-11-23T00:00", False), ("2026-11-23T23:59:59.999", False), ("2026-11-24T00:00", True),
        ("2026-11-22T12:00", False), ("2016-11-23T12:00", False), ("2036-11-23T12:00", True),
    ],
)  # fmt: skip
def test_a_day_is_over_when_its_date_has_passed_in_ha_noi(now, over):
    assert is_over(DAY, ha_noi(now)) is over
    assert is_over(DAY, ha_noi(now).astimezone(UTC)) is over


@pytest.mark.parametrize(
    ("days", "far"), [(-400, False), (0, False), (1, False), (15, False), (16, True), (3652, True)]
)
def test_more_than_fifteen_days_is_far(days, far):
    for clock_time in ("00:00", "23:59"):
        assert is_far_jump(DAY, ha_noi(f"2026-11-23T{clock_time}") + timedelta(days=days)) is far
