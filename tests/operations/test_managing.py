from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Invalid, NotFound, QueueStopped, UnknownQueue
from operations import managing, ticketing
from store import calendars, centres, people
from store.centres import NoCentre
from tests.support.halls import demo_calendar, demo_centre


def test_a_loaded_centre_is_in_force_with_its_calendar_and_people(hall):
    assert centres.current(hall.db).queues == demo_centre().queues
    assert centres.current(hall.db).counters == demo_centre().counters
    assert calendars.current(hall.db) == demo_calendar()
    assert {p.login: p.name for p in people.everybody(hall.db)} == {p.login: p.name for p in demo_centre().people}
    assert people.by_login(hall.db, "canbo01")[0].counter == 1


def test_loading_again_changes_the_centre_and_keeps_passwords(hall):
    people.keep_password(hall.db, "cb01", "hash")
    changed = replace(demo_centre(), province="Khác", people=(replace(demo_centre().people[0], name="Tên Mới"),))
    hall.do(managing.load_centre, changed, demo_calendar())
    assert centres.current(hall.db).province == "Khác"
    person, secret = people.by_login(hall.db, "canbo01")
    assert (person.name, secret) == ("Tên Mới", "hash")


def test_without_a_file_there_is_no_centre(bare):
    assert not centres.is_loaded(bare.db)
    with pytest.raises(NoCentre):
        centres.current(bare.db)
    with pytest.raises(calendars.NoCalendar):
        calendars.current(bare.db)


def test_a_person_is_added_once_per_login(hall):
    person = hall.do(managing.add_person, "moi", "Người Mới", ["clerk", "guide"], "hash")
    found, secret = people.by_login(hall.db, "moi")
    assert (found.id, found.name, {str(role) for role in found.roles}, secret) == (
        person, "Người Mới", {"clerk", "guide"}, "hash",
    )  # fmt: skip
    with pytest.raises(managing.LoginTaken) as refusal:
        hall.do(managing.add_person, "moi", "Khác", ["clerk"], None)
    assert refusal.value.arguments == {"login": "moi"}
    assert people.by_login(hall.db, "moi")[0].name == "Người Mới"


@pytest.mark.parametrize("roles", [[], ["king"], ["clerk", "king"], ["kiosk"], ["anyone"]])
def test_unknown_roles_are_refused(hall, roles):
    with pytest.raises(Invalid):
        hall.do(managing.add_person, "moi", "Người Mới", roles, None)
    assert people.by_login(hall.db, "moi") is None


def test_a_person_who_was_added_survives_the_centre_file(hall):
    """An id of the centre file never takes over an account made by hand, and the other way round."""
    hall.do(managing.add_person, "moi", "Người Mới", ["administrator"], "hash")
    hall.do(managing.load_centre, demo_centre(), demo_calendar())
    assert people.by_login(hall.db, "moi")[1] == "hash"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 121, "dòng\nhai", "\x07", "a\u202eb"])
def test_a_reason_is_short_readable_text(hall, reason):
    with pytest.raises(Invalid):
        hall.do(managing.stop_queue, "ho-tich", reason)
    assert centres.stopped(hall.db) == {}


def test_stopping_twice_keeps_the_newer_reason_and_resuming_twice_says_nothing(hall):
    hall.do(managing.stop_queue, "ho-tich", "Họp")
    hall.do(managing.stop_queue, "ho-tich", "Mất điện")
    assert [(queue, stop.reason) for queue, stop in centres.stopped(hall.db).items()] == [("ho-tich", "Mất điện")]
    hall.do(managing.resume_queue, "ho-tich")
    seq = hall.one("SELECT max(seq) FROM journal")
    hall.do(managing.resume_queue, "ho-tich")
    assert hall.one("SELECT max(seq) FROM journal") == seq


@pytest.mark.parametrize(
    "act",
    [
        (managing.stop_queue, ("không-có", "Họp")),
        (managing.resume_queue, ("không-có",)),
        (managing.keep_queue, ("không-có", "Họp")),
    ],
)
def test_an_unknown_queue(hall, act):
    with pytest.raises(UnknownQueue):
        hall.do(act[0], *act[1])


def test_a_stopped_queue_stays_stopped_the_next_day(hall):
    hall.do(ticketing.take_ticket, "ho-tich")
    hall.do(managing.stop_queue, "ho-tich", "Sửa quầy")
    hall.clock.forward(days=1)
    hall.do(ticketing.take_ticket, "dat-dai")
    assert centres.stop_of(hall.db, "ho-tich", hall.clock()).reason == "Sửa quầy"


def test_a_stop_with_an_end_ends_by_itself(hall):
    end = hall.clock() + timedelta(minutes=30)
    hall.do(managing.stop_queue, "ho-tich", "Họp", end)
    hall.clock.moment = end - timedelta(milliseconds=1)
    with pytest.raises(QueueStopped):
        hall.do(ticketing.take_ticket, "ho-tich")
    hall.clock.moment = end
    assert centres.stop_of(hall.db, "ho-tich", end) is None
    assert hall.do(ticketing.take_ticket, "ho-tich").n == 1


@pytest.mark.parametrize("away", [timedelta(0), timedelta(seconds=-1), timedelta(days=31, milliseconds=1)])
def test_the_end_of_a_stop_lies_in_the_next_31_days(hall, away):
    with pytest.raises(Invalid):
        hall.do(managing.stop_queue, "ho-tich", "Họp", hall.clock() + away)
    assert centres.stopped(hall.db) == {}
    hall.do(managing.stop_queue, "ho-tich", "Họp", hall.clock() + timedelta(days=31))
    assert "ho-tich" in centres.stopped(hall.db)


def test_one_click_stops_every_queue_of_a_hall_and_one_resumes_them(hall):
    upstairs = {queue.id for queue in demo_centre().queues if queue.hall == "tang-2"}
    assert hall.do(managing.stop_hall, "tang-2", " Mất điện ") == len(upstairs) == 3
    assert {queue: stop.reason for queue, stop in centres.stopped(hall.db).items()} == dict.fromkeys(
        upstairs, "Mất điện"
    )
    assert hall.do(ticketing.take_ticket, "ho-tich").n == 1
    hall.do(managing.resume_queue, "dat-dai")
    assert hall.do(managing.resume_hall, "tang-2") == 2
    assert centres.stopped(hall.db) == {}
    assert hall.do(managing.resume_hall, "tang-2") == 0


def test_a_hall_is_told_of_every_press_also_within_one_millisecond(hall):
    for press in (managing.stop_hall, managing.resume_hall, managing.stop_hall):
        hall.do(press, "tang-1", *(["Mất điện"] if press is managing.stop_hall else []))
    told = [row[0] for row in hall.db.execute("SELECT kind FROM notices ORDER BY seq")]
    assert told == ["stopped", "resumed", "stopped"]


def test_an_unknown_hall_and_a_wrong_stop_of_a_hall_change_nothing(hall):
    for operation, args, error in (
        (managing.stop_hall, ("mái-nhà", "Họp"), NotFound),
        (managing.resume_hall, ("mái-nhà",), NotFound),
        (managing.stop_hall, ("tang-2", " "), Invalid),
        (managing.stop_hall, ("tang-2", "Họp", hall.clock()), Invalid),
    ):
        with pytest.raises(error):
            hall.do(operation, *args)
    assert hall.events == []


def test_keeping_a_queue_needs_a_reason_and_shows_it(hall):
    with pytest.raises(Invalid):
        hall.do(managing.keep_queue, "ho-tich", "  ")
    hall.do(managing.keep_queue, "ho-tich", " Hệ thống ngừng ")
    assert centres.kept(hall.db) == {"ho-tich": "Hệ thống ngừng"}
