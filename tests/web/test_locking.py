"""A locked screen opens nothing until its PIN is given, and keeps counter and ticket."""

import pytest

from operations import shifts, ticketing
from store import counters
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, request_id
from tests.support.servers import running
from web import sessions
from web.locking import is_fit


@pytest.fixture
def centre(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "HASHER", sessions.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    sessions._decoy.cache_clear()
    with running(tmp_path / "data", printer_of=NO_PRINTERS) as server:
        yield server
    sessions._decoy.cache_clear()
    sessions._misses.clear()


@pytest.fixture
def clerk(centre):
    """At counter 1, with a PIN."""
    found = browser(centre, f"motcua-person={centre.person_cookie('cb01')}")
    centre.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    assert "Đã đặt mã PIN" in found.post("/pin", data={"pin": "2580", "request_id": request_id()}).text
    return found


def locked(clerk) -> None:
    answer = clerk.post("/lock", data={"next": "/counter/1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/locked?next=%2Fcounter%2F1")


def test_a_locked_screen_shows_and_does_nothing(centre, clerk):
    locked(clerk)
    centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    assert clerk.get("/counter/1").headers["location"] == "/sign-in?next=/counter/1"
    assert clerk.get("/sign-in?next=/counter/1").headers["location"].startswith("/locked")
    assert clerk.post("/counter/1/calls", data={"request_id": request_id()}).status_code == 401
    page = clerk.get("/locked?next=/counter/1").text
    assert "Hộ tịch" not in page
    assert "A\u202f001" not in page


def test_the_pin_opens_it_and_the_counter_is_still_the_clerks(centre, clerk):
    locked(clerk)
    wrong = clerk.post("/unlock", data={"pin": "1111", "next": "/counter/1"})
    assert (wrong.status_code, "chưa đúng" in wrong.text) == (403, True)
    answer = clerk.post("/unlock", data={"pin": "2580", "next": "/counter/1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/counter/1")
    assert clerk.get("/counter/1").status_code == 200
    assert centre.store.read(counters.shift_at, 1).person == "cb01"


def test_pins_are_not_guessed(centre, clerk):
    locked(clerk)
    answers = [clerk.post("/unlock", data={"pin": f"{n:04d}"}).status_code for n in range(9)]
    assert answers == [403] * 8 + [429]
    assert clerk.post("/unlock", data={"pin": "2580"}).status_code == 429


def test_another_browser_of_the_same_person_stays_open(centre, clerk):
    other = browser(centre, f"motcua-person={centre.person_cookie('cb01')}")
    locked(clerk)
    assert other.get("/counter/1").status_code == 200


def test_a_locked_screen_can_be_signed_out_for_somebody_else(clerk):
    locked(clerk)
    assert clerk.post("/sign-out").headers["location"] == "/sign-in"
    assert clerk.get("/sign-in").status_code == 200


@pytest.mark.parametrize(("pin", "fit"), [("2580", True), ("19283746", True), ("123", False), ("123456789", False),
    ("1111", False), ("1234", False), ("9876", False), ("12a4", False), ("٢٥٨٠", False), ("", False)])  # fmt: skip
def test_a_pin_is_short_and_not_the_first_one_to_try(pin, fit):
    assert is_fit(pin) is fit


@pytest.mark.planted
def test_a_lock_that_only_hides_is_found(centre, clerk, monkeypatch):
    monkeypatch.setattr("operations.entering.people.mark_locked", lambda db, token, *, locked: "cb01")
    locked_quietly = clerk.post("/lock", data={"next": "/counter/1"})
    assert locked_quietly.status_code == 303
    with pytest.raises((AssertionError, KeyError)):
        test_a_locked_screen_shows_and_does_nothing(centre, clerk)
