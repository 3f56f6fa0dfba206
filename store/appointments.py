"""Appointments with their states; in the vault, by hash only, the code of each and whose it is."""

from datetime import datetime

from domain.appointments import Appointment, AppointmentState, UnknownAppointment
from domain.queue_events import AppointmentBooked, AppointmentCancelled, AppointmentKept, AppointmentMoved
from domain.tickets import milliseconds
from store.database import Connection
from store.instants import moment
from store.journal import Recorded, projects

_SELECT = "SELECT a.id, a.queue, a.slot, a.state, a.by_staff, a.ticket FROM appointments a"


def _appointment(row: tuple) -> Appointment:  # type: ignore[type-arg]
    id_, queue, slot, state, by_staff, ticket = row
    return Appointment(id_, queue, moment(slot), AppointmentState(state), bool(by_staff), ticket)


def load(db: Connection, appointment: int) -> Appointment:
    """The appointment with this id. Raises UnknownAppointment."""
    row = db.execute(f"{_SELECT} WHERE a.id = ?", (appointment,)).fetchone()
    if row is None:
        raise UnknownAppointment()
    return _appointment(row)


def of_code(db: Connection, code_hash: bytes) -> Appointment:
    """The appointment with this code. Raises UnknownAppointment."""
    row = db.execute(
        f"{_SELECT} JOIN appointment_codes c ON c.appointment = a.id WHERE c.hash = ?", (code_hash,)
    ).fetchone()
    if row is None:
        raise UnknownAppointment()
    return _appointment(row)


def knows_code(db: Connection, code_hash: bytes) -> bool:
    """Whether this code has been given to anybody."""
    return db.execute("SELECT 1 FROM appointment_codes WHERE hash = ?", (code_hash,)).fetchone() is not None


def booked_by(db: Connection, holder_hash: bytes, after: datetime) -> list[Appointment]:
    """What this person has booked for later than an instant, and neither cancelled nor kept."""
    rows = db.execute(
        f"{_SELECT} JOIN appointment_holders h ON h.appointment = a.id"
        " WHERE h.hash = ? AND a.state = 'booked' AND a.slot >= ? ORDER BY a.slot",
        (holder_hash, milliseconds(after)),
    )
    return [_appointment(row) for row in rows]


def booked_between(db: Connection, start: datetime, end: datetime) -> list[tuple[str, datetime]]:
    """Queue and slot of what is booked and neither kept nor cancelled, from `start` up to, not including, `end`."""
    rows = db.execute(
        "SELECT queue, slot FROM appointments WHERE slot >= ? AND slot < ? AND state = 'booked' ORDER BY slot, id",
        (milliseconds(start), milliseconds(end)),
    )
    return [(queue, moment(slot)) for queue, slot in rows]


def between(db: Connection, start: datetime, end: datetime) -> list[Appointment]:
    """All appointments with a slot from `start` up to, not including, `end`, in their order."""
    rows = db.execute(
        f"{_SELECT} WHERE a.slot >= ? AND a.slot < ? ORDER BY a.slot, a.id",
        (milliseconds(start), milliseconds(end)),
    )
    return [_appointment(row) for row in rows]


def taken(db: Connection, queue: str, slot: datetime) -> int:
    """How many places of the slot are taken: booked or kept."""
    row = db.execute(
        "SELECT count(*) FROM appointments WHERE queue = ? AND slot = ? AND state IN ('booked', 'kept')",
        (queue, milliseconds(slot)),
    ).fetchone()
    return int(row[0])


def taken_after(db: Connection, queue: str, since: datetime) -> dict[int, int]:
    """The same for every slot (ms) of the queue from an instant on; slots with nobody are left out."""
    rows = db.execute(
        "SELECT slot, count(*) FROM appointments WHERE queue = ? AND slot >= ? AND state IN ('booked', 'kept')"
        " GROUP BY slot",
        (queue, milliseconds(since)),
    )
    return dict(rows.fetchall())


def keep_secrets(db: Connection, appointment: int, code_hash: bytes, holder_hash: bytes) -> None:
    """Put the code and the holder into the vault."""
    db.execute("INSERT INTO appointment_codes VALUES (?, ?)", (appointment, code_hash))
    db.execute("INSERT INTO appointment_holders VALUES (?, ?)", (appointment, holder_hash))


def forget_secrets(db: Connection, before: datetime) -> None:
    """Drop codes and holders of the appointments before an instant: nobody needs them any more."""
    # By the vault's few rows, not by the long history of appointments.
    for table in ("appointment_codes", "appointment_holders"):
        db.execute(
            f"DELETE FROM {table} WHERE (SELECT slot FROM appointments WHERE id = {table}.appointment) < ?",
            (milliseconds(before),),
        )


@projects(AppointmentBooked)
def _booked(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO appointments VALUES (?, ?, ?, 'booked', ?, NULL, '')",
        (recorded.seq, e.queue, e.slot, e.by_staff),
    )


@projects(AppointmentMoved)
def _moved(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE appointments SET slot = ? WHERE id = ?", (e.slot, e.appointment))


@projects(AppointmentCancelled)
def _cancelled(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE appointments SET state = 'cancelled', reason = ? WHERE id = ?", (e.reason, e.appointment))


@projects(AppointmentKept)
def _kept(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE appointments SET state = 'kept', ticket = ? WHERE id = ?", (e.ticket, e.appointment))
