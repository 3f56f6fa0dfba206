"""Booking, moving, cancelling, checking in; many at once on a real file: a place is never given twice."""

import threading
from collections import Counter
from datetime import timedelta

import pytest

from domain.appointments import (
    AlreadyCancelled,
    AlreadyKept,
    AppointmentOver,
    NoBooking,
    NotToday,
    OneAppointment,
    SlotClosed,
    SlotFull,
    UnknownAppointment,
    bookable_slots,
    check_slot,
)
from domain.errors import Invalid, QueueStopped, RequestReused, UnknownQueue
from domain.queue_events import AppointmentBooked
from domain.tickets import milliseconds
from operations import booking, managing, ticketing
from store import appointments, calendars, centres, jobs, journal, tickets
from store.database import open_reader
from store.store import Store
from store.writer import Act, Tx
from tests.operations.whole_days import CANARY
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre, write_file
from tests.support.sizes import size

QUEUE = "ho-tich"
RULES = next(queue.booking for queue in demo_centre().queues if queue.id == QUEUE)
SLOTS = bookable_slots(RULES, MORNING, demo_calendar())
FIRST, SECOND, THIRD = SLOTS[:3]
AT_ONCE = size("booking-at-once", 20, 200)
PATIENCE = 30


def secret(letter: str) -> bytes:
    """A hash of something."""
    return letter.encode().ljust(32, b".")


def book(hall, who: str = "a", slot=FIRST, queue: str = QUEUE, **more):
    """An appointment of a person, whose code is named like the person."""
    return hall.do(booking.book, queue, slot, secret(f"code {who}"), secret(f"phone {who}"), **more)


def rows(hall) -> list[tuple]:
    """Every appointment as it stands."""
    found = hall.db.execute("SELECT id, slot, state, by_staff, ticket, reason FROM appointments ORDER BY id")
    return found.fetchall()


def test_a_booking_takes_one_place_and_opens_no_day(hall):
    booked = book(hall)
    assert (booked.queue, booked.slot, booked.state, booked.by_staff) == (QUEUE, FIRST, "booked", False)
    assert appointments.taken(hall.db, QUEUE, FIRST) == 1
    assert hall.one("SELECT count(*) FROM days") == 0
    assert appointments.of_code(hall.db, secret("code a")) == booked


def test_staff_book_for_somebody_on_the_phone(hall):
    assert hall.do(booking.book, QUEUE, FIRST, secret("c"), secret("p"), by_staff=True, who="cb01").by_staff
    assert hall.events[-1].who == "cb01"


def test_the_last_place_is_the_last(hall):
    for n in range(RULES.capacity):
        book(hall, f"{n}")
    with pytest.raises(SlotFull):
        book(hall, "one too many")
    assert appointments.taken(hall.db, QUEUE, FIRST) == RULES.capacity
    book(hall, "one too many", SECOND)


@pytest.mark.parametrize(
    ("queue", "slot", "error"),
    [
        ("khong-co", FIRST, UnknownQueue),
        ("cu-tru", FIRST, NoBooking),
        (QUEUE, FIRST + timedelta(minutes=7), SlotClosed),
        (QUEUE, FIRST - timedelta(days=1), SlotClosed),
        (QUEUE, FIRST + timedelta(days=30), SlotClosed),
    ],
)
def test_what_cannot_be_booked_is_refused_and_changes_nothing(hall, queue, slot, error):
    before = journal.head(hall.db)
    with pytest.raises(error) as refusal:
        book(hall, slot=slot, queue=queue)
    assert refusal.value.text % refusal.value.arguments
    assert journal.head(hall.db) == before
    assert hall.one("SELECT count(*) FROM appointment_codes") == 0


def test_one_active_appointment_a_person(hall):
    first = book(hall)
    with pytest.raises(OneAppointment):
        book(hall, slot=SECOND)
    hall.do(booking.cancel_booking, first.id)
    with pytest.raises(RequestReused):
        book(hall, slot=SECOND)  # under the old code
    hall.do(booking.book, QUEUE, SECOND, secret("new code"), secret("phone a"))
    with pytest.raises(OneAppointment):
        hall.do(booking.book, "dat-dai", SECOND, secret("third code"), secret("phone a"))


def test_who_missed_an_appointment_may_book_another(hall):
    book(hall)
    hall.clock.moment = FIRST + timedelta(minutes=10)
    with pytest.raises(OneAppointment):
        hall.do(booking.book, QUEUE, THIRD, secret("x"), secret("phone a"))
    hall.clock.forward(seconds=1)
    hall.do(booking.book, QUEUE, THIRD, secret("x"), secret("phone a"))


def test_the_same_press_is_the_same_appointment(hall):
    first = book(hall, request="press-0001")
    assert book(hall, request="press-0001") == first
    assert len(rows(hall)) == 1
    with pytest.raises(RequestReused):
        book(hall, slot=SECOND, request="press-0001")
    moved = hall.do(booking.move_booking, first.id, SECOND, request="press-0002")
    assert hall.do(booking.move_booking, first.id, SECOND, request="press-0002") == moved
    ticket = hall.do(booking.check_in, first.id, request="press-0003")
    assert hall.do(booking.check_in, first.id, request="press-0003") == ticket


def test_moving_gives_the_old_place_back(hall):
    booked = book(hall)
    moved = hall.do(booking.move_booking, booked.id, SECOND)
    assert (moved.id, moved.slot) == (booked.id, SECOND)
    assert [appointments.taken(hall.db, QUEUE, slot) for slot in (FIRST, SECOND)] == [0, 1]
    assert appointments.of_code(hall.db, secret("code a")) == moved
    before = journal.head(hall.db)
    assert hall.do(booking.move_booking, booked.id, SECOND) == moved
    assert journal.head(hall.db) == before


def test_nobody_moves_into_a_full_slot_or_out_of_the_rules(hall):
    booked = book(hall)
    for n in range(RULES.capacity):
        book(hall, f"{n}", SECOND)
    for slot, error in ((SECOND, SlotFull), (FIRST + timedelta(minutes=7), SlotClosed)):
        with pytest.raises(error):
            hall.do(booking.move_booking, booked.id, slot)
    assert appointments.load(hall.db, booked.id) == booked


def test_cancelling_gives_the_place_back_with_a_reason_from_the_list(hall):
    booked = book(hall)
    with pytest.raises(Invalid):
        hall.do(booking.cancel_booking, booked.id, "bà Lan bị ốm")
    hall.do(booking.cancel_booking, booked.id, "staff")
    assert rows(hall)[0][2:] == ("cancelled", 0, None, "staff")
    assert appointments.taken(hall.db, QUEUE, FIRST) == 0
    for act in ((booking.cancel_booking, "citizen"), (booking.move_booking, SECOND)):
        with pytest.raises(AlreadyCancelled):
            hall.do(act[0], booked.id, act[1])
    with pytest.raises(AlreadyCancelled):
        hall.do(booking.check_in, booked.id)


@pytest.mark.parametrize("act", [booking.cancel_booking, booking.check_in])
def test_nobodys_appointment_is_not_found(hall, act):
    with pytest.raises(UnknownAppointment):
        hall.do(act, 4711)


def test_checking_in_gives_a_ticket_with_the_slot_and_its_paper(hall):
    booked = book(hall)
    ticket = hall.do(booking.check_in, booked.id, "en", "P1", who="device:K1")
    assert (ticket.slot, ticket.language, ticket.queue) == (FIRST, "en", QUEUE)
    assert jobs.print_job_of(hall.db, "ticket", str(ticket.id)).printer == "P1"
    assert rows(hall)[0][2:5] == ("kept", 0, ticket.id)
    assert hall.one("SELECT appointment FROM tickets WHERE id = ?", ticket.id) == booked.id
    again = hall.do(booking.check_in, booked.id, "fr", who="device:K2")
    assert again == tickets.load(hall.db, ticket.id)
    assert hall.one("SELECT count(*) FROM tickets") == 1
    for act, more in ((booking.cancel_booking, "citizen"), (booking.move_booking, SECOND)):
        with pytest.raises(AlreadyKept):
            hall.do(act, booked.id, more)


@pytest.mark.parametrize(
    ("came", "counts_from"),
    [
        (timedelta(minutes=-20), timedelta(minutes=-30)),  # early: the slot less its credit
        (timedelta(minutes=10), timedelta(minutes=-30)),  # as late as one may be
        (timedelta(minutes=11), timedelta(minutes=11 - 30)),  # later: the arrival, not the slot
    ],
)
def test_what_the_slot_is_worth_follows_the_policy(hall, came, counts_from):
    booked = book(hall)
    hall.clock.moment = FIRST + came
    assert hall.do(booking.check_in, booked.id).key == milliseconds(FIRST + counts_from)


def test_it_is_called_before_walk_ins_who_came_half_an_hour_before_the_slot(hall):
    booked = book(hall, slot=SECOND)
    walk_in = hall.do(ticketing.take_ticket, QUEUE)
    hall.clock.moment = SECOND - timedelta(minutes=20)
    later = hall.do(ticketing.take_ticket, QUEUE)
    kept = hall.do(booking.check_in, booked.id)
    assert walk_in.key < kept.key < later.key
    assert kept.ahead == 1


def test_another_day_gives_no_number(hall):
    tomorrow = next(at for at in SLOTS if at.date() > FIRST.date())
    booked = book(hall, slot=tomorrow)
    with pytest.raises(NotToday) as refusal:
        hall.do(booking.check_in, booked.id)
    assert f"{tomorrow:%H:%M}" in refusal.value.arguments["slot"]
    hall.clock.moment = tomorrow + timedelta(days=1)
    for act, more in ((booking.check_in, "vi"), (booking.cancel_booking, "citizen")):
        with pytest.raises(AppointmentOver):
            hall.do(act, booked.id, more)


def test_a_stopped_queue_says_so_and_the_appointment_stays(hall):
    booked = book(hall)
    hall.do(managing.stop_queue, QUEUE, "mất điện")
    with pytest.raises(QueueStopped):
        hall.do(booking.check_in, booked.id)
    hall.do(managing.resume_queue, QUEUE)
    assert hall.do(booking.check_in, booked.id).n == 1


def test_the_journal_has_no_code_and_no_person(hall):
    booked = book(hall)
    hall.do(booking.move_booking, booked.id, SECOND)
    hall.do(booking.check_in, booked.id)
    for payload in hall.db.execute("SELECT payload FROM journal WHERE seq >= ?", (booked.id,)):
        assert b"code a" not in payload[0]
        assert b"phone a" not in payload[0]
        assert CANARY.phone.encode() not in payload[0]


def test_codes_and_holders_of_past_days_are_forgotten(hall):
    book(hall)
    hall.clock.forward(days=2)
    later = bookable_slots(RULES, hall.clock(), demo_calendar())[0]
    book(hall, "b", later)
    for table in ("appointment_codes", "appointment_holders"):
        kept = [row[0] for row in hall.db.execute(f"SELECT appointment FROM {table}")]
        assert kept == [rows(hall)[1][0]]
    with pytest.raises(UnknownAppointment):
        appointments.of_code(hall.db, secret("code a"))


# Many at once


def rush(store: Store, act) -> Counter:
    """Everybody presses at the same moment; counts what came of it."""
    door, outcomes = threading.Barrier(AT_ONCE), []

    def press(n: int) -> None:
        door.wait(PATIENCE)
        try:
            act(store, n)
            outcomes.append("booked")
        except SlotFull:
            outcomes.append("full")

    presses = [threading.Thread(target=press, args=(n,)) for n in range(AT_ONCE)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join(PATIENCE)
    return Counter(outcomes)


def one_place_left(path) -> Store:
    """A running store on a real file, with a slot that has one place left."""
    store = Store(write_file(path / "motcua.sqlite"), HandClock())
    store.start()
    for n in range(RULES.capacity - 1):
        store.write_now(Act("test"), booking.book, QUEUE, FIRST, secret(f"c{n}"), secret(f"p{n}"))
    return store


def exactly_one_gets_the_last_place(path, act) -> None:
    """Whoever is first has it, the others hear that it is full, and the file agrees."""
    store = one_place_left(path)
    try:
        outcomes = rush(store, act)
        assert store.read(appointments.taken, QUEUE, FIRST) == RULES.capacity
        assert outcomes == {"booked": 1, "full": AT_ONCE - 1}
    finally:
        store.close()


def through_the_writer(store: Store, n: int) -> None:
    """As every page and program books."""
    act = Act("anyone", f"rush-{n:06d}")
    store.write_now(act, booking.book, QUEUE, FIRST, secret(f"rush c{n}"), secret(f"rush p{n}"))


def test_many_want_the_last_place_and_one_gets_it(tmp_path):
    exactly_one_gets_the_last_place(tmp_path, through_the_writer)


def test_many_want_to_move_into_the_last_place_and_one_gets_it(tmp_path):
    store = one_place_left(tmp_path)
    places = [slot for slot in SLOTS[1:] for _ in range(RULES.capacity)][:AT_ONCE]
    ids = [
        store.write_now(Act("test"), booking.book, QUEUE, slot, secret(f"m c{n}"), secret(f"m p{n}")).id
        for n, slot in enumerate(places)
    ]

    def move(store: Store, n: int) -> None:
        store.write_now(Act("anyone"), booking.move_booking, ids[n % len(ids)], FIRST)

    try:
        outcomes = rush(store, move)
        assert outcomes["booked"] >= 1, "whoever has it and presses again has it"
        assert store.read(appointments.taken, QUEUE, FIRST) == RULES.capacity
        assert sum(store.read(appointments.load, id_).slot == FIRST for id_ in ids) == 1
    finally:
        store.close()


@pytest.mark.planted
def test_looking_first_and_inserting_later_is_caught(tmp_path):
    """Planted: the place is counted outside the transaction that takes it."""
    looked = threading.Barrier(AT_ONCE)

    def insert(tx: Tx, n: int) -> int:
        return tx.record(AppointmentBooked(QUEUE, milliseconds(FIRST))).seq

    def careless(store: Store, n: int) -> None:
        db = open_reader(store.path)
        try:
            calendar = calendars.current(db)
            assert centres.is_loaded(db)
            check_slot(RULES, FIRST, appointments.taken(db, QUEUE, FIRST), MORNING, calendar)
        finally:
            db.close()
        looked.wait(PATIENCE)
        store.write_now(Act("anyone"), insert, n)

    with pytest.raises(AssertionError):
        exactly_one_gets_the_last_place(tmp_path, careless)
