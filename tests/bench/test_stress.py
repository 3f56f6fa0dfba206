"""The stress run: every figure is there, and a call that one wall never had is found."""

from types import SimpleNamespace

import pytest

from bench import stress
from bench.stress import IN_PICTURE, Sizes, Wall, missing

TINY = Sizes(screens=6, kiosks=4, seconds=0.8, warm_seconds=0.3, settle_seconds=1.0)


class Asked:
    """A connection that keeps what it was asked."""

    def __init__(self):
        self.paths = []

    def ask(self, request):
        self.paths.append(request.split()[1].decode())


@pytest.fixture
def wall():
    hall = SimpleNamespace(devices={"W1": "cookie"})
    made = Wall(hall, SimpleNamespace(port=1), "W1")
    made._line = Asked()
    return made


def picture(*numbers):
    return b"".join(b'<i data-seq="%d" data-ticket="1"></i>' % number for number in numbers)


def test_a_gap_is_fetched_from_its_beginning_and_a_second_one_after_it(wall):
    wall._look(picture(1, 2, 3))
    wall._look(picture(*range(20, 20 + IN_PICTURE)))
    wall._look(picture(*range(50, 50 + IN_PICTURE)))
    assert wall._line.paths == ["/display/W1/calls?after=3"]
    wall._filled(None, 200, b'{"calls": [{"seq": 5}, {"seq": 6}]}')
    assert wall._line.paths[1:] == [f"/display/W1/calls?after={19 + IN_PICTURE}"]
    assert missing(wall.shown, {3, 5, 6, 20, 49 + IN_PICTURE}) == set()


def test_pictures_that_overlap_leave_no_gap(wall):
    wall._look(picture(*range(1, 13)))
    wall._look(picture(*range(8, 20)))
    assert wall._line.paths == []
    assert missing(wall.shown, set(range(1, 20))) == set()


@pytest.mark.planted
def test_planted_wall_that_misses_every_second_call_is_found(demo, monkeypatch):
    def careless(wall, numbers):
        wall.newest = max(wall.newest, *numbers)
        wall.shown.update(dict.fromkeys([number for number in numbers if number % 2], 0.0))

    monkeypatch.setattr(Wall, "_take", careless)
    with pytest.raises(stress.Missing):
        stress.measure(demo, TINY)


def test_a_tiny_rush_gives_every_figure(demo):
    figures = {name: value for name, value, _ in stress.figures(stress.measure(demo, TINY))}
    assert figures["stress_missing"] == 0
    assert figures["stress_tickets_per_s"] > 0
    assert 0 < figures["stress_call_screens_p50_ms"] <= figures["stress_call_screens_p99_ms"]
