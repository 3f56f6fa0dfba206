"""What stands in for hardware in the tests of local devices: serial cable, CUPS, USB device, Windows spooler."""

import os
import select
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from printers.simulator import PrinterSimulator


@contextmanager
def serial_cable(printer: PrinterSimulator) -> "Iterator[SerialCable]":
    """A pseudo-terminal whose other end is the simulated printer."""
    cable = SerialCable(printer)
    try:
        yield cable
    finally:
        cable.pull()


class SerialCable:
    """Joins a pseudo-terminal with the printer's parser; `freeze` takes no bytes, `pull` takes the line away."""

    def __init__(self, printer: PrinterSimulator) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave
        self._socket = socket.create_connection(("127.0.0.1", printer.port))
        self._frozen, self._pulled = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"serial://{self.path}?baud=115200"

    def freeze(self) -> None:
        self._frozen.set()

    def pull(self) -> None:
        if self._pulled.is_set():
            return
        self._pulled.set()
        self._thread.join(5)
        for handle in (self._master, self._slave):
            os.close(handle)
        self._socket.close()

    def _carry(self) -> None:
        while not self._pulled.is_set():
            watched = [self._socket] if self._frozen.is_set() else [self._master, self._socket]
            ready, _, _ = select.select(watched, [], [], 0.02)
            with suppress(OSError):
                if self._master in ready:
                    self._socket.sendall(os.read(self._master, 4096))
                if self._socket in ready:
                    os.write(self._master, self._socket.recv(512))


def make_cups(folder: Path, queue: str = "phieu", fails: bool = False) -> Path:
    """Programs named `lp` and `lpstat` as the driver runs them; what `lp` was given lies in `slips`."""
    folder.mkdir()
    ending = "exit 1" if fails else f"cat > {folder}/part && mv {folder}/part {folder}/slip.$$"
    _program(folder / "lp", f'echo "$@" > {folder}/arguments\n{ending}\n')
    _program(folder / "lpstat", f'[ "$1" = -e ] && echo {queue} || echo "device for {queue}: usb://x"\n')
    return folder


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(0o755)


class UsbPrinter:
    """The library's device object, and nothing behind it: the hardware is absent."""

    backend = SimpleNamespace(__module__="usb.backend.libusb1")

    def __init__(self, ends: tuple[int, ...] = (0x81, 0x03)) -> None:
        self.sent, self.answers, self.reset_count, self.let_go_count = bytearray(), bytearray(), 0, 0
        self._ctx = SimpleNamespace(dispose=self._let_go)
        self.error: Exception | None = None
        self._ends = ends

    def _let_go(self, device: Any) -> None:
        self.let_go_count += 1

    def is_kernel_driver_active(self, interface: int) -> bool:
        return False

    def set_configuration(self) -> None:
        pass

    def reset(self) -> None:
        self.reset_count += 1

    def get_active_configuration(self) -> list[Any]:
        def one(kind: int, ends: tuple[int, ...]) -> Any:
            return type("Interface", (list,), {"bInterfaceClass": kind})(
                SimpleNamespace(bEndpointAddress=end) for end in ends
            )

        return [one(3, (0x84,)), one(7, self._ends)]

    def write(self, end: int, data: bytes, timeout: int) -> int:
        assert end == 0x03, "not the way out of the printer's interface"
        assert timeout > 0, "a USB write without a limit hangs for ever"
        if self.error is not None:
            raise self.error
        self.sent += data
        self._answer(data)
        return len(data)

    def _answer(self, data: bytes) -> None:
        if data.startswith(b"\x10\x04"):
            self.answers += b"\x12"
        if data.startswith(b"\x1d(H"):
            self.answers += b"\x37\x22" + data[7:11] + b"\x00"

    def read(self, end: int, size: int, timeout: int) -> bytes:
        import usb.core

        assert (end, timeout > 0) == (0x81, True)
        if not self.answers:
            raise usb.core.USBTimeoutError("nothing", 110, 110)
        data, self.answers = bytes(self.answers), bytearray()
        return data


class WindowsSpooler:
    """The functions of win32print that are called, in place of a Windows."""

    PRINTER_ENUM_NAME = 8

    def __init__(self) -> None:
        self.pages: list[bytes] = []
        self.calls: list[str] = []

    def EnumPrinters(self, *_: Any) -> list[dict[str, str]]:
        return [{"pPrinterName": "EPSON TM-T20III"}]

    def OpenPrinter(self, name: str) -> int:
        return 42

    def StartDocPrinter(self, handle: int, level: int, info: tuple[str, str, str]) -> int:
        assert info[2] == "RAW"
        self.pages.append(b"")
        return 1

    def WritePrinter(self, handle: int, data: bytes) -> None:
        self.pages[-1] += data

    def __getattr__(self, name: str) -> Any:
        return lambda handle: self.calls.append(name)
