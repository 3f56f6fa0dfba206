"""A clerk opens a counter and closes it again."""

from domain.centres import Centre, Counter
from domain.errors import ClerkElsewhere, CounterClosed, CounterTaken, UnknownCounter
from domain.events import ShiftClosed, ShiftOpened, TicketFinished
from operations.opening import ensure_day
from store import centres, counters, tickets
from store.counters import Shift
from store.writer import Tx


def open_shift(tx: Tx, counter: int, person: str) -> Shift:
    """Sit this person at this counter. Doing it twice changes nothing.

    Raises UnknownCounter, CounterTaken, ClerkElsewhere.
    """
    find_counter(centres.current(tx.db), counter)
    ensure_day(tx)
    here, mine = counters.shift_at(tx.db, counter), counters.shift_of(tx.db, person)
    if here is not None and here.person == person:
        return here
    if here is not None:
        raise CounterTaken(counter=counter)
    if mine is not None:
        raise ClerkElsewhere(counter=mine.counter)
    opened = tx.record(ShiftOpened(counter, person))
    return Shift(opened.seq, counter, person)


def close_shift(tx: Tx, counter: int, person: str) -> int:
    """Leave the counter; a ticket still being served there is finished. Raises CounterClosed."""
    own_shift(tx, counter, person)
    serving = tickets.at_counter(tx.db, counter)
    if serving is not None:
        tx.record(TicketFinished(serving.id, counter, "served"))
    return tx.record(ShiftClosed(counter, person)).seq


def own_shift(tx: Tx, counter: int, person: str) -> Shift:
    """The shift of this person at this counter. Raises UnknownCounter, CounterTaken, CounterClosed."""
    find_counter(centres.current(tx.db), counter)
    shift = counters.shift_at(tx.db, counter)
    if shift is None:
        raise CounterClosed(counter=counter)
    if shift.person != person:
        raise CounterTaken(counter=counter)
    return shift


def find_counter(centre: Centre, number: int) -> Counter:
    """The counter with this number. Raises UnknownCounter."""
    for candidate in centre.counters:
        if candidate.number == number:
            return candidate
    raise UnknownCounter(counter=number)
