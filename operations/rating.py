"""What a person says of a visit that is over, by the tablet of the counter or by phone."""

from dataclasses import dataclass

from domain.errors import Invalid
from domain.queue_events import VisitRated
from domain.satisfaction import AlreadyRated, check_answer, check_time
from domain.tickets import Ticket
from store import ratings, tickets
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Rated:
    """Which visit was rated; not how."""

    ticket: int


def rate_visit(
    tx: Tx, ticket: int, score: int, reason: str = "", sealed: bytes = b"", counter: int | None = None
) -> Rated:
    """Keep the first answer about a visit that ended within the last half hour; the words come sealed.

    `counter` is the tablet's own, None by phone. Raises UnknownTicket, VisitNotOver, TooLateToRate, AlreadyRated,
    Invalid.
    """
    check_answer(score, reason)
    found = rateable(tx, ticket, counter)
    if ratings.is_rated(tx.db, ticket):
        raise AlreadyRated(number=found.number)
    tx.record(VisitRated(ticket, found.counter or 0, score, reason))
    if sealed:
        ratings.keep_words(tx.db, ticket, sealed)
    return Rated(ticket)


def skip_rating(tx: Tx, ticket: int, counter: int | None = None) -> Rated:
    """The person does not wish to be asked. Raises UnknownTicket, VisitNotOver, TooLateToRate, Invalid."""
    rateable(tx, ticket, counter)
    ratings.keep_skip(tx.db, ticket)
    return Rated(ticket)


def rateable(tx: Tx, ticket: int, counter: int | None) -> Ticket:
    """The ticket, when its visit is over since a short while, at this counter."""
    found = tickets.load(tx.db, ticket)
    check_time(found, tx.now)
    if counter is not None and counter != found.counter:
        raise Invalid(what="counter")
    return found
