"""What the forms of the configuration offer to choose from, in words."""

from domain.calendar import DayKind
from domain.centre_rules import Policy, WindowKind
from domain.centres import QueueKind, Turn
from domain.deadlines import Unit
from domain.errors import msgid
from domain.walls import Layout

POLICIES = {
    Policy.DUE: msgid("Giờ đến, có phút ưu tiên"),
    Policy.STRICT: msgid("Ưu tiên trước hết"),
    Policy.RATIO: msgid("Mấy người ưu tiên rồi một người thường"),
    Policy.FIRST_COME: msgid("Đến trước gọi trước"),
}
QUEUES = {QueueKind.RECEPTION: msgid("nộp hồ sơ"), QueueKind.RESULTS: msgid("lấy kết quả")}
WINDOWS = {WindowKind.TICKETS: msgid("giờ phát số"), WindowKind.SERVICE: msgid("giờ các quầy phục vụ")}
DAY_KINDS = {
    DayKind.OFF: msgid("nghỉ"),
    DayKind.WORKING: msgid("làm việc"),
    DayKind.HALF: msgid("chỉ làm buổi sáng"),
}
UNITS = {
    Unit.SAME_DAY: msgid("trả trong ngày"),
    Unit.WORKING_DAY: msgid("ngày làm việc"),
    Unit.DAY: msgid("ngày theo lịch"),
    Unit.HOUR: msgid("giờ làm việc"),
    Unit.MONTH: msgid("tháng"),
}
WIDTHS = {
    384: msgid("384 điểm (giấy 58 mm)"),
    512: msgid("512 điểm (giấy 80 mm)"),
    576: msgid("576 điểm (giấy 80 mm)"),
}
TURNS = {
    Turn.LEFT: msgid("rẽ trái"),
    Turn.AHEAD: msgid("đi thẳng"),
    Turn.RIGHT: msgid("rẽ phải"),
    Turn.UP: msgid("lên tầng trên"),
    Turn.DOWN: msgid("xuống tầng dưới"),
}
LAYOUTS = {
    Layout.HALL: msgid("cả sảnh, màn hình ngang"),
    Layout.PORTRAIT: msgid("cả sảnh, màn hình dọc"),
    Layout.DOOR: msgid("một quầy, treo ở cửa quầy"),
}
SCANNER_KEYS = {key: key for key in ("F9", "F10", "F6", "F4", "F3", "F1", "STX")}
