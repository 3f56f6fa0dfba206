from dataclasses import replace

import pytest

from domain.errors import (
    ClerkElsewhere,
    CounterClosed,
    CounterTaken,
    Invalid,
    ParkedStillHere,
    TicketStillHere,
    UnknownCounter,
    UnknownQueue,
)
from domain.queue_events import HelpCalled
from domain.tickets import milliseconds
from operations import calling, managing, shifts, ticketing
from store import counters, database, tickets
from tests.support.halls import demo_calendar, demo_centre


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


def one_served_and_one_set_aside(hall):
    """At counter 1, by cb01."""
    hall.do(shifts.open_shift, 1, "cb01")
    for _ in range(2):
        hall.do(ticketing.take_ticket, "ho-tich")
    hall.do(calling.call_next, 1, "cb01")
    aside = hall.do(calling.set_aside, 1, "cb01", None, "form")
    return aside, hall.do(calling.call_next, 1, "cb01").ticket


def test_taking_over_keeps_who_is_served_and_who_is_set_aside(hall):
    aside, served = one_served_and_one_set_aside(hall)
    taken = hall.do(shifts.take_over, 1, "cb02")
    assert counters.open_shifts(hall.db) == {1: taken}
    assert (taken.person, counters.shift_of(hall.db, "cb01")) == ("cb02", None)
    assert tickets.at_counter(hall.db, 1) == served
    assert tickets.parked_at(hall.db, 1) == [aside]
    assert hall.do(calling.call_this, 1, "cb02", aside.id, "").ticket.id == aside.id
    with pytest.raises(CounterTaken):
        hall.do(calling.finish, 1, "cb01")


def test_taking_over_the_own_counter_changes_nothing(hall):
    mine = hall.do(shifts.open_shift, 1, "cb01")
    before = hall.one("SELECT max(seq) FROM journal")
    assert hall.do(shifts.take_over, 1, "cb01") == mine
    assert hall.one("SELECT max(seq) FROM journal") == before


def test_only_an_open_counter_is_taken_over_and_by_somebody_free(hall):
    with pytest.raises(UnknownCounter):
        hall.do(shifts.take_over, 13, "cb02")
    with pytest.raises(CounterClosed):
        hall.do(shifts.take_over, 1, "cb02")
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.open_shift, 2, "cb02")
    with pytest.raises(ClerkElsewhere) as refusal:
        hall.do(shifts.take_over, 1, "cb02")
    assert refusal.value.arguments == {"counter": 2}
    assert counters.shift_at(hall.db, 1).person == "cb01"


def test_nobody_goes_home_from_somebody_set_aside(hall):
    aside, served = one_served_and_one_set_aside(hall)
    with pytest.raises(ParkedStillHere) as refusal:
        hall.do(shifts.close_shift, 1, "cb01")
    assert refusal.value.arguments == {"number": aside.number}
    assert tickets.at_counter(hall.db, 1) == served
    hall.do(calling.call_this, 1, "cb01", aside.id, "")
    hall.do(shifts.close_shift, 1, "cb01")
    assert tickets.load(hall.db, aside.id).state == "finished"


def test_a_pause_has_a_reason_a_length_and_an_end(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.pause, 1, "cb01", "meeting", 240)
    assert counters.pauses(hall.db) == {1: counters.Pause(1, "meeting", 240, hall.clock())}
    before = hall.one("SELECT max(seq) FROM journal")
    hall.do(shifts.pause, 1, "cb01", "break", 5)
    assert hall.one("SELECT max(seq) FROM journal") == before
    for _ in range(2):
        hall.do(shifts.resume, 1, "cb01")
    assert hall.one("SELECT max(seq) FROM journal") == before + 1
    assert counters.pauses(hall.db) == {}


@pytest.mark.parametrize(
    ("reason", "minutes"), [("", 5), ("trà đá", 5), ("break", 0), ("break", -1), ("break", 241)]
)
def test_a_pause_without_reason_or_bound_is_refused(hall, reason, minutes):
    hall.do(shifts.open_shift, 1, "cb01")
    with pytest.raises(Invalid):
        hall.do(shifts.pause, 1, "cb01", reason, minutes)
    assert counters.pauses(hall.db) == {}


def test_nobody_rests_while_somebody_is_served(hall):
    _, served = one_served_and_one_set_aside(hall)
    with pytest.raises(TicketStillHere) as refusal:
        hall.do(shifts.pause, 1, "cb01", "break", 5)
    assert refusal.value.arguments == {"number": served.number}


@pytest.mark.parametrize(
    "act", [(shifts.pause, "break", 5), (shifts.resume,), (shifts.call_for_help,)], ids=["pause", "resume", "help"]
)
@pytest.mark.parametrize(
    ("counter", "person", "error"),
    [(1, "cb02", CounterTaken), (2, "cb01", CounterClosed), (13, "cb01", UnknownCounter)],
)
def test_only_the_clerk_of_the_counter_rests_and_calls_for_help(hall, act, counter, person, error):
    hall.do(shifts.open_shift, 1, "cb01")
    operation, *words = act
    with pytest.raises(error):
        hall.do(operation, counter, person, *words)


def test_closing_the_counter_ends_its_pause(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.pause, 1, "cb01", "break", 5)
    hall.do(shifts.close_shift, 1, "cb01")
    assert counters.pauses(hall.db) == {}


def test_a_counter_serves_other_queues_until_the_day_ends(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    civil, land = (hall.do(ticketing.take_ticket, queue) for queue in ("ho-tich", "dat-dai"))
    hall.do(shifts.set_skills, 1, ["dat-dai"], [])
    assert hall.do(calling.call_next, 1, "cb01").ticket.id == land.id
    assert hall.do(calling.call_next, 1, "cb01").ticket is None
    hall.do(shifts.set_skills, 1, ["ho-tich"], ["chung-thuc"])  # as configured
    assert hall.one("SELECT count(*) FROM skills") == 0
    assert hall.do(calling.call_next, 1, "cb01").ticket.id == civil.id
    hall.do(shifts.set_skills, 1, ["dat-dai"], [])
    hall.clock.forward(days=1)
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(ticketing.take_ticket, "ho-tich")
    assert hall.do(calling.call_next, 1, "cb01").ticket.queue == "ho-tich"


@pytest.mark.parametrize(
    ("counter", "queues", "secondary", "error"),
    [
        (13, ["ho-tich"], [], UnknownCounter),
        (1, ["không-có"], [], UnknownQueue),
        (1, ["ho-tich"], ["x" * 5000], UnknownQueue),
        (1, ["ho-tich", "ho-tich"], [], Invalid),
        (1, ["ho-tich"], ["ho-tich"], Invalid),
    ],
)
def test_skills_name_known_queues_once(hall, counter, queues, secondary, error):
    with pytest.raises(error):
        hall.do(shifts.set_skills, counter, queues, secondary)
    assert hall.one("SELECT count(*) FROM skills") == 0


def test_help_is_called_once_and_ends_once(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.end_help, 1, True)
    for _ in range(2):
        hall.do(shifts.call_for_help, 1, "cb01")
    assert counters.alarms(hall.db) == (counters.Alarm(1, "cb01", hall.clock()),)
    for _ in range(2):
        hall.do(shifts.end_help, 1, True)
    assert counters.alarms(hall.db) == ()
    assert [type(r.event).__name__ for r in hall.events[-2:]] == ["HelpCalled", "HelpEnded"]
    hall.do(shifts.call_for_help, 1, "cb01")
    assert len(counters.alarms(hall.db)) == 1


def test_a_call_for_help_can_be_ended_though_the_counter_is_no_more(hall):
    hall.do(shifts.open_shift, 10, "cb10")
    hall.do(shifts.call_for_help, 10, "cb10")
    left = replace(demo_centre(), counters=tuple(c for c in demo_centre().counters if c.number != 10))
    hall.do(managing.load_centre, left, demo_calendar())
    hall.do(shifts.end_help, 10, False)
    assert counters.alarms(hall.db) == ()
    with pytest.raises(UnknownCounter):
        hall.do(shifts.end_help, 10, False)


def test_a_journal_in_which_a_new_day_ended_the_calls_for_help_still_reads(hall):
    """So it was before: no event ended the first call, and the counter called again on the next day."""
    hall.do(shifts.open_shift, 1, "cb01")
    hall.do(shifts.call_for_help, 1, "cb01")
    hall.clock.forward(days=1)
    later = hall.do(lambda tx: tx.record(HelpCalled(1, "cb01"))).at
    assert [milliseconds(alarm.at) for alarm in counters.alarms(hall.db)] == [later]
    hall.do(shifts.end_help, 1, False)
    assert counters.alarms(hall.db) == ()


def test_choosing_keys_ends_nobodys_day(hall):
    """At ten past midnight, with somebody still at the counter; and whatever the clock says."""
    _, served = one_served_and_one_set_aside(hall)
    hall.clock.forward(days=1)
    hall.do(shifts.choose_keys, "cb01", {"again": "KeyQ"}, off=False)
    assert tickets.at_counter(hall.db, 1) == served
    hall.clock.forward(days=3652)
    hall.do(shifts.choose_keys, "cb01", {"again": "KeyY"}, off=False)
    assert hall.one("SELECT max(id) FROM days") == 1
