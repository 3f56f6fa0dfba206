"""More time puts somebody behind exactly so many, whatever keys the line has; and faults that this catches."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from operations import calling, managing, moving, opening, shifts, ticketing, undoing
from store import boards, tickets
from tests.support.halls import MORNING, new_hall
from tests.support.sizes import size

PLACES = 3  # of the demo centre
QUEUE = "ho-tich"
# Minutes to the next one (0: the same millisecond; below: the clock went back), the class, the slot.
guests = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1, 5, 30, -20]),
        st.sampled_from([None, None, "cao-tuoi"]),
        st.sampled_from([None, None, 60, 60, 90]),
    ),
    min_size=1,
    max_size=12,
)
wishes = st.lists(st.integers(0, 11), min_size=1, max_size=6)


def line_of(hall) -> list[int]:
    return [ticket.id for ticket in tickets.waiting_in(hall.db, QUEUE, 100)]


def filled(people):
    hall = new_hall()
    for minutes, priority, slot in people:
        at = None if slot is None else MORNING + timedelta(minutes=slot)
        hall.do(ticketing.give_number, QUEUE, "vi", priority, None, slot=at)
        hall.clock.forward(minutes=minutes)
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    return hall


def give_time(hall, ticket: int):
    """As a clerk does it: as often as the clerk likes."""
    return hall.do(moving.give_time, ticket, 1, "cb01", who="cb01")


def check_exactly_so_many_pass(people, who) -> None:
    """Raises AssertionError when anybody else moves, or who asked is not right behind the next few."""
    hall = filled(people)
    for wish in who:
        line = line_of(hall)
        place = wish % len(line)
        wanted = [*line[:place], *line[place + 1 :]]
        wanted.insert(min(place + PLACES, len(wanted)), line[place])
        give_time(hall, line[place])
        assert line_of(hall) == wanted
        places = [boards.position(hall.db, tickets.load(hall.db, ticket)) for ticket in wanted]
        assert places == list(range(len(wanted)))


def check_calls_follow_the_line(people, who) -> None:
    """Raises AssertionError when a counter calls in another order than the line shows."""
    hall = filled(people)
    for wish in who:
        line = line_of(hall)
        give_time(hall, line[wish % len(line)])
    line = line_of(hall)
    assert [hall.do(calling.call_next, 1, "cb01").ticket.id for _ in line] == line


SEARCH = settings(max_examples=size("places", 100, 1000), deadline=None)


@SEARCH
@given(guests, wishes)
def test_more_time_puts_somebody_behind_exactly_so_many(people, who):
    check_exactly_so_many_pass(people, who)


@SEARCH
@given(guests, wishes)
def test_the_counter_calls_as_the_line_stands(people, who):
    check_calls_follow_the_line(people, who)


def test_between_two_of_one_slot_is_a_place():
    hall = filled([(0, None, 60)] * 6)
    first, *others = line_of(hall)
    moved = give_time(hall, first)
    assert line_of(hall) == [*others[:3], first, *others[3:]]
    assert moved.key == tickets.load(hall.db, others[0]).key
    assert hall.do(moving.set_class, first, None, "denied").turn == first


def test_taken_back_the_old_turn_counts():
    hall = filled([(0, None, 60)] * 6)
    before = line_of(hall)
    give_time(hall, before[0])
    hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert line_of(hall) == before


def test_a_later_one_of_the_same_slot_comes_behind_whoever_was_put_there():
    hall = filled([(0, None, 60)] * 5)
    first = line_of(hall)[0]
    for _ in range(2):
        give_time(hall, first)
    assert line_of(hall)[-1] == first
    later = hall.do(ticketing.give_number, QUEUE, "vi", None, None, slot=MORNING + timedelta(minutes=60))
    assert line_of(hall)[-2:] == [first, later.id]


def test_over_night_the_turn_is_kept():
    hall = filled([(0, None, 60)] * 6)
    give_time(hall, line_of(hall)[0])
    hall.do(managing.keep_queue, QUEUE, "Mất điện")
    before = line_of(hall)
    hall.clock.forward(days=1)
    hall.do(opening.ensure_day)
    assert line_of(hall) == before


def a_millisecond_later(before, after):
    """As if no two keys were ever equal."""
    return before.key + 1, None


def turn_of_the_issue(before, after):
    return before.key, None


@pytest.mark.planted
@pytest.mark.parametrize("fault", [a_millisecond_later, turn_of_the_issue])
def test_a_planted_fault_is_caught(monkeypatch, fault):
    monkeypatch.setattr(moving, "place_between", fault)
    search = settings(
        max_examples=5000, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    with pytest.raises(AssertionError):
        search(given(guests, wishes)(check_exactly_so_many_pass))()
