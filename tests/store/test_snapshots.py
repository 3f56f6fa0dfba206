"""The hall read for the estimate: who waits, what each counter does, when queues close, who is booked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.centre_rules import Policy, Window, WindowKind
from domain.waiting.snapshots import Group, Standing
from operations import calling, managing, shifts
from operations.ticketing import take_ticket
from store import snapshots
from tests.support.forecasts import hall_with_line
from tests.support.halls import demo_calendar, demo_centre, new_hall

QUEUE = "ho-tich"
OFFICE = Window(WindowKind.SERVICE, (("07:30", "11:30"), ("13:30", "17:00")), weekdays=(1, 2, 3, 4, 5))


@pytest.fixture
def hall():
    found = new_hall()
    found.do(managing.load_centre, replace(demo_centre(), windows=(OFFICE,)), demo_calendar())
    return found


def read(hall):
    reading = snapshots.read_hall(hall.db, hall.clock())
    assert reading is not None
    return reading


def desk(hall, number: int = 1):
    return next(desk for desk in read(hall).snapshot.desks if desk.number == number)


def test_who_waits_stands_in_the_order_of_the_calls(hall):
    hall_with_line(hall, QUEUE, 2)
    hall.do(take_ticket, QUEUE, priority=demo_centre().classes[0].id)
    line = read(hall).snapshot.lines[QUEUE]
    assert [place.group for place in line] == [Group.PRIORITY, Group.ORDINARY, Group.ORDINARY]
    assert list(line) == sorted(line)
    assert line[1].came == 480.0, "minutes of the local day"


def test_a_counter_is_what_it_does(hall):
    assert desk(hall).standing is Standing.CLOSED
    hall_with_line(hall, QUEUE, 1, counter=1)
    assert desk(hall).standing is Standing.IDLE
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    found = desk(hall)
    assert (found.standing, found.serving, found.since) == (Standing.SERVING, QUEUE, 480.5)
    assert found.queues[0] == QUEUE and found.breaks == ((690.0, 810.0),)
    hall.clock.forward(minutes=2)
    hall.do(calling.start, 1, "cb01", who="cb01")
    assert desk(hall).since == 480.5, "visits are learned from the call on, and so is what is left of one"
    hall.do(calling.finish, 1, "cb01", who="cb01")
    hall.do(shifts.pause, 1, "cb01", "break", 15, who="cb01")
    assert (desk(hall).standing, desk(hall).until) == (Standing.PAUSED, 497.5)
    hall.clock.forward(minutes=20)
    assert desk(hall).until is None, "overdue: nobody knows when it ends"


def test_who_works_through_the_break_has_none(hall):
    hall.clock.at("11:45")
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    assert desk(hall).breaks == ()


def test_before_opening_the_counters_of_the_last_day_are_planned(hall):
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.clock.moment += timedelta(days=2)
    hall.clock.at("07:15")
    hall.do(take_ticket, QUEUE)
    assert (desk(hall, 1).until, desk(hall, 2).until) == (450.0, None)
    hall.clock.at("08:00")
    assert desk(hall, 1).until is None, "nobody came at the time: nobody knows"


def test_a_queue_closes_at_its_last_window_and_is_called_on_after_it(hall):
    assert read(hall).snapshot.closings[QUEUE] == 1020.0
    hall.clock.at("17:20")
    assert read(hall).snapshot.closings == {}


@pytest.mark.parametrize(
    ("policy", "lead"), [(Policy.DUE, 60.0), (Policy.FIRST_COME, 0.0), (Policy.STRICT, 28_800_000.0)]
)
def test_the_rule_is_the_centre_s(hall, policy, lead):
    centre = demo_centre()
    changed = replace(centre, calling=replace(centre.calling, policy=policy))
    hall.do(managing.load_centre, changed, demo_calendar())
    rule = read(hall).snapshot.rule
    assert (rule.policy, rule.priority_lead) == (policy, lead)


def test_somebody_new_is_thought_of_in_every_queue_and_class(hall):
    found = read(hall).newcomers
    queues = {queue.id for queue in demo_centre().queues}
    assert {queue for queue, _ in found} == queues
    assert found[QUEUE, None].key == 480.0
    assert len({place.ticket for place in found.values()}) == len(found)


def test_a_hall_that_nobody_could_serve_is_not_estimated(hall, monkeypatch):
    monkeypatch.setattr(snapshots, "MOST_WAITING", 2)
    hall_with_line(hall, QUEUE, 3)
    assert snapshots.read_hall(hall.db, hall.clock()) is None
