"""The way to a local device whose library blocks: one thread and one object for each job, a limit on every wait."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog

from printers.connections import STALL_SECONDS, Connection, Stopped, Unreachable
from printers.drivers import Driver, Missing
from printers.status import Trouble

OPEN_SECONDS = 8.0
CLOSE_SECONDS = 2.0
GRACE_SECONDS = 1.0  # the library gives up first, where it can
LISTEN_SECONDS = 0.02
PIECE = 512  # four seconds at 1200 baud
log = structlog.get_logger("printers")

# Addresses whose thread has not let go yet: a stuck device is never opened a second time.
_held: set[str] = set()


class BlockingConnection(Connection):
    """A device at the other end of a thread of its own."""

    def __init__(self, address: str, driver: Driver) -> None:
        super().__init__()
        self._address, self._driver = address, driver
        self._loop = asyncio.get_running_loop()
        self._asked: queue.SimpleQueue[tuple[Callable[[], None], asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._left = 0
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._is_lost = self._listens = False

    async def open(self) -> None:
        """Take the device. Raises Unreachable."""
        if self._address in _held:
            raise Unreachable(self._address, Trouble.STALLED)
        _held.add(self._address)
        threading.Thread(target=self._work, name=f"printer {self._address}", daemon=True).start()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._do(self._take)
        except Missing as missing:
            raise await self._not_opened(missing.trouble) from missing
        except Exception as error:
            log.warning("device not opened", error=type(error).__name__)
            raise await self._not_opened(Trouble.REFUSED) from error
        self.can_answer = self._driver.can_answer

    async def _not_opened(self, trouble: Trouble) -> Unreachable:
        await self.close()
        return Unreachable(self._address, trouble)

    async def begin(self, job: str, chunks: Sequence[bytes]) -> None:
        self._left = sum(map(len, chunks))

    async def write(self, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            await self._step(lambda piece=piece: self._driver.write(piece))  # type: ignore[misc]
        was_left, self._left = self._left, max(0, self._left - len(data))
        if was_left and not self._left:
            await self._step(self._driver.finish, 4)

    async def _step(self, act: Callable[[], None], steps: int = 1) -> None:
        if self._is_lost:
            raise Stopped(Trouble.LOST)
        try:
            async with asyncio.timeout(steps * STALL_SECONDS + GRACE_SECONDS):
                await self._do(act)
        except TimeoutError as error:
            raise Stopped(Trouble.STALLED) from error
        except Exception as error:  # every library has errors of its own; none of them says what came out
            log.warning("device lost", error=type(error).__name__)
            raise Stopped(Trouble.LOST) from error

    async def _do(self, act: Callable[[], None]) -> None:
        done: asyncio.Future[None] = self._loop.create_future()
        self._asked.put((act, done))
        await done

    async def close(self) -> None:
        self._asked.put(None)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.shield(self._ended)

    # -- in the thread -----------------------------------------------------------------------------------

    def _take(self) -> None:
        self._driver.open()
        self._listens = self._driver.can_answer

    def _work(self) -> None:
        try:
            while (asked := self._next()) is not None:
                act, done = asked
                try:
                    act()
                except Exception as error:
                    self._tell(_fail, done, error)
                else:
                    self._tell(_succeed, done)
            with suppress(Exception):  # gone is gone; what matters is that the address is free again
                self._driver.close()
        finally:
            _held.discard(self._address)
            self._tell(_succeed, self._ended)

    def _next(self) -> tuple[Callable[[], None], asyncio.Future[None]] | None:
        while self._listens:
            try:
                return self._asked.get(timeout=LISTEN_SECONDS)
            except queue.Empty:
                self._listens = self._listen()
        return self._asked.get()

    def _listen(self) -> bool:
        """Pass on what the printer said; False when nothing will come any more."""
        try:
            data = self._driver.read()
        except Exception:
            self._is_lost = True
            return False
        if data:
            self._tell(self.replies.feed, data)
        return True

    def _tell(self, act: Callable[..., Any], *arguments: object) -> None:
        with suppress(RuntimeError):  # the event loop ended before the device did
            self._loop.call_soon_threadsafe(act, *arguments)


def _succeed(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)


def _fail(done: "asyncio.Future[None]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)


async def connect(address: str, driver: Driver) -> BlockingConnection:
    """Open a local device for one job. Raises Unreachable."""
    found = BlockingConnection(address, driver)
    await found.open()
    return found
