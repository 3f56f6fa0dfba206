"""Splits the byte stream into the printer's commands; knows where data begins and ends, not what it means.

The state outlives a connection: half a command waits for its rest, whoever sends it (a predecessor's half
ticket eats the next one). Only switching the printer off forgets it.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from printers.simulator.table import (
    ARGUMENTS,
    CUTS,
    CUTS_AFTER_FEED,
    DLE,
    LINE_FEED,
    LONGEST_REALTIME,
    NUL,
    PREFIXES,
    RASTER,
    REALTIME,
    TEXT,
    EventKind,
)

_NULS = re.compile(rb"\x00+")
_PRINTABLE = re.compile(rb"[\x20-\xff]{1,256}")
_QUIET_CONTROLS = {0x09: "HT", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
_LENGTH_PREFIXED = (b"\x1d(", b"\x1c(")


@dataclass(frozen=True, slots=True)
class Command:
    """One command or one row of a raster; `size` is the room in bytes that it takes in the buffer."""

    name: str
    data: bytes
    size: int


class _Step(NamedTuple):
    size: int
    command: Command | None = None


@dataclass(slots=True)
class _Payload:
    name: str
    unit: int
    left: int
    overhead: int


class Parser:
    """Feed it bytes. Commands go to `put`, real-time requests to `act`, everything odd to `log`."""

    def __init__(
        self,
        *,
        sniffs: bool,
        put: Callable[[Command], None],
        act: Callable[[bytes], None],
        log: Callable[[EventKind, str, int], None],
    ) -> None:
        self._sniffs = sniffs
        self._put = put
        self._act = act
        self._log = log
        self.forget()

    def forget(self) -> None:
        """Be as when switched on."""
        self._pending = bytearray()
        self._position = 0
        self._payload: _Payload | None = None
        self._tail = b""
        self._requests: deque[tuple[int, bytes]] = deque()
        self._was_forgotten = True

    @property
    def position(self) -> int:
        """How many bytes have been understood so far."""
        return self._position

    @property
    def expects(self) -> int:
        """How many bytes of the current command's data are still to come; 0 between commands."""
        return self._payload.unit * self._payload.left - len(self._pending) if self._payload else 0

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrive. Real-time requests are seen wherever they stand, before the buffer."""
        self._was_forgotten = False
        window, seen, done = self._tail + data, len(self._tail), 0
        arrived = self._position + len(self._pending)
        self._tail = window[-(LONGEST_REALTIME - 1) :]
        for match in REALTIME.finditer(window):
            if match.end() <= seen:
                continue
            start = match.start() - seen
            self._absorb(data[done : max(done, start)])
            done = max(done, start)
            self._requests.append((arrived + start, match[0]))
            if self._sniffs:
                self._act(match[0])
            if self._was_forgotten:
                return
        self._absorb(data[done:])

    def _absorb(self, data: bytes) -> None:
        self._pending += data
        while self._pending and (step := self._step()) is not None:
            if self._was_forgotten:
                return
            del self._pending[: step.size]
            self._position += step.size
            self._report_strays()
            if step.command is not None:
                self._put(step.command)

    def _report_strays(self) -> None:
        while self._requests and self._requests[0][0] < self._position:
            at, request = self._requests.popleft()
            self._log(EventKind.REALTIME_IN_DATA, request.hex(" "), at)

    def _step(self) -> _Step | None:
        if self._payload is not None:
            return self._take_data(self._payload)
        first = self._pending[0]
        if first == NUL:
            return _Step(_span(_NULS, self._pending))
        if first == DLE:
            return self._take_realtime()
        if first in PREFIXES:
            return self._take_command()
        if first >= 0x20:
            size = _span(_PRINTABLE, self._pending)
            return _Step(size, Command(TEXT, bytes(self._pending[:size]), size))
        return self._take_control(first)

    def _take_control(self, byte: int) -> _Step:
        if byte == 0x0A:
            return _Step(1, Command(LINE_FEED, b"", 1))
        if byte in _QUIET_CONTROLS:
            self._log(EventKind.IGNORED_COMMAND, _QUIET_CONTROLS[byte], self._position)
        else:
            self._log(EventKind.UNKNOWN_COMMAND, f"{byte:02x}", self._position)
        return _Step(1)

    def _take_realtime(self) -> _Step | None:
        if self._requests and self._requests[0][0] == self._position:
            _, request = self._requests.popleft()
            if not self._sniffs:
                self._act(request)
            return _Step(len(request))
        if _may_become_realtime(self._pending):
            return None
        self._log(EventKind.UNKNOWN_COMMAND, self._pending[:3].hex(" "), self._position)
        return _Step(min(2, len(self._pending)))

    def _take_command(self) -> _Step | None:
        if len(self._pending) < 2:
            return None
        head = bytes(self._pending[:2])
        if head == b"\x1dv":
            return self._open_raster()
        if head in _LENGTH_PREFIXED:
            return self._open_function()
        if head == b"\x1b*":
            return self._open_column_image()
        if head == b"\x1dV":
            return self._take_cut()
        if head == b"\x1dk":
            return self._take_barcode()
        if head in ARGUMENTS:
            return self._take_plain(head, ARGUMENTS[head])
        self._log(EventKind.UNKNOWN_COMMAND, head.hex(" "), self._position)
        return _Step(2)

    def _take_plain(self, head: bytes, count: int) -> _Step | None:
        size = 2 + count
        if len(self._pending) < size:
            return None
        return _Step(size, Command(command_name(head), bytes(self._pending[2:size]), size))

    def _take_cut(self) -> _Step | None:
        if len(self._pending) < 3:
            return None
        mode = self._pending[2]
        if mode in CUTS_AFTER_FEED:
            return self._take_plain(b"\x1dV", 2)
        if mode in CUTS:
            return self._take_plain(b"\x1dV", 1)
        self._log(EventKind.BAD_ARGUMENT, f"GS V {mode}", self._position)
        return _Step(3)

    def _take_barcode(self) -> _Step | None:
        if len(self._pending) < 4:
            return None
        if self._pending[2] >= 65:
            return self._take_plain(b"\x1dk", 2 + self._pending[3])
        end = self._pending.find(NUL, 3, 3 + 256)
        if end < 0 and len(self._pending) < 3 + 256:
            return None
        return self._take_plain(b"\x1dk", max(end, 3) - 1)

    def _open_raster(self) -> _Step | None:
        if len(self._pending) < 8:
            return None
        kind, mode, x_low, x_high, y_low, y_high = self._pending[2:8]
        width, height = x_low + 256 * x_high, y_low + 256 * y_high
        if kind != 0x30 or width == 0 or height == 0:
            self._log(EventKind.BAD_ARGUMENT, self._pending[:8].hex(" "), self._position)
            return _Step(8)
        if mode not in (0, 48):
            self._log(EventKind.BAD_ARGUMENT, f"GS v 0 mode {mode}", self._position)
        self._payload = _Payload(RASTER, width, height, 8)
        return _Step(8)

    def _open_function(self) -> _Step | None:
        if len(self._pending) < 5:
            return None
        name = f"{command_name(bytes(self._pending[:2]))} {chr(self._pending[2])}"
        length = self._pending[3] + 256 * self._pending[4]
        if length == 0:
            return _Step(5, Command(name, b"", 5))
        self._payload = _Payload(name, length, 1, 5)
        return _Step(5)

    def _open_column_image(self) -> _Step | None:
        if len(self._pending) < 5:
            return None
        mode = self._pending[2]
        length = (self._pending[3] + 256 * self._pending[4]) * (3 if mode in (32, 33) else 1)
        if mode not in (0, 1, 32, 33) or length == 0:
            self._log(EventKind.BAD_ARGUMENT, self._pending[:5].hex(" "), self._position)
            return _Step(5)
        self._payload = _Payload("ESC *", length, 1, 5)
        return _Step(5)

    def _take_data(self, payload: _Payload) -> _Step | None:
        if len(self._pending) < payload.unit:
            return None
        payload.left -= 1
        if payload.left == 0:
            self._payload = None
        room = payload.unit + payload.overhead
        payload.overhead = 0
        return _Step(payload.unit, Command(payload.name, bytes(self._pending[: payload.unit]), room))


def command_name(head: bytes) -> str:
    """How the manual writes it: `ESC @`, `GS V`."""
    return f"{PREFIXES[head[0]]} {chr(head[1])}"


def _span(pattern: re.Pattern[bytes], pending: bytearray) -> int:
    match = pattern.match(pending)
    return match.end() if match else 1


def _may_become_realtime(pending: bytearray) -> bool:
    if len(pending) == 1:
        return True
    lengths = {0x04: 3, 0x05: 3}
    if pending[1] == 0x14:
        return len(pending) < 3 or len(pending) < {1: 5, 2: 5, 8: 10}.get(pending[2], 0)
    return len(pending) < lengths.get(pending[1], 0)
