"""The forms of slips as data: the layouts with the words for their parts, and the emblem."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin.centre_fields import Field, Kind, Sheet
from domain.centres import Centre
from domain.errors import msgid
from domain.slips import STANDARD, SlipKind, SlipLayout, SlipPart, TextSize, parts_of

SLIPS = {
    SlipKind.TICKET: msgid("phiếu số"),
    SlipKind.RECEIPT: msgid("giấy tiếp nhận và hẹn trả"),
    SlipKind.TEST: msgid("trang thử máy in"),
}
SLIP_PARTS = {
    SlipPart.MARKS: msgid("dấu in lại, luyện tập"),
    SlipPart.LOGO: msgid("biểu trưng"),
    SlipPart.AGENCIES: msgid("hai dòng đầu phiếu"),
    SlipPart.PROVINCE: msgid("tỉnh, thành phố"),
    SlipPart.CENTRE: msgid("tên trung tâm"),
    SlipPart.OPENING: msgid("lời mở đầu"),
    SlipPart.TITLE: msgid("tiêu đề"),
    SlipPart.CODE: msgid("mã hồ sơ"),
    SlipPart.CAPTION: msgid("chữ trên số"),
    SlipPart.NUMBER: msgid("số lớn"),
    SlipPart.RULE: msgid("đường kẻ"),
    SlipPart.FACTS: msgid("các dòng chi tiết"),
    SlipPart.DOCUMENTS: msgid("thành phần hồ sơ"),
    SlipPart.SIGNATURES: msgid("chỗ ký"),
    SlipPart.HINT: msgid("lời nhắc"),
    SlipPart.FOLLOW: msgid("mã QR"),
    SlipPart.NOTES: msgid("các câu ghi thêm"),
    SlipPart.CLOSING: msgid("lời cuối phiếu"),
    SlipPart.MOMENT: msgid("ngày giờ"),
    SlipPart.RULER: msgid("thước đầu trang"),
    SlipPart.LETTERS: msgid("bảng chữ"),
    SlipPart.FIGURES: msgid("dãy chữ số"),
    SlipPart.LAST_RULER: msgid("thước cuối trang"),
}
TEXT_SIZES = {TextSize.USUAL: msgid("thường"), TextSize.LARGE: msgid("lớn")}


def orders(layout: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    """The parts that a layout of its kind can have, and their standard order; none of an unknown kind."""
    kind = layout.get("kind")
    return (parts_of(SlipKind(kind)), STANDARD[SlipKind(kind)]) if kind in set(SlipKind) else ((), ())


PAPER = Sheet(
    "slips",
    msgid("Mẫu phiếu"),
    SlipLayout,
    (
        Field("kind", Kind.CHOICE, msgid("Loại phiếu"), msgid("Không đổi được về sau."), choices=SLIPS),
        Field(
            "parts", Kind.ORDER, msgid("Thứ tự các phần"), msgid("Số nhỏ in trước; bỏ trống thì không in."),
            choices=SLIP_PARTS, orders=orders,
        ),
        Field("text_size", Kind.CHOICE, msgid("Cỡ chữ"), choices=TEXT_SIZES),
        Field(
            "number_mm", Kind.NUMBER, msgid("Chiều cao số lớn (mm)"),
            msgid("Từ 10 đến 20; để trống: theo khổ giấy. Chỉ có ở phiếu số."), needed=False,
        ),
        Field("opening", Kind.TEXTS, msgid("Lời mở đầu"), needed=False),
        Field(
            "caption", Kind.TEXTS, msgid("Chữ trên số"), msgid("Để trống: “Số của bạn”. Chỉ có ở phiếu số."),
            needed=False,
        ),
        Field(
            "hint", Kind.TEXTS, msgid("Lời nhắc"),
            msgid("Để trống: “Vui lòng theo dõi màn hình và loa gọi số”. Chỉ có ở phiếu số."), needed=False,
        ),
        Field("closing", Kind.TEXTS, msgid("Lời cuối phiếu"), needed=False),
    ),
    "kind", ("kind",), ("text_size", "opening", "closing"),
)  # fmt: skip
EMBLEM = Sheet(
    "logo",
    msgid("Biểu trưng trên phiếu"),
    Centre,
    (
        Field(
            "logo", Kind.PICTURE, msgid("Ảnh đen trắng"),
            msgid("Một dòng do lệnh motcua centre logo ghi ra; xóa hết thì phiếu không có biểu trưng."),
            needed=False,
        ),
    ),
)  # fmt: skip
