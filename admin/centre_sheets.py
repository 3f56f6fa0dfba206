"""The forms of the configuration as data: which sections there are, and what may be filled in in each.

What is right stands in `domain.centres` alone; here stand only words and the way each value is asked for.
"""

from admin.centre_choices import (
    DAY_KINDS,
    LAYOUTS,
    POLICIES,
    QUEUES,
    SCANNER_KEYS,
    TURNS,
    WIDTHS,
    WINDOWS,
)
from admin.centre_fields import Field, Kind, Sheet
from admin.dossier_sheets import DOSSIERS, PROCEDURES
from admin.outside_sheets import LOOKUPS, PAYMENT
from admin.slip_sheets import EMBLEM, PAPER
from domain.calendar import WEEKDAYS
from domain.centre_axis import Axis
from domain.centre_rules import Booking, DayOverride, Loudness, Window
from domain.centres import (
    Agency,
    Centre,
    Counter,
    Device,
    Hall,
    Person,
    Portal,
    Printer,
    PriorityClass,
    Queue,
    Zone,
)
from domain.errors import msgid
from domain.roles import PERSON_ROLES
from domain.walls import Screen
from web.wording import DEVICES, ROLES

CODE = Field("id", Kind.WORD, msgid("Mã"), msgid("Chữ không dấu, số, gạch nối; không đổi được về sau."))
NAME = Field("name", Kind.TEXTS, msgid("Tên"))
TITLE = Field("name", Kind.WORD, msgid("Tên"))
HALF_DAYS = msgid("Các buổi")
DAYS = dict(enumerate(WEEKDAYS, 1))
WEEK = Field("weekdays", Kind.SEVERAL, msgid("Các ngày trong tuần"), choices=DAYS)
ZONE = Field("zone", Kind.CHOICE, msgid("Khu vực"), source="zones")
AGENCY = Field("agency", Kind.CHOICE, msgid("Cơ quan"), source="agencies")
HALL = Field("hall", Kind.CHOICE, msgid("Sảnh"), source="halls")

NAMES = Sheet(
    "names",
    msgid("Tên và chữ trên phiếu"),
    Centre,
    (
        Field("code", Kind.WORD, msgid("Mã định danh điện tử")),
        Field("name", Kind.TEXTS, msgid("Tên trung tâm")),
        Field("agency_lines", Kind.LINES, msgid("Hai dòng đầu phiếu"), msgid("Mỗi dòng một câu.")),
        Field("province", Kind.WORD, msgid("Tỉnh, thành phố")),
        Field(
            "follow_url", Kind.WORD, msgid("Địa chỉ theo dõi số"),
            msgid("In thành mã QR trên phiếu; để trống thì phiếu không có mã."),
        ),
        Field(
            "online_url", Kind.WORD, msgid("Địa chỉ nộp hồ sơ trực tuyến"),
            msgid("Ki-ốt chỉ cho người không lấy được số hôm nay; để trống thì không nói."), needed=False,
        ),
    ),
)  # fmt: skip
AGENCIES = Sheet(
    "agencies",
    msgid("Cơ quan"),
    Agency,
    (
        CODE,
        NAME,
        Field("code", Kind.WORD, msgid("Mã định danh điện tử")),
        Field(
            "aliases", Kind.LINES, msgid("Các mã cũ"), msgid("Mỗi dòng một mã; hồ sơ cũ vẫn tìm được."),
            needed=False,
        ),
    ),
    "id", ("name",), ("code",),
)  # fmt: skip
HALLS = Sheet("halls", msgid("Sảnh"), Hall, (CODE, NAME), "id", ("name",))
ZONES = Sheet("zones", msgid("Khu vực"), Zone, (CODE, NAME, HALL), "id", ("name",), ("hall",))
PORTAL = Sheet(
    "portal",
    msgid("Cổng Dịch vụ công quốc gia"),
    Centre,
    (
        Field(
            "portal", Kind.PART, msgid("Đồng bộ hồ sơ lên Cổng"), record=Portal,
            parts=(
                Field("adapter_url", Kind.WORD, msgid("Địa chỉ bộ kết nối")),
                Field("auth_endpoint", Kind.WORD, msgid("Đường dẫn đăng nhập")),
                Field("integration_endpoint", Kind.WORD, msgid("Đường dẫn gửi hồ sơ")),
                Field("username", Kind.WORD, msgid("Tên tài khoản"), msgid("Mật khẩu không nằm trong cấu hình.")),
                Field("dstcode", Kind.WORD, msgid("Mã nơi nhận (dstcode)")),
                Field("madonvi", Kind.WORD, msgid("Mã đơn vị (madonvi)")),
            ),
        ),
    ),
)  # fmt: skip
AXIS_PARTS = (
    Field("address", Kind.WORD, msgid("Địa chỉ kết nối Trục")),
    Field("system_id", Kind.WORD, msgid("Mã hệ thống"), msgid("Khóa không nằm trong cấu hình.")),
    Field("organ", Kind.WORD, msgid("Mã định danh của trung tâm trên Trục")),
)
AXIS = Sheet("axis", msgid("Trục liên thông văn bản"), Centre, (
    Field("axis", Kind.PART, msgid("Gửi, nhận văn bản với cơ quan khác"), record=Axis, parts=AXIS_PARTS),
))  # fmt: skip
LINES = Sheet(
    "queues",
    msgid("Hàng chờ"),
    Queue,
    (
        CODE,
        Field("prefix", Kind.WORD, msgid("Chữ cái")),
        Field("title", Kind.TEXTS, msgid("Tên hàng")),
        AGENCY,
        Field("kind", Kind.CHOICE, msgid("Người dân đến để"), choices=QUEUES),
        HALL,
        Field(
            "mean_minutes", Kind.NUMBER, msgid("Số phút cho một người"),
            msgid("Ước lượng lúc đầu; về sau trung tâm tự tính theo số liệu thật."),
        ),
        Field(
            "daily_limit", Kind.NUMBER, msgid("Mỗi ngày nhiều nhất bao nhiêu số"),
            msgid("Để trống: không giới hạn."), needed=False,
        ),
        Field(
            "promise_minutes", Kind.NUMBER, msgid("Hứa gọi trong bao nhiêu phút"),
            msgid("Màn hình điều hành và báo cáo đo theo lời hứa này. Để trống: không hứa."), needed=False,
        ),
        Field(
            "booking", Kind.PART, msgid("Nhận đặt lịch hẹn"), record=Booking,
            parts=(
                Field("times", Kind.SPANS, HALF_DAYS),
                Field("slot_minutes", Kind.NUMBER, msgid("Mỗi khung hẹn (phút)")),
                Field("capacity", Kind.NUMBER, msgid("Số người mỗi khung")),
                Field("days_ahead", Kind.NUMBER, msgid("Đặt trước nhiều nhất (ngày)")),
                WEEK,
            ),
        ),
    ),
    "id", ("prefix", "title"), ("agency", "hall", "kind"),
)  # fmt: skip
COUNTERS = Sheet(
    "counters",
    msgid("Quầy"),
    Counter,
    (
        Field("number", Kind.NUMBER, msgid("Số quầy"), msgid("Không đổi được về sau.")),
        ZONE,
        Field("queues", Kind.SEVERAL, msgid("Hàng phục vụ trước"), source="queues"),
        Field(
            "secondary", Kind.SEVERAL, msgid("Hàng phục vụ sau"),
            msgid("Gọi khi không còn ai ở các hàng phục vụ trước."), source="queues",
        ),
        Field("accessible", Kind.YES, msgid("Xe lăn đến được")),
        Field("way", Kind.TEXTS, msgid("Đường đi từ cửa chính")),
        Field(
            "turn", Kind.CHOICE, msgid("Mũi tên chỉ đường"),
            msgid("Hướng đi từ cửa chính; để trống: mũi tên thường."), needed=False, choices=TURNS,
        ),
    ),
    "number", ("number",), ("zone", "queues", "secondary", "accessible"),
)  # fmt: skip
CLASSES = Sheet(
    "classes",
    msgid("Diện ưu tiên"),
    PriorityClass,
    (
        CODE,
        Field("label", Kind.TEXTS, msgid("Tên diện")),
        Field("credit_minutes", Kind.NUMBER, msgid("Tính như đến sớm hơn (phút)")),
        Field("legal_basis", Kind.WORD, msgid("Căn cứ pháp lý")),
        Field("evidence", Kind.YES, msgid("Hỏi giấy tờ chứng minh")),
        Field("effective_from", Kind.DATE, msgid("Áp dụng từ ngày"), msgid("Để trống: đã áp dụng."), needed=False),
    ),
    "id", ("label",), ("credit_minutes", "legal_basis", "effective_from"),
)  # fmt: skip
CALLING = Sheet(
    "calling",
    msgid("Cách gọi số"),
    Centre,
    (
        Field("calling.policy", Kind.CHOICE, msgid("Thứ tự gọi"), choices=POLICIES),
        Field(
            "calling.ratio", Kind.NUMBER, msgid("Số người ưu tiên rồi mới đến một người thường"),
            msgid("Chỉ dùng với cách “Mấy người ưu tiên rồi một người thường”."),
        ),
        Field("calling.grace_minutes", Kind.NUMBER, msgid("Giữ chỗ cho người vắng (phút)")),
        Field("calling.late_minutes", Kind.NUMBER, msgid("Đến hẹn muộn được (phút)")),
        Field("calling.appointment_credit_minutes", Kind.NUMBER, msgid("Người có hẹn tính sớm hơn giờ hẹn (phút)")),
        Field("calling.places_back", Kind.NUMBER, msgid("Xin thêm thời gian thì lùi mấy chỗ")),
        Field("calling.auto_call", Kind.YES, msgid("Tự gọi số tiếp khi quầy rảnh")),
    ),
)  # fmt: skip
HOURS = Sheet(
    "hours",
    msgid("Giờ làm việc"),
    Centre,
    (
        Field("hours.half_days", Kind.SPANS, HALF_DAYS),
        Field(
            "hours.cut_off", Kind.TIME, msgid("Giờ chốt nhận trong ngày"),
            msgid("Hồ sơ trả trong ngày nhận sau giờ này thì hẹn ngày làm việc sau."),
        ),
        Field(
            "hours.opens_day", Kind.TIME, msgid("Tự mở ngày làm việc lúc"),
            msgid("Để trống: mở khi có việc đầu tiên."), needed=False,
        ),
    ),
)  # fmt: skip
TIMES = Sheet(
    "windows",
    msgid("Khung giờ riêng"),
    Window,
    (
        Field("kind", Kind.CHOICE, msgid("Khung giờ của"), choices=WINDOWS),
        Field("times", Kind.SPANS, HALF_DAYS),
        WEEK,
        Field("queues", Kind.SEVERAL, msgid("Hàng"), msgid("Không chọn hàng nào: mọi hàng."), source="queues"),
    ),
    "", ("kind", "times"), ("weekdays", "queues"),
)  # fmt: skip
DAYS_OFF = Sheet(
    "days",
    msgid("Ngày nghỉ và làm bù"),
    DayOverride,
    (
        Field("date", Kind.DATE, msgid("Ngày"), msgid("Không đổi được về sau; nhầm ngày thì bỏ rồi thêm lại.")),
        Field("kind", Kind.CHOICE, msgid("Ngày này"), choices=DAY_KINDS),
        Field("reason", Kind.WORD, msgid("Theo quyết định nào")),
    ),
    "date", ("date",), ("kind", "reason"),
)  # fmt: skip
PEOPLE = Sheet(
    "people",
    msgid("Người làm việc"),
    Person,
    (
        CODE,
        TITLE,
        Field("login", Kind.WORD, msgid("Tên đăng nhập")),
        Field(
            "roles", Kind.SEVERAL, msgid("Vai trò"),
            choices={role: word for role, word in ROLES.items() if role in PERSON_ROLES},
        ),
        AGENCY,
        Field(
            "counter", Kind.CHOICE, msgid("Quầy thường ngồi"), msgid("Để trống: không có quầy riêng."),
            needed=False, source="counters",
        ),
    ),
    "id", ("name",), ("roles", "agency", "counter"),
)  # fmt: skip
SCREENS = Sheet(
    "devices",
    msgid("Ki-ốt, màn hình, thiết bị"),
    Device,
    (
        CODE,
        TITLE,
        Field("kind", Kind.CHOICE, msgid("Loại"), choices=DEVICES),
        ZONE,
        Field(
            "printer", Kind.CHOICE, msgid("Máy in của ki-ốt"), msgid("Để trống: không in."), needed=False,
            source="printers",
        ),
        Field(
            "counter", Kind.CHOICE, msgid("Quầy của máy tính bảng hoặc màn hình cửa quầy"),
            msgid("Các thiết bị khác để trống."), needed=False, source="counters",
        ),
        Field(
            "screen", Kind.PART, msgid("Màn hình sảnh: cách bày và cỡ chữ"),
            msgid("Chỉ cho màn hình sảnh. Cỡ chữ tính theo cỡ màn hình và chỗ ngồi xa nhất."), record=Screen,
            parts=(
                Field("layout", Kind.CHOICE, msgid("Cách bày"), choices=LAYOUTS),
                Field("inches", Kind.NUMBER, msgid("Cỡ màn hình (inch)")),
                Field("depth_metres", Kind.NUMBER, msgid("Chỗ xa nhất phải đọc được (mét)")),
                Field(
                    "pictures_after_seconds", Kind.NUMBER, msgid("Chiếu ảnh, phim sau mấy giây không gọi ai"),
                    msgid("Để trống: không chiếu."), needed=False,
                ),
            ),
        ),
    ),
    "id", ("name",), ("kind", "zone", "printer", "counter"),
)  # fmt: skip
PRINTERS = Sheet(
    "printers",
    msgid("Máy in"),
    Printer,
    (
        CODE,
        TITLE,
        Field("address", Kind.WORD, msgid("Cách nối máy in"), msgid("Ví dụ tcp://192.168.1.50:9100")),
        Field("width", Kind.CHOICE, msgid("Bề ngang in"), choices=WIDTHS),
        Field(
            "fallback", Kind.CHOICE, msgid("Máy in thay"),
            msgid("Khi máy này không in được. Để trống: phiếu chờ máy này."), needed=False, source="printers",
        ),
        Field(
            "slip_minutes", Kind.NUMBER, msgid("Bỏ phiếu chưa in sau (phút)"),
            msgid("Phiếu cũ hơn không còn ích gì cho người dân; số của họ vẫn giữ nguyên."),
        ),
        Field(
            "roll_metres", Kind.NUMBER, msgid("Độ dài một cuộn giấy (mét)"),
            msgid("Để báo trước khi hết, với máy không có cảm biến giấy."),
        ),
        Field(
            "daily_test", Kind.YES, msgid("In trang thử mỗi sáng"),
            msgid("Khi mở ngày làm việc; người lấy số luôn được in trước."),
        ),
        Field(
            "native_qr", Kind.YES, msgid("Để máy in tự vẽ mã QR"),
            msgid("Chỉ cho máy nối bằng đường truyền chậm và đã in đúng mã này ở trang thử."),
        ),
    ),
    "id", ("name",), ("address", "width"),
)  # fmt: skip
SCANNER = Sheet(
    "scanner",
    msgid("Máy quét ở quầy"),
    Centre,
    (
        Field(
            "scanner.prefix", Kind.CHOICE, msgid("Phím máy quét gửi trước mã"),
            msgid("Mọi máy quét ở quầy phải được đặt phím này."), choices=SCANNER_KEYS,
        ),
    ),
)  # fmt: skip
VOICE = Sheet(
    "voice",
    msgid("Loa đọc số"),
    Centre,
    (
        Field(
            "voice.pack", Kind.WORD, msgid("Bộ giọng đọc"),
            msgid("vi-north, vi-central, vi-south, hoặc bộ của trung tâm; xem trang “Loa”."),
        ),
        Field(
            "voice.second", Kind.WORD, msgid("Bộ giọng đọc thứ hai"),
            msgid("Đọc sau tiếng thứ nhất, như en hoặc fr. Để trống: chỉ đọc một thứ tiếng."), needed=False,
        ),
        Field("voice.chime", Kind.YES, msgid("Chuông trước khi đọc")),
        Field(
            "voice.repeats", Kind.NUMBER, msgid("Đọc lại mấy lần"),
            msgid("Khi từ ba lượt gọi phải đợi, loa thôi đọc lại, rồi thôi tiếng thứ hai, rồi thôi chuông."),
        ),
        Field(
            "voice.quiet", Kind.SPANS, msgid("Giờ không đọc loa"),
            msgid("Số vẫn hiện trên màn hình. Có thể qua nửa đêm, như 22:00–06:00. Để trống: đọc suốt ngày."),
            needed=False,
        ),
    ),
)  # fmt: skip
VOLUMES = Sheet(
    "volumes",
    msgid("Âm lượng theo khu và giờ"),
    Loudness,
    (
        ZONE,
        Field("times", Kind.SPANS, msgid("Trong các giờ")),
        Field("percent", Kind.NUMBER, msgid("Âm lượng (%)"), msgid("Ngoài các giờ này: 100. Số 0: không đọc.")),
    ),
    "", ("zone", "times"), ("percent",),
)  # fmt: skip
GROUPS: tuple[tuple[str, tuple[Sheet, ...]], ...] = (
    (msgid("Hàng và quầy"), (LINES, COUNTERS, CLASSES, CALLING)),
    (msgid("Giờ và ngày"), (HOURS, TIMES, DAYS_OFF)),
    (msgid("Người và thiết bị"), (PEOPLE, SCREENS, PRINTERS, SCANNER, VOICE, VOLUMES)),
    (msgid("Hồ sơ"), (PROCEDURES, DOSSIERS)),
    (msgid("Phiếu giấy"), (PAPER, EMBLEM)),
    (msgid("Trung tâm"), (NAMES, AGENCIES, HALLS, ZONES, PORTAL, AXIS, PAYMENT, LOOKUPS)),
)
SHEETS = {sheet.key: sheet for _, sheets in GROUPS for sheet in sheets}
