"""Calling numbers to a counter. `seen` is the ticket that the clerk's screen showed (0: none)."""

from dataclasses import dataclass

from domain.errors import NoTicketHere, StaleScreen
from domain.events import TicketCalled, TicketFinished, TicketMissed, TicketRecalled
from domain.routing import choose, served_queues
from domain.tickets import Ticket
from operations.opening import ensure_day
from operations.shifts import find_counter, own_shift
from store import centres, tickets
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Called:
    """The ticket called, None when nobody waits for this counter; `seq` numbers the announcement."""

    ticket: Ticket | None
    seq: int | None


def call_next(tx: Tx, counter: int, person: str, seen: int | None = None) -> Called:
    """Finish whoever is being served and call the next person, in one step.

    Raises CounterClosed, CounterTaken, UnknownCounter, StaleScreen.
    """
    ensure_day(tx)
    own_shift(tx, counter, person)
    serving = _as_seen(tx, counter, seen)
    if serving is not None:
        tx.record(TicketFinished(serving.id, counter, "served"))
    place = find_counter(centres.current(tx.db), counter)
    head = choose(tickets.heads(tx.db, served_queues(place)))
    if head is None:
        return Called(None, None)
    called = tx.record(TicketCalled(head.ticket, counter, person))
    return Called(tickets.load(tx.db, head.ticket), called.seq)


def call_again(tx: Tx, counter: int, person: str, seen: int | None = None) -> Called:
    """Announce the ticket at this counter once more. Raises NoTicketHere and what call_next raises."""
    ticket = _served_here(tx, counter, person, seen)
    recalled = tx.record(TicketRecalled(ticket.id, counter))
    return Called(ticket, recalled.seq)


def mark_absent(tx: Tx, counter: int, person: str, seen: int | None = None) -> Ticket:
    """The person called did not come."""
    ticket = _served_here(tx, counter, person, seen)
    tx.record(TicketMissed(ticket.id, counter))
    return tickets.load(tx.db, ticket.id)


def finish(tx: Tx, counter: int, person: str, seen: int | None = None) -> Ticket:
    """The person at this counter is served; nobody else is called."""
    ticket = _served_here(tx, counter, person, seen)
    tx.record(TicketFinished(ticket.id, counter, "served"))
    return tickets.load(tx.db, ticket.id)


def _served_here(tx: Tx, counter: int, person: str, seen: int | None) -> Ticket:
    ensure_day(tx)
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
