"""The chance to be called before closing: its sense, its law, and a simulated hall."""

import heapq
from collections.abc import Callable
from math import log, sqrt
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.admission import (
    chance_before,
)
from tests.domain.land_office import (
    QUICK,
)
from tests.support.sizes import size

Chance = Callable[..., float]
BASE: dict[str, Any] = {"ahead": 5, "mean_minutes": 10, "servers": 2, "minutes_left": 30, "pace": 1.2}
FALLS, RISES = -1, 1
SENSE = {"ahead": FALLS, "mean_minutes": FALLS, "servers": RISES, "minutes_left": RISES, "pace": FALLS}
ROUNDING = 1e-9
cases = st.fixed_dictionaries(
    {
        "ahead": st.integers(0, 400),
        "mean_minutes": st.floats(0.5, 240),
        "servers": st.integers(0, 60),
        "minutes_left": st.floats(-10, 600),
        "pace": st.floats(0.7, 1.8),
        "variation": st.floats(0, 2),
    }
)


def check_monotone(rule: Chance, name: str, case: dict[str, Any], factor: float) -> None:
    """The argument times a factor (1 or more) moves the chance one way only, inside 0 to 1."""
    more = {**case, name: type(case[name])(case[name] * factor) if case[name] > 0 else case[name]}
    before, after = rule(**case), rule(**more)
    assert 0 <= before <= 1
    assert 0 <= after <= 1
    assert SENSE[name] * (after - before) >= -ROUNDING, f"{name}: {before} became {after}"


@pytest.mark.parametrize("name", SENSE)
@QUICK
@given(case=cases, factor=st.floats(1, 4))
def test_the_chance_moves_one_way_with_each_argument(name: str, case: dict[str, Any], factor: float) -> None:
    check_monotone(chance_before, name, case, factor)


@pytest.mark.parametrize("name", SENSE)
def test_each_argument_counts(name: str) -> None:
    doubled = chance_before(**{**BASE, name: BASE[name] * 2})
    assert SENSE[name] * (doubled - chance_before(**BASE)) > 0.1


@pytest.mark.planted
@pytest.mark.parametrize("name", SENSE)
def test_an_argument_read_the_wrong_way_round_is_found(name: str) -> None:
    def backwards(**case: Any) -> float:
        return chance_before(**{**case, name: BASE[name] ** 2 / case[name]})

    check_monotone(chance_before, name, BASE, 2)
    with pytest.raises(AssertionError, match=name):
        check_monotone(backwards, name, BASE, 2)


def check_variation(rule: Chance, case: dict[str, Any], factor: float) -> None:
    """A chance of more than one half is no smaller when service times vary less."""
    wilder = rule(**{**case, "variation": case["variation"] * factor})
    assert wilder < 0.5 or rule(**case) >= wilder - ROUNDING, "more variation helped"


@QUICK
@example(case={**BASE, "minutes_left": 60, "variation": 0.5}, factor=2)
@given(cases, st.floats(1, 4))
def test_a_good_chance_falls_when_service_times_vary_more(case: dict[str, Any], factor: float) -> None:
    check_variation(chance_before, case, factor)


@pytest.mark.planted
def test_variation_read_the_wrong_way_round_is_found() -> None:
    def backwards(**case: Any) -> float:
        return chance_before(**{**case, "variation": 1 - case["variation"] / 2})

    with pytest.raises(AssertionError, match="more variation helped"):
        check_variation(backwards, {**BASE, "minutes_left": 60, "variation": 0.5}, 2)


def test_without_counters_or_time_there_is_no_chance() -> None:
    assert chance_before(0, 10, 0, 600) == 0
    assert chance_before(0, 10, 3, 0) == 0
    assert chance_before(0, 10, 3, -1) == 0
    assert chance_before(0, 240, 1, 5e-324) == 0


def test_nobody_ahead_waits_only_for_the_service_under_way() -> None:
    assert 0.5 < chance_before(0, 10, 1, 8) < 0.7
    assert chance_before(1, 10, 1, 8) < 0.3


def test_the_law_is_the_exponential_where_the_variation_is_one() -> None:
    """Then every counter forgets, and with nobody ahead the wait is exponential: 1 - e^-1 at its mean."""
    assert chance_before(0, 10, 1, 10, variation=1) == pytest.approx(0.6321205588)
    assert chance_before(3, 10, 2, 30, variation=1) == pytest.approx(0.8487961172)  # Poisson(6) >= 4


def test_a_long_line_gives_a_plain_answer() -> None:
    assert chance_before(9999, 1, 1, 9_000, variation=0) < 1e-9
    assert chance_before(9999, 1, 1, 11_000, variation=0) == 1
    assert chance_before(0, 0.5, 60, 1e9) == 1


@pytest.mark.parametrize(("ahead", "mean", "pace"), [(-1, 10, 1), (0, 0, 1), (0, -3, 1), (0, 10, 0)])
def test_senseless_arguments_are_refused(ahead: int, mean: float, pace: float) -> None:
    with pytest.raises(ValueError, match="fewer than nobody"):
        chance_before(ahead, mean, 1, 10, pace)


HALLS = [(0, 1), (0, 4), (1, 1), (3, 3), (5, 2), (12, 3), (40, 8)]
SHARES_OF_MEAN_WAIT = (0.4, 0.8, 1.0, 1.3, 2.0)
SEED = 210


def simulated_waits(ahead: int, servers: int, variation: float, rounds: int) -> list[float]:
    """Waits in a hall with busy counters and lognormal services of mean 1; the rule supposes another law.

    Who comes at any moment finds long services more often: these are drawn by their length, cut anywhere.
    """
    random, spread, waits = Random(SEED), log(1 + variation**2), []
    for _ in range(rounds):
        free = [random.random() * random.lognormvariate(spread / 2, sqrt(spread)) for _ in range(servers)]
        heapq.heapify(free)
        for _ in range(ahead):
            heapq.heapreplace(free, free[0] + random.lognormvariate(-spread / 2, sqrt(spread)))
        waits.append(free[0])
    return waits


def check_simulated(rule: Chance, ahead: int, servers: int, variation: float = 0.8) -> None:
    """The rule is within 0.07 of the simulated hall, for a service of 12 minutes at a pace of 1.25."""
    waits = simulated_waits(ahead, servers, variation, size("admission-waits", 1500, 20_000))
    for share in SHARES_OF_MEAN_WAIT:
        time_left = share * (ahead + 1) / servers
        called = sum(wait <= time_left for wait in waits) / len(waits)
        assert rule(ahead, 12, servers, time_left * 15, 1.25, variation) == pytest.approx(called, abs=0.07)


@pytest.mark.parametrize(("ahead", "servers"), HALLS)
def test_the_chance_is_that_of_a_simulated_hall(ahead: int, servers: int) -> None:
    check_simulated(chance_before, ahead, servers)


@pytest.mark.parametrize("variation", [0.6, 0.9])
@pytest.mark.parametrize(("ahead", "servers"), [hall for hall in HALLS if hall[0] >= hall[1]])
def test_services_that_vary_less_or_more_fit_too(ahead: int, servers: int, variation: float) -> None:
    check_simulated(chance_before, ahead, servers, variation)


def by_means(ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float) -> float:
    return float(ahead * mean * pace / servers < minutes)


def forgets_who_is_served(
    ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float
) -> float:
    return chance_before(max(ahead - 1, 0), mean, servers, minutes, pace, variation)


def forgets_the_pace(ahead: int, mean: float, servers: int, minutes: float, pace: float, variation: float) -> float:
    return chance_before(ahead, mean, servers, minutes, 1, variation)


@pytest.mark.planted
@pytest.mark.parametrize("rule", [by_means, forgets_who_is_served, forgets_the_pace])
def test_a_rule_that_a_simulated_hall_refutes_is_found(rule: Chance) -> None:
    with pytest.raises(AssertionError):
        check_simulated(rule, 5, 2)
