"""Who usually comes: the walk-ins of days like this one, by queue and half hour."""

from datetime import timedelta

from domain.days import local
from operations import ticketing
from store import expectations, figures, past_days
from tests.support.halls import MORNING

QUEUE = "ho-tich"


def live(hall, days: int, people: int = 3) -> None:
    """So many days, each with a few people from eight on, one of them with priority."""
    for day in range(days):
        hall.clock.moment = MORNING + timedelta(days=day if day == 0 else day + 1)  # the 24th is a holiday
        for n in range(people):
            hall.do(ticketing.take_ticket, QUEUE, "vi", "cao-tuoi" if n == 0 else None)
    hall.clock.moment += timedelta(days=1)


def usual(hall):
    return expectations.usual(hall.db, local(hall.clock()).date())


def test_the_mean_of_the_days_before_by_half_hour(hall):
    live(hall, 3)
    found = usual(hall)
    assert found.days == 3
    assert found.walk_ins == {QUEUE: {480.0: 3.0}}
    assert found.priority[QUEUE] == 1 / 3


def test_two_days_are_too_few(hall):
    live(hall, 2)
    assert usual(hall).days == 0 and usual(hall).walk_ins == {}


def test_today_is_counted_by_itself(hall):
    live(hall, 3)
    hall.clock.moment = MORNING + timedelta(days=7, minutes=45)
    hall.do(ticketing.take_ticket, QUEUE)
    assert expectations.given_today(hall.db, 4) == {QUEUE: {510.0: 1}}
    assert usual(hall).walk_ins == {QUEUE: {480.0: 3.0}}, "the day itself is no history"


def test_days_are_read_newest_first_and_one_by_one(hall):
    live(hall, 3)
    today = local(hall.clock()).date()
    labels = past_days.labels(hall.db, today, 2)
    assert [day.id for day in labels] == [3, 2]
    assert [len(day.visits) for day in past_days.of_days(hall.db, today, labels)] == [3, 3]
    assert figures.walk_ins(hall.db, []) == {}
