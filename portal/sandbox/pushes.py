"""What the sandbox portal sends of its own accord: online dossiers and supplements, signed, and wrong on demand.

Everything is invented: no name and no number belongs to anybody. It knows the webhook by the contract only.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from portal.sandbox.state import Record, State

VIETNAM = timezone(timedelta(hours=7))
SECONDS = 20.0
MOST_AT_ONCE = 500
MOST_KEPT = 2000
NAMES = ("NGUYỄN THỊ THỬ", "TRẦN VĂN MẪU", "LÊ THỊ VÍ DỤ", "PHẠM VĂN NHÁP")
PAPER = base64.b64encode(
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    b"xref\n0 1\n0000000000 65535 f \n"
    b"trailer << /Root 1 0 R /Size 4 >>\nstartxref\n186\n%%EOF\n"
).decode()
COMPLETED = "5"


class Kind(StrEnum):
    """What is pushed."""

    DOSSIER = "dossier"
    SUPPLEMENT = "supplement"


class Manner(StrEnum):
    """How it is pushed: as it should be, or wrong in one way."""

    PLAIN = "plain"
    TWICE = "twice"
    REPLAYED = "replayed"
    OUT_OF_ORDER = "out-of-order"
    OLD = "old"
    FORGED = "forged"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Order:
    """So many of a kind, in a manner; `code` names the dossier of a supplement, `procedure` that of a dossier."""

    kind: Kind = Kind.DOSSIER
    manner: Manner = Manner.PLAIN
    times: int = 1
    code: str = ""
    procedure: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.times <= MOST_AT_ONCE:
            raise ValueError(f"times must be 1..{MOST_AT_ONCE}")


@dataclass(frozen=True, slots=True)
class Pushed:
    """One letter and what the product said to it; `status` 0: no answer came."""

    at: datetime
    kind: Kind
    manner: Manner
    code: str
    status: int
    error_code: str
    message: str


@dataclass(slots=True)
class Tally:
    """How often something came back."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A body with the header that signs it."""

    body: bytes = field(repr=False)
    authorization: str = field(repr=False)


class Pushes:
    """The sandbox's letters to one webhook. Its server's thread pushes, any thread may read."""

    def __init__(
        self, url: str, secret: str, state: State, titles: Mapping[str, str], now: Callable[[], datetime]
    ) -> None:
        self.url, self._secret, self._state, self._titles, self._now = url, secret, state, titles, now
        self._procedures = tuple(titles) or ("1.000000",)
        self._lock = threading.Lock()
        self._log: deque[Pushed] = deque(maxlen=MOST_KEPT)
        self._sent: dict[str, Record] = {}
        self._number = 0
        self.tally = Tally()
        self.generation = 0

    @property
    def log(self) -> list[Pushed]:
        """What was pushed, newest first."""
        with self._lock:
            return list(reversed(self._log))

    @property
    def codes(self) -> list[str]:
        """The dossiers that were pushed, oldest first."""
        with self._lock:
            return list(self._sent)

    @property
    def polled(self) -> list[Record]:
        """Every dossier that was made, with times as people write them: for products that fetch."""
        with self._lock:
            return [record | {"NgayNopHoSo": _written(record["NgayNopHoSo"])} for record in self._sent.values()]

    def clear(self) -> None:
        """Forget everything but the numbers that were given."""
        with self._lock:
            self._log.clear()
            self._sent.clear()
            self.tally = Tally()
            self.generation += 1

    def make(self, procedure: str = "") -> Record:
        """A new online dossier, kept for supplements and for products that fetch; it is not pushed."""
        with self._lock:
            self._number += 1
            number, here = self._number, self._now().astimezone(VIETNAM)
            record = _dossier(number, here, procedure or self._procedures[number % len(self._procedures)])
            while len(self._sent) >= MOST_KEPT:
                del self._sent[next(iter(self._sent))]
            self._sent[record["MaHoSo"]] = record
            self.generation += 1
        # It was filed here: the portal knows it from its first moment, and takes updates of it.
        self._state.store(_filed(record, self._titles.get(record["MaTTHC"], "")), "", self._now())
        return record

    async def push(self, order: Order) -> list[Pushed]:
        """Send what is ordered, one after the other; what the product said to each letter."""
        found: list[Pushed] = []
        for _ in range(order.times):
            for code, letter in self.letters(order):
                found.append(await asyncio.to_thread(self._send, order, code, letter))
        return found

    def letters(self, order: Order) -> list[tuple[str, Letter]]:
        """The letters of one order, in the order of their sending."""
        if order.kind is Kind.SUPPLEMENT:
            code = order.code or self._waiting()
            told = _supplement(code, self._now().astimezone(VIETNAM), old=order.manner is Manner.OLD)
        else:
            told = self.make(order.procedure)
            code = str(told["MaHoSo"])
        letter = self._letter(told, order.manner)
        match order.manner:
            case Manner.TWICE:
                return [(code, letter), (code, self._letter(told, Manner.PLAIN))]
            case Manner.REPLAYED:
                return [(code, letter), (code, letter)]
            case Manner.OUT_OF_ORDER if order.kind is Kind.DOSSIER:
                early = self._letter(_supplement(code, self._now().astimezone(VIETNAM)), Manner.PLAIN)
                return [(code, early), (code, letter)]
            case Manner.ALTERED:
                other = self._letter({**told, "ChuHoSo": "NGƯỜI KHÁC HẲN"}, Manner.PLAIN)
                return [(code, letter), (code, other)]
        return [(code, letter)]

    def _waiting(self) -> str:
        """A pushed dossier of which the product says that it waits for papers, else the newest."""
        with self._lock:
            codes = list(self._sent)
        waiting = [code for code in codes if (known := self._state.dossier(code)) and known.status == COMPLETED]
        return (waiting or codes or ["000.00.00.G22-000101-000000"])[-1]

    def _letter(self, told: Record, manner: Manner) -> Letter:
        body = json.dumps(told, ensure_ascii=False).encode()
        at = self._now() - timedelta(minutes=10 if manner is Manner.OLD and "data" not in told else 0)
        stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
        secret = "not the secret" if manner is Manner.FORGED else self._secret
        signed = hmac.new(secret.encode(), f"{stamp}\n{nonce}\n".encode() + body, hashlib.sha256).hexdigest()
        return Letter(body, f"HMAC-SHA256 Timestamp={stamp}, Nonce={nonce}, Signature={signed}")

    def _send(self, order: Order, code: str, letter: Letter) -> Pushed:
        status, error_code, message = _post(self.url, letter)
        pushed = Pushed(self._now(), order.kind, order.manner, code, status, error_code, message)
        with self._lock:
            self._log.append(pushed)
            self.generation += 1
            self.tally.accepted += error_code == "0"
            self.tally.duplicates += error_code == "1"
            self.tally.refused += status != 0 and error_code not in ("0", "1")
            self.tally.unanswered += status == 0
        return pushed


def _post(url: str, letter: Letter) -> tuple[int, str, str]:
    """Status, error_code and message of the answer; status 0 where none came."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return 0, "", "chưa có địa chỉ nhận"
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=SECONDS)
    try:
        headers = {"Content-Type": "application/json", "Authorization": letter.authorization}
        connection.request("POST", parts.path or "/", letter.body, headers)
        response = connection.getresponse()
        told: Any = json.loads(response.read(65_536))
        return response.status, str(told["error_code"]), str(told["message"])[:300]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return 0, "", "không có trả lời đọc được"
    finally:
        connection.close()


def _dossier(number: int, here: datetime, procedure: str) -> Record:
    return {
        "MaHoSo": f"000.00.00.G22-{here:%y%m%d}-{number:06d}", "MaTTHC": procedure,
        "NgayNopHoSo": f"{here:%Y%m%d%H%M%S}", "KenhThucHien": "2", "LoaiDoiTuong": "1",
        "MaDoiTuong": hashlib.sha256(str(number).encode()).hexdigest()[:32], "ChuHoSo": NAMES[number % len(NAMES)],
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": f"0382{number:08d}"}], "SoDienThoai": "0900000000",
        "Email": "", "TaiLieuNop": [{"TenTepDinhKem": "to-khai.pdf", "MaThanhPhanHoSo": "", "Base64": PAPER}],
        "EForm": {},
    }  # fmt: skip


def _filed(record: Record, title: str) -> Record:
    more = {"TenTTHC": title, "TrangThaiHoSo": "1", "HoSoCoThanhPhanSoHoa": "1"}
    return {key: value for key, value in record.items() if key not in ("TaiLieuNop", "EForm")} | more


def _supplement(code: str, here: datetime, *, old: bool = False) -> Record:
    at = here - timedelta(days=30) if old else here
    data = {
        "MaHoSo": code, "HoSoBoSungId": f"{at:%y%m%d%H%M%S}", "NgayBoSung": f"{at:%Y%m%d%H%M%S}",
        "NoiDungBoSung": "Đã bổ sung giấy tờ thử nghiệm",
        "TaiLieuNop": [{"TenTepDinhKem": "bo-sung.pdf", "MaThanhPhanHoSo": "", "Base64": PAPER}],
    }  # fmt: skip
    return {"service": "BoSungHoSo", "isUpdating": "True", "data": data}


def _written(compact: str) -> str:
    return f"{datetime.strptime(compact, '%Y%m%d%H%M%S'):%d/%m/%Y %H:%M:%S}"
