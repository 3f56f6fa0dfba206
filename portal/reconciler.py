"""Compares our book with the portal's: each night at the centre's hour, and when somebody asks for it."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from domain.days import local
from operations import reconciling
from operations.reconciling import Seen
from portal.client import Known, PortalClient, PortalError, Temporary
from store import differences, portal_gates
from store.differences import Candidate
from store.store import Store
from store.writer import Act

ACT = Act("portal")
SPACING_SECONDS = 0.4  # the portal's public pages want 350 to 700 ms between two questions (portal.md 6)
LOOK_AT_CLOCK_SECONDS = 30.0
GIVE_UP_AFTER = 3
NEVER = -1
log = structlog.get_logger("portal")


class Reconciler:
    """One question at a time, spaced; it ends early when the portal does not answer three times in a row."""

    def __init__(self, store: Store, client: PortalClient, clock: Callable[[], datetime], hour: int,
                 spacing: float = SPACING_SECONDS) -> None:  # fmt: skip
        self._store, self._client, self._clock, self._hour, self._spacing = store, client, clock, hour, spacing
        self._asked = asyncio.Event()
        self.is_running = False

    def ask(self) -> None:
        """Compare as soon as possible."""
        self._asked.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AT_CLOCK_SECONDS):
                    await self._asked.wait()
            try:
                if self._asked.is_set() or self.is_due():
                    self._asked.clear()
                    await self.compare()
            except Exception as error:  # a full disk must not end it, nor the worker beside it
                log.warning("reconciliation failed", error=type(error).__name__)

    def is_due(self) -> bool:
        """Whether it is the hour of the night and tonight's comparison has not been made."""
        here, last = local(self._clock()), self._store.read(differences.last)
        return here.hour == self._hour and (last is None or local(last.at).date() < here.date())

    async def compare(self) -> None:
        """Ask for every dossier that is open or changed since the last whole comparison."""
        self.is_running = True
        try:
            last = self._store.read(differences.last, whole=True)
            begun = await self._store.write(ACT, reconciling.begin)
            looked, found, whole = await self._ask_all(last.begun if last else 0)
            await self._store.write(ACT, reconciling.end_reconciliation, begun, looked, found, whole=whole)
        finally:
            self.is_running = False

    async def _ask_all(self, since: int) -> tuple[int, int, bool]:
        after, looked, found = 0, 0, 0
        silent: list[Candidate] = []
        while (candidate := (await self._claim(after, since))) is not None:
            after = candidate.seq
            seen = await self._seen(candidate)
            if seen is None:
                silent.append(candidate)
                if len(silent) >= GIVE_UP_AFTER:
                    await self._let_go(silent)
                    return looked, found, False
            else:
                # The portal does answer: what it said nothing of before is a matter of that dossier.
                for one in silent:
                    found += await self._store.write(ACT, reconciling.end_look, one, Seen(there=True))
                looked, silent = looked + 1 + len(silent), []
                found += await self._store.write(ACT, reconciling.end_look, candidate, seen)
            await asyncio.sleep(self._spacing)
        await self._let_go(silent)
        return looked, found, not silent and self._store.read(portal_gates.stop) is None

    async def _claim(self, after: int, since: int) -> Candidate | None:
        return (await self._store.write(ACT, reconciling.claim_look, after, since)).candidate

    async def _let_go(self, candidates: list[Candidate]) -> None:
        for one in candidates:
            await self._store.write(ACT, reconciling.end_look, one, None)

    async def _seen(self, candidate: Candidate) -> Seen | None:
        try:
            answer = await self._client.look_up(candidate.code)
        except Temporary:
            return None
        except PortalError:
            return Seen(there=True)
        return Seen(there=True, status=answer.status) if isinstance(answer, Known) else Seen(there=False)
