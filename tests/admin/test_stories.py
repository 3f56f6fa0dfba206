"""Stories of tickets without a browser: what decided each call, what was taken back, and who may read it."""

import html
import re

import pytest

from domain.events import PersonAdded
from operations import calling, rating, shifts, ticketing, undoing
from store.writer import Act
from tests.support.asking import NO_PRINTERS, browser
from tests.support.halls import HandClock
from tests.support.servers import running


def person(server, login):
    return browser(server, f"motcua-person={server.person_cookie(login)}")


class Counter:
    """One clerk at counter 1 of a running hall, whose clock stands."""

    def __init__(self, server, clock):
        self.server, self.clock = server, clock
        self.do(shifts.open_shift, 1, "cb01")

    def do(self, operation, *arguments, who="cb01"):
        return self.server.store.write_now(Act(who), operation, *arguments)


@pytest.fixture
def counter(tmp_path):
    clock = HandClock()
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        yield Counter(server, clock)


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<h1") :])).split())


def test_a_story_tells_the_issue_the_calls_with_what_decided_and_the_end(counter):
    ordinary = counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    counter.clock.forward(minutes=20)
    counter.do(ticketing.take_ticket, "ho-tich", "vi", "cao-tuoi", who="device:K1")
    counter.clock.forward(minutes=5)
    counter.do(calling.call_next, 1, "cb01")
    counter.do(calling.finish, 1, "cb01", None, "advised")
    manager = person(counter.server, "ql02")
    page = manager.get(f"/admin/tickets/{ordinary.day}/A002")
    assert page.status_code == 200
    said = words_of(page.text)
    assert "A 002" in said.replace("\u202f", " ")
    assert "chờ 5 phút" in said
    assert "diện ưu tiên, đến 08:20, tính như đến lúc 07:" in said
    assert "Kế tiếp A 001" in said
    assert "Đã hướng dẫn" in said
    assert 'href="/admin/tickets/1/A001"' in page.text
    assert page.text.count("<li>") == 3


def test_what_was_taken_back_is_struck_through_with_what_took_it_back(counter):
    given = counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    counter.do(calling.call_next, 1, "cb01")
    counter.do(undoing.undo, 1, "cb01")
    counter.do(calling.call_next, 1, "cb01")
    manager = person(counter.server, "ql02")
    page = manager.get(f"/admin/tickets/{given.day}/a1").text
    steps = re.findall(r"<li.*?</li>", page[page.index('class="story"') :], re.DOTALL)
    assert ["<s>" in step for step in steps] == [False, True, False, False]
    assert "Đã hoàn tác lúc 08:00" in steps[1]
    assert "Vì sao số này?" in steps[1]
    assert "Vì sao số này?" in steps[3]
    row = re.findall(r"<tr.*?</tr>", manager.get("/admin/tickets").text, re.DOTALL)[1:]
    assert [("<s>" in found, "đã hoàn tác" in found) for found in row] == [(False, False), (True, True)]


def test_the_calls_of_the_day_name_key_class_and_runner_up_and_are_paged_by_number(counter, monkeypatch):
    monkeypatch.setattr("admin.stories.CALLS_A_PAGE", 2)
    for _ in range(6):
        counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    for _ in range(5):
        counter.do(calling.call_next, 1, "cb01")
    manager, found, path = person(counter.server, "ql01"), [], "/admin/tickets"
    while path:
        page = manager.get(path).text
        rows = [
            words_of("<h1>" + row).replace("\u202f", " ") for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)[1:]
        ]
        found += rows
        older = re.search(r'href="([^"]+)">Cũ hơn', page)
        path = html.unescape(older[1]) if older else ""
    assert [row[:5] for row in found] == ["A 005", "A 004", "A 003", "A 002", "A 001"]
    assert found[-1] == "A 001 08:00 1 08:00 – A 002 đến 08:00, không ai đang chờ có mốc sớm hơn"


def test_a_number_is_found_by_its_day(counter):
    given = counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    for login in ("ql01", "ql02", "ql04"):
        reader = person(counter.server, login)
        for asked in ({"number": "a 001"}, {"number": "A-1", "date": "2026-11-23"}):
            answer = reader.get("/admin/tickets", params=asked)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/tickets/{given.day}/A001")
        assert reader.get("/admin/tickets", params={"number": "A 2"}).status_code == 404
        assert reader.get("/admin/tickets", params={"number": "A 1", "date": "2026-11-22"}).status_code == 404
        assert reader.get("/admin/tickets", params={"number": "A;1"}).status_code == 422
        assert reader.get("/admin/tickets", params={"date": "x"}).status_code == 422


def test_another_agencys_number_is_not_even_known_to_a_departments_manager(counter):
    given = counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    counter.do(lambda tx: tx.record(PersonAdded("ql02", ["manager"], "dat-dai", None)).seq, who="ql03")
    reader = person(counter.server, "ql02")
    for query in ({"number": "A 1"}, {"number": "A 2"}):
        assert reader.get("/admin/tickets", params=query).status_code == 404
    assert reader.get(f"/admin/tickets/{given.day}/A001").status_code == 404


@pytest.mark.parametrize("path", ["1/A002", "2/A001", "1/x", "1/reprints", f"{10**30}/A001", "1/A%00"])
def test_a_story_of_nothing_is_not_found(counter, path):
    counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    assert person(counter.server, "ql02").get(f"/admin/tickets/{path}").status_code == 404


def test_a_story_tells_no_rating(counter):
    given = counter.do(ticketing.take_ticket, "ho-tich", who="device:K1")
    counter.do(calling.call_next, 1, "cb01")
    counter.do(calling.finish, 1, "cb01")
    manager = person(counter.server, "ql02")
    before = manager.get(f"/admin/tickets/{given.day}/A1").text
    counter.do(rating.rate_visit, given.id, 1, "manner", who="anyone")
    after = manager.get(f"/admin/tickets/{given.day}/A1").text
    forget = re.compile(r'value="[\w-]{16}"')
    assert forget.sub("", after) == forget.sub("", before)
