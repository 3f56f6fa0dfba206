"""What programs send and get: one struct a message, unknown fields refused, lengths bounded."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from domain.appointments import Appointment
from domain.days import local
from domain.errors import Invalid
from domain.receivers import MessageKind
from domain.tickets import Ticket
from domain.waiting.boards import WaitBoard
from domain.waiting.ranges import Wait
from store import boards
from store.centres import Stop
from store.receivers import Message
from store.tickets import Call

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=40)]
T = TypeVar("T")


class TakeTicket(Struct, forbid_unknown_fields=True):
    """Ask for a number. `printer` names the printer of the slip; without it there is no paper."""

    queue: Id
    language: Annotated[str, Meta(pattern="^(vi|en|fr)$")] = "vi"
    priority: Id | None = None
    printer: Id | None = None


class Seen(Struct, forbid_unknown_fields=True):
    """The ticket that the caller believes to be at the counter, 0 for none; left out: act whatever is there."""

    seen: Annotated[int, Meta(ge=0, le=2**53)] | None = None


Copies = Annotated[int, Meta(ge=0, le=999)]
Identity = Annotated[str, Meta(max_length=14)]
Phone = Annotated[str, Meta(max_length=16)]
Address = Annotated[str, Meta(max_length=300)]
Line = Annotated[str, Meta(max_length=1000)]


class Paper(Struct, forbid_unknown_fields=True):
    """One paper of a dossier and in which shapes it was handed in; with nothing said it is one copy."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    originals: Copies = 0
    certified: Copies = 0
    copies: Copies = 0
    digitised: bool = False
    reused: bool = False


class Representative(Struct, forbid_unknown_fields=True):
    """Who hands a dossier in for its owner."""

    name: Name
    identity: Identity = ""
    phone: Phone = ""
    address: Address = ""
    authorisation: Line = ""


class ReceiveDossier(Struct, forbid_unknown_fields=True):
    """A dossier as the clerk takes it in.

    `channel`: 1 at the counter, 3 by post. `owner_kind`: 1 citizen, 2 business, 3 agency, 4 other. `delivery`: the
    result comes 0 at the counter, 1 by post to `deliver_to` (else to `address`), 2 electronically. `case`: a
    heading of the procedure's own checklist.
    """

    procedure: Annotated[str, Meta(pattern=r"^\d\.\d{6}$")]
    owner_name: Name
    identity: Identity = ""
    phone: Phone = ""
    address: Address = ""
    email: Annotated[str, Meta(max_length=260)] = ""
    owner_kind: Annotated[int, Meta(ge=1, le=4)] = 1
    representative: Representative | None = None
    channel: Literal[1, 3] = 1
    case: Annotated[str, Meta(max_length=200)] = ""
    delivery: Annotated[int, Meta(ge=0, le=2)] = 0
    deliver_to: Address = ""
    summary: Line = ""
    papers: Annotated[list[Paper], Meta(max_length=40)] = msgspec.field(default_factory=list)


Instant = Annotated[datetime, Meta(tz=True)]


class BookAppointment(Struct, forbid_unknown_fields=True):
    """Ask for a place in a slot for the person with this phone number, of which only a keyed hash is kept.

    `identity`: the twelve digits of the card by which a kiosk will find the appointment; kept in the same way.
    """

    queue: Id
    slot: Instant
    phone: Annotated[str, Meta(min_length=1, max_length=24)]
    identity: Annotated[str, Meta(max_length=20)] = ""


class MoveAppointment(Struct, forbid_unknown_fields=True):
    """Another slot of the same queue."""

    slot: Instant


class CancelAppointment(Struct, forbid_unknown_fields=True):
    """Who no longer wants it: the citizen, the staff, or a centre that is closed."""

    reason: Literal["citizen", "staff", "closed"] = "staff"


class CheckIn(Struct, forbid_unknown_fields=True):
    """Somebody has come with the code of an appointment."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    language: Annotated[str, Meta(pattern="^(vi|en|fr)$")] = "vi"
    printer: Id | None = None


class SlotShown(Struct):
    """A slot that can still be booked; `slot` is ISO 8601 local time, `left` the places left."""

    queue: str
    slot: str
    left: int


class AppointmentShown(Struct):
    """An appointment; `code` is given once, with the booking, and null afterwards."""

    id: int
    queue: str
    slot: str
    state: str
    ticket: int | None
    code: str | None = None


class WaitShown(Struct):
    """The range of a wait in minutes; `high` null: more than two hours. Told live, never an exact figure."""

    low: int
    high: int | None


class TicketShown(Struct):
    """A ticket; `number` is as people see it, instants are ISO 8601 in UTC.

    `wait`: what somebody who waits is told now; null where nobody knows, and for who waits no longer.
    """

    id: int
    number: str
    queue: str
    n: int
    day: int
    state: str
    ahead: int
    arrived_at: str
    counter: int | None
    called_at: str | None
    wait: WaitShown | None = None


class QueueShown(Struct):
    """One queue now; `wait` is that of somebody who would come now, `wait_words` says it, or why there is none."""

    id: str
    prefix: str
    title: str
    waiting: int
    last_n: int
    stopped: str | None
    wait: WaitShown | None = None
    wait_words: str = ""


class CallShown(Struct):
    """One call; `seq` orders all calls and grows for ever."""

    seq: int
    ticket: int
    number: str
    counter: int
    kind: str
    at: str


class MessageShown(Struct):
    """What happened to a number: near, called, waiting (again) or left; `id` grows for ever, `at` is UTC.

    `ahead` counts the people before it and comes with near alone, `counter` with called alone. `wait`, with near
    and waiting: what its owner is told at the moment of sending; null where nobody knows. A test has the id 0.
    """

    id: int
    kind: Literal["near", "called", "waiting", "left", "test"]
    at: str
    ticket: int
    number: str
    queue: str
    ahead: int | None
    counter: int | None
    wait: WaitShown | None = None


class Answered(Struct):
    """The answer to a call: the ticket, or null when nobody waits for this counter."""

    ticket: TicketShown | None
    seq: int | None


class DossierShown(Struct):
    """A received dossier; `due` is ISO 8601 local time, null where no limit is configured."""

    code: str
    due: str | None


class ShiftShown(Struct):
    """A clerk at a counter."""

    counter: int
    person: str


class Failed(Struct):
    """What was refused: a stable code, and a sentence in the caller's language."""

    code: str
    message: str


class Failure(Struct):
    """The body of every refused request."""

    error: Failed


def decode(body: bytes, kind: type[T]) -> T:
    """The message in a body; an empty body is an empty object. Raises Invalid naming the field."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise Invalid(what=str(error)[:160]) from error
    except UnicodeDecodeError as error:
        raise Invalid(what="UTF-8") from error


def wait_shown(wait: Wait | None) -> WaitShown | None:
    """A range for programs."""
    return WaitShown(wait.low, wait.high) if wait else None


def ticket_shown(ticket: Ticket, wait: Wait | None = None) -> TicketShown:
    """A ticket for programs, with the range that its owner is told."""
    called = ticket.called_at.isoformat() if ticket.called_at else None
    return TicketShown(
        ticket.id, ticket.number, ticket.queue, ticket.n, ticket.day, ticket.state.value, ticket.ahead,
        ticket.arrived_at.isoformat(), ticket.counter, called, wait_shown(wait),
    )  # fmt: skip


def queue_shown(
    queue: str, prefix: str, title: str, line: boards.Line, stop: Stop | None, wait: Wait | None, words: str
) -> QueueShown:
    """A queue for programs."""
    why = stop.reason if stop else None
    return QueueShown(queue, prefix, title, line.waiting, line.last_n, why, wait_shown(wait), words)


def call_shown(call: Call, number: str) -> CallShown:
    """A call for programs."""
    return CallShown(call.seq, call.ticket, number, call.counter, call.kind, call.at.isoformat())


def message_shown(message: Message, waits: WaitBoard, now: datetime) -> MessageShown:
    """A message for programs: sent out and fetched in the same words."""
    is_waiting = message.kind in (MessageKind.NEAR, MessageKind.WAITING)
    known = waits.ticket(message.ticket, now) if is_waiting else None
    return MessageShown(
        message.id, message.kind.value, message.at.isoformat(), message.ticket, message.number, message.queue,
        message.ahead, message.counter, wait_shown(known.wait() if known else None),
    )  # fmt: skip


def trial_shown(now: datetime) -> MessageShown:
    """A message of no number, by which a receiver is tried."""
    return MessageShown(0, "test", now.isoformat(), 0, "", "", None, None)


def appointment_shown(appointment: Appointment, code: str | None = None) -> AppointmentShown:
    """An appointment for programs."""
    at = local(appointment.slot).isoformat()
    return AppointmentShown(
        appointment.id, appointment.queue, at, appointment.state.value, appointment.ticket, code
    )
