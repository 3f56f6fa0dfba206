"""The check before opening, each finding made bad and good again."""

import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.devices import Beat, Showing
from operations import devices, managing, opening, shifts, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, seq, watching
from tests.support.halls import MORNING, HandClock, demo_centre
from tests.support.servers import running
from web.devices import SCREENS
from web.voice import Pack


class Morning:
    """One hall before opening; its clock stands at Monday 08:00."""

    def __init__(self, server, clock):
        self.server, self.clock = server, clock
        self.sign_in()

    def sign_in(self):
        self.manager = browser(self.server, f"motcua-person={self.server.person_cookie('ql02')}")

    def days_later(self, days):
        """A sign-in lasts 12 hours."""
        self.clock.forward(days=days)
        self.sign_in()

    def do(self, operation, *arguments, who="test"):
        return self.server.store.write_now(Act(who), operation, *arguments)

    def look(self):
        """The findings: what is wrong and what is well, as words by subject."""
        answer = self.manager.get("/admin/morning")
        assert answer.status_code == 200
        lists = re.findall(r'<(?:ol|ul) class="findings(?: well)?">(.*?)</(?:ol|ul)>', answer.text, re.S)
        rows = [re.findall(r"<b>(.*?)</b> <span>(.*?)</span>", part) for part in lists]
        wrong, well = rows if len(rows) == 2 else ([], rows[0])
        assert ("Sẵn sàng đón dân" in answer.text) is (not wrong)
        return dict(wrong), dict(well)

    def man_every_queue(self):
        for counter in range(1, 13):
            self.do(shifts.open_shift, counter, f"cb{counter:02d}")

    def back_up(self, at):
        folder = self.server.data / "backups"
        folder.mkdir(exist_ok=True)
        copy = folder / "motcua-x.sqlite"
        copy.write_bytes(b"x")
        os.utime(copy, (at.timestamp(), at.timestamp()))

    def printers_say(self, **facts):
        """What the printers would answer; nobody is asked."""
        state = type("Health", (), {
            "trouble": "", "answers": True, "near_end": False, "last_proof": None, "looked": MORNING, **facts,
        })  # fmt: skip
        found = {printer.id: state for printer in demo_centre().printers}
        object.__setattr__(self.server.app.state.house, "printers", lambda: found)


@pytest.fixture
def morning(tmp_path):
    clock = HandClock()
    with running(tmp_path / "data", now=clock, printer_of=NO_PRINTERS) as server:
        yield Morning(server, clock)


def all_well(morning) -> list:
    """Everything as it should be at opening; gives the open screens."""
    morning.man_every_queue()
    morning.back_up(MORNING - timedelta(hours=1))
    morning.printers_say()
    screens = []
    for device in (d for d in demo_centre().devices if d.kind in ("kiosk", "wall")):
        path = f"{SCREENS[device.kind]}{device.id}/live"
        cookie = f"motcua-device-{device.id}={morning.server.device_cookie(device.id)}"
        screens.append(watching(morning.server, path, {"Cookie": cookie, "Origin": morning.server.url}))
    return screens


def test_one_green_line_when_all_is_well(morning):
    screens = all_well(morning)
    try:
        for screen in screens:
            screen.__enter__().recv(timeout=5)
        wrong, well = morning.look()
        assert wrong == {}
        assert well["K1 · " + demo_centre().devices[0].name] == "Đang kết nối."
        assert well["Máy in P1"] == "Kết nối được, còn giấy."
        assert well["Quầy"] == "Hàng nào cũng có cán bộ ở quầy."
        assert well["Đồng hồ"] == "Máy chủ ghi 08:00 23/11/2026."
    finally:
        for screen in screens:
            screen.__exit__(None, None, None)


def test_a_printer_that_is_not_there_is_named(morning):
    wrong, _ = morning.look()
    assert "Máy in P1" in wrong
    assert "Máy in P2" in wrong


@pytest.mark.parametrize(("facts", "well", "words"), [
    ({"trouble": "hết giấy"}, False, "Máy in báo: hết giấy. Hãy đến xem máy, sửa xong bấm “Kiểm tra lại”."),
    ({"near_end": True}, False, "Sắp hết giấy: thay cuộn mới trước giờ mở cửa."),
    ({"answers": False}, True, "Kết nối được; máy này không báo giấy, hãy nhìn cuộn giấy."),
    ({"looked": None}, False, "Chưa hỏi được máy in: chờ vài giây rồi bấm “Kiểm tra lại”."),
    ({}, True, "Kết nối được, còn giấy."),
])  # fmt: skip
def test_a_printer_in_words(morning, facts, well, words):
    morning.printers_say(**facts)
    assert morning.look()[int(well)]["Máy in P1"] == words


def test_a_screen_counts_for_one_minute_after_its_last_sign(morning):
    wrong, _ = morning.look()
    name = "W1 · " + next(d.name for d in demo_centre().devices if d.id == "W1")
    assert wrong[name].startswith("Chưa ghép")
    cookie = f"motcua-device-W1={morning.server.device_cookie('W1')}"
    assert morning.look()[0][name].startswith("Không thấy màn hình")
    with watching(morning.server, "/display/W1/live", {"Cookie": cookie, "Origin": morning.server.url}) as socket:
        socket.recv(timeout=5)
        assert morning.look()[1][name] == "Đang kết nối."
    hub = morning.server.app.state.house.hub
    while hub.screens:
        morning.look()
    assert 0 < hub.silent_seconds("device:W1") < 60
    assert name in morning.look()[1]
    hub._left["device:W1"] -= 60
    assert morning.look()[0][name].startswith("Không thấy màn hình")


@pytest.mark.parametrize(("changed", "words"), [
    ({"version": 109}, "Chromium 109 quá cũ: cập nhật lên 120 trở lên."),
    ({"showing": Showing.ASLEEP}, "Màn hình tắt hoặc bị che: đến đánh thức màn hình."),
    ({}, "Đang kết nối."),
])  # fmt: skip
def test_a_screen_as_it_says_of_itself(morning, changed, words):
    morning.server.device_cookie("K1")
    said = Beat("Chromium", 142, 1080, 1920, Showing.START, "1", 5)
    morning.server.app.state.house.beats.note("K1", replace(said, **changed), morning.clock())
    wrong, well = morning.look()
    assert (wrong if changed else well)["K1 · " + demo_centre().devices[0].name] == words
    morning.server.app.state.house.beats.timer = lambda: 1e9
    assert morning.look()[0]["K1 · " + demo_centre().devices[0].name].startswith("Không thấy màn hình")


def test_a_kiosk_out_of_order_is_found_before_opening(morning):
    morning.server.device_cookie("K1")
    said = Beat("Chromium", 142, 1080, 1920, Showing.OUT, "1", 5)
    morning.server.app.state.house.beats.note("K1", said, morning.clock())
    morning.do(devices.stop_device, "K1", "paper")
    assert morning.look()[0]["K1 · " + demo_centre().devices[0].name].startswith("Đang tạm ngừng (hết giấy):")


def test_a_hall_without_vietnamese_voice_is_not_ready(morning, monkeypatch):
    assert "vi" in morning.look()[1]["Giọng nói"]
    heard = morning.manager.get("/admin/morning/voice/vi.wav")
    assert (heard.status_code, heard.headers["content-type"], heard.content[:4]) == (200, "audio/wav", b"RIFF")
    packs = morning.server.app.state.packs
    taken, rest = packs["vi"], {name: pack for name, pack in packs.names.items() if pack.language != "vi"}
    monkeypatch.setattr(packs, "_named", rest)
    assert morning.look()[0]["Giọng nói"].startswith("Chưa có giọng nói tiếng Việt")
    assert morning.manager.get("/admin/morning/voice/vi.wav").status_code == 404
    rest["vi-north"] = Pack("vi", taken.licence, taken.rate, dict(list(taken._clips.items())[1:]))
    assert morning.look()[0]["Giọng nói"] == "Giọng vi thiếu 1 đoạn: chạy lại scripts/setup trên máy chủ."
    assert morning.manager.get("/admin/morning/voice/vi.wav").status_code == 404


def test_trying_the_voice_calls_nobody(morning):
    before = seq(morning.server)
    assert morning.manager.get("/admin/morning/voice/en.wav").status_code == 200
    assert seq(morning.server) == before


def test_every_queue_needs_somebody_unless_it_is_stopped(morning):
    assert morning.look()[0]["E · Đất đai"].startswith("Chưa có cán bộ ở quầy nào")
    morning.do(managing.stop_queue, "dat-dai", "nghỉ hôm nay")
    assert "E · Đất đai" not in morning.look()[0]
    morning.man_every_queue()
    assert "Quầy" in morning.look()[1]


def test_a_number_left_from_yesterday_is_found_unless_it_was_kept(morning):
    morning.do(ticketing.take_ticket, "ho-tich")
    assert "Ngày hôm trước" in morning.look()[1]
    morning.days_later(1)
    assert morning.look()[0]["Ngày hôm trước"].startswith("Còn 1 số chưa xong ở hàng A:")
    morning.do(managing.keep_queue, "ho-tich", "mất điện")
    assert "Ngày hôm trước" in morning.look()[1]
    morning.do(ticketing.take_ticket, "cu-tru")
    assert "Ngày hôm trước" in morning.look()[1]


def test_yesterdays_day_is_closed_by_todays_first_act(morning):
    morning.do(ticketing.take_ticket, "ho-tich")
    morning.days_later(1)
    morning.man_every_queue()
    assert "Ngày hôm trước" in morning.look()[1]


def test_the_clock_is_asked_what_the_journal_says(morning):
    morning.do(ticketing.take_ticket, "ho-tich")
    morning.clock.forward(minutes=-3)
    assert "motcua day repair" in morning.look()[0]["Đồng hồ"]
    morning.days_later(20)
    assert morning.look()[0]["Đồng hồ"].startswith("Đã quá 15 ngày")
    morning.do(opening.confirm_day)
    assert "Đồng hồ" in morning.look()[1]


def test_the_age_of_the_newest_copy(morning):
    assert morning.look()[0]["Bản sao lưu"].startswith("Không biết")
    morning.back_up(MORNING - timedelta(hours=27))
    assert "05:00 22/11/2026" in morning.look()[0]["Bản sao lưu"]
    morning.back_up(MORNING - timedelta(hours=25))
    assert morning.look()[1]["Bản sao lưu"] == "Bản mới nhất lúc 07:00 22/11/2026."


def test_a_full_disk_is_found(morning, monkeypatch):
    assert "Chỗ trống trên đĩa" in morning.look()[1]
    monkeypatch.setattr("web.health.ROOM_NEEDED", 1 << 62)
    assert morning.look()[0]["Chỗ trống trên đĩa"].startswith("Đĩa sắp đầy")


def test_a_slip_is_asked_for_by_nobody_and_nothing_is_recorded(morning):
    before = seq(morning.server)
    morning.look()
    assert seq(morning.server) == before
