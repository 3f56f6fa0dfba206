"""What can happen in a centre, in the past tense. No personal data: people and applicants are ids here.

The instant, the business day and who did it stand beside the event in the journal, not in it.
Instants inside events are milliseconds since 1970 (UTC).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from domain.dossier_events import DossierEvent
from domain.fee_events import FeeEvent
from domain.file_events import FileEvent
from domain.hall_events import HallEvent
from domain.keeping_events import DataRemoved
from domain.letter_events import LetterEvent
from domain.lookup_events import LookupMade
from domain.portal_events import PortalEvent
from domain.queue_events import QueueEvent


@dataclass(frozen=True, slots=True)
class CentreLoaded:
    """The whole configuration, as `domain.centres.as_data` gives it; `plan` is the event that had planned it.

    `why` is the word of whoever decided, for the history.
    """

    centre: dict[str, Any]
    plan: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CentrePlanned:
    """A configuration that comes into force with the first business day on or after this date.

    `calendar` holds the fields of the CalendarLoaded that goes with it.
    """

    effective: str
    centre: dict[str, Any]
    calendar: dict[str, Any]
    why: str = ""


@dataclass(frozen=True, slots=True)
class CentrePlanCancelled:
    """`reason` is empty when a person did it, else the rule that kept it from coming into force."""

    plan: int
    reason: str = ""


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
class PersonLocked:
    """The person's screen hides until the PIN is given; counter and ticket stay."""

    person: str


@dataclass(frozen=True, slots=True)
class PersonUnlocked:
    person: str


@dataclass(frozen=True, slots=True)
class KeysChosen:
    """Which keys this person works with at a counter; an act that is not named keeps the usual one."""

    person: str
    keys: dict[str, str]
    off: bool = False


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
class DeviceStopped:
    """A kiosk is out of order, for a reason of `domain.devices.REASONS`, until an instant if one was named."""

    device: str
    reason: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceResumed:
    """The kiosk is back in order."""

    device: str


@dataclass(frozen=True, slots=True)
class DeviceReloadAsked:
    """Somebody lets a screen load its page anew."""

    device: str


@dataclass(frozen=True, slots=True)
class JournalExported:
    """A copy of the journal left the house: from and to which number, and what narrowed it (empty: nothing)."""

    first: int
    last: int
    kind: str = ""
    who: str = ""
    counter: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class SlipReprinted:
    ticket: int
    copy: int
    printer: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What left for the printer: pieces handed over, of how many, rows of paper, and what the bytes were.

    `status` holds the printer's last status bytes in hex, `tries` how often the slip was begun.
    """

    pieces: int = 0
    total: int = 0
    rows: int = 0
    sha256: str = ""
    layout: int = 0
    status: str = ""
    tries: int = 1


@dataclass(frozen=True, slots=True)
class SlipEnded:
    """A print job came to one of its ends: confirmed (and by which grade), sent, unknown or expired."""

    job: int
    state: str
    note: str = ""
    grade: str = ""
    sending: Sending | None = None


@dataclass(frozen=True, slots=True)
class SlipMoved:
    """A slip of which no byte has left goes to another printer; `note` says what kept the first one from it."""

    job: int
    printer: str
    before: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrinterTested:
    """The self-test of a printer: what it answered, and what a person saw on its page."""

    printer: str
    answers: list[str]
    width: int
    layout: int
    edges: bool
    letters: bool
    codes: bool
    rows: int = 0


@dataclass(frozen=True, slots=True)
class PrinterLearned:
    """A printer answered for the first time in a way that was not known of it."""

    printer: str
    answers: list[str]


@dataclass(frozen=True, slots=True)
class TestPageAsked:
    """A printer is to print its test page: with the business day, or because a person wants to see it."""

    __test__: ClassVar[bool] = False

    printer: str
    copy: int


@dataclass(frozen=True, slots=True)
class RollChanged:
    """A new roll lies in the printer."""

    printer: str


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


@dataclass(frozen=True, slots=True)
class ReceiverAdded:
    """A program elsewhere is told of numbers from now on; without an address it fetches its messages itself.

    `ahead`: with at most so many people before a number it is told that its turn is near.
    """

    label: str
    address: str
    ahead: int


@dataclass(frozen=True, slots=True)
class ReceiverTested:
    """An administrator sent a test message; `answer` is 'taken 200' or why it was not taken."""

    receiver: int
    answer: str


@dataclass(frozen=True, slots=True)
class ReceiverRemoved:
    receiver: int


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """A receiver has confirmed a message."""

    message: int


@dataclass(frozen=True, slots=True)
class MessageGivenUp:
    """Nobody tries this message again by itself; `reason` is a key, with the status where there was one."""

    message: int
    reason: str


@dataclass(frozen=True, slots=True)
class MessagesResent:
    """A person has mended the cause: what was given up for this receiver goes out again."""

    receiver: int


Event = (
    QueueEvent
    | HallEvent
    | LetterEvent
    | FileEvent
    | DossierEvent
    | PortalEvent
    | FeeEvent
    | LookupMade
    | DataRemoved
    | CentreLoaded
    | CentrePlanned
    | CentrePlanCancelled
    | CalendarLoaded
    | ProcedureListed
    | PersonAdded
    | PersonSignedIn
    | PersonSignedOut
    | PersonLocked
    | PersonUnlocked
    | KeysChosen
    | PasswordSet
    | TokenGiven
    | TokenRevoked
    | DevicePaired
    | DeviceRevoked
    | DeviceStopped
    | DeviceResumed
    | DeviceReloadAsked
    | JournalExported
    | SlipReprinted
    | SlipEnded
    | SlipMoved
    | PrinterTested
    | PrinterLearned
    | TestPageAsked
    | RollChanged
    | PortalAcknowledged
    | PortalParked
    | PortalResent
    | ReceiverAdded
    | ReceiverTested
    | ReceiverRemoved
    | MessageTaken
    | MessageGivenUp
    | MessagesResent
)
