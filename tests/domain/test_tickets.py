from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tickets import Ticket, TicketState, day_mark, milliseconds, shown_number

MOMENT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("n", "shown"), [(1, "A\u202f001"), (99, "A\u202f099"), (999, "A\u202f999"), (1000, "A\u202f1000")]
)
def test_numbers_have_three_digits_and_four_from_a_thousand(n, shown):
    assert shown_number("A", n) == shown
    assert Ticket(1, 1, "ho-tich", "A", n, TicketState.WAITING, 0, MOMENT, 0, "vi").number == shown


def test_a_number_kept_over_night_shows_the_day_it_was_given_on():
    ticket = Ticket(1, 1, "ho-tich", "A", 12, TicketState.WAITING, 0, MOMENT, 0, "vi")
    assert replace(ticket, kept_from=date(2026, 11, 27)).number == "A\u202f012 · T6"
    assert ticket.number == "A\u202f012"


@pytest.mark.parametrize(("day", "mark"), list(enumerate(["T2", "T3", "T4", "T5", "T6", "T7", "CN"], start=23)))
def test_days_are_marked_as_in_a_vietnamese_calendar(day, mark):
    assert day_mark(date(2026, 11, day)) == mark


@pytest.mark.parametrize(
    ("priority", "slot", "privileged"), [(None, None, False), ("cao-tuoi", None, True), (None, MOMENT, True)]
)
def test_a_class_or_an_appointment_is_a_privilege(priority, slot, privileged):
    ticket = Ticket(1, 1, "ho-tich", "A", 1, TicketState.WAITING, 0, MOMENT, 0, "vi", priority, slot=slot)
    assert ticket.privileged is privileged


@given(moments)
def test_milliseconds_lose_less_than_one(moment):
    assert abs(moment - datetime.fromtimestamp(milliseconds(moment) / 1000, UTC)) <= timedelta(milliseconds=0.51)


def test_the_states_are_those_of_the_book():
    assert [state.value for state in TicketState] == [
        "waiting", "called", "parked", "absent", "finished", "left", "unserved",
    ]  # fmt: skip


@pytest.mark.planted
def test_a_clock_of_whole_seconds_is_found(monkeypatch):
    monkeypatch.setitem(globals(), "milliseconds", lambda moment: int(moment.timestamp()) * 1000)
    with pytest.raises(AssertionError):
        test_milliseconds_lose_less_than_one()
