import pytest

from domain.errors import ClerkElsewhere, CounterClosed, CounterTaken, UnknownCounter
from operations import calling, shifts, ticketing
from store import counters, database, tickets


def test_a_clerk_sits_down_and_doing_it_twice_changes_nothing(hall):
    first = hall.do(shifts.open_shift, 1, "cb01")
    seq = hall.one("SELECT max(seq) FROM journal")
    assert hall.do(shifts.open_shift, 1, "cb01") == first
    assert hall.one("SELECT max(seq) FROM journal") == seq
    assert counters.open_shifts(hall.db) == {1: first}


def test_one_clerk_per_counter(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    with pytest.raises(CounterTaken):
        hall.do(shifts.open_shift, 1, "cb02")
    assert counters.shift_at(hall.db, 1).person == "cb01"


def test_one_counter_per_clerk(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    with pytest.raises(ClerkElsewhere) as refusal:
        hall.do(shifts.open_shift, 2, "cb01")
    assert refusal.value.arguments == {"counter": 1}
    assert counters.shift_of(hall.db, "cb01").counter == 1


@pytest.mark.parametrize(("counter", "person"), [(1, "cb02"), (2, "cb01")])
def test_the_database_itself_keeps_both_rules(hall, counter, person):
    hall.do(shifts.open_shift, 1, "cb01")
    with pytest.raises(database.IntegrityError):
        hall.db.execute("INSERT INTO shifts VALUES (9999, ?, ?, 0, NULL)", (counter, person))


@pytest.mark.parametrize("counter", [0, 13, -1, 10**9])
def test_an_unknown_counter(hall, counter):
    with pytest.raises(UnknownCounter):
        hall.do(shifts.open_shift, counter, "cb01")
    with pytest.raises(UnknownCounter):
        hall.do(shifts.close_shift, counter, "cb01")
    assert hall.events == []


def test_closing_finishes_who_is_being_served_and_frees_clerk_and_counter(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    ticket = hall.do(ticketing.take_ticket, "ho-tich")
    hall.do(calling.call_next, 1, "cb01")
    hall.do(shifts.close_shift, 1, "cb01")
    assert tickets.load(hall.db, ticket.id).state == "finished"
    assert counters.open_shifts(hall.db) == {}
    hall.do(shifts.open_shift, 1, "cb02")
    hall.do(shifts.open_shift, 2, "cb01")
    assert {shift.person for shift in counters.open_shifts(hall.db).values()} == {"cb01", "cb02"}


def test_only_the_own_open_counter_can_be_closed(hall):
    with pytest.raises(CounterClosed):
        hall.do(shifts.close_shift, 1, "cb01")
    hall.do(shifts.open_shift, 1, "cb01")
    with pytest.raises(CounterTaken):
        hall.do(shifts.close_shift, 1, "cb02")
    assert counters.shift_at(hall.db, 1).person == "cb01"


def test_a_shift_ends_with_its_day(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.clock.forward(days=1)
    hall.do(ticketing.take_ticket, "ho-tich")
    assert counters.open_shifts(hall.db) == {}
    hall.do(shifts.open_shift, 1, "cb02")
