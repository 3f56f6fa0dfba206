from dataclasses import replace

import pytest

from domain.procedures import fold
from operations.managing import Imported, list_procedures
from store import journal, procedures
from tests.support.halls import demo_procedures


def titles(hall, words: str) -> list[str]:
    return [found.title for found in procedures.search(hall.db, words)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("khai sinh", "Thủ tục đăng ký khai sinh"),
        ("KHAI  SINH", "Thủ tục đăng ký khai sinh"),
        ("khái sính", "Thủ tục đăng ký khai sinh"),
        ("doi giay phep", "Đổi giấy phép lái xe"),
        ("Đổi giấy phép", "Đổi giấy phép lái xe"),
        ("đổi giấy phép lái", "Đổi giấy phép lái xe"),
        ("1.001193", "Thủ tục đăng ký khai sinh"),
        ("ket hon", "Thủ tục đăng ký kết hôn"),
    ],
)
def test_search_needs_no_diacritics(hall, typed, first):
    assert titles(hall, typed)[0] == first


@pytest.mark.parametrize("typed", ["dat dai", "đất đai", "khai sinh", "giay phep", "ho tich", "tam tru"])
def test_everything_found_has_all_the_words_and_nothing_is_missed(hall, typed):
    def has_all(text: str) -> bool:
        words = fold(typed).split()
        return all(any(part.startswith(word) for part in fold(text).split()) for word in words)

    found = {procedure.code for procedure in procedures.search(hall.db, typed)}
    expected = {
        p.code for p in demo_procedures() if has_all(f"{p.title} {p.sector}".replace(",", " ").replace("(", " "))
    }
    assert found
    assert expected <= found


def test_the_last_word_may_be_a_beginning(hall):
    assert titles(hall, "dang ky khai s") == titles(hall, "đăng ký khai sinh")


@pytest.mark.parametrize("typed", ["", "   ", "-- ; \" * ( ) ' : ^", "không-có-gì-thế-này"])
def test_odd_words_find_nothing_and_break_nothing(hall, typed):
    assert procedures.search(hall.db, typed) == []


@pytest.mark.parametrize(
    "typed", ['khai" OR "sinh', "khai* AND sinh", "NEAR(khai sinh)", "folded:khai", "khai\x00sinh"]
)
def test_search_syntax_is_only_words(hall, typed):
    procedures.search(hall.db, typed)


def test_a_limit_is_kept(hall):
    assert len(procedures.search(hall.db, "thu tuc", limit=3)) == 3


def test_what_was_imported_is_found_again_whole(hall):
    for procedure in demo_procedures():
        assert procedures.find(hall.db, procedure.code) == procedure
    assert procedures.find(hall.db, "9.999999") is None
    assert procedures.count(hall.db) == len(demo_procedures()) == 32


def test_importing_twice_brings_nothing_new(hall):
    before = journal.head(hall.db)
    assert hall.do(list_procedures, demo_procedures()) == Imported(0, 0, 32)
    assert journal.head(hall.db) == before


def test_a_changed_record_replaces_the_old_one_in_the_search_too(hall):
    old = procedures.find(hall.db, "1.001193")
    changed = replace(old, title="Ghi tên trẻ mới chào đời")
    new = replace(old, code="9.000001", title="Cấp thẻ thư viện")
    assert hall.do(list_procedures, [changed, new, *demo_procedures()[1:]]) == Imported(1, 1, 31)
    assert titles(hall, "tre moi chao doi") == [changed.title]
    assert old.title not in titles(hall, "dang ky khai sinh")
    assert titles(hall, "thu vien") == ["Cấp thẻ thư viện"]
    hall.db.execute("INSERT INTO procedures_words (procedures_words) VALUES ('integrity-check')")


def test_nothing_is_half_imported(bare):
    class Torn(list):
        def __iter__(self):
            yield from demo_procedures()[:5]
            raise RuntimeError("the line went dead")

    with pytest.raises(RuntimeError):
        bare.do(list_procedures, Torn())
    assert procedures.count(bare.db) == 0
    assert journal.head(bare.db)[0] == 0
