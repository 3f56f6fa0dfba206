"""The estimate and its fall-backs (waiting.md 6)."""

import pytest

from domain.waiting.estimates import FIRST_LABELS, Estimator, Method, Silence
from domain.waiting.predictors import Predictors
from domain.waiting.snapshots import Desk, Standing
from tests.domain.waiting.halls import NOW, hall, idle, place

BUSY = Desk(1, ("a",), Standing.SERVING, "a", NOW - 1)


def taught(labels=FIRST_LABELS):
    """A centre whose waits are half of what QL-skill says."""
    estimator = Estimator({"a": 10.0})
    for number in range(labels):
        minutes = 10 + number % 40
        estimate = estimator.by_predictors("a", Predictors(ql=minutes, ql_skill=minutes))
        estimator.learn(estimate, minutes / 2)
    return estimator


def asked(estimator, snapshot, rollouts=5):
    return estimator.newcomer(snapshot, "a", place(99, NOW), seed=1, rollouts=rollouts)


def test_a_free_counter_means_no_wait_and_nothing_to_learn():
    estimate = asked(taught(), hall([idle(1, "a")]))
    assert (estimate.method, estimate.point, estimate.teaches) == (Method.AT_ONCE, 0, False)


def test_the_first_days_show_ql_skill_with_wide_bounds():
    estimate = asked(Estimator({"a": 10.0}), hall([BUSY], {"a": [place(1, 590)]}))
    assert (estimate.method, estimate.point) == (Method.FIRST_DAYS, 15)
    assert (estimate.low, estimate.high) == (6, 33)


def test_after_a_hundred_labels_the_blend_speaks():
    snapshot = hall([BUSY], {"a": [place(n, 590 + n) for n in range(2)]})
    assert asked(taught(FIRST_LABELS - 1), snapshot).method is Method.FIRST_DAYS
    estimate = asked(taught(), snapshot)
    assert estimate.method is Method.BLEND_WITH_TWIN
    assert estimate.low <= estimate.point <= estimate.high


def test_without_roster_or_time_the_blend_goes_without_the_twin():
    snapshot = hall([BUSY], {"a": [place(1, 590), place(2, 591)]}, is_known=False)
    assert asked(taught(), snapshot).method is Method.BLEND
    assert asked(taught(), hall([BUSY], {"a": [place(1, 590)]}), rollouts=0).method is Method.BLEND


def test_what_was_learned_is_used():
    estimate = taught(400).by_predictors("a", Predictors(ql=30, ql_skill=30))
    assert estimate.point == pytest.approx(15, rel=0.1)


def test_a_blend_that_is_not_a_number_is_replaced(monkeypatch):
    estimator = taught()
    monkeypatch.setattr(estimator.blend, "point", lambda values, queue: float("nan"))
    estimate = estimator.by_predictors("a", Predictors(ql=30, ql_skill=30))
    assert (estimate.method, estimate.point) == (Method.QUEUE_LENGTH, 30)


@pytest.mark.parametrize(
    "desk",
    [Desk(1, ("a",), Standing.CLOSED), Desk(1, ("a",), Standing.SERVING, "a", NOW - 1, closes_after=True)],
)
def test_without_a_counter_and_without_a_plan_nothing_is_said(desk):
    estimate = asked(taught(), hall([desk], {"a": [place(1, 590)]}))
    assert (estimate.silence, estimate.teaches) == (Silence.NO_COUNTER, False)


def test_a_planned_opening_is_named():
    desk = Desk(1, ("a",), Standing.CLOSED, until=NOW + 30)
    estimate = asked(taught(), hall([desk], {"a": [place(1, 590)]}))
    assert (estimate.method, estimate.opens_at) == (Method.OPENING, NOW + 30)
    assert estimate.point >= 30


def test_a_point_after_closing_is_not_shown():
    snapshot = hall([BUSY], {"a": [place(n, 500 + n) for n in range(20)]}, closings={"a": NOW + 10})
    assert asked(Estimator({"a": 10.0}), snapshot).silence is Silence.CLOSING


def test_the_board_has_everybody_and_the_same_seed_the_same_board():
    snapshot = hall([BUSY], {"a": [place(n, 590 + n) for n in range(5)], "b": [place(9, 590)]})
    estimator = taught()
    board = estimator.board(snapshot, seed=3, rollouts=5)
    assert set(board) == {0, 1, 2, 3, 4, 9}
    assert board == estimator.board(snapshot, seed=3, rollouts=5)
    assert board[9].silence is Silence.NO_COUNTER
    assert [board[n].point for n in range(5)] == sorted(board[n].point for n in range(5))


def test_the_board_goes_without_the_twin_too():
    snapshot = hall([BUSY], {"a": [place(1, 590)]})
    assert taught().board(snapshot, seed=3, rollouts=0)[1].method is Method.BLEND


def test_a_morning_forgets_the_last_waits():
    estimator = taught()
    estimator.note_called("a", 12)
    assert estimator.recent.les("a") == 12
    estimator.begin_day()
    assert estimator.recent.les("a") is None
