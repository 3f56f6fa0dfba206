"""Who is asking: a person, a screen, a program with a token, or nobody known."""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from domain.centres import Device
from domain.events import (
    CentreLoaded,
    DevicePaired,
    DeviceRevoked,
    PasswordSet,
    PersonAdded,
    PersonLocked,
    PersonSignedOut,
    PersonUnlocked,
    TokenRevoked,
)
from domain.roles import Role
from domain.tickets import milliseconds
from store import centres, people
from store.journal import Recorded
from store.people import Person
from store.store import Store

SIGN_IN_COOKIE = "motcua-person"
DEVICE_COOKIE = "motcua-device-"
CHECK_AGAIN_SECONDS = 30.0
KEPT_AT_MOST = 10_000
_CHANGES = (
    CentreLoaded,
    DevicePaired,
    DeviceRevoked,
    PasswordSet,
    PersonAdded,
    PersonLocked,
    PersonSignedOut,
    PersonUnlocked,
    TokenRevoked,
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks, with the roles that count. `who` is what the journal notes."""

    roles: frozenset[Role]
    person: Person | None = None
    device: Device | None = None
    by_token: bool = False
    receiver: int | None = None

    @property
    def who(self) -> str:
        if self.person is not None:
            return self.person.id
        if self.receiver is not None:
            return f"receiver:{self.receiver}"
        return f"device:{self.device.id}" if self.device else "anyone"

    def holds(self, *roles: str) -> bool:
        """Whether any of these roles is the visitor's."""
        return any(role in self.roles for role in roles)


Look = Callable[[str, str], Visitor]
NOBODY = Visitor(frozenset({Role.ANYONE}))


def hash_of(secret: str) -> bytes:
    """What is stored of a token or code. Tokens are 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def new_token() -> str:
    """256 bits for a cookie or a bearer header."""
    return secrets.token_urlsafe(32)


class Visitors:
    """Finds the visitor behind a request; remembers for seconds, forgets at once when rights change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], tuple[float, Visitor]] = {}
        store.listen(self._on_events)

    def _on_events(self, events: Sequence[Recorded]) -> None:
        if any(isinstance(recorded.event, _CHANGES) for recorded in events):
            self._known.clear()

    def of(self, connection: HTTPConnection, *, as_device: bool = False) -> Visitor:
        """The visitor of a request or socket. A bearer token counts before any cookie.

        `as_device`: the route belongs to the screen that its path names, so only that screen's token counts
        as a device; elsewhere a path may name a screen and mean it as a thing.
        """
        return self._find(connection, as_device, self._remembered)

    def anew(self, connection: HTTPConnection, *, as_device: bool = False) -> Visitor:
        """The visitor of a socket that has been open for a while, as of now: nothing is remembered."""
        return self._find(connection, as_device, self._looked_up)

    def _find(self, connection: HTTPConnection, as_device: bool, look: Look) -> Visitor:
        named = connection.path_params.get("device") if as_device else None
        header = connection.headers.get("authorization")
        if header is not None:
            scheme, _, secret = header.partition(" ")
            found = look("bearer", secret.strip()) if scheme.lower() == "bearer" else NOBODY
            foreign = named is not None and found.device is not None and found.device.id != named
            return NOBODY if foreign else found
        if named is not None:
            secret = connection.cookies.get(DEVICE_COOKIE + named, "")
            found = look("device", secret) if secret else NOBODY
            if found.device is not None and found.device.id == named:
                return found
        secret = connection.cookies.get(SIGN_IN_COOKIE, "")
        return look("person", secret) if secret else NOBODY

    def _remembered(self, kind: str, secret: str) -> Visitor:
        if not 20 <= len(secret) <= 100:
            return NOBODY
        now, place = time.monotonic(), (kind, secret)
        known = self._known.get(place)
        if known is not None and known[0] > now:
            return known[1]
        if len(self._known) >= KEPT_AT_MOST:
            self._known.clear()
        found = self._looked_up(kind, secret)
        self._known[place] = (now + CHECK_AGAIN_SECONDS, found)
        return found

    def _looked_up(self, kind: str, secret: str) -> Visitor:
        digest = hash_of(secret)
        if kind == "device":
            return self._device(self._store.read(people.device_of, digest))
        if kind == "person":
            now = milliseconds(self._store.writer.clock())
            return self._person(self._store.read(people.signed_in, digest, now))
        holder = self._store.read(people.token_holder, digest)
        if holder is None:
            return self._agent(self._store.read(people.device_of, digest))
        kind, name = holder
        if kind == "receiver":
            return Visitor(frozenset({Role.RECEIVER}), by_token=True, receiver=int(name))
        return self._device(name, by_token=True) if kind == "device" else self._person(name, True)

    def _agent(self, device: str | None) -> Visitor:
        """A print agent shows its pairing's token as programs do; a screen's token counts as cookie only."""
        found = self._device(device, by_token=True)
        return found if Role.AGENT in found.roles else NOBODY

    def _device(self, device: str | None, *, by_token: bool = False) -> Visitor:
        if device is None or not self._store.read(centres.is_loaded):
            return NOBODY
        for candidate in self._store.centre().devices:
            if candidate.id == device:
                return Visitor(frozenset({Role(candidate.kind)}), device=candidate, by_token=by_token)
        return NOBODY

    def _person(self, person: str | None, by_token: bool = False) -> Visitor:
        found = self._store.read(people.by_id, person) if person else None
        return Visitor(found.roles, person=found, by_token=by_token) if found else NOBODY
