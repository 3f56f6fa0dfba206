from dataclasses import fields, replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from domain.vietqr import Account, transfer_code
from printers import slips
from printers.slips import ReceiptSlip, TestSlip, TicketSlip
from tests.domain.emv_reading import Transfer, read_transfer
from tests.printers.example_slips import ADDRESS, LOCAL, RECEIPT, TEST_PAGE, TICKET

WIDTHS = [384, 512, 576]
words = st.text(st.characters(codec="utf-8"), max_size=120)
tickets = st.builds(
    TicketSlip,
    agency_lines=st.tuples(words, words),
    centre=words,
    queue=words,
    number=st.from_regex(r"[A-ZĐ]{0,3}\u202f?[0-9]{1,6}", fullmatch=True) | words,
    ahead=st.integers(0, 5_000),
    wait=st.sampled_from(["", "dưới 5 phút", "10-15 phút", "115-120 phút", "trên 2 giờ"]) | words,
    counters=words,
    issued_at=st.datetimes(timezones=st.just(LOCAL)),
    follow_url=st.sampled_from(["", ADDRESS]) | words,
    copy=st.integers(1, 20),
    practice=st.booleans(),
    priority=st.booleans(),
    notes=st.tuples(words),
)
receipts = st.builds(
    ReceiptSlip,
    agency_lines=st.tuples(words, words),
    centre=words,
    code=words,
    procedure=words,
    received_at=st.datetimes(timezones=st.just(LOCAL)),
    due_at=st.none() | st.datetimes(timezones=st.just(LOCAL)),
    due_note=words,
    counter=words,
    documents=st.lists(st.tuples(words, st.integers(0, 99)), max_size=5).map(tuple),
    result_at=words,
    copy=st.integers(1, 20),
    owed=st.integers(0, 10**10),
    payee=st.lists(words, max_size=2).map(tuple),
)


def image(slip: slips.Slip, width: int = 576, translate: slips.Translate = str) -> Image.Image:
    return slips.draw(slip, width, translate).to_image()


def texts_of(slip: slips.Slip) -> list[str]:
    asked: list[str] = []
    slips.draw(slip, 576, lambda text: asked.append(text) or text)
    return asked


def ink_rows(paper: Image.Image) -> list[bool]:
    return [set(row(paper, y)) != {0xFF} for y in range(paper.height)]


def ink_columns(paper: Image.Image) -> tuple[int, int]:
    box = ImageChops.invert(paper).getbbox()
    assert box is not None
    return box[0], box[2]


def the_number(number: str, width: int = 576) -> Image.Image:
    """The tallest band of a slip without a QR code, cropped to its ink (ink = 1)."""
    bands = slips.draw(replace(TICKET, number=number, follow_url=""), width, str).bands
    tallest = max(bands, key=lambda band: band.height)
    return Image.frombytes("1", (tallest.width, tallest.height), tallest.rows)


def row(paper: Image.Image, y: int) -> bytes:
    return paper.crop((0, y, paper.width, y + 1)).tobytes()


def read(paper: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(paper.convert("L"))]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slip", [TICKET, TEST_PAGE], ids=["ticket", "test page"])
def test_the_qr_code_reads_as_the_exact_address(slip, width):
    assert read(image(slip, width)) == [ADDRESS]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_receipt_carries_its_dossier_code(width):
    assert read(image(RECEIPT, width)) == [RECEIPT.code]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_receipt_with_a_fee_carries_its_transfer(width):
    code = transfer_code(Account("970436", "1017595600", "KHO BẠC THỬ"), 28_000, RECEIPT.code)
    slip = replace(RECEIPT, owed=28_000, transfer=code, payee=("1017595600 · KHO BẠC THỬ NGHIỆM",))
    transfer, dossier = sorted(read(image(slip, width)))
    assert dossier == RECEIPT.code
    assert read_transfer(transfer) == Transfer("970436", "1017595600", 28_000, RECEIPT.code)
    assert "Phí, lệ phí phải nộp: %(amount)s đồng" in texts_of(slip)
    assert read(image(replace(slip, transfer=""), width)) == [RECEIPT.code]


@settings(max_examples=25, deadline=None)
@given(token=st.text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_", min_size=8, max_size=43))
def test_any_follow_address_reads_back(token):
    address = f"https://mot-cua.example/s/{token}"
    assert read(image(replace(TICKET, follow_url=address), 384)) == [address]


@pytest.mark.parametrize("width", WIDTHS)
def test_four_quiet_modules_stand_above_and_below_the_qr_code(width):
    paper = image(TICKET, width)
    position = zxingcpp.read_barcodes(paper.convert("L"))[0].position
    rows = ink_rows(paper)
    top, bottom = position.top_left.y, position.bottom_left.y
    assert (rows[top], rows[bottom - 1]) == (True, True)
    assert not any(rows[top - 32 : top] + rows[bottom : bottom + 32])


@pytest.mark.parametrize("address", ["", " ", "https://mot-cua.example/" + "x" * 300])
def test_without_a_usable_address_the_slip_points_to_the_screen(address):
    slip = replace(TICKET, follow_url=address)
    assert read(image(slip)) == []
    assert "xem màn hình" in texts_of(slip)
    assert "xem màn hình" not in texts_of(TICKET)


@settings(max_examples=40, deadline=None)
@given(slip=tickets | receipts, width=st.sampled_from([*WIDTHS, 320, 546, 832]), longer=st.sampled_from([1, 3]))
def test_no_ink_comes_within_8_dots_of_an_edge(slip, width, longer):
    picture = slips.draw(slip, width, lambda text: " ".join([text] * longer))
    left, right = ink_columns(picture.to_image())
    assert left >= 8
    assert right <= width - 8


@pytest.mark.planted
def test_the_margin_test_sees_a_dot_at_the_edge():
    left, right = ink_columns(image(TEST_PAGE))
    assert (left, right) == (0, 576)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("number", ["A\u202f012", "B 1234", "Đ\u202f9999", "UT 1234", "107"])
def test_the_number_is_at_least_10_mm_high_and_within_the_paper(width, number):
    band = the_number(number, width)
    left, top, right, bottom = band.getbbox()
    assert bottom - top >= 80
    assert (left >= 8, right <= width - 8) == (True, True)


def test_letter_and_digits_stand_apart_by_a_narrow_gap():
    band = the_number("H\u202f111")
    blank = [not any(band.crop((x, 0, x + 1, band.height)).tobytes()) for x in range(band.width)]
    stem, *gaps = (len(run) for run in "".join("x. "[empty] for empty in blank).strip(".").split("x") if run)
    assert 24 < stem < 60
    assert all(gap < stem for gap in gaps)


@pytest.mark.parametrize("stored", ["A 012", "A\u00a0012", "A012"])
def test_the_gap_is_the_same_whatever_space_was_stored(stored):
    assert image(replace(TICKET, number=stored)) == image(TICKET)


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_wrap_and_nothing_is_lost(width):
    long = replace(
        TICKET,
        centre="Trung tâm Phục vụ hành chính công đặc khu Phú Quốc - Chi nhánh số 12 (cơ sở Dương Đông)",
        queue="Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
    )
    assert image(long, width).height > image(TICKET, width).height
    assert image(long, width) != image(replace(long, centre=long.centre[:-1]), width)


def test_control_bytes_in_any_text_change_nothing():
    hostile = replace(
        TICKET,
        agency_lines=tuple(f"\x1b@{line}\x10\x14\x01" for line in TICKET.agency_lines),
        centre=f"{TICKET.centre}\x1dV\x00"[:-2] + "\x00",
        queue=f"\x9b{TICKET.queue}\x7f",
        follow_url=f"{ADDRESS}\x10\x04",
    )
    clean = replace(
        TICKET,
        agency_lines=tuple(f"@{line}" for line in TICKET.agency_lines),
        centre=TICKET.centre,
    )
    assert image(replace(hostile, centre=TICKET.centre + "\x1d\x00")) == image(clean)


def test_composed_and_decomposed_names_print_alike():
    assert image(replace(TICKET, queue="Hô\u0323 ti\u0323ch")) == image(replace(TICKET, queue="Hộ tịch"))


def test_a_reprint_says_so_and_a_first_print_does_not():
    mark = "IN LẠI (lần %(copy)s)"
    for slip in (TICKET, RECEIPT):
        assert mark not in texts_of(slip)
        assert mark in texts_of(replace(slip, copy=2))
        assert image(replace(slip, copy=2)) != image(replace(slip, copy=3))


def test_a_practice_slip_says_that_it_is_not_called():
    assert "Số này không được gọi" not in texts_of(TICKET)
    assert "Số này không được gọi" in texts_of(replace(TICKET, practice=True))


@pytest.mark.parametrize(
    ("wait", "told"),
    [("10-15 phút", True), ("10–15", True), ("dưới 5 phút", False), ("trên 2 giờ", False), ("1-2 giờ", False)],
)
def test_a_range_is_told_again_by_its_upper_end(wait, told):
    assert ("có thể đến %(high)s phút" in texts_of(replace(TICKET, wait=wait))) is told


def test_an_unknown_wait_leaves_its_line_out():
    assert image(replace(TICKET, wait="")).height < image(replace(TICKET, wait="dưới 5 phút")).height


def test_nobody_ahead_is_said_in_words():
    assert "không có ai" in texts_of(replace(TICKET, ahead=0))


def test_every_text_passes_through_the_slips_language():
    assert "Số của bạn" in texts_of(TICKET)
    assert "thứ Bảy" in texts_of(TICKET)
    assert image(TICKET, translate=lambda text: f"{text}.") != image(TICKET)


def test_a_receipt_without_a_due_date_says_why():
    open_ended = replace(RECEIPT, due_at=None, due_note="")
    assert "sẽ thông báo sau" in texts_of(open_ended)
    assert image(open_ended) != image(replace(open_ended, due_note="theo thông báo của cơ quan thuế"))


def test_no_slip_has_room_for_a_person():
    told = {field.name for slip in (TicketSlip, ReceiptSlip, TestSlip) for field in fields(slip)}
    personal = {"name", "applicant", "owner", "identity", "phone", "address", "email", "birth", "person"}
    assert not {field for field in told for part in field.split("_") if part in personal}


def test_the_test_page_reaches_both_edges_and_shows_a_bar_over_every_dot():
    paper = image(TEST_PAGE, 384)
    assert any(row(paper, y) == bytes(48) for y in range(paper.height))


@pytest.mark.parametrize("width", [0, 319, 833])
def test_paper_that_no_slip_fits_is_refused(width):
    with pytest.raises(ValueError, match="width"):
        slips.draw(TICKET, width, str)
