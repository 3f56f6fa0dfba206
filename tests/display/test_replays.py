"""A past day on the wall: at every instant the very picture that the wall had then."""

import re
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis.stateful import invariant
from sqlite_utils.utils import sqlite3

from display import replays, views
from display.views import hall_picture
from domain.announcements import Outcome
from domain.centre_rules import Text
from domain.tickets import milliseconds
from domain.waiting.boards import NOTHING_KNOWN, WaitBoard
from operations import calling, managing, opening, posting, shifts, speaking, ticketing
from operations.speaking import Ended
from store import days, journal, past_halls
from store.database import DatabaseError
from store.past_halls import PastStore
from store.writer import Act
from tests.operations.day_machine import Tables, live_days
from tests.operations.day_screens import LANGUAGE, Screens
from tests.support.asking import NO_PRINTERS, seq
from tests.support.forecasts import refresh
from tests.support.halls import MORNING, Hall, HandClock
from tests.support.servers import running
from tests.support.sizes import size
from web.house import House
from web.live import Hub

ZONES = ("khu-1", "khu-3")
Shots = dict[tuple[int, datetime], tuple[int, dict[str, str]]]


@dataclass
class Camera:
    """Keeps the walls of a hall at every instant, and looks later whether they are played as they were."""

    hall: Hall
    shots: Shots = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.house = Screens(self.hall).house

    def shoot(self, waits: WaitBoard = NOTHING_KNOWN) -> None:
        """Both walls as they are now; what comes at the same instant takes their place."""
        day = days.newest(self.hall.db)
        if day is not None:
            store = PastStore(self.hall.db, journal.head(self.hall.db)[0], waits)
            now = replace(self.house, store=store, hub=Hub(store), now=lambda at=self.hall.clock(): at)
            self.shots[day.id, now.now()] = (
                store.seen,
                {zone: hall_picture(now, zone, LANGUAGE) for zone in ZONES},
            )

    def check(self) -> int:
        """Every picture once more, from a file of what the hall has become; gives how many were compared."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "then.sqlite"
            copy = sqlite3.connect(str(file))
            self.hall.db.backup(copy)
            copy.close()
            compared = 0
            for (day, at), (seen, pictures) in self.shots.items():
                if self._is_one_instant(day, at, seen):
                    compared += 1
                    for zone, meant in pictures.items():
                        assert self._played(file, day, at, zone) == meant, f"{zone} of day {day} at {at}"
            return compared

    def _is_one_instant(self, day: int, at: datetime, seen: int) -> bool:
        """Whether the events until then are those with an earlier time: a clock that went back has no instants."""
        wrong = "SELECT 1 FROM journal WHERE day = ? AND (seq <= ?) <> (at <= ?)"
        others = "SELECT count(*) - count(DISTINCT opened_at) FROM days"
        return not self.hall.one(others) and self.hall.one(wrong, day, seen, milliseconds(at)) is None

    def _played(self, file: Path, day: int, at: datetime, zone: str) -> str:
        house: House = replace(self.house, store=Somewhere(file))  # type: ignore[arg-type]
        return house.pages.render(
            "display/_hall_live.html", LANGUAGE, **replays.picture(house, day, at, zone, LANGUAGE)
        )


@dataclass
class Somewhere:
    """All that a replay asks of the store of now."""

    path: Path


class Filmed(Tables):
    """Acts in any order, with a camera before both walls."""

    def __init__(self) -> None:
        super().__init__()
        self.camera = Camera(self.hall)

    @invariant()
    def the_walls_are_kept(self):
        self.camera.shoot()

    def teardown(self) -> None:
        self.camera.check()
        super().teardown()


def test_any_day_is_played_as_it_was():
    live_days(size("replays", 15, 1000), Filmed)


@pytest.mark.planted
@pytest.mark.parametrize(
    "fault",
    [
        lambda sql: sql.replace("json_extract(m.standing, '$[0]')", "t.state"),
        lambda sql: sql.replace("seq <= :seen", "seq <= :seen + 3") if "calls" in sql else sql,
        lambda sql: sql.replace("t.called_at IS NULL", "t.called_at IS NOT NULL"),
        lambda sql: sql.replace("t.kept_from END", "NULL END"),
        lambda sql: sql.replace("kept_from IS NOT NULL", "kept_from IS NULL"),
    ],
    ids=["state of now", "calls to come", "the unserved", "kept without their day", "nobody kept"],
)
def test_a_wrong_reading_is_seen(fault, monkeypatch):
    monkeypatch.setattr(past_halls, "_COPIES", tuple(map(fault, past_halls._COPIES)))
    with pytest.raises(AssertionError):
        live_days(300, Filmed, shrink=False)


@pytest.mark.planted
def test_a_stop_that_is_forgotten_is_seen(monkeypatch):
    monkeypatch.setattr(past_halls, "_stop", lambda db: None)
    with pytest.raises(AssertionError):
        live_days(300, Filmed, shrink=False)


@pytest.fixture
def filmed(hall: Hall) -> Camera:
    """A morning with a text on the wall, a pause, counters that serve something else, and calls nobody heard."""
    camera = Camera(hall)

    def do(operation: Any, *args: Any, **kwargs: Any) -> Any:
        hall.clock.forward(seconds=7)
        answer = hall.do(operation, *args, who="cb01", **kwargs)
        camera.shoot()
        return answer

    do(shifts.open_shift, 1, "cb01")
    text = do(posting.post_bulletin, "tang-1", Text("Chiều nay nghỉ", "", ""), None, None)
    for outcome in (Outcome.SPOKEN, Outcome.LATE, Outcome.BROKEN):
        do(ticketing.take_ticket, "ho-tich", "vi", None)
        do(calling.call_next, 1, "cb01")
        do(speaking.end_announcements, "khu-1", [Ended(hall.one("SELECT max(seq) FROM calls"), outcome, 3.0)])
    do(calling.finish, 1, "cb01")
    do(shifts.pause, 1, "cb01", "break", 15)
    do(posting.take_down, "tang-1", text)
    do(managing.stop_hall, "tang-1", "Mất điện")
    do(managing.resume_queue, "cu-tru")
    do(managing.resume_hall, "tang-1")
    do(shifts.resume, 1, "cb01")
    do(shifts.close_shift, 1, "cb01")
    hall.clock.forward(days=1)
    do(opening.ensure_day)
    return camera


def test_texts_pauses_stops_and_what_was_not_heard_are_played(filmed):
    assert filmed.check() == len(filmed.shots) > 15
    pictures = [pictures["khu-1"] for _, pictures in filmed.shots.values()]
    for words in ("Chiều nay nghỉ", "ất điện", "Số này chưa được đọc loa"):
        assert 0 < sum(words in picture for picture in pictures) < len(pictures)


def test_the_ranges_of_the_slips_are_played(tmp_path):
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        house, seen = server.app.state.house, {}
        write(server, shifts.open_shift, 1, "cb01")
        for _ in range(12):
            clock.forward(seconds=20)
            refresh(server)
            house.store.catch_up()
            seen[clock()] = views.lines(house, "khu-1", LANGUAGE)[0].wait
            write(server, ticketing.take_ticket, "ho-tich", "vi", None)
        clock.forward(minutes=11)
        write(server, ticketing.take_ticket, "dat-dai", "vi", None)
        late = replays.picture(house, 1, clock(), "khu-1", LANGUAGE)["lines"][0]
        played = {at: replays.picture(house, 1, at, "khu-1", LANGUAGE)["lines"][0].wait for at in seen}
    assert played == seen
    assert len(set(seen.values()) - {""}) > 1
    assert (late.wait, late.people) == ("", 12)


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """A Monday with calls, seen on Tuesday."""
    clock = HandClock(MORNING)
    with running(tmp_path_factory.mktemp("past") / "data", clock, printer_of=NO_PRINTERS) as server:
        write(server, shifts.open_shift, 1, "cb01")
        for _ in range(4):
            clock.forward(minutes=10)
            write(server, ticketing.take_ticket, "ho-tich", "vi", None)
            write(server, calling.call_next, 1, "cb01")
        clock.forward(days=1)
        server.store.catch_up()
        yield server


def write(server, operation, *args):
    return server.store.write_now(Act("cb01"), operation, *args)


DAY = "/display/replays/1/khu-1"


def test_a_date_leads_to_its_day_and_a_day_without_calls_is_told(past):
    manager = past.client("ql02")
    found = manager.get("/display/replays?date=2026-11-23&zone=khu-1&speed=300")
    assert (found.status_code, found.headers["location"]) == (303, f"{DAY}?speed=300")
    for date in ("2026-11-22", "2026-11-24"):
        told = manager.get(f"/display/replays?date={date}")
        assert (told.status_code, "Mời chọn ngày khác" in told.text) == (404, True)
    assert manager.get("/display/replays?date=x").status_code == 422
    assert 'value="2026-11-23"' in manager.get("/display/replays").text


def test_the_page_says_that_it_is_not_now_and_has_no_voice(past):
    page = past.client("ql02").get(f"{DAY}?at=08:25")
    assert "Phát lại ngày 23/11/2026" in page.text
    assert "A\u202f002" in page.text and "A\u202f003" not in page.text
    assert "wall.js" not in page.text and "hx-ws:connect" not in page.text


@pytest.mark.parametrize(
    ("asked", "newest"), [("08:10", 1), ("08:39:59", 3), ("08:40", 4), ("23:00", 4), ("00:00", None)]
)
def test_a_fragment_is_the_wall_of_that_instant(past, asked, newest):
    answer = past.client("ql02").get(f"{DAY}?at={asked}", headers={"HX-Request": "true"})
    shown = re.findall(r'<p class="number">A\u202f00(\d)', answer.text)
    assert shown == ([str(newest)] if newest else [])
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/display/replays/2/khu-1", 404), ("/display/replays/9/khu-1", 404), ("/display/replays/1/nowhere", 404),
     (f"{DAY}?at=25:00", 422), (f"{DAY}?at=%00", 422)],
)  # fmt: skip
def test_what_cannot_be_played_is_told(past, path, status):
    assert past.client("ql02").get(path).status_code == status


def test_a_replay_writes_nothing_and_holds_nobody(past):
    manager = past.client("ql02")
    before = seq(past)
    manager.get(f"{DAY}?at=08:40")
    assert seq(past) == before
    with past_halls.as_of(past.store.path, 1, MORNING + timedelta(minutes=30)) as then:
        for table in ("people", "particulars", "staff", "journal"):
            with pytest.raises(DatabaseError, match="no such table") if table != "journal" else nullcontext():
                assert then.read(lambda db, of=table: db.execute(f"SELECT * FROM {of}").fetchall()) == []


def test_a_third_picture_at_once_is_refused(past):
    easel = replays.easel
    easel.busy = replays.AT_ONCE
    try:
        refused = past.client("ql02").get(DAY, headers={"HX-Request": "true"})
    finally:
        easel.busy = 0
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert past.client("ql02").get(DAY).status_code == 200
