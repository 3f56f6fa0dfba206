"""The working calendar of 2024 to 2027 by which the tests of deadlines count."""

from datetime import date, datetime, time

from hypothesis import settings

from domain.calendar import Calendar, DayKind
from domain.days import LOCAL
from domain.deadline_words import explain
from domain.deadlines import (
    Limit,
    Unit,
    due,
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
