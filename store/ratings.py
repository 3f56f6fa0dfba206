"""What people said of their visits, and how much of it managers may see: never who said what.

Only here are ratings added up. The answers about one queue at one counter on one day are cut into fives in the
order of giving, and every sum anywhere is a sum of whole fives: no difference of two looks, by queue, counter, hour
or day, is ever of fewer answers. What is over stays unseen for good, and so do the words written with it.

A counter has one clerk, who knows everybody served there today: sums by counter and hour, and words, are of days
before the newest one. Today a queue of several counters shows a five only together with one of another counter.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.days import local
from domain.queue_events import VisitRated
from domain.satisfaction import ASKED_FOR, THANKED_FOR, Score
from domain.tickets import Ticket, TicketState, milliseconds
from store import tickets
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

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


@dataclass(frozen=True, slots=True)
class Five:
    """Five answers about one queue at one counter on one day, in the hour of the middle one; nothing is smaller."""

    day: int
    queue: str
    counter: int
    hour: int
    answers: int
    satisfied: int
    reasons: tuple[str, ...]


class _Answer(NamedTuple):
    ticket: int
    day: int
    at: int
    queue: str
    counter: int
    score: int
    reason: str


def of_queues(db: Connection, day: int) -> dict[str, Satisfaction]:
    """The sums of a day by queue; a queue with fewer than five answers at every counter is left out."""
    cut = _cut(_answers(db, [day])) if past_days(db, [day]) else _cut_today(_answers(db, [day]))
    fives = [_five(answers) for answers in cut]
    return {
        queue: Satisfaction(sum(f.answers for f in fives if f.queue == queue), _satisfied(fives, queue))
        for queue in {five.queue for five in fives}
    }


def _satisfied(fives: Iterable[Five], queue: str) -> int:
    return sum(five.satisfied for five in fives if five.queue == queue)


def fives_of(db: Connection, days: Iterable[int]) -> list[Five]:
    """The fives of those of these days that lie before the newest one, by date and by number."""
    return [_five(answers) for answers in _cut(_answers(db, past_days(db, days)))]


def words_of(db: Connection, days: Iterable[int]) -> dict[tuple[int, str], list[bytes]]:
    """What was written on such days, sealed, by day and queue, in no order; nothing where fewer than five wrote."""
    past = past_days(db, days)
    written = dict(
        db.execute(
            "SELECT w.ticket, w.sealed FROM ratings r JOIN rating_words w ON w.ticket = r.ticket"
            " WHERE r.day IN (SELECT value FROM json_each(?))",
            (json.dumps(past),),
        ).fetchall()
    )
    found: dict[tuple[int, str], list[bytes]] = defaultdict(list)
    for answers in _cut(_answers(db, past)):
        words = [written[answer.ticket] for answer in answers if answer.ticket in written]
        found[answers[0].day, answers[0].queue] += words
    # Sealed words sort as by chance: the key alone decides.
    return {place: sorted(words) for place, words in found.items() if len(words) >= FEWEST}


def together(sums: Iterable[Satisfaction]) -> Satisfaction | None:
    """What may be shown apart, added up; None where nothing may."""
    shown = list(sums)
    if not shown:
        return None
    return Satisfaction(sum(s.answers for s in shown), sum(s.satisfied for s in shown))


def past_days(db: Connection, days: Iterable[int]) -> list[int]:
    """Those of these days that lie before the newest one, by date and by number: their answers may be seen."""
    rows = db.execute(
        "SELECT past.id FROM days past, days newest WHERE past.id IN (SELECT value FROM json_each(?))"
        " AND newest.id = (SELECT max(id) FROM days) AND past.id < newest.id AND past.label < newest.label"
        " ORDER BY past.id",
        (json.dumps(list(days)),),
    )
    return [row[0] for row in rows]


def _answers(db: Connection, days: Iterable[int]) -> Iterator[_Answer]:
    """In the order of giving, which is the journal's: a clock that went back would change what is a five."""
    rows = db.execute(
        "SELECT ticket, day, at, queue, counter, score, reason FROM ratings"
        " WHERE day IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (json.dumps(list(days)),),
    )
    return (_Answer(*row) for row in rows)


def _cut(answers: Iterable[_Answer]) -> Iterator[list[_Answer]]:
    begun: dict[tuple[int, str, int], list[_Answer]] = defaultdict(list)
    for answer in answers:
        place = answer.day, answer.queue, answer.counter
        begun[place].append(answer)
        if len(begun[place]) == FEWEST:
            yield begun.pop(place)


def _cut_today(answers: Iterable[_Answer]) -> Iterator[list[_Answer]]:
    """Fives of today: a sum that grew by the five of one counter would say what its clerk must not know today."""
    heard: dict[str, set[int]] = defaultdict(set)
    held: dict[str, list[list[_Answer]]] = defaultdict(list)

    def noting() -> Iterator[_Answer]:
        for answer in answers:
            heard[answer.queue].add(answer.counter)
            yield answer

    for five in _cut(noting()):
        queue = five[0].queue
        held[queue].append(five)
        if len(heard[queue]) == 1 or len({other[0].counter for other in held[queue]}) > 1:
            yield from held.pop(queue)


def _five(answers: list[_Answer]) -> Five:
    middle = answers[len(answers) // 2]
    satisfied = sum(answer.score > Score.NOT_SATISFIED for answer in answers)
    reasons = tuple(sorted(answer.reason for answer in answers if answer.reason))
    hour = local(moment(middle.at)).hour
    return Five(middle.day, middle.queue, middle.counter, hour, len(answers), satisfied, reasons)


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
        "INSERT INTO ratings SELECT id, ?, ?, queue, ?, ?, ?, ? FROM tickets WHERE id = ?",
        (recorded.day, recorded.at, e.counter, e.score, e.reason, recorded.seq, e.ticket),
    )
