"""One worker a printer: leases a slip, draws it, sends it, and says only what the printer has proved."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from domain.errors import Refused
from operations import printing
from printers import devices
from printers.devices import Connection, Stopped, Unreachable
from printers.papers import Papers
from printers.status import Trouble, is_near_end, trouble
from store.jobs import PrintJob
from store.store import Store
from store.writer import Act

PROOF_SECONDS = 8.0
LAST_WORD_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 2.0
log = structlog.get_logger("printers")


@dataclass(slots=True)
class Health:
    """What is known of a printer: its trouble in words, whether it answers, when it last proved a slip.

    `looked`: when somebody last asked how it is, without printing.
    """

    trouble: str = ""
    answers: bool | None = None
    near_end: bool = False
    last_proof: datetime | None = None
    looked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended; state '' gives the slip back, for no byte of it was written."""

    state: str
    note: str = ""


class PrinterWorker:
    """Owns one printer. Nothing else opens it."""

    def __init__(self, store: Store, papers: Papers, name: str, address: str, width: int,
                 now: Callable[[], datetime]) -> None:  # fmt: skip
        self._store, self._papers, self._now = store, papers, now
        self.name, self.address, self.width = name, address, width
        self.health = Health()
        self._act = Act(f"printer:{name}")
        self._woken = asyncio.Event()
        self._own = asyncio.Lock()  # a printer takes one connection at a time
        self._must_resync = True  # nobody knows what lies in the printer when we start

    def wake(self) -> None:
        """There may be a slip to print."""
        self._woken.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            self._woken.clear()
            job = await self._claim()
            if job is not None:
                async with self._own:
                    await self._handle(job)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):  # wait_for may swallow a cancellation (3.11)
                    await self._woken.wait()

    async def look(self) -> None:
        """Ask the printer how it is, between two slips; `health` tells what it said."""
        async with self._own:
            self.health.trouble = await self._look()
            self.health.looked = self._now()

    async def _look(self) -> str:
        try:
            line = await devices.connect(self.address)
        except Unreachable:
            return Trouble.REFUSED
        try:
            return trouble(await self._status(line)) or ""
        except Stopped as stopped:
            return stopped.trouble
        finally:
            await line.close()

    async def _status(self, line: Connection) -> dict[int, int]:
        if self._must_resync:  # before any question: half a picture in the printer would swallow it
            await line.write(self._papers.resync)
        answers = await line.ask_status()
        self.health.answers, self.health.near_end = bool(answers), is_near_end(answers)
        return answers

    async def _claim(self) -> PrintJob | None:
        try:
            return (await self._store.write(self._act, printing.claim_slip, self.name)).job
        except Exception as error:  # a full disk must not end the worker
            log.warning("claim failed", printer=self.name, error=type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return None

    async def _handle(self, job: PrintJob) -> None:
        try:
            outcome = await self._print(job)
        except Exception as error:
            log.exception("slip failed", printer=self.name, job=job.id)
            self._must_resync = True
            outcome = Outcome("unknown", type(error).__name__)
        self.health.trouble = outcome.note
        while True:
            if await self._tell(job, outcome):
                break
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if not outcome.state:  # the printer is in trouble, not the slip: the others would fare no better
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _tell(self, job: PrintJob, outcome: Outcome) -> bool:
        """Record the outcome; False when the disk has no room now. What came out on paper must not be forgotten."""
        try:
            if outcome.state:
                await self._store.write(self._act, printing.end_slip, job.id, outcome.state, outcome.note)
            else:
                await self._store.write(self._act, printing.give_back_slip, job.id, outcome.note)
        except Refused as refusal:
            log.warning("outcome not written yet", printer=self.name, job=job.id, error=refusal.code)
            return False
        return True

    async def _print(self, job: PrintJob) -> Outcome:
        try:
            line = await devices.connect(self.address)
        except Unreachable:
            return Outcome("", Trouble.REFUSED)
        try:
            paper = await asyncio.to_thread(self._papers.job, job, self.width)
            return await self._talk(line, job, paper.chunks, paper.confirm_id)
        finally:
            await line.close()

    async def _talk(self, line: Connection, job: PrintJob, chunks: tuple[bytes, ...], proof: bytes) -> Outcome:
        try:
            answers = await self._status(line)
        except Stopped as stopped:
            return Outcome("", stopped.trouble)
        wrong = trouble(answers)
        if wrong is not None:
            return Outcome("", wrong)
        await self._store.write(self._act, printing.start_slip, job.id)
        try:
            for chunk in chunks:
                await line.write(chunk)
            return await self._proof(line, proof, answers)
        except Stopped as stopped:
            self._must_resync = True
            return Outcome("unknown", stopped.trouble)

    async def _proof(self, line: Connection, proof: bytes, answers: dict[int, int]) -> Outcome:
        """Wait for the printer's word that the paper is out. One that never answers ends in 'sent'."""
        self._must_resync = False
        if not answers:
            return Outcome("sent")
        if await self._hears(line, lambda: proof in line.replies.printed, PROOF_SECONDS):
            self.health.last_proof = self._now()
            return Outcome("confirmed")
        line.replies.others.clear()
        await line.write(b"\x1dr\x01")
        consumed = await self._hears(line, lambda: bool(line.replies.others), LAST_WORD_SECONDS)
        after = await line.ask_status()
        if consumed and after and trouble(after) is None:
            self.health.last_proof = self._now()
            return Outcome("confirmed", "")
        self._must_resync = True
        return Outcome("unknown", trouble(after) or Trouble.NO_PROOF)

    async def _hears(self, line: Connection, told: Callable[[], bool], seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not told():
            left = end - loop.time()
            if left <= 0:
                return False
            await line.replies.news(left)
        return True
