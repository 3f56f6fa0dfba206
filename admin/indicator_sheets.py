"""The indicators of Decision 766 as tables and pictures: how they stand, over the months, what is behind them."""

from collections.abc import Iterable, Sequence
from itertools import dropwhile

from admin.plots import Bar, Plot
from admin.report_names import By, Names
from admin.report_plots import of_shares
from admin.report_spans import Span
from admin.sheets import Cell, Sheet, shown
from domain.calendar import Translate
from domain.days import local
from domain.errors import msgid
from domain.indicators import INDICATORS, LACKS, REPAIRS, Count, Figure, Id, Indicator
from store.indicators import Behind

PERCENT = "%"
UNKNOWN = msgid("không rõ")


def titled(one: Indicator, said: Translate) -> str:
    """'2.1 · Giải quyết đúng hạn'."""
    return f"{one.id} · {said(one.name)}"


def of_month(figures: Sequence[Figure], before: Sequence[Figure], names: Names) -> Sheet:
    """One row an indicator: what is missing in words, what was counted, the rate, target and points."""
    said, language = names.said, names.language
    last = {figure.indicator.id: figure for figure in before}
    rows = tuple(_row(figure, last[figure.indicator.id], names) for figure in figures)
    columns = (
        said(msgid("Chỉ số")), said(msgid("Còn thiếu để đạt")), said(msgid("Tử số")), said(msgid("Mẫu số")),
        said(msgid("Tỷ lệ (%)")), said(msgid("Mục tiêu (%)")), said(msgid("Tháng trước (%)")), said(msgid("Điểm")),
        said(msgid("Điểm tối đa")),
    )  # fmt: skip
    note = msgid(
        "2.1 so theo ngày; hồ sơ đang chờ bổ sung, chờ nộp tiền hay dừng xử lý không tính; không có ngày hẹn thì"
        " không quá hạn. 5.4 chưa có phản ánh, kiến nghị gửi nơi khác. Điểm chỉ ghi ở dòng đã biết điểm tối đa."
    )
    title = said(msgid("Chỉ số Trung tâm tác động được"))
    plot = _against_targets(figures, said(msgid("Tỷ lệ so với mục tiêu")), said, language)
    return Sheet("index", title, columns, rows, words=2, note=said(note), plots=(plot,))


def _row(figure: Figure, before: Figure, names: Names) -> tuple[Cell, ...]:
    one, said = figure.indicator, names.said
    most: Cell = one.most if one.most is not None else "–" if one.in_days else said(UNKNOWN)
    return (
        titled(one, said), gap(figure, names), _above(figure), figure.count.below, _rate(figure, names), one.target,
        _rate(before, names), figure.points, most,
    )  # fmt: skip


def _above(figure: Figure) -> Cell:
    above = figure.count.above
    return above if figure.indicator.in_days or above != int(above) else int(above)


def _rate(figure: Figure, names: Names) -> Cell:
    if figure.indicator.in_days and figure.rate is not None:
        return names.said(msgid("%(n)s ngày")) % {"n": shown(figure.rate, names.language)}
    return figure.rate


def gap(figure: Figure, names: Names) -> str:
    """In words what is missing until nothing more can be won."""
    said = names.said
    if figure.rate is None:
        return said(msgid("Chưa có gì để tính"))
    if figure.indicator.in_days:
        return said(msgid("Không tính điểm"))
    if figure.is_full:
        return said(msgid("Đã đạt"))
    if figure.indicator.id is Id.CONTENT:
        points = shown((figure.indicator.target or 100.0) - figure.rate, names.language)
        return said(msgid("%(n)s điểm phần trăm")) % {"n": points}
    return said(msgid("%(n)s hồ sơ")) % {"n": shown(figure.missing, names.language)}


def _against_targets(figures: Iterable[Figure], title: str, said: Translate, language: str) -> Plot:
    bars = tuple(
        Bar(titled(f.indicator, said), (f.rate,), _percent(f.rate, language), limit=f.indicator.target)
        for f in figures
        if not f.indicator.in_days
    )
    return Plot(title, PERCENT, bars, limit=said(msgid("mục tiêu")), most=100)


def _percent(rate: float | None, language: str) -> str:
    return shown(rate, language) if rate is None else f"{shown(rate, language)}\N{NO-BREAK SPACE}{PERCENT}"


def of_months(months: Iterable[tuple[Span, Count]], one: Indicator, names: Names) -> Sheet:
    """An indicator over the months, oldest first, from the first one in which there was something."""
    said = names.said
    begun = dropwhile(lambda month: not month[1].below, months)
    found = [(f"{span.first:%m/%Y}", Figure(one, count)) for span, count in begun]
    rows = tuple((name, _above(figure), figure.count.below, figure.rate) for name, figure in found)
    columns = (said(msgid("Tháng")), said(msgid("Tử số")), said(msgid("Mẫu số")), said(msgid("Tỷ lệ (%)")))
    title = said(msgid("%(indicator)s qua các tháng")) % {"indicator": titled(one, said)}
    plot = of_shares(((name, figure.rate) for name, figure in found), title, names.language, most=100)
    return Sheet("months", title, columns, rows, plots=(plot,))


def of_formulas(names: Names) -> Sheet:
    """What is counted for each indicator."""
    said = names.said
    rows = tuple((titled(one, said), said(one.above), said(one.below)) for one in INDICATORS)
    columns = (said(msgid("Chỉ số")), said(msgid("Tử số")), said(msgid("Mẫu số")))
    return Sheet("formulas", said(msgid("Cách tính")), columns, rows, words=3)


def of_behind(found: Iterable[Behind], one: Indicator, most: int, names: Names) -> Sheet:
    """The dossiers behind lost points: by code, what they lack, since when and what repairs it; never whose."""
    said = names.said
    titles = {placement.code: placement.short_title for placement in names.centre.procedures}
    places = {agency.id: names.named(By.AGENCY, agency.id) for agency in names.centre.agencies}
    here = said(msgid("Trung tâm"))
    rows = tuple(
        (row.code, said(LACKS[row.lack]), f"{local(row.since):%d/%m/%Y}",
         titles.get(row.procedure) or row.procedure, places.get(row.unit, here), said(REPAIRS[row.lack]))
        for row in found
    )  # fmt: skip
    columns = (
        said(msgid("Mã hồ sơ")), said(msgid("Còn thiếu")), said(msgid("Từ ngày")), said(msgid("Thủ tục")),
        said(msgid("Đang ở")), said(msgid("Việc cần làm")),
    )  # fmt: skip
    note = said(msgid("Chỉ ghi %(n)s hồ sơ chờ lâu nhất.")) % {"n": most} if len(rows) == most else ""
    return Sheet(f"behind-{one.id}", titled(one, said), columns, rows, words=len(columns), note=note)
