"""Numbers and appointments of the hall in plain Python: given, entered from paper, booked, moved, kept."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from domain import appointments, errors
from operations.ticketing import PaperNumber
from tests.operations.hall_state import HA_NOI, LATE, Booked, No, Slip, State
from tests.support.halls import demo_calendar

PLACES, DAYS_AHEAD = {"ho-tich": 4, "dat-dai": 3}, 3  # in each slot, as the demo's file has them
STARTS = [time(7 + n // 2, n % 2 * 30) for n in (*range(1, 8), *range(13, 18))]


def is_worked(day: date) -> bool:
    """By the demo's calendar, which knows no half days."""
    calendar = demo_calendar()
    stated = calendar.days[day][0] == "working" if day in calendar.days else day.weekday() < 5
    return day.year in calendar.years and stated


class Numbers(State):
    """Every way in which a number comes to be."""

    def take(self, queue: str, priority: str | None, override: str = "", counter: int | None = None) -> Slip:
        """A number; of one given by a clerk the counter is told, who may take it back there."""
        self.today()
        slip = self.next_number(queue, priority, override)
        if counter is not None:
            self.note(counter, "issue", slip.order, None)
        return slip

    def next_number(
        self, queue: str, priority: str | None, override: str = "", slot: datetime | None = None
    ) -> Slip:
        if self.is_stopped(queue) and not override:
            raise No(errors.QueueStopped)
        came = max(self.now, self.newest.get(queue, self.now))  # the clock may have gone back
        return self.issue(queue, self.last.get(queue, 0) + 1, came, priority, slot)

    def issue(self, queue: str, n: int, came: datetime, priority: str | None, slot: datetime | None = None) -> Slip:
        slip = Slip(len(self.slips), self.day, queue, n, queue, came, 0, priority, slot=slot)
        slip.key = slip.key_from(came, priority)
        self.slips.append(slip)
        self.last[queue] = max(n, self.last.get(queue, 0))
        self.newest[queue] = max(came, self.newest.get(queue, came))
        return slip

    def enter_paper(self, queue: str, numbers: Sequence[PaperNumber]) -> int:
        self.today()
        for paper in sorted(numbers, key=lambda paper: paper.n):
            given = {s.n for s in self.slips if (s.day, s.home) == (self.day, queue)}
            if not 1 <= paper.n <= 9999 or paper.n in given or paper.came > self.now:
                raise No(errors.Invalid)
            slip = self.issue(queue, paper.n, paper.came, None)
            if paper.counter is not None:
                self.known(paper.counter, errors.Invalid)
                served: dict[str, Any] = {
                    "state": "finished",
                    "counter": paper.counter,
                    "started": True,
                    "outcome": "served",
                }
                self.move("paper", slip, 0, ended=paper.ended, **served)
        return len(numbers)

    # -- appointments

    def slots(self) -> list[datetime]:
        """Every slot that may still be booked, full or not."""
        today = (self.now + HA_NOI).date()
        days = (today + timedelta(days=n) for n in range(DAYS_AHEAD + 1))
        starts = [
            datetime.combine(day, at, self.now.tzinfo) - HA_NOI for day in days if is_worked(day) for at in STARTS
        ]
        return [at for at in starts if at > self.now]

    def place(self, queue: str, slot: datetime) -> None:
        if slot not in self.slots():
            raise No(appointments.SlotClosed)
        taken = [b for b in self.booked if (b.queue, b.slot) == (queue, slot) and b.state != "cancelled"]
        if len(taken) >= PLACES[queue]:
            raise No(appointments.SlotFull)

    def book(self, queue: str, slot: datetime, holder: str, by_staff: bool) -> Booked:
        if queue not in PLACES:
            raise No(appointments.NoBooking)
        self.place(queue, slot)
        theirs = [b for b in self.booked if (b.holder, b.state) == (holder, "booked")]
        if any(b.slot >= self.now - LATE for b in theirs):
            raise No(appointments.OneAppointment)
        midnight = datetime.combine((self.now + HA_NOI).date(), time(), self.now.tzinfo) - HA_NOI
        for booked in self.booked:
            booked.holder = None if booked.slot < midnight else booked.holder
        self.booked.append(Booked(queue, slot, holder, by_staff))
        return self.booked[-1]

    def appointment(self, place: int | None) -> Booked:
        if place is None:
            raise No(appointments.UnknownAppointment)
        if self.booked[place].state == "cancelled":
            raise No(appointments.AlreadyCancelled)
        return self.booked[place]

    def changeable(self, place: int | None) -> Booked:
        booked = self.appointment(place)
        if booked.state == "kept":
            raise No(appointments.AlreadyKept)
        if self.now > booked.slot + LATE:
            raise No(appointments.AppointmentOver)
        return booked

    def move_booking(self, place: int | None, slot: datetime) -> None:
        booked = self.changeable(place)
        if booked.slot != slot:
            self.place(booked.queue, slot)
            booked.slot = slot

    def cancel_booking(self, place: int | None, reason: str) -> None:
        if reason not in ("citizen", "staff", "closed"):
            raise No(errors.Invalid)
        booked = self.changeable(place)
        booked.state, booked.reason = "cancelled", reason

    def check_in(self, place: int | None) -> Slip:
        booked = self.appointment(place)
        here, day = ((moment + HA_NOI).date() for moment in (self.now, booked.slot))
        if here != day:
            raise No(appointments.NotToday if here < day else appointments.AppointmentOver)
        if booked.slip is not None:
            return self.slips[booked.slip]
        self.today()
        slip = self.next_number(booked.queue, None, slot=booked.slot)
        booked.state, booked.slip = "kept", slip.order
        return slip
