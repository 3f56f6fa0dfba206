"""What the portal has been told, as the portal's worker reports it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.errors import NotFound
from domain.events import PortalAcknowledged, PortalParked, PortalResent
from domain.tickets import milliseconds
from store import jobs
from store.jobs import PortalMessage
from store.writer import Tx

LEASE = timedelta(minutes=10)  # longer than all that one message may take (portal.client: 3 x 130 s)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claim:
    """The message to send now, None when nothing may go."""

    message: PortalMessage | None


def claim_message(tx: Tx) -> Claim:
    """Lease the oldest message that may go; order is kept within a dossier."""
    now = milliseconds(tx.now)
    message = jobs.next_portal_message(tx.db, now)
    if message is None or not jobs.lease(tx.db, "portal", message.id, now, milliseconds(tx.now + LEASE)):
        return Claim(None)
    # Should we die now, the next try must ask what the portal knows; `message` still tells of earlier tries.
    jobs.mark_started(tx.db, "portal", message.id)
    return Claim(message)


def acknowledge(tx: Tx, message: int, answer: str) -> None:
    """The portal took it."""
    tx.record(PortalAcknowledged(message, answer))
    jobs.release(tx.db, "portal", message)


def postpone(tx: Tx, message: int, reason: str, jitter: float, *, tried: bool) -> None:
    """Try again later: the wait doubles from 2 s to 10 min, times `jitter` (0.5 to 1.5) against storms."""
    current = jobs.portal_message(tx.db, message)
    wait = wait_after(current.attempts if current else 1, jitter)
    jobs.postpone(tx.db, "portal", message, milliseconds(tx.now + wait), reason, started=tried)


def wait_after(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many tries: doubled from 2 s to 10 min, times `jitter`."""
    doubled: int = 2 ** min(attempts - 1, 12)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT) * jitter


def park(tx: Tx, message: int, reason: str) -> None:
    """The portal refused for good: a person reads the reason; other dossiers go on."""
    tx.record(PortalParked(message, reason))
    jobs.release(tx.db, "portal", message)


def resend(tx: Tx, message: int) -> int:
    """A person has mended the cause: queue the parked message again."""
    current = jobs.portal_message(tx.db, message)
    if current is None or current.state != "parked":
        raise NotFound(what=f"#{message}")
    return tx.record(PortalResent(message)).seq
