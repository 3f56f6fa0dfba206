"""The tables that judge the house's own estimates, and count who was never called."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from operator import attrgetter

from admin import report_plots
from admin.report_names import By, Names
from admin.report_sheets import grouped
from admin.sheets import Cell, Sheet
from domain.errors import msgid
from domain.waiting.scores import Judged, outcomes, score
from domain.waiting.snapshots import Group

STEP_MINUTES, LAST_MINUTES = 5, 60
KINDS = {
    Group.ORDINARY: msgid("Mọi người khác"),
    Group.PRIORITY: msgid("Diện ưu tiên"),
    Group.BOOKED: msgid("Có lịch hẹn"),
}


def of_queues(found: list[Judged], unanswered: Mapping[str, int], names: Names) -> Sheet:
    """Error, bias and cover by queue, and of all together; `unanswered` estimates have no wait to be judged by."""
    groups = grouped(found, attrgetter("queue"))
    keys = sorted({*groups, *unanswered}, key=lambda queue: names.rank(By.QUEUE, queue))
    rows = [(names.queue(str(queue)), groups.get(queue, [])) for queue in keys]
    rows += [(names.said(msgid("Tất cả")), found)] if keys else []
    title, head = msgid("Sai số ước tính theo hàng"), msgid("Hàng")
    note = msgid(
        "Khoảng đúng khi khoảng 80 trong 100 lượt chờ nằm trong khoảng đã ước tính."
        " Không tính: số đã rời hàng, đổi chỗ hoặc hết giờ mà chưa được gọi."
    )
    sheet = _sheet("estimates", names, title, head, rows, note=note, sums=True, every=True)
    counts = [*(unanswered.get(str(queue), 0) for queue in keys), sum(unanswered.values())]
    return replace(
        sheet,
        columns=(*sheet.columns, names.said(msgid("Không tính (số)"))),
        rows=tuple((*row, count) for row, count in zip(sheet.rows, counts, strict=False)),
    )


def of_kinds(found: list[Judged], names: Names) -> Sheet:
    """The same by ordinary, priority and booked."""
    groups = grouped(found, attrgetter("kind"))
    rows = [(names.said(text), groups.get(kind, [])) for kind, text in KINDS.items()]
    return _sheet("estimates-classes", names, msgid("Sai số ước tính theo diện"), msgid("Diện"), rows)


def of_days(found: list[Judged], labels: Mapping[int, date], names: Names) -> Sheet:
    """The same by business day."""
    groups = grouped(found, attrgetter("day"))
    rows = [(f"{label:%d/%m/%Y}", groups.get(day, [])) for day, label in labels.items()]
    return _sheet("estimates-days", names, msgid("Sai số ước tính theo ngày"), msgid("Ngày"), rows)


def of_outcomes(found: list[Judged], names: Names) -> Sheet:
    """What was estimated against the waits that followed."""
    said = names.said
    known = {_minutes(low): one for low, one in outcomes(found, STEP_MINUTES, LAST_MINUTES).items()}
    rows = tuple((name, one.count, one.point, one.least, one.half, one.most) for name, one in known.items())
    columns = (
        said(msgid("Ước tính (phút)")), said(msgid("Số lượt")), said(msgid("Ước tính trung bình (phút)")),
        said(msgid("1/10 chờ không quá")), said(msgid("Chờ trung vị (phút)")), said(msgid("9/10 chờ không quá")),
    )  # fmt: skip
    title = said(msgid("Ước tính và chờ thật"))
    plot = report_plots.of_outcomes(known, title, said, names.language)
    return Sheet("outcomes", title, columns, rows, plots=(plot,))


def _minutes(low: int) -> str:
    return f"{low}–{low + STEP_MINUTES}" if low < LAST_MINUTES else f"≥ {low}"


def of_stranded(found: Mapping[tuple[int, str], int], labels: Mapping[int, date], names: Names) -> Sheet:
    """Numbers that were given and never called before the day ended, by day and queue."""
    said = names.said
    order = sorted(found, key=lambda key: (labels[key[0]], names.rank(By.QUEUE, key[1])))
    rows = tuple((f"{labels[day]:%d/%m/%Y}", names.queue(queue), found[day, queue]) for day, queue in order)
    columns = (said(msgid("Ngày")), said(msgid("Hàng")), said(msgid("Số không được gọi")))
    return Sheet("stranded", said(msgid("Đã cấp số mà hết giờ chưa được gọi")), columns, rows, words=2)


def _sheet(
    key: str, names: Names, title: str, head: str, groups: Iterable[tuple[str, list[Judged]]], note: str = "",
    *, sums: bool = False, every: bool = False,
) -> Sheet:  # fmt: skip
    """The table of these groups; `every`: also those in which nothing can be judged."""
    said: Callable[[str], str] = names.said
    columns = (
        said(head), said(msgid("Số lượt")), said(msgid("Chờ trung bình (phút)")), said(msgid("Sai số (phút)")),
        said(msgid("Lệch (phút)")), said(msgid("Trong khoảng (%)")), said(msgid("Khoảng rộng (phút)")),
    )  # fmt: skip
    rows = tuple(_row(name, judged) for name, judged in groups if judged or every)
    return Sheet(key, said(title), columns, rows, note=said(note) if note else "", sums=sums)


def _row(name: str, found: list[Judged]) -> tuple[Cell, ...]:
    if not found:
        return name, 0, None, None, None, None, None
    known = score(found)
    return name, known.count, known.wait, known.error, known.bias, known.cover, known.width
