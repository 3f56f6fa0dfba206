"""What came from outside and was not taken: which dossier it named, why, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from domain.portal_events import ArrivalDismissed, ArrivalRefused, ArrivalTaken
from domain.refused_arrivals import Source
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

OPEN, DISMISSED, TAKEN, REPLACED = "open", "dismissed", "taken", "replaced"


@dataclass(frozen=True, slots=True)
class RefusedArrival:
    """Its number is its place in the journal. `code` and `part` are empty where it named no possible dossier."""

    number: int
    source: Source
    code: str
    part: str
    reason: str
    digest: str
    at: datetime
    state: str


_COLUMNS = "seq, source, code, part, reason, digest, at, state"


def find(db: Connection, number: int) -> RefusedArrival | None:
    """The one with this number, whatever became of it."""
    row = db.execute(f"SELECT {_COLUMNS} FROM refused_arrivals WHERE seq = ?", (number,)).fetchone()
    return _arrival(row) if row else None


def of_digest(db: Connection, digest: str) -> RefusedArrival | None:
    """The newest one with this very content."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM refused_arrivals WHERE digest = ? ORDER BY seq DESC LIMIT 1", (digest,)
    ).fetchone()
    return _arrival(row) if row else None


def of_part(db: Connection, code: str, part: str) -> list[RefusedArrival]:
    """What is open of this part of a dossier."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM refused_arrivals WHERE code = ? AND part = ? AND state = ? ORDER BY seq",
        (code, part, OPEN),
    )
    return [_arrival(row) for row in rows]


def standing(db: Connection, count: int = 100) -> list[RefusedArrival]:
    """What waits for a person, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM refused_arrivals WHERE state = ? ORDER BY seq LIMIT ?", (OPEN, count)
    )
    return [_arrival(row) for row in rows]


def open_count(db: Connection) -> int:
    """How many wait for a person."""
    row = db.execute("SELECT count(*) FROM refused_arrivals WHERE state = ?", (OPEN,)).fetchone()
    return int(row[0])


def keep_content(db: Connection, number: int, sealed: bytes) -> None:
    """Put what was sent, and why it was refused, into the vault, sealed."""
    db.execute("INSERT INTO refused_contents VALUES (?, ?)", (number, sealed))


def sealed_content(db: Connection, number: int) -> bytes | None:
    """The sealed content, None once it has ended."""
    row = db.execute("SELECT sealed FROM refused_contents WHERE arrival = ?", (number,)).fetchone()
    return bytes(row[0]) if row else None


def forget_content(db: Connection, number: int) -> None:
    """Nobody needs it any more."""
    db.execute("DELETE FROM refused_contents WHERE arrival = ?", (number,))


@projects(ArrivalRefused)
def _refused(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE refused_arrivals SET state = ? WHERE digest = ? AND state = ?", (REPLACED, e.digest, OPEN))
    db.execute(
        f"INSERT INTO refused_arrivals ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.source, e.code, e.part, e.reason, e.digest, recorded.at, OPEN),
    )


@projects(ArrivalDismissed)
def _dismissed(db: Connection, recorded: Recorded) -> None:
    _end(db, recorded.event.arrival, DISMISSED)


@projects(ArrivalTaken)
def _taken(db: Connection, recorded: Recorded) -> None:
    _end(db, recorded.event.arrival, TAKEN)


def _end(db: Connection, number: int, state: str) -> None:
    db.execute("UPDATE refused_arrivals SET state = ? WHERE seq = ?", (state, number))


def _arrival(row: tuple) -> RefusedArrival:  # type: ignore[type-arg]
    number, source, code, part, reason, digest, at, state = row
    return RefusedArrival(number, Source(source), code, part, reason, digest, moment(at), state)
