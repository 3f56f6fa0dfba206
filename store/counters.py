"""Counters: who serves where and since when, which queues, who pauses, who calls for help."""

import json
from dataclasses import dataclass
from datetime import datetime

from domain.centres import Centre, Counter
from domain.queue_events import (
    CounterPaused,
    CounterResumed,
    HelpCalled,
    HelpEnded,
    ShiftClosed,
    ShiftOpened,
    ShiftTaken,
    SkillsSet,
)
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects
from store.moves import note_move


@dataclass(frozen=True, slots=True)
class Shift:
    """A clerk at a counter, still there."""

    id: int
    counter: int
    person: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A counter at rest: why, since when, and for how many minutes the clerk expects it."""

    counter: int
    reason: str
    minutes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """A clerk calls for help."""

    counter: int
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Skills:
    """Which queues a counter serves, first and second; `changed`: otherwise than configured."""

    queues: tuple[str, ...]
    secondary: tuple[str, ...]
    changed: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        """Every queue served here, primary ones first."""
        return (*self.queues, *self.secondary)


def skills_of(db: Connection, counter: Counter) -> Skills:
    """What this counter serves now: as set during the day, else as configured."""
    row = db.execute("SELECT queues, secondary FROM skills WHERE counter = ?", (counter.number,)).fetchone()
    if row is None:
        return Skills(counter.queues, counter.secondary)
    return _changed(row[0], row[1])


def skills_set(db: Connection) -> dict[int, Skills]:
    """The counters that serve otherwise than configured, by number."""
    rows = db.execute("SELECT counter, queues, secondary FROM skills")
    return {row[0]: _changed(row[1], row[2]) for row in rows}


def _changed(queues: str, secondary: str) -> Skills:
    return Skills(tuple(json.loads(queues)), tuple(json.loads(secondary)), changed=True)


def serving(db: Connection, centre: Centre, queue: str) -> list[int]:
    """The counters with a clerk that serve this queue now, at rest or not."""
    manned, changed = open_shifts(db), skills_set(db)
    usual = {c.number: Skills(c.queues, c.secondary) for c in centre.counters if c.number in manned}
    return [number for number, skills in usual.items() if queue in changed.get(number, skills).all]


def pause_at(db: Connection, counter: int) -> Pause | None:
    """The pause that this counter is in."""
    row = db.execute(
        "SELECT counter, reason, minutes, at FROM pauses WHERE counter = ? AND ended_at IS NULL", (counter,)
    ).fetchone()
    return Pause(row[0], row[1], row[2], moment(row[3])) if row else None


def pauses(db: Connection) -> dict[int, Pause]:
    """All pauses now, by counter."""
    rows = db.execute("SELECT counter, reason, minutes, at FROM pauses WHERE ended_at IS NULL")
    return {row[0]: Pause(row[0], row[1], row[2], moment(row[3])) for row in rows}


def last_acts(db: Connection) -> dict[int, datetime]:
    """When somebody last did anything at each open counter; sitting down counts."""
    rows = db.execute(
        "SELECT s.counter, max(s.opened_at, coalesce((SELECT m.at FROM moves m WHERE m.counter = s.counter"
        " ORDER BY m.seq DESC LIMIT 1), 0)) FROM shifts s WHERE s.closed_at IS NULL"
    )
    return {counter: moment(at) for counter, at in rows}


def alarms(db: Connection) -> tuple[Alarm, ...]:
    """All calls for help that nobody has ended, oldest first."""
    rows = db.execute("SELECT counter, person, at FROM alarms WHERE ended_at IS NULL ORDER BY seq")
    return tuple(Alarm(row[0], row[1], moment(row[2])) for row in rows)


def shift_at(db: Connection, counter: int) -> Shift | None:
    """Who serves at this counter now."""
    row = db.execute("SELECT id, counter, person FROM shifts WHERE counter = ? AND closed_at IS NULL", (counter,))
    found = row.fetchone()
    return Shift(*found) if found else None


def shift_of(db: Connection, person: str) -> Shift | None:
    """Where this person serves now."""
    row = db.execute("SELECT id, counter, person FROM shifts WHERE person = ? AND closed_at IS NULL", (person,))
    found = row.fetchone()
    return Shift(*found) if found else None


def open_shifts(db: Connection) -> dict[int, Shift]:
    """All shifts open now, by counter."""
    rows = db.execute("SELECT id, counter, person FROM shifts WHERE closed_at IS NULL ORDER BY counter")
    return {row[1]: Shift(*row) for row in rows}


@projects(ShiftOpened)
def _opened(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute(
        "INSERT INTO shifts VALUES (?, ?, ?, ?, NULL)",
        (recorded.seq, event.counter, event.person, recorded.at),
    )


@projects(ShiftClosed)
def _closed(db: Connection, recorded: Recorded) -> None:
    event = recorded.event
    db.execute(
        "UPDATE shifts SET closed_at = ? WHERE counter = ? AND person = ? AND closed_at IS NULL",
        (recorded.at, event.counter, event.person),
    )


@projects(ShiftTaken)
def _taken(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE shifts SET closed_at = ? WHERE counter = ? AND closed_at IS NULL", (recorded.at, e.counter))
    db.execute("INSERT INTO shifts VALUES (?, ?, ?, ?, NULL)", (recorded.seq, e.counter, e.person, recorded.at))
    note_move(db, recorded, "take-over", [e.before])


@projects(SkillsSet)
def _skills_set(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("DELETE FROM skills WHERE counter = ?", (e.counter,))
    if e.queues or e.secondary:
        row = (e.counter, json.dumps(e.queues), json.dumps(e.secondary))
        db.execute("INSERT INTO skills VALUES (?, ?, ?)", row)


@projects(CounterPaused)
def _paused(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO pauses VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (recorded.seq, e.counter, recorded.who, e.reason, e.minutes, recorded.at),
    )
    note_move(db, recorded, "pause", [])


@projects(CounterResumed, ShiftClosed)
def _resumed(db: Connection, recorded: Recorded) -> None:
    db.execute(
        "UPDATE pauses SET ended_at = ? WHERE counter = ? AND ended_at IS NULL",
        (recorded.at, recorded.event.counter),
    )


_END_ALARM = "UPDATE alarms SET ended_at = ?, false_alarm = ? WHERE counter = ? AND ended_at IS NULL"


@projects(HelpCalled)
def _help_called(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    # Older journals end a call with the day and have no event for it.
    db.execute(_END_ALARM, (recorded.at, 0, e.counter))
    db.execute(
        "INSERT INTO alarms VALUES (?, ?, ?, ?, NULL, NULL)", (recorded.seq, e.counter, e.person, recorded.at)
    )


@projects(HelpEnded)
def _help_ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(_END_ALARM, (recorded.at, int(e.false_alarm), e.counter))
