"""The business day that opens by itself: on time, once, after any restart, and never by a clock in doubt."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.days import Day
from operations import calling, managing, opening, shifts, ticketing
from store import days, tickets
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from tests.web.test_sockets import until
from web import openings
from web.openings import STEADY_SECONDS, Watch

WEDNESDAY = Day(2, date(2026, 11, 25))
NEXT_MORNING = MORNING + timedelta(days=2)


@pytest.fixture
def clock():
    return HandClock()


@contextmanager
def on(folder, clock, opens="06:45"):
    """A server whose centre opens the day at this hour, with a Monday behind it on its first start."""
    with running(folder, now=clock, printer_of=NO_PRINTERS) as server:
        if server.store.read(days.newest) is None:
            hours = replace(demo_centre().hours, opens_day=opens)
            do(server, managing.load_centre, replace(demo_centre(), hours=hours), demo_calendar())
            do(server, opening.ensure_day)
        yield server


def do(server, operation, *args, who="test"):
    return server.store.write_now(Act(who), operation, *args)


def newest(server):
    return server.store.read(days.newest)


def at(moment: str, day: str = "2026-11-25") -> datetime:
    return (datetime.fromisoformat(f"{day}T{moment}") - timedelta(hours=7)).replace(tzinfo=UTC)


@pytest.fixture
def server(tmp_path, clock):
    with on(tmp_path / "data", clock) as found:
        yield found


def looks(server, clock, *moments, watch=None):
    """The answers of looks a quarter of a minute apart, at an even pace of the steady clock."""
    watch, answers = watch or Watch(), []
    for n, moment in enumerate(moments):
        clock.moment = moment
        answers.append(openings.is_time(server.app.state.house, watch, 15.0 * n))
    return answers


def test_it_is_time_from_the_hour_on_until_the_day_is_open(server, clock):
    before, hour = at("06:44:50"), at("06:45:05")
    assert looks(server, clock, before, hour) == [False, True]
    assert do(server, opening.open_on_time)
    assert newest(server) == WEDNESDAY
    assert looks(server, clock, hour, hour + timedelta(seconds=15)) == [False, False]
    assert not do(server, opening.open_on_time)
    assert newest(server) == WEDNESDAY


def test_who_opened_earlier_is_not_disturbed(server, clock):
    clock.moment = at("06:30")
    do(server, shifts.open_shift, 1, "cb01")
    assert looks(server, clock, at("06:45")) == [False]


@pytest.mark.parametrize(
    "late", [timedelta(0), timedelta(hours=3), timedelta(hours=16), timedelta(days=5)], ids=str
)
def test_a_server_that_was_off_at_the_hour_opens_the_day_when_it_starts(tmp_path, clock, late):
    with on(tmp_path / "data", clock):
        pass
    clock.moment = at("06:45") + late
    with on(tmp_path / "data", clock) as server:
        until(lambda: newest(server).id == 2)
        assert newest(server).label == (clock.moment + timedelta(hours=7)).date()


def test_a_server_that_starts_again_and_again_opens_once(tmp_path, clock):
    with on(tmp_path / "data", clock):
        pass
    for minutes in (-1, 0, 1, 2):
        clock.moment = at("06:45") + timedelta(minutes=minutes)
        with on(tmp_path / "data", clock) as server:
            until(lambda there=server, wanted=1 if minutes < 0 else 2: newest(there).id == wanted)
            assert not do(server, opening.open_on_time)


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=7), timedelta(days=3652)], ids=str)
def test_a_clock_that_leaps_while_people_wait_ends_nobodys_place(server, clock, ahead):
    """It comes back within minutes: whoever waits must still wait."""
    waits = do(server, ticketing.take_ticket, "ho-tich")
    moments = [MORNING, MORNING + ahead, MORNING + ahead + timedelta(seconds=15), MORNING + timedelta(seconds=45)]
    assert looks(server, clock, *moments) == [False] * 4
    assert server.store.read(tickets.load, waits.id).state == "waiting"


def test_after_a_leap_the_clock_is_believed_when_it_has_run_evenly(server, clock):
    """As after a night asleep: the steady clock stood still, the other one did not."""
    watch, house = Watch(), server.app.state.house
    clock.moment = MORNING
    assert not openings.is_time(house, watch, 0.0)
    for seconds, answer in (
        (15.0, False),
        (300.0, False),
        (STEADY_SECONDS + 14, False),
        (STEADY_SECONDS + 15, True),
    ):
        clock.moment = NEXT_MORNING + timedelta(seconds=seconds)
        assert openings.is_time(house, watch, seconds) is answer


def test_a_clock_that_is_corrected_by_seconds_is_believed(server, clock):
    watch, house = Watch(), server.app.state.house
    clock.moment = at("06:44:30")
    assert not openings.is_time(house, watch, 0.0)
    clock.moment = at("06:46:20")
    assert openings.is_time(house, watch, 15.0)


def test_a_clock_that_contradicts_the_journal_opens_nothing(server, clock):
    """Events of 20:00 without a day of its own: it is not the morning of that day."""
    clock.moment = at("20:00")
    server.person_cookie("cb01")
    assert looks(server, clock, at("06:45")) == [False]
    assert looks(server, clock, at("20:01")) == [True]


def test_the_wall_of_the_new_day_shows_no_call_of_yesterday(tmp_path, clock):
    with on(tmp_path / "data", clock) as server:
        wall = browser(server, f"motcua-device-W1={server.device_cookie('W1')}")
        do(server, ticketing.take_ticket, "ho-tich")
        do(server, shifts.open_shift, 1, "cb01")
        do(server, calling.call_next, 1, "cb01", who="cb01")
        assert "data-seq" in wall.get("/display/W1").text
    clock.moment = at("06:45")
    with on(tmp_path / "data", clock) as server:
        until(lambda: newest(server).id == 2)
        wall = browser(server, f"motcua-device-W1={server.device_cookie('W1')}")
        assert "data-seq" not in wall.get("/display/W1").text


def test_a_file_without_a_centre_is_left_alone(tmp_path, clock):
    from tests.support.halls import empty_hall

    hall = empty_hall()
    hall.db.execute("VACUUM INTO ?", (str(tmp_path / "motcua.sqlite"),))
    with running(tmp_path, now=clock, printer_of=NO_PRINTERS) as server:
        assert not openings.is_time(server.app.state.house, Watch(), 0.0)
