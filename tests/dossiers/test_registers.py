"""The book of dossiers as a workbook: form 07, the centre's clock, words that never run."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.days import LOCAL
from domain.form_facts import RegisterRow
from domain.forms import FormKind
from dossiers.form_files import samples
from dossiers.registers import as_workbook
from tests.support.workbooks import leaves

BOOK = samples()[FormKind.REGISTER]
RUNS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.vn/a", "{=1}")
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=LOCAL)


def instant(cell: tuple[str, str]) -> datetime:
    """A spreadsheet's day as it reads it."""
    return EXCEL_EPOCH + timedelta(minutes=round(float(cell[1]) * 24 * 60))


def test_the_book_has_the_columns_of_form_07_and_every_dossier():
    ((name, rows),) = leaves(as_workbook(BOOK)).items()
    assert name == "Sổ theo dõi hồ sơ"
    assert [row[0][1] for row in rows[:4]] == [
        "UBND phường Bến Lụa", "Trung tâm Phục vụ hành chính công", "SỔ THEO DÕI HỒ SƠ",
        "Từ ngày 23 tháng 11 năm 2026 đến ngày 30 tháng 11 năm 2026",
    ]  # fmt: skip
    assert " | ".join(cell[1] for cell in rows[4]) == (
        "STT | Mã hồ sơ | Tên TTHC | Số lượng hồ sơ (bộ) | Tên cá nhân, tổ chức | Địa chỉ, SĐT | "
        "Cơ quan chủ trì giải quyết | Nhận hồ sơ | Hẹn trả | Trả kết quả | Phương thức nhận kết quả | "
        "Ký nhận | Ghi chú"
    )
    assert rows[5][:7] == [
        ("n", "1"), ("s", "H42.19-261123-0041"), ("s", "Thủ tục đăng ký khai sinh"), ("n", "1"),
        ("s", "Lê Thị Mận"), ("s", "Tổ 2, phường Bến Lụa; 0900 000 041"), ("s", "Bộ phận Tư pháp"),
    ]  # fmt: skip
    assert [instant(cell) for cell in rows[5][7:10]] == [
        BOOK.rows[0].received_at, BOOK.rows[0].due_at, BOOK.rows[0].returned_at,
    ]  # fmt: skip
    assert rows[-1][0] == ("s", "Mẫu số 07 – TT 03/2025/TT-VPCP")


def test_an_old_book_has_the_old_number():
    old = replace(BOOK, until=datetime(2025, 8, 31, tzinfo=LOCAL))
    (rows,) = leaves(as_workbook(old)).values()
    assert rows[-1][0] == ("s", "Mẫu số 06 – TT 01/2018/TT-VPCP")


def check_nothing_runs() -> None:
    rows = tuple(RegisterRow("H42", text, 1, text, text, text, None, None, None, text, text, text) for text in RUNS)
    (found,) = leaves(as_workbook(replace(BOOK, rows=rows))).values()
    for text, row in zip(RUNS, found[5:], strict=False):
        words = [cell[1] for cell in row if cell[0] == "s"]
        assert words == ["H42", *[text] * 7]
    assert not [cell for row in found for cell in row if cell[0] == "f"]


def test_nothing_in_it_runs():
    check_nothing_runs()


@pytest.mark.planted
def test_planted_a_book_that_lets_words_run_is_found(monkeypatch):
    from xlsxwriter.worksheet import Worksheet

    monkeypatch.setattr(Worksheet, "write_string", lambda self, *cell: self.write(*cell))
    with pytest.raises(AssertionError):
        check_nothing_runs()


def test_ten_thousand_dossiers_fit():
    rows = (BOOK.rows * 3400)[:10_000]
    (found,) = leaves(as_workbook(replace(BOOK, rows=rows))).values()
    assert found[4 + 10_000][0] == ("n", "10000")
