"""Whether a queue gives a number now: windows, daily limit, and the chance of being called before closing.

The chance is that of the last board of estimates (waiting.md 8); without a young one a simple rule stands in.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.admission import ADMITS_AGAIN_FROM, ADMITS_FROM, Admission, Line, Reason, admit, closes_at
from domain.centres import Centre, Queue
from domain.days import local
from domain.errors import DailyLimitReached, NotTheHour, NotToday, TooLateToday, UnknownQueue
from domain.queue_events import NumberRefused
from domain.tickets import milliseconds
from domain.waiting.boards import NOTHING_KNOWN, WaitBoard
from store import calendars, counters, figures, refusals, tickets
from store.database import Connection
from store.writer import Tx

PRIOR_VISITS = 5  # how many visits the configured mean weighs (waiting.md 2)
MOST_NOTED_A_MINUTE = 60  # of one queue: more are no people
REFUSALS: Mapping[Reason, type[NotToday]] = {
    Reason.CLOSING: TooLateToday,
    Reason.DAILY_LIMIT: DailyLimitReached,
    Reason.OUTSIDE_WINDOW: NotTheHour,
}


def admission(
    db: Connection, centre: Centre, queue: Queue, now: datetime, day: int, waits: WaitBoard = NOTHING_KNOWN,
    credit: int | None = None,
) -> Admission:  # fmt: skip
    """The decision for one more walk-in of this queue; the same for the kiosk's page and for its button.

    `credit`: the minutes of the priority class, None for ordinary people.
    """
    if not centre.windows and queue.daily_limit is None:
        return Admission(ok=True)
    so_far = tickets.line(db, day, queue.id)
    line = _line(db, centre, queue, day, so_far.waiting)
    given = len(tickets.numbers_given(db, day, queue.id)) if queue.daily_limit is not None else 0
    known = waits.newcomer(queue.id, credit, now)
    return admit(
        centre, queue, now, line, given_today=given, calendar=calendars.newest(db),
        threshold=ADMITS_AGAIN_FROM if known and known.refused else ADMITS_FROM,
        known_chance=known.chance if known else None,
    )  # fmt: skip


def _line(db: Connection, centre: Centre, queue: Queue, day: int, ahead: int) -> Line:
    serving = counters.serving(db, centre, queue.id)
    idle = sum(tickets.at_counter(db, counter) is None for counter in serving)
    served, minutes = figures.visits(db, day, queue.id)
    mean = (PRIOR_VISITS * queue.mean_minutes + minutes) / (PRIOR_VISITS + served)
    return Line(ahead, len(serving), mean, idle)


def refusal(found: Admission, centre: Centre, queue: Queue, now: datetime) -> NotToday:
    """What to tell somebody who gets no number, and what to do instead."""
    opens = f"{local(found.opens_at):%H:%M %d/%m}" if found.opens_at else ""
    closes = closes_at(centre, queue.id, now) if found.why is Reason.CLOSING else None
    kind = REFUSALS[found.why or Reason.CLOSING]
    return kind(queue=queue.prefix, opens=opens, closes=f"{closes:%H:%M}" if closes else "")


def reason_of(error: NotToday) -> Reason:
    """By which rule it was said."""
    return next(reason for reason, kind in REFUSALS.items() if isinstance(error, kind))


def note_refusal(tx: Tx, queue: str, reason: Reason) -> bool:
    """Note that somebody was told so, for the reports; False where too many were noted within a minute.

    An act of its own: the refused one has changed nothing. Raises UnknownQueue.
    """
    if not any(one.id == queue for one in tx.centre.queues):
        raise UnknownQueue(queue=queue[:40])
    if refusals.since(tx.db, queue, milliseconds(tx.now - timedelta(minutes=1))) >= MOST_NOTED_A_MINUTE:
        return False
    tx.record(NumberRefused(queue, str(reason)))
    return True
