"""The managers' wall: who is called within the promise, the day by hour against the usual one, what is due."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from display.hours import HEIGHT, WIDTH, drawn
from domain.tickets import milliseconds
from operations import calling, intake, managing, shifts, ticketing
from store import figures
from store.writer import Act
from tests.support.halls import demo_calendar, demo_centre

A = "ho-tich"


@pytest.fixture
def open_hall(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    return hall


def take(hall, queue=A):
    return hall.do(ticketing.take_ticket, queue).id


def call(hall):
    return hall.do(calling.call_next, 1, "cb01", who="cb01").ticket.id


def kept(hall, minutes=30):
    return figures.kept_promises(hall.db, 1, {A: minutes}, milliseconds(hall.clock())).get(A)


def test_a_promise_is_kept_by_a_call_in_time_and_broken_by_one_too_late(open_hall):
    take(open_hall), take(open_hall)
    open_hall.clock.forward(minutes=30)
    call(open_hall)
    assert kept(open_hall) == (1, 1)
    open_hall.clock.forward(minutes=1)
    assert kept(open_hall) == (1, 2), "whoever waits longer than promised does not have to be called to count"
    call(open_hall)
    assert kept(open_hall) == (1, 2)
    assert kept(open_hall, 31) == (2, 2)


def test_who_still_may_be_called_in_time_and_who_left_count_for_nothing(open_hall):
    take(open_hall)
    assert kept(open_hall) is None
    assert figures.kept_promises(open_hall.db, 1, {}, milliseconds(open_hall.clock())) == {}


@pytest.mark.planted
def test_a_share_that_forgets_who_still_waits_is_caught(open_hall, monkeypatch):
    monkeypatch.setattr(figures, "kept_promises", lambda db, day, promises, now: {A: (1, 1)})
    with pytest.raises(AssertionError):
        test_a_promise_is_kept_by_a_call_in_time_and_broken_by_one_too_late(open_hall)


def test_numbers_are_counted_by_the_local_hour(hall):
    hall.clock.moment = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 07:30 there
    take(hall)
    hall.clock.moment = datetime(2026, 11, 23, 5, 59, 59, tzinfo=UTC)
    take(hall), take(hall, "dat-dai")
    assert figures.given_by_hour(hall.db, [1], [A]) == {7: 1, 12: 1}
    assert figures.given_by_hour(hall.db, [1], [A, "dat-dai"]) == {7: 1, 12: 2}
    assert figures.given_by_hour(hall.db, [], [A]) == {}


def test_the_usual_days_are_those_before_with_numbers(hall):
    for _ in range(3):
        take(hall)
        hall.clock.forward(days=1)
    take(hall)
    assert figures.days_before(hall.db, 4, 20) == [3, 2, 1]
    assert figures.days_before(hall.db, 4, 2) == [3, 2]


def test_dossiers_due_today_are_counted_by_their_date(open_hall):
    open_hall.do(intake.receive_dossier, 1, "cb01", intake.Intake("1.001193", b"x"))
    due = open_hall.one("SELECT due FROM dossiers")
    assert due is not None
    assert figures.due_between(open_hall.db, due, due + 1) == 1
    assert figures.due_between(open_hall.db, due + 1, due + 2) == 0
    assert figures.due_between(open_hall.db, due, due + 1, ["2.000908"]) == 0


HOURS = st.dictionaries(st.integers(0, 23), st.floats(0, 500), max_size=12)


@seed(20261123)
@settings(max_examples=150, deadline=None, database=None)
@given(HOURS, HOURS, st.integers(0, 23))
def test_every_line_stays_inside_the_picture(today, usual, hour):
    found = drawn({at: count for at, count in today.items() if at < hour}, usual, hour)
    for line in (found.today, found.usual):
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_todays_line_ends_with_the_last_whole_hour_and_the_highest_point_is_the_top():
    found = drawn({8: 10.0, 9: 40.0}, {8: 20.0, 9: 20.0, 10: 20.0, 16: 5.0}, 10)
    assert (found.most, len(found.hours)) == (40, 11)
    points = [tuple(map(float, point.split(","))) for point in found.today.split()]
    assert points == [(0, HEIGHT), (WIDTH / 10, 0.75 * HEIGHT), (WIDTH / 5, 0)]
    assert found.today_end == (WIDTH / 5, 0)


def test_the_name_of_the_usual_day_stands_above_the_part_of_the_line_that_it_would_lie_on():
    found = drawn({}, {8: 20.0, 13: 20.0, 14: 10.0, 16: 5.0}, 7)
    assert found.usual_end == (WIDTH, 0.0), "at its end, as high as it was three hours before"
    assert drawn({}, {8: 20.0, 16: 5.0}, 7).usual_end == (WIDTH, 0.75 * HEIGHT)


def test_a_first_morning_has_no_lines():
    assert drawn({}, {}, 8).hours == []
    assert drawn({}, {8: 3.0}, 7).today == ""


def test_the_wall_shows_promise_counters_and_day(server):
    do, manager = server.store.write_now, server.client("ql02")
    act = Act("cb01")
    do(act, shifts.open_shift, 1, "cb01")
    do(Act("cb02"), shifts.open_shift, 2, "cb02")
    do(act, ticketing.take_ticket, A)
    do(act, calling.call_next, 1, "cb01")
    do(Act("cb02"), shifts.pause, 2, "cb02", "break", 15)
    page = manager.get("/display/managers").text
    assert "Quầy: 2 mở, 1 đang phục vụ, 1 tạm nghỉ" in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Gọi trong hẹn hôm nay 100 % · 1 số" in words
    assert "100 % 30 phút" in words


def test_a_queue_without_a_promise_has_no_share(server):
    plain = replace(demo_centre(), queues=tuple(replace(q, promise_minutes=None) for q in demo_centre().queues))
    server.store.write_now(Act("t"), managing.load_centre, plain, demo_calendar())
    page = server.client("ql02").get("/display/managers").text
    assert 'class="promise"' not in page
