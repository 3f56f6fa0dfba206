"""What the printer does with its commands: moves paper, answers status, obeys real-time requests.

Pure of sockets and timers: replies go out through a callback, and whoever pumps decides how fast.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from printers.simulator.paper import CENTRE, LEFT, RIGHT, Roll, Slip
from printers.simulator.parser import Command, Parser
from printers.simulator.status import Health
from printers.simulator.symbols import BadSymbol, Symbol
from printers.simulator.table import (
    CLEAR_BUFFERS,
    CUTS_AFTER_FEED,
    LINE_FEED,
    POWER_OFF,
    RASTER,
    Event,
    EventKind,
    Fault,
    Model,
)

MAX_EVENTS = 2_000
LINE_ROWS = 30
COMPLETION = "GS ( H"
_ALIGNMENTS = {0: LEFT, 1: CENTRE, 2: RIGHT, 48: LEFT, 49: CENTRE, 50: RIGHT}
_HARMLESS = frozenset({"ESC @", "ESC a", "GS a"})


@dataclass(slots=True)
class _Settings:
    """What ESC @ puts back."""

    alignment: int = LEFT
    line_rows: int = LINE_ROWS
    asb: bool = False
    text: bytes = b""
    symbol: Symbol = field(default_factory=Symbol)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the mechanism asks of the world around it.

    `reply(answer, keeps)`: send it; `keeps` = where nobody listens, keep the newest for the next host.
    """

    reply: Callable[[bytes, bool], None]
    forget_replies: Callable[[], None]
    power_off: Callable[[], None]
    slip_cut: Callable[[Slip], None]


class Mechanism:
    """Takes bytes, keeps them in its buffer, and turns them into paper and answers when pumped."""

    def __init__(self, model: Model, roll: Roll, outside: Outside) -> None:
        self.health = Health()
        self.events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self.roll = roll
        self.buffered = 0
        self._model = model
        self._outside = outside
        self._queue: deque[Command] = deque()
        self._settings = _Settings()
        self._late_answer = b""
        self._after_raster = False
        self._parser = Parser(sniffs=model.sniff_raster, put=self._put, act=self._act, log=self.log)

    @property
    def has_work(self) -> bool:
        """Whether a command waits that could be executed now."""
        return bool(self._queue) and not self.health.is_stopped

    @property
    def waits_for_paper(self) -> bool:
        """Whether the next command must not run before the paper stands still."""
        return bool(self._queue) and self._queue[0].name == COMPLETION

    @property
    def expects(self) -> int:
        """How many bytes of raster (or other data) the parser still takes as part of one command."""
        return self._parser.expects

    def log(self, kind: EventKind, detail: str, position: int | None = None) -> None:
        """Write a line into the event log."""
        self.events.append(Event(kind, detail, self._parser.position if position is None else position))

    def take(self, data: bytes) -> None:
        """Receive bytes: real-time requests act now, commands wait in the buffer."""
        self._parser.feed(data)

    def execute_next(self) -> int:
        """Execute the oldest command; the rows of paper that it moved."""
        command = self._queue.popleft()
        self.buffered -= command.size
        if Fault.SWALLOW in self.health and command.name not in _HARMLESS:
            self.log(EventKind.SWALLOWED, command.name)
            return 0
        before = self.roll.moved
        if not self._eats(command):
            self._execute(command)
        if self.roll.is_full:
            self.log(EventKind.ROLL_OVERFLOW, f"{self.roll.hanging} rows without a cut")
            self._cut("guard")
        moved = self.roll.moved - before
        for fault in self.health.strikes_after(moved):
            self.set_fault(fault, 1)
        return moved

    def set_fault(self, fault: Fault, value: int | None) -> None:
        """Set a fault (None clears it), and tell the host if it asked to be told."""
        before, was_stopped = self.health.asb(), self.health.is_stopped
        self.health.put(fault, value)
        self.log(EventKind.FAULT, f"{fault} {'cleared' if value is None else value}")
        if self.health.is_stopped and self._model.forgets_on_stop:
            self._clear("stopped")
        if was_stopped and not self.health.is_stopped and self._model.reprints_on_resume:
            self.roll.repeat()
        if self._settings.asb and self.health.asb() != before:
            self._outside.reply(self.health.asb(), False)

    def switch_off(self) -> None:
        """Lose everything that is not on paper."""
        self.log(EventKind.POWER, "off")
        self._queue.clear()
        self.buffered = 0
        self._settings = _Settings()
        self._late_answer = b""
        self._parser.forget()

    def _put(self, command: Command) -> None:
        self._queue.append(command)
        self.buffered += command.size

    def _act(self, request: bytes) -> None:
        """A real-time request: DLE EOT, DLE ENQ or DLE DC4."""
        if request[1] == 0x04:
            self._answer_status(request[2])
        elif request[1] == 0x05:
            self._recover(request[2])
        elif request == POWER_OFF:
            self._outside.power_off()
        elif request == CLEAR_BUFFERS:
            self._clear("DLE DC4 8")
        else:
            self.log(EventKind.DRAWER, request.hex(" "))

    def _answer_status(self, number: int) -> None:
        if not self._model.answers_status:
            return
        answer = bytes([0x12 if self._model.always_ready else self.health.status(number)])
        if self._model.answers_late:
            answer, self._late_answer = self._late_answer, answer
        if answer:
            self._outside.reply(answer, False)

    def _recover(self, how: int) -> None:
        if how == 2:
            self._clear("DLE ENQ 2")
        if how in (1, 2) and Fault.CUTTER_JAM in self.health:
            self.set_fault(Fault.CUTTER_JAM, None)
            self.log(EventKind.RECOVERED, f"DLE ENQ {how}")

    def _clear(self, why: str) -> None:
        self.log(EventKind.CLEARED, f"{why}: {self.buffered} bytes")
        self._queue.clear()
        self.buffered = 0
        self._settings.text = b""
        self._outside.forget_replies()

    def _eats(self, command: Command) -> bool:
        eaten = self._model.eats_line_feed and self._after_raster and command.name == LINE_FEED
        self._after_raster = command.name == RASTER
        return eaten

    def _execute(self, command: Command) -> None:
        match command.name:
            case "GS v 0":
                self._print_raster_row(command.data)
            case "text":
                self._add_text(command.data)
            case "LF":
                self._feed_lines(1)
            case "ESC J":
                self._feed_dots(command.data[0])
            case "ESC d":
                self._feed_lines(command.data[0])
            case "GS V":
                self._feed_and_cut(command.data)
            case "ESC i" | "ESC m":
                self._cut(command.name)
            case _:
                self._set_or_answer(command)

    def _set_or_answer(self, command: Command) -> None:
        match command.name:
            case "ESC @":
                self._settings = _Settings()
            case "ESC a":
                self._align(command.data[0])
            case "ESC 2":
                self._settings.line_rows = LINE_ROWS
            case "ESC 3":
                self._settings.line_rows = command.data[0]
            case "ESC p":
                self.log(EventKind.DRAWER, command.data.hex(" "))
            case "GS a":
                self._subscribe(command.data[0])
            case "GS r":
                self._answer_sensor(command.data[0])
            case "GS ( H":
                self._answer_completion(command.data)
            case "GS ( k" if self._model.draws_codes:
                self._draw_symbol(command.data)
            case name:
                self.log(EventKind.IGNORED_COMMAND, f"{name} {command.data[:8].hex(' ')}".rstrip())

    def _print_raster_row(self, dots: bytes) -> None:
        if self._settings.text:
            self.log(EventKind.BAD_ARGUMENT, "GS v 0 in the middle of a line")
            self._print_text(self._settings.line_rows)
        if not self.roll.print_row(dots, self._settings.alignment):
            self.log(EventKind.RASTER_TOO_WIDE, f"{len(dots) * 8} dots on {self.roll.width}")

    def _draw_symbol(self, function: bytes) -> None:
        try:
            rows = self._settings.symbol.take(function)
        except BadSymbol:
            self.log(EventKind.BAD_ARGUMENT, f"GS ( k {function[:8].hex(' ')}")
            return
        for row in rows or ():
            self._print_raster_row(row)

    def _add_text(self, text: bytes) -> None:
        self.log(EventKind.TEXT, repr(text[:64])[2:-1])
        self._settings.text += text
        while len(self._settings.text) > self.roll.columns:
            rest = self._settings.text[self.roll.columns :]
            self._print_text(self._settings.line_rows)
            self._settings.text = rest

    def _print_text(self, line_rows: int) -> int:
        text, self._settings.text = self._settings.text[: self.roll.columns], b""
        return self.roll.print_line(text, line_rows, self._settings.alignment) if text else 0

    def _feed_lines(self, count: int) -> None:
        line_rows = self._settings.line_rows
        if self._print_text(line_rows):
            count -= 1
        self.roll.feed(max(0, count) * line_rows)

    def _feed_dots(self, rows: int) -> None:
        self.roll.feed(max(0, rows - self._print_text(0)))

    def _feed_and_cut(self, data: bytes) -> None:
        self._print_text(self._settings.line_rows)
        if data[0] in CUTS_AFTER_FEED:
            self.roll.feed(data[1])
        self._cut(f"GS V {' '.join(str(byte) for byte in data)}")

    def _cut(self, how: str) -> None:
        slip = self.roll.cut()
        if slip is None:
            self.log(EventKind.BLANK_CUT, how)
            return
        self.log(EventKind.CUT, f"{how}: {slip.height} rows")
        self._outside.slip_cut(slip)

    def _align(self, value: int) -> None:
        if value in _ALIGNMENTS:
            self._settings.alignment = _ALIGNMENTS[value]
        else:
            self.log(EventKind.BAD_ARGUMENT, f"ESC a {value}")

    def _subscribe(self, causes: int) -> None:
        self._settings.asb = causes != 0
        if self._settings.asb:
            self._outside.reply(self.health.asb(), False)

    def _answer_sensor(self, number: int) -> None:
        if number not in (1, 2, 49, 50):
            self.log(EventKind.BAD_ARGUMENT, f"GS r {number}")
            return
        near_end = number in (1, 49) and Fault.PAPER_NEAR_END in self.health
        self._outside.reply(b"\x03" if near_end else b"\x00", False)

    def _answer_completion(self, data: bytes) -> None:
        mark = data[2:]
        if data[:2] != b"00" or len(mark) != 4 or not all(32 <= byte <= 126 for byte in mark):
            self.log(EventKind.BAD_ARGUMENT, f"GS ( H {data[:8].hex(' ')}")
        elif self._model.answers_completion:
            self._outside.reply(b"\x37\x22" + mark + b"\x00", True)
        else:
            self.log(EventKind.IGNORED_COMMAND, COMPLETION)
