"""The page of devices: how each is in words, what can be done, and by whom."""

import re
from dataclasses import replace
from importlib.metadata import version

import pytest

from domain.devices import Beat, Showing
from domain.events import DeviceReloadAsked, DeviceResumed, DeviceStopped, PersonAdded
from domain.routing import served_queues
from operations import devices as minding
from operations import managing
from store import devices as rows
from store.writer import Act
from tests.printers.agent_hall import centre_with_agent
from tests.support.asking import NO_PRINTERS, browser, request_id, seq
from tests.support.halls import MORNING, HandClock, demo_calendar
from tests.support.servers import running
from web.visitors import SIGN_IN_COOKIE

WELL = Beat("Chromium", 142, 1080, 1920, Showing.START, "0", 5)


@pytest.fixture
def hall(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        server.app.state.house.beats.timer = lambda: server.seconds
        server.seconds, server.app.state.house.beats._began, server.clock = 0.0, 0.0, clock
        yield server


def person(server, name="ql02"):
    return browser(server, f"{SIGN_IN_COOKIE}={server.person_cookie(name)}")


def card(server, device, client=None):
    """The card of one device as plain text."""
    page = (client or person(server)).get("/admin/devices")
    assert page.status_code == 200
    found = re.search(rf'<section class="card printer device"><h2>{device} ·.*?</section>', page.text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def say(server, device="K1", **changed):
    beat = replace(WELL, **{"page": version("motcua"), **changed})
    server.device_cookie(device)
    server.app.state.house.beats.note(device, beat, server.clock())


@pytest.mark.parametrize(("changed", "words"), [
    ({}, "đang chạy"),
    ({"showing": Showing.USED}, "có người đang dùng"),
    ({"showing": Showing.ASLEEP}, "màn hình tắt hoặc bị che Đến xem máy"),
    ({"showing": Showing.OFFLINE}, "hình đã cũ Trang mở nhưng không nhận được hình mới"),
    ({"version": 109}, "đang chạy Trình duyệt quá cũ: cập nhật Chromium lên 120 trở lên."),
    ({"page": "0.0.1"}, "Trang của bản cũ: bấm “Tải lại”."),
])  # fmt: skip
def test_a_screen_in_words(hall, changed, words):
    say(hall, **changed)
    assert words in card(hall, "K1")


def test_browser_size_and_printer_are_told(hall):
    say(hall)
    told = card(hall, "K1")
    assert "Chromium 142 · 1080 × 1920" in told
    assert "Máy in P1" in told


def test_a_lost_screen_says_since_when_and_what_to_do(hall):
    say(hall)
    hall.seconds = 61.0
    hall.clock.forward(seconds=61)
    assert "mất liên lạc từ 08:00 Đến xem máy: bật máy" in card(hall, "K1")
    assert "chưa ghép" in card(hall, "W2")


def test_a_print_agent_is_there_or_not(hall):
    hall.store.write_now(Act("test"), managing.load_centre, centre_with_agent(), demo_calendar())
    assert "chưa ghép" in card(hall, "IN1")
    hall.device_cookie("IN1")
    assert "chưa kết nối Đến máy có máy in" in card(hall, "IN1")
    hall.app.state.agents._lines["IN1"] = None
    assert "đang kết nối" in card(hall, "IN1")
    before = seq(hall)
    assert person(hall).post("/admin/devices/IN1/reloads", data={"request_id": request_id()}).status_code == 422
    assert seq(hall) - before == 1  # the sign-in


def test_out_of_order_from_this_page_and_back(hall):
    say(hall)
    client = person(hall)
    form = {"reason": "cleaning", "until": "09:30", "request_id": request_id()}
    assert client.post("/admin/devices/K1/stops", data=form).headers["location"] == "/admin/devices"
    told = card(hall, "K1")
    assert "tạm ngừng, không cấp số" in told
    assert "Lý do: đang lau chùi. Từ 08:00, " in told
    assert "Đến 09:30." in told
    stop = hall.store.read(rows.stopped)["K1"]
    assert (stop.reason, stop.who) == ("cleaning", "ql02")
    client.post("/admin/devices/K1/resumptions", data={"request_id": request_id()})
    assert hall.store.read(rows.stopped) == {}
    told = client.get("/admin/floor").text
    assert "Ki-ốt tạm ngừng" not in told


def test_the_floor_tells_who_is_lost_and_what_is_out_of_order(hall):
    say(hall)
    hall.store.write_now(Act("ql02"), minding.stop_device, "K2", "printer")
    hall.seconds = 61.0
    told = person(hall).get("/admin/floor").text
    assert "Mất liên lạc: K1 từ 08:00." in told
    assert "Ki-ốt tạm ngừng: K2 (máy in hỏng)." in told
    assert 'href="/admin/devices"' in told


@pytest.mark.parametrize("form", [
    {"reason": "hết giấy"}, {"reason": ""}, {"reason": "paper", "until": "07:00"},
    {"reason": "paper", "until": "25:00"},
])  # fmt: skip
def test_a_wrong_form_is_refused_and_nothing_is_stopped(hall, form):
    before = seq(hall)
    answer = person(hall).post("/admin/devices/K1/stops", data={**form, "request_id": request_id()})
    assert answer.status_code == 422
    assert hall.store.read(rows.stopped) == {}
    assert seq(hall) - before == 1  # the sign-in


def test_what_is_done_stands_in_the_journal_with_who_did_it(hall):
    client, noted = person(hall), []
    hall.store.listen(noted.extend)
    for act, form in (("stops", {"reason": "paper"}), ("resumptions", {}), ("reloads", {})):
        client.post(f"/admin/devices/K1/{act}", data={**form, "request_id": request_id()})
    kinds = (DeviceStopped, DeviceResumed, DeviceReloadAsked)
    own = [(recorded.who, type(recorded.event)) for recorded in noted if isinstance(recorded.event, kinds)]
    assert own == [("ql02", DeviceStopped), ("ql02", DeviceResumed), ("ql02", DeviceReloadAsked)]


def department(server, agency="cong-an-tinh"):
    """A manager of one agency only."""
    event = PersonAdded("cb16", ["manager"], agency, None)
    server.store.write_now(Act("test"), lambda tx: tx.record(event).seq)
    return person(server, "cb16")


def test_a_departments_manager_sees_what_stands_at_the_own_counters(hall):
    client, centre = department(hall, "dat-dai"), hall.store.centre()
    queues = {queue.id for queue in centre.queues if queue.agency == "dat-dai"}
    own = {counter.zone for counter in centre.counters if queues & set(served_queues(counter))}
    for device in centre.devices:
        seen = card(hall, device.id, client)
        assert bool(seen) is (device.zone in own and device.counter is None), device.id


def test_a_departments_manager_minds_no_kiosk_that_others_need(hall):
    client = department(hall, "dat-dai")
    assert "Tạm ngừng…" not in card(hall, "K2", client)
    before = seq(hall)
    for act in ("stops", "resumptions", "reloads"):
        for device in ("K1", "K2"):
            answer = client.post(f"/admin/devices/{device}/{act}", data={"reason": "paper"})
            assert answer.status_code == 404
    assert seq(hall) == before


@pytest.mark.planted
def test_a_forgotten_department_is_found(hall, monkeypatch):
    monkeypatch.setattr("web.scope._department", lambda person, centre: None)
    with pytest.raises(AssertionError):
        test_a_departments_manager_minds_no_kiosk_that_others_need(hall)


def test_an_auditor_reads_and_presses_nothing(hall):
    say(hall)
    client = person(hall, "ql04")
    assert "đang chạy" in card(hall, "K1", client)
    assert "Tải lại" not in card(hall, "K1", client)
    assert client.post("/admin/devices/K1/reloads", data={}).status_code == 403


def test_the_words_are_there_in_every_language(hall):
    say(hall)
    client = person(hall)
    for language, words in (("en", "Kiosks and screens"), ("fr", "Bornes et écrans")):
        assert f"<h1>{words}</h1>" in client.get(f"/admin/devices?lang={language}").text
