"""Tickets: their states, their shown number and the moment that counts for their order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.waiting.ranges import Wait

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class TicketState(StrEnum):
    """A ticket waits, is called to a counter, perhaps parked there, and ends; the absent may come back."""

    WAITING = "waiting"
    CALLED = "called"
    PARKED = "parked"
    ABSENT = "absent"
    FINISHED = "finished"
    LEFT = "left"
    UNSERVED = "unserved"


class Outcome(StrEnum):
    """How a visit to a counter ended: received, to be completed, refused, advised, result handed over, other."""

    SERVED = "served"
    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    ADVISED = "advised"
    COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's place in one queue on one business day. `id` is the journal number of its issue.

    `queue` is where it stands now, `home` the queue that gave its number: a transfer keeps number and first
    arrival. `for_counter` or `for_person` wants it alone. `kept_from` is the label of the day it was given on,
    where that is an earlier one. `slot` is the moment of its appointment, `base` whence its key counts, `turn`
    its place among equal keys: that of its issue, unless it was put between two others. `promised` is the range
    of the wait on its slip.
    """

    id: int
    day: int
    queue: str
    prefix: str
    n: int
    state: TicketState
    key: int
    arrived_at: datetime
    ahead: int
    language: str
    priority: str | None = None
    counter: int | None = None
    called_at: datetime | None = None
    ended_at: datetime | None = None
    home: str = ""
    started_at: datetime | None = None
    outcome: str | None = None
    for_counter: int | None = None
    for_person: str | None = None
    note: str = ""
    kept_from: date | None = None
    slot: datetime | None = None
    base: datetime | None = None
    turn: float = 0.0
    promised: Wait | None = None

    @property
    def number(self) -> str:
        """The number as people see it."""
        return shown_number(self.prefix, self.n, self.kept_from)

    @property
    def gave_way(self) -> bool:
        """Whether it stands where the wish for more time has put it, between two others."""
        return self.turn != self.id

    @property
    def privileged(self) -> bool:
        """Whether a class or an appointment goes before ordinary tickets where the policy says so."""
        return self.priority is not None or self.slot is not None


def shown_number(prefix: str, n: int, kept_from: date | None = None) -> str:
    """'A 012': letter, narrow space, three digits, four from 1000; kept over night 'A 012 · T6', with its day."""
    number = f"{prefix}{NARROW_SPACE}{n:03d}"
    return f"{number} · {day_mark(kept_from)}" if kept_from else number


def day_mark(day: date) -> str:
    """'T2' to 'T7' and 'CN', as Vietnamese calendars shorten the days of the week."""
    return "CN" if day.weekday() == 6 else f"T{day.weekday() + 2}"


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware instant."""
    return round(instant.timestamp() * 1000)
