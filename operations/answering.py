"""What this centre says of letters that arrived: đã đến by itself, the rest by officers; told in order."""

from dataclasses import dataclass
from datetime import timedelta

from domain.errors import NotFound
from domain.letter_events import LetterAnswered, LetterAnswerParked, LetterAnswerSent
from domain.letters import (
    GIVEN_UP_AFTER,
    AnswerNotNow,
    AnswerWordsMissing,
    LetterState,
    Status,
    next_answers,
    wait_after,
)
from domain.tickets import milliseconds
from store import jobs, letter_answers, letters
from store.letter_answers import KeptAnswer
from store.writer import Tx

LEASE = timedelta(minutes=5)  # longer than one telling may take (portal.axis: 65 s)


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to tell now, None when none may go."""

    answer: KeptAnswer | None


def answer_letter(tx: Tx, letter: int, status: Status, person: str, words: bytes | None = None) -> int:
    """An officer takes or refuses a letter that arrived, or says how far it is; `words` are sealed.

    Raises NotFound, AnswerNotNow, AnswerWordsMissing where it is refused without a reason.
    """
    found = letters.find(tx.db, letter)
    if found is None or found.state is not LetterState.ARRIVED:
        raise NotFound(what=f"#{letter}")
    if status not in next_answers(said(tx, letter)):
        raise AnswerNotNow()
    if status is Status.REFUSED and words is None:
        raise AnswerWordsMissing()
    return note(tx, letter, status, person, words)


def note(tx: Tx, letter: int, status: Status, person: str = "", words: bytes | None = None) -> int:
    """It goes to the axis after what was said before; gives its number."""
    body = letters.keep_body(tx.db, words) if words is not None else None
    return tx.record(LetterAnswered(letter, status.value, person, body)).seq


def said(tx: Tx, letter: int) -> list[Status]:
    """What was answered so far, in order."""
    return [one.status for one in letter_answers.of_letter(tx.db, letter)]


def claim_answer(tx: Tx) -> Claim:
    """Lease the oldest answer that may go."""
    now = milliseconds(tx.now)
    found = letter_answers.next_answer(tx.db, now)
    if found is None or not jobs.lease(tx.db, letter_answers.LEASE, found.id, now, milliseconds(tx.now + LEASE)):
        return Claim(None)
    return Claim(found)


def acknowledge(tx: Tx, answer: int, axis_id: str) -> None:
    """The axis has it; told twice it says the same, so an answer that was lost does no harm."""
    if _waits(tx, answer):
        tx.record(LetterAnswerSent(answer, axis_id))
    jobs.release(tx.db, letter_answers.LEASE, answer)


def postpone(tx: Tx, answer: int, reason: str) -> None:
    """Try again after 30 to 480 s; what was tried for a day waits for a person."""
    found = letter_answers.find(tx.db, answer)
    if found is None or tx.now - found.at > GIVEN_UP_AFTER:
        park(tx, answer, reason)
        return
    until = milliseconds(tx.now + wait_after(found.tries))
    jobs.postpone(tx.db, letter_answers.LEASE, answer, until, reason, started=False)


def park(tx: Tx, answer: int, reason: str) -> None:
    """The axis refused it, or we gave up: it stands so on the letter's page."""
    if _waits(tx, answer):
        tx.record(LetterAnswerParked(answer, reason))
    jobs.release(tx.db, letter_answers.LEASE, answer)


def _waits(tx: Tx, answer: int) -> bool:
    found = letter_answers.find(tx.db, answer)
    return found is not None and found.state == letter_answers.QUEUED
