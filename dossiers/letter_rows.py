"""A letter as one line: number, other side, why it goes, how it stands in words and shape, what was said of it.

What a letter says is unsealed here for who may read it; its files are named, never opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Translate
from domain.errors import msgid
from domain.keeping import DataGone
from domain.letters import (
    KIND_NAMES,
    STATE_NAMES,
    STATUS_NAMES,
    LetterKind,
    LetterState,
    Organisation,
    Status,
    next_answers,
)
from operations.corresponding import Outline, outlined
from store import dossiers, letter_answers, letters, people
from store.database import Connection
from store.dossier_lists import Sight
from store.letter_answers import KeptAnswer
from store.letters import KeptLetter
from web.house import House

REMOVED = msgid("nội dung đã được xóa theo thời hạn lưu giữ")
SIGNS = {
    LetterState.QUEUED: "waiting",
    LetterState.PARKED: "bad",
    LetterState.SENT: "waiting",
    LetterState.RECEIVED: "good",
    LetterState.PROCESSED: "good",
    LetterState.RETURNED: "bad",
    LetterState.ARRIVED: "none",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one receiver said, and when it was heard here."""

    receiver: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter on a list. `reason`: why it waits for a person; `others` is whom it goes to or came from."""

    letter: KeptLetter
    number: str
    subject: str
    others: tuple[str, ...]
    kind: str
    sign: str
    state: str
    reason: str
    files: tuple[str, ...]
    heard: tuple[Said, ...]

    @property
    def is_parked(self) -> bool:
        """Whether somebody may send it again."""
        return self.letter.state is LetterState.PARKED


def rows(house: House, found: Iterable[KeptLetter], said: Translate) -> list[LetterRow]:
    """A line each, unsealed one after the other: a letter may have 12 MB of files, so in a thread."""
    return [_row(house, one, said) for one in found]


def _row(house: House, letter: KeptLetter, said: Translate) -> LetterRow:
    told = _told(house, letter, said)
    names = {one.code: named(one) for one in told.receivers}
    others = (named(told.sender),) if letter.sender else tuple(names.values())
    kind = said(KIND_NAMES[LetterKind(letter.kind)]) if letter.kind else ""
    return LetterRow(
        letter, number_of(told), told.subject, others, kind,
        SIGNS[letter.state], said(STATE_NAMES[letter.state]), reason_of(letter, said),
        tuple(one.name for one in told.attachments), heard(house, letter, names, said),
    )  # fmt: skip


def _told(house: House, letter: KeptLetter, said: Translate) -> Outline:
    """What the list shows of it; by codes alone where what it said was removed by rule."""
    try:
        return outlined(house.vault.unseal(house.store.read(letters.sealed_body, letter.body)))
    except DataGone:
        receivers = tuple(Organisation(code, "") for code in letter.receivers)
        return Outline(
            sender=Organisation(letter.sender, ""), receivers=receivers, number="", notation="", promulgated=None,
            subject=said(REMOVED),
        )  # fmt: skip


def heard(house: House, letter: KeptLetter, names: dict[str, str], said: Translate) -> tuple[Said, ...]:
    """What the receivers said, in the order in which it was heard."""
    return tuple(
        Said(names.get(one.receiver, one.receiver), said(STATUS_NAMES[Status(one.code)]), one.at)
        for one in house.store.read(letters.statuses_of, letter.id)
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What this centre said of a letter that arrived; `reason`: why the axis does not have it."""

    words: str
    why: str
    person: str
    at: datetime
    sign: str
    is_sent: bool
    reason: str


def answered(house: House, letter: KeptLetter, said: Translate) -> tuple[Answered, ...]:
    """What this centre said of it, in order."""
    names = house.store.read(people.names)
    return tuple(
        _answered(house, one, names, said) for one in house.store.read(letter_answers.of_letter, letter.id)
    )


def _answered(house: House, one: KeptAnswer, names: dict[str, tuple[str, str]], said: Translate) -> Answered:
    why = (
        house.vault.unseal(house.store.read(letters.sealed_body, one.words)).decode()
        if one.words is not None
        else ""
    )
    sign = {letter_answers.SENT: "good", letter_answers.PARKED: "bad"}.get(one.state, "waiting")
    person = names[one.person][1] if one.person in names else one.person
    return Answered(
        said(STATUS_NAMES[one.status]), why, person, one.at, sign, one.state == letter_answers.SENT,
        said(one.reason) if one.reason else "",
    )  # fmt: skip


def next_of(house: House, letter: KeptLetter, said: Translate) -> list[tuple[str, str]]:
    """What may be said next of a letter that arrived, each code with its words."""
    if letter.state is not LetterState.ARRIVED:
        return []
    before = [one.status for one in house.store.read(letter_answers.of_letter, letter.id)]
    return [(one.value, said(STATUS_NAMES[one])) for one in next_answers(before)]


def number_of(told: Outline) -> str:
    """'12/PXL-TTPVHCC'."""
    return "/".join(filter(None, (told.number, told.notation)))


def named(one: Organisation) -> str:
    """An agency by name, by its code where it gave none."""
    return one.name or one.code


def reason_of(letter: KeptLetter, said: Translate) -> str:
    """Why a letter is parked; the axis's client speaks our own words only."""
    return said(letter.answer) if letter.state is LetterState.PARKED and letter.answer else ""


def is_seen(db: Connection, letter: KeptLetter, sight: Sight) -> bool:
    """Whether who asks sees it: one of a dossier with the dossier, any other is the whole centre's."""
    if letter.dossier is None:
        return sight.agency is None
    dossier = dossiers.find(db, letter.dossier)
    return dossier is not None and sight.sees(dossier)
