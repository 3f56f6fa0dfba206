"""An estimate as the journal keeps it: what is learned from it afterwards is what it was made of."""

import pytest

from domain.waiting.estimates import Estimator, Method
from domain.waiting.kept import estimate_of, kept
from domain.waiting.predictors import Predictors
from domain.waiting.snapshots import Group

VALUES = Predictors(
    ql=30.25, ql_skill=12.5, les=None, hol=3.0, ma10=7.75, twin=14.25, waiting=2, counters=1.0,
    group=Group.PRIORITY, minute_of_day=481.0, pace=1.1875,
)  # fmt: skip


def test_what_is_kept_teaches_what_the_estimate_would_have_taught():
    made = Estimator({"a": 10.0}).by_predictors("a", VALUES)
    row = kept(7, 1000, made)
    again = estimate_of(row)
    assert (row.ticket, row.at, row.queue, again.method) == (7, 1000, "a", Method.FIRST_DAYS)
    assert again.values == VALUES
    assert again.blended == pytest.approx(made.blended, abs=0.01)


def test_who_is_called_at_once_is_not_kept():
    made = Estimator({"a": 10.0}).by_predictors("a", VALUES)
    assert kept(7, 1000, type(made)("a", 0.0, 0.0, 0.0, Method.AT_ONCE)) is None
