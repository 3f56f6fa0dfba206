"""The way to the portal as configured: starts the worker when there is a portal, and again when that changes."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from domain.centres import Portal
from domain.dossier_events import DossierReceived, DossierStepped
from domain.events import CentreLoaded, PortalResent
from domain.file_events import FileAttached, FileRemoved
from portal.files import Fetching
from store import centres
from store.journal import Recorded
from store.store import Store
from store.vault import Vault

if TYPE_CHECKING:
    from portal.worker import PortalWorker

TELLS_THE_PORTAL = (DossierReceived, DossierStepped, PortalResent, FileAttached, FileRemoved)


class PortalService:
    """Runs beside the server; without a portal in the configuration messages wait in the outbox."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], url: str,
                 password_file: Path | None, fetching: Fetching | None = None) -> None:  # fmt: skip
        self._store, self._vault, self._now = store, vault, now
        self._url, self._password_file = url, password_file
        self._fetching = fetching
        self._changed = asyncio.Event()
        self.worker: PortalWorker | None = None

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: perhaps a message, perhaps another configuration."""
        if any(isinstance(recorded.event, CentreLoaded) for recorded in events):
            self._changed.set()
        if self.worker is not None and any(isinstance(recorded.event, TELLS_THE_PORTAL) for recorded in events):
            self.worker.wake()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            wanted = self._wanted()
            if wanted is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._serve(wanted)

    def _wanted(self) -> Portal | None:
        if self._password_file is None or not self._store.read(centres.is_loaded):
            return None
        return self._store.centre().portal

    async def _serve(self, portal: Portal) -> None:
        # The HTTP client takes half a second to load: the first page must not wait for it.
        await asyncio.to_thread(import_module, "portal.worker")
        self.worker = self._new_worker(portal)
        task = asyncio.create_task(self.worker.run())
        try:
            while self._wanted() == portal:
                self._changed.clear()
                await self._changed.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.worker = None

    def _new_worker(self, portal: Portal) -> "PortalWorker":
        from portal.client import PortalClient, Profile
        from portal.worker import PortalWorker

        profile = Profile(
            adapter_url=self._url or portal.adapter_url,
            auth_endpoint=portal.auth_endpoint,
            integration_endpoint=portal.integration_endpoint,
            dstcode=portal.dstcode,
            madonvi=portal.madonvi,
            username=portal.username,
        )
        return PortalWorker(
            self._store, self._vault, PortalClient(profile, self._password()), self._now, self._fetching
        )

    def _password(self) -> str:
        return self._password_file.read_text(encoding="utf-8").strip() if self._password_file else ""
