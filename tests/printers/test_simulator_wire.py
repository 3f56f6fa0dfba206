"""The simulated printer's faults and its network board."""

import asyncio
import contextlib
import socket
import time

import pytest

from printers.simulator import EventKind, Model, PrinterSimulator
from tests.printers.simulated_hosts import (
    ALL_STATUS,
    CUT,
    EOT,
    SMALL,
    Host,
    black,
    completion,
    kinds,
    raster,
    say,
    wait_until,
)


@pytest.mark.parametrize("fault", ["paper_out", "cover_open", "offline", "cutter_jam"])
def test_printing_stops_and_goes_on_when_mended(printer, fault):
    printer.faults.set(fault)
    with Host(printer) as host:
        host.send(black(16, 2) + CUT + completion(b"0042"))
        assert host.ask(EOT[1], 1) == b"\x1a"
        assert printer.slips == []
        printer.faults.clear(fault)
        assert host.read(7) == b"\x37\x220042\x00"
    assert len(printer.slips) == 1


def test_paper_ends_in_the_middle_of_a_ticket(printer):
    printer.faults.set("paper_out_after", 10)
    with Host(printer) as host:
        host.send(black(16, 24) + CUT)
        wait_until(lambda: "paper_out" in printer.faults)
        assert printer.hanging_rows == 10
        assert host.ask(EOT[2], 1) == b"\x32"
        printer.faults.clear("paper_out")
        assert printer.block_for_slip().height == 24


def test_a_clone_forgets_the_rest_when_it_stops():
    with PrinterSimulator.threaded(SMALL, model=Model(forgets_on_stop=True)) as printer:
        printer.faults.set("cover_open_after", 10)
        say(printer, black(16, 24) + CUT)
        printer.faults.clear()
        say(printer, black(16, 1) + CUT)
        assert [slip.height for slip in printer.slips] == [11]


def test_the_window_closes_while_paper_is_out_and_nothing_is_lost(printer):
    job = (black(16, 24) + b"\x1bJ\x08") * 4_000
    printer.faults.set("paper_out")
    with Host(printer) as host:
        host.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        host.socket.setblocking(False)
        sent = 0

        def is_blocked() -> bool:
            nonlocal sent
            try:
                sent += host.socket.send(job[sent : sent + 1460])
            except BlockingIOError:
                return len(printer.received) >= 16 * 1024
            return False

        wait_until(is_blocked)
        assert sent < 64 * 1024
        assert len(printer.received) <= 16 * 1024 + 256
        printer.faults.clear("paper_out")
        host.socket.settimeout(5)
        host.send(job[sent:] + CUT)
        printer.block_for_slip(4)
        wait_until(lambda: printer.hanging_rows == 0)
    assert sum(slip.height for slip in printer.slips) == 4_000 * 32
    assert {event.kind for event in printer.complaints} == {EventKind.ROLL_OVERFLOW}


def test_off_refuses_and_on_listens_at_the_same_port_with_an_empty_head(printer):
    say(printer, black(16, 4)[:-3])
    port = printer.port
    printer.faults.set("off")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    printer.faults.clear("off")
    assert printer.expected_bytes == 0
    assert say(printer, black(16, 1) + CUT + completion(b"0042")) == b"\x37\x220042\x00"


def test_off_breaks_an_open_connection(printer):
    with Host(printer) as host:
        assert host.ask(EOT[1], 1) == b"\x12"
        printer.faults.set("off")
        with pytest.raises(ConnectionResetError):
            host.read(1)


def test_off_and_on_in_one_breath():
    async def scenario() -> None:
        async with PrinterSimulator(SMALL) as printer:
            for _ in range(3):
                printer.faults.set("off")
                printer.faults.clear("off")
            reader, writer = await asyncio.open_connection("127.0.0.1", printer.port)
            writer.write(EOT[1])
            assert await asyncio.wait_for(reader.read(1), 5) == b"\x12"
            writer.close()
            await writer.wait_closed()

    asyncio.run(scenario())


def test_silent_accepts_reads_nothing_and_answers_nothing(printer):
    printer.faults.set("silent")
    with Host(printer) as host:
        host.send(EOT[1] + black(16, 1) + CUT)
        host.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            host.read(1)
        assert printer.received == b""
        printer.faults.clear("silent")
        host.socket.settimeout(5)
        assert host.read(1) == b"\x12"


def test_mute_prints_and_never_answers(printer):
    printer.faults.set("mute")
    assert say(printer, b"\x1da\xff" + ALL_STATUS + black(16, 1) + CUT + completion(b"0042")) == b""
    assert len(printer.slips) == 1


def test_swallow_answers_status_and_prints_nothing(printer):
    printer.faults.set("swallow")
    assert say(printer, EOT[1] + black(16, 1) + CUT + completion(b"0042")) == b"\x12"
    assert printer.slips == []


def test_reset_in_the_middle_of_a_ticket(printer):
    printer.faults.set("reset_after", 20)
    with Host(printer) as host:
        host.send(black(16, 10))
        with pytest.raises(ConnectionResetError):
            host.read(1)
    assert len(printer.received) == 20
    assert printer.expected_bytes == 8
    assert printer.hanging_rows == 6


def test_orderly_close_before_printing(printer):
    job = black(16, 10) + CUT
    printer.faults.set("close_after", len(job))
    printer.faults.set("swallow")
    with Host(printer) as host, pytest.raises(EOFError):
        host.ask(job, 1)
    assert printer.received == job
    assert printer.slips == []


def test_late_and_stray_answers(printer):
    with Host(printer) as host:
        assert host.ask(EOT[1], 1) == b"\x12"
        printer.send_stray(b"\x10\x00\x00\x00")
        assert host.read(4) == b"\x10\x00\x00\x00"
        printer.faults.set("answer_delay_ms", 60)
        began = time.monotonic()
        assert host.ask(EOT[1], 1) == b"\x12"
        assert time.monotonic() - began >= 0.058


def test_a_cutter_jam_is_recovered_by_the_host(printer):
    printer.faults.set("cutter_jam")
    with Host(printer) as host:
        host.send(black(16, 3) + CUT)
        assert host.ask(EOT[3], 1) == b"\x1a"
        assert host.ask(b"\x10\x05\x01" + EOT[1], 1) == b"\x12"
    assert printer.block_for_slip().height == 3
    assert EventKind.RECOVERED in kinds(printer)


def test_drawer_pulse_and_power_off_by_the_host(printer):
    assert say(printer, b"\x10\x14\x01\x00\x02\x1bp\x00\x19\x19") == b""
    assert kinds(printer).count(EventKind.DRAWER) == 2
    with Host(printer) as host:
        host.send(b"\x10\x14\x02\x01\x08")
        with pytest.raises(ConnectionResetError):
            host.read(1)
    assert "off" in printer.faults


def test_the_drawer_opened_by_a_picture_is_reported(printer):
    say(printer, raster(5, [b"\x10\x14\x01\x00\x01"]))
    assert EventKind.DRAWER in kinds(printer)
    assert EventKind.REALTIME_IN_DATA in [event.kind for event in printer.complaints]


@pytest.mark.parametrize(
    ("model", "answers"),
    [
        (Model(answers_status=False), b""),
        (Model(always_ready=True), b"\x12\x12\x12\x12"),
        (Model(answers_late=True), b"\x1a\x16\x12"),
    ],
)
def test_clones_that_answer_status_badly(model, answers):
    with PrinterSimulator.threaded(SMALL, model=model) as printer:
        printer.faults.set("cover_open")
        assert say(printer, ALL_STATUS) == answers


def test_a_clone_that_eats_the_line_feed_after_a_raster():
    with PrinterSimulator.threaded(SMALL, model=Model(eats_line_feed=True)) as printer:
        say(printer, black(16, 2) + b"\n" + b"\n" + CUT)
        assert printer.slips[0].height == 2 + 30


def test_unknown_faults_and_impossible_values_are_refused(printer):
    with pytest.raises(ValueError, match="on_fire"):
        printer.faults.set("on_fire")
    with pytest.raises(ValueError, match="0 or more"):
        printer.faults.set("reset_after", -1)
    with pytest.raises(ValueError, match="dots"):
        PrinterSimulator(0)


def test_the_first_connection_prints_and_the_next_waits_for_its_end(printer):
    with Host(printer) as first, Host(printer) as second:
        assert first.ask(EOT[1], 1) == b"\x12"
        second.send(EOT[1])
        assert first.ask(EOT[1], 1) == b"\x12"
        second.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            second.read(1)
        first.socket.close()
        second.socket.settimeout(5)
        assert second.read(1) == b"\x12"


def test_the_fourth_connection_is_refused(printer):
    with contextlib.ExitStack() as stack:
        hosts = [stack.enter_context(Host(printer)) for _ in range(3)]
        with pytest.raises(ConnectionResetError):  # by the first read, or while the connect still looks
            stack.enter_context(Host(printer)).read(1)
        assert hosts[0].ask(EOT[1], 1) == b"\x12"
    assert EventKind.CONNECTION_REFUSED in kinds(printer)


def test_an_idle_connection_gives_way_to_a_waiting_one():
    with (
        PrinterSimulator.threaded(SMALL, idle_seconds=0.05) as printer,
        Host(printer) as idle,
        Host(printer) as waiting,
    ):
        assert waiting.ask(EOT[1], 1) == b"\x12"
        with pytest.raises(EOFError):
            idle.read(1)
