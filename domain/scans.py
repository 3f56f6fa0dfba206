"""What a scanner may have read: a slip, a citizen's card, a dossier, an appointment. Told apart by format alone."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from domain.appointments import CODE_LENGTH, CODE_LETTERS
from domain.identities import told_by

LONGEST_SCAN = 1000
LONGEST_NAME = 200
_CONTROL = "\ufeff\x02\x03\r\n\t "
_LINK = re.compile(r"\S*/(\d{1,16})-([a-z2-9]{26})", re.ASCII)
_NUMBER = re.compile(r"([A-Z])([0-9]{1,4})")
_DOSSIER = re.compile(r"[A-Z0-9][A-Z0-9.]{2,39}-[0-9]{6}-[0-9]{4,6}")
_APPOINTMENT = re.compile(f"[{CODE_LETTERS}]{{{CODE_LENGTH}}}")
_IDENTITY = re.compile(r"[0-9]{12}")
_OLD_IDENTITY = re.compile(r"([0-9]{9})?")
_BIRTH = re.compile(r"[0-9]{8}|[0-9]{4}")
FEWEST_FIELDS = 7


@dataclass(frozen=True, slots=True)
class SlipLink:
    """The address in the QR of a slip; whether it is ours its signature says."""

    ticket: int
    signature: str


@dataclass(frozen=True, slots=True)
class SlipNumber:
    """'A012'."""

    prefix: str
    n: int


@dataclass(frozen=True, slots=True)
class DossierCode:
    code: str


@dataclass(frozen=True, slots=True)
class AppointmentCode:
    """The eight letters of an appointment, without the space between them."""

    code: str


@dataclass(frozen=True, slots=True)
class Card:
    """Name and number from the QR of a citizen's card. It is unsigned: it fills a form and proves nothing.

    `doubtful`: number, year of birth and sex do not fit together, or letters were lost on the way.
    """

    name: str
    identity: str
    doubtful: bool


Scan = SlipLink | SlipNumber | DossierCode | AppointmentCode | Card


def recognise(text: str) -> Scan | None:
    """What this is, None for anything else."""
    text = normalize("NFC", text).strip(_CONTROL)
    if not text or len(text) > LONGEST_SCAN:
        return None
    if "|" in text:
        return _card(text.split("|"))
    if link := _LINK.fullmatch(text):
        return SlipLink(int(link[1]), link[2])
    if _DOSSIER.fullmatch(text.upper()):
        return DossierCode(text.upper())
    if _APPOINTMENT.fullmatch(text.upper()):
        return AppointmentCode(text.upper())
    return read_number(text)


def read_number(typed: str) -> SlipNumber | None:
    """The number that somebody typed, 'A12' or 'a 012', None when it is none."""
    found = _NUMBER.fullmatch("".join(typed.split()).upper())
    return SlipNumber(found[1], int(found[2])) if found else None


def _card(fields: list[str]) -> Card | None:
    """Number, old number or nothing, name, birth, sex, residence, date of issue; what follows is not read.

    Some generators leave the old number out altogether: then the date of birth stands one place further left.
    """
    fields = [field.strip(_CONTROL) for field in fields]
    if not _IDENTITY.fullmatch(fields[0]) or not all(field.isprintable() for field in fields):
        return None
    if len(fields) >= FEWEST_FIELDS and _OLD_IDENTITY.fullmatch(fields[1]) and _BIRTH.fullmatch(fields[3]):
        name, birth, sex = fields[2:5]
    elif len(fields) >= FEWEST_FIELDS - 1 and _BIRTH.fullmatch(fields[2]):
        name, birth, sex = fields[1:4]
    else:
        return None
    if not 0 < len(name) <= LONGEST_NAME:
        return None
    lost = any(c in "?\ufffd" or c.isdigit() for c in name)
    return Card(name, fields[0], lost or not _fits(fields[0], birth[-4:], sex))


def _fits(identity: str, year: str, sex: str) -> bool:
    told = told_by(identity)
    return told is not None and told.year == int(year) and told.is_man == (sex == "Nam")
