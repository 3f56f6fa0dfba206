"""A slip as a JSON file that a person writes, to see how a layout looks: read with every mistake at once.

The file has the kind of slip, what it says, and where wanted a `layout` and a `logo` as the centre file has them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from domain.days import LOCAL, local
from domain.errors import msgid
from domain.logos import LONGEST_LOGO, emblem
from domain.record_files import FileWrong, table, unreadable
from domain.records import Among, Between, Count, Pattern, Reader, Words, Wrong
from domain.slips import SlipKind, SlipLayout, whole_layout
from printers.slip_contents import ReceiptSlip, Slip, TestSlip, TicketSlip
from printers.slip_parts import LONGEST_ADDRESS, Look

LARGEST = 64 * 1024
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?"


def real_time(text: str) -> str:
    """The text, when it is an instant of the calendar. Raises Wrong."""
    try:
        instant(text)
    except (ValueError, OverflowError):
        raise Wrong(msgid("không có ngày giờ này"), msgid("ghi ngày giờ dạng 2026-11-21T09:41")) from None
    return text


Line = Annotated[str, Words(200)]
LineOrNone = Annotated[str, Words(200, may_be_empty=True)]
Time = Annotated[str, Pattern(TIME, msgid("ghi ngày giờ dạng 2026-11-21T09:41")), real_time]
Copy = Annotated[int, Between(1, 20)]
Address = Annotated[str, Words(LONGEST_ADDRESS, may_be_empty=True)]
Agencies = Annotated[tuple[Line, ...], Count(0, 4)]
Logo = Annotated[str, Words(LONGEST_LOGO, may_be_empty=True), emblem]
Layout = Annotated[SlipLayout, whole_layout]


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A `TicketSlip` as it is written; times without a zone are those of the centre."""

    kind: SlipKind
    centre: Line
    queue: Line
    number: Annotated[str, Pattern(r"[A-ZĐ]{0,3} ?\d{1,6}", msgid("ghi số dạng A 012"))]
    issued_at: Time
    agency_lines: Agencies = ()
    province: LineOrNone = ""
    ahead: Annotated[int, Between(0, 9999)] = 0
    wait: LineOrNone = ""
    counters: LineOrNone = ""
    follow_url: Address = ""
    copy: Copy = 1
    practice: bool = False
    priority: bool = False
    notes: Annotated[tuple[Line, ...], Count(0, 6)] = ()
    layout: Layout | None = None
    logo: Logo = ""
    native_qr: bool = False

    def slip(self) -> Slip:
        """What the ticket says."""
        return TicketSlip(
            self.agency_lines, self.centre, self.queue, self.number, self.ahead, self.wait, self.counters,
            instant(self.issued_at), self.follow_url, self.copy, self.practice, self.priority, self.notes,
            self.province,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A `ReceiptSlip` as it is written; each document is a pair of its name and how many."""

    kind: SlipKind
    centre: Line
    code: Annotated[str, Pattern(r"[A-Za-z0-9./-]{1,60}", msgid("ghi mã hồ sơ dạng H42.19-261121-0042"))]
    procedure: Line
    received_at: Time
    counter: Line
    result_at: Line
    agency_lines: Agencies = ()
    province: LineOrNone = ""
    due_at: Time | None = None
    due_note: LineOrNone = ""
    documents: Annotated[tuple[tuple[Line, Annotated[int, Between(0, 99)]], ...], Count(0, 40)] = ()
    copy: Copy = 1
    layout: Layout | None = None
    logo: Logo = ""
    native_qr: bool = False

    def slip(self) -> Slip:
        """What the receipt says."""
        return ReceiptSlip(
            self.agency_lines, self.centre, self.code, self.procedure, instant(self.received_at),
            instant(self.due_at) if self.due_at else None, self.due_note, self.counter, self.documents,
            self.result_at, self.copy, self.province,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TestFile:
    """A `TestSlip` as it is written."""

    kind: SlipKind
    centre: Line
    printer: Line
    printed_at: Time
    qr: Address = ""
    layout: Layout | None = None
    logo: Logo = ""
    native_qr: bool = False

    def slip(self) -> Slip:
        """What the test page says."""
        return TestSlip(self.centre, self.printer, instant(self.printed_at), self.qr)


FILES: dict[str, type] = {SlipKind.TICKET: TicketFile, SlipKind.RECEIPT: ReceiptFile, SlipKind.TEST: TestFile}
Kind = Annotated[str, Among(tuple(map(str, SlipKind)))]


def instant(text: str) -> datetime:
    """A written time; without a zone it is the centre's own."""
    found = datetime.fromisoformat(text)
    return local(found) if found.tzinfo else found.replace(tzinfo=LOCAL)


def read_slip(text: str, language: str = "vi") -> tuple[Slip, Look]:
    """What a file says, and how it is to look in a language. Raises FileWrong with all its mistakes."""
    raw, reader = table(text, LARGEST), Reader()
    if "kind" not in raw:
        raise unreadable("kind", msgid("còn thiếu"), msgid("thêm khóa %(key)s"), key="kind")
    kind = reader.read(Kind, raw["kind"], "kind")
    found = reader.read(FILES[kind], _with_kind(raw, kind), "") if kind else None
    if found is None:
        raise FileWrong(tuple(reader.mistakes))
    layout = found.layout or SlipLayout(found.kind)
    if layout.kind is not found.kind:
        remedy = msgid("bỏ khóa này")
        raise unreadable("layout.kind", msgid("khác loại của phiếu"), remedy)
    return found.slip(), Look(layout, language, found.logo, found.native_qr)


def _with_kind(raw: dict[str, object], kind: str) -> dict[str, object]:
    """The file with its layout said to be of its own kind."""
    own = raw.get("layout")
    return {**raw, "layout": {"kind": kind, **own}} if isinstance(own, dict) else raw
