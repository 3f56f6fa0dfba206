"""One connection of the simulated printer: reads no more than it may, speaks, and ends in three ways."""

import asyncio
import contextlib
import socket
import struct
from typing import Protocol, cast

from printers.simulator.table import SEND_BUFFER

PIECE = 4096
# A full printer still sees a status query: so much is read of every connection beyond the buffer.
RESERVE = 64
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Listener(Protocol):
    """Who hears a line."""

    def admit(self, line: "Line") -> None:
        """A host connected."""

    def allowance(self, line: "Line") -> int:
        """How many bytes may be read of this line now."""

    def hear(self, line: "Line", data: bytes) -> None:
        """Bytes arrived."""

    def dismiss(self, line: "Line", error: Exception | None) -> None:
        """The connection ended."""


class Line(asyncio.BufferedProtocol):
    """One connection."""

    def __init__(self, board: Listener) -> None:
        self._board = board
        self._room = bytearray(PIECE)
        self._transport: asyncio.Transport | None = None
        self.received = 0
        self.reserve = RESERVE
        self.last_heard = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # One turn later: a window closed in this one is opened again behind our back (CPython up to 3.11.3).
        asyncio.get_running_loop().call_soon(self._board.admit, self)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self._room)[: max(1, min(PIECE, self._board.allowance(self)))]

    def buffer_updated(self, nbytes: int) -> None:
        self._board.hear(self, bytes(self._room[:nbytes]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._board.dismiss(self, exc)

    def listen(self, is_listening: bool) -> None:
        """Open or close the window."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.is_reading() == is_listening:
            return
        if is_listening:
            transport.resume_reading()
        else:
            transport.pause_reading()

    def can_say(self, answer: bytes) -> bool:
        """Whether there is room to send; none where the host does not fetch what was sent before."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        return transport.get_write_buffer_size() + len(answer) <= SEND_BUFFER

    def say(self, answer: bytes) -> None:
        """Send."""
        if self._transport is not None:
            self._transport.write(answer)

    def close(self) -> None:
        """End in good order."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """End at once with a reset, as a device does that loses power or faith."""
        transport = self._transport
        if transport is None:
            return
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        transport.abort()

    def is_dead(self) -> bool:
        """Whether the host is gone for good: a paused transport does not notice a reset by itself."""
        transport = self._transport
        if transport is None or transport.is_closing():
            # Closing ends by itself, unless the host never fetches the last answers.
            return transport is None or transport.get_write_buffer_size() > 0
        wire = transport.get_extra_info("socket")
        return bool(wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
