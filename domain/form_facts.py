"""What stands on each of the one-stop forms: records of facts with their bounds, from a program or a file.

Fields: the live templates of four provinces for the older forms, for the notice of discontinuation our own
("theo mẫu…, cần đối chiếu"). Who gives the facts decides whether an identity number is masked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from domain.errors import msgid
from domain.forms import FormKind
from domain.records import Between, Count, Pattern, Words

MOST_PAPERS = 100  # a dossier has at most 40; who asks for more papers may name each again
MOST_BATCH = 200
MOST_ROWS = 20_000  # in the workbook; paper takes fewer

Line = Annotated[str, Words(300)]
ShortOrNone = Annotated[str, Words(60, may_be_empty=True)]
LineOrNone = Annotated[str, Words(300, may_be_empty=True)]
LongOrNone = Annotated[str, Words(4000, may_be_empty=True, many_lines=True)]
Title = Annotated[str, Words(1000, may_be_empty=True)]
Code = Annotated[str, Pattern(r"[A-Za-z0-9./-]{0,50}", msgid("ghi mã hồ sơ dạng H42.19-261121-0042"))]
Number = Annotated[int, Between(0, 9999)]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every form; `agency_lines`: the higher agency first, the issuing one last."""

    agency_lines: Annotated[tuple[Line, ...], Count(1, 4)]
    made_at: datetime
    place: ShortOrNone = ""
    code: Code = ""
    number: ShortOrNone = ""
    book: ShortOrNone = ""
    entry: ShortOrNone = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Whose dossier it is, and who brings it; empty: a dotted line to be filled in by hand."""

    owner: LineOrNone
    submitter: LineOrNone = ""
    address: LineOrNone = ""
    phone: LineOrNone = ""
    email: LineOrNone = ""
    identity: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document and how many of it; the last three are for certification."""

    name: Annotated[str, Words(1000)]
    originals: Number = 0
    certified: Number = 0
    copies: Number = 0
    pages: Number = 0
    prints: Number = 0
    electronic: bool = False


Papers = Annotated[tuple[Paper, ...], Count(0, MOST_PAPERS)]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of the work: legal time in words, received, to be returned; `note` explains a missing date."""

    limit: LineOrNone = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    note: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs an official letter: 'GIÁM ĐỐC' and the name under it."""

    title: LineOrNone = ""
    name: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Form 01; `certification` has its own columns, each of `copies` is printed on pages of its own."""

    kind: ClassVar[FormKind] = FormKind.RECEIPT
    head: Head
    party: Party
    office: LineOrNone
    request: LongOrNone
    first: Stage
    papers: Papers = ()
    certification: bool = False
    sets: Annotated[int, Between(1, 999)] = 1
    second: Stage | None = None
    delivery: LineOrNone = ""
    receiver: LineOrNone = ""
    copies: Annotated[tuple[Line, ...], Count(1, 3)] = ("Lưu", "Giao khách hàng")


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One dossier of many that one person hands in."""

    code: Code
    request: Title
    agency: LineOrNone = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    limit: LineOrNone = ""
    sets: Annotated[int, Between(1, 999)] = 1
    owner: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Form 01 for many dossiers at once: BIÊN BẢN GIAO NHẬN HỒ SƠ."""

    kind: ClassVar[FormKind] = FormKind.BATCH
    head: Head
    party: Party
    office: LineOrNone
    rows: Annotated[tuple[BatchRow, ...], Count(1, MOST_BATCH)]
    receiver: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Supplement:
    """Form 02: what is missing, why, until when where a day is set, and whom to ask."""

    kind: ClassVar[FormKind] = FormKind.SUPPLEMENT
    head: Head
    party: Party
    office: LineOrNone
    request: LongOrNone
    reason: LongOrNone
    papers: Papers = ()
    legal_basis: LongOrNone = ""
    received_at: datetime | None = None
    until: datetime | None = None
    website: LineOrNone = ""
    contact: LineOrNone = ""
    contact_phone: LineOrNone = ""
    adviser: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Form 03; `received_at`: when an online dossier was handed in."""

    kind: ClassVar[FormKind] = FormKind.REFUSAL
    head: Head
    party: Party
    office: LineOrNone
    request: LongOrNone
    reason: LongOrNone
    legal_basis: LongOrNone = ""
    received_at: datetime | None = None
    refuser: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Apology:
    """Form 04: sorry, and the new day; `late`: whether the old one has passed already."""

    kind: ClassVar[FormKind] = FormKind.APOLOGY
    head: Head
    addressee: LineOrNone
    request: LongOrNone
    agency: LineOrNone
    reason: LongOrNone
    received_at: datetime | None = None
    due_at: datetime | None = None
    new_due_at: datetime | None = None
    late: bool = True
    signatory: Signatory = Signatory()


@dataclass(frozen=True, slots=True)
class Stop:
    """Form 05: why it ends, and what becomes of papers and fees."""

    kind: ClassVar[FormKind] = FormKind.STOP
    head: Head
    party: Party
    request: LongOrNone
    reason: LongOrNone
    legal_basis: LongOrNone = ""
    received_at: datetime | None = None
    papers: LongOrNone = ""
    fees: LongOrNone = ""
    signatory: Signatory = Signatory()


class Outcome(StrEnum):
    """How a step ended against its own due date; judged by dates."""

    EARLY = "early"
    ON_TIME = "on-time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class HandOver:
    """One passing on of the dossier; what is not yet known is filled in by hand."""

    agency: LineOrNone
    at: datetime | None = None
    giver: LineOrNone = ""
    receiver: LineOrNone = ""
    outcome: Outcome | None = None
    note: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Control:
    """Form 06, which goes along with the dossier; `blank_rows` are for steps to come."""

    kind: ClassVar[FormKind] = FormKind.CONTROL
    head: Head
    owner: LineOrNone
    agency: LineOrNone
    rows: Annotated[tuple[HandOver, ...], Count(0, 60)] = ()
    partners: LineOrNone = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    blank_rows: Annotated[int, Between(0, 20)] = 3


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One line of the book."""

    code: Code
    procedure: Title
    sets: Annotated[int, Between(1, 999)] = 1
    owner: LineOrNone = ""
    contact: LineOrNone = ""
    agency: LineOrNone = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    returned_at: datetime | None = None
    delivery: LineOrNone = ""
    signed: LineOrNone = ""
    note: LineOrNone = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Form 07: the book from one day to another; the edition is that of its last day."""

    kind: ClassVar[FormKind] = FormKind.REGISTER
    head: Head
    since: datetime
    until: datetime
    rows: Annotated[tuple[RegisterRow, ...], Count(0, MOST_ROWS)] = ()


FormFacts = Receipt | Batch | Supplement | Refusal | Apology | Stop | Control | Register
FACTS: Mapping[FormKind, type[FormFacts]] = {
    facts.kind: facts for facts in (Receipt, Batch, Supplement, Refusal, Apology, Stop, Control, Register)
}


def edition_day(facts: FormFacts) -> datetime:
    """The instant by which the edition is chosen: the reception, or the making where nothing was received."""
    match facts:
        case Receipt():
            found = facts.first.received_at
        case Batch():
            found = min((row.received_at for row in facts.rows if row.received_at), default=None)
        case Register():
            found = facts.until
        case _:
            found = facts.received_at
    return found or facts.head.made_at
