"""The board that everybody reads: ranges, promises, reasons, the closing rule, and how many rollouts it has."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.waiting.boards import (
    FIRST_NEWCOMER,
    NOTHING_KNOWN,
    Cause,
    Reading,
    newcomer_place,
    next_board,
    rollouts_after,
)
from domain.waiting.estimates import Estimator
from domain.waiting.ranges import Wait, rounded
from domain.waiting.snapshots import Desk, Group, Standing
from domain.waiting.twins import BOARD_ROLLOUTS, SHORT_ROLLOUTS, Twin
from tests.domain.waiting.halls import NOW, hall, idle, place, steady

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BUSY = Desk(1, ("a",), Standing.SERVING, "a", NOW - 2)


def reading(snapshot, at=AT, promised=None, day=1, seq=9):
    new = {("a", None): newcomer_place(0, snapshot.now, snapshot.now, Group.ORDINARY)}
    return Reading(day, seq, at, snapshot, promised or {}, new)


def boarded(snapshot, before=NOTHING_KNOWN, quantities=None, **rest):
    estimator = Estimator({"a": 10.0})
    estimator.quantities = quantities or steady()
    found = reading(snapshot, **rest)
    new = [(who[0], where) for who, where in found.newcomers.items()]
    made = estimator.whole_board(snapshot, 3, 10, new)
    return next_board(before, found, made, estimator.quantities, 10)


def line(people: int):
    return {"a": [place(ticket, NOW - people + ticket) for ticket in range(1, people + 1)]}


def contains(wait: Wait, point: float) -> bool:
    return wait.low <= point and (wait.high is None or point <= wait.high)


@settings(deadline=None)
@given(people=st.integers(0, 40), desks=st.integers(1, 5))
def test_a_new_range_contains_its_point(people, desks):
    working = [replace(BUSY, number=number) for number in range(1, desks + 1)]
    board = boarded(hall(working, line(people)))
    for outlook in [*board.tickets.values(), *board.newcomers.values()]:
        assert contains(outlook.shown.wait, outlook.estimate.point)


@pytest.mark.planted
def test_planted_a_range_that_is_rounded_inwards_is_found(monkeypatch):
    monkeypatch.setattr(
        "domain.waiting.boards.rounded", lambda low, high, _shown: Wait(int(high // 5 * 5), int(high // 5 * 5))
    )
    with pytest.raises(AssertionError):
        test_a_new_range_contains_its_point()


@given(people=st.integers(0, 30), desks=st.integers(1, 4), seed=st.integers(0, 50))
def test_a_newcomer_on_the_board_is_told_what_it_would_be_told_alone(people, desks, seed):
    """One set of rollouts for the whole board, and nobody is held up by who has no number yet."""
    working = [replace(BUSY, number=number) for number in range(1, desks + 1)]
    twin, new = Twin(hall(working, line(people)), steady()), newcomer_place(0, NOW, NOW, Group.ORDINARY)
    others = [("a", newcomer_place(1, NOW - 30, NOW, Group.PRIORITY))]
    board = twin.board(seed, 5, [("a", new), *others])
    alone = {new.ticket: twin.newcomer("a", new, seed, 5), **twin.board(seed, 5)}
    assert {ticket: board[ticket] for ticket in alone} == alone


@pytest.mark.planted
def test_planted_a_newcomer_who_takes_a_counter_s_time_is_found(monkeypatch):
    board = Twin.board

    def held_up(twin, seed, rollouts, newcomers=()):
        lines = {"a": sorted([*twin.snapshot.lines["a"], *(one for _, one in newcomers)])}
        return board(Twin(replace(twin.snapshot, lines=lines), twin.quantities), seed, rollouts)

    monkeypatch.setattr(Twin, "board", held_up)
    with pytest.raises(AssertionError):
        test_a_newcomer_on_the_board_is_told_what_it_would_be_told_alone()


def test_nothing_is_said_where_nobody_serves():
    closed = boarded(hall([Desk(1, ("a",), Standing.CLOSED)], line(3)))
    assert closed.newcomer("a", None, AT).wait() is None
    assert closed.ticket(1, AT).wait() is None
    opening = boarded(hall([Desk(1, ("a",), Standing.CLOSED, until=NOW + 30)], line(3)))
    assert opening.newcomer("a", None, AT).estimate.opens_at == NOW + 30
    assert opening.newcomer("a", None, AT).wait().low >= 30


def test_a_board_older_than_half_a_minute_says_nothing():
    board = boarded(hall([BUSY], line(3)))
    assert board.ticket(1, AT + timedelta(seconds=30)) is not None
    assert board.ticket(1, AT + timedelta(seconds=31)) is None
    assert board.newcomer("a", None, AT - timedelta(minutes=5)) is None, "the clock has gone back"


def test_a_ticket_is_first_told_what_its_slip_says():
    board = boarded(hall([BUSY], line(3)), promised={3: Wait(10, 60)})
    assert board.ticket(3, AT).shown.wait == Wait(10, 60)


def test_who_came_since_adds_a_visit_each():
    board = boarded(hall([BUSY], line(3)))
    known = board.newcomer("a", None, AT)
    assert board.more_than("a", 5) == 2
    later, made = known.wait(2), known.estimate
    factor = (made.point + 22) / (made.point + 2)
    assert later == rounded((made.low + 2) * factor - 2, (made.high + 2) * factor - 2)
    assert contains(later, made.point + 20)
    assert known.wait(-1) == known.wait()
    free = boarded(hall([idle(1, "a"), idle(2, "a")])).newcomer("a", None, AT)
    assert free.wait(1) == Wait(0, 5), "the second counter has nobody either"
    assert free.wait(2).high > 5


def test_of_a_crowd_at_an_idle_counter_nobody_is_told_minutes_too_exactly():
    """Six people in one moment were promised 10-15, 20-25 and so on to 60-65 minutes."""
    free = boarded(hall([idle(1, "a")])).newcomer("a", None, AT)
    said = [free.wait(more) for more in range(6)]
    assert said[0] == Wait(0, 5)
    assert all(contains(one, 10 * more) and one.high is not None for more, one in enumerate(said))
    assert all(one.high - one.low >= 10 * more for more, one in enumerate(said))


def test_a_counter_that_pauses_is_the_reason_of_a_rise():
    both = hall([BUSY, replace(BUSY, number=5)], line(8))
    before = boarded(both)
    alone = replace(both, now=NOW + 1, desks=[BUSY, Desk(5, ("a",), Standing.PAUSED, until=NOW + 60)])
    board = boarded(alone, before, at=AT + timedelta(minutes=1))
    rise = board.newcomer("a", None, AT + timedelta(minutes=1)).rise
    assert (rise.cause, rise.counter) == (Cause.PAUSED, 5)
    later = boarded(replace(alone, now=NOW + 7), board)
    assert later.newcomers["a", None].rise is None, "it is said for five minutes"


def test_many_people_at_once_are_the_reason_of_a_rise():
    before = boarded(hall([BUSY], line(2)))
    board = boarded(replace(hall([BUSY], line(9)), now=NOW + 1), before)
    assert board.newcomers["a", None].rise.cause is Cause.PEOPLE


def test_yesterday_s_ranges_do_not_last():
    before = boarded(hall([BUSY], line(2)))
    board = boarded(hall([BUSY], line(9)), before, day=2)
    assert board.newcomers["a", None].rise is None


def test_an_appointment_is_promised_what_who_stands_behind_is_told():
    board = boarded(hall([BUSY], line(4)))
    assert board.behind("a", 2.5, AT) is board.tickets[2]
    assert board.behind("a", 0.0, AT) is board.tickets[4]
    assert board.behind("a", -10.0, AT) is None, "whose turn has not come yet"
    assert boarded(hall([BUSY])).behind("a", 5.0, AT).estimate.queue == "a"


def test_the_chance_before_closing_opens_again_only_at_a_higher_one():
    late = hall([BUSY], line(8), closings={"a": NOW + 60})
    board = boarded(late)
    known = board.newcomers["a", None]
    assert known.refused and known.chance < 0.9
    early = boarded(hall([BUSY], line(1), closings={"a": NOW + 60}))
    assert early.newcomers["a", None].chance == 1.0 and not early.newcomers["a", None].refused
    assert boarded(hall([BUSY], line(1))).newcomers["a", None].chance is None


@pytest.mark.parametrize(
    ("rollouts", "milliseconds", "after"),
    [(40, 60, 40), (40, 130, 10), (10, 130, 0), (10, 20, 40), (10, 60, 10), (0, 20, 10), (0, 70, 0), (0, 200, 0)],
)
def test_over_budget_fewer_are_played_and_again_more_when_there_is_room(rollouts, milliseconds, after):
    assert rollouts_after(rollouts, milliseconds) == after


def test_the_numbers_of_newcomers_are_nobody_s():
    assert newcomer_place(3, NOW, NOW, Group.ORDINARY).ticket == FIRST_NEWCOMER + 3
    assert SHORT_ROLLOUTS < BOARD_ROLLOUTS
