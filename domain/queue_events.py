"""What can happen in the queue: days, counters, tickets, appointments. Part of `domain.events`, by the same rules.

Instants inside events are milliseconds since 1970 (UTC); no personal data.
"""

from dataclasses import dataclass
from typing import Any

from domain.waiting.kept import KeptEstimate


@dataclass(frozen=True, slots=True)
class DayOpened:
    """`day` is the number of the new business day; whoever still waited on an older one is unserved or kept.

    `repaired`: an administrator began it by hand, after a wrong clock had labelled the one before.
    """

    day: int
    label: str
    confirmed: bool
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class QueueKept:
    """Whoever still waits in this queue when the day ends keeps the place; `reason` by a person."""

    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueStopped:
    """Nobody new is taken, until an instant if one was named; whoever waits keeps the place.

    `hall`, here and in the next: the hall whose queues were all meant by one press; the voice says it once.
    """

    queue: str
    reason: str
    until: int | None = None
    hall: str = ""


@dataclass(frozen=True, slots=True)
class QueueResumed:
    queue: str
    hall: str = ""


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class ShiftTaken:
    """Another clerk sits down at an open counter, and has with it whoever is served or parked there."""

    counter: int
    person: str
    before: str


@dataclass(frozen=True, slots=True)
class SkillsSet:
    """Which queues a counter serves from now on, first and second; both empty: as the configuration says."""

    counter: int
    queues: list[str]
    secondary: list[str]


@dataclass(frozen=True, slots=True)
class CounterPaused:
    """`minutes` is what the clerk expects it to last."""

    counter: int
    reason: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CounterResumed:
    counter: int


@dataclass(frozen=True, slots=True)
class HelpCalled:
    """The emergency key of a counter."""

    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class HelpEnded:
    counter: int
    false_alarm: bool


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """`ahead` and the order key are what the slip promised; `printer` None means no paper was asked for.

    `came`: the real arrival, where it was noted on paper first. `slot`: the moment of the appointment.
    `counter`: whose clerk gave it, with why (`override`) where the queue was closed to newcomers.
    `wait`: the range of minutes that was promised, [low, high], without an end above two hours; none: nobody knew.
    """

    queue: str
    prefix: str
    n: int
    key: int
    ahead: int
    language: str
    priority: str | None = None
    printer: str | None = None
    came: int | None = None
    slot: int | None = None
    appointment: int | None = None
    counter: int | None = None
    override: str = ""
    wait: list[int] | None = None


@dataclass(frozen=True, slots=True)
class NumberRefused:
    """Somebody was told that this queue gives no number now; `reason` is one of `domain.admission.Reason`."""

    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class EstimatesKept:
    """The first estimates of tickets that have come since the last time: to be judged and learned from later."""

    made: list[KeptEstimate]


@dataclass(frozen=True, slots=True)
class PaperVisit:
    """A visit with a pre-printed number, entered afterwards: when (ms) it was called and over, at which counter."""

    ticket: int
    served_at: int
    called: int
    ended: int


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """`reason` is empty for a call in order; `runner_up` is who would have been next; `policy` chose.

    `finished` is the event that ended the visit before, when the same press did both.
    """

    ticket: int
    counter: int
    person: str
    reason: str = ""
    policy: str = "due"
    runner_up: int | None = None
    finished: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    ticket: int
    counter: int


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    """The person called has come to the counter."""

    ticket: int
    counter: int


@dataclass(frozen=True, slots=True)
class TicketParked:
    """Set aside at this counter, for a form to be filled or a paper to be fetched."""

    ticket: int
    counter: int
    note: str


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """Waits again with its number and first arrival: in a queue, perhaps for one counter or person alone."""

    ticket: int
    counter: int
    queue: str
    note: str
    for_counter: int | None = None
    for_person: str | None = None


@dataclass(frozen=True, slots=True)
class TicketReturned:
    """Somebody absent came back; within the grace the key is the old one, after it counts the return.

    `counter`, here and in the next two: at which one its clerk pressed it, None by phone or kiosk.
    """

    ticket: int
    key: int
    within_grace: bool
    counter: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRekeyed:
    """Another place in the order: a class confirmed, denied or changed, more time asked for, or set anew.

    `base`: whence the key counts from now on, where that changed too. `turn`: the place among equal keys, where
    it is not that of the issue.
    """

    ticket: int
    key: int
    priority: str | None
    reason: str
    counter: int | None = None
    base: int | None = None
    turn: float | None = None


@dataclass(frozen=True, slots=True)
class TicketLeft:
    """The person waits no longer, by own word."""

    ticket: int
    counter: int | None = None


@dataclass(frozen=True, slots=True)
class ActUndone:
    """Takes back the act of this journal number: the ticket stands again as it stood before.

    Ticket 0: an act on a counter, which an event beside this one reverses. An empty standing: the ticket was
    given by mistake. `withdrawn`: the announcement taken back, to be shown and spoken; None where none was made.
    """

    act: int
    ticket: int
    standing: list[Any]
    withdrawn: int | None = None


@dataclass(frozen=True, slots=True)
class TicketFinished:
    ticket: int
    counter: int
    outcome: str


@dataclass(frozen=True, slots=True)
class VisitRated:
    """A visit at this counter was judged: 3 very satisfied, 2 satisfied, 1 not satisfied, and why (a key).

    What the person wrote besides stands sealed in the vault.
    """

    ticket: int
    counter: int
    score: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WordsRead:
    """Somebody read what people had written about this queue on this business day."""

    business_day: int
    queue: str


@dataclass(frozen=True, slots=True)
class TicketMissed:
    """Called and not come."""

    ticket: int
    counter: int


@dataclass(frozen=True, slots=True)
class AppointmentBooked:
    """A place in the slot that begins at this instant; its code and its holder stand, hashed, in the vault."""

    queue: str
    slot: int
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    appointment: int
    slot: int


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    appointment: int
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentKept:
    """Its holder came and has this ticket."""

    appointment: int
    ticket: int


QueueEvent = (
    DayOpened
    | QueueKept
    | QueueStopped
    | QueueResumed
    | ShiftOpened
    | ShiftClosed
    | ShiftTaken
    | SkillsSet
    | CounterPaused
    | CounterResumed
    | HelpCalled
    | HelpEnded
    | TicketIssued
    | NumberRefused
    | EstimatesKept
    | PaperVisit
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | TicketParked
    | TicketTransferred
    | TicketReturned
    | TicketRekeyed
    | TicketLeft
    | ActUndone
    | TicketFinished
    | VisitRated
    | WordsRead
    | TicketMissed
    | AppointmentBooked
    | AppointmentMoved
    | AppointmentCancelled
    | AppointmentKept
)
