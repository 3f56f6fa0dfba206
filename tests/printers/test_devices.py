"""The local ways out: a serial line through a real pseudo-terminal into the simulated printer's parser, real files,
real child processes for CUPS; of USB and Windows only the library's device object is a stand-in.
"""

import asyncio
import os
import sys
import threading

import pytest

from printers import blocking, devices, drivers
from printers.connections import Stopped, Unreachable
from printers.drivers import Missing
from printers.papers import confirm_id
from printers.simulator import PrinterSimulator
from printers.slips import draw
from printers.status import Trouble, trouble
from printers.thermal import job
from tests.printers.agent_hall import until
from tests.printers.example_slips import TICKET
from tests.printers.local_devices import UsbPrinter, WindowsSpooler, make_cups, serial_cable

PROOF = confirm_id(42)
CHUNKS = job(draw(TICKET, 384, str), 384, PROOF).chunks
SLIP = b"".join(CHUNKS)


async def print_slip(address: str):
    """What a worker does with one slip: its answers before it, and whether the printer gave its word."""
    line = await devices.connect(address)
    try:
        answers = await line.ask_status()
        await line.begin("42", CHUNKS)
        for chunk in CHUNKS:
            await line.write(chunk)
        while answers and PROOF not in line.replies.printed and await line.replies.news(5):
            pass
        return answers, PROOF in line.replies.printed
    finally:
        await line.close()


def refusal(address: str) -> Trouble:
    with pytest.raises(Unreachable) as caught:
        asyncio.run(print_slip(address))
    return caught.value.trouble


@pytest.fixture
def wide():
    with PrinterSimulator.threaded(384) as found:
        yield found


def test_a_slip_goes_out_over_a_serial_line_and_its_word_comes_back(wide):
    with serial_cable(wide) as cable:
        answers, proved = asyncio.run(print_slip(cable.address))
        assert (answers, proved) == ({1: 0x12, 2: 0x12, 4: 0x12}, True)
        assert asyncio.run(print_slip(cable.address))[1], "the line is free for the next job"
    assert wide.printed == 2
    assert wide.complaints == []
    assert wide.received.count(SLIP) == 2


def test_a_serial_printer_without_paper_says_so(wide):
    wide.faults.set("paper_out")

    async def look(address):
        line = await devices.connect(address)
        try:
            return trouble(await line.ask_status())
        finally:
            await line.close()

    with serial_cable(wide) as cable:
        assert asyncio.run(look(cable.address)) is Trouble.PAPER_OUT


def test_a_serial_printer_that_takes_nothing_stops_the_job_within_the_limit_and_is_let_go_of(wide, monkeypatch):
    monkeypatch.setattr(drivers, "STALL_SECONDS", 0.2)

    async def push(address):
        line = await devices.connect(address)
        try:
            for _ in range(400):  # far more than the system's own buffers take
                await line.write(bytes(512))
        finally:
            await line.close()

    with serial_cable(wide) as cable:
        cable.freeze()
        with pytest.raises(Stopped) as caught:
            asyncio.run(push(cable.address))
    assert caught.value.trouble is Trouble.STALLED
    assert blocking._held == set()


def test_a_serial_line_that_is_pulled_out_loses_the_job(wide):
    async def push(cable):
        line = await devices.connect(cable.address)
        try:
            await line.write(b"\x1b@")
            await asyncio.to_thread(cable.pull)
            for _ in range(100):
                await line.write(bytes(512))
        finally:
            await line.close()

    with serial_cable(wide) as cable, pytest.raises(Stopped) as caught:
        asyncio.run(push(cable))
    assert caught.value.trouble is Trouble.LOST


def test_two_programs_do_not_share_a_serial_line(wide):
    async def both(address):
        line = await devices.connect(address)
        try:
            with pytest.raises(Unreachable):
                await devices.connect(address.replace("115200", "9600"))
        finally:
            await line.close()

    with serial_cable(wide) as cable:
        asyncio.run(both(cable.address))


def test_a_file_gets_slip_after_slip_and_no_question(tmp_path):
    place = tmp_path / "slips.prn"
    for _ in range(2):
        assert asyncio.run(print_slip(f"file://{place}")) == ({}, False)
    assert place.read_bytes() == 2 * SLIP


@pytest.mark.parametrize("make", [lambda p: p.symlink_to("/dev/null"), lambda p: p.mkdir(), os.mkfifo])
def test_what_is_no_plain_file_is_never_written(tmp_path, make):
    make(tmp_path / "a.prn")
    assert refusal(f"file://{tmp_path}/a.prn") is Trouble.REFUSED


def test_a_node_that_is_no_character_device_is_never_written(monkeypatch):
    assert refusal("file:///dev/shm") is Trouble.REFUSED
    assert refusal("file:///dev/motcua-no-such-printer") is Trouble.REFUSED
    assert asyncio.run(print_slip("file:///dev/null")) == ({}, False)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "lpr://x", "tcp://", "agent://IN1", ""])
def test_an_address_that_leads_nowhere_from_here_is_refused_in_words(address):
    expected = Trouble.NO_AGENT if address.startswith("agent") else Trouble.WRONG_ADDRESS
    assert refusal(address) is expected


def test_a_slip_goes_to_a_raw_queue_of_cups_when_it_is_whole(tmp_path, monkeypatch):
    cups = make_cups(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{cups}:{os.environ['PATH']}")
    assert asyncio.run(print_slip("cups://phieu")) == ({}, False)
    [slip] = cups.glob("slip.*")
    assert slip.read_bytes() == SLIP + b"\n"  # the library's own line end, after the cut
    assert (cups / "arguments").read_text().split() == ["-d", "phieu", "-t", "motcua", "-o", "raw"]


def test_a_job_that_was_not_finished_is_no_paper_of_cups(tmp_path, monkeypatch):
    cups = make_cups(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{cups}:{os.environ['PATH']}")

    async def half():
        line = await devices.connect("cups://phieu")
        await line.begin("42", CHUNKS)
        await line.write(CHUNKS[0])
        await line.close()

    asyncio.run(half())
    assert list(cups.glob("slip.*")) == []


def check_a_refusing_cups(tmp_path, monkeypatch) -> None:
    """What `lp` did not take is no slip that was sent."""
    cups = make_cups(tmp_path / "bin", fails=True)
    monkeypatch.setenv("PATH", f"{cups}:{os.environ['PATH']}")
    try:
        asyncio.run(print_slip("cups://phieu"))
    except Stopped:
        return
    raise AssertionError("taken for sent")


def test_a_cups_that_refuses_the_slip_is_heard(tmp_path, monkeypatch):
    check_a_refusing_cups(tmp_path, monkeypatch)
    assert refusal("cups://no-such-queue") is Trouble.REFUSED


def test_what_must_be_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(drivers, "_need", lambda module, missing: (_ for _ in ()).throw(Missing(missing)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("serial:///dev/ttyS0") is Trouble.NO_PYSERIAL
    assert refusal("usb://04b8:0202") is Trouble.NO_PYUSB
    assert refusal("windows://EPSON") is Trouble.NO_PYWIN32
    assert refusal("cups://phieu") is Trouble.NO_CUPS


def test_a_library_that_is_not_there_is_missed_before_it_is_imported(monkeypatch):
    with pytest.raises(Missing):
        drivers._need("win32print_of_nobody", Trouble.NO_PYWIN32)
    drivers._need("serial", Trouble.NO_PYSERIAL)


@pytest.fixture
def usb_printer(monkeypatch):
    found, asked = UsbPrinter(), []
    monkeypatch.setattr("usb.core.find", lambda **wanted: asked.append(wanted) or found)
    found.asked = asked
    return found


def test_a_slip_goes_out_over_usb_by_the_printers_own_endpoints(usb_printer):
    answers, proved = asyncio.run(print_slip("usb://04b8:0e28/X3F"))
    assert (answers, proved) == ({1: 0x12, 2: 0x12, 4: 0x12}, True)
    assert usb_printer.sent.endswith(SLIP)
    assert usb_printer.asked == [{"idVendor": 0x04B8, "idProduct": 0x0E28, "serial_number": "X3F"}]
    assert list(usb_printer.asked[0]) == ["idVendor", "idProduct", "serial_number"], "others' numbers are not read"
    assert (usb_printer.reset_count, usb_printer.let_go_count) == (1, 1), "opened and closed once a job"


def test_a_usb_printer_with_one_way_only_never_answers(monkeypatch):
    found = UsbPrinter(ends=(0x03,))
    monkeypatch.setattr("usb.core.find", lambda **wanted: found)
    assert asyncio.run(print_slip("usb://04b8:0e28")) == ({}, False)
    assert bytes(found.sent) == SLIP


def test_usb_errors_become_words(usb_printer, monkeypatch):
    import usb.core

    usb_printer.error = usb.core.USBTimeoutError("slow", 110, 110)
    with pytest.raises(Stopped) as caught:
        asyncio.run(print_slip("usb://04b8:0e28"))
    assert caught.value.trouble is Trouble.STALLED
    usb_printer.error = usb.core.USBError("gone", 19, 19)
    with pytest.raises(Stopped) as caught:
        asyncio.run(print_slip("usb://04b8:0e28"))
    assert caught.value.trouble is Trouble.LOST
    monkeypatch.setattr("usb.core.find", lambda **wanted: None)
    assert refusal("usb://04b8:0e28") is Trouble.REFUSED

    def no_backend(**wanted):
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr("usb.core.find", no_backend)
    assert refusal("usb://04b8:0e28") is Trouble.NO_LIBUSB


def test_a_slip_goes_to_the_windows_spooler_as_one_raw_document(monkeypatch):
    import escpos.printer.win32raw as library

    spooler = WindowsSpooler()
    monkeypatch.setitem(sys.modules, "win32print", spooler)
    monkeypatch.setattr(library, "win32print", spooler, raising=False)
    monkeypatch.setattr(library, "pywintypes", type("P", (), {"error": OSError}), raising=False)
    monkeypatch.setattr(library, "_DEP_WIN32PRINT", True)
    assert asyncio.run(print_slip("windows://EPSON TM-T20III")) == ({}, False)
    assert spooler.pages == [SLIP]
    assert spooler.calls == ["StartPagePrinter", "EndPagePrinter", "EndDocPrinter", "ClosePrinter"]
    assert refusal("windows://Another") is Trouble.REFUSED

    async def half():
        line = await devices.connect("windows://EPSON TM-T20III")
        await line.write(b"\x1b@")
        await line.close()

    asyncio.run(half())
    assert spooler.calls[-2:] == ["AbortPrinter", "ClosePrinter"]


class Recorder:
    """A driver that notes which thread does what, and waits where it is told to."""

    can_answer = False

    def __init__(self, waits: str = "", fails: str = "") -> None:
        self.done: list[tuple[str, int]] = []
        self.may_go = threading.Event()
        self._waits, self._fails = waits, fails

    def _do(self, what: str) -> None:
        self.done.append((what, threading.get_ident()))
        if what == self._waits:
            self.may_go.wait(20)
        if what == self._fails:
            raise ValueError(what)

    def open(self) -> None:
        self._do("open")

    def write(self, data: bytes) -> None:
        self._do("write")

    def read(self) -> bytes:
        return b""

    def finish(self) -> None:
        self._do("finish")

    def close(self) -> None:
        self._do("close")

    @property
    def acts(self) -> list[str]:
        return [what for what, _ in self.done]


async def one_job(driver: Recorder) -> None:
    line = await blocking.connect("file:///dev/test", driver)
    try:
        await line.begin("1", [b"a", b"b"])
        await line.write(b"a")
        await line.write(b"b")
    finally:
        await line.close()


def test_one_thread_opens_writes_and_closes_and_it_is_not_the_event_loops():
    driver = Recorder()
    asyncio.run(one_job(driver))
    assert driver.acts == ["open", "write", "write", "finish", "close"]
    threads = {thread for _, thread in driver.done}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


@pytest.mark.parametrize(("fails", "error"), [("open", Unreachable), ("write", Stopped), ("finish", Stopped)])
def test_whatever_breaks_the_device_is_closed_and_free_again(fails, error):
    driver = Recorder(fails=fails)
    with pytest.raises(error):
        asyncio.run(one_job(driver))
    assert driver.acts[-1] == "close"
    assert blocking._held == set()


def check_a_stuck_device(monkeypatch) -> None:
    """Its job stops at the limit, nobody opens it a second time, and it is free once it lets go."""
    for name in ("STALL_SECONDS", "GRACE_SECONDS", "CLOSE_SECONDS"):
        monkeypatch.setattr(blocking, name, 0.05)
    stuck, second = Recorder(waits="write"), Recorder()

    async def scenario() -> None:
        with pytest.raises(Stopped) as caught:
            await one_job(stuck)
        assert caught.value.trouble is Trouble.STALLED
        try:
            with pytest.raises(Unreachable):
                await one_job(second)
        except BaseException:
            stuck.may_go.set()
            raise AssertionError("a second thread opened the device") from None
        stuck.may_go.set()
        await asyncio.to_thread(until, lambda: not blocking._held, 5, "never let go")
        await one_job(second)

    asyncio.run(asyncio.wait_for(scenario(), 15))
    assert stuck.acts == ["open", "write", "close"]
    assert second.acts.count("open") == 1


def test_a_stuck_device_is_never_opened_twice(monkeypatch):
    check_a_stuck_device(monkeypatch)


class Forgetful(set):
    """Holds nothing."""

    def __contains__(self, thing: object) -> bool:
        return False


@pytest.mark.planted
def test_a_second_thread_on_a_stuck_device_is_found(monkeypatch):
    monkeypatch.setattr(blocking, "_held", Forgetful())
    with pytest.raises(AssertionError, match="a second thread"):
        check_a_stuck_device(monkeypatch)


@pytest.mark.planted
def test_a_spooler_that_is_believed_at_its_word_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("printers.drivers.CupsQueue.write", lambda self, data: None)  # no broken pipe either
    monkeypatch.setattr("printers.drivers.CupsQueue.finish", lambda self: None)
    with pytest.raises(AssertionError, match="taken for sent"):
        check_a_refusing_cups(tmp_path, monkeypatch)
