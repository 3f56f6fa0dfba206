"""Any order of acts in the hall: after each, tables, replay and screens are what a small model says."""

from dataclasses import replace

import pytest

from display import phones, views
from domain.appointments import check_arrival, slots_on
from domain.calendar import DayKind
from domain.queue_events import (
    AppointmentKept,
    AppointmentMoved,
    DayOpened,
    TicketCalled,
    TicketFinished,
    TicketIssued,
    TicketLeft,
    TicketMissed,
    TicketTransferred,
)
from domain.routing import Head
from kiosk import honesty
from operations import booking, ticketing, undoing
from store import appointments, days, journal, moves, tickets
from tests.operations import day_machine
from tests.operations.day_machine import Tables, follow, live_days
from tests.operations.hall_numbers import DAYS_AHEAD, PLACES, STARTS
from tests.operations.hall_state import HALLS, SERVES
from tests.support.halls import MORNING, demo_calendar, demo_centre
from tests.support.sizes import size
from web import live
from web.live import Hub


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
    assert {queue: found.capacity for queue, found in rules.items()} == PLACES
    calendar, day = demo_calendar(), MORNING.date()
    assert {kind for kind, _ in calendar.days.values()} <= {DayKind.OFF, DayKind.WORKING}
    for found in rules.values():
        assert found.days_ahead == DAYS_AHEAD
        assert [at.time() for at in slots_on(found, day, calendar)] == STARTS


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


def skips_a_projection(monkeypatch):
    monkeypatch.setitem(journal._projections, AppointmentMoved, [])


def checks_in_twice(monkeypatch):
    """Gives another number to somebody who has one."""

    def check_in(tx, appointment):
        found = appointments.load(tx.db, appointment)
        check_arrival(found, tx.now)
        given = ticketing.give_number(tx, found.queue, "vi", None, None, slot=found.slot, appointment=appointment)
        tx.record(AppointmentKept(appointment, given.id))
        return given

    monkeypatch.setattr(booking, "check_in", check_in)


def forgets_who_gave_the_number(monkeypatch):
    def issued(db, recorded):
        moves._issued(db, replace(recorded, event=replace(recorded.event, counter=None)))

    monkeypatch.setitem(journal._projections, TicketIssued, [issued])


@pytest.mark.planted
@pytest.mark.parametrize(
    "fault",
    [
        forgets_the_finish, reaches_into_the_day_before, gives_a_new_arrival, drops_the_kept, begins_at_one,
        forgets_who_joins, drops_an_event, calls_one_to_two_counters, skips_a_projection, checks_in_twice,
        forgets_who_gave_the_number,
    ],
)  # fmt: skip
def test_a_wrong_projection_is_caught(monkeypatch, fault):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        live_days(400, Tables, shrink=False)


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


@pytest.mark.planted
def test_a_projection_skipped_by_the_replay_is_caught_after_the_act(monkeypatch):
    """Nothing is wrong in the hall: only the file that follows the journal is."""

    def skipping(hall, again):
        with monkeypatch.context() as patched:
            patched.setitem(journal._projections, TicketMissed, [])
            follow(hall, again)

    monkeypatch.setattr(day_machine, "follow", skipping)
    with pytest.raises(AssertionError, match="tickets"):
        live_days(400, shrink=False)


def deaf_to_departures(monkeypatch):
    monkeypatch.setattr(Hub.topic, "__defaults__", (live.WALL_PACE, (*live.NEVER_SHOWN, TicketLeft)))


def shows_what_was_taken_back(monkeypatch):
    monkeypatch.setattr(views, "still_valid", lambda calls: [call for call in calls if call.kind != "withdrawn"])


def counts_by_key_alone(monkeypatch):
    def position(db, ticket):
        return tickets.waiting_before(db, ticket.queue, ticket.key)

    monkeypatch.setattr(phones, "position", position)


def forgets_the_stop(monkeypatch):
    monkeypatch.setattr(honesty, "stop_words", lambda *_: "")


@pytest.mark.planted
@pytest.mark.parametrize(
    ("fault", "screen"),
    [
        (deaf_to_departures, "Wall"), (shows_what_was_taken_back, "Wall"), (counts_by_key_alone, "Phone"),
        (forgets_the_stop, "dict"),
    ],
)  # fmt: skip
def test_a_screen_that_is_wrong_is_caught(monkeypatch, fault, screen):
    fault(monkeypatch)
    with pytest.raises(AssertionError, match=f"{screen} shows"):
        live_days(400, shrink=False)
