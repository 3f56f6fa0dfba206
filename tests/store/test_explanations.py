"""What explains a call, read after real days: every call of them has a sentence that its key bears out."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from domain import explaining
from domain.centre_rules import Calling, Policy
from domain.errors import Refused
from domain.explaining import Passed, Passing, passed, why
from domain.tickets import milliseconds
from operations import calling, managing, moving, shifts, ticketing, undoing
from store import centres, explanations, tickets
from tests.domain.test_explaining import check_times
from tests.support.halls import demo_calendar, demo_centre
from tests.support.sizes import size

take = ticketing.take_ticket


@pytest.fixture
def open_hall(hall):
    for counter in (1, 2, 3):
        hall.do(shifts.open_shift, counter, f"cb0{counter}")
    return hall


def call(hall, counter: int = 1):
    return hall.do(calling.call_next, counter, f"cb0{counter}", who=f"cb0{counter}").ticket


def given_slot(tx, queue, slot, priority=None):
    return ticketing.give_number(tx, queue, "vi", priority, None, slot=slot)


def sentence(hall, ticket: int) -> str:
    found = explanations.last_call(hall.db, ticket)
    return why(found, centres.current(hall.db).calling).text if found else ""


def parked_and_called(hall, given):
    call(hall)
    hall.do(calling.set_aside, 1, "cb01", None, "form")
    hall.do(calling.call_this, 1, "cb01", given.id, "")


def sent(**where):
    def act(hall, given):
        call(hall)
        hall.do(moving.transfer, 1, "cb01", note="next-step", **where)
        call(hall, where.get("to_counter", 2))

    return act


def away(minutes: int):
    def act(hall, given):
        call(hall)
        hall.do(calling.mark_absent, 1, "cb01")
        hall.clock.forward(minutes=minutes)
        hall.do(moving.come_back, given.id)
        call(hall)

    return act


def delayed(hall, given):
    hall.do(take, "ho-tich")
    hall.do(moving.give_time, given.id)
    call(hall)
    call(hall)


def delayed_then_class_confirmed(hall, given):
    hall.do(take, "ho-tich")
    hall.do(moving.give_time, given.id)
    hall.do(moving.set_class, given.id, "cao-tuoi", "confirmed")
    call(hall)


def class_denied_at_the_counter(hall, given):
    """It was called for its class: what the clerk finds out afterwards does not change why."""
    hall.do(moving.set_class, given.id, "cao-tuoi", "confirmed")
    call(hall)
    hall.do(moving.set_class, given.id, None, "denied")


def kept(hall, given):
    hall.do(managing.keep_queue, "ho-tich", "Mất điện")
    hall.clock.forward(days=1)
    hall.do(take, "ho-tich", priority="cao-tuoi")
    hall.do(shifts.open_shift, 1, "cb01")
    call(hall)


WAYS = {
    explaining.ARRIVED: lambda hall, given: call(hall),
    explaining.PARKED: parked_and_called,
    explaining.SENT_TO_COUNTER: sent(to_counter=2),
    explaining.SENT_TO_PERSON: sent(to_person="cb02"),
    explaining.SENT_ON: sent(queue="chung-thuc"),
    explaining.RETURNED: away(11),
    explaining.BACK_IN_TIME: away(10),
    explaining.MORE_TIME: delayed,
    explaining.PRIORITY: delayed_then_class_confirmed,
    explaining.KEPT: kept,
}


@pytest.mark.parametrize("text", WAYS)
def test_the_way_of_a_ticket_is_in_its_sentence(open_hall, text):
    given = open_hall.do(take, "ho-tich")
    open_hall.clock.forward(minutes=1)
    WAYS[text](open_hall, given)
    assert tickets.load(open_hall.db, given.id).state == "called"
    assert sentence(open_hall, given.id) == text


def test_a_class_that_is_denied_at_the_counter_was_still_the_cause(open_hall):
    given = open_hall.do(take, "ho-tich")
    class_denied_at_the_counter(open_hall, given)
    assert sentence(open_hall, given.id) == explaining.PRIORITY


def test_a_call_that_was_taken_back_explains_nothing(open_hall):
    given = open_hall.do(take, "ho-tich")
    call(open_hall)
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert explanations.last_call(open_hall.db, given.id) is None


def test_more_time_that_was_taken_back_is_no_delay(open_hall):
    given, _ = open_hall.do(take, "ho-tich"), open_hall.do(take, "ho-tich")
    open_hall.do(moving.give_time, given.id, 1, "cb01", who="cb01")
    assert explanations.waits_so_since(open_hall.db, given)[1]
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert explanations.waits_so_since(open_hall.db, given) == (given.arrived_at, False)
    call(open_hall)
    assert sentence(open_hall, given.id) == explaining.ARRIVED


# -- who went before


def who_passed(hall, ticket: int, counters=(1, 2, 3)) -> list[Passed]:
    mine = tickets.load(hall.db, ticket)
    since, own = explanations.waits_so_since(hall.db, mine)
    past = explanations.calls_past(hall.db, mine, counters, since)
    return passed(mine, since, own, past, centres.current(hall.db).calling)


def test_calls_taken_back_passed_nobody_and_all_others_are_counted(open_hall):
    open_hall.clock.forward(minutes=40)
    mine = open_hall.do(take, "ho-tich")
    open_hall.clock.forward(minutes=1)
    open_hall.do(take, "ho-tich", priority="cao-tuoi")
    open_hall.do(given_slot, "ho-tich", mine.arrived_at)
    assert [call(open_hall, counter).n for counter in (1, 2)] == [2, 3]
    told = [Passed(Passing.APPOINTMENT, 1, slot="08:40"), Passed(Passing.PRIORITY, 1)]
    assert who_passed(open_hall, mine.id) == told
    assert who_passed(open_hall, mine.id, counters=(1,)) == told[1:]
    open_hall.do(undoing.undo, 1, "cb01", who="cb01")
    assert who_passed(open_hall, mine.id) == told[:1]
    late = open_hall.do(take, "ho-tich")
    open_hall.do(calling.call_this, 3, "cb03", late.id, "urgent")
    assert who_passed(open_hall, mine.id)[1:] == [Passed(Passing.OUT_OF_ORDER, 1, reason="urgent")]


def test_who_was_called_before_i_stood_there_again_has_not_passed_me(open_hall):
    mine = open_hall.do(take, "ho-tich")
    call(open_hall)
    open_hall.do(calling.mark_absent, 1, "cb01")
    open_hall.clock.forward(minutes=1)
    open_hall.do(take, "ho-tich", priority="cao-tuoi")
    call(open_hall, 2)
    open_hall.clock.forward(minutes=1)
    open_hall.do(moving.come_back, mine.id)
    assert who_passed(open_hall, mine.id) == []


# -- whole days of chance


def live(hall, random: Random, presses: int):
    """Anything that clerks and citizens do, in any order; gives each call in order as it is made."""
    queues, counters = ("ho-tich", "chung-thuc"), (1, 2, 3)
    for _ in range(presses):
        hall.clock.forward(seconds=random.randrange(240))
        counter = random.choice(counters)
        known = [row[0] for row in hall.db.execute("SELECT id FROM tickets ORDER BY id DESC LIMIT 20")]
        clerk, ticket, classes = f"cb0{counter}", random.choice(known or [0]), (None, None, "cao-tuoi")
        slot = hall.clock().replace(second=0) + timedelta(minutes=random.randrange(-40, 40))
        acts = [
            (take, random.choice(queues), "vi", random.choice(classes)),
            (given_slot, random.choice(queues), slot, random.choice(classes)),
            (calling.call_next, counter, clerk),
            (calling.call_next, counter, clerk),
            (calling.mark_absent, counter, clerk),
            (calling.set_aside, counter, clerk, None, "form"),
            (calling.call_this, counter, clerk, ticket, "urgent"),
            (moving.come_back, ticket),
            (moving.give_time, ticket),
            (moving.set_class, ticket, random.choice(classes), "changed"),
            (undoing.undo, counter, clerk),
        ]
        where = random.choice([{"to_counter": 2}, {"to_person": "cb03"}, {"queue": random.choice(queues)}])
        try:
            if random.random() < 0.1:
                hall.do(moving.transfer, counter, clerk, note="other", **where, who=clerk)
                continue
            operation, *args = random.choice(acts)
            done = hall.do(operation, *args, who=clerk)
        except Refused:
            continue
        if operation in (calling.call_next, calling.call_this) and done.ticket is not None:
            yield done.ticket.id


@pytest.mark.parametrize("policy", Policy)
def test_every_call_of_a_day_has_a_sentence_that_its_key_bears_out(open_hall, policy):
    seen, most = set(), size("explained-presses", 400, 4000)
    rules = Calling(policy)
    open_hall.do(managing.load_centre, replace(demo_centre(), calling=rules), demo_calendar())
    for ticket in live(open_hall, Random(f"{policy}"), most):
        called = explanations.last_call(open_hall.db, ticket)
        assert called is not None
        told = why(called, rules)
        assert told.text % told.times
        check_times(called, told.text, told.times)
        key = open_hall.one("SELECT key FROM calls WHERE ticket = ? AND kind = 'call' ORDER BY seq DESC", ticket)
        assert key == called.key
        assert milliseconds(called.at) == milliseconds(open_hall.clock())
        seen.add(told.text)
    assert len(seen) >= 6, "the days of chance are too tame"


@pytest.mark.parametrize("reason", ["confirmed", "changed"])
def test_a_class_is_self_declared_until_somebody_at_a_counter_has_seen_it(open_hall, reason):
    given = open_hall.do(take, "ho-tich", "vi", "cao-tuoi", who="device:K1")
    plain = open_hall.do(take, "ho-tich", who="device:K1")
    by_staff = open_hall.do(take, "ho-tich", "vi", "cao-tuoi", who="cb01")
    declared = [explanations.is_self_declared(open_hall.db, ticket.id) for ticket in (given, plain, by_staff)]
    assert declared == [True, False, False]
    open_hall.do(moving.give_time, given.id)
    assert explanations.is_self_declared(open_hall.db, given.id), "more time says nothing of the class"
    open_hall.do(moving.set_class, given.id, "cao-tuoi", reason)
    assert not explanations.is_self_declared(open_hall.db, given.id)
