"""What every screen of the hall said last, in memory; a restart forgets it. Who says what: `web.beats`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.devices import Beat


@dataclass(frozen=True, slots=True)
class Heard:
    """The last sign of life of a screen: what it said, when, and that moment in the seconds of the timer."""

    beat: Beat
    at: datetime
    seconds: float


class Beats:
    """What every screen said last. `timer` counts seconds from anywhere."""

    def __init__(self, began: datetime, timer: Callable[[], float] = time.monotonic) -> None:
        self.began, self.timer = began, timer
        self._began = timer()
        self._heard: dict[str, Heard] = {}
        self._asked: dict[str, float] = {}

    def note(self, device: str, beat: Beat, now: datetime) -> None:
        """A sign of life has come."""
        self._heard[device] = Heard(beat, now, self.timer())

    def heard(self, device: str) -> Heard | None:
        """The last one since the server started, None when there was none."""
        return self._heard.get(device)

    def silence(self, device: str) -> float:
        """Seconds since the last one, or since the server started."""
        heard = self._heard.get(device)
        return self.timer() - (heard.seconds if heard else self._began)

    def ask_reload(self, device: str) -> None:
        """Whatever page the screen shows now is to be loaded anew."""
        self._asked[device] = self.timer()

    def is_to_reload(self, device: str, beat: Beat) -> bool:
        """Whether the page that speaks is older than the last wish to load it anew."""
        asked = self._asked.get(device)
        return asked is not None and self.timer() - asked < beat.age
