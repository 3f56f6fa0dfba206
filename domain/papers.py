"""What a printer can say of its paper, and what follows from it for a slip: how it may end, and who must look."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

DOTS_PER_METRE = 8000
WARNS_AT = 0.85  # of a roll: early enough to fetch a new one


class SlipState(StrEnum):
    """Where a slip stands. The five last are ends; FAILED means before the first byte, and is tried again."""

    QUEUED = "queued"
    PREFLIGHT = "preflight"
    SENDING = "sending"
    FAILED = "failed-before-first-byte"
    CONFIRMED = "confirmed"
    SENT = "sent"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class Grade(StrEnum):
    """Why a slip counts as confirmed: the printer named it, worked through it, or a person has it in hand."""

    PRINTED = "printed"
    PROCESSED = "processed"
    PERSON = "person"


class Answer(StrEnum):
    """What a printer answers: DLE EOT, GS ( H fn 48, GS r 1, automatic status, a roll nearly used up."""

    STATUS = "status"
    COMPLETION = "completion"
    SENSOR = "sensor"
    AUTOMATIC = "automatic"
    NEAR_END = "near-end"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of a printer's answers; `tested`: by its self-test, so that what is missing it cannot do."""

    answers: frozenset[Answer] = frozenset()
    tested: bool = False

    @property
    def asks_status(self) -> bool:
        """Whether asking for its status is worth the wait."""
        return not self.tested or Answer.STATUS in self.answers

    @property
    def can_prove(self) -> bool:
        """Whether it is known to say that a slip is out."""
        return Answer.COMPLETION in self.answers or {Answer.SENSOR, Answer.STATUS} <= self.answers

    @property
    def should_prove(self) -> bool:
        """Whether its silence is a trouble. Nobody has found out yet: then it is one."""
        return not self.tested or self.can_prove


def answers_in(words: Iterable[str]) -> frozenset[Answer]:
    """The answers that these words name; words of a later version are passed over."""
    return frozenset(Answer(word) for word in words if word in set(Answer))


def metres(rows: int) -> float:
    """Rows of dots as metres of paper (8 a millimetre)."""
    return rows / DOTS_PER_METRE


def is_roll_low(rows: int, roll_metres: int) -> bool:
    """Whether so much came off the roll that a new one should lie ready."""
    return metres(rows) >= roll_metres * WARNS_AT
