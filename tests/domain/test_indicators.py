"""The formula of Decision 766: examples typed by hand, and what must hold of any counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import indicators
from domain.errors import NotFound
from domain.indicators import BY_ID, INDICATORS, LACKS, REPAIRS, Count, Figure, Id, Lack, content

WITH_POINTS = replace(BY_ID[Id.DIGITISED], most=10.0)


def figure(id: Id, above: float, below: int) -> Figure:
    return Figure(BY_ID[id], Count(above, below))


@pytest.mark.parametrize(
    ("id", "above", "below", "rate", "points", "missing"),
    [
        (Id.ON_TIME, 97, 100, 97.0, 19.4, 3),
        (Id.ON_TIME, 100, 100, 100.0, 20.0, 0),
        (Id.ON_TIME, 0, 7, 0.0, 0.0, 7),
        (Id.CONTENT, 90, 100, 90.0, 6.0, 0),
        (Id.CONTENT, 45, 100, 45.0, 3.0, 45),
        (Id.CONTENT, 97.5, 100, 97.5, 6.0, 0),
        (Id.SYNCED, 9, 10, 90.0, None, 1),
        (Id.DIGITISED, 4, 5, 80.0, None, 0),
        (Id.DIGITISED, 3, 5, 60.0, None, 1),
        (Id.REUSED, 1, 7, 100 / 7, None, 5),
        (Id.DAYS, 21, 10, 2.1, None, 0),
    ],
)
def test_typed_by_hand(id, above, below, rate, points, missing):
    found = figure(id, above, below)
    assert found.rate == pytest.approx(rate)
    assert found.points == (None if points is None else pytest.approx(points))
    assert found.missing == missing


@pytest.mark.parametrize(("above", "points"), [(80, 10.0), (95, 10.0), (40, 5.0), (0, 0.0)])
def test_with_a_target_points_are_full_from_it_on_and_in_proportion_below(above, points):
    assert Figure(WITH_POINTS, Count(above, 100)).points == pytest.approx(points)


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
def test_of_nothing_there_is_no_rate_no_points_and_nothing_missing(indicator):
    found = Figure(indicator, Count(0, 0))
    assert (found.rate, found.points, found.missing, found.is_full) == (None, None, 0, True)


def test_satisfaction_loses_what_is_overdue_and_what_is_disliked():
    assert content(Count(5, 100), Count(2, 40)) == Count(90.0, 100)
    assert content(Count(0, 0), Count(2, 40)) == Count(95.0, 100)
    assert content(Count(80, 100), Count(30, 40)) == Count(0.0, 100), "never below nothing"
    assert content(Count(0, 0), Count(0, 0)) == Count(0, 0)


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.sampled_from([WITH_POINTS, BY_ID[Id.ON_TIME]]))
def test_points_never_pass_the_most_and_never_fall_with_one_dossier_more(above, below, indicator):
    above = min(above, below)
    found = Figure(indicator, Count(above, below))
    assert found.points is not None and 0 <= found.points <= indicator.most
    if above < below:
        more = Figure(indicator, Count(above + 1, below)).points
        assert more is not None and more >= found.points


@given(
    st.integers(0, 10_000), st.integers(1, 10_000), st.sampled_from([one for one in INDICATORS if not one.in_days])
)
def test_what_is_missing_is_just_enough(above, below, indicator):
    above = min(above, below)
    missing = Figure(indicator, Count(above, below)).missing
    assert Figure(indicator, Count(above + missing, below)).is_full
    if missing:
        assert not Figure(indicator, Count(above + missing - 1, below)).is_full


@pytest.mark.planted
def test_a_formula_that_rounds_the_missing_down_is_caught(monkeypatch):
    monkeypatch.setattr(indicators, "ceil", int)
    with pytest.raises(AssertionError):
        test_what_is_missing_is_just_enough()


@pytest.mark.planted
def test_a_formula_that_forgets_the_target_is_caught(monkeypatch):
    monkeypatch.setattr(Figure, "_wanted", 50.0)
    with pytest.raises(AssertionError):
        test_typed_by_hand(Id.CONTENT, 45, 100, 45.0, 3.0, 45)


def test_the_figures_stand_in_the_order_of_the_decision():
    counts = [(Id.CONTENT, Count(1, 1)), (Id.SYNCED, Count(1, 1))]
    assert [one.indicator.id for one in indicators.figures(counts)] == [Id.SYNCED, Id.CONTENT]


def test_only_what_lists_dossiers_is_found():
    assert indicators.indicator("2.1") is BY_ID[Id.ON_TIME]
    for number in ("2.2", "9.9", "", "<b>"):
        with pytest.raises(NotFound):
            indicators.indicator(number)


def test_every_lack_has_its_name_and_what_repairs_it():
    assert set(LACKS) == set(REPAIRS) == set(Lack)
