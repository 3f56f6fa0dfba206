"""The live floor without a browser: what it says of counters and queues, and what can be changed from it."""

import json
import re

import pytest

from admin import floor_views
from domain.events import PersonAdded
from operations import calling, shifts, ticketing
from store import centres, counters
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser, request_id, seq, watching
from tests.support.forecasts import refresh_tonight
from tests.support.halls import HandClock, demo_centre
from tests.support.servers import running
from web.scope import scope_of


class Floor:
    """One hall with a clock that stands, a manager of the whole centre, and one of the land office."""

    def __init__(self, server, clock):
        self.server, self.clock = server, clock
        self.manager = self.browser("ql01")

    def browser(self, person):
        return browser(self.server, f"motcua-person={self.server.person_cookie(person)}")

    def do(self, operation, *arguments, who="test"):
        return self.server.store.write_now(Act(who), operation, *arguments)

    def sit(self, *places):
        for counter in places:
            self.do(shifts.open_shift, counter, f"cb{counter:02d}")

    def take(self, queue, times=1):
        for _ in range(times):
            self.do(ticketing.take_ticket, queue)

    def occupy(self, *places):
        """Each of them has somebody before it."""
        for counter in places:
            self.sit(counter)
            self.take(next(c.queues[0] for c in demo_centre().counters if c.number == counter))
            self.do(calling.call_next, counter, f"cb{counter:02d}")

    def page(self, browser=None):
        answer = (browser or self.manager).get("/admin/floor")
        assert answer.status_code == 200
        return answer.text

    def notices(self):
        found = re.search(r'class="notices".*?</section>', self.page(), re.S)[0]
        return [
            re.sub(r"<[^>]+>", "", line).strip()
            for line in re.findall(r"<li>.*?</span>\s*<span>(.*?)</span>", found, re.S)
        ]

    def row(self, start, browser=None):
        """The words of the table row whose heading is this."""
        rows = re.findall(r"<tr\b.*?</tr>", self.page(browser), re.S)
        said = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
        return next(words for words in said if words.startswith(start))

    def post(self, path, **fields):
        return self.manager.post(f"/admin/floor/{path}", data={"request_id": request_id(), **fields})


@pytest.fixture
def floor(tmp_path):
    clock = HandClock()
    with running(tmp_path / "data", now=clock, printer_of=NO_PRINTERS) as server:
        yield Floor(server, clock)


def test_an_empty_hall_is_calm(floor):
    page = floor.page()
    assert "Không có cảnh báo." in page
    assert floor.row("1 ").startswith("1 đóng")
    for queue in demo_centre().queues:
        assert f"/admin/floor/queues/{queue.id}" in page


def test_a_counter_says_whom_it_serves_since_when_or_why_it_rests(floor):
    floor.sit(1, 2, 3)
    floor.take("ho-tich")
    floor.do(calling.call_next, 1, "cb01")
    floor.do(shifts.pause, 3, "cb03", "meeting", 20)
    floor.clock.forward(minutes=7)
    assert "001 từ 08:00 (7 phút)" in floor.row("1 ")
    assert "rảnh" in floor.row("2 ")
    assert "tạm nghỉ · họp, đến khoảng 08:20" in floor.row("3 ")
    assert "đóng" in floor.row("4 ")


def test_waits_past_45_and_60_minutes_are_counted_and_noticed(floor):
    floor.occupy(1)
    floor.take("ho-tich", 2)
    floor.clock.forward(minutes=20)
    floor.take("ho-tich", 3)
    floor.clock.forward(minutes=44)
    assert floor.row("A Hộ tịch").startswith("A Hộ tịch 5 64 2 2 ")
    floor.clock.forward(minutes=1)
    assert floor.row("A Hộ tịch").startswith("A Hộ tịch 5 65 5 2 ")
    assert floor.notices() == ["Chờ quá 60 phút ở hàng A (2): hãy mở quầy 2 cho hàng A."]


def test_a_queue_is_named_once_and_the_fullest_first(floor):
    floor.occupy(1, 2, 3, 4)
    floor.take("ho-tich")
    floor.clock.forward(minutes=20)
    floor.occupy(5)
    floor.take("chung-thuc", 1)
    floor.take("cu-tru", 2)
    floor.clock.forward(minutes=45)
    assert floor.notices() == [
        "Chờ quá 60 phút ở hàng A (1): hãy giao thêm hàng A cho một quầy đang mở.",
        "Chờ quá 45 phút ở hàng C (2), B (1): hãy mở quầy 6 cho hàng C.",
    ]


def test_44_minutes_are_no_alarm(floor):
    floor.occupy(1)
    floor.take("ho-tich")
    floor.clock.forward(minutes=44)
    assert floor.notices() == []


def test_priority_past_15_minutes_is_an_alarm_and_14_are_none(floor):
    floor.occupy(1)
    floor.do(ticketing.take_ticket, "ho-tich", "vi", "cao-tuoi")
    floor.clock.forward(minutes=14)
    assert floor.notices() == []
    floor.clock.forward(minutes=1)
    assert floor.notices() == ["Diện ưu tiên chờ quá 15 phút ở hàng A (1): hãy mở quầy 2 cho hàng A."]


def test_a_counter_that_calls_nobody_beside_a_line_is_named_after_three_minutes(floor):
    floor.sit(1)
    floor.take("ho-tich")
    floor.clock.forward(minutes=2)
    assert floor.notices() == []
    floor.clock.forward(minutes=1)
    assert floor.notices() == ["Quầy 1 đang rảnh mà hàng A có người chờ: hãy nhắc gọi tiếp."]
    floor.do(calling.call_next, 1, "cb01")
    floor.take("ho-tich")
    floor.clock.forward(minutes=9)
    assert floor.notices() == [], "it has somebody before it"
    floor.do(calling.finish, 1, "cb01")
    assert floor.notices() == [], "it has just finished"
    floor.clock.forward(minutes=3)
    assert len(floor.notices()) == 1
    floor.do(shifts.pause, 1, "cb01", "break", 10)
    assert floor.notices() == ["Chưa quầy nào phục vụ hàng A (1): hãy mở quầy 2 cho hàng A."]


def test_a_long_wait_comes_with_the_counter_that_helps_most_and_by_how_much(floor):
    floor.occupy(10)
    floor.take("dat-dai", 14)
    floor.clock.forward(minutes=46)
    refresh_tonight(floor.server)
    (words,) = floor.notices()
    found = re.fullmatch(
        r"Chờ quá 45 phút ở hàng E \(14\): mở quầy (\d+) thì ai đến hàng E lúc này"
        r" chờ khoảng (\d+) phút thay vì (\d+)\.",
        words,
    )
    assert found is not None, words
    counter, after, before = map(int, found.groups())
    assert counter in (9, 11, 12)
    assert after < before and after % 5 == before % 5 == 0
    floor.sit(counter)
    assert f"mở quầy {counter} " not in floor.notices()[0], "it is open now"
    floor.clock.forward(minutes=6)
    assert "thay vì" not in floor.notices()[0], "what was played is old"


def test_people_without_an_open_counter_are_an_alarm_also_when_it_only_rests(floor):
    floor.take("dat-dai", 3)
    assert floor.notices() == ["Chưa quầy nào phục vụ hàng E (3): hãy mở quầy 10 cho hàng E."]
    counter = next(c.number for c in demo_centre().counters if "dat-dai" in c.queues)
    floor.sit(counter)
    assert floor.notices() == []
    floor.do(shifts.pause, counter, f"cb{counter:02d}", "break", 10)
    assert "hàng E (3)" in floor.notices()[0]


def test_a_pause_is_noticed_ten_minutes_after_its_announced_end(floor):
    floor.sit(2)
    floor.do(shifts.pause, 2, "cb02", "break", 15)
    floor.clock.forward(minutes=24)
    assert floor.notices() == []
    floor.clock.forward(minutes=1)
    assert floor.notices() == ["Nghỉ quá giờ đã báo (phút) ở quầy 2 (10): hãy hỏi cán bộ ở quầy."]


def test_a_call_for_help_stands_first_and_is_ended_from_here_once(floor):
    floor.sit(3)
    floor.take("dat-dai")
    floor.do(shifts.call_for_help, 3, "cb03")
    assert floor.notices()[0] == "Quầy 3 gọi trợ giúp lúc 08:00: mời người đến ngay."
    forms = re.findall(r"<form[^>]*/counters/3/help/end.*?</form>", floor.page(), re.S)
    assert len(forms) == 2
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', forms[1]))
    before = seq(floor.server)
    for _ in range(2):
        assert floor.manager.post("/admin/floor/counters/3/help/end", data=fields).status_code == 303
    assert seq(floor.server) == before + 1
    other = floor.browser("ql02")
    before = seq(floor.server)
    assert other.post("/admin/floor/counters/3/help/end", data=fields).status_code == 303
    assert seq(floor.server) == before
    assert floor.server.store.read(counters.alarms) == ()
    kept = floor.server.store.read(lambda db: db.execute("SELECT false_alarm FROM alarms").fetchall())
    assert kept == [(1,)]


def test_nothing_on_the_floor_changes_an_order(floor):
    """Looking records nothing, however late people are."""
    floor.take("ho-tich", 3)
    floor.clock.forward(minutes=90)
    before = seq(floor.server)
    floor.page()
    assert len(floor.notices()) == 1
    assert seq(floor.server) == before


def skills(floor, counter):
    centre = demo_centre()
    place = next(c for c in centre.counters if c.number == counter)
    return floor.server.store.read(counters.skills_of, place)


def test_a_counters_queues_are_changed_for_today_and_put_back(floor):
    page = floor.manager.get("/admin/floor/counters/1").text
    assert "Trở lại như cấu hình" not in page
    asked = {"queue-ho-tich": "second", "queue-dat-dai": "first", "queue-cu-tru": "none"}
    assert floor.post("counters/1/skills", **asked).headers["location"] == "/admin/floor"
    assert (skills(floor, 1).queues, skills(floor, 1).secondary) == (("dat-dai",), ("ho-tich",))
    assert "đổi hôm nay" in floor.row("1 ")
    page = floor.manager.get("/admin/floor/counters/1").text
    assert re.search(r'name="queue-dat-dai">.*?value="first" selected', page, re.S)
    assert floor.post("counters/1/skills", **{"as": "configured"}).status_code == 303
    assert not skills(floor, 1).changed


@pytest.mark.parametrize("fields", [{}, {"queue-ho-tich": "second"}, {"queue-khong-co": "first"}])
def test_a_counter_without_a_first_queue_is_refused(floor, fields):
    """Two empty lists would mean 'as configured' to the operation: not what was asked."""
    before = seq(floor.server)
    assert floor.post("counters/1/skills", **fields).status_code == 422
    assert seq(floor.server) == before


def test_a_queue_is_stopped_until_a_time_resumed_and_kept(floor):
    assert floor.post("queues/cu-tru/stops", reason="mất mạng", until="09:30").status_code == 303
    assert "tạm dừng: mất mạng, đến 09:30" in floor.row("C Cư trú")
    floor.clock.at("09:30")
    assert "tạm dừng" not in floor.row("C Cư trú")
    floor.post("queues/cu-tru/stops", reason="  mất điện ")
    assert floor.server.store.read(centres.stopped)["cu-tru"].reason == "mất điện"
    assert "tạm dừng: mất điện" in floor.row("C Cư trú")
    assert "tạm dừng: mất điện" in floor.manager.get("/admin").text
    assert "Mở lại" in floor.manager.get("/admin/floor/queues/cu-tru").text
    floor.post("queues/cu-tru/resumptions")
    assert floor.server.store.read(centres.stopped) == {}
    before = seq(floor.server)
    assert floor.post("queues/cu-tru/resumptions").status_code == 303
    assert seq(floor.server) == before, "opening an open queue is an event"
    floor.post("queues/cu-tru/keeping", reason="hệ thống ngừng")
    assert floor.server.store.read(centres.kept) == {"cu-tru": "hệ thống ngừng"}
    assert "giữ qua đêm" in floor.row("C Cư trú")
    assert "hệ thống ngừng" in floor.manager.get("/admin/floor/queues/cu-tru").text


@pytest.mark.parametrize("until", ["07:59", "08:00", "25:00", "9h30", "ab:cd"])
def test_an_end_that_cannot_be_is_refused(floor, until):
    assert floor.post("queues/cu-tru/stops", reason="họp", until=until).status_code == 422
    assert floor.server.store.read(centres.stopped) == {}


def test_a_whole_hall_is_stopped_and_opened_by_one_press(floor):
    upstairs = {queue.id for queue in demo_centre().queues if queue.hall == "tang-2"}
    assert floor.post("halls/tang-2/stops", reason="mất điện", until="11:00").status_code == 303
    assert set(floor.server.store.read(centres.stopped)) == upstairs
    page = floor.manager.get("/admin/floor/halls/tang-2").text
    assert page.count("mất điện, đến 11:00") == len(upstairs)
    floor.post("halls/tang-2/resumptions")
    assert floor.server.store.read(centres.stopped) == {}


@pytest.mark.parametrize("path", ["counters/99", "queues/khong-co", "halls/khong-co"])
def test_what_is_not_there_is_not_found(floor, path):
    assert floor.manager.get(f"/admin/floor/{path}").status_code == 404


def of_the_land_office(floor) -> None:
    """The manager works for the land office from now on."""
    floor.do(lambda tx: tx.record(PersonAdded("ql02", ["manager"], "dat-dai", None)).seq)


def counters_on(page):
    return [int(n) for n in re.findall(r'href="/admin/floor/counters/(\d+)"', page)]


def test_a_departments_manager_sees_the_own_queues_and_counters_only(floor):
    of_the_land_office(floor)
    page = floor.page(floor.browser("ql02"))
    assert re.findall(r'scope="rowgroup">([^<]+)<', page) == ["Chi nhánh Văn phòng đăng ký đất đai"]
    assert re.findall(r'href="/admin/floor/queues/([^"]+)"', page) == ["dat-dai"]
    assert counters_on(page) == [c.number for c in demo_centre().counters if "dat-dai" in (*c.queues, *c.secondary)]
    assert "/admin/floor/halls/" not in page


def test_who_leads_the_centre_sees_every_agency(floor):
    for person in ("ql01", "ql02"):
        page = floor.page(floor.browser(person))
        assert len(re.findall(r'scope="rowgroup"', page)) == len(demo_centre().agencies)
        assert counters_on(page) == [c.number for c in demo_centre().counters]
        assert page.count("/admin/floor/halls/") == 2


def test_a_counter_lent_to_the_department_is_seen_while_it_is_lent(floor):
    of_the_land_office(floor)
    manager = floor.browser("ql02")
    assert 1 not in counters_on(floor.page(manager))
    floor.do(shifts.set_skills, 1, ["ho-tich"], ["dat-dai"])
    assert 1 in counters_on(floor.page(manager))
    assert manager.get("/admin/floor/counters/1").status_code == 200


OTHERS = [
    ("counters/1", None), ("queues/ho-tich", None), ("halls/tang-1", None), ("halls/tang-2", None),
    ("counters/1/skills", {"queue-dat-dai": "first"}), ("queues/ho-tich/stops", {"reason": "họp"}),
    ("queues/ho-tich/resumptions", {}), ("queues/ho-tich/keeping", {"reason": "họp"}),
    ("halls/tang-2/stops", {"reason": "họp"}), ("halls/tang-2/resumptions", {}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "fields"), OTHERS)
def test_what_is_another_agencys_is_not_there_for_a_departments_manager(floor, path, fields):
    of_the_land_office(floor)
    manager, before = floor.browser("ql02"), seq(floor.server)
    if fields is None:
        assert manager.get(f"/admin/floor/{path}").status_code == 404
        assert floor.manager.get(f"/admin/floor/{path}").status_code == 200
    else:
        form = {"request_id": request_id(), **fields}
        assert manager.post(f"/admin/floor/{path}", data=form).status_code == 404
    assert seq(floor.server) == before
    assert floor.server.store.read(centres.stopped) == floor.server.store.read(centres.kept) == {}


def test_the_own_queue_is_stopped_by_its_departments_manager(floor):
    of_the_land_office(floor)
    form = {"request_id": request_id(), "reason": "mất mạng"}
    assert floor.browser("ql02").post("/admin/floor/queues/dat-dai/stops", data=form).status_code == 303
    assert set(floor.server.store.read(centres.stopped)) == {"dat-dai"}


def test_a_departments_manager_changes_only_the_own_queue_at_a_shared_counter(floor):
    """Counter 11 serves land and construction: what is not offered in the form must not be lost by it."""
    of_the_land_office(floor)
    manager = floor.browser("ql02")
    page = manager.get("/admin/floor/counters/11").text
    assert re.findall(r'<select id="queue-([^"]+)"', page) == ["dat-dai"]
    asked = {"queue-dat-dai": "second", "queue-xay-dung": "none", "queue-ho-tich": "first"}
    form = {"request_id": request_id(), **asked}
    assert manager.post("/admin/floor/counters/11/skills", data=form).status_code == 303
    assert (skills(floor, 11).queues, skills(floor, 11).secondary) == (("xay-dung",), ("dat-dai",))
    form = {"request_id": request_id(), "as": "configured"}
    assert manager.post("/admin/floor/counters/11/skills", data=form).status_code == 303
    assert skills(floor, 11).queues == ("dat-dai", "xay-dung")


def test_a_call_for_help_reaches_every_manager_and_whoever_goes_may_end_it(floor):
    of_the_land_office(floor)
    floor.sit(1)
    floor.do(shifts.call_for_help, 1, "cb01")
    manager = floor.browser("ql02")
    assert "Quầy 1 gọi trợ giúp" in floor.page(manager)
    form = {"request_id": request_id(), "false_alarm": "0"}
    assert manager.post("/admin/floor/counters/1/help/end", data=form).status_code == 303
    assert floor.server.store.read(counters.alarms) == ()


def test_the_overview_shows_a_department_its_own_queues_and_counters(floor):
    of_the_land_office(floor)
    page = floor.browser("ql02").get("/admin").text
    assert re.findall(r'href="/admin/floor/queues/([^"]+)"', page) == ["dat-dai"]
    assert len(re.findall(r'href="/admin/floor/queues/', floor.manager.get("/admin").text)) == 8


@pytest.mark.planted
def test_a_department_that_sees_everything_is_found(floor, monkeypatch):
    monkeypatch.setattr("web.scope._department", lambda person, centre: None)
    with pytest.raises(AssertionError):
        test_a_departments_manager_sees_the_own_queues_and_counters_only(floor)


def test_figures_are_summed_by_agency(floor):
    floor.sit(1)
    floor.take("ho-tich", 3)
    floor.take("chung-thuc", 2)
    floor.do(calling.call_next, 1, "cb01")
    floor.do(calling.finish, 1, "cb01")
    floor.clock.forward(minutes=50)
    words = floor.row("Ủy ban nhân dân phường Bến Lụa")
    assert words.endswith("4 50 4 0 1/5")


def test_the_live_picture_follows_and_differs_by_agency(floor):
    of_the_land_office(floor)
    with (
        watching(floor.server, "/admin/floor/live?lang=vi", _headers(floor, "ql01")) as one,
        watching(floor.server, "/admin/floor/live?lang=vi", _headers(floor, "ql02")) as other,
    ):
        first, second = one.recv(timeout=5), other.recv(timeout=5)
        assert first != second
        assert 'hx-target="#floor"' in first
        assert "Hộ tịch" in first
        assert "Hộ tịch" not in second
        floor.sit(10)
        assert "rảnh" in _next_picture(one)
        assert "rảnh" in _next_picture(other)


def test_the_live_picture_stands_still_while_nothing_happens(floor):
    """A form with a fresh request id in it would be sent and morphed under the manager's hand."""
    floor.sit(3)
    floor.do(shifts.call_for_help, 3, "cb03")
    house = floor.server.app.state.house
    scope = scope_of(None, house.store.centre())
    assert floor_views.floor_picture(house, scope, "vi") == floor_views.floor_picture(house, scope, "vi")


def _headers(floor, person):
    return {"Cookie": f"motcua-person={floor.server.person_cookie(person)}", "Origin": floor.server.url}


def _next_picture(socket):
    while True:
        message = socket.recv(timeout=5)
        if not message.startswith("{"):
            return message
        assert json.loads(message)["t"] == "hb"
