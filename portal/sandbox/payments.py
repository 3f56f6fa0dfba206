"""The sandbox's payment platform: takes INIT messages, lets somebody pay or not, and says so to the centre.

Typed by hand from the description of the message (version 1.0.6), never from our own messages, so that both sides
cannot share one error. Problems name the field, never its value; who pays is kept nowhere.
"""

from __future__ import annotations

import asyncio
import html
import http.client
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from portal.sandbox.faults import FaultName, Faults
from portal.sandbox.requests import bounded_body

SERVICE = "INIT"
SECRET = "thu-nghiem-thanh-toan"  # noqa: S105
VIETNAM = timezone(timedelta(hours=7))
CLOCKS_DIFFER = timedelta(minutes=15)
MAX_BODY = 64 * 1024
MAX_PAYMENTS = 10_000
CALLBACK_SECONDS = 10.0
FIXED = {
    "LoaiBanTin": "INIT", "PhienBan": "1.0.6", "LoaiHinhThanhToan": "PAY", "MaKenhThanhToan": "1",
    "MaThietBi": "1", "NgonNgu": "vi-VN", "MaTienTe": "VND",
}  # fmt: skip
OUTER = (
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan", "MaKenhThanhToan",
    "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich", "ThoiGianGD", "Ip", "ThongTinBienLai",
    "MaXacThuc",
)  # fmt: skip
INNER = (
    "MaDichVu", "MaDVC", "TenDVC", "MaTTHC", "TenTTHC", "MaDonVi", "TenDonVi", "MaHoSo", "TKThuHuong",
    "MaNHThuHuong", "TenTKThuHuong", "PhiLePhi", "DSKhoanNop", "HoTenNguoiNop",
)  # fmt: skip
MAY_BE_EMPTY = {"MaDichVu", "MaDoiTac"}
PAGE = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Thanh toán thử</title><h1>{amount} đồng</h1>'
    '<p>{code}</p><form method="post" action="{path}/pay"><button>Trả tiền (thử)</button></form>'
    '<form method="post" action="{path}/leave"><button>Không trả</button></form></html>'
)


@dataclass(slots=True)
class Payment:
    """One fee that a centre asked to collect."""

    reference: str
    partner: str
    amount: str
    dossier: str
    content: str
    number: int
    state: str = "cho"


@dataclass(slots=True)
class Till:
    """The platform's state. At `callback` the centre hears; `heard`: what it answered (HTTP status, MaLoi)."""

    faults: Faults
    now: Callable[[], datetime]
    secret: str = SECRET
    callback: str = ""
    payments: dict[str, Payment] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    held: list[dict[str, str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def routes(self) -> list[Route]:
        """The platform's door, and the page and switches on which somebody pays."""
        one = "/sandbox/payments/{reference}"
        return [
            Route("/payments/init", self.collect, methods=["POST"]),
            Route("/sandbox/payments/late", self.send_held, methods=["POST"]),
            Route(one, self.show, methods=["GET"]),
            Route(f"{one}/pay", self.pay, methods=["POST"]),
            Route(f"{one}/leave", self.leave, methods=["POST"]),
        ]

    async def collect(self, request: Request) -> Response:
        """POST /payments/init."""
        raw = await bounded_body(request, MAX_BODY)
        if raw is None:
            return _said("90", "Nội dung quá lớn", 413)
        if self.faults.take(FaultName.BAD_GATEWAY, SERVICE):
            return HTMLResponse("<h1>502 Bad Gateway</h1>", 502)
        if self.faults.take(FaultName.NOT_JSON, SERVICE):
            return HTMLResponse("<html><body>Hệ thống đang bảo trì</body></html>")
        try:
            message = json.loads(raw)
        except (ValueError, RecursionError):
            message = None
        problem = self.problem_in(message)
        if problem:
            with self.lock:
                self.problems.append(problem)
            return _said("91", problem)
        if self.faults.take(FaultName.PAYMENT_REFUSED, SERVICE):
            return _said("24", "Ngân hàng từ chối")
        payment = self._open(message)
        if payment is None:
            return _said("92", "MaThamChieu: đã dùng cho khoản khác")
        page = f"{request.url.scheme}://{request.url.netloc}/sandbox/payments/{payment.reference}"
        said = {"MaLoi": "00", "MoTaLoi": "Thành công", "MaThamChieu": payment.reference, "UrlThanhToan": page}
        return JSONResponse(said)

    def _open(self, message: dict[str, Any]) -> Payment | None:
        lasting = {k: v for k, v in message.items() if k not in ("ThoiGianGD", "Ip", "MaXacThuc")}
        content = sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
        reference = message["MaThamChieu"]
        with self.lock:
            known = self.payments.get(reference)
            if known is not None:
                return known if known.content == content else None
            if len(self.payments) >= MAX_PAYMENTS:
                del self.payments[next(iter(self.payments))]
            dossier = message["ThongTinBienLai"]["MaHoSo"]
            opened = Payment(
                reference, message["MaDoiTac"], message["SoTien"], dossier, content, next(self.numbers)
            )
            self.payments[reference] = opened
            return opened

    def problem_in(self, message: object) -> str:
        """What the contract forbids in a message; empty when nothing."""
        if not isinstance(message, dict) or tuple(message) != OUTER:
            return "INIT: thiếu, thừa hoặc sai thứ tự trường"
        inner = message["ThongTinBienLai"]
        if not isinstance(inner, dict) or tuple(inner) != INNER:
            return "ThongTinBienLai: thiếu, thừa hoặc sai thứ tự trường"
        lists = {"PhiLePhi", "DSKhoanNop"}
        plain = {k: v for k, v in {**message, **inner}.items() if k != "ThongTinBienLai" and k not in lists}
        for name, value in plain.items():
            if not isinstance(value, str) or (not value and name not in MAY_BE_EMPTY):
                return f"{name}: phải là chuỗi có nội dung"
        wrong = next((name for name, value in FIXED.items() if message[name] != value), "")
        if wrong:
            return f"{wrong}: giá trị không đúng"
        return _sums(message, inner) or self._time(message["ThoiGianGD"]) or self._seal(message)

    def _time(self, text: str) -> str:
        try:
            at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
        except ValueError:
            return "ThoiGianGD: phải có dạng yyyyMMddHHmmss"
        # A clock of twelve hours is found out here, every afternoon.
        return "" if abs(at - self.now().astimezone(UTC)) <= CLOCKS_DIFFER else "ThoiGianGD: lệch giờ quá 15 phút"

    def _seal(self, message: dict[str, Any]) -> str:
        values: list[str] = []
        waiting: list[Any] = [{k: v for k, v in message.items() if k != "MaXacThuc"}]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                values.append(part)
            else:
                waiting.extend(reversed(list(part.values()) if isinstance(part, dict) else part))
        return "" if message["MaXacThuc"] == _sealed(values, self.secret) else "MaXacThuc: không đúng"

    async def show(self, request: Request) -> Response:
        """GET /sandbox/payments/<reference>: the page on which somebody pays."""
        payment = self.payments.get(request.path_params["reference"])
        if payment is None:
            return PlainTextResponse("unknown", 404)
        shown = {
            "amount": payment.amount,
            "code": payment.dossier,
            "path": f"/sandbox/payments/{payment.reference}",
        }
        headers = {"Content-Security-Policy": "default-src 'none'; form-action 'self'", "Cache-Control": "no-store"}
        return HTMLResponse(PAGE.format(**{k: html.escape(v) for k, v in shown.items()}), headers=headers)

    async def pay(self, request: Request) -> Response:
        """POST …/pay: somebody pays; the switches decide what the centre hears of it."""
        return await self._end(request, "24" if self.faults.take(FaultName.PAYMENT_FAILS, SERVICE) else "00")

    async def leave(self, request: Request) -> Response:
        """POST …/leave: nobody pays."""
        return await self._end(request, "24")

    async def _end(self, request: Request, code: str) -> Response:
        payment = self.payments.get(request.path_params["reference"])
        if payment is None:
            return PlainTextResponse("unknown", 404)
        payment.state = "da-thanh-toan" if code == "00" else "huy"
        word = self._confirmation(payment, code)
        if self.faults.take(FaultName.CONFIRM_LATE, SERVICE):
            self.held.append(word)
            return PlainTextResponse("held")
        await self._tell(word)
        if self.faults.take(FaultName.CONFIRM_TWICE, SERVICE):
            await self._tell(word)
        return PlainTextResponse("told")

    async def send_held(self, request: Request) -> Response:
        """POST /sandbox/payments/late: what was held back goes out, newest first."""
        while self.held:
            await self._tell(self.held.pop())
        return PlainTextResponse("told")

    def _confirmation(self, payment: Payment, code: str) -> dict[str, str]:
        amount = payment.amount
        if self.faults.take(FaultName.CONFIRM_OTHER_AMOUNT, SERVICE):
            amount = str(int(amount) + 1000)
        word = {
            "LoaiBanTin": "CONFIRM", "PhienBan": "1.0.6", "MaDoiTac": payment.partner,
            "MaThamChieu": payment.reference, "MaGiaoDich": f"GD{payment.number:08d}", "SoTien": amount,
            "MaTienTe": "VND", "ThoiGianGD": f"{self.now().astimezone(VIETNAM):%Y%m%d%H%M%S}", "MaLoi": code,
        }  # fmt: skip
        secret = "?" if self.faults.take(FaultName.CONFIRM_WRONG_SEAL, SERVICE) else self.secret
        return word | {"MaXacThuc": _sealed(list(word.values()), secret)}

    async def _tell(self, word: dict[str, str]) -> None:
        body = json.dumps(word, ensure_ascii=False).encode()
        try:
            self.heard.append(await asyncio.to_thread(_post, self.callback, body))
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            self.heard.append((0, ""))


def _sums(message: dict[str, Any], inner: dict[str, Any]) -> str:
    if not re.fullmatch(r"[1-9][0-9]*", message["SoTien"]):
        return "SoTien: phải là số nguyên dương"
    rows = {"PhiLePhi": ["LoaiPhiLePhi", "TenPhiLePhi", "SoTien"], "DSKhoanNop": ["NoiDung", "SoTien"]}
    for name, keys in rows.items():
        entries = inner[name]
        if not isinstance(entries, list) or not entries:
            return f"{name}: phải là danh sách"
        for entry in entries:
            if (
                not isinstance(entry, dict)
                or list(entry) != keys
                or not all(isinstance(v, str) for v in entry.values())
            ):
                return f"{name}: sai dạng"
        if not all(entry["SoTien"].isdigit() for entry in entries):
            return f"{name}: SoTien sai dạng"
        if sum(int(entry["SoTien"]) for entry in entries) != int(message["SoTien"]):
            return f"{name}: tổng khác SoTien"
    if inner["MaDVC"] != inner["MaTTHC"] + ".01":
        return "MaDVC: phải là MaTTHC và .01"
    if message["ThongTinGiaoDich"] != "THANH TOAN HO SO " + inner["MaHoSo"]:
        return "ThongTinGiaoDich: sai nội dung"
    return ""


def _sealed(values: list[str], secret: str) -> str:
    return sha256(("|".join(values) + "|" + secret).encode("utf-8")).hexdigest()


def _said(code: str, words: str, status: int = 200) -> Response:
    return JSONResponse({"MaLoi": code, "MoTaLoi": words}, status)


def _post(address: str, body: bytes) -> tuple[int, str]:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=CALLBACK_SECONDS)
    try:
        line.request("POST", parts.path, body, {"Content-Type": "application/json"})
        response = line.getresponse()
        return response.status, str(json.loads(response.read(MAX_BODY)).get("MaLoi", ""))
    finally:
        line.close()
