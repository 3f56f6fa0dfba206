"""How a device is, in words, and what to do about it; for the page of devices and the check before opening."""

from dataclasses import dataclass

from domain.calendar import Translate
from domain.days import local
from domain.devices import OLDEST_CHROMIUM, Beat, Showing
from domain.errors import msgid
from store.people import DeviceState
from web.beats import Stand, Standing

PAIR = msgid("Người quản trị lấy mã ghép rồi nhập trên màn hình đó.")


@dataclass(frozen=True, slots=True)
class Words:
    """A sign (good, waiting or bad), how it is, and what to do; texts are translated."""

    sign: str
    state: str
    remedy: str = ""
    is_paired: bool = True


def words_of(stand: Stand, is_stopped: bool, release: str, said: Translate) -> Words:
    """A screen: what keeps it from working first, then what will, then how it is used."""
    match stand.standing:
        case Standing.UNPAIRED:
            return Words("waiting", said(msgid("chưa ghép")), said(PAIR), is_paired=False)
        case Standing.REVOKED:
            return Words("bad", said(msgid("đã thu hồi")), said(PAIR), is_paired=False)
        case Standing.LOST:
            since = f"{local(stand.since):%H:%M}" if stand.since else "–"
            remedy = said(msgid("Đến xem máy: bật máy, xem dây điện và dây mạng, rồi mở lại trang của nó."))
            return Words("bad", said(msgid("mất liên lạc từ %(time)s")) % {"time": since}, remedy)
        case Standing.AWAITED:
            return Words("waiting", said(msgid("máy chủ vừa khởi động, đang chờ tin đầu tiên")))
        case Standing.THERE:
            return _there(stand.beat, is_stopped, release, said)


def _there(beat: Beat | None, is_stopped: bool, release: str, said: Translate) -> Words:
    if is_stopped:
        return Words("waiting", said(msgid("tạm ngừng, không cấp số")))
    if beat is None:
        remedy = said(msgid("Trang của nó chưa tự báo tình trạng: bấm “Tải lại” trên màn hình đó."))
        return Words("waiting", said(msgid("đang kết nối")), remedy)
    if beat.showing is Showing.ASLEEP:
        remedy = said(msgid("Đến xem máy: đánh thức màn hình, đóng cửa sổ che trang."))
        return Words("bad", said(msgid("màn hình tắt hoặc bị che")), remedy)
    if beat.showing is Showing.OFFLINE:
        remedy = said(msgid("Trang mở nhưng không nhận được hình mới: bấm “Tải lại”, nếu còn thì xem proxy."))
        return Words("bad", said(msgid("hình đã cũ")), remedy)
    if beat.is_old:
        remedy = said(msgid("Trình duyệt quá cũ: cập nhật Chromium lên %(oldest)s trở lên."))
        return Words("waiting", said(msgid("đang chạy")), remedy % {"oldest": OLDEST_CHROMIUM})
    if beat.page != release:
        return Words("waiting", said(msgid("đang chạy")), said(msgid("Trang của bản cũ: bấm “Tải lại”.")))
    return Words("good", said(msgid("có người đang dùng") if beat.showing is Showing.USED else msgid("đang chạy")))


def agent_words(pairing: DeviceState | None, is_here: bool, said: Translate) -> Words:
    """A print agent."""
    if pairing is None or pairing.paired_at is None or pairing.revoked_at is not None:
        return Words("waiting", said(msgid("chưa ghép")), "", is_paired=False)
    if is_here:
        return Words("good", said(msgid("đang kết nối")))
    remedy = said(msgid("Đến máy có máy in: xem chương trình in có chạy không, xem dây mạng."))
    return Words("bad", said(msgid("chưa kết nối")), remedy)
