"""What can happen in a centre, in the past tense. No personal data: people and applicants are ids here.

The instant, the business day and who did it stand beside the event in the journal, not in it.
Instants inside events are milliseconds since 1970 (UTC).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CentreLoaded:
    """The whole configuration, as `domain.centres.as_data` gives it."""

    centre: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CalendarLoaded:
    """The years known: half-days as "HH:MM" pairs, exceptions as (date, kind, reason)."""

    version: str
    years: list[int]
    half_days: list[list[str]]
    days: list[list[str]]


@dataclass(frozen=True, slots=True)
class ProcedureListed:
    """One record of the national catalogue, new or changed."""

    procedure: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A person may work here from now on, or with other roles; name and password stand in the vault."""

    person: str
    roles: list[str]
    agency: str | None
    counter: int | None


@dataclass(frozen=True, slots=True)
class PersonSignedIn:
    person: str


@dataclass(frozen=True, slots=True)
class PersonSignedOut:
    person: str


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """The password itself stands, hashed, in the vault."""

    person: str


@dataclass(frozen=True, slots=True)
class TokenGiven:
    """A bearer token for programs; only its hash is kept, in the vault."""

    token: int
    holder: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    token: int


@dataclass(frozen=True, slots=True)
class DevicePaired:
    device: str


@dataclass(frozen=True, slots=True)
class DeviceRevoked:
    device: str


@dataclass(frozen=True, slots=True)
class DayOpened:
    """`day` is the number of the new business day; whoever still waited on an older one is unserved."""

    day: int
    label: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class QueueStopped:
    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueResumed:
    queue: str


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """`ahead` and the order key are what the slip promised; `printer` None means no paper was asked for."""

    queue: str
    prefix: str
    n: int
    key: int
    ahead: int
    language: str
    priority: str | None = None
    printer: str | None = None


@dataclass(frozen=True, slots=True)
class SlipReprinted:
    ticket: int
    copy: int
    printer: str


@dataclass(frozen=True, slots=True)
class TicketCalled:
    ticket: int
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    ticket: int
    counter: int


@dataclass(frozen=True, slots=True)
class TicketFinished:
    ticket: int
    counter: int
    outcome: str


@dataclass(frozen=True, slots=True)
class TicketMissed:
    """Called and not come."""

    ticket: int
    counter: int


@dataclass(frozen=True, slots=True)
class DossierReceived:
    """A dossier with its receipt and its messages to the portal. What was written stands sealed in the vault."""

    code: str
    ticket: int | None
    counter: int
    person: str
    procedure: str
    agency: str
    particulars: int
    owner_kind: int
    channel: int
    delivery: int
    due: int | None
    due_rule: dict[str, Any]
    calendar: str
    printer: str | None = None


@dataclass(frozen=True, slots=True)
class SlipEnded:
    """A print job came to one of its ends: confirmed, sent, unknown or expired."""

    job: int
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PortalAcknowledged:
    message: int
    answer: str


@dataclass(frozen=True, slots=True)
class PortalParked:
    """The portal refused for good, or we gave up: a person reads the reason and decides."""

    message: int
    reason: str


@dataclass(frozen=True, slots=True)
class PortalResent:
    message: int


Event = (
    CentreLoaded
    | CalendarLoaded
    | ProcedureListed
    | PersonAdded
    | PersonSignedIn
    | PersonSignedOut
    | PasswordSet
    | TokenGiven
    | TokenRevoked
    | DevicePaired
    | DeviceRevoked
    | DayOpened
    | QueueStopped
    | QueueResumed
    | ShiftOpened
    | ShiftClosed
    | TicketIssued
    | SlipReprinted
    | TicketCalled
    | TicketRecalled
    | TicketFinished
    | TicketMissed
    | DossierReceived
    | SlipEnded
    | PortalAcknowledged
    | PortalParked
    | PortalResent
)
