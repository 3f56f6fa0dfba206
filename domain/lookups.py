"""Asking a national database whether what a citizen says agrees with it, and never more than that.

The answer to a question is one word a field: agrees, differs, unknown (minimisation: Luật 91/2025/QH15). Knows no
network and keeps nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Refused, msgid

MOST_SECONDS = 30
DOSSIER = re.compile(r"[A-Za-z0-9.-]{0,50}")


class Database(StrEnum):
    """The national databases a centre may ask."""

    POPULATION = "population"
    LAND = "land"
    ENTERPRISE = "enterprise"
    INSURANCE = "insurance"
    FINANCE = "finance"


class Purpose(StrEnum):
    """What somebody asks for; a question without a purpose is not asked."""

    RECEPTION = "reception"
    APPRAISAL = "appraisal"
    HANDOVER = "hand-over"


class Outcome(StrEnum):
    """What came of a question."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    UNVERIFIED = "unverified"


class Agreement(StrEnum):
    """One field as the database sees it."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why nobody could say: 'chưa đối chiếu' stands beside the field, and reception goes on."""

    NOT_CONNECTED = "not-connected"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RESTING = "resting"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


FIELDS: Mapping[Database, tuple[str, ...]] = {
    Database.POPULATION: ("number", "name", "birth_year"),
    Database.LAND: ("commune", "sheet", "plot", "owner"),
    Database.ENTERPRISE: ("number", "name"),
    Database.INSURANCE: ("number", "name", "birth_year"),
    Database.FINANCE: ("number", "amount"),
}
LONGEST_FIELD = 200
_LAND = re.compile(r"đất đai", re.IGNORECASE)
FORMS = {
    "number": re.compile(r"[0-9A-Za-z-]{9,20}"),
    "birth_year": re.compile(r"(19|20)\d\d"),
    "commune": re.compile(r"\d{5}"),
    "sheet": re.compile(r"\d{1,5}"),
    "plot": re.compile(r"\d{1,6}"),
    "owner": re.compile(r"[0-9A-Za-z-]{9,20}"),
    "amount": re.compile(r"\d{1,13}"),
}


class QuestionWrong(Refused):
    text = msgid("Chưa đủ để đối chiếu: %(what)s. Mời kiểm tra rồi hỏi lại.")


@dataclass(frozen=True, slots=True)
class Question:
    """What a citizen said; fields of `FIELDS`, and no others."""

    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, **fields: str) -> "Question":
        """In the order of the names, so that the same question is the same."""
        return cls(tuple(sorted(fields.items())))


@dataclass(frozen=True, slots=True)
class Found:
    """The record is there; how each field that was asked agrees, and how many seconds old the answer is."""

    fields: Mapping[str, Agreement]
    age_seconds: int = 0

    @property
    def agrees(self) -> bool:
        """Whether everything asked agrees."""
        return all(agreement is Agreement.AGREES for agreement in self.fields.values())


@dataclass(frozen=True, slots=True)
class NotFound:
    """The database answered that it has no such record."""

    age_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Unverified:
    """Nobody knows: the field stays 'chưa đối chiếu'."""

    reason: Reason


Answer = Found | NotFound | Unverified


def checked_question(database: Database, question: Question) -> Question:
    """The question, when it holds all the fields of this database in their form. Raises QuestionWrong."""
    fields = dict(question.fields)
    if sorted(fields) != sorted(FIELDS[database]) or len(fields) != len(question.fields):
        raise QuestionWrong(what=", ".join(FIELDS[database]))
    for name, value in fields.items():
        form = FORMS.get(name)
        if not value.strip() or len(value) > LONGEST_FIELD or not value.isprintable():
            raise QuestionWrong(what=name)
        if form is not None and not form.fullmatch(value):
            raise QuestionWrong(what=name)
    return question


def is_of_land(sector: str) -> bool:
    """Whether procedures of this sector of the catalogue are about land ("Đất đai", "Tài chính đất đai")."""
    return _LAND.search(sector) is not None


def outcome_of(answer: Answer) -> Outcome:
    """The answer as the journal names it."""
    match answer:
        case Found():
            return Outcome.FOUND
        case NotFound():
            return Outcome.NOT_FOUND
        case Unverified():
            return Outcome.UNVERIFIED
