"""What programs elsewhere are told of numbers, and what becomes of a message that is not taken."""

from datetime import timedelta

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from domain.errors import Invalid, NotFound, Refused
from domain.receivers import LATE_AFTER, AddressNotAllowed, LabelTaken
from domain.tickets import TicketState, milliseconds
from operations import calling, informing, moving, opening, shifts, ticketing, undoing
from store import people, receivers, tickets
from tests.support.halls import new_hall

TOKEN = b"t" * 32
FAR = "https://app.example/tin"


def add(hall, ahead=1, address="", label="Ứng dụng của tỉnh"):
    return hall.do(informing.add_receiver, label, address, ahead, label.encode().ljust(32), b"sealed")


def told(hall, receiver, ticket=None):
    """Every message of the receiver: kind, ticket, people ahead, counter."""
    return [
        (m.kind.value, m.ticket, m.ahead, m.counter)
        for m in receivers.messages_after(hall.db, receiver, 0, 1000)
        if ticket in (None, m.ticket)
    ]


@pytest.fixture
def open_hall(hall):
    """Counter 1 open, four people in its line."""
    hall.do(shifts.open_shift, 1, "cb01")
    hall.line = [hall.do(ticketing.take_ticket, "ho-tich").id for _ in range(4)]
    return hall


def call(hall):
    return hall.do(calling.call_next, 1, "cb01", who="cb01").ticket.id


def test_whoever_is_called_and_whoever_comes_near_is_told_once(open_hall):
    receiver, (a, b, c, d) = add(open_hall, ahead=1), open_hall.line
    assert call(open_hall) == a
    assert told(open_hall, receiver) == [("called", a, None, 1), ("near", b, 0, None), ("near", c, 1, None)]
    call(open_hall)
    assert told(open_hall, receiver)[3:] == [("called", b, None, 1), ("near", d, 1, None)]
    open_hall.do(calling.call_again, 1, "cb01", who="cb01")
    open_hall.do(calling.finish, 1, "cb01", who="cb01")
    assert len(told(open_hall, receiver)) == 5


def test_each_receiver_has_a_distance_of_its_own_and_hears_nothing_from_before(open_hall):
    call(open_hall)
    close, wide = add(open_hall, 0), add(open_hall, 2, label="Cổng nhắn tin")
    call(open_hall)
    assert [kind for kind, *_ in told(open_hall, close)] == ["called", "near"]
    assert [kind for kind, *_ in told(open_hall, wide)] == ["called", "near", "near"]


def test_a_leaving_brings_the_others_nearer(open_hall):
    receiver, (a, b, c, _) = add(open_hall, ahead=1), open_hall.line
    open_hall.do(moving.leave, a)
    assert told(open_hall, receiver) == [("left", a, None, None), ("near", b, 0, None), ("near", c, 1, None)]


@pytest.mark.parametrize("moved", ["undo", "transfer", "return"])
def test_whoever_was_called_and_waits_again_is_told_so(open_hall, moved):
    receiver, a = add(open_hall), open_hall.line[0]
    call(open_hall)
    if moved == "undo":
        open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    elif moved == "transfer":
        open_hall.do(moving.transfer, 1, "cb01", note="next-step", queue="cu-tru", who="cb01")
    else:
        open_hall.do(calling.mark_absent, 1, "cb01", who="cb01")
        open_hall.do(moving.come_back, a)
    assert told(open_hall, receiver, a) == [("called", a, None, 1), ("waiting", a, None, None)]


def test_a_leaving_that_was_a_mistake_is_taken_back(open_hall):
    receiver, a = add(open_hall), open_hall.line[0]
    open_hall.do(moving.leave, a, 1, "cb01", who="cb01")
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert [kind for kind, *_ in told(open_hall, receiver, a)] == ["left", "waiting"]


def test_without_a_receiver_nothing_is_written(open_hall):
    call(open_hall)
    assert open_hall.one("SELECT count(*) FROM receiver_messages") == 0


def test_messages_of_the_day_before_yesterday_are_forgotten(open_hall):
    receiver = add(open_hall)
    call(open_hall)
    for day in (1, 2):
        open_hall.clock.forward(days=1)
        open_hall.do(opening.confirm_day)
        assert bool(told(open_hall, receiver)) is (day < 2)


ACTS = ("take", "call", "undo", "leave", "absent", "back", "transfer", "park", "finish", "more time")


def act(hall, name: str) -> None:
    """One act of a day; what the rules refuse happens not at all."""
    here = tickets.at_counter(hall.db, 1)
    waiting = tickets.waiting_in(hall.db, "ho-tich", 1)
    away = tickets.absent_since(hall.db, 1, 0)
    acts = {
        "take": lambda: hall.do(ticketing.take_ticket, "ho-tich"),
        "call": lambda: call(hall),
        "undo": lambda: hall.do(undoing.undo, 1, "cb01", who="cb01"),
        "leave": lambda: waiting and hall.do(moving.leave, waiting[0].id),
        "absent": lambda: here and hall.do(calling.mark_absent, 1, "cb01", who="cb01"),
        "back": lambda: away and hall.do(moving.come_back, away[0].id),
        "transfer": lambda: (
            here and hall.do(moving.transfer, 1, "cb01", note="next-step", queue="ho-tich", who="cb01")
        ),
        "park": lambda: here and hall.do(calling.set_aside, 1, "cb01", None, "form", who="cb01"),
        "finish": lambda: here and hall.do(calling.finish, 1, "cb01", who="cb01"),
        "more time": lambda: waiting and hall.do(moving.give_time, waiting[0].id),
    }
    try:
        acts[name]()
    except (Refused, AttributeError):  # AttributeError: nobody is there to be called
        return
    finally:
        hall.clock.forward(seconds=3)


def believes(hall, receiver: int, ticket: int) -> str:
    """Where a program that heard every message thinks that this number stands."""
    moves = [kind for kind, *_ in told(hall, receiver, ticket) if kind != "near"]
    return moves[-1] if moves else "waiting"


def a_receiver_believes_what_is(acts: list[str]) -> None:
    """Whatever happens: waiting, called and gone are known elsewhere as here, and near is said once at most."""
    hall = new_hall()
    hall.do(shifts.open_shift, 1, "cb01")
    receiver = add(hall, ahead=1)
    for name in acts:
        act(hall, name)
    for ticket in tickets.of_day(hall.db, 1):
        here = {TicketState.WAITING: "waiting", TicketState.LEFT: "left"}.get(ticket.state, "called")
        assert believes(hall, receiver, ticket.id) == here, (ticket.number, ticket.state)
        assert [kind for kind, *_ in told(hall, receiver, ticket.id)].count("near") <= 1


DAYS = st.lists(st.sampled_from(ACTS), max_size=25)


@seed(20261123)
@settings(max_examples=60, deadline=None, database=None)
@given(DAYS)
def test_a_receiver_believes_what_is(acts):
    a_receiver_believes_what_is(acts)


@pytest.mark.planted
def test_a_call_taken_back_in_silence_is_caught(monkeypatch):
    monkeypatch.setattr(receivers.moves, "move", lambda db, seq: None)
    with pytest.raises(AssertionError):
        a_receiver_believes_what_is(["take", "call", "undo"])


@pytest.mark.parametrize("address", [
    "", FAR, "https://app.example:8443/a/b", "https://203.0.114.7/tin", "https://[2606:4700::1111]/",
])  # fmt: skip
def test_public_https_is_allowed(address):
    assert informing.checked_address(address, nearby=False) == address


@pytest.mark.parametrize("address", [
    "http://app.example/tin", "https://localhost/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
    "https://[::ffff:192.168.1.1]/", "https://169.254.169.254/latest", "https://0.0.0.0/",
])  # fmt: skip
def test_the_own_network_and_plain_http_only_by_setting(address):
    with pytest.raises(AddressNotAllowed):
        informing.checked_address(address, nearby=False)
    assert informing.checked_address(address, nearby=True) == address


@pytest.mark.parametrize("address", [
    "ftp://app.example/", "https://user:pw@app.example/", "https://app.example/?key=1", "https://app.example/#a",
    "javascript:alert(1)", "https://app example/", "https:///tin", "https://" + "a" * 300 + "/",
])  # fmt: skip
def test_what_is_no_address_is_refused_always(address):
    with pytest.raises(AddressNotAllowed):
        informing.checked_address(address, nearby=True)


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "192.168.4.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.8", "224.0.0.1",
    "::1", "::", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "2002:a00:1::1", "2002:c0a8:101::", "2001:0:53aa:64c::1",
])  # fmt: skip
def test_an_address_that_leads_into_the_own_network_in_whatever_dress_is_not_public(address):
    assert not informing.is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "203.162.4.190", "2606:4700::1111", "64:ff9b::1.1.1.1", "2002:101:101::1"]
)
def test_the_public_internet_is_public(address):
    assert informing.is_public(address)


@pytest.mark.parametrize(
    ("label", "ahead"), [("", 1), ("  ", 1), ("a" * 61, 1), ("a\x00b", 1), ("x", -1), ("x", 21)]
)
def test_a_receiver_needs_a_name_and_a_sane_distance(hall, label, ahead):
    with pytest.raises(Invalid):
        add(hall, ahead, label=label)


def test_two_receivers_do_not_share_a_name(hall):
    add(hall, label="Zalo  tỉnh")
    with pytest.raises(LabelTaken):
        add(hall, label="zalo tỉnh")


def claim(hall, receiver):
    return hall.do(informing.claim_message, receiver).message


def test_order_is_kept_within_a_ticket_and_tickets_overtake_each_other(open_hall):
    receiver = add(open_hall, 0, FAR)
    call(open_hall)
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    called, near = claim(open_hall, receiver), claim(open_hall, receiver)
    assert (called.kind, near.kind) == ("called", "near")
    assert claim(open_hall, receiver) is None  # 'waiting' stands behind 'called'
    open_hall.do(informing.take, called.id)
    assert claim(open_hall, receiver).kind == "waiting"


def test_a_worker_that_died_is_followed_by_another_try(open_hall):
    receiver = add(open_hall, 0, FAR)
    open_hall.do(moving.leave, open_hall.line[3])
    first = claim(open_hall, receiver)
    open_hall.clock.forward(seconds=59)
    assert claim(open_hall, receiver).ticket != first.ticket
    open_hall.clock.forward(seconds=1)
    assert claim(open_hall, receiver).id == first.id


def an_hour_of_failure_ends(hall) -> None:
    """Waits double up to ten minutes; nobody is told after an hour that the turn was near."""
    receiver = add(hall, 0, FAR)
    hall.do(moving.leave, hall.line[3])
    began, waits = hall.clock(), []
    while message := receivers.next_message(hall.db, receiver, milliseconds(hall.clock())):
        message = claim(hall, receiver)
        if not hall.do(informing.postpone, message, "failed 502", 1.0):
            break
        if message.kind == "left":
            until = hall.one("SELECT until FROM leases WHERE job = ?", message.id)
            waits.append((until - milliseconds(hall.clock())) / 1000)
            hall.clock.moment += timedelta(seconds=waits[-1])
        assert len(waits) < 50
    assert waits[:10] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert hall.clock() - began <= LATE_AFTER
    assert receivers.standings(hall.db)[receiver].reason == "failed 502"


def test_an_hour_of_failure_ends(open_hall):
    an_hour_of_failure_ends(open_hall)


@pytest.mark.planted
def test_a_message_that_is_tried_for_ever_is_caught(open_hall, monkeypatch):
    monkeypatch.setattr(informing, "LATE_AFTER", timedelta(days=9))
    with pytest.raises(AssertionError):
        an_hour_of_failure_ends(open_hall)


def what_is_late_is_not_sent(hall) -> None:
    """The server was off for a night: yesterday's messages are given up, today's go out."""
    receiver = add(hall, 0, FAR)
    hall.do(moving.leave, hall.line[3])
    hall.clock.forward(hours=1)
    assert claim(hall, receiver) is not None, "an hour is not more than an hour"
    hall.clock.forward(hours=14)
    assert claim(hall, receiver) is None
    stands = receivers.standings(hall.db)[receiver]
    assert (stands.given_up, stands.reason) == (2, "late"), "who left, and whose turn came near by it"
    hall.do(moving.leave, hall.line[2])
    assert claim(hall, receiver).ticket == hall.line[2]


def test_what_lay_about_for_a_night_is_told_to_nobody(open_hall):
    what_is_late_is_not_sent(open_hall)


@pytest.mark.planted
def test_a_message_of_last_night_that_is_sent_is_caught(open_hall, monkeypatch):
    monkeypatch.setattr(informing, "MOST_LATE", 0)
    monkeypatch.setattr(informing, "LATE_AFTER", timedelta(days=9))
    with pytest.raises(AssertionError):
        what_is_late_is_not_sent(open_hall)


def test_what_was_given_up_goes_out_again_when_a_person_says_so(open_hall):
    receiver = add(open_hall, 0, FAR)
    open_hall.do(moving.leave, open_hall.line[3])
    message = claim(open_hall, receiver)
    with pytest.raises(NotFound):
        open_hall.do(informing.resend, receiver)
    open_hall.do(informing.give_up, message.id, "refused 404")
    open_hall.clock.forward(hours=2)
    assert open_hall.do(informing.resend, receiver) == 1
    again = claim(open_hall, receiver)
    assert again.id == message.id
    assert open_hall.do(informing.postpone, again, "failed 502", 1.0), "its hour begins anew"


def test_whoever_is_removed_hears_nothing_more(open_hall):
    receiver = add(open_hall, 1, FAR)
    call(open_hall)
    open_hall.do(informing.remove_receiver, receiver)
    call(open_hall)
    assert told(open_hall, receiver) == []
    assert receivers.sealed_secret(open_hall.db, receiver) is None
    assert people.token_holder(open_hall.db, "Ứng dụng của tỉnh".encode().ljust(32)) is None
    for gone in (informing.remove_receiver, informing.resend):
        with pytest.raises(NotFound):
            open_hall.do(gone, receiver)
