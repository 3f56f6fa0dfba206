"""What the reports count of days lived by operations: each number once, and nothing that was taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.days import Day
from domain.reports import BOOKED, MINUTE, ORDINARY
from domain.tickets import TicketState
from operations import calling, managing, moving, opening, shifts, ticketing, undoing
from store import passings, reports
from store.reports import Calls, Help, Rest
from tests.support.halls import MORNING, demo_calendar, demo_centre

QUEUE, OTHER = "ho-tich", "chung-thuc"
EVERY = frozenset(queue.id for queue in demo_centre().queues)
COUNTERS = frozenset(counter.number for counter in demo_centre().counters)
MONDAY = date(2026, 11, 23)
ABOVE = "\N{NARROW NO-BREAK SPACE}"


def at(hall, count: float):
    """The clock so many minutes after eight."""
    hall.clock.moment = MORNING + timedelta(minutes=count)
    return hall


def days_of(hall):
    return reports.days_between(hall.db, MONDAY, MONDAY + timedelta(days=9))


def courses(hall, queues=EVERY):
    return reports.courses(hall.db, days_of(hall), queues)


def minutes(course):
    return tuple(None if span is None else span / MINUTE for span in (course.wait, course.service))


@pytest.fixture
def morning(hall):
    """Counters 1 and 3 open at eight; three numbers of A came at 0, 1 and 2 minutes past."""
    for counter in (1, 3):
        hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")
    for count, priority in ((0, None), (1, None), (2, "cao-tuoi")):
        at(hall, count).do(ticketing.take_ticket, QUEUE, "vi", priority)
    return hall


def call(hall, counter: int = 1):
    return hall.do(calling.call_next, counter, f"cb0{counter}", who=f"cb0{counter}").ticket.id


def finish(hall, counter: int = 1):
    return hall.do(calling.finish, counter, f"cb0{counter}", who=f"cb0{counter}").id


def take_back(hall, counter: int = 1):
    hall.do(undoing.undo, counter, f"cb0{counter}", who=f"cb0{counter}")


def pick(hall, ticket: int, reason: str = "frail", counter: int = 1):
    return hall.do(calling.call_this, counter, f"cb0{counter}", ticket, reason, who=f"cb0{counter}")


def ids(hall):
    return [row[0] for row in hall.db.execute("SELECT id FROM tickets ORDER BY id")]


# Days


def test_days_are_found_by_their_dates(morning):
    morning.clock.forward(days=2)
    morning.do(opening.ensure_day)
    assert days_of(morning) == [Day(1, MONDAY), Day(2, MONDAY + timedelta(days=2))]
    assert reports.days_between(morning.db, MONDAY, MONDAY) == [Day(1, MONDAY)]
    assert reports.newest_dates(morning.db, 1, MONDAY + timedelta(days=2)) == [MONDAY + timedelta(days=2)]
    assert reports.date_of(morning.db, 2) == MONDAY + timedelta(days=2)
    assert reports.date_of(morning.db, 3) is None


def test_a_day_begun_anew_on_the_same_date_is_part_of_it(morning):
    morning.do(opening.repair_day)
    assert [day.id for day in reports.days_between(morning.db, MONDAY, MONDAY)] == [1, 2]
    assert reports.newest_dates(morning.db, 7, MONDAY) == [MONDAY]


def test_a_day_of_a_wrong_clock_is_not_the_newest_for_years(morning):
    morning.clock.forward(days=3652)
    morning.do(opening.confirm_day)
    morning.clock.forward(days=-3651)
    morning.do(opening.repair_day)
    tuesday = MONDAY + timedelta(days=1)
    assert reports.newest_dates(morning.db, 7, tuesday) == [MONDAY, tuesday]


# Numbers


def test_a_number_counts_for_whoever_called_it_last_however_it_ended(morning):
    """The person at the counter, not by what way the press came."""
    absent = at(morning, 5).do(calling.call_next, 1, "cb01", who="token").ticket.id
    morning.do(calling.mark_absent, 1, "cb01", who="token")
    served = at(morning, 6).do(calling.call_next, 3, "cb03", who="token").ticket.id
    morning.do(calling.finish, 3, "cb03", who="token")
    people = {ticket: course.person for ticket, course in zip(ids(morning), courses(morning), strict=True)}
    assert (people[absent], people[served]) == ("cb01", "cb03")
    assert list(people.values()).count(None) == 1


def test_each_number_has_its_end_its_wait_to_the_first_call_and_its_time_at_counters(morning):
    at(morning, 5)
    called = call(morning)
    finish(at(morning, 12))
    at(morning, 20)
    call(morning)
    at(morning, 22).do(calling.mark_absent, 1, "cb01", who="cb01")
    found = dict(zip(ids(morning), courses(morning), strict=True))
    assert minutes(found[called]) == (3, 7)
    assert (found[called].group, found[called].state, found[called].counter) == ("cao-tuoi", "finished", 1)
    away, left_waiting = (course for number, course in found.items() if number != called)
    assert (away.group, away.state, minutes(away)) == (ORDINARY, "absent", (20, None))
    assert (left_waiting.state, left_waiting.counter, minutes(left_waiting)) == ("waiting", None, (None, None))


def test_a_recall_and_a_second_call_leave_the_wait_as_it_was_and_the_parts_add_up(morning):
    at(morning, 5)
    number = call(morning)
    at(morning, 6).do(calling.call_again, 1, "cb01", who="cb01")
    at(morning, 9).do(calling.set_aside, 1, "cb01", who="cb01")
    pick(at(morning, 30), number)
    at(morning, 33).do(moving.transfer, 1, "cb01", note="next-step", queue=OTHER, who="cb01")
    at(morning, 40)
    assert call(morning, 3) == number
    finish(at(morning, 45), 3)
    (course,) = (course for course in courses(morning) if course.state is TicketState.FINISHED)
    assert minutes(course) == (3, 4 + 3 + 5)
    assert (course.queue, course.counter, course.hour) == (QUEUE, 3, 8)


def test_a_clock_that_goes_back_makes_no_service_shorter_than_nothing(morning):
    called = call(at(morning, 5))
    finish(at(morning, 4))
    found = dict(zip(ids(morning), courses(morning), strict=True))
    assert minutes(found[called]) == (3, 0)


def test_a_call_taken_back_is_no_call_and_a_finish_taken_back_goes_on(morning):
    at(morning, 5)
    call(morning)
    take_back(morning)
    assert all(minutes(course) == (None, None) for course in courses(morning))
    at(morning, 6)
    call(morning)
    finish(at(morning, 8))
    take_back(morning)
    finish(at(morning, 16))
    (course,) = (course for course in courses(morning) if course.state is TicketState.FINISHED)
    assert minutes(course) == (4, 10)


def test_a_number_given_by_mistake_was_never_given(morning):
    morning.do(ticketing.add_walk_up, 1, QUEUE, who="cb01")
    assert len(courses(morning)) == 4
    take_back(morning)
    assert len(courses(morning)) == 3


def test_a_number_on_paper_has_the_times_its_clerk_noted(hall):
    times = (MORNING - timedelta(minutes=n) for n in (60, 50, 38))
    came, called, ended = times
    hall.do(ticketing.enter_paper_numbers, QUEUE, [ticketing.PaperNumber(7, came, 1, called, ended)])
    (course,) = courses(hall)
    assert (minutes(course), course.counter, course.hour) == ((10, 12), 1, 7)


def test_a_night_is_no_wait_and_who_was_left_is_not_served(morning):
    morning.do(managing.keep_queue, QUEUE, "mất điện")
    at(morning, 3).do(ticketing.take_ticket, OTHER)
    morning.clock.forward(days=1)
    morning.do(shifts.open_shift, 1, "cb01", who="cb01")
    call(morning)
    morning.clock.forward(minutes=5)
    finish(morning)
    found = courses(morning)
    assert [minutes(course) for course in found if course.state is TicketState.FINISHED] == [(None, 5)]
    assert [course.queue for course in found if course.state is TicketState.UNSERVED] == [OTHER]


def test_an_appointment_is_a_group_of_its_own_and_only_wanted_queues_are_read(morning):
    morning.db.execute("UPDATE tickets SET slot = arrived_at WHERE priority IS NULL")
    assert sorted(course.group for course in courses(morning)) == [BOOKED, BOOKED, "cao-tuoi"]
    assert courses(morning, {OTHER}) == courses(morning, set()) == []


# Calls out of order


def jumps(hall, queues=EVERY, **most):
    return reports.out_of_order(hall.db, days_of(hall), queues, **most)


def calls(hall, queues=EVERY):
    return reports.calls(hall.db, days_of(hall), queues)


def test_a_call_out_of_order_says_who_called_whom_why_and_whom_it_passed(morning):
    first, second, elderly = ids(morning)
    at(morning, 5)
    call(morning)
    pick(at(morning, 8), second, "same-visit")
    (jump,) = jumps(morning)
    assert (jump.number, jump.queue, jump.reason, jump.counter) == (f"A{ABOVE}002", QUEUE, "same-visit", 1)
    assert (jump.person, jump.passed, jump.day) == ("cb01", (f"A{ABOVE}001",), 1)
    assert calls(morning) == [Calls(1, QUEUE, "", 1), Calls(1, QUEUE, "same-visit", 1)]
    # What happens to the others afterwards changes nothing in what was true then.
    at(morning, 9).do(moving.leave, first)
    assert jumps(morning)[0].passed == (f"A{ABOVE}001",)
    morning.clock.forward(days=1)
    morning.do(opening.ensure_day)
    assert jumps(morning)[0].passed == (f"A{ABOVE}001",)
    assert elderly


def test_whoever_was_first_passed_nobody(morning):
    pick(morning, ids(morning)[2])
    assert [jump.passed for jump in jumps(morning)] == [()]


def test_everybody_is_named_who_waited_then_before_that_one_where_the_counter_calls(morning):
    """Counter 1 serves B too. Who was being served, had left, came later or waits elsewhere was not passed."""
    first, second, _ = ids(morning)
    at(morning, 3).do(ticketing.take_ticket, QUEUE)
    at(morning, 3).do(ticketing.take_ticket, OTHER)
    at(morning, 3).do(ticketing.take_ticket, "dat-dai")
    pick(morning, first)
    at(morning, 4).do(moving.leave, second)
    late = at(morning, 5).do(ticketing.take_ticket, QUEUE).id
    at(morning, 6)
    pick(morning, late, "urgent")
    assert passed(morning) == [("A003", "A004", "B001"), ("A003",)]


def test_whoever_gave_way_was_not_the_first_of_equal_keys(morning):
    """A 001 asked for time and stands behind A 002, with the key of A 002 and a later turn."""
    rules = replace(demo_centre().calling, places_back=1)
    morning.do(managing.load_centre, replace(demo_centre(), calling=rules), demo_calendar())
    first, _, elder = ids(morning)
    morning.do(moving.leave, elder)
    last = at(morning, 3).do(ticketing.take_ticket, QUEUE).id
    at(morning, 4).do(moving.give_time, first)
    pick(at(morning, 5), last)
    assert passed(morning) == [("A002", "A001")]


def sit(hall, counter: int = 1):
    hall.do(shifts.open_shift, counter, f"cb0{counter}", who=f"cb0{counter}")


def night(hall, *kept: str):
    """These queues are kept, and the next day begins at eight."""
    for queue in kept:
        hall.do(managing.keep_queue, queue, "Mất điện")
    hall.clock.forward(days=1)
    sit(hall)
    return hall


def test_numbers_kept_over_night_are_named_with_their_day_only_where_they_were_kept_by_then(morning):
    first, second, elder = ids(morning)
    pick(at(morning, 3), second)
    night(morning, QUEUE)
    new = morning.do(ticketing.take_ticket, QUEUE).id
    pick(morning, new)
    assert passed(morning) == [("A003·T2", "A001·T2"), ("A003", "A001")]
    night(morning, QUEUE)
    morning.do(moving.leave, first)
    again = morning.do(ticketing.take_ticket, QUEUE).id
    pick(morning, again)
    assert passed(morning) == [("A003·T2",), ("A003·T2", "A001·T2"), ("A003", "A001")]
    night(morning)
    last = [morning.do(ticketing.take_ticket, QUEUE).id for _ in range(2)][1]
    pick(morning, last)
    assert passed(morning)[:2] == [("A001",), ("A003·T2",)], "who was left on another day waits no more"
    assert elder


def test_numbers_sent_to_the_counters_queues_are_named_and_those_sent_away_are_not(morning):
    send(morning, "dat-dai")
    came = at(morning, 2).do(ticketing.take_ticket, OTHER).id
    morning.do(shifts.set_skills, 3, [OTHER], [])
    assert call(morning, 3) == came
    send(morning, QUEUE, counter=3)
    late = at(morning, 5).do(ticketing.take_ticket, QUEUE).id
    pick(morning, late)
    assert passed(morning) == [("A001", "A002", "B001")]


def send(hall, queue: str = "", counter: int = 1, to: int | None = None):
    if counter == 1:
        call(hall)
    who = f"cb0{counter}"
    hall.do(moving.transfer, counter, who, note="next-step", queue=queue, to_counter=to, who=who)


def test_who_was_sent_to_one_counter_alone_is_passed_by_that_counter_only(morning):
    send(morning, to=3)
    lates = [at(morning, minute).do(ticketing.take_ticket, OTHER).id for minute in (5, 6)]
    pick(morning, lates[1])
    assert passed(morning) == [("A001", "A002", "B001")]
    pick(morning, lates[0], counter=3)
    assert passed(morning)[0] == ("A003", "A001", "A002")


def test_the_queues_are_those_that_the_counter_served_at_that_moment(morning):
    for queue in (OTHER, "dat-dai"):
        at(morning, 3).do(ticketing.take_ticket, queue)
    late = [at(morning, 5).do(ticketing.take_ticket, "cu-tru").id for _ in range(3)]
    first, *_ = ids(morning)
    pick(morning, late[0])
    morning.do(shifts.set_skills, 1, ["dat-dai"], [])
    morning.do(shifts.set_skills, 3, [QUEUE], [])
    pick(morning, late[1])
    morning.do(shifts.set_skills, 1, [QUEUE], [OTHER])
    pick(morning, late[2])
    morning.do(moving.leave, first)
    counters = tuple(replace(c, queues=("giay-to",), secondary=()) for c in demo_centre().counters)
    morning.do(managing.load_centre, replace(demo_centre(), counters=counters), demo_calendar())
    own = ("A003", "A001", "A002", "B001")
    assert passed(morning) == [own, ("E001",), own]


def test_nobody_learns_numbers_of_queues_that_are_not_theirs(morning):
    late = at(morning, 5).do(ticketing.take_ticket, OTHER).id
    pick(morning, late)
    assert passed(morning, {OTHER}) == [()]
    send(morning, OTHER)
    pick(morning, at(morning, 6).do(ticketing.take_ticket, OTHER).id)
    assert passed(morning, {OTHER}) == [("A003",), ()], "it stands in the own queue now"


def passed(hall, queues=EVERY):
    """Whom each call passed, newest call first, without the spaces."""
    return [tuple("".join(number.split()) for number in jump.passed) for jump in jumps(hall, queues)]


def test_one_taken_back_is_not_counted(morning):
    pick(at(morning, 5), ids(morning)[1])
    take_back(morning)
    assert jumps(morning) == calls(morning) == []


def test_only_the_wanted_queues_and_the_newest_are_listed(morning):
    for number in ids(morning):
        pick(morning, number)
    assert jumps(morning, {OTHER}) == calls(morning, {OTHER}) == []
    assert [jump.number[-1] for jump in jumps(morning, most=2)] == ["3", "2"]


# Beside them


def acts(hall, queues=EVERY, counters=COUNTERS):
    return reports.acts(hall.db, days_of(hall), queues, counters)


def test_recalls_absences_and_acts_taken_back_by_counter(morning):
    call(morning)
    for _ in range(2):
        morning.do(calling.call_again, 1, "cb01", who="cb01")
    morning.do(calling.mark_absent, 1, "cb01", who="cb01")
    assert acts(morning) == {(1, "recall"): 2, (1, "absent"): 1}
    take_back(morning)
    assert acts(morning) == {(1, "recall"): 2, (1, "undone"): 1}
    assert acts(morning, {OTHER}) == {}


def test_one_press_of_next_taken_back_is_one_act(morning):
    call(morning)
    call(morning)
    take_back(morning)
    assert acts(morning) == {(1, "undone"): 1}


def test_a_finish_taken_back_is_an_act_too(morning):
    call(morning)
    finish(morning)
    take_back(morning)
    assert acts(morning) == {(1, "undone"): 1}


def test_what_is_done_with_a_kept_number_counts_on_the_day_it_was_done(morning):
    morning.do(managing.keep_queue, QUEUE, "Họp")
    at(morning, 24 * 60).do(shifts.open_shift, 1, "cb01", who="cb01")
    call(morning)
    morning.do(calling.mark_absent, 1, "cb01", who="cb01")
    monday, tuesday = days_of(morning)
    assert reports.acts(morning.db, [monday], EVERY, COUNTERS) == {}
    assert reports.acts(morning.db, [tuesday], EVERY, COUNTERS) == {(1, "absent"): 1}
    assert reports.acts(morning.db, [tuesday], {OTHER}, COUNTERS) == {}


def test_a_pause_taken_back_is_an_act_of_the_counter_and_no_pause(morning):
    morning.do(shifts.pause, 1, "cb01", "break", 10, who="cb01")
    take_back(morning)
    assert acts(morning, EVERY, {3}) == {}
    assert acts(morning) == {(1, "undone"): 1}
    assert reports.rests(morning.db, days_of(morning), COUNTERS) == []


def test_pauses_with_what_was_said_and_what_was(morning):
    morning.do(shifts.pause, 1, "cb01", "break", 10, who="cb01")
    morning.clock.forward(minutes=14)
    morning.do(shifts.resume, 1, "cb01", who="cb01")
    morning.do(shifts.pause, 3, "cb03", "meeting", 30, who="cb03")
    days = days_of(morning)
    assert reports.rests(morning.db, days, COUNTERS) == [Rest(1, "break", 10, 14), Rest(3, "meeting", 30, None)]
    morning.clock.forward(days=1)
    morning.do(opening.ensure_day)
    assert reports.rests(morning.db, days, {3}) == [Rest(3, "meeting", 30, None)]
    assert reports.rests(morning.db, days_of(morning)[1:], COUNTERS) == []


def test_false_and_real_alarms(morning):
    for counter, wrong in ((1, True), (3, False)):
        morning.do(shifts.call_for_help, counter, f"cb0{counter}", who=f"cb0{counter}")
        morning.do(shifts.end_help, counter, wrong)
    morning.do(shifts.call_for_help, 1, "cb01", who="cb01")
    assert reports.alarms(morning.db, days_of(morning), COUNTERS) == [Help(1, True), Help(3, False), Help(1, False)]
    assert reports.alarms(morning.db, days_of(morning), {3}) == [Help(3, False)]
    assert reports.alarms(morning.db, [], COUNTERS) == []


# Planted


@pytest.mark.planted
def test_a_reader_that_counts_what_was_taken_back_is_caught(morning, monkeypatch):
    monkeypatch.setattr(reports, "_COURSES", reports._COURSES.replace("AND m.undone = 0 ", ""))
    with pytest.raises(AssertionError):
        test_a_call_taken_back_is_no_call_and_a_finish_taken_back_goes_on(morning)


@pytest.mark.planted
def test_a_reader_that_looks_at_today_for_whom_a_call_passed_is_caught(morning, monkeypatch):
    now = passings._PASSED.replace("seq > called.seq)", "seq > 9e9)")
    monkeypatch.setattr(passings, "_PASSED", now)
    with pytest.raises(AssertionError):
        test_a_call_out_of_order_says_who_called_whom_why_and_whom_it_passed(morning)
