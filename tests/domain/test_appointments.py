"""Slots, places, what became of an appointment, codes and phone numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.applicants import PhoneWrong
from domain.appointments import (
    CODE_LENGTH,
    CODE_LETTERS,
    AlreadyCancelled,
    AlreadyKept,
    Appointment,
    AppointmentOver,
    AppointmentState,
    NoBooking,
    NotToday,
    SlotClosed,
    SlotFull,
    bookable_slots,
    booking_of,
    check_arrival,
    check_changeable,
    check_slot,
    code_from,
    is_missed,
    offered,
    plain_code,
    plain_phone,
    shown_code,
    slots_on,
    takes_bookings,
)
from domain.calendar import Calendar, DayKind
from domain.centre_rules import Booking
from domain.days import LOCAL, local
from domain.tickets import milliseconds
from tests.support.halls import demo_centre

RULES = Booking((("07:30", "11:00"), ("13:30", "16:00")), 30, 4, 3)
HALF_DAYS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
STATED = {
    date(2026, 11, 24): (DayKind.OFF, "nghỉ lễ"),
    date(2026, 11, 26): (DayKind.HALF, "họp"),
    date(2026, 11, 28): (DayKind.WORKING, "làm bù"),
}
CALENDAR = Calendar("v", HALF_DAYS, STATED, frozenset({2026}))
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL)
TEN = MONDAY.replace(hour=10)
BOOKED = Appointment(7, "ho-tich", TEN, AppointmentState.BOOKED, by_staff=False)
LATE = 10


def clocks(day: date, rules: Booking = RULES) -> list[str]:
    """The slots of a day as people read them."""
    return [f"{at:%H:%M}" for at in slots_on(rules, day, CALENDAR)]


def test_a_slot_ends_within_its_half_day():
    morning = ["07:30", "08:00", "08:30", "09:00", "09:30", "10:00", "10:30"]
    assert clocks(MONDAY.date()) == [*morning, "13:30", "14:00", "14:30", "15:00", "15:30"]
    assert clocks(MONDAY.date(), replace(RULES, slot_minutes=100)) == ["07:30", "09:10", "13:30"]


@pytest.mark.parametrize(
    ("day", "first", "count"),
    [
        (date(2026, 11, 24), None, 0),  # off
        (date(2026, 11, 26), "07:30", 7),  # half a day: the morning
        (date(2026, 11, 28), "07:30", 12),  # a Saturday worked instead of another day: like a Monday
        (date(2026, 11, 29), None, 0),  # Sunday
        (date(2027, 1, 4), None, 0),  # a Monday of a year that nobody has decided on
    ],
)
def test_the_calendar_of_working_days_counts(day, first, count):
    found = clocks(day)
    assert (found[0] if found else None, len(found)) == (first, count)


def test_a_queue_that_works_on_saturdays_is_booked_on_them():
    saturdays = replace(RULES, weekdays=(1, 6))
    assert len(clocks(date(2026, 12, 5), saturdays)) == 12
    assert clocks(date(2026, 12, 4), saturdays) == []


def test_nobody_books_the_past_or_too_far_ahead():
    slots = bookable_slots(RULES, MONDAY, CALENDAR)
    assert slots[0] == MONDAY + timedelta(minutes=30)
    assert MONDAY not in slots, "it has begun"
    assert {at.date().day for at in slots} == {23, 25, 26}
    assert bookable_slots(RULES, MONDAY.replace(hour=20), CALENDAR)[0].date() == date(2026, 11, 25)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.integers(5, 240),
    st.integers(1, 60),
    st.sets(st.integers(1, 7), min_size=1),
)
@settings(max_examples=60, deadline=None, database=None)
def test_every_slot_offered_is_ahead_worked_and_apart_from_the_next(now, minutes, ahead, weekdays):
    now = now.replace(tzinfo=UTC)
    rules = replace(RULES, slot_minutes=minutes, days_ahead=ahead, weekdays=tuple(weekdays))
    slots = bookable_slots(rules, now, CALENDAR)
    last = local(now).date() + timedelta(days=ahead)
    for at in slots:
        assert now < at
        assert at.date() <= last
        assert CALENDAR.days.get(at.date(), (None,))[0] is not DayKind.OFF
        assert any(a <= f"{at:%H:%M}" and f"{at + timedelta(minutes=minutes):%H:%M}" <= b for a, b in RULES.times)
        check_slot(rules, at, 0, now, CALENDAR)
    assert all(b - a >= timedelta(minutes=minutes) for a, b in pairwise(slots))


def test_places_left_are_counted_down_and_never_below_none():
    taken = {milliseconds(TEN): 3, milliseconds(TEN + timedelta(minutes=30)): 9}
    left = {slot.at: slot.left for slot in offered(RULES, MONDAY, CALENDAR, taken)}
    assert (left[TEN], left[TEN + timedelta(minutes=30)], left[TEN - timedelta(minutes=30)]) == (1, 0, 4)


@pytest.mark.parametrize(
    ("at", "taken", "error"),
    [
        (TEN, 3, None),
        (TEN.astimezone(UTC), 0, None),
        (TEN, 4, SlotFull),
        (TEN, 5, SlotFull),
        (TEN + timedelta(minutes=1), 0, SlotClosed),
        (MONDAY - timedelta(minutes=30), 0, SlotClosed),
        (TEN + timedelta(days=1), 0, SlotClosed),
        (TEN + timedelta(days=7), 0, SlotClosed),
    ],
)
def test_who_may_have_a_place(at, taken, error):
    if error is None:
        check_slot(RULES, at, taken, MONDAY, CALENDAR)
        return
    with pytest.raises(error) as refusal:
        check_slot(RULES, at, taken, MONDAY, CALENDAR)
    assert refusal.value.text % refusal.value.arguments


@pytest.mark.parametrize(
    ("minutes", "missed"), [(-60, False), (0, False), (10, False), (10.01, True), (24 * 60, True)]
)
def test_missed_follows_from_the_clock(minutes, missed):
    now = TEN + timedelta(minutes=minutes)
    assert is_missed(BOOKED, now, LATE) is missed
    for state in (AppointmentState.KEPT, AppointmentState.CANCELLED):
        assert not is_missed(replace(BOOKED, state=state), now, LATE)


def test_what_is_over_is_not_changed():
    check_changeable(BOOKED, TEN + timedelta(minutes=LATE), LATE)
    for changed, minutes, error in (
        (replace(BOOKED, state=AppointmentState.CANCELLED), 0, AlreadyCancelled),
        (replace(BOOKED, state=AppointmentState.KEPT), 0, AlreadyKept),
        (BOOKED, LATE + 1, AppointmentOver),
    ):
        with pytest.raises(error):
            check_changeable(changed, TEN + timedelta(minutes=minutes), LATE)


@pytest.mark.parametrize(
    ("now", "error"),
    [
        (TEN - timedelta(hours=9), None),
        (TEN, None),
        (TEN + timedelta(hours=5), None),
        (TEN - timedelta(days=1), NotToday),
        (TEN + timedelta(days=1), AppointmentOver),
    ],
)
def test_people_check_in_on_the_day_itself(now, error):
    if error is None:
        check_arrival(BOOKED, now)
        check_arrival(replace(BOOKED, state=AppointmentState.KEPT, ticket=9), now)
        return
    with pytest.raises(error):
        check_arrival(BOOKED, now)


def test_a_cancelled_appointment_gives_no_number():
    with pytest.raises(AlreadyCancelled):
        check_arrival(replace(BOOKED, state=AppointmentState.CANCELLED), TEN)


@given(st.binary(min_size=16, max_size=64))
def test_a_code_has_eight_letters_that_nobody_mistakes(digest):
    code = code_from(digest)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    assert plain_code(shown_code(code).lower()) == plain_code(f" {code[:4]}-{code[4:]} ") == code


def test_no_two_letters_of_the_alphabet_look_alike():
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS)
    for alike in ("0OQD", "1IL", "2Z", "5S", "8B", "6G", "UV"):
        assert len(set(alike) & set(CODE_LETTERS)) == 0, alike


def test_different_digests_give_different_codes():
    codes = {code_from(n.to_bytes(16, "big")) for n in range(5000)}
    assert len(codes) == 5000


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("0912345678", "0912345678"),
        (" 0912 345 678 ", "0912345678"),
        ("0912.345-678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("(024) 3825 1234", "02438251234"),
    ],
)
def test_one_person_has_one_number_however_it_is_typed(typed, plain):
    assert plain_phone(typed) == plain


@pytest.mark.parametrize(
    "typed", ["", "12", "abc", "0912345678x", "+", "9" * 15, "٠٩١٢٣٤٥٦٧٨", "09123\n45678", "++84912345678"]
)
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(PhoneWrong):
        plain_phone(typed)


def test_only_queues_with_rules_are_booked():
    centre = demo_centre()
    by_id = {queue.id: queue for queue in centre.queues}
    assert takes_bookings(centre)
    assert booking_of(by_id["ho-tich"]).capacity == 4
    with pytest.raises(NoBooking):
        booking_of(by_id["cu-tru"])
    none = tuple(replace(queue, booking=None) for queue in centre.queues)
    assert not takes_bookings(replace(centre, queues=none))


@pytest.mark.planted
def test_a_slot_that_is_over_and_a_letter_like_a_figure_are_found(monkeypatch):
    slots, code = bookable_slots, code_from
    monkeypatch.setitem(
        globals(), "bookable_slots", lambda rules, now, days: slots(rules, now - timedelta(2), days)
    )
    with pytest.raises(AssertionError):
        test_every_slot_offered_is_ahead_worked_and_apart_from_the_next()
    monkeypatch.setitem(globals(), "code_from", lambda digest: "O" + code(digest)[1:])
    with pytest.raises(AssertionError):
        test_a_code_has_eight_letters_that_nobody_mistakes()
