"""Configuring the centre: its file, its calendar, its catalogue, its people, its queues."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from domain.calendar import Calendar
from domain.centres import Centre, as_data
from domain.errors import Invalid, msgid
from domain.events import (
    CentreLoaded,
    PersonAdded,
    ProcedureListed,
    QueueResumed,
    QueueStopped,
)
from domain.procedures import Procedure
from domain.roles import PERSON_ROLES
from operations.ticketing import find_queue
from store import calendars, centres, people, procedures
from store.writer import Tx


class LoginTaken(Invalid):
    text = msgid("Tên đăng nhập “%(login)s” đã có người dùng. Hãy chọn tên khác.")


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records of a catalogue were new, changed or already here."""

    new: int
    changed: int
    same: int


def load_centre(tx: Tx, centre: Centre, calendar: Calendar) -> int:
    """Put a configuration in force, with its people and its calendar; gives the number of its event."""
    loaded = tx.record(CentreLoaded(as_data(centre)))
    tx.record(calendars.to_event(calendar))
    for person in centre.people:
        people.keep_person(tx.db, person.id, person.login, person.name)
        tx.record(PersonAdded(person.id, list(person.roles), person.agency, person.counter))
    return loaded.seq


def list_procedures(tx: Tx, catalogue: Sequence[Procedure]) -> Imported:
    """Take over the records that are new or changed; the rest leaves no trace in the journal."""
    known = procedures.records(tx.db)
    new = changed = 0
    for procedure in catalogue:
        record = procedures.to_record(procedure)
        before = known.get(procedure.code)
        if before == procedures.canonical(record):
            continue
        new, changed = (new + 1, changed) if before is None else (new, changed + 1)
        tx.record(ProcedureListed(record))
    return Imported(new, changed, len(catalogue) - new - changed)


def add_person(tx: Tx, login: str, name: str, roles: Sequence[str], password_hash: str | None) -> str:
    """Let somebody work here; gives the id. Raises LoginTaken, Invalid."""
    if people.by_login(tx.db, login) is not None:
        raise LoginTaken(login=login)
    if not roles or not set(roles) <= {role.value for role in PERSON_ROLES}:
        raise Invalid(what=", ".join(roles)[:80])
    person = f"u-{secrets.token_hex(4)}"  # never the login: ids stand in the journal
    people.keep_person(tx.db, person, login, name)
    if password_hash:
        people.keep_password(tx.db, person, password_hash)
    tx.record(PersonAdded(person, list(roles), None, None))
    return person


def stop_queue(tx: Tx, queue: str, reason: str) -> None:
    """The queue takes nobody until it is resumed; who waits keeps the place. Raises UnknownQueue, Invalid."""
    find_queue(centres.current(tx.db), queue)
    cleaned = reason.strip()
    if not cleaned or len(cleaned) > 120 or not cleaned.isprintable():
        raise Invalid(what="reason")
    tx.record(QueueStopped(queue, cleaned))


def resume_queue(tx: Tx, queue: str) -> None:
    """The queue takes people again. Raises UnknownQueue."""
    find_queue(centres.current(tx.db), queue)
    if centres.stop_reason(tx.db, queue) is not None:
        tx.record(QueueResumed(queue))
