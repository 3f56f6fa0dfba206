"""A land office as it is, its days and its calendar: what the tests of admission share."""

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from hypothesis import settings

from domain.admission import (
    Span,
    windows_on,
)
from domain.calendar import Calendar, DayKind
from domain.centre_rules import Window, WindowKind
from domain.centres import Centre, read_centre
from domain.days import LOCAL
from tests.support.sizes import size

DEMO = Path(__file__).parents[2] / "commands" / "demo" / "centre.toml"
CENTRE = read_centre(DEMO.read_text(encoding="utf-8"))
TICKETS, SERVICE = WindowKind.TICKETS, WindowKind.SERVICE
LAND, POLICE = "dat-dai", "cu-tru"
MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
FRIDAY, SATURDAY, SUNDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8)
NEXT_MONDAY, NEXT_SATURDAY = date(2026, 3, 9), date(2026, 3, 14)
CALENDAR = Calendar(
    "v1",
    ((time(7, 30), time(11, 30)), (time(13, 30), time(17))),
    {
        TUESDAY: (DayKind.OFF, "Bão"),
        WEDNESDAY: (DayKind.HALF, "Nghỉ chiều"),
        NEXT_SATURDAY: (DayKind.WORKING, "Làm bù"),
    },
    frozenset({2026}),
)
QUICK = settings(max_examples=size("admission", 100, 2000), deadline=None, database=None)
EVERY_HALF_HOUR = settings(max_examples=size("admission-weeks", 40, 1000), deadline=None, database=None)


def window(kind: WindowKind, *times: str, weekdays: str = "12345", queues: tuple[str, ...] = ()) -> Window:
    """A window of times such as '07:30-11:30'."""
    pairs = [text.split("-") for text in times]
    return Window(kind, tuple((a, b) for a, b in pairs), tuple(map(int, weekdays)), queues)


def centre_with(*windows: Window) -> Centre:
    return replace(CENTRE, windows=windows)


# A land office as it is: numbers from 06:15 to 11:15 and 13:15 to 15:30, served in office hours.
GIVEN = window(TICKETS, "06:15-11:15", "13:15-15:30")
SERVED = window(SERVICE, "07:30-11:30", "13:30-17:00")
OFFICE = centre_with(GIVEN, SERVED)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), LOCAL)


def shown(spans: tuple[Span, ...] | None) -> list[str] | None:
    if spans is None:
        return None
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans]


def on(day: date, *windows: Window, queue: str = LAND, calendar: Calendar | None = None) -> list[str] | None:
    return shown(windows_on(centre_with(*windows), TICKETS, queue, day, calendar))
