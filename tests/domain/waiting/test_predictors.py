"""The simple predictors of one ticket: LES, HOL, MA10, QL, QL-skill, and the cap on the twin (waiting.md 3, 4)."""

import pytest

from domain.waiting.predictors import Hall, RecentWaits, capped, predictors, simple
from domain.waiting.snapshots import Desk, Standing
from tests.domain.waiting.halls import NOW, hall, place, steady


def busy(number, *queues):
    return Desk(number, queues, Standing.SERVING, queues[0], NOW - 1)


def of(snapshot, queue="a", who=None, recent=None, twin=None):
    quantities = steady(10, "a", "b")
    return predictors(Hall(snapshot, quantities), recent or RecentWaits(), queue, who or place(99, NOW), twin)


def test_ql_counts_the_queue_and_the_ticket():
    line = [place(n, 590 + n) for n in range(3)]
    assert of(hall([busy(1, "a"), busy(2, "a")], {"a": line})).ql == pytest.approx(4 * 10 / 2)


def test_ql_skill_counts_smaller_keys_by_the_share_of_counters():
    lines = {"a": [place(1, 590)], "b": [place(2, 591), place(3, 592)]}
    snapshot = hall([busy(1, "a", "b"), busy(2, "b")], lines)
    # One of the two counters of b serves a as well, so its two tickets are one for the counter of a.
    assert of(snapshot).ql_skill == pytest.approx((1 * 10 + 2 * 10 * 0.5 + 5) / 1)


def test_ql_skill_leaves_out_who_comes_later_in_the_order():
    lines = {"a": [place(1, 590)], "b": [place(2, 599)]}
    snapshot = hall([busy(1, "a", "b")], lines)
    assert of(snapshot, who=place(9, 595)).ql_skill == pytest.approx(10 + 5)


def test_the_past_of_the_queue():
    recent = RecentWaits()
    for minutes in range(1, 13):
        recent.note("a", minutes)
    snapshot = hall([busy(1, "a")], {"a": [place(1, 580), place(2, 570, lead=-60)]})
    found = of(snapshot, recent=recent)
    assert (found.les, found.hol, found.ma10) == (12, 30, 7.5)
    recent.begin_day()
    assert simple(of(snapshot, recent=recent))["les"] == 0


def test_who_waits_already_has_waited_a_part():
    recent = RecentWaits()
    recent.note("a", 30)
    line = [place(1, 580), place(2, 590)]
    found = of(hall([busy(1, "a")], {"a": line}), who=line[1], recent=recent)
    assert (found.les, found.hol, found.ql, found.waiting) == (20, 10, 20, 1)


def test_a_planned_opening_is_waited_for_first():
    snapshot = hall([Desk(1, ("a",), Standing.PAUSED, until=NOW + 30)], {"a": [place(1, 590)]})
    assert of(snapshot).ql == 30 + 20
    assert of(snapshot).ql_skill == 30 + 15


def test_the_twin_is_capped():
    assert capped(200, 10) == 40
    assert capped(39, 10) == 39
    assert of(hall([busy(1, "a")], {}), twin=500).twin == 3 * 10 + 10


def test_the_cap_goes_by_the_larger_of_ql_and_ql_skill():
    lines = {"b": [place(n, 500 + n) for n in range(20)]}
    assert of(hall([busy(1, "a", "b")], lines), twin=200).twin == 200
