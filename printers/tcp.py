"""The way to a network printer, by asyncio: python-escpos's own is never used (printing.md 2)."""

import asyncio
import socket
from contextlib import suppress

from domain.printer_addresses import Network
from printers.connections import CONNECT_SECONDS, STALL_SECONDS, Connection, Stopped, Unreachable
from printers.status import Trouble

SEND_BUFFER = 8 * 1024


class NetworkConnection(Connection):
    """An open connection to port 9100."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self._reader, self._writer = reader, writer
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(512):
                self.replies.feed(data)

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            async with asyncio.timeout(STALL_SECONDS):
                await self._writer.drain()
        except TimeoutError as error:
            raise Stopped(Trouble.STALLED) from error
        except (OSError, RuntimeError) as error:  # uvloop: "the handler is closed" after a reset
            raise Stopped(Trouble.LOST) from error

    async def close(self) -> None:
        self._listening.cancel()
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        self._writer.transport.abort()


async def connect(place: Network) -> NetworkConnection:
    """Connect to a port of the network. Raises Unreachable."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(place.host, place.port)
    except (OSError, TimeoutError) as error:
        raise Unreachable(f"tcp://{place.host}:{place.port}") from error
    # What is handed over must have left this process: else closing would throw the end of a slip away.
    writer.transport.set_write_buffer_limits(high=0)
    _keep_alive(writer)
    return NetworkConnection(reader, writer)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Notice a pulled cable: half-open connections look alive for hours otherwise."""
    line: socket.socket | None = writer.get_extra_info("socket")
    if line is None:
        return
    # A large buffer of the kernel's would take a whole slip at once from a printer that has stopped reading.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
    if user_timeout is not None:
        line.setsockopt(socket.IPPROTO_TCP, user_timeout, int(STALL_SECONDS * 2000))
