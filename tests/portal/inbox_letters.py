"""Letters to the inbox as a portal writes them, signed by a reading of the contract of our own."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from tests.support.files import a_pdf

SECRET = "khoa-chung-cua-hai-ben-2026"
CODE = "000.00.00.G22-261123-000777"
PROCEDURE = "1.004873"
INBOX = "/portal/inbox/nhanhsdvcqg"
OTHER_PDF = base64.b64encode(a_pdf("trich luc")).decode()
PDF = base64.b64encode(a_pdf("to khai")).decode()


def dossier(**changes: Any) -> dict[str, Any]:
    """Section 12.6 of the contract."""
    told: dict[str, Any] = {
        "MaHoSo": CODE, "MaTTHC": PROCEDURE, "NgayNopHoSo": "20261123075500", "KenhThucHien": "2",
        "LoaiDoiTuong": "1", "MaDoiTuong": "tech-1", "ChuHoSo": "NGUYỄN VĂN A",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "038090000001"}], "SoDienThoai": "0912345678",
        "Email": "", "TaiLieuNop": [{"TenTepDinhKem": "to-khai.pdf", "MaThanhPhanHoSo": "", "Base64": PDF}],
        "EForm": {},
    }  # fmt: skip
    return told | changes


def completion(**changes: Any) -> dict[str, Any]:
    """What completes a dossier."""
    data: dict[str, Any] = {
        "MaHoSo": CODE, "HoSoBoSungId": "1", "NgayBoSung": "20261123090000", "NoiDungBoSung": "Đã bổ sung",
        "TaiLieuNop": [],
    }  # fmt: skip
    return {"service": "BoSungHoSo", "isUpdating": "True", "data": data | changes}


def body_of(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def header(body: bytes, at: datetime, nonce: str, secret: str = SECRET) -> str:
    """The header Authorization of a letter."""
    stamp = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), f"{stamp}\n{nonce}\n".encode() + body, hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 Timestamp={stamp}, Nonce={nonce}, Signature={signed}"
