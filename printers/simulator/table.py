"""What the simulated printer knows by heart: its commands, status bits, faults and events.

Typed from docs of the device (printing notes, sections 7 and 10; Epson's ESC/POS reference), never from the
modules that make the slips: both sides may not share one error.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

DOTS_PER_MM = 8
RECEIVE_BUFFER = 16 * 1024
SEND_BUFFER = 512
MAX_CONNECTIONS = 3
IDLE_SECONDS = 300.0

NUL, LF, DLE, ESC, FS, GS = 0x00, 0x0A, 0x10, 0x1B, 0x1C, 0x1D
PREFIXES = {ESC: "ESC", FS: "FS", GS: "GS"}

RASTER = "GS v 0"
TEXT = "text"
LINE_FEED = "LF"

# How many argument bytes follow. What the mechanism does not act on is consumed and logged as ignored.
ARGUMENTS = {
    b"\x1b@": 0, b"\x1bJ": 1, b"\x1bd": 1, b"\x1ba": 1, b"\x1b2": 0, b"\x1b3": 1, b"\x1bi": 0, b"\x1bm": 0,
    b"\x1bp": 3, b"\x1b ": 1, b"\x1b!": 1, b"\x1b$": 2, b"\x1b%": 1, b"\x1b-": 1, b"\x1bE": 1, b"\x1bG": 1,
    b"\x1bM": 1, b"\x1bR": 1, b"\x1bV": 1, b"\x1b\\": 2, b"\x1bc": 2, b"\x1bt": 1, b"\x1b{": 1, b"\x1b=": 1,
    b"\x1c&": 0, b"\x1c.": 0, b"\x1cC": 1, b"\x1cp": 2,
    b"\x1da": 1, b"\x1dr": 1, b"\x1d!": 1, b"\x1dB": 1, b"\x1dH": 1, b"\x1dI": 1, b"\x1dL": 2, b"\x1dP": 2,
    b"\x1dW": 2, b"\x1db": 1, b"\x1df": 1, b"\x1dh": 1, b"\x1dw": 1,
}  # fmt: skip

# GS ( k of a QR code (symbol 49): store model, size of modules, correction, data; print what is stored.
QR_SYMBOL = 49
QR_MODEL, QR_SIZE, QR_LEVEL, QR_STORE, QR_PRINT = 65, 67, 69, 80, 81
QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
QR_SIZES = range(1, 17)
QR_USUAL_SIZE, QR_USUAL_LEVEL = 3, 48
LONGEST_QR = 7089

CUTS = frozenset({0, 1, 48, 49})
CUTS_AFTER_FEED = frozenset({65, 66, 97, 98, 103, 104})

# DLE EOT n, DLE ENQ n, DLE DC4 (drawer pulse; power off; clear buffers): acted on wherever they stand.
REALTIME = re.compile(
    rb"\x10\x04[\x01-\x04]"
    rb"|\x10\x05[\x00-\x02]"
    rb"|\x10\x14\x01[\x00\x01][\x01-\x08]"
    rb"|\x10\x14\x02\x01\x08"
    rb"|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    re.DOTALL,
)
LONGEST_REALTIME = 10
POWER_OFF = b"\x10\x14\x02\x01\x08"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


class Fault(StrEnum):
    """What can be wrong with the printer; those with a number take it as the value of `Faults.set`."""

    PAPER_OUT = "paper_out"
    PAPER_NEAR_END = "paper_near_end"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER_JAM = "cutter_jam"
    HEAD_HOT = "head_hot"
    OFF = "off"
    SILENT = "silent"
    MUTE = "mute"
    SWALLOW = "swallow"
    RESET_AFTER = "reset_after"
    CLOSE_AFTER = "close_after"
    PAPER_OUT_AFTER = "paper_out_after"
    COVER_OPEN_AFTER = "cover_open_after"
    ANSWER_DELAY_MS = "answer_delay_ms"


STOPPING = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.CUTTER_JAM, Fault.HEAD_HOT})

# Bits set in the answers to DLE EOT 1, 2, 3, 4 over the fixed 0x12. Cutter (n3 bit 3), paper, cover and
# offline stand in the notes; n2 bit 6 (any error) and n3 bit 6 (recovers by itself) are Epson's reference.
STATUS_BITS: dict[Fault, tuple[int, int, int, int]] = {
    Fault.PAPER_NEAR_END: (0x00, 0x00, 0x00, 0x0C),
    Fault.PAPER_OUT: (0x08, 0x20, 0x00, 0x6C),
    Fault.COVER_OPEN: (0x08, 0x04, 0x00, 0x00),
    Fault.OFFLINE: (0x08, 0x00, 0x00, 0x00),
    Fault.CUTTER_JAM: (0x08, 0x40, 0x08, 0x00),
    Fault.HEAD_HOT: (0x08, 0x40, 0x40, 0x00),
}

# The same for the four bytes of automatic status back, over 10 00 00 00.
ASB_BITS: dict[Fault, tuple[int, int, int, int]] = {
    Fault.PAPER_NEAR_END: (0x00, 0x00, 0x03, 0x00),
    Fault.PAPER_OUT: (0x08, 0x00, 0x0F, 0x00),
    Fault.COVER_OPEN: (0x28, 0x00, 0x00, 0x00),
    Fault.OFFLINE: (0x08, 0x00, 0x00, 0x00),
    Fault.CUTTER_JAM: (0x08, 0x08, 0x00, 0x00),
    Fault.HEAD_HOT: (0x08, 0x40, 0x00, 0x00),
}


class EventKind(StrEnum):
    """What the log records."""

    UNKNOWN_COMMAND = "unknown_command"
    BAD_ARGUMENT = "bad_argument"
    REALTIME_IN_DATA = "realtime_in_data"
    RASTER_TOO_WIDE = "raster_too_wide"
    ROLL_OVERFLOW = "roll_overflow"
    REPLY_OVERFLOW = "reply_overflow"
    CONNECTION_REFUSED = "connection_refused"
    IGNORED_COMMAND = "ignored_command"
    TEXT = "text"
    CUT = "cut"
    BLANK_CUT = "blank_cut"
    DRAWER = "drawer"
    REPLY_LOST = "reply_lost"
    RECOVERED = "recovered"
    CLEARED = "cleared"
    SWALLOWED = "swallowed"
    POWER = "power"
    IDLE_CLOSED = "idle_closed"
    CONNECTION_LOST = "connection_lost"
    FAULT = "fault"


COMPLAINTS = frozenset(
    {
        EventKind.UNKNOWN_COMMAND,
        EventKind.BAD_ARGUMENT,
        EventKind.REALTIME_IN_DATA,
        EventKind.RASTER_TOO_WIDE,
        EventKind.ROLL_OVERFLOW,
        EventKind.REPLY_OVERFLOW,
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log; `position` counts the bytes received since the printer was switched on."""

    kind: EventKind
    detail: str
    position: int


@dataclass(frozen=True, slots=True)
class Model:
    """How this make behaves. The default is an Epson; every switch turned is a trait of some clone.

    `sniff_raster`: acts on real-time bytes inside another command's data. `answers_completion`: knows
    GS ( H. `answers_status`: knows DLE EOT. `always_ready`: answers 0x12 whatever is wrong.
    `answers_late`: answers the previous query first. `eats_line_feed`: swallows one LF after a raster.
    `draws_codes`: knows GS ( k. `forgets_on_stop`: loses what it has buffered when it stops for paper, cover or
    error. `reprints_on_resume`: begins again with the first row of the slip in which it stopped.
    """

    sniff_raster: bool = True
    answers_completion: bool = True
    draws_codes: bool = True
    answers_status: bool = True
    always_ready: bool = False
    answers_late: bool = False
    eats_line_feed: bool = False
    forgets_on_stop: bool = False
    reprints_on_resume: bool = False
