"""Appointments booked, moved, cancelled and kept, and numbers given by clerks, in the hall and in its model."""

from datetime import datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.days import LOCAL, local
from operations import booking, calling, moving, ticketing
from tests.operations.day_acts import Acts, classes, desks, places, queues
from tests.operations.hall_numbers import STARTS

holders = st.sampled_from("abcdefgh")
days_ahead = st.sampled_from([0, 0, 0, 1, 2, 3, 4, -1])
arrivals = st.sampled_from([-60, -5, 0, 10, 11, 45, -1440, 1440])  # minutes from the slot


class Bookings(Acts):
    """All acts of the hall, and those that concern appointments."""

    booked = 0

    def slot(self, days: int, place: int) -> datetime:
        """A moment some days ahead: mostly one at which a slot begins."""
        start = datetime.combine(local(self.clock()).date(), time(), LOCAL) + timedelta(days=days)
        at = STARTS[place % len(STARTS)]
        return start + timedelta(hours=at.hour, minutes=at.minute + (7 if place % 11 == 10 else 0))

    def one_booked(self, place: int) -> tuple[int | None, int]:
        """An appointment as order of booking and id: mostly one that is still ahead, none of nobody's."""
        booked = self.model.booked
        ahead = [n for n, one in enumerate(booked) if one.state == "booked"]
        found = ahead if ahead and place % 5 != 4 else [*range(len(booked))]
        if not found:
            return None, 0
        chosen = found[place % len(found)]
        return chosen, booked[chosen].id

    @rule(queue=queues, days=days_ahead, place=places, holder=holders, by_staff=st.booleans())
    def book(self, queue, days, place, holder, by_staff):
        self.booked += 1
        slot, code = self.slot(days, place), f"code {self.booked}".encode().ljust(32)
        one, answer = self.both(
            lambda m: m.book(queue, slot, holder, by_staff), booking.book, queue, slot, code,
            holder.encode().ljust(32), by_staff=by_staff,
        )  # fmt: skip
        assert one is None or (answer.queue, answer.slot) == (one.queue, one.slot)

    @rule(place=places, days=days_ahead)
    def move_booking(self, place, days):
        chosen, appointment = self.one_booked(place)
        slot = self.slot(days, place // 7)
        self.both(lambda m: m.move_booking(chosen, slot), booking.move_booking, appointment, slot)

    @rule(place=places, reason=st.sampled_from(["citizen", "staff", "closed", "whim"]))
    def cancel_booking(self, place, reason):
        chosen, appointment = self.one_booked(place)
        self.both(lambda m: m.cancel_booking(chosen, reason), booking.cancel_booking, appointment, reason)

    @rule(place=places)
    def check_in(self, place):
        chosen, appointment = self.one_booked(place)
        slip, ticket = self.both(lambda m: m.check_in(chosen), booking.check_in, appointment)
        self.same_ticket(slip, ticket)

    @rule(queue=st.sampled_from(["ho-tich", "dat-dai"]), place=places, came=arrivals, twice=st.booleans())
    def come_for_a_slot(self, queue, place, came, twice):
        """Booked for one of the next slots, and there early, in time, late or on another day."""
        slot = self.book_soon(queue, place)
        if slot is None:
            return
        self.clock.forward(seconds=max(0.0, (slot + timedelta(minutes=came) - self.clock()).total_seconds()))
        for _ in range(1 + twice):
            self.check_in_last()

    @rule(queue=st.sampled_from(["ho-tich", "dat-dai"]), place=places, cancel=st.booleans())
    def have_second_thoughts(self, queue, place, cancel):
        """Booked, and moved or cancelled at once."""
        if self.book_soon(queue, place) is None:
            return
        last, slot = len(self.model.booked) - 1, self.slot(place % 3, place // 7)
        appointment = self.model.booked[last].id
        if cancel:
            self.both(lambda m: m.cancel_booking(last, "citizen"), booking.cancel_booking, appointment, "citizen")
        else:
            self.both(lambda m: m.move_booking(last, slot), booking.move_booking, appointment, slot)

    def book_soon(self, queue: str, place: int) -> datetime | None:
        """One of the next slots for somebody new; None where the calendar has none."""
        self.model.now = self.clock()
        if not (slots := self.model.slots()):
            return None
        slot = slots[place % 5]
        days = (local(slot).date() - local(self.clock()).date()).days
        before = len(self.model.booked)
        self.book(queue, days, STARTS.index(local(slot).time()), f"{queue} {self.booked}", False)
        return slot if len(self.model.booked) > before else None

    def check_in_last(self) -> None:
        last = len(self.model.booked) - 1
        self.both(lambda m: m.check_in(last), booking.check_in, self.model.booked[last].id)

    @rule(desk=desks, place=places, came=arrivals, away=st.sampled_from([60, 600, 601, 4000]))
    def who_is_booked_is_away(self, desk, place, came, away):
        """Called out of order as the only way to be sure, absent, and back within the grace or later."""
        self.come_for_a_slot("ho-tich", place, came, False)
        order = max((slip.order for slip in self.model.slips if slip.slot), default=None)
        if order is None:
            return
        counter, person = self.at(desk)
        ticket = self.model.slips[order].id
        self.both(
            lambda m: m.call_this(counter, person, False, order, "urgent"), calling.call_this, counter, person,
            ticket, "urgent", who=person,
        )  # fmt: skip
        self.serve(desk, None, "right", "absent", True)
        self.clock.forward(seconds=away)
        self.both(lambda m: m.come_back(order, counter, person), moving.come_back, ticket, counter, person,
                  who=person)  # fmt: skip

    @rule(desk=desks, queue=queues, priority=classes, override=st.sampled_from(["", "", "Người già"]),
          wait=st.sampled_from([None, 0, 11, 12]), between=st.booleans())  # fmt: skip
    def add_walk_up_at_a_counter(self, desk, queue, priority, override, wait, between):
        """A number given by the clerk of a counter; perhaps something happens to it, perhaps it is taken back."""
        counter, person = self.at(desk)
        slip, ticket = self.both(
            lambda m: m.take(queue, priority, override, counter), ticketing.add_walk_up, counter, queue, "vi",
            priority, override=override, who=person,
        )  # fmt: skip
        self.same_ticket(slip, ticket)
        if between and slip:
            self.both(
                lambda m: m.set_class(slip.order, None, "denied"), moving.set_class, ticket.id, None, "denied"
            )
        if wait is not None:
            self.undo(desk, person, wait)
