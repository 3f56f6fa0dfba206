"""One port to the national databases: ask whether what a citizen says agrees, within a short time, or nobody knows.

A dead database never stops reception: the answer is then Unverified, and for a minute nobody asks it again. Every
question is entered in the journal with purpose, person and dossier, none with what was asked. Answers live for a
few minutes in memory, under a keyed hash of their question. What is said to a database: `portal.national_client`.
"""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import msgspec
import structlog

from domain.centre_outside import Lookup
from domain.lookups import (
    Answer,
    Database,
    Found,
    NotFound,
    Purpose,
    Question,
    Reason,
    Unverified,
    checked_question,
)
from operations.looking_up import Noted, note_lookup
from store.store import Store
from store.writer import Act

REST_SECONDS = 60.0
MOST_KEPT = 500
log = structlog.get_logger("portal")


@dataclass(slots=True)
class _Line:
    """One database as it has shown itself: until when it rests, and whether somebody is trying it again."""

    rests_until: float = 0.0
    has_failed: bool = False
    is_tried: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    answer: Found | NotFound


@dataclass(slots=True)
class _Memory:
    """Answers by the keyed hash of their question; the oldest goes when it is full."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    answers: dict[bytes, _Kept] = field(default_factory=dict)

    def place(self, database: Database, question: Question) -> bytes:
        asked = msgspec.json.encode([str(database), question.fields])
        return hashlib.blake2b(asked, key=self.key, digest_size=32).digest()

    def keep(self, place: bytes, kept: _Kept) -> None:
        while len(self.answers) >= MOST_KEPT:
            del self.answers[next(iter(self.answers))]
        self.answers[place] = kept


class Lookups:
    """Asks the databases that the centre's file names; `secret_folder` holds a key for each, by its name."""

    def __init__(
        self,
        store: Store,
        secret_folder: Path | None,
        *,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._secret_folder, self._timer = store, secret_folder, timer
        self._lines = {database: _Line() for database in Database}
        self._memory = _Memory()

    async def ask(
        self, database: Database, question: Question, purpose: Purpose, person: str, dossier: str = ""
    ) -> Answer:
        """Whether what a citizen said agrees. Raises QuestionWrong, and what the store raises when it is full."""
        return (await self.look_up(database, question, purpose, person, dossier)).answer

    async def look_up(
        self, database: Database, question: Question, purpose: Purpose, person: str, dossier: str = ""
    ) -> Noted:
        """The same with the number under which the question stands in the book."""
        checked_question(database, question)
        begun = self._timer()
        answer = await self._answer(database, question, purpose, dossier)
        took = round(1000 * (self._timer() - begun))
        number = await self._store.write(Act(person), note_lookup, database, purpose, person, dossier, answer, took)
        return Noted(number, answer)

    async def _answer(self, database: Database, question: Question, purpose: Purpose, dossier: str) -> Answer:
        way = next((one for one in self._store.centre().lookups if one.database is database), None)
        if way is None:
            return Unverified(Reason.NOT_CONNECTED)
        place = self._memory.place(database, question)
        kept = self._memory.answers.get(place)
        if kept is not None and self._timer() - kept.at < 60 * way.keep_minutes:
            return replace(kept.answer, age_seconds=int(self._timer() - kept.at))
        answer = await self._when_awake(way, question, purpose, dossier)
        if not isinstance(answer, Unverified):
            self._memory.keep(place, _Kept(self._timer(), answer))
        return answer

    async def _when_awake(self, way: Lookup, question: Question, purpose: Purpose, dossier: str) -> Answer:
        line = self._lines[way.database]
        # After a failure one question a minute finds out whether it is back: that is all a dead one may cost.
        if self._timer() < line.rests_until or (line.has_failed and line.is_tried):
            return Unverified(Reason.RESTING)
        line.is_tried = True
        try:
            answer = await self._exchange(way, question, purpose, dossier)
        finally:
            line.is_tried = False
        line.has_failed = isinstance(answer, Unverified)
        line.rests_until = self._timer() + REST_SECONDS if line.has_failed else 0.0
        return answer

    async def _exchange(self, way: Lookup, question: Question, purpose: Purpose, dossier: str) -> Answer:
        # The HTTP client takes half a second to load: the first page of the server must not wait for it.
        await asyncio.to_thread(import_module, "portal.national_client")
        from portal.national_client import compare

        answer = await compare(way, self._secret(way.database), question, purpose, dossier)
        if isinstance(answer, Unverified):
            log.warning("look-up without answer", database=str(way.database), reason=str(answer.reason))
        return answer

    def _secret(self, database: Database) -> str:
        if self._secret_folder is None:
            return ""
        try:
            return (self._secret_folder / database).read_text(encoding="ascii").strip()
        except (OSError, UnicodeError):
            return ""
