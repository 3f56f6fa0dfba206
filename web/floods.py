"""Fair shares: how often one screen, or one stranger's address, may ask. What one wastes, no other lacks.

Kept in memory; a restart fills every bucket. People who are signed in and programs with a token of a person are
not counted here.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import Refused, TooManyTries, msgid
from web.visitors import Visitor

REMEMBERED = 10_000
BURST_SECONDS = 5.0  # what a page with all its parts asks for at once
# Two threads compute five hashes a second: a whole staff may come at once, one address never holds them all.
PASSWORDS_A_SECOND, PASSWORDS_AT_ONCE = 1.0, 60.0
NETWORK = 64  # one subscriber has 2^64 addresses of IPv6


class TooFast(Refused):
    """One screen or one stranger's address asks more often than its share."""

    text = msgid("Có quá nhiều lượt bấm cùng lúc ở đây. Mời chờ vài giây rồi bấm lại: bạn sẽ không bị lấy hai số.")


class KioskTooFast(TooFast):
    """One kiosk gives more numbers than people can take."""

    text = msgid(
        "Ki-ốt này vừa cấp quá nhiều số. Chưa có số nào được lấy thêm; mời chờ một phút, dùng ki-ốt khác "
        "hoặc đến quầy hướng dẫn."
    )


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Buckets:
    """A bucket for each name: `burst` at once, `rate` more a second; `timer` counts seconds from anywhere."""

    def __init__(self, rate: float, burst: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self.timer = rate, burst, timer
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, name: str) -> bool:
        """Take one out of the bucket of this name; False when it is empty, and then nothing is taken."""
        now = self.timer()
        bucket = self._buckets.get(name)
        if bucket is None:
            if len(self._buckets) >= REMEMBERED:
                self._buckets.popitem(last=False)
            bucket = self._buckets[name] = _Bucket(self._burst, now)
        else:
            self._buckets.move_to_end(name)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True


class Floods:
    """The shares of one server: tickets a minute and requests a second of a screen, requests of a stranger."""

    def __init__(
        self, tickets: int, requests: int, strangers: int, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.tickets = Buckets(tickets / 60, tickets, timer)
        self.requests = Buckets(requests, requests * BURST_SECONDS, timer)
        self.strangers = Buckets(strangers, strangers * BURST_SECONDS, timer)
        self.passwords = Buckets(PASSWORDS_A_SECOND, PASSWORDS_AT_ONCE, timer)

    def check(self, visitor: Visitor, address: str) -> None:
        """Count one request of a screen or a stranger. Raises TooFast."""
        if visitor.device is not None:
            if not self.requests.take(visitor.device.id):
                raise TooFast()
        elif visitor.person is None and (network := network_of(address)) and not self.strangers.take(network):
            raise TooFast()

    def check_password(self, address: str) -> None:
        """Count one password from this address. Raises TooManyTries."""
        if (network := network_of(address)) and not self.passwords.take(network):
            raise TooManyTries()

    def check_ticket(self, visitor: Visitor) -> None:
        """Count one number that a screen is about to give. Raises KioskTooFast."""
        if visitor.device is not None and not self.tickets.take(visitor.device.id):
            raise KioskTooFast()


def network_of(address: str) -> str:
    """Who a stranger is: the address, of IPv6 its network; empty for this machine itself and for none.

    This machine is the proxy that did not say for whom it asks: one share for everybody would let one starve all.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return "" if found.is_loopback else str(ipaddress.ip_network((found, NETWORK), strict=False))
        found = found.ipv4_mapped
    return "" if found.is_loopback else str(found)
