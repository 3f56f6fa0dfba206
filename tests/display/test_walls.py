"""Walls as they are set up: layouts, letters, who comes next, notices, pictures between calls, old browsers."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from display import views
from display.plans import plan
from domain.centre_rules import Calling, Policy, Text
from domain.walls import Screen
from operations import calling, managing, posting, shifts, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, watching
from tests.support.forecasts import refresh
from tests.support.halls import MORNING, HandClock, centre_with_walls, demo_calendar
from tests.support.servers import running

OLD = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36"
TELEVISION = "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 Safari"
NEW = OLD.replace("119", "120")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
FILM = b"\0\0\0\x18ftypmp42" + bytes(32)
WORDS = Text("Nghỉ chiều nay", "Closed this afternoon", "")


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        write(server, managing.load_centre, centre_with_walls(), demo_calendar())
        write(server, shifts.open_shift, 3, "cb03", who="cb03")
        server.app.state.house.pictures.timer = lambda: clock().timestamp()
        yield server


def write(centre, operation, *args, who="t"):
    return centre.store.write_now(Act(who), operation, *args)


def house(centre):
    return centre.app.state.house


def call(centre):
    """The next number of the queue A to counter 3."""
    write(centre, ticketing.take_ticket, "ho-tich")
    return write(centre, calling.call_next, 3, "cb03")


def wall(centre, device, **headers):
    asked = browser(centre, f"motcua-device-{device}={centre.device_cookie(device)}")
    asked.headers.update(headers)
    return asked


def letters(centre, device):
    """The letters of a wall by its style sheet."""
    sheet = wall(centre, device).get(f"/display/{device}/sizes.css")
    assert sheet.headers["content-type"].startswith("text/css")
    return {name: int(pixels) for name, pixels in re.findall(r"--(\w+): (\d+)px", sheet.text)}


def test_each_wall_has_the_letters_of_its_glass(centre):
    assert letters(centre, "W5")["counter"] > letters(centre, "W1")["counter"]
    assert letters(centre, "W4")["number"] > letters(centre, "W1")["number"]
    assert "/display/W5/sizes.css" in wall(centre, "W5").get("/display/W5").text


def test_the_door_shows_its_counter_alone(centre):
    door = wall(centre, "W4")
    assert "Mời chờ gọi số" in door.get("/display/W4").text
    write(centre, shifts.open_shift, 1, "cb01", who="cb01")
    number = call(centre).ticket.number
    other = write(centre, ticketing.take_ticket, "ho-tich").number
    write(centre, calling.call_next, 1, "cb01")
    coming = write(centre, ticketing.take_ticket, "ho-tich").number
    page = door.get("/display/W4").text
    assert number in page
    assert other not in page
    assert f'<b class="number">{coming}</b>' in page
    write(centre, calling.finish, 3, "cb03")
    write(centre, shifts.pause, 3, "cb03", "break", 15)
    assert "tạm nghỉ" in door.get("/display/W4").text
    write(centre, shifts.resume, 3, "cb03")
    write(centre, shifts.close_shift, 3, "cb03")
    assert "Quầy chưa mở" in door.get("/display/W4").text


def test_a_hall_shows_its_own_queues_and_who_comes_next(centre):
    for queue in ("ho-tich", "ho-tich", "kinh-doanh"):
        write(centre, ticketing.take_ticket, queue)
    rows = {row.prefix: row for row in views.lines(house(centre), "khu-1", "vi")}
    assert "D" not in rows
    assert (rows["A"].people, rows["A"].nexts) == (2, ("A\u202f001",))
    assert rows["B"].nexts == ()
    assert "D" in {row.prefix for row in views.lines(house(centre), "khu-3", "vi")}


def test_nobody_is_named_next_where_nobody_can_say_it(centre):
    write(centre, ticketing.take_ticket, "ho-tich")
    by_turns = replace(centre_with_walls(), calling=Calling(Policy.RATIO))
    write(centre, managing.load_centre, by_turns, demo_calendar())
    assert not any(row.nexts for row in views.lines(house(centre), "khu-1", "vi"))


def test_who_is_privileged_comes_next(centre, clock):
    for _ in range(3):
        write(centre, ticketing.take_ticket, "ho-tich")
    clock.forward(minutes=5)
    old = write(centre, ticketing.take_ticket, "ho-tich", "vi", "cao-tuoi").number
    assert views.lines(house(centre), "khu-1", "vi")[0].nexts == (old,)


def test_a_range_is_said_only_where_it_is_known(centre, clock):
    assert views.lines(house(centre), "khu-1", "vi")[0].wait == ""
    for _ in range(4):
        call(centre)
        clock.forward(minutes=8)
        write(centre, calling.finish, 3, "cb03")
    refresh(centre)
    assert re.fullmatch(r"< 5|\d+–\d+", views.lines(house(centre), "khu-1", "vi")[0].wait)


def test_the_way_is_said_and_drawn(centre):
    call(centre)
    page = wall(centre, "W1").get("/display/W1").text
    assert "Từ cửa chính rẽ trái, quầy thứ ba" in page
    assert "turn-left" in page
    assert len(re.findall(r'<rect class="lit"', page)) == 1


def test_a_plan_has_every_counter_of_the_hall_once_and_lights_one():
    centre = centre_with_walls()
    found = plan(centre, "khu-2", 5)
    assert sorted(box.number for box in found.boxes) == sorted(centre.counters_in("tang-1"))
    assert [box.number for box in found.boxes if box.lit] == [5]
    assert len({(box.x, box.y) for box in found.boxes}) == len(found.boxes)
    alone = replace(centre, counters=tuple(c for c in centre.counters if c.number == 9))
    assert plan(alone, "khu-3", 9) is None


def test_notices_hang_from_their_first_to_their_last_moment_in_their_hall(centre, clock):
    write(centre, managing.load_centre, replace(centre_with_walls(), classes=()), demo_calendar())
    begins, ends = clock() + timedelta(minutes=10), clock() + timedelta(minutes=20)
    write(centre, posting.post_bulletin, "tang-1", WORDS, begins, ends)
    seen = []
    for _ in range(4):
        seen.append([WORDS.vi in wall(centre, device).get(f"/display/{device}").text for device in ("W1", "W2")])
        clock.forward(minutes=7)
    assert seen == [[False, False], [False, False], [True, False], [False, False]]


def test_notices_and_the_rule_take_turns(centre, clock):
    write(centre, posting.post_bulletin, "tang-1", WORDS, None, None)
    seen = set()
    for _ in range(4):
        seen.add(views.hall(house(centre), "khu-1", "fr")["words"][:1])
        clock.forward(seconds=views.WORDS_SECONDS)
    assert seen == {("bulletin",), ("rule",)}
    assert (views.hall(house(centre), "khu-1", "en")["words"][1]).startswith(("Closed", "Priority"))


def test_after_midnight_nothing_of_yesterday_is_said_any_more(centre, clock):
    """Nobody has begun the new day yet: yesterday's last call is no call, and who left waits no longer."""
    number = call(centre).ticket.number
    write(centre, ticketing.take_ticket, "ho-tich")
    for at, shown in (("23:59", True), ("00:01", False)):
        clock.at(at)
        if at == "00:01":
            clock.forward(days=1)
        walls = [wall(centre, device).get(f"/display/{device}").text for device in ("W1", "W3", "W4")]
        assert [number in page for page in walls] == [shown] * 3, at
        assert views.lines(house(centre), "khu-1", "vi")[0].people == int(shown)
    assert "Trung tâm đang nghỉ.<br>Mở cửa lại lúc 07:30, thứ Tư 25/11/2026." in walls[0]
    assert "Mở cửa lại lúc 07:30" in wall(centre, "W1").get("/display/W1?plain=1").text


def test_a_call_that_another_one_pushed_aside_is_still_marked_as_new(centre, clock):
    first = call(centre).ticket.id
    clock.forward(seconds=3)
    call(centre)
    marked = f'<li class="fresh" id="before-{first}">'
    assert marked in wall(centre, "W1").get("/display/W1").text
    clock.forward(seconds=5)
    assert marked not in wall(centre, "W1").get("/display/W1").text


def test_a_hall_that_rests_says_when_it_opens_again(centre, clock):
    number = call(centre).ticket.number
    clock.at("11:45")
    newest = f'<p class="number">{number}</p>'
    assert newest in wall(centre, "W1").get("/display/W1").text, "somebody still sits there"
    write(centre, calling.finish, 3, "cb03")
    write(centre, shifts.close_shift, 3, "cb03")
    page = wall(centre, "W1").get("/display/W1").text
    assert "Trung tâm đang nghỉ.<br>Mở cửa lại lúc 13:30." in page and newest not in page
    clock.at("13:30")
    assert "đang nghỉ" not in wall(centre, "W1").get("/display/W1").text


def shelve(centre, name, content):
    folder = house(centre).pictures.folder
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def test_pictures_are_shown_between_calls_and_never_over_one(centre, clock):
    shelve(centre, "sen.png", PNG)
    page = wall(centre, "W1")
    assert 'src="/display/W1/pictures/sen.png"' in page.get("/display/W1").text
    first = call(centre).ticket.number
    assert "pictures/" not in page.get("/display/W1").text
    clock.forward(seconds=59)
    assert "pictures/" not in page.get("/display/W1").text
    clock.forward(seconds=1)
    quiet = page.get("/display/W1").text
    assert "pictures/sen.png" in quiet
    assert re.search(rf'id="before-\d+"><span class="number">{first}', quiet), "the last call stays to be read"
    write(centre, calling.call_again, 3, "cb03")
    assert "pictures/" not in page.get("/display/W1").text
    assert "pictures/" not in wall(centre, "W3").get("/display/W3").text, "not on a wall that wants none"


def test_films_run_without_sound_and_come_in_pieces(centre):
    shelve(centre, "phim.mp4", FILM)
    page = wall(centre, "W1")
    assert re.search(r"<video [^>]*muted autoplay loop", page.get("/display/W1").text)
    piece = page.get("/display/W1/pictures/phim.mp4", headers={"Range": "bytes=4-7"})
    assert (piece.status_code, piece.content) == (206, b"ftyp")
    assert piece.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize("name", ["../site.key", "..%2Fsite.key", "khong-co.png", "sen.svg", ".an.png"])
def test_nothing_beside_the_shelf_is_served(centre, name):
    shelve(centre, "sen.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    shelve(centre, ".an.png", PNG)
    assert wall(centre, "W1").get(f"/display/W1/pictures/{name}").status_code == 404


SAFARI = "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1.2 Safari/604.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0"


@pytest.mark.parametrize(
    ("agent", "plain"),
    [(OLD, True), (TELEVISION, True), (NEW, False), ("", False), (SAFARI, True),
     (SAFARI.replace("/12.1.2", "/17.4"), False), (FIREFOX, True), (FIREFOX.replace("102", "140"), False)],
)  # fmt: skip
def test_an_old_browser_gets_a_page_that_loads_itself(centre, agent, plain):
    call(centre)
    answer = wall(centre, "W1", **{"user-agent": agent}).get("/display/W1")
    page = answer.text
    assert answer.headers.get("refresh") == ("5" if plain else None)
    assert ("<script" not in page) is plain
    assert "A\u202f001" in page


def test_without_scripts_the_wall_leads_to_the_plain_page(centre):
    page = wall(centre, "W1")
    assert re.search(r'<noscript>.*href="/display/W1\?plain=1"', page.get("/display/W1").text)
    assert page.get("/display/W1?plain=1").headers["refresh"] == "5"


def test_a_wall_that_is_set_up_otherwise_is_sent_for_another_page(centre):
    cookie = {"Cookie": f"motcua-device-W1={centre.device_cookie('W1')}", "Origin": centre.url}
    with watching(centre, "/display/W1/live", cookie) as socket:
        socket.recv(timeout=5)
        found = centre_with_walls()
        devices = tuple(replace(d, screen=Screen(inches=65)) if d.id == "W1" else d for d in found.devices)
        write(centre, managing.load_centre, replace(found, devices=devices), demo_calendar())
        while not (word := socket.recv(timeout=5)).startswith('{"t":"gone"'):
            assert word
