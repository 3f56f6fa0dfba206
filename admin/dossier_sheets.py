"""The forms of what concerns dossiers as data: how each procedure is dealt with, and the rules of their life."""

from admin.centre_choices import UNITS
from admin.centre_fields import Field, Kind, Sheet
from domain.centres import Centre, Limit, Placement
from domain.dossier_rules import Resuming
from domain.errors import msgid

AS_OWNER = msgid("Để trống: lâu bằng dữ liệu của chủ hồ sơ.")
RESUMING = {Resuming.RESTART: msgid("tính lại từ đầu"), Resuming.PAUSE: msgid("tính tiếp, trừ thời gian chờ")}
LIMIT_PARTS = (
    Field("amount", Kind.NUMBER, msgid("Bao nhiêu")),
    Field("unit", Kind.CHOICE, msgid("Tính theo"), choices=UNITS),
)
PROCEDURES = Sheet(
    "procedures",
    msgid("Thủ tục"),
    Placement,
    (
        Field("code", Kind.WORD, msgid("Mã thủ tục"), msgid("Theo danh mục quốc gia; không đổi được về sau.")),
        Field("short_title", Kind.WORD, msgid("Tên ngắn trên ki-ốt")),
        Field("queue", Kind.CHOICE, msgid("Hàng tiếp nhận"), source="queues"),
        Field("common", Kind.YES, msgid("Hay dùng: hiện trước ở ki-ốt")),
        Field(
            "limit", Kind.PART, msgid("Đặt thời hạn ở đây"), msgid("Chỉ khi danh mục không ghi đủ thời hạn."),
            record=Limit,
            parts=LIMIT_PARTS,
        ),
        Field(
            "limit_online", Kind.PART, msgid("Thời hạn riêng khi nộp trực tuyến"), record=Limit, parts=LIMIT_PARTS
        ),
        Field(
            "limit_post", Kind.PART, msgid("Thời hạn riêng khi nộp qua bưu chính"), record=Limit, parts=LIMIT_PARTS
        ),
        Field("supplements", Kind.NUMBER, msgid("Được yêu cầu bổ sung mấy lần")),
        Field("at_once", Kind.YES, msgid("Làm ngay trong khi người dân chờ (chứng thực, trong ngày)")),
        Field(
            "system", Kind.WORD, msgid("Hệ thống riêng của bộ"),
            msgid("Ghi tên hệ thống nếu hồ sơ xử lý ở đó: quầy chỉ ghi mã hồ sơ. Để trống: xử lý ở đây."),
            needed=False,
        ),
    ),
    "code", ("short_title",), ("queue", "limit", "common"),
)  # fmt: skip
DOSSIERS = Sheet(
    "dossiers",
    msgid("Quy tắc hồ sơ"),
    Centre,
    (
        Field(
            "dossiers.after_intake", Kind.CHOICE, msgid("Bổ sung lúc tiếp nhận: thời hạn"), choices=RESUMING
        ),
        Field(
            "dossiers.after_appraisal", Kind.CHOICE, msgid("Bổ sung lúc thẩm định: thời hạn"), choices=RESUMING
        ),
        Field("dossiers.day_zero_may_be_off", Kind.YES, msgid("Nhận ngày nghỉ thì ngày đó vẫn là ngày 0")),
        Field(
            "dossiers.transitions", Kind.LINES, msgid("Bảng chuyển trạng thái riêng"),
            msgid("Mỗi dòng một cặp như 2-4. Để trống: theo bảng chung."), needed=False,
        ),
        Field(
            "dossiers.keep.particulars", Kind.NUMBER, msgid("Lưu dữ liệu của chủ hồ sơ (ngày)"),
            msgid("Tính từ ngày hồ sơ được trả, từ chối hoặc rút; hết thời hạn thì xóa hẳn."),
        ),
        Field(
            "dossiers.keep.files", Kind.NUMBER, msgid("Lưu tệp và bản quét (ngày)"), AS_OWNER, needed=False
        ),
        Field("dossiers.keep.words", Kind.NUMBER, msgid("Lưu lời ghi ở từng bước (ngày)"), AS_OWNER, needed=False),
        Field(
            "dossiers.keep.letters", Kind.NUMBER, msgid("Lưu nội dung văn bản liên thông (ngày)"), AS_OWNER,
            needed=False,
        ),
        Field(
            "dossiers.keep.inbox", Kind.NUMBER, msgid("Lưu tệp gốc Cổng gửi đến (ngày)"),
            msgid("Để trống: 90 ngày."), needed=False,
        ),
        Field(
            "dossiers.keep.visits", Kind.NUMBER, msgid("Lưu người nộp bị yêu cầu bổ sung, từ chối (ngày)"),
            msgid("Tính từ ngày đến."),
        ),
        Field("dossiers.keep.money", Kind.NUMBER, msgid("Lưu lời ghi, số tham chiếu khoản thu (ngày)")),
        Field("dossiers.keep.lookups", Kind.NUMBER, msgid("Lưu sổ mục đích tra cứu (ngày)")),
    ),
)  # fmt: skip
