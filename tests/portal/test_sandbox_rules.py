"""How strict the sandbox is: every wrong field is refused by its name, and a refusal leaves nothing behind."""

import json
from typing import Any

import pytest

from portal.sandbox.rules import record_problems, request_problems
from tests.portal.callers import CODE, PROGRESS_BYTES, Caller, dossier, insert_body

WRONG_DOSSIERS = [
    ("MaTTHC", "", "MaTTHC: không được để trống"),
    ("TrangThaiHoSo", "11", "TrangThaiHoSo: phải là một trong"),
    ("TrangThaiHoSo", 2, "TrangThaiHoSo: giá trị phải là chuỗi"),
    ("NgayTiepNhan", "20260230084200", "NgayTiepNhan: phải là thời điểm"),
    ("NgayTiepNhan", "2026071308420", "NgayTiepNhan: phải là thời điểm"),
    ("NgayHenTra", "16/07/2026", "NgayHenTra: phải là thời điểm"),
    ("TrichYeuHoSo", "x" * 1001, "TrichYeuHoSo: dài quá 1000"),
    ("MaHoSo", "x" * 51, "MaHoSo: dài quá 50"),
    ("Email", None, "Email: giá trị phải là chuỗi"),
    ("KenhThucHien", "4", "KenhThucHien: phải là"),
    ("MaDoiTuong", "abc", "MaDoiTuong: chỉ dùng khi"),
    ("DSKetNoiCSDL", "", "DSKetNoiCSDL: phải là một danh sách"),
    ("mahoso", "x", "mahoso: không có trường này (đúng là MaHoSo)"),
    (
        "DinhDanhCHS",
        [{"LoaiDinhDanh": "1", "SoDinhDanh": "038090001"}],
        "DinhDanhCHS[0].SoDinhDanh: phải gồm đúng 12 chữ số",
    ),
    (
        "DinhDanhCHS",
        [{"LoaiDinhDanh": "2", "SoDinhDanh": "03809000x"}],
        "DinhDanhCHS[0].SoDinhDanh: phải gồm đúng 9 chữ số",
    ),
    (
        "DanhSachGiayToKetQua",
        [{"TenGiayTo": "Giấy", "DuongDanTepTinKetQua": "C:\\a.pdf"}],
        "DanhSachGiayToKetQua[0].DuongDanTepTinKetQua: phải là địa chỉ",
    ),
    ("DanhSachLePhi", [{"TenPhiLePhi": "x", "Gia": "mười"}], "DanhSachLePhi[0].Gia: phải là số"),
]


def problems_of(body: dict[str, Any]) -> list[str]:
    return request_problems(body, body["service"])


@pytest.mark.parametrize(("name", "value", "problem"), WRONG_DOSSIERS)
def test_a_wrong_dossier_is_refused_by_field(name: str, value: object, problem: str) -> None:
    body = insert_body()
    body["data"][0][name] = value
    assert any(each.startswith(f"data[0].{problem}") for each in problems_of(body)), problems_of(body)


def test_the_examples_have_no_problem() -> None:
    assert problems_of(insert_body()) == []
    assert problems_of(json.loads(PROGRESS_BYTES)) == []
    assert problems_of(insert_body() | {"data": [dossier(MaDoiTuong=None)]}) == []
    online = dossier(KenhThucHien="2", MaDoiTuong="0a1b")
    assert problems_of(insert_body() | {"data": [online]}) == []


OPTIONAL = {
    "ChuHoSo",
    "MaDoiTuong",
    "SoGiayToChuHoSo",
    "ThongTinKhac",
    "Fax",
    "GhiChu",
    "NgayTra",
    "ThongTinTra",
    "NgayKetThucXuLy",
    "NgayTuChoi",
    "TaiLieuNop",
    "DanhSachLePhi",
    "DanhSachTepDinhKemKhac",
    "DanhSachHoSoBoSung",
    "DanhSachGiayToKetQua",
}
MAY_BE_EMPTY = {"Email", "SoDienThoai", "NgayHenTra", "DinhDanhCHS", "DSKetNoiCSDL"}


@pytest.mark.parametrize("name", sorted(dossier()))
def test_required_fields_are_those_of_the_contract(name: str) -> None:
    missing, empty = insert_body(), insert_body()
    del missing["data"][0][name]
    empty["data"][0][name] = [] if isinstance(dossier()[name], list) else ""
    assert bool(problems_of(missing)) is (name not in OPTIONAL)
    assert bool(problems_of(empty)) is (name not in OPTIONAL | MAY_BE_EMPTY)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ThoiDiemXuLy", ""), ("NguoiXuLy", "x" * 51), ("NoiDungXuLy", ""), ("TrangThai", "0"), ("Ghi", "x")],
)
def test_a_wrong_step_is_refused_by_field(name: str, value: str) -> None:
    body = json.loads(PROGRESS_BYTES)
    body["data"][1][name] = value
    [problem] = problems_of(body)
    assert problem.startswith(f"data[1].{name}: ")


def test_no_problem_repeats_a_value() -> None:
    person = "038090000001 NGUYỄN VĂN A"
    for name in dossier():
        body = insert_body()
        body["data"][0][name] = person
        assert not any(person in problem for problem in problems_of(body))
    assert record_problems([person], ()) == ["nội dung: phải là một đối tượng JSON"]


def test_a_refused_batch_leaves_nothing(caller: Caller) -> None:
    batch = [dossier(), dossier(MaHoSo="B", TrangThaiHoSo="99")]
    assert caller.call("DongBoHoSoMC", isUpdating="False", data=batch)["error_code"] == "-1"
    twice = caller.call("DongBoHoSoMC", isUpdating="False", data=[dossier(), dossier()])
    assert twice["message"].startswith("data[1].MaHoSo: lặp lại")
    assert caller.sandbox.state.dossiers == {}
    assert caller.sandbox.state.counts.rejected == 2


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"service": "XoaHoSo"}, "service: "),
        ({"service": "TraCuuHoSo"}, "mahoso: thiếu"),
        ({"service": "TraCuuHoSo", "maHoSo": CODE}, "maHoSo: không có trường này (đúng là mahoso)"),
        ({"service": "LayThuTuc", "maTTHC": 1}, "maTTHC: giá trị phải là chuỗi"),
        ({"service": "LayDanhSachTTHC", "madonvi": "H57"}, "madonvi: phải là H56"),
        ({"service": "LayDanhSachTTHC", "madonvi": "H560"}, "madonvi: phải là H56"),
        ({"service": "DongBoHoSoMC", "isUpdating": "true", "data": [dossier()]}, "isUpdating: phải là"),
        ({"service": "DongBoHoSoMC", "isUpdating": "True", "data": []}, "data: danh sách không được rỗng"),
    ],
)
def test_a_wrong_envelope_is_refused_in_the_body(caller: Caller, keys: dict[str, Any], problem: str) -> None:
    answer = caller.ask({"madonvi": "H56"} | keys)
    assert answer.status_code == 200
    assert answer.json()["error_code"] == "-1"
    assert problem in answer.json()["message"]
