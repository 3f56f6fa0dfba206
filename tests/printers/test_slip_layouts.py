"""Every layout that the rules take, drawn on every paper: whole, within its margins, and still a slip."""

import base64
import io
from dataclasses import replace
from itertools import product

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from domain.centres import Text
from domain.slips import NEEDED, STANDARD, SlipKind, SlipLayout, SlipPart, TextSize, parts_of
from printers import slips, thermal
from printers.papers import confirm_id
from printers.raster import Picture
from printers.slip_parts import KINDS, Look
from tests.domain.test_centre_toml import layouts
from tests.printers.example_slips import ADDRESS, RECEIPT, TEST_PAGE, TICKET
from tests.printers.test_hostile_words import check_wire
from tests.support.sizes import size
from web.languages import LANGUAGES, translator

WIDTHS = [384, 512, 576]
LONG = "Ủy ban nhân dân đặc khu Phú Quốc kính chào quý khách và mong được phục vụ quý khách thật nhanh chóng"
OWN = Text(LONG, "Welcome to the public administration service centre", "Bienvenue au centre de services publics")
EXAMPLES = {
    SlipKind.TICKET: replace(TICKET, province="Tỉnh Ninh Bình", notes=("Quầy nghỉ lúc 11:30.",)),
    SlipKind.RECEIPT: replace(RECEIPT, province="Tỉnh Ninh Bình"),
    SlipKind.TEST: TEST_PAGE,
}
CODES = {SlipKind.TICKET: ADDRESS, SlipKind.RECEIPT: RECEIPT.code, SlipKind.TEST: ADDRESS}


def an_emblem(width: int, height: int) -> str:
    """A ring, as large as asked for."""
    picture = Image.new("1", (width, height), 1)
    picture.paste(0, (0, 0, width, height))
    picture.paste(1, (12, 12, width - 12, height - 12))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


LOGO = an_emblem(160, 120)


def layout_named(name: str, kind: SlipKind) -> SlipLayout:
    """The layouts of the golden tests."""
    if name == "standard":
        return SlipLayout(kind)
    if name == "least":
        return SlipLayout(kind, (*NEEDED[kind], *(() if SlipPart.FOLLOW in NEEDED[kind] else (SlipPart.FOLLOW,))))
    order = (SlipPart.MARKS, *(part for part in reversed(parts_of(kind)) if part is not SlipPart.MARKS))
    if name == "reversed":
        return SlipLayout(kind, order if kind is not SlipKind.TEST else order[1:], opening=OWN, closing=OWN)
    ticket = kind is SlipKind.TICKET
    more = {"caption": OWN, "hint": OWN, "number_mm": 20} if ticket else {}
    return SlipLayout(kind, parts_of(kind), text_size=TextSize.LARGE, opening=OWN, closing=OWN, **more)


NAMES = ("standard", "least", "reversed", "large")
GOLDEN = list(product(SlipKind, NAMES, WIDTHS, LANGUAGES))


def drawn(kind: SlipKind, name: str, width: int, language: str = "vi", logo: str = LOGO) -> Picture:
    return slips.draw(EXAMPLES[kind], width, translator(language), Look(layout_named(name, kind), language, logo))


def wire(picture: Picture, width: int) -> bytes:
    return b"".join(thermal.job(picture, width, confirm_id(7)).chunks)


def edges(picture: Picture) -> tuple[int, int]:
    """The first and the last column with ink."""
    box = ImageChops.invert(picture.to_image()).getbbox()
    assert box is not None
    return box[0], box[2]


def check_margins(picture: Picture) -> None:
    left, right = edges(picture)
    assert left >= 8
    assert right <= picture.width - 8


@pytest.mark.parametrize(("kind", "name", "width", "language"), GOLDEN)
def test_every_layout_on_every_paper(kind, name, width, language):
    picture = drawn(kind, name, width, language)
    assert [code.text for code in zxingcpp.read_barcodes(picture.to_image().convert("L"))] == [CODES[kind]]
    check_wire(wire(picture, width))
    if kind is not SlipKind.TEST:  # its rulers reach both edges on purpose
        check_margins(picture)
    if kind is SlipKind.TICKET:
        assert max(band.height for band in picture.bands if not is_code(band)) >= 80


def is_code(band) -> bool:
    """Whether a band is the QR code: the only one that is higher than the number and nearly square."""
    return band.height > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ticket_by_the_standard_layout_is_small_enough_with_its_emblem(language):
    job = thermal.job(drawn(SlipKind.TICKET, "standard", 576, language, logo=""), 576, confirm_id(7))
    assert job.size <= 34_000
    with_emblem = thermal.job(drawn(SlipKind.TICKET, "standard", 576, language), 576, confirm_id(7))
    assert with_emblem.size <= 34_000 + 4_000


@settings(max_examples=size("slip-layouts", 40, 2000), deadline=None)
@given(own=layouts(), width=st.sampled_from(WIDTHS), language=st.sampled_from(LANGUAGES), copy=st.integers(1, 3))
def test_no_layout_that_the_rules_take_breaks_a_slip(own, width, language, copy):
    for layout in own:
        slip = EXAMPLES[layout.kind]
        slip = slip if layout.kind is SlipKind.TEST else replace(slip, copy=copy)
        picture = slips.draw(slip, width, translator(language), Look(layout, language, LOGO))
        check_wire(wire(picture, width))
        if layout.kind is not SlipKind.TEST:
            check_margins(picture)


@pytest.mark.planted
def test_own_words_that_do_not_wrap_are_caught(monkeypatch):
    from printers import forms_thermal

    def unwrapped(text, weight, size, *rest):
        return forms_thermal.Face(forms_thermal.TEXT, weight, size), (text,)

    forms_thermal._paragraph.cache_clear()
    monkeypatch.setattr(forms_thermal, "fit", unwrapped)
    try:
        with pytest.raises((AssertionError, thermal.PictureTooWide)):
            test_every_layout_on_every_paper(SlipKind.TICKET, "large", 384, "vi")
    finally:
        forms_thermal._paragraph.cache_clear()


def texts(slip: slips.Slip, look: Look) -> list[str]:
    asked: list[str] = []
    slips.draw(slip, 576, lambda text: asked.append(text) or text, look)
    return asked


def test_own_words_take_the_place_of_the_standard_ones():
    own = SlipLayout(SlipKind.TICKET, caption=OWN, hint=OWN)
    said = texts(TICKET, Look(own))
    assert "Số của bạn" in texts(TICKET, Look(SlipLayout(SlipKind.TICKET)))
    assert "Số của bạn" not in said
    assert "Vui lòng theo dõi màn hình và loa gọi số" not in said


def test_own_words_are_in_the_language_of_the_slip():
    look = Look(SlipLayout(SlipKind.TICKET, closing=OWN))
    vi, en = (
        slips.draw(TICKET, 576, str, replace(look, language=language)).to_image() for language in ("vi", "en")
    )
    assert vi != en


def test_a_ticket_whose_layout_has_no_code_points_to_the_screen():
    parts = tuple(part for part in STANDARD[SlipKind.TICKET] if part is not SlipPart.FOLLOW)
    look = Look(SlipLayout(SlipKind.TICKET, parts))
    assert "xem màn hình" in texts(TICKET, look)
    assert zxingcpp.read_barcodes(slips.draw(TICKET, 576, str, look).to_image().convert("L")) == []


def test_the_reprint_and_practice_marks_stand_in_every_layout():
    look = Look(SlipLayout(SlipKind.TICKET, NEEDED[SlipKind.TICKET]))
    assert "IN LẠI (lần %(copy)s)" in texts(replace(TICKET, copy=2), look)
    assert "LUYỆN TẬP" in texts(replace(TICKET, practice=True), look)


@pytest.mark.parametrize(("number_mm", "width"), [(mm, width) for mm in (10, 14, 20) for width in WIDTHS])
def test_the_number_is_as_high_as_asked_for(number_mm, width):
    look = Look(SlipLayout(SlipKind.TICKET, (*NEEDED[SlipKind.TICKET],), number_mm))
    number = max(slips.draw(replace(TICKET, number="7"), width, str, look).bands, key=lambda band: band.height)
    ink = Image.frombytes("1", (number.width, number.height), number.rows).getbbox()
    assert abs(ink[3] - ink[1] - number_mm * 8) <= 3


def test_a_wide_emblem_is_made_smaller_on_narrow_paper():
    wide = an_emblem(544, 160)
    narrow = drawn(SlipKind.TICKET, "standard", 384, logo=wide)
    check_margins(narrow)
    assert narrow.bands[0].height == 160 * 352 // 544
    assert drawn(SlipKind.TICKET, "standard", 576, logo=wide).bands[0].height == 160


def test_every_kind_of_slip_is_drawn_by_a_part_for_each_of_its_names():
    assert set(KINDS.values()) == set(SlipKind)
    for kind in SlipKind:
        assert set(slips.PARTS[kind]) == set(parts_of(kind))


def texts_of_all() -> set[str]:
    asked: set[str] = set()
    marked = (replace(TICKET, copy=2, practice=True, priority=True, follow_url=""), replace(RECEIPT, due_at=None))
    for slip in (TICKET, RECEIPT, TEST_PAGE, *marked):
        slips.draw(slip, 576, lambda text: asked.add(text) or text)
    return asked


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_text_of_a_slip_stands_in_the_catalogues(language):
    """They are gathered by their mark: a text that goes another way is lost without a word."""
    lost = [text for text in texts_of_all() if translator(language)(text) == text]
    assert lost == []


@pytest.mark.planted
def test_a_text_that_is_in_no_catalogue_is_caught(monkeypatch):
    monkeypatch.setitem(slips.PARTS[SlipKind.TICKET], SlipPart.CAPTION, lambda on: on.say("Số của bạn đây"))
    with pytest.raises(AssertionError):
        test_every_text_of_a_slip_stands_in_the_catalogues("en")
