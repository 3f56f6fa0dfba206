"""A payment code says to a strange reader what it was made of, and no damaged one passes."""

import io
from dataclasses import replace

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain import vietqr
from domain.vietqr import Account, NoTransferCode, crc16, transfer_code
from tests.domain.emv_reading import NotAPaymentCode, Transfer, fields_of, read_transfer, remainder

ACCOUNT = Account("970436", "1017595600", "KHO BẠC THỬ NGHIỆM")
CODE = "H56.19-260713-0042"
# The example of a published VietQR page: Vietcombank, 1017595600, without amount.
PUBLISHED = "00020101021138540010A00000072701240006970436011010175956000208QRIBFTTA53037045802VN6304"

accounts = st.builds(
    Account, st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[0-9A-Z]{4,19}", fullmatch=True),
    st.just("A"),
)  # fmt: skip
amounts = st.integers(1, vietqr.MOST_DONG)
references = st.from_regex(r"[A-Z0-9.-]{1,25}", fullmatch=True)


@pytest.mark.parametrize("check", [crc16, remainder])
def test_the_check_of_the_published_vector(check):
    assert check(b"123456789") == 0x29B1
    assert check(b"") == 0xFFFF


def test_the_account_is_written_as_in_the_published_example():
    ours = fields_of(transfer_code(ACCOUNT, 20_000, CODE))
    assert ours["38"] == fields_of(PUBLISHED + "0000")["38"]


@given(st.binary(max_size=60))
def test_two_ways_of_checking_agree(data):
    assert crc16(data) == remainder(data)


@given(accounts, amounts, references)
def test_a_strange_reader_reads_what_was_meant(account, dong, reference):
    text = transfer_code(account, dong, reference)
    assert read_transfer(text) == Transfer(account.bank, account.number, dong, reference)
    assert len(text) <= 512


def check_damage(text: str, place: int, letter: str) -> None:
    damaged = text[:place] + letter + text[place + 1 :]
    if damaged != text:
        with pytest.raises((NotAPaymentCode, KeyError)):
            read_transfer(damaged)


@given(st.integers(0, 120), st.sampled_from("0123456789ABCDEF"))
def test_no_damaged_letter_passes(place, letter):
    text = transfer_code(ACCOUNT, 20_000, CODE)
    check_damage(text, place % len(text), letter)


@settings(deadline=None, max_examples=20)
@given(amounts, references)
def test_a_camera_reads_it_from_the_picture(dong, reference):
    text = transfer_code(ACCOUNT, dong, reference)
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="png", scale=4)
    (found,) = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    assert found.text == text


@pytest.mark.parametrize(
    ("dong", "reference"),
    [(0, CODE), (-5, CODE), (10**13, CODE), (1, ""), (1, "x" * 26), (1, "Đ1"), (1, "a\nb")],
)
def test_what_no_code_can_hold_is_refused(dong, reference):
    with pytest.raises(NoTransferCode):
        transfer_code(ACCOUNT, dong, reference)


@pytest.mark.planted
def test_a_check_begun_at_nought_is_found(monkeypatch):
    monkeypatch.setattr(vietqr, "crc16", lambda data: remainder(data) ^ 1)
    with pytest.raises(NotAPaymentCode):
        read_transfer(transfer_code(replace(ACCOUNT), 20_000, CODE))
