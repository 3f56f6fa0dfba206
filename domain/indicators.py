"""The indicators of Decision 766 that a centre's own events can tell: what is counted, the formula, the points.

Numerators, denominators, targets and points as in shared/one-stop.md 11; where the source gives no most points of a
row, none stand here. It numbers the rows that do not apply to communes otherwise than by id: none is left out here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from domain.errors import NotFound, msgid

FULL = 100.0
# A share like 0.8 * 100 must not miss its target by the last bit of a float.
GRAIN = 9


class Id(StrEnum):
    """The number of a row in the decision."""

    SYNCED = "1.4"
    ON_TIME = "2.1"
    DAYS = "2.2"
    PAID_ONLINE = "3.6"
    LINKED = "4.1"
    DIGITISED = "4.2"
    REUSED = "4.3"
    CONTENT = "5.4"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row: what is counted over what, the target T and the most points Pmax where the source gives them.

    `in_days`: an average that is worth no points, and no share. `lists`: dossiers can stand behind what is lost.
    """

    id: Id
    name: str
    above: str
    below: str
    target: float | None = None
    most: float | None = None
    in_days: bool = False
    lists: bool = True


INDICATORS = (
    Indicator(
        Id.SYNCED, msgid("Đồng bộ hồ sơ đầy đủ"), msgid("hồ sơ Cổng đã nhận"), msgid("hồ sơ tiếp nhận trong kỳ"),
    ),
    Indicator(
        Id.ON_TIME, msgid("Giải quyết đúng hạn"), msgid("hồ sơ xong đúng hạn hoặc còn trong hạn"),
        msgid("hồ sơ tiếp nhận và giải quyết trong kỳ"), most=20.0,
    ),
    Indicator(
        Id.DAYS, msgid("Thời gian giải quyết trung bình"), msgid("tổng số ngày giải quyết"),
        msgid("hồ sơ đã xong trong kỳ"), in_days=True, lists=False,
    ),
    Indicator(
        Id.PAID_ONLINE, msgid("Thanh toán trực tuyến"), msgid("hồ sơ nộp tiền trực tuyến"),
        msgid("hồ sơ có nghĩa vụ tài chính"),
    ),
    Indicator(
        Id.LINKED, msgid("Kết quả điện tử mở được"), msgid("hồ sơ có đường dẫn kết quả còn hiệu lực"),
        msgid("hồ sơ phải có kết quả"),
    ),
    Indicator(
        Id.DIGITISED, msgid("Số hóa hồ sơ"), msgid("hồ sơ có kết quả điện tử"), msgid("hồ sơ tiếp nhận trong kỳ"),
        target=80.0,
    ),
    Indicator(
        Id.REUSED, msgid("Sử dụng lại giấy tờ"), msgid("hồ sơ dùng lại ít nhất một giấy tờ"),
        msgid("hồ sơ tiếp nhận trong kỳ"), target=80.0,
    ),
    Indicator(
        Id.CONTENT, msgid("Hài lòng"), msgid("100 trừ phần quá hạn và phần không hài lòng"), msgid("trên 100"),
        target=90.0, most=6.0,
    ),
)  # fmt: skip
BY_ID = {one.id: one for one in INDICATORS}


@dataclass(frozen=True, slots=True)
class Count:
    """Numerator and denominator; with nothing below there is no rate."""

    above: float
    below: int


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator with what was counted for it."""

    indicator: Indicator
    count: Count

    @property
    def rate(self) -> float | None:
        """R = numerator / denominator x 100, or the days of one dossier; None where nothing was to be counted."""
        if not self.count.below:
            return None
        share = self.count.above / self.count.below
        return share if self.indicator.in_days else round(share * FULL, GRAIN)

    @property
    def points(self) -> float | None:
        """With a target: Pmax from T on, below it R/T x Pmax; without: R x Pmax. None where Pmax is unknown."""
        rate, most = self.rate, self.indicator.most
        if rate is None or most is None or self.indicator.in_days:
            return None
        return min(1.0, rate / self._wanted) * most

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be won; also where nothing was to be counted."""
        return self.indicator.in_days or self.rate is None or self.rate >= self._wanted

    @property
    def missing(self) -> int:
        """How many dossiers more would win the last point."""
        if self.is_full:
            return 0
        return ceil(round(self._wanted * self.count.below / FULL - self.count.above, GRAIN))

    @property
    def _wanted(self) -> float:
        return self.indicator.target or FULL


def content(overdue: Count, disliked: Count) -> Count:
    """5.4: 100 less the share overdue and the share disliked, never below nothing; complaints come from elsewhere.

    A share of nothing takes nothing away; with neither there is nothing to judge.
    """
    if not overdue.below and not disliked.below:
        return Count(0, 0)
    lost = sum(FULL * one.above / one.below for one in (overdue, disliked) if one.below)
    return Count(max(0.0, round(FULL - lost, GRAIN)), int(FULL))


def figures(counts: Iterable[tuple[Id, Count]]) -> list[Figure]:
    """What was counted, in the order of the decision."""
    found = dict(counts)
    return [Figure(one, found[one.id]) for one in INDICATORS if one.id in found]


def indicator(number: str) -> Indicator:
    """The row of this number whose dossiers can be listed. Raises NotFound."""
    for one in INDICATORS:
        if one.id == number and one.lists:
            return one
    raise NotFound(what=number[:10])


class Lack(StrEnum):
    """Why a dossier counts below and not above."""

    WAITS = "waits"
    PARKED = "parked"
    UNTOLD = "untold"
    LATE_OPEN = "late-open"
    LATE_DONE = "late-done"
    UNPAID = "unpaid"
    PAID_OTHERWISE = "paid-otherwise"
    NO_RESULT = "no-result"
    NO_LINK = "no-link"
    LINK_EXPIRED = "link-expired"
    NOT_DONE = "not-done"
    NOT_REUSED = "not-reused"


LACKS = {
    Lack.WAITS: msgid("Cổng chưa nhận, đang chờ gửi"),
    Lack.PARKED: msgid("Cổng từ chối"),
    Lack.UNTOLD: msgid("Chưa có gì để gửi Cổng"),
    Lack.LATE_OPEN: msgid("Quá hạn, chưa xong"),
    Lack.LATE_DONE: msgid("Xong sau hạn"),
    Lack.UNPAID: msgid("Chưa nộp tiền"),
    Lack.PAID_OTHERWISE: msgid("Nộp không qua trực tuyến"),
    Lack.NO_RESULT: msgid("Chưa đính kèm kết quả điện tử"),
    Lack.NO_LINK: msgid("Kết quả chưa có đường dẫn"),
    Lack.LINK_EXPIRED: msgid("Đường dẫn kết quả đã hết hạn"),
    Lack.NOT_DONE: msgid("Chưa có kết quả"),
    Lack.NOT_REUSED: msgid("Chưa dùng lại giấy tờ nào"),
}
REPAIRS = {
    Lack.WAITS: msgid("Tự gửi khi Cổng trả lời; xem lại mạng nếu chờ lâu."),
    Lack.PARKED: msgid("Mở Bàn xử lý, sửa theo lý do của Cổng rồi bấm Gửi lại."),
    Lack.UNTOLD: msgid("Mở hồ sơ và xem bước tiếp nhận."),
    Lack.LATE_OPEN: msgid("Xin lỗi bằng văn bản nếu chưa gửi, rồi giải quyết trước hết."),
    Lack.LATE_DONE: msgid("Không sửa được nữa; xem bước nào giữ lâu nhất."),
    Lack.UNPAID: msgid("Mời nộp qua Cổng hoặc mã QR."),
    Lack.PAID_OTHERWISE: msgid("Không sửa được nữa; lần sau mời nộp qua Cổng."),
    Lack.NO_RESULT: msgid("Đính kèm bản điện tử của kết quả."),
    Lack.NO_LINK: msgid("Đường dẫn được cấp khi hồ sơ gửi lên Cổng."),
    Lack.LINK_EXPIRED: msgid("Mở hồ sơ và gửi lại cho Cổng."),
    Lack.NOT_DONE: msgid("Giải quyết xong, rồi đính kèm bản điện tử của kết quả."),
    Lack.NOT_REUSED: msgid("Đánh dấu giấy tờ lấy lại từ lần trước hay từ kho dữ liệu."),
}
