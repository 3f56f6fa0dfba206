"""What the tests of the sandbox share: the bytes of the contract (section 12), and a caller who knows only HTTP."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx2

from portal.sandbox import SandboxThread
from portal.sandbox.adapter import DESTINATION

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
