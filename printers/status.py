"""What a printer says back, cut out of the stream: status bytes, automatic status, proof of printing.

Framing after Epson's ESC/POS reference; byte values of each state: printing.md 7.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import msgid

ASK = {n: b"\x10\x04" + bytes((n,)) for n in (1, 2, 4)}
ASK_CAUSE = b"\x10\x04\x03"
ANSWER_SECONDS = 0.3


_PROOF_SIZE = 7  # 37 22 id id id id 00


class Trouble(StrEnum):
    """Why a printer cannot print now, in words for people."""

    PAPER_OUT = msgid("hết giấy")
    COVER_OPEN = msgid("nắp đang mở")
    OFFLINE = msgid("máy in đang ngắt")
    REFUSED = msgid("không kết nối được máy in")
    STALLED = msgid("máy in không nhận dữ liệu")
    LOST = msgid("mất liên lạc giữa chừng")
    NO_PROOF = msgid("máy in không xác nhận")
    SILENT = msgid("máy in không trả lời")
    CUTTER = msgid("kẹt dao cắt")
    HOT = msgid("đầu in quá nóng")
    ERROR = msgid("máy in báo lỗi")
    NOT_DRAWN = msgid("không vẽ được phiếu")
    NOT_WRITTEN = msgid("máy chủ không ghi được")
    WRONG_ADDRESS = msgid("địa chỉ máy in không dùng được ở đây")
    NO_AGENT = msgid("chương trình in chưa kết nối")
    BEGUN_BEFORE = msgid("phiếu này đã từng được đưa đi in")
    BROKEN_JOB = msgid("phiếu đến chương trình in không nguyên vẹn")
    NO_JOURNAL = msgid("chương trình in không ghi được nhật ký của nó")
    NO_PYSERIAL = msgid("máy này chưa cài pyserial")
    NO_PYUSB = msgid("máy này chưa cài pyusb")
    NO_LIBUSB = msgid("máy này chưa cài libusb")
    NO_CUPS = msgid("máy này chưa có lệnh lp của CUPS")
    NO_PYWIN32 = msgid("máy này chưa cài pywin32, hoặc không phải Windows")


REMEDIES = {
    Trouble.PAPER_OUT: msgid("Lắp cuộn giấy mới, đóng nắp. Phiếu đang chờ sẽ tự in."),
    Trouble.COVER_OPEN: msgid("Đóng nắp máy in đến khi nghe tiếng khớp."),
    Trouble.OFFLINE: msgid("Bấm nút trên máy in để nối lại; nếu vẫn ngắt, tắt rồi bật máy."),
    Trouble.REFUSED: msgid("Xem máy in đã bật và cắm dây mạng chưa, địa chỉ trong cấu hình có đúng không."),
    Trouble.STALLED: msgid("Xem giấy và nắp; nếu đều tốt, tắt máy in, chờ 10 giây rồi bật lại."),
    Trouble.LOST: msgid("Xem dây điện và dây mạng của máy in. Phiếu đang in dở nằm ở bàn xử lý."),
    Trouble.NO_PROOF: msgid("Nhìn xem phiếu đã ra chưa, rồi trả lời ở bàn xử lý."),
    Trouble.SILENT: msgid("Có thể máy khác đang dùng máy in này. Chờ một phút; nếu vẫn vậy, tắt rồi bật máy in."),
    Trouble.CUTTER: msgid("Tắt máy in, mở nắp, gỡ giấy kẹt ở dao cắt, đóng nắp rồi bật lại."),
    Trouble.HOT: msgid("Không phải làm gì: đầu in nguội lại thì máy tự in tiếp."),
    Trouble.ERROR: msgid("Tắt máy in, chờ 10 giây rồi bật lại. Nếu vẫn báo lỗi, gọi kỹ thuật."),
    Trouble.NOT_DRAWN: msgid("Gọi kỹ thuật. Các phiếu khác vẫn in."),
    Trouble.NOT_WRITTEN: msgid("Đĩa của máy chủ có thể đã đầy: gọi kỹ thuật."),
    Trouble.WRONG_ADDRESS: msgid("Người quản trị sửa địa chỉ của máy in này ở trang cấu hình."),
    Trouble.NO_AGENT: msgid("Xem máy tính có máy in đã bật và nối mạng chưa, chương trình in ở đó có chạy không."),
    Trouble.BEGUN_BEFORE: msgid("Nhìn xem phiếu đã ra chưa, rồi trả lời ở bàn xử lý. Máy không in lại lần nữa."),
    Trouble.BROKEN_JOB: msgid("Nhìn xem phiếu đã ra chưa, rồi trả lời ở bàn xử lý. Nếu lặp lại, gọi kỹ thuật."),
    Trouble.NO_JOURNAL: msgid("Đĩa của máy tính có máy in có thể đã đầy: gọi kỹ thuật."),
    Trouble.NO_PYSERIAL: msgid("Gọi kỹ thuật: chạy lại scripts/setup trên máy có máy in."),
    Trouble.NO_PYUSB: msgid("Gọi kỹ thuật: chạy lại scripts/setup trên máy có máy in."),
    Trouble.NO_LIBUSB: msgid("Gọi kỹ thuật: cài gói libusb-1.0-0 trên máy có máy in."),
    Trouble.NO_CUPS: msgid("Gọi kỹ thuật: cài gói cups-client trên máy có máy in."),
    Trouble.NO_PYWIN32: msgid("Gọi kỹ thuật: cài gói pywin32 trên máy Windows có máy in."),
}


@dataclass(slots=True)
class Replies:
    """Splits the bytes of one connection; keeps what has not been asked for yet."""

    statuses: deque[int] = field(default_factory=lambda: deque(maxlen=64))
    printed: set[bytes] = field(default_factory=set)
    others: deque[int] = field(default_factory=lambda: deque(maxlen=64))
    automatic: deque[bytes] = field(default_factory=lambda: deque(maxlen=16))
    _rest: bytes = b""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def feed(self, data: bytes) -> None:
        """Take what came from the printer."""
        self._rest += data
        while self._rest and self._take():
            pass
        self._news.set()

    def _take(self) -> bool:
        """Cut the first reply off the rest; False when more of it must come first."""
        first, size = self._rest[0], 1
        if first == 0x37 and self._rest[1:2] in (b"", b"\x22"):
            if len(self._rest) < _PROOF_SIZE:
                return False
            size = self._take_proof()
        elif first & 0x93 == 0x10:
            rest = self._rest[1:4]
            if any(byte & 0x90 for byte in rest):  # nothing of an automatic status: the first byte was a stray one
                self.others.append(first)
            elif len(rest) < 3:
                return False
            else:
                self.automatic.append(self._rest[:4])
                size = 4
        else:
            (self.statuses if first & 0x93 == 0x12 else self.others).append(first)
        self._rest = self._rest[size:]
        return True

    def _take_proof(self) -> int:
        if self._rest[_PROOF_SIZE - 1] != 0:
            self.others.append(self._rest[0])
            return 1
        self.printed.add(self._rest[2 : _PROOF_SIZE - 1])
        return _PROOF_SIZE

    @property
    def stopped_by(self) -> Trouble | None:
        """Why the printer stopped, as it told by itself; None where it did not, or for what mends itself."""
        causes = (_cause(told) for told in self.automatic if told[0] & 0x08 and not told[1] & 0x40)
        return next(causes, None)

    @property
    def has_paused(self) -> bool:
        """Whether the printer stopped at all, also for what mends itself: a clone may have lost its buffer then."""
        return any(told[0] & 0x08 for told in self.automatic)

    @property
    def was_consumed(self) -> bool:
        """Whether two answers to GS r 1 came: only paper bits, and two, so that a stray byte hardly passes."""
        return sum(byte & ~0x0F == 0 for byte in self.others) >= 2

    async def news(self, within: float) -> bool:
        """Wait until something came; False when nothing did in so many seconds."""
        self._news.clear()
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


def _cause(told: bytes) -> Trouble:
    """The cause in four bytes of automatic status that say "offline" (Epson's reference, GS a)."""
    if told[2] & 0x0C:
        return Trouble.PAPER_OUT
    if told[0] & 0x20:
        return Trouble.COVER_OPEN
    return Trouble.CUTTER if told[1] & 0x08 else Trouble.ERROR if told[1] & 0x20 else Trouble.OFFLINE


def trouble(answers: dict[int, int]) -> Trouble | None:
    """What keeps the printer from printing, from its answers to DLE EOT 1, 2 and 4; None when it is ready.

    With the answer to DLE EOT 3 an error has a name.
    """
    if answers.get(4, 0) & 0x60 or answers.get(2, 0) & 0x20:
        return Trouble.PAPER_OUT
    if answers.get(2, 0) & 0x04:
        return Trouble.COVER_OPEN
    if answers.get(2, 0) & 0x40:
        cause = answers.get(3, 0)
        return Trouble.CUTTER if cause & 0x08 else Trouble.HOT if cause & 0x40 else Trouble.ERROR
    if answers.get(1, 0) & 0x08:
        return Trouble.OFFLINE
    return None


def is_near_end(answers: dict[int, int]) -> bool:
    """Whether the roll is nearly used up: keep printing, tell somebody."""
    return bool(answers.get(4, 0) & 0x0C)
