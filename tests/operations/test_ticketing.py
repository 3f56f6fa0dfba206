from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid, QueueStopped, UnknownQueue
from domain.queue_events import TicketIssued
from domain.tickets import milliseconds
from operations import calling, managing, moving, shifts, ticketing
from operations.ticketing import PaperNumber
from store import jobs, moves, tickets
from store.centres import NoCentre
from tests.support.halls import MORNING, calls_made, demo_centre, new_hall

take = ticketing.take_ticket
QUEUES = [queue.id for queue in demo_centre().queues]


def test_a_ticket_says_what_the_slip_promises(hall):
    hall.do(take, "ho-tich")
    given_ = hall.do(take, "ho-tich", "en", who="K1")
    assert (given_.prefix, given_.n, given_.number) == ("A", 2, "A\u202f002")
    assert (given_.ahead, given_.language, given_.state, given_.arrived_at) == (1, "en", "waiting", MORNING)
    assert tickets.giver(hall.db, given_.id) == "K1"


@given(st.lists(st.sampled_from(QUEUES), max_size=40))
@settings(max_examples=20, deadline=None, database=None)
def test_each_queue_counts_for_itself_without_gap(queues):
    hall = new_hall()
    numbers = [(queue, hall.do(take, queue).n) for queue in queues]
    assert numbers == [(queue, queues[: i + 1].count(queue)) for i, queue in enumerate(queues)]
    hall.db.close()


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("không-có",), UnknownQueue),
        (("",), UnknownQueue),
        (("A",), UnknownQueue),
        (("x" * 10_000,), UnknownQueue),
        (("ho-tich\x00",), UnknownQueue),
        (("ho-tich", "de"), Invalid),
        (("ho-tich", ""), Invalid),
        (("ho-tich", "vi", "vip"), Invalid),
        (("ho-tich", "vi", ""), Invalid),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(hall, args, error):
    before = hall.one("SELECT max(seq) FROM journal")
    with pytest.raises(error) as refusal:
        hall.do(take, *args)
    assert len(refusal.value.text % refusal.value.arguments) < 200
    assert hall.one("SELECT max(seq) FROM journal") == before


def test_a_stopped_queue_takes_nobody_and_says_why(hall):
    hall.do(take, "ho-tich")
    hall.do(managing.stop_queue, "ho-tich", "  Mất điện ")
    with pytest.raises(QueueStopped) as refusal:
        hall.do(take, "ho-tich")
    assert refusal.value.arguments == {"queue": "A", "reason": "Mất điện"}
    hall.do(shifts.open_shift, 1, "cb01")
    assert hall.do(calling.call_next, 1, "cb01").ticket.n == 1
    hall.do(managing.resume_queue, "ho-tich")
    assert hall.do(take, "ho-tich").n == 2


def test_priority_counts_only_those_who_will_be_called_before(hall):
    for _ in range(3):
        hall.do(take, "ho-tich")
        hall.clock.forward(minutes=30)
    assert hall.do(take, "ho-tich", priority="cao-tuoi").ahead == 1
    assert hall.do(take, "ho-tich").ahead == 4


def test_a_number_by_a_card_has_its_class_and_stays_the_only_one(hall):
    own = hall.do(ticketing.take_own_ticket, b"hash", "ho-tich", "vi", None, "cao-tuoi")
    again = hall.do(ticketing.take_own_ticket, b"hash", "ho-tich", "vi", None, "om-nang")
    assert (own.ticket.priority, own.again) == ("cao-tuoi", False)
    assert (again.ticket.id, again.ticket.priority, again.again) == (own.ticket.id, "cao-tuoi", True)


def test_paper_is_asked_for_in_the_same_transaction(hall):
    with_paper, without = hall.do(take, "ho-tich", printer="P1"), hall.do(take, "ho-tich")
    job = jobs.print_job_of(hall.db, "ticket", str(with_paper.id))
    assert (job.printer, job.copy, job.state) == ("P1", 1, "queued")
    assert jobs.print_job_of(hall.db, "ticket", str(without.id)) is None


def test_before_a_centre_is_loaded_there_are_no_tickets(bare):
    with pytest.raises(NoCentre):
        bare.do(take, "ho-tich")
    assert bare.one("SELECT count(*) FROM journal") == 0


def test_the_answer_is_the_ticket_as_it_stands_in_the_file(hall):
    for priority in (None, "cao-tuoi"):
        given_ = hall.do(take, "ho-tich", "fr", priority)
        assert tickets.load(hall.db, given_.id) == given_


# -- by staff


def test_a_number_given_by_staff_is_noted_as_theirs(hall):
    given_ = hall.do(ticketing.add_walk_up, 1, "ho-tich", "en", "cao-tuoi", "P1", who="cb13")
    assert (given_.n, given_.language, given_.priority) == (1, "en", "cao-tuoi")
    assert jobs.print_job_of(hall.db, "ticket", str(given_.id)).printer == "P1"
    assert [(move.kind, move.who) for move in moves.moves_of(hall.db, given_.id)] == [("issue", "cb13")]
    from_kiosk = hall.do(take, "ho-tich", who="K1")
    assert moves.moves_of(hall.db, from_kiosk.id) == []


def test_staff_give_a_number_of_a_stopped_queue_only_with_a_reason(hall):
    hall.do(managing.stop_queue, "ho-tich", "Đủ người")
    with pytest.raises(QueueStopped):
        hall.do(ticketing.add_walk_up, 1, "ho-tich")
    given_ = hall.do(ticketing.add_walk_up, 1, "ho-tich", override="Người từ xã xa")
    assert given_.n == 1
    assert hall.events[-1].event.override == "Người từ xã xa"


@pytest.mark.parametrize("override", ["x" * 121, "dòng\nhai", "\x07"])
def test_the_reason_of_staff_is_short_readable_text(hall, override):
    with pytest.raises(Invalid):
        hall.do(ticketing.add_walk_up, 1, "ho-tich", override=override)
    assert hall.events == []


# -- numbers given on paper while the system was down


def paper(hall, n: int, ago: int, called: int | None = None, ended: int | None = None, counter: int | None = None):
    """A pre-printed number; its times in minutes ago."""
    came, begun, over = (
        None if minutes is None else hall.clock() - timedelta(minutes=minutes) for minutes in (ago, called, ended)
    )
    return PaperNumber(n, came, counter, begun, over)


def enter(hall, *numbers: PaperNumber, queue: str = "ho-tich") -> int:
    return hall.do(ticketing.enter_paper_numbers, queue, numbers)


def test_paper_numbers_wait_from_their_real_arrival_and_those_served_are_done(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    now = hall.do(take, "ho-tich")
    assert enter(hall, paper(hall, 902, 20), paper(hall, 901, 30, 25, 10, 2)) == 2
    done, waiting = tickets.of_day(hall.db, 1)[1:]
    assert (done.n, done.state, done.counter, done.outcome) == (901, "finished", 2, "served")
    ago = {minutes: hall.clock() - timedelta(minutes=minutes) for minutes in (30, 25, 20, 10)}
    assert (done.arrived_at, done.called_at, done.started_at, done.ended_at) == (ago[30], ago[25], ago[25], ago[10])
    assert (waiting.n, waiting.state, waiting.arrived_at, waiting.base) == (902, "waiting", ago[20], ago[20])
    assert waiting.key == milliseconds(ago[20])
    assert tickets.line(hall.db, 1, "ho-tich").waiting == 2
    assert [hall.do(calling.call_next, 1, "cb01").ticket.id for _ in range(2)] == [waiting.id, now.id]
    assert calls_made(hall.db, 1)[0].kind == "call"


def test_the_next_number_stands_above_the_paper_ones(hall):
    enter(hall, paper(hall, 40, 5), paper(hall, 7, 5))
    assert hall.do(take, "ho-tich").n == 41
    enter(hall, paper(hall, 8, 1))
    assert hall.do(take, "ho-tich").n == 42


WRONG = {
    "nought": (0, 5),
    "too high": (10_000, 5),
    "given by the kiosk": (1, 5),
    "twice in the block": (901, 5),
    "not come yet": (950, -1),
    "served nowhere": (950, 9, 5, 1),
    "served without end": (950, 9, 5, None, 2),
    "a counter alone": (950, 9, None, None, 2),
    "an unknown counter": (950, 9, 5, 1, 13),
    "called before it came": (950, 9, 10, 1, 2),
    "over before it was called": (950, 9, 5, 6, 2),
    "not over yet": (950, 9, 5, -1, 2),
}


@pytest.mark.parametrize("which", list(WRONG))
def test_one_wrong_paper_number_and_none_is_entered(hall, which):
    hall.do(take, "ho-tich")
    before = hall.one("SELECT max(seq) FROM journal")
    with pytest.raises(Invalid) as refusal:
        enter(hall, paper(hall, 901, 30, 25, 10, 2), paper(hall, *WRONG[which]), paper(hall, 999, 1))
    assert refusal.value.arguments["what"].startswith("A ")
    assert hall.one("SELECT max(seq) FROM journal") == before
    assert [ticket.n for ticket in tickets.of_day(hall.db, 1)] == [1]
    assert tickets.line(hall.db, 1, "ho-tich").last == 1


def test_paper_numbers_of_an_unknown_queue_and_of_none(hall):
    with pytest.raises(UnknownQueue):
        enter(hall, paper(hall, 1, 5), queue="không-có")
    assert enter(hall) == 0
    assert not any(isinstance(recorded.event, TicketIssued) for recorded in hall.events)


def test_each_queue_has_its_own_block(hall):
    assert enter(hall, paper(hall, 901, 5)) == enter(hall, paper(hall, 901, 5), queue="dat-dai") == 1


def test_a_number_of_a_block_stays_taken_when_its_owner_was_sent_on(hall):
    hall.do(shifts.open_shift, 1, "cb01")
    enter(hall, paper(hall, 901, 5))
    hall.do(calling.call_next, 1, "cb01")
    hall.do(moving.transfer, 1, "cb01", note="other-queue", queue="dat-dai")
    with pytest.raises(Invalid):
        enter(hall, paper(hall, 901, 4))
    assert enter(hall, paper(hall, 902, 4)) == 1


@pytest.mark.planted
def test_a_number_given_twice_is_found(monkeypatch):
    real = take
    monkeypatch.setitem(globals(), "take", lambda tx, queue, *rest: replace(real(tx, queue, *rest), n=1))
    with pytest.raises(AssertionError):
        test_each_queue_counts_for_itself_without_gap()
