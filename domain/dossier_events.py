"""What happens to dossiers. Part of `domain.events`, by the same rules.

Instants inside events are milliseconds since 1970 (UTC); what people wrote stands sealed in the vault, by number.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DossierReceived:
    """A dossier with its receipt and its messages to the portal. What was written stands sealed in the vault.

    `agency` receives, `decides` decides where that is another one. `batch`: the first code of those that one
    representative handed in together. `lookups`: the questions to national databases that were asked about it
    before it had its code.
    """

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
    decides: str = ""
    batch: str = ""
    case: str = ""
    lookups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DossierArrived:
    """A dossier came from the portal with its own code; it waits to be answered until `answer_by`."""

    code: str
    procedure: str
    agency: str
    particulars: int
    owner_kind: int
    delivery: int
    submitted_at: int
    answer_by: int | None
    decides: str = ""


@dataclass(frozen=True, slots=True)
class DossierStepped:
    """An act (`domain.dossiers.Act`) was done with a dossier: its step of this number, from one status to another.

    `words`: what was written, sealed in the vault. `unit`: who has it from now on. `due` and `due_rule` as they are
    from now on. `beyond`: a supervisor did it outside of the table. `facts` holds no personal data.
    """

    code: str
    number: int
    act: str
    before: int
    after: int
    person: str
    unit: str
    words: int | None
    due: int | None
    due_rule: dict[str, Any]
    beyond: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DossierCorrected:
    """What is written of a dossier was corrected: other particulars stand for it from now on."""

    code: str
    particulars: int
    person: str


@dataclass(frozen=True, slots=True)
class VisitTurned:
    """No dossier was received: the citizen was asked to complete it, or refused, in writing (Mẫu 02, Mẫu 03)."""

    way: str
    ticket: int | None
    counter: int
    person: str
    procedure: str
    particulars: int
    words: int


@dataclass(frozen=True, slots=True)
class ReferenceNoted:
    """A procedure that a ministry processes in its own system: all we keep is its reference there."""

    ticket: int | None
    counter: int
    person: str
    procedure: str
    system: str
    reference: str


@dataclass(frozen=True, slots=True)
class IdentityRevealed:
    """Somebody looked at the whole identity number of a dossier, and why."""

    code: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiptReprinted:
    """One more copy of a dossier's receipt."""

    code: str
    copy: int
    printer: str


DossierEvent = (
    DossierReceived
    | DossierArrived
    | DossierStepped
    | DossierCorrected
    | VisitTurned
    | ReferenceNoted
    | IdentityRevealed
    | ReceiptReprinted
)
