"""How the day ends: who is not called before closing, and which counter changes it until when."""

from dataclasses import replace

import pytest

from domain.waiting import ends as module
from domain.waiting.advice import advise, relieving, remedy, worst
from domain.waiting.boards import newcomer_place
from domain.waiting.ends import Expected, ends, opened
from domain.waiting.snapshots import Booked, Desk, Group, Standing
from tests.domain.waiting.halls import NOW, hall, idle, place, steady

BUSY = Desk(1, ("a",), Standing.SERVING, "a", NOW - 2)
CLOSED = Desk(7, ("a",), Standing.CLOSED)
NOBODY = Expected()
LINE = {"a": [place(ticket, NOW - 20 + ticket) for ticket in range(1, 10)]}


def evening(*desks: Desk, minutes: float = 45, **rest):
    return hall(list(desks), LINE, closings={"a": NOW + minutes}, **rest)


def test_who_is_not_reached_in_time_is_late_and_the_line_ends_after_closing():
    """Nine people of ten minutes each behind one counter, three quarters of an hour before closing."""
    found = ends(evening(BUSY), steady(), NOBODY, seed=1)["a"]
    assert (found.waiting, found.coming) == (9, 0)
    assert 3 <= found.late <= 6 and found.most_late >= found.late
    assert found.ends is not None and NOW + 70 < found.ends < NOW + 115


def test_with_time_enough_nobody_is_late():
    found = ends(evening(BUSY, minutes=300), steady(), NOBODY, seed=1)["a"]
    assert found.late == 0
    assert found.ends is not None and found.ends < NOW + 150


def test_without_a_counter_everybody_is_late_and_there_is_no_end():
    found = ends(evening(CLOSED), steady(), NOBODY, seed=1)["a"]
    assert found.late == 9 and found.ends is None
    assert worst({"a": found}, {"a"}) is found and worst({"a": found}, {"b"}) is None


def test_who_usually_comes_until_closing_is_counted_and_nobody_later():
    halves = {NOW + 30 * n: 4.0 for n in range(-2, 20)}
    found = ends(evening(BUSY, minutes=60), steady(), Expected(5, {"a": halves}, {"a": 0.3}), seed=3)["a"]
    assert 5 <= found.coming <= 11, "eight in one hour, none of the past, none after closing"
    assert found.late > 4


@pytest.mark.planted
def test_a_forecast_that_forgets_who_is_still_to_come_is_found(monkeypatch):
    monkeypatch.setattr(module.Expected, "drawn", lambda *_: [])
    with pytest.raises(AssertionError):
        test_who_usually_comes_until_closing_is_counted_and_nobody_later()


def test_who_is_booked_and_comes_is_counted_once():
    booked = [Booked("a", NOW + 20, NOW - 10) for _ in range(6)]
    quantities = steady()
    quantities.show_ups.count = quantities.show_ups.of
    assert ends(evening(BUSY, booked=booked), quantities, NOBODY, seed=1)["a"].coming == 6


def test_people_for_a_queue_that_nobody_could_serve_are_late_too():
    expected = Expected(5, {"b": {NOW: 6.0}}, {})
    found = ends(hall([BUSY], closings={"b": NOW + 30}), steady(10, "a", "b"), expected, seed=1)["b"]
    assert found.late == found.coming > 0


def test_a_busier_morning_makes_a_busier_afternoon_within_bounds():
    usual = Expected(5, {"a": {NOW - 60: 20.0, NOW - 30: 20.0, NOW: 10.0}}, {})
    same = usual.today({"a": {NOW - 60: 40.0}}, NOW).walk_ins["a"][NOW]
    more = usual.today({"a": {NOW - 60: 70.0}}, NOW).walk_ins["a"][NOW]
    flood = usual.today({"a": {NOW - 60: 900.0}}, NOW).walk_ins["a"][NOW]
    assert same == 10 and more == pytest.approx(15) and flood == 20
    assert usual.today({}, NOW).walk_ins["a"][NOW] == 5


def test_a_counter_that_leaves_sooner_helps_less():
    quantities, snapshot = steady(), evening(BUSY, CLOSED)
    late = [
        ends(opened(snapshot, CLOSED, NOW + minutes), quantities, NOBODY, seed=1)["a"].late
        for minutes in (0, 15, 45)
    ]
    assert late[0] > late[1] > late[2]
    assert late[0] == ends(snapshot, quantities, NOBODY, seed=1)["a"].late


def test_the_remedy_is_the_counter_and_the_earliest_half_hour_that_are_enough():
    quantities, snapshot = steady(), evening(BUSY, CLOSED, minutes=120)
    snapshot = replace(snapshot, lines={"a": [place(ticket, NOW - 40 + ticket) for ticket in range(1, 16)]})
    before = ends(snapshot, quantities, NOBODY, seed=1)["a"]
    found = remedy(snapshot, quantities, NOBODY, before, seed=1)
    assert found.counter == 7 and found.after is not None and found.after.late < before.late
    assert found.until % 30 == 0 and NOW < found.until <= NOW + 120

    def late(until: float) -> int:
        return ends(opened(snapshot, CLOSED, until), quantities, NOBODY, seed=1)["a"].late

    assert late(found.until) == late(NOW + 600) < late(found.until - 30)


def test_where_no_closed_counter_helps_the_remedy_names_none():
    snapshot = evening(BUSY, Desk(8, ("b",), Standing.CLOSED))
    found = remedy(snapshot, steady(), NOBODY, ends(snapshot, steady(), NOBODY, seed=1)["a"], seed=1)
    assert found.counter is None and found.after is None


def test_a_counter_that_takes_over_others_of_the_same_counters_is_tried_too():
    both, other = Desk(1, ("a", "b"), Standing.SERVING, "b", NOW - 2), Desk(9, ("b",), Standing.CLOSED)
    assert [desk.number for desk in relieving(hall([both, other, CLOSED]), "a")] == [7, 9]
    assert relieving(hall([both, Desk(9, ("c",), Standing.CLOSED)]), "a") == []


def test_the_question_until_when_changes_the_answer():
    snapshot, new = evening(BUSY, CLOSED, minutes=90), newcomer_place(0, NOW, NOW, Group.ORDINARY)
    short = advise(snapshot, steady(), "a", new, 1, NOBODY, NOW + 15)
    long = advise(snapshot, steady(), "a", new, 1, NOBODY, NOW + 90)
    assert long[0].end_after is not None and long[0].end_after.late == 0
    assert not short or short[0].end_after.late >= long[0].end_after.late
    assert (short[0].after if short and short[0].after else 1e9) > long[0].after


def test_somebody_who_would_not_be_called_still_makes_a_counter_worth_it():
    snapshot, new = evening(BUSY, CLOSED, minutes=20), newcomer_place(0, NOW, NOW, Group.ORDINARY)
    (found,) = advise(snapshot, steady(), "a", new, 1, NOBODY)
    assert found.after is None and found.end_after.late < found.end_before.late


def test_an_idle_hall_needs_no_advice():
    snapshot, new = (
        hall([idle(1, "a"), CLOSED], closings={"a": NOW + 90}),
        newcomer_place(0, NOW, NOW, Group.ORDINARY),
    )
    assert advise(snapshot, steady(), "a", new, 1, NOBODY) == []
    assert worst(ends(snapshot, steady(), NOBODY, seed=1), {"a"}) is None
