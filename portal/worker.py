"""Tells the portal what happened here: leases messages, sends them, brings the answer home."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from domain.applicants import from_bytes
from domain.centres import Centre
from domain.errors import Refused
from operations import attaching, syncing
from operations.intake import find_placement
from portal import files
from portal.client import Failure, PortalClient, Temporary, Unclear
from portal.files import Fetching
from portal.messages import DossierFacts, Permanent, Step, dossier_record, progress_items
from store import dossiers, people
from store.dossiers import Dossier
from store.jobs import PortalMessage
from store.store import Store
from store.vault import Vault
from store.writer import Act

AT_ONCE = 3
LOOK_AGAIN_SECONDS = 2.0
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
        self.last_contact: datetime | None = None
        self.last_failure: str = ""

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self._client, asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            message = await self._claim()
            if message is None:
                self._woken.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                        await self._woken.wait()
                continue
            await self._handle(message)

    async def _claim(self) -> PortalMessage | None:
        try:
            return (await self._store.write(ACT, syncing.claim_message)).message
        except Exception as error:  # a full disk must not end the worker
            log.warning("claim failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return None

    async def _handle(self, message: PortalMessage) -> None:
        tell = await self._outcome(message)
        while True:
            try:
                await tell()
            except Refused as refusal:  # a full disk: what the portal knows must not be forgotten
                log.warning("outcome not written yet", message=message.id, error=refusal.code)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                self._woken.set()
                return

    async def _outcome(self, message: PortalMessage) -> Callable[[], Awaitable[None]]:
        """Send the message; gives what is to be recorded of it."""
        write = self._store.write
        try:
            answer = await self.send(message)
        except Permanent as error:
            # `said` is the portal's own sentence and may quote personal data: it is never kept or logged.
            reason = f"{error.reason}" + (f" [{error.field}]" if error.field else "")
            log.warning("parked", message=message.id, field=error.field)
            return lambda: write(ACT, syncing.park, message.id, reason)
        except Temporary as error:
            self.last_failure = why = str(error.reason)
            if error.reason is Failure.LOGIN_REFUSED:
                await asyncio.sleep(LOGIN_PAUSE_SECONDS)
            tried = message.tried_before or isinstance(error, Unclear)
            jitter = random.uniform(0.5, 1.5)
            return lambda: write(ACT, syncing.postpone, message.id, why, jitter, tried=tried)
        except Exception as error:
            kind = type(error).__name__
            log.exception("message failed", message=message.id)
            return lambda: write(ACT, syncing.park, message.id, kind)
        self.last_contact, self.last_failure = self._clock(), ""
        return lambda: write(ACT, syncing.acknowledge, message.id, answer)

    async def send(self, message: PortalMessage) -> str:
        """One message to the portal; gives its answer in a word. Raises Temporary, Unclear, Permanent."""
        dossier = self._store.read(dossiers.find, message.dossier)
        if dossier is None:
            raise Permanent("dossier missing", "MaHoSo")
        centre = self._store.centre()
        if message.kind == "progress":
            await self._client.send_progress(progress_items([self._step(centre, dossier, message)]))
            return "step"
        entry = await self._client.procedure(dossier.procedure)
        if self._fetching.url:
            await self._store.write(ACT, attaching.issue_links, dossier.code, self._fetching.life)
        facts = self._store.read(files.with_files, self._vault, self._facts(centre, dossier), self._fetching)
        record = dossier_record(facts, entry)
        return str((await self._client.deliver(record, message.tried_before)).value)

    def _facts(self, centre: Centre, dossier: Dossier) -> DossierFacts:
        sealed = self._store.read(dossiers.sealed_particulars, dossier.particulars)
        told = from_bytes(self._vault.unseal(sealed))
        owner = told.owner
        facts = dossier.facts
        return DossierFacts(
            code=dossier.code, procedure_code=dossier.procedure, channel=facts["channel"],
            owner_kind=facts["owner_kind"], owner_name=owner.name, identity_kind=owner.identity_kind,
            identity_number=owner.identity, email="", phone=owner.phone,
            summary=told.summary or _short_title(centre, dossier.procedure),
            submitted_at=dossier.received_at, received_at=dossier.received_at, due_at=dossier.due,
            status=dossier.status, delivery=facts["delivery"], unit_name=_unit(centre, dossier.procedure),
            digitised=False, vneid_verified=False, online_payment=0, note="", finished_at=None, returned_at=None,
            return_note="", refused_at=None, documents=(), fees=(),
        )  # fmt: skip

    def _step(self, centre: Centre, dossier: Dossier, message: PortalMessage) -> Step:
        officer = self._store.read(people.by_id, dossier.person)
        return Step(
            dossier_code=dossier.code, step_id=str(message.id), officer=officer.name if officer else dossier.person,
            office_title="Công chức tiếp nhận", at=dossier.received_at, unit=centre.name.vi,
            content="Tiếp nhận hồ sơ", status=dossier.status, started_at=dossier.received_at, due_at=dossier.due,
        )  # fmt: skip


def _unit(centre: Centre, procedure: str) -> str:
    queue = next((q for q in centre.queues if q.id == find_placement(centre, procedure).queue), None)
    agency = next((a for a in centre.agencies if queue and a.id == queue.agency), None)
    return agency.name.vi if agency else centre.name.vi


def _short_title(centre: Centre, procedure: str) -> str:
    return find_placement(centre, procedure).short_title or procedure
