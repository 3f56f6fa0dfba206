"""Who speaks in which zone now: one turn at a time, one leader a zone; in memory, a restart forgets it.

What was spoken stands in the journal (`operations.speaking`). `timer` counts seconds from anywhere.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.announcements import Lead, Outcome, may_speak

GRACE_SECONDS = 5.0  # a broken clip delays at most so long (screens.md 9)
SETTLING_SECONDS = 10.0
REMEMBERED = 20
TEST = 0
NOTHING = {"url": None, "again": 1}


@dataclass(slots=True)
class Turn:
    """One announcement given to one speaker (a page of a wall); `fetched`: its sound went there."""

    seq: int
    speaker: str
    seconds: float
    until: float
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a speaker says when it asks: its n-th question, what it ended with and how, whether it led before."""

    speaker: str
    n: int
    ended: int | None
    outcome: Outcome | None
    seconds: float
    leading: bool


@dataclass(slots=True)
class Floor:
    """The turns of one zone."""

    lead: Lead | None = None
    turn: Turn | None = None
    tests: set[str] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _answers: OrderedDict[str, tuple[int, dict[str, Any]]] = field(default_factory=OrderedDict)

    def answered(self, asked: Asked, seconds: float) -> dict[str, Any] | None:
        """The answer given to this question before, None for a new one; a turn that is over is not given again."""
        n, answer = self._answers.get(asked.speaker, (0, None))
        if answer is None or asked.n > n:
            return None
        turn = self.turn
        if asked.n < n or not answer["url"] or turn is None or turn.speaker != asked.speaker:
            return NOTHING
        self.give(turn.seq, turn.speaker, turn.seconds, seconds)
        return answer

    def keep(self, asked: Asked, answer: dict[str, Any]) -> None:
        """Remember the answer, in case it does not arrive."""
        self._answers[asked.speaker] = (asked.n, answer)
        self._answers.move_to_end(asked.speaker)
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)

    def close(self, asked: Asked) -> Turn | None:
        """End the asker's own turn, if it has one; gives it when it is the one that the asker says it has ended."""
        turn = self.turn
        if turn is None or turn.speaker != asked.speaker:
            return None
        self.turn = None
        return turn if turn.seq == asked.ended else None

    def lapsed(self, seconds: float) -> Turn | None:
        """End the turn of a speaker that is lost; gives it."""
        turn = self.turn
        if turn is None or seconds < turn.until:
            return None
        self.turn = None
        return turn

    def give(self, seq: int, speaker: str, lasts: float, seconds: float) -> Turn:
        """A turn that lasts so long, from now on; who has it leads."""
        until = seconds + lasts + GRACE_SECONDS
        self.turn = Turn(seq, speaker, lasts, until)
        if seq != TEST:
            self.lead = Lead(speaker, until)
        return self.turn

    def leave(self, speaker: str) -> None:
        """This speaker cannot sound: another one may lead at once."""
        if self.lead is not None and self.lead.speaker == speaker:
            self.lead = None


class Speakers:
    """The floors of all zones."""

    def __init__(self, began: datetime, timer: Callable[[], float] = time.monotonic) -> None:
        self.began, self.timer = began, timer
        self._began = timer()
        self._floors: dict[str, Floor] = {}

    def floor(self, zone: str) -> Floor:
        """The floor of a zone."""
        return self._floors.setdefault(zone, Floor())

    def may_speak(self, zone: str, asked: Asked, now: datetime, told_at: datetime, *, alone: bool) -> bool:
        """Whether the asker may say an announcement of this instant.

        Just after the start nobody knows who led: where a zone has several walls, the one that did goes first.
        """
        floor, seconds = self.floor(zone), self.timer()
        is_settling = floor.lead is None and seconds - self._began < SETTLING_SECONDS
        if is_settling and not alone and not asked.leading:
            return False
        return may_speak(floor.lead, asked.speaker, seconds, max(timedelta(), now - told_at))

    def ask_test(self, zone: str, device: str) -> None:
        """The wall is to speak a test with its next turn."""
        self.floor(zone).tests.add(device)

    def note_fetched(self, zone: str, seq: int, device: str) -> bool:
        """The sound of an announcement is asked for; whether it is not another wall's turn to say it."""
        turn = self.floor(zone).turn
        if turn is None or turn.seq != seq:
            return True
        turn.fetched = turn.fetched or turn.speaker.startswith(f"{device}:")
        return turn.speaker.startswith(f"{device}:")
