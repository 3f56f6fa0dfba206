"""What the centre says of letters that arrived: in order, once, and a refusal with its reason."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotFound
from domain.letters import AnswerNotNow, AnswerWordsMissing, LetterKind, Status, next_answers
from operations import answering, corresponding
from operations.corresponding import NewArrival
from store import letter_answers
from store.vault import Vault
from tests.portal.letters import LETTER

VAULT = Vault(b"k" * 32)
ALL = sorted(Status)


def arrive(hall, axis_id="vb-1", digest="a"):
    sealed = VAULT.seal(msgspec.json.encode(LETTER))
    return hall.do(corresponding.take_in, NewArrival("H56.07", axis_id, digest, sealed, sealed))


def stands(hall, letter):
    return [(one.status, one.state) for one in letter_answers.of_letter(hall.db, letter)]


def tell(hall):
    answer = hall.do(answering.claim_answer).answer
    if answer is not None:
        hall.do(answering.acknowledge, answer.id, f"axis-{answer.id}")
    return answer


def test_that_it_arrived_is_said_by_itself_and_once(hall):
    letter = arrive(hall)
    assert arrive(hall) == letter
    assert stands(hall, letter) == [(Status.ARRIVED, "queued")]
    assert tell(hall).person == ""
    assert tell(hall) is None
    assert stands(hall, letter) == [(Status.ARRIVED, "sent")]


def check_order(hall):
    letter, other = arrive(hall), arrive(hall, "vb-2", "b")
    hall.do(answering.answer_letter, letter, Status.ACCEPTED, "cb01")
    first = hall.do(answering.claim_answer).answer
    assert (first.letter, first.status) == (letter, Status.ARRIVED)
    second = hall.do(answering.claim_answer).answer
    assert second.letter == other, "nothing overtakes within a letter, and no letter holds up another"
    hall.do(answering.acknowledge, first.id, "x")
    assert hall.do(answering.claim_answer).answer.status is Status.ACCEPTED


def test_answers_to_one_letter_keep_their_order(hall):
    check_order(hall)


@pytest.mark.planted
def test_an_answer_that_overtakes_is_found(hall, monkeypatch):
    def any_queued(db, now):
        newest = db.execute("SELECT id FROM letter_answers WHERE state = 'queued' ORDER BY id DESC").fetchone()
        return letter_answers.find(db, newest[0]) if newest else None

    monkeypatch.setattr(letter_answers, "next_answer", any_queued)
    with pytest.raises((AssertionError, AttributeError)):
        check_order(hall)


def test_a_refusal_needs_its_reason_and_is_the_end(hall):
    letter = arrive(hall)
    with pytest.raises(AnswerWordsMissing):
        hall.do(answering.answer_letter, letter, Status.REFUSED, "cb01")
    hall.do(answering.answer_letter, letter, Status.REFUSED, "cb01", b"sealed")
    for status in ALL:
        with pytest.raises(AnswerNotNow):
            hall.do(answering.answer_letter, letter, status, "cb01", b"sealed")


def test_only_letters_that_arrived_are_answered(hall):
    new = corresponding.write_letter(LETTER, LetterKind.APOLOGY, VAULT.seal)
    number = hall.do(corresponding.queue_letter, new)
    for letter in (number, 999):
        with pytest.raises(NotFound):
            hall.do(answering.answer_letter, letter, Status.ACCEPTED, "cb01")


def test_what_cannot_be_told_for_a_day_waits_for_a_person(hall):
    letter = arrive(hall)
    for _ in range(400):
        answer = hall.do(answering.claim_answer).answer
        if answer is None:
            hall.clock.moment += timedelta(minutes=10)
            continue
        hall.do(answering.postpone, answer.id, "Trục không trả lời.")
        if stands(hall, letter)[0][1] != "queued":
            break
    assert stands(hall, letter) == [(Status.ARRIVED, "parked")]
    hall.do(answering.answer_letter, letter, Status.ACCEPTED, "cb01")
    assert tell(hall).status is Status.ACCEPTED, "what waits for a person holds up nothing after it"


@given(st.lists(st.sampled_from(ALL), max_size=6))
def test_every_way_through_the_answers_ends(said):
    way = [Status.ARRIVED]
    for status in said:
        if status in next_answers(way):
            way.append(status)
    assert len(way) == len(set(way)) <= 5
    assert not set(way) & {Status.RECALL_ASKED, Status.RECALL_AGREED, Status.RECALL_REFUSED}
