"""Pre-printed numbers come into the system afterwards, with their real times, all or none."""

from datetime import timedelta

import pytest

from admin.paper_numbers import LineUnreadable, read_lines
from domain.days import local
from domain.errors import Invalid
from store import tickets
from tests.support.asking import NO_PRINTERS, browser, request_id, seq
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running

NOON = MORNING + timedelta(hours=4)


def test_a_line_is_a_number_an_arrival_and_perhaps_a_visit():
    waiting, served = read_lines("G 002 8:17\n\n 001 08:15 3 08:20 08:31 \n", NOON)
    assert (waiting.n, local(waiting.came).strftime("%H:%M"), waiting.counter) == (2, "08:17", None)
    assert (served.n, served.counter, f"{local(served.ended):%H:%M}") == (1, 3, "08:31")


@pytest.mark.parametrize(
    ("text", "line"),
    [("001", 1), ("001 25:00", 1), ("001 08:15\n002 8h15", 2), ("001 08:15 3 08:20", 1), ("x 08:15", 1)],
)
def test_a_line_that_cannot_be_read_is_named(text, line):
    with pytest.raises(LineUnreadable) as refused:
        read_lines(text, NOON)
    assert refused.value.arguments == {"line": line}


@pytest.mark.parametrize("text", ["", " \n ", "001 08:15\n" * 501, "x" * 20_001])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(Invalid):
        read_lines(text, NOON)


@pytest.fixture
def centre(tmp_path):
    with running(tmp_path / "data", now=HandClock(NOON), printer_of=NO_PRINTERS) as server:
        yield server


def test_a_supervisor_enters_a_block_and_sees_how_many(centre):
    supervisor = browser(centre, f"motcua-person={centre.person_cookie('ql01')}")
    assert "Nhập số phát tay" in supervisor.get("/admin/paper-numbers").text
    lines = "001 08:15 3 08:20 08:31\n002 08:17"
    form = {"queue": "xay-dung", "lines": lines, "request_id": request_id()}
    assert "Đã nhập 2 số" in supervisor.post("/admin/paper-numbers", data=form).text
    found = centre.store.read(tickets.of_day, 1)
    assert [(t.n, str(t.state), t.counter) for t in found] == [(1, "finished", 3), (2, "waiting", None)]
    before = seq(centre)
    again = supervisor.post("/admin/paper-numbers", data={**form, "request_id": request_id()})
    assert again.status_code == 422
    assert seq(centre) == before
