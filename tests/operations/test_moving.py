from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import (
    AlreadyElsewhere,
    CounterTaken,
    Invalid,
    MoreTimeOnce,
    NoTicketHere,
    QueueStopped,
    StaleScreen,
    UnknownCounter,
    UnknownQueue,
)
from domain.queue_events import TicketLeft, TicketRekeyed, TicketReturned
from domain.tickets import milliseconds
from operations import calling, managing, moving, shifts, ticketing
from store import tickets
from store.tickets import UnknownTicket
from tests.support.halls import demo_calendar, demo_centre

take = ticketing.take_ticket
MINUTE = 60_000
NOBODY = 10**9


@pytest.fixture
def open_hall(hall):
    for counter in (1, 2, 3, 4):
        hall.do(shifts.open_shift, counter, f"cb0{counter}")
    return hall


def call(hall, counter: int = 1):
    return hall.do(calling.call_next, counter, f"cb0{counter}").ticket


def send(hall, counter: int = 1, **where):
    return hall.do(moving.transfer, counter, f"cb0{counter}", **{"note": "next-step", **where})


def seq(hall) -> int:
    return hall.one("SELECT max(seq) FROM journal")


def away(hall, priority: str | None = None):
    """Somebody called at 08:00 who did not come."""
    hall.do(take, "ho-tich", priority=priority)
    call(hall)
    return hall.do(calling.mark_absent, 1, "cb01")


# -- sent on


def test_sent_on_the_number_the_first_arrival_and_the_place_in_the_order_stay(open_hall):
    given = open_hall.do(take, "ho-tich", priority="cao-tuoi")
    open_hall.clock.forward(minutes=5)
    other = open_hall.do(take, "chung-thuc", priority="cao-tuoi")
    call(open_hall)
    open_hall.clock.forward(minutes=20)
    sent = send(open_hall, queue="chung-thuc")
    assert (sent.queue, sent.home, sent.number) == ("chung-thuc", "ho-tich", given.number)
    assert (sent.state, sent.counter, sent.note) == ("waiting", None, "next-step")
    assert (sent.key, sent.arrived_at, sent.base) == (given.key, given.arrived_at, given.base)
    assert tickets.line(open_hall.db, 1, "chung-thuc").waiting == 2
    assert tickets.line(open_hall.db, 1, "ho-tich").waiting == 0
    assert [call(open_hall, 4).id for _ in range(2)] == [given.id, other.id]


def test_sent_to_one_counter_nobody_else_calls_it(open_hall):
    open_hall.do(take, "ho-tich")
    sent = call(open_hall)
    assert send(open_hall, to_counter=4).for_counter == 4
    assert [call(open_hall, counter) for counter in (1, 2, 3)] == [None, None, None]
    assert call(open_hall, 4).id == sent.id  # though it serves no ho-tich
    assert tickets.load(open_hall.db, sent.id).for_counter is None


def test_sent_to_one_person_it_follows_the_person(open_hall):
    open_hall.do(take, "ho-tich")
    sent = call(open_hall)
    assert send(open_hall, to_person="cb03").for_person == "cb03"
    assert call(open_hall, 2) is None
    open_hall.do(shifts.close_shift, 3, "cb03")
    open_hall.do(shifts.open_shift, 10, "cb03")
    assert open_hall.do(calling.call_next, 10, "cb03").ticket.id == sent.id


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"queue": "không-có"}, UnknownQueue),
        ({"queue": "x" * 5000}, UnknownQueue),
        ({}, Invalid),
        ({"queue": "ho-tich"}, Invalid),
        ({"queue": "chung-thuc", "note": ""}, Invalid),
        ({"queue": "chung-thuc", "note": "chị ấy vội"}, Invalid),
        ({"to_counter": 2, "to_person": "cb03"}, Invalid),
        ({"to_counter": 0}, UnknownCounter),
        ({"to_counter": 13}, UnknownCounter),
        ({"to_person": "nobody"}, Invalid),
        ({"to_person": "ql04"}, Invalid),
        ({"queue": "xay-dung"}, QueueStopped),
    ],
)
def test_a_wrong_address_is_refused_and_the_person_stays(open_hall, where, error):
    open_hall.do(managing.stop_queue, "xay-dung", "Mất điện")
    open_hall.do(take, "ho-tich")
    served, before = call(open_hall), seq(open_hall)
    with pytest.raises(error):
        send(open_hall, **where)
    assert tickets.at_counter(open_hall.db, 1) == served
    assert seq(open_hall) == before


def test_a_queue_stopped_for_newcomers_keeps_its_own(open_hall):
    open_hall.do(take, "ho-tich")
    call(open_hall)
    open_hall.do(managing.stop_queue, "ho-tich", "Họp")
    assert send(open_hall, to_counter=2).queue == "ho-tich"


def test_a_stop_that_is_over_stops_no_transfer(open_hall):
    open_hall.do(take, "ho-tich")
    call(open_hall)
    open_hall.do(managing.stop_queue, "chung-thuc", "Họp", open_hall.clock() + timedelta(minutes=5))
    with pytest.raises(QueueStopped):
        send(open_hall, queue="chung-thuc")
    open_hall.clock.forward(minutes=5)
    assert send(open_hall, queue="chung-thuc").queue == "chung-thuc"


def test_only_whoever_is_served_here_is_sent_on(open_hall):
    with pytest.raises(NoTicketHere):
        send(open_hall, queue="chung-thuc")
    open_hall.do(take, "ho-tich")
    served = call(open_hall)
    with pytest.raises(CounterTaken):
        open_hall.do(moving.transfer, 1, "cb02", note="expert", queue="chung-thuc")
    with pytest.raises(StaleScreen):
        open_hall.do(moving.transfer, 1, "cb01", served.id + 1, note="expert", queue="chung-thuc")


# -- back from an absence


@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=9, seconds=59), timedelta(minutes=10)])
def test_back_within_the_grace_the_place_is_kept(open_hall, after):
    gone = away(open_hall)
    open_hall.clock.moment += after
    back = open_hall.do(moving.come_back, gone.id)
    assert (back.state, back.key, back.base, back.counter, back.ended_at) == (
        "waiting", gone.key, gone.base, None, None,
    )  # fmt: skip
    assert open_hall.events[-1].event == TicketReturned(gone.id, gone.key, True)
    assert tickets.line(open_hall.db, 1, "ho-tich").waiting == 1


@pytest.mark.parametrize(("priority", "credit"), [(None, 0), ("cao-tuoi", 60)])
@pytest.mark.parametrize("after", [timedelta(minutes=10, milliseconds=1), timedelta(hours=3)])
def test_back_later_the_return_counts_with_the_credit(open_hall, after, priority, credit):
    gone = away(open_hall, priority)
    open_hall.clock.moment += after
    back = open_hall.do(moving.come_back, gone.id)
    assert back.key == milliseconds(open_hall.clock()) - credit * MINUTE
    assert (back.arrived_at, back.base) == (gone.arrived_at, open_hall.clock())
    assert not open_hall.events[-1].event.within_grace


def test_a_class_confirmed_after_a_late_return_does_not_give_the_lost_place_back(open_hall):
    gone = away(open_hall)
    open_hall.clock.forward(hours=1)
    open_hall.do(moving.come_back, gone.id)
    again = open_hall.do(moving.set_class, gone.id, None, "confirmed")
    assert again.key == milliseconds(open_hall.clock())


def test_only_the_absent_of_today_come_back(open_hall):
    waiting = open_hall.do(take, "ho-tich")
    for ticket, error in ((waiting.id, AlreadyElsewhere), (NOBODY, UnknownTicket)):
        with pytest.raises(error):
            open_hall.do(moving.come_back, ticket)
    call(open_hall)
    open_hall.do(calling.mark_absent, 1, "cb01")
    open_hall.do(moving.come_back, waiting.id)
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.come_back, waiting.id)
    gone = away(open_hall)
    open_hall.clock.forward(days=1)
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.come_back, gone.id)


def test_who_came_back_is_called_again_and_may_be_absent_again(open_hall):
    gone = away(open_hall)
    open_hall.do(moving.come_back, gone.id)
    assert call(open_hall, 2).id == gone.id
    assert open_hall.do(calling.mark_absent, 2, "cb02").state == "absent"


# -- the class


def test_a_class_counts_from_the_first_arrival_and_can_be_denied_again(open_hall):
    given = open_hall.do(take, "ho-tich")
    open_hall.clock.forward(minutes=40)
    raised = open_hall.do(moving.set_class, given.id, "cao-tuoi", "confirmed")
    assert (raised.priority, raised.key) == ("cao-tuoi", given.key - 60 * MINUTE)
    assert raised.privileged
    denied = open_hall.do(moving.set_class, given.id, None, "denied")
    assert (denied.priority, denied.key) == (None, given.key)
    assert open_hall.events[-1].event == TicketRekeyed(given.id, given.key, None, "denied")


def test_after_the_clock_went_back_a_class_lets_nobody_pass_the_line(open_hall):
    first = open_hall.do(take, "ho-tich")
    open_hall.clock.forward(hours=-1)
    second = open_hall.do(take, "ho-tich")
    assert tickets.load(open_hall.db, second.id) == second
    open_hall.do(moving.set_class, second.id, None, "denied")
    assert [call(open_hall).id for _ in range(2)] == [first.id, second.id]


@pytest.mark.parametrize(
    ("priority", "reason"),
    [("vip", "confirmed"), ("", "confirmed"), ("cao-tuoi", ""), ("cao-tuoi", "bạn tôi")],
)
def test_an_unknown_class_or_reason_is_refused(open_hall, priority, reason):
    given, before = open_hall.do(take, "ho-tich"), seq(open_hall)
    with pytest.raises(Invalid):
        open_hall.do(moving.set_class, given.id, priority, reason)
    assert seq(open_hall) == before


def test_a_class_of_tomorrow_is_none_today(open_hall):
    classes = demo_centre().classes
    tomorrow = open_hall.clock().date() + timedelta(days=1)
    later = replace(demo_centre(), classes=(replace(classes[0], effective_from=tomorrow), *classes[1:]))
    open_hall.do(managing.load_centre, later, demo_calendar())
    given = open_hall.do(take, "ho-tich")
    for act, args in (
        (moving.set_class, (given.id, "cao-tuoi", "confirmed")),
        (take, ("ho-tich", "vi", "cao-tuoi")),
    ):
        with pytest.raises(Invalid):
            open_hall.do(act, *args)
    open_hall.clock.forward(days=1)
    assert open_hall.do(take, "ho-tich", "vi", "cao-tuoi").priority == "cao-tuoi"


@pytest.mark.parametrize("act", [lambda t: (moving.set_class, t, None, "denied"), lambda t: (moving.give_time, t)])
def test_who_is_no_longer_here_has_no_place_to_change(open_hall, act):
    gone = away(open_hall)
    for ticket, error in ((gone.id, AlreadyElsewhere), (NOBODY, UnknownTicket)):
        operation, *args = act(ticket)
        with pytest.raises(error):
            open_hall.do(operation, *args)


# -- more time


def line_of(hall, queue: str = "ho-tich") -> list[int]:
    return [ticket.n for ticket in tickets.waiting_in(hall.db, queue, 100)]


def some_wait(hall, how_many: int):
    given = []
    for _ in range(how_many):
        given.append(hall.do(take, "ho-tich"))
        hall.clock.forward(seconds=1)
    return given


@pytest.mark.parametrize(
    ("who", "line"),
    [(0, [2, 3, 4, 1, 5, 6]), (2, [1, 2, 4, 5, 6, 3]), (4, [1, 2, 3, 4, 6, 5]), (5, [1, 2, 3, 4, 5, 6])],
)
def test_more_time_puts_somebody_behind_the_next_three(open_hall, who, line):
    given = some_wait(open_hall, 6)
    open_hall.do(moving.give_time, given[who].id)
    assert line_of(open_hall) == line


def test_a_person_asks_for_time_once_and_a_clerk_may_give_it_again(open_hall):
    given = some_wait(open_hall, 12)
    for counter, place in ((1, 4), (None, 7), (1, 10)):
        open_hall.do(moving.give_time, given[0].id, counter, "cb01" if counter else "", who="cb01")
        assert line_of(open_hall).index(1) + 1 == place
    before = seq(open_hall)
    with pytest.raises(MoreTimeOnce):
        open_hall.do(moving.give_time, given[0].id)
    assert seq(open_hall) == before
    open_hall.do(moving.give_time, given[1].id)
    assert line_of(open_hall).index(2) == 3, "each number has its own wish"


def test_the_last_one_has_all_the_time_and_nothing_is_noted(open_hall):
    given, before = some_wait(open_hall, 2), seq(open_hall)
    assert open_hall.do(moving.give_time, given[1].id) == tickets.load(open_hall.db, given[1].id)
    assert seq(open_hall) == before


def test_who_is_being_served_needs_no_later_place(open_hall):
    given = some_wait(open_hall, 2)
    call(open_hall)
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.give_time, given[0].id)


# -- gone


def test_i_wait_no_longer_and_twice_is_once(open_hall):
    one, two = some_wait(open_hall, 2)
    assert open_hall.do(moving.leave, one.id).state == "left"
    before = seq(open_hall)
    assert open_hall.do(moving.leave, one.id).state == "left"
    assert seq(open_hall) == before
    assert tickets.line(open_hall.db, 1, "ho-tich").waiting == 1
    assert call(open_hall).id == two.id


def test_the_absent_may_leave_too(open_hall):
    gone = away(open_hall)
    assert open_hall.do(moving.leave, gone.id).state == "left"
    assert open_hall.events[-1].event == TicketLeft(gone.id)
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.come_back, gone.id)


def test_who_is_served_set_aside_or_done_does_not_leave(open_hall):
    open_hall.do(take, "ho-tich")
    served = call(open_hall)
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.leave, served.id)
    open_hall.do(calling.set_aside, 1, "cb01", None, "form")
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.leave, served.id)
    open_hall.do(calling.call_this, 1, "cb01", served.id, "")
    open_hall.do(calling.finish, 1, "cb01")
    with pytest.raises(AlreadyElsewhere):
        open_hall.do(moving.leave, served.id)
    with pytest.raises(UnknownTicket):
        open_hall.do(moving.leave, NOBODY)


@pytest.mark.parametrize("ask", [moving.come_back, moving.give_time])
def test_a_phone_opens_no_business_day(open_hall, ask):
    """At 00:05 a press on yesterday's page must not end the visits that are still going on."""
    served, gone = open_hall.do(ticketing.take_ticket, "ho-tich"), away(open_hall)
    call(open_hall)
    open_hall.clock.forward(days=1)
    before = seq(open_hall)
    for ticket in (served, gone):
        with pytest.raises(AlreadyElsewhere):
            open_hall.do(ask, ticket.id)
    assert seq(open_hall) == before
