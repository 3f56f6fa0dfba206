"""Symbols that follow from others are the very ones that the library draws, and a strange reader reads them."""

import pytest
import segno
import zxingcpp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from printers import qr_symbols
from printers.qr_symbols import MASK, modules

addresses = st.builds(
    "https://mot-cua.hoa-lu.example/s/{:05}x{}".format,
    st.integers(0, 99_999),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=16, max_size=16),
)
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x1EF9, exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(autouse=True)
def nothing_drawn_yet():
    qr_symbols._family.cache_clear()


def drawn(content: str) -> tuple[bytes, ...]:
    code = segno.make(content.encode(), mode="byte", micro=False, error="m", boost_error=False, mask=MASK)
    return tuple(bytes(row) for row in code.matrix)


def check_all(contents: list[str]) -> None:
    for content in contents:
        assert modules(content) == drawn(content)


@settings(deadline=None)
@given(st.lists(addresses, min_size=1, max_size=4))
def test_addresses_follow_from_the_first(contents):
    check_all(contents)


@settings(max_examples=50, deadline=None)
@given(st.lists(texts.filter(bool), min_size=1, max_size=3))
def test_any_text_follows_from_the_first_of_its_length(contents):
    check_all(contents)


def test_a_strange_reader_reads_what_followed():
    for n in range(1, 60):
        content = f"https://mot-cua.hoa-lu.example/s/{n * 7919 % 100_003:05}x{n:04}"
        rows = modules(content)
        small = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows).translate(b"\xff\x00" + bytes(254)))
        paper = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
        paper.paste(small, (4, 4))
        (read,) = zxingcpp.read_barcodes(
            paper.resize((paper.width * 4, paper.height * 4), Image.Resampling.NEAREST)
        )
        assert read.text == content


def test_what_no_symbol_holds_is_refused():
    with pytest.raises(ValueError, match=r"exceeds|too|capacity|provided"):
        modules("a" * 3000)


@pytest.mark.planted
def test_a_flip_at_the_wrong_place_is_seen(monkeypatch):
    flip = qr_symbols._Family._flip
    monkeypatch.setattr(
        qr_symbols._Family, "_flip", lambda self, place, bit: flip(self, place, bit ^ 3 if bit < 3 else bit)
    )
    search = settings(
        deadline=None, phases=[Phase.generate], database=None, max_examples=1000, report_multiple_bugs=False
    )
    with pytest.raises(AssertionError):
        search(given(st.lists(addresses, min_size=2, max_size=4))(check_all))()
