"""One worker a printer: leases a slip, draws it, sends it, and says only what the printer has proved."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from domain.errors import Refused
from domain.papers import Abilities, SlipState
from operations import printing
from printers import devices
from printers.conversations import Conversation, Ended
from printers.devices import Connection, Stopped, Unreachable
from printers.papers import Paper, Papers, confirm_id
from printers.status import REMEDIES, Trouble
from store import jobs
from store import printers as remembered
from store.jobs import TEST_PAGE, PrintJob
from store.store import Store
from store.writer import Act

LOOK_AGAIN_SECONDS = 2.0
LOOK_ROUND_SECONDS = 30.0
TROUBLED_SECONDS = 8.0
KEEP_SECONDS = 20.0
# After any other reason the slip may have come out in pieces, whatever the printer says of it later.
LATE_PROOF_COUNTS = (Trouble.NO_PROOF, Trouble.SILENT, Trouble.LOST, Trouble.HOT)
Connect = Callable[[str], Awaitable[Connection]]
log = structlog.get_logger("printers")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a printer is, how wide it prints in dots, and who prints instead while it cannot."""

    name: str
    address: str
    width: int
    fallback: str | None = None


@dataclass(slots=True)
class Health:
    """What is known of a printer: its trouble in words, whether it answers, when it last proved a slip.

    `looked`: when somebody last asked how it is, without printing. `job`: the slip that it has now, and how many
    of its pieces have been handed over. `mishap`: why the slip before ended badly, until one ends well.
    """

    trouble: str = ""
    answers: bool | None = None
    near_end: bool = False
    last_proof: datetime | None = None
    looked: datetime | None = None
    job: int | None = None
    pieces: int = 0
    total: int = 0
    mishap: str = ""

    @property
    def remedy(self) -> str:
        """What to do about its trouble, else about the mishap; empty when nobody can say."""
        return next((words for trouble, words in REMEDIES.items() if trouble == (self.trouble or self.mishap)), "")


class PrinterWorker:
    """Owns one printer. Nothing else opens it."""

    def __init__(
        self, store: Store, papers: Papers, place: Place, now: Callable[[], datetime],
        is_well: Callable[[str], bool] = lambda _: False, connect: Connect = devices.connect,
    ) -> None:  # fmt: skip
        self._store, self._papers, self._now = store, papers, now
        self.place, self._is_well, self._connect = place, is_well, connect
        self.health = Health()
        self._act = Act(f"printer:{place.name}")
        self._lease_name = secrets.token_hex(8)
        self._woken = asyncio.Event()
        self._own = asyncio.Lock()  # a printer takes one connection at a time
        self._is_retiring = False
        self._conversation = Conversation(papers)

    def wake(self) -> None:
        """There may be a slip to print."""
        self._woken.set()

    def retire(self) -> None:
        """End when the slip at hand has come to its end."""
        self._is_retiring = True
        self._woken.set()

    async def run(self) -> None:
        """Serve until retired or cancelled."""
        while not self._is_retiring:
            self._woken.clear()
            try:
                await self._turn()
            except Exception as error:  # whatever it was, the next slip must not wait for a person
                log.exception("worker stumbled", printer=self.place.name, error=type(error).__name__)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _turn(self) -> None:
        claim = await self._claim()
        if claim.job is not None:
            async with self._own:
                pause = await self._handle(claim.job, claim.epoch)
            await asyncio.sleep(pause)  # free to be looked at meanwhile
        elif not await self._look_round():
            await self._rest(LOOK_AGAIN_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation (3.11)
                await self._woken.wait()

    async def _look_round(self) -> bool:
        """Ask an idle printer now and then, sooner while it is in trouble; whether it was asked."""
        pause = TROUBLED_SECONDS if self.health.trouble else LOOK_ROUND_SECONDS
        seen = self.health.looked
        if seen is not None and abs((self._now() - seen).total_seconds()) < pause:
            return False
        try:
            await self.look()
        except Exception as error:  # of whatever library speaks to the device
            log.warning("look failed", printer=self.place.name, error=type(error).__name__)
            self.health.looked = self._now()
        return True

    async def look(self) -> None:
        """Ask the printer how it is, between two slips; `health` tells what it said."""
        async with self._own:
            if not self._is_held():
                self.health.trouble = await self._look()
            self.health.looked = self._now()

    def _is_held(self) -> bool:
        holder = self._store.read(jobs.holder_of, self.place.name, int(self._now().timestamp() * 1000))
        return holder not in ("", self._lease_name)

    async def _look(self) -> str:
        try:
            line = await self._connect(self.place.address)
        except Unreachable as error:
            return error.trouble
        try:
            wrong = await self._ask(line)
            return wrong or ""
        except Stopped as stopped:
            return stopped.trouble
        finally:
            await line.close()

    async def _ask(self, line: Connection) -> Trouble | None:
        """What keeps it from printing; with all that its answers teach us."""
        known = self._known()
        asked = await self._conversation.ask(line, known)
        self.health.answers, self.health.near_end = bool(asked.answers), asked.near_end
        if asked.answers and not asked.trouble and self.health.trouble == Trouble.PAPER_OUT:
            await self._tell(printing.change_roll, self.place.name)
        await self._learn(known)
        await self._hear_late_proofs(line)
        return asked.trouble

    def _known(self) -> Abilities:
        return self._store.read(remembered.past, self.place.name).abilities

    async def _learn(self, known: Abilities) -> None:
        fresh = self._conversation.heard - known.answers
        if fresh:
            await self._tell(printing.learn, self.place.name, sorted(fresh))

    async def _hear_late_proofs(self, line: Connection) -> None:
        """What the printer says of slips that we had given up."""
        if not line.replies.printed:
            return
        for job in self._store.read(jobs.unproved_slips, self.place.name, LATE_PROOF_COUNTS):
            if confirm_id(job) in line.replies.printed:
                await self._tell(printing.confirm_late, job)
        line.replies.printed.clear()

    async def _tell(self, operation: Callable[..., object], *arguments: object) -> bool:
        """Write; False when the file takes nothing now."""
        try:
            await self._store.write(self._act, operation, *arguments)
        except Refused as refusal:
            log.warning("not written", printer=self.place.name, what=operation.__name__, error=refusal.code)
            return False
        return True

    async def _claim(self) -> printing.Claim:
        try:
            return await self._store.write(self._act, printing.claim_slip, self.place.name, self._lease_name)
        except Exception as error:  # a full disk must not end the worker
            log.warning("claim failed", printer=self.place.name, error=type(error).__name__)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return printing.Claim(None)

    async def _handle(self, job: PrintJob, epoch: int) -> float:
        """Print one slip; for how many seconds to leave the printer alone then."""
        self.health.job = job.id
        outcome = await self._print(job, epoch)
        self.health.job, self.health.pieces, self.health.total = None, 0, 0
        if outcome.note != Trouble.NOT_DRAWN:
            self.health.trouble = outcome.note
        if outcome.state != SlipState.FAILED:
            self.health.mishap = outcome.note
        if outcome.state == SlipState.FAILED:
            return await self._put_off(job, epoch, outcome)
        if outcome.state == SlipState.CONFIRMED:
            self.health.last_proof = self._now()
        await self._end(job, outcome)
        return 0

    async def _end(self, job: PrintJob, outcome: Ended) -> None:
        """Record how it ended, however long the disk has no room: what is on paper must not be forgotten."""
        sending = outcome.sending(job.tries + 1)
        words = (outcome.state, outcome.note, outcome.grade, sending, self._lease_name)
        while True:
            if await self._tell(printing.end_slip, job.id, *words):
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _put_off(self, job: PrintJob, epoch: int, outcome: Ended) -> float:
        """No byte of it left: another printer takes it, or it is tried again after so many seconds."""
        if await self._passes_on(job, outcome.note):
            return 0
        await self._tell(printing.give_back_slip, job.id, outcome.note, epoch, self._lease_name)
        if outcome.note == Trouble.NOT_DRAWN:  # the slip's own fault: the others fare better
            return 0
        return printing.back_off(job.tries + 1).total_seconds()

    async def _passes_on(self, job: PrintJob, note: str) -> bool:
        other = self.place.fallback
        if not other or job.kind == TEST_PAGE or note in (Trouble.NOT_DRAWN, Trouble.NOT_WRITTEN):
            return False
        if not self._is_well(other):
            return False
        return await self._tell(printing.move_slip, job.id, other, note, self._lease_name)

    async def _print(self, job: PrintJob, epoch: int) -> Ended:
        try:
            paper = await asyncio.to_thread(self._papers.job, job, self.place.width)
        except Exception as error:  # a mistake in one slip must not hold up the others
            log.exception("slip not drawn", printer=self.place.name, job=job.id, error=type(error).__name__)
            return Ended(SlipState.FAILED, Trouble.NOT_DRAWN)
        try:
            line = await self._connect(self.place.address)
        except Unreachable as error:
            return Ended(SlipState.FAILED, error.trouble)
        try:
            return await self._talk(line, job, paper, epoch)
        finally:
            await line.close()

    async def _talk(self, line: Connection, job: PrintJob, paper: Paper, epoch: int) -> Ended:
        known = self._known()
        try:
            wrong = await self._ask(line)
        except Stopped as stopped:
            return Ended(SlipState.FAILED, stopped.trouble)
        if wrong is not None:
            return Ended(SlipState.FAILED, wrong)
        if not await self._tell(printing.start_slip, job.id, epoch):
            return Ended(SlipState.FAILED, Trouble.NOT_WRITTEN)
        try:
            ended = await self._conversation.send(line, paper, known, str(job.id), self._keep(job, epoch))
        except Exception as error:  # of whatever library speaks to the device: bytes may have left
            log.exception("slip failed", printer=self.place.name, job=job.id, error=type(error).__name__)
            self._conversation.break_off()
            ended = Ended(SlipState.UNKNOWN, Trouble.LOST, paper=paper)
        await self._learn(known)
        return ended

    def _keep(self, job: PrintJob, epoch: int) -> Callable[[int, int], Awaitable[None]]:
        """Called with each piece handed over: counts them, and holds the lease while a slow line takes its time."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()

        async def keep(pieces: int, total: int) -> None:
            nonlocal renewed
            self.health.pieces, self.health.total = pieces, total
            if loop.time() - renewed > KEEP_SECONDS:
                renewed = loop.time()
                await self._tell(printing.keep_slip, job.id, epoch, self._lease_name)

        return keep
