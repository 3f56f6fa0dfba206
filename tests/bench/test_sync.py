"""Kiosks beside the portal's worker: dossiers really go to a sandbox, and one that is away gives no figure."""

from contextlib import nullcontext

import pytest

from bench import sync
from bench.kiosks import Wrong
from bench.sync import Measured, Sizes

SMALL = Sizes(dossiers=40, a_second=4.0, seconds=1.0, rounds=1)


def test_a_small_run_gives_every_figure(demo):
    measured = sync.measure(demo, SMALL)
    assert [len(measured.alone), len(measured.beside)] == [1, 1]
    assert measured.told[0] > 0
    assert [name for name, _, _ in sync.figures(measured, SMALL)] == [
        "sync_ticket_p95_ms_alone", "sync_ticket_p95_ms_beside", "sync_ticket_p95_ratio", "sync_messages_a_second",
    ]  # fmt: skip


def test_the_ratio_is_that_of_neighbouring_rounds():
    measured = Measured(alone=[[10.0], [20.0]], beside=[[11.0], [22.0]], told=[10, 30])
    found = {name: value for name, value, _ in sync.figures(measured, SMALL)}
    assert (found["sync_ticket_p95_ratio"], found["sync_messages_a_second"]) == (1.1, 20.0)


@pytest.mark.planted
def test_a_portal_that_nobody_reaches_gives_no_figure(demo, monkeypatch):
    with sync.sandbox() as url:
        monkeypatch.setattr(sync, "sandbox", lambda: nullcontext(url))
        monkeypatch.setattr(sync, "ADAPTER", "elsewhere")
        with pytest.raises(Wrong, match="nothing went"):
            sync.measure(demo, SMALL)
