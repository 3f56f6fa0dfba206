"""Whether the portal may be spoken to now: a person's stop, with its reason."""

from dataclasses import dataclass
from datetime import datetime

from domain.portal_events import PortalResumed, PortalStopped
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects


@dataclass(frozen=True, slots=True)
class PortalStop:
    """Who stopped it, why and since when."""

    person: str
    reason: str
    at: datetime


def stop(db: Connection) -> PortalStop | None:
    """The stop in force, None while messages go out."""
    row = db.execute("SELECT person, reason, at FROM portal_stops WHERE resumed_at IS NULL").fetchone()
    return PortalStop(row[0], row[1], moment(row[2])) if row else None


@projects(PortalStopped)
def _stopped(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO portal_stops VALUES (?, ?, ?, ?, NULL)", (recorded.seq, e.person, e.reason, recorded.at)
    )


@projects(PortalResumed)
def _resumed(db: Connection, recorded: Recorded) -> None:
    db.execute("UPDATE portal_stops SET resumed_at = ? WHERE resumed_at IS NULL", (recorded.at,))
