"""The blend: what it begins with, that it learns, and that it begins anew when it has lost its way."""

from math import exp, inf, log, nan
from random import Random

import pytest

from domain.waiting import regressions
from domain.waiting.predictors import Predictors
from domain.waiting.regressions import Blend, Regression, features, log_wait, minutes_of


def test_a_new_blend_says_what_ql_skill_says():
    values = Predictors(ql=50, ql_skill=20, les=3, hol=4, ma10=5, twin=90, waiting=7, counters=2)
    assert Blend().point(values, "a") == pytest.approx(20)


def test_without_a_call_today_ql_skill_stands_in():
    row = features(Predictors(ql=50, ql_skill=20), with_twin=False)
    assert row[:4] == [log(22), log(22), log(22), log(2)]


def test_a_point_is_neither_negative_nor_beyond_all_bounds():
    assert minutes_of(-5) == 0
    assert minutes_of(60) == minutes_of(6) < 402


def learned(blend, chance, labels=600):
    """A centre whose waits are twice what the twin says; the other rules say nothing of them."""
    for _ in range(labels):
        twin = chance.uniform(1, 60)
        values = Predictors(ql=chance.uniform(1, 60), ql_skill=chance.uniform(1, 60), twin=twin)
        blend.learn(values, "a", 2 * twin)
    return blend


def test_the_blend_finds_the_rule_that_is_right():
    blend = learned(Blend(), Random(1))
    assert blend.point(Predictors(ql=9, ql_skill=50, twin=20), "a") == pytest.approx(40, rel=0.1)


@pytest.mark.planted
def test_a_blend_that_forgets_at_once_is_caught(monkeypatch):
    monkeypatch.setattr(regressions, "LARGEST_RESIDUAL", 0.0)
    with pytest.raises(AssertionError):
        test_the_blend_finds_the_rule_that_is_right()


def test_both_regressions_learn_from_a_label_with_a_twin_and_one_from_a_label_without():
    blend = Blend()
    blend.learn(Predictors(ql=9, ql_skill=9, twin=9), "a", 30)
    with_twin, without = blend.with_twin.weights, blend.without_twin.weights
    assert with_twin[0] != 1 != without[0]
    blend.learn(Predictors(ql=9, ql_skill=9), "a", 30)
    assert blend.with_twin.weights == with_twin
    assert blend.without_twin.weights != without


def test_one_absurd_label_is_clipped():
    absurd, bad = Regression(2), Regression(2)
    absurd.learn([1.0, 1.0], 1e9)
    bad.learn([1.0, 1.0], 1.0 + 3.0)
    assert absurd.weights == bad.weights


def taught_with_strays():
    """Waits are what the twin says, but one person in twenty is called at once, out of order."""
    blend, chance = Blend(), Random(3)
    for number in range(1500):
        twin = chance.uniform(20, 60)
        wait = 0.0 if number % 20 == 0 else twin * exp(chance.gauss(0, 0.1))
        blend.learn(Predictors(ql=twin, ql_skill=twin, twin=twin), "a", wait)
    return blend.point(Predictors(ql=40, ql_skill=40, twin=40), "a")


def test_people_called_out_of_order_say_little_of_all_others():
    assert taught_with_strays() == pytest.approx(40, rel=0.07)


@pytest.mark.planted
def test_a_blend_that_believes_every_stray_is_caught(monkeypatch):
    monkeypatch.setattr(regressions, "CLIPPED_AT", 50.0)
    monkeypatch.setattr(regressions, "LARGEST_RESIDUAL", 50.0)
    with pytest.raises(AssertionError):
        test_people_called_out_of_order_say_little_of_all_others()


def test_what_the_pace_of_a_few_visits_exaggerates_is_taken_back():
    blend, chance = Blend(), Random(2)
    for _ in range(600):
        usual, pace = chance.uniform(5, 60), chance.uniform(0.8, 1.25)
        blend.learn(Predictors(ql=9, ql_skill=20, twin=usual * pace, pace=pace), "a", usual)
    slow = Predictors(ql=9, ql_skill=20, twin=30 * 1.2, pace=1.2)
    assert blend.point(slow, "a") == pytest.approx(30, rel=0.05)


def two_lines():
    """The points of two lines of which one lasts twice as long as anybody can see, and of a third one."""
    blend, chance = Blend(), Random(4)
    for number in range(300):
        seen = chance.uniform(10, 60)
        queue, wait = ("slow", 2 * seen) if number % 2 else ("plain", seen)
        blend.learn(Predictors(ql=seen, ql_skill=seen), queue, wait * exp(chance.gauss(0, 0.1)))
    return [blend.point(Predictors(ql=30, ql_skill=30), queue) for queue in ("plain", "slow", "new")]


def test_a_queue_that_always_lasts_longer_is_known_by_itself():
    plain, slow, new = two_lines()
    assert plain == pytest.approx(30, rel=0.1)
    assert slow == pytest.approx(60, rel=0.1)
    assert plain < new < slow


@pytest.mark.planted
def test_a_blend_that_takes_all_queues_for_one_is_caught(monkeypatch):
    monkeypatch.setattr(regressions.Offset, "note", lambda offset, above: None)
    with pytest.raises(AssertionError):
        test_a_queue_that_always_lasts_longer_is_known_by_itself()


@pytest.mark.parametrize("row", [[inf, 1.0], [nan, 1.0]])
def test_a_regression_that_is_not_finite_begins_anew(row):
    regression = Regression(2)
    regression.learn(row, 1.0)
    assert (regression.weights, regression.resets) == ([1.0, 0.0], 1)


def test_the_scale_goes_both_ways():
    assert minutes_of(log_wait(17)) == pytest.approx(17)
