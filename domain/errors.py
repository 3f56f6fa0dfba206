"""Rules that said no. Each carries its Vietnamese text as translation key and the arguments for it."""

from collections.abc import Mapping
from typing import ClassVar


def msgid(text: str) -> str:
    """Mark a text for translation where no translator is at hand; it is translated at the edge."""
    return text


class Refused(Exception):
    """A rule said no and nothing has changed. Subclasses say which rule, and what the person can do."""

    text: ClassVar[str] = msgid("Không thực hiện được yêu cầu này.")
    # What people call the fields that it names, where that is not what they are called elsewhere.
    fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **arguments: object) -> None:
        super().__init__(type(self).__name__)
        self.arguments = arguments

    @property
    def code(self) -> str:
        """A stable name for programs, for example `queue-stopped`."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class Invalid(Refused):
    """What was sent cannot be read or is out of bounds."""

    text = msgid("Dữ liệu gửi lên chưa đúng: %(what)s. Mời kiểm tra và gửi lại.")


class NotFound(Refused):
    """What was named does not exist here."""

    text = msgid("Không tìm thấy %(what)s. Mời quay lại và chọn lại.")


class NotAllowed(Refused):
    """The visitor may not do this."""

    text = msgid("Bạn không có quyền làm việc này. Hãy hỏi người quản lý của trung tâm.")


class SignInWrong(NotAllowed):
    text = msgid("Tên đăng nhập hoặc mật khẩu chưa đúng. Mời nhập lại.")


class TooManyTries(Refused):
    text = msgid("Bạn đã thử quá nhiều lần. Mời chờ một phút rồi thử lại.")


class PairingWrong(NotAllowed):
    text = msgid("Mã ghép thiết bị không đúng hoặc đã hết hạn. Hãy xin mã mới ở trang quản trị.")


class RequestReused(Refused):
    """The same request id came with other content: refused, never guessed."""

    text = msgid("Yêu cầu này đã được dùng cho việc khác. Hãy tải lại trang.")


class UnknownQueue(NotFound):
    text = msgid("Không có hàng “%(queue)s” ở trung tâm này. Mời chọn lại.")


class UnknownCounter(NotFound):
    text = msgid("Không có quầy số %(counter)s ở trung tâm này.")


class UnknownProcedure(NotFound):
    text = msgid("Không có thủ tục %(procedure)s trong danh mục của trung tâm.")


class QueueStopped(Refused):
    text = msgid("Hàng %(queue)s đang tạm dừng: %(reason)s. Mời đến quầy hướng dẫn.")


class NobodyServes(Refused):
    text = msgid("Hàng %(queue)s hiện chưa có quầy phục vụ. Mời đến quầy hướng dẫn.")


class CounterTaken(Refused):
    text = msgid("Quầy %(counter)s đang có người khác phục vụ.")


class ClerkElsewhere(Refused):
    text = msgid("Bạn đang phục vụ ở quầy %(counter)s. Hãy đóng quầy đó trước.")


class CounterClosed(Refused):
    text = msgid("Quầy %(counter)s chưa mở. Hãy mở quầy trước khi gọi số.")


class NoTicketHere(Refused):
    text = msgid("Quầy %(counter)s không có số nào đang phục vụ.")


class TicketStillHere(Refused):
    text = msgid("Quầy còn đang phục vụ số %(number)s. Hãy kết thúc hoặc chuyển số đó trước.")


class ParkedStillHere(Refused):
    text = msgid("Số %(number)s còn đang tạm gác ở quầy này. Hãy gọi lại hoặc chuyển số đó trước khi đóng quầy.")


class AlreadyElsewhere(Refused):
    text = msgid("Số %(number)s không còn ở chỗ đó. Hãy xem lại danh sách.")


class MoreTimeOnce(Refused):
    text = msgid(
        "Số %(number)s đã xin thêm thời gian một lần rồi và giữ nguyên chỗ. Cần nữa, mời nói với cán bộ ở quầy."
    )


class NothingToUndo(Refused):
    text = msgid("Không còn việc nào để hoàn tác: đã quá 10 giây hoặc đã có việc khác xảy ra sau đó.")


class NotToday(Refused):
    """Nobody new gets a number of this queue now: by its hours, its daily limit, or the time left."""


class NotTheHour(NotToday):
    text = msgid("Hàng %(queue)s chưa đến giờ lấy số hoặc đã hết giờ. Lấy số tiếp lúc: %(opens)s.")


class DailyLimitReached(NotToday):
    text = msgid("Hàng %(queue)s hôm nay đã phát đủ số. Mời đặt lịch, nộp trực tuyến, hoặc quay lại: %(opens)s.")


class TooLateToday(NotToday):
    text = msgid("Hàng %(queue)s đã đủ người đến giờ đóng cửa %(closes)s. Mời đặt lịch hoặc nộp trực tuyến.")


class StaleScreen(Refused):
    text = msgid("Màn hình vừa thay đổi ở nơi khác. Hãy xem lại rồi bấm lần nữa.")


class DayNeedsConfirmation(Refused):
    text = msgid(
        "Đồng hồ máy chủ báo ngày %(label)s, cách ngày làm việc gần nhất hơn 15 ngày. "
        "Người quản trị phải xác nhận ngày này trước."
    )


class DossierExists(Refused):
    text = msgid("Hồ sơ %(code)s đã có trong sổ.")


class StoreFull(Refused):
    """The disk has no room: nothing was written, and the same request may succeed later."""

    text = msgid("Máy chủ tạm thời hết chỗ ghi. Chưa có gì được ghi lại; mời thử lại sau ít phút.")


class StoreUnavailable(Refused):
    """The store cannot take this now; whether it can be retried is for the caller's request id to settle."""

    text = msgid("Máy chủ đang bận hoặc đang khởi động lại. Mời thử lại sau ít giây.")
