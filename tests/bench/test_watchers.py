"""Phones beside kiosks: every one is answered, most with nothing, and a phone that is refused gives no figure."""

import pytest

from bench import watchers
from bench.kiosks import Wrong
from bench.watchers import Measured, Sizes

SMALL = Sizes(watchers=20, every_seconds=0.5, a_second=4.0, calls_a_second=1.0, seconds=1.2, rounds=1)


def test_a_small_run_gives_every_figure(demo):
    measured = watchers.measure(demo, SMALL)
    assert [len(measured.alone), len(measured.watched)] == [1, 1]
    assert measured.answers.keys() <= {200, 304}
    assert measured.answers[304] > 0
    names = [name for name, _, _ in watchers.figures(measured, SMALL)]
    assert names == [
        "watchers_ticket_p95_ms_0", "watchers_ticket_p95_ms_20", "watchers_ticket_p95_ratio",
        "watchers_poll_p95_ms", "watchers_unchanged_percent",
    ]  # fmt: skip


def test_the_ratio_is_that_of_neighbouring_rounds():
    measured = Measured(alone=[[10.0], [20.0], [30.0]], watched=[[11.0], [24.0], [33.0]], polls=[1.0])
    found = {name: value for name, value, _ in watchers.figures(measured, SMALL)}
    assert found["watchers_ticket_p95_ratio"] == 1.1
    assert found["watchers_ticket_p95_ms_0"] == 20.0


@pytest.mark.planted
def test_phones_that_are_refused_are_no_watchers(demo, monkeypatch):
    monkeypatch.setattr(watchers, "_links", lambda data, how_many: ["/follow/1-abcdef"] * how_many)
    with pytest.raises(Wrong, match="404"):
        watchers.measure(demo, SMALL)
