"""Calling numbers and ending visits. `seen` is the ticket that the clerk's screen showed (0: none)."""

from dataclasses import dataclass

from domain.centres import Centre
from domain.days import is_over
from domain.errors import AlreadyElsewhere, Invalid, NoTicketHere, StaleScreen
from domain.queue_events import (
    CounterResumed,
    ServiceStarted,
    ShiftOpened,
    TicketCalled,
    TicketFinished,
    TicketMissed,
    TicketParked,
    TicketRecalled,
)
from domain.routing import LONGEST_MEMORY, Choice, OutOfOrder, choose
from domain.tickets import Outcome, Ticket, TicketState
from operations.opening import ensure_day
from operations.shifts import find_counter, own_shift
from store import counters, tickets
from store.writer import Tx

PARK_NOTES = ("form", "paper", "payment", "scan", "other")


@dataclass(frozen=True, slots=True)
class Called:
    """The ticket called, None when nobody waits for this counter; `seq` numbers the announcement."""

    ticket: Ticket | None
    seq: int | None


def call_next(tx: Tx, counter: int, person: str, seen: int | None = None) -> Called:
    """Finish whoever is being served and call the next person, in one step; a pause ends with it.

    Raises CounterClosed, CounterTaken, UnknownCounter, StaleScreen.
    """
    finished = _free(tx, counter, person, seen)
    return _call_first(tx, tx.centre, counter, person, finished)


def _free(tx: Tx, counter: int, person: str, seen: int | None) -> int | None:
    """Finish whoever is being served here; gives the number of that event.

    Who calls on a new date begins its business day: the visit still ends on its own, the clerk stays seated.
    """
    own_shift(tx, counter, person)
    serving = _as_seen(tx, counter, seen)
    finished = tx.record(TicketFinished(serving.id, counter, Outcome.SERVED)).seq if serving else None
    before = tx.day
    if ensure_day(tx) != before:
        tx.record(ShiftOpened(counter, person))
    return finished


def _call_first(tx: Tx, centre: Centre, counter: int, person: str, finished: int | None) -> Called:
    _end_pause(tx, counter)
    choice = next_for(tx, centre, counter, person)
    if choice is None:
        return Called(None, None)
    runner_up = choice.runner_up.ticket if choice.runner_up else None
    return _call(tx, centre, choice.head.ticket, counter, person, "", runner_up, finished)


def next_for(tx: Tx, centre: Centre, counter: int, person: str) -> Choice | None:
    """Whom this counter would call now."""
    skills = counters.skills_of(tx.db, find_counter(centre, counter))
    heads = tickets.heads(tx.db, counter, person, skills.all)
    rules = centre.calling
    return choose(heads, rules.policy, rules.ratio, tickets.lately_privileged(tx.db, counter, LONGEST_MEMORY))


def call_this(tx: Tx, counter: int, person: str, ticket: int, reason: str, seen: int | None = None) -> Called:
    """Call somebody who is not first, with a reason from the list; whoever is being served is finished.

    Raises UnknownTicket, AlreadyElsewhere, Invalid and what call_next raises.
    """
    finished = _free(tx, counter, person, seen)
    wanted = tickets.load(tx.db, ticket)
    parked_here = wanted.state is TicketState.PARKED and wanted.counter == counter
    if wanted.state is not TicketState.WAITING and not parked_here:
        raise AlreadyElsewhere(number=wanted.number)
    why = OutOfOrder.PARKED if parked_here else _reason(reason)
    _end_pause(tx, counter)
    return _call(tx, tx.centre, ticket, counter, person, why, None, finished)


def _call(tx: Tx, centre: Centre, ticket: int, counter: int, person: str, reason: str, runner_up: int | None,
          finished: int | None) -> Called:  # fmt: skip
    policy = centre.calling.policy
    called = tx.record(TicketCalled(ticket, counter, person, reason, policy, runner_up, finished))
    return Called(tickets.load(tx.db, ticket), called.seq)


def _reason(text: str) -> OutOfOrder:
    if text not in tuple(OutOfOrder):
        raise Invalid(what="reason")
    return OutOfOrder(text)


def call_again(tx: Tx, counter: int, person: str, seen: int | None = None) -> Called:
    """Announce the ticket at this counter once more. Raises NoTicketHere and what call_next raises."""
    ticket = served_here(tx, counter, person, seen)
    recalled = tx.record(TicketRecalled(ticket.id, counter))
    return Called(ticket, recalled.seq)


def start(tx: Tx, counter: int, person: str, seen: int | None = None) -> Ticket:
    """The person called has come. Doing it twice changes nothing."""
    ticket = served_here(tx, counter, person, seen)
    if ticket.started_at is None:
        tx.record(ServiceStarted(ticket.id, counter))
    return tickets.load(tx.db, ticket.id)


def mark_absent(tx: Tx, counter: int, person: str, seen: int | None = None) -> Ticket:
    """The person called did not come; within the grace the place is kept."""
    ticket = served_here(tx, counter, person, seen)
    tx.record(TicketMissed(ticket.id, counter))
    return tickets.load(tx.db, ticket.id)


def finish(tx: Tx, counter: int, person: str, seen: int | None = None, outcome: str = "served") -> Ticket:
    """The person at this counter is served; nobody else is called unless the centre calls by itself.

    On a new date it does not: a new day begins with what somebody asks for.
    """
    ticket = served_here(tx, counter, person, seen)
    if outcome not in tuple(Outcome):
        raise Invalid(what="outcome")
    finished = tx.record(TicketFinished(ticket.id, counter, Outcome(outcome)))
    is_open = tx.day is not None and not is_over(tx.day, tx.now)
    if tx.centre.calling.auto_call and is_open:
        _call_first(tx, tx.centre, counter, person, finished.seq)
    return tickets.load(tx.db, ticket.id)


def set_aside(tx: Tx, counter: int, person: str, seen: int | None = None, note: str = "other") -> Ticket:
    """Set the person aside at this counter, for a form or a paper; the number is called again from here."""
    ticket = served_here(tx, counter, person, seen)
    if note not in PARK_NOTES:
        raise Invalid(what="note")
    tx.record(TicketParked(ticket.id, counter, note))
    return tickets.load(tx.db, ticket.id)


def served_here(tx: Tx, counter: int, person: str, seen: int | None) -> Ticket:
    """The ticket at this counter, as its clerk sees it. Raises NoTicketHere, StaleScreen, CounterTaken.

    It opens no business day: a visit that lasts beyond midnight ends on the day it began.
    """
    own_shift(tx, counter, person)
    ticket = _as_seen(tx, counter, seen)
    if ticket is None:
        raise NoTicketHere(counter=counter)
    return ticket


def _as_seen(tx: Tx, counter: int, seen: int | None) -> Ticket | None:
    ticket = tickets.at_counter(tx.db, counter)
    if seen is not None and seen != (ticket.id if ticket else 0):
        raise StaleScreen()
    return ticket


def _end_pause(tx: Tx, counter: int) -> None:
    if counters.pause_at(tx.db, counter) is not None:
        tx.record(CounterResumed(counter))
