"""The rules of the voice's queue by properties: order, nothing twice, nothing old, what is left out first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import announcements as rules
from domain.announcements import (
    Announcement,
    Lead,
    Outcome,
    Plan,
    counters_spoken,
    is_silent,
    is_within,
    line_up,
    may_speak,
    speaking_zone,
    zones_with_walls,
)
from domain.centre_rules import Voice, around_the_clock
from domain.centres import Device, DeviceKind
from domain.days import local
from domain.records import Wrong
from tests.support.halls import MORNING, demo_centre

AGES = st.integers(0, 200)
KINDS = st.sampled_from(["call", "recall", "withdrawn", "stopped"])


@st.composite
def lately(draw):
    """Announcements of the last minutes, some of which have their outcome."""
    ages = sorted(draw(st.lists(AGES, max_size=12)), reverse=True)
    told = [
        Announcement(
            seq, MORNING - timedelta(seconds=age), kind := draw(KINDS),
            0 if kind == "stopped" else draw(st.integers(1, 3)), draw(st.booleans()) or kind != "stopped",
        )
        for seq, age in enumerate(ages, 1)
    ]  # fmt: skip
    ended = draw(st.sets(st.integers(1, 12)))
    return draw(st.permutations(told)), ended, draw(st.sets(st.sampled_from(sorted(ended)))) if ended else set()


def check_line(told, ended, spoken, quiet=False):
    """Everything is either to be said or passed over, once; in order, young, true."""
    line = line_up(told, ended, spoken, MORNING, quiet=quiet)
    ready = [one.seq for one in line.ready]
    assert ready == sorted(set(ready))
    assert sorted([*ready, *(one.seq for one in line.passed)]) == sorted({one.seq for one in told} - ended)
    assert all(MORNING - one.at <= timedelta(seconds=90) and one.holds for one in line.ready)
    for one in (one for one in line.ready if one.kind == "withdrawn"):
        earlier = {o.seq for o in told if o.ticket == one.ticket and o.seq < one.seq and o.kind != "withdrawn"}
        assert earlier & spoken, "nothing is taken back that nobody heard"
    assert not (quiet and ready)
    return line


@given(lately(), st.booleans())
def test_every_announcement_is_said_in_order_or_passed_over_once(drawn, quiet):
    check_line(*drawn, quiet)


@pytest.mark.planted
def test_planted_queue_that_forgets_age_is_found(monkeypatch):
    monkeypatch.setattr(rules, "SPOKEN_WITHIN", timedelta(days=1))
    with pytest.raises(AssertionError):
        check_line([Announcement(1, MORNING - timedelta(seconds=91), "call", 1)], set(), set())


@pytest.mark.planted
def test_planted_queue_that_says_what_is_ended_is_found(monkeypatch):
    monkeypatch.setattr(rules, "_void", lambda every, spoken: set())
    with pytest.raises(AssertionError):
        check_line([Announcement(2, MORNING, "withdrawn", 1)], set(), set())


def outcomes(told, ended=(), spoken=(), quiet=False):
    return {one.seq: one.outcome for one in line_up(told, ended, spoken, MORNING, quiet=quiet).passed}


def test_ninety_seconds_are_the_limit():
    calls = [Announcement(n, MORNING - timedelta(seconds=90, milliseconds=n - 1), "call", n) for n in (1, 2)]
    assert outcomes(calls) == {2: Outcome.LATE}
    assert outcomes(calls, quiet=True) == {1: Outcome.QUIET, 2: Outcome.LATE}


def test_a_call_taken_back_before_its_turn_is_not_said_nor_its_withdrawal():
    told = [Announcement(1, MORNING, "call", 7), Announcement(2, MORNING, "withdrawn", 7)]
    assert outcomes(told) == {1: Outcome.VOID, 2: Outcome.VOID}
    assert outcomes(told, {1}, {1}) == {}, "it was heard, so its withdrawal is"
    assert outcomes(told, {1}) == {2: Outcome.VOID}


def test_a_withdrawal_takes_back_the_newest_call_of_the_ticket():
    told = [Announcement(n, MORNING, kind, 7) for n, kind in enumerate(("call", "recall", "withdrawn"), 1)]
    assert outcomes(told, {1}, {1}) == {2: Outcome.VOID, 3: Outcome.VOID}


USUAL = Plan(chime=True, times=2, second=True)


def test_in_a_rush_first_the_repeat_then_the_second_language_then_the_chime_is_left_out():
    assert [rules.plan(USUAL, n).parts("vi", "en") for n in range(1, 6)] == [
        ("chime", "vi", "vi", "en"), ("chime", "vi", "vi", "en"), ("chime", "vi", "en"), ("chime", "vi"), ("vi",)
    ]  # fmt: skip


PLANS = st.builds(Plan, st.booleans(), st.integers(1, 3), st.booleans())


def check_order(usual, waiting, planned):
    """What goes later is there as long as what goes before it; the sentence itself always is."""
    assert 1 <= planned.times <= usual.times
    assert planned.chime <= usual.chime and planned.second <= usual.second
    no_repeat = planned.times == 1
    no_second = not planned.second
    assert no_repeat or planned.second == usual.second
    assert (no_repeat and no_second) or planned.chime == usual.chime
    assert waiting >= 3 or planned == usual
    assert waiting < 3 or no_repeat


@given(PLANS, st.integers(1, 40))
def test_what_is_left_out_keeps_its_order(usual, waiting):
    check_order(usual, waiting, rules.plan(usual, waiting))
    fewer = rules.plan(usual, waiting + 1)
    assert len(fewer.parts("vi", "en")) <= len(rules.plan(usual, waiting).parts("vi", "en"))


@pytest.mark.planted
def test_planted_rush_that_drops_the_chime_first_is_found():
    with pytest.raises(AssertionError):
        check_order(USUAL, 3, replace(USUAL, chime=False))


def test_twenty_calls_at_once_are_all_said_within_ninety_seconds():
    """A sentence of 3.4 s: the rush leaves room for twenty in a zone (screens.md 9)."""
    clock, waiting = 0.0, 20
    while waiting:
        assert clock <= 90
        parts = rules.plan(Plan(True, 2, True), waiting).parts("vi", "en")
        clock += sum(0.9 if part == "chime" else 3.4 for part in parts)
        waiting -= 1


def test_the_leader_keeps_its_zone_until_it_lets_a_call_wait():
    second = timedelta(seconds=1)
    assert may_speak(None, "a", 0, 0 * second)
    lead = Lead("a", until=20)
    assert may_speak(lead, "a", 5, 0 * second)
    assert not may_speak(lead, "b", 19, 60 * second), "while it speaks nobody else does"
    assert not may_speak(lead, "b", 21, 2 * second), "it has three seconds for its own"
    assert may_speak(lead, "b", 21, 3 * second)


def test_a_zone_without_a_wall_is_spoken_for_by_the_first_of_its_hall():
    centre = demo_centre()
    assert zones_with_walls(centre) == ("khu-1", "khu-3")
    assert [speaking_zone(centre, zone) for zone in ("khu-1", "khu-2", "khu-3")] == ["khu-1", "khu-1", "khu-3"]
    assert counters_spoken(centre, "khu-1") == frozenset(range(1, 9))
    own = replace(centre, devices=(*centre.devices, Device("W3", DeviceKind.WALL, "Màn hình", "khu-2")))
    assert counters_spoken(own, "khu-2") == {5, 6, 7}
    assert counters_spoken(own, "khu-1") == {1, 2, 3, 4, 8}
    alone = replace(centre, devices=())
    assert speaking_zone(alone, "khu-1") is None


NIGHT = (("12:00", "13:00"), ("22:00", "06:00"))


@pytest.mark.parametrize(
    ("time", "within"),
    [("05:59", True), ("06:00", False), ("11:59", False), ("12:00", True), ("13:00", False), ("21:59", False),
     ("22:00", True), ("23:59", True), ("00:00", True)],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(time, within):
    moment = local(MORNING).replace(hour=int(time[:2]), minute=int(time[3:]))
    assert is_within(moment, NIGHT) is within
    centre = replace(demo_centre(), voice=Voice(quiet=NIGHT), volumes=())
    assert is_silent(centre, "khu-1", moment) is within


@pytest.mark.parametrize(
    "spans", [NIGHT, (("22:00", "06:00"),), (("23:59", "00:00"),), (("06:00", "07:00"), ("22:00", "06:00")), ()]
)
def test_the_last_span_may_end_on_the_next_day(spans):
    assert around_the_clock(spans) == spans


@pytest.mark.parametrize(
    "spans",
    [(("22:00", "06:00"), ("07:00", "08:00")), (("05:00", "07:00"), ("22:00", "06:00")), (("08:00", "08:00"),),
     (("07:00", "23:00"), ("22:00", "06:00")), (("00:00", "00:00"),)],
)  # fmt: skip
def test_spans_that_overlap_are_refused(spans):
    with pytest.raises(Wrong):
        around_the_clock(spans)
