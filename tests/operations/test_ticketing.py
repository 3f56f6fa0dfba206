import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Invalid, QueueStopped, UnknownQueue
from operations import calling, managing, shifts, ticketing
from store import jobs, tickets
from store.centres import NoCentre
from tests.support.halls import MORNING, demo_centre, new_hall

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


def test_paper_is_asked_for_in_the_same_transaction(hall):
    with_paper, without = hall.do(take, "ho-tich", printer="P1"), hall.do(take, "ho-tich")
    job = jobs.print_job_of(hall.db, "ticket", str(with_paper.id))
    assert (job.printer, job.copy, job.state) == ("P1", 1, "queued")
    assert jobs.print_job_of(hall.db, "ticket", str(without.id)) is None


def test_before_a_centre_is_loaded_there_are_no_tickets(bare):
    with pytest.raises(NoCentre):
        bare.do(take, "ho-tich")
    assert bare.one("SELECT count(*) FROM journal") == 0
