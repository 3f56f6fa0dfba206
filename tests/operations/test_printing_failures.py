"""Slips whose printer fails: moved, vouched for, confirmed late; leases of two workers; what is learned."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Invalid, NotFound
from domain.events import PrinterTested, Sending
from domain.papers import Abilities, Answer, SlipState, is_roll_low
from operations import managing, printing, ticketing
from operations.printing import (
    LeaseLost,
    PrinterBusy,
    SlipOnItsWay,
    back_off,
    claim_slip,
    confirm_late,
    end_slip,
    give_back_slip,
    keep_slip,
    move_slip,
    start_slip,
    vouch_for_slip,
)
from store import jobs, printers
from tests.support.halls import demo_calendar, demo_centre


def take(hall, printer: str = "P1"):
    return hall.do(ticketing.take_ticket, "ho-tich", printer=printer)


def slip(hall, ticket):
    return jobs.print_job_of(hall.db, "ticket", str(ticket.id))


def with_printer(**changes):
    centre = demo_centre()
    first, *others = centre.printers
    return replace(centre, printers=(replace(first, **changes), *others))


def test_a_slip_shows_every_step_of_its_way(hall):
    ticket = take(hall)
    steps = [slip(hall, ticket).state]
    claim = hall.do(claim_slip, "P1")
    steps.append(slip(hall, ticket).state)
    hall.do(give_back_slip, claim.job.id, "hết giấy", claim.epoch)
    steps.append(slip(hall, ticket).state)
    assert slip(hall, ticket).note == "hết giấy"
    hall.clock.forward(seconds=2)
    claim = hall.do(claim_slip, "P1")
    hall.do(start_slip, claim.job.id, claim.epoch)
    steps.append(slip(hall, ticket).state)
    hall.do(end_slip, claim.job.id, "unknown", "mất liên lạc giữa chừng", "", Sending(3, 9, 700, "ab", 1, "12", 2))
    steps.append(slip(hall, ticket).state)
    hall.do(confirm_late, claim.job.id)
    steps.append(slip(hall, ticket).state)
    assert steps == ["queued", "preflight", "failed-before-first-byte", "sending", "unknown", "confirmed"]
    assert steps == [*map(SlipState, steps)]
    kept = hall.db.execute("SELECT pieces, total, rows, sha256, layout, status, tries, grade FROM print_jobs")
    assert kept.fetchone() == (3, 9, 700, "ab", 1, "12", 2, "printed")


@pytest.mark.parametrize("state", ["confirmed", "sent", "expired"])
def test_an_end_is_the_end(hall, state):
    take(hall)
    job = hall.do(claim_slip, "P1").job
    hall.do(end_slip, job.id, state)
    before = len(hall.events)
    for later in ("unknown", "confirmed", "sent"):
        hall.do(end_slip, job.id, later)
    hall.do(confirm_late, job.id)
    assert len(hall.events) == before
    with pytest.raises(SlipOnItsWay):
        hall.do(vouch_for_slip, job.id)


def test_a_person_vouches_for_a_slip_that_is_there(hall):
    ticket = take(hall)
    job = hall.do(claim_slip, "P1").job
    hall.do(end_slip, job.id, "unknown")
    hall.do(vouch_for_slip, job.id)
    assert (slip(hall, ticket).state, slip(hall, ticket).grade) == ("confirmed", "person")
    assert printers.past(hall.db, "P1").confirmed_at is None, "a person is no printer"


def test_two_workers_never_hold_one_printer(hall):
    take(hall)
    take(hall)
    first = hall.do(claim_slip, "P1", "one")
    assert hall.do(claim_slip, "P1", "two").job is None
    hall.do(end_slip, first.job.id, "confirmed", worker="one")
    assert hall.do(claim_slip, "P1", "two").job is not None
    assert hall.do(claim_slip, "P1", "one").job is None


def test_a_worker_that_overslept_may_not_begin(hall):
    take(hall)
    late = hall.do(claim_slip, "P1", "late")
    hall.clock.forward(seconds=61)
    prompt = hall.do(claim_slip, "P1", "prompt")
    assert prompt.job.id == late.job.id
    with pytest.raises(LeaseLost):
        hall.do(start_slip, late.job.id, late.epoch)
    hall.do(give_back_slip, late.job.id, "hết giấy", late.epoch, "late")
    with pytest.raises(LeaseLost):
        hall.do(keep_slip, late.job.id, late.epoch, "late")
    hall.do(start_slip, prompt.job.id, prompt.epoch)
    assert hall.do(claim_slip, "P1", "late").job is None


def test_a_slow_line_keeps_its_slip(hall):
    ticket = take(hall)
    claim = hall.do(claim_slip, "P1", "one")
    hall.do(start_slip, claim.job.id, claim.epoch)
    for _ in range(4):
        hall.clock.forward(seconds=40)
        hall.do(keep_slip, claim.job.id, claim.epoch, "one")
        assert hall.do(claim_slip, "P1", "two").job is None
    assert slip(hall, ticket).state == "sending"
    hall.clock.forward(seconds=61)
    hall.do(claim_slip, "P1", "two")
    assert slip(hall, ticket).state == "unknown"


def test_a_clock_set_back_holds_up_no_slip(hall):
    ticket = take(hall)
    claim = hall.do(claim_slip, "P1")
    hall.do(give_back_slip, claim.job.id, "hết giấy", claim.epoch)
    hall.clock.forward(hours=-5)
    assert hall.do(claim_slip, "P1").job.id == slip(hall, ticket).id


def test_tries_rest_longer_but_never_long(hall):
    assert [back_off(tries).total_seconds() for tries in (1, 2, 3, 4, 99)] == [2, 4, 8, 8, 8]
    assert back_off(0) == timedelta(seconds=2)


def test_a_slip_of_which_no_byte_left_moves_unmarked(hall):
    ticket = take(hall)
    claim = hall.do(claim_slip, "P1", "one")
    hall.do(move_slip, claim.job.id, "P2", "hết giấy", "one")
    moved = slip(hall, ticket)
    assert (moved.printer, moved.first_printer, moved.copy, moved.state) == ("P2", "P1", 1, "queued")
    assert moved.is_moved
    assert hall.do(claim_slip, "P1", "two").job is None
    assert hall.do(claim_slip, "P2", "three").job.id == moved.id


def test_what_may_be_on_paper_does_not_move(hall):
    take(hall)
    claim = hall.do(claim_slip, "P1")
    hall.do(start_slip, claim.job.id, claim.epoch)
    with pytest.raises(SlipOnItsWay):
        hall.do(move_slip, claim.job.id, "P2")
    hall.do(end_slip, claim.job.id, "unknown")
    with pytest.raises(SlipOnItsWay):
        hall.do(move_slip, claim.job.id, "P2")
    with pytest.raises(SlipOnItsWay):
        hall.do(move_slip, 424242, "P2")


@pytest.mark.parametrize("printer", ["P1", "P9"])
def test_a_slip_moves_to_another_printer_of_the_centre(hall, printer):
    ticket = take(hall)
    with pytest.raises(Invalid):
        hall.do(move_slip, slip(hall, ticket).id, printer)


def test_each_printer_has_minutes_of_its_own(hall):
    hall.do(managing.load_centre, with_printer(slip_minutes=3), demo_calendar())
    mine, other = take(hall, "P1"), take(hall, "P2")
    hall.clock.forward(minutes=3, seconds=1)
    hall.do(claim_slip, "P1")
    assert slip(hall, mine).state == "expired"
    assert hall.do(claim_slip, "P2").job.subject == str(other.id)


def test_slips_of_a_printer_that_is_no_more_come_to_a_person(hall):
    gone, here = take(hall, "P7"), take(hall)
    assert hall.do(printing.end_orphans, ["P1", "P2"]) == 1
    assert (slip(hall, gone).state, slip(hall, here).state) == ("expired", "queued")
    assert [job.subject for job in jobs.unsure_slips(hall.db, 0, 9)] == [str(gone.id)]


def test_a_newer_copy_takes_over_on_the_desk(hall):
    ticket = take(hall)
    hall.do(end_slip, slip(hall, ticket).id, "unknown")
    hall.do(printing.reprint, ticket.id, "P2")
    assert jobs.unsure_slips(hall.db, 0, 9) == []
    hall.do(end_slip, slip(hall, ticket).id, "expired")
    assert [job.copy for job in jobs.unsure_slips(hall.db, 0, 9)] == [2]


def test_what_is_learned_is_written_once(hall):
    hall.do(printing.learn, "P1", ["status"])
    before = len(hall.events)
    hall.do(printing.learn, "P1", ["status"])
    assert len(hall.events) == before
    hall.do(printing.learn, "P1", ["status", "completion"])
    assert printers.past(hall.db, "P1").abilities.answers == {Answer.STATUS, Answer.COMPLETION}


def found(*answers):
    return PrinterTested("P1", list(answers), 576, 1, edges=True, letters=True, codes=True, rows=2000)


def test_a_test_says_what_a_printer_cannot_do(hall):
    hall.do(printing.learn, "P1", ["completion", "status"])
    hall.do(printing.note_test, found("sensor"))
    past = printers.past(hall.db, "P1")
    assert past.abilities == Abilities(frozenset({Answer.SENSOR}), tested=True)
    assert (past.rows, past.seen.width) == (2000, 576)
    assert not past.abilities.should_prove
    assert not past.abilities.asks_status
    hall.do(printing.learn, "P1", ["completion"])
    assert printers.past(hall.db, "P1").abilities.should_prove, "it does answer after all"


def test_who_should_prove():
    def abilities(*answers, tested):
        return Abilities(frozenset(answers), tested=tested)

    assert abilities(tested=False).should_prove
    assert not abilities(tested=True).should_prove
    assert not abilities(Answer.STATUS, tested=True).should_prove
    assert abilities(Answer.STATUS, Answer.SENSOR, tested=True).should_prove
    assert abilities(Answer.COMPLETION, tested=True).should_prove


def test_metres_count_from_the_last_roll(hall):
    take(hall)
    job = hall.do(claim_slip, "P1").job
    hall.do(end_slip, job.id, "confirmed", "", "printed", Sending(9, 9, 999, "ab", 1))
    assert printers.past(hall.db, "P1").rows == 999
    hall.do(printing.change_roll, "P1")
    past = printers.past(hall.db, "P1")
    assert (past.rows, past.roll_at) == (0, hall.clock())
    assert not is_roll_low(42_499 * 8, 50)
    assert is_roll_low(42_500 * 8, 50)
    with pytest.raises(NotFound):
        hall.do(printing.change_roll, "P7")


def test_a_self_test_waits_for_the_slip_at_hand(hall):
    take(hall)
    claim = hall.do(claim_slip, "P1", "one")
    with pytest.raises(PrinterBusy):
        hall.do(printing.hold_printer, "P1")
    hall.do(end_slip, claim.job.id, "confirmed", worker="one")
    hall.do(printing.hold_printer, "P1")
    take(hall)
    assert hall.do(claim_slip, "P1", "one").job is None
    hall.do(printing.let_go_of_printer, "P1")
    assert hall.do(claim_slip, "P1", "one").job is not None
    with pytest.raises(NotFound):
        hall.do(printing.hold_printer, "P7")


def test_a_receipt_is_copied_like_a_slip(hall):
    with pytest.raises(NotFound):
        hall.do(printing.reprint_receipt, "H00-000", "P1")
