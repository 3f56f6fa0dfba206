"""The local devices that python-escpos drives: serial line, USB, CUPS, Windows spooler, device node or file.

Everything here blocks and belongs to one thread (`printers.blocking`). Its libraries are optional and imported at
the first use. Only the library's bytes are used, never its questions about paper (printing.md 2).
"""

import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from domain.printer_addresses import Cups, File, Flow, Place, Serial, Usb, Windows
from printers.connections import STALL_SECONDS
from printers.status import Trouble

USB_PRINTER = 7
USB_READ_MILLISECONDS = 5
DRAIN_STEP_SECONDS = 0.02
READ_AT_MOST = 512


class Missing(Exception):
    """Something must be installed on this machine first; `trouble` says what."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


class Driver(Protocol):
    """One device, opened for one job."""

    can_answer: bool

    def open(self) -> None:
        """Take the device. Raises Missing, and any error of its library."""

    def write(self, data: bytes) -> None:
        """Hand over bytes. Raises TimeoutError when nothing moves, any other error when it is gone."""

    def read(self) -> bytes:
        """What the printer said, at once."""

    def finish(self) -> None:
        """The job is whole: let the spooler have it, wait until the bytes have left."""

    def close(self) -> None:
        """Let go of the device."""


def driver_for(place: Place) -> Driver:
    """The driver of a local address. Raises Missing for an address that is not local."""
    match place:
        case Serial():
            return SerialLine(place)
        case Usb():
            return UsbDevice(place)
        case Cups():
            return CupsQueue(place)
        case Windows():
            return WindowsQueue(place)
        case File():
            return Node(place)
    raise Missing(Trouble.WRONG_ADDRESS)


class SerialLine:
    """A serial printer; it answers on the same line."""

    can_answer = True

    def __init__(self, place: Serial) -> None:
        self._place, self._printer = place, None  # type: tuple[Serial, Any]

    def open(self) -> None:
        _need("serial", Trouble.NO_PYSERIAL)
        from escpos import printer

        place = self._place
        # dsrdtr=False raises DTR, without which a printer does not answer; POSIX has no such flow control.
        found = printer.Serial(
            place.line, place.speed, timeout=0, xonxoff=place.flow is Flow.CHARACTERS, dsrdtr=False
        )
        found.open()
        self._printer = found
        found.device.exclusive = True
        found.device.write_timeout = STALL_SECONDS
        found.device.rtscts = place.flow is Flow.WIRES

    def write(self, data: bytes) -> None:
        import serial

        try:
            self._printer._raw(data)
        except serial.SerialTimeoutException as error:
            raise TimeoutError from error

    def read(self) -> bytes:
        return bytes(self._printer.device.read(READ_AT_MOST))

    def finish(self) -> None:
        """Wait until the kernel has sent what it holds; at 9600 baud its buffer alone takes four seconds."""
        if not self._drained():
            raise TimeoutError

    def _drained(self) -> bool:
        device, left = self._printer.device, None
        end = time.monotonic() + STALL_SECONDS
        while (waiting := device.out_waiting) and time.monotonic() < end:
            if left is None or waiting < left:
                left, end = waiting, time.monotonic() + STALL_SECONDS
            time.sleep(DRAIN_STEP_SECONDS)
        return not waiting

    def close(self) -> None:
        """Not by the library: it waits for ever for a stopped printer, and leaves a pulled line open."""
        if self._printer is None:
            return
        device, self._printer.device = self._printer.device, False
        with suppress(Exception):
            if device.out_waiting:
                device.reset_output_buffer()
        device.close()


class UsbDevice:
    """A USB printer; endpoints are those of its printer interface, since makers differ."""

    can_answer = True

    def __init__(self, place: Usb) -> None:
        self._place, self._printer = place, None  # type: tuple[Usb, Any]

    def open(self) -> None:
        _need("usb", Trouble.NO_PYUSB)
        import usb.core
        from escpos import printer

        # In this order: the serial number of a device that is not ours cannot always be read.
        wanted: dict[str, Any] = {"idVendor": self._place.vendor, "idProduct": self._place.product}
        if self._place.serial:
            wanted["serial_number"] = self._place.serial
        found = printer.Usb(usb_args=wanted, timeout=int(STALL_SECONDS * 1000))
        try:
            found.open()
        except usb.core.NoBackendError as error:
            raise Missing(Trouble.NO_LIBUSB) from error
        self._printer = found
        self._choose_endpoints(found)

    def _choose_endpoints(self, printer: Any) -> None:
        interfaces = list(printer.device.get_active_configuration())
        of_printers = [one for one in interfaces if one.bInterfaceClass == USB_PRINTER]
        ends = [end.bEndpointAddress for end in (of_printers or interfaces)[0]]
        outward = [end for end in ends if not end & 0x80]
        inward = [end for end in ends if end & 0x80]
        if outward:
            printer.out_ep = outward[0]
        self.can_answer = bool(inward)
        if inward:
            printer.in_ep = inward[0]

    def write(self, data: bytes) -> None:
        import usb.core

        try:
            self._printer._raw(data)
        except usb.core.USBTimeoutError as error:
            raise TimeoutError from error

    def read(self) -> bytes:
        import usb.core

        if not self.can_answer:
            return b""
        try:
            return bytes(self._printer.device.read(self._printer.in_ep, READ_AT_MOST, USB_READ_MILLISECONDS))
        except usb.core.USBTimeoutError:
            return b""

    def finish(self) -> None:
        """A USB write ends when the device has taken the bytes."""

    def close(self) -> None:
        if self._printer is None:
            return
        try:
            self._printer.close()
        finally:
            self._printer.device = False


class CupsQueue:
    """A raw queue of CUPS, by `lp`: pycups has no wheel. The slip leaves when it is whole."""

    can_answer = False

    def __init__(self, place: Cups) -> None:
        self._place, self._printer = place, None  # type: tuple[Cups, Any]

    def open(self) -> None:
        if shutil.which("lp") is None or shutil.which("lpstat") is None:
            raise Missing(Trouble.NO_CUPS)
        from escpos import printer

        found = printer.LP(self._place.queue)
        found.open(job_name="motcua")
        self._printer = found

    def write(self, data: bytes) -> None:
        self._printer._raw(data)

    def read(self) -> bytes:
        return b""

    def finish(self) -> None:
        """Raises OSError when `lp` did not take the slip."""
        spooling: subprocess.Popen[bytes] = self._printer.device
        self._printer.close()
        self._printer = None
        if spooling.returncode:
            raise OSError(f"lp ended with {spooling.returncode}")

    def close(self) -> None:
        """What was not finished is thrown away: half a slip must not be printed."""
        if self._printer is None:
            return
        spooling: subprocess.Popen[bytes] = self._printer.device
        spooling.kill()
        spooling.wait(STALL_SECONDS)
        with suppress(OSError):
            spooling.stdin.close()  # type: ignore[union-attr]
        self._printer.device = False  # the library would try to close it again when it is collected
        self._printer = None


class WindowsQueue:
    """A printer of the Windows spooler, raw."""

    can_answer = False

    def __init__(self, place: Windows) -> None:
        self._place, self._printer = place, None  # type: tuple[Windows, Any]

    def open(self) -> None:
        _need("win32print", Trouble.NO_PYWIN32)
        from escpos import printer

        found = printer.Win32Raw(self._place.printer)
        found.open(job_name="motcua")
        self._printer = found

    def write(self, data: bytes) -> None:
        self._printer._raw(data)

    def read(self) -> bytes:
        return b""

    def finish(self) -> None:
        printer, self._printer = self._printer, None
        printer.close()

    def close(self) -> None:
        """What was not finished is thrown away: half a slip must not be printed."""
        if self._printer is None:
            return
        import win32print

        win32print.AbortPrinter(self._printer.device)
        win32print.ClosePrinter(self._printer.device)
        self._printer.device, self._printer = False, None


class Node:
    """A device node such as /dev/usb/lp0, or a file ending in .prn that every slip is added to."""

    can_answer = False

    def __init__(self, place: File) -> None:
        self._place, self._printer = place, None  # type: tuple[File, Any]

    def open(self) -> None:
        """Raises OSError for what is neither a printer's node nor a .prn file: nothing else is ever written."""
        from escpos import printer

        path = Path(self._place.path)
        if not _may_be_written(path):
            raise OSError("neither a character device nor a plain .prn file")
        found = printer.File(self._place.path)
        found.device = path.open("ab")  # its own open() would throw the earlier slips away
        self._printer = found

    def write(self, data: bytes) -> None:
        self._printer._raw(data)

    def read(self) -> bytes:
        return b""

    def finish(self) -> None:
        self._printer.flush()

    def close(self) -> None:
        if self._printer is not None:
            self._printer.close()


def _may_be_written(path: Path) -> bool:
    if path.suffix == ".prn":
        return not path.is_symlink() and (path.is_file() or not path.exists())
    return stat.S_ISCHR(path.stat().st_mode)


def _need(module: str, trouble: Trouble) -> None:
    if module not in sys.modules and find_spec(module) is None:
        raise Missing(trouble)
