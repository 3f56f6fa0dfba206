"""What is said to the payment platform and what it says: the INIT message, its confirmation, and their seal.

Pure: it knows no network, no clock and no database. Contract: message version 1.0.6. Where that is silent these are
our defaults: the seal is SHA-256 (hex) over all values in the order of the message, depth first, and the secret,
joined by "|"; the answer and the confirmation name their result MaLoi.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from domain.errors import msgid
from portal.answers import Permanent
from portal.messages import PORTAL_ZONE, Record

VERSION = "1.0.6"
SUCCESS = "00"
SEAL = "MaXacThuc"
LARGEST_CONFIRMATION = 8 * 1024
KINDS = {"phi": "1", "le-phi": "2"}


class NotSealed(Exception):
    """It was not made by somebody who knows the secret."""


class NotAConfirmation(Exception):
    """It cannot be read as a confirmation; nothing of it is repeated here."""


class PaymentRefused(Permanent):
    """The platform will not collect this, and says so by `word`."""

    def __init__(self, word: str) -> None:
        super().__init__(msgid("Nền tảng thanh toán từ chối thu khoản này."))
        self.word = word


@dataclass(frozen=True, slots=True)
class Collection:
    """A fee to collect: everything that the INIT message says."""

    reference: str
    amount: int
    at: datetime
    ip: str
    partner: str
    service: str
    procedure: str
    title: str
    agency: str
    agency_name: str
    dossier: str
    bank: str
    account: str
    holder: str
    payer: str
    kind: str
    text: str


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The platform's word; the names are the contract's own, in its order."""

    LoaiBanTin: str
    PhienBan: str
    MaDoiTac: str
    MaThamChieu: str
    MaGiaoDich: str
    SoTien: str
    MaTienTe: str
    ThoiGianGD: str
    MaLoi: str
    MaXacThuc: str

    @property
    def is_paid(self) -> bool:
        """Whether money came."""
        return self.MaLoi == SUCCESS


def init_message(what: Collection, secret: str) -> Record:
    """The INIT message, sealed."""
    message: Record = {
        "LoaiBanTin": "INIT",
        "PhienBan": VERSION,
        "MaDoiTac": what.partner,
        "MaThamChieu": what.reference,
        "SoTien": str(what.amount),
        "LoaiHinhThanhToan": "PAY",
        "MaKenhThanhToan": "1",
        "MaThietBi": "1",
        "NgonNgu": "vi-VN",
        "MaTienTe": "VND",
        "MaNganHang": what.bank,
        "ThongTinGiaoDich": f"THANH TOAN HO SO {what.dossier}",
        # %H: an older client wrote the hours of the afternoon as those of the morning (portal.md 14).
        "ThoiGianGD": f"{what.at.astimezone(PORTAL_ZONE):%Y%m%d%H%M%S}",
        "Ip": what.ip,
        "ThongTinBienLai": _receipt(what),
    }
    return {**message, SEAL: seal(message, secret)}


def _receipt(what: Collection) -> Record:
    amount = str(what.amount)
    return {
        "MaDichVu": what.service,
        "MaDVC": f"{what.procedure}.01",
        "TenDVC": what.title,
        "MaTTHC": what.procedure,
        "TenTTHC": what.title,
        "MaDonVi": what.agency,
        "TenDonVi": what.agency_name,
        "MaHoSo": what.dossier,
        "TKThuHuong": what.account,
        "MaNHThuHuong": what.bank,
        "TenTKThuHuong": what.holder,
        "PhiLePhi": [{"LoaiPhiLePhi": KINDS[what.kind], "TenPhiLePhi": what.text, "SoTien": amount}],
        "DSKhoanNop": [{"NoiDung": what.text, "SoTien": amount}],
        "HoTenNguoiNop": what.payer,
    }


def seal(message: Mapping[str, object], secret: str) -> str:
    """The MaXacThuc of a message, whose own is left out."""
    values = [value for name, part in message.items() if name != SEAL for value in _leaves(part)]
    return hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()


def _leaves(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for value in part.values():
            yield from _leaves(value)
    elif isinstance(part, list):
        for value in part:
            yield from _leaves(value)
    else:
        yield str(part)


_confirmations = msgspec.json.Decoder(Confirmation)


def read_confirmation(raw: bytes, partner: str, secret: str) -> Confirmation:
    """The platform's word, when it is whole, meant for us and sealed. Raises NotAConfirmation, NotSealed."""
    try:
        said = _confirmations.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise NotAConfirmation from None
    values = [str(getattr(said, name)) for name in Confirmation.__struct_fields__ if name != SEAL]
    if any(len(value) > 100 or "|" in value or not value.isprintable() for value in values):
        raise NotAConfirmation  # a value with a bar of its own could be sealed as two others
    wanted = hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()
    if not hmac.compare_digest(wanted.encode(), said.MaXacThuc.lower().encode()):
        raise NotSealed
    if (said.LoaiBanTin, said.MaDoiTac, said.MaTienTe) != ("CONFIRM", partner, "VND"):
        raise NotAConfirmation
    if not re.fullmatch(r"[1-9]\d{0,12}", said.SoTien, re.ASCII):
        raise NotAConfirmation
    return said


def answer(code: str, message: str) -> dict[str, Any]:
    """What the platform hears to its confirmation."""
    return {"MaLoi": code, "MoTaLoi": message}
