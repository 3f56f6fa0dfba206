"""The sandbox portal's catalogue of procedures, answered in the portal's own UPPERCASE keys.

Read once from a file of one JSON object a line (`code, title, sector, levels, channels, documents_text,
results`). Sector and agency codes are invented by a stable rule, since the file has none.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

Row = dict[str, Any]

CODE_LETTERS = 4
CHANNEL_NUMBERS = {"direct": "1", "online": "2", "post": "3"}
UNIT_NAMES = {"working_day": "Ngày làm việc", "day": "Ngày", "hour": "Giờ", "month": "Tháng", None: ""}
LEVEL_NUMBERS = {"Cấp bộ": "1", "Cấp tỉnh": "2", "Cấp xã": "3"}


class Channel(msgspec.Struct, frozen=True):
    """One way to apply, with its limit and verbatim fee."""

    channel: str
    limit: int | float | None = None
    unit: str | None = None
    fee_text: str | None = None
    note: str = ""


class Result(msgspec.Struct, frozen=True):
    """What a procedure ends in."""

    name: str
    code: str | None = None


class Procedure(msgspec.Struct, frozen=True):
    """One line of the catalogue file; keys that the sandbox does not need are ignored."""

    code: str
    title: str
    sector: str
    levels: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    documents_text: str = ""
    results: tuple[Result, ...] = ()


class Catalogue:
    """The four catalogue services of the portal, from memory."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._procedures = {procedure.code: procedure for procedure in procedures}
        named = self._procedures.values()
        self._sectors = invented_codes("L", {procedure.sector for procedure in named})
        self._agencies = invented_codes("DV", {level for procedure in named for level in procedure.levels})

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """The catalogue of a JSONL file, which may be gzipped. Raises OSError or msgspec.DecodeError."""
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return cls(msgspec.json.Decoder(Procedure).decode_lines(raw))

    def __len__(self) -> int:
        return len(self._procedures)

    def titles(self) -> dict[str, str]:
        """The titles of all procedures by code, in their order."""
        return {code: procedure.title for code, procedure in self._procedures.items()}

    def find(self, code: str) -> Procedure | None:
        """The procedure with this code."""
        return self._procedures.get(code)

    def sector_code(self, sector: str) -> str:
        """The invented code of a sector of this catalogue. Raises KeyError."""
        return self._sectors[sector]

    def procedure(self, code: str) -> list[Row]:
        """LayThuTuc: one row, or none when the code is unknown."""
        found = self.find(code)
        return [self._detail(found)] if found else []

    def procedures(self) -> list[Row]:
        """LayDanhSachTTHC."""
        return [self._heading(procedure) for procedure in self._procedures.values()]

    def sectors(self) -> list[Row]:
        """LayDanhMucLinhVuc."""
        return [{"MALINHVUC": code, "TENLINHVUC": name} for name, code in sorted(self._sectors.items())]

    def agencies(self) -> list[Row]:
        """LayDanhMucCoQuan."""
        return [
            {"MADONVI": code, "TENDONVI": level, "CAPDONVI": LEVEL_NUMBERS.get(level, "4")}
            for level, code in sorted(self._agencies.items())
        ]

    def _heading(self, procedure: Procedure) -> Row:
        sector = {"MALINHVUC": self._sectors[procedure.sector], "TENLINHVUC": procedure.sector}
        return {
            "MATTHC": procedure.code,
            "TENTTHC": procedure.title,
            "TRANGTHAI": "1",
            "MACOQUANCONGBO": "",
            "LINHVUCTHUCHIEN": [sector],
        }

    def _detail(self, procedure: Procedure) -> Row:
        return self._heading(procedure) | {
            "TRINHTUTHUCHIEN": [],
            "CACHTHUCTHUCHIEN": _ways(procedure.channels),
            "THANHPHANHOSO": _components(procedure.documents_text),
            "DOITUONGTHUCHIEN": [{"TENDOITUONG": name} for name in procedure.applicants],
            "MOTADOITUONGTHUCHIEN": "",
            "KETQUATHUCHIEN": [
                {"MAKETQUA": result.code or "", "TENKETQUA": result.name} for result in procedure.results
            ],
            "COQUANTHUCHIEN": [{"MADONVI": self._agencies[level], "TENDONVI": level} for level in procedure.levels],
            "CANCUPHAPLY": [],
            "YEUCAU": "",
        }


def invented_codes(prefix: str, names: Iterable[str]) -> dict[str, str]:
    """Stable codes such as "L-QKDA": letters of a hash of the name, further ones when two names collide."""
    codes: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        letters = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(name.encode()).digest())
        windows = (letters[start : start + CODE_LETTERS] for start in range(len(letters) - CODE_LETTERS))
        codes[name] = next(code for part in windows if (code := f"{prefix}-{part}") not in taken)
        taken.add(codes[name])
    return codes


def _ways(channels: Iterable[Channel]) -> list[Row]:
    ways: dict[str, list[Row]] = {}
    for row in channels:
        ways.setdefault(CHANNEL_NUMBERS[row.channel], []).append(_limit(row))
    return [{"KENH": number, "THOIGIAN": limits} for number, limits in sorted(ways.items())]


def _limit(row: Channel) -> Row:
    # The fee stays the verbatim text: amounts in the source are too dirty to be parsed honestly.
    has_fee = row.fee_text not in (None, "Miễn phí")
    fees = [{"MAPHILEPHI": "", "SOTIEN": "", "DONVI": "", "MOTA": row.fee_text}] if has_fee else []
    return {
        "THOIGIANGIAIQUYET": "" if row.limit is None else f"{row.limit:g}",
        "DONVITINH": UNIT_NAMES[row.unit],
        "MOTA": row.note,
        "PHILEPHI": fees,
    }


def _components(text: str) -> list[Row]:
    if not text:
        return []
    paper = {"MAGIAYTO": "", "TENGIAYTO": text, "TENMAUDON": "", "URL": ""}
    return [{"TRUONGHOP": "", "GIAYTO": [paper]}]
