"""The managers' wall: how the day will end and what to do, who needs help, how busy the loudspeakers are."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from display import managers
from domain.announcements import Outcome
from domain.centre_rules import Window, WindowKind
from domain.events import PersonAdded
from domain.hall_events import AnnouncementEnded
from domain.queue_events import VisitRated
from operations import calling, intake, managing, shifts, speaking, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, watching
from tests.support.forecasts import refresh_tonight
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running
from web.live import NEVER_SHOWN

OFFICE = Window(WindowKind.SERVICE, (("07:30", "11:30"), ("13:30", "17:00")))
LAND = "dat-dai"


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        changed = replace(demo_centre(), windows=(OFFICE,))
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        yield server


def too_many(centre, clock, people: int = 17) -> None:
    """So many for the land office at half past one, one counter of it open, another closed."""
    clock.at("13:25")
    centre.store.write_now(Act("cb10"), shifts.open_shift, 10, "cb10")
    for _ in range(people):
        centre.store.write_now(Act("t"), ticketing.take_ticket, LAND)
    centre.store.write_now(Act("cb10"), calling.call_next, 10, "cb10")
    clock.forward(minutes=50)
    refresh_tonight(centre)


def wall(centre, person: str = "ql02") -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", centre.client(person).get("/display/managers").text).split())


def test_the_wall_says_who_will_be_late_and_which_counter_helps_until_when(centre, clock):
    too_many(centre, clock)
    words = wall(centre)
    assert re.search(r"Mở quầy \d+ đến \d\d:[03]0: hàng Đất đai hết lúc \d\d:\d[05] thay vì \d\d:\d[05]\.", words)
    before, after = (found.ends for found in _remedy(centre))
    assert after < before
    assert "Đến giờ đóng cửa · chỉ tính người đang chờ" in words, "no history yet, and it says so"


@pytest.mark.planted
def test_a_wall_without_the_advice_is_found(centre, clock, monkeypatch):
    monkeypatch.setattr("web.tonight.advice", lambda *_: "")
    with pytest.raises(AssertionError):
        test_the_wall_says_who_will_be_late_and_which_counter_helps_until_when(centre, clock)


def _remedy(centre):
    (found,) = centre.app.state.house.forecaster.tonight.remedies
    return found.before, found.after


def test_a_forecast_that_has_grown_old_is_not_shown(centre, clock):
    too_many(centre, clock)
    clock.forward(minutes=6)
    words = wall(centre)
    assert "Mở quầy" not in words and "Chưa đủ số liệu để dự báo." in words


def test_when_all_are_called_in_time_the_wall_is_calm(centre, clock):
    too_many(centre, clock, people=2)
    assert "Mọi người đang chờ và dự kiến đến đều kịp được gọi." in wall(centre)


def test_a_department_is_told_of_its_own_queues_only(centre, clock):
    centre.store.write_now(Act("t"), lambda tx: tx.record(PersonAdded("cb05", ["manager"], "cong-an", None)).seq)
    too_many(centre, clock)
    own = wall(centre, "cb05")
    assert "Mở quầy" not in own and "Đất đai" not in own
    assert "Loa:" not in own, "the loudspeakers are of no agency"


def test_the_loudspeakers_by_zone_with_what_was_shown_and_not_spoken(centre):
    centre.store.write_now(Act("t"), ticketing.take_ticket, LAND)
    ended = [speaking.Ended(1, Outcome.SPOKEN, 3000.0), *(speaking.Ended(n, Outcome.LATE) for n in (2, 3))]
    centre.store.write_now(Act("device:W1"), speaking.end_announcements, "khu-1", ended)
    assert "Khu 1 3000/3600 83 % 2" in wall(centre)


def test_every_alarm_is_said_and_a_counter_that_rests_serves_nobody(centre, clock):
    """A call for help, a queue without a counter, a wait past 45 minutes: none pushes another off the wall."""
    for counter in (1, 5, 10):
        centre.open_shift(f"cb{counter:02d}", counter)
    for queue in ("ho-tich", "cu-tru", LAND, LAND):
        centre.store.write_now(Act("t"), ticketing.take_ticket, queue)
    for counter in (1, 5):
        centre.store.write_now(Act("t"), calling.call_next, counter, f"cb{counter:02d}")
    centre.store.write_now(Act("t"), ticketing.take_ticket, "cu-tru")
    centre.store.write_now(Act("cb10"), shifts.pause, 10, "cb10", "break", 15)
    centre.store.write_now(Act("cb01"), shifts.call_for_help, 1, "cb01")
    clock.forward(minutes=50)
    words = wall(centre)
    for said in ("Quầy 1 gọi trợ giúp", "Chưa quầy nào phục vụ hàng E (2)", "Chờ quá 45 phút ở hàng C (1)"):
        assert said in words
    assert re.search(r"E Đất đai 2 50 0 % 45 phút 0 ", words), "its one counter rests"


def test_a_call_for_help_is_the_first_alarm(centre):
    centre.open_shift("cb01", 1)
    centre.store.write_now(Act("cb01"), shifts.call_for_help, 1, "cb01")
    assert "Cần xem ngay Quầy 1 gọi trợ giúp: mời người đến ngay." in wall(centre)


def test_what_is_spoken_and_rated_changes_the_wall_at_once(centre):
    """Other pictures are deaf to both; five seconds later the tick would show it."""
    assert {AnnouncementEnded, VisitRated} == set(NEVER_SHOWN) - set(managers.DEAF_TO)
    cookie = {"Origin": centre.url, "Cookie": f"motcua-person={centre.person_cookie('ql02')}"}
    centre.store.write_now(Act("t"), ticketing.take_ticket, LAND)
    with watching(centre, "/display/managers/live", cookie) as socket:
        socket.recv(timeout=5)
        before = centre.app.state.house.hub._topics["managers"].generation
        ended = [speaking.Ended(1, Outcome.SPOKEN, 400.0)]
        centre.store.write_now(Act("device:W1"), speaking.end_announcements, "khu-1", ended)
        picture = ""
        while "400/3600" not in picture:
            picture = socket.recv(timeout=3)
        assert centre.app.state.house.hub._topics["managers"].generation > before


def test_with_days_behind_it_the_forecast_counts_who_usually_comes(centre, clock):
    for day in (0, 2, 3):  # the 24th is a holiday
        clock.moment = MORNING + timedelta(days=day)
        clock.at("14:30")
        for _ in range(12):
            centre.store.write_now(
                Act("t"), ticketing.give_number, LAND, "vi", None, None, counter=10, override="frail"
            )
    clock.moment = MORNING + timedelta(days=4)
    too_many(centre, clock, people=4)
    found = centre.app.state.house.forecaster.tonight
    assert found.days == 3 and 3 <= found.ends[LAND].coming <= 20
    assert "chỉ tính người đang chờ" not in wall(centre)


def test_the_wall_says_how_many_the_portal_knows_and_how_many_are_in_time_this_month(centre, clock):
    assert "đúng hạn tháng này" not in wall(centre), "of nothing there is no share"
    centre.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
    for _ in range(3):
        centre.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", intake.Intake("1.004873", b"sealed"))
    assert "Cổng đã nhận 0 trên 3 hồ sơ · 0 %" in wall(centre)
    clock.forward(minutes=1)
    assert "đúng hạn tháng này 100 %" in wall(centre)
    clock.forward(days=6)
    words = wall(centre)
    assert "đúng hạn tháng này 0 %" in words and "trên 0 hồ sơ" in words
