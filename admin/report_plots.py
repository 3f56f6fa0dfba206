"""The pictures of the managers' reports: waits, visits, numbers, refusals, answers, estimates against outcomes."""

from collections.abc import Iterable, Mapping, Sequence

from admin.plots import Bar, Plot
from admin.sheets import shown
from domain.calendar import Translate
from domain.errors import msgid
from domain.reports import Figures
from domain.waiting.scores import Outcome

MINUTES, PERCENT = msgid("phút"), "%"
SHARES = (msgid("một nửa"), msgid("8/10"), msgid("19/20"))
Group = tuple[str, Figures, int | None]


def of_waits(groups: Iterable[Group], head: str, said: Translate, language: str) -> Plot:
    """How long half, eight of ten and nineteen of twenty waited at most; a group may have a promise, in minutes."""
    found = list(groups)
    bars = (_spans(name, (of.wait, of.long_wait, of.longest_wait), language, to) for name, of, to in found)
    limit = said(msgid("hẹn")) if any(promise for *_, promise in found) else ""
    return _of_spans(msgid("Thời gian chờ không quá, theo %(group)s"), head, tuple(bars), said, limit)


def of_services(groups: Iterable[Group], head: str, said: Translate, language: str) -> Plot:
    """The same of the minutes at counters."""
    bars = (_spans(name, (of.service, of.long_service, of.longest_service), language) for name, of, _ in groups)
    return _of_spans(msgid("Thời gian phục vụ không quá, theo %(group)s"), head, tuple(bars), said)


def of_numbers(groups: Iterable[Group], head: str, said: Translate, language: str) -> Plot:
    """How many numbers were given, those served first."""
    title = said(msgid("Số đã cấp, theo %(group)s")) % {"group": head}
    bars = tuple(Bar(name, (of.served, of.given), shown(of.given, language)) for name, of, _ in groups)
    return Plot(title, "", bars, (said(msgid("phục vụ xong")), said(msgid("còn lại"))))


def of_refusals(
    rows: Iterable[tuple[str, Sequence[int]]], reasons: Sequence[str], title: str, language: str
) -> Plot:  # fmt: skip
    """How many were refused, the reasons one behind the other."""
    bars = (Bar(name, _piled(numbers), shown(sum(numbers), language)) for name, numbers in rows)
    return Plot(title, "", tuple(bars), tuple(reasons))


def of_shares(rows: Iterable[tuple[str, float | None]], title: str, language: str, most: float = 0.0) -> Plot:
    """A share of each, in percent."""
    bars = (Bar(name, (share,), _with_unit(shown(share, language), PERCENT, share)) for name, share in rows)
    return Plot(title, PERCENT, tuple(bars), most=most)


def of_outcomes(found: Mapping[str, Outcome], title: str, said: Translate, language: str) -> Plot:
    """For each estimate the waits that followed, without the shortest and the longest tenth."""
    minutes = said(MINUTES)
    bars = (
        Bar(name, (one.half, one.most), f"{_whole(one.least)} – {_whole(one.most)} {minutes}", one.least, one.point)
        for name, one in found.items()
    )
    parts = (said(msgid("chờ thật, đến trung vị")), said(msgid("từ trung vị")))
    return Plot(title, minutes, tuple(bars), parts, said(msgid("ước tính")))


def _of_spans(title: str, head: str, bars: tuple[Bar, ...], said: Translate, limit: str = "") -> Plot:
    return Plot(said(title) % {"group": head}, said(MINUTES), bars, tuple(map(said, SHARES)), limit)


def _spans(name: str, ends: tuple[float | None, ...], language: str, limit: int | None = None) -> Bar:
    words = " · ".join("–" if end is None else shown(round(end), language) for end in ends)
    return Bar(name, ends, words, limit=limit)


def _piled(numbers: Sequence[int]) -> tuple[float, ...]:
    return tuple(float(sum(numbers[: n + 1])) for n in range(len(numbers)))


def _with_unit(words: str, unit: str, value: float | None) -> str:
    return words if value is None else f"{words}\N{NO-BREAK SPACE}{unit}"


def _whole(minutes: float) -> str:
    return f"{minutes:.0f}"
