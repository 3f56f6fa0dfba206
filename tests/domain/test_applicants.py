from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.applicants import (
    LONGEST_PAPER,
    LONGEST_SUMMARY,
    LONGEST_WORDS,
    MOST_PAPERS,
    Applicant,
    EmailWrong,
    IdentityWrong,
    NameWrong,
    Paper,
    Particulars,
    PhoneWrong,
    Words,
    applicant,
    from_bytes,
    particulars,
    to_bytes,
    words,
    words_from_bytes,
    words_to_bytes,
)
from domain.errors import Invalid

OWNER = Applicant("A", "1", "2", "3")
texts = st.text(max_size=30)
counts = st.integers(0, 99)
papers = st.lists(st.builds(Paper, texts, counts, counts, counts, st.booleans(), st.booleans(), texts), max_size=5)
people = st.builds(Applicant, texts, texts, texts, texts, texts)


def test_spaces_in_numbers_are_left_out():
    got = applicant(" Nguyễn Thị Mẫu ", "038 190 000 001", "+84 900 000 001", "Số 7")
    assert got == Applicant("Nguyễn Thị Mẫu", "038190000001", "+84900000001", "Số 7")


def test_names_are_kept_in_one_form():
    assert applicant("Nguye\u0302\u0303n", "", "", "Ha\u0300").name == "Nguyễn"
    assert applicant("Nguye\u0302\u0303n", "", "", "Ha\u0300").address == "Hà"


@pytest.mark.parametrize(
    ("identity", "kind", "masked"),
    [("038190000001", 1, "*********001"), ("123456789", 2, "******789"), ("", None, "")],
)
def test_an_identity_has_a_kind_and_hides_all_but_three_digits(identity, kind, masked):
    got = applicant("A", identity, "", "")
    assert (got.identity_kind, got.masked_identity) == (kind, masked)


@pytest.mark.parametrize(
    "identity",
    [
        "1",
        "1234567890",
        "03819000000",
        "0381900000011",
        "03819000000a",
        "038-190-000-001",
        "038190000001\n",
        "x" * 5000,
    ],
)
def test_an_identity_has_nine_or_twelve_digits(identity):
    with pytest.raises(IdentityWrong):
        applicant("A", identity, "", "")


@pytest.mark.parametrize("identity", ["\uff10" * 12, "\u0661" * 12, "03819000000\u00b2", "\u0967" * 9])
def test_only_the_digits_0_to_9_are_digits(identity):
    """The portal's field takes ASCII; full-width digits come from an input method left on."""
    with pytest.raises(IdentityWrong):
        applicant("A", identity, "", "")
    with pytest.raises(PhoneWrong):
        applicant("A", "", identity, "")


@pytest.mark.parametrize("phone", ["0" * 8, "0" * 14, "+" + "0" * 8, "+" + "0" * 14])
def test_a_phone_has_eight_to_fourteen_digits(phone):
    assert applicant("A", "", phone, "").phone == phone


@pytest.mark.parametrize(
    "phone",
    ["1234567", "0" * 15, "+1234567", "+" + "0" * 15, "090-000-0001", "++84900000001", "84+900000001", "09000000x"],
)
def test_any_other_phone_is_refused(phone):
    with pytest.raises(PhoneWrong):
        applicant("A", "", phone, "")


@pytest.mark.parametrize("phone", ["+        ", "0       1"])
def test_spaces_do_not_count_as_digits(phone):
    with pytest.raises(PhoneWrong):
        applicant("A", "", phone, "")


def test_a_field_of_spaces_is_an_empty_field():
    assert applicant("A", " " * 9, " " * 9, "") == Applicant("A")


@pytest.mark.parametrize("text", ["\x00", "A\nB", "A\u202eB", "\x1b[31m", "A\tB"])
def test_control_characters_are_refused(text):
    with pytest.raises(NameWrong):
        applicant(text, "", "", "")
    with pytest.raises(NameWrong):
        applicant("A", "", "", text)


@pytest.mark.parametrize("name", ["", " ", "\u00a0"])
def test_a_name_is_needed(name):
    with pytest.raises(NameWrong):
        applicant(name, "", "", "")


def test_particulars_are_kept_trimmed_in_one_form_and_without_empty_papers():
    got = particulars(OWNER, " Xin cấp la\u0323i ", [Paper(" Tờ khai ", 2), Paper("  ", 1), Paper("", 1)])
    assert got == Particulars(OWNER, "Xin cấp lại", (Paper("Tờ khai", 2),))


def test_the_longest_particulars_are_taken():
    most = [Paper("x" * LONGEST_PAPER, 1)] * MOST_PAPERS
    assert len(particulars(OWNER, "x" * LONGEST_SUMMARY, [*most, Paper("", 1)]).papers) == MOST_PAPERS


@pytest.mark.parametrize(
    ("summary", "taken"),
    [
        ("x" * (LONGEST_SUMMARY + 1), ()),
        ("", [Paper("Tờ khai", 1)] * (MOST_PAPERS + 1)),
        ("", [Paper("x" * (LONGEST_PAPER + 1), 1)]),
        ("A\nB", ()),
        ("A\u202eB", ()),
        ("", [Paper("A\x00", 1)]),
        ("", [Paper("A\x1b[31m", 1)]),
        ("", [Paper("Tờ khai")]),
        ("", [Paper("Tờ khai", -1)]),
        ("", [Paper("Tờ khai", 1000)]),
        ("", [Paper("Tờ khai", 1, code="x" * 61)]),
    ],
    ids=[
        "long summary",
        "many papers",
        "long paper",
        "lines",
        "turned text",
        "zero byte",
        "escape",
        "none of it",
        "fewer than none",
        "too many of it",
        "long code",
    ],
)
def test_particulars_have_bounds(summary, taken):
    with pytest.raises(Invalid):
        particulars(OWNER, summary, taken)


@given(st.builds(Particulars, people, texts, papers.map(tuple), st.none() | people, texts))
def test_bytes_go_there_and_back_and_are_always_the_same(told):
    assert from_bytes(to_bytes(told)) == told
    assert to_bytes(told) == to_bytes(from_bytes(to_bytes(told)))


def test_the_bytes_do_not_depend_on_the_order_of_fields():
    assert to_bytes(Particulars(OWNER, "S", (Paper("P", 2),))) == (
        b'{"authorisation": "", "deliver_to": "",'
        b' "owner": {"address": "3", "email": "", "identity": "1", "name": "A", "phone": "2"},'
        b' "papers": [{"certified": 0, "code": "", "copies": 0, "digitised": false, "name": "P", "originals": 2,'
        b' "reused": false}], "representative": null, "summary": "S"}'
    )


@pytest.mark.planted
def test_bytes_that_forget_the_papers_are_found(monkeypatch):
    real = to_bytes
    monkeypatch.setitem(globals(), "to_bytes", lambda told: real(replace(told, papers=())))
    with pytest.raises(AssertionError):
        test_bytes_go_there_and_back_and_are_always_the_same()


@pytest.mark.parametrize("email", ["a", "a@b", "a b@c.vn", "@c.vn", "a@c.v", "a" * 65 + "@c.vn"])
def test_an_address_of_mail_has_its_form(email):
    with pytest.raises(EmailWrong):
        applicant("A", "", "", "", email)


@given(st.builds(Words, texts, texts, papers.map(tuple)))
def test_words_go_there_and_back(told):
    assert words_from_bytes(words_to_bytes(told)) == told


def test_words_keep_their_lines_and_are_needed():
    assert words(" Thiếu tờ khai\r\nvà trích lục ").text == "Thiếu tờ khai\nvà trích lục"
    for wrong in ("", "  ", "\n", "x" * (LONGEST_WORDS + 1), "A\x00"):
        with pytest.raises(Invalid):
            words(wrong)
