"""The printers' test page: one with each business day where the centre wants it, never before people's slips."""

from dataclasses import replace

import pytest

from domain.errors import Invalid, NotFound
from domain.events import TestPageAsked
from operations import managing, opening, printing, ticketing
from operations.printing import TestPageWaits, ask_test_page, claim_slip, end_slip, start_slip
from store import jobs
from tests.support.halls import demo_calendar, demo_centre


def with_daily_tests(hall, *wanted: str):
    """The demo centre whose printers so named print a page each morning."""
    found = demo_centre()
    printers = tuple(replace(one, daily_test=one.id in wanted) for one in found.printers)
    opens = replace(found.hours, opens_day="06:45")
    hall.do(managing.load_centre, replace(found, printers=printers, hours=opens), demo_calendar())


def asked(hall) -> list[tuple[str, int]]:
    """Printer and number of every page that was asked for."""
    events = (recorded.event for recorded in hall.events)
    return [(event.printer, event.copy) for event in events if isinstance(event, TestPageAsked)]


def take(hall, printer: str = "P1"):
    return hall.do(ticketing.take_ticket, "ho-tich", printer=printer)


def finish(hall, printer: str = "P1", state: str = "confirmed"):
    """Print what comes next."""
    job = hall.do(claim_slip, printer).job
    hall.do(start_slip, job.id)
    hall.do(end_slip, job.id, state)
    return job


def test_a_page_comes_with_each_business_day_for_those_that_want_it(hall):
    with_daily_tests(hall, "P2")
    take(hall)
    take(hall)
    assert asked(hall) == [("P2", 1)]
    assert finish(hall, "P2").kind == "test"
    hall.clock.forward(days=1)
    take(hall)
    assert asked(hall) == [("P2", 1), ("P2", 2)]


def test_no_page_is_asked_for_where_nobody_wants_one(hall):
    take(hall)
    hall.clock.forward(days=1)
    take(hall)
    assert asked(hall) == []


def test_the_day_that_opens_at_the_centres_hour_brings_it_before_anybody_comes(hall):
    with_daily_tests(hall, "P1", "P2")
    take(hall)
    assert finish(hall).kind == "ticket"
    assert finish(hall).kind == "test"
    hall.clock.forward(days=2)  # the day between is a holiday
    hall.clock.at("06:46")
    assert hall.do(opening.open_on_time)
    assert asked(hall) == [("P1", 1), ("P2", 1), ("P1", 2), ("P2", 2)]
    assert hall.one("SELECT state FROM print_jobs WHERE subject = 'P2' AND copy = 1") == "expired"


def people_come_first(hall) -> None:
    with_daily_tests(hall, "P1")
    first = take(hall)
    second = take(hall)
    kinds = [(job.kind, job.subject) for job in (finish(hall) for _ in range(3))]
    assert kinds == [("ticket", str(first.id)), ("ticket", str(second.id)), ("test", "P1")]


def test_whoever_took_a_number_is_printed_before_the_page(hall):
    people_come_first(hall)


@pytest.mark.planted
def test_a_page_in_the_way_of_people_is_caught(hall, monkeypatch):
    monkeypatch.setattr("store.jobs.TEST_PAGE", "receipt")
    with pytest.raises(AssertionError):
        people_come_first(hall)


def test_a_page_that_was_asked_for_by_hand_waits_once(hall):
    assert hall.do(ask_test_page, "P1") == 1
    with pytest.raises(TestPageWaits):
        hall.do(ask_test_page, "P1")
    assert hall.do(ask_test_page, "P2") == 1
    finish(hall, state="unknown")
    assert hall.do(ask_test_page, "P1") == 2
    assert asked(hall) == [("P1", 1), ("P2", 1), ("P1", 2)]


def test_a_printer_that_is_not_there_has_no_page(hall):
    with pytest.raises(NotFound):
        hall.do(ask_test_page, "P9")


def test_a_page_stays_at_its_printer_and_is_of_no_use_after_its_minutes(hall):
    hall.do(ask_test_page, "P1")
    job = jobs.print_job_of(hall.db, "test", "P1")
    with pytest.raises(Invalid):
        hall.do(printing.move_slip, job.id, "P2")
    hall.clock.forward(minutes=11)
    assert hall.do(claim_slip, "P1").job is None
    assert jobs.print_job(hall.db, job.id).state == "expired"


def test_the_same_press_asks_once(hall):
    for _ in range(2):
        assert hall.do(ask_test_page, "P1", request="press-0001") == 1
    assert asked(hall) == [("P1", 1)]
