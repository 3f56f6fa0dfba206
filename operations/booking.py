"""Appointments: booked, moved, cancelled, and kept by checking in. The code and the holder come here as hashes."""

from datetime import datetime, time, timedelta

from domain.appointments import (
    Appointment,
    AppointmentState,
    CancelReason,
    OneAppointment,
    booking_of,
    check_arrival,
    check_changeable,
    check_slot,
)
from domain.days import LOCAL, local
from domain.errors import Invalid, RequestReused
from domain.queue_events import AppointmentBooked, AppointmentCancelled, AppointmentKept, AppointmentMoved
from domain.tickets import Ticket, milliseconds
from operations.ticketing import find_queue, give_number
from store import appointments, calendars, holders, tickets
from store.writer import Tx


def book(
    tx: Tx, queue: str, slot: datetime, code_hash: bytes, holder_hash: bytes, *, by_staff: bool = False,
    card: bytes | None = None,
) -> Appointment:  # fmt: skip
    """Take a place in a slot for somebody who has no other appointment ahead.

    `card`: the keyed hash by which a kiosk will find it. It does not open the business day: people book at night,
    from home. Raises UnknownQueue, NoBooking, SlotClosed, SlotFull, OneAppointment, and RequestReused for a code
    that somebody has.
    """
    centre = tx.centre
    line = find_queue(centre, queue)
    _check_place(tx, line.id, slot)
    lateness = timedelta(minutes=centre.calling.late_minutes)
    if appointments.booked_by(tx.db, holder_hash, tx.now - lateness):
        raise OneAppointment()
    if appointments.knows_code(tx.db, code_hash):
        raise RequestReused()
    booked = tx.record(AppointmentBooked(line.id, milliseconds(slot), by_staff))
    today = datetime.combine(local(tx.now).date(), time(), LOCAL)
    appointments.forget_secrets(tx.db, today)
    holders.forget_appointments(tx.db, today)
    appointments.keep_secrets(tx.db, booked.seq, code_hash, holder_hash)
    if card is not None:
        holders.keep(tx.db, holders.APPOINTMENT, booked.seq, card)
    return appointments.load(tx.db, booked.seq)


def move_booking(tx: Tx, appointment: int, slot: datetime) -> Appointment:
    """Another slot of the same queue, under the same code; the same slot again changes nothing.

    Raises UnknownAppointment, AlreadyCancelled, AlreadyKept, AppointmentOver, NoBooking, SlotClosed, SlotFull.
    """
    found = _changeable(tx, appointment)
    if found.slot == slot:
        return found
    _check_place(tx, found.queue, slot)
    tx.record(AppointmentMoved(found.id, milliseconds(slot)))
    return appointments.load(tx.db, found.id)


def cancel_booking(tx: Tx, appointment: int, reason: str = CancelReason.CITIZEN) -> Appointment:
    """Give the place back. Raises UnknownAppointment, AlreadyCancelled, AlreadyKept, AppointmentOver, Invalid."""
    if reason not in set(CancelReason):
        raise Invalid(what="reason")
    found = _changeable(tx, appointment)
    tx.record(AppointmentCancelled(found.id, str(reason)))
    return appointments.load(tx.db, found.id)


def check_in(
    tx: Tx, appointment: int, language: str = "vi", printer: str | None = None, holder: bytes | None = None
) -> Ticket:
    """The number of somebody who has come on the day of the appointment; whoever has one gets the same again.

    `holder`: whose number it is from now on, where a card was scanned. The calling policy says what the slot is
    worth: up to the lateness allowed its moment counts, after it the arrival (ADR 7). Raises UnknownAppointment,
    AlreadyCancelled, NotToday, AppointmentOver, QueueStopped, UnknownQueue, Invalid, DayNeedsConfirmation.
    """
    found = appointments.load(tx.db, appointment)
    check_arrival(found, tx.now)
    if found.state is AppointmentState.KEPT and found.ticket is not None:
        return tickets.load(tx.db, found.ticket)
    ticket = give_number(tx, found.queue, language, None, printer, slot=found.slot, appointment=found.id)
    tx.record(AppointmentKept(found.id, ticket.id))
    if holder is not None:
        holders.keep(tx.db, holders.TICKET, ticket.id, holder)
    return ticket


def _changeable(tx: Tx, appointment: int) -> Appointment:
    found = appointments.load(tx.db, appointment)
    check_changeable(found, tx.now, tx.centre.calling.late_minutes)
    return found


def _check_place(tx: Tx, queue: str, slot: datetime) -> None:
    """Counted in the transaction that takes the place: nobody else can take it in between."""
    rules = booking_of(find_queue(tx.centre, queue))
    taken = appointments.taken(tx.db, queue, slot)
    check_slot(rules, slot, taken, tx.now, calendars.current(tx.db))
