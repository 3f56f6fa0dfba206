"""A bad network between a server and its screens: a TCP relay that delays, freezes, cuts and refuses.

TCP itself neither doubles nor reorders what one connection carries; here every connection has delays of its own, so
that answers and pictures pass each other, and whoever was cut off asks for the same again.
"""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 4096
GRAIN_SECONDS = 0.01


class Network:
    """The relay; every switch may be turned from any thread."""

    def __init__(self, target: int, seed: int) -> None:
        self.target, self.port = target, 0
        self.delay_seconds, self.is_frozen, self.is_down = 0.0, False, False
        self._dice = random.Random(seed)
        self._lines: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()

    def heal(self) -> None:
        """Everything passes again, at once."""
        self.delay_seconds, self.is_frozen, self.is_down = 0.0, False, False

    def cut(self) -> None:
        """Every connection ends now, in the middle of whatever it carried."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for line in self._lines:
            line.transport.abort()

    def run(self) -> None:
        """Relay until stopped."""
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        self._cut()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        slow = self._dice.random()
        self._lines |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back, slow), self._pass(there, writer, slow))
        finally:
            self._lines -= {writer, back}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slow: float) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await asyncio.sleep(self.delay_seconds * slow)
                await self._thawed()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    async def _thawed(self) -> None:
        while self.is_frozen:  # noqa: ASYNC110 - turned from another thread, where no event of a loop may be set
            await asyncio.sleep(GRAIN_SECONDS)


@contextmanager
def network(target: int, seed: int = 0) -> Iterator[Network]:
    """A relay in front of the server at this port, in a thread of its own."""
    relay = Network(target, seed)
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    assert relay._ready.wait(5), "the relay did not start"
    try:
        yield relay
    finally:
        relay._loop.call_soon_threadsafe(lambda: relay._stopped.set())
        thread.join(10)
