"""Screens and callers that misbehave: one that never reads, floods, dawdles or stays when the server goes."""

import asyncio
import re
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.crowd import (
    Browser,
    Furnished,
    Process,
    Screen,
    fresh_request,
    furnish,
    number_in,
    quantile,
    report,
    serving,
    until,
)
from tests.support.sizes import size

pytestmark = pytest.mark.fault

FREED_SECONDS = 10.0  # ping after 4 s, 4 s for its answer, and room for a noisy machine
GROWTH_MB = 32.0
SLOWEST_MS = 1000.0
RESTART, TOO_BIG = 1012, 1009
linux = pytest.mark.skipif(sys.platform != "linux", reason="the server's sockets and memory are read in /proc")


@dataclass
class Hall:
    """A kiosk and a clerk at one real server, and whoever is stuck to it."""

    place: Furnished
    process: Process
    kiosk: Browser
    clerk: Browser
    stuck: list[socket.socket] = field(default_factory=list)

    @property
    def sockets(self) -> int:
        """How many sockets the server holds."""
        links = (_target(link) for link in Path(f"/proc/{self.process.pid}/fd").iterdir())
        return sum(link.startswith("socket:") for link in links)

    @property
    def memory_mb(self) -> float:
        """What the server keeps in memory now."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) / 1024

    def hang_on(self) -> None:
        """A wall that shakes hands and never reads a byte again."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.connect(("127.0.0.1", self.process.port))
        line.sendall(
            f"GET /display/W1/live HTTP/1.1\r\nHost: 127.0.0.1:{self.process.port}\r\n"
            f"Origin: {self.process.url}\r\n"
            f"Cookie: {self.place.cookie('W1')}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        self.stuck.append(line)

    async def press(self) -> float:
        """One number and one call; the milliseconds of both."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        answer = await self.kiosk.press("/kiosk/K1/tickets", queue="ho-tich", request_id=fresh_request())
        assert answer.status == 200
        assert number_in(answer.text)
        answer = await self.clerk.press("/counter/1/calls", request_id=fresh_request())
        assert answer.status == 200
        return 1000 * (loop.time() - begun)

    def connect(self, **options: object) -> connect:
        """A well-behaved wall."""
        address = self.process.url.replace("http", "ws", 1) + "/display/W1/live"
        headers = {"Cookie": self.place.cookie("W1")}
        return connect(address, origin=self.process.url, additional_headers=headers, proxy=None, **options)  # type: ignore[arg-type]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # closed between the list and the look
        return ""


Scenario = Callable[[Hall], Awaitable[None]]


@contextmanager
def hall(quiet_path: Path, fault: str = "") -> "Iterator[Callable[[Scenario], None]]":
    """A real server; calling what it gives plays a scenario."""
    place = furnish(quiet_path / "data", ("K1", "W1"), {1: "cb01"})
    with serving(place, fault) as process:

        async def scene(scenario: Scenario) -> None:
            kiosk, clerk = Browser(process.url, place.cookie("K1")), Browser(process.url, place.cookie("cb01"))
            here = Hall(place, process, kiosk, clerk)
            try:
                await scenario(here)
            finally:
                for line in here.stuck:
                    line.close()
                await kiosk.leave()
                await clerk.leave()

        yield lambda scenario: asyncio.run(scene(scenario))


async def get_stuck(here: Hall, count: int) -> None:
    """Some walls never read while the hall works; then all of them must be gone, and nobody has noticed."""
    screen = Screen(here.process.url, "/display/W1/live", here.place.cookie("W1"))
    watching = asyncio.create_task(screen.watch())
    try:
        await until(lambda: screen.pictures > 0, 5, "the good wall shows a picture")
        await here.press()
        sockets, memory = here.sockets, here.memory_mb
        for _ in range(count):
            here.hang_on()
        await until(lambda: here.sockets >= sockets + count, 5, "the bad walls are connected")
        begun = asyncio.get_running_loop().time()
        took, most = [], memory
        while here.sockets > sockets and asyncio.get_running_loop().time() - begun < FREED_SECONDS:
            took.append(await here.press())
            most = max(most, here.memory_mb)
        freed = asyncio.get_running_loop().time() - begun
        report("stuck_screens_freed_seconds", f"{freed:.1f}")
        report("stuck_screens_growth_mb", f"{most - memory:.1f}")
        report("stuck_screens_press_p95_ms", f"{quantile(took, 0.95):.0f}")
        check_freed(here.sockets - sockets, most - memory, quantile(took, 0.95))
        assert screen.closed == [], "the good wall was thrown out too"
        shown = screen.pictures
        await here.press()
        await until(lambda: screen.pictures > shown, 5, "the good wall goes on")
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def check_freed(left: int, growth_mb: float, press_ms: float) -> None:
    """No stuck connection is left, memory stayed bounded, and presses were answered meanwhile."""
    assert left <= 0, f"{left} stuck screens are still held after {FREED_SECONDS:g} s"
    assert growth_mb < GROWTH_MB, f"{growth_mb:.0f} MB for screens that never read"
    assert press_ms < SLOWEST_MS, f"people waited {press_ms:.0f} ms beside them"


@linux
def test_a_screen_that_never_reads_is_let_go_of(quiet_path: Path):
    with hall(quiet_path, "narrow_lines") as play:
        play(lambda here: get_stuck(here, size("stuck_screens", 10, 100)))


@linux
@pytest.mark.planted
def test_a_server_that_never_lets_go_is_caught(quiet_path: Path):
    with (
        hall(quiet_path, "never_lets_go") as play,
        pytest.raises(AssertionError, match="stuck screens are still held"),
    ):
        play(lambda here: get_stuck(here, 10))


async def code_of_closing(line: ClientConnection) -> int | None:
    """Read until the server closes; its code, None without one."""
    try:
        async with asyncio.timeout(10):
            while True:
                await line.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_screens_are_told_to_come_back_when_the_server_stops(quiet_path: Path):
    async def scenario(here: Hall) -> None:
        async with here.connect() as line:
            await line.recv()
            assert here.process.process is not None
            here.process.process.terminate()
            assert await code_of_closing(line) == RESTART

    with hall(quiet_path) as play:
        play(scenario)


def test_no_compression_is_agreed_on(quiet_path: Path):
    """One context of zlib a screen would cost more memory than all pictures together."""

    async def scenario(here: Hall) -> None:
        async with here.connect(compression="deflate") as line:
            assert line.response is not None
            assert "Sec-WebSocket-Extensions" not in line.response.headers
            assert line.request is not None
            assert "permessage-deflate" in line.request.headers["Sec-WebSocket-Extensions"]

    with hall(quiet_path) as play:
        play(scenario)


@pytest.mark.parametrize(("length", "code"), [(4096, None), (4097, TOO_BIG)])
def test_a_long_message_ends_the_line(quiet_path: Path, length: int, code: int | None):
    async def scenario(here: Hall) -> None:
        async with here.connect() as line:
            await line.send("x" * length)
            if code is not None:
                assert await code_of_closing(line) == code
            else:
                await line.recv()
                await here.press()
                await line.recv()

    with hall(quiet_path) as play:
        play(scenario)


def test_callers_who_dawdle_hold_up_nobody(quiet_path: Path):
    """Half a head, and half a body, on many lines: whoever comes after them is served at once."""

    async def scenario(here: Hall) -> None:
        head = f"Host: 127.0.0.1:{here.process.port}\r\nOrigin: {here.process.url}\r\n"
        length = f"Cookie: {here.place.cookie('K1')}\r\nContent-Length: 900\r\n\r\n"
        half_body = f"POST /kiosk/K1/tickets HTTP/1.1\r\n{head}{length}queue="
        for number in range(size("dawdlers", 100, 400)):
            line = socket.create_connection(("127.0.0.1", here.process.port), timeout=5)
            here.stuck.append(line)
            line.sendall(half_body.encode() if number % 2 else b"GET /kiosk/K1 HTTP/1.1\r\nHost:")
        await here.press()  # behind the burst of connections itself
        took = [await here.press() for _ in range(40)]
        report("dawdlers_press_p95_ms", f"{quantile(took, 0.95):.0f}")
        check_freed(0, 0, quantile(took, 0.95))
        with here.place.rows() as db:
            assert db.execute("SELECT count(*) FROM tickets").fetchone()[0] == 41

    with hall(quiet_path) as play:
        play(scenario)
