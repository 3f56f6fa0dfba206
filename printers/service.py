"""All printers of the centre: starts a worker each, and again when the configuration changes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from domain.events import CentreLoaded, DossierReceived, SlipReprinted
from domain.queue_events import TicketIssued
from operations import printing
from printers.papers import Papers, Translator
from printers.worker import Health, PrinterWorker
from store import centres
from store.journal import Recorded
from store.store import Store
from store.vault import Vault
from store.writer import Act

LOAD_AFTER_SECONDS = 0.3
LOOK_SECONDS = 4.0
ASKS_FOR_PAPER = (TicketIssued, SlipReprinted, DossierReceived)


class PrinterService:
    """Runs beside the server; the server answers its first page before the drawing is loaded."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], follow_url: str,
                 addresses: Mapping[str, str], translator: Translator, data: Path,
                 practice: bool = False) -> None:  # fmt: skip
        self._store, self._now, self._addresses = store, now, addresses
        self._papers = Papers(store, vault, follow_url, translator, data / "escpos", practice)
        self._workers: dict[str, PrinterWorker] = {}
        self._changed = asyncio.Event()

    @property
    def health(self) -> dict[str, Health]:
        """What is known of each printer."""
        return {name: worker.health for name, worker in self._workers.items()}

    async def look(self) -> None:
        """Ask every printer how it is, all at once; `health` tells the answers. An unplugged one costs seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await asyncio.gather(*(worker.look() for worker in self._workers.values()))

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: perhaps a slip, perhaps another configuration."""
        if any(isinstance(recorded.event, CentreLoaded) for recorded in events):
            self._changed.set()
        if any(isinstance(recorded.event, ASKS_FOR_PAPER) for recorded in events):
            for worker in self._workers.values():
                worker.wake()

    async def run(self) -> None:
        """Serve until cancelled. What had begun to print before the start is unknown now."""
        await self._store.write(Act("printers"), printing.recover_slips)
        await asyncio.sleep(LOAD_AFTER_SECONDS)
        await asyncio.to_thread(self._papers.load)
        while True:
            wanted = self._wanted()
            if not wanted:
                self._changed.clear()
                await self._changed.wait()
                continue
            await self._serve(wanted)

    def _wanted(self) -> dict[str, tuple[str, int]]:
        if not self._store.read(centres.is_loaded):
            return {}
        printers = self._store.centre().printers
        return {p.id: (self._addresses.get(p.id, p.address), p.width) for p in printers}

    async def _serve(self, wanted: dict[str, tuple[str, int]]) -> None:
        self._workers = {
            name: PrinterWorker(self._store, self._papers, name, address, width, self._now)
            for name, (address, width) in wanted.items()
        }
        tasks = [asyncio.create_task(worker.run()) for worker in self._workers.values()]
        try:
            while self._wanted() == wanted:
                self._changed.clear()
                await self._changed.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
