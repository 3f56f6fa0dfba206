"""Whether one more person is called before closing (waiting.md 8)."""

import pytest

from domain.waiting.closings import admits, chance_before, chance_before_closing
from domain.waiting.snapshots import Desk, Group, Standing
from tests.domain.waiting.halls import NOW, hall, idle, place, steady

BUSY = Desk(1, ("a",), Standing.SERVING, "a", NOW - 1)


def chance(people, closing, desk=BUSY):
    snapshot = hall([desk], {"a": [place(n, 500 + n) for n in range(people)]}, closings={"a": closing})
    return chance_before_closing(snapshot, steady(), "a", place(99, NOW), seed=1)


def test_earlier_than_210_minutes_nobody_asks():
    assert chance(5, NOW + 211) is None
    assert chance(5, NOW + 210) is not None


def test_a_queue_without_a_closing_time_is_not_asked():
    snapshot = hall([BUSY], {})
    assert chance_before_closing(snapshot, steady(), "a", place(99, NOW), seed=1) is None


def test_more_people_make_it_less_likely():
    chances = [chance(people, NOW + 100) for people in (0, 5, 8, 10, 14, 30)]
    assert chances == sorted(chances, reverse=True)
    assert (chances[0], chances[-1]) == (1, 0)


def test_a_free_counter_calls_at_once():
    assert chance(0, NOW + 1, idle(1, "a")) == 1


@pytest.mark.parametrize(
    ("desk", "is_asked"),
    [
        (Desk(1, ("a",), Standing.CLOSED), False),
        (Desk(1, ("b",), Standing.IDLE), False),
        (Desk(1, ("a",), Standing.CLOSED, until=NOW + 10), True),
        (Desk(1, ("a",), Standing.PAUSED), True),
    ],
    ids=["late", "another queue's", "planned", "paused"],
)
def test_where_nobody_knows_when_a_counter_will_serve_it_is_not_asked(desk, is_asked):
    assert (chance(3, NOW + 200, desk) is not None) is is_asked


def test_the_same_question_about_lunch():
    snapshot = hall([BUSY], {"a": [place(1, 590)]})
    assert chance_before(snapshot, steady(), "a", place(9, NOW), NOW + 200, seed=1) == 1
    assert chance_before(snapshot, steady(), "a", place(9, NOW), NOW + 5, seed=1) == 0


@pytest.mark.parametrize(
    ("value", "was_refused", "admitted"),
    [(None, False, True), (0.9, False, True), (0.88, False, False), (0.94, True, False), (0.95, True, True)],
)
def test_after_a_refusal_the_queue_opens_again_later(value, was_refused, admitted):
    assert admits(value, Group.ORDINARY, was_refused=was_refused) is admitted


def test_appointments_are_always_accepted():
    assert admits(0.0, Group.BOOKED)
