"""What happened, in words: for every kind of event its name and a sentence with the event's own values.

What outsiders wrote (the portal's answers, a printer's note) is left out: nobody has looked it over.
"""

from admin.centre import OTHERS
from admin.portal_telling import OF_THE_PORTAL
from admin.told import Clause, Told
from domain import dossier_events as d
from domain import events as e
from domain import fee_events as f
from domain import file_events as files
from domain import hall_events as h
from domain import letter_events as letter
from domain import queue_events as q
from domain.errors import msgid
from domain.keeping_events import DataRemoved
from domain.lookup_events import LookupMade

CLASS: Clause = ("priority", msgid("Diện: %(priority)s."))
OF_DAYS = {
    q.DayOpened: Told(
        msgid("mở ngày"),
        msgid("Mở ngày làm việc số %(day)s (%(label)s)."),
        (
            ("confirmed", msgid("Người quản trị đã xác nhận ngày này.")),
            ("repaired", msgid("Mở tay sau khi đồng hồ sai.")),
        ),
    ),
    q.QueueKept: Told(msgid("giữ qua đêm"), msgid("Giữ hàng %(queue)s qua đêm: %(reason)s.")),
    q.QueueStopped: Told(
        msgid("dừng hàng"),
        msgid("Hàng %(queue)s tạm dừng: %(reason)s."),
        (("until", msgid("Đến %(until)s.")),),
    ),
    q.QueueResumed: Told(msgid("mở lại hàng"), msgid("Hàng %(queue)s nhận người trở lại.")),
}
OF_COUNTERS = {
    q.ShiftOpened: Told(msgid("vào quầy"), msgid("%(person)s vào quầy %(counter)s.")),
    q.ShiftClosed: Told(msgid("rời quầy"), msgid("%(person)s rời quầy %(counter)s.")),
    q.ShiftTaken: Told(msgid("nhận quầy"), msgid("%(person)s nhận quầy %(counter)s của %(before)s.")),
    q.SkillsSet: Told(
        msgid("đổi hàng của quầy"),
        msgid("Quầy %(counter)s đổi hàng phục vụ."),
        (
            ("queues", msgid("Hàng chính: %(queues)s.")),
            ("secondary", msgid("Hàng phụ: %(secondary)s.")),
        ),
    ),
    q.CounterPaused: Told(msgid("tạm nghỉ"), msgid("Quầy %(counter)s tạm nghỉ %(minutes)s phút: %(reason)s.")),
    q.CounterResumed: Told(msgid("hết nghỉ"), msgid("Quầy %(counter)s làm việc trở lại.")),
    q.HelpCalled: Told(msgid("gọi trợ giúp"), msgid("%(person)s ở quầy %(counter)s gọi trợ giúp.")),
    q.HelpEnded: Told(
        msgid("thôi gọi trợ giúp"),
        msgid("Quầy %(counter)s thôi gọi trợ giúp."),
        (("false_alarm", msgid("Đó là bấm nhầm.")),),
    ),
}
OF_TICKETS = {
    q.TicketIssued: Told(
        msgid("cấp số"),
        msgid("Cấp số %(ticket)s ở hàng %(queue)s: %(ahead)s người trước, mốc gọi %(key)s."),
        (
            CLASS,
            ("slot", msgid("Lịch hẹn %(slot)s.")),
            ("came", msgid("Đến thật lúc %(came)s.")),
            ("counter", msgid("Quầy %(counter)s cấp.")),
            ("override", msgid("Lý do cấp ngoài giờ nhận: %(override)s.")),
        ),
    ),
    q.NumberRefused: Told(msgid("chưa cấp số"), msgid("Có người chưa lấy được số ở hàng %(queue)s: %(reason)s.")),
    q.EstimatesKept: Told(msgid("lưu ước tính"), msgid("Lưu ước tính thời gian chờ của các số mới đến.")),
    q.PaperVisit: Told(
        msgid("lượt ghi tay"),
        msgid("Số %(ticket)s đã được quầy %(served_at)s phục vụ từ %(called)s đến %(ended)s, nhập lại từ giấy."),
    ),
    q.TicketCalled: Told(
        msgid("gọi số"),
        msgid("Quầy %(counter)s gọi số %(ticket)s."),
        (
            ("reason", msgid("Ngoài thứ tự: %(reason)s.")),
            ("runner_up", msgid("Kế tiếp là số %(runner_up)s.")),
        ),
    ),
    q.TicketRecalled: Told(msgid("gọi lại"), msgid("Quầy %(counter)s gọi lại số %(ticket)s.")),
    q.ServiceStarted: Told(msgid("bắt đầu phục vụ"), msgid("Số %(ticket)s đã đến quầy %(counter)s.")),
    q.TicketParked: Told(msgid("tạm gác số"), msgid("Quầy %(counter)s tạm gác số %(ticket)s: %(note)s.")),
    q.TicketTransferred: Told(
        msgid("chuyển số"),
        msgid("Quầy %(counter)s chuyển số %(ticket)s sang hàng %(queue)s: %(note)s."),
        (
            ("for_counter", msgid("Chỉ quầy %(for_counter)s gọi.")),
            ("for_person", msgid("Chỉ %(for_person)s gọi.")),
        ),
    ),
    q.TicketReturned: Told(
        msgid("người vắng quay lại"),
        msgid("Người giữ số %(ticket)s quay lại, mốc gọi %(key)s."),
        (("within_grace", msgid("Còn trong thời gian giữ chỗ.")),),
    ),
    q.TicketRekeyed: Told(
        msgid("đổi thứ tự"),
        msgid("Số %(ticket)s đổi mốc gọi thành %(key)s: %(reason)s."),
        (CLASS,),
    ),
    q.TicketLeft: Told(msgid("thôi chờ"), msgid("Người giữ số %(ticket)s không chờ nữa.")),
    q.ActUndone: Told(
        msgid("hoàn tác việc"),
        msgid("Hoàn tác việc số %(act)s."),
        (
            ("ticket", msgid("Số %(ticket)s trở lại như trước việc đó.")),
            ("withdrawn", msgid("Lời gọi được rút lại.")),
        ),
    ),
    q.TicketFinished: Told(
        msgid("kết thúc lượt"), msgid("Quầy %(counter)s kết thúc lượt của số %(ticket)s: %(outcome)s.")
    ),
    # Neither whose visit nor which face: an auditor may sit at a counter, too.
    q.VisitRated: Told(msgid("đánh giá"), msgid("Một lượt ở quầy %(counter)s được đánh giá.")),
    q.WordsRead: Told(
        msgid("đọc ý kiến"), msgid("Đọc ý kiến về hàng %(queue)s của ngày làm việc số %(business_day)s.")
    ),
    q.TicketMissed: Told(msgid("báo vắng số"), msgid("Quầy %(counter)s gọi số %(ticket)s mà không ai đến.")),
}
OF_APPOINTMENTS = {
    q.AppointmentBooked: Told(
        msgid("đặt hẹn"),
        msgid("Một lịch hẹn ở hàng %(queue)s lúc %(slot)s."),
        (("by_staff", msgid("Cán bộ đặt giúp.")),),
    ),
    q.AppointmentMoved: Told(msgid("dời hẹn"), msgid("Lịch hẹn %(appointment)s dời sang %(slot)s.")),
    q.AppointmentCancelled: Told(msgid("hủy hẹn"), msgid("Hủy lịch hẹn %(appointment)s: %(reason)s.")),
    q.AppointmentKept: Told(msgid("đến hẹn"), msgid("Lịch hẹn %(appointment)s nhận số %(ticket)s.")),
}
OF_THE_CENTRE = {
    e.CentreLoaded: Told(
        msgid("áp dụng cấu hình"),
        msgid("Cấu hình mới có hiệu lực."),
        (("plan", msgid("Theo kế hoạch %(plan)s.")),),
    ),
    e.CentrePlanned: Told(msgid("lập kế hoạch cấu hình"), msgid("Cấu hình mới sẽ có hiệu lực từ %(effective)s.")),
    e.CentrePlanCancelled: Told(
        msgid("hủy kế hoạch cấu hình"),
        msgid("Hủy kế hoạch cấu hình %(plan)s."),
        (("reason", msgid("Vì trái quy tắc lúc áp dụng.")),),
    ),
    e.CalendarLoaded: Told(msgid("nạp lịch làm việc"), msgid("Nạp lịch làm việc, phiên bản %(version)s.")),
    e.ProcedureListed: Told(msgid("nạp thủ tục"), msgid("Thêm hoặc đổi thủ tục %(procedure)s.")),
}
OF_PEOPLE = {
    e.PersonAdded: Told(msgid("cho người vào làm"), msgid("%(person)s được làm việc với vai trò: %(roles)s.")),
    e.PersonSignedIn: Told(msgid("đăng nhập"), msgid("%(person)s đăng nhập.")),
    e.PersonSignedOut: Told(msgid("đăng xuất"), msgid("%(person)s đăng xuất.")),
    e.PersonLocked: Told(msgid("khóa màn hình"), msgid("Màn hình của %(person)s được khóa.")),
    e.PersonUnlocked: Told(msgid("mở khóa màn hình"), msgid("Màn hình của %(person)s được mở khóa.")),
    e.KeysChosen: Told(
        msgid("chọn phím tắt"),
        msgid("%(person)s đổi phím tắt ở quầy."),
        (("off", msgid("Đã tắt phím.")),),
    ),
    e.PasswordSet: Told(msgid("đặt mật khẩu"), msgid("%(person)s có mật khẩu mới.")),
    e.TokenGiven: Told(msgid("cấp khóa truy cập"), msgid("Cấp khóa truy cập %(token)s cho %(holder)s: %(label)s.")),
    e.TokenRevoked: Told(msgid("thu hồi khóa truy cập"), msgid("Thu hồi khóa truy cập %(token)s.")),
    e.DevicePaired: Told(msgid("ghép thiết bị"), msgid("Ghép thiết bị %(device)s.")),
    e.DeviceRevoked: Told(msgid("thu hồi thiết bị"), msgid("Thu hồi thiết bị %(device)s.")),
    e.DeviceStopped: Told(
        msgid("tạm ngừng ki-ốt"),
        msgid("Ki-ốt %(device)s tạm ngừng: %(reason)s."),
        (("until", msgid("Đến %(until)s.")),),
    ),
    e.DeviceResumed: Told(msgid("mở lại ki-ốt"), msgid("Ki-ốt %(device)s cấp số trở lại.")),
    e.DeviceReloadAsked: Told(msgid("tải lại màn hình"), msgid("Cho màn hình %(device)s tải lại trang.")),
    h.BulletinPosted: Told(
        msgid("treo thông báo"),
        msgid("Treo thông báo trên màn hình của sảnh %(hall)s từ %(starts)s: %(vi)s"),
        (("ends", msgid("Đến %(ends)s.")),),
    ),
    h.BulletinTakenDown: Told(msgid("gỡ thông báo"), msgid("Gỡ thông báo số %(bulletin)s khỏi màn hình.")),
    h.AnnouncementEnded: Told(msgid("loa đọc"), msgid("Loa khu %(zone)s, thông báo số %(seq)s: %(outcome)s.")),
    h.VoiceTestAsked: Told(msgid("thử loa"), msgid("Cho màn hình %(device)s đọc thử.")),
    h.VoiceClipRecorded: Told(msgid("thu giọng"), msgid("Thu đoạn %(token)s của bộ giọng %(pack)s.")),
    h.VoicePackFinished: Told(
        msgid("xong bộ giọng"), msgid("Bộ giọng %(pack)s (%(language)s) có %(clips)s đoạn, dùng được.")
    ),
    e.JournalExported: Told(
        msgid("chép nhật ký"),
        msgid("Chép ra nhật ký từ số %(first)s đến số %(last)s."),
        (
            ("kind", msgid("Chỉ loại việc: %(kind)s.")),
            ("who", msgid("Chỉ việc của %(who)s.")),
            ("counter", msgid("Chỉ quầy %(counter)s.")),
            ("ticket", msgid("Chỉ số %(ticket)s.")),
        ),
    ),
}
OF_DOSSIERS = {
    d.DossierReceived: Told(
        msgid("tiếp nhận hồ sơ"),
        msgid("Quầy %(counter)s tiếp nhận hồ sơ %(code)s."),
        (
            ("ticket", msgid("Của số %(ticket)s.")),
            ("due", msgid("Hẹn trả %(due)s.")),
        ),
    ),
    d.ReceiptReprinted: Told(
        msgid("in lại giấy tiếp nhận"),
        msgid("In lại giấy tiếp nhận của hồ sơ %(code)s (bản %(copy)s) ở máy %(printer)s."),
    ),
    d.DossierArrived: Told(
        msgid("hồ sơ trực tuyến đến"),
        msgid("Cổng chuyển đến hồ sơ %(code)s."),
        (("answer_by", msgid("Trả lời trước %(answer_by)s.")),),
    ),
    d.DossierStepped: Told(
        msgid("xử lý hồ sơ"),
        msgid("Hồ sơ %(code)s, bước %(number)s: %(act)s. Trạng thái %(before)s thành %(after)s."),
        (
            ("unit", msgid("Hồ sơ ở %(unit)s.")),
            ("due", msgid("Hẹn trả %(due)s.")),
            ("beyond", msgid("Người giám sát làm ngoài bảng chuyển trạng thái.")),
        ),
    ),
    d.DossierCorrected: Told(msgid("sửa thông tin hồ sơ"), msgid("%(person)s sửa thông tin của hồ sơ %(code)s.")),
    d.VisitTurned: Told(
        msgid("chưa nhận hồ sơ"),
        msgid("Quầy %(counter)s chưa nhận hồ sơ thủ tục %(procedure)s: %(way)s."),
        (("ticket", msgid("Của số %(ticket)s.")),),
    ),
    d.ReferenceNoted: Told(
        msgid("ghi mã của bộ"),
        msgid("Quầy %(counter)s ghi mã %(reference)s của thủ tục %(procedure)s ở hệ thống %(system)s."),
        (("ticket", msgid("Của số %(ticket)s.")),),
    ),
    d.IdentityRevealed: Told(
        msgid("xem số giấy tờ"), msgid("%(person)s xem số giấy tờ trong hồ sơ %(code)s: %(reason)s.")
    ),
}
OF_WORK = {
    e.SlipReprinted: Told(
        msgid("in lại phiếu số"), msgid("In lại phiếu của số %(ticket)s (bản %(copy)s) ở máy %(printer)s.")
    ),
    e.SlipEnded: Told(
        msgid("in xong"),
        msgid("Việc in %(job)s: %(state)s."),
        (("grade", msgid("Căn cứ: %(grade)s.")),),
    ),
    e.SlipMoved: Told(
        msgid("chuyển máy in"), msgid("Việc in %(job)s chuyển từ máy %(before)s sang máy %(printer)s.")
    ),
    e.PrinterTested: Told(
        msgid("thử máy in"),
        msgid("Máy in %(printer)s được thử với khổ %(width)s điểm."),
        (
            ("edges", msgid("Thấy đủ hai mép.")),
            ("letters", msgid("Chữ đúng.")),
            ("codes", msgid("Hai mã QR đều quét được.")),
        ),
    ),
    e.PrinterLearned: Told(
        msgid("biết thêm về máy in"), msgid("Máy in %(printer)s trả lời theo cách trước đây chưa thấy.")
    ),
    e.TestPageAsked: Told(msgid("in trang thử"), msgid("Máy in %(printer)s in trang thử số %(copy)s.")),
    e.RollChanged: Told(msgid("thay cuộn giấy"), msgid("Máy in %(printer)s có cuộn giấy mới.")),
    e.PortalAcknowledged: Told(msgid("Cổng đã nhận"), msgid("Cổng đã nhận tin %(message)s.")),
    e.PortalParked: Told(msgid("Cổng từ chối"), msgid("Tin %(message)s cần người xử lý.")),
    e.ReceiverAdded: Told(
        msgid("thêm bên nhận tin"),
        msgid("Báo tin cho %(label)s khi còn %(ahead)s người trước."),
        (("address", msgid("Gửi tới %(address)s.")),),
    ),
    e.ReceiverTested: Told(msgid("gửi tin thử"), msgid("Gửi tin thử tới bên nhận %(receiver)s: %(answer)s.")),
    e.ReceiverRemoved: Told(msgid("thôi báo tin"), msgid("Thôi báo tin cho bên nhận %(receiver)s.")),
    e.MessageTaken: Told(msgid("bên nhận đã có tin"), msgid("Bên nhận đã có tin %(message)s.")),
    e.MessageGivenUp: Told(msgid("tin không gửi được"), msgid("Tin %(message)s không gửi được.")),
    e.MessagesResent: Told(
        msgid("gửi lại bên nhận"), msgid("Gửi lại các tin không gửi được cho bên nhận %(receiver)s.")
    ),
    e.PortalResent: Told(msgid("gửi lại Cổng"), msgid("Gửi lại tin %(message)s.")),
}
OF_MONEY = {
    f.FeeAsked: Told(
        msgid("ghi khoản thu"),
        msgid("Hồ sơ %(dossier)s có khoản thu %(amount)s đồng, %(person)s xác nhận."),
        (("relief_text", msgid("Căn cứ miễn, giảm: %(relief_text)s")),),
    ),
    f.PaymentBegun: Told(msgid("chờ thu trực tuyến"), msgid("Khoản thu %(fee)s chờ Cổng thu %(amount)s đồng.")),
    f.PaymentEnded: Told(msgid("thu trực tuyến không thành"), msgid("Khoản thu %(fee)s chưa thu được qua Cổng.")),
    f.FeePaid: Told(
        msgid("thu tiền"),
        msgid("Khoản thu %(fee)s đã nộp %(amount)s đồng (%(means)s), biên lai %(series)s số %(number)s."),
    ),
    f.PaymentConfirmed: Told(
        msgid("Cổng báo đã thu"),
        msgid("Cổng báo đã thu %(amount)s đồng."),
        (("trouble", msgid("Không khớp, cần người xem.")),),
    ),
    f.PaymentSettled: Told(
        msgid("xử lý khoản lệch"), msgid("%(person)s đã xử lý khoản Cổng báo không khớp: %(reason)s.")
    ),
    f.FeeCancelled: Told(msgid("hủy khoản thu"), msgid("%(person)s hủy khoản thu %(fee)s: %(reason)s.")),
    f.FeeRefunded: Told(msgid("hoàn phí"), msgid("%(person)s hoàn lại khoản thu %(fee)s (%(means)s): %(reason)s.")),
    LookupMade: Told(
        msgid("đối chiếu dữ liệu quốc gia"),
        msgid("%(person)s hỏi cơ sở dữ liệu %(database)s để %(purpose)s: %(outcome)s."),
        (("reason", msgid("Lý do: %(reason)s.")), ("dossier", msgid("Cho hồ sơ %(dossier)s."))),
    ),
}
OF_LETTERS = {
    letter.LetterQueued: Told(
        msgid("viết văn bản"),
        msgid("Văn bản %(document)s chờ gửi đến %(receivers)s."),
        (("dossier", msgid("Hồ sơ %(dossier)s.")),),
    ),
    letter.LetterSent: Told(
        msgid("gửi văn bản"),
        msgid("Trục liên thông văn bản đã nhận văn bản số %(letter)s."),
        (("found", msgid("Lần gửi trước đã đến nơi.")),),
    ),
    letter.LetterStatusHeard: Told(
        msgid("trạng thái văn bản"), msgid("%(receiver)s báo trạng thái %(code)s của văn bản số %(letter)s.")
    ),
    letter.LetterParked: Told(msgid("văn bản chưa gửi được"), msgid("Văn bản số %(letter)s cần người xử lý.")),
    letter.LetterResent: Told(msgid("gửi lại văn bản"), msgid("Gửi lại văn bản số %(letter)s.")),
    letter.LetterAnswered: Told(
        msgid("trả lời văn bản đến"),
        msgid("Báo trạng thái %(code)s của văn bản đến số %(letter)s."),
        (("person", msgid("Do %(person)s.")),),
    ),
    letter.LetterAnswerSent: Told(
        msgid("Trục nhận trạng thái"), msgid("Trục đã nhận trạng thái số %(answer)s của văn bản đến.")
    ),
    letter.LetterAnswerParked: Told(
        msgid("trạng thái chưa gửi được"), msgid("Trạng thái số %(answer)s của văn bản đến chưa gửi được.")
    ),
    letter.LetterArrived: Told(msgid("văn bản đến"), msgid("Có văn bản đến từ %(sender)s.")),
}
OF_FILES = {
    files.FileAttached: Told(
        msgid("thêm tệp"),
        msgid("Thêm một tệp %(media)s vào hồ sơ %(dossier)s: %(part)s."),
        (
            ("component", msgid("Thuộc: %(component)s.")),
            ("digitised", msgid("Số hóa từ bản giấy.")),
            ("reused", msgid("Tái sử dụng.")),
            ("from_warehouse", msgid("Lấy từ kho dữ liệu.")),
        ),
    ),
    files.FileRemoved: Told(msgid("gỡ tệp"), msgid("Gỡ tệp số %(file)s của hồ sơ %(dossier)s: %(reason)s.")),
    files.FileOpened: Told(msgid("mở tệp"), msgid("Mở tệp số %(file)s của hồ sơ %(dossier)s %(reason)s.")),
    files.LinkIssued: Told(
        msgid("cấp đường dẫn tệp"),
        msgid("Cổng có đường dẫn tới tệp số %(file)s của hồ sơ %(dossier)s, dùng đến %(expires)s."),
    ),
    files.FileFetched: Told(
        msgid("Cổng tải tệp"), msgid("Cổng tải tệp số %(file)s của hồ sơ %(dossier)s theo đường dẫn số %(link)s.")
    ),
}
OF_KEEPING: dict[type, Told] = {
    DataRemoved: Told(
        msgid("xóa theo thời hạn"),
        msgid("Đã xóa %(rows)s dòng dữ liệu cá nhân theo quy tắc “%(held)s”: lưu %(days)s ngày."),
    ),
}
TOLD: dict[type, Told] = {
    **OF_DAYS, **OF_COUNTERS, **OF_TICKETS, **OF_APPOINTMENTS, **OF_THE_CENTRE, **OF_PEOPLE, **OF_DOSSIERS,
    **OF_THE_PORTAL, **OF_WORK, **OF_MONEY, **OF_LETTERS, **OF_FILES, **OF_KEEPING,
}  # fmt: skip
NAMES: dict[str, str] = {kind.__name__: told.name for kind, told in TOLD.items()}
UNREADABLE = msgid("Không đọc được việc này: dòng nhật ký đã bị sửa.")
WHO = {
    "anyone": msgid("người dân"),
    "system": msgid("hệ thống"),
    "printers": msgid("việc in"),
    "portal": msgid("việc gửi Cổng"),
    "axis": msgid("việc gửi văn bản"),
    "receivers": msgid("việc báo tin"),
    **OTHERS,
}
GRADES = {
    "printed": msgid("máy in báo đúng phiếu này"),
    "processed": msgid("máy in báo đã xử lý xong"),
    "person": msgid("có người thấy phiếu"),
}
CANCELLED_BY = {
    "citizen": msgid("người đặt không đến nữa"),
    "staff": msgid("cán bộ hủy"),
    "closed": msgid("hàng không nhận hẹn nữa"),
}
CLASS_REASONS = {
    "confirmed": msgid("cán bộ xác nhận diện ưu tiên"),
    "denied": msgid("cán bộ bỏ diện ưu tiên"),
    "changed": msgid("cán bộ đổi diện ưu tiên"),
    "more-time": msgid("cần thêm thời gian"),
    "clock": msgid("đồng hồ máy chủ được chỉnh lại"),
    "policy": msgid("cách gọi số đã đổi"),
}
SERVED = msgid("Đã phục vụ")
