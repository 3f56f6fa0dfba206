"""What each slip of paper has to say, before anybody lays it out. No slip names a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TicketSlip:
    """A queue number. `wait` is a text ("10-15 phút", "dưới 5 phút") or empty; `follow_url` empty = no QR.

    `copy` above 1 marks a reprint; `notes` are finished sentences in the slip's language, set small at the end.
    """

    agency_lines: tuple[str, ...]
    centre: str
    queue: str
    number: str
    ahead: int
    wait: str
    counters: str
    issued_at: datetime
    follow_url: str
    copy: int
    practice: bool
    priority: bool = False
    notes: tuple[str, ...] = ()
    province: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptSlip:
    """The 80 mm form of "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" (TT 03/2025, Mẫu 01), without personal data.

    `owed` đồng are still to be paid, 0 for nothing; `transfer` is the code of a VietQR over them, empty for none,
    `payee` the account that it names.
    """

    agency_lines: tuple[str, ...]
    centre: str
    code: str
    procedure: str
    received_at: datetime
    due_at: datetime | None
    due_note: str
    counter: str
    documents: tuple[tuple[str, int], ...]
    result_at: str
    copy: int
    province: str = ""
    owed: int = 0
    transfer: str = ""
    payee: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestSlip:
    """The page that shows a printer's health: edges, every letter, every dot, a QR code."""

    __test__: ClassVar[bool] = False

    centre: str
    printer: str
    printed_at: datetime
    qr: str


Slip = TicketSlip | ReceiptSlip | TestSlip
