from datetime import UTC, datetime

import pytest

from bench import call
from bench.call import Sizes, Unseen, reached
from bench.screens import Seen
from store.tickets import Call

TINY = Sizes(screens=10, seconds=0.6, warm_seconds=0.2, settle_seconds=1.0)


def calls(*numbers):
    return [Call(seq, seq, "A", 1, 3, datetime(2026, 11, 23, 1, tzinfo=UTC), "call") for seq in numbers]


def check_every_screen(seen):
    """Two calls, pressed at 10.0 and 10.5, were on every screen within half a second."""
    try:
        milliseconds = reached([10.0, 10.5], calls(7, 12), seen, since=0)
    except Unseen as unseen:
        raise AssertionError(str(unseen)) from unseen
    assert max(milliseconds) <= 500


def test_the_last_screen_counts():
    quick, slow = Seen([9.0, 10.01, 10.52], [3, 7, 12]), Seen([9.0, 10.04, 10.51], [5, 8, 13])
    assert reached([10.0, 10.5], calls(7, 12), [quick, slow], since=0) == pytest.approx([40, 20])


def test_presses_before_the_warm_start_ended_do_not_count():
    assert reached([10.0, 10.5], calls(7, 12), [Seen([11.0], [12])], since=10.2) == pytest.approx([500])


def test_a_press_without_a_call_is_a_mistake_of_the_benchmark():
    with pytest.raises(ValueError, match="zip"):
        reached([10.0, 10.5], calls(7), [Seen([11.0], [12])], since=0)


def test_a_screen_that_skips_a_call_for_a_newer_one_has_seen_both():
    check_every_screen([Seen([9.9, 10.5], [6, 12])])


@pytest.mark.planted
@pytest.mark.parametrize(
    "stuck", [Seen([10.01], [7]), Seen([10.01, 11.5], [7, 12]), Seen([], [])], ids=["stays", "late", "dark"]
)
def test_planted_a_screen_that_misses_a_call_is_found(stuck):
    good = Seen([10.01, 10.52], [7, 12])
    check_every_screen([good])
    with pytest.raises(AssertionError):
        check_every_screen([good, stuck])


def test_a_tiny_hall_gives_every_figure(demo):
    measured = call.measure(demo, TINY)
    figures = {name: value for name, value, _ in call.figures(measured, TINY)}
    assert len(measured.walls) == len(measured.desks) >= 3
    assert 0 < figures["call_screens_p50_ms"] <= figures["call_screens_p99_ms"]
    assert figures["call_answer_p99_ms"] > 0
    assert figures["call_desks_p99_ms"] > 0
    assert figures["memory_mb_10_screens"] > 10
    assert figures["frames_per_screen"] > 0
