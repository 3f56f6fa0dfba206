"""Screens as the server sees them: WebSockets that read frames and note only which sequence number came when."""

import asyncio
import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

PING, PONG, TEXT = 0x9, 0xA, 0x1
HEARTBEAT = b'{"t":"hb"'
OPEN_WITHIN_SECONDS = 10.0


Look = Callable[[bytes], None]


class Refused(RuntimeError):
    """The server did not let the screen in."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a picture shows its newest sequence number: the digits between the last `after` and `before`."""

    after: bytes
    before: bytes

    def newest(self, picture: bytes) -> int:
        """The number, 0 when there is none."""
        end = picture.rfind(self.before)
        start = picture.rfind(self.after, 0, end) + len(self.after)
        digits = picture[start:end]
        return int(digits) if end > 0 and digits.isdigit() else 0


WALL = Mark(b'data-seq="', b'" data-ticket')
COUNTER = Mark(b"-", b'-calls"')


@dataclass(slots=True)
class Seen:
    """What one screen saw: at which moment which sequence number was the newest, only when it grew."""

    moments: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    pictures: int = 0


class Screen(asyncio.Protocol):
    """One WebSocket; `opened` is done after the first picture."""

    def __init__(self, request: bytes, mark: Mark, look: Look | None = None) -> None:
        self._request, self._mark, self._look = request, mark, look
        self._transport: asyncio.WriteTransport | None = None
        self._got = b""
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.seen = Seen()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one in deed, not in name
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Read every whole frame."""
        data = self._got + data if self._got else data
        if not self._is_open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._got = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._fail(Refused(data[:200].decode("latin-1")))
                return
            self._is_open, data = True, data[end + 4 :]
        self._got = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        """Take whole frames from the front; gives what is left."""
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1] & 0x7F, at + 2
            if length > 125:
                wide = 2 if length == 126 else 8
                start += wide
                length = int.from_bytes(data[at + 2 : start], "big") if size >= start else size
            if size < start + length:
                break
            self._frame(data[at] & 0x0F, data[start : start + length])
            at = start + length
        return data[at:]

    def _frame(self, kind: int, payload: bytes) -> None:
        if kind == TEXT and not payload.startswith(HEARTBEAT):
            self._note(payload)
        elif kind == PING and self._transport is not None:
            self._transport.write(bytes((0x80 | PONG, 0x80 | len(payload), 0, 0, 0, 0)) + payload)  # zero mask

    def _note(self, picture: bytes) -> None:
        seen, number = self.seen, self._mark.newest(picture)
        seen.pictures += 1
        if self._look is not None:
            self._look(picture)
        if not seen.numbers or number > seen.numbers[-1]:
            seen.moments.append(perf_counter())
            seen.numbers.append(number)
        if not self.opened.done():
            self.opened.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """A screen that is gone sees nothing any more."""
        self._fail(Refused("connection lost"))

    def _fail(self, error: Refused) -> None:
        if not self.opened.done():
            self.opened.set_exception(error)

    def close(self) -> None:
        """Switch the screen off."""
        if self._transport is not None:
            self._transport.close()


async def open_screen(port: int, path: str, cookie: str, mark: Mark, look: Look | None = None) -> Screen:
    """A screen that shows its first picture; `look` is given every one. Raises Refused."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _, screen = await loop.create_connection(lambda: Screen(request, mark, look), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.shield(screen.opened), OPEN_WITHIN_SECONDS)
    return screen
