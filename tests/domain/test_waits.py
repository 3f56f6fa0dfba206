"""The range of minutes: never one figure, rounded outwards, honest where nobody can know."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.days import LOCAL
from domain.waits import Pace, Wait, wait_range

PACE = Pace(servers=2, idle=0, mean_minutes=10, visits=12)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL)
MORNING = (NINE - timedelta(hours=1.5), NINE + timedelta(hours=2.5))
AFTERNOON = (NINE + timedelta(hours=4.5), NINE + timedelta(hours=8))


def test_nobody_ahead_and_somebody_free_is_soon():
    assert wait_range(0, replace(PACE, idle=1)) == Wait(0, 5)


def test_the_more_ahead_the_longer():
    assert wait_range(3, PACE) == Wait(5, 30)
    assert wait_range(8, PACE) == Wait(25, 60)


@pytest.mark.parametrize("unknown", [{"servers": 0}, {"visits": 0}, {"visits": 2}])
def test_where_nobody_can_know_nothing_is_said(unknown):
    assert wait_range(3, replace(PACE, **unknown)) is None


def test_beyond_two_hours_no_end_is_promised():
    assert wait_range(20, PACE).high is None
    assert wait_range(200, PACE) == Wait(120, None)


def test_the_break_at_noon_is_waited_through():
    late = NINE + timedelta(hours=2)
    assert wait_range(8, PACE, late, (MORNING, AFTERNOON)) == Wait(25, None)
    assert wait_range(0, PACE, late, (MORNING, AFTERNOON)) == wait_range(0, PACE)


def test_a_wait_longer_than_the_day_is_not_promised():
    assert wait_range(90, PACE, NINE, (MORNING, AFTERNOON)) is None


PACES = st.builds(
    Pace, servers=st.floats(0.2, 12), idle=st.integers(0, 5), mean_minutes=st.floats(0.5, 60),
    visits=st.integers(3, 500),
)  # fmt: skip


@given(st.integers(0, 400), PACES)
def test_a_range_is_round_and_at_least_five_wide(ahead, pace):
    wait = wait_range(ahead, pace)
    assert wait.low % 5 == 0 and 0 <= wait.low <= 120
    assert wait.high is None or (wait.high % 5 == 0 and wait.low + 5 <= wait.high <= 120)


def covered(rule, seed: int = 7, halls: int = 400) -> float:
    """The share of simulated people whose true wait lies within the range that they were told."""
    chance, within = random.Random(seed), 0
    for _ in range(halls):
        servers, ahead, mean = chance.randint(1, 5), chance.randint(0, 12), chance.uniform(4, 14)
        free = [chance.gammavariate(1.5625, mean / 1.5625) * chance.random() for _ in range(servers)]
        for _ in range(ahead):
            free[free.index(min(free))] += chance.gammavariate(1.5625, mean / 1.5625)
        wait = rule(ahead, Pace(servers, 0, mean, 50))
        within += wait.low <= min(free) <= (wait.high or 10_000)
    return within / halls


def test_four_of_five_are_told_the_truth():
    assert covered(wait_range) >= 0.8


@pytest.mark.planted
def test_planted_a_range_around_half_the_people_is_found():
    assert covered(lambda ahead, pace: wait_range(ahead // 2, pace)) < 0.8
