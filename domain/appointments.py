"""Appointments: which slots a queue offers, who may book one, and what became of it. No word of who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.applicants import PhoneWrong
from domain.calendar import ONE_DAY, SATURDAY, Calendar, DayKind
from domain.centre_rules import Booking
from domain.centres import Centre, Queue
from domain.days import LOCAL, local
from domain.errors import NotFound, Refused, msgid
from domain.tickets import milliseconds

# Without what is mistaken for each other on paper: 0 O Q D, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V.
CODE_LETTERS = "ACEFHJKMNPRTWXY3479"
CODE_LENGTH = 8  # 34 bits, kept as a keyed hash, few tries a minute
MONDAY = 1
SHORTEST_PHONE, LONGEST_PHONE = 9, 14


class AppointmentState(StrEnum):
    """What happened to an appointment. Missed is no state: it follows from the slot and the clock."""

    BOOKED = "booked"
    KEPT = "kept"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Who no longer wants the appointment; never free words, so that no name enters the journal."""

    CITIZEN = "citizen"
    STAFF = "staff"
    CLOSED = "closed"


class NoBooking(Refused):
    text = msgid("Hàng %(queue)s không nhận hẹn trước. Mời đến trung tâm và lấy số ở ki-ốt.")


class SlotClosed(Refused):
    text = msgid("Khung giờ %(slot)s không đặt được: đã qua, ngoài lịch, hoặc xa quá. Mời chọn khung giờ khác.")


class SlotFull(Refused):
    text = msgid("Khung giờ %(slot)s vừa hết chỗ. Mời chọn khung giờ khác.")


class OneAppointment(Refused):
    text = msgid(
        "Số điện thoại này đang có một lịch hẹn. Mời nhập mã hẹn để xem, đổi giờ hoặc hủy trước khi đặt lịch mới."
    )


class UnknownAppointment(NotFound):
    text = msgid("Không có lịch hẹn nào với mã này. Mời xem lại tám ký tự của mã hẹn.")


class AlreadyCancelled(Refused):
    text = msgid("Lịch hẹn này đã hủy. Mời đặt lịch mới hoặc lấy số ở ki-ốt.")


class AlreadyKept(Refused):
    text = msgid("Lịch hẹn này đã được dùng để lấy số, nên không đổi hay hủy được nữa.")


class AppointmentOver(Refused):
    text = msgid("Lịch hẹn %(slot)s đã qua. Mời đặt lịch mới hoặc lấy số ở ki-ốt.")


class NotToday(Refused):
    text = msgid("Lịch hẹn của bạn là %(slot)s, chưa phải hôm nay. Mời quay lại đúng ngày, hoặc đổi lịch hẹn.")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A place in one slot of one queue. `id` is the journal number of its booking; `ticket` is set once kept."""

    id: int
    queue: str
    slot: datetime
    state: AppointmentState
    by_staff: bool
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A local instant at which people may come, and how many places are left."""

    at: datetime
    left: int


def booking_of(queue: Queue) -> Booking:
    """The queue's rules for appointments. Raises NoBooking."""
    if queue.booking is None:
        raise NoBooking(queue=queue.prefix)
    return queue.booking


def takes_bookings(centre: Centre) -> bool:
    """Whether any queue of the centre offers appointments."""
    return any(queue.booking is not None for queue in centre.queues)


def slots_on(booking: Booking, day: date, calendar: Calendar) -> tuple[datetime, ...]:
    """The local instants at which the slots of this day begin; none on a day that is not worked.

    A day counts by its weekday, unless the calendar states otherwise: off has no slots, a half day only those of
    the first half-day, and a weekend worked in place of another day has its own slots, or else Monday's. In a
    year that the calendar does not know nothing can be promised, so there are none.
    """
    if day.year not in calendar.years:
        return ()
    stated = calendar.days[day][0] if day in calendar.days else None
    made_up = day.weekday() >= SATURDAY and stated in (DayKind.WORKING, DayKind.HALF)
    weekday = day.isoweekday()
    if made_up and weekday not in booking.weekdays:
        weekday = MONDAY
    if stated is DayKind.OFF or weekday not in booking.weekdays:
        return ()
    end = calendar.half_days[0][1] if stated is DayKind.HALF else time.max
    step = timedelta(minutes=booking.slot_minutes)
    return tuple(
        at
        for opens, closes in booking.times
        for at in _steps(_at(day, time.fromisoformat(opens)), _at(day, min(time.fromisoformat(closes), end)), step)
    )


def bookable_slots(booking: Booking, now: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """Every slot that begins after now, today or on one of the days ahead, full or not."""
    today = local(now).date()
    days = (today + n * ONE_DAY for n in range(booking.days_ahead + 1))
    return tuple(at for day in days for at in slots_on(booking, day, calendar) if at > now)


def offered(booking: Booking, now: datetime, calendar: Calendar, taken: Mapping[int, int]) -> tuple[Slot, ...]:
    """The bookable slots with the places left; `taken` counts the appointments of each slot (ms)."""
    slots = bookable_slots(booking, now, calendar)
    return tuple(Slot(at, max(0, booking.capacity - taken.get(milliseconds(at), 0))) for at in slots)


def check_slot(booking: Booking, at: datetime, taken: int, now: datetime, calendar: Calendar) -> None:
    """Let one more person into a slot of which `taken` places are taken. Raises SlotClosed, SlotFull."""
    day = local(at).date()
    days_ahead = (day - local(now).date()).days
    # Only the slot's own day is laid out: this runs while everybody waits for the writer.
    if at <= now or days_ahead > booking.days_ahead or at not in slots_on(booking, day, calendar):
        raise SlotClosed(slot=slot_text(at))
    if taken >= booking.capacity:
        raise SlotFull(slot=slot_text(at))


def is_missed(appointment: Appointment, now: datetime, late_minutes: int) -> bool:
    """Whether nobody came within the lateness allowed. On the same day a ticket by arrival can still be had."""
    lateness = timedelta(minutes=late_minutes)
    return appointment.state is AppointmentState.BOOKED and now > appointment.slot + lateness


def check_changeable(appointment: Appointment, now: datetime, late_minutes: int) -> None:
    """May it be moved or cancelled? Raises AlreadyCancelled, AlreadyKept, AppointmentOver."""
    if appointment.state is AppointmentState.CANCELLED:
        raise AlreadyCancelled()
    if appointment.state is AppointmentState.KEPT:
        raise AlreadyKept()
    if is_missed(appointment, now, late_minutes):
        raise AppointmentOver(slot=slot_text(appointment.slot))


def check_arrival(appointment: Appointment, now: datetime) -> None:
    """May its holder get a number now: on its day, however early or late. A late one counts by arrival (ADR 7).

    Raises AlreadyCancelled, NotToday, AppointmentOver.
    """
    if appointment.state is AppointmentState.CANCELLED:
        raise AlreadyCancelled()
    here, day = local(now).date(), local(appointment.slot).date()
    if here < day:
        raise NotToday(slot=slot_text(appointment.slot))
    if here > day:
        raise AppointmentOver(slot=slot_text(appointment.slot))


def code_from(digest: bytes) -> str:
    """Eight letters drawn from a digest of at least 16 bytes."""
    number, letters = int.from_bytes(digest[:16], "big"), ""
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[index]
    return letters


def shown_code(code: str) -> str:
    """'ACDE 3467': two groups, as it is read out and written down."""
    return f"{code[:4]} {code[4:]}"


def plain_code(typed: str) -> str:
    """The code as it is hashed: without what people add or change when typing."""
    return "".join(c for c in typed.upper() if c.isalnum())


def plain_phone(typed: str) -> str:
    """A phone number in one spelling: '+84 912.345.678' and '0912345678' are the same person. Raises PhoneWrong."""
    digits = "".join(c for c in typed if c not in " .-()")
    abroad, digits = digits.startswith("+"), digits.removeprefix("+")
    if abroad and digits.startswith("84"):
        digits, abroad = "0" + digits[2:], False
    if not digits.isascii() or not digits.isdigit() or not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
        raise PhoneWrong()
    return f"+{digits}" if abroad else digits


def slot_text(at: datetime) -> str:
    """'09:30 24/11/2026': local, and the same in every language."""
    return f"{local(at):%H:%M %d/%m/%Y}"


def _steps(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    found = []
    while start + step <= end:
        found.append(start)
        start += step
    return found


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LOCAL)
