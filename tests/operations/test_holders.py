"""One active number a person, known by a keyed hash that no event holds and no night outlasts."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import QueueStopped
from operations import calling, managing, moving, shifts, ticketing
from store import holders, journal
from store.migrations import VAULT
from tests.support.halls import Hall, new_hall

ANNA, BINH = b"\x01" * 32, b"\x02" * 32
QUEUE, OTHER = "ho-tich", "chung-thuc"


def take(hall: Hall, holder: bytes, queue: str = QUEUE, request: str | None = None) -> ticketing.Own:
    return hall.do(ticketing.take_own_ticket, holder, queue, request=request)


def test_a_second_wish_gives_the_first_number_again():
    hall = new_hall()
    first, second, other = take(hall, ANNA), take(hall, ANNA, OTHER), take(hall, BINH, OTHER)
    assert (first.again, second.again, other.again) == (False, True, False)
    assert second.ticket.id == first.ticket.id != other.ticket.id


def test_the_same_request_is_answered_alike():
    hall = new_hall()
    assert take(hall, ANNA, request="request-1") == take(hall, ANNA, request="request-1")


def test_who_left_or_was_served_may_take_another():
    hall = new_hall()
    first = take(hall, ANNA)
    hall.do(moving.leave, first.ticket.id)
    second = take(hall, ANNA)
    assert not second.again
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    assert take(hall, ANNA).ticket.id == second.ticket.id, "who is at the counter has a number still"
    hall.do(calling.finish, 1, "cb01", who="cb01")
    assert not take(hall, ANNA).again


def test_a_refusal_leaves_nothing():
    hall = new_hall()
    take(hall, BINH)
    hall.do(managing.stop_queue, QUEUE, "mất điện")
    with pytest.raises(QueueStopped):
        take(hall, ANNA)
    assert holders.active_ticket(hall.db, ANNA) is None
    assert hall.one("SELECT count(*) FROM card_holders") == 1


def test_no_event_knows_whose_number_it_is():
    hall = new_hall()
    take(hall, ANNA)
    rows = hall.db.execute("SELECT payload FROM journal").fetchall()
    assert not any(ANNA in bytes(row[0]) or ANNA.hex().encode() in bytes(row[0]) for row in rows)
    assert "card_holders" in VAULT
    assert journal.verify(hall.db) is None


def check_day(hall: Hall) -> None:
    """The next day knows nobody."""
    take(hall, ANNA)
    hall.clock.forward(days=1)
    assert not take(hall, ANNA).again
    assert hall.one("SELECT count(*) FROM card_holders") == 1


def test_the_next_day_knows_nobody():
    check_day(new_hall())


@pytest.mark.planted
def test_planted_a_day_that_forgets_nobody_is_found(monkeypatch):
    monkeypatch.setattr("operations.opening.holders.forget_tickets", lambda db: None)
    with pytest.raises(AssertionError):
        check_day(new_hall())


STEPS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from([QUEUE, OTHER]), st.sampled_from(["take", "leave", "night"])),
    max_size=25,
)


def live_through(steps: list[tuple[str, str, str]]) -> None:
    """Whatever people do, nobody has two numbers that wait."""
    hall = new_hall()
    for who, queue, what in steps:
        holder = ANNA if who == "A" else BINH
        if what == "night":
            hall.clock.moment += timedelta(days=1)
        elif what == "take":
            take(hall, holder, queue)
        elif held := holders.active_ticket(hall.db, holder):
            hall.do(moving.leave, held.id)
        twice = hall.db.execute(
            "SELECT h.hash FROM card_holders h JOIN tickets t ON t.id = CAST(h.subject AS INTEGER)"
            " WHERE t.state = 'waiting' GROUP BY h.hash HAVING count(*) > 1"
        ).fetchall()
        assert twice == []


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_nobody_ever_has_two_numbers_that_wait(steps):
    live_through(steps)


@pytest.mark.planted
def test_planted_a_store_that_finds_nobody_gives_two(monkeypatch):
    monkeypatch.setattr("operations.ticketing.holders.active_ticket", lambda db, holder: None)
    with pytest.raises(AssertionError):
        live_through([("A", QUEUE, "take"), ("A", OTHER, "take")])
