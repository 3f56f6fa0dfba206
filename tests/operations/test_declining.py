"""What was not taken waits on the desk once, with what was sent, until a person or its sender ends it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import refused_arrivals as refused
from domain.attachments import FileTooLarge
from domain.errors import Invalid, Refused
from domain.portal_events import ArrivalTaken
from domain.refused_arrivals import ArrivalEnded, Dismissal, Source
from operations import declining
from operations.declining import Declined
from portal.inbox_files import FileNotTaken
from portal.inbox_messages import FieldWrong, named_in
from store import refused_arrivals

ONE = Declined(Source.POLL, "H56.19-1", "dossier", "field-wrong", "aa", b"sealed")


def standing(hall):
    return [one.number for one in refused_arrivals.standing(hall.db)]


def test_the_same_again_waits_once(hall):
    number = hall.do(declining.note_refusal, ONE)
    assert hall.do(declining.note_refusal, ONE) == 0
    assert standing(hall) == [number]
    assert refused_arrivals.sealed_content(hall.db, number) == b"sealed"


def test_another_reason_takes_the_place_of_the_first(hall):
    first = hall.do(declining.note_refusal, ONE)
    second = hall.do(declining.note_refusal, replace(ONE, reason="unknown-procedure"))
    assert standing(hall) == [second]
    assert refused_arrivals.sealed_content(hall.db, first) is None


def test_what_a_person_dismissed_does_not_come_back(hall):
    number = hall.do(declining.note_refusal, ONE)
    hall.do(declining.dismiss, number, "cb01", Dismissal.SENDER_TOLD)
    assert hall.do(declining.note_refusal, ONE) == 0
    assert hall.do(declining.note_refusal, replace(ONE, reason="other")) == 0
    assert standing(hall) == []
    assert refused_arrivals.sealed_content(hall.db, number) is None
    assert hall.do(declining.note_refusal, replace(ONE, digest="bb")) > 0, "another content is another thing"


def test_what_is_taken_later_ends_its_own_part_only(hall):
    whole = hall.do(declining.note_refusal, ONE)
    more = hall.do(declining.note_refusal, replace(ONE, part="supplement 1", digest="bb"))
    hall.do(declining.end_those_of, "H56.19-1", "dossier", "cb01")
    assert standing(hall) == [more]
    with pytest.raises(ArrivalEnded):
        hall.do(declining.dismiss, whole, "cb01", Dismissal.TEST)


def test_what_names_no_dossier_is_ended_by_nothing_that_is_taken(hall):
    number = hall.do(declining.note_refusal, replace(ONE, code="", part=""))
    hall.do(declining.end_those_of, "H56.19-1", "dossier")
    assert standing(hall) == [number]


def test_a_reason_is_picked(hall):
    number = hall.do(declining.note_refusal, ONE)
    with pytest.raises(Invalid):
        hall.do(declining.dismiss, number, "cb01", "ông A nói vậy")


def test_more_than_a_person_can_read_are_not_noted(hall, monkeypatch):
    monkeypatch.setattr(declining, "MOST_OPEN", 2)
    found = [hall.do(declining.note_refusal, replace(ONE, digest=str(n))) for n in range(4)]
    assert found[2:] == [0, 0] and len(standing(hall)) == 2


def test_a_reason_behind_a_reason_is_translated_too():
    try:
        try:
            raise FileTooLarge(megabytes=3)
        except FileTooLarge as cause:
            raise FileNotTaken(number=2, reason="Tệp lớn hơn 3 MB.") from cause
    except FileNotTaken as error:
        kept = refused.kept(error, b"")
    told = refused.from_bytes(refused.to_bytes(kept)).told
    said = told.sentence(
        lambda text: {FileTooLarge.text: "over %(megabytes)s"}.get(text, "no. %(number)s: %(reason)s")
    )
    assert said == "no. 2: over 3"


@given(arguments=st.dictionaries(st.text(max_size=9), st.text(max_size=400)), body=st.binary(max_size=200))
def test_what_is_kept_is_read_again(arguments, body):
    class Told(Refused):
        text = "không %(x)s"

    error = Told()
    error.arguments = arguments
    kept = refused.kept(error, body)
    assert refused.from_bytes(refused.to_bytes(kept)) == kept
    assert kept.body == body and set(kept.told.arguments) == set(arguments)


def test_what_is_too_large_is_named_and_not_kept():
    assert refused.kept(FieldWrong(field="x"), b"x" * (refused.LARGEST_KEPT + 1)).body == b""


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"MaHoSo": "H56.19-1"}, ("H56.19-1", "")),
        ({"data": {"MaHoSo": "H56.19-1", "HoSoBoSungId": "7"}}, ("H56.19-1", "7")),
        ({"MaHoSo": "038090000001"}, ("", "")), ({"MaHoSo": "NGUYỄN VĂN A"}, ("", "")),
        ({"MaHoSo": ["x"]}, ("", "")),
        ({"data": []}, ("", "")), ([], ("", "")), (None, ("", "")),
    ],
)  # fmt: skip
def test_only_what_can_be_a_code_is_named(content, named):
    assert named_in(content) == named


@pytest.mark.planted
def test_a_refusal_that_nobody_ends_is_found(hall, monkeypatch):
    monkeypatch.setattr(declining, "_end", lambda tx, arrival, event: isinstance(event, ArrivalTaken))
    with pytest.raises(AssertionError):
        test_what_is_taken_later_ends_its_own_part_only(hall)
