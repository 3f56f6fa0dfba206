"""What the simulated printer answers: status, automatic status, confirmation."""

import socket
import struct
import time

import pytest

from printers.simulator import EventKind, Model, PrinterSimulator
from tests.printers.simulated_hosts import (
    ALL_STATUS,
    CUT,
    EOT,
    INIT,
    SMALL,
    Host,
    black,
    completion,
    pixels,
    raster,
    say,
    wait_until,
)


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        (None, "12 12 12 12"),
        ("paper_near_end", "12 12 12 1e"),
        ("paper_out", "1a 32 12 7e"),
        ("cover_open", "1a 16 12 12"),
        ("offline", "1a 12 12 12"),
        ("cutter_jam", "1a 52 1a 12"),
        ("head_hot", "1a 52 52 12"),
    ],
)
def test_status_bytes(printer, fault, answers):
    if fault:
        printer.faults.set(fault)
    assert say(printer, ALL_STATUS).hex(" ") == answers
    assert printer.complaints == []


def test_status_is_answered_at_once_in_front_of_a_full_buffer(printer):
    printer.faults.set("paper_out")
    with Host(printer) as blocked:
        blocked.send(black(16, 24) * 320)
        assert say_beside(printer, blocked) == "1a 32 12 7e"
        printer.faults.clear("paper_out")


def say_beside(printer: PrinterSimulator, blocked: Host) -> str:
    """Break the blocked connection off, then ask on a new one while the buffer is still full."""
    wait_until(lambda: len(printer.received) >= 16_000)
    blocked.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    blocked.socket.close()
    with Host(printer) as host:
        return host.ask(ALL_STATUS, 4).hex(" ")


def test_realtime_bytes_in_a_raster_are_obeyed_and_reported(printer):
    data = raster(3, [b"\x10\x04\x01", b"\x00\x10\x04", b"\x02\x00\x00"])
    assert say(printer, data) == b"\x12\x12"
    assert [event.detail for event in printer.complaints if event.kind is EventKind.REALTIME_IN_DATA] == [
        "10 04 01",
        "10 04 02",
    ]


def test_a_printer_that_does_not_sniff_answers_only_between_commands():
    with PrinterSimulator.threaded(24, model=Model(sniff_raster=False)) as printer:
        assert say(printer, raster(3, [b"\x10\x04\x01"]) + EOT[4] + CUT) == b"\x12"
        assert [event.kind for event in printer.complaints] == [EventKind.REALTIME_IN_DATA]
        assert pixels(printer) == ["...#.........#.........#"]


def test_a_status_query_split_over_packets_is_answered(printer):
    with Host(printer) as host:
        host.send(b"\x10")
        wait_until(lambda: printer.received == b"\x10")
        host.send(b"\x04")
        wait_until(lambda: printer.received == b"\x10\x04")
        assert host.ask(b"\x01", 1) == b"\x12"
    assert printer.complaints == []


def test_automatic_status_back(printer):
    with Host(printer) as host:
        assert host.ask(b"\x1da\xff", 4).hex(" ") == "10 00 00 00"
        printer.faults.set("cover_open")
        assert host.read(4).hex(" ") == "38 00 00 00"
        printer.faults.set("cover_open")
        printer.faults.clear("cover_open")
        assert host.read(4).hex(" ") == "10 00 00 00"
        printer.faults.set("paper_out")
        assert host.read(4).hex(" ") == "18 00 0f 00"
        printer.faults.clear()
        assert host.read(4).hex(" ") == "10 00 00 00"


@pytest.mark.parametrize("off", [INIT, b"\x1da\x00"])
def test_automatic_status_back_ends(printer, off):
    with Host(printer) as host:
        assert host.ask(b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
        host.send(off + b"\x1dr\x01")
        assert host.read(1) == b"\x00"
        printer.faults.set("paper_near_end")
        assert host.ask(b"\x1dr\x01", 1) == b"\x03"


def test_completion_is_answered_after_the_cut(printer):
    assert say(printer, INIT + black(16, 2) + CUT + completion(b"0042")) == b"\x37\x220042\x00"
    assert len(printer.slips) == 1
    assert printer.complaints == []


def test_completion_waits_for_the_paper():
    with PrinterSimulator.threaded(SMALL, speed=100) as printer, Host(printer) as host:
        began = time.monotonic()
        assert host.ask(black(16, 40) + CUT + completion(b"0042"), 7) == b"\x37\x220042\x00"
        assert time.monotonic() - began >= 0.048


def test_a_clone_prints_and_cannot_answer_completion():
    with PrinterSimulator.threaded(SMALL, model=Model(answers_completion=False)) as printer:
        assert say(printer, black(16, 2) + CUT + completion(b"0042") + b"\x1dr\x01") == b"\x00"
        assert len(printer.slips) == 1


def test_without_a_host_only_the_latest_completion_is_kept_for_the_next(printer):
    printer.faults.set("paper_out")
    job = black(16, 2) + CUT
    assert say(printer, job + completion(b"0001") + job + completion(b"0002")) == b""
    printer.faults.clear("paper_out")
    assert len(printer.slips) == 2
    assert say(printer, EOT[1]) == b"\x37\x220002\x00\x12"
    assert say(printer, EOT[1]) == b"\x12"


@pytest.mark.parametrize("clearing", [b"\x10\x05\x02", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"])
def test_completion_is_never_answered_when_the_data_were_cleared(printer, clearing):
    printer.faults.set("paper_out")
    with Host(printer) as host:
        host.send(black(16, 2) + CUT + completion(b"0001") + clearing)
        assert host.ask(EOT[1], 1) == b"\x1a"
        printer.faults.clear("paper_out")
        assert host.finish() == b""
    assert printer.slips == []


def test_gs_r_waits_behind_print_data_and_never_tells_of_paper_out(printer):
    with Host(printer) as host:
        assert host.ask(b"\x1dr\x01", 1) == b"\x00"
        printer.faults.set("paper_out")
        assert host.ask(b"\x1dr\x01" + EOT[4], 1) == b"\x7e"
        printer.faults.clear("paper_out")
        assert host.read(1) == b"\x00"


def test_a_printer_that_begins_again_repeats_the_rows_of_the_slip():
    with PrinterSimulator.threaded(SMALL, model=Model(reprints_on_resume=True)) as printer:
        printer.faults.set("paper_out_after", 3)
        say(printer, INIT + raster(2, [b"\xf0\x00"] * 5) + CUT)
        assert printer.hanging_rows == 3
        printer.faults.clear("paper_out")
        wait_until(lambda: printer.printed == 1)
        assert printer.slips[0].height == 3 + 5
