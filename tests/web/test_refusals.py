"""Who is told that a queue gives no number now is counted: once a press, by queue and rule, and nobody else."""

from dataclasses import replace
from datetime import date

import pytest

from domain.admission import Reason
from domain.centre_rules import Window, WindowKind
from domain.queue_events import NumberRefused
from operations import managing
from operations.admitting import MOST_NOTED_A_MINUTE, note_refusal
from store import journal, refusals
from store.writer import Act
from tests.support.asking import NO_PRINTERS, QUEUE, browser, request_id
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running

BIRTH = "1.001193"
MONDAY = date(2026, 11, 23)
FRAGMENT = {"HX-Request": "true"}
MORNINGS = Window(WindowKind.TICKETS, (("07:30", "11:00"),))
ONE_A_DAY = tuple(replace(queue, daily_limit=1 if queue.id == QUEUE else None) for queue in demo_centre().queues)


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    """Numbers in the mornings only, of one queue a single one."""
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        changed = replace(demo_centre(), windows=(MORNINGS,), queues=ONE_A_DAY)
        server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
        yield server


@pytest.fixture
def kiosk(centre):
    return browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")


def press(kiosk, queue: str = QUEUE, asked: str = ""):
    return kiosk.post(
        "/kiosk/K1/tickets", data={"queue": queue, "request_id": asked or request_id()}, headers=FRAGMENT
    )


def noted(centre) -> list[tuple[str, str]]:
    """Queue and rule of every refusal in the journal, which the table repeats."""
    events = centre.store.read(lambda db: [r.event for r in journal.read(db) if isinstance(r.event, NumberRefused)])
    found = centre.store.read(refusals.between, MONDAY, MONDAY)
    assert sum(one.number for one in found) == len(events)
    return [(event.queue, event.reason) for event in events]


def test_a_press_after_hours_is_counted_once_however_often_it_comes(centre, kiosk, clock):
    clock.at("14:00")
    asked = request_id()
    answers = [press(kiosk, asked=asked) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {409}
    assert "đến giờ lấy số" in answers[0].text
    assert answers[0].headers["hx-retarget"] == "#failure"
    assert noted(centre) == [(QUEUE, "outside-window")]
    press(kiosk)
    assert noted(centre) == [(QUEUE, "outside-window")] * 2


def test_a_used_up_limit_is_counted_as_that(centre, kiosk):
    assert press(kiosk).status_code == 200
    assert press(kiosk).status_code == 409
    assert noted(centre) == [(QUEUE, "daily-limit")]


def test_who_gets_a_number_or_finds_a_stopped_queue_is_not_counted(centre, kiosk):
    assert press(kiosk).status_code == 200
    centre.store.write_now(Act("t"), managing.stop_queue, "cu-tru", "mất điện")
    assert press(kiosk, "cu-tru").status_code == 409
    assert press(kiosk, "khong-co").status_code == 404
    assert noted(centre) == []


def test_the_same_press_may_be_refused_by_another_rule_later_and_counts_once(centre, kiosk, clock):
    press(kiosk)
    asked = request_id()
    press(kiosk, asked=asked)
    clock.at("14:00")
    centre.store.write_now(Act("t"), managing.load_centre, replace(demo_centre(), windows=(MORNINGS,)),
                           demo_calendar())  # fmt: skip
    assert "đến giờ lấy số" in press(kiosk, asked=asked).text
    assert noted(centre) == [(QUEUE, "daily-limit")]


def test_a_procedures_page_that_says_so_is_counted_by_the_kiosk_itself(centre, kiosk, clock):
    page = f"/kiosk/K1/procedures/{BIRTH}"
    assert "/refusals" not in kiosk.get(page).text
    clock.at("14:00")
    text = kiosk.get(page).text
    way = text.split('hx-post="')[1].split('"')[0]
    assert noted(centre) == [], "reading a page changes nothing"
    assert [kiosk.post(way).status_code for _ in range(2)] == [200, 200]
    assert noted(centre) == [(QUEUE, "outside-window")]


def test_a_page_that_stood_open_over_the_opening_counts_nobody(centre, kiosk):
    assert kiosk.post(f"/kiosk/K1/queues/{QUEUE}/refusals?request_id={request_id()}").status_code == 200
    assert noted(centre) == []


def test_a_flood_is_bounded(centre, clock):
    clock.at("14:00")
    for _ in range(MOST_NOTED_A_MINUTE + 5):
        centre.store.write_now(Act("t"), note_refusal, QUEUE, Reason.CLOSING)
    centre.store.write_now(Act("t"), note_refusal, "cu-tru", Reason.CLOSING)
    assert len(noted(centre)) == MOST_NOTED_A_MINUTE + 1
    clock.forward(minutes=1)
    assert centre.store.write_now(Act("t"), note_refusal, QUEUE, Reason.CLOSING)


def test_hours_and_weekdays_are_local(centre, kiosk, clock):
    clock.at("06:10")  # 23:10 of Sunday in UTC
    press(kiosk)
    (found,) = centre.store.read(refusals.between, MONDAY, MONDAY)
    assert (found.queue, found.weekday, found.hour, found.reason, found.number) == (
        QUEUE, 1, 6, "outside-window", 1
    )  # fmt: skip
    assert centre.store.read(refusals.between, date(2026, 11, 22), date(2026, 11, 22)) == []


@pytest.mark.planted
def test_planted_a_press_that_leaves_no_trace_is_found(centre, kiosk, clock, monkeypatch):
    async def forgets(*arguments: object) -> None:
        pass

    monkeypatch.setattr("web.refusals.note", forgets)
    with pytest.raises(AssertionError):
        test_a_press_after_hours_is_counted_once_however_often_it_comes(centre, kiosk, clock)
