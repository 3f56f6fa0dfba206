"""A kiosk that is out of order: the same calm page everywhere, and where to go instead."""

import pytest

from operations import devices as minding
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, a_procedure, browser, request_id, seq
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running

PATHS = [
    "", "/queues", "/procedures", f"/procedures/{a_procedure()}", "/needs", "/sectors", "/appointments", "/scans",
]  # fmt: skip


@pytest.fixture(scope="module")
def clock():
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory, clock):
    with running(tmp_path_factory.mktemp("stopping") / "data", clock, printer_of=NO_PRINTERS) as server:
        yield server


@pytest.fixture(scope="module")
def kiosks(centre):
    return {name: browser(centre, f"motcua-device-{name}={centre.device_cookie(name)}") for name in ("K1", "K2")}


@pytest.fixture
def stopped(centre, clock, kiosks):
    """K1 is out of order until 8:30."""
    clock.at("08:00")
    centre.store.write_now(Act("ql02"), minding.stop_device, "K1", "paper", clock.moment.replace(minute=30))
    yield kiosks["K1"]
    centre.store.write_now(Act("ql02"), minding.resume_device, "K1")
    clock.at("08:00")


def check_calm(client, path: str) -> None:
    """The page says in three languages what is so, why, until when, and where to go."""
    page = client.get(f"/kiosk/K1{path}")
    assert page.status_code == 200
    for words in (
        "Ki-ốt này tạm ngừng", "hết giấy", "Dự kiến dùng lại lúc 08:30", "Ki-ốt K2, Sảnh tầng 2", "Quầy hướng dẫn",
        "This kiosk is out of service", "Hall on level 2", "Cette borne est hors service",
    ):  # fmt: skip
        assert words in page.text, words
    assert "<form method" not in page.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_asked_for_the_page_says_so(stopped, path):
    check_calm(stopped, path)


@pytest.mark.planted
def test_a_page_that_forgets_to_say_so_is_found(stopped, monkeypatch):
    monkeypatch.setattr("store.devices.stop_of", lambda db, device, now: None)
    with pytest.raises(AssertionError):
        check_calm(stopped, "")


@pytest.mark.parametrize("path", ["tickets", "check-ins", "scans", "arrivals", "departures"])
def test_nothing_can_be_taken_there_and_nothing_is_written(centre, stopped, path):
    before = seq(centre)
    form = {"queue": QUEUE, "text": "A001", "code": "AAAACCCC", "journey": "x" * 22, "request_id": request_id()}
    answer = stopped.post(f"/kiosk/K1/{path}", data=form, headers={"HX-Request": "true"})
    assert answer.status_code in (404, 409, 422)
    if path != "check-ins":  # an unknown code is unknown here, too
        assert "Ki-ốt này đang tạm ngừng" in answer.text
        assert answer.headers["hx-retarget"] == "#failure"
    assert seq(centre) == before


def test_a_program_with_the_kiosks_token_gets_no_number_either(centre, stopped):
    client = browser(centre)
    del client.headers["Origin"]
    client.headers["Authorization"] = f"Bearer {centre.bearer('device', 'K1')}"
    before = seq(centre)
    answer = client.post("/api/v1/tickets", json={"queue": QUEUE})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "kiosk-stopped")
    assert seq(centre) == before


def test_a_press_that_was_answered_before_is_answered_again(centre, kiosks, clock):
    form = {"queue": QUEUE, "request_id": request_id()}
    first = kiosks["K1"].post("/kiosk/K1/tickets", data=form)
    centre.store.write_now(Act("ql02"), minding.stop_device, "K1", "paper")
    try:
        again = kiosks["K1"].post("/kiosk/K1/tickets", data=form)
        assert again.headers["location"] == first.headers["location"]
        assert kiosks["K1"].get(first.headers["location"]).status_code == 200, "the number stays to be read"
    finally:
        centre.store.write_now(Act("ql02"), minding.resume_device, "K1")


def test_the_neighbour_works_on(stopped, kiosks):
    taken = kiosks["K2"].post("/kiosk/K2/tickets", data={"queue": QUEUE, "request_id": request_id()})
    assert taken.status_code == 303
    assert "out-of-order" not in kiosks["K2"].get("/kiosk/K2").text


def test_a_neighbour_that_is_out_of_order_too_is_not_named(centre, stopped):
    centre.store.write_now(Act("ql02"), minding.stop_device, "K2", "repair")
    try:
        page = stopped.get("/kiosk/K1").text
        assert "Ki-ốt K2" not in page
        assert "Quầy hướng dẫn" in page
    finally:
        centre.store.write_now(Act("ql02"), minding.resume_device, "K2")


def test_the_named_end_counts_by_itself(stopped, clock):
    clock.at("08:30")
    assert "out-of-order" not in stopped.get("/kiosk/K1").text


def test_the_language_of_the_page_comes_first(stopped):
    page = stopped.get("/kiosk/K1?lang=fr").text
    assert page.index("Cette borne est hors service") < page.index("Ki-ốt này tạm ngừng")
    assert "<h1>Cette borne" in page
