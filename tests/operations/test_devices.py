"""A kiosk out of order gives no number, whichever way it is asked; others do not notice."""

from datetime import datetime, timedelta

import pytest

from domain.devices import KioskStopped
from domain.errors import Invalid, NotFound
from domain.events import DeviceReloadAsked
from operations import devices, ticketing
from operations.devices import LONGEST_STOP
from store import devices as rows
from store.devices import KEPT_CHANGES, Change
from tests.support.halls import MORNING


def take(hall, kiosk="K1"):
    return hall.do(ticketing.take_ticket, "ho-tich", who=f"device:{kiosk}")


def test_out_of_order_until_somebody_says_otherwise(hall):
    hall.do(devices.stop_device, "K1", "paper", who="ql02")
    before = hall.one("SELECT count(*) FROM journal")
    with pytest.raises(KioskStopped):
        take(hall)
    assert hall.one("SELECT count(*) FROM journal") == before
    assert take(hall, "K2").n == 1
    assert hall.do(ticketing.take_ticket, "ho-tich", who="cb01").n == 2
    hall.do(devices.resume_device, "K1", who="ql02")
    assert take(hall).n == 3


def test_who_stopped_it_why_and_since_when_is_kept(hall):
    until = hall.clock() + timedelta(hours=1)
    hall.do(devices.stop_device, "K1", "cleaning", until, who="ql02")
    stop = rows.stopped(hall.db)["K1"]
    assert (stop.reason, stop.since, stop.until, stop.who) == ("cleaning", MORNING, until, "ql02")


def test_a_named_end_comes_by_itself(hall):
    hall.do(devices.stop_device, "K1", "cleaning", hall.clock() + timedelta(minutes=30))
    hall.clock.forward(minutes=29)
    assert hall.do(devices.end_stops) == 0
    hall.clock.forward(minutes=1)
    assert take(hall).n == 1
    assert hall.do(devices.end_stops) == 1
    assert hall.do(devices.end_stops) == 0
    assert rows.stopped(hall.db) == {}


@pytest.mark.parametrize(("device", "reason", "until", "error"), [
    ("K7", "paper", None, NotFound),
    ("W1", "paper", None, Invalid),
    ("K1", "hết giấy", None, Invalid),
    ("K1", "paper", MORNING, Invalid),
    ("K1", "paper", MORNING + LONGEST_STOP + timedelta(seconds=1), Invalid),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(hall, device: str, reason: str, until: datetime | None, error):
    with pytest.raises(error):
        hall.do(devices.stop_device, device, reason, until)
    assert rows.stopped(hall.db) == {}


def test_back_in_order_twice_is_once(hall):
    hall.do(devices.stop_device, "K1", "paper")
    hall.do(devices.resume_device, "K1")
    before = hall.one("SELECT count(*) FROM journal")
    hall.do(devices.resume_device, "K1")
    assert hall.one("SELECT count(*) FROM journal") == before


def test_a_wish_to_load_anew_is_noted(hall):
    hall.do(devices.ask_reload, "W1", who="ql03")
    assert (hall.events[-1].event, hall.events[-1].who) == (DeviceReloadAsked("W1"), "ql03")


def test_the_oldest_changes_are_forgotten_of_each_screen_apart(hall):
    before = hall.one("SELECT count(*) FROM journal")
    for n in range(KEPT_CHANGES + 5):
        hall.do(devices.note_changes, [Change("K1", hall.clock.forward(seconds=1), n % 2 == 0, {"n": n})])
    hall.do(devices.note_changes, [Change("W1", MORNING, True, {})])
    kept = rows.changes(hall.db, "K1", 100)
    assert (len(kept), kept[0].told, kept[-1].told) == (KEPT_CHANGES, {"n": KEPT_CHANGES + 4}, {"n": 5})
    assert {device: change.heard for device, change in rows.last_changes(hall.db).items()} == {
        "K1": True, "W1": True,
    }  # fmt: skip
    assert hall.one("SELECT count(*) FROM journal") == before


@pytest.mark.planted
def test_a_kiosk_that_is_not_asked_is_found(hall, monkeypatch):
    monkeypatch.setattr(ticketing, "check_in_order", lambda tx: None)
    with pytest.raises(BaseException, match="DID NOT RAISE"):
        test_out_of_order_until_somebody_says_otherwise(hall)
