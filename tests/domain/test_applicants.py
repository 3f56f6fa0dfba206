import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.applicants import Applicant, IdentityWrong, NameWrong, PhoneWrong, applicant, from_bytes, to_bytes

texts = st.text(max_size=30)


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


@pytest.mark.parametrize(
    "phone", ["1234567", "0" * 16, "090-000-0001", "++84900000001", "84+900000001", "090000000x"]
)
def test_a_phone_has_eight_to_fifteen_digits(phone):
    with pytest.raises(PhoneWrong):
        applicant("A", "", phone, "")


@pytest.mark.parametrize("phone", ["        ", "+        ", "0       1"])
def test_spaces_are_no_phone(phone):
    with pytest.raises(PhoneWrong):
        applicant("A", "", phone, "")


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


@given(st.builds(Applicant, texts, texts, texts, texts))
def test_bytes_go_there_and_back_and_are_always_the_same(person):
    assert from_bytes(to_bytes(person)) == person
    assert to_bytes(person) == to_bytes(from_bytes(to_bytes(person)))


def test_the_bytes_do_not_depend_on_the_order_of_fields():
    assert (
        to_bytes(Applicant("A", "1", "2", "3")) == b'{"address": "3", "identity": "1", "name": "A", "phone": "2"}'
    )
