"""Taking a number."""

from domain.centres import Centre, Queue
from domain.errors import Invalid, QueueStopped, UnknownQueue
from domain.events import TicketIssued
from domain.tickets import Ticket, order_key
from operations.opening import ensure_day
from store import centres, tickets
from store.writer import Tx

LANGUAGES = ("vi", "en", "fr")


def take_ticket(
    tx: Tx, queue: str, language: str = "vi", priority: str | None = None, printer: str | None = None
) -> Ticket:
    """Give the next number of this queue, with its slip if a printer is named; all or nothing.

    Raises UnknownQueue, QueueStopped, Invalid, DayNeedsConfirmation.
    """
    centre = centres.current(tx.db)
    line = find_queue(centre, queue)
    reason = centres.stop_reason(tx.db, line.id)
    if reason is not None:
        raise QueueStopped(queue=line.prefix, reason=reason)
    if language not in LANGUAGES:
        raise Invalid(what=language[:20])
    credit = credit_of(centre, priority)
    day = ensure_day(tx)
    so_far = tickets.line(tx.db, day.id, line.id)
    # A clock that went back must not let newcomers pass everybody who waits.
    key = order_key(max(tx.now, so_far.newest), credit)
    ahead = so_far.waiting if priority is None else tickets.waiting_before(tx.db, line.id, key)
    issued = tx.record(TicketIssued(line.id, line.prefix, so_far.last + 1, key, ahead, language, priority, printer))
    return tickets.issued(issued)


def find_queue(centre: Centre, queue: str) -> Queue:
    """The queue with this id. Raises UnknownQueue."""
    for candidate in centre.queues:
        if candidate.id == queue:
            return candidate
    raise UnknownQueue(queue=queue[:40])


def credit_of(centre: Centre, priority: str | None) -> int:
    """Minutes of credit of a priority class; none without one. Raises Invalid for an unknown class."""
    if priority is None:
        return 0
    for candidate in centre.classes:
        if candidate.id == priority:
            return candidate.credit_minutes
    raise Invalid(what=priority[:20])
