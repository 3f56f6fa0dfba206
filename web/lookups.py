"""Asking a national database from a page, and its answer in words: field by field whether what was typed agrees.

Nothing is ever filled in. An answer travels with its page, sealed, with a keyed digest of what was asked: changed
words have not been compared. Asking itself is somebody else's work: `Asker` says what a screen needs of it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol, cast

import msgspec
from starlette.requests import HTTPConnection

from domain.errors import msgid
from domain.identities import told_by
from domain.lookups import (
    FIELDS,
    Agreement,
    Answer,
    Database,
    Found,
    Outcome,
    Purpose,
    Question,
    QuestionWrong,
    Unverified,
    checked_question,
    outcome_of,
)
from domain.tickets import milliseconds
from operations.looking_up import Noted
from store.instants import moment
from store.vault import Vault
from web.fee_words import AGREEMENTS, DATABASES, LOOKUP_ENDS, UNVERIFIED
from web.house import house_of
from web.languages import translator

LONGEST_KEPT = 1200
FIELD_NAMES: Mapping[str, str] = {
    "number": msgid("số căn cước"),
    "name": msgid("họ tên"),
    "birth_year": msgid("năm sinh"),
    "commune": msgid("mã xã"),
    "sheet": msgid("tờ bản đồ"),
    "plot": msgid("thửa đất"),
    "owner": msgid("người sử dụng đất"),
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.RECEPTION: msgid("tiếp nhận tại quầy"),
    Purpose.APPRAISAL: msgid("thẩm tra hồ sơ"),
    Purpose.HANDOVER: msgid("trả kết quả"),
}
SIGNS: Mapping[str, str] = {
    Agreement.AGREES: "good",
    Agreement.DIFFERS: "bad",
    Agreement.UNKNOWN: "none",
    Outcome.NOT_FOUND: "bad",
    Outcome.UNVERIFIED: "waiting",
}


class TooLittle(QuestionWrong):
    """Which fields are still missing or out of form, in the visitor's words."""

    text = msgid("Chưa đủ để đối chiếu, mời xem lại: %(what)s.")


class Asker(Protocol):
    """Whoever asks national databases."""

    async def look_up(
        self, database: Database, question: Question, purpose: Purpose, person: str, dossier: str = ""
    ) -> Noted:
        """Within the time limit of the centre's file. Raises QuestionWrong."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it goes along with its page; `about` is a keyed digest of the question."""

    number: int
    database: Database
    about: str
    outcome: Outcome
    reason: str
    fields: dict[str, Agreement]
    at: int


@dataclass(frozen=True, slots=True)
class Field:
    """One field in words."""

    name: str
    word: str
    sign: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as a page says it; `is_stale` when something else stands in the fields by now."""

    database: Database
    title: str
    sign: str
    words: str
    fields: tuple[Field, ...]
    at: datetime
    is_stale: bool = False


def asker_of(connection: HTTPConnection) -> Asker:
    """Who asks national databases in this house."""
    return cast(Asker, connection.app.state.lookups)


def person_question(number: str, name: str, birth_year: str = "") -> Question:
    """What a person says of themselves; the year of birth is that of a number of twelve digits, unless typed."""
    number = "".join(number.split())
    told = told_by(number)
    year = birth_year.strip() or (str(told.year) if told else "")
    return Question.of(number=number, name=name, birth_year=year)


def land_question(commune: str, sheet: str, plot: str, owner: str) -> Question:
    """A plot of land and whose it is said to be."""
    return Question.of(commune=commune, sheet=sheet, plot=plot, owner="".join(owner.split()))


async def ask(
    connection: HTTPConnection,
    database: Database,
    question: Question,
    purpose: Purpose,
    person: str,
    dossier: str = "",
) -> Kept:
    """Ask, with the purpose entered in the book. Never waits longer than the database's time limit.

    Raises TooLittle before anybody is asked.
    """
    check(database, question, connection.state.language)
    noted = await asker_of(connection).look_up(database, question, purpose, person, dossier)
    answer, house = noted.answer, house_of(connection)
    return Kept(
        noted.number, database, _about(house.vault, database, question), outcome_of(answer), _reason(answer),
        dict(answer.fields) if isinstance(answer, Found) else {}, milliseconds(house.now()),
    )  # fmt: skip


def _reason(answer: Answer) -> str:
    return str(answer.reason) if isinstance(answer, Unverified) else ""


def check(database: Database, question: Question, language: str) -> None:
    """Whether the question is whole. Raises TooLittle with the names of all fields that are not."""
    said, wrong = translator(language), []
    fields = dict(question.fields)
    for name in FIELDS[database]:
        # Each field alone is put into a question that is right otherwise: all faults are named at once.
        try:
            checked_question(database, Question.of(**{**_EXAMPLES[database], name: fields[name]}))
        except QuestionWrong:
            wrong.append(said(FIELD_NAMES[name]))
    if wrong:
        raise TooLittle(what=", ".join(wrong))


_EXAMPLES: Mapping[Database, Mapping[str, str]] = {
    Database.POPULATION: {"number": "000000000000", "name": "-", "birth_year": "1900"},
    Database.LAND: {"commune": "00000", "sheet": "0", "plot": "0", "owner": "000000000000"},
}


def sealed(vault: Vault, kept: Kept) -> str:
    """The answer as a hidden field of its page."""
    return urlsafe_b64encode(vault.seal(msgspec.json.encode(asdict(kept)))).decode("ascii")


def unsealed(vault: Vault, text: str) -> Kept | None:
    """What `sealed` gave; None for anything else."""
    if not text or len(text) > LONGEST_KEPT:
        return None
    try:
        return msgspec.json.decode(vault.unseal(urlsafe_b64decode(text.encode())), type=Kept)
    except (ValueError, msgspec.MsgspecError):
        return None


def shown(connection: HTTPConnection, kept: Kept, question: Question | None = None) -> Shown:
    """The answer in words; `question`: what the fields say now."""
    said, vault = translator(connection.state.language), house_of(connection).vault
    fields = tuple(
        Field(said(FIELD_NAMES[name]), said(AGREEMENTS[kept.fields[name]]), SIGNS[kept.fields[name]])
        for name in FIELDS[kept.database] if name in kept.fields
    )  # fmt: skip
    words = said(LOOKUP_ENDS[kept.outcome])
    if kept.outcome is Outcome.UNVERIFIED:
        words = f"{words}: {said(UNVERIFIED[kept.reason])}"
    stale = question is not None and not is_about(vault, kept, question)
    return Shown(
        kept.database,
        said(DATABASES[kept.database]),
        SIGNS.get(kept.outcome, "good"),
        words,
        fields,
        moment(kept.at),
        stale,
    )


def is_about(vault: Vault, kept: Kept, question: Question) -> bool:
    """Whether this very question was asked."""
    return _about(vault, kept.database, question) == kept.about


def _about(vault: Vault, database: Database, question: Question) -> str:
    return vault.digest("lookup", msgspec.json.encode([str(database), question.fields]).decode()).hex()
