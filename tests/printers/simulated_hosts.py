"""What the tests of the simulated printer share: the bytes they send, and a host that sends them."""

import socket
import struct
import time
from collections.abc import Callable

from printers.simulator import EventKind, PrinterSimulator

INIT = b"\x1b@"
CUT = b"\x1dV\x42\x00"
EOT = {n: bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4)}
ALL_STATUS = b"".join(EOT.values())
SMALL = 16


def raster(width_bytes: int, rows: list[bytes]) -> bytes:
    return b"\x1dv0\x00" + struct.pack("<HH", width_bytes, len(rows)) + b"".join(rows)


def completion(mark: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + mark


def black(width: int, height: int) -> bytes:
    return raster(width // 8, [b"\xff" * (width // 8)] * height)


class Host:
    """A blocking client. `finish` ends its sending side and gives back every answer up to the end."""

    def __init__(self, printer: PrinterSimulator) -> None:
        self.socket = socket.create_connection(("127.0.0.1", printer.port), timeout=5)

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise EOFError(data)
            data += piece
        return data

    def ask(self, data: bytes, count: int) -> bytes:
        self.send(data)
        return self.read(count)

    def finish(self) -> bytes:
        self.socket.shutdown(socket.SHUT_WR)
        data = b""
        while piece := self.socket.recv(4096):
            data += piece
        return data


def say(printer: PrinterSimulator, data: bytes) -> bytes:
    """One whole connection: all that the printer answers to these bytes."""
    with Host(printer) as host:
        host.send(data)
        return host.finish()


def kinds(printer: PrinterSimulator) -> list[EventKind]:
    return [event.kind for event in printer.events]


def pixels(printer: PrinterSimulator, number: int = -1) -> list[str]:
    """The slip as rows of `#` (black) and `.`."""
    image = printer.slips[number]
    assert image.mode == "1"
    return ["".join(".#"[image.getpixel((x, y)) == 0] for x in range(image.width)) for y in range(image.height)]


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came about"
