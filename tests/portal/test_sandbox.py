"""The sandbox portal judged by the byte examples of the contract (section 12), over real HTTP, and as a program."""

import ast
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx2

from portal.sandbox import SandboxThread
from portal.sandbox.adapter import DESTINATION
from portal.sandbox.catalogue import invented_codes
from tests.portal.callers import CODE, FORWARD, LOGIN_BYTES, PROCEDURE, PROGRESS_BYTES, Caller, dossier, insert_body

ROOT = Path(__file__).parents[2]
SUPPLEMENT_BYTES = """{"TrangThaiHoSo":"5",
 "DanhSachHoSoBoSung":[{"HoSoBoSungId":"1","NguoiYeuCauBoSung":"Cán bộ 2","NoiDungBoSung":"Bổ sung trích lục ly hôn","NgayBoSung":"20260714090000","NguoiTiepNhanBoSung":"","ThongTinTiepNhan":"","NgayTiepNhanBoSung":"","TrangThaiBoSung":"0","DanhSachGiayToBoSung":[{"TenGiayTo":"Trích lục ghi chú ly hôn","SoLuong":"1","LoaiGiayTo":"1"}],"DanhSachLePhiBoSung":[],"NgayHenTraTruoc":"20260716170000","NgayHenTraMoi":""}]}"""  # noqa: E501
RESULT_BYTES = """{"TrangThaiHoSo":"10","NgayKetThucXuLy":"20260715160000","NgayTra":"20260716091000","ThongTinTra":"Trả trực tiếp tại quầy 05",
 "DanhSachGiayToKetQua":[{"TenGiayTo":"Giấy xác nhận tình trạng hôn nhân","MaThanhPhanHoSo":"","GiayToId":"77","DuongDanTepTinKetQua":"https://files.example/77?sig=…","MaGiayToKetQua":"KQ.G15.000038"}]}"""  # noqa: E501


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
    files = sorted((ROOT / "portal" / "sandbox").glob("*.py"))
    assert len(files) > 20
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                names = [f"portal.{alias.name}" for alias in node.names] if names == ["portal"] else names
            for name in names:
                assert f"{name}.".startswith("portal.sandbox.") or name.partition(".")[0] in allowed, (path, name)
