"""The signs of life of the screens: what is kept of them, when one is lost, and how a page is told to load anew."""

import asyncio
import json
from contextlib import suppress

import pytest

from domain.devices import SILENT_SECONDS
from operations import calling, shifts, ticketing
from operations import devices as minding
from store import devices as rows
from store.writer import Act
from tests.support.asking import browser, seq, watching
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running
from web import beats
from web.beats import Standing
from web.visitors import DEVICE_COOKIE

SAID = {
    "browser": "Chromium", "version": "142", "width": "1080", "height": "1920", "showing": "start",
    "page": "0.1.0", "age": "5",
}  # fmt: skip
RELOAD_WITHIN_SECONDS = 5


class Hall:
    """A server whose clock and timer are moved by hand, together."""

    def __init__(self, server, clock):
        self.server, self.clock = server, clock
        self.house, self.seconds = server.app.state.house, 0.0
        self.cookies = {}
        self.house.beats.timer = lambda: self.seconds
        self.house.beats._began = 0.0

    def forward(self, seconds):
        self.clock.forward(seconds=seconds)
        self.seconds += seconds

    def cookie(self, device):
        if device not in self.cookies:
            self.cookies[device] = f"{DEVICE_COOKIE}{device}={self.server.device_cookie(device)}"
        return self.cookies[device]

    def beat(self, device="K1", **changed):
        return browser(self.server, self.cookie(device)).post(f"/devices/{device}/beats", data={**SAID, **changed})

    def do(self, operation, *arguments, who="ql02"):
        return self.server.store.write_now(Act(who), operation, *arguments)

    def look(self):
        """What the watch does every few seconds."""
        found = beats.changes(self.house)
        self.do(minding.note_changes, found)
        return [(change.device, change.heard) for change in found]

    def stand(self, device="K1"):
        return next(stand for stand in beats.stands(self.house) if stand.device.id == device)


@pytest.fixture
def hall(tmp_path, monkeypatch):
    monkeypatch.setattr(beats, "LOOK_SECONDS", 3600.0)  # the tests look themselves
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock) as server:
        yield Hall(server, clock)


def test_a_screen_in_use_never_loses_its_pass(hall):
    """Browsers forget a cookie 400 days after it was set."""
    pass_again = hall.beat(age="3").headers["set-cookie"]
    assert pass_again.startswith(hall.cookie("K1") + ";")
    assert f"Max-Age={400 * 86400}" in pass_again
    assert "set-cookie" not in hall.beat(age="28").headers


def test_a_beat_is_kept_in_memory_and_the_journal_does_not_grow(hall):
    hall.cookie("K1")
    before = seq(hall.server)
    for _ in range(50):
        assert hall.beat().json() == {"reload": False}
        hall.forward(25)
        hall.look()
    assert hall.house.beats.heard("K1").beat.version == 142
    assert seq(hall.server) == before
    assert len(hall.server.store.read(rows.changes, "K1", 100)) == 1


@pytest.mark.parametrize("changed", [{"browser": "<script>"}, {"showing": "x"}, {"width": "-1"}, {"age": "1e9"}])
def test_a_wrong_beat_is_refused_by_name_and_kept_nowhere(hall, changed):
    answer = hall.beat(**changed)
    assert answer.status_code == 422
    assert hall.house.beats.heard("K1") is None


def test_a_beat_has_a_largest_size_and_a_door(hall):
    assert hall.beat(page="x" * 600).status_code == 413
    client = browser(hall.server)
    assert client.post("/devices/K1/beats", data=SAID).status_code == 401
    assert client.post("/devices/K1/beats", data=SAID, headers={"Cookie": hall.cookie("K2")}).status_code == 401


def test_a_silent_screen_is_lost_since_its_last_word_and_comes_back(hall):
    hall.beat()
    heard_at = hall.clock()
    assert hall.look() == [("K1", True)]
    hall.forward(SILENT_SECONDS)
    assert (hall.stand().standing, hall.look()) == (Standing.THERE, [])
    hall.forward(1)
    assert (hall.stand().standing, hall.stand().since) == (Standing.LOST, heard_at)
    assert hall.look() == [("K1", False)]
    hall.forward(600)
    assert hall.look() == []
    hall.beat()
    assert hall.look() == [("K1", True)]
    assert hall.stand().standing is Standing.THERE
    assert [change.heard for change in hall.server.store.read(rows.changes, "K1", 9)] == [True, False, True]


@pytest.mark.planted
def test_silence_that_nobody_counts_is_found(hall, monkeypatch):
    monkeypatch.setattr(beats, "is_silent", lambda house, device: False)
    with pytest.raises(AssertionError):
        test_a_silent_screen_is_lost_since_its_last_word_and_comes_back(hall)


def test_who_uses_a_kiosk_is_no_change_and_another_browser_is(hall):
    hall.beat()
    hall.look()
    hall.beat(showing="used", age="30")
    assert hall.look() == []
    hall.beat(version="143")
    assert hall.look() == [("K1", True)]
    hall.beat(showing="asleep")
    assert hall.look() == [("K1", True)]


def test_an_open_socket_counts_for_a_screen_that_has_not_spoken(hall):
    cookie = hall.cookie("W1")
    assert hall.stand("W1").standing is Standing.AWAITED
    hall.forward(SILENT_SECONDS + 1)
    assert hall.stand("W1").standing is Standing.LOST
    headers = {"Cookie": cookie, "Origin": hall.server.url}
    with watching(hall.server, "/display/W1/live", headers) as socket:
        socket.recv(timeout=5)
        assert hall.stand("W1").standing is Standing.THERE
        hall.beat("W1")
        hall.forward(SILENT_SECONDS + 1)
        assert hall.stand("W1").standing is Standing.LOST, "its page stands still although the line is open"


def test_what_is_known_outlives_a_restart(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock) as server:
        hall = Hall(server, clock)
        hall.beat()
        hall.look()
        hall.forward(SILENT_SECONDS + 1)
        hall.look()
        hall.do(minding.stop_device, "K1", "paper")
        cookie = hall.cookie("K1")
    clock.forward(minutes=20)
    with running(tmp_path / "data", clock) as server:
        again = Hall(server, clock)
        again.cookies["K1"] = cookie
        assert again.stand().standing is Standing.AWAITED
        again.forward(SILENT_SECONDS + 1)
        assert (again.stand().standing, again.stand().since) == (Standing.LOST, MORNING)
        page = browser(server, cookie).get("/kiosk/K1")
        assert (page.status_code, "out-of-order" in page.text) == (200, True)


def test_the_watch_notes_and_ends_by_itself(hall):
    hall.beat()
    hall.do(minding.stop_device, "K1", "cleaning", hall.clock.moment.replace(minute=30))
    asyncio.run(_look(hall))
    assert hall.server.store.read(rows.stopped).keys() == {"K1"}
    hall.forward(31 * 60)
    asyncio.run(_look(hall))
    assert hall.server.store.read(rows.stopped) == {}
    assert [change.heard for change in hall.server.store.read(rows.changes, "K1", 9)] == [False, True]


async def _look(hall) -> None:
    """The watch's own step; what it writes goes through the writer's thread."""
    store = hall.server.store

    async def write(act, operation, *arguments):
        return store.write_now(act, operation, *arguments)

    store.write = write
    try:
        await beats.look(hall.house)
    finally:
        del store.write


def told(socket) -> bool:
    """Whether 'load anew' comes over this socket within the time allowed."""
    with suppress(TimeoutError):
        while True:
            text = socket.recv(timeout=RELOAD_WITHIN_SECONDS)
            if text.startswith("{") and json.loads(text)["t"] == "reload":
                return True
            if text.startswith("{"):  # the second sign of life: nothing else is under way
                return False
    return False


@pytest.mark.parametrize(("operation", "arguments"), [
    (minding.ask_reload, ("K1",)), (minding.stop_device, ("K1", "paper")),
])  # fmt: skip
def test_the_page_is_told_over_its_own_line_and_nobody_elses(hall, operation, arguments):
    origin = {"Origin": hall.server.url}
    with (
        watching(hall.server, "/kiosk/K1/live", {"Cookie": hall.cookie("K1"), **origin}) as own,
        watching(hall.server, "/kiosk/K2/live", {"Cookie": hall.cookie("K2"), **origin}) as other,
    ):
        own.recv(timeout=5)
        other.recv(timeout=5)
        hall.do(operation, *arguments)
        assert told(own)
        assert not told(other)


def test_a_page_without_a_line_is_told_by_the_answer_to_its_next_beat(hall):
    hall.beat()
    hall.house.beats.ask_reload("K1")
    hall.forward(10)
    assert hall.beat(age="30").json() == {"reload": True}
    assert hall.beat(age="3").json() == {"reload": False}, "this page came after the wish"
    assert hall.beat("K2", age="30").json() == {"reload": False}


def test_a_page_that_shows_other_than_what_is_so_is_told(hall):
    hall.do(minding.stop_device, "K1", "paper")
    assert hall.beat(showing="start").json() == {"reload": True}
    assert hall.beat(showing="out").json() == {"reload": False}
    hall.do(minding.resume_device, "K1")
    assert hall.beat(showing="out").json() == {"reload": True}


def beat_reloads(hall, device, **changed):
    return hall.beat(device, **changed).json()["reload"]


def test_an_upgrade_lets_every_screen_load_its_page_anew(hall):
    for device in ("K1", "W1", "T1"):
        assert beat_reloads(hall, device) is False
        assert beat_reloads(hall, device, page="0.0.9") is True


@pytest.mark.parametrize(
    ("at", "age", "reload"),
    [("02:59", 90_000, False), ("03:00", 90_000, True), ("03:59", 90_000, True), ("04:00", 90_000, False),
     ("03:30", 3600, False)],
)  # fmt: skip
def test_a_wall_loads_its_page_anew_at_night_once(hall, at, age, reload):
    hall.clock.forward(days=1)
    hall.clock.at(at)
    assert beat_reloads(hall, "W1", age=str(age)) is reload
    assert beat_reloads(hall, "K1", age=str(age)) is False, "a kiosk does so when nobody stands there"


def test_no_wall_does_so_while_somebody_is_called(hall):
    hall.clock.at("03:10")
    hall.do(shifts.open_shift, 1, "cb01", who="cb01")
    hall.do(ticketing.take_ticket, "ho-tich")
    hall.do(calling.call_next, 1, "cb01", who="cb01")
    assert beat_reloads(hall, "W1", age="90000") is False
    hall.clock.forward(minutes=11)
    assert beat_reloads(hall, "W1", age="90000") is True
