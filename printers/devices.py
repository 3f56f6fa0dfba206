"""The way to a network printer: one connection a job, a limit on every wait, replies read beside the writing."""

import asyncio
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from printers.status import ANSWER_SECONDS, ASK, Replies, Trouble

CONNECT_SECONDS = 3.0
STALL_SECONDS = 5.0


class Unreachable(Exception):
    """No connection: not one byte of the job was written."""


class Stopped(Exception):
    """The connection ended or stalled while the job was being written: its outcome is unknown."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Connection:
    """An open connection to a printer; `replies` fills while it is open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.replies = Replies()
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(512):
                self.replies.feed(data)

    async def write(self, data: bytes) -> None:
        """Hand over some bytes, waiting for room at most five seconds. Raises Stopped."""
        try:
            self._writer.write(data)
            async with asyncio.timeout(STALL_SECONDS):
                await self._writer.drain()
        except TimeoutError as error:
            raise Stopped(Trouble.STALLED) from error
        except (OSError, RuntimeError) as error:  # uvloop: "the handler is closed" after a reset
            raise Stopped(Trouble.LOST) from error

    async def ask_status(self) -> dict[int, int]:
        """The answers to DLE EOT 1, 2 and 4; what is missing was not answered in 0.3 s."""
        answers: dict[int, int] = {}
        for which, question in ASK.items():
            self.replies.statuses.clear()
            await self.write(question)
            if not self.replies.statuses:
                await self.replies.news(ANSWER_SECONDS)
            if not self.replies.statuses:
                break
            answers[which] = self.replies.statuses[0]
        return answers

    async def close(self) -> None:
        """Let go of the printer; a connection left open would block every other sender."""
        self._listening.cancel()
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        self._writer.transport.abort()


async def connect(address: str) -> Connection:
    """Connect to 'tcp://host:port'. Raises Unreachable."""
    place = urlsplit(address)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
    except (OSError, TimeoutError) as error:
        raise Unreachable(str(address)) from error
    _keep_alive(writer)
    return Connection(reader, writer)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Notice a pulled cable: half-open connections look alive for hours otherwise."""
    line: socket.socket | None = writer.get_extra_info("socket")
    if line is None:
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
    if user_timeout is not None:
        line.setsockopt(socket.IPPROTO_TCP, user_timeout, int(STALL_SECONDS * 2000))
