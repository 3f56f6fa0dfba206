"""What comes out of the simulated printer, dot for dot, by byte examples of the manuals."""

from datetime import UTC, datetime

import pytest

from printers.simulator import EventKind, PrinterSimulator
from tests.printers.simulated_hosts import CUT, INIT, SMALL, black, kinds, pixels, raster, say


def test_raster_and_feed_come_out_dot_for_dot(printer):
    say(printer, INIT + raster(2, [b"\x80\x01", b"\x0f\xf0"]) + b"\x1bJ\x02" + raster(1, [b"\xff"]) + CUT)
    assert pixels(printer) == [
        "#..............#",
        "....########....",
        "................",
        "................",
        "########........",
    ]
    assert printer.complaints == []


@pytest.mark.parametrize("width", [384, 512, 546, 576])
def test_a_slip_is_exactly_as_wide_as_the_paper(width):
    with PrinterSimulator.threaded(width) as printer:
        say(printer, black(width // 8 * 8, 24) * 3 + CUT)
        assert printer.slips[0].size == (width, 72)
        assert printer.slips[0].getpixel((width // 8 * 8 - 1, 71)) == 0
        assert printer.complaints == []


def test_spare_bits_beyond_a_width_that_is_no_multiple_of_8_must_be_blank():
    with PrinterSimulator.threaded(12) as printer:
        say(printer, raster(2, [b"\xff\xf0"]) + CUT)
        assert printer.complaints == []
        say(printer, raster(2, [b"\xff\xf8"]) + CUT)
        assert [event.kind for event in printer.complaints] == [EventKind.RASTER_TOO_WIDE]
        assert pixels(printer, 0) == pixels(printer, 1) == ["############"]


@pytest.mark.parametrize(("value", "row"), [(0, "########"), (1, "....########"), (2, "........########")])
def test_alignment_moves_a_narrow_raster_until_initialised(printer, value, row):
    say(printer, bytes([0x1B, 0x61, value]) + raster(1, [b"\xff"]) + INIT + raster(1, [b"\xff"]) + CUT)
    assert pixels(printer) == [row.ljust(16, "."), "########........"]


def test_a_raster_wider_than_the_paper_is_clipped_and_reported(printer):
    say(printer, raster(3, [b"\x00\x01\xff"]) + CUT)
    assert pixels(printer) == ["...............#"]
    assert [event.kind for event in printer.complaints] == [EventKind.RASTER_TOO_WIDE]


@pytest.mark.parametrize(
    ("cut", "rows"),
    [(b"\x1dV\x00", 1), (b"\x1dV\x01", 1), (b"\x1dV0", 1), (b"\x1dV\x41\x05", 6), (b"\x1dV\x42\x03", 4)],
)
def test_every_cut_parts_the_paper(printer, cut, rows):
    say(printer, black(16, 1) + cut + black(16, 2) + b"\x1dV\x00")
    assert [slip.height for slip in printer.slips] == [rows, 2]


def test_a_cut_without_paper_gives_no_slip(printer):
    say(printer, INIT + CUT)
    assert printer.slips == []
    assert kinds(printer).count(EventKind.BLANK_CUT) == 1


def test_nul_is_ignored_between_commands_and_counts_inside_a_raster(printer):
    say(printer, bytes(500) + raster(2, [b"\x00\x00", b"\xff\xff"]) + bytes(500) + CUT)
    assert pixels(printer) == ["." * 16, "#" * 16]
    assert printer.complaints == []


def test_lines_of_text_and_line_feeds():
    with PrinterSimulator.threaded(384) as printer:
        say(printer, b"Xin chao\n" + b"\n" + b"\x1bd\x02" + CUT)
        slip = printer.slips[0]
        assert slip.size == (384, 4 * 30)
        _, _, right, bottom = slip.convert("L").point(lambda level: 255 - level).getbbox()
        assert 12 <= bottom <= 24
        assert 7 * 12 < right <= 8 * 12
        assert [event.detail for event in printer.events if event.kind is EventKind.TEXT] == ["Xin chao"]


def test_text_wraps_at_the_edge():
    with PrinterSimulator.threaded(384) as printer:
        say(printer, b"x" * 33 + b"\n" + CUT)
        assert printer.slips[0].height == 60


def test_ignored_commands_are_consumed_whole(printer):
    qr = b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x08\x001P0\x1b@\x1dV\x00"
    say(printer, b"\x1bt\x1e\x1bE\x01\x1b*\x00\x02\x00\xff\xff\x1dk\x04123\x00" + qr + black(16, 1) + CUT)
    assert pixels(printer) == ["#" * 16]
    assert printer.complaints == []
    assert kinds(printer).count(EventKind.IGNORED_COMMAND) == 4


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x1bz", EventKind.UNKNOWN_COMMAND),
        (b"\x1dz", EventKind.UNKNOWN_COMMAND),
        (b"\x10\x04\x09", EventKind.UNKNOWN_COMMAND),
        (b"\x07", EventKind.UNKNOWN_COMMAND),
        (b"\x1dV\x07", EventKind.BAD_ARGUMENT),
        (b"\x1ba\x07", EventKind.BAD_ARGUMENT),
        (b"\x1dv0\x00\x00\x00\x01\x00", EventKind.BAD_ARGUMENT),
        (b"\x1d(H\x06\x0000\x1f123", EventKind.BAD_ARGUMENT),
        (b"\x1dr\x07", EventKind.BAD_ARGUMENT),
    ],
)
def test_what_it_does_not_understand_is_reported(printer, data, kind):
    assert say(printer, data + black(16, 1) + CUT) == b""
    assert [event.kind for event in printer.complaints] == [kind]
    assert pixels(printer) == ["#" * 16]


def test_paper_without_end_is_cut_by_the_guard(printer):
    say(printer, b"\x1bJ\xff" * 100)
    assert [event.kind for event in printer.complaints] == [EventKind.ROLL_OVERFLOW]
    assert len(printer.slips) == 1


def test_the_last_200_slips_are_kept(printer):
    say(printer, (black(16, 1) + CUT) * 203)
    assert printer.printed == 203
    assert [record.number for record in printer.records] == list(range(4, 204))


def test_slips_are_written_as_png_and_carry_the_given_time(tmp_path):
    moment = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    with PrinterSimulator.threaded(SMALL, folder=tmp_path / "slips", now=lambda: moment) as printer:
        say(printer, black(16, 3) + CUT)
        (record,) = printer.records
        assert record.printed_at == moment
        assert (tmp_path / "slips" / "00001.png").read_bytes() == record.png()
