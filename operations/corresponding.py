"""Letters to other agencies and from them, as those write who work with them and as the axis's worker reports."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from domain.centres import Centre
from domain.errors import NotFound
from domain.letter_events import (
    LetterArrived,
    LetterParked,
    LetterQueued,
    LetterResent,
    LetterSent,
    LetterStatusHeard,
)
from domain.letters import (
    GIVEN_UP_AFTER,
    Letter,
    LetterExists,
    LetterKind,
    LetterState,
    Organisation,
    Status,
    check_letter,
    wait_after,
)
from domain.tickets import milliseconds
from operations.answering import note
from store import dossiers, jobs, letters
from store.letters import KeptLetter
from store.writer import Tx

LEASE = timedelta(minutes=5)  # longer than a look and a sending may take (portal.axis: 2 x 65 s)


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter that has been checked and sealed."""

    kind: LetterKind
    document: str
    receivers: tuple[str, ...]
    sealed: bytes
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A letter that the axis handed out: who sent it by the axis's word, and both of its sealed forms."""

    sender: str
    axis_id: str
    digest: str
    sealed: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The letter to send now, None when nothing may go."""

    letter: KeptLetter | None


@dataclass(frozen=True, slots=True)
class FileOutline:
    """A file of a letter by its name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a list shows of a letter."""

    sender: Organisation
    receivers: tuple[Organisation, ...]
    number: str
    notation: str
    promulgated: date | None
    subject: str
    attachments: tuple[FileOutline, ...] = ()


def write_letter(
    letter: Letter, kind: LetterKind, seal: Callable[[bytes], bytes], dossier: str | None = None
) -> NewLetter:
    """The letter as it may be queued. Raises LetterWrong."""
    check_letter(letter)
    receivers = tuple(receiver.code for receiver in letter.receivers)
    return NewLetter(kind, letter.document_id, receivers, seal(msgspec.json.encode(letter)), dossier)


def opened(plain: bytes) -> Letter:
    """The letter whose unsealed body this is. Raises msgspec.DecodeError."""
    return msgspec.json.decode(plain, type=Letter)


def outlined(plain: bytes) -> Outline:
    """What a list shows of the letter whose unsealed body this is; its files are not unpacked."""
    return msgspec.json.decode(plain, type=Outline)


def own_organisation(centre: Centre) -> Organisation:
    """The centre as its letters name it; its code is that of the axis's configuration, else its own."""
    code = centre.axis.organ if centre.axis else centre.code
    return Organisation(code, centre.name.vi, centre.agency_lines[-1])


def queue_letter(tx: Tx, new: NewLetter) -> int:
    """The letter leaves when the axis can be reached; gives its number here. Raises LetterExists, NotFound,
    DataGone.
    """
    if letters.by_document(tx.db, new.document) is not None:
        raise LetterExists(document=new.document)
    if new.dossier is not None:
        found = dossiers.find(tx.db, new.dossier)
        if found is None:
            raise NotFound(what=new.dossier[:50])
        dossiers.check_kept(tx.db, found)
    body = letters.keep_body(tx.db, new.sealed)
    return tx.record(LetterQueued(new.kind, new.document, list(new.receivers), body, new.dossier)).seq


def claim_letter(tx: Tx) -> Claim:
    """Lease the oldest letter that may go."""
    now = milliseconds(tx.now)
    letter = letters.next_letter(tx.db, now)
    if letter is None or not jobs.lease(tx.db, letters.LEASE, letter.id, now, milliseconds(tx.now + LEASE)):
        return Claim(None)
    # Should we die now, the next try must look for it first; `letter` still tells of earlier tries.
    jobs.mark_started(tx.db, letters.LEASE, letter.id)
    return Claim(letter)


def acknowledge(tx: Tx, letter: int, axis_id: str, *, found: bool) -> None:
    """The axis has it; nothing where that is known already."""
    if _stands(tx, letter) in (LetterState.QUEUED, LetterState.PARKED):
        tx.record(LetterSent(letter, axis_id, found))
    jobs.release(tx.db, letters.LEASE, letter)


def postpone(tx: Tx, letter: int, reason: str, *, tried: bool) -> bool:
    """Try again after 30 to 480 s; gives False where it has been tried for a day: then it is parked."""
    current = letters.find(tx.db, letter)
    if current is None or current.state is not LetterState.QUEUED:
        jobs.release(tx.db, letters.LEASE, letter)
        return False
    if tx.now - current.since > GIVEN_UP_AFTER:
        park(tx, letter, reason)
        return False
    until = milliseconds(tx.now + wait_after(current.tries))
    jobs.postpone(tx.db, letters.LEASE, letter, until, reason, started=tried)
    return True


def park(tx: Tx, letter: int, reason: str) -> None:
    """The axis refused for good, or we gave up: a person reads the reason; other letters go on."""
    if _stands(tx, letter) is LetterState.QUEUED:
        tx.record(LetterParked(letter, reason))
    jobs.release(tx.db, letters.LEASE, letter)


def resend(tx: Tx, letter: int) -> int:
    """A person has mended the cause: the parked letter goes out again, unless the axis has it. Raises NotFound."""
    if _stands(tx, letter) is not LetterState.PARKED:
        raise NotFound(what=f"#{letter}")
    return tx.record(LetterResent(letter)).seq


def hear_status(tx: Tx, document: str, receiver: str, status: Status, axis_id: str) -> bool:
    """A receiver says how a letter of ours stands; gives False for what was heard before. Raises NotFound.

    `receiver` is the code under which the letter was sent; that it is the axis's word has been seen to.
    """
    letter = letters.by_document(tx.db, document)
    if letter is None or receiver not in letter.receivers:
        raise NotFound(what="DocumentId")
    said = letters.statuses_of(tx.db, letter.id)
    if letters.is_heard(tx.db, axis_id) or any((s.receiver, s.code) == (receiver, status) for s in said):
        return False
    # Whoever answers has received: an answer of the axis that was lost is known by this.
    acknowledge(tx, letter.id, "", found=True)
    tx.record(LetterStatusHeard(letter.id, receiver, status, axis_id))
    return True


def take_in(tx: Tx, new: NewArrival) -> int:
    """A letter came to the centre, which is answered at once; gives its number here, the same one when it is
    delivered again.
    """
    known = letters.arrival(tx.db, new.axis_id, new.digest)
    if known is not None:
        return known
    body = letters.keep_body(tx.db, new.sealed, new.raw)
    letter = tx.record(LetterArrived(new.sender, new.axis_id, new.digest, body)).seq
    note(tx, letter, Status.ARRIVED)
    return letter


def _stands(tx: Tx, letter: int) -> LetterState | None:
    found = letters.find(tx.db, letter)
    return found.state if found else None
