"""What is offered of the catalogue's own words on a fee: nothing where a person could be misled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fee_texts import LONGEST_RULE, Offer, offer, published, rules
from domain.fees import LONGEST_TEXT, Fee, FeeKind, Relief, Timing, checked_fee
from tests.support.halls import demo_procedures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8,000 VNĐ", Offer(Timing.BEFORE, 8000)),
        ("12.500.000 Việt Nam Đồng", Offer(Timing.BEFORE, 12_500_000)),
        ("Miễn phí", Offer(Timing.EXEMPT, rule="Miễn phí")),
        ("100 VNĐ", None),
        ("20 VNĐ(20.000 vnđ /tờ khai)", None),
        ("2,000 Việt Nam Đồng(/trang)", None),
        ("10 USD(/bản)", None),
        ("Miễn phí(- Lệ phí cấp giấy phép lái xe: 135.000 đồng/lần.)", None),
        ("", None),
    ],
)
def test_only_what_is_beyond_doubt_is_offered(text, expected):
    assert offer(text) == expected


def test_the_rules_stand_word_for_word():
    text = "Miễn phí(Mức do HĐND tỉnh. Miễn lệ phí cho người khuyết tật; người thuộc hộ nghèo.)"
    assert rules(text) == ("Miễn lệ phí cho người khuyết tật; người thuộc hộ nghèo.",)
    assert rules("Miễn phí") == ("Miễn phí",)
    assert rules("8,000 VNĐ") == ()


def test_of_the_demos_catalogue_every_rule_is_in_its_text_and_may_stand_on_a_fee():
    for procedure in demo_procedures():
        for row in procedure.channels:
            for rule in rules(row.fee_text or ""):
                assert rule in (row.fee_text or "")
                checked_fee(
                    Fee(FeeKind.DUTY, published(row.fee_text or ""), 0, Timing.EXEMPT, Relief.EXEMPTED, rule)
                )


def readable(text: str) -> None:
    """Whatever stands in a cell, what a fee is given of it can be read and is short enough."""
    told = published(text)
    assert len(told) <= LONGEST_TEXT and told.replace("\n", "").replace("\t", "").isprintable()
    assert all(0 < len(rule) <= LONGEST_RULE for rule in rules(text))


@given(st.text(max_size=5000))
def test_any_text_is_published_readable_and_short_enough(text):
    readable(text)


@pytest.mark.planted
def test_rules_of_any_length_are_found(monkeypatch):
    monkeypatch.setattr("domain.fee_texts.LONGEST_RULE", 10**6)
    with pytest.raises(AssertionError):
        readable("Miễn " * 300)
