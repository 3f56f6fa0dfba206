"""What a person says of a visit that is over, by the tablet of the counter or by phone, and who reads it."""

from dataclasses import dataclass

from domain.errors import Invalid, NotFound, msgid
from domain.queue_events import VisitRated, WordsRead
from domain.satisfaction import AlreadyRated, check_answer, check_time
from domain.tickets import Ticket
from store import ratings, tickets
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Rated:
    """Which visit was rated; not how."""

    ticket: int


class NothingToRead(NotFound):
    text = msgid("Không có ý kiến nào được đọc ở hàng và ngày này: ngày chưa qua, hoặc chưa đủ năm người viết.")


@dataclass(frozen=True, slots=True)
class Words:
    """How many opinions may be read."""

    number: int


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


def read_words(tx: Tx, day: int, queue: str) -> Words:
    """Note that somebody reads what was written about this queue on this day. Raises NothingToRead."""
    words = ratings.words_of(tx.db, [day]).get((day, queue), [])
    if not words:
        raise NothingToRead()
    tx.record(WordsRead(day, queue))
    return Words(len(words))


def rateable(tx: Tx, ticket: int, counter: int | None) -> Ticket:
    """The ticket, when its visit is over since a short while, at this counter."""
    found = tickets.load(tx.db, ticket)
    check_time(found, tx.now)
    if counter is not None and counter != found.counter:
        raise Invalid(what="counter")
    return found
