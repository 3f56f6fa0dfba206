"""What a province asks a centre for each month: dossiers received, done and under way, by agency and by sector."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from admin.report_names import GROUPS, By, Names
from admin.sheets import Cell, Sheet
from domain.calendar import Translate
from domain.errors import msgid
from store.progress import COLUMNS, Progress, together

Found = Mapping[tuple[str, str], Progress]
# In the order of the progress report (one-stop.md 11).
WORDS: Mapping[str, str] = {
    "before": msgid("Kỳ trước chuyển sang"),
    "online": msgid("Nhận trực tuyến"),
    "direct": msgid("Nhận trực tiếp"),
    "post": msgid("Nhận qua bưu chính"),
    "early": msgid("Xong trước hạn"),
    "on_time": msgid("Xong đúng hạn"),
    "late": msgid("Xong quá hạn"),
    "within": msgid("Đang giải quyết trong hạn"),
    "overdue": msgid("Đang giải quyết quá hạn"),
    "suspended": msgid("Tạm dừng"),
    "back": msgid("Rút lại"),
}
NOTE = msgid(
    "Trong mỗi dòng, bốn cột đầu cộng lại bằng bảy cột sau. Tạm dừng: chờ bổ sung, chờ nộp tiền hay dừng xử lý."
    " Hạn so theo ngày; không có ngày hẹn thì đúng hạn. Trực tuyến tính trên hồ sơ nhận trong kỳ, đúng hạn tính"
    " trên hồ sơ đã xong."
)


def of_agencies(found: Found, names: Names) -> Sheet:
    """One row an agency that decides."""
    title = names.said(msgid("Hồ sơ tiếp nhận và giải quyết theo cơ quan"))

    def order(key: str) -> tuple[int, int, str]:
        return names.rank(By.AGENCY, key)

    return _sheet("progress-agencies", title, names.said(GROUPS[By.AGENCY]), _by(found, 0, str), names,
                  lambda key: names.named(By.AGENCY, key), order)  # fmt: skip


def of_sectors(found: Found, sectors: Mapping[str, str], names: Names) -> Sheet:
    """One row a sector of the catalogue; a procedure that it has no longer stands under its code."""
    title = names.said(msgid("Hồ sơ tiếp nhận và giải quyết theo lĩnh vực"))
    groups = _by(found, 1, lambda procedure: sectors.get(procedure) or procedure)
    return _sheet("progress-sectors", title, names.said(msgid("Lĩnh vực")), groups, names, str, str.casefold)


def _by(found: Found, part: int, named: Callable[[str], str]) -> dict[str, Progress]:
    groups: dict[str, list[Progress]] = defaultdict(list)
    for key, one in found.items():
        groups[named(key[part])].append(one)
    return {name: together(some) for name, some in groups.items()}


def _sheet(
    key: str, title: str, first: str, groups: Mapping[str, Progress], names: Names, named: Callable[[str], str],
    order: Callable[[str], object],
) -> Sheet:  # fmt: skip
    keys = sorted(groups, key=order)  # type: ignore[arg-type]
    rows = [(named(one), *_cells(groups[one])) for one in keys]
    if rows:
        rows.append((names.said(msgid("Tất cả")), *_cells(together(groups.values()))))
    return Sheet(
        key, title, _columns(first, names.said), tuple(rows), sums=True, note=names.said(NOTE) if rows else ""
    )


def _columns(first: str, said: Translate) -> tuple[str, ...]:
    shares = said(msgid("Trực tuyến (%)")), said(msgid("Đúng hạn (%)"))
    return (first, *(said(WORDS[name]) for name in COLUMNS), *shares)


def _cells(one: Progress) -> tuple[Cell, ...]:
    in_time = one.early + one.on_time
    shares = _share(one.online, one.received), _share(in_time, one.resolved)
    return (*(getattr(one, name) for name in COLUMNS), *shares)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
