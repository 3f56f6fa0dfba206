from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tickets import Ticket, TicketState, milliseconds, order_key, shown_number

MOMENT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("n", "shown"), [(1, "A\u202f001"), (99, "A\u202f099"), (999, "A\u202f999"), (1000, "A\u202f1000")]
)
def test_numbers_have_three_digits_and_four_from_a_thousand(n, shown):
    assert shown_number("A", n) == shown
    assert Ticket(1, 1, "ho-tich", "A", n, TicketState.WAITING, 0, MOMENT, 0, "vi").number == shown


def test_a_minute_of_credit_is_a_minute():
    assert order_key(MOMENT, 0) == milliseconds(MOMENT) == 1795395600000
    assert order_key(MOMENT, 60) == order_key(MOMENT - timedelta(minutes=60), 0)


@given(moments, moments, st.integers(0, 240), st.integers(0, 240))
def test_who_was_due_earlier_has_the_smaller_key(one, other, credit, other_credit):
    due, other_due = one - timedelta(minutes=credit), other - timedelta(minutes=other_credit)
    keys = order_key(one, credit), order_key(other, other_credit)
    if other_due - due > timedelta(milliseconds=1):
        assert keys[0] < keys[1]


@given(moments)
def test_milliseconds_lose_less_than_one(moment):
    assert abs(moment - datetime.fromtimestamp(milliseconds(moment) / 1000, UTC)) <= timedelta(milliseconds=0.51)


def test_the_states_are_the_five_of_the_book():
    assert [state.value for state in TicketState] == ["waiting", "called", "finished", "absent", "unserved"]
