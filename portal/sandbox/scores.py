"""The sandbox portal's scoreboard: indicators of Decision 766, computed only from what was received.

Typed by hand from the description of the index; shares nothing with the centre that it judges. Instants are the
portal's own strings `yyyyMMddHHmmss`, which compare as they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.sandbox.files import Fetched

FORM = "%Y%m%d%H%M%S"
REFUSED_OR_NEW = ("1", "3")
JUDGED = ("2", "4", "7", "9", "10")
WITH_RESULT = ("9", "10")
DATE = 8  # characters of an instant
ALWAYS = ("00000000000000", "99999999999999")
NAMES = {
    "1.4": "đồng bộ hồ sơ",
    "2.1": "đúng hạn",
    "2.2": "ngày giải quyết",
    "3.6": "thanh toán trực tuyến",
    "4.1": "kết quả mở được",
    "4.2": "số hóa",
    "4.3": "dùng lại giấy tờ",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what was counted above and below."""

    above: float
    below: int

    @property
    def rate(self) -> float | None:
        """In percent; None of nothing."""
        return 100 * self.above / self.below if self.below else None


def score(
    records: Iterable[Mapping[str, Any]], found: Mapping[str, Fetched], now: str, since: str = "", until: str = "",
    reported: int = 0,
) -> dict[str, Line]:  # fmt: skip
    """The figures of a period. `reported`: how many the centre says that it received; nobody here can know."""
    since, until = since or ALWAYS[0], until or ALWAYS[1]
    every = list(records)
    came = [
        one for one in every
        if since <= one.get("NgayTiepNhan", "") < until and one.get("TrangThaiHoSo", "1") not in REFUSED_OR_NEW
    ]  # fmt: skip
    course = [one for one in every if _is_judged(one, since, until)]
    done = [
        one for one in every
        if since <= one.get("NgayKetThucXuLy", "") < until and one.get("TrangThaiHoSo", "1") in WITH_RESULT
    ]  # fmt: skip
    to_pay = [one for one in came if one.get("DuocThanhToanTrucTuyen", "") in ("1", "3")]
    ended = [one for one in came if one.get("TrangThaiHoSo", "1") in WITH_RESULT]
    moment = min(now, _before(until))
    return {
        "1.4": Line(len(came), max(len(came), reported)),
        "2.1": Line(_count(course, lambda one: not _is_late(one, moment)), len(course)),
        "2.2": Line(sum(map(_seconds, done)) / 86400, len(done)),
        "3.6": Line(_count(to_pay, lambda one: one.get("DuocThanhToanTrucTuyen", "") == "1"), len(to_pay)),
        "4.1": Line(_count(ended, lambda one: _opens(one, found)), len(ended)),
        "4.2": Line(_count(came, lambda one: bool(one.get("DanhSachGiayToKetQua"))), len(came)),
        "4.3": Line(_count(came, _reuses), len(came)),
    }


def _count(records: Iterable[Mapping[str, Any]], holds: Callable[[Mapping[str, Any]], bool]) -> int:
    return sum(1 for one in records if holds(one))


def _is_judged(one: Mapping[str, Any], since: str, until: str) -> bool:
    end = one.get("NgayKetThucXuLy", "")
    return (
        one.get("TrangThaiHoSo", "1") in JUDGED
        and one.get("NgayTiepNhan", "") < until
        and (not end or end >= since)
    )


def _is_late(one: Mapping[str, Any], moment: str) -> bool:
    """By dates: the end, or the moment while there is none, after the due day."""
    due, end = one.get("NgayHenTra", ""), one.get("NgayKetThucXuLy", "") or moment
    return bool(due) and min(end, moment)[:DATE] > due[:DATE]


def _before(until: str) -> str:
    """The day before the period's end, which begins a day; its last second is of no account among dates."""
    if until == ALWAYS[1]:
        return until
    return datetime.fromordinal(datetime.strptime(until, FORM).toordinal() - 1).strftime("%Y%m%d") + "235959"


def _seconds(one: Mapping[str, Any]) -> float:
    end, begin = (datetime.strptime(one[name], FORM) for name in ("NgayKetThucXuLy", "NgayTiepNhan"))
    return max(0.0, (end - begin).total_seconds())


def _opens(one: Mapping[str, Any], found: Mapping[str, Fetched]) -> bool:
    """Whether a result was fetched from its address; one that was not tried yet proves nothing."""
    tried = (found.get(row.get("DuongDanTepTinKetQua", "")) for row in one.get("DanhSachGiayToKetQua") or ())
    return any(came is not None and came.outcome == "fetched" for came in tried)


def _reuses(one: Mapping[str, Any]) -> bool:
    return any(
        row.get("DuocTaiSuDung") == "1" and row.get("IsDeleted") not in ("True", "1")
        for row in one.get("TaiLieuNop") or ()
    )
