"""Brings letters to the document exchange axis and home from it: leases, sends, listens, hands to operations."""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import msgspec
import structlog

from domain.centres import Centre
from domain.days import local
from domain.errors import NotFound, Refused
from domain.letters import AGENCY, Letter, StatusMessage
from operations import corresponding
from operations.corresponding import NewArrival
from portal.answer_telling import AnswerTeller
from portal.axis import AxisClient, AxisError, Failure, Mark, MessageType, Permanent, Row, Temporary, Unclear
from portal.edxml import build
from portal.edxml_reading import Unverified, read
from portal.edxml_trees import DocumentRefused
from store import letters
from store.letters import KeptLetter
from store.store import Store
from store.vault import Vault
from store.writer import Act

LOOK_AGAIN_SECONDS = 5.0
LISTEN_SECONDS = 60.0
LISTENED_BACK = timedelta(days=7)  # what waits at the axis from before an outage
AWAY = (Failure.UNREACHABLE, Failure.NO_ANSWER, Failure.BAD_STATUS, Failure.WRONG_KEY)
ACT = Act("axis")
log = structlog.get_logger("axis")


class LetterWorker:
    """One letter at a time goes out; once a minute what has come is taken in."""

    def __init__(self, store: Store, vault: Vault, client: AxisClient, clock: Callable[[], datetime]) -> None:
        self._store, self._vault, self._client, self._clock = store, vault, client, clock
        self._woken = asyncio.Event()
        self._agencies: list[frozenset[str]] | None = None
        self._answers = AnswerTeller(store, vault, client)
        self.last_contact: datetime | None = None
        self.last_failure: str = ""

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self._client, asyncio.TaskGroup() as group:
            group.create_task(self._serve())
            group.create_task(self._listen())

    async def _serve(self) -> None:
        while True:
            self._woken.clear()  # before the look: who wakes us during it is not forgotten
            if await self.send_once():
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._woken.wait()

    async def _listen(self) -> None:
        while True:
            await self.listen_once()
            await asyncio.sleep(LISTEN_SECONDS)

    async def send_once(self) -> bool:
        """Try the oldest letter that may go, else the oldest answer; gives False when none may."""
        letter = await self._claim()
        if letter is not None:
            await self._handle(letter)
        return letter is not None or await self._answers.tell_once()

    async def _claim(self) -> KeptLetter | None:
        try:
            return (await self._store.write(ACT, corresponding.claim_letter)).letter
        except Exception as error:  # a full disk must not end the worker
            log.warning("claim failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return None

    async def _handle(self, letter: KeptLetter) -> None:
        tell = await self._outcome(letter)
        while True:
            try:
                await tell()
            except Refused as refusal:  # a full disk: that the axis has it must not be forgotten
                log.warning("outcome not written yet", letter=letter.id, error=refusal.code)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                return

    async def _outcome(self, letter: KeptLetter) -> Callable[[], Awaitable[object]]:
        """Send the letter; gives what is to be recorded of it."""
        write = self._store.write
        try:
            delivery = await self._client.send(
                letter.document, await asyncio.to_thread(self._built, letter), *self._days(letter.at),
                tried_before=letter.tried_before,
            )  # fmt: skip
        except Permanent as error:
            self.last_failure = reason = str(error.reason)
            log.warning("parked", letter=letter.id, reason=error.reason.name)
            return lambda: write(ACT, corresponding.park, letter.id, reason)
        except Temporary as error:
            self.last_failure = why = str(error.reason)
            tried = letter.tried_before or isinstance(error, Unclear)
            return lambda: write(ACT, corresponding.postpone, letter.id, why, tried=tried)
        except Exception as error:
            kind = type(error).__name__
            log.exception("letter failed", letter=letter.id)
            return lambda: write(ACT, corresponding.park, letter.id, kind)
        self.last_contact, self.last_failure = self._clock(), ""
        return lambda: write(ACT, corresponding.acknowledge, letter.id, delivery.axis_id, found=delivery.found)

    def _built(self, kept: KeptLetter) -> bytes:
        return build(corresponding.opened(self._vault.unseal(self._store.read(letters.sealed_body, kept.body))))

    def _days(self, first: datetime) -> tuple[date, date]:
        """From the day before to the day after: the clocks of two houses differ."""
        return local(first).date() - timedelta(days=1), local(self._clock()).date() + timedelta(days=1)

    async def listen_once(self) -> None:
        """Take in what waits at the axis: first how our letters stand, then letters to us."""
        kinds: tuple[MessageType, ...] = ("status", "edoc")
        try:
            for kind in kinds:
                for row in await self._client.received(kind, *self._days(self._clock() - LISTENED_BACK)):
                    await self._settle(kind, row)
        except AxisError as error:
            self.last_failure = str(error.reason)
        except Exception as error:  # what the store could not take now waits at the axis
            log.warning("listening failed", error=type(error).__name__)
        else:
            self.last_contact = self._clock()

    async def _settle(self, kind: MessageType, row: Row) -> None:
        """One document, and the axis knows what became of it. One that cannot be had holds up no other."""
        try:
            await self._client.mark(row.axis_id, await self._take_in(kind, row))
        except AxisError as error:
            if error.reason in AWAY:
                raise
            self.last_failure = str(error.reason)
            log.warning("not to be had", document=row.axis_id, reason=error.reason.name)

    async def _take_in(self, kind: MessageType, row: Row) -> Mark:
        known = letters.is_heard if kind == "status" else letters.arrival
        if self._store.read(known, row.axis_id):
            return "done"
        try:
            raw = await self._client.fetch(row.axis_id)
        except AxisError as error:
            if error.reason is Failure.TOO_LARGE:
                return "fail"
            raise
        try:
            found = await asyncio.to_thread(read, raw)
            await self._check_sender(found, row)
            await self._hand_over(found.says, raw, row)
        except (DocumentRefused, NotFound) as refusal:
            log.warning("not taken in", document=row.axis_id, reason=refusal.code)
            return "fail"
        return "done"

    async def _check_sender(self, found: Unverified, row: Row) -> None:
        """Nobody has checked who wrote it; who brought it to the axis is the axis's own word."""
        told = AGENCY.fullmatch(row.sender)  # it stands in the journal
        if not told or not await self._is_same(found.says.sender.code, row.sender):
            raise NotFound(what="OrganId")

    async def _hand_over(self, says: Letter | StatusMessage, raw: bytes, row: Row) -> None:
        write = self._store.write
        if isinstance(says, StatusMessage):
            document, receiver = says.answers.document, await self._receiver(says.answers.document, row.sender)
            await write(ACT, corresponding.hear_status, document, receiver, says.status, row.axis_id)
        else:
            await write(ACT, corresponding.take_in, await asyncio.to_thread(self._sealed, says, raw, row))

    def _sealed(self, letter: Letter, raw: bytes, row: Row) -> NewArrival:
        digest = hashlib.sha256(raw).hexdigest()
        told = self._vault.seal(msgspec.json.encode(letter))
        return NewArrival(row.sender, row.axis_id, digest, told, self._vault.seal(raw))

    async def _receiver(self, document: str, sender: str) -> str:
        """The code under which this sender was written to, in whichever generation."""
        letter = self._store.read(letters.by_document, document)
        for code in letter.receivers if letter else ():
            if await self._is_same(code, sender):
                return code
        raise NotFound(what="OrganId")

    async def _is_same(self, one: str, other: str) -> bool:
        if one == other or not one or not other:
            return bool(one) and one == other
        pair = {one, other}
        if any(pair <= codes for codes in _own_aliases(self._store.centre())):
            return True
        if self._agencies is None:
            self._agencies = [frozenset((each.code, each.former_code)) for each in await self._client.agencies()]
        return any(pair <= codes for codes in self._agencies)


def _own_aliases(centre: Centre) -> list[frozenset[str]]:
    return [frozenset((agency.code, *agency.aliases)) for agency in centre.agencies]
