"""Layouts of slips by forms: parts in an order, words, the emblem, and a picture of what will be printed."""

import io
import re
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from admin import centre_entries
from admin.centre_sheets import SHEETS
from admin.slip_sheets import SLIP_PARTS
from domain.centre_syntax import parsed
from domain.centre_toml import write_centre
from domain.centres import Text
from domain.slips import NEEDED, STANDARD, SlipKind, SlipLayout, SlipPart, TextSize
from operations import configuring, opening
from store import plans
from store.writer import Act
from tests.admin.test_centre_forms import FIRST, changed, decide, drafted, sent
from tests.domain.test_centre_toml import EMBLEM
from tests.support.asking import NO_PRINTERS, browser, request_id
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.reading import forms_in
from tests.support.servers import running

WORDS = Text("Kính chào", "Welcome", "Bienvenue")
OWN = SlipLayout(SlipKind.TICKET, (*NEEDED[SlipKind.TICKET], SlipPart.CLOSING), 18, closing=WORDS)
START = replace(demo_centre(), slips=(OWN,), logo=EMBLEM)
TICKET = f"{FIRST}/slips/entries/ticket"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    data = tmp_path_factory.mktemp("slip-forms") / "data"
    with running(data, HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("t"), opening.ensure_day)
        yield server


@pytest.fixture(autouse=True)
def start(centre):
    """Every test begins with the same centre."""
    if in_force(centre) != START:
        seen = centre.store.read(plans.number_in_force)
        centre.store.write_now(Act("ql03"), configuring.apply_centre, START, demo_calendar(), seen, "Thử")


@pytest.fixture(scope="module")
def administrator(centre):
    return browser(centre, f"motcua-person={centre.person_cookie('ql03')}")


def in_force(centre):
    return centre.store.read(plans.in_force)


def test_the_parts_stand_in_their_order_with_room_between(administrator):
    form = forms_in(administrator.get(TICKET).text)[TICKET]
    places = {name.removeprefix("parts."): value[0] for name, value in form.items() if name.startswith("parts.")}
    assert [part for part, place in places.items() if place] == [*map(str, OWN.parts)]
    assert [place for place in places.values() if place] == ["10", "20", "30", "40", "50"]
    assert set(places) == {*map(str, STANDARD[SlipKind.TICKET]), "province"}


def test_a_part_is_moved_added_and_left_out_by_its_number(centre, administrator):
    path = changed(administrator, TICKET, parts__closing="5", parts__caption="15,5", parts__hint="99")
    (layout,) = drafted(centre, path).slips
    assert layout.order == ("closing", "marks", "caption", "number", "facts", "moment", "hint")
    path = changed(administrator, f"{path}/sections/slips/entries/ticket", parts__hint="", parts__logo="1")
    assert drafted(centre, path).slips[0].order == ("logo", *layout.order[:-1])


def test_without_an_order_of_its_own_a_layout_follows_the_standard_one(centre, administrator):
    path = changed(administrator, f"{FIRST}/slips/addition", kind="receipt", text_size="large")
    layout = drafted(centre, path).slips[1]
    assert layout == SlipLayout(SlipKind.RECEIPT, text_size=TextSize.LARGE)
    entry = f"{path}/sections/slips/entries/receipt"
    form = forms_in(administrator.get(entry).text)[entry]
    assert form["parts.marks"] == ["10"]
    assert drafted(centre, changed(administrator, entry)).slips[1].parts == ()
    moved = drafted(centre, changed(administrator, entry, parts__rule="1")).slips[1]
    assert moved.parts[0] == "rule"
    assert len(moved.parts) == len(STANDARD[SlipKind.RECEIPT])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"parts__number": ""}, "thiếu phần không được bỏ: số lớn; thêm các phần đó."),
        ({"parts__marks": "90"}, "phải đọc thấy trước: số lớn"),
        ({"number_mm": "30"}, "ghi một số từ 10 đến 20"),
        ({"closing__fr": ""}, "để trống"),
        ({"closing__vi": "x" * 201}, "dài quá"),
        ({"caption__vi": "Số", "caption__en": "No", "caption__fr": "No"}, "phần này không có trên phiếu"),
        ({"text_size": "huge"}, "không phải giá trị dùng được"),
    ],
)
def test_a_mistake_stands_at_its_field(administrator, typed, told):
    answer = sent(administrator, TICKET, **typed)
    assert answer.status_code == 422
    row = re.search(r'<div class="row wrong".*?</ul>', answer.text, re.S)
    assert row
    assert told in row[0]


def test_places_that_are_no_numbers_come_last():
    raw, sheet = parsed(write_centre(START)), SHEETS["slips"]
    form = {f"parts.{part}": str(place) for place, part in enumerate(OWN.parts)} | {"parts.marks": "đầu"}
    read = centre_entries._order(sheet.field("parts"), form, "parts", [], raw)
    assert read == ["number", "facts", "moment", "closing", "marks"]
    form["parts.number"] = "9" * 5000
    assert centre_entries._order(sheet.field("parts"), form, "parts", [], raw)[-2:] == ["marks", "number"]


def test_every_part_has_its_word():
    assert set(SLIP_PARTS) == set(SlipPart)


def picture(administrator, path: str) -> Image.Image:
    answer = administrator.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("width", [384, 512, 576])
@pytest.mark.parametrize("kind", SlipKind)
def test_the_pictures_are_slips_of_the_centre(administrator, kind, width):
    for language in ("vi", "en", "fr"):
        paper = picture(administrator, f"{FIRST}/slips/pictures/{kind}/{language}/{width}")
        assert paper.width == width
    (code,) = [found.text for found in zxingcpp.read_barcodes(paper.convert("L"))] or [""]
    if kind is SlipKind.TICKET:
        assert code == ""
    else:
        assert code.startswith("H56.19-" if kind is SlipKind.RECEIPT else START.follow_url)


def test_the_picture_is_that_of_the_draft(administrator):
    before = picture(administrator, f"{FIRST}/slips/pictures/ticket/vi/576")
    path = changed(administrator, TICKET, parts__follow="60")
    page = administrator.get(f"{path}/sections/slips/entries/ticket").text
    assert f'src="{path}/sections/slips/pictures/ticket/fr/576"' in page
    after = picture(administrator, f"{path}/sections/slips/pictures/ticket/vi/576")
    assert after.height > before.height + 200
    assert picture(administrator, f"{FIRST}/slips/pictures/ticket/vi/576").height == before.height


def test_the_list_shows_every_kind_as_it_is_printed_and_the_paper_can_be_chosen(administrator):
    page = administrator.get(f"{FIRST}/slips").text
    for shown in ("ticket/vi", "ticket/en", "ticket/fr", "receipt/vi", "test/vi"):
        assert f'src="{FIRST}/slips/pictures/{shown}/576"' in page
    assert f'src="{FIRST}/slips/pictures/ticket/vi/384"' in administrator.get(f"{FIRST}/slips?width=384").text
    assert f'src="{FIRST}/slips/pictures/ticket/vi/576"' in administrator.get(f"{FIRST}/slips?width=9").text


@pytest.mark.parametrize("path", ["memo/vi/576", "ticket/de/576", "ticket/vi/100", "ticket/vi/577"])
def test_a_picture_of_nothing_is_not_found(administrator, path):
    assert administrator.get(f"{FIRST}/slips/pictures/{path}").status_code == 404


def emblem(kind: str = "PNG") -> bytes:
    page = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(page).ellipse((60, 40, 220, 160), fill="darkgreen")
    file = io.BytesIO()
    page.save(file, kind)
    return file.getvalue()


def uploaded(administrator, content: bytes):
    form = forms_in(administrator.get(f"{FIRST}/logo").text)[f"{FIRST}/logo/pictures"]
    fields = {name: value[0] for name, value in form.items() if name != "picture"}
    files = {"picture": ("emblem.png", content, "image/png")}
    return administrator.post(f"{FIRST}/logo/pictures", data=fields, files=files)


def test_a_picture_that_is_sent_becomes_the_emblem(centre, administrator):
    answer = uploaded(administrator, emblem("JPEG"))
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    assert drafted(centre, path).logo not in ("", EMBLEM)
    assert replace(drafted(centre, path), logo=EMBLEM) == START
    assert "<code>logo</code>" in administrator.get(path).text
    assert decide(administrator, path).status_code == 303
    assert in_force(centre).logo == drafted(centre, path).logo


def test_the_line_can_be_pasted_and_emptied(centre, administrator):
    assert drafted(centre, changed(administrator, f"{FIRST}/logo", logo=f" {EMBLEM[:20]}\n{EMBLEM[20:]} ")) == START
    assert drafted(centre, changed(administrator, f"{FIRST}/logo", logo="")).logo == ""
    answer = sent(administrator, f"{FIRST}/logo", logo="iVBORw0KGgo=")
    assert answer.status_code == 422
    assert "không đọc được ảnh" in answer.text


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", emblem()[:200]])
def test_what_is_no_picture_is_refused_in_words(administrator, content):
    answer = uploaded(administrator, content)
    assert answer.status_code == 409
    assert "Không đọc được ảnh này" in answer.text


def test_a_body_that_is_no_form_and_one_that_is_too_large_are_refused(administrator):
    path = f"{FIRST}/logo/pictures"
    plain = administrator.post(path, content=b"x", headers={"content-type": "text/plain"})
    assert plain.status_code == 422
    large = {"picture": ("x.png", bytes(6 * 1024 * 1024), "image/png")}
    assert administrator.post(path, data={"request_id": request_id()}, files=large).status_code == 413
