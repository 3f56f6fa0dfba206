"""Who stands at a kiosk, for two minutes and only in memory: a keyed hash, never a name or a number.

A journey begins with a scan and is known by an opaque id that stands in forms alone, never in an address. It ends
with the first screen, with the next scan at the same kiosk, or with its time.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

LIVES_SECONDS = 120.0
MOST = 500


@dataclass(frozen=True, slots=True)
class Journey:
    """What a scan has led to: the hash of the person, or the appointments and dossiers that wait for it."""

    device: str
    until: float
    holder: bytes | None = None
    appointment: int | None = None
    dossiers: tuple[str, ...] = ()
    id: str = ""


class Journeys:
    """The journeys under way; `timer` counts seconds from anywhere."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._known: dict[str, Journey] = {}

    def __len__(self) -> int:
        """How many are remembered, those included whose time is over."""
        return len(self._known)

    def begin(
        self,
        device: str,
        holder: bytes | None = None,
        appointment: int | None = None,
        dossiers: tuple[str, ...] = (),
    ) -> Journey:
        """A new journey at this kiosk; the one before it ends."""
        self.end(device)
        self.sweep()
        while len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        until, name = self._timer() + LIVES_SECONDS, secrets.token_urlsafe(16)
        fresh = Journey(device, until, holder, appointment, dossiers, name)
        self._known[fresh.id] = fresh
        return fresh

    def find(self, journey: str, device: str) -> Journey | None:
        """The journey of this id at this kiosk; None when it is over or another kiosk's."""
        self.sweep()
        found = self._known.get(journey)
        return found if found is not None and found.device == device else None

    def end(self, device: str) -> None:
        """Nobody stands at this kiosk any more."""
        for name in [name for name, journey in self._known.items() if journey.device == device]:
            del self._known[name]

    def sweep(self) -> None:
        """Forget what is over."""
        now = self._timer()
        for name in [name for name, journey in self._known.items() if journey.until <= now]:
            del self._known[name]
