"""The goals of waiting.md 11 that need days of a hall: real data where they lie beside us, and closing."""

import pytest

from bench.calls_replayed import replay_calls
from bench.closed_centre import Rule, close
from bench.halls_replayed import replay_halls
from bench.simulated_centre import Setting
from bench.waited import BANK, WARSAW
from bench.waiting import FOLDER, _halls
from tests.support.sizes import size

needs_warsaw = pytest.mark.skipif(not (FOLDER / WARSAW).is_file(), reason="no polls of the Warsaw halls here")
needs_bank = pytest.mark.skipif(not (FOLDER / BANK).is_file(), reason="no log of the bank's calls here")


@needs_warsaw
def test_the_warsaw_halls():
    board = replay_halls(FOLDER)
    estimate = board.scores["estimate"]
    assert 7060 <= estimate.n <= 7080  # 7,070 are expected by the rules of the data's README
    assert board.ratio() <= 0.80
    assert board.ratio("rmse") <= 0.70
    assert 78 <= estimate.cover_percent <= 82
    assert estimate.mean_width <= board.scores["ql"].mean_width
    figures = {name: value for name, value, _ in _halls(board)}
    assert figures["warsaw_hall_mae_ratio_worst"] <= 1
    assert figures["warsaw_hall_mae_ratio_median"] <= 0.85
    assert all(75 <= score.cover_percent <= 85 for score in board.large_kinds().values())


@needs_bank
def test_the_calls_of_the_bank():
    board = replay_calls(FOLDER, rollouts=size("bank_rollouts", 10, 40))
    estimate = board.scores["estimate"]
    assert estimate.n == 3308
    assert board.ratio() <= 0.88
    assert 78 <= estimate.cover_percent <= 82
    assert estimate.mean_width <= board.scores["ql"].mean_width
    assert all(75 <= score.cover_percent <= 85 for score in board.large_kinds().values())


@pytest.fixture(scope="module")
def closed():
    """Busy days under each rule of closing."""
    judged = size("closing_days", 1, 8)
    return close(Setting(204, 1.55), days=judged + 2, teaching=2)


def test_nobody_is_stranded_and_almost_as_many_are_served(closed):
    rule, none = closed[Rule.CHANCE], closed[Rule.NONE]
    assert rule.stranded <= rule.days
    assert rule.served >= 0.995 * none.served


@pytest.mark.planted
def test_a_rule_that_refuses_nobody_is_caught(closed):
    with pytest.raises(AssertionError):
        test_nobody_is_stranded_and_almost_as_many_are_served(closed | {Rule.CHANCE: closed[Rule.NONE]})
