"""The strongbox at work: how many files at once, and what is let go of. Knows no page."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request

from domain.attachments import FileBroken, FilesBusy, Limits, Media
from domain.errors import Refused, StoreUnavailable
from operations import attaching
from operations.attaching import Sent
from store import attachments
from store.store import Store
from store.strongbox import Sealed, Strongbox
from store.writer import Act
from web import file_checks, forms
from web.floods import Buckets
from web.forms import SentFile

LARGEST_SETTING = 50  # megabytes: what any setting may allow a file, and what one upload may take of the memory
UPLOADS_AT_ONCE = 3  # each holds its file in memory twice
CHECKS_AT_ONCE = 1  # a picture of 80 million points takes 240 MB, unpacked
UPLOAD_SECONDS = 120.0  # who stops in the middle must not keep a turn for ever
READINGS_AT_ONCE = 4
PATIENCE_SECONDS = 20.0
FETCHES_A_MINUTE = 12  # of one link; the portal fetches once
log = structlog.get_logger("files")


class FileRoom:
    """What pages and workers do with files goes through here."""

    def __init__(
        self, store: Store, box: Strongbox, limits: Limits, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.store, self.box, self.limits = store, box, limits
        self.fetches = Buckets(FETCHES_A_MINUTE / 60, FETCHES_A_MINUTE, timer)
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._readings = asyncio.Semaphore(READINGS_AT_ONCE)

    @asynccontextmanager
    async def upload(self) -> AsyncIterator[None]:
        """A turn to send a file: no more are held in memory at once. Raises FilesBusy."""
        async with _turn(self._uploads):
            yield

    async def sent(self, request: Request) -> tuple[SentFile, FormData]:
        """The file of a form and the fields beside it. Raises Invalid, FileBroken for one that never ends."""
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                return await forms.read_form_with_sent_file(request, "file")
        except TimeoutError as error:
            raise FileBroken() from error

    async def checked(self, content: bytes) -> Media:
        """What the content is. Raises what file_checks.checked raises, FilesBusy."""
        async with _turn(self._checks):
            return await asyncio.to_thread(file_checks.checked, content)

    async def attach(self, act: Act, dossier: str, content: bytes, sent: Callable[[str], Sent]) -> int:
        """Seal a checked file and enter it; `sent` tells of it by its address. Raises what attach_file raises."""
        async with self.holding((content,)) as (address,):
            return await self.store.write(act, attaching.attach_file, dossier, sent(address), self.limits)

    @asynccontextmanager
    async def holding(self, contents: Sequence[bytes]) -> AsyncIterator[list[str]]:
        """Checked contents lie sealed while they are entered into the book; what it then does not name goes.

        Gives their addresses. Raises StoreFull, and then nothing is left of any of them.
        """
        held: list[str] = []
        try:
            for content in contents:
                # One by one: of what was sealed before a full disk nothing may stay.
                held.append(await asyncio.to_thread(self.box.put, content))  # noqa: PERF401
            yield held
        except StoreUnavailable:
            raise  # nobody knows whether they are in the book: they lie there until the next start
        except Refused:
            await self._settle(held)
            raise
        await self._settle(held)

    async def _settle(self, held: Sequence[str]) -> None:
        for address in held:
            self.box.release(address)
            await self.let_go(address)  # refused, or a repeated request whose file was removed since

    async def open(self, address: str) -> Sealed:
        """The proven file. Raises FileLost, FilesBusy."""
        async with _turn(self._readings):
            return await asyncio.to_thread(self.box.open, address)

    async def let_go(self, address: str) -> None:
        """Delete the file if no dossier has it any more."""
        await asyncio.to_thread(self.let_go_now, address)

    def let_go_now(self, address: str) -> None:
        """The same for a thread that may wait for the disk."""
        self.box.let_go(address, lambda one: self.store.read(attachments.is_named, one))

    def tidy(self) -> None:
        """At the start: what a sudden end left unfinished or unnamed goes; what is missing is told."""
        gone, missing = self.box.tidy(self.store.read(attachments.addresses))
        if gone or missing:
            log.warning("files tidied", deleted=gone, missing=missing)


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await turns.acquire()
    except TimeoutError as error:
        raise FilesBusy() from error
    try:
        yield
    finally:
        turns.release()
