"""What came from outside and was not taken: noted for a person, dismissed by one, or ended by the right one."""

from dataclasses import dataclass, field

from domain.errors import Invalid
from domain.portal_events import ArrivalDismissed, ArrivalRefused, ArrivalTaken
from domain.refused_arrivals import MOST_OPEN, ArrivalEnded, Dismissal, Source
from store import refused_arrivals
from store.refused_arrivals import OPEN, TAKEN, RefusedArrival
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Declined:
    """Something that was not taken: which part of which dossier it says it is (empty: none that can be), the code
    of the refusal, a keyed digest of its content, and content and reason sealed.
    """

    source: Source
    code: str
    part: str
    reason: str
    digest: str
    sealed: bytes = field(repr=False)


def note_refusal(tx: Tx, declined: Declined) -> int:
    """It waits on the desk, under this number. The same again is noted once, and not what a person dismissed: 0.

    More than a person can read are not noted either.
    """
    before = refused_arrivals.of_digest(tx.db, declined.digest)
    if before is not None and before.state != TAKEN:
        if before.state != OPEN or before.reason == declined.reason:
            return 0
        refused_arrivals.forget_content(tx.db, before.number)  # it stands there again, with its new reason
    elif refused_arrivals.open_count(tx.db) >= MOST_OPEN:
        return 0
    event = ArrivalRefused(declined.source, declined.code, declined.part, declined.reason, declined.digest)
    number = tx.record(event).seq
    refused_arrivals.keep_content(tx.db, number, declined.sealed)
    return number


def dismiss(tx: Tx, arrival: int, person: str, reason: str) -> None:
    """A person says why it need not be taken. Raises ArrivalEnded, Invalid."""
    if reason not in set(Dismissal):
        raise Invalid(what="reason")
    _end(tx, load(tx, arrival), ArrivalDismissed(arrival, person, reason))


def load(tx: Tx, arrival: int) -> RefusedArrival:
    """The one that waits under this number. Raises ArrivalEnded."""
    found = refused_arrivals.find(tx.db, arrival)
    if found is None or found.state != OPEN:
        raise ArrivalEnded(what=f"#{arrival}")
    return found


def end_those_of(tx: Tx, code: str, part: str, person: str = "") -> None:
    """This part of the dossier has been taken: what was refused of it before is settled. `person`: who took it."""
    for one in refused_arrivals.of_part(tx.db, code, part):
        _end(tx, one, ArrivalTaken(one.number, person))


def _end(tx: Tx, arrival: RefusedArrival, event: ArrivalDismissed | ArrivalTaken) -> None:
    tx.record(event)
    refused_arrivals.forget_content(tx.db, arrival.number)
