import pytest

from bench import start
from bench.kiosks import Wrong


def test_one_start_gives_both_figures(demo):
    measured = start.start(demo, demo.copy("start"))
    assert 0 < measured.answers < measured.first_ticket
    names = [name for name, _, _ in start.figures([measured], [2.0])]
    assert names == ["demo_start_seconds", "start_seconds", "start_first_ticket_seconds"]


def test_a_server_that_ends_at_once_is_no_start(demo):
    with pytest.raises(Wrong, match="exit code is 3"):
        start.start(demo, demo.data, ("-c", "raise SystemExit(3)"))
