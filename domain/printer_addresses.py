"""Where a slip printer is reached: the forms of its address, each with its own remedy when it is wrong."""

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import msgid
from domain.records import Wrong

PORT = r"([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
USUAL_SPEED = 9600


class Flow(StrEnum):
    """How a serial printer says "wait": not at all, by the wires RTS and CTS, or by characters."""

    NONE = "none"
    WIRES = "rtscts"
    CHARACTERS = "xonxoff"


@dataclass(frozen=True, slots=True)
class Network:
    """A port of the network, usually 9100."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Usb:
    """A USB printer by its vendor and product; `serial` where two of one kind hang on this machine."""

    vendor: int
    product: int
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial line of this machine; `speed` in baud."""

    line: str
    speed: int = USUAL_SPEED
    flow: Flow = Flow.NONE


@dataclass(frozen=True, slots=True)
class Cups:
    """A raw queue of the CUPS spooler."""

    queue: str


@dataclass(frozen=True, slots=True)
class Windows:
    """A printer of the Windows spooler, by the name that Windows shows."""

    printer: str


@dataclass(frozen=True, slots=True)
class File:
    """A device node under /dev, or a file ending in .prn to which every slip is added."""

    path: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A printer behind the print agent of this name, which connects in."""

    name: str


Place = Network | Usb | Serial | Cups | Windows | File | Agent

# A file that is written must never be the database, a key or a system file: hence /dev or the ending .prn.
FORMS = {
    "tcp": (
        re.compile(rf"([A-Za-z0-9.-]{{1,253}}|\[[0-9a-fA-F:]+\]):{PORT}", re.ASCII),
        msgid("ghi địa chỉ dạng tcp://192.0.2.10:9100"),
    ),
    "usb": (
        re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:/([\w.-]{1,64}))?", re.ASCII),
        msgid("ghi dạng usb://04b8:0202, hoặc usb://04b8:0202/SỐ-SÊ-RI khi có hai máy cùng loại"),
    ),
    "serial": (
        re.compile(r"(/dev/[\w./-]{1,100}|COM\d{1,3})(?:\?([a-z0-9=&]{1,60}))?", re.ASCII),
        msgid("ghi dạng serial:///dev/ttyUSB0?baud=19200 hoặc serial://COM3?baud=9600&flow=rtscts"),
    ),
    "cups": (
        re.compile(r"([A-Za-z0-9_][\w.-]{0,126})", re.ASCII),
        msgid("ghi tên hàng in của CUPS, dạng cups://phieu-so"),
    ),
    "windows": (
        re.compile(r"([^\x00-\x1f\x7f,!]{1,220})"),
        msgid("ghi tên máy in như Windows hiện, dạng windows://EPSON TM-T20III"),
    ),
    "file": (
        re.compile(r"(/dev/[\w./-]{1,200}|/[^\x00-\x1f\x7f]{1,200}\.prn)"),
        msgid("ghi một thiết bị như file:///dev/usb/lp0, hoặc một tệp có đuôi .prn"),
    ),
    "agent": (
        re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,31})", re.ASCII),
        msgid("ghi mã của chương trình in đã khai ở phần thiết bị, dạng agent://IN1"),
    ),
}
OPTION_REMEDY = msgid("dùng baud=%(speeds)s và flow=none, rtscts hoặc xonxoff")


def read_address(text: str) -> Place:
    """What an address names. Raises Wrong with the form that would be right."""
    scheme, _, rest = text.partition("://")
    if scheme not in FORMS:
        remedy = msgid("bắt đầu bằng tcp://, usb://, serial://, cups://, windows://, file:// hoặc agent://")
        raise Wrong(msgid("không có cách nối máy in này"), remedy)
    form, remedy = FORMS[scheme]
    found = form.fullmatch(rest)
    if found is None or "/../" in rest:
        raise Wrong(msgid("sai dạng"), remedy)
    return _place(scheme, found)


def printer_address(text: str) -> str:
    """The address, when it names a place. Raises Wrong."""
    read_address(text)
    return text


def _place(scheme: str, found: re.Match[str]) -> Place:
    first = found[1]
    match scheme:
        case "tcp":
            return Network(first.strip("[]"), int(found[2]))
        case "usb":
            return Usb(int(first, 16), int(found[2], 16), found[3] or "")
        case "serial":
            return Serial(first, *_line_options(found[2] or ""))
        case "cups":
            return Cups(first)
        case "windows":
            return Windows(first)
        case "file":
            return File(first)
        case _:
            return Agent(first)


def _line_options(text: str) -> tuple[int, Flow]:
    options = dict(part.partition("=")[::2] for part in text.split("&")) if text else {}
    speed, flow = options.pop("baud", str(USUAL_SPEED)), options.pop("flow", Flow.NONE.value)
    if options or speed not in map(str, SPEEDS) or flow not in set(Flow):
        raise Wrong(msgid("sai cách đặt đường nối tiếp"), OPTION_REMEDY, speeds=", ".join(map(str, SPEEDS)))
    return int(speed), Flow(flow)
