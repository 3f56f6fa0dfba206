"""The forms for what a centre has outside its walls, as data: the account for fees, the databases it may ask."""

from admin.centre_fields import Field, Kind, Sheet
from domain.centre_outside import Lookup, Payment
from domain.centres import Centre
from domain.errors import msgid
from web.fee_words import DATABASES

PAYMENT = Sheet(
    "payment",
    msgid("Thu phí, lệ phí"),
    Centre,
    (
        Field(
            "payment", Kind.PART, msgid("Nhận chuyển khoản"), record=Payment,
            parts=(
                Field("bank", Kind.WORD, msgid("Mã BIN của ngân hàng"), msgid("6 chữ số, như 970436.")),
                Field("account", Kind.WORD, msgid("Số tài khoản")),
                Field("holder", Kind.WORD, msgid("Tên chủ tài khoản")),
                Field("receipts", Kind.WORD, msgid("Ký hiệu biên lai"), msgid("Năm được ghi thêm.")),
                Field(
                    "gateway_url", Kind.WORD, msgid("Địa chỉ nền tảng thanh toán"),
                    msgid("Để trống: không thu trực tuyến. Khóa bí mật không nằm trong cấu hình."), needed=False,
                ),
                Field("partner", Kind.WORD, msgid("Mã đối tác"), needed=False),
                Field("service", Kind.WORD, msgid("Mã dịch vụ"), needed=False),
            ),
        ),
    ),
)  # fmt: skip
LOOKUPS = Sheet(
    "lookups",
    msgid("Đối chiếu dữ liệu quốc gia"),
    Lookup,
    (
        Field(
            "database", Kind.CHOICE, msgid("Cơ sở dữ liệu"), msgid("Không đổi được về sau."), choices=DATABASES
        ),
        Field("url", Kind.WORD, msgid("Địa chỉ tra cứu")),
        Field("seconds", Kind.NUMBER, msgid("Chờ nhiều nhất bao nhiêu giây")),
        Field("keep_minutes", Kind.NUMBER, msgid("Dùng lại câu trả lời trong bao nhiêu phút")),
    ),
    "database", ("database",), ("url",),
)  # fmt: skip
