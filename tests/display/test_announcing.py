"""What a wall is given to speak: calls and stops in one order, each hall its own, nothing old or untrue."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from display import announcing, views
from domain.speech import resumption, stop
from operations import calling, managing, ticketing
from store import journal, notices
from store.writer import Act
from tests.support.asking import browser
from tests.support.servers import Server
from web import stops


@pytest.fixture(scope="module")
def wall(centre):
    return browser(centre, f"motcua-device-W1={centre.device_cookie('W1')}")


@pytest.fixture
def told(centre, wall):
    """What W1 is given from here on; afterwards nothing is stopped."""
    begun = centre.store.read(journal.head)[0]
    yield lambda: wall.get(f"/display/W1/calls?after={begun}").json()["calls"]
    for hall in ("tang-1", "tang-2"):
        centre.store.write_now(Act("t"), managing.resume_hall, hall)


def write(centre: Server, operation, *args, who: str = "t"):
    return centre.store.write_now(Act(who), operation, *args)


def house(centre: Server):
    return centre.app.state.house


def words(centre: Server, row, language: str = "vi"):
    return announcing.words(house(centre), row["seq"], language)


def test_a_stop_and_its_end_are_announced_between_the_calls(centre, clock, told):
    for _ in range(2):
        write(centre, ticketing.take_ticket, "ho-tich")
    end = clock() + timedelta(hours=2)
    write(centre, calling.call_next, 1, "cb01")
    write(centre, managing.stop_queue, "ho-tich", "Mất điện", end)
    write(centre, calling.call_next, 1, "cb01")
    stopped = told()
    assert [(row["kind"], row["speak"]) for row in stopped] == [("call", True), ("stopped", True), ("call", True)]
    assert [row["seq"] for row in stopped] == sorted(row["seq"] for row in stopped)
    assert words(centre, stopped[1]) == stop("A", "power", (10, 0), "vi")
    write(centre, managing.resume_queue, "ho-tich")
    rows = told()
    assert [(row["kind"], row["speak"]) for row in rows[1:]] == [
        ("stopped", False), ("call", True), ("resumed", True)
    ], "a stop that is over before its turn is not spoken"  # fmt: skip
    assert words(centre, rows[-1], "en") == resumption("A", "en")


def test_a_quiet_hall_keeps_its_calls_while_a_busy_one_makes_a_hundred(centre):
    quiet = centre.store.centre().counters[8]
    write(centre, ticketing.take_ticket, quiet.queues[0])
    called = write(centre, calling.call_next, quiet.number, "cb09")
    for _ in range(100):
        write(centre, ticketing.take_ticket, "ho-tich")
        write(centre, calling.call_next, 1, "cb01")
    assert views.hall(house(centre), "khu-3", "vi")["newest"].ticket == called.ticket.id
    assert [row["ticket"] for row in announcing.newest(house(centre), "khu-3")][-1] == called.ticket.id


def test_a_hall_is_told_once_and_the_other_hall_nothing(centre, told):
    other = browser(centre, f"motcua-device-W2={centre.device_cookie('W2')}")
    begun = centre.store.read(journal.head)[0]
    assert write(centre, managing.stop_hall, "tang-1", "họp") > 1
    (row,) = told()
    assert words(centre, row) == stop(None, "meeting", None, "vi")
    assert other.get(f"/display/W2/calls?after={begun}").json()["calls"] == []
    write(centre, managing.resume_hall, "tang-1")
    assert words(centre, told()[-1]) == resumption(None, "vi")
    assert [row["kind"] for row in told()] == ["stopped", "resumed"]


def test_a_reason_of_ones_own_is_shown_and_not_spoken(centre, wall, told):
    write(centre, managing.stop_queue, "cu-tru", "cô Hoa ốm")
    (row,) = told()
    assert words(centre, row) == stop("C", "", None, "vi")
    assert "cô Hoa ốm" in wall.get("/display/W1").text


def test_an_end_on_another_day_is_not_spoken_as_a_time_of_today(centre, clock, told):
    write(centre, managing.stop_queue, "cu-tru", "bảo trì", clock() + timedelta(days=2))
    assert words(centre, told()[0]) == stop("C", "", None, "vi")


def test_a_stop_is_spoken_for_ninety_seconds(centre, clock, told):
    write(centre, managing.stop_queue, "cu-tru", "họp")
    clock.forward(seconds=90)
    assert [row["speak"] for row in told()] == [True]
    clock.forward(seconds=1)
    assert [row["speak"] for row in told()] == [False]


def test_a_stop_with_an_end_is_over_by_itself_and_the_hall_hears_it(centre, clock, told):
    write(centre, managing.stop_queue, "cu-tru", "họp", clock() + timedelta(minutes=5))
    for minutes, over in ((4, False), (5, True)):
        looked = SimpleNamespace(store=centre.store, now=lambda m=minutes: clock() + timedelta(minutes=m))
        assert stops.is_over(looked) is over
    assert write(centre, managing.end_stops) == 0
    clock.forward(minutes=5)
    write(centre, managing.end_stops)
    rows = told()
    assert [(row["kind"], row["speak"]) for row in rows] == [("stopped", False), ("resumed", True)]
    assert write(centre, managing.end_stops) == 0
    assert told() == rows


def test_a_hall_whose_stop_ends_is_told_once(centre, clock, told):
    write(centre, managing.stop_hall, "tang-1", "họp", clock() + timedelta(minutes=5))
    clock.forward(minutes=5)
    write(centre, managing.end_stops)
    assert [words(centre, row) for row in told()][1:] == [resumption(None, "vi")]


def test_stops_are_sound_files_like_calls(centre, wall, told):
    languages = re.search(r'data-voices="([^"]*)"', wall.get("/display/W1").text)[1].split()
    if not languages:
        pytest.skip("no clip pack is here: scripts/setup makes them")
    write(centre, managing.stop_queue, "cu-tru", "diễn tập chữa cháy")
    for language in languages:
        sound = wall.get(f"/display/W1/voice/{language}/{told()[0]['seq']}.wav")
        assert sound.status_code == 200
        assert len(sound.content) > 20_000


def test_the_wall_says_why_and_until_when_and_each_cause_once(centre, clock, wall, told):
    end = clock.at("14:00") + timedelta(hours=1, minutes=30)
    write(centre, managing.stop_hall, "tang-1", "mất điện", end)
    write(centre, managing.stop_queue, "kinh-doanh", "họp")
    lines = re.findall(r'<p class="stop-line">([^<]*)</p>', wall.get("/display/W1").text)
    assert len(lines) == 2
    assert re.fullmatch(r"Các hàng A, B, C\b.* tạm dừng: mất điện, đến 15:30", lines[0])
    assert re.fullmatch(r"Hàng \w · .+ tạm dừng: họp", lines[1])
    english = wall.get("/display/W1?lang=en").text
    assert "mất điện" not in english, "a reason from the list is translated"
    assert "15:30" in english


def test_a_picture_and_the_feed_say_the_same(centre, wall, told):
    for reason in ("họp", "mất mạng"):
        write(centre, managing.stop_queue, "cu-tru", reason)
    shown = [int(seq) for seq in re.findall(r'<i data-seq="(\d+)"', wall.get("/display/W1").text)]
    assert shown[-2:] == [row["seq"] for row in told()]
    assert house(centre).store.read(notices.notice, shown[-1]).reason == "mất mạng"
