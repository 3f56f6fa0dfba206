"""A ticket moves without being called: transferred, back from an absence, with another key, gone."""

from datetime import timedelta

from domain.centres import Centre, PriorityClass
from domain.days import is_over, local
from domain.errors import AlreadyElsewhere, Invalid, MoreTimeOnce, QueueStopped
from domain.queue_events import TicketLeft, TicketRekeyed, TicketReturned, TicketTransferred
from domain.roles import COUNTER_ROLES, Role
from domain.routing import key_of, place_between
from domain.tickets import Ticket, TicketState
from operations.calling import served_here
from operations.shifts import find_counter, own_shift
from operations.ticketing import find_class, find_queue
from store import centres, explanations, people, tickets
from store.writer import Tx

TRANSFER_NOTES = ("next-step", "other-queue", "supplement", "collect", "expert", "other")
LONGEST_LINE = 10_000
CLASS_REASONS = ("confirmed", "denied", "changed")


def transfer(tx: Tx, counter: int, person: str, seen: int | None = None, *, note: str, queue: str = "",
             to_counter: int | None = None, to_person: str | None = None) -> Ticket:  # fmt: skip
    """Send the person on, with the number and the first arrival: to a queue, one counter, or one person.

    Without a queue the ticket stays in its own. Raises UnknownQueue, QueueStopped, UnknownCounter, Invalid.
    """
    ticket = served_here(tx, counter, person, seen)
    centre = tx.centre
    line = find_queue(centre, queue or ticket.queue)
    stop = centres.stop_of(tx.db, line.id, tx.now)
    if stop is not None and line.id != ticket.queue:
        raise QueueStopped(queue=line.prefix, reason=stop.reason)
    if note not in TRANSFER_NOTES or (to_counter is not None and to_person is not None):
        raise Invalid(what="note")
    if to_counter is not None:
        find_counter(centre, to_counter)
    if to_person is not None:
        _works_at_counters(tx, to_person)
    if line.id == ticket.queue and to_counter is None and to_person is None:
        raise Invalid(what="queue")
    tx.record(TicketTransferred(ticket.id, counter, line.id, note, to_counter, to_person))
    return tickets.load(tx.db, ticket.id)


def _works_at_counters(tx: Tx, person: str) -> None:
    found = people.by_id(tx.db, person)
    if found is None or not found.roles & {*COUNTER_ROLES, Role.SUPERVISOR}:
        raise Invalid(what="person")


def come_back(tx: Tx, ticket: int, counter: int | None = None, person: str = "") -> Ticket:
    """Somebody absent is here: within the grace the old key counts, after it the moment of the return.

    `counter` and `person`, here and below: the clerk who presses it and may take it back; None: by phone or kiosk.
    Raises UnknownTicket, AlreadyElsewhere, and for a clerk CounterTaken, CounterClosed.
    """
    away = tickets.load(tx.db, ticket)
    day = _day_of_asking(tx, away, counter, person)
    if away.state is not TicketState.ABSENT or away.ended_at is None or (away.day != day and not away.kept_from):
        raise AlreadyElsewhere(number=away.number)
    centre = tx.centre
    within = tx.now <= away.ended_at + timedelta(minutes=centre.calling.grace_minutes)
    # Not `find_class`: a class that the centre has no longer keeps nobody from coming back.
    chosen = next((group for group in centre.classes if group.id == away.priority), None)
    key = away.key if within else _key(tx, centre, chosen, away, returned=True)
    tx.record(TicketReturned(ticket, key, within, counter))
    return tickets.load(tx.db, ticket)


def set_class(tx: Tx, ticket: int, priority: str | None, reason: str, counter: int | None = None,
              person: str = "") -> Ticket:  # fmt: skip
    """A clerk confirms, denies or changes the priority class; the key counts from the first arrival.

    Raises UnknownTicket, AlreadyElsewhere, Invalid, CounterTaken, CounterClosed.
    """
    found = _still_here(tx, ticket, counter, person)
    if reason not in CLASS_REASONS:
        raise Invalid(what="reason")
    centre = tx.centre
    chosen = find_class(centre, priority, local(tx.now).date())
    tx.record(TicketRekeyed(ticket, _key(tx, centre, chosen, found), priority, reason, counter))
    return tickets.load(tx.db, ticket)


def give_time(tx: Tx, ticket: int, counter: int | None = None, person: str = "") -> Ticket:
    """Who needs more time goes behind the next few of the queue, and in front of all others.

    By own wish, without a counter, once a ticket; a clerk may do it again.
    Raises UnknownTicket, AlreadyElsewhere, MoreTimeOnce, CounterTaken, CounterClosed.
    """
    found = _still_here(tx, ticket, counter, person)
    if counter is None and explanations.has_asked_for_time(tx.db, ticket):
        raise MoreTimeOnce(number=found.number)
    places = tx.centre.calling.places_back
    line = tickets.waiting_in(tx.db, found.queue, LONGEST_LINE)
    at = next((i for i, other in enumerate(line) if other.id == ticket), None)
    if at is None:
        raise AlreadyElsewhere(number=found.number)
    passing, rest = line[at + 1 : at + 1 + places], line[at + 1 + places :]
    if passing:
        key, turn = place_between(passing[-1], rest[0] if rest else None)
        tx.record(TicketRekeyed(ticket, key, found.priority, "more-time", counter, turn=turn))
    return tickets.load(tx.db, ticket)


def leave(tx: Tx, ticket: int, counter: int | None = None, person: str = "") -> Ticket:
    """'Tôi không chờ nữa': by the person's own word. Doing it twice changes nothing.

    Raises UnknownTicket, CounterTaken, CounterClosed, AlreadyElsewhere when the number is being served or over.
    """
    found = tickets.load(tx.db, ticket)
    if counter is not None:
        own_shift(tx, counter, person)
    if found.state is TicketState.LEFT:
        return found
    if found.state not in (TicketState.WAITING, TicketState.ABSENT):
        raise AlreadyElsewhere(number=found.number)
    tx.record(TicketLeft(ticket, counter))
    return tickets.load(tx.db, ticket)


def _day_of_asking(tx: Tx, ticket: Ticket, counter: int | None, person: str) -> int:
    """The business day that a clerk works in, also beyond midnight; a phone neither opens nor outlasts one.

    Raises AlreadyElsewhere, CounterTaken, CounterClosed.
    """
    if counter is not None:
        own_shift(tx, counter, person)
    elif tx.day is None or is_over(tx.day, tx.now):
        raise AlreadyElsewhere(number=ticket.number)
    return tx.day.id if tx.day else 0


def _still_here(tx: Tx, ticket: int, counter: int | None, person: str) -> Ticket:
    found = tickets.load(tx.db, ticket)
    _day_of_asking(tx, found, counter, person)
    if found.state not in (TicketState.WAITING, TicketState.CALLED, TicketState.PARKED):
        raise AlreadyElsewhere(number=found.number)
    return found


def _key(tx: Tx, centre: Centre, chosen: PriorityClass | None, ticket: Ticket, *, returned: bool = False) -> int:
    rules, credit = centre.calling, chosen.credit_minutes if chosen else None
    came = tx.now if returned else ticket.base or ticket.arrived_at
    return key_of(rules.policy, came, credit_minutes=credit, slot=ticket.slot, calling=rules)
