"""What became of every announcement in the zones that speak it, and how long they spoke."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.announcements import NOT_SPOKEN, Announcement, Outcome
from domain.hall_events import AnnouncementEnded
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

_MISSED = ", ".join(f"'{outcome}'" for outcome in NOT_SPOKEN)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A zone's day: how many were spoken, in how many seconds, how many were shown and not spoken."""

    spoken: int = 0
    seconds: float = 0.0
    missed: int = 0


def calls_since(db: Connection, day: int, since: datetime, counters: Iterable[int]) -> list[Announcement]:
    """The calls of the day to these counters from an instant on, and their withdrawals, oldest first."""
    places = sorted(counters)
    marks = ", ".join("?" * len(places))
    rows = db.execute(
        f"SELECT seq, at, kind, ticket FROM calls WHERE day = ? AND at >= ? AND counter IN ({marks}) ORDER BY seq",
        (day, milliseconds(since), *places),
    )
    return [Announcement(seq, moment(at), kind, ticket) for seq, at, kind, ticket in rows]


def outcomes(db: Connection, zone: str, first: int) -> dict[int, Outcome]:
    """What became of this zone's announcements from a number on."""
    rows = db.execute("SELECT seq, outcome FROM announcements WHERE zone = ? AND seq >= ?", (zone, first))
    return {seq: Outcome(outcome) for seq, outcome in rows}


def has_ended(db: Connection, zone: str, seq: int) -> bool:
    """Whether it is known already what became of this one."""
    row = db.execute("SELECT 1 FROM announcements WHERE zone = ? AND seq = ?", (zone, seq)).fetchone()
    return row is not None


def missed_among(db: Connection, seqs: Iterable[int]) -> frozenset[int]:
    """Which of these were shown and not spoken."""
    asked = list(seqs)
    marks = ", ".join("?" * len(asked))
    rows = db.execute(
        f"SELECT DISTINCT seq FROM announcements WHERE outcome IN ({_MISSED}) AND seq IN ({marks})", asked
    )
    return frozenset(seq for (seq,) in rows)


def is_unspoken(db: Connection, ticket: int) -> bool:
    """Whether the last call of a ticket was shown and not spoken."""
    row = db.execute(
        "SELECT max(seq) FROM calls WHERE ticket = ? AND kind <> 'withdrawn'", (ticket,)
    ).fetchone()  # fmt: skip
    return row[0] is not None and bool(missed_among(db, [row[0]]))


def of_zones(db: Connection, day: int, since: datetime | None = None) -> dict[str, Spoken]:
    """What was spoken this day by zone, from an instant on if one is named."""
    rows = db.execute(
        "SELECT zone, sum(outcome = 'spoken'), sum(milliseconds),"
        f" sum(outcome IN ({_MISSED})) FROM announcements WHERE day = ? AND at >= ? GROUP BY zone",
        (day, milliseconds(since) if since else 0),
    )
    return {zone: Spoken(spoken, spent / 1000, missed) for zone, spoken, spent, missed in rows}


@projects(AnnouncementEnded)
def _ended(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT OR IGNORE INTO announcements VALUES (?, ?, ?, ?, ?, ?)",
        (e.zone, e.seq, recorded.day, recorded.at, e.outcome, e.milliseconds),
    )
