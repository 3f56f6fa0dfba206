"""The simulated printer's parser: half commands, packets, real-time bytes inside data."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.simulator.parser import Command, Parser
from tests.printers.simulated_hosts import CUT, EOT, INIT, black, completion, pixels, raster, say


def test_half_a_ticket_eats_the_next_one(printer):
    say(printer, black(16, 4)[:-5])
    assert printer.expected_bytes == 5
    say(printer, INIT + black(16, 1) + CUT)
    assert printer.expected_bytes == 0
    assert len(printer.slips) == 1
    two_boxes_of_junk = 2 * 30
    assert printer.slips[0].height == 4 + two_boxes_of_junk
    assert pixels(printer)[:2] == ["#" * 16, "########...##.##"]
    # ESC @ GS v 0 became dots, the rest of the raster's head and its data became junk.
    assert [event.detail for event in printer.complaints] == ["02", "01"]


def test_the_resync_prefix_parts_the_clipped_slip_from_a_perfect_one(printer):
    say(printer, INIT + black(16, 24)[:-20])
    say(printer, bytes(24 * 2 + 16) + INIT + CUT + INIT + black(16, 2) + CUT)
    assert pixels(printer, 0) == ["#" * 16] * 14 + ["." * 16] * 10
    assert pixels(printer, 1) == ["#" * 16] * 2
    assert printer.complaints == []


STREAM = (
    bytes(3) + INIT + b"\x1da\xff" + raster(2, [b"\x10\x04", b"\x01\x1b", b"@\x00"]) + EOT[1] + b"Xin chao\n"
    b"\x1d(k\x04\x001A2\x00" + b"\x10\x14\x01\x00\x02" + CUT + completion(b"0042")
    + b"\x1dk\x04123\x00"
)  # fmt: skip


class ForgetfulParser(Parser):
    """The planted fault: real-time requests are sought in each packet by itself."""

    def feed(self, data: bytes) -> None:
        self._tail = b""
        super().feed(data)


def understood(parser_class: type[Parser], pieces: list[bytes]) -> list[object]:
    seen: list[object] = []
    requests: list[object] = []

    def put(command: Command) -> None:
        if command.name == "text" and seen and isinstance(seen[-1], tuple) and seen[-1][0] == "text":
            seen[-1] = ("text", seen[-1][1] + command.data)
        else:
            seen.append((command.name, command.data))

    parser = parser_class(sniffs=True, put=put, act=requests.append, log=lambda *event: requests.append(event))
    for piece in pieces:
        parser.feed(piece)
    return [*seen, *requests]


def cut_into_pieces(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(places), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(edges)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_packets_do_not_matter(places):
    assert understood(Parser, cut_into_pieces(STREAM, places)) == understood(Parser, [STREAM])


@pytest.mark.planted
def test_a_parser_to_which_packets_matter_is_caught():
    bytewise = cut_into_pieces(STREAM, list(range(len(STREAM))))
    assert understood(Parser, bytewise) == understood(Parser, [STREAM])
    assert understood(ForgetfulParser, bytewise) != understood(Parser, [STREAM])


@given(st.binary(max_size=400))
def test_no_bytes_break_the_parser(data):
    understood(Parser, [data, bytes(70_000), CUT])
