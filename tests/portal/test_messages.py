"""The dialect of the portal: byte examples of the contract, limits that name their field, every answer."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.answers import Answer, Flaw, NotAnAnswer, Permanent, catalogue_entry, read_answer
from portal.messages import Document, Fee, Result, dossier_record, progress_items
from tests.portal.examples import CODE, ENTRY, EXAMINED, FACTS, HANOI, RECEIVED

GOLDEN_RECORD = """{
 "MaHoSo":"H56.19-260713-0042","MaTTHC":"1.004873","TenTTHC":"Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
 "MaLinhVuc":"G15-HT","TenLinhVuc":"Hộ tịch","KenhThucHien":"1","ChuHoSo":"NGUYỄN VĂN A","LoaiDoiTuong":"1",
 "MaDoiTuong":"","DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"038090000001"}],
 "SoGiayToChuHoSo":"038090000001","ThongTinKhac":"","Email":"","Fax":"","SoDienThoai":"0912345678",
 "TrichYeuHoSo":"Xác nhận tình trạng hôn nhân để đăng ký kết hôn","NgayNopHoSo":"20260713083500",
 "NgayTiepNhan":"20260713084200","NgayHenTra":"20260716170000","TrangThaiHoSo":"2","NgayTra":"",
 "ThongTinTra":"","HinhThuc":"0","NgayKetThucXuLy":"","DonViXuLy":"UBND phường Hạc Thành","GhiChu":"",
 "NoiNopHoSo":"2","HoSoCoThanhPhanSoHoa":"1","TaiKhoanDuocXacThucVoiVNeID":"0","DuocThanhToanTrucTuyen":"0",
 "NgayTuChoi":"","DSKetNoiCSDL":[{"MaCSDL":"1"}],
 "TaiLieuNop":[{"TepDinhKemId":"9001","TenTepDinhKem":"to-khai.pdf","IsDeleted":"False","MaThanhPhanHoSo":"",
  "DuongDanTaiTepTin":"https://files.example/9001?sig=…","DuocSoHoa":"1","DuocTaiSuDung":"0",
  "DuocLayTuKhoDMQG":"0","MaKetQuaThayThe":""}],
 "DanhSachLePhi":[],"DanhSachTepDinhKemKhac":[],"DanhSachHoSoBoSung":[],"DanhSachGiayToKetQua":[]}"""
GOLDEN_PROGRESS = """[
 {"MaHoSo":"H56.19-260713-0042","NguoiXuLy":"Cán bộ 1","ChucDanh":"Công chức tiếp nhận",
  "ThoiDiemXuLy":"20260713084200","PhongBanXuLy":"Trung tâm PVHCC","NoiDungXuLy":"Tiếp nhận hồ sơ",
  "TrangThai":"2","NgayBatDau":"20260713084200","NgayKetThucTheoQuyDinh":"20260716170000"},
 {"MaHoSo":"H56.19-260713-0042","NguoiXuLy":"Cán bộ 2","ChucDanh":"","ThoiDiemXuLy":"20260713100500",
  "PhongBanXuLy":"Tư pháp - Hộ tịch","NoiDungXuLy":"Thẩm định","TrangThai":"4","NgayBatDau":"",
  "NgayKetThucTheoQuyDinh":""}]"""


def test_record_is_the_contracts_example_byte_for_byte() -> None:
    golden = json.dumps(json.loads(GOLDEN_RECORD), ensure_ascii=False)
    assert json.dumps(dossier_record(FACTS, ENTRY), ensure_ascii=False) == golden


def test_progress_is_the_contracts_example_byte_for_byte() -> None:
    golden = json.dumps(json.loads(GOLDEN_PROGRESS), ensure_ascii=False)
    assert json.dumps(progress_items([RECEIVED, EXAMINED]), ensure_ascii=False) == golden


def test_returned_dossier_tells_its_result_and_its_fees() -> None:
    returned = replace(
        FACTS,
        status=10,
        finished_at=datetime(2026, 7, 15, 9, 0, tzinfo=UTC),
        returned_at=datetime(2026, 7, 16, 2, 10, tzinfo=UTC),
        return_note="Trả trực tiếp tại quầy 05",
        results=(Result("Giấy xác nhận", "77", "https://files.example/77?sig=…", "KQ.G15.000038"),),
        fees=(Fee("Lệ phí hộ tịch", 15000, code="LP1", means="tien-mat"),),
    )
    record = dossier_record(returned, ENTRY)
    assert record["TrangThaiHoSo"] == "10"
    assert (record["NgayKetThucXuLy"], record["NgayTra"]) == ("20260715160000", "20260716091000")
    assert record["ThongTinTra"] == "Trả trực tiếp tại quầy 05"
    assert record["DanhSachGiayToKetQua"] == [
        {
            "TenGiayTo": "Giấy xác nhận",
            "MaThanhPhanHoSo": "",
            "GiayToId": "77",
            "DuongDanTepTinKetQua": "https://files.example/77?sig=…",
            "MaGiayToKetQua": "KQ.G15.000038",
        }
    ]
    assert record["DanhSachLePhi"] == [
        {
            "TenPhiLePhi": "Lệ phí hộ tịch",
            "MaPhiLePhi": "LP1",
            "HinhThucThu": "tien-mat",
            "Gia": "15000",
            "LoaiPhiLePhi": "",
        }
    ]


def test_all_values_are_texts_or_lists_of_them() -> None:
    record = dossier_record(replace(FACTS, fees=(Fee("Lệ phí", 1),)), ENTRY)
    rows = [record, *(row for value in record.values() if isinstance(value, list) for row in value)]
    assert all(isinstance(value, str | list) for row in rows for value in row.values())


def test_nothing_is_invented_where_nothing_is_known() -> None:
    bare = replace(
        FACTS,
        owner_name="",
        identity_kind=None,
        identity_number="B1234567",
        phone="",
        due_at=None,
        documents=(),
        databases=(),
    )
    record = dossier_record(bare, ENTRY)
    assert {key for key, value in record.items() if value == ""} >= {"ChuHoSo", "SoDienThoai", "NgayHenTra"}
    assert (record["DinhDanhCHS"], record["SoGiayToChuHoSo"]) == ([], "")
    assert record["TaiLieuNop"] == record["DanhSachGiayToKetQua"] == record["DSKetNoiCSDL"] == []
    assert record.keys() == json.loads(GOLDEN_RECORD).keys()


def test_portal_account_goes_out_with_the_online_channel_only() -> None:
    account = replace(FACTS, portal_account="tech-1")
    assert dossier_record(account, ENTRY)["MaDoiTuong"] == ""
    online = dossier_record(replace(account, channel=2, filed_on_portal=True), ENTRY)
    assert (online["MaDoiTuong"], online["NoiNopHoSo"]) == ("tech-1", "1")


def test_true_status_is_sent_even_when_it_is_not_nice() -> None:
    assert [dossier_record(replace(FACTS, status=s), ENTRY)["TrangThaiHoSo"] for s in (5, 6, 8)] == [
        "5",
        "6",
        "8",
    ]


def test_afternoon_is_told_on_a_24_hour_clock() -> None:
    late = replace(FACTS, received_at=datetime(2026, 12, 31, 17, 30, 5, tzinfo=UTC))
    assert dossier_record(late, ENTRY)["NgayTiepNhan"] == "20270101003005"
    afternoon = replace(FACTS, received_at=datetime(2026, 7, 13, 15, 4, 5, tzinfo=HANOI))
    assert dossier_record(afternoon, ENTRY)["NgayTiepNhan"] == "20260713150405"


@pytest.mark.parametrize(
    ("change", "field", "flaw"),
    [
        ({"code": "H" * 51}, "MaHoSo", Flaw.TOO_LONG),
        ({"code": ""}, "MaHoSo", Flaw.MISSING),
        ({"summary": "x" * 1001}, "TrichYeuHoSo", Flaw.TOO_LONG),
        ({"summary": " "}, "TrichYeuHoSo", Flaw.MISSING),
        ({"unit_name": ""}, "DonViXuLy", Flaw.MISSING),
        ({"channel": 4}, "KenhThucHien", Flaw.NOT_IN_LIST),
        ({"owner_kind": 0}, "LoaiDoiTuong", Flaw.NOT_IN_LIST),
        ({"status": 11}, "TrangThaiHoSo", Flaw.NOT_IN_LIST),
        ({"delivery": 2}, "HinhThuc", Flaw.NOT_IN_LIST),
        ({"online_payment": 4}, "DuocThanhToanTrucTuyen", Flaw.NOT_IN_LIST),
        ({"identity_kind": 3}, "LoaiDinhDanh", Flaw.NOT_IN_LIST),
        ({"identity_number": "03809000000"}, "SoDinhDanh", Flaw.IDENTITY),
        ({"identity_number": ""}, "SoDinhDanh", Flaw.IDENTITY),
        ({"identity_number": "038090000001\n"}, "SoDinhDanh", Flaw.IDENTITY),
        ({"identity_kind": 2}, "SoDinhDanh", Flaw.IDENTITY),
        ({"received_at": datetime(2026, 7, 13)}, "NgayTiepNhan", Flaw.NO_ZONE),
        ({"documents": (Document("1", "x" * 4001, "a"),)}, "TenTepDinhKem", Flaw.TOO_LONG),
        ({"documents": (Document("1", "x", ""),)}, "DuongDanTaiTepTin", Flaw.MISSING),
        ({"results": (Result("x" * 2001, "1", "a"),)}, "TenGiayTo", Flaw.TOO_LONG),
        ({"procedure_code": "2.000815"}, "MaTTHC", Flaw.UNKNOWN_PROCEDURE),
    ],
)
def test_value_the_portal_cannot_take_is_named_and_never_cut(
    change: dict[str, Any], field: str, flaw: Flaw
) -> None:
    with pytest.raises(Permanent) as caught:
        dossier_record(replace(FACTS, **change), ENTRY)
    assert (caught.value.field, caught.value.reason) == (field, flaw)
    assert str(caught.value) == f"{field}: {flaw}"


def test_text_at_its_limit_goes_out_whole() -> None:
    assert dossier_record(replace(FACTS, summary="ữ" * 1000), ENTRY)["TrichYeuHoSo"] == "ữ" * 1000


def test_empty_name_of_the_catalogue_never_goes_out() -> None:
    with pytest.raises(Permanent, match="TenLinhVuc"):
        dossier_record(FACTS, replace(ENTRY, sector_name=""))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"officer": "x" * 51}, "NguoiXuLy"),
        ({"officer": ""}, "NguoiXuLy"),
        ({"content": ""}, "NoiDungXuLy"),
        ({"status": 0}, "TrangThai"),
        ({"dossier_code": ""}, "MaHoSo"),
        ({"at": datetime(2026, 7, 13)}, "ThoiDiemXuLy"),
    ],
)
def test_step_the_portal_cannot_take_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Permanent) as caught:
        progress_items([replace(RECEIVED, **change)])
    assert caught.value.field == field


def test_facts_do_not_show_the_person_when_printed() -> None:
    shown = repr(FACTS)
    assert CODE in shown
    assert not any(secret in shown for secret in ("NGUYỄN", "038090000001", "0912345678", "hôn nhân", "sig="))


@pytest.mark.parametrize("told", ["0", '"0"', '"00"', '" 00 "'])
def test_success_is_told_in_three_ways(told: str) -> None:
    answer = read_answer(f'{{"error_code":{told},"message":"Thành công"}}'.encode())
    assert answer == Answer(0, "Thành công")
    assert answer.is_success


@pytest.mark.parametrize("told", ["3", '"3"', "-3", '"-3"'])
def test_duplicate_needs_code_and_phrase(told: str) -> None:
    body = f'{{"error_code":{told},"message":"Mã hồ sơ X Đã Tồn Tại"}}'
    assert read_answer(body.encode()).is_duplicate
    assert read_answer(unicodedata.normalize("NFD", body).encode()).is_duplicate
    assert not read_answer(f'{{"error_code":{told},"message":"sai"}}'.encode()).is_duplicate
    assert not read_answer('{"error_code":"-1","message":"đã tồn tại"}'.encode()).is_duplicate


@pytest.mark.parametrize("message", ["Phiên làm việc đã hết hạn", "Vui lòng Đăng nhập lại"])
def test_refused_token_is_seen_in_an_error_only(message: str) -> None:
    assert read_answer(json.dumps({"error_code": "-5", "message": message}).encode()).is_token_refused
    assert not read_answer(json.dumps({"error_code": "0", "message": message}).encode()).is_token_refused
    assert not read_answer(b'{"error_code":"-5","message":"sai"}').is_token_refused


@pytest.mark.parametrize("body", [b"", b" \r\n", b"{}", b"null"])
def test_empty_answer_is_a_refused_token_and_no_success(body: bytes) -> None:
    answer = read_answer(body)
    assert answer.is_token_refused
    assert not answer.is_success


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502</html>",
        b"[]",
        b'"0"',
        b"0",
        b'{"message":"ok"}',
        b'{"error_code":null}',
        b'{"error_code":true}',
        b'{"error_code":0.0}',
        b'{"error_code":"zero"}',
        b'{"error_code":""}',
        b'{"error_code":"0"',
        b'{"error_code":"0","message":"\xff"}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_not_an_answer(body: bytes) -> None:
    with pytest.raises(NotAnAnswer):
        read_answer(body)


def test_error_about_a_body_does_not_quote_it() -> None:
    with pytest.raises(NotAnAnswer) as caught:
        read_answer(b"038090000001 NGUYEN")
    assert str(caught.value) == "not JSON"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    try:
        answer = read_answer(body)
    except NotAnAnswer:
        return
    assert not answer.is_success


def test_no_rows_differ_from_an_empty_list() -> None:
    assert read_answer(b'{"error_code":0,"result":[]}').result == ()
    assert read_answer(b'{"error_code":0,"result":[{"MaHoSo":"a"}]}').result == ({"MaHoSo": "a"},)
    for told in (b'{"error_code":0}', b'{"error_code":0,"result":null}', b'{"error_code":0,"result":["a"]}'):
        assert read_answer(told).result is None


def test_session_is_read_but_never_shown() -> None:
    answer = read_answer(b'{"error_code":0,"message":"038090000001","session":"tok-1"}')
    assert answer.session == "tok-1"
    assert "tok-1" not in repr(answer)
    assert "038090000001" not in repr(answer)


def catalogue_row(**change: object) -> dict[str, object]:
    row: dict[str, object] = {
        "MATTHC": "1.004873",
        "TENTTHC": ENTRY.title,
        "LINHVUCTHUCHIEN": [
            {"MALINHVUC": "G15-HT", "TENLINHVUC": "Hộ tịch"},
            {"MALINHVUC": "X", "TENLINHVUC": "Y"},
        ],
    }
    return {**row, **change}


def test_catalogue_entry_takes_the_first_sector() -> None:
    assert catalogue_entry("1.004873", Answer(0, result=(catalogue_row(),))) == ENTRY


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(0, result=()), "MaTTHC"),
        (Answer(0, result=None), "MaTTHC"),
        (Answer(-1, result=(catalogue_row(),)), "MaTTHC"),
        (Answer(0, result=(catalogue_row(MATTHC="2.000815"),)), "MaTTHC"),
        (Answer(0, result=(catalogue_row(TENTTHC=""),)), "TenTTHC"),
        (Answer(0, result=(catalogue_row(LINHVUCTHUCHIEN=[]),)), "MaLinhVuc"),
        (Answer(0, result=(catalogue_row(LINHVUCTHUCHIEN="G15"),)), "MaLinhVuc"),
        (Answer(0, result=(catalogue_row(LINHVUCTHUCHIEN=[{"MALINHVUC": "G15-HT"}]),)), "TenLinhVuc"),
    ],
)
def test_catalogue_fails_closed(answer: Answer, field: str) -> None:
    with pytest.raises(Permanent) as caught:
        catalogue_entry("1.004873", answer)
    assert caught.value.field == field


@pytest.mark.planted
def test_an_answer_that_is_always_a_success_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    good = read_answer(b'{"error_code":0,"result":[]}')
    monkeypatch.setitem(globals(), "read_answer", lambda body: good)
    with pytest.raises(AssertionError):
        test_no_bytes_break_the_reader()
