"""The tables of the managers' reports, made of what `store.reports` and `store.ratings` count."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from admin.sheets import Cell, Sheet
from domain.calendar import Translate
from domain.centres import Centre, Queue
from domain.days import local
from domain.errors import msgid
from domain.reports import BOOKED, ORDINARY, WITHIN_MINUTES, Course, Figures, figures
from domain.routing import OutOfOrder
from domain.satisfaction import REASONS
from store.ratings import Five
from store.reports import Calls, Help, Jump, Rest
from web import wording
from web.languages import translator
from web.pages import text_of

T = TypeVar("T")
K = TypeVar("K", str, int)
Key = str | int | None


class By(StrEnum):
    """What the figures are grouped by."""

    QUEUE = "queue"
    COUNTER = "counter"
    AGENCY = "agency"
    CLASS = "class"


GROUPS: Mapping[By, str] = {
    By.QUEUE: msgid("Hàng"),
    By.COUNTER: msgid("Quầy"),
    By.AGENCY: msgid("Cơ quan"),
    By.CLASS: msgid("Diện"),
}


FIGURES: Mapping[By, str] = {
    By.QUEUE: msgid("Lượt, chờ và phục vụ theo hàng"),
    By.COUNTER: msgid("Lượt, chờ và phục vụ theo quầy"),
    By.AGENCY: msgid("Lượt, chờ và phục vụ theo cơ quan"),
    By.CLASS: msgid("Lượt, chờ và phục vụ theo diện"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the reports' rows are called in a language, in the centre's order; what is gone keeps its id.

    `gone`: queues of former configurations that keep their name.
    """

    centre: Centre
    language: str
    gone: tuple[Queue, ...] = ()

    @property
    def said(self) -> Translate:
        """The translator of the language."""
        return translator(self.language)

    def queue(self, queue: str) -> str:
        """'A · Hộ tịch'."""
        return self._queues().get(queue, queue)

    def agency_of(self, queue: str) -> str:
        """The agency whose queue this is, by id; empty where the queue is gone."""
        return next((q.agency for q in self.centre.queues if q.id == queue), "")

    def named(self, by: By, key: Key) -> str:
        """A row's first cell."""
        return self._names(by).get(str(key), self.said(msgid("Chưa gọi")) if key is None else str(key) or "–")

    def rank(self, by: By, key: Key) -> tuple[int, int, str]:
        """Where the row stands: the centre's order, then what is gone."""
        order = list(self._names(by))
        place = order.index(str(key)) if str(key) in order else len(order)
        return place, key if isinstance(key, int) else 0, str(key)

    def _queues(self) -> dict[str, str]:
        queues = (*self.centre.queues, *self.gone)
        return {q.id: f"{q.prefix} · {text_of(q.title, self.language)}" for q in queues}

    def _names(self, by: By) -> dict[str, str]:
        if by is By.QUEUE:
            return self._queues()
        if by is By.AGENCY:
            return {agency.id: text_of(agency.name, self.language) for agency in self.centre.agencies}
        if by is By.COUNTER:
            return {str(counter.number): str(counter.number) for counter in self.centre.counters}
        people = {ORDINARY: self.said(msgid("Mọi người khác")), BOOKED: self.said(msgid("Có lịch hẹn"))}
        return people | {group.id: text_of(group.label, self.language) for group in self.centre.classes}


def of_figures(found: list[Course], by: By, names: Names) -> Sheet:
    """Numbers and minutes of each group, and of all together."""
    keys: dict[By, Callable[[Course], Key]] = {
        By.QUEUE: lambda course: course.queue,
        By.COUNTER: lambda course: course.counter,
        By.AGENCY: lambda course: names.agency_of(course.queue),
        By.CLASS: lambda course: course.group,
    }
    groups = _grouped(found, keys[by])
    said = names.said
    minutes = said(msgid("Gọi trong %(n)s phút (%%)"))
    columns = (
        said(GROUPS[by]), said(msgid("Đã cấp")), said(msgid("Phục vụ xong")), said(msgid("Vắng mặt")),
        said(msgid("Không chờ nữa")), said(msgid("Không được phục vụ")), said(msgid("Chờ trung vị (phút)")),
        said(msgid("8/10 chờ không quá")), *(minutes % {"n": n} for n in WITHIN_MINUTES),
        said(msgid("Phục vụ trung vị (phút)")), said(msgid("8/10 phục vụ không quá")),
    )  # fmt: skip
    rows = [
        (names.named(by, key), *_cells(figures(groups[key])))
        for key in sorted(groups, key=lambda key: names.rank(by, key))
    ]
    if found:
        rows.append((said(msgid("Tất cả")), *_cells(figures(found))))
    note = msgid(
        "Chờ tính từ lúc đến đến lần gọi đầu; tỷ lệ tính trên các số đã gọi. Phục vụ là mọi phút ở quầy."
        " Mỗi số tính một lần, ở hàng đã cấp và ở quầy gọi sau cùng."
    )
    return Sheet(f"figures-{by}", said(FIGURES[by]), columns, tuple(rows), sums=True,
                 note=said(note))  # fmt: skip


def _grouped(found: Iterable[T], key: Callable[[T], Key]) -> dict[Key, list[T]]:
    groups: dict[Key, list[T]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups


def _cells(of: Figures) -> tuple[Cell, ...]:
    return (of.given, of.served, of.absent, of.left, of.unserved, of.wait, of.long_wait, *of.within, of.service,
            of.long_service)  # fmt: skip


def of_reasons(found: list[Calls], names: Names) -> Sheet:
    """Calls out of order by reason, with their share of all calls."""
    every, said = sum(calls.number for calls in found), names.said
    counted = _count((calls.reason, calls.number) for calls in found if calls.reason)
    rows = [
        (said(wording.OUT_OF_ORDER[reason]), counted[reason], _percent(counted[reason], every))
        for reason in OutOfOrder
        if counted[reason]
    ]
    total = sum(counted.values())
    rows.append((said(msgid("Tất cả")), total, _percent(total, every)))
    columns = (said(msgid("Lý do")), said(msgid("Số lần")), said(msgid("Trên mọi lần gọi (%)")))
    note = said(msgid("Mọi lần gọi: %(n)s. Lần gọi đã hoàn tác không tính.")) % {"n": every}
    return Sheet("reasons", said(msgid("Gọi ngoài thứ tự theo lý do")), columns, tuple(rows), sums=True, note=note)


def of_jumping_queues(found: list[Calls], names: Names) -> Sheet:
    """Calls out of order by queue."""
    said, every = names.said, _count((calls.queue, calls.number) for calls in found)
    jumps = _count((calls.queue, calls.number) for calls in found if calls.reason)
    rows = tuple(
        (names.queue(queue), every[queue], jumps[queue], _percent(jumps[queue], every[queue]))
        for queue in sorted(every, key=lambda queue: names.rank(By.QUEUE, queue))
    )
    columns = (
        said(GROUPS[By.QUEUE]), said(msgid("Mọi lần gọi")), said(msgid("Ngoài thứ tự")), said(msgid("Tỷ lệ (%)")),
    )  # fmt: skip
    return Sheet("queues", said(msgid("Gọi ngoài thứ tự theo hàng")), columns, rows)


def of_counters(
    found: list[Calls], acts: Mapping[tuple[int, str], int], helped: list[Help], names: Names
) -> Sheet:  # fmt: skip
    """What each counter did beside calling in order."""
    said, every = names.said, _count((calls.counter, calls.number) for calls in found)
    jumps = _count((calls.counter, calls.number) for calls in found if calls.reason)
    real = _count((one.counter, 1) for one in helped if not one.is_false)
    wrong = _count((one.counter, 1) for one in helped if one.is_false)
    counters = {*every, *real, *wrong, *(counter for counter, _ in acts)}
    rows = tuple(
        (names.named(By.COUNTER, n), every[n], jumps[n], _percent(jumps[n], every[n]), acts.get((n, "recall"), 0),
         acts.get((n, "absent"), 0), acts.get((n, "undone"), 0), real[n], wrong[n])
        for n in sorted(counters)
    )  # fmt: skip
    columns = (
        said(GROUPS[By.COUNTER]), said(msgid("Mọi lần gọi")), said(msgid("Ngoài thứ tự")), said(msgid("Tỷ lệ (%)")),
        said(msgid("Lần gọi lại")), said(msgid("Báo vắng")), said(msgid("Lần hoàn tác")),
        said(msgid("Gọi trợ giúp")), said(msgid("Bấm nhầm")),
    )  # fmt: skip
    return Sheet("counters", said(msgid("Việc ở từng quầy")), columns, rows)


def of_rests(found: list[Rest], names: Names) -> Sheet:
    """Pauses by reason: how often, how long they were said to last and did last."""
    said, groups = names.said, _grouped(found, lambda rest: rest.reason)
    rows = tuple(_rest_row(said(text), groups[key]) for key, text in wording.PAUSE_REASONS.items() if key in groups)
    columns = (
        said(msgid("Lý do")), said(msgid("Số lần")), said(msgid("Báo trước, trung bình (phút)")),
        said(msgid("Thực tế, trung bình (phút)")), said(msgid("Lâu nhất (phút)")), said(msgid("Tổng (phút)")),
    )  # fmt: skip
    note = said(msgid("Lần nghỉ chưa xong, hay quên kết thúc đến hết ngày, không tính vào số phút thực tế."))
    return Sheet("rests", said(msgid("Tạm nghỉ theo lý do")), columns, rows, note=note)


def _rest_row(name: str, rests: list[Rest]) -> tuple[Cell, ...]:
    lasted = [rest.lasted for rest in rests if rest.lasted is not None]
    announced = sum(rest.minutes for rest in rests) / len(rests)
    if not lasted:
        return name, len(rests), announced, None, None, None
    return name, len(rests), announced, sum(lasted) / len(lasted), max(lasted), sum(lasted)


def of_jumps(found: list[Jump], people: Mapping[str, str], labels: Mapping[int, date], most: int,
             names: Names) -> Sheet:  # fmt: skip
    """The list: day, time, number, reason, counter, by whom, and the numbers that stood before."""
    said = names.said
    rows = tuple(
        (f"{labels[jump.day]:%d/%m/%Y}", f"{local(jump.at):%H:%M}", jump.number,
         said(wording.OUT_OF_ORDER.get(jump.reason, jump.reason)), str(jump.counter),
         people.get(jump.person, jump.person), ", ".join(jump.passed) or "–")
        for jump in found
    )  # fmt: skip
    columns = (
        said(msgid("Ngày")), said(msgid("Giờ")), said(msgid("Số")), said(msgid("Lý do")), said(GROUPS[By.COUNTER]),
        said(msgid("Người gọi")), said(msgid("Vượt số")),
    )  # fmt: skip
    note = said(msgid("Chỉ ghi %(n)s lần mới nhất.")) % {"n": most} if len(found) == most else ""
    return Sheet("list", said(msgid("Từng lần gọi ngoài thứ tự")), columns, rows, words=len(columns), note=note)


class Said(StrEnum):
    """What satisfaction is grouped by; Five and Course have fields of these names."""

    QUEUE = "queue"
    COUNTER = "counter"
    HOUR = "hour"


TITLES: Mapping[Said, str] = {
    Said.QUEUE: msgid("Hài lòng theo hàng"),
    Said.COUNTER: msgid("Hài lòng theo quầy"),
    Said.HOUR: msgid("Hài lòng theo giờ"),
}


def of_satisfaction(fives: list[Five], found: list[Course], by: Said, names: Names) -> Sheet:
    """Answers, the share of the satisfied, the wait beside it, and the reasons of the others."""
    said = names.said
    place: Callable[[Five | Course], Key] = attrgetter(by)
    groups, waits = _grouped(fives, place), _grouped(found, place)
    columns = (
        said(msgid("Giờ")) if by is Said.HOUR else said(GROUPS[By(by)]), said(msgid("Ý kiến")),
        said(msgid("Hài lòng (%)")), said(msgid("Chờ trung vị (phút)")), *(said(text) for text in REASONS.values()),
    )  # fmt: skip
    rows = [
        (_place(by, key, names), *_said_cells(groups[key], waits.get(key, [])))
        for key in sorted(groups, key=lambda key: _rank(by, key, names))
    ]
    if fives:
        rows.append((said(msgid("Tất cả")), *_said_cells(fives, found)))
    return Sheet(f"satisfaction-{by}", said(TITLES[by]), columns, tuple(rows), sums=True)


def _rank(by: Said, key: Key, names: Names) -> tuple[int, int, str]:
    return (int(key or 0), 0, "") if by is Said.HOUR else names.rank(By(by), key)


def _place(by: Said, key: Key, names: Names) -> str:
    return f"{key}:00–{key}:59" if by is Said.HOUR else names.named(By(by), key)


def _said_cells(fives: list[Five], found: list[Course]) -> tuple[Cell, ...]:
    answers = sum(five.answers for five in fives)
    reasons = Counter(chain.from_iterable(five.reasons for five in fives))
    share = _percent(sum(five.satisfied for five in fives), answers)
    return (answers, share, figures(found).wait, *(reasons[reason] for reason in REASONS))


def _count(pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    counted: Counter[K] = Counter()
    for key, number in pairs:
        counted[key] += number
    return counted


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
