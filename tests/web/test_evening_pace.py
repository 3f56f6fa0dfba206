"""The forecast to closing is made once a minute, sooner when counters change, and seldom where it is costly."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from domain.waiting.boards import WaitBoard
from domain.waiting.snapshots import Desk, Standing
from tests.domain.waiting.halls import hall
from tests.support.halls import HandClock
from web.forecasting import Forecaster


def due(seconds: float, cost: float = 0.1, *, changed: bool = False) -> bool:
    """Whether it is due so many seconds after the last one, which took so many of one processor."""
    desks = [Desk(1, ("a",), Standing.IDLE)] if changed else []
    store: Any = SimpleNamespace(waits=WaitBoard(snapshot=hall(desks)))
    forecaster = Forecaster(store, HandClock())
    forecaster._tonight_at, forecaster._tonight_cost = time.monotonic() - seconds, cost
    return forecaster._is_evening_due()


@pytest.mark.parametrize(
    ("seconds", "cost", "changed", "expected"),
    [
        (59, 0.1, False, False), (61, 0.1, False, True),  # once a minute
        (4, 0.1, True, False), (6, 0.1, True, True),  # another counter is open
        (61, 2.0, False, False), (201, 2.0, False, True),  # a hundredth of a processor
        (39, 2.0, True, False), (41, 2.0, True, True),  # a twentieth
    ],
)  # fmt: skip
def test_how_often(seconds: float, cost: float, changed: bool, expected: bool) -> None:
    assert due(seconds, cost, changed=changed) is expected


@pytest.mark.planted
def test_planted_a_forecast_at_every_board_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Forecaster, "_is_evening_due", lambda self: True)
    with pytest.raises(AssertionError):
        test_how_often(59, 0.1, False, False)
