"""The figures of a handful of numbers, by hand."""

import pytest

from domain.reports import (
    MINUTE,
    ORDINARY,
    Course,
    Figures,
    eight_of_ten,
    figures,
    kept_promises,
    nineteen_of_twenty,
)
from domain.tickets import TicketState


def course(state=TicketState.FINISHED, wait=None, service=None):
    spans = (None if span is None else round(span * MINUTE) for span in (wait, service))
    return Course(1, "ho-tich", 1, ORDINARY, state, 8, *spans)


def test_nobody_came():
    assert figures([]) == Figures(0, 0, 0, 0, 0, None, None, None, None, (None, None, None))


def test_every_end_is_counted_once_and_who_still_waits_only_as_given():
    ends = [TicketState.FINISHED] * 4 + [TicketState.ABSENT] * 3 + [TicketState.LEFT] * 2
    ends += [TicketState.UNSERVED, TicketState.WAITING, TicketState.CALLED, TicketState.PARKED]
    found = figures(course(state) for state in ends)
    assert (found.given, found.served, found.absent, found.left, found.unserved) == (13, 4, 3, 2, 1)
    assert found.wait is found.service is None


def test_waits_and_services_in_minutes():
    found = figures(course(wait=wait, service=2 * wait) for wait in (1, 2, 3, 4, 10))
    assert (found.wait, found.long_wait, found.service, found.long_service) == (3, 4, 6, 8)


def test_a_limit_holds_to_the_very_minute_and_counts_only_the_called():
    waits = (15, 15 + 1 / MINUTE, 30, 60, 61, None)
    found = figures(course(wait=wait) for wait in waits)
    assert found.within == (20, 60, 80)


@pytest.mark.parametrize(("waits", "middle"), [((1,), 1), ((1, 3), 2), ((9, 1, 2), 2), ((4, 1, 2, 9), 3)])
def test_half_waited_less_and_half_longer(waits, middle):
    assert figures(course(wait=wait) for wait in waits).wait == middle


@pytest.mark.parametrize(("number", "rank"), [(1, 1), (4, 4), (5, 4), (6, 5), (10, 8), (11, 9)])
def test_eight_of_ten_were_no_longer(number, rank):
    assert eight_of_ten([n * MINUTE for n in range(1, number + 1)]) == rank
    assert rank >= 0.8 * number > rank - 1


@pytest.mark.parametrize(("number", "rank"), [(1, 1), (19, 19), (20, 19), (21, 20), (40, 38), (100, 95)])
def test_nineteen_of_twenty_were_no_longer(number, rank):
    assert nineteen_of_twenty([n * MINUTE for n in range(1, number + 1)]) == rank
    assert rank >= 0.95 * number > rank - 1


def test_a_promise_counts_the_called_of_queues_that_promised():
    found = [course(wait=wait) for wait in (10, 30, 31, None)]
    assert kept_promises(found, {"ho-tich": 30}) == pytest.approx(200 / 3)
    assert kept_promises(found, {"ho-tich": None}) is None
    assert kept_promises(found, {}) is None
