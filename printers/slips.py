"""What stands on each slip of paper, and in which order; every text passes through the slip's language.

Knows what a slip says; knows nothing of fonts, dots or printer commands. No slip names a person.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from printers.forms_thermal import Sheet
from printers.raster import Picture, clean

LAYOUT_VERSION = 1
LONGEST_ADDRESS = 300
TAIL = 32

Translate = Callable[[str], str]


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


@dataclass(frozen=True, slots=True)
class ReceiptSlip:
    """The 80 mm form of "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" (TT 03/2025, Mẫu 01), without personal data."""

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


@dataclass(frozen=True, slots=True)
class TestSlip:
    """The page that shows a printer's health: edges, every letter, every dot, a QR code."""

    __test__: ClassVar[bool] = False

    centre: str
    printer: str
    printed_at: datetime
    qr: str


Slip = TicketSlip | ReceiptSlip | TestSlip


def draw(slip: Slip, width: int, translate: Translate) -> Picture:
    """The slip on paper `width` dots wide, in the language that `translate` speaks (msgids are Vietnamese)."""
    sheet = Sheet(width)
    match slip:
        case TicketSlip():
            _ticket(sheet, slip, translate)
        case ReceiptSlip():
            _receipt(sheet, slip, translate)
        case TestSlip():
            _test_page(sheet, slip, translate)
    return sheet.picture(TAIL)


def _ticket(sheet: Sheet, slip: TicketSlip, _: Translate) -> None:
    size = sheet.scale
    _marks(sheet, slip.copy, slip.practice, _)
    _head(sheet, slip.agency_lines, slip.centre)
    sheet.skip(size.text * 3 // 4)
    sheet.text(_("Số của bạn"), size.text)
    sheet.skip(size.text)
    sheet.number(*_parts(slip.number))
    sheet.skip(size.text)
    sheet.rule()
    sheet.skip(size.text // 3)
    sheet.facts(_ticket_facts(slip, _))
    sheet.skip(size.text * 2 // 3)
    sheet.text(_held(_("Vui lòng theo dõi màn hình và loa gọi số")), size.small, 600)
    _follow(sheet, slip.follow_url, _)
    for note in slip.notes:
        sheet.text(note, size.small, most_lines=4)
    sheet.text(_moment(slip.issued_at, _), size.small)


def _ticket_facts(slip: TicketSlip, _: Translate) -> list[tuple[str, str]]:
    facts = [(_("Hàng:"), slip.queue)]
    if slip.priority:
        facts.append((_("Diện:"), _("ưu tiên")))
    ahead = _("%(count)s người") % {"count": slip.ahead} if slip.ahead else _("không có ai")
    facts.append((_("Trước bạn:"), ahead))
    facts.extend(_wait(slip.wait, _))
    if slip.counters:
        facts.append((_("Quầy:"), slip.counters))
    if not _address(slip.follow_url):
        facts.append((_("Theo dõi:"), _("xem màn hình")))
    return facts


def _wait(wait: str, _: Translate) -> list[tuple[str, str]]:
    # The upper end again in words: people resent an under-estimate most (waiting.md).
    span = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)(?: phút)?", wait.strip())
    if span is None:
        return [(_("Chờ:"), wait)] if wait else []
    low, high = span.groups()
    return [
        (_("Khoảng:"), _("%(low)s-%(high)s phút") % {"low": low, "high": high}),
        ("", _("có thể đến %(high)s phút") % {"high": high}),
    ]


def _address(follow_url: str) -> str:
    address = clean(follow_url).strip()
    return address if len(address) <= LONGEST_ADDRESS else ""


def _follow(sheet: Sheet, follow_url: str, _: Translate) -> None:
    address = _address(follow_url)
    if not address:
        return
    sheet.skip(sheet.scale.small // 3)
    sheet.qr(address)
    sheet.text(_("Quét để theo dõi"), sheet.scale.small, 600)


def _parts(number: str) -> tuple[str, str]:
    """Letters and digits of 'A 012', whatever space stands between them."""
    plain = "".join(clean(number).split())
    prefix = plain.rstrip("0123456789")
    return prefix, plain[len(prefix) :]


def _marks(sheet: Sheet, copy: int, practice: bool, _: Translate) -> None:
    if copy > 1:
        sheet.mark(_("IN LẠI (lần %(copy)s)") % {"copy": copy})
        sheet.skip(sheet.scale.small // 2)
    if practice:
        sheet.mark(_("LUYỆN TẬP"), _("Số này không được gọi"))
        sheet.skip(sheet.scale.small // 2)


def _head(sheet: Sheet, agency_lines: tuple[str, ...], centre: str) -> None:
    for agency in agency_lines:
        sheet.text(agency, sheet.scale.small)
    sheet.skip(sheet.scale.small // 4)
    sheet.text(_held(centre), sheet.scale.heading, 700, most_lines=3)


# Words that a line break would tear apart: "hành / chính công" reads like a slip of the pen.
_COMPOUND = re.compile(r"trung tâm|phục vụ|hành chính công|chi nhánh|một cửa|bộ phận|màn hình", re.I)


def _held(text: str) -> str:
    return _COMPOUND.sub(lambda compound: compound[0].replace(" ", "\u00a0"), clean(text))


def _moment(instant: datetime, _: Translate) -> str:
    return f"{instant:%H:%M} · {_(_WEEKDAYS[instant.weekday()])} {instant:%d/%m/%Y}"


def N_(text: str) -> str:
    """Marks a text for translation that is looked up later."""
    return text


_WEEKDAYS = (
    N_("thứ Hai"),
    N_("thứ Ba"),
    N_("thứ Tư"),
    N_("thứ Năm"),
    N_("thứ Sáu"),
    N_("thứ Bảy"),
    N_("Chủ nhật"),
)


def _receipt(sheet: Sheet, slip: ReceiptSlip, _: Translate) -> None:
    size = sheet.scale
    _marks(sheet, slip.copy, False, _)
    _head(sheet, slip.agency_lines, slip.centre)
    sheet.skip(size.text // 2)
    sheet.text(_("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"), size.heading, 800, most_lines=3)
    sheet.skip(size.text // 2)
    sheet.text(slip.code, size.heading, 700)
    sheet.skip(size.text)
    sheet.rule()
    sheet.skip(size.text // 3)
    sheet.facts(_receipt_facts(slip, _))
    if slip.documents:
        _documents(sheet, slip.documents, _)
    sheet.skip(size.text)
    sheet.rule(1)
    _signatures(sheet, _)
    sheet.qr(clean(slip.code), largest=6)
    sheet.text(_("Mã hồ sơ: quét để tra cứu"), size.small)


def _receipt_facts(slip: ReceiptSlip, _: Translate) -> list[tuple[str, str]]:
    facts = [(_("Thủ tục:"), slip.procedure), (_("Nhận lúc:"), _moment(slip.received_at, _))]
    if slip.due_at is not None:
        facts.append((_("Hẹn trả:"), _moment(slip.due_at, _)))
        facts.append(("", slip.due_note))
    else:
        facts.append((_("Hẹn trả:"), slip.due_note or _("sẽ thông báo sau")))
    facts += [(_("Nơi trả:"), slip.result_at), (_("Quầy nhận:"), slip.counter)]
    return facts


def _documents(sheet: Sheet, documents: tuple[tuple[str, int], ...], _: Translate) -> None:
    sheet.skip(sheet.scale.text // 2)
    sheet.text(_("Thành phần hồ sơ, số lượng"), sheet.scale.text, 700)
    sheet.facts([(f"{count} ×", name) for name, count in documents], 500)


def _signatures(sheet: Sheet, _: Translate) -> None:
    sheet.halves(_("Người nộp hồ sơ"), _("Người tiếp nhận hồ sơ"))
    sheet.skip(12 * 8)


def _test_page(sheet: Sheet, slip: TestSlip, _: Translate) -> None:
    size = sheet.scale
    sheet.ruler()
    sheet.text(_("Trang kiểm tra máy in"), size.heading, 700)
    sheet.text(_held(slip.centre), size.text)
    sheet.skip(size.text // 2)
    sheet.facts(
        [
            (_("Máy in:"), slip.printer),
            (_("Chiều rộng:"), _("%(count)s điểm") % {"count": sheet.width}),
            (_("In lúc:"), _moment(slip.printed_at, _)),
        ]
    )
    sheet.skip(size.text // 2)
    for row in _LETTERS:
        sheet.text(row, size.text, most_lines=4)
        sheet.text(row.upper(), size.text, 700, most_lines=4)
    sheet.skip(size.text)
    sheet.number("A", "0123456789")
    if address := _address(slip.qr):
        sheet.qr(address)
    sheet.ruler()


# A pangram, then every letter with its marks: a wrong or clipped one stands out beside its neighbours.
_LETTERS = (
    "Do bạch kim rất quý nên sẽ dùng để lắp vô xương",
    "aàảãáạ ăằẳẵắặ âầẩẫấậ dđ eèẻẽéẹ êềểễếệ iìỉĩíị",
    "oòỏõóọ ôồổỗốộ ơờởỡớợ uùủũúụ ưừửữứự yỳỷỹýỵ",
)
