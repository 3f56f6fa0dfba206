"""What the portal has been told, as the portal's worker reports it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import Invalid, NotFound, Refused, msgid
from domain.events import PortalAcknowledged, PortalParked, PortalResent
from domain.portal_events import PortalResumed, PortalStopped
from domain.tickets import milliseconds
from store import jobs, outbox, portal_gates
from store.outbox import PortalMessage
from store.writer import Tx

LEASE = timedelta(minutes=10)  # longer than all that one message may take (portal.client: 3 x 130 s)
BATCH = 10  # steps the portal takes in one call (portal.md 4)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)


LONGEST_REASON = 200


class PortalStoppedAlready(Refused):
    text = msgid("Việc gửi lên Cổng đang tạm dừng rồi. Hãy tải lại trang.")


class PortalNotStopped(Refused):
    text = msgid("Việc gửi lên Cổng không bị tạm dừng. Hãy tải lại trang.")


@dataclass(frozen=True, slots=True)
class Claim:
    """The messages to send now: one, or steps of one dossier that may go together; none when nothing may go."""

    messages: tuple[PortalMessage, ...]


def claim_messages(tx: Tx) -> Claim:
    """Lease the oldest message that may go, with the steps that follow a step; order is kept within a dossier."""
    now = milliseconds(tx.now)
    if portal_gates.stop(tx.db) is not None:
        return Claim(())
    first = outbox.next_portal_message(tx.db, now)
    if first is None:
        return Claim(())
    together = [first]
    if first.kind == outbox.PROGRESS:
        together += outbox.progress_after(tx.db, first, BATCH - 1)
    until = milliseconds(tx.now + LEASE)
    for message in together:
        jobs.lease(tx.db, "portal", message.id, now, until)
        # Should we die now, the next try must ask what the portal knows; `message` still tells of earlier tries.
        jobs.mark_started(tx.db, "portal", message.id)
    return Claim(tuple(together))


def acknowledge(tx: Tx, messages: Sequence[int], answer: str) -> None:
    """The portal took them."""
    for message in messages:
        tx.record(PortalAcknowledged(message, answer))
        jobs.release(tx.db, "portal", message)


def postpone(
    tx: Tx, messages: Sequence[int], reason: str, jitter: float, *, tried: bool, accepted: int = 0
) -> None:  # fmt: skip
    """Try again later: the wait doubles from 2 s to 10 min, times `jitter` (0.5 to 1.5) against storms.

    The first `accepted` of them the portal took before it failed.
    """
    acknowledge(tx, messages[:accepted], "step")
    for message in messages[accepted:]:
        current = outbox.portal_message(tx.db, message)
        wait = wait_after(current.attempts if current else 1, jitter)
        jobs.postpone(tx.db, "portal", message, milliseconds(tx.now + wait), reason, started=tried)


def wait_after(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many tries: doubled from 2 s to 10 min, times `jitter`."""
    doubled: int = 2 ** min(attempts - 1, 12)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT) * jitter


def park(tx: Tx, messages: Sequence[int], reason: str, accepted: int = 0) -> None:
    """The portal refused for good: a person reads the reason; other dossiers go on.

    Which of several steps it meant we cannot tell: the first stands for all, the others wait behind it.
    """
    acknowledge(tx, messages[:accepted], "step")
    refused, *behind = messages[accepted:]
    tx.record(PortalParked(refused, reason))
    for message in (refused, *behind):
        jobs.release(tx.db, "portal", message)


def resend(tx: Tx, message: int) -> int:
    """A person has mended the cause: queue the parked message again."""
    current = outbox.portal_message(tx.db, message)
    if current is None or current.state != "parked":
        raise NotFound(what=f"#{message}")
    return tx.record(PortalResent(message)).seq


def stop_portal(tx: Tx, person: str, reason: str) -> None:
    """Nothing more goes to the portal until somebody resumes; what is on its way comes to its end.

    Raises PortalStoppedAlready, Invalid.
    """
    if not 0 < len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Invalid(what="reason")
    if portal_gates.stop(tx.db) is not None:
        raise PortalStoppedAlready()
    tx.record(PortalStopped(person, reason))


def resume_portal(tx: Tx, person: str) -> None:
    """What waited goes out, in order. Raises PortalNotStopped."""
    if portal_gates.stop(tx.db) is None:
        raise PortalNotStopped()
    tx.record(PortalResumed(person))
