"""How good the estimates were."""

import pytest

from domain.waiting.scores import Judged, Score, score


def judged(point: float, wait: float) -> Judged:
    return Judged(1, "a", "ordinary", point, point - 5, point + 5, "blend", wait)


def test_error_bias_width_and_cover():
    found = score([judged(10, 12), judged(20, 12), judged(30, 30)])
    assert found == Score(3, 18.0, 10 / 3, 2.0, 10.0, pytest.approx(200 / 3))


def test_nothing_is_no_score():
    with pytest.raises(ValueError, match="nothing"):
        score([])
