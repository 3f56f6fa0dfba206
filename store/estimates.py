"""Each ticket's estimate and the wait that followed; the history from which a centre learns."""

from collections import Counter
from collections.abc import Collection, Sequence

from domain.days import Day
from domain.queue_events import (
    ActUndone,
    EstimatesKept,
    TicketCalled,
    TicketIssued,
    TicketLeft,
    TicketRekeyed,
    TicketTransferred,
)
from domain.waiting.estimates import Method
from domain.waiting.learning import HEEDS, Learner
from domain.waiting.scores import Judged
from domain.waiting.snapshots import Group
from domain.waiting.twins import HORIZON
from store import centres, days, journal
from store.centres import NoCentre
from store.database import Connection
from store.journal import Recorded, projects

DAYS_LEARNED = 10  # business days; the regression forgets half of what is older than two of a large centre's


def judged(db: Connection, span: Sequence[Day], queues: Collection[str]) -> list[Judged]:
    """The estimates of these days and queues that came to a call, in the order of the tickets."""
    found: list[Judged] = []
    for day in span:
        rows = db.execute(
            "SELECT day, queue, kind, point, low, high, method, (called_at - at) / 60000.0 FROM estimates"
            " WHERE day = ? AND called_at IS NOT NULL AND void = 0 AND method <> ? AND silence IS NOT 'no-counter'"
            " ORDER BY ticket",
            (day.id, Method.SLIP),
        )
        found += [Judged(*row) for row in rows if row[1] in queues]
    return found


def unanswered(db: Connection, span: Sequence[Day], queues: Collection[str]) -> Counter[str]:
    """How many estimates have no wait to be judged by, by queue: left, given another place, or never called."""
    found: Counter[str] = Counter()
    for day in span:
        rows = db.execute(
            "SELECT e.queue, count(*) FROM estimates e JOIN tickets t ON t.id = e.ticket WHERE e.day = ?"
            " AND (e.called_at IS NULL OR e.void = 1) AND e.method <> ? AND t.state <> 'waiting' GROUP BY e.queue",
            (day.id, Method.SLIP),
        )
        found.update({queue: count for queue, count in rows if queue in queues})
    return found


def stranded(db: Connection, span: Sequence[Day], queues: Collection[str]) -> dict[tuple[int, str], int]:
    """How many tickets were issued and never called, by day and queue; days still open count none."""
    found: dict[tuple[int, str], int] = {}
    for day in span:
        rows = db.execute(
            "SELECT queue, count(*) FROM tickets WHERE day = ? AND state = 'unserved' AND called_at IS NULL"
            " GROUP BY queue",
            (day.id,),
        )
        found |= {(day.id, queue): count for queue, count in rows if queue in queues}
    return found


def learned(db: Connection) -> Learner:
    """What the centre knows from its last business days: the same for the same file."""
    day = days.newest(db)
    first = journal.first_of_day(db, day.id - DAYS_LEARNED) if day else 1
    try:
        queues = centres.before(db, first).queues
    except NoCentre:
        queues = ()  # it was loaded later, which is among the events
    learner = Learner({queue.id: queue.mean_minutes for queue in queues})
    learner.seq = first - 1
    catch_up(db, learner)
    return learner


def catch_up(db: Connection, learner: Learner) -> None:
    """Learn from what has happened since."""
    for recorded in journal.read_kinds(db, HEEDS, learner.seq):
        learner.heed(recorded.seq, recorded.at, recorded.event)


@projects(TicketIssued)
def _promised(db: Connection, recorded: Recorded) -> None:
    """What the slip says, until a board has seen the ticket: so who is called before that stands here too."""
    e = recorded.event
    if e.wait:
        low, high = e.wait[0], e.wait[1] if len(e.wait) > 1 else HORIZON
        group = Group.BOOKED if e.slot is not None else Group.PRIORITY if e.priority else Group.ORDINARY
        db.execute(
            "INSERT INTO estimates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 0)",
            (recorded.seq, recorded.day, recorded.at, e.queue, group, (low + high) / 2, low, high, Method.SLIP),
        )


@projects(EstimatesKept)
def _kept(db: Connection, recorded: Recorded) -> None:
    """The first one of a ticket stands; who was kept over night is estimated anew in the morning."""
    db.executemany(
        "INSERT INTO estimates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " (SELECT min(at) FROM calls WHERE ticket = ? AND kind = 'call'), 0)"
        " ON CONFLICT (ticket) DO UPDATE SET day = excluded.day, at = excluded.at, point = excluded.point,"
        " low = excluded.low, high = excluded.high, method = excluded.method, silence = excluded.silence,"
        " void = void AND day = excluded.day"
        f" WHERE method = '{Method.SLIP}' OR (called_at IS NULL AND day < excluded.day)",
        [
            (row.ticket, recorded.day, row.at, row.queue, row.group, row.point, row.low, row.high, row.method,
             row.silence, row.ticket)
            for row in recorded.event.made
        ],
    )  # fmt: skip


@projects(TicketCalled)
def _called(db: Connection, recorded: Recorded) -> None:
    db.execute(
        "UPDATE estimates SET called_at = ? WHERE ticket = ? AND called_at IS NULL",
        (recorded.at, recorded.event.ticket),
    )


@projects(ActUndone)
def _taken_back(db: Connection, recorded: Recorded) -> None:
    """The wait goes on after a call that is taken back."""
    e = recorded.event
    db.execute(
        "UPDATE estimates SET called_at = NULL"
        " WHERE ticket = ? AND called_at = (SELECT at FROM calls WHERE seq = ?)",
        (e.ticket, e.act),
    )


@projects(TicketRekeyed, TicketLeft, TicketTransferred)
def _other_place(db: Connection, recorded: Recorded) -> None:
    """What was estimated is about another wait: it is neither judged nor learned from."""
    db.execute("UPDATE estimates SET void = 1 WHERE ticket = ? AND called_at IS NULL", (recorded.event.ticket,))
