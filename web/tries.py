"""How often somebody may try within a while: wrong codes, bookings. Kept in memory; a restart forgets it."""

import time
from collections.abc import Callable

from domain.errors import TooManyTries

REMEMBERED = 10_000


class Tries:
    """At most `most` noted tries within `seconds` for each name; `timer` counts seconds from anywhere."""

    def __init__(self, most: int, seconds: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._timer = most, seconds, timer
        self._noted: dict[str, list[float]] = {}

    def check(self, name: str) -> None:
        """Raises TooManyTries when this name has used up its tries; the oldest come free with time."""
        since = self._timer() - self._seconds
        recent = [moment for moment in self._noted.get(name, ()) if moment > since]
        if recent:
            self._noted[name] = recent
        else:
            self._noted.pop(name, None)
        if len(recent) >= self._most:
            raise TooManyTries()

    def note(self, name: str) -> None:
        """Count one try."""
        while len(self._noted) >= REMEMBERED:
            self._noted.pop(next(iter(self._noted)))
        self._noted.setdefault(name, []).append(self._timer())

    def forget(self) -> None:
        """Everybody may try anew."""
        self._noted.clear()
