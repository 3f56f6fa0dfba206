"""What is shown: it stands still unless it has to change (waiting.md 7)."""

import pytest

from domain.waiting.ranges import Shown, Wait, has_leapt, has_risen, is_slow, refreshed, rounded

OLD, NEXT = Wait(15, 25), Wait(20, 30)


@pytest.mark.parametrize(
    ("low", "high", "wait"),
    [
        (0, 3, Wait(0, 5)),
        (16, 24, Wait(15, 25)),
        (15, 15, Wait(15, 20)),
        (110, 119, Wait(110, 120)),
        (100, 121, Wait(100, None)),
        (300, 400, Wait(120, None)),
    ],
)
def test_a_range_is_rounded_outwards(low, high, wait):
    assert rounded(low, high) == wait


@pytest.mark.parametrize(
    ("low", "high", "wait"),
    [
        (15.1, 24.9, OLD),
        (14.9, 25.1, Wait(10, 30)),
        (21.9, 25, OLD),
        (22, 25, Wait(20, 25)),
        (15, 18.1, OLD),
        (15, 18, Wait(15, 20)),
        (21, 30.1, Wait(15, 35)),
    ],
)
def test_beside_a_shown_range_an_end_comes_inwards_only_when_it_is_clear_of_the_step(low, high, wait):
    """And outwards at once: what is said always holds what is known."""
    assert rounded(low, high, OLD) == wait


def test_more_than_two_hours_is_left_like_any_other_step():
    beyond = Wait(100, None)
    assert (rounded(100, 118.1, beyond), rounded(100, 118, beyond)) == (beyond, Wait(100, 120))


def trembling():
    """How often a range changes in an hour of refreshes whose ends tremble by a minute about a step."""
    shown = changes = None
    for n in range(720):
        tremble = 1 if n // 15 % 2 else -1
        wait = rounded(20 + tremble, 40 + tremble, shown.wait if shown else None)
        after = refreshed(shown, wait, n / 12)
        changes = 0 if changes is None else changes + (after.wait != shown.wait)
        shown = after
    return changes


def test_an_estimate_that_trembles_at_a_step_leaves_the_range_alone():
    assert trembling() <= 1


@pytest.mark.planted
def test_a_range_that_follows_every_tremble_is_caught(monkeypatch):
    monkeypatch.setattr("domain.waiting.ranges.CLEAR", -5)
    with pytest.raises(AssertionError):
        test_an_estimate_that_trembles_at_a_step_leaves_the_range_alone()


def test_the_first_range_is_shown_at_once():
    assert refreshed(None, OLD, 10) == Shown(OLD, 10)


def test_a_small_change_waits_for_a_second_refresh_and_for_a_minute():
    shown = refreshed(Shown(OLD, 10), NEXT, 10.5)
    assert shown == Shown(OLD, 10, 1)
    shown = refreshed(shown, NEXT, 10.9)
    assert shown == Shown(OLD, 10, 2)
    assert refreshed(shown, NEXT, 11) == Shown(NEXT, 11)


def test_back_to_the_shown_range_the_count_begins_anew():
    shown = refreshed(Shown(OLD, 10, 1), OLD, 12)
    assert shown == Shown(OLD, 10)
    assert refreshed(shown, NEXT, 12.5).wait == OLD


@pytest.mark.parametrize("wait", [Wait(25, 35), Wait(5, 25), Wait(15, 35), Wait(15, None)])
def test_a_leap_of_ten_minutes_is_shown_at_once(wait):
    assert refreshed(Shown(OLD, 10), wait, 10.1) == Shown(wait, 10.1)


def test_a_counter_that_opens_or_closes_is_shown_at_once():
    assert refreshed(Shown(OLD, 10), NEXT, 10.1, counters_changed=True) == Shown(NEXT, 10.1)


def test_beyond_two_hours_no_leap_is_seen():
    assert not has_leapt(Wait(115, None), Wait(120, None))
    assert not has_leapt(Wait(110, 120), Wait(110, None))


def test_only_a_rise_carries_a_reason():
    assert has_risen(OLD, Wait(25, 35))
    assert not has_risen(OLD, Wait(5, 15))


def test_slower_than_usual_does_not_flicker():
    assert [is_slow(1.2), is_slow(1.21), is_slow(1.15, was_slow=True), is_slow(1.09, was_slow=True)] == [
        False, True, True, False,
    ]  # fmt: skip
