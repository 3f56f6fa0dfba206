"""Tells the portal what happened here: leases messages, sends them, brings the answer home."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from domain.errors import Refused
from domain.keeping import DataGone
from operations import attaching, syncing
from portal import files
from portal.answers import Permanent
from portal.client import Failure, PortalClient, Temporary, Unclear
from portal.files import Fetching
from portal.messages import dossier_record, progress_items
from portal.telling import facts_after, read_story, steps_for
from store import outbox
from store.outbox import PortalMessage
from store.store import Store
from store.vault import Vault
from store.writer import Act

AT_ONCE = 3
LOOK_AGAIN_SECONDS = 2.0
# A dozen calls a second at most: after hours without the portal neither its door nor a kiosk here is run down.
BREATH_SECONDS = 0.25
LOGIN_PAUSE_SECONDS = 60.0  # a refused password tried for every dossier would lock the account
ACT = Act("portal")
log = structlog.get_logger("portal")


class PortalWorker:
    """A few messages at once, never two of one dossier; it rests until woken or until a wait is over."""

    def __init__(
        self, store: Store, vault: Vault, client: PortalClient, clock: Callable[[], datetime],
        fetching: Fetching | None = None,
    ) -> None:  # fmt: skip
        self._store, self._vault, self._client, self._clock = store, vault, client, clock
        self._fetching = fetching or Fetching()
        self._woken = asyncio.Event()
        self._beside: list[Callable[[], Awaitable[None]]] = []
        self.last_contact: datetime | None = None
        self.last_failure: str = ""

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def accompany(self, *others: Callable[[], Awaitable[None]]) -> None:
        """These work with the same client for as long as the worker does; they let no exception out."""
        self._beside += others

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self._client, asyncio.TaskGroup() as group:
            for other in self._beside:
                group.create_task(_of(other))
            for _ in range(AT_ONCE):
                group.create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            if await self.send_next():
                await asyncio.sleep(BREATH_SECONDS)
                continue
            self._woken.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._woken.wait()

    async def send_next(self) -> bool:
        """Send what may go next and note what came of it; False when nothing may go."""
        messages = await self._claim()
        if messages:
            await self._handle(messages)
        return bool(messages)

    async def _claim(self) -> Sequence[PortalMessage]:
        try:
            return (await self._store.write(ACT, syncing.claim_messages)).messages
        except Exception as error:  # a full disk must not end the worker
            log.warning("claim failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return ()

    async def _handle(self, messages: Sequence[PortalMessage]) -> None:
        tell = await self._outcome(messages)
        while True:
            try:
                await tell()
            except Refused as refusal:  # a full disk: what the portal knows must not be forgotten
                log.warning("outcome not written yet", message=messages[0].id, error=refusal.code)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                self._woken.set()
                return

    async def _outcome(self, messages: Sequence[PortalMessage]) -> Callable[[], Awaitable[None]]:
        """Send the messages; gives what is to be recorded of them."""
        write, first, ids = self._store.write, messages[0], [message.id for message in messages]
        try:
            answer = await self.send(messages)
        except Permanent as error:
            # `said` is the portal's own sentence and may quote personal data: it is never kept or logged.
            reason = f"{error.reason}" + (f" [{error.field}]" if error.field else "")
            log.warning("parked", message=first.id, field=error.field)
            taken = error.accepted
            return lambda: write(ACT, syncing.park, ids, reason, taken)
        except Temporary as error:
            self.last_failure = why = str(error.reason)
            if error.reason is Failure.LOGIN_REFUSED:
                await asyncio.sleep(LOGIN_PAUSE_SECONDS)
            tried = first.tried_before or isinstance(error, Unclear)
            jitter, accepted = random.uniform(0.5, 1.5), error.accepted
            return lambda: write(ACT, syncing.postpone, ids, why, jitter, tried=tried, accepted=accepted)
        except Exception as error:
            kind = type(error).__name__
            log.exception("message failed", message=first.id)
            return lambda: write(ACT, syncing.park, ids, kind)
        self.last_contact, self.last_failure = self._clock(), ""
        return lambda: write(ACT, syncing.acknowledge, ids, answer)

    async def send(self, messages: Sequence[PortalMessage]) -> str:
        """Messages of one dossier to the portal; its answer in a word. Raises Temporary, Unclear, Permanent."""
        try:
            return await self._send(messages)
        except DataGone as gone:
            raise Permanent(gone.text) from gone

    async def _send(self, messages: Sequence[PortalMessage]) -> str:
        first = messages[0]
        story = read_story(self._store, self._vault, first.dossier)
        if first.kind == outbox.PROGRESS:
            await self._client.send_progress(progress_items(steps_for(story, messages)))
            return "step"
        entry = await self._client.procedure(story.dossier.procedure)
        facts = facts_after(self._store, self._vault, story, first.step)
        if self._fetching.url:
            await self._store.write(ACT, attaching.issue_links, first.dossier, self._fetching.life)
        facts = self._store.read(files.with_files, self._vault, facts, self._fetching)
        record = dossier_record(facts, entry)
        known = self._store.read(outbox.is_known, first.dossier) or None
        ask_first = first.tried_before or first.kind == outbox.AGAIN
        return str((await self._client.deliver(record, ask_first, known)).value)


async def _of(other: Callable[[], Awaitable[None]]) -> None:
    await other()
