"""What people said of their visits, and how much of it managers may see: never who said what on the same day.

Only here are ratings added up, and only by these two rules. Sums count whole fives in the order of giving: fewer
would show single answers, and so would the difference between two looks at a sum that grows by one. A counter has
one clerk, who knows everybody served there today: sums by counter are of days before the newest one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from domain.queue_events import VisitRated
from domain.satisfaction import ASKED_FOR, THANKED_FOR, Score
from domain.tickets import Ticket, TicketState, milliseconds
from store import tickets
from store.database import Connection
from store.journal import Recorded, projects

K = TypeVar("K", int, str)
FEWEST = 5
LAST_MOVES = 20


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Of so many answers, how many were satisfied or very satisfied."""

    answers: int
    satisfied: int

    @property
    def percent(self) -> int:
        """The share of the satisfied, rounded down: 100 only when all are."""
        return 100 * self.satisfied // self.answers


def of_queues(db: Connection, day: int) -> dict[str, Satisfaction]:
    """The sums of a day by queue; a queue with fewer than five answers is left out."""
    return _sums(db.execute("SELECT queue, score FROM ratings WHERE day = ? ORDER BY at, ticket", (day,)))


def of_counters(db: Connection, day: int) -> dict[int, Satisfaction]:
    """The sums of a day before the newest one, by date and by number, by counter; of the newest one nothing."""
    return _sums(
        db.execute(
            "SELECT counter, score FROM ratings WHERE day = ?1 AND EXISTS (SELECT 1 FROM days past, days newest"
            " WHERE past.id = ?1 AND newest.id = (SELECT max(id) FROM days) AND past.id < newest.id"
            " AND past.label < newest.label) ORDER BY at, ticket",
            (day,),
        )
    )


def together(sums: Iterable[Satisfaction]) -> Satisfaction | None:
    """What may be shown apart, added up; None where nothing may."""
    shown = list(sums)
    if not shown:
        return None
    return Satisfaction(sum(s.answers for s in shown), sum(s.satisfied for s in shown))


def _sums(rows: Iterable[tuple[K, int]]) -> dict[K, Satisfaction]:
    scores: dict[K, list[int]] = defaultdict(list)
    for place, score in rows:
        scores[place].append(score)
    found = {}
    for place, said in scores.items():
        whole = said[: len(said) - len(said) % FEWEST]
        if whole:
            found[place] = Satisfaction(len(whole), sum(score > Score.NOT_SATISFIED for score in whole))
    return found


def is_rated(db: Connection, ticket: int) -> bool:
    """Whether this visit has been rated."""
    return db.execute("SELECT 1 FROM ratings WHERE ticket = ?", (ticket,)).fetchone() is not None


def is_skipped(db: Connection, ticket: int) -> bool:
    """Whether this visit's person did not wish to be asked."""
    return db.execute("SELECT 1 FROM rating_skips WHERE ticket = ?", (ticket,)).fetchone() is not None


def to_ask(db: Connection, counter: int, now: datetime) -> Ticket | None:
    """Whose visit here ended within the last minute and may be asked about: nobody's once the next has begun."""
    row = db.execute(
        "SELECT ticket, kind FROM (SELECT * FROM moves WHERE counter = ? ORDER BY seq DESC LIMIT ?)"
        " WHERE kind IN ('finish', 'start') AND undone = 0 AND at > ? ORDER BY seq DESC LIMIT 1",
        (counter, LAST_MOVES, milliseconds(now - ASKED_FOR)),
    ).fetchone()
    if row is None or row[1] != "finish" or is_rated(db, row[0]) or is_skipped(db, row[0]):
        return None
    ticket = tickets.load(db, row[0])
    return ticket if ticket.state is TicketState.FINISHED else None


def just_rated(db: Connection, counter: int, now: datetime) -> Ticket | None:
    """Whoever was served at this counter, has just answered and should see the thanks."""
    row = db.execute(
        "SELECT ticket FROM ratings WHERE counter = ? AND at > ? ORDER BY at DESC LIMIT 1",
        (counter, milliseconds(now - THANKED_FOR)),
    ).fetchone()
    return tickets.load(db, row[0]) if row else None


def keep_words(db: Connection, ticket: int, sealed: bytes) -> None:
    """Put into the vault what a person wrote of a visit, sealed."""
    db.execute("INSERT INTO rating_words VALUES (?, ?)", (ticket, sealed))


def keep_skip(db: Connection, ticket: int) -> None:
    """Ask nobody about this visit any more; those of former days are forgotten."""
    db.execute(
        "DELETE FROM rating_skips WHERE ticket IN (SELECT s.ticket FROM rating_skips s"
        " JOIN tickets t ON t.id = s.ticket WHERE t.day < (SELECT max(id) FROM days))"
    )
    db.execute("INSERT OR IGNORE INTO rating_skips VALUES (?)", (ticket,))


@projects(VisitRated)
def _rated(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO ratings SELECT id, ?, ?, queue, ?, ?, ? FROM tickets WHERE id = ?",
        (recorded.day, recorded.at, e.counter, e.score, e.reason, e.ticket),
    )
