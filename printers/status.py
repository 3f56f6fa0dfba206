"""What a printer says back, cut out of the stream: status bytes, automatic status, proof of printing.

Framing after Epson's ESC/POS reference; byte values of each state: printing.md 7.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import msgid

ASK = {n: b"\x10\x04" + bytes((n,)) for n in (1, 2, 4)}
ANSWER_SECONDS = 0.3


class Trouble(StrEnum):
    """Why a printer cannot print now, in words for people."""

    PAPER_OUT = msgid("hết giấy")
    COVER_OPEN = msgid("nắp đang mở")
    OFFLINE = msgid("máy in đang ngắt")
    REFUSED = msgid("không kết nối được máy in")
    STALLED = msgid("máy in không nhận dữ liệu")
    LOST = msgid("mất liên lạc giữa chừng")
    NO_PROOF = msgid("máy in không xác nhận")


@dataclass(slots=True)
class Replies:
    """Splits the bytes of one connection; keeps what has not been asked for yet."""

    statuses: deque[int] = field(default_factory=lambda: deque(maxlen=64))
    printed: set[bytes] = field(default_factory=set)
    others: deque[int] = field(default_factory=lambda: deque(maxlen=64))
    _rest: bytes = b""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def feed(self, data: bytes) -> None:
        """Take what came from the printer."""
        self._rest += data
        while self._rest and self._take():
            pass
        self._news.set()

    def _take(self) -> bool:
        first = self._rest[0]
        if first == 0x37 and self._rest[1:2] in (b"", b"\x22"):
            end = self._rest.find(b"\0")
            if end < 0:
                return False
            self.printed.add(self._rest[2:end])
            self._rest = self._rest[end + 1 :]
        elif first & 0x93 == 0x10:
            # Automatic status comes as four bytes; fewer so far: wait for the rest.
            if len(self._rest) < 4:
                return False
            self._rest = self._rest[4:]
        else:
            (self.statuses if first & 0x93 == 0x12 else self.others).append(first)
            self._rest = self._rest[1:]
        return True

    async def news(self, within: float) -> bool:
        """Wait until something came; False when nothing did in so many seconds."""
        self._news.clear()
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


def trouble(answers: dict[int, int]) -> Trouble | None:
    """What keeps the printer from printing, from its answers to DLE EOT 1, 2 and 4; None when it is ready."""
    if answers.get(4, 0) & 0x60 or answers.get(2, 0) & 0x20:
        return Trouble.PAPER_OUT
    if answers.get(2, 0) & 0x04:
        return Trouble.COVER_OPEN
    if answers.get(1, 0) & 0x08:
        return Trouble.OFFLINE
    return None


def is_near_end(answers: dict[int, int]) -> bool:
    """Whether the roll is nearly used up: keep printing, tell somebody."""
    return bool(answers.get(4, 0) & 0x0C)
