"""Fees whose parts agree, and words that name nobody."""

from dataclasses import replace

import pytest

from domain.fees import (
    Fee,
    FeeKind,
    FeeWrong,
    Receipt,
    Relief,
    Timing,
    checked_fee,
    checked_reason,
    checked_reference,
    next_receipt,
)

FEE = Fee(FeeKind.DUTY, "8.000 đồng/bản", 8_000)
POOR = "Miễn lệ phí cho người thuộc hộ nghèo (Điều 10 Luật Phí và lệ phí)"
FREE = Fee(FeeKind.DUTY, "8.000 đồng/bản", 0, Timing.EXEMPT, Relief.EXEMPTED, POOR)


@pytest.mark.parametrize("fee", [FEE, FREE, replace(FEE, amount=4_000, relief=Relief.REDUCED, relief_text=POOR)])
def test_a_whole_fee_is_taken(fee):
    assert checked_fee(fee) is fee


WRONG = [
    (FEE, {"amount": 0}),
    (FEE, {"amount": -1}),
    (FEE, {"amount": 10**12}),
    (FEE, {"text": " "}),
    (FEE, {"text": "x" * 2001}),
    (FEE, {"text": "8.000\x00"}),
    (FEE, {"relief_text": POOR}),
    (FEE, {"relief": Relief.REDUCED}),
    (FEE, {"relief": Relief.EXEMPTED, "relief_text": POOR}),
    (FREE, {"amount": 8_000}),
    (FREE, {"relief_text": ""}),
    (FREE, {"relief": Relief.NONE}),
    (FREE, {"relief_text": "Con của người có thẻ 038190123457"}),
    (FREE, {"relief_text": "Điện thoại 0912 345 678"}),
]


@pytest.mark.parametrize(("fee", "change"), WRONG)
def test_a_fee_whose_parts_disagree_is_refused(fee, change):
    with pytest.raises(FeeWrong):
        checked_fee(replace(fee, **change))


@pytest.mark.parametrize("reason", ["", "x" * 201, "nộp cho 038190123457"])
def test_a_reason_is_short_and_names_nobody(reason):
    with pytest.raises(FeeWrong):
        checked_reason(reason)


@pytest.mark.parametrize("reference", ["", "-1", "a b", "x" * 51, "Đ"])
def test_a_reference_is_a_plain_number(reference):
    with pytest.raises(FeeWrong):
        checked_reference(reference)


def test_receipts_are_numbered_by_series_and_year():
    assert str(next_receipt("BL", 2026, 0)) == "BL26-0000001"
    assert next_receipt("BL", 2027, 41) == Receipt("BL27", 42)
