from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.errors import (
    AlreadyElsewhere,
    CounterClosed,
    CounterTaken,
    Invalid,
    NoTicketHere,
    StaleScreen,
    UnknownCounter,
)
from domain.queue_events import TicketCalled, TicketFinished, TicketRecalled
from operations import calling, managing, moving, shifts, ticketing, undoing
from store import counters, moves, tickets
from store.tickets import UnknownTicket
from tests.support.halls import calls_made, demo_calendar, demo_centre

take = ticketing.take_ticket
ENDS = [calling.finish, calling.mark_absent, calling.call_again, calling.start, calling.set_aside]


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

    with pytest.raises(moves.AlreadyCalled):
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
    assert [(c.seq, c.kind) for c in calls_made(open_hall.db, 1)] == [(first.seq, "call"), (again.seq, "recall")]
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


def test_a_call_in_order_says_whom_it_passed_by(open_hall):
    first, second = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    assert calls_made(open_hall.db, 1)[-1].runner_up == second.id
    call(open_hall, 1)
    made = calls_made(open_hall.db, 1)
    assert [(c.ticket, c.reason, c.policy, c.key) for c in made] == [
        (first.id, "", "due", first.key),
        (second.id, "", "due", second.key),
    ]
    assert made[-1].runner_up is None


def call_this(hall, counter: int, ticket: int, reason: str = "urgent", seen: int | None = None):
    return hall.do(calling.call_this, counter, f"cb0{counter}", ticket, reason, seen)


def test_somebody_out_of_order_is_called_with_the_reason_and_finishes_the_one_before(open_hall):
    served, first, frail = (open_hall.do(take, "ho-tich") for _ in range(3))
    call(open_hall, 1)
    called = call_this(open_hall, 1, frail.id, "frail", served.id)
    assert (called.ticket.id, called.ticket.state, called.ticket.counter) == (frail.id, "called", 1)
    assert tickets.load(open_hall.db, served.id).state == "finished"
    assert tickets.load(open_hall.db, first.id).state == "waiting"
    made = calls_made(open_hall.db, 1)[-1]
    assert (made.seq, made.reason, made.runner_up) == (called.seq, "frail", None)


def test_out_of_order_also_from_a_queue_not_served_here(open_hall):
    land = open_hall.do(take, "dat-dai")
    assert call(open_hall, 1) is None
    assert call_this(open_hall, 1, land.id).ticket.counter == 1


@pytest.mark.parametrize("reason", ["", "vì quen", "URGENT"])
def test_out_of_order_without_a_reason_from_the_list_is_refused(open_hall, reason):
    served, other = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    with pytest.raises(Invalid):
        call_this(open_hall, 1, other.id, reason)
    assert tickets.load(open_hall.db, served.id).state == "called"


def test_only_who_waits_is_called_out_of_order(open_hall):
    one, two = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    with pytest.raises(AlreadyElsewhere) as refusal:
        call_this(open_hall, 2, one.id)
    assert refusal.value.arguments == {"number": one.number}
    with pytest.raises(UnknownTicket):
        call_this(open_hall, 2, 10**9)
    with pytest.raises(StaleScreen):
        call_this(open_hall, 1, two.id, "urgent", two.id)
    with pytest.raises(CounterTaken):
        open_hall.do(calling.call_this, 1, "cb02", two.id, "urgent")
    assert tickets.load(open_hall.db, two.id).state == "waiting"


def test_the_start_is_noted_once(open_hall):
    open_hall.do(take, "ho-tich")
    called = call(open_hall, 1)
    open_hall.clock.forward(seconds=40)
    began = open_hall.do(calling.start, 1, "cb01", called.id)
    assert (began.state, began.started_at) == ("called", open_hall.clock())
    before = open_hall.one("SELECT max(seq) FROM journal")
    open_hall.clock.forward(seconds=40)
    assert open_hall.do(calling.start, 1, "cb01", called.id) == began
    assert open_hall.one("SELECT max(seq) FROM journal") == before


def test_a_visit_ends_with_an_outcome_of_the_list(open_hall):
    ticket = open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    for outcome in ("", "happy", "Served"):
        with pytest.raises(Invalid):
            open_hall.do(calling.finish, 1, "cb01", ticket.id, outcome)
    assert open_hall.do(calling.finish, 1, "cb01", ticket.id, "incomplete").outcome == "incomplete"


def test_somebody_set_aside_is_called_again_from_the_same_counter_only(open_hall):
    ticket, other = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    aside = open_hall.do(calling.set_aside, 1, "cb01", ticket.id, "form")
    assert (aside.state, aside.counter, aside.note, aside.key) == ("parked", 1, "form", ticket.key)
    assert [parked.id for parked in tickets.parked_at(open_hall.db, 1)] == [ticket.id]
    assert call(open_hall, 2).id == other.id
    assert call(open_hall, 1) is None
    with pytest.raises(AlreadyElsewhere):
        call_this(open_hall, 2, ticket.id)
    back = call_this(open_hall, 1, ticket.id, "")
    assert (back.ticket.state, back.ticket.note) == ("called", "")
    assert tickets.call(open_hall.db, back.seq).reason == "parked"
    assert tickets.parked(open_hall.db) == []


@pytest.mark.parametrize("note", ["", "uống nước"])
def test_setting_aside_needs_a_reason_from_the_list(open_hall, note):
    open_hall.do(take, "ho-tich")
    ticket = call(open_hall, 1)
    with pytest.raises(Invalid):
        open_hall.do(calling.set_aside, 1, "cb01", ticket.id, note)
    assert tickets.at_counter(open_hall.db, 1) == ticket


@pytest.mark.parametrize("waiting", [0, 1])
def test_calling_ends_a_pause_even_when_nobody_waits(open_hall, waiting):
    open_hall.do(shifts.pause, 1, "cb01", "break", 15)
    for _ in range(waiting):
        open_hall.do(take, "ho-tich")
    call(open_hall, 1)
    assert counters.pause_at(open_hall.db, 1) is None


@pytest.fixture
def calls_by_itself(open_hall):
    rules = replace(demo_centre().calling, auto_call=True)
    open_hall.do(managing.load_centre, replace(demo_centre(), calling=rules), demo_calendar())
    return open_hall


def test_a_centre_that_calls_by_itself_calls_at_the_end_of_a_visit(calls_by_itself):
    one, two = calls_by_itself.do(take, "ho-tich"), calls_by_itself.do(take, "ho-tich")
    call(calls_by_itself, 1)
    ended = calls_by_itself.do(calling.finish, 1, "cb01", one.id, "advised", who="cb01")
    assert (ended.id, ended.outcome) == (one.id, "advised")
    assert tickets.at_counter(calls_by_itself.db, 1).id == two.id
    calls_by_itself.do(undoing.undo, 1, "cb01", who="cb01")
    assert tickets.at_counter(calls_by_itself.db, 1).id == one.id
    assert tickets.load(calls_by_itself.db, two.id).state == "waiting"


def test_sent_to_a_counter_competes_by_its_moment_with_those_who_wait_there(open_hall):
    open_hall.do(take, "ho-tich")
    sent = call(open_hall, 1)
    open_hall.clock.forward(minutes=1)
    later = open_hall.do(take, "tra-ket-qua")
    open_hall.do(moving.transfer, 1, "cb01", note="collect", to_counter=4)
    assert [call(open_hall, 4).id for _ in range(2)] == [sent.id, later.id]
