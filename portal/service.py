"""The ways out as configured: starts a worker when its other side is configured, and again when that changes."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from domain.centre_axis import Axis
from domain.centres import Portal
from domain.dossier_events import DossierReceived, DossierStepped
from domain.events import CentreLoaded, PortalResent
from domain.fee_events import FeeAsked, FeeCancelled, FeePaid, FeeRefunded
from domain.file_events import FileAttached, FileRemoved
from domain.letter_events import LetterAnswered, LetterQueued, LetterResent
from domain.portal_events import DossierRetold, PortalResumed
from portal.files import Fetching
from portal.inbox import Inbox
from store import centres
from store.journal import Recorded
from store.store import Store
from store.vault import Vault

if TYPE_CHECKING:
    from portal.catalogue import CatalogueFetcher
    from portal.letter_worker import LetterWorker
    from portal.reconciler import Reconciler
    from portal.worker import PortalWorker


class Worker(Protocol):
    """What a service runs."""

    def wake(self) -> None: ...

    async def run(self) -> None: ...


W = TypeVar("W", bound=Worker)
C = TypeVar("C")


class Service(ABC, Generic[W, C]):
    """Runs beside the server; without its part of the configuration, work waits in the outbox."""

    needs: ClassVar[str]
    tells: ClassVar[tuple[type, ...]]

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], url: str,
                 password_file: Path | None) -> None:  # fmt: skip
        self._store, self._vault, self._now = store, vault, now
        self._url, self._password_file = url, password_file
        self._changed = asyncio.Event()
        self.worker: W | None = None

    @abstractmethod
    def _configured(self) -> C | None:
        """This way's part of the configuration."""

    @abstractmethod
    def _new_worker(self, wanted: C) -> W:
        """Its worker."""

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: perhaps work, perhaps another configuration."""
        if any(isinstance(recorded.event, CentreLoaded) for recorded in events):
            self._changed.set()
        if self.worker is not None and any(isinstance(recorded.event, self.tells) for recorded in events):
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

    def _wanted(self) -> C | None:
        if self._password_file is None or not self._store.read(centres.is_loaded):
            return None
        return self._configured()

    async def _serve(self, wanted: C) -> None:
        # The HTTP client takes half a second to load: the first page must not wait for it.
        await asyncio.to_thread(import_module, self.needs)
        self.worker = self._new_worker(wanted)
        task = asyncio.create_task(self.worker.run())
        try:
            while self._wanted() == wanted:
                self._changed.clear()
                await self._changed.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.worker = None

    def _password(self) -> str:
        return self._password_file.read_text(encoding="utf-8").strip() if self._password_file else ""


class PortalService(Service["PortalWorker", Portal]):
    """Dossiers to the national portal."""

    needs = "portal.worker"
    tells = (
        DossierReceived, DossierStepped, PortalResent, FileAttached, FileRemoved, FeeAsked, FeePaid,
        FeeCancelled, FeeRefunded, PortalResumed, DossierRetold,
    )  # fmt: skip

    def __init__(self, *args: Any, fetching: Fetching | None = None, reconcile_hour: int = 2) -> None:
        """`fetching`: by which addresses the portal fetches files; without it none are named. `reconcile_hour`: of
        the night, at which both books are compared.
        """
        super().__init__(*args)
        self._fetching, self._reconcile_hour = fetching, reconcile_hour
        self.reconciler: Reconciler | None = None
        self.fetcher: CatalogueFetcher | None = None

    def ask_reconciliation(self) -> bool:
        """Compare both books soon; False when there is no portal to ask."""
        if self.worker is None or self.reconciler is None:
            return False
        self.reconciler.ask()
        return True

    def ask_catalogue(self) -> bool:
        """Fetch the portal's catalogue soon; False when there is no portal to ask."""
        if self.worker is None or self.fetcher is None:
            return False
        self.fetcher.ask()
        return True

    def _configured(self) -> Portal | None:
        return self._store.centre().portal

    def _new_worker(self, wanted: Portal) -> "PortalWorker":
        from portal.catalogue import CatalogueFetcher
        from portal.client import PortalClient, Profile
        from portal.reconciler import Reconciler
        from portal.worker import PortalWorker

        profile = Profile(
            adapter_url=self._url or wanted.adapter_url,
            auth_endpoint=wanted.auth_endpoint,
            integration_endpoint=wanted.integration_endpoint,
            dstcode=wanted.dstcode,
            madonvi=wanted.madonvi,
            username=wanted.username,
        )
        client = PortalClient(profile, self._password())
        worker = PortalWorker(self._store, self._vault, client, self._now, self._fetching)
        self.reconciler = Reconciler(self._store, client, self._now, self._reconcile_hour)
        self.fetcher = CatalogueFetcher(self._store, client, self._now)
        worker.accompany(self.reconciler.run, self.fetcher.run)
        return worker


class LetterService(Service["LetterWorker", Axis]):
    """Letters to other agencies, by the document exchange axis."""

    needs = "portal.letter_worker"
    tells = (LetterQueued, LetterResent, LetterAnswered)

    def _configured(self) -> Axis | None:
        return self._store.centre().axis

    def _new_worker(self, wanted: Axis) -> "LetterWorker":
        from portal.axis import AxisClient, Profile
        from portal.letter_worker import LetterWorker

        profile = Profile(self._url or wanted.address, wanted.system_id)
        return LetterWorker(self._store, self._vault, AxisClient(profile, self._password()), self._now)


class PollService:
    """Dossiers from a system that cannot push; without an address it rests."""

    def __init__(self, store: Store, inbox: Inbox, now: Callable[[], datetime], url: str,
                 token_file: Path | None) -> None:  # fmt: skip
        self._store, self._inbox, self._now, self._url, self._token_file = store, inbox, now, url, token_file

    async def run(self) -> None:
        """Serve until cancelled."""
        if not self._url:
            return
        await asyncio.to_thread(import_module, "portal.poller")
        from portal.poller import Poller

        await Poller(self._store, self._inbox, self._now, self._url, self._token_file).run()
