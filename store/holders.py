"""Whose ticket, appointment or dossier it is, as keyed hashes of a card's number: in the vault, never in an event.

One hash serves one purpose, so that nothing joins a ticket to a dossier without the centre's key.
"""

from datetime import datetime

from domain.appointments import Appointment, AppointmentState
from domain.dossiers import OPEN_STATUSES
from domain.tickets import Ticket, milliseconds
from store import appointments, tickets
from store.database import Connection

TICKET, APPOINTMENT, DOSSIER = "ticket", "appointment", "dossier"
DOSSIERS_AT_MOST = 5


def keep(db: Connection, kind: str, subject: str | int, holder: bytes) -> None:
    """Note whose it is."""
    db.execute("INSERT OR REPLACE INTO card_holders VALUES (?, ?, ?)", (kind, str(subject), holder))


def active_ticket(db: Connection, holder: bytes) -> Ticket | None:
    """The number of this person that waits or is at a counter."""
    row = db.execute(
        "SELECT t.id FROM card_holders h JOIN tickets t ON t.id = CAST(h.subject AS INTEGER)"
        " WHERE h.kind = 'ticket' AND h.hash = ? AND t.state IN ('waiting', 'called', 'parked')"
        " ORDER BY t.id LIMIT 1",
        (holder,),
    ).fetchone()
    return tickets.load(db, row[0]) if row else None


def next_appointment(db: Connection, holder: bytes, after: datetime) -> Appointment | None:
    """The next appointment of this person from an instant on, neither cancelled nor kept."""
    row = db.execute(
        "SELECT a.id FROM card_holders h JOIN appointments a ON a.id = CAST(h.subject AS INTEGER)"
        " WHERE h.kind = 'appointment' AND h.hash = ? AND a.state = ? AND a.slot >= ? ORDER BY a.slot LIMIT 1",
        (holder, AppointmentState.BOOKED, milliseconds(after)),
    ).fetchone()
    return appointments.load(db, row[0]) if row else None


def open_dossiers(db: Connection, holder: bytes) -> list[str]:
    """The codes of this person's dossiers that are under way or not collected yet, newest first, at most five."""
    marks = ", ".join("?" for _ in OPEN_STATUSES)
    rows = db.execute(
        "SELECT d.code FROM card_holders h JOIN dossiers d ON d.code = h.subject"
        f" WHERE h.kind = 'dossier' AND h.hash = ? AND d.status IN ({marks}) ORDER BY d.seq DESC LIMIT ?",
        (holder, *OPEN_STATUSES, DOSSIERS_AT_MOST),
    )
    return [row[0] for row in rows]


def holds_tickets(db: Connection) -> bool:
    """Whether any number of a day is still joined to a person."""
    return db.execute("SELECT 1 FROM card_holders WHERE kind = 'ticket' LIMIT 1").fetchone() is not None


def forget_tickets(db: Connection) -> None:
    """The day is over: whose number it was is nobody's business any more."""
    db.execute("DELETE FROM card_holders WHERE kind = 'ticket'")


def forget_appointments(db: Connection, before: datetime) -> None:
    """The same for appointments before an instant."""
    db.execute(
        "DELETE FROM card_holders WHERE kind = 'appointment' AND"
        " (SELECT slot FROM appointments WHERE id = CAST(subject AS INTEGER)) < ?",
        (milliseconds(before),),
    )
