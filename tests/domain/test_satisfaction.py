from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Invalid
from domain.satisfaction import (
    FACES,
    MAY_BE_SAID_FOR,
    REASONS,
    Score,
    TooLateToRate,
    VisitNotOver,
    check_answer,
    check_time,
)
from domain.tickets import Ticket, TicketState
from tests.support.halls import MORNING

OVER = Ticket(1, 1, "ho-tich", "A", 1, TicketState.FINISHED, 0, MORNING, 0, "vi", counter=1, ended_at=MORNING)
TICK = timedelta(milliseconds=1)


def test_every_face_has_its_words_and_they_differ():
    assert set(FACES) == set(Score)
    assert len(set(FACES.values())) == 3
    assert [FACES[score] for score in (3, 2, 1)] == ["RẤT HÀI LÒNG", "HÀI LÒNG", "KHÔNG HÀI LÒNG"]


@pytest.mark.parametrize("score", Score)
@pytest.mark.parametrize("reason", ["", "no-such", *REASONS])
def test_a_reason_goes_with_the_last_face_and_with_no_other(score, reason):
    if (score == Score.NOT_SATISFIED and reason in REASONS) or (score != Score.NOT_SATISFIED and not reason):
        check_answer(score, reason)
    else:
        with pytest.raises(Invalid):
            check_answer(score, reason)


def test_the_last_moment_to_answer():
    check_time(OVER, MORNING + MAY_BE_SAID_FOR)
    with pytest.raises(TooLateToRate):
        check_time(OVER, MORNING + MAY_BE_SAID_FOR + TICK)


def test_a_clock_that_went_back_a_little_takes_the_answer():
    check_time(OVER, MORNING - timedelta(minutes=5))


@pytest.mark.parametrize("state", set(TicketState) - {TicketState.FINISHED})
def test_only_what_is_finished_can_be_rated(state):
    with pytest.raises(VisitNotOver):
        check_time(replace(OVER, state=state), MORNING)


def test_midnight_ends_it():
    late = MORNING.replace(hour=16, minute=59)  # 23:59 in Hà Nội
    check_time(replace(OVER, ended_at=late), late)
    with pytest.raises(VisitNotOver):
        check_time(replace(OVER, ended_at=late), late + timedelta(minutes=1))
