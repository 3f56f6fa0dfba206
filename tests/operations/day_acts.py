"""What a test does to a hall and to its model at once: numbers, calls, moves, shifts, stops and the clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from domain.errors import Refused
from domain.queue_events import AppointmentBooked, TicketIssued
from operations import calling, managing, moving, opening, shifts, ticketing, undoing
from operations.ticketing import PaperNumber
from store import tickets
from tests.operations.hall_model import Model
from tests.operations.hall_state import CLERKS, HALLS, SERVES, No, Slip
from tests.support.halls import HandClock, new_hall

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


class Acts(RuleBasedStateMachine):
    """Acts in any order, on the real operations and on the model."""

    def __init__(self) -> None:
        super().__init__()
        self.hall, self.model = new_hall(), Model()
        self.clock: HandClock = self.hall.clock
        self.numbered = 0

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
        self.give_ids()
        return expected, answer

    def give_ids(self) -> None:
        """Tickets and appointments have the journal numbers of their issue and booking."""
        for kind, made in ((TicketIssued, self.model.slips), (AppointmentBooked, self.model.booked)):
            new = [one for one in made if not one.id]
            seqs = [r.seq for r in self.hall.events[self.numbered :] if isinstance(r.event, kind)]
            assert len(new) == len(seqs)
            for one, seq in zip(new, seqs, strict=True):
                one.id = seq
        self.numbered = len(self.hall.events)

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
        return order, slips[order].id

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
