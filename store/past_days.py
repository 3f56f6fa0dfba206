"""Business days that are over, as the rehearsal of a calling policy needs them: who came, who worked, for what."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from statistics import fmean

from domain.centres import Centre, from_data
from domain.days import Day
from domain.rehearsal import Opening, PastDay, Visit
from domain.tickets import TicketState
from store.database import Connection
from store.instants import instant, moment
from store.moves import STANDING

MINUTE = 60_000  # milliseconds
# Where neither the day nor the configuration knows how long a visit to a queue takes.
USUAL_MINUTES = 10.0
_QUEUE_BEFORE = f"$[{STANDING.index('queue')}]"
ENDS = frozenset({"finish", "park", "transfer", "absent"})


@dataclass(frozen=True, slots=True)
class Window:
    """A business day from its opening until that of the next one, or until now; milliseconds since 1970."""

    day: int
    opens: int
    closes: int


@dataclass(slots=True)
class _Leg:
    """What one ticket had to do in one queue; `worked` is what it took at counters, in milliseconds."""

    queue: str
    arrived: int
    worked: int = 0
    is_served: bool = False
    is_missed: bool = False
    called: int | None = None


@dataclass(slots=True)
class _Course:
    """One ticket on its way through the day, its legs in order."""

    legs: list[_Leg] = field(default_factory=list)

    def take(self, kind: str, at: int, queue: str | None) -> None:
        """One move; `queue` is where the ticket stood before it."""
        leg = self.legs[-1]
        if kind == "call":
            leg.queue = leg.queue or queue or ""
            leg.called = at
        elif kind in ENDS and leg.called is not None:
            leg.is_missed = leg.is_missed or kind == "absent"
            leg.is_served = leg.is_served or kind != "absent"
            leg.worked += at - leg.called if kind != "absent" else 0
            leg.called = None
            if kind == "transfer":
                # The next queue gets this person when the first one has done its part; its call names it.
                self.legs.append(_Leg("", at))


def newest(db: Connection, today: date, most: int) -> list[PastDay]:
    """The newest `most` days before `today` on which anybody came, oldest first.

    A visit is what one ticket needed in one queue, from its calls to their ends; a transfer begins another one.
    Whoever waited in vain would have taken as long as others of that queue; who left before a call is left out.
    A counter is open during its shifts without their pauses. It serves what its configuration of that day said,
    and from what it called in order; skills that were changed for a day are known by those calls only.
    """
    found = []
    for window in _windows(db, today):
        day = _past_day(db, window)
        if day.visits:
            found.append(day)
        if len(found) == most:
            break
    return found[::-1]


def labels(db: Connection, today: date, most: int) -> list[Day]:
    """The newest `most` business days before `today` on which anybody came, newest first."""
    rows = db.execute(
        "SELECT id, label FROM days WHERE label < ? AND EXISTS (SELECT 1 FROM tickets WHERE day = days.id)"
        " ORDER BY id DESC LIMIT ?",
        (today.isoformat(), most),
    )
    return [Day(number, date.fromisoformat(label)) for number, label in rows]


def of_days(db: Connection, today: date, days: Iterable[Day]) -> Iterator[PastDay]:
    """These days before `today` as the rehearsal needs them, one read at a time, in the given order."""
    windows = {window.day: window for window in _windows(db, today)}
    return (_past_day(db, windows[day.id]) for day in days)


def _windows(db: Connection, today: date) -> Iterable[Window]:
    rows = db.execute(
        "SELECT d.id, d.opened_at, coalesce(n.opened_at, (SELECT at FROM journal ORDER BY seq DESC LIMIT 1) + 1)"
        " FROM days d LEFT JOIN days n ON n.id = d.id + 1 WHERE d.label < ? ORDER BY d.id DESC",
        (today.isoformat(),),
    )
    return [Window(*row) for row in rows.fetchall()]


def _past_day(db: Connection, window: Window) -> PastDay:
    centre = _centre_of(db, window.day)
    openings = _openings(db, window)
    counters = {opening.counter for opening in openings}
    return PastDay(_visits(db, window, centre), openings, _skills(db, window, centre, counters))


def _centre_of(db: Connection, day: int) -> Centre | None:
    """The configuration that was the last one of this day."""
    row = db.execute(
        "SELECT c.document FROM centre c JOIN journal j ON j.seq = c.seq WHERE j.day <= ?"
        " ORDER BY c.seq DESC LIMIT 1",
        (day,),
    ).fetchone()
    return from_data(json.loads(row[0])) if row else None


def _visits(db: Connection, window: Window, centre: Centre | None) -> tuple[Visit, ...]:
    moves = _moves(db, window)
    rows = db.execute(
        "SELECT id, home, queue, state, arrived_at, priority, slot, called_at, ended_at FROM tickets WHERE day = ?"
        " ORDER BY id",
        (window.day,),
    )
    legs: list[tuple[_Leg, str | None, int | None]] = []
    for ticket, home, now_in, state, arrived, priority, slot, called, ended in rows:
        course = _Course([_Leg(home, arrived)])
        for kind, at, queue in moves.get(ticket, ()):
            if kind == "paper":
                course.legs[0] = _Leg(home, arrived, ended - called, is_served=True)
            course.take(kind, at, queue)
        course.legs[-1].queue = course.legs[-1].queue or now_in
        if state == TicketState.LEFT and not any(leg.is_served or leg.is_missed for leg in course.legs):
            continue
        legs += [(leg, priority, slot) for leg in course.legs]
    usual = _usual(legs, centre)
    return tuple(
        Visit(moment(leg.arrived), leg.queue, _minutes(leg, usual), priority, instant(slot))
        for leg, priority, slot in legs
    )


def _moves(db: Connection, window: Window) -> dict[int, list[tuple[str, int, str | None]]]:
    """The moves of the day's tickets that were not taken back: kind, instant, queue before."""
    rows = db.execute(
        "SELECT m.ticket, m.kind, m.at, json_extract(m.standing, ?) FROM tickets t JOIN moves m ON m.ticket = t.id"
        " WHERE t.day = ? AND m.undone = 0 AND m.at < ? ORDER BY m.ticket, m.seq",
        (_QUEUE_BEFORE, window.day, window.closes),
    )
    return {ticket: [tuple(row[1:]) for row in group] for ticket, group in groupby(rows, key=lambda row: row[0])}


def _usual(legs: Iterable[tuple[_Leg, str | None, int | None]], centre: Centre | None) -> dict[str, float]:
    """How long a visit to each queue took that day, in minutes."""
    worked: dict[str, list[int]] = {}
    for leg, _, _ in legs:
        if leg.is_served:
            worked.setdefault(leg.queue, []).append(leg.worked)
    configured = {queue.id: queue.mean_minutes for queue in centre.queues} if centre else {}
    return configured | {queue: fmean(spans) / MINUTE for queue, spans in worked.items()}


def _minutes(leg: _Leg, usual: Mapping[str, float]) -> float | None:
    if leg.is_served:
        return leg.worked / MINUTE
    return None if leg.is_missed else usual.get(leg.queue, USUAL_MINUTES)


def _openings(db: Connection, window: Window) -> tuple[Opening, ...]:
    shifts = db.execute(
        "SELECT counter, opened_at, coalesce(closed_at, ?) FROM shifts WHERE opened_at >= ? AND opened_at < ?"
        " ORDER BY id",
        (window.closes, window.opens, window.closes),
    ).fetchall()
    found: list[Opening] = []
    for counter, opens, closes in shifts:
        # Who forgot to leave was there until the last act at the counter.
        end = _last_act(db, counter, opens, window) if closes >= window.closes else closes
        for begins, ends in _without(_pauses(db, counter, window), opens, end):
            found.append(Opening(counter, moment(begins), moment(ends)))
    return tuple(found)


def _last_act(db: Connection, counter: int, opens: int, window: Window) -> int:
    row = db.execute(
        "SELECT at FROM moves WHERE counter = ? AND at < ? ORDER BY seq DESC LIMIT 1", (counter, window.closes)
    ).fetchone()
    return max(opens, row[0] if row else 0) + 1  # a counter may call until just before it closes


def _pauses(db: Connection, counter: int, window: Window) -> list[tuple[int, int]]:
    rows = db.execute(
        "SELECT at, coalesce(ended_at, ?) FROM pauses WHERE counter = ? AND at >= ? AND at < ? ORDER BY at",
        (window.closes, counter, window.opens, window.closes),
    )
    return rows.fetchall()  # type: ignore[no-any-return]


def _without(pauses: Iterable[tuple[int, int]], opens: int, closes: int) -> Iterable[tuple[int, int]]:
    """What is left of a shift."""
    for at, ended in pauses:
        if opens < at < closes:
            yield opens, at
        if at < closes:
            opens = max(opens, ended)
    if opens < closes:
        yield opens, closes


def _skills(
    db: Connection, window: Window, centre: Centre | None, counters: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    skills = {c.number: (*c.queues, *c.secondary) for c in centre.counters} if centre else {}
    # A ticket in the queue that gave it was not sent to this counter by a colleague.
    rows = db.execute(
        "SELECT DISTINCT c.counter, t.home FROM calls c JOIN tickets t ON t.id = c.ticket"
        " WHERE c.day = ? AND c.kind = 'call' AND c.reason = '' AND t.queue = t.home ORDER BY c.counter, t.home",
        (window.day,),
    )
    called: dict[int, list[str]] = {}
    for counter, queue in rows:
        called.setdefault(counter, []).append(queue)
    return {n: tuple(dict.fromkeys((*skills.get(n, ()), *called.get(n, ())))) for n in counters}
