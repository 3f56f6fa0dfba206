"""The interval: first days, containment, and that it covers four in five although the world changes."""

from copy import deepcopy
from math import exp
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.waiting import intervals
from domain.waiting.intervals import Calibrator, Levels, Residuals, Spread, first_interval, quantile
from tests.support.sizes import size


def test_the_first_days_are_wide():
    assert Calibrator().interval(10) == first_interval(10) == (4, 23)


@pytest.mark.parametrize(("level", "value"), [(0, 1), (0.5, 2.5), (1, 4), (0.1, 1), (0.3, 1.5)])
def test_quantiles_are_interpolated(level, value):
    assert quantile([1, 2, 3, 4], level) == pytest.approx(value)


def test_the_oldest_residual_gives_way():
    residuals = Residuals(3)
    for value in (5, 1, 3, 2):
        residuals.note(value)
    assert (list(residuals.newest), residuals.ordered) == ([1, 3, 2], [1, 2, 3])


def test_levels_move_only_so_far():
    levels = Levels()
    for _ in range(3000):
        levels.adapt(5, 10, 20)
    assert (levels.low, levels.high) == (-1, -1)


def test_later_days_do_not_pay_for_the_first_ones_for_ever():
    levels = Levels(intervals.CENTRE_STEP, intervals.CENTRE_KEEPS)
    levels.low = levels.high = 0.2
    for number in range(350):
        levels.adapt({0: 5, 1: 25}.get(number % 10, 15), 10, 20)
    assert 0.08 < levels.low < 0.12 and 0.08 < levels.high < 0.12


def test_levels_of_their_own_are_believed_by_their_labels():
    levels = Levels()
    assert levels.belief == 0
    for _ in range(300):
        levels.adapt(15, 10, 20)
    assert levels.belief == 0.5


def test_a_few_misses_of_a_queue_hardly_widen_it():
    calibrator = Calibrator()
    for number in range(200):
        calibrator.learn(20, 22 * exp((number * 8 % 21 - 10) / 10) - 2, calibrator.interval(20))
    wide = {belief: width_after_misses(calibrator, belief) for belief in (30_000, 300, 0)}
    assert wide[30_000] <= wide[300] < wide[0] - 2


def width_after_misses(calibrator, belief):
    """Of the interval of a queue whose first forty waits were all too long for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "HALF_BELIEVED", belief)
        missed = deepcopy(calibrator)
        missed._own["a"] = Levels()
        for _ in range(40):
            missed._own["a"].adapt(90, 10, 40)
        low, high = missed.interval(20, ["a"])
        return high - low


def test_a_spread_begins_at_one_and_stays_between_a_half_and_two():
    spread = Spread()
    assert spread.value == 1
    for _ in range(20):
        spread.note(1.6)
    assert spread.value == pytest.approx(1.3)
    for _ in range(5000):
        spread.note(0)
    assert spread.value == 0.5
    for _ in range(5000):
        spread.note(50)
    assert spread.value == 2


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), max_size=120), st.floats(0, 300))
def test_the_interval_contains_the_point(labels, point):
    calibrator = Calibrator()
    for shown, wait in labels:
        calibrator.learn(shown, wait, calibrator.interval(shown))
    low, high = calibrator.interval(point)
    assert 0 <= low <= point <= high


def cover(kinds_of=lambda number: ()):
    """The share covered while the points become worse and biased, in all and for each of two classes."""
    chance, calibrator = Random(4), Calibrator()
    hits = {0: [], 1: []}
    labels = size("interval_labels", 6000, 60_000)
    for number in range(labels):
        point, kind = chance.uniform(1, 60), number % 2
        spread = 0.3 if number < labels / 2 else 0.6
        wait = max(0.0, (point + 2) * exp(chance.gauss(0.2 * kind, spread * (1 + kind))) - 2)
        shown = calibrator.interval(point, kinds_of(kind))
        hits[kind].append(shown[0] <= wait <= shown[1])
        calibrator.learn(point, wait, shown, kinds_of(kind))
    share = {kind: sum(found) / len(found) for kind, found in hits.items()}
    return sum(share.values()) / 2, share


def test_four_in_five_are_covered_when_the_day_changes():
    share, _ = cover()
    assert 0.78 <= share <= 0.82


def covers_each_class(kinds_of):
    _, share = cover(kinds_of)
    assert all(0.75 <= found <= 0.85 for found in share.values())


def test_a_class_is_covered_by_itself():
    covers_each_class(lambda kind: (("queue", "a"), ("group", kind)))


@pytest.mark.planted
def test_levels_shared_by_all_classes_are_caught():
    with pytest.raises(AssertionError):
        covers_each_class(lambda kind: ())


@pytest.mark.planted
def test_levels_that_do_not_adapt_are_caught(monkeypatch):
    monkeypatch.setattr(intervals, "CENTRE_STEP", 0.0)
    monkeypatch.setattr(intervals, "BUCKET_SIZE", 10**6)
    with pytest.raises(AssertionError):
        test_four_in_five_are_covered_when_the_day_changes()


def cover_of_spells():
    """The share covered where forty labels in a row lie off together: slow hours and quick ones."""
    chance, calibrator, hits, shift = Random(5), Calibrator(), 0, 0.0
    labels = size("spell_labels", 3000, 30_000)
    for number in range(labels):
        if number % 40 == 0:
            shift = chance.gauss(0, 0.3)
        wait = 32 * exp(shift + chance.gauss(0, 0.2)) - 2
        shown = calibrator.interval(30)
        hits += shown[0] <= wait <= shown[1]
        calibrator.learn(30, wait, shown)
    return hits / labels


def test_hours_that_are_missed_as_a_whole_are_made_up_for():
    assert 0.785 <= cover_of_spells() <= 0.815


@pytest.mark.planted
def test_levels_that_forget_what_they_owe_are_caught(monkeypatch):
    monkeypatch.setattr(intervals, "CENTRE_STEP", 0.02)
    monkeypatch.setattr(intervals, "MOST_MOVED", 0.095)
    with pytest.raises(AssertionError):
        test_hours_that_are_missed_as_a_whole_are_made_up_for()


def test_a_class_of_few_labels_has_its_own_width_early():
    calibrator, chance = Calibrator(), Random(6)
    for number in range(400):
        kinds = (("group", number % 4 == 0),)
        wait = 22 * exp(chance.gauss(0, 0.6 if number % 4 == 0 else 0.2)) - 2
        calibrator.learn(20, wait, calibrator.interval(20, kinds), kinds)
    (calm_low, calm_high), (wide_low, wide_high) = (calibrator.interval(20, (("group", wide),)) for wide in (0, 1))
    assert wide_high - wide_low > 2 * (calm_high - calm_low)
