"""The network board of the simulated printer: one port, three connections, the first one prints.

The window really closes: while the buffer is full nothing is read, so a sender blocks as at the device.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from printers.simulator.line import Line
from printers.simulator.mechanism import Mechanism, Outside
from printers.simulator.paper import Roll, Slip
from printers.simulator.table import (
    DOTS_PER_MM,
    IDLE_SECONDS,
    MAX_CONNECTIONS,
    RECEIVE_BUFFER,
    EventKind,
    Fault,
    Model,
)

MAX_RECEIVED = 4 * 1024 * 1024
# Small pieces and a small kernel buffer, so that little is hidden between the sender and our own buffer.
SEGMENT = 1460
KERNEL_BUFFER = 8 * 1024
SHORTEST_WAIT = 0.01
WATCH_SECONDS = 0.25


class Board:
    """Joins the port, its lines and the mechanism; lives in one event loop."""

    def __init__(
        self,
        model: Model,
        roll: Roll,
        *,
        slip_cut: Callable[[Slip], None],
        speed: float | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        outside = Outside(self._reply, self._forget_replies, self._lose_power, slip_cut)
        self.mechanism = Mechanism(model, roll, outside)
        self.received = bytearray()
        self._speed = speed
        self._idle_seconds = idle_seconds
        self._lines: list[Line] = []
        self._all_gone = asyncio.Event()
        self._all_gone.set()
        self._unclaimed = b""
        self._listener: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._address = ("", 0)
        self._moving: asyncio.TimerHandle | None = None
        self._debt = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    # -- the port ----------------------------------------------------------------------------------------

    def open(self, host: str, port: int) -> int:
        """Listen from now on; the port, chosen by the system where 0 was asked."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER)
            with contextlib.suppress(OSError):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
            listener.bind((host, port))
            listener.listen(MAX_CONNECTIONS + 1)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        self._address = (host, int(listener.getsockname()[1]))
        self._opening = self._loop.create_task(self._serve(listener))
        return self._address[1]

    async def _serve(self, listener: socket.socket) -> None:
        self._server = await self._loop.create_server(lambda: Line(self), sock=listener)

    def shut(self) -> None:
        """Refuse new connections, reset those there are, stop the motor."""
        if self._opening is not None:
            self._opening.cancel()
        if self._server is not None:
            self._server.close()
        if self._listener is not None:
            # A server cancelled while it starts would leave its reader behind.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                self._loop.remove_reader(self._listener)
            self._listener.close()
        self._server = self._listener = self._opening = None
        for line in tuple(self._lines):
            line.reset()
        for timer in (self._moving, self._watch):
            if timer is not None:
                timer.cancel()
        self._moving = self._watch = None

    async def wait_closed(self, seconds: float = 5.0) -> None:
        """Let the reset lines end before the loop does."""
        async with asyncio.timeout(seconds):
            await asyncio.sleep(0)
            await self._all_gone.wait()
            await asyncio.sleep(0)

    def set_fault(self, fault: Fault, value: int | None) -> None:
        """Set a fault or clear it (None), with everything that follows from it."""
        was_off = Fault.OFF in self.mechanism.health
        self.mechanism.set_fault(fault, value)
        is_off = Fault.OFF in self.mechanism.health
        if is_off and not was_off:
            self._lose_everything()
        elif was_off and not is_off:
            self.mechanism.log(EventKind.POWER, "on")
            self.open(*self._address)
        self._pump()

    def _lose_power(self) -> None:
        self.set_fault(Fault.OFF, 1)

    def _lose_everything(self) -> None:
        self.shut()
        self.mechanism.switch_off()
        self._unclaimed = b""
        self._debt = 0.0

    # -- the lines ---------------------------------------------------------------------------------------

    def admit(self, line: Line) -> None:
        """A host connected."""
        if self._listener is None:
            line.reset()
            return
        self._bury_the_dead()
        if len(self._lines) >= MAX_CONNECTIONS or Fault.OFF in self.mechanism.health:
            self.mechanism.log(EventKind.CONNECTION_REFUSED, f"{len(self._lines)} are open")
            line.listen(False)
            line.reset()
            return
        line.last_heard = self._loop.time()
        self._lines.append(line)
        self._all_gone.clear()
        self._adjust()
        self._start_watch()

    def allowance(self, line: Line) -> int:
        """How many bytes may be read of this line now."""
        health = self.mechanism.health
        room = max(RECEIVE_BUFFER - self.mechanism.buffered, line.reserve)
        for limit in (Fault.RESET_AFTER, Fault.CLOSE_AFTER):
            if (most := health.value(limit)) is not None:
                room = min(room, max(1, most - line.received))
        return room

    def hear(self, line: Line, data: bytes) -> None:
        """Bytes arrived."""
        line.last_heard = self._loop.time()
        line.received += len(data)
        room = max(0, RECEIVE_BUFFER - self.mechanism.buffered)
        line.reserve -= max(0, len(data) - room)
        self.received += data
        del self.received[:-MAX_RECEIVED]
        self.mechanism.take(data)
        self._pump()
        self._break_off(line)

    def dismiss(self, line: Line, error: Exception | None) -> None:
        """The connection ended."""
        if error is not None:
            self.mechanism.log(EventKind.CONNECTION_LOST, type(error).__name__)
        self._strike_off(line)
        self._adjust()

    def _break_off(self, line: Line) -> None:
        health = self.mechanism.health
        if (most := health.value(Fault.RESET_AFTER)) is not None and line.received >= most:
            line.reset()
        elif (most := health.value(Fault.CLOSE_AFTER)) is not None and line.received >= most:
            line.close()

    def _adjust(self) -> None:
        """The first line is heard while there is room, the others wait their turn."""
        is_silent = Fault.SILENT in self.mechanism.health
        for place, line in enumerate(self._lines):
            line.listen(place == 0 and not is_silent and self.allowance(line) > 0)
        if self._unclaimed and self._lines and self._lines[0].can_say(self._unclaimed):
            answer, self._unclaimed = self._unclaimed, b""
            self._reply(answer, True)

    def _start_watch(self) -> None:
        if self._watch is None:
            pause = min(WATCH_SECONDS, self._idle_seconds / 2)
            self._watch = self._loop.call_later(pause, self._look_round)

    def _look_round(self) -> None:
        self._watch = None
        self._bury_the_dead()
        if len(self._lines) > 1 and self._loop.time() - self._lines[0].last_heard > self._idle_seconds:
            self.mechanism.log(EventKind.IDLE_CLOSED, f"{self._idle_seconds:g} s without a byte")
            self._lines[0].close()
        if self._lines:
            self._start_watch()

    def _bury_the_dead(self) -> None:
        for line in tuple(self._lines):
            if line.is_dead():
                line.reset()
                self._strike_off(line)
        self._adjust()

    def _strike_off(self, line: Line) -> None:
        if line in self._lines:
            self._lines.remove(line)
        if not self._lines:
            self._all_gone.set()

    # -- answers -----------------------------------------------------------------------------------------

    def say(self, stray: bytes) -> None:
        """Send bytes that nobody asked for."""
        self._send(stray, False)

    def _reply(self, answer: bytes, keeps: bool) -> None:
        health = self.mechanism.health
        if Fault.MUTE in health or Fault.SILENT in health:
            return
        delay = health.value(Fault.ANSWER_DELAY_MS)
        if delay is None:
            self._send(answer, keeps)
        else:
            self._loop.call_later(delay / 1000, self._send, answer, keeps)

    def _send(self, answer: bytes, keeps: bool) -> None:
        if self._lines and self._lines[0].can_say(answer):
            self._lines[0].say(answer)
            return
        if keeps:
            self._unclaimed = answer
        kind = EventKind.REPLY_OVERFLOW if self._lines else EventKind.REPLY_LOST
        self.mechanism.log(kind, answer.hex(" ") + (" kept" if keeps else ""))

    def _forget_replies(self) -> None:
        self._unclaimed = b""

    # -- the motor ---------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Execute what can be executed; at a set speed, no faster than paper moves."""
        if self._moving is not None:
            return
        while self.mechanism.has_work:
            if self._debt >= SHORTEST_WAIT or (self._debt and self.mechanism.waits_for_paper):
                self._moving = self._loop.call_later(self._debt, self._stand_still)
                break
            rows = self.mechanism.execute_next()
            if self._speed is not None:
                self._debt += rows / DOTS_PER_MM / self._speed
        self._adjust()

    def _stand_still(self) -> None:
        self._moving = None
        self._debt = 0.0
        self._pump()
