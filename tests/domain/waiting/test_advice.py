"""What one more counter would change: only counters that are closed and help are named."""

from domain.waiting.advice import advise, closed_counters
from domain.waiting.boards import newcomer_place
from domain.waiting.snapshots import Desk, Group, Standing
from tests.domain.waiting.halls import NOW, hall, place, steady

BUSY = Desk(1, ("a",), Standing.SERVING, "a", NOW - 2)
CLOSED = Desk(7, ("a",), Standing.CLOSED)
NEW = newcomer_place(0, NOW, NOW, Group.ORDINARY)
LINE = {"a": [place(ticket, NOW - 10 + ticket) for ticket in range(1, 7)]}


def test_a_second_counter_halves_the_wait():
    (found,) = advise(hall([BUSY, CLOSED], LINE), steady(), "a", NEW, seed=1)
    assert found.counter == 7
    assert found.before is not None and found.after < 0.65 * found.before


def test_where_nobody_serves_any_counter_helps():
    (found,) = advise(hall([CLOSED], LINE, closings={"a": NOW + 200}), steady(), "a", NEW, seed=1)
    assert found.before is None and 50 < found.after < 80


def test_a_counter_of_another_queue_or_of_no_use_is_not_named():
    other = Desk(8, ("b",), Standing.CLOSED)
    assert advise(hall([BUSY, other], LINE), steady(), "a", NEW, seed=1) == []
    assert advise(hall([BUSY, CLOSED], {"a": []}), steady(5, "a"), "a", NEW, seed=1) == []


def test_counters_that_serve_the_queue_first_are_tried_first():
    second = Desk(2, ("b", "a"), Standing.CLOSED)
    assert [desk.number for desk in closed_counters(hall([second, CLOSED]), "a")] == [7, 2]
