"""When a hall is shut and opens again: lunch, evening, weekend, windows of its queues, nobody who can say it."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.centre_rules import Window, WindowKind
from domain.days import LOCAL
from domain.halls_shut import Shut, shut
from tests.support.halls import demo_calendar, demo_centre

QUEUES = ("ho-tich", "cu-tru")


def at(text):
    """An instant of the week that begins on Monday, 23 November 2026; its Tuesday is a holiday."""
    return datetime.strptime(text, "%d/%m %H:%M").replace(year=2026, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("23/11 07:29", "23/11 07:30"), ("23/11 07:30", None), ("23/11 11:29", None),
        ("23/11 11:30", "23/11 13:30"),
        ("23/11 16:59", None), ("23/11 17:00", "25/11 07:30"), ("24/11 00:00", "25/11 07:30"),
        ("27/11 20:00", "30/11 07:30"),
    ],
)  # fmt: skip
def test_by_working_hours(now, opens):
    found = shut(demo_centre(), QUEUES, at(now), demo_calendar())
    assert found == (Shut(at(opens)) if opens else None)


def test_by_the_windows_for_numbers_of_any_queue():
    windows = (
        Window(WindowKind.TICKETS, (("08:00", "10:00"),), queues=("ho-tich",)),
        Window(WindowKind.TICKETS, (("09:00", "11:00"),), queues=("cu-tru",)),
    )
    centre = replace(demo_centre(), windows=windows)
    opens = {
        now: shut(centre, QUEUES, at(now), demo_calendar()) for now in ("23/11 07:40", "23/11 10:30", "23/11 11:00")
    }
    assert list(opens.values()) == [Shut(at("23/11 08:00")), None, Shut(at("25/11 08:00"))]


def test_nobody_can_say_it_without_a_calendar():
    assert shut(demo_centre(), QUEUES, at("23/11 23:00"), None) is None
    never = Window(WindowKind.TICKETS, (("08:00", "10:00"),), weekdays=(7,), queues=())
    found = shut(replace(demo_centre(), windows=(never,)), QUEUES, at("23/11 23:00"), demo_calendar())
    assert found is not None and found.opens == at("29/11 08:00")
