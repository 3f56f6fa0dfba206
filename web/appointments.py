"""What the screens share about appointments: the code, whose try it is, and the slots to choose from."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import segno
from starlette.requests import HTTPConnection

from domain.appointments import (
    Appointment,
    Slot,
    UnknownAppointment,
    booking_of,
    code_from,
    offered,
    plain_code,
    plain_phone,
)
from domain.centres import Queue
from domain.days import local
from domain.errors import Invalid
from store import appointments, calendars
from store.instants import moment
from web.house import House, house_of, visitor_of
from web.tries import Tries

CODE_AT_MOST, PHONE_AT_MOST = 20, 24  # characters typed, spaces included
LAST_INSTANT = 4_102_444_800_000  # the year 2100, in milliseconds
wrong_codes = Tries(8, 60)
# A hall's visitors share one address; a script that fills all slots shares it with nobody.
bookings = Tries(30, 600)


@dataclass(frozen=True, slots=True)
class DayOffer:
    """The slots of one day that can still be booked, full ones included."""

    day: datetime
    slots: tuple[Slot, ...]

    @property
    def left(self) -> int:
        """All places left on this day."""
        return sum(slot.left for slot in self.slots)


def days_offered(house: House, queue: Queue) -> list[DayOffer]:
    """The days on which this queue can be booked now. Raises NoBooking, NoCalendar."""
    now = house.now()
    taken = house.store.read(appointments.taken_after, queue.id, now)
    slots = offered(booking_of(queue), now, house.store.read(calendars.current), taken)
    days = groupby(slots, key=lambda slot: slot.at.date())
    return [DayOffer(found[0].at, found) for _, group in days if (found := tuple(group))]


def new_code(house: House, request: str | None, *about: object) -> str:
    """A code for a booking. The same request gives the same code again, though only its hash is kept."""
    told = "|".join(str(part) for part in (request or secrets.token_urlsafe(16), *about))
    return code_from(house.vault.digest("appointment-new", told))


def code_hash(house: House, typed: str) -> bytes:
    """What is kept of a code, however it was typed."""
    return house.vault.digest("appointment-code", plain_code(typed))


def holder_hash(house: House, phone: str) -> bytes:
    """What is kept of a phone number. Raises PhoneWrong."""
    return house.vault.digest("appointment-holder", plain_phone(phone))


def found_by_code(connection: HTTPConnection, typed: str) -> Appointment:
    """The appointment with this code; wrong ones are counted. Raises UnknownAppointment, TooManyTries."""
    house, name = house_of(connection), name_of(connection)
    wrong_codes.check(name)
    try:
        return house.store.read(appointments.of_code, code_hash(house, typed))
    except UnknownAppointment:
        wrong_codes.note(name)
        raise


def name_of(connection: HTTPConnection) -> str:
    """Under which name tries are counted: the person or screen, else the address."""
    who = visitor_of(connection).who
    return f"at {connection.client.host if connection.client else '?'}" if who == "anyone" else who


def code_picture(code: str) -> tuple[int, str]:
    """The code as a QR for the kiosk's scanner: its width in modules, and the path of the dark ones.

    Drawn in the page: an address of its own would carry the code into logs.
    """
    rows = list(segno.make(plain_code(code), error="m", micro=False).matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return len(rows), "".join(dark)


def slot_of(text: str | None) -> datetime:
    """The instant of a slot as pages and programs send it, in milliseconds since 1970. Raises Invalid."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 15 or int(text) > LAST_INSTANT:
        raise Invalid(what="slot")
    return moment(int(text))


def day_of(days: Iterable[DayOffer], wanted: str) -> DayOffer | None:
    """The day asked for as '2026-11-24', else the first with places left, else the first of all."""
    found = list(days)
    for day in found:
        if f"{local(day.day):%Y-%m-%d}" == wanted:
            return day
    return next((day for day in found if day.left), found[0] if found else None)
