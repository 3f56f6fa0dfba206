"""What a centre learns, as a fold over its events: the same ones give the same, live or after a start.

Learns from what is over only: calls, visits, absences, pauses, days (waiting.md 2, 4, 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain import queue_events as q
from domain.events import CentreLoaded
from domain.routing import OutOfOrder
from domain.waiting.estimates import Estimate, Estimator
from domain.waiting.kept import estimate_of

MINUTE = 60_000
LONGEST_GAP = 60.0  # minutes without a number: the windows were closed


@dataclass(slots=True)
class Visit:
    """A ticket that was called: where, from which queue, when (ms)."""

    queue: str
    counter: int
    called: int


@dataclass(slots=True)
class Known:
    """A ticket of today as far as it is needed: its queue, and when it came (ms)."""

    queue: str
    came: int


class Learner:
    """The estimator of one centre and the few things that it needs to follow the events."""

    def __init__(self, configured_minutes: Mapping[str, float]) -> None:
        self.estimator = Estimator(configured_minutes)
        self.seq = 0
        self.estimated: set[int] = set()
        self._tickets: dict[int, Known] = {}
        self._held: dict[int, tuple[int, Estimate]] = {}
        self._visits: dict[int, Visit] = {}
        self._pauses: dict[int, int] = {}
        self._slots: dict[int, int] = {}
        self._last_issue: int | None = None

    def heed(self, seq: int, at: int, event: Any) -> None:
        """One event of the journal, in its order; `at` in milliseconds."""
        self.seq = seq
        heeds = HEEDS.get(type(event))
        if heeds is not None:
            heeds(self, seq, at, event)

    def _day(self, _seq: int, at: int, _event: q.DayOpened) -> None:
        for appointment in [one for one, slot in self._slots.items() if slot < at]:
            self.estimator.quantities.note_booked(came=False)
            del self._slots[appointment]
        self.estimator.begin_day()
        for state in (self._tickets, self._held, self._visits, self._pauses, self.estimated):
            state.clear()
        self._last_issue = None

    def _centre(self, _seq: int, _at: int, event: CentreLoaded) -> None:
        self.estimator.quantities.configure(
            {queue["id"]: queue["mean_minutes"] for queue in event.centre["queues"]}
        )

    def _issued(self, seq: int, at: int, event: q.TicketIssued) -> None:
        quantities = self.estimator.quantities
        self._tickets[seq] = Known(event.queue, at if event.came is None else event.came)
        if event.appointment is not None and self._slots.pop(event.appointment, None) is not None:
            early = (event.slot - at) / MINUTE if event.slot is not None else None
            quantities.note_booked(came=True, early_minutes=early)
        elif event.priority is not None:
            quantities.note_priority_arrival(event.queue)
        if self._last_issue is not None and (gap := (at - self._last_issue) / MINUTE) < LONGEST_GAP:
            quantities.note_window(max(0.0, gap))
        self._last_issue = at

    def _kept(self, _seq: int, _at: int, event: q.EstimatesKept) -> None:
        for row in event.made:
            self.estimated.add(row.ticket)
            if visit := self._visits.get(row.ticket):  # called while the estimate was on its way
                self.estimator.learn(estimate_of(row), max(0.0, (visit.called - row.at) / MINUTE))
            else:
                self._held[row.ticket] = (row.at, estimate_of(row))

    def _called(self, _seq: int, at: int, event: q.TicketCalled) -> None:
        ticket = self._tickets.get(event.ticket)
        if ticket is None:
            return
        if event.ticket not in self._visits and event.reason != OutOfOrder.PARKED:
            self.estimator.note_called(ticket.queue, max(0.0, (at - ticket.came) / MINUTE))
            self.estimator.quantities.note_order(kept=not event.reason)
            if held := self._held.pop(event.ticket, None):
                self.estimator.learn(held[1], max(0.0, (at - held[0]) / MINUTE))
        self._visits[event.ticket] = Visit(ticket.queue, event.counter, at)

    def _finished(self, _seq: int, at: int, event: q.TicketFinished) -> None:
        visit = self._visits.pop(event.ticket, None)
        if visit is not None:
            self.estimator.quantities.note_service(
                visit.queue, visit.counter, max(0.0, (at - visit.called) / MINUTE)
            )
            self.estimator.quantities.note_answer(came=True)

    def _missed(self, _seq: int, at: int, event: q.TicketMissed) -> None:
        visit = self._visits.pop(event.ticket, None)
        if visit is not None:
            self.estimator.quantities.note_answer(came=False, lost_minutes=max(0.0, (at - visit.called) / MINUTE))

    def _on_paper(self, _seq: int, _at: int, event: q.PaperVisit) -> None:
        if ticket := self._tickets.get(event.ticket):
            minutes = (event.ended - event.called) / MINUTE
            self.estimator.quantities.note_service(ticket.queue, event.served_at, max(0.0, minutes))

    def _other_place(self, _seq: int, _at: int, event: q.TicketRekeyed | q.TicketLeft | q.TicketReturned) -> None:
        """Another place by the person's own word or by a new class: what was estimated is about another wait."""
        self._held.pop(event.ticket, None)

    def _transferred(self, _seq: int, at: int, event: q.TicketTransferred) -> None:
        """Waits anew in another queue; what it spent at the counter was no whole visit."""
        self._visits.pop(event.ticket, None)
        self._held.pop(event.ticket, None)
        self._tickets[event.ticket] = Known(event.queue, at)

    def _undone(self, _seq: int, _at: int, event: q.ActUndone) -> None:
        self._visits.pop(event.ticket, None)

    def _paused(self, _seq: int, at: int, event: q.CounterPaused) -> None:
        self._pauses[event.counter] = at

    def _resumed(self, _seq: int, at: int, event: q.CounterResumed) -> None:
        began = self._pauses.pop(event.counter, None)
        if began is not None:
            self.estimator.quantities.note_pause(max(0.0, (at - began) / MINUTE))

    def _booked(self, seq: int, _at: int, event: q.AppointmentBooked) -> None:
        self._slots[seq] = event.slot

    def _moved(self, _seq: int, _at: int, event: q.AppointmentMoved) -> None:
        if event.appointment in self._slots:
            self._slots[event.appointment] = event.slot

    def _cancelled(self, _seq: int, _at: int, event: q.AppointmentCancelled) -> None:
        self._slots.pop(event.appointment, None)


HEEDS: Mapping[type, Callable[[Learner, int, int, Any], None]] = {
    q.DayOpened: Learner._day,
    CentreLoaded: Learner._centre,
    q.TicketIssued: Learner._issued,
    q.EstimatesKept: Learner._kept,
    q.TicketCalled: Learner._called,
    q.TicketFinished: Learner._finished,
    q.TicketMissed: Learner._missed,
    q.PaperVisit: Learner._on_paper,
    q.TicketRekeyed: Learner._other_place,
    q.TicketLeft: Learner._other_place,
    q.TicketReturned: Learner._other_place,
    q.TicketTransferred: Learner._transferred,
    q.ActUndone: Learner._undone,
    q.CounterPaused: Learner._paused,
    q.CounterResumed: Learner._resumed,
    q.AppointmentBooked: Learner._booked,
    q.AppointmentMoved: Learner._moved,
    q.AppointmentCancelled: Learner._cancelled,
}
