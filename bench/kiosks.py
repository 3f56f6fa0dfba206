"""Kiosks as the server sees them: keep-alive connections that post the page's own form, one press after the other.

It must cost less than what it measures: requests are built beforehand, of an answer only status, length and
number are read.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

NUMBER = b'id="number">'
ANSWER_WITHIN_SECONDS = 30.0


class Wrong(RuntimeError):
    """The server refused or broke: no figure may come of it."""


def post(origin: str, path: str, cookie: str, length: int) -> bytes:
    """The head of a form as Chromium and htmx send it from a page of this origin."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {origin.partition('://')[2]}\r\nConnection: keep-alive\r\n"
        f"Content-Length: {length}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like"
        " Gecko) Chrome/142.0.0.0 Safari/537.36\r\nHX-Request: true\r\nHX-Request-Type: partial\r\n"
        f"HX-Current-URL: {origin}/\r\nAccept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Origin: {origin}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: same-origin\r\n"
        f"Sec-Fetch-Dest: empty\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        f"Accept-Language: vi\r\nCookie: {cookie}\r\n\r\n"
    ).encode()


def presses(origin: str, cookies: dict[str, str], queues: Sequence[str]) -> Iterator[bytes]:
    """Requests without end for the next number: kiosks and queues in turn, every one with its own request id."""
    run = secrets.token_hex(6)
    heads = []
    for (kiosk, cookie), queue in itertools.product(cookies.items(), queues):
        body = f"queue={queue}&request_id={run}-".encode()
        head = post(origin, f"/kiosk/{kiosk}/tickets?lang=vi", cookie, len(body) + 12)
        heads.append(head + body)
    for number in itertools.count():
        yield b"%s%012d" % (heads[number % len(heads)], number)


class Line(asyncio.Protocol):
    """One keep-alive connection; `answered(line, status, body)` is called with each answer."""

    def __init__(self, answered: Callable[["Line", int, bytes], None]) -> None:
        self._answered = answered
        self._transport: asyncio.WriteTransport | None = None
        self._got = b""
        self._body_at = self._end = 0
        self.asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one in deed, not in name

    def ask(self, request: bytes) -> None:
        """Send a request; the answer comes to `answered`."""
        if self._transport is None:
            raise Wrong("not connected")
        self.asked_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect until the body is whole."""
        self._got = data = self._got + data if self._got else data
        if not self._end:
            self._body_at = data.find(b"\r\n\r\n") + 4
            if self._body_at < 4:
                return
            self._end = self._body_at + _content_length(data[: self._body_at])
        if len(data) < self._end:
            return
        body, status = data[self._body_at : self._end], int(data[9:12])
        self._got, self._end = b"", 0
        self._answered(self, status, body)

    def connection_lost(self, error: Exception | None) -> None:
        """An answer that was still due will never come."""
        if self._got or self._end:
            self._answered(self, 0, b"connection lost")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        raise Wrong(f"an answer without a length: {head[:200]!r}")
    return int(head[at + 17 : head.find(b"\r\n", at + 2)])


async def connect(port: int, answered: Callable[[Line, int, bytes], None]) -> Line:
    """A connection to the server on this machine."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(answered), "127.0.0.1", port)
    return line


@dataclass(slots=True)
class Round:
    """What one round of pressing gave: every number as it was shown, and the milliseconds until it was."""

    seconds: float = 0.0
    numbers: list[bytes] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Tickets a second."""
        return len(self.numbers) / self.seconds


async def press(port: int, requests: Iterator[bytes], kiosks: int, seconds: float, at_least: int = 0) -> Round:
    """Let so many kiosks press, each anew as soon as it has its number. Raises Wrong at the first bad answer."""
    loop, done = asyncio.get_running_loop(), Round()
    ended: asyncio.Future[None] = loop.create_future()
    busy, until = kiosks, 0.0

    def answered(line: Line, status: int, body: bytes) -> None:
        nonlocal busy
        now = perf_counter()
        at = body.find(NUMBER)
        if status != 200 or at < 0:
            if not ended.done():
                ended.set_exception(Wrong(f"status {status}: {body[:300]!r}"))
            return
        done.milliseconds.append((now - line.asked_at) * 1000)
        done.numbers.append(body[at + len(NUMBER) : body.find(b"<", at)])
        if now < until or len(done.numbers) < at_least:
            line.ask(next(requests))
            return
        busy -= 1
        if not busy and not ended.done():
            ended.set_result(None)

    lines = [await connect(port, answered) for _ in range(kiosks)]
    try:
        start = perf_counter()
        until = start + seconds
        for line in lines:
            line.ask(next(requests))
        await asyncio.wait_for(ended, seconds + ANSWER_WITHIN_SECONDS)
        done.seconds = perf_counter() - start
    finally:
        for line in lines:
            line.close()
    return done
