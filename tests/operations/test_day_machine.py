"""Any order of acts in the hall: after each the database is what a small model says, at the end the replay too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from domain.errors import Refused
from domain.queue_events import DayOpened, TicketCalled, TicketFinished, TicketTransferred
from domain.routing import Head
from domain.tickets import milliseconds
from operations import calling, managing, moving, opening, shifts, ticketing, undoing
from operations.ticketing import PaperNumber
from store import days, journal, moves, tickets, upkeep
from tests.operations.hall_model import CLERKS, HALLS, SERVES, Model, No, Slip
from tests.support.halls import HandClock, demo_centre, empty_hall, new_hall
from tests.support.sizes import size

DAY = 86_400
NIGHTS = [DAY, 15 * DAY, 16 * DAY, 3652 * DAY, -60, -DAY]  # seconds; mostly the clock moves by minutes

counters = st.sampled_from([*SERVES, *SERVES, 99])
desks = st.integers(0, 10**6)
somebody = st.sampled_from(CLERKS)
whoever = st.sampled_from([None] * 9 + [*CLERKS])  # None: who sits there
queues = st.sampled_from(["ho-tich", "chung-thuc", "tra-ket-qua", "dat-dai"])
seens = st.sampled_from(["right", "right", "right", "none", "wrong"])
classes = st.sampled_from([None, None, "cao-tuoi"])
places = st.integers(0, 10**6)
halls = st.sampled_from([*HALLS])
presses = st.one_of(st.none(), desks)
of_lists = st.sampled_from(["come_back", "set_class", "give_time", "leave"])
served_here = st.sampled_from(["start", "again", "absent", "finish", "park"])


class Day(RuleBasedStateMachine):
    """Acts in any order, on the real operations and on the model."""

    def __init__(self) -> None:
        super().__init__()
        self.hall, self.model = new_hall(), Model()
        self.clock: HandClock = self.hall.clock

    def both(self, modelled: Callable[[Model], Any], operation: Callable[..., Any], *args: Any, who: str = "test",
             **kwargs: Any) -> tuple[Any, Any]:  # fmt: skip
        """Do it in the model and in the hall; both accept or both refuse for the same reason."""
        trial, refusal, expected = self.model.another(), None, None
        trial.now, trial.who = self.clock(), who
        try:
            expected = modelled(trial)
        except No as no:
            refusal = no.args[0]
        else:
            self.model = trial
        try:
            answer, got = self.hall.do(operation, *args, who=who, **kwargs), None
        except Refused as error:
            answer, got = None, type(error)
        assert got is refusal, f"{operation.__name__}{args}{kwargs}: {got} instead of {refusal}"
        return expected, answer

    def at(self, desk: int, person: str | None = None) -> tuple[int, str]:
        """A counter, mostly an open one, and who acts there: mostly who sits there."""
        if not self.model.shifts and desk % 7 != 6:
            self.open_shift(1, "cb01")
            self.open_shift(3, "cb03")
        found = [*self.model.shifts] if self.model.shifts and desk % 7 != 6 else [*SERVES, 99]
        counter = found[desk % len(found)]
        return counter, person or self.model.shifts.get(counter, "cb01")

    def with_ticket(self, desk: int, person: str | None = None) -> tuple[int, str]:
        """The same, mostly with somebody being served."""
        counter, sitting = self.at(desk, person)
        if self.model.at(counter) is None and desk % 5 != 4:
            if counter in SERVES and not self.model.candidates(counter, sitting):
                self.take(SERVES[counter][0][0], None)
            self.clock.forward(seconds=1)
            self.call(desk, None, "right")
        return counter, sitting

    def seen(self, counter: int, which: str) -> tuple[int | None, bool]:
        """What the clerk's screen showed, and whether that is out of date."""
        here = tickets.at_counter(self.hall.db, counter)
        true = here.id if here else 0
        return {"none": None, "right": true, "wrong": true + 10**6}[which], which == "wrong"

    def some(self, place: int, *states: str) -> tuple[int | None, int]:
        """A ticket as order of issue and id: mostly one in these states, sometimes any, none of nobody's."""
        slips = self.model.slips
        fitting = [slip.order for slip in slips if slip.state in states]
        found = fitting if fitting and place % 5 != 4 else [slip.order for slip in slips]
        if not found:
            return None, 0
        order = found[place % len(found)]
        return order, self.hall.one("SELECT id FROM tickets ORDER BY id LIMIT 1 OFFSET ?", order)

    @initialize(early=st.lists(queues, min_size=1, max_size=8))
    def morning(self, early):
        for counter, person in ((1, "cb01"), (3, "cb03")):
            self.open_shift(counter, person)
        for queue in early:
            self.take(queue, None)

    @rule(queue=queues, priority=classes)
    def take(self, queue, priority):
        slip, ticket = self.both(lambda m: m.take(queue, priority), ticketing.take_ticket, queue, "vi", priority)
        self.same_ticket(slip, ticket)

    @rule(queue=queues, priority=classes, override=st.sampled_from(["", "Người già"]), person=somebody)
    def add_walk_up(self, queue, priority, override, person):
        slip, ticket = self.both(
            lambda m: m.take(queue, priority, override), ticketing.add_walk_up, 0, queue, "vi", priority,
            override=override, who=person,
        )  # fmt: skip
        self.same_ticket(slip, ticket)

    def same_ticket(self, slip: Slip | None, ticket: Any) -> None:
        if slip:
            assert (ticket.day, ticket.queue, ticket.n, ticket.key) == (slip.day, slip.queue, slip.n, slip.key)

    @rule(
        queue=queues, first=st.integers(0, 30), ago=st.integers(-1, 60), served=st.sampled_from([None, *SERVES, 99])
    )
    def enter_paper(self, queue, first, ago, served):
        came = self.clock() - timedelta(minutes=ago)
        visit = (served, came, self.clock()) if served else (None, None, None)
        numbers = [PaperNumber(first + 1, came), PaperNumber(first, came, *visit)]
        self.both(lambda m: m.enter_paper(queue, numbers), ticketing.enter_paper_numbers, queue, numbers)

    @rule(desk=desks, person=whoever, which=seens)
    def call(self, desk, person, which):
        counter, person = self.at(desk, person)
        seen, stale = self.seen(counter, which)
        slip, answer = self.both(
            lambda m: m.call_next(counter, person, stale), calling.call_next, counter, person, seen, who=person
        )
        if answer is not None:
            got = answer.ticket and (answer.ticket.day, answer.ticket.home, answer.ticket.n, answer.ticket.counter)
            assert got == (slip and (slip.day, slip.home, slip.n, counter))

    @rule(desk=desks, which=seens, place=places, reason=st.sampled_from(["urgent", "frail", "because"]))
    def call_this(self, desk, which, place, reason):
        if desk % 3 == 0:
            self.serve(desk, None, "right", "park", True)
        counter, person = self.at(desk)
        seen, stale = self.seen(counter, which)
        order, ticket = self.some(place, "parked" if desk % 3 == 0 else "waiting")
        self.both(
            lambda m: m.call_this(counter, person, stale, order, reason), calling.call_this, counter, person,
            ticket, reason, seen, who=person,
        )  # fmt: skip

    @rule(desk=desks, person=whoever, which=seens, act=served_here, word=st.sampled_from([True, True, False]))
    def serve(self, desk, person, which, act, word):
        counter, person = self.with_ticket(desk, person)
        seen, stale = self.seen(counter, which)
        operation, words = {
            "start": (calling.start, []),
            "again": (calling.call_again, []),
            "absent": (calling.mark_absent, []),
            "finish": (calling.finish, ["advised" if word else "happy"]),
            "park": (calling.set_aside, ["form" if word else "whim"]),
        }[act]
        self.both(
            lambda m: getattr(m, act)(counter, person, stale, *words), operation, counter, person, seen, *words,
            who=person,
        )  # fmt: skip

    @rule(
        desk=desks, which=seens, note=st.sampled_from(["expert", "expert", "expert", "whim"]),
        queue=st.one_of(queues, queues, st.sampled_from(["", "không-có"])),
        to_counter=st.sampled_from([None, None, *SERVES, 99]),
        to_person=st.sampled_from([None, None, *CLERKS, "ql04"]),
    )  # fmt: skip
    def transfer(self, desk, which, note, queue, to_counter, to_person):
        counter, person = self.with_ticket(desk)
        seen, stale = self.seen(counter, which)
        self.both(
            lambda m: m.transfer(counter, person, stale, note, queue, to_counter, to_person), moving.transfer,
            counter, person, seen, note=note, queue=queue, to_counter=to_counter, to_person=to_person, who=person,
        )  # fmt: skip

    def pressed(self, desk: int | None, person: str | None) -> tuple[int | None, str]:
        """By whom a ticket of a list is moved: by a clerk at a counter, or from no counter at all."""
        return (None, person or "phone") if desk is None else self.at(desk, person)

    @rule(place=places, desk=presses, person=whoever, wait=st.sampled_from([0, 60, 600, 601]))
    def come_back(self, place, desk, person, wait):
        if place % 5 != 4 and all(slip.state != "absent" for slip in self.model.slips):
            self.serve(place, None, "right", "absent", True)
        self.clock.forward(seconds=wait)
        order, ticket = self.some(place, "absent")
        by = self.pressed(desk, person)
        self.both(lambda m: m.come_back(order, *by), moving.come_back, ticket, *by, who=by[1])

    @rule(place=places, desk=presses, person=whoever, priority=st.sampled_from([None, "cao-tuoi", "vip"]),
          reason=st.sampled_from(["confirmed", "denied", "whim"]))  # fmt: skip
    def set_class(self, place, desk, person, priority, reason):
        order, ticket = self.some(place, "waiting", "called", "parked")
        by = self.pressed(desk, person)
        self.both(
            lambda m: m.set_class(order, priority, reason, *by), moving.set_class, ticket, priority, reason, *by,
            who=by[1],
        )  # fmt: skip

    @rule(place=places, desk=presses, person=whoever)
    def give_time(self, place, desk, person):
        order, ticket = self.some(place, "waiting")
        by = self.pressed(desk, person)
        self.both(lambda m: m.give_time(order, *by), moving.give_time, ticket, *by, who=by[1])

    @rule(place=places, desk=presses, person=whoever)
    def leave(self, place, desk, person):
        order, ticket = self.some(place, "waiting", "absent", "left")
        by = self.pressed(desk, person)
        self.both(lambda m: m.leave(order, *by), moving.leave, ticket, *by, who=by[1])

    @rule(place=places, desk=desks, act=of_lists, wait=st.sampled_from([0, 5, 11]), between=st.booleans())
    def undo_what_was_just_moved(self, place, desk, act, wait, between):
        """A return, a class, more time or a departure, pressed by a clerk, perhaps something else, and undone."""
        if act == "come_back":
            self.come_back(place, desk, None, 0)
        elif act == "set_class":
            self.set_class(place, desk, None, "cao-tuoi", "confirmed")
        else:
            getattr(self, act)(place, desk, None)
        if between:
            self.set_class(place, None, None, None, "denied")
        self.undo(desk, None, wait)

    @rule(desk=desks, person=whoever, wait=st.sampled_from([0, 0, 0, 10, 11, 12, -1]))
    def undo(self, desk, person, wait):
        self.clock.forward(seconds=wait)
        counter, person = self.at(desk, person)
        self.both(lambda m: m.undo(counter, person), undoing.undo, counter, person, who=person)

    @rule(desk=desks, served=st.booleans(), times=st.integers(1, 2))
    def undo_what_was_just_called(self, desk, served, times):
        if served:
            self.with_ticket(desk)
        self.call(desk, None, "right")
        for _ in range(times):
            self.undo(desk, None, 5)

    @rule(counter=counters, person=somebody)
    def open_shift(self, counter, person):
        self.both(lambda m: m.open(counter, person), shifts.open_shift, counter, person)

    @rule(desk=desks, person=somebody)
    def take_over(self, desk, person):
        counter, _ = self.at(desk)
        self.both(lambda m: m.take_over(counter, person), shifts.take_over, counter, person, who=person)

    @rule(desk=desks, person=whoever)
    def close_shift(self, desk, person):
        counter, person = self.at(desk, person)
        self.both(lambda m: m.close(counter, person), shifts.close_shift, counter, person, who=person)

    @rule(desk=desks, person=whoever, reason=st.sampled_from(["break", "break", "whim"]),
          minutes=st.sampled_from([0, 1, 240, 241]))  # fmt: skip
    def pause(self, desk, person, reason, minutes):
        counter, person = self.at(desk, person)
        self.both(
            lambda m: m.pause(counter, person, reason, minutes), shifts.pause, counter, person, reason, minutes,
            who=person,
        )  # fmt: skip

    @rule(desk=desks, person=whoever)
    def resume(self, desk, person):
        counter, person = self.at(desk, person)
        self.both(lambda m: m.resume(counter, person), shifts.resume, counter, person, who=person)

    @rule(counter=counters, first=st.lists(queues, max_size=2), second=st.lists(queues | st.just("?"), max_size=1))
    def set_skills(self, counter, first, second):
        self.both(lambda m: m.set_skills(counter, first, second), shifts.set_skills, counter, first, second)

    @rule(desk=desks, person=whoever, end=st.booleans())
    def call_for_help(self, desk, person, end):
        counter, person = self.at(desk, person)
        if end:
            self.both(lambda m: m.end_help(counter), shifts.end_help, counter, True)
        else:
            self.both(lambda m: m.call_for_help(counter, person), shifts.call_for_help, counter, person)

    @rule(queue=queues, minutes=st.sampled_from([None, 0, 5, 60, 31 * 1440, 31 * 1440 + 1]))
    def stop_queue(self, queue, minutes):
        until = None if minutes is None else self.clock() + timedelta(minutes=minutes)
        self.both(lambda m: m.stop([queue], until), managing.stop_queue, queue, "Họp", until)

    @rule(queue=queues)
    def resume_queue(self, queue):
        self.both(lambda m: m.resume_queues([queue]), managing.resume_queue, queue)

    @rule(hall=halls, stop=st.booleans())
    def stop_or_resume_hall(self, hall, stop):
        if stop:
            self.both(lambda m: m.stop(HALLS[hall], None), managing.stop_hall, hall, "Mất điện")
        else:
            self.both(lambda m: m.resume_queues(HALLS[hall]), managing.resume_hall, hall)

    @rule(queue=queues, night=st.booleans(), newcomer=queues)
    def keep_queue(self, queue, night, newcomer):
        self.both(lambda m: m.kept.add(queue), managing.keep_queue, queue, "Mất điện cả chiều")
        if night:
            self.clock.forward(days=1)
            self.take(newcomer, None)

    @rule()
    def confirm_the_day(self):
        _, number = self.both(lambda m: m.today(confirmed=True), opening.confirm_day)
        assert number == self.model.day

    @rule(back=st.sampled_from([0, DAY, 3652 * DAY]))
    def repair_the_day(self, back):
        self.clock.forward(seconds=-back)
        _, number = self.both(lambda m: m.open_day(repaired=True), opening.repair_day)
        assert number == self.model.day

    @rule(desk=desks)
    def a_day_begins_between_call_and_undo(self, desk):
        counter, person = self.with_ticket(desk)
        self.repair_the_day(0)
        self.open_shift(counter, person)
        self.undo(desk, None, 5)

    @rule(move=st.sampled_from([*[1, 60, 600, 4000] * 4, *NIGHTS]))
    def the_clock_moves(self, move):
        self.clock.forward(seconds=move)

    @invariant()
    def the_tickets_are_those_of_the_model(self):
        rows = self.hall.db.execute(
            "SELECT day, home, n, queue, key, base, priority, state, counter, started_at IS NOT NULL, ended_at,"
            " outcome, for_counter, for_person, kept_from FROM tickets ORDER BY id"
        ).fetchall()
        assert rows == [
            (s.day, s.home, s.n, s.queue, s.key, milliseconds(s.base), s.priority, s.state, s.counter, s.started,
             stored(s.ended), s.outcome, s.for_counter, s.for_person, s.kept and s.kept.isoformat())
            for s in self.model.slips
        ]  # fmt: skip
        assert len({row[:3] for row in rows}) == len(rows)
        called = [row[8] for row in rows if row[7] == "called"]
        assert len(set(called)) == len(called)

    @invariant()
    def the_counters_are_those_of_the_model(self):
        db, model = self.hall.db, self.model
        assert dict(db.execute("SELECT counter, person FROM shifts WHERE closed_at IS NULL")) == model.shifts
        assert len({*model.shifts.values()}) == len(model.shifts)
        assert self.first_column("SELECT counter FROM pauses WHERE ended_at IS NULL") == model.pauses
        assert self.first_column("SELECT counter FROM alarms WHERE ended_at IS NULL") == model.alarms
        assert self.first_column("SELECT counter FROM skills") == {*model.skills}
        assert self.first_column("SELECT queue FROM kept_queues") == model.kept
        stops = {queue: stored(until) for queue, until in model.stops.items()}
        assert dict(db.execute("SELECT queue, until FROM stopped_queues")) == stops
        day = days.newest(db)
        assert (day.id, day.label) == (model.day, model.label)

    def first_column(self, sql: str) -> set[Any]:
        return {row[0] for row in self.hall.db.execute(sql)}

    @invariant()
    def lines_count_who_waits(self):
        rows = self.hall.db.execute("SELECT day, queue, waiting FROM lines WHERE waiting <> 0").fetchall()
        waiting = [slip.queue for slip in self.model.waiting()]
        assert sorted(rows) == sorted((self.model.day, queue, waiting.count(queue)) for queue in {*waiting})

    @invariant()
    def every_announcement_is_in_order(self):
        db = self.hall.db
        order = {row[0]: place for place, row in enumerate(db.execute("SELECT id FROM tickets ORDER BY id"))}
        rows = db.execute("SELECT kind, ticket, counter, reason, key, runner_up FROM calls ORDER BY seq")
        made = [(kind, order[t], counter, why, key, order.get(up)) for kind, t, counter, why, key, up in rows]
        assert made == self.model.calls

    def teardown(self) -> None:
        again = empty_hall()
        journal.replay(self.hall.db, again.db)
        assert upkeep.differences(self.hall.db, again.db) == []
        assert journal.verify(self.hall.db) is None
        again.db.close()
        self.hall.db.close()


def stored(instant: datetime | None) -> int | None:
    """As a column keeps it."""
    return None if instant is None else milliseconds(instant)


def live_days(examples: int, *, shrink: bool = True) -> None:
    """Run the machine. Raises AssertionError when model, database and replayed journal differ."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chosen = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, database=None, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, derandomize=not shrink,
    )  # fmt: skip
    run_state_machine_as_test(Day, settings=chosen)


def test_any_day_is_what_the_model_says():
    live_days(size("day-machine", 40, 3000))


def test_the_model_knows_the_demo():
    for counter in demo_centre().counters:
        if counter.number in SERVES:
            assert SERVES[counter.number] == (counter.queues, counter.secondary)
    for hall, of_hall in HALLS.items():
        assert {*of_hall} == {queue.id for queue in demo_centre().queues if queue.hall == hall}


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
