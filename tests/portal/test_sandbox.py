"""The sandbox portal judged by the byte examples of the contract (section 12), over real HTTP."""

import ast
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from portal.sandbox import SandboxThread
from portal.sandbox_adapter import DESTINATION
from portal.sandbox_catalogue import invented_codes
from portal.sandbox_rules import NEXT_STATUSES, STATUS_NAMES, record_problems, request_problems
from portal.sandbox_state import Dossier, State, masked_name, masked_number

ROOT = Path(__file__).parents[2]
FORWARD = "/XrdAdapter/RestService/forward"
CODE = "H56.19-260713-0042"
BEGIN = datetime(2026, 7, 13, 1, 42, tzinfo=UTC)

LOGIN_BYTES = b'{"username":"H56","password":"thu-nghiem"}'
INSERT_BYTES = """{"session":"4f1c","madonvi":"H56.19","service":"DongBoHoSoMC","isUpdating":"False","data":[{
 "MaHoSo":"H56.19-260713-0042","MaTTHC":"1.004873","TenTTHC":"Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
 "MaLinhVuc":"G15-HT","TenLinhVuc":"Hộ tịch","KenhThucHien":"1","ChuHoSo":"NGUYỄN VĂN A","LoaiDoiTuong":"1","MaDoiTuong":"",
 "DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"038090000001"}],"SoGiayToChuHoSo":"038090000001","ThongTinKhac":"","Email":"","Fax":"","SoDienThoai":"0912345678",
 "TrichYeuHoSo":"Xác nhận tình trạng hôn nhân để đăng ký kết hôn","NgayNopHoSo":"20260713083500","NgayTiepNhan":"20260713084200","NgayHenTra":"20260716170000",
 "TrangThaiHoSo":"2","NgayTra":"","ThongTinTra":"","HinhThuc":"0","NgayKetThucXuLy":"","DonViXuLy":"UBND phường Hạc Thành","GhiChu":"",
 "NoiNopHoSo":"2","HoSoCoThanhPhanSoHoa":"1","TaiKhoanDuocXacThucVoiVNeID":"0","DuocThanhToanTrucTuyen":"0","NgayTuChoi":"","DSKetNoiCSDL":[{"MaCSDL":"1"}],
 "TaiLieuNop":[{"TepDinhKemId":"9001","TenTepDinhKem":"to-khai.pdf","IsDeleted":"False","MaThanhPhanHoSo":"","DuongDanTaiTepTin":"https://files.example/9001?sig=…","DuocSoHoa":"1","DuocTaiSuDung":"0","DuocLayTuKhoDMQG":"0","MaKetQuaThayThe":""}],
 "DanhSachLePhi":[],"DanhSachTepDinhKemKhac":[],"DanhSachHoSoBoSung":[],"DanhSachGiayToKetQua":[]}]}"""  # noqa: E501
PROGRESS_BYTES = """{"session":"4f1c","madonvi":"H56.19","service":"CapNhatTienDoHoSoMC","data":[
 {"MaHoSo":"H56.19-260713-0042","NguoiXuLy":"Cán bộ 1","ChucDanh":"Công chức tiếp nhận","ThoiDiemXuLy":"20260713084200","PhongBanXuLy":"Trung tâm PVHCC","NoiDungXuLy":"Tiếp nhận hồ sơ","TrangThai":"2","NgayBatDau":"20260713084200","NgayKetThucTheoQuyDinh":"20260716170000"},
 {"MaHoSo":"H56.19-260713-0042","NguoiXuLy":"Cán bộ 2","ChucDanh":"","ThoiDiemXuLy":"20260713100500","PhongBanXuLy":"Tư pháp - Hộ tịch","NoiDungXuLy":"Thẩm định","TrangThai":"4","NgayBatDau":"","NgayKetThucTheoQuyDinh":""}]}"""  # noqa: E501
SUPPLEMENT_BYTES = """{"TrangThaiHoSo":"5",
 "DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","NguoiYeuCauBoSung":"Cán bộ 2","NoiDungBoSung":"Bổ sung trích lục ly hôn","NgayBoSung":"20260714090000","NguoiTiepNhanBoSung":"","ThongTinTiepNhan":"","NgayTiepNhanBoSung":"","TrangThaiBoSung":"0","DanhSachGiayToBoSung":[{"TenGiayTo":"Trích lục ghi chú ly hôn","SoLuong":"1","LoaiGiayTo":"1"}],"DanhSachLePhiBoSung":[],"NgayHenTraTruoc":"20260716170000","NgayHenTraMoi":""}]}"""  # noqa: E501
RESULT_BYTES = """{"TrangThaiHoSo":"10","NgayKetThucXuLy":"20260715160000","NgayTra":"20260716091000","ThongTinTra":"Trả trực tiếp tại quầy 05",
 "DanhSachGiayToKetQua":[{"TenGiayTo":"Giấy xác nhận tình trạng hôn nhân","MaThanhPhanHoSo":"","GiayToId":"77","DuongDanTepTinKetQua":"https://files.example/77?sig=…","MaGiayToKetQua":"KQ.G15.000038"}]}"""  # noqa: E501
PROCEDURE = {
    "code": "1.004873",
    "title": "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
    "sector": "Hộ tịch",
    "levels": ["Cấp xã"],
    "ministry": "bo-tu-phap",
    "channels": [
        {"channel": "online", "limit": 3, "unit": "working_day", "fee_text": "Miễn phí"},
        {"channel": "direct", "limit": 3, "unit": None, "fee_text": "20,000 VNĐ(mỗi bản)", "note": "x"},
        {"channel": "direct", "limit": None, "unit": None, "fee_text": None},
    ],
    "documents_text": "Tờ khai1 bản chính",
    "results": [{"code": "KQ.G15.000038", "name": "Giấy xác nhận tình trạng hôn nhân"}],
}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.instant = BEGIN

    def __call__(self) -> datetime:
        return self.instant


class Caller:
    """A centre that talks to the sandbox, knowing nothing but HTTP."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self.sandbox = sandbox
        self.http = httpx2.Client(base_url=sandbox.url, timeout=10, trust_env=False, verify=False)
        self.session = self.log_in()

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def log_in(self) -> str:
        return str(self.post("/mapi/login", LOGIN_BYTES).json()["session"])

    def post(self, path: str, raw: bytes, timeout: float = 10) -> httpx2.Response:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self.http.post(
            FORWARD + path, params={"dstcode": DESTINATION}, content=raw, headers=headers, timeout=timeout
        )

    def ask(self, body: dict[str, Any], timeout: float = 10) -> httpx2.Response:
        return self.post("/mapi/g", json.dumps(body | {"session": self.session}).encode(), timeout)

    def call(self, service: str, **keys: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask({"madonvi": "H56.19", "service": service, **keys}).json()
        return answer

    def send(self, record: dict[str, Any], updating: bool = False) -> dict[str, Any]:
        return self.call("DongBoHoSoMC", isUpdating=str(updating), data=[record])


def insert_body() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(INSERT_BYTES)
    return body


def dossier(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = insert_body()["data"][0]
    return record | changes


def steps() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(PROGRESS_BYTES)["data"]
    return rows


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sandbox") / "procedures.jsonl"
    path.write_text(json.dumps(PROCEDURE, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def sandbox(catalogue: Path, clock: Clock) -> Iterator[SandboxThread]:
    with SandboxThread(catalogue=catalogue, now=clock, madonvi="H56") as sandbox:
        yield sandbox


@pytest.fixture
def caller(sandbox: SandboxThread, clock: Clock) -> Iterator[Caller]:
    sandbox.state.clear()
    sandbox.faults.clear()
    clock.instant = BEGIN
    with Caller(sandbox) as caller:
        yield caller


# --- the examples of section 12 ---


def test_examples_of_the_contract_go_through(caller: Caller) -> None:
    success = '{"error_code":"0","message":"Đồng bộ thành công"}'.encode()
    duplicate = f'{{"error_code":"-3","message":"Mã hồ sơ {CODE} đã tồn tại"}}'.encode()
    assert caller.ask(insert_body()).content == success
    assert caller.ask(insert_body()).content == duplicate
    assert caller.ask(json.loads(PROGRESS_BYTES)).json()["error_code"] == "0"
    assert caller.send(dossier(**json.loads(SUPPLEMENT_BYTES)), updating=True)["error_code"] == "0"
    assert caller.send(dossier(**json.loads(RESULT_BYTES)), updating=True)["error_code"] == "0"
    counts = caller.sandbox.state.counts
    assert (counts.inserts, counts.updates, counts.duplicates, counts.steps) == (1, 2, 1, 2)
    kept = caller.sandbox.state.dossier(CODE)
    assert kept is not None
    assert [version.record["TrangThaiHoSo"] for version in kept.versions] == ["2", "5", "10"]


def test_login_gives_a_session_in_the_bytes_of_the_contract(caller: Caller) -> None:
    answer = caller.post("/mapi/login", LOGIN_BYTES).content.decode()
    assert re.fullmatch(r'\{"error_code":"0","message":"Thành công","session":"[0-9a-f]{32}"\}', answer)
    wrong = caller.post("/mapi/login", b'{"username":"H56","password":"x"}').json()
    assert wrong["error_code"] == "-1"
    assert "session" not in wrong


def test_catalogue_answers_in_uppercase(caller: Caller) -> None:
    [row] = caller.call("LayThuTuc", maTTHC="1.004873")["result"]
    assert row["TENTTHC"] == PROCEDURE["title"]
    assert all(key == key.upper() for key in row)
    direct, online = row["CACHTHUCTHUCHIEN"]
    assert (direct["KENH"], online["KENH"]) == ("1", "2")
    assert online["THOIGIAN"] == [
        {"THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày làm việc", "MOTA": "", "PHILEPHI": []}
    ]
    assert [limit["DONVITINH"] for limit in direct["THOIGIAN"]] == ["", ""]
    assert direct["THOIGIAN"][0]["PHILEPHI"][0]["MOTA"] == "20,000 VNĐ(mỗi bản)"
    assert row["KETQUATHUCHIEN"] == [
        {"MAKETQUA": "KQ.G15.000038", "TENKETQUA": "Giấy xác nhận tình trạng hôn nhân"}
    ]
    assert caller.call("LayThuTuc", maTTHC="9.999999")["result"] == []
    assert [row["MATTHC"] for row in caller.call("LayDanhSachTTHC")["result"]] == ["1.004873"]
    assert caller.call("LayDanhMucLinhVuc")["result"] == row["LINHVUCTHUCHIEN"]
    [agency] = caller.call("LayDanhMucCoQuan")["result"]
    assert (agency["TENDONVI"], agency["CAPDONVI"]) == ("Cấp xã", "3")


def test_sector_codes_are_stable_and_distinct() -> None:
    names = [f"lĩnh vực {number}" for number in range(400)]
    codes = invented_codes("L", names)
    assert len(set(codes.values())) == 400
    assert codes == invented_codes("L", reversed(names))
    assert re.fullmatch("L-[A-Z]{4}", codes["lĩnh vực 7"])


# --- strictness ---

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


def test_the_adapter_checks_destination_and_type(caller: Caller) -> None:
    path = FORWARD.replace("Xrd", "VXP") + "/mapi/login"
    typed = {"Content-Type": "application/json"}
    by_header = caller.http.post(path, content=LOGIN_BYTES, headers=typed | {"dstcode": DESTINATION})
    assert by_header.json()["error_code"] == "0"
    assert caller.http.post(path, content=LOGIN_BYTES, headers=typed).status_code == 400
    untyped = caller.http.post(path, content=LOGIN_BYTES, headers={"dstcode": DESTINATION})
    assert untyped.json()["message"].startswith("Content-Type")
    assert caller.post("/mapi/g", b"\xff{").json()["message"] == "Nội dung không phải JSON"
    assert caller.post("/mapi/g", b"[" * 100_000).json()["error_code"] == "-1"
    assert caller.post("/mapi/g", b" " * (8 * 1024 * 1024 + 1)).status_code == 413
    assert caller.http.get(path).status_code == 405


# --- what the portal remembers ---


def test_a_session_ends_after_its_minutes(caller: Caller, clock: Clock) -> None:
    clock.instant += timedelta(minutes=29, seconds=59)
    assert caller.call("TraCuuHoSo", mahoso=CODE) == {"error_code": "0", "message": "", "result": []}
    clock.instant += timedelta(seconds=1)
    assert "hết hạn" in caller.call("TraCuuHoSo", mahoso=CODE)["message"]
    assert caller.sandbox.state.counts.expired == 1


def test_an_unknown_dossier_is_neither_updated_nor_stepped(caller: Caller) -> None:
    answer = caller.send(dossier(), updating=True)
    assert answer["error_code"] == "-1"
    assert "đã tồn tại" not in answer["message"]
    refused = caller.call("CapNhatTienDoHoSoMC", data=steps())
    assert refused["message"].startswith("data[0].MaHoSo: chưa có hồ sơ")


def test_look_up_tells_the_newest_status(caller: Caller) -> None:
    caller.send(dossier())
    caller.send(dossier(TrangThaiHoSo="4"), updating=True)
    row = {"MaHoSo": CODE, "MaTTHC": "1.004873", "TrangThaiHoSo": "4"}
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == [row]


def test_repeated_steps_are_dropped_and_ten_is_the_most(caller: Caller) -> None:
    caller.send(dossier())
    for _ in range(2):
        assert caller.call("CapNhatTienDoHoSoMC", data=steps())["error_code"] == "0"
    assert (caller.sandbox.state.counts.steps, caller.sandbox.state.counts.repeated_steps) == (2, 2)
    ten = [steps()[1] | {"NoiDungXuLy": f"Bước {number}"} for number in range(10)]
    assert caller.call("CapNhatTienDoHoSoMC", data=ten)["error_code"] == "0"
    eleven = [*ten, steps()[0]]
    assert "tối đa 10" in caller.call("CapNhatTienDoHoSoMC", data=eleven)["message"]


def test_the_transitions_are_those_of_the_contract() -> None:
    # Typed once more, the other way round: by target.
    before = {
        "1": [""],
        "2": ["", "1", "5"],
        "3": ["1"],
        "4": ["2", "5", "6", "8"],
        "5": ["2", "4"],
        "6": ["2", "4"],
        "7": ["2", "4", "5"],
        "8": ["4", "5", "6"],
        "9": ["2", "4", "8"],
        "10": ["9"],
    }
    assert {
        after: [each for each, targets in NEXT_STATUSES.items() if after in targets] for after in STATUS_NAMES
    } == before


def test_an_odd_transition_is_a_warning_or_by_switch_a_refusal(caller: Caller) -> None:
    caller.send(dossier())
    caller.sandbox.faults.set("refuse_transitions")
    refused = caller.send(dossier(TrangThaiHoSo="10"), updating=True)
    assert refused["message"] == "TrangThaiHoSo: không chuyển từ 2 sang 10"
    caller.sandbox.faults.clear()
    assert caller.send(dossier(TrangThaiHoSo="10"), updating=True)["error_code"] == "0"
    [warning, *_] = caller.sandbox.state.log[0].warnings
    assert warning == "TrangThaiHoSo: không chuyển từ 2 sang 10"
    late = [steps()[0], steps()[1] | {"TrangThai": "10"}]
    assert caller.call("CapNhatTienDoHoSoMC", data=late)["error_code"] == "0"
    assert caller.sandbox.state.log[0].warnings == ("data[1].TrangThai: không chuyển từ 2 sang 10",)


def test_memory_is_bounded() -> None:
    state = State(max_dossiers=3)
    for number in range(5):
        state.store(dossier(MaHoSo=str(number)), "H56", datetime(2026, 7, 13, tzinfo=UTC))
    assert list(state.dossiers) == ["2", "3", "4"]
    assert state.counts.forgotten_dossiers == 2
    assert (Dossier("1", "H56").versions.maxlen, Dossier("1", "H56").steps.maxlen) == (50, 500)


# --- faults ---


def test_a_timeout_comes_after_the_commit(caller: Caller) -> None:
    caller.sandbox.faults.set("timeout_after_commit")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    assert caller.send(dossier(MaTTHC=""))["error_code"] == "-1"
    with pytest.raises(httpx2.ReadTimeout):
        caller.ask(insert_body(), timeout=0.2)
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] != []
    assert caller.sandbox.faults.active() == []


def test_a_dropped_connection_comes_after_the_commit(caller: Caller) -> None:
    caller.sandbox.faults.set("drop_after_commit", service="CapNhatTienDoHoSoMC")
    caller.send(dossier())
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)):
        caller.call("CapNhatTienDoHoSoMC", data=steps())
    assert caller.sandbox.state.counts.steps == 2


@pytest.mark.parametrize(
    ("name", "status", "start"),
    [("bad_gateway", 502, b"<"), ("not_json", 200, b"<"), ("empty_answer", 200, b"")],
)
def test_the_adapter_can_break_before_the_commit(caller: Caller, name: str, status: int, start: bytes) -> None:
    caller.sandbox.faults.set(name, times=2)
    for _ in range(2):
        answer = caller.ask(insert_body())
        assert (answer.status_code, answer.content[:1]) == (status, start)
    caller.log_in()
    assert caller.sandbox.state.dossiers == {}
    assert caller.send(dossier())["error_code"] == "0"


def test_the_login_breaks_only_by_name(caller: Caller) -> None:
    caller.sandbox.faults.set("bad_gateway", service="login")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "0"
    assert caller.post("/mapi/login", LOGIN_BYTES).status_code == 502


def test_an_expired_session_is_mended_by_one_login(caller: Caller) -> None:
    caller.sandbox.faults.set("expired_token")
    assert "đăng nhập lại" in caller.send(dossier())["message"]
    caller.session = caller.log_in()
    assert caller.send(dossier())["error_code"] == "0"


def test_a_slow_portal_and_two_calls_at_once_for_one_dossier(caller: Caller) -> None:
    state = caller.sandbox.state
    caller.sandbox.faults.set("slow", seconds=0.4)
    slow = threading.Thread(target=caller.send, args=(dossier(),))
    slow.start()
    assert state.wait_until(lambda state: CODE in state.in_flight)
    with Caller(caller.sandbox) as other:
        assert other.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    slow.join(5)
    assert (state.counts.overlapping, state.counts.inserts) == (1, 1)
    assert state.in_flight == frozenset()


def test_a_poisoned_dossier_blocks_no_other(caller: Caller) -> None:
    caller.sandbox.faults.set("refuse_field", field="TrichYeuHoSo", pattern="*-0042")
    for _ in range(2):
        assert caller.send(dossier())["message"].startswith("TrichYeuHoSo: ")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    assert caller.send(dossier(MaHoSo="H56.19-260713-0043"))["error_code"] == "0"


@pytest.mark.parametrize(("style", "success", "error"), [("0", "0", "-1"), ("00", "00", "-1"), ("int", 0, -1)])
def test_error_code_has_three_styles(caller: Caller, style: str, success: object, error: object) -> None:
    caller.sandbox.faults.code_style = style
    assert caller.send(dossier())["error_code"] == success
    assert caller.send(dossier(MaTTHC=""))["error_code"] == error


def test_a_duplicate_may_be_a_plain_3(caller: Caller) -> None:
    caller.send(dossier())
    caller.sandbox.faults.set("duplicate_as_3")
    assert caller.send(dossier())["error_code"] == "3"


def test_switches_over_http(caller: Caller) -> None:
    order = {"name": "slow", "times": 2, "seconds": 1.5, "service": "TraCuuHoSo"}
    assert caller.http.post("/sandbox/faults", json=order).json()[0]["times"] == 2
    [fault] = caller.sandbox.faults.active()
    assert (fault.seconds, fault.service) == (1.5, "TraCuuHoSo")
    for wrong in ({"name": "fire"}, {"name": "slow", "seconds": 91}, {"name": "refuse_field"}, {"nam": "x"}):
        assert caller.http.post("/sandbox/faults", json=wrong).status_code == 400
    caller.http.post("/sandbox/faults", json={"name": "error_code_style", "value": "int"})
    assert caller.http.get("/sandbox/state.json").json()["error_code_style"] == "int"
    assert caller.http.post("/sandbox/faults/clear").json() == []


def test_only_the_own_page_may_press_switches(caller: Caller) -> None:
    form = {"name": "slow", "times": "1"}
    page = {"Origin": caller.sandbox.url, "Accept": "text/html"}
    for address in ("/sandbox/faults", "/sandbox/faults/clear", "/sandbox/clear"):
        assert caller.http.post(address, data=form, headers={"Origin": "http://evil.example"}).status_code == 403
        assert caller.http.post(address, data=form, headers={"Origin": "null"}).status_code == 403
    assert caller.http.post("/sandbox/faults", data=form, headers=page).status_code == 303
    assert [fault.name.value for fault in caller.sandbox.faults.active()] == ["slow"]


# --- the page and the tests' window ---


def test_full_dossiers_for_tests_and_no_person_on_the_page(caller: Caller) -> None:
    caller.send(dossier())
    caller.call("CapNhatTienDoHoSoMC", data=steps())
    full = caller.http.get("/sandbox/dossiers.json").json()[CODE]
    assert full["versions"][0]["record"] == dossier()
    assert full["steps"] == steps()
    page = caller.http.get("/").text
    assert "N. V. A. · *********001" in page
    for personal in ("NGUYỄN", "038090000001", "0912345678", "to-khai.pdf"):
        assert personal not in page
    assert "NGUYỄN" not in caller.http.get("/sandbox/state.json").text
    caller.http.post("/sandbox/clear")
    assert caller.http.get("/sandbox/dossiers.json").json() == {}


def test_the_page_escapes_and_says_when_nothing_changed(caller: Caller) -> None:
    caller.send(dossier(MaHoSo="<script>x", TenTTHC="<b>đậm"))
    first = caller.http.get("/")
    assert "<script>x" not in first.text
    assert "&lt;b&gt;đậm" in first.text
    assert "style=" not in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    assert caller.http.get("/", headers=tag).status_code == 304
    caller.sandbox.faults.set("slow")
    assert caller.http.get("/", headers=tag).status_code == 200


def test_masks() -> None:
    assert masked_name("NGUYỄN VĂN A") == "N. V. A."
    assert (masked_number("038090000001"), masked_number("12")) == ("*********001", "*********")


def test_stopping_cuts_a_silent_call(catalogue: Path) -> None:
    failures: list[Exception] = []

    def wait_in_vain(caller: Caller) -> None:
        with caller:
            try:
                caller.send(dossier())
            except httpx2.TransportError as failure:
                failures.append(failure)

    with SandboxThread(catalogue=catalogue) as sandbox:
        sandbox.faults.set("timeout_after_commit")
        waiting = threading.Thread(target=wait_in_vain, args=(Caller(sandbox),))
        waiting.start()
        assert sandbox.state.wait_until(lambda state: CODE in state.dossiers)
    waiting.join(5)
    assert len(failures) == 1


def test_the_program_says_ready_and_ends_cleanly(catalogue: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "portal.sandbox", "--port", port, "--catalogue", str(catalogue)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline() == f"portal ready http://127.0.0.1:{port}/\n"
        run.send_signal(signal.SIGTERM)
        assert run.wait(5) == 0
        assert run.stderr.read() == ""


def test_the_sandbox_imports_nothing_of_ours() -> None:
    allowed = {"starlette", "uvicorn", "msgspec"} | set(sys.stdlib_module_names)
    for path in (ROOT / "portal").glob("sandbox*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                names = [f"portal.{alias.name}" for alias in node.names] if names == ["portal"] else names
            for name in names:
                assert name.startswith("portal.sandbox_") or name.partition(".")[0] in allowed, (path, name)
