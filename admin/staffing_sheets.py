"""The staffing advice of one group as a table, and as bars that are drawn on the server."""

from dataclasses import dataclass

from admin.report_names import Names
from admin.sheets import Cell, Sheet
from domain.errors import msgid
from domain.staffing import HALF_HOUR, Need, Staffing
from web import wording

WIDTH, HEIGHT = 760.0, 150.0
GAP = 0.3  # of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    """One half hour: the advised counters as a bar, the needs of single days as a line; `label` on whole hours."""

    x: float
    width: float
    y: float
    high: float
    low: float
    counters: int
    label: str
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """The bars from left to right, in a picture of WIDTH x HEIGHT above its hours."""

    bars: tuple[Bar, ...]
    most: int


def of_group(found: Staffing, names: Names) -> Sheet:
    """One row a half hour."""
    said = names.said
    columns = (
        said(msgid("Giờ")), said(msgid("Mở những quầy")), said(msgid("Nên mở (quầy)")), said(msgid("Ngày ít nhất")),
        said(msgid("Ngày nhiều nhất")),
    )  # fmt: skip
    rows = tuple(_row(found, need, names) for need in found.needs)
    titles = ", ".join(names.queue(queue) for queue in found.group.queues)
    return Sheet(f"staffing-{found.group.queues[0]}", titles, columns, rows, words=2)


def _row(found: Staffing, need: Need, names: Names) -> tuple[Cell, ...]:
    span = f"{wording.clock(need.begins)}–{wording.clock(need.begins + HALF_HOUR)}"
    opened = ", ".join(map(str, sorted(found.group.counters[: need.counters])))
    if not need.is_enough:
        opened = names.said(msgid("%(counters)s: mở hết vẫn không đủ")) % {"counters": opened}
    return span, opened, need.counters, need.least, need.most


def drawn(found: Staffing) -> Drawn:
    """The group's bars, as high as all of its counters at most."""
    most = len(found.group.counters)
    place = WIDTH / len(found.needs)

    def height(counters: int) -> float:
        return round(HEIGHT - HEIGHT * counters / most, 1)

    bars = tuple(
        Bar(
            round(place * (n + GAP / 2), 1), round(place * (1 - GAP), 1), height(need.counters), height(need.most),
            height(need.least), need.counters, f"{int(need.begins // 60)}h" if need.begins % 60 == 0 else "",
            need.is_enough,
        )
        for n, need in enumerate(found.needs)
    )  # fmt: skip
    return Drawn(bars, most)
