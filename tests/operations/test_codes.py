"""Where a code is asked for, a citizen's number is refused: codes stand in the journal for years."""

import pytest

from domain.dossiers import Act
from domain.errors import Invalid, Refused
from domain.fees import Fee, FeeKind, FeeWrong
from operations import endings, intake, paying, processing, shifts
from operations.processing import Doing
from portal.inbox_messages import FieldWrong, read_body
from tests.portal import inbox_letters
from tests.support.canaries import CANARY

NUMBERS = (CANARY.identity, CANARY.phone)
PROCEDURE, ELSEWHERE = "1.004873", "2.001159"


@pytest.fixture
def code(hall) -> str:
    hall.do(shifts.open_shift, 1, "cb01")
    return hall.do(intake.receive_dossier, 1, "cb01", intake.Intake(PROCEDURE, b"sealed")).code


@pytest.mark.parametrize("number", NUMBERS)
def test_in_the_place_of_a_code(hall, code, number):
    doing = Doing(code, "cb01", b"words")
    hall.do(processing.note, Act.PROGRESS, doing)
    fee = hall.do(paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "8.000 đồng", 8000))
    before = len(hall.events)
    for refusal, operation, *rest in (
        (Invalid, intake.note_reference, 1, "cb01", ELSEWHERE, number),
        (FeeWrong, paying.note_transfer, fee, "cb01", 8000, number),
        (Invalid, endings.resolve, doing, (number,)),
    ):
        with pytest.raises(refusal):
            hall.do(operation, *rest)
    assert len(hall.events) == before


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["MaHoSo", "HoSoBoSungId"])
def test_in_a_message_of_the_portal(number, field):
    told = inbox_letters.completion(**{field: number})
    with pytest.raises((FieldWrong, Refused)):
        read_body(inbox_letters.body_of(told))
