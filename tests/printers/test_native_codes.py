"""The QR code that a printer draws itself, for slow lines: compared by what it decodes to on the paper."""

from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.slips import SlipKind, SlipLayout
from printers import slips, thermal
from printers.papers import confirm_id
from printers.simulator import EventKind, Model, PrinterSimulator
from printers.slip_parts import Look
from tests.printers.example_slips import ADDRESS, RECEIPT, TEST_PAGE, TICKET
from tests.printers.simulated_hosts import CUT, INIT, say
from tests.printers.test_hostile_words import check_wire, words
from tests.support.sizes import size

WIDTHS = [384, 512, 576]
KINDS = {
    TICKET: (SlipKind.TICKET, ADDRESS),
    RECEIPT: (SlipKind.RECEIPT, RECEIPT.code),
    TEST_PAGE: (SlipKind.TEST, ADDRESS),
}


def job(slip: slips.Slip, width: int, kind: SlipKind, *, native: bool = True) -> thermal.Job:
    look = Look(SlipLayout(kind), native_qr=native)
    return thermal.job(slips.draw(slip, width, str, look), width, confirm_id(7))


def printed(data: bytes, width: int, model: Model | None = None):
    """The paper that came out, what stands in its codes, and what the printer complained of."""
    with PrinterSimulator.threaded(width, model=model or Model()) as printer:
        say(printer, data)
        paper = printer.slips[0]
        return paper, [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))], list(printer.complaints)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slip", KINDS, ids=["ticket", "receipt", "test page"])
def test_the_printers_own_code_says_the_same(slip, width):
    kind, content = KINDS[slip]
    own, drawn = job(slip, width, kind), job(slip, width, kind, native=False)
    assert b"\x1d(k" in b"".join(own.chunks)
    assert b"\x1d(k" not in b"".join(drawn.chunks)
    assert own.size < drawn.size - (1500 if kind is SlipKind.RECEIPT else 6000)
    paper, read, complaints = printed(b"".join(own.chunks), width)
    assert (read, complaints) == ([content], [])
    other, read, _ = printed(b"".join(drawn.chunks), width)
    assert read == [content]
    assert abs(paper.height - other.height) < 64


@pytest.mark.planted
def test_a_code_of_another_ticket_is_caught():
    data = b"".join(job(TICKET, 576, SlipKind.TICKET).chunks).replace(ADDRESS.encode(), ADDRESS[::-1].encode())
    _, read, _ = printed(data, 576)
    assert read != [ADDRESS]


@pytest.mark.parametrize("address", ["https://mộtcửa.vn/s/1", "https://a.vn/\x10\x04\x01"])
def test_what_the_command_cannot_carry_is_drawn(address):
    data = b"".join(job(replace(TICKET, follow_url=address), 576, SlipKind.TICKET).chunks)
    assert (b"\x1d(k" in data) is address.isascii()
    assert b"\x10\x04" not in data
    _, read, complaints = printed(data, 576)
    assert complaints == []
    assert read == [address.replace("\x10\x04\x01", "")]


@pytest.mark.parametrize("content", ["ộ", "\x1b@", "x" * 301, "\n"])
def test_the_command_is_refused_for_what_is_no_short_printable_text(content):
    with pytest.raises(ValueError, match="printable"):
        thermal.native_qr(content, 6)


def without_codes(data: bytes) -> tuple[bytes, list[bytes]]:
    """The job without the printer's own codes, cut out by their declared length, and what they store."""
    stored, at = [], 0
    while (at := data.find(b"\x1ba\x01\x1d(k", at)) >= 0:
        end = at + 3
        while data[end : end + 3] == b"\x1d(k":
            length = int.from_bytes(data[end + 3 : end + 5], "little")
            if data[end + 5 : end + 8] == b"1P0":
                stored.append(data[end + 8 : end + 5 + length])
            end += 5 + length
        assert data[end : end + 3] == b"\x1ba\x00"
        data = data[:at] + data[end + 3 :]
    return data, stored


@settings(max_examples=size("native-codes", 40, 1000), deadline=None)
@given(words, st.sampled_from(WIDTHS))
def test_no_address_of_anybody_reaches_the_wire_as_a_command(address, width):
    rest, stored = without_codes(b"".join(job(replace(TICKET, follow_url=address), width, SlipKind.TICKET).chunks))
    check_wire(rest)
    assert all(0x20 <= byte < 0x7F for content in stored for byte in content)


@pytest.mark.planted
def test_an_address_that_is_a_command_is_caught(monkeypatch):
    monkeypatch.setattr("printers.forms_thermal.is_native", lambda content: True)
    monkeypatch.setattr("printers.thermal.is_native", lambda content: True)
    monkeypatch.setattr("printers.slip_parts.clean", str)
    rest, stored = without_codes(b"".join(job(replace(TICKET, follow_url="a\x1b@b"), 576, SlipKind.TICKET).chunks))
    check_wire(rest)
    assert not all(0x20 <= byte < 0x7F for content in stored for byte in content)


def test_a_printer_that_draws_no_codes_leaves_them_out():
    data = b"".join(job(TICKET, 576, SlipKind.TICKET).chunks)
    _, read, _ = printed(data, 576, Model(draws_codes=False))
    assert read == []


def function(*data: int | bytes) -> bytes:
    body = b"".join(one if isinstance(one, bytes) else bytes((one,)) for one in data)
    return b"\x1d(k" + len(body).to_bytes(2, "little") + body


@pytest.mark.parametrize(
    "bad",
    [
        function(49, 81, 48), function(49, 67, 0), function(49, 67, 17), function(49, 69, 52), function(49, 65, 7),
        function(48, 80, 48, b"123"), function(49, 80, 48), function(49, 99, 48), function(49, 81),
    ],
)  # fmt: skip
def test_the_simulator_complains_of_functions_that_no_printer_has(bad):
    with PrinterSimulator.threaded(384) as printer:
        say(printer, INIT + bad + b"x\n" + CUT)
        assert [event.kind for event in printer.complaints] == [EventKind.BAD_ARGUMENT]


def test_the_simulators_code_is_as_large_as_its_modules_and_forgotten_by_esc_at():
    store = function(49, 80, 48, b"A1")
    with PrinterSimulator.threaded(384) as printer:
        say(printer, INIT + function(49, 67, 5) + store + function(49, 81, 48) + CUT)
        assert printer.slips[0].height == 21 * 5
        say(printer, INIT + function(49, 81, 48) + b"x\n" + CUT)
        assert [event.kind for event in printer.complaints] == [EventKind.BAD_ARGUMENT]
