"""Clerks as the server sees them: keys at uneven moments, each press with the ticket that the screen shows.

The moments and the choice of keys are drawn from a seed, so that every run presses alike. Of an answer only what
tells whether it shows the change is read.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from time import perf_counter

from bench import kiosks
from bench.call import SEEN, Button
from domain.centres import Counter

SEED = 60
STARTED = b'/finishes"'  # the button "Xong" stands where the visit has begun
AGAIN, ARRIVED, DONE = 0.15, 0.6, 0.4  # how often a call is repeated, an arrival noted, a visit ended on its own


@dataclass(frozen=True, slots=True)
class Answer:
    """One press: when, how long until its answer was whole, whether that shows the change, and whom it called."""

    pressed: float
    milliseconds: float
    shows: bool
    called: int = 0


class Clerk:
    """Somebody at a counter who calls, calls again, notes an arrival, ends a visit: whatever the screen offers."""

    def __init__(self, counter: Counter, cookie: str) -> None:
        self.counter, self.cookie = counter, cookie
        self.presses = 0
        self.answers: list[Answer] = []
        self._chance, self._turn = Random(SEED * 1000 + counter.number), itertools.count()
        self._seen, self._is_started, self._act = b"0", False, ""

    def moments(self, pause: tuple[float, float], seconds: float) -> Iterator[float]:
        """When a key goes down, in seconds from the start."""
        at = self._chance.uniform(0, pause[1])
        while at < seconds:
            yield at
            at += self._chance.uniform(*pause)

    def button(self, origin: str) -> Button:
        """The keyboard."""

        def request() -> bytes:
            number, turn, self._act = self.counter.number, next(self._turn), self._next_act()
            body = b"request_id=bench-%d-%d&seen=%s" % (number, turn, self._seen)
            return kiosks.post(origin, f"/counter/{number}/{self._act}", self.cookie, len(body)) + body

        return Button(request, self._answered)

    def _next_act(self) -> str:
        if self._seen == b"0":
            return "calls"
        if self._is_started:
            return "finishes" if self._chance.random() < DONE else "calls"
        if self._act == "calls" and self._chance.random() < AGAIN:
            return "recalls"
        return "starts" if self._chance.random() < ARRIVED else "calls"

    def _answered(self, pressed: float, body: bytes) -> None:
        waited = (perf_counter() - pressed) * 1000
        self.answers.append(self.read(pressed, waited, body))

    def read(self, pressed: float, waited: float, body: bytes) -> Answer:
        """What this answer shows, and whether that is what the key was pressed for."""
        at = body.find(SEEN) + len(SEEN)
        if at < len(SEEN):  # no picture of a counter
            return Answer(pressed, waited, shows=False)
        seen, is_started = body[at : body.find(b'"', at)], STARTED in body
        shows = {
            "calls": seen not in (b"0", self._seen) and not is_started,
            "recalls": seen == self._seen and not is_started,
            "starts": seen == self._seen and is_started,
            "finishes": seen == b"0",
        }[self._act]
        self._seen, self._is_started = seen, is_started
        return Answer(pressed, waited, shows, called=int(seen) if shows and self._act == "calls" else 0)
