"""What the tables say of days that are over, hand-made by operations and read back."""

from datetime import timedelta

import pytest

from domain.centre_rules import Policy
from domain.days import local
from domain.rehearsal import Opening, rehearse
from operations import calling, moving, opening, shifts, ticketing, undoing
from store import centres, past_days
from tests.support.halls import MORNING


def minutes(count: float):
    return MORNING + timedelta(minutes=count)


def at(hall, count: float):
    """The clock so many minutes after eight."""
    hall.clock.moment = minutes(count)
    return hall


def days_of(hall, most: int = 20):
    return past_days.newest(hall.db, local(hall.clock()).date(), most)


def over(hall):
    """Only what was finished on the day before: the next day is opened by nobody's act."""
    hall.clock.moment = MORNING + timedelta(days=1)
    return days_of(hall)


@pytest.fixture
def morning(hall):
    """Counter 1 open from eight, two ordinary people and one elderly of its queue."""
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    for count, priority in ((0, None), (1, None), (2, "cao-tuoi")):
        at(hall, count).do(ticketing.take_ticket, "ho-tich", "vi", priority)
    return hall


def test_nobody_has_come_yet(bare, hall):
    assert days_of(bare) == days_of(hall) == []
    hall.do(opening.ensure_day)
    assert over(hall) == []


def test_today_is_not_over(morning):
    assert days_of(morning) == []
    assert len(over(morning)) == 1


def test_who_came_and_how_long_each_visit_was(morning):
    at(morning, 3).do(calling.call_next, 1, "cb01")
    at(morning, 10).do(calling.finish, 1, "cb01")
    at(morning, 12).do(calling.call_next, 1, "cb01")
    at(morning, 14).do(calling.mark_absent, 1, "cb01")
    (day,) = over(morning)
    assert [(v.arrived, v.queue, v.priority, v.service_minutes) for v in day.visits] == [
        (minutes(0), "ho-tich", None, None),
        (minutes(1), "ho-tich", None, 7),  # waited in vain: as long as others of that queue
        (minutes(2), "ho-tich", "cao-tuoi", 7),
    ]
    # Nobody closed the counter: it was open until its last act.
    assert day.openings == (Opening(1, minutes(0), minutes(14) + timedelta(milliseconds=1)),)
    assert day.skills[1] == ("ho-tich", *centres.current(morning.db).counters[0].secondary)


def test_a_pause_is_no_opening_and_a_closed_counter_stays_closed(morning):
    at(morning, 20).do(shifts.pause, 1, "cb01", "break", 10)
    at(morning, 35).do(shifts.resume, 1, "cb01")
    at(morning, 90).do(shifts.close_shift, 1, "cb01")
    (day,) = over(morning)
    assert day.openings == (Opening(1, minutes(0), minutes(20)), Opening(1, minutes(35), minutes(90)))


def test_what_was_set_aside_is_one_visit_of_all_its_parts(morning):
    at(morning, 3).do(calling.call_next, 1, "cb01")
    at(morning, 5).do(calling.set_aside, 1, "cb01")
    ticket = morning.one("SELECT id FROM tickets WHERE state = 'parked'")
    at(morning, 30).do(calling.call_this, 1, "cb01", ticket, "parked")
    at(morning, 34).do(calling.finish, 1, "cb01")
    (day,) = over(morning)
    assert [v.service_minutes for v in day.visits if v.priority] == [6]
    assert len(day.visits) == 3


def test_a_transfer_is_a_visit_to_the_other_queue(morning):
    at(morning, 3).do(calling.call_next, 1, "cb01")
    at(morning, 8).do(moving.transfer, 1, "cb01", note="next-step", queue="chung-thuc")
    (day,) = over(morning)
    elderly = [(v.arrived, v.queue, v.service_minutes) for v in day.visits if v.priority]
    assert elderly == [(minutes(2), "ho-tich", 5), (minutes(8), "chung-thuc", 7)]


def test_a_call_taken_back_is_no_visit_and_who_left_did_not_need_one(morning):
    called = at(morning, 3).do(calling.call_next, 1, "cb01")
    move = morning.one("SELECT max(seq) FROM moves")
    morning.do(undoing.undo, 1, "cb01", move)
    at(morning, 9).do(moving.leave, called.ticket.id)
    (day,) = over(morning)
    assert [v.priority for v in day.visits] == [None, None]
    assert {v.service_minutes for v in day.visits} == {centres.current(morning.db).queues[0].mean_minutes}


def test_a_finish_taken_back_goes_on(morning):
    at(morning, 3).do(calling.call_next, 1, "cb01")
    at(morning, 5).do(calling.finish, 1, "cb01")
    morning.do(undoing.undo, 1, "cb01")
    at(morning, 9).do(calling.finish, 1, "cb01")
    (day,) = over(morning)
    assert [v.service_minutes for v in day.visits if v.priority] == [6]


def test_numbers_on_paper_have_their_own_times(hall):
    times = minutes(-60), minutes(-50), minutes(-38)
    paper = ticketing.PaperNumber(7, times[0], 1, times[1], times[2])
    hall.do(ticketing.enter_paper_numbers, "ho-tich", [paper])
    (day,) = over(hall)
    assert [(v.arrived, v.service_minutes) for v in day.visits] == [(times[0], 12)]


def test_the_newest_days_oldest_first_without_empty_ones(hall):
    for number in range(5):
        hall.clock.moment = MORNING + timedelta(days=number)
        if number == 2:
            hall.do(opening.ensure_day)
            continue
        for _ in range(number + 1):
            hall.do(ticketing.take_ticket, "ho-tich")
    hall.clock.forward(days=1)
    assert [len(day.visits) for day in days_of(hall)] == [1, 2, 4, 5]
    assert [len(day.visits) for day in days_of(hall, 2)] == [4, 5]


def test_a_counter_that_is_lent_serves_what_it_called(hall):
    served = centres.current(hall.db).counters[0].queues
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(shifts.set_skills, 1, ["dat-dai"], [])
    hall.do(ticketing.take_ticket, "dat-dai")
    hall.do(calling.call_next, 1, "cb01")
    at(hall, 4).do(calling.finish, 1, "cb01")
    (day,) = over(hall)
    assert set(day.skills[1]) >= {*served, "dat-dai"}


def test_the_rehearsal_of_a_read_day_waits_as_the_day_did(morning):
    for called, ended in ((3, 10), (10, 20), (20, 25)):
        at(morning, called).do(calling.call_next, 1, "cb01")
        at(morning, ended).do(calling.finish, 1, "cb01")
    centre = centres.current(morning.db)
    found = rehearse(over(morning), centre.classes, centre.calling, Policy.DUE)
    assert found.unserved == 0
    assert (found.ordinary.number, found.classes["cao-tuoi"].number) == (2, 1)
    # Played, the free counter calls the first of the day at once, and this one when it is free again.
    assert found.classes["cao-tuoi"].mean_minutes == 8


@pytest.mark.planted
def test_a_reader_that_counts_what_was_taken_back_is_caught(monkeypatch, morning):
    real = past_days._moves

    def forgetful(db, window):
        db.execute("UPDATE moves SET undone = 0")
        return real(db, window)

    monkeypatch.setattr(past_days, "_moves", forgetful)
    with pytest.raises(AssertionError):
        test_a_finish_taken_back_goes_on(morning)
