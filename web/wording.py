"""Words for things that the code names by a short key: roles, channels, units, days of the week."""

from collections.abc import Collection, Mapping
from datetime import datetime

from domain.admission import Reason
from domain.announcements import Outcome
from domain.calendar import WEEKDAYS, Translate
from domain.centres import DeviceKind
from domain.days import local
from domain.errors import msgid
from domain.explaining import Why
from domain.papers import SlipState
from domain.roles import Role
from domain.stopping import REASONS, listed
from store.centres import Stop
from store.instants import moment

ROLES = {
    Role.KIOSK: msgid("ki-ốt"),
    Role.WALL: msgid("màn hình sảnh"),
    Role.TABLET: msgid("máy tính bảng đánh giá"),
    Role.CLERK: msgid("cán bộ tiếp nhận"),
    Role.RESULT_OFFICER: msgid("cán bộ trả kết quả"),
    Role.GUIDE: msgid("cán bộ hướng dẫn"),
    Role.SUPERVISOR: msgid("giám sát"),
    Role.MANAGER: msgid("lãnh đạo"),
    Role.ADMINISTRATOR: msgid("quản trị"),
    Role.AUDITOR: msgid("kiểm tra"),
    Role.RECEIVER: msgid("bên nhận tin"),
}
DEVICES = {
    DeviceKind.KIOSK: ROLES[Role.KIOSK],
    DeviceKind.WALL: ROLES[Role.WALL],
    DeviceKind.TABLET: ROLES[Role.TABLET],
    DeviceKind.AGENT: msgid("chương trình in"),
}
SLIP_ENDS: Mapping[str, str] = {
    SlipState.CONFIRMED: msgid("đã ra giấy"),
    SlipState.SENT: msgid("đã gửi, máy in không trả lời"),
    SlipState.UNKNOWN: msgid("không rõ đã in hay chưa"),
    SlipState.EXPIRED: msgid("quá giờ, chưa in"),
}
REFUSALS: Mapping[str, str] = {
    Reason.CLOSING: msgid("không kịp trước giờ đóng cửa"),
    Reason.DAILY_LIMIT: msgid("hết số trong ngày"),
    Reason.OUTSIDE_WINDOW: msgid("ngoài giờ lấy số"),
}
SPEECH_ENDS: Mapping[str, str] = {
    Outcome.SPOKEN: msgid("đã đọc"),
    Outcome.LATE: msgid("quá 90 giây, chỉ hiện trên màn hình"),
    Outcome.QUIET: msgid("giờ không đọc loa"),
    Outcome.VOID: msgid("đã rút lại, không đọc"),
    Outcome.BROKEN: msgid("tiếng hỏng, chỉ hiện trên màn hình"),
    Outcome.UNSURE: msgid("mất màn hình khi đang đọc"),
}
CHANNELS = {"direct": msgid("Tại quầy"), "online": msgid("Trực tuyến"), "post": msgid("Qua bưu chính")}
OUTCOMES = {
    "received": msgid("Đã tiếp nhận"),
    "incomplete": msgid("Yêu cầu bổ sung"),
    "refused": msgid("Từ chối tiếp nhận"),
    "advised": msgid("Đã hướng dẫn"),
    "collected": msgid("Đã trả kết quả"),
}
OUT_OF_ORDER = {
    "returned": msgid("đã gọi mà vắng, nay có mặt"),
    "parked": msgid("tạm gác ở quầy này"),
    "urgent": msgid("việc khẩn"),
    "frail": msgid("người yếu, không chờ được"),
    "same-visit": msgid("đi cùng người vừa phục vụ"),
    "mistake": msgid("trung tâm đã xếp nhầm hàng"),
}
NOTED = msgid("lý do đã được ghi")
TRANSFER_NOTES = {
    "next-step": msgid("bước tiếp theo của hồ sơ"),
    "other-queue": msgid("lấy nhầm hàng"),
    "supplement": msgid("bổ sung giấy tờ"),
    "collect": msgid("nhận kết quả"),
    "expert": msgid("cần cán bộ chuyên môn"),
    "other": msgid("việc khác"),
}
PARK_NOTES = {
    "form": msgid("viết tờ khai"),
    "paper": msgid("lấy thêm giấy tờ"),
    "payment": msgid("nộp phí"),
    "scan": msgid("chụp, sao giấy tờ"),
    "other": msgid("việc khác"),
}
PAUSE_REASONS = {
    "break": msgid("nghỉ giải lao"),
    "meeting": msgid("họp"),
    "errand": msgid("lấy hồ sơ, giấy tờ"),
    "system": msgid("hệ thống trục trặc"),
    "other": msgid("việc khác"),
}
MOVES = {
    "call": msgid("gọi số"),
    "recall": msgid("gọi lại"),
    "start": msgid("bắt đầu"),
    "absent": msgid("báo vắng"),
    "finish": msgid("kết thúc"),
    "park": msgid("tạm gác"),
    "transfer": msgid("chuyển"),
    "return": msgid("đã quay lại"),
    "rekey": msgid("sửa diện ưu tiên"),
    "delay": msgid("cho thêm thời gian"),
    "leave": msgid("không chờ nữa"),
    "issue": msgid("thêm số"),
    "pause": msgid("tạm nghỉ"),
    "take-over": msgid("nhận quầy"),
}
UNITS = {
    "same_day": msgid("trong ngày"),
    "working_day": msgid("%(n)s ngày làm việc"),
    "day": msgid("%(n)s ngày"),
    "hour": msgid("%(n)s giờ"),
    "month": msgid("%(n)s tháng"),
}


def clock(minutes: float) -> str:
    """A minute of the day as '16:40'; the next day's begin anew."""
    return f"{int(minutes) // 60 % 24:02d}:{int(minutes) % 60:02d}"


def weekday(instant: datetime, translate: Translate) -> str:
    """The local day of the week."""
    return translate(WEEKDAYS[local(instant).weekday()])


def stop(found: Stop | None, translate: Translate) -> str:
    """Why a queue takes nobody new and until when: 'mất điện, đến 15:30'; empty when it does."""
    if found is None:
        return ""
    key = listed(found.reason)
    reason = translate(REASONS[key]) if key else found.reason
    if found.until is None:
        return reason
    return translate(msgid("%(reason)s, đến %(time)s")) % {
        "reason": reason, "time": f"{local(moment(found.until)):%H:%M}"
    }  # fmt: skip


def explained(why: Why, translate: Translate) -> str:
    """'Vì sao số này?' as one sentence; a call out of order with its reason."""
    told = translate(why.text) % why.times
    return f"{told}: {translate(OUT_OF_ORDER[why.reason])}" if why.reason else told


def limit(amount: float | None, unit: str | None, translate: Translate) -> str:
    """'3 ngày làm việc'; empty where amount or unit is missing: a missing unit is never guessed."""
    if amount is None or unit is None:
        return ""
    return translate(UNITS[str(unit)]) % {"n": f"{amount:g}"}


def translated(
    words: Mapping[str, str], translate: Translate, leave_out: Collection[str] = ()
) -> list[tuple[str, str]]:
    """A list to choose from: key and word, in the order written here."""
    return [(key, translate(text)) for key, text in words.items() if key not in leave_out]
