"""Shifts: which person serves at which counter."""

from dataclasses import dataclass

from domain.events import ShiftClosed, ShiftOpened
from store.database import Connection
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class Shift:
    """A clerk at a counter, still there."""

    id: int
    counter: int
    person: str


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
