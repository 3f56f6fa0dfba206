import unicodedata
from functools import lru_cache

import fontpkg
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from printers import raster
from printers.raster import FIGURES, TEXT, Band, Face, Ink, Picture, Piece

VOWELS = "aăâeêioôơuưy"
TONES = "\u0300\u0301\u0303\u0309\u0323"
LOWER = sorted(
    {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in ("", *TONES)} - set("aeiouy")
    | {"đ"}
)
LETTERS = [*LOWER, *(letter.upper() for letter in LOWER)]


@lru_cache
def font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fontpkg.path(TEXT, weight=weight), size)


def in_a_large_empty_picture(text: str, face: Face, x: int) -> Image.Image:
    canvas = Image.new("1", (1_000, 1_000), 0)
    ImageDraw.Draw(canvas).text((x, 500), text, fill=1, font=font(face.weight, face.size), anchor="ls")
    return canvas


def test_there_are_134_vietnamese_letters_outside_ascii():
    assert len(set(LETTERS)) == 134


@pytest.mark.parametrize(
    "face", [Face(TEXT, 500, 21), Face(TEXT, 700, 28), Face(TEXT, 800, 32), Face(TEXT, 700, 60)]
)
def test_no_letter_is_clipped(face):
    for letter in LETTERS:
        whole = raster.pack(in_a_large_empty_picture(letter, face, 16), -500)
        assert raster.line((Piece(16, letter, face),)) == whole, letter


@pytest.fixture
def fresh_cells():
    for cache in (raster._typeface, raster.line):
        cache.cache_clear()
    yield
    for cache in (raster._typeface, raster.line):
        cache.cache_clear()


@pytest.mark.planted
def test_a_line_box_of_the_fonts_own_height_would_clip_letters(fresh_cells, monkeypatch):
    face = Face(TEXT, 700, 28)
    monkeypatch.setattr(raster, "ABOVE_EM", 1.0)
    with pytest.raises(AssertionError):
        test_no_letter_is_clipped(face)


def test_a_letter_the_family_lacks_comes_from_the_other_family():
    face = Face(TEXT, 700, 40)
    lacking, tofu, other = (raster.line((Piece(16, letter, face),)) for letter in ("№", "\U0010ffff", "N"))
    assert lacking.rows
    assert lacking not in (tofu, other)


def test_letters_are_kerned_as_the_font_says():
    face = Face(TEXT, 700, 60)
    apart = raster.measure("A", face) + raster.measure("V", face)
    assert raster.measure("AV", face) < apart


def test_a_line_is_drawn_once():
    piece = (Piece(16, "Quầy 3", Face(TEXT, 700, 28)),)
    assert raster.line(piece) is raster.line(piece)


def test_text_is_one_composed_line_without_control_characters():
    hostile = "Nguye\u0302\u0303n\x1bp\x00\x10\x04\x7f\x9b\u202e A\u200b\nB\tC\ud800"
    assert raster.clean(hostile) == "Nguyễnp A B C"


@given(st.text())
def test_no_control_character_is_left_and_cleaning_twice_changes_nothing(text):
    cleaned = raster.clean(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Cf"} for c in cleaned)
    assert raster.clean(cleaned) == cleaned
    assert len(cleaned) <= raster.LONGEST_TEXT


@given(st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x0C, 0x00, 0xFF])).map(bytes))
def test_scrubbing_leaves_no_real_time_command_and_takes_no_dot_away(rows):
    scrubbed = raster.scrub(rows)
    assert not any(b"\x10" + end in scrubbed for end in (b"\x04", b"\x05", b"\x14"))
    assert all(before & after == before for before, after in zip(rows, scrubbed, strict=True))


def test_scrubbing_adds_exactly_one_dot():
    assert raster.scrub(b"\x10\x04\x10\x05\x10\x14\x10\x06") == b"\x10\x0c\x10\x0d\x10\x1c\x10\x06"


def test_packed_ink_is_cropped_to_its_rows_and_to_whole_bytes():
    canvas = Image.new("1", (100, 100), 0)
    canvas.paste(1, (10, 20, 17, 22))
    assert raster.pack(canvas, top=-50) == Ink(b"\x00\x3f\x80" * 2, 3, -30)


def test_a_picture_shows_ink_black_on_white_with_its_blank_rows():
    image = Picture(16, (Band(b"\x80", 8, 2), Band(b"\x00\x01", 16, 1))).to_image()
    assert (image.mode, {image.getpixel((x, 1)) for x in range(16)}) == ("1", {255})
    black = [(x, y) for y in range(image.height) for x in range(16) if image.getpixel((x, y)) == 0]
    assert (image.size, black) == ((16, 5), [(0, 0), (15, 3)])


@pytest.mark.parametrize("width", [384, 512, 576])
@pytest.mark.parametrize("length", [20, 80, 200, 300])
def test_a_qr_code_is_read_back_exactly(width, length):
    address = ("https://mot-cua.example/s/" + "7K3QX9TBafgh" * 30)[:length]
    ink, module = raster.qr(address, 16, width)
    paper = Picture(width, (Band(b"", 8, 4 * module), Band(ink.rows, ink.stride * 8, 4 * module))).to_image()
    assert [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))] == [address]
    assert ink.stride * 8 <= width - 16


def test_qr_modules_are_a_millimetre_where_the_paper_allows():
    assert raster.qr("https://mot-cua.example/s/7K3QX9TB", 16, 384)[1] == 8


def test_a_qr_code_too_fine_to_scan_is_refused():
    with pytest.raises(ValueError, match="too long"):
        raster.qr("x" * 1_500, 16, 384)


def test_figures_have_equal_width():
    assert len({raster.measure(digit, Face(FIGURES, 800, 168, 84)) for digit in "0123456789"}) == 1
