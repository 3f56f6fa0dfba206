"""Our book and the portal's are compared, dossier by dossier; where they differ a person sees and mends it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.differences import Difference, Explanation, difference_of
from domain.errors import Invalid, NotFound, Refused, msgid
from domain.portal_events import (
    DifferenceExplained,
    DifferenceFound,
    DifferenceGone,
    DossierRetold,
    ReconciliationEnded,
)
from domain.tickets import milliseconds
from operations.processing import load
from store import differences, dossiers, jobs, outbox, portal_gates
from store.differences import Candidate
from store.writer import Tx

LEASE = timedelta(minutes=5)  # longer than one look-up may take (portal.client: 130 s)


class StillQueued(Refused):
    text = msgid("Hồ sơ %(code)s còn tin chờ gửi lên Cổng. Hãy chờ gửi xong rồi đối soát lại.")


@dataclass(frozen=True, slots=True)
class Look:
    """The dossier to ask for now, None when every one has been asked for."""

    candidate: Candidate | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the portal said: whether it has the dossier, and its status there (None: it does not tell)."""

    there: bool
    status: int | None = None


def begin(tx: Tx) -> int:
    """The number of the newest event: what changes from now on is for the next comparison."""
    return tx.seq


def claim_look(tx: Tx, after: int, since: int) -> Look:
    """Take the next dossier behind number `after`; until the answer is noted nothing of it is sent.

    A stopped portal is not asked either.
    """
    if portal_gates.stop(tx.db) is not None:
        return Look(None)
    found = differences.next_candidate(tx.db, after, since)
    if found is not None:
        now, until = milliseconds(tx.now), milliseconds(tx.now + LEASE)
        jobs.lease(tx.db, outbox.LOOK_UP, found.seq, now, until, farthest=until, renew=True)
    return Look(found)


def end_look(tx: Tx, looked: Candidate, seen: Seen | None) -> bool:
    """Note what the portal said; whether it differs. `seen` None: it could not be asked, and nothing is noted."""
    jobs.release(tx.db, outbox.LOOK_UP, looked.seq)
    if seen is None:
        return False
    kind = difference_of(looked.status, seen.there, seen.status)
    if kind is not None:
        note_difference(tx, looked.code, kind, looked.status, seen.status)
    elif differences.find(tx.db, looked.code) is not None:
        tx.record(DifferenceGone(looked.code))
    return kind is not None


def note_difference(
    tx: Tx, code: str, kind: Difference, ours: int | None = None, theirs: int | None = None
) -> None:
    """Somebody must look at this dossier; the same as before is not noted twice, and not what was explained."""
    known = differences.find(tx.db, code)
    same = known is not None and (known.kind, known.ours, known.theirs) == (kind, ours, theirs)
    if known is not None and same and known.state != differences.RETOLD:
        return
    tx.record(DifferenceFound(code, kind, None if ours is None else int(ours), theirs))


def end_reconciliation(tx: Tx, begun: int, looked: int, found: int, *, whole: bool) -> None:
    """The comparison is over."""
    tx.record(ReconciliationEnded(begun, looked, found, whole))


def retell(tx: Tx, code: str, person: str, *, steps: bool) -> None:
    """Send the whole record again, and every step where `steps`; the portal is asked first what it has.

    Raises UnknownDossier, DataGone, StillQueued.
    """
    dossier = load(tx, code)
    dossiers.check_kept(tx.db, dossier)
    if any(message.state != "acknowledged" for message in outbox.portal_messages_of(tx.db, code)):
        raise StillQueued(code=code)
    tx.record(DossierRetold(dossier.code, person, steps))


def explain(tx: Tx, code: str, person: str, reason: str) -> None:
    """A person knows why the two differ. Raises NotFound, Invalid."""
    if reason not in set(Explanation):
        raise Invalid(what="reason")
    if differences.find(tx.db, code) is None:
        raise NotFound(what=code[:50])
    tx.record(DifferenceExplained(code, person, reason))
