import pytest

from domain.errors import Invalid
from operations import printing, ticketing
from operations.printing import claim_slip, end_slip, give_back_slip, recover_slips, reprint, start_slip
from store import jobs, tickets


def take(hall, printer: str = "P1"):
    return hall.do(ticketing.take_ticket, "ho-tich", printer=printer)


def claim(hall, printer: str = "P1"):
    return hall.do(claim_slip, printer).job


def state(hall, job) -> str:
    return hall.one("SELECT state FROM print_jobs WHERE id = ?", job.id)


def test_slips_come_out_in_order_and_each_at_its_own_printer(hall):
    first, other, second = take(hall), take(hall, "P2"), take(hall)
    assert [claim(hall).subject, claim(hall).subject] == [str(first.id), str(second.id)]
    assert claim(hall, "P2").subject == str(other.id)
    assert claim(hall) is None
    assert claim(hall, "P3") is None


def test_a_claimed_slip_is_nobody_elses_until_its_lease_is_over(hall):
    take(hall)
    job = claim(hall)
    hall.clock.forward(seconds=59)
    assert claim(hall) is None
    hall.clock.forward(seconds=2)
    assert claim(hall).id == job.id


@pytest.mark.parametrize("end", ["confirmed", "sent", "unknown"])
def test_an_ended_slip_never_comes_again(hall, end):
    take(hall)
    job = claim(hall)
    hall.do(start_slip, job.id)
    hall.do(end_slip, job.id, end, "note")
    hall.clock.forward(minutes=5)
    assert claim(hall) is None
    assert (state(hall, job), hall.one("SELECT note FROM print_jobs")) == (end, "note")
    assert hall.one("SELECT count(*) FROM leases") == 0


def test_a_slip_that_was_not_begun_is_tried_again_soon(hall):
    take(hall)
    job = claim(hall)
    hall.do(give_back_slip, job.id, "refused")
    assert claim(hall) is None
    hall.clock.forward(seconds=2)
    assert claim(hall).id == job.id


def test_no_slip_is_printed_for_somebody_who_has_gone(hall):
    take(hall)
    hall.clock.forward(minutes=10)
    in_time = claim(hall)
    assert in_time is not None
    hall.do(give_back_slip, in_time.id, "refused")
    hall.clock.forward(seconds=2)
    fresh = take(hall)
    assert claim(hall).subject == str(fresh.id)
    assert state(hall, in_time) == "expired"


def test_many_old_slips_expire_at_once(hall):
    for _ in range(30):
        take(hall)
    hall.clock.forward(minutes=11)
    assert claim(hall) is None
    assert hall.one("SELECT count(*) FROM print_jobs WHERE state = 'expired'") == 30


def what_was_begun_is_never_printed_again(hall, recover) -> None:
    """After a restart: begun slips are unknown, the others are printed; nothing is printed twice."""
    for _ in range(3):
        take(hall)
    begun, claimed = claim(hall), claim(hall)
    hall.do(start_slip, begun.id)
    assert recover() == 1
    assert state(hall, begun) == "unknown"
    again = [claim(hall), claim(hall), claim(hall)]
    assert again[0].id == claimed.id
    assert again[1] is not None
    assert again[2] is None
    assert begun.id not in [job.id for job in again[:2]]
    assert recover() == 0


def test_after_a_restart_begun_slips_are_unknown(hall):
    what_was_begun_is_never_printed_again(hall, lambda: hall.do(recover_slips))


@pytest.mark.planted
def test_a_second_print_after_a_restart_is_caught(hall):
    def careless() -> int:
        hall.do(lambda tx: jobs.drop_leases(tx.db))
        return 1

    with pytest.raises(AssertionError):
        what_was_begun_is_never_printed_again(hall, careless)


def test_a_begun_slip_is_not_given_out_again_when_its_lease_runs_out(hall):
    """The worker may not have been able to say how it ended (disk full): that is for a person, not for a retry."""
    take(hall)
    job = claim(hall)
    hall.do(start_slip, job.id)
    hall.clock.forward(seconds=61)
    assert claim(hall) is None


def test_a_begun_slip_does_not_expire_as_if_it_had_never_come_out(hall):
    take(hall)
    job = claim(hall)
    hall.do(start_slip, job.id)
    hall.clock.forward(minutes=11)
    claim(hall)
    assert state(hall, job) != "expired"


def test_a_reprint_is_a_numbered_copy(hall):
    ticket = take(hall)
    first = claim(hall)
    hall.do(end_slip, first.id, "unknown")
    assert hall.do(reprint, ticket.id, "P2") == 2
    copy = claim(hall, "P2")
    assert (copy.kind, copy.subject, copy.copy) == ("ticket", str(ticket.id), 2)
    assert hall.do(reprint, ticket.id, "P1") == 3


def test_a_ticket_without_paper_can_get_some(hall):
    ticket = hall.do(ticketing.take_ticket, "ho-tich")
    assert hall.do(reprint, ticket.id, "P1") == 2
    assert claim(hall).subject == str(ticket.id)


def test_reprints_end_at_twenty(hall):
    ticket = take(hall)
    assert [hall.do(reprint, ticket.id, "P1") for _ in range(19)] == list(range(2, 21))
    with pytest.raises(Invalid):
        hall.do(reprint, ticket.id, "P1")
    assert hall.one("SELECT count(*) FROM print_jobs") == 20


def test_an_unknown_ticket_has_no_slip(hall):
    with pytest.raises(tickets.UnknownTicket):
        hall.do(reprint, 424242, "P1")
    assert hall.one("SELECT count(*) FROM print_jobs") == 0


def test_the_outbox_counts_what_waits(hall):
    take(hall)
    take(hall)
    assert jobs.outbox_depths(hall.db) == {"print": 2, "portal": 0, "parked": 0}
    hall.do(end_slip, claim(hall).id, "confirmed")
    assert jobs.outbox_depths(hall.db)["print"] == 1
    assert [job.state for job in jobs.recent_print_jobs(hall.db)] == ["queued", "confirmed"]


def test_the_times_are_what_the_manual_says():
    assert (printing.LEASE.seconds, printing.EXPIRY.seconds, printing.BACK_OFF.seconds) == (60, 600, 2)
