"""Whatever people or the portal write: on the wire stand only our own commands and scrubbed raster."""

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.centres import Text
from domain.slips import SlipKind, SlipLayout
from printers import selftests, slips, thermal
from printers.papers import confirm_id
from printers.raster import Picture
from printers.slip_parts import Look
from tests.printers.example_slips import RECEIPT, TEST_PAGE, TICKET
from tests.support.sizes import size

EVIL = (
    "\x10\x04\x01",
    "\x10\x14\x01\x00\x01",
    "\x10\x05\x02",
    "\x1dV\x00",
    "\x1bp\x00\x19\xfa",
    "\x00",
    "\x9d\x9b",
    "\n\r\t",
)
words = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(EVIL)), max_size=6).map("".join)
REALTIME = re.compile(rb"\x10[\x04\x05\x14]")
# The commands of our own jobs. What stands between them is raster, cut out by its declared length.
OWN = re.compile(rb"\x1b@|\x1da\xff|\x1bJ.|\x1dVB\x00|\x1d\(H\x06\x0000[\x20-\x7e]{4}", re.DOTALL)
LOCAL = timezone(timedelta(hours=7))


def check_wire(data: bytes) -> None:
    """Nothing but our commands and rasters; no real-time sequence anywhere, and outside both no control byte."""
    assert not REALTIME.search(data), "a real-time sequence is on the wire"
    at = 0
    while at < len(data):
        if data[at : at + 4] == b"\x1dv0\x00":
            stride, rows = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (4, 6))
            at += 8 + stride * rows
            continue
        own = OWN.match(data, at)
        assert own, f"foreign bytes on the wire: {data[at : at + 12].hex(' ')}"
        at = own.end()
    assert at == len(data), "a raster reaches beyond the job"


def wire(picture: Picture, width: int) -> bytes:
    return b"".join(thermal.job(picture, width, confirm_id(7)).chunks)


@settings(max_examples=size("hostile_slips", 40, 600), deadline=None)
@given(words, words, words, words, st.sampled_from([384, 512, 576]))
def test_no_words_of_anybody_reach_the_wire(one, two, three, four, width):
    ticket = replace(
        TICKET, agency_lines=(one, two), centre=three, queue=four, counters=one, wait=two, notes=(three,)
    )
    receipt = replace(
        RECEIPT, agency_lines=(two, one), centre=four, procedure=three, counter=two, result_at=one, due_note=four,
        code="H42-" + "".join(c for c in one if c.isalnum() and c.isascii())[:10], documents=((three, 1), (four, 2))
    )  # fmt: skip
    page = replace(TEST_PAGE, centre=one, printer=two, printed_at=datetime(2026, 11, 21, tzinfo=LOCAL))
    for slip in (ticket, receipt, page):
        check_wire(wire(slips.draw(slip, width, str), width))
    own = Text(four, three, two)
    look = Look(SlipLayout(SlipKind.TICKET, opening=own, caption=own, hint=own, closing=own))
    check_wire(wire(slips.draw(ticket, width, str, look), width))


@given(words)
def test_the_printers_own_code_holds_no_command(address):
    data = selftests.native_qr(address)
    stored = data[data.index(b"1P0") + 3 : data.index(b"\x1d(k\x03\x001Q0")]
    assert all(0x20 <= byte < 0x7F for byte in stored)


@pytest.mark.planted
def test_words_that_reach_the_wire_are_caught():
    """A line of text mode, as a slow printer would get it, with the words left as they are."""
    good = wire(slips.draw(TICKET, 576, str), 576)
    check_wire(good)
    for evil in EVIL:
        with pytest.raises(AssertionError):
            check_wire(good + evil.encode("latin-1"))


@pytest.mark.planted
def test_an_unscrubbed_raster_is_caught(monkeypatch):
    """In the dots of twenty Vietnamese words the sequence stands somewhere, when nobody scrubs them."""
    monkeypatch.setattr("printers.raster.scrub", lambda rows: rows)
    found = 0
    for n in range(60):
        words = " ".join(chr(0x1EA0 + (7 * n + 3 * k) % 90) * (1 + k % 3) for k in range(12))
        slip = replace(TICKET, queue=f"{words} {n}", centre=f"{n} {words}", follow_url=f"https://x.vn/{n}{words}")
        try:
            check_wire(wire(slips.draw(slip, 576, str), 576))
        except AssertionError:
            found += 1
    assert found > 0
