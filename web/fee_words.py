"""Words for money and look-ups: kinds, states and means of fees, databases and what they said, sums of đồng."""

from collections.abc import Mapping

from domain.errors import msgid
from domain.fees import FeeKind, FeeState, Means, Relief, Timing
from domain.lookups import Agreement, Database, Outcome, Reason

KINDS: Mapping[str, str] = {FeeKind.CHARGE: msgid("phí"), FeeKind.DUTY: msgid("lệ phí")}
TIMINGS: Mapping[str, str] = {
    Timing.BEFORE: msgid("thu trước"),
    Timing.AFTER: msgid("thu sau"),
    Timing.EXEMPT: msgid("đối tượng miễn"),
}
RELIEFS: Mapping[str, str] = {Relief.EXEMPTED: msgid("miễn"), Relief.REDUCED: msgid("giảm")}
STATES: Mapping[str, str] = {
    FeeState.UNPAID: msgid("chưa thanh toán"),
    FeeState.PENDING: msgid("chờ thanh toán"),
    FeeState.PAID: msgid("đã thanh toán"),
    FeeState.CANCELLED: msgid("đã hủy"),
    FeeState.REFUNDED: msgid("đã hoàn phí"),
}
MEANS: Mapping[str, str] = {
    Means.ONLINE: msgid("trực tuyến"),
    Means.CASH: msgid("tiền mặt"),
    Means.TRANSFER: msgid("chuyển khoản"),
}
TROUBLES: Mapping[str, str] = {
    "nobody-asked": msgid("không có khoản thu nào với mã này"),
    "other-amount": msgid("số tiền khác số phải nộp"),
    "not-owed": msgid("khoản thu đã nộp hoặc đã hủy"),
}
DATABASES: Mapping[Database, str] = {
    Database.POPULATION: msgid("dân cư"),
    Database.LAND: msgid("đất đai"),
    Database.ENTERPRISE: msgid("doanh nghiệp"),
    Database.INSURANCE: msgid("bảo hiểm"),
    Database.FINANCE: msgid("tài chính"),
}
LOOKUP_ENDS: Mapping[str, str] = {
    Outcome.FOUND: msgid("đã đối chiếu"),
    Outcome.NOT_FOUND: msgid("không có trong cơ sở dữ liệu"),
    Outcome.UNVERIFIED: msgid("chưa đối chiếu"),
}
AGREEMENTS: Mapping[str, str] = {
    Agreement.AGREES: msgid("khớp"),
    Agreement.DIFFERS: msgid("không khớp"),
    Agreement.UNKNOWN: msgid("không rõ"),
}
UNVERIFIED: Mapping[str, str] = {
    Reason.NOT_CONNECTED: msgid("trung tâm chưa kết nối"),
    Reason.TIMEOUT: msgid("không trả lời kịp"),
    Reason.UNREACHABLE: msgid("không kết nối được"),
    Reason.RESTING: msgid("đang ngừng, sẽ thử lại sau một phút"),
    Reason.REFUSED: msgid("từ chối trả lời"),
    Reason.UNREADABLE: msgid("trả lời không đọc được"),
}


def dong(amount: int) -> str:
    """'8.000': a sum as it is written in Vietnam."""
    return f"{amount:,}".replace(",", ".")
