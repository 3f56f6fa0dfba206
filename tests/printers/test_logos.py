"""From a picture that somebody has to the emblem that the centre file holds."""

import base64
import io

import pytest
from PIL import Image, ImageDraw

from domain.logos import LARGEST_PICTURE, NoPicture, size
from printers import logos
from printers.raster import emblem


def picture(side: int = 600, kind: str = "PNG", mode: str = "RGB", paper: str | int = "white") -> bytes:
    """A disc with a hole in the middle of a page."""
    page = Image.new(mode, (side, side), paper)
    pen = ImageDraw.Draw(page)
    ink = (160, 0, 0, 255) if mode == "RGBA" else (160, 0, 0)
    hole = (0, 0, 0, 0) if mode == "RGBA" else "white"
    pen.ellipse((side // 4, side // 4, side * 3 // 4, side * 3 // 4), fill=ink)
    pen.ellipse((side * 2 // 5, side * 2 // 5, side * 3 // 5, side * 3 // 5), fill=hole)
    file = io.BytesIO()
    page.save(file, kind)
    return file.getvalue()


def dots(line: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(line))).convert("1")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_becomes_a_small_black_and_white_one_cut_to_its_ink(kind):
    line = logos.line(picture(kind=kind))
    assert size(line) == (160, 160)
    disc = dots(line)
    assert (disc.getpixel((80, 20)), disc.getpixel((80, 80)), disc.getpixel((1, 1))) == (0, 255, 255)


def test_what_is_clear_is_paper():
    line = logos.line(picture(mode="RGBA", paper=(0, 0, 0, 0)))
    assert (dots(line).getpixel((80, 20)), dots(line).getpixel((1, 1))) == (0, 255)


def test_the_size_may_be_smaller_and_a_small_picture_is_not_blown_up():
    assert size(logos.line(picture(), 64, 160)) == (64, 64)
    assert size(logos.line(picture(40), 352, 160)) == (21, 21)


def blank() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (100, 100), "white").save(file, "PNG")
    return file.getvalue()


def sides(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height), 0).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"x", b"%PDF-1.7", picture()[:400], blank(), sides(15, 100), sides(4001, 16),
        picture() + bytes(LARGEST_PICTURE), b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["empty", "x", "pdf", "cut off", "blank", "narrow", "wide", "large", "svg"],
)  # fmt: skip
def test_what_is_no_picture_for_a_slip_is_refused(sent):
    with pytest.raises(NoPicture):
        logos.line(sent)


def test_the_emblem_stands_within_its_room():
    ink = emblem(logos.line(picture(), 544, 160), 16, 100)
    assert (ink.height, ink.stride * 8) == (100, 120)
