import re
from dataclasses import replace
from datetime import datetime

import pytest

from domain.days import LOCAL
from domain.errors import CounterClosed, CounterTaken, Invalid, UnknownProcedure
from operations import calling, intake, managing, shifts, ticketing
from operations.intake import Intake
from store import dossiers, jobs, journal, outbox
from tests.support.halls import demo_calendar, demo_centre

SAME_DAY, THREE_DAYS, NO_LIMIT, THREE_BUSINESS = "1.001193", "1.004873", "1.004222", "1.001612"


@pytest.fixture
def desk(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    return hall


def receive(hall, procedure: str = SAME_DAY, **more):
    return hall.do(intake.receive_dossier, 1, "cb01", Intake(procedure, b"sealed", **more))


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def test_codes_have_agency_day_and_a_number_from_one(desk):
    codes = [receive(desk).code for _ in range(3)]
    assert codes == ["H56.19-261123-0001", "H56.19-261123-0002", "H56.19-261123-0003"]
    assert all(re.fullmatch(r"[A-Z]\d{2}(\.[0-9A-Z]{1,3}){0,4}-\d{6}-\d{4,}", code) for code in codes)


def test_every_day_counts_for_itself(desk):
    receive(desk)
    desk.clock.forward(days=1)
    desk.do(shifts.open_shift, 1, "cb01")
    assert receive(desk).code == "H56.19-261124-0001"


def test_the_sequence_goes_on_above_9999(desk):
    first = receive(desk)
    desk.db.execute("UPDATE dossiers SET code = 'H56.19-261123-9999' WHERE code = ?", (first.code,))
    assert [receive(desk).code[-6:] for _ in range(2)] == ["-10000", "-10001"]


def test_the_same_number_is_not_given_again_when_the_clock_goes_back(desk):
    codes = [receive(desk).code]
    desk.clock.forward(days=1)
    desk.do(shifts.open_shift, 1, "cb01")
    codes.append(receive(desk).code)
    desk.clock.forward(days=-1)
    codes.append(receive(desk).code)
    assert len(set(codes)) == 3


def test_another_agency_counts_for_itself(desk):
    receive(desk)
    desk.do(managing.load_centre, replace(demo_centre(), code="H56.1"), demo_calendar())
    assert receive(desk).code == "H56.1-261123-0001"


@pytest.mark.parametrize(
    ("procedure", "at", "due"),
    [
        (SAME_DAY, "09:00", "2026-11-23T17:00"),
        (SAME_DAY, "15:00", "2026-11-23T17:00"),
        (SAME_DAY, "15:01", "2026-11-25T17:00"),  # 24 November is a day off from 2026 on
        (THREE_DAYS, "09:00", "2026-11-27T17:00"),
    ],
)
def test_the_due_date_comes_from_the_limit_in_the_centre_file(desk, procedure, at, due):
    desk.clock.at(at)
    got = receive(desk, procedure)
    assert got.due == here(due)
    stored = dossiers.find(desk.db, got.code)
    assert (stored.due, stored.facts["due_rule"]) == (got.due, got.explanation)
    assert stored.facts["calendar"] == demo_calendar().version


def test_a_changed_limit_counts_for_new_dossiers_only(desk):
    old = receive(desk, THREE_DAYS)
    placements = tuple(
        replace(p, limit=replace(p.limit, amount=1)) if p.code == THREE_DAYS else p
        for p in demo_centre().procedures
    )
    desk.do(managing.load_centre, replace(demo_centre(), procedures=placements), demo_calendar())
    new = receive(desk, THREE_DAYS)
    assert new.due < old.due
    assert dossiers.find(desk.db, old.code).due == old.due


def test_no_due_date_is_guessed(desk):
    got = receive(desk, NO_LIMIT)
    assert (got.due, got.explanation) == (None, {})
    assert dossiers.find(desk.db, got.code).due is None


def test_everything_hangs_on_one_event(desk):
    ticket = desk.do(ticketing.take_ticket, "ho-tich")
    desk.do(calling.call_next, 1, "cb01")
    before = journal.head(desk.db)[0]
    got = receive(desk, printer="P1", delivery=1, owner_kind=2)
    assert journal.head(desk.db)[0] == before + 1
    found = dossiers.find(desk.db, got.code)
    assert (found.ticket, found.counter, found.person, found.status) == (ticket.id, 1, "cb01", 2)
    assert (found.facts["owner_kind"], found.facts["channel"], found.facts["delivery"]) == (2, 1, 1)
    assert dossiers.sealed_particulars(desk.db, found.particulars) == b"sealed"
    assert jobs.print_job_of(desk.db, "receipt", got.code).printer == "P1"
    messages = outbox.portal_messages_of(desk.db, got.code)
    assert [(m.kind, m.step, m.state) for m in messages] == [("dossier", 0, "queued"), ("progress", 0, "queued")]


def test_without_a_ticket_or_paper_it_goes_as_well(desk):
    got = receive(desk)
    assert dossiers.find(desk.db, got.code).ticket is None
    assert jobs.print_job_of(desk.db, "receipt", got.code) is None


def counts(hall) -> list[int]:
    tables = ("journal", "dossiers", "particulars", "print_jobs", "portal_messages")
    return [hall.one(f"SELECT count(*) FROM {table}") for table in tables]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"procedure": "9.999999"}, UnknownProcedure), ({"procedure": ""}, UnknownProcedure),
        ({"procedure": "x" * 9999}, UnknownProcedure), ({"owner_kind": 0}, Invalid), ({"owner_kind": 5}, Invalid),
        ({"delivery": 3}, Invalid), ({"delivery": -1}, Invalid),
    ],
)  # fmt: skip
def test_bad_input_leaves_nothing_behind(desk, change, error):
    before = counts(desk)
    with pytest.raises(error):
        desk.do(intake.receive_dossier, 1, "cb01", replace(Intake(SAME_DAY, b"x", printer="P1"), **change))
    assert counts(desk) == before


def test_a_procedure_placed_here_but_not_in_the_catalogue_is_unknown(desk):
    desk.db.execute("DELETE FROM procedures WHERE code = ?", (SAME_DAY,))
    before = counts(desk)
    with pytest.raises(UnknownProcedure):
        receive(desk)
    assert counts(desk) == before


@pytest.mark.parametrize(("counter", "person", "error"), [(1, "cb02", CounterTaken), (2, "cb01", CounterClosed)])
def test_only_the_clerk_of_an_open_counter_receives(desk, counter, person, error):
    before = counts(desk)
    with pytest.raises(error):
        desk.do(intake.receive_dossier, counter, person, Intake(SAME_DAY, b"x"))
    assert counts(desk) == before


@pytest.mark.fault
def test_a_failure_in_the_middle_leaves_nothing_half_done(desk, monkeypatch):
    """The particulars are put away before the event is recorded: both go or none."""
    before = counts(desk)
    monkeypatch.setattr(journal, "append", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        receive(desk, printer="P1")
    assert counts(desk) == before


def test_the_newest_dossiers_come_first_and_by_counter(desk):
    desk.do(shifts.open_shift, 3, "cb03")
    one = receive(desk).code
    two = desk.do(intake.receive_dossier, 3, "cb03", Intake(SAME_DAY, b"x")).code
    assert [d.code for d in dossiers.newest(desk.db)] == [two, one]
    assert [d.code for d in dossiers.newest(desk.db, counter=1)] == [one]
    assert dossiers.find(desk.db, "H56.19-261123-0009") is None


@pytest.mark.planted
def test_particulars_put_away_by_themselves_are_found(desk, monkeypatch):
    keep = dossiers.keep_particulars

    def hasty(db, sealed):
        number = keep(db, sealed)
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        return number

    monkeypatch.setattr(dossiers, "keep_particulars", hasty)
    with pytest.raises(AssertionError):
        test_a_failure_in_the_middle_leaves_nothing_half_done(desk, monkeypatch)
