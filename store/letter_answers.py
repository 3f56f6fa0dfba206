"""What this centre answers to letters that arrived: how each stands here, told to the axis in order."""

from dataclasses import dataclass
from datetime import datetime

from domain.letter_events import LetterAnswered, LetterAnswerParked, LetterAnswerSent
from domain.letters import Status
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

LEASE = "letter-answer"
QUEUED, SENT, PARKED = "queued", "sent", "parked"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One status of a letter that arrived. `words`: their number in the vault, None for none; `person` empty:
    it was said by itself; `reason`: why it is parked.
    """

    id: int
    letter: int
    status: Status
    person: str
    words: int | None
    state: str
    reason: str
    at: datetime
    tries: int = 0


_COLUMNS = "a.id, a.letter, a.code, a.person, a.words, a.state, a.reason, a.at, coalesce(l.attempts, 0)"
_LEASED = f"letter_answers a LEFT JOIN leases l ON l.kind = '{LEASE}' AND l.job = a.id"


def find(db: Connection, answer: int) -> KeptAnswer | None:
    """One answer."""
    row = db.execute(f"SELECT {_COLUMNS} FROM {_LEASED} WHERE a.id = ?", (answer,)).fetchone()
    return _answer(row) if row else None


def of_letter(db: Connection, letter: int) -> list[KeptAnswer]:
    """What was answered to a letter, in order."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM {_LEASED} WHERE a.letter = ? ORDER BY a.id", (letter,))
    return [_answer(row) for row in rows]


def next_answer(db: Connection, now: int) -> KeptAnswer | None:
    """The oldest answer that may go: nobody holds it and none to the same letter waits before it."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM {_LEASED} WHERE a.state = ?1 AND coalesce(l.until, 0) <= ?2 AND NOT EXISTS ("
        " SELECT 1 FROM letter_answers b WHERE b.letter = a.letter AND b.id < a.id AND b.state = ?1)"
        " ORDER BY a.id LIMIT 1",
        (QUEUED, now),
    ).fetchone()
    return _answer(row) if row else None


@projects(LetterAnswered)
def _answered(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO letter_answers VALUES (?, ?, ?, ?, ?, ?, '', ?)",
        (recorded.seq, e.letter, e.code, e.person, e.words, QUEUED, recorded.at),
    )


@projects(LetterAnswerSent)
def _sent(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE letter_answers SET state = ?, reason = '' WHERE id = ?", (SENT, recorded.event.answer))


@projects(LetterAnswerParked)
def _parked(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE letter_answers SET state = ?, reason = ? WHERE id = ?", (PARKED, e.reason, e.answer))


def _answer(row: tuple) -> KeptAnswer:  # type: ignore[type-arg]
    answer, letter, code, person, words, state, reason, at, tries = row
    return KeptAnswer(answer, letter, Status(code), person, words, state, reason, moment(at), tries)
