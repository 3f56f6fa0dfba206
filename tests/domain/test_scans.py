import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scans import (
    LONGEST_SCAN,
    AppointmentCode,
    Card,
    DossierCode,
    SlipLink,
    SlipNumber,
    read_number,
    recognise,
)

OLD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
NEW = "038199000001||TRẦN THỊ B|05021999|Nữ|Thôn 2, Quảng Phú, Thanh Hóa|20062022"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A012", SlipNumber("A", 12)),
        ("a\u202f012", SlipNumber("A", 12)),
        ("\x02K1003\x03\r\n", SlipNumber("K", 1003)),
        ("https://hall.lan/follow/77-" + "a" * 26, SlipLink(77, "a" * 26)),
        ("H01.2-261121-0042", DossierCode("H01.2-261121-0042")),
        ("000.00.19.h56-261121-0042", DossierCode("000.00.19.H56-261121-0042")),
        ("acefhjkm\r", AppointmentCode("ACEFHJKM")),
        ("34793479", AppointmentCode("34793479")),
        (OLD, Card("Nguyễn Văn A", "001090123456", doubtful=False)),
        (NEW, Card("TRẦN THỊ B", "038199000001", doubtful=False)),
        (NEW + "|001090000009|cha|mẹ", Card("TRẦN THỊ B", "038199000001", doubtful=False)),
        (NEW.replace("||", "|"), Card("TRẦN THỊ B", "038199000001", doubtful=False)),
        (NEW.replace("05021999", "1999"), Card("TRẦN THỊ B", "038199000001", doubtful=False)),
        (NEW.replace("05021999", "00001999"), Card("TRẦN THỊ B", "038199000001", doubtful=False)),
        (NEW.replace("05021999", "05021998"), Card("TRẦN THỊ B", "038199000001", doubtful=True)),
        (NEW.replace("Nữ", "Nam"), Card("TRẦN THỊ B", "038199000001", doubtful=True)),
        (NEW.replace("TRẦN", "TR?N"), Card("TR?N THỊ B", "038199000001", doubtful=True)),
        ("\ufeff" + OLD.replace("ễ", "e\u0302\u0303") + "\r", Card("Nguyễn Văn A", "001090123456", doubtful=False)),
    ],
)
def test_each_kind_is_known_by_its_form(text, found):
    assert recognise(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "A", "12", "A12345", "AB12", "A\u0661", "https://hall.lan/follow/77", "/follow/77-short",
        OLD[1:], OLD.replace("012345678", "12345678"), OLD.replace("Nguyễn Văn A", ""), OLD.rpartition("|")[0],
        OLD.replace("Nguyễn Văn A", "x" * 201), OLD.replace("Văn", "V\x00n"), "|" * 6, "x" * (LONGEST_SCAN + 1),
        OLD.replace("Quận", "Qu\x07n"), NEW + "|\x1b[2J", "ACEFHJK", "ACEFHJKB", "ACEFHJKMN",
        OLD.replace("|", ","), "００1090123456" + OLD[12:], OLD + "\n" + OLD,
        "H01.2-26112-0042", "H01.2-261121-42",
    ],
)  # fmt: skip
def test_anything_else_is_nothing(text):
    assert recognise(text) is None


@given(st.one_of(st.text(), st.lists(st.text(max_size=20), max_size=12).map("|".join)))
def test_no_garbage_breaks_the_reading(text):
    found = recognise(text)
    assert found is None or isinstance(found, AppointmentCode | Card | DossierCode | SlipLink | SlipNumber)
    if isinstance(found, Card):
        assert found.name.isprintable() and len(found.identity) == 12


@given(st.sampled_from("ABCDEFGHJKLMN"), st.integers(0, 9999), st.sampled_from(["", " ", "\u202f", "\u00a0"]))
def test_a_number_is_read_however_it_is_typed(prefix, n, space):
    for typed in (f"{prefix}{space}{n}", f"{prefix.lower()}{space}{n:03d}", f" {prefix} {n:04d} "):
        assert read_number(typed) == SlipNumber(prefix, n)


@pytest.mark.planted
def test_a_reading_that_lets_everything_through_and_one_number_off_are_found(monkeypatch):
    monkeypatch.setitem(globals(), "recognise", lambda text: text)
    with pytest.raises(AssertionError):
        test_no_garbage_breaks_the_reading()
    monkeypatch.setitem(globals(), "read_number", lambda typed: SlipNumber(typed.strip()[0].upper(), 1))
    with pytest.raises(AssertionError):
        test_a_number_is_read_however_it_is_typed()
