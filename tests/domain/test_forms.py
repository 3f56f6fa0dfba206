"""The one-stop forms: numbers and titles of each edition, words for dates, and facts that keep their bounds."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import forms
from domain.days import LOCAL
from domain.form_facts import FACTS, Apology, Batch, BatchRow, Head, Party, Receipt, Register, Stage, edition_day
from domain.forms import FormKind, day_in_words, form_of, moment_in_figures, moment_in_words
from domain.record_files import FileWrong, table
from domain.records import Reader, plain, rebuilt

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=LOCAL)
OLD = datetime(2025, 9, 14, 23, 59, tzinfo=LOCAL)
HEAD = Head(("Trung tâm",), NOW)
# one-stop.md 4, letter by letter
OF_2025 = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "04": "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
    "05": "Thông báo dừng giải quyết hồ sơ",
    "06": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "07": "Sổ theo dõi hồ sơ",
}
OF_2018 = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối giải quyết hồ sơ",
    "04": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    "05": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "06": "Sổ theo dõi hồ sơ",
}


def printed(kinds, at):
    return {form.number: form.title for form in (form_of(kind, at) for kind in kinds)}


def test_the_seven_forms_of_2025():
    kinds = [kind for kind in FormKind if kind is not FormKind.BATCH]
    assert printed(kinds, NOW) == OF_2025
    assert form_of(FormKind.BATCH, NOW) == forms.Form(
        FormKind.BATCH, "01", "Biên bản giao nhận hồ sơ", "TT 03/2025/TT-VPCP"
    )


def test_a_dossier_keeps_the_edition_of_its_reception():
    kinds = [kind for kind in FormKind if kind not in (FormKind.BATCH, FormKind.STOP)]
    assert printed(kinds, OLD) == OF_2018
    assert {form_of(kind, OLD).source for kind in kinds} == {"TT 01/2018/TT-VPCP"}
    assert printed(kinds, datetime(2025, 9, 15, tzinfo=LOCAL))["04"] == OF_2025["04"]


def test_the_day_is_that_of_the_centre():
    assert form_of(FormKind.REFUSAL, datetime.fromisoformat("2025-09-14T17:00+00:00")).title == OF_2025["03"]
    assert form_of(FormKind.REFUSAL, datetime.fromisoformat("2025-09-14T16:59+00:00")).title == OF_2018["03"]


def test_an_old_dossier_is_stopped_by_the_form_that_there_is():
    assert form_of(FormKind.STOP, OLD).title == OF_2025["05"]


def test_a_dossier_from_before_takes_the_oldest():
    assert form_of(FormKind.CONTROL, datetime(2017, 1, 1, tzinfo=LOCAL)).number == "05"


def check_editions_follow_each_other(kind: FormKind, at: datetime) -> None:
    at = at.replace(tzinfo=LOCAL)
    sources = [edition.source for edition in forms.EDITIONS]
    now, later = form_of(kind, at), form_of(kind, at + timedelta(days=400))
    assert sources.index(now.source) <= sources.index(later.source)


@given(st.sampled_from(FormKind), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_every_day_has_every_form_and_editions_only_follow_each_other(kind, at):
    check_editions_follow_each_other(kind, at)


@pytest.mark.planted
def test_planted_editions_in_the_wrong_order_are_found(monkeypatch):
    monkeypatch.setattr(forms, "EDITIONS", forms.EDITIONS[::-1])
    with pytest.raises((AssertionError, StopIteration)):
        check_editions_follow_each_other(FormKind.STOP, OLD)


def test_editions_stand_in_order():
    days = [edition.valid_from for edition in forms.EDITIONS]
    assert days == sorted(days) == [date(2019, 1, 8), date(2025, 9, 15)]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-02-05T09:05", "09 giờ 05 phút, ngày 05 tháng 02 năm 2026"),
        ("2026-03-31T17:00", "17 giờ 00 phút, ngày 31 tháng 3 năm 2026"),
        ("2026-11-23T00:00", "00 giờ 00 phút, ngày 23 tháng 11 năm 2026"),
    ],
)
def test_dates_in_words_as_on_official_papers(at, words):
    moment = datetime.fromisoformat(at).replace(tzinfo=LOCAL)
    assert moment_in_words(moment) == words
    assert day_in_words(moment) == words.split(", ")[1]


def test_an_instant_is_said_on_the_centres_clock():
    assert moment_in_figures(datetime.fromisoformat("2026-11-22T18:30+00:00")) == "23/11/2026 01:30"


def test_the_edition_follows_the_reception_and_else_the_making():
    party = Party("A")
    assert edition_day(Receipt(HEAD, party, "", "", Stage(received_at=OLD))) == OLD
    assert edition_day(Receipt(HEAD, party, "", "", Stage())) == NOW
    assert edition_day(Apology(HEAD, "", "", "", "", OLD)) == OLD
    rows = (BatchRow("", ""), BatchRow("", "", received_at=NOW), BatchRow("", "", received_at=OLD))
    assert edition_day(Batch(HEAD, party, "", rows)) == OLD
    assert edition_day(Register(HEAD, OLD - timedelta(days=9), OLD)) == OLD


# Facts as files


def read(kind: FormKind, raw):
    reader = Reader()
    return reader.read(FACTS[kind], raw, ""), [mistake.sentence(str) for mistake in reader.mistakes]


def register(**row):
    head = {"agency_lines": ["A"], "made_at": "2026-11-23T09:05"}
    rows = [{"code": "H42.19-261123-0042", "procedure": "Khai sinh", **row}]
    return {"head": head, "since": "2026-11-01T00:00", "until": "2026-11-30T00:00", "rows": rows}


def test_facts_come_back_from_their_plain_form():
    found, _ = read(FormKind.REGISTER, register(received_at="2026-11-23T09:05", returned_at=None))
    assert found.rows[0].received_at == NOW
    assert read(FormKind.REGISTER, plain(found)) == (found, [])
    assert rebuilt(Register, plain(found)) == found


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"code": "H42 19"}, 'rows[0].code = "H42 19": sai dạng; ghi mã hồ sơ dạng H42.19-261121-0042.'),
        ({"code": "x" * 51}, "rows[0].code"),
        ({"procedure": "x" * 1001}, "dài quá; rút xuống nhiều nhất 1000 ký tự."),
        ({"owner": "a\nb"}, 'rows[0].owner = "a\\u000ab": có ký tự điều khiển'),
        ({"sets": 0}, "rows[0].sets = 0: ngoài khoảng cho phép"),
        ({"due_at": "2026-02-30T08:00"}, "không có ngày giờ này; ghi ngày giờ dạng 2026-11-21T09:41."),
        ({"due_at": 5}, "rows[0].due_at = 5: sai kiểu"),
        ({"note": "x" * 301}, "nhiều nhất 300 ký tự"),
        ({"ghi_chu": ""}, "không có khóa này"),
    ],
)
def test_a_fact_out_of_bounds_is_told_with_its_place(row, told):
    found, mistakes = read(FormKind.REGISTER, register(**row))
    assert found is None
    assert any(told in mistake for mistake in mistakes), mistakes


def test_an_instant_with_a_zone_is_that_instant():
    found, _ = read(FormKind.REGISTER, register(due_at="2026-11-23T02:05Z"))
    assert found.rows[0].due_at == NOW
    assert found.rows[0].due_at.utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a": 1, "a": 2}', "[" * 20_000, '{"a": ' + "9" * 5000 + "}", " " * 101]
)
def test_what_is_no_table_is_refused(text):
    with pytest.raises(FileWrong) as wrong:
        table(text, 100 if not text.strip() else 1 << 20)
    assert len(wrong.value.mistakes) == 1
