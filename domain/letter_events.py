"""What happens to letters on the national document exchange axis. Part of `domain.events`, by the same rules.

What a letter says stands sealed in the vault; here are codes only.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterQueued:
    """A letter is to leave the centre; `document` is its DocumentId, `receivers` are agency codes.

    `kind` is one of `domain.letters.LetterKind`, `body` its number in the vault.
    """

    kind: str
    document: str
    receivers: list[str]
    body: int
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class LetterSent:
    """The axis has it, under a number of its own; `found`: seen there after an answer had been lost."""

    letter: int
    axis_id: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class LetterStatusHeard:
    """A receiver says how the letter stands, by a code of `domain.letters.Status`."""

    letter: int
    receiver: str
    code: str
    axis_id: str


@dataclass(frozen=True, slots=True)
class LetterParked:
    """The axis refused for good, or we gave up: a person reads the reason and decides."""

    letter: int
    reason: str


@dataclass(frozen=True, slots=True)
class LetterResent:
    letter: int


@dataclass(frozen=True, slots=True)
class LetterArrived:
    """A letter came to the centre. `sender` is the axis's word; what the letter says of itself is not checked."""

    sender: str
    axis_id: str
    digest: str
    body: int


@dataclass(frozen=True, slots=True)
class LetterAnswered:
    """This centre says how a letter that arrived stands, by a code of `domain.letters.Status`.

    `person`: who decided, empty: that it arrived is said by itself; `words`: the number of the reason in the vault.
    """

    letter: int
    code: str
    person: str
    words: int | None = None


@dataclass(frozen=True, slots=True)
class LetterAnswerSent:
    """The axis has the answer, under a number of its own."""

    answer: int
    axis_id: str


@dataclass(frozen=True, slots=True)
class LetterAnswerParked:
    """The axis refused the answer for good, or we gave up."""

    answer: int
    reason: str


LetterEvent = (
    LetterQueued
    | LetterSent
    | LetterStatusHeard
    | LetterParked
    | LetterResent
    | LetterArrived
    | LetterAnswered
    | LetterAnswerSent
    | LetterAnswerParked
)
