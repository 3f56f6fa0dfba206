"""Taking a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.centres import Centre, PriorityClass, Queue
from domain.days import local
from domain.errors import Invalid, QueueStopped, UnknownQueue, msgid
from domain.queue_events import PaperVisit, TicketIssued
from domain.routing import MINUTE, key_of
from domain.tickets import Ticket, milliseconds
from operations.admitting import admission, refusal
from operations.devices import check_in_order
from operations.opening import ensure_day
from store import centres, holders, tickets
from store.writer import Tx

LANGUAGES = ("vi", "en", "fr")


class ClassNotInForce(Invalid):
    text = msgid("Diện ưu tiên này không có hoặc chưa áp dụng ở trung tâm. Mời chọn lại.")


_added: set[str] = set()


def offer_languages(codes: Iterable[str]) -> None:
    """Numbers are given in these languages too, and in none that were added before; one centre is one process."""
    _added.clear()
    _added.update(codes)


def take_ticket(
    tx: Tx, queue: str, language: str = "vi", priority: str | None = None, printer: str | None = None
) -> Ticket:
    """Give the next number of this queue, with its slip if a printer is named; all or nothing.

    Raises UnknownQueue, QueueStopped, NotTheHour, DailyLimitReached, TooLateToday, Invalid, DayNeedsConfirmation,
    and KioskStopped where a kiosk asks that is out of order.
    """
    return give_number(tx, queue, language, priority, printer)


@dataclass(frozen=True, slots=True)
class Own:
    """A number by a card: given now, or `again` the one that this person has already."""

    ticket: Ticket
    again: bool


def take_own_ticket(
    tx: Tx, holder: bytes, queue: str, language: str = "vi", printer: str | None = None, priority: str | None = None
) -> Own:
    """The same for somebody known by the keyed hash of a card: one active number a person.

    Raises what take_ticket raises, unless there is a number already.
    """
    ensure_day(tx)
    if held := holders.active_ticket(tx.db, holder):
        return Own(held, again=True)
    ticket = give_number(tx, queue, language, priority, printer)
    holders.keep(tx.db, holders.TICKET, ticket.id, holder)
    return Own(ticket, again=False)


def add_walk_up(
    tx: Tx,
    counter: int,
    queue: str,
    language: str = "vi",
    priority: str | None = None,
    printer: str | None = None,
    override: str = "",
) -> Ticket:
    """A number given by a clerk at a counter; with `override` (why) also where the queue takes nobody new.

    Windows, limits and the closing rule are the clerk's to judge. Raises UnknownQueue, QueueStopped, Invalid,
    DayNeedsConfirmation.
    """
    if len(override) > 120 or (override and not override.isprintable()):
        raise Invalid(what="override")
    return give_number(tx, queue, language, priority, printer, counter=counter, override=override)


def give_number(
    tx: Tx, queue: str, language: str, priority: str | None, printer: str | None, *, counter: int | None = None,
    override: str = "", slot: datetime | None = None, appointment: int | None = None,
) -> Ticket:  # fmt: skip
    """The one way in which a number comes to be; all others are this with other wishes."""
    check_in_order(tx)
    day = ensure_day(tx)  # first: a planned configuration comes into force with it
    centre = tx.centre
    line = find_queue(centre, queue)
    stop = centres.stop_of(tx.db, line.id, tx.now)
    if stop is not None and not override:
        raise QueueStopped(queue=line.prefix, reason=stop.reason)
    if language not in LANGUAGES and language not in _added:
        raise Invalid(what=language[:20])
    chosen = find_class(centre, priority, local(tx.now).date())
    credit = chosen.credit_minutes if chosen else None
    if counter is None and slot is None:
        found = admission(tx.db, centre, line, tx.now, day.id, tx.waits, credit)
        if not found.ok:
            raise refusal(found, centre, line, tx.now)
    so_far = tickets.line(tx.db, day.id, line.id)
    # A clock that went back must not let newcomers pass everybody who waits.
    came, rules = max(tx.now, so_far.newest), centre.calling
    key = key_of(rules.policy, came, credit_minutes=credit, slot=slot, calling=rules)
    is_last = priority is None and slot is None
    ahead = so_far.waiting if is_last else tickets.waiting_before(tx.db, line.id, key)
    issued = tx.record(
        TicketIssued(
            line.id, line.prefix, so_far.last + 1, key, ahead, language, priority, printer,
            slot=milliseconds(slot) if slot else None, appointment=appointment, counter=counter,
            override=override, wait=promise(tx, line.id, credit, key if slot else None, so_far.waiting),
        )
    )  # fmt: skip
    return tickets.issued(issued, so_far.newest)


def promise(tx: Tx, queue: str, credit: int | None, key: int | None, waiting: int) -> list[int] | None:
    """The range that the slip promises, from the last board; `key` of an appointment. None: nobody knows."""
    if key is None:
        known = tx.waits.newcomer(queue, credit, tx.now)
    else:
        known = tx.waits.behind(queue, (milliseconds(tx.now) - key) / MINUTE, tx.now)
    wait = known.wait(tx.waits.more_than(queue, waiting)) if known else None
    if wait is None:
        return None
    return [wait.low] if wait.high is None else [wait.low, wait.high]


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """A pre-printed number given while the system was down: when its owner came, when and where it was served."""

    n: int
    came: datetime
    counter: int | None = None
    called: datetime | None = None
    ended: datetime | None = None


def enter_paper_numbers(tx: Tx, queue: str, numbers: Sequence[PaperNumber]) -> int:
    """Enter a block of pre-printed numbers with their real times; the queue is the block's own. All or nothing.

    Who was not served yet waits from the real arrival. Raises UnknownQueue, UnknownCounter, Invalid.
    """
    day = ensure_day(tx)
    centre = tx.centre
    line = find_queue(centre, queue)
    known = {counter.number for counter in centre.counters}
    taken = tickets.numbers_given(tx.db, day.id, line.id)
    for number in sorted(numbers, key=lambda number: number.n):
        served = (number.counter, number.called, number.ended)
        if not 1 <= number.n <= 9999 or number.n in taken or number.came > tx.now:
            raise Invalid(what=f"{line.prefix} {number.n}")
        if any(part is None for part in served) and any(part is not None for part in served):
            raise Invalid(what=f"{line.prefix} {number.n}")
        taken.add(number.n)
        key = key_of(centre.calling.policy, number.came, calling=centre.calling)
        ahead = tickets.waiting_before(tx.db, line.id, key)
        came = milliseconds(number.came)
        issued = tx.record(TicketIssued(line.id, line.prefix, number.n, key, ahead, "vi", came=came))
        if number.counter is not None and number.called is not None and number.ended is not None:
            if number.counter not in known or not number.came <= number.called <= number.ended <= tx.now:
                raise Invalid(what=f"{line.prefix} {number.n}")
            times = milliseconds(number.called), milliseconds(number.ended)
            tx.record(PaperVisit(issued.seq, number.counter, *times))
    return len(numbers)


def find_queue(centre: Centre, queue: str) -> Queue:
    """The queue with this id. Raises UnknownQueue."""
    for candidate in centre.queues:
        if candidate.id == queue:
            return candidate
    raise UnknownQueue(queue=queue[:40])


def find_class(centre: Centre, priority: str | None, today: date) -> PriorityClass | None:
    """The priority class with this id, none without one. Raises ClassNotInForce."""
    if priority is None:
        return None
    for candidate in centre.classes_on(today):
        if candidate.id == priority:
            return candidate
    raise ClassNotInForce(what="priority")
