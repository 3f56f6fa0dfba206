"""A file with many dossiers, their owners named as Vietnamese names are spread: poured into the tables by SQL."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from domain.applicants import Applicant, Particulars, to_bytes
from domain.days import LOCAL
from domain.dossiers import Status
from domain.tickets import milliseconds
from store import marks
from store.database import Connection
from store.vault import Vault

# Shares of surnames in percent, rounded; the rest are rare ones.
SURNAMES = {
    "Nguyễn": 380, "Trần": 110, "Lê": 95, "Phạm": 70, "Huỳnh": 51, "Phan": 45, "Vũ": 39, "Đặng": 21, "Bùi": 20,
    "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 5, "Đinh": 8, "Mai": 6, "Trịnh": 7, "Đoàn": 7, "Cao": 6,
    "Lâm": 5, "Hà": 6, "Tạ": 4, "Châu": 3, "Quách": 2, "Lò": 3, "Hoàng": 51, "Ksor": 1, "Điểu": 1, "Thạch": 3,
}  # fmt: skip
MIDDLES = (
    "Thị", "Văn", "Thị Thu", "Đức", "Minh", "Ngọc", "Thị Kim", "Hữu", "Quốc", "Thanh", "Xuân", "Thị Mỹ", "Công",
    "Bảo", "Anh", "Gia", "Thị Ngọc", "Đình", "Hoàng", "Tuấn",
)  # fmt: skip
GIVEN = (
    "Anh", "An", "Bình", "Châu", "Chi", "Cường", "Dung", "Dũng", "Duy", "Dương", "Đạt", "Giang", "Hà", "Hải",
    "Hạnh", "Hằng", "Hiền", "Hiếu", "Hoa", "Hòa", "Hùng", "Huy", "Hương", "Khánh", "Khôi", "Lan", "Linh", "Long",
    "Loan", "Ly", "Mai", "Minh", "My", "Nam", "Nga", "Ngân", "Nghĩa", "Nhung", "Phong", "Phúc", "Phương", "Quân",
    "Quang", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thành", "Thắng", "Thủy", "Tiến", "Trang", "Trí", "Trinh", "Trung",
    "Tú", "Tuấn", "Uyên", "Vân", "Vy", "Yến", "Đào", "Khuê", "Bách", "Ngạn", "Tường", "Sương", "Thoại", "Nhi",
)  # fmt: skip
AGENCIES = ("phuong", "cong-an-phuong", "so-tai-chinh", "dat-dai", "cong-an-tinh")
A_DAY = 400
STATUSES = (Status.RETURNED,) * 90 + (Status.UNDER_WAY,) * 5 + (Status.RECEIVED, Status.SUPPLEMENT, Status.DONE) * 2
SEED = 6


@dataclass(frozen=True, slots=True)
class Poured:
    """What stands in the file of one dossier: enough to ask for it."""

    code: str
    name: str
    identity: str


def pour(db: Connection, vault: Vault, count: int, now: datetime) -> list[Poured]:
    """Put so many dossiers into the tables, 400 a day up to yesterday."""
    chance, told = random.Random(SEED), []
    db.execute("BEGIN")
    found_by: list[tuple[bytes, int]] = []
    for seq, (poured, at) in enumerate(_people(chance, count, now), start=1):
        told.append(poured)
        owner = Applicant(poured.name, poured.identity, "0908000111", "Phường Bến Nghé")
        sealed = vault.seal(to_bytes(Particulars(owner)))
        db.execute("INSERT INTO particulars (id, sealed) VALUES (?, ?)", (seq, sealed))
        db.execute("INSERT INTO dossiers VALUES (" + ", ".join("?" * 22) + ")", _row(seq, poured.code, at, chance))
        db.execute("INSERT INTO dossier_codes (rowid, code) VALUES (?, ?)", (seq, poured.code))
        found_by += [
            (mark, seq) for mark in (*_marks(vault, poured.name), *marks.of_identity(vault, poured.identity))
        ]
    db.executemany("INSERT OR IGNORE INTO dossier_marks VALUES (?, ?)", sorted(found_by))
    db.execute("COMMIT")
    db.execute("ANALYZE")
    return told


@cache
def _marks(vault: Vault, name: str) -> tuple[bytes, ...]:
    return marks.of_name(vault, name)


def _people(chance: random.Random, count: int, now: datetime) -> Iterator[tuple[Poured, datetime]]:
    surnames, shares = list(SURNAMES), list(SURNAMES.values())
    first = now.astimezone(LOCAL) - timedelta(days=count // A_DAY + 1)
    for n in range(count):
        at = first + timedelta(days=n // A_DAY)
        code = f"H56.19-{at:%y%m%d}-{n % A_DAY + 1:04d}"
        name = f"{chance.choices(surnames, shares)[0]} {chance.choice(MIDDLES)} {chance.choice(GIVEN)}"
        yield Poured(code, name, f"{chance.randrange(96):03d}{chance.randrange(10**9):09d}"), at


def _row(seq: int, code: str, at: datetime, chance: random.Random) -> tuple[object, ...]:
    status, agency = chance.choice(STATUSES), chance.choice(AGENCIES)
    received, due = milliseconds(at), milliseconds(at + timedelta(days=chance.randint(1, 20)))
    finished = due if status in (Status.DONE, Status.RETURNED) else None
    facts = {"owner_kind": 1, "channel": 1, "delivery": 0, "due_rule": {}, "calendar": "", "decides": agency,
             "batch": "", "case": "", "status_first": 2, "due_first": due}  # fmt: skip
    return (code, seq, seq // A_DAY + 1, None, 1, "cb01", "1.004873", "H56.19", seq, received, due, int(status),
            json.dumps(facts), agency, 1, 0, 0, received, finished, finished, "", agency)  # fmt: skip
