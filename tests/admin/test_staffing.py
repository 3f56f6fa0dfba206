"""The staffing page: advice from the centre's own days, honest without them, bounded in time, of own queues."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from admin import calling, staffing
from domain.centre_rules import Window, WindowKind
from domain.events import PersonAdded
from operations import calling as calls
from operations import managing, ticketing
from store.writer import Act
from tests.support.asking import NO_PRINTERS
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running

PAGE = "/admin/reports/staffing"
OFFICE = Window(WindowKind.SERVICE, (("07:30", "11:30"), ("13:30", "17:00")))
QUEUE = "ho-tich"
ON = "2026-12-07"


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        changed = replace(demo_centre(), windows=(OFFICE,))
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        server.store.write_now(
            Act("t"), lambda tx: tx.record(PersonAdded("cb16", ["manager"], "dat-dai", None)).seq
        )
        yield server


def live(centre, clock, days: int) -> None:
    """So many days on each of which ten people come at nine and are served in ten minutes each."""
    for day in range(days):
        clock.moment = MORNING + timedelta(days=day if day == 0 else day + 1, hours=1)
        centre.open_shift("cb01", 1)
        for _ in range(10):
            centre.store.write_now(Act("t"), ticketing.take_ticket, QUEUE)
        for _ in range(11):
            centre.store.write_now(Act("cb01"), calls.call_next, 1, "cb01")
            clock.forward(minutes=10)
    clock.moment += timedelta(days=3)


def ask(centre, query: str = f"?on={ON}", person: str = "ql02"):
    return centre.client(person).get(PAGE + query)


def table(centre) -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(ask(centre, f"?on={ON}&as=csv&table=staffing-{QUEUE}").text.lstrip("\ufeff")))
    )


def test_the_page_says_how_many_counters_in_each_half_hour(centre, clock):
    live(centre, clock, 4)
    page = ask(centre).text
    assert "A · Hộ tịch, B · Chứng thực" in page and 'class="bars"' in page
    assert "Theo 4 ngày gần nhất của mọi thứ" in page
    head, *rows = table(centre)
    assert head[0] == "Giờ" and rows[0][0] == "07:30–08:00" and rows[-1][0] == "16:30–17:00"
    by_time = {row[0]: [int(cell) for cell in row[2:]] for row in rows}
    assert by_time["09:00–09:30"][0] >= 3, "ten people at nine, thirty minutes promised, ten minutes each"
    assert by_time["15:00–15:30"] == [1, 1, 1]
    assert "11:30–12:00" not in by_time


@pytest.mark.planted
def test_planted_an_advice_of_one_counter_all_day_is_found(centre, clock, monkeypatch):
    monkeypatch.setattr("domain.staffing._broken", lambda *_: {})
    with pytest.raises(AssertionError):
        test_the_page_says_how_many_counters_in_each_half_hour(centre, clock)


def test_two_days_say_nothing_and_the_page_says_so(centre, clock):
    live(centre, clock, 2)
    page = ask(centre).text
    assert "Mới có 2 ngày làm việc đã qua; cần ít nhất 3 ngày" in page and "<svg class" not in page


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_file_without_any_advice_says_so(centre, clock, kind):
    answer = centre.client("ql02").get(f"/admin/reports/staffing?on=2026-12-08&as={kind}")
    assert answer.status_code == 200
    if kind == "csv":
        assert "Không có gì trong những ngày này." in answer.text


def test_a_day_on_which_nobody_works_needs_nobody(centre, clock):
    live(centre, clock, 4)
    assert "Ngày này trung tâm không làm việc" in ask(centre, "?on=2027-01-01").text


@pytest.mark.parametrize("on", ["2026-11-20", "today", "2030-01-01", "'"])
def test_a_day_that_cannot_be_planned_is_refused_in_words(centre, on):
    found = ask(centre, f"?on={on}")
    assert found.status_code == 422 and "Hãy chọn một ngày sau hôm nay" in found.text


def test_nothing_is_worked_out_before_a_day_is_chosen(centre, monkeypatch):
    monkeypatch.setattr(staffing, "advise", None)
    assert "Chọn ngày rồi bấm" in ask(centre, "").text


def test_the_work_has_an_end(centre, clock, monkeypatch):
    live(centre, clock, 4)
    monkeypatch.setattr(staffing, "MOST_SECONDS", 0.0)
    monkeypatch.setattr("domain.staffing.LEFT_FOR_ALL", 2.0)
    assert "Chưa tính xong trong 20 giây" in ask(centre).text
    monkeypatch.undo()
    assert 'class="bars"' in ask(centre).text, "what failed for want of time is not kept"


def test_one_at_a_time_and_what_was_found_is_not_worked_out_again(centre, clock):
    live(centre, clock, 4)
    with calling.alone():
        assert ask(centre).status_code == 409
    assert ask(centre).status_code == 200
    with calling.alone():
        assert ask(centre).status_code == 200


def test_a_department_sees_its_own_groups(centre, clock):
    live(centre, clock, 4)
    page = ask(centre, person="cb16").text
    assert "Đất đai" in page and "Hộ tịch" not in page
    assert ask(centre, f"?on={ON}&as=csv&table=staffing-{QUEUE}", "cb16").status_code == 404


def test_all_of_it_as_one_workbook(centre, clock):
    live(centre, clock, 4)
    found = ask(centre, f"?on={ON}&as=xlsx")
    assert found.content[:2] == b"PK" and re.search(
        r"staffing-2026-12-07\.xlsx", found.headers["content-disposition"]
    )
