"""What is learned from completed visits, number by number (waiting.md 2)."""

import pytest

from domain.waiting.quantities import Pace, Quantities, ServiceTimes


def test_the_configured_mean_weighs_as_five_visits():
    service = ServiceTimes(10)
    assert service.mean == 10
    for _ in range(5):
        service.note(20)
    assert service.mean == 15


def test_a_service_forgets_slowly_after_800_visits():
    service = ServiceTimes(10)
    for minutes in [10.0] * 2000 + [20.0] * 2000:
        service.note(minutes)
    assert 18 < service.mean < 20


def test_the_last_250_durations_are_drawn_from_and_at_first_five_of_the_configured_mean():
    service = ServiceTimes(10)
    assert sum(service.past) / 5 == pytest.approx(10)
    for minutes in range(300):
        service.note(minutes)
    assert list(service.past) == list(range(50, 300))


def test_what_is_left_of_a_visit():
    service = ServiceTimes(10)
    for minutes in (12, 14, 16, 18, 20, 22):
        service.note(minutes)
    longer = [minutes for minutes in service.past if minutes > 10]
    assert service.left_after(10) == pytest.approx(sum(longer) / len(longer) - 10)
    assert service.left_after(100) == 30
    assert service.left_after(60) == 18


def test_pace_is_clipped_and_begins_at_one():
    pace = Pace()
    assert pace.value == 1
    for _ in range(25):
        pace.note(30, 10)
    assert pace.value == 1.8
    for _ in range(25):
        pace.note(12, 10)
    assert pace.value == pytest.approx((25 * 12 + 120) / (25 * 10 + 120))
    for _ in range(25):
        pace.note(1, 10)
    assert pace.value == 0.7


def test_a_morning_empties_the_pace_and_keeps_the_rest():
    known = Quantities({"a": 10})
    for _ in range(25):
        known.note_service("a", 3, 20)
    assert known.pace_today.value > 1
    mean = known.service("a").mean
    known.begin_day()
    assert known.pace_today.value == 1
    assert known.service("a").mean == mean


def test_a_slow_clerk():
    known = Quantities({"a": 10})
    assert known.clerk_factor(3) == 1
    known.note_service("a", 3, 20)
    assert known.clerk_factor(3) == pytest.approx((20 + 2) / (20 + 1))
    assert known.clerk_factor(4) == 1


def test_no_shows_and_the_time_they_cost():
    known = Quantities({})
    assert (known.no_shows.value, known.lost_minutes) == (4 / 50, pytest.approx(1.2))
    known.note_answer(came=False, lost_minutes=2.4)
    known.note_answer(came=True)
    assert known.no_shows.value == 5 / 52
    assert known.lost_minutes == pytest.approx(1.4)


def test_who_is_still_to_come():
    known = Quantities({})
    assert known.priority_rate("a") == 0.5 / 60
    known.note_window(60)
    known.note_priority_arrival("a")
    assert known.priority_rate("a") == 1.5 / 120
    assert known.show_ups.value == 0.85
    known.note_booked(came=True, early_minutes=8)
    assert known.show_ups.value == pytest.approx(18 / 21)
    assert list(known.earliness) == [0, 8]


def test_order_is_kept_until_somebody_does_not():
    known = Quantities({})
    assert known.disorder.value == 0
    known.note_order(kept=False)
    assert known.disorder.value == 1 / 51


def test_a_queue_that_nobody_configured_begins_at_ten_minutes():
    assert Quantities({}).service("new").mean == 10


def test_a_pause_is_remembered():
    known = Quantities({})
    known.note_pause(4)
    assert list(known.pauses) == [10, 4]
