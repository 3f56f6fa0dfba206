"""The ways to and from the portal as configured: starts who works on them, and again when that changes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from domain.centres import Portal
from domain.dossier_events import DossierReceived, DossierStepped
from domain.events import CentreLoaded, PortalResent
from domain.portal_events import DossierRetold, PortalResumed
from portal.inbox import Inbox
from store import centres
from store.journal import Recorded
from store.store import Store
from store.vault import Vault

if TYPE_CHECKING:
    from portal.catalogue import CatalogueFetcher
    from portal.client import PortalClient
    from portal.reconciler import Reconciler
    from portal.worker import PortalWorker

TELLS_THE_PORTAL = (DossierReceived, DossierStepped, PortalResent, PortalResumed, DossierRetold)


@dataclass(frozen=True, slots=True)
class Ways:
    """What the operator set: the portal's address instead of the configuration's, files with secrets, a system to
    poll (empty: none), and the hour of the nightly comparison.
    """

    url: str = ""
    password_file: Path | None = None
    poll_url: str = ""
    poll_token_file: Path | None = None
    reconcile_hour: int = 2


class PortalService:
    """Runs beside the server; without a portal in the configuration messages wait in the outbox."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], ways: Ways, inbox: Inbox) -> None:
        self._store, self._vault, self._now, self._ways, self._inbox = store, vault, now, ways, inbox
        self._changed = asyncio.Event()
        self.worker: PortalWorker | None = None
        self.reconciler: Reconciler | None = None
        self.fetcher: CatalogueFetcher | None = None

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: perhaps a message, perhaps another configuration."""
        if any(isinstance(recorded.event, CentreLoaded) for recorded in events):
            self._changed.set()
        if self.worker is not None and any(isinstance(recorded.event, TELLS_THE_PORTAL) for recorded in events):
            self.worker.wake()

    def ask_reconciliation(self) -> bool:
        """Compare both books soon; False when there is no portal to ask."""
        if self.reconciler is not None:
            self.reconciler.ask()
        return self.reconciler is not None

    def ask_catalogue(self) -> bool:
        """Fetch the portal's catalogue soon; False when there is no portal to ask."""
        if self.fetcher is not None:
            self.fetcher.ask()
        return self.fetcher is not None

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell())
            if self._ways.poll_url:
                group.create_task(self._poll())

    async def _tell(self) -> None:
        while True:
            wanted = self._wanted()
            if wanted is None:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._serve(wanted)

    async def _poll(self) -> None:
        await asyncio.to_thread(import_module, "portal.poller")
        from portal.poller import Poller

        poller = Poller(self._store, self._inbox, self._now, self._ways.poll_url, self._ways.poll_token_file)
        await poller.run()

    def _wanted(self) -> Portal | None:
        if self._ways.password_file is None or not self._store.read(centres.is_loaded):
            return None
        return self._store.centre().portal

    async def _serve(self, portal: Portal) -> None:
        # The HTTP client takes half a second to load: the first page must not wait for it.
        await asyncio.to_thread(import_module, "portal.worker")
        self._furnish(self._new_client(portal))
        assert self.worker is not None
        task = asyncio.create_task(self.worker.run())
        try:
            while self._wanted() == portal:
                self._changed.clear()
                await self._changed.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.worker = self.reconciler = self.fetcher = None

    def _furnish(self, client: "PortalClient") -> None:
        """The worker and those beside it: one client, one sign-in."""
        from portal.catalogue import CatalogueFetcher
        from portal.reconciler import Reconciler
        from portal.worker import PortalWorker

        self.worker = PortalWorker(self._store, self._vault, client, self._now)
        self.reconciler = Reconciler(self._store, client, self._now, self._ways.reconcile_hour)
        self.fetcher = CatalogueFetcher(self._store, client, self._now)
        self.worker.accompany(self.reconciler.run, self.fetcher.run)

    def _new_client(self, portal: Portal) -> "PortalClient":
        from portal.client import PortalClient, Profile

        profile = Profile(
            adapter_url=self._ways.url or portal.adapter_url,
            auth_endpoint=portal.auth_endpoint,
            integration_endpoint=portal.integration_endpoint,
            dstcode=portal.dstcode,
            madonvi=portal.madonvi,
            username=portal.username,
        )
        file = self._ways.password_file
        return PortalClient(profile, file.read_text(encoding="utf-8").strip() if file else "")
