"""Any order of acts in the hall: after each, tables, replay and screens are what a small model says."""

from dataclasses import replace

import pytest

from domain.appointments import slots_on
from domain.calendar import DayKind
from domain.queue_events import DayOpened, TicketCalled, TicketFinished, TicketTransferred
from domain.routing import Head
from operations import undoing
from store import days, journal, moves, tickets
from tests.operations.day_machine import live_days
from tests.operations.hall_numbers import DAYS_AHEAD, PLACES, STARTS
from tests.operations.hall_state import HALLS, SERVES
from tests.support.halls import MORNING, demo_calendar, demo_centre
from tests.support.sizes import size


def test_any_day_is_what_the_model_says():
    live_days(size("day-machine", 40, 3000))


def test_the_model_knows_the_demo():
    for counter in demo_centre().counters:
        if counter.number in SERVES:
            assert SERVES[counter.number] == (counter.queues, counter.secondary)
    for hall, of_hall in HALLS.items():
        assert {*of_hall} == {queue.id for queue in demo_centre().queues if queue.hall == hall}


def test_the_model_knows_when_the_demo_takes_appointments():
    rules = {queue.id: queue.booking for queue in demo_centre().queues if queue.booking}
    assert {queue: booking.capacity for queue, booking in rules.items()} == PLACES
    calendar, day = demo_calendar(), MORNING.date()
    assert {kind for kind, _ in calendar.days.values()} <= {DayKind.OFF, DayKind.WORKING}
    for booking in rules.values():
        assert booking.days_ahead == DAYS_AHEAD
        assert [at.time() for at in slots_on(booking, day, calendar)] == STARTS


def forgets_the_finish(monkeypatch):
    monkeypatch.setattr(undoing, "_undo_the_finish_before", lambda tx, move: None)


def reaches_into_the_day_before(monkeypatch):
    recorded = undoing._recorded
    monkeypatch.setattr(undoing, "_recorded", lambda tx, move: replace(recorded(tx, move), day=tx.day.id))


def gives_a_new_arrival(monkeypatch):
    def transferred(db, recorded):
        moves._transferred(db, recorded)
        db.execute("UPDATE tickets SET key = ? WHERE id = ?", (recorded.at, recorded.event.ticket))

    monkeypatch.setitem(journal._projections, TicketTransferred, [transferred])


def drops_the_kept(monkeypatch):
    def opened(db, recorded):
        db.execute("DELETE FROM kept_queues")
        days._day_opened(db, recorded)

    monkeypatch.setitem(journal._projections, DayOpened, [opened])


def begins_at_one(monkeypatch):
    def opened(db, recorded):
        days._day_opened(db, recorded)
        db.execute("UPDATE lines SET last_n = 0")

    monkeypatch.setitem(journal._projections, DayOpened, [opened])


def forgets_who_joins(monkeypatch):
    count = moves._count
    monkeypatch.setattr(moves, "_count", lambda db, day, queue, by: count(db, day, queue, min(by, 0)))


def drops_an_event(monkeypatch):
    monkeypatch.setitem(journal._projections, TicketFinished, [])


def calls_one_to_two_counters(monkeypatch):
    def called(db, recorded):
        db.execute("UPDATE tickets SET state = 'waiting' WHERE id = ?", (recorded.event.ticket,))
        moves._called(db, recorded)

    monkeypatch.setattr(tickets, "heads", heads_that_are_stale)
    monkeypatch.setitem(journal._projections, TicketCalled, [called])


def heads_that_are_stale(db, counter, person, queues):
    """Select, and let somebody else update: the choice still sees who was called a moment ago."""
    sql = "SELECT id, key FROM tickets WHERE queue = ? AND state IN ('waiting', 'called') ORDER BY key, id LIMIT 1"
    rows = [(queue, db.execute(sql, (queue,)).fetchone()) for queue in queues]
    return [Head(row[0], queue, row[1]) for queue, row in rows if row]


@pytest.mark.planted
@pytest.mark.parametrize(
    "fault",
    [
        forgets_the_finish, reaches_into_the_day_before, gives_a_new_arrival, drops_the_kept, begins_at_one,
        forgets_who_joins, drops_an_event, calls_one_to_two_counters,
    ],
)  # fmt: skip
def test_a_wrong_projection_is_caught(monkeypatch, fault):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        live_days(400, shrink=False)


@pytest.mark.planted
def test_a_change_beside_the_journal_is_caught(monkeypatch):
    """Nothing that the model looks at is wrong: only the replay can tell."""
    load = tickets.load

    def meddling(db, ticket):
        db.execute("UPDATE tickets SET language = 'fr' WHERE id = ?", (ticket,))
        return load(db, ticket)

    monkeypatch.setattr(tickets, "load", meddling)
    with pytest.raises(AssertionError, match="tickets"):
        live_days(400, shrink=False)
