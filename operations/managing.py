"""Managing the centre day by day: its catalogue, its people, its queues. Its file: `operations.configuring`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.centres import Centre
from domain.errors import Invalid, NotFound
from domain.events import PersonAdded, ProcedureListed
from domain.procedures import Procedure
from domain.queue_events import QueueKept, QueueResumed, QueueStopped
from domain.roles import PERSON_ROLES
from domain.tickets import milliseconds
from operations.configuring import LoginTaken as LoginTaken
from operations.configuring import load_centre as load_centre
from operations.ticketing import find_queue
from store import centres, people, procedures
from store.writer import Tx

LONGEST_STOP = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records of a catalogue were new, changed or already here."""

    new: int
    changed: int
    same: int


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


def stop_queue(tx: Tx, queue: str, reason: str, until: datetime | None = None) -> None:
    """The queue takes nobody new until it is resumed or the end has come; who waits keeps the place.

    Raises UnknownQueue, Invalid.
    """
    find_queue(tx.centre, queue)
    _stop(tx, queue, reason, until)


def _stop(tx: Tx, queue: str, reason: str, until: datetime | None, hall: str = "") -> None:
    cleaned = words(reason)
    if until is not None and not tx.now < until <= tx.now + LONGEST_STOP:
        raise Invalid(what="until")
    tx.record(QueueStopped(queue, cleaned, milliseconds(until) if until else None, hall))


def stop_hall(tx: Tx, hall: str, reason: str, until: datetime | None = None) -> int:
    """Stop every queue of a hall by one click; gives how many. Raises NotFound, Invalid."""
    queues = _queues_of(tx.centre, hall)
    for queue in queues:
        _stop(tx, queue, reason, until, hall)
    return len(queues)


def resume_hall(tx: Tx, hall: str) -> int:
    """Resume every queue of a hall; gives how many were stopped. Raises NotFound."""
    stopped = [q for q in _queues_of(tx.centre, hall) if q in centres.stopped(tx.db)]
    for queue in stopped:
        tx.record(QueueResumed(queue, hall))
    return len(stopped)


def end_stops(tx: Tx) -> int:
    """Resume every queue whose named end has come; gives how many. Doing it twice changes nothing."""
    centre = tx.centre
    over = {queue for queue, stop in centres.stopped(tx.db).items() if not stop.holds(tx.now)}
    whole = {q.id: q.hall for q in centre.queues if over.issuperset(_queues_of(centre, q.hall))}
    for queue in sorted(over):
        tx.record(QueueResumed(queue, whole.get(queue, "")))
    return len(over)


def _queues_of(centre: Centre, hall: str) -> list[str]:
    queues = [queue.id for queue in centre.queues if queue.hall == hall]
    if not queues:
        raise NotFound(what=hall[:40])
    return queues


def keep_queue(tx: Tx, queue: str, reason: str) -> None:
    """Whoever still waits here when the day ends keeps the place on the next one. Raises UnknownQueue, Invalid."""
    find_queue(tx.centre, queue)
    tx.record(QueueKept(queue, words(reason)))


def words(reason: str) -> str:
    """A reason as a person gives it, trimmed. Raises Invalid when empty, too long or unprintable."""
    cleaned = reason.strip()
    if not cleaned or len(cleaned) > 120 or not cleaned.isprintable():
        raise Invalid(what="reason")
    return cleaned


def resume_queue(tx: Tx, queue: str) -> None:
    """The queue takes people again. Raises UnknownQueue."""
    find_queue(tx.centre, queue)
    if queue in centres.stopped(tx.db):
        tx.record(QueueResumed(queue))
