from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotFound
from domain.letters import (
    GIVEN_UP_AFTER,
    Letter,
    LetterExists,
    LetterKind,
    LetterState,
    LetterWrong,
    Organisation,
    Status,
    Trace,
    state_of,
    wait_after,
)
from operations import intake, shifts
from operations.corresponding import (
    NewArrival,
    acknowledge,
    claim_letter,
    hear_status,
    opened,
    own_organisation,
    park,
    postpone,
    queue_letter,
    resend,
    take_in,
    write_letter,
)
from store import letters
from store.vault import Vault

VAULT = Vault(b"k" * 32)
LETTER = Letter(
    sender=Organisation("H56.19", "Trung tâm"),
    receivers=(Organisation("H56.07", "Văn phòng"), Organisation("000.00.12.G01", "Công an")),
    number="1", notation="PXL", promulgated=date(2026, 11, 23), subject="Xin lỗi ông NGUYỄN VĂN A",
    traces=(Trace("H56.19", datetime(2026, 11, 23, tzinfo=UTC)),),
)  # fmt: skip
DOCUMENT = "H56.19,2026/11/23,1/PXL"


def written(number="1", dossier=None):
    return write_letter(replace(LETTER, number=number), LetterKind.APOLOGY, VAULT.seal, dossier)


@pytest.fixture
def queued(hall):
    """A hall with one letter."""
    hall.do(queue_letter, written())
    return hall


def kept(hall):
    return letters.by_document(hall.db, DOCUMENT)


def claim(hall):
    return hall.do(claim_letter).letter


def test_a_letter_waits_and_what_it_says_is_sealed(queued):
    letter = kept(queued)
    assert (letter.state, letter.receivers) == (LetterState.QUEUED, ("H56.07", "000.00.12.G01"))
    sealed = letters.sealed_body(queued.db, letter.body)
    assert "NGUYỄN".encode() not in sealed
    assert opened(VAULT.unseal(sealed)) == LETTER
    assert letters.newest(queued.db) == letters.open_letters(queued.db) == [letter]


def test_the_same_document_is_queued_once_and_a_repeated_press_gives_the_same(hall):
    first = hall.do(queue_letter, written(), request="r1")
    assert hall.do(queue_letter, written(), request="r1") == first
    with pytest.raises(LetterExists):
        hall.do(queue_letter, written())
    with pytest.raises(NotFound):
        hall.do(queue_letter, written("2", "H56.19-000000-0001"))
    with pytest.raises(LetterWrong):
        written("1,2")
    assert len(letters.newest(hall.db)) == 1


def test_the_letters_of_a_dossier(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    code = hall.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"x")).code
    hall.do(queue_letter, written("1", code))
    hall.do(queue_letter, written("2", code))
    hall.do(queue_letter, written("3"))
    assert [letter.document[-5:] for letter in letters.letters_of(hall.db, code)] == ["2/PXL", "1/PXL"]
    assert letters.depths(hall.db) == {"queued": 3, "parked": 0}


def test_nobody_claims_what_somebody_holds_and_a_silent_holder_loses_it(queued):
    first = claim(queued)
    assert not first.tried_before
    assert claim(queued) is None
    queued.clock.forward(minutes=6)
    assert claim(queued).tried_before


def test_the_axis_took_it(queued):
    queued.do(acknowledge, claim(queued).id, "vb-1", found=False)
    assert (kept(queued).state, kept(queued).axis_id) == (LetterState.SENT, "vb-1")
    assert claim(queued) is None
    events = len(queued.events)
    queued.do(acknowledge, kept(queued).id, "vb-1", found=True)
    queued.do(park, kept(queued).id, "late")
    assert len(queued.events) == events


@pytest.mark.parametrize(("tries", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (9, 480)])
def test_the_waits_are_those_of_the_axis(tries, seconds):
    assert wait_after(tries) == timedelta(seconds=seconds)


def test_it_waits_longer_each_time_and_is_parked_after_a_day(queued):
    waits, begun = [], queued.clock()
    while (letter := claim(queued)) is not None:
        before = queued.clock()
        if not queued.do(postpone, letter.id, "502", tried=True):
            break
        while claim_at(queued) is None:
            queued.clock.forward(seconds=10)
        waits.append((queued.clock() - before).total_seconds())
    assert waits[:6] == [30, 60, 120, 240, 480, 480]
    assert queued.clock() - begun > GIVEN_UP_AFTER
    assert (kept(queued).state, kept(queued).answer) == (LetterState.PARKED, "502")


def claim_at(hall):
    """Whether anything may be claimed, without claiming it."""
    return letters.next_letter(hall.db, int(hall.clock().timestamp() * 1000))


def test_a_parked_letter_is_looked_for_before_it_goes_again(queued):
    queued.do(park, claim(queued).id, "18")
    assert claim(queued) is None
    assert letters.depths(queued.db) == {"queued": 0, "parked": 1}
    queued.clock.forward(days=3)
    queued.do(resend, kept(queued).id)
    letter = claim(queued)
    assert letter.tried_before
    assert queued.do(postpone, letter.id, "502", tried=False), "its day begins anew"
    with pytest.raises(NotFound):
        queued.do(resend, kept(queued).id)


def test_receivers_say_how_it_stands(queued):
    queued.do(acknowledge, claim(queued).id, "vb-1", found=False)
    said = [
        ("H56.07", Status.ARRIVED, LetterState.RECEIVED),
        ("H56.07", Status.COMPLETED, LetterState.RECEIVED),
        ("000.00.12.G01", Status.COMPLETED, LetterState.PROCESSED),
        ("H56.07", Status.PROCESSING, LetterState.PROCESSED),
        ("H56.07", Status.REFUSED, LetterState.RETURNED),
    ]
    for number, (receiver, status, state) in enumerate(said):
        assert queued.do(hear_status, DOCUMENT, receiver, status, f"st-{number}")
        assert kept(queued).state is state
    assert [heard.code for heard in letters.statuses_of(queued.db, kept(queued).id)] == [
        "01",
        "06",
        "06",
        "05",
        "02",
    ]


def test_a_status_is_heard_once_and_from_receivers_only(queued):
    assert queued.do(hear_status, DOCUMENT, "H56.07", Status.ACCEPTED, "st-1")
    assert not queued.do(hear_status, DOCUMENT, "H56.07", Status.ACCEPTED, "st-1")
    assert not queued.do(hear_status, DOCUMENT, "H56.07", Status.ACCEPTED, "st-1-lan-2")
    for document, receiver in ((DOCUMENT, "H56.99"), ("H56.19,2026/11/23,9/PXL", "H56.07")):
        with pytest.raises(NotFound):
            queued.do(hear_status, document, receiver, Status.ACCEPTED, "st-2")


def test_an_answer_shows_that_a_letter_arrived_whose_sending_was_unclear(queued):
    queued.do(postpone, claim(queued).id, "silent", tried=True)
    queued.do(hear_status, DOCUMENT, "H56.07", Status.ARRIVED, "st-1")
    queued.clock.forward(hours=1)
    assert claim(queued) is None
    assert kept(queued).state is LetterState.RECEIVED


def arrival(axis_id="vb-7", digest="0" * 64):
    return NewArrival("H56.07", axis_id, digest, b"sealed", b"raw")


def test_what_arrives_twice_is_here_once(hall):
    number = hall.do(take_in, arrival())
    assert hall.do(take_in, arrival()) == hall.do(take_in, arrival("vb-7-lan-2")) == number
    (letter,) = letters.newest(hall.db, arrived=True)
    assert (letter.state, letter.sender) == (LetterState.ARRIVED, "H56.07")
    assert letters.sealed_raw(hall.db, letter.body) == b"raw"
    assert letters.newest(hall.db, arrived=False) == []
    assert hall.do(take_in, arrival("vb-8", "1" * 64)) != number


def test_the_centre_names_itself(hall):
    told = own_organisation(hall.do(lambda tx: tx.centre))
    assert (told.code, bool(told.name)) == ("H56.19", True)


CODES = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([status.value for status in Status]))


@given(st.lists(CODES), st.randoms())
def test_the_order_in_which_statuses_come_changes_nothing(heard, random):
    shuffled = list(heard)
    random.shuffle(shuffled)
    assert state_of(["a", "b"], heard) is state_of(["a", "b"], shuffled)


@pytest.mark.planted
def test_a_standing_by_the_last_word_alone_is_caught():
    def last_word(receivers, heard):
        return state_of(receivers, list(heard)[-1:])

    with pytest.raises(AssertionError):
        never_goes_back(last_word, [("a", "02")], ("a", "01"))


def never_goes_back(standing, heard, more):
    rank = [LetterState.SENT, LetterState.RECEIVED, LetterState.PROCESSED, LetterState.RETURNED]
    before, after = (rank.index(standing(["a", "b"], said)) for said in (heard, [*heard, more]))
    assert after >= before


@given(st.lists(CODES), CODES)
def test_a_letter_never_goes_back(heard, more):
    never_goes_back(state_of, heard, more)
