"""How each part of a slip looks on the paper, whatever stands before and after it.

Knows what a slip says and a sheet to set it on; knows nothing of fonts, dots or printer commands.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.slips import SlipKind, SlipLayout, SlipPart
from printers.forms_thermal import Sheet
from printers.raster import clean
from printers.slip_contents import ReceiptSlip, TestSlip, TicketSlip

LONGEST_ADDRESS = 300
MOST_OWN_LINES = 4
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Look:
    """A layout, the language of its own words, the emblem (base64, empty for none), who draws the QR code."""

    layout: SlipLayout
    language: str = "vi"
    logo: str = ""
    native_qr: bool = False

    def words(self, part: SlipPart) -> str:
        """The centre's own words for a part, Vietnamese where they are empty."""
        own = self.layout.words(part)
        return own.in_language(self.language) if own else ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One slip on its sheet; `slip` is one of `printers.slip_contents`."""

    sheet: Sheet
    slip: Any
    say: Translate
    look: Look


Part = Callable[[Setting], None]


def _logo(on: Setting) -> None:
    if on.look.logo:
        on.sheet.emblem(on.look.logo)
        on.sheet.skip(on.sheet.scale.small // 3)


def _agencies(on: Setting) -> None:
    for agency in on.slip.agency_lines:
        on.sheet.text(agency, on.sheet.scale.small)


def _centre(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.small // 4)
    on.sheet.text(_held(on.slip.centre), on.sheet.scale.heading, 700, most_lines=3)


def _province(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.small // 4)
    on.sheet.text(_held(on.slip.province), on.sheet.scale.small)


def _opening(on: Setting) -> None:
    if words := on.look.words(SlipPart.OPENING):
        on.sheet.skip(on.sheet.scale.small // 3)
        on.sheet.text(_held(words), on.sheet.scale.text, 600, most_lines=MOST_OWN_LINES)


def _closing(on: Setting) -> None:
    if words := on.look.words(SlipPart.CLOSING):
        on.sheet.text(_held(words), on.sheet.scale.small, 600, most_lines=MOST_OWN_LINES)


def _rule(on: Setting) -> None:
    on.sheet.gap(on.sheet.scale.text // 2)
    on.sheet.rule()
    on.sheet.skip(on.sheet.scale.text // 3)


def _marks(on: Setting) -> None:
    sheet, slip, _ = on.sheet, on.slip, on.say
    if slip.copy > 1:
        sheet.mark(_("IN LẠI (lần %(copy)s)") % {"copy": slip.copy})
        sheet.skip(sheet.scale.small // 2)
    if isinstance(slip, TicketSlip) and slip.practice:
        sheet.mark(_("LUYỆN TẬP"), _("Số này không được gọi"))
        sheet.skip(sheet.scale.small // 2)


def _caption(on: Setting) -> None:
    _ = on.say
    on.sheet.skip(on.sheet.scale.text * 3 // 4)
    on.sheet.text(on.look.words(SlipPart.CAPTION) or _("Số của bạn"), on.sheet.scale.text)


def _number(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.text)
    on.sheet.number(*_letters_and_digits(on.slip.number))
    on.sheet.skip(on.sheet.scale.text)


def _letters_and_digits(number: str) -> tuple[str, str]:
    """Letters and digits of 'A 012', whatever space stands between them."""
    plain = "".join(clean(number).split())
    prefix = plain.rstrip("0123456789")
    return prefix, plain[len(prefix) :]


def _ticket_facts(on: Setting) -> None:
    on.sheet.facts(_told_of_ticket(on.slip, on.look.layout, on.say))


def _told_of_ticket(slip: TicketSlip, layout: SlipLayout, _: Translate) -> list[tuple[str, str]]:
    facts = [(_("Hàng:"), slip.queue)]
    if slip.priority:
        facts.append((_("Diện:"), _("ưu tiên")))
    ahead = _("%(count)s người") % {"count": slip.ahead} if slip.ahead else _("không có ai")
    facts.append((_("Trước bạn:"), ahead))
    facts.extend(_wait(slip.wait, _))
    if slip.counters:
        facts.append((_("Quầy:"), slip.counters))
    if not address(slip.follow_url) or SlipPart.FOLLOW not in layout.order:
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


def address(follow_url: str) -> str:
    """The address as it goes into the code; empty where it cannot be drawn."""
    whole = clean(follow_url).strip()
    return whole if len(whole) <= LONGEST_ADDRESS else ""


def _hint(on: Setting) -> None:
    _ = on.say
    on.sheet.skip(on.sheet.scale.text * 2 // 3)
    words = on.look.words(SlipPart.HINT) or _("Vui lòng theo dõi màn hình và loa gọi số")
    on.sheet.text(_held(words), on.sheet.scale.small, 600, most_lines=MOST_OWN_LINES)


def _follow_ticket(on: Setting) -> None:
    _ = on.say
    if whole := address(on.slip.follow_url):
        on.sheet.skip(on.sheet.scale.small // 3)
        on.sheet.qr(whole)
        on.sheet.text(_("Quét để theo dõi"), on.sheet.scale.small, 600)


def _notes(on: Setting) -> None:
    for note in on.slip.notes:
        on.sheet.text(note, on.sheet.scale.small, most_lines=4)


def _issued(on: Setting) -> None:
    on.sheet.text(_moment(on.slip.issued_at, on.say), on.sheet.scale.small)


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


def _receipt_title(on: Setting) -> None:
    _ = on.say
    on.sheet.skip(on.sheet.scale.text // 2)
    title = _("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
    on.sheet.text(title, on.sheet.scale.heading, 800, most_lines=3)


def _code(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.text // 2)
    on.sheet.text(on.slip.code, on.sheet.scale.heading, 700)
    on.sheet.skip(on.sheet.scale.text)


def _receipt_facts(on: Setting) -> None:
    on.sheet.facts(_told_of_dossier(on.slip, on.say))


def _told_of_dossier(slip: ReceiptSlip, _: Translate) -> list[tuple[str, str]]:
    facts = [(_("Thủ tục:"), slip.procedure), (_("Nhận lúc:"), _moment(slip.received_at, _))]
    if slip.due_at is not None:
        facts.append((_("Hẹn trả:"), _moment(slip.due_at, _)))
        facts.append(("", slip.due_note))
    else:
        facts.append((_("Hẹn trả:"), slip.due_note or _("sẽ thông báo sau")))
    facts += [(_("Nơi trả:"), slip.result_at), (_("Quầy nhận:"), slip.counter)]
    return facts


def _documents(on: Setting) -> None:
    _ = on.say
    if on.slip.documents:
        on.sheet.skip(on.sheet.scale.text // 2)
        on.sheet.text(_("Thành phần hồ sơ, số lượng"), on.sheet.scale.text, 700)
        on.sheet.facts([(f"{count} ×", name) for name, count in on.slip.documents], 500)
    if on.slip.owed:
        _payment(on)


def _payment(on: Setting) -> None:
    # Far from the dossier's own code at the foot: a camera takes whichever it sees first.
    sheet, _ = on.sheet, on.say
    sheet.skip(sheet.scale.text // 2)
    amount = f"{on.slip.owed:,}".replace(",", ".")
    sheet.text(_("Phí, lệ phí phải nộp: %(amount)s đồng") % {"amount": amount}, sheet.scale.text, 700)
    if on.slip.transfer:
        sheet.qr(on.slip.transfer)
        sheet.text(_("Quét bằng ứng dụng ngân hàng để chuyển khoản"), sheet.scale.small, 600)
        for line in on.slip.payee:
            sheet.text(_held(line), sheet.scale.small)


def _signatures(on: Setting) -> None:
    _ = on.say
    on.sheet.skip(on.sheet.scale.text)
    on.sheet.rule(1)
    on.sheet.halves(_("Người nộp hồ sơ"), _("Người tiếp nhận hồ sơ"))
    on.sheet.skip(12 * 8)


def _follow_dossier(on: Setting) -> None:
    _ = on.say
    on.sheet.qr(clean(on.slip.code), largest=6)
    on.sheet.text(_("Mã hồ sơ: quét để tra cứu"), on.sheet.scale.small)


def _ruler(on: Setting) -> None:
    on.sheet.ruler()


def _test_title(on: Setting) -> None:
    _ = on.say
    on.sheet.text(_("Trang kiểm tra máy in"), on.sheet.scale.heading, 700)


def _test_centre(on: Setting) -> None:
    on.sheet.text(_held(on.slip.centre), on.sheet.scale.text)


def _test_facts(on: Setting) -> None:
    slip, _ = on.slip, on.say
    on.sheet.skip(on.sheet.scale.text // 2)
    on.sheet.facts(
        [
            (_("Máy in:"), slip.printer),
            (_("Chiều rộng:"), _("%(count)s điểm") % {"count": on.sheet.width}),
            (_("In lúc:"), _moment(slip.printed_at, _)),
        ]
    )


def _letters(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.text // 2)
    for row in _LETTERS:
        on.sheet.text(row, on.sheet.scale.text, most_lines=4)
        on.sheet.text(row.upper(), on.sheet.scale.text, 700, most_lines=4)


def _figures(on: Setting) -> None:
    on.sheet.skip(on.sheet.scale.text)
    on.sheet.number("A", "0123456789")


def _test_code(on: Setting) -> None:
    if whole := address(on.slip.qr):
        on.sheet.qr(whole)


# A pangram, then every letter with its marks: a wrong or clipped one stands out beside its neighbours.
_LETTERS = (
    "Do bạch kim rất quý nên sẽ dùng để lắp vô xương",
    "aàảãáạ ăằẳẵắặ âầẩẫấậ dđ eèẻẽéẹ êềểễếệ iìỉĩíị",
    "oòỏõóọ ôồổỗốộ ơờởỡớợ uùủũúụ ưừửữứự yỳỷỹýỵ",
)

P = SlipPart
_HEAD: Mapping[SlipPart, Part] = {
    P.MARKS: _marks, P.LOGO: _logo, P.AGENCIES: _agencies, P.CENTRE: _centre, P.PROVINCE: _province,
    P.OPENING: _opening, P.RULE: _rule, P.CLOSING: _closing,
}  # fmt: skip
PARTS: Mapping[SlipKind, Mapping[SlipPart, Part]] = {
    SlipKind.TICKET: {
        **_HEAD, P.CAPTION: _caption, P.NUMBER: _number, P.FACTS: _ticket_facts, P.HINT: _hint,
        P.FOLLOW: _follow_ticket, P.NOTES: _notes, P.MOMENT: _issued,
    },
    SlipKind.RECEIPT: {
        **_HEAD, P.TITLE: _receipt_title, P.CODE: _code, P.FACTS: _receipt_facts, P.DOCUMENTS: _documents,
        P.SIGNATURES: _signatures, P.FOLLOW: _follow_dossier,
    },
    SlipKind.TEST: {
        P.RULER: _ruler, P.LAST_RULER: _ruler, P.LOGO: _logo, P.TITLE: _test_title, P.CENTRE: _test_centre,
        P.OPENING: _opening, P.CLOSING: _closing, P.FACTS: _test_facts, P.LETTERS: _letters,
        P.FIGURES: _figures, P.FOLLOW: _test_code,
    },
}  # fmt: skip
KINDS: Mapping[type, SlipKind] = {
    TicketSlip: SlipKind.TICKET, ReceiptSlip: SlipKind.RECEIPT, TestSlip: SlipKind.TEST,
}  # fmt: skip
