"""A clerk opens a counter, takes one over, rests, calls for help, chooses keys, and closes it again."""

from collections.abc import Mapping, Sequence

from domain.centres import Centre, Counter
from domain.errors import (
    ClerkElsewhere,
    CounterClosed,
    CounterTaken,
    Invalid,
    ParkedStillHere,
    TicketStillHere,
    UnknownCounter,
    UnknownQueue,
)
from domain.events import KeysChosen
from domain.queue_events import (
    CounterPaused,
    CounterResumed,
    HelpCalled,
    HelpEnded,
    ShiftClosed,
    ShiftOpened,
    ShiftTaken,
    SkillsSet,
    TicketFinished,
)
from domain.shortcuts import checked
from operations.opening import ensure_day
from store import counters, shortcuts, tickets
from store.counters import Shift
from store.database import Connection
from store.writer import Tx

PAUSE_REASONS = ("break", "meeting", "errand", "system", "other")
LONGEST_PAUSE = 240


def open_shift(tx: Tx, counter: int, person: str) -> Shift:
    """Sit this person at this counter. Doing it twice changes nothing.

    Raises UnknownCounter, CounterTaken, ClerkElsewhere.
    """
    ensure_day(tx)
    find_counter(tx.centre, counter)
    here, mine = counters.shift_at(tx.db, counter), counters.shift_of(tx.db, person)
    if here is not None and here.person == person:
        return here
    if here is not None:
        raise CounterTaken(counter=counter)
    if mine is not None:
        raise ClerkElsewhere(counter=mine.counter)
    opened = tx.record(ShiftOpened(counter, person))
    return Shift(opened.seq, counter, person)


def take_over(tx: Tx, counter: int, person: str) -> Shift:
    """Sit down at a colleague's open counter, with whoever is served or parked there; by one click.

    Raises UnknownCounter, CounterClosed, ClerkElsewhere.
    """
    ensure_day(tx)
    find_counter(tx.centre, counter)
    here, mine = counters.shift_at(tx.db, counter), counters.shift_of(tx.db, person)
    if here is None:
        raise CounterClosed(counter=counter)
    if here.person == person:
        return here
    if mine is not None:
        raise ClerkElsewhere(counter=mine.counter)
    taken = tx.record(ShiftTaken(counter, person, here.person))
    return Shift(taken.seq, counter, person)


def pause(tx: Tx, counter: int, person: str, reason: str, minutes: int) -> None:
    """Rest, for a reason from the list and about so many minutes. Raises Invalid, TicketStillHere."""
    own_shift(tx, counter, person)
    if reason not in PAUSE_REASONS or not 1 <= minutes <= LONGEST_PAUSE:
        raise Invalid(what="reason")
    serving = tickets.at_counter(tx.db, counter)
    if serving is not None:
        raise TicketStillHere(number=serving.number)
    if counters.pause_at(tx.db, counter) is None:
        tx.record(CounterPaused(counter, reason, minutes))


def resume(tx: Tx, counter: int, person: str) -> None:
    """Serve again."""
    own_shift(tx, counter, person)
    if counters.pause_at(tx.db, counter) is not None:
        tx.record(CounterResumed(counter))


def set_skills(tx: Tx, counter: int, queues: Sequence[str], secondary: Sequence[str]) -> None:
    """Which queues this counter serves until the day ends. Raises UnknownCounter, UnknownQueue, Invalid."""
    ensure_day(tx)
    centre = tx.centre
    place = find_counter(centre, counter)
    known = {queue.id for queue in centre.queues}
    wanted = [*queues, *secondary]
    if not wanted or len(set(wanted)) != len(wanted):
        raise Invalid(what="queues")
    for queue in wanted:
        if queue not in known:
            raise UnknownQueue(queue=queue[:40])
    as_configured = (tuple(queues), tuple(secondary)) == (place.queues, place.secondary)
    tx.record(SkillsSet(counter, [], []) if as_configured else SkillsSet(counter, list(queues), list(secondary)))


def call_for_help(tx: Tx, counter: int, person: str) -> None:
    """The emergency key: silent here, an alarm on all colleagues' and managers' screens. No clock keeps it back."""
    own_shift(tx, counter, person)
    if all(alarm.counter != counter for alarm in counters.alarms(tx.db)):
        tx.record(HelpCalled(counter, person))


def end_help(tx: Tx, counter: int, false_alarm: bool) -> None:
    """Somebody has come, or it was pressed by mistake. Doing it twice changes nothing.

    The counter may be gone from the configuration: its call outlasts the day. Raises UnknownCounter for others.
    """
    if any(alarm.counter == counter for alarm in counters.alarms(tx.db)):
        tx.record(HelpEnded(counter, false_alarm))
    else:
        find_counter(tx.centre, counter)


def choose_keys(tx: Tx, person: str, keys: Mapping[str, str], *, off: bool) -> None:
    """The keys that this person works with from now on, at every counter; no keys: the usual ones.

    Doing it twice changes nothing. Raises KeyRefused, KeyTaken, KeyOfScanner, KeyWhileTyping, Invalid.
    """
    wanted = shortcuts.Chosen(checked(keys, tx.centre.scanner.prefix), off)
    if wanted != shortcuts.chosen_by(tx.db, person):
        tx.record(KeysChosen(person, wanted.keys, off))


def close_shift(tx: Tx, counter: int, person: str) -> int:
    """Leave the counter; a ticket still being served there is finished. Raises CounterClosed, ParkedStillHere."""
    own_shift(tx, counter, person)
    parked = tickets.parked_at(tx.db, counter)
    if parked:
        raise ParkedStillHere(number=parked[0].number)
    serving = tickets.at_counter(tx.db, counter)
    if serving is not None:
        tx.record(TicketFinished(serving.id, counter, "served"))
    return tx.record(ShiftClosed(counter, person)).seq


def own_shift(tx: Tx, counter: int, person: str) -> Shift:
    """The shift of this person at this counter. Raises UnknownCounter, CounterTaken, CounterClosed."""
    return shift_here(tx.db, tx.centre, counter, person)


def shift_here(db: Connection, centre: Centre, counter: int, person: str) -> Shift:
    """The same for whoever only reads."""
    find_counter(centre, counter)
    shift = counters.shift_at(db, counter)
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
