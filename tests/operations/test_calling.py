from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.errors import CounterClosed, CounterTaken, NoTicketHere, StaleScreen, UnknownCounter
from domain.events import TicketCalled, TicketFinished, TicketRecalled
from operations import calling, shifts, ticketing
from store import tickets

take = ticketing.take_ticket
ENDS = [calling.finish, calling.mark_absent, calling.call_again]


@pytest.fixture
def open_hall(hall):
    for counter in (1, 2, 3, 4):
        hall.do(shifts.open_shift, counter, f"cb0{counter}")
    return hall


def call(hall, counter: int, seen: int | None = None):
    return hall.do(calling.call_next, counter, f"cb0{counter}", seen).ticket


def test_people_are_called_in_the_order_in_which_they_came(open_hall):
    ids = []
    for queue in ("ho-tich", "chung-thuc", "ho-tich", "chung-thuc"):
        ids.append(open_hall.do(take, queue).id)
        open_hall.clock.forward(seconds=1)
    assert [call(open_hall, 2).id for _ in ids] == ids


def test_primary_and_secondary_queues_compete_by_due_moment(open_hall):
    second = open_hall.do(take, "chung-thuc")
    open_hall.clock.forward(seconds=1)
    first = open_hall.do(take, "ho-tich")
    assert call(open_hall, 1).id == second.id
    assert call(open_hall, 1).id == first.id


def test_a_counter_calls_nobody_from_a_queue_that_it_does_not_serve(open_hall):
    open_hall.do(take, "dat-dai")
    open_hall.do(take, "tra-ket-qua")
    assert call(open_hall, 1) is None
    assert call(open_hall, 4).queue == "tra-ket-qua"


@pytest.mark.parametrize(("late_by", "first"), [(59, "priority"), (60, "plain"), (61, "plain")])
def test_credit_lets_somebody_pass_who_came_less_than_an_hour_before(open_hall, late_by, first):
    plain = open_hall.do(take, "ho-tich")
    open_hall.clock.forward(minutes=late_by)
    early = open_hall.do(take, "ho-tich", priority="cao-tuoi")
    expected = {"plain": plain, "priority": early}[first]
    assert call(open_hall, 1).id == expected.id


@pytest.mark.parametrize("queues", [("ho-tich", "ho-tich"), ("chung-thuc", "ho-tich"), ("ho-tich", "chung-thuc")])
def test_a_tie_goes_to_whoever_took_the_number_first(open_hall, queues):
    ids = [open_hall.do(take, queue).id for queue in queues]
    assert [call(open_hall, 1).id for _ in queues] == ids


def test_calling_the_next_finishes_the_one_before_in_one_step(open_hall):
    one, two = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    open_hall.clock.forward(minutes=5)
    called = open_hall.do(calling.call_next, 1, "cb01", one.id)
    done, now = tickets.load(open_hall.db, one.id), called.ticket
    assert (done.state, done.ended_at) == ("finished", open_hall.clock())
    assert (now.id, now.state, now.counter, now.called_at) == (two.id, "called", 1, open_hall.clock())
    assert [type(recorded.event) for recorded in open_hall.events[-2:]] == [TicketFinished, TicketCalled]
    assert called.seq == open_hall.events[-1].seq


def test_with_nobody_waiting_the_last_one_is_finished_and_the_answer_says_so(open_hall):
    last = open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    assert open_hall.do(calling.call_next, 1, "cb01", last.id) == calling.Called(None, None)
    assert tickets.load(open_hall.db, last.id).state == "finished"
    assert open_hall.do(calling.call_next, 1, "cb01", 0) == calling.Called(None, None)


def test_two_clerks_never_call_the_same_person(open_hall):
    ids = {open_hall.do(take, "ho-tich").id for _ in range(3)}
    assert {call(open_hall, counter).id for counter in (1, 2, 3)} == ids
    assert call(open_hall, 1) is None


def test_whoever_is_called_twice_by_a_race_is_given_to_the_first(open_hall):
    """The conditional update is the decision, even when the choice before it was stale."""
    ticket = open_hall.do(take, "ho-tich")
    call(open_hall, 1)

    def stale(tx):
        tx.record(TicketCalled(ticket.id, 2, "cb02"))

    with pytest.raises(tickets.AlreadyCalled):
        open_hall.do(stale)
    assert tickets.load(open_hall.db, ticket.id).counter == 1
    assert tickets.at_counter(open_hall.db, 2) is None


@pytest.mark.parametrize("operation", [calling.call_next, *ENDS])
def test_a_screen_that_shows_something_else_is_refused(open_hall, operation):
    first, _ = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1, seen=0)
    before = open_hall.one("SELECT max(seq) FROM journal")
    for seen in (0, first.id + 1, 10**9):
        with pytest.raises(StaleScreen):
            open_hall.do(operation, 1, "cb01", seen)
    assert open_hall.one("SELECT max(seq) FROM journal") == before
    open_hall.do(operation, 1, "cb01", first.id)


def test_pressing_next_twice_on_one_screen_calls_one_person(open_hall):
    first, second = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1, seen=0)
    with pytest.raises(StaleScreen):
        call(open_hall, 1, seen=0)
    assert tickets.load(open_hall.db, first.id).state == "called"
    assert tickets.load(open_hall.db, second.id).state == "waiting"


@pytest.mark.parametrize(("operation", "state"), [(calling.finish, "finished"), (calling.mark_absent, "absent")])
def test_somebody_served_or_absent_is_done_and_nobody_else_is_called(open_hall, operation, state):
    ticket, other = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    open_hall.clock.forward(minutes=2)
    ended = open_hall.do(operation, 1, "cb01", ticket.id)
    assert (ended.id, ended.state, ended.ended_at) == (ticket.id, state, open_hall.clock())
    assert tickets.at_counter(open_hall.db, 1) is None
    assert tickets.load(open_hall.db, other.id).state == "waiting"


def test_a_recall_is_one_more_announcement_and_nothing_else(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    first = open_hall.do(calling.call_next, 1, "cb01")
    open_hall.clock.forward(minutes=1)
    again = open_hall.do(calling.call_again, 1, "cb01", ticket.id)
    assert again.seq > first.seq
    assert again.ticket == first.ticket
    assert [(c.seq, c.kind) for c in tickets.calls(open_hall.db, 1)] == [(first.seq, "call"), (again.seq, "recall")]
    assert isinstance(open_hall.events[-1].event, TicketRecalled)


@pytest.mark.parametrize("operation", ENDS)
def test_without_a_ticket_at_the_counter_there_is_nothing_to_end(open_hall, operation):
    open_hall.do(take, "ho-tich")
    with pytest.raises(NoTicketHere):
        open_hall.do(operation, 1, "cb01")
    with pytest.raises(NoTicketHere):
        open_hall.do(operation, 1, "cb01", 0)


@pytest.mark.parametrize("operation", [calling.call_next, *ENDS])
@pytest.mark.parametrize(
    ("counter", "person", "error"),
    [
        (1, "cb02", CounterTaken),
        (5, "cb05", CounterClosed),
        (99, "cb01", UnknownCounter),
        (0, "cb01", UnknownCounter),
    ],
)
def test_only_the_clerk_of_an_open_counter_calls_there(open_hall, operation, counter, person, error):
    open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    before = open_hall.one("SELECT max(seq) FROM journal")
    with pytest.raises(error):
        open_hall.do(operation, counter, person)
    assert open_hall.one("SELECT max(seq) FROM journal") == before


def a_clock_that_goes_back_leaves_the_line_standing(hall) -> None:
    """Numbers taken after the clock went back an hour wait behind those taken before; credit counts as ever."""
    before = [hall.do(take, "ho-tich").id for _ in range(2)]
    hall.clock.forward(hours=-1)
    after = [hall.do(take, "ho-tich").id for _ in range(2)]
    early = hall.do(take, "ho-tich", priority="cao-tuoi").id
    assert [call(hall, 1).id for _ in range(5)] == [early, *before, *after]


def test_a_clock_that_goes_back_leaves_the_line_standing(open_hall):
    a_clock_that_goes_back_leaves_the_line_standing(open_hall)


@pytest.mark.planted
def test_newcomers_who_pass_the_line_are_caught(open_hall, monkeypatch):
    line = tickets.line
    monkeypatch.setattr(tickets, "line", lambda *of: replace(line(*of), newest=datetime(1970, 1, 1, tzinfo=UTC)))
    with pytest.raises(AssertionError):
        a_clock_that_goes_back_leaves_the_line_standing(open_hall)
