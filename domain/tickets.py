"""Tickets: their states, their shown number and the moment that counts for their order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


class TicketState(StrEnum):
    """A ticket waits, is called to a counter, and ends as finished, absent or unserved."""

    WAITING = "waiting"
    CALLED = "called"
    FINISHED = "finished"
    ABSENT = "absent"
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One person's place in one queue on one business day. `id` is the journal number of its issue."""

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

    @property
    def number(self) -> str:
        """The number as people see it, 'A 012'."""
        return shown_number(self.prefix, self.n)


def shown_number(prefix: str, n: int) -> str:
    """'A 012': letter, narrow space, three digits, four from 1000 (shared form of the centre's numbers)."""
    return f"{prefix}{NARROW_SPACE}{n:03d}"


def order_key(arrived_at: datetime, credit_minutes: int) -> int:
    """The due moment: arrival minus the class's credit, in milliseconds since 1970; smallest is called first.

    Source: calling policy 'due', ADR 7. The key is static; only named events change it.
    """
    return milliseconds(arrived_at) - credit_minutes * 60_000


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware instant."""
    return round(instant.timestamp() * 1000)
