"""One simulated printer as tests and the command line hold it: start, look at its slips, break it."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict, TypeVar, Unpack

from printers.simulator.paper import Roll, Slip, device_clock
from printers.simulator.table import COMPLAINTS, IDLE_SECONDS, Event, Fault, Model
from printers.simulator.wire import Board

if TYPE_CHECKING:
    from PIL import Image

Result = TypeVar("Result")

THREAD_SECONDS = 10.0
EPSON = Model()


class Options(TypedDict, total=False):
    """What `PrinterSimulator` takes besides the width."""

    name: str
    host: str
    port: int
    model: Model
    speed: float | None
    folder: Path | None
    idle_seconds: float
    now: Callable[[], datetime]
    numbers: Iterator[int]


class PrinterSimulator:
    """A printer of `width` dots on a port of its own: `async with PrinterSimulator(width=576) as printer`.

    `speed` in mm/s, None = at once. `folder` gets every slip as PNG. `numbers` lets several printers count
    their slips together. Outside `async with` (or `threaded`) it has no port and prints nothing.
    """

    def __init__(self, width: int = 576, **options: Unpack[Options]) -> None:
        speed = options.get("speed")
        if speed is not None and speed <= 0:
            raise ValueError("the speed of paper is above 0 mm/s")
        self.name = options.get("name", "printer")
        self.host = options.get("host", "127.0.0.1")
        self.port = options.get("port", 0)
        self.width = width
        self.faults = Faults(self)
        self._model = options.get("model", EPSON)
        self._speed = speed
        self._idle_seconds = options.get("idle_seconds", IDLE_SECONDS)
        self._roll = Roll(
            width,
            numbers=options.get("numbers") or itertools.count(1),
            now=options.get("now", device_clock),
            folder=options.get("folder"),
        )
        self._started: tuple[Board, asyncio.AbstractEventLoop] | None = None
        self._news = asyncio.Event()

    @property
    def slips(self) -> "list[Image.Image]":
        """The pictures of the last 200 slips, oldest first: mode "1", 0 is black."""
        return [slip.image for slip in self.records]

    @property
    def records(self) -> list[Slip]:
        """The same slips with number, time and fingerprint."""
        return list(self._roll.slips)

    @property
    def printed(self) -> int:
        """How many slips were cut since the start, also those no longer kept."""
        return self._roll.printed

    @property
    def hanging_rows(self) -> int:
        """How many rows of paper came out since the last cut."""
        return self._roll.hanging

    @property
    def events(self) -> list[Event]:
        """The last 2,000 lines of the log, oldest first."""
        return list(self._board.mechanism.events)

    @property
    def complaints(self) -> list[Event]:
        """Those events that a clean job never causes."""
        return [event for event in self.events if event.kind in COMPLAINTS]

    @property
    def received(self) -> bytes:
        """The last 4 MB that came in, over all connections."""
        return bytes(self._board.received)

    @property
    def expected_bytes(self) -> int:
        """How many bytes the parser still swallows as data of an unfinished command."""
        return self._board.mechanism.expects

    async def __aenter__(self) -> Self:
        board = Board(
            self._model,
            self._roll,
            slip_cut=self._announce,
            speed=self._speed,
            idle_seconds=self._idle_seconds,
        )
        self.port = board.open(self.host, self.port)
        self._started = (board, asyncio.get_running_loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._board.shut()
        await self._board.wait_closed()

    async def wait_for_slip(self, count: int = 1, timeout: float = 5.0) -> "Image.Image":  # noqa: ASYNC109
        """The picture of the newest slip, once `count` slips were cut since the start; else TimeoutError."""
        if asyncio.get_running_loop() is not self._loop:
            return await asyncio.to_thread(self.block_for_slip, count, timeout)
        async with asyncio.timeout(timeout):
            while self.printed < count:
                news = self._news
                await news.wait()
        return self._roll.slips[-1].image

    def block_for_slip(self, count: int = 1, timeout: float = 5.0) -> "Image.Image":
        """`wait_for_slip` for a thread without an event loop."""
        waiting = asyncio.run_coroutine_threadsafe(self.wait_for_slip(count, timeout), self._loop)
        return waiting.result(timeout + THREAD_SECONDS)

    def send_stray(self, data: bytes) -> None:
        """Send bytes that no host asked for down the open connection."""
        self.run_inside(lambda: self._board.say(data))

    def put_fault(self, fault: Fault, value: int | None) -> None:
        """Set a fault, or clear it with None; what `faults` does, from any thread."""
        self.run_inside(lambda: self._board.set_fault(fault, value))

    def value_of(self, fault: Fault) -> int | None:
        """What a fault is set to; None while it is not."""
        return self._board.mechanism.health.value(fault)

    @classmethod
    @contextmanager
    def threaded(cls, width: int = 576, **options: Unpack[Options]) -> "Iterator[Self]":
        """The same printer in a thread with an event loop of its own, for tests that have none."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="printer-simulator", daemon=True)
        thread.start()
        printer = cls(width, **options)
        try:
            asyncio.run_coroutine_threadsafe(printer.__aenter__(), loop).result(THREAD_SECONDS)
            try:
                yield printer
            finally:
                asyncio.run_coroutine_threadsafe(printer.__aexit__(), loop).result(THREAD_SECONDS)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(THREAD_SECONDS)
            loop.close()

    def run_inside(self, act: Callable[[], None]) -> None:
        """Do something in the printer's own loop and wait until it is done."""
        if _running_loop() is self._loop:
            act()
            return

        async def acting() -> None:
            act()

        asyncio.run_coroutine_threadsafe(acting(), self._loop).result(THREAD_SECONDS)

    @property
    def _board(self) -> Board:
        return self._running[0]

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return self._running[1]

    @property
    def _running(self) -> tuple[Board, asyncio.AbstractEventLoop]:
        if self._started is None:
            raise RuntimeError("the printer was never switched on: use `async with` or `threaded`")
        return self._started

    def _announce(self, slip: Slip) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Faults:
    """The faults of one printer, by name: `printer.faults.set("paper_out")`, `.clear()`, `in`."""

    def __init__(self, printer: PrinterSimulator) -> None:
        self._printer = printer

    def __contains__(self, fault: object) -> bool:
        return isinstance(fault, str) and self.value(fault) is not None

    def value(self, fault: Fault | str) -> int | None:
        """What it is set to; None while it is not. An unknown name: ValueError."""
        return self._printer.value_of(Fault(fault))

    def set(self, fault: Fault | str, value: int = 1) -> None:
        """Break something; `value` is the number of bytes, rows or milliseconds where the fault has one."""
        if value < 0:
            raise ValueError("a fault's value is 0 or more")
        self._printer.put_fault(Fault(fault), value)

    def clear(self, fault: Fault | str | None = None) -> None:
        """Mend one thing, or everything."""
        for one in Fault if fault is None else (Fault(fault),):
            if self._printer.value_of(one) is not None:
                self._printer.put_fault(one, None)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
