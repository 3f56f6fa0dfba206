"""uvicorn's two protocols: answers leave whole, screens share a frame, one that never reads is let go of."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

SHOW = "motcua.show"
ROOM_BYTES = 1024  # a ping or a handshake that has not left yet is no reason to keep a picture back


class LettingGo(WebSocketsSansIOProtocol):
    """Closing waits for the unsendable buffer and never ends; aborting frees the screen's memory at once.

    Measured: without this 10 of 10 stuck clients stayed for 50 s. It overrides internal methods, which
    tests/web/test_sockets.py pins.
    """

    async def run_asgi(self) -> None:
        """Serve the screen; whoever does so finds in its scope how to show it frames that many screens share."""
        scope: Any = self.scope
        scope["extensions"][SHOW] = self.show
        await super().run_asgi()

    def show(self, frame: bytes) -> bool:
        """Write a whole frame; False, and nothing is written, while the screen has not taken the one before."""
        transport: asyncio.Transport = self.transport
        if self.close_sent or transport.is_closing() or transport.get_write_buffer_size() > ROOM_BYTES:
            return False
        transport.write(frame)
        return True

    def keepalive_timeout(self) -> None:
        """The screen did not answer a ping in time."""
        super().keepalive_timeout()
        transport: asyncio.Transport = self.transport
        transport.abort()


def showing(socket: WebSocket) -> Callable[[bytes], bool]:
    """How an accepted screen is shown a frame (`LettingGo.show`)."""
    show: Callable[[bytes], bool] = socket.scope["extensions"][SHOW]
    return show


def frame_of(text: str) -> bytes:
    """A text as it goes over the wire to any screen: what a server sends is not masked."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class Whole(HttpToolsProtocol):
    """Head and body of an answer leave in one write: a write lets go of Python's lock and waits for it again.

    It overrides an internal method, which tests/web/test_sockets.py pins.
    """

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.transport = OneWrite(cycle.transport, self.loop)  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)


class OneWrite:
    """What one turn of the event loop writes leaves together at its end."""

    __slots__ = ("_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Take the bytes; they leave at the end of this turn."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def close(self) -> None:
        """Hang up after what was written."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the other side is gone or we hung up."""
        return self._transport.is_closing()
