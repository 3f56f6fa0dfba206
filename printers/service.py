"""All printers of the centre: starts a worker each, and again when the configuration changes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from domain.centres import Printer
from domain.dossier_events import DossierReceived, ReceiptReprinted
from domain.errors import Refused
from domain.events import (
    CentreLoaded,
    SlipMoved,
    SlipReprinted,
    TestPageAsked,
)
from domain.queue_events import TicketIssued
from operations import printing
from printers import devices
from printers.drawings import Drawings
from printers.papers import Papers, Translator
from printers.worker import Connect, Health, Place, PrinterWorker
from store import centres
from store.journal import Recorded
from store.store import Store
from store.vault import Vault
from store.writer import Act

LOAD_AFTER_SECONDS = 0.3
LOOK_SECONDS = 4.0
ASKS_FOR_PAPER = (TicketIssued, SlipReprinted, DossierReceived, ReceiptReprinted, SlipMoved, TestPageAsked)


class PrinterService:
    """Runs beside the server; the server answers its first page before the drawing is loaded."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime], follow_url: str,
                 addresses: Mapping[str, str], translator: Translator, data: Path,
                 practice: bool = False, connect: Connect = devices.connect) -> None:  # fmt: skip
        self._store, self._now, self._addresses, self._connect = store, now, addresses, connect
        self._papers = Papers(store, vault, follow_url, translator, data / "escpos", practice)
        self.drawings = Drawings(follow_url, translator)
        self._workers: dict[str, PrinterWorker] = {}
        self._tasks: set[asyncio.Task[None]] = set()
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
        try:
            while True:
                self._changed.clear()
                await self._rearrange()
                await self._changed.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _wanted(self) -> dict[str, Place]:
        if not self._store.read(centres.is_loaded):
            return {}
        return {printer.id: self._place(printer) for printer in self._store.centre().printers}

    def _place(self, printer: Printer) -> Place:
        address = self._addresses.get(printer.id, printer.address)
        return Place(printer.id, address, printer.width, printer.fallback)

    async def _rearrange(self) -> None:
        """A worker for each printer as it is configured now; one that is no more ends its slip first."""
        wanted = self._wanted()
        for name, worker in list(self._workers.items()):
            if wanted.get(name) != worker.place:
                self._workers.pop(name).retire()
        for name, place in wanted.items():
            if name not in self._workers:
                self._employ(place)
        if wanted:
            with suppress(Refused):  # a full disk: at the next change
                await self._store.write(Act("printers"), printing.end_orphans, sorted(wanted))

    def _employ(self, place: Place) -> None:
        worker = PrinterWorker(self._store, self._papers, place, self._now, self._is_well, self._connect)
        self._workers[place.name] = worker
        task = asyncio.create_task(worker.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _is_well(self, printer: str) -> bool:
        worker = self._workers.get(printer)
        return worker is not None and not worker.health.trouble
