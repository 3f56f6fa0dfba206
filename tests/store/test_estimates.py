"""Each ticket's estimate beside the wait that followed, and what a centre learns from it, also after a start."""

import pickle

import pytest

from operations import calling, managing, moving, undoing
from operations.ticketing import take_ticket
from store import days, estimates
from store.journal import decoded
from tests.support.forecasts import hall_with_line, make_board, work
from tests.support.halls import new_hall

QUEUE = "ho-tich"


def state(learner) -> bytes:
    """All that is known, to compare: weights, residuals, durations."""
    found = learner.estimator
    return pickle.dumps((
        found.blend.labels, found.blend.with_twin.weights, found.blend.without_twin.weights,
        found.calibrator._common.ordered, found.calibrator.levels, vars(found.quantities.service(QUEUE)),
        found.quantities.pace_today.value, found.quantities.no_shows, list(found.quantities.pauses), learner.seq,
    ))  # fmt: skip


def live_a_morning(hall, learner=None):
    """Eight people, boards in between, everybody served; `learner` follows live."""
    hall_with_line(hall, QUEUE, 8, counter=1)
    board = make_board(hall)
    for turn in range(8):
        work(hall, 1, "cb01", 6 + turn)
        board = make_board(hall, board)
        if learner is not None:
            estimates.catch_up(hall.db, learner)
    return board


def test_estimate_and_wait_stand_side_by_side():
    hall = new_hall()
    live_a_morning(hall)
    day = days.newest(hall.db)
    found = estimates.judged(hall.db, [day], [QUEUE])
    assert len(found) == 8
    assert all(row.low <= row.point <= row.high for row in found)
    assert found[-1].wait == pytest.approx(sum(range(6, 13)), abs=0.01)
    assert estimates.judged(hall.db, [day], ["other"]) == []


def test_a_restart_knows_what_was_known():
    hall = new_hall()
    learner = estimates.learned(hall.db)
    live_a_morning(hall, learner)
    assert learner.estimator.blend.labels == 8
    again = estimates.learned(hall.db)
    estimates.catch_up(hall.db, learner)
    assert state(again) == state(learner)


@pytest.mark.planted
def test_planted_learning_what_the_journal_does_not_say_is_found():
    hall = new_hall()
    learner = estimates.learned(hall.db)
    live_a_morning(hall, learner)
    learner.estimator.quantities.note_pause(3.0)
    estimates.catch_up(hall.db, learner)
    assert state(estimates.learned(hall.db)) != state(learner)


def test_somebody_who_asks_for_more_time_is_not_judged():
    hall = new_hall()
    hall_with_line(hall, QUEUE, 6, counter=1)
    make_board(hall)
    first = hall.one("SELECT min(id) FROM tickets WHERE state = 'waiting'")
    hall.do(moving.give_time, first)
    for _ in range(6):
        work(hall, 1, "cb01")
    found = estimates.judged(hall.db, [days.newest(hall.db)], [QUEUE])
    assert len(found) == 5
    assert estimates.learned(hall.db).estimator.blend.labels == 5


def test_who_is_called_before_the_estimate_is_kept_is_judged_all_the_same(monkeypatch):
    hall = new_hall()
    hall_with_line(hall, QUEUE, 2, counter=1)
    kept = []
    monkeypatch.setattr(hall, "do", lambda *args, **rest: kept.append((args, rest)))
    make_board(hall)
    monkeypatch.undo()
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    ((args, rest),) = kept
    hall.do(*args, **rest)
    assert len(estimates.judged(hall.db, [days.newest(hall.db)], [QUEUE])) == 1
    assert estimates.learned(hall.db).estimator.blend.labels == 1


def test_who_was_never_called_is_counted_when_the_day_is_over():
    hall = new_hall()
    hall_with_line(hall, QUEUE, 3, counter=1)
    work(hall, 1, "cb01")
    today = days.newest(hall.db)
    assert estimates.stranded(hall.db, [today], [QUEUE]) == {}
    hall.clock.forward(days=1)
    hall.do(take_ticket, QUEUE)
    assert estimates.stranded(hall.db, [today], [QUEUE]) == {(today.id, QUEUE): 2}


def test_learning_begins_with_the_last_days_only():
    hall = new_hall()
    for _ in range(13):
        hall_with_line(hall, QUEUE, 2, counter=1)
        make_board(hall)
        work(hall, 1, "cb01")
        hall.clock.forward(days=1)
    hall.do(take_ticket, QUEUE)
    labels = estimates.learned(hall.db).estimator.blend.labels
    assert labels == estimates.DAYS_LEARNED


def test_a_call_that_is_taken_back_ends_no_wait():
    hall = new_hall()
    hall_with_line(hall, QUEUE, 2, counter=1)
    make_board(hall)
    called = hall.do(calling.call_next, 1, "cb01", who="cb01")
    hall.do(undoing.undo, 1, "cb01", who="cb01")
    today = days.newest(hall.db)
    assert estimates.judged(hall.db, [today], [QUEUE]) == []
    hall.clock.forward(minutes=3)
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    (found,) = estimates.judged(hall.db, [today], [QUEUE])
    assert called.ticket and found.wait == pytest.approx(3.0)


def test_who_is_kept_over_night_is_estimated_anew():
    hall = new_hall()
    hall_with_line(hall, QUEUE, 2, counter=1)
    make_board(hall)
    hall.do(managing.keep_queue, QUEUE, "đông người")
    hall.clock.forward(days=1)
    hall_with_line(hall, QUEUE, 1, counter=1)
    make_board(hall)
    hall.clock.forward(minutes=4)
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    (found,) = estimates.judged(hall.db, [days.newest(hall.db)], [QUEUE])
    assert found.wait == pytest.approx(4.0), "not the night"


def test_an_estimate_of_an_older_journal_is_of_a_usual_pace():
    old = (
        b'{"made":[{"ticket":1,"at":2,"queue":"a","group":"ordinary","point":12.5,"low":5.0,"high":28.0,'
        b'"method":"blend","silence":null,"teaches":true,"blended":12.5,"bounds":[4.0,31.5],"waiting":2,'
        b'"values":[30.0,12.5,1.0,481.0],"pasts":[null,3.0,null,14.25]}]}'
    )
    assert decoded("EstimatesKept", old).made[0].pace == 1
