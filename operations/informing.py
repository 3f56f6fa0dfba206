"""Programs elsewhere that are told of numbers: who they are, and what became of each message."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta

from domain.errors import Invalid, NotFound
from domain.events import (
    MessageGivenUp,
    MessagesResent,
    MessageTaken,
    ReceiverAdded,
    ReceiverRemoved,
    ReceiverTested,
    TokenGiven,
    TokenRevoked,
)
from domain.receivers import LATE_AFTER, LONGEST_LABEL, MOST_AHEAD, AddressNotAllowed, LabelTaken, NotTaken
from domain.tickets import milliseconds
from operations.syncing import wait_after
from store import jobs, people, receivers
from store.receivers import Message
from store.writer import Tx

LEASE = timedelta(minutes=1)  # longer than one try may take (api.outgoing: 10 s)
ADDRESS = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?(/[A-Za-z0-9._~/%-]*)?"
)
LONGEST_ADDRESS = 300
MOST_LATE = 500  # given up in one transaction
CARRIERS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # IETF protocol assignments (RFC 6890): no receiver of ours


@dataclass(frozen=True, slots=True)
class Claim:
    """The message to send now, None when nothing may go."""

    message: Message | None


def checked_address(address: str, nearby: bool) -> str:
    """An address to which messages may go, or an empty one. Raises AddressNotAllowed.

    https, without a user name or a query: nothing secret stands in an address. `nearby` allows plain http and
    machines of the own network; where a name leads is seen when it is called.
    """
    found = ADDRESS.fullmatch(address)
    if not address or (found and len(address) <= LONGEST_ADDRESS and (nearby or _is_far(found))):
        return address
    raise AddressNotAllowed()


def _is_far(found: re.Match[str]) -> bool:
    try:
        literal = ipaddress.ip_address(found[2].strip("[]"))
    except ValueError:
        return found[1] == "https" and found[2].lower() != "localhost"
    return found[1] == "https" and is_public(str(literal))


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet: not of this machine, its network or nobody.

    An IPv6 address may carry one of IPv4 to which a gateway of the own network leads: it counts as that one.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = found if isinstance(found, ipaddress.IPv4Address) else _carried(found)
    if inner is not None:
        return inner.is_global and not inner.is_multicast and inner not in PROTOCOLS
    return found.is_global and not (found.is_multicast or getattr(found, "is_site_local", False))


def _carried(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Mapped, 6to4, NAT64 (RFC 6052) or compatible (RFC 4291)."""
    if any(found in prefix for prefix in CARRIERS):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour


def add_receiver(tx: Tx, label: str, address: str, ahead: int, token_hash: bytes, sealed: bytes) -> int:
    """Tell a program of numbers from now on; gives its number. Raises Invalid, LabelTaken.

    The address has been checked; `sealed` is the secret that signs, `token_hash` opens its feed.
    """
    cleaned = " ".join(label.split())
    if not cleaned or len(cleaned) > LONGEST_LABEL or not cleaned.isprintable():
        raise Invalid(what="label")
    if not 0 <= ahead <= MOST_AHEAD:
        raise Invalid(what="ahead")
    if any(known.label.casefold() == cleaned.casefold() for known in receivers.all_receivers(tx.db)):
        raise LabelTaken(label=cleaned)
    number = tx.record(ReceiverAdded(cleaned, address, ahead)).seq
    token = tx.seq + 1
    tx.record(TokenGiven(token, str(number), "receiver", cleaned))
    people.keep_token(tx.db, token, token_hash)
    receivers.keep_secret(tx.db, number, sealed)
    return number


def remove_receiver(tx: Tx, receiver: int) -> None:
    """It is told nothing more, and its token opens nothing. Raises NotFound."""
    _find(tx, receiver)
    for token, kind, holder, _, revoked in people.tokens(tx.db):
        if (kind, holder) == ("receiver", str(receiver)) and revoked is None:
            tx.record(TokenRevoked(token))
    receivers.drop_secret(tx.db, receiver)
    tx.record(ReceiverRemoved(receiver))


def note_test(tx: Tx, receiver: int, answer: str) -> None:
    """A test message was sent by hand, and this came back. Raises NotFound."""
    _find(tx, receiver)
    tx.record(ReceiverTested(receiver, answer))


def claim_message(tx: Tx, receiver: int) -> Claim:
    """Lease the oldest message of this receiver that may go; order is kept within a ticket.

    What lay about for more than an hour, because the server was off, is given up untried: nobody is rung up in the
    morning because the turn was near the evening before.
    """
    now, found = milliseconds(tx.now), None
    for _ in range(MOST_LATE):
        found = receivers.next_message(tx.db, receiver, now)
        if found is None or now - found.since <= LATE_AFTER.total_seconds() * 1000:
            break
        give_up(tx, found.id, NotTaken.LATE)
        found = None
    if found is None or not jobs.lease(tx.db, receivers.LEASE, found.id, now, milliseconds(tx.now + LEASE)):
        return Claim(None)
    return Claim(found)


def take(tx: Tx, message: int) -> None:
    """The receiver has it."""
    tx.record(MessageTaken(message))
    jobs.release(tx.db, receivers.LEASE, message)


def postpone(tx: Tx, message: Message, reason: str, jitter: float) -> bool:
    """Try again later; gives False where that would be too late: then it is given up."""
    wait = wait_after(receivers.attempts_of(tx.db, message.id) or 1, jitter)
    until = milliseconds(tx.now + wait)
    if until - message.since > LATE_AFTER.total_seconds() * 1000:
        give_up(tx, message.id, reason or NotTaken.LATE)
        return False
    jobs.postpone(tx.db, receivers.LEASE, message.id, until, reason, started=False)
    return True


def give_up(tx: Tx, message: int, reason: str) -> None:
    """Nobody tries it again by itself: a person reads the reason."""
    tx.record(MessageGivenUp(message, reason))
    jobs.release(tx.db, receivers.LEASE, message)


def resend(tx: Tx, receiver: int) -> int:
    """A person has mended the cause: what was given up goes out again; gives how much. Raises NotFound."""
    _find(tx, receiver)
    given_up = receivers.standings(tx.db).get(receiver, receivers.NO_MESSAGES).given_up
    if not given_up:
        raise NotFound(what=f"#{receiver}")
    tx.record(MessagesResent(receiver))
    return given_up


def _find(tx: Tx, receiver: int) -> None:
    if receivers.receiver(tx.db, receiver) is None:
        raise NotFound(what=f"#{receiver}")
