"""Words for things that the code names by a short key: roles, channels, units, days of the week."""

from datetime import datetime

from domain.calendar import WEEKDAYS, Translate
from domain.days import local
from domain.errors import msgid
from domain.roles import Role

ROLES = {
    Role.KIOSK: msgid("ki-ốt"),
    Role.WALL: msgid("màn hình sảnh"),
    Role.CLERK: msgid("cán bộ tiếp nhận"),
    Role.RESULT_OFFICER: msgid("cán bộ trả kết quả"),
    Role.GUIDE: msgid("cán bộ hướng dẫn"),
    Role.SUPERVISOR: msgid("giám sát"),
    Role.MANAGER: msgid("lãnh đạo"),
    Role.ADMINISTRATOR: msgid("quản trị"),
    Role.AUDITOR: msgid("kiểm tra"),
}
CHANNELS = {"direct": msgid("Tại quầy"), "online": msgid("Trực tuyến"), "post": msgid("Qua bưu chính")}
UNITS = {
    "same_day": msgid("trong ngày"),
    "working_day": msgid("%(n)s ngày làm việc"),
    "day": msgid("%(n)s ngày"),
    "hour": msgid("%(n)s giờ"),
    "month": msgid("%(n)s tháng"),
}


def weekday(instant: datetime, translate: Translate) -> str:
    """The local day of the week."""
    return translate(WEEKDAYS[local(instant).weekday()])


def limit(amount: float | None, unit: str | None, translate: Translate) -> str:
    """'3 ngày làm việc'; empty where amount or unit is missing: a missing unit is never guessed."""
    if amount is None or unit is None:
        return ""
    return translate(UNITS[str(unit)]) % {"n": f"{amount:g}"}
