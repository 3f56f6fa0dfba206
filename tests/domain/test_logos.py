"""The emblem in the centre file: a small black and white PNG, whole to its last byte, or a reason."""

import base64
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.centre_difference import differences
from domain.logos import HIGHEST, LONGEST_LOGO, WIDEST, emblem, size
from domain.records import Wrong
from tests.domain.test_centre_toml import DEMO

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, part: bytes) -> bytes:
    return len(part).to_bytes(4) + name + part + zlib.crc32(name + part).to_bytes(4)


def picture(
    width: int = 16, height: int = 8, kind: bytes = b"\x01\x00\x00\x00\x00", rows: bytes | None = None
) -> bytes:
    rows = b"\x00" + bytes(-(-width // 8)) if rows is None else rows
    head = width.to_bytes(4) + height.to_bytes(4) + kind
    packed = zlib.compress(rows * height)
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def line(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_an_emblem_is_taken_as_it_is():
    assert emblem("") == ""
    whole = line(picture(352, 160))
    assert emblem(whole) == whole
    assert size(whole) == (352, 160)


def test_the_largest_emblem_fits_its_limit_even_unpacked():
    rows = (1 + WIDEST // 8) * HIGHEST
    assert len(base64.b64encode(bytes(rows + 200))) < LONGEST_LOGO


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "không đọc được ảnh"),
        (b"GIF89a", "không đọc được ảnh"),
        (SIGNATURE, "không đọc được ảnh"),
        (picture()[:-1], "không đọc được ảnh"),
        (picture() + b"x", "không đọc được ảnh"),
        (picture()[:40] + b"\xff" + picture()[41:], "không đọc được ảnh"),
        (picture(rows=b"\x05\x00\x00"), "không đọc được ảnh"),
        (picture(rows=b"\x00"), "không đọc được ảnh"),
        (picture(rows=b"\x00\x00\x00\x00"), "không đọc được ảnh"),
        (picture(kind=b"\x08\x00\x00\x00\x00"), "không phải ảnh PNG đen trắng 1 bit"),
        (picture(kind=b"\x01\x00\x00\x00\x01"), "không phải ảnh PNG đen trắng 1 bit"),
        (picture(WIDEST + 1, 8), "ảnh phải rộng %(least)s–%(widest)s và cao %(least)s–%(highest)s điểm"),
        (picture(16, HIGHEST + 1), "ảnh phải rộng %(least)s–%(widest)s và cao %(least)s–%(highest)s điểm"),
        (SIGNATURE + chunk(b"IEND", b""), "không đọc được ảnh"),
    ],
)
def test_what_is_no_emblem_is_refused_with_a_reason(raw, reason):
    with pytest.raises(Wrong) as wrong:
        size(line(raw))
    assert wrong.value.reason == reason
    assert "motcua centre logo" in wrong.value.remedy


@given(st.text(max_size=60) | st.binary(max_size=80).map(line))
def test_no_text_is_more_than_refused(text):
    try:
        emblem(text)
    except Wrong as wrong:
        assert wrong.reason


def test_a_small_file_that_unfolds_to_a_large_one_is_not_unfolded():
    """Ten megabytes of nothing pack into ten kilobytes."""
    bomb = SIGNATURE + chunk(b"IHDR", (16).to_bytes(4) + (8).to_bytes(4) + b"\x01\x00\x00\x00\x00")
    bomb += chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b"")
    with pytest.raises(Wrong):
        size(line(bomb))


def test_another_emblem_is_one_short_line_of_the_difference():
    one, other = line(picture(16, 8)), line(picture(24, 8))
    added = differences(replace(DEMO, logo=""), replace(DEMO, logo=one))
    changed = differences(replace(DEMO, logo=one), replace(DEMO, logo=other))
    removed = differences(replace(DEMO, logo=other), replace(DEMO, logo=""))
    assert [(d.path, d.kind) for d in (*added, *changed, *removed)] == [
        ("logo", "added"), ("logo", "changed"), ("logo", "removed"),
    ]  # fmt: skip
    assert len(changed[0].line()) < 60


@pytest.mark.planted
def test_a_text_that_breaks_the_reader_is_caught(monkeypatch):
    monkeypatch.setattr("domain.logos._decoded", lambda text: base64.b64decode(text, validate=True))
    with pytest.raises((ValueError, IndexError, BaseExceptionGroup)):
        test_no_text_is_more_than_refused()
