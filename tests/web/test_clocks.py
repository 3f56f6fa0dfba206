"""A clock that contradicts the journal is said on every staff page, and on no page of a citizen."""

from datetime import timedelta

import pytest

from operations import ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running
from web import clocks

SAID = "Đồng hồ máy chủ có thể sai"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def server(tmp_path, clock):
    with running(tmp_path / "data", now=clock, printer_of=NO_PRINTERS) as found:
        yield found


def signed_in(server, person):
    return browser(server, f"motcua-person={server.person_cookie(person)}")


def take(server):
    server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")


@pytest.mark.parametrize(
    ("back", "is_wrong"),
    [
        ({}, False),
        ({"minutes": 2}, False),
        ({"minutes": 2, "seconds": 1}, True),
        ({"hours": 5}, True),
        ({"days": 1}, True),
    ],
)
def test_two_minutes_are_forgiven(server, clock, back, is_wrong):
    take(server)
    clock.moment = MORNING - timedelta(**back)
    assert (clocks.trouble(server.app.state.house) is not None) is is_wrong


def test_a_day_that_lies_ahead_stays_wrong_after_the_next_event(server, clock):
    clock.moment = MORNING + timedelta(days=3)
    take(server)
    clock.moment = MORNING
    take(server)
    found = clocks.trouble(server.app.state.house)
    assert (found.label - MORNING.date()).days == 3


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("cb01", "/counter"),
        ("ql02", "/admin/floor"),
        ("ql03", "/admin"),
        ("ql04", "/admin"),
        ("ql02", "/admin/desk"),
    ],
)
def test_every_staff_page_says_so(server, clock, person, path):
    take(server)
    clock.moment = MORNING - timedelta(hours=3)
    signed = signed_in(server, person)
    take(server)  # the sign-in was an event of its own, at the wrong time
    clock.moment = MORNING - timedelta(hours=4)
    page = signed.get(path).text
    assert SAID in page
    assert "motcua day repair" in page
    clock.moment = MORNING
    assert SAID not in signed.get(path).text


def test_the_date_is_named_where_the_day_lies_ahead(server, clock):
    clock.moment = MORNING + timedelta(days=1)
    take(server)
    clock.moment = MORNING
    page = signed_in(server, "ql02").get("/admin").text
    assert "máy chủ đang ghi 23/11/2026, mà ngày làm việc mới nhất là 24/11/2026" in page


def test_citizens_read_nothing_of_it(server, clock):
    clock.moment = MORNING + timedelta(days=1)
    take(server)
    clock.moment = MORNING
    kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
    assert SAID not in kiosk.get("/kiosk/K1").text
    assert SAID not in kiosk.get("/sign-in").text


def test_a_file_without_any_event_says_nothing(tmp_path):
    from sqlite_utils.utils import sqlite3

    from store import migrations

    path = tmp_path / "motcua.sqlite"
    db = sqlite3.connect(str(path), isolation_level=None)
    migrations.upgrade(db)
    db.close()
    with running(tmp_path, now=HandClock(), printer_of=NO_PRINTERS) as server:
        assert clocks.trouble(server.app.state.house) is None
