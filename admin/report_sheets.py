"""The tables of the managers' reports, made of what `store.reports` and `store.ratings` count."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from admin import report_plots
from admin.report_names import GROUPS, By, Key, Names
from admin.sheets import Cell, Sheet
from domain.calendar import Translate
from domain.centres import Centre
from domain.days import local
from domain.errors import msgid
from domain.reports import (
    FEWEST_OF_A_PERSON,
    WITHIN_MINUTES,
    Course,
    Figures,
    figures,
    kept_promises,
    middle_wait,
)
from domain.routing import OutOfOrder
from domain.satisfaction import REASONS
from store.ratings import Five
from store.refusals import Refusals
from store.reports import Calls, Help, Jump, Rest
from web import wording

T = TypeVar("T")
K = TypeVar("K", str, int)


FIGURES: Mapping[By, str] = {
    By.QUEUE: msgid("Lượt, chờ và phục vụ theo hàng"),
    By.COUNTER: msgid("Lượt, chờ và phục vụ theo quầy"),
    By.AGENCY: msgid("Lượt, chờ và phục vụ theo cơ quan"),
    By.CLASS: msgid("Lượt, chờ và phục vụ theo diện"),
    By.HOUR: msgid("Lượt, chờ và phục vụ theo giờ đến"),
    By.WEEKDAY: msgid("Lượt, chờ và phục vụ theo thứ"),
    By.PERSON: msgid("Lượt, chờ và phục vụ theo cán bộ"),
}
# Which pictures go with which groups: who serves does not choose how long people waited before.
DRAWN = {"waits": report_plots.of_waits, "services": report_plots.of_services, "numbers": report_plots.of_numbers}
SHAPES: Mapping[By, tuple[str, ...]] = {
    By.QUEUE: ("waits", "services"),
    By.COUNTER: ("services",),
    By.AGENCY: ("waits",),
    By.CLASS: ("waits",),
    By.HOUR: ("numbers", "waits"),
    By.WEEKDAY: ("numbers", "waits"),
    By.PERSON: (),
}
REFUSED_BY = (By.QUEUE, By.AGENCY, By.HOUR, By.WEEKDAY)


@dataclass(frozen=True)
class Numbers:
    """Every number that is reported, and the promise of its queue in minutes; all together are summed up once."""

    courses: list[Course]
    promises: Mapping[str, int | None]

    @cached_property
    def all(self) -> tuple[Cell, ...]:
        """The last row."""
        return self.row(figures(self.courses), self.courses)

    def row(self, of: Figures, courses: list[Course]) -> tuple[Cell, ...]:
        """What a row says behind its name."""
        ends = (of.given, of.served, of.absent, of.left, of.unserved)
        waits = (of.wait, of.long_wait, of.longest_wait, *of.within, kept_promises(courses, self.promises))
        return (*ends, *waits, of.service, of.long_service, of.longest_service)


def numbers_of(courses: list[Course], centre: Centre) -> Numbers:
    """These numbers with the promises of the configuration in force."""
    return Numbers(courses, {queue.id: queue.promise_minutes for queue in centre.queues})


def of_figures(numbers: Numbers, by: By, names: Names) -> Sheet:
    """Numbers and minutes of each group, and of all together."""
    agencies = names.agencies
    keys: dict[By, Callable[[Course], Key]] = {
        By.QUEUE: attrgetter("queue"),
        By.COUNTER: attrgetter("counter"),
        By.AGENCY: lambda course: agencies.get(course.queue, ""),
        By.CLASS: attrgetter("group"),
        By.HOUR: attrgetter("came"),
        By.WEEKDAY: attrgetter("weekday"),
        By.PERSON: attrgetter("person"),
    }
    courses, said = grouped(numbers.courses, keys[by]), names.said
    order = sorted(courses, key=lambda key: names.rank(by, key))
    limits = numbers.promises if by is By.QUEUE else {}
    groups = [(names.named(by, key), figures(courses[key]), limits.get(str(key))) for key in order]
    rows = [(name, *numbers.row(of, courses[key])) for key, (name, of, _) in zip(order, groups, strict=True)]
    if numbers.courses:
        rows.append((said(msgid("Tất cả")), *numbers.all))
    note = msgid(
        "Chờ tính từ lúc đến đến lần gọi đầu; tỷ lệ tính trên các số đã gọi. Phục vụ là mọi phút ở quầy."
        " Mỗi số tính một lần, ở hàng đã cấp và ở quầy gọi sau cùng."
    )
    if by is By.PERSON:
        note = msgid(
            "Chỉ người giám sát thấy bảng này: cán bộ của cơ quan mình đã gọi ít nhất %(n)s số trong những ngày"
            " này, theo lần gọi sau cùng của mỗi số. Không in trong báo cáo tháng."
        )
    draw = (DRAWN[shape] for shape in SHAPES[by])
    plots = tuple(one(groups, said(GROUPS[by]).lower(), said, names.language) for one in draw)
    return Sheet(f"figures-{by}", said(FIGURES[by]), _columns(by, said), tuple(rows), sums=True,
                 note=said(note) % {"n": FEWEST_OF_A_PERSON}, plots=plots)  # fmt: skip


def _columns(by: By, said: Translate) -> tuple[str, ...]:
    minutes = said(msgid("Gọi trong %(n)s phút (%%)"))
    return (
        said(GROUPS[by]), said(msgid("Đã cấp")), said(msgid("Phục vụ xong")), said(msgid("Vắng mặt")),
        said(msgid("Không chờ nữa")), said(msgid("Không được phục vụ")), said(msgid("Chờ trung vị (phút)")),
        said(msgid("8/10 chờ không quá")), said(msgid("19/20 chờ không quá")),
        *(minutes % {"n": n} for n in WITHIN_MINUTES), said(msgid("Gọi trong hẹn (%)")),
        said(msgid("Phục vụ trung vị (phút)")), said(msgid("8/10 phục vụ không quá")),
        said(msgid("19/20 phục vụ không quá")),
    )  # fmt: skip


def grouped(found: Iterable[T], key: Callable[[T], Key]) -> dict[Key, list[T]]:
    """What is found, by its key."""
    groups: dict[Key, list[T]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups


def of_refusals(found: list[Refusals], by: By, names: Names) -> Sheet:
    """How many were told that a queue gives no number now, by reason."""
    keys: dict[By, Callable[[Refusals], Key]] = {
        By.QUEUE: attrgetter("queue"),
        By.AGENCY: lambda one: names.agencies.get(one.queue, ""),
        By.HOUR: attrgetter("hour"),
        By.WEEKDAY: attrgetter("weekday"),
    }
    said, groups = names.said, grouped(found, keys[by])
    order = sorted(groups, key=lambda key: names.rank(by, key))
    counted = [(names.named(by, key), _by_reason(groups[key])) for key in order]
    reasons = tuple(said(text) for text in wording.REFUSALS.values())
    rows: list[tuple[Cell, ...]] = [(name, *numbers, sum(numbers)) for name, numbers in counted]
    if found:
        numbers = _by_reason(found)
        rows.append((said(msgid("Tất cả")), *numbers, sum(numbers)))
    title = said(msgid("Chưa lấy được số, theo %(group)s")) % {"group": said(GROUPS[by]).lower()}
    columns = (said(GROUPS[by]), *(text[0].upper() + text[1:] for text in reasons), said(msgid("Số lần")))
    plot = report_plots.of_refusals(counted, reasons, title, names.language)
    note = said(msgid("Mỗi lần một người ở ki-ốt hay qua API được báo chưa có số; bấm lại cùng trang không tính."))
    return Sheet(f"refusals-{by}", title, columns, tuple(rows), sums=True, note=note, plots=(plot,))


def _by_reason(found: list[Refusals]) -> list[int]:
    counted = _count((one.reason, one.number) for one in found)
    return [counted[reason] for reason in wording.REFUSALS]


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
    if every:
        rows.append((said(msgid("Tất cả")), total, _percent(total, every)))
    columns = (said(msgid("Lý do")), said(msgid("Số lần")), said(msgid("Trên mọi lần gọi (%)")))
    note = said(msgid("Mọi lần gọi: %(n)s. Lần gọi đã hoàn tác không tính.")) % {"n": every}
    return Sheet("reasons", said(msgid("Gọi ngoài thứ tự theo lý do")), columns, tuple(rows), sums=True, note=note)


def of_jumping_queues(found: list[Calls], names: Names) -> Sheet:
    """Calls out of order by queue."""
    said, every = names.said, _count((calls.queue, calls.number) for calls in found)
    jumps = _count((calls.queue, calls.number) for calls in found if calls.reason)
    order = sorted(every, key=lambda queue: names.rank(By.QUEUE, queue))
    rows = tuple(
        (names.queue(queue), every[queue], jumps[queue], _percent(jumps[queue], every[queue])) for queue in order
    )
    columns = (
        said(GROUPS[By.QUEUE]), said(msgid("Mọi lần gọi")), said(msgid("Ngoài thứ tự")), said(msgid("Tỷ lệ (%)")),
    )  # fmt: skip
    title = said(msgid("Gọi ngoài thứ tự theo hàng"))
    shares = ((names.queue(queue), _percent(jumps[queue], every[queue])) for queue in order)
    plot = report_plots.of_shares(shares, title, names.language)
    return Sheet("queues", title, columns, rows, plots=(plot,))


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
         acts.get((n, "absent"), 0), acts.get((n, "transfer"), 0), acts.get((n, "undone"), 0), real[n], wrong[n])
        for n in sorted(counters)
    )  # fmt: skip
    columns = (
        said(GROUPS[By.COUNTER]), said(msgid("Mọi lần gọi")), said(msgid("Ngoài thứ tự")), said(msgid("Tỷ lệ (%)")),
        said(msgid("Lần gọi lại")), said(msgid("Báo vắng")), said(msgid("Lần chuyển đi")),
        said(msgid("Lần hoàn tác")), said(msgid("Gọi trợ giúp")), said(msgid("Bấm nhầm")),
    )  # fmt: skip
    return Sheet("counters", said(msgid("Việc ở từng quầy")), columns, rows)


def of_rests(found: list[Rest], names: Names) -> Sheet:
    """Pauses by reason: how often, how long they were said to last and did last."""
    said, groups = names.said, grouped(found, lambda rest: rest.reason)
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
    groups, waits = grouped(fives, place), grouped(found, place)
    columns = (
        said(msgid("Giờ")) if by is Said.HOUR else said(GROUPS[By(by)]), said(msgid("Ý kiến")),
        said(msgid("Hài lòng (%)")), said(msgid("Chờ trung vị (phút)")), *(said(text) for text in REASONS.values()),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (_place(by, key, names), *_said_cells(groups[key], waits.get(key, [])))
        for key in sorted(groups, key=lambda key: _rank(by, key, names))
    ]
    if fives:
        rows.append((said(msgid("Tất cả")), *_said_cells(fives, found)))
    title = said(TITLES[by])
    shares = ((str(name), float(share)) for name, _, share, *_ in rows[:-1] if isinstance(share, float))
    plot = report_plots.of_shares(shares, title, names.language, most=100)
    return Sheet(f"satisfaction-{by}", title, columns, tuple(rows), sums=True, plots=(plot,))


def _rank(by: Said, key: Key, names: Names) -> tuple[int, int, str]:
    return (int(key or 0), 0, "") if by is Said.HOUR else names.rank(By(by), key)


def _place(by: Said, key: Key, names: Names) -> str:
    return f"{key}:00–{key}:59" if by is Said.HOUR else names.named(By(by), key)


def _said_cells(fives: list[Five], found: list[Course]) -> tuple[Cell, ...]:
    answers = sum(five.answers for five in fives)
    reasons = Counter(chain.from_iterable(five.reasons for five in fives))
    share = _percent(sum(five.satisfied for five in fives), answers)
    return (answers, share, middle_wait(found), *(reasons[reason] for reason in REASONS))


def _count(pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    counted: Counter[K] = Counter()
    for key, number in pairs:
        counted[key] += number
    return counted


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
