"""What can be wrong between the parts of a centre file: names twice, references to nothing, queues unserved.

Works on the plain data, so that these mistakes are found together with those inside the parts.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

from domain.centre_rules import SHORT_NAME
from domain.errors import msgid
from domain.records import LONG_NUMBER, MOST_MISTAKES, Mistake, joined, shown, suggestion

MOST_COMPARED = 200
# Each group of places shares its names: no value may stand there twice.
UNIQUE = (
    ("agencies[*].id",),
    ("agencies[*].code", "agencies[*].aliases[*]"),
    ("halls[*].id",),
    ("zones[*].id",),
    ("classes[*].id",),
    ("queues[*].id",),
    ("queues[*].prefix",),
    ("counters[*].number",),
    ("procedures[*].code",),
    ("people[*].id",),
    ("people[*].login",),
    ("printers[*].id",),
    ("printers[*].address",),
    ("devices[*].id",),
    ("days[*].date",),
    ("slips[*].kind",),
    ("lookups[*].database",),
)
REFERENCES = (
    ("zones[*].hall", "halls[*].id"),
    ("queues[*].agency", "agencies[*].id"),
    ("queues[*].hall", "halls[*].id"),
    ("counters[*].zone", "zones[*].id"),
    ("counters[*].queues[*]", "queues[*].id"),
    ("counters[*].secondary[*]", "queues[*].id"),
    ("windows[*].queues[*]", "queues[*].id"),
    ("procedures[*].queue", "queues[*].id"),
    ("people[*].agency", "agencies[*].id"),
    ("people[*].counter", "counters[*].number"),
    ("devices[*].zone", "zones[*].id"),
    ("volumes[*].zone", "zones[*].id"),
    ("devices[*].printer", "printers[*].id"),
    ("printers[*].fallback", "printers[*].id"),
    ("devices[*].counter", "counters[*].number"),
)
# Said through a loudspeaker these cannot be told apart (features T4).
SOUNDS_LIKE = {"B": "P", "P": "B", "M": "N", "N": "M", "D": "T", "T": "D"}
Place = tuple[str, Any]


def whole_file(raw: dict[str, object]) -> Iterator[Mistake]:
    """What is wrong between the parts of a centre file; values of a wrong shape are passed over."""
    found = chain(
        chain.from_iterable(_repeated(_named(raw, *patterns)) for patterns in UNIQUE),
        chain.from_iterable(_dangling(_named(raw, source), _named(raw, target)) for source, target in REFERENCES),
        _sounding_alike(raw),
        _twice_at_one_counter(raw),
        unserved(raw),
        _received_where_results_are(raw),
        _tablets_without_counter(raw),
        _screens_that_fit(raw),
        _printers_without_agent(raw),
        _own_fallback(raw),
    )
    return islice(found, MOST_MISTAKES)


def _walk(raw: object, pattern: str, path: str = "") -> Iterator[Place]:
    if not pattern:
        yield path, raw
        return
    head, _, rest = pattern.partition(".")
    key = head.removesuffix("[*]")
    if not isinstance(raw, dict) or key not in raw:
        return
    inner, path = raw[key], joined(path, key)
    if key == head:
        yield from _walk(inner, rest, path)
    elif isinstance(inner, list):
        for i, entry in enumerate(inner):
            yield from _walk(entry, rest, f"{path}[{i}]")


def _named(raw: object, *patterns: str, path: str = "") -> Iterator[Place]:
    for place, value in chain.from_iterable(_walk(raw, pattern, path) for pattern in patterns):
        if isinstance(value, str | date) or (type(value) is int and abs(value) < LONG_NUMBER):
            yield place, value


def _repeated(places: Iterator[Place]) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for path, value in places:
        earlier = first.setdefault(str(value).casefold(), path)
        if earlier != path:
            words = {"first": earlier}
            yield Mistake(path, shown(value), msgid("trùng với %(first)s"), msgid("đặt giá trị khác"), words)


def _dangling(places: Iterator[Place], targets: Iterator[Place]) -> Iterator[Mistake]:
    names = {str(value): None for _, value in targets}
    # What is badly named itself is no remedy: it is to be mended first.
    near = [name for name in names if re.fullmatch(SHORT_NAME, name)][:MOST_COMPARED]
    for path, value in places:
        if str(value) not in names:
            remedy, words = suggestion(str(value), near)
            yield Mistake(path, shown(value), msgid("không có trong tệp này"), remedy, words)


def _sounding_alike(raw: dict[str, object]) -> Iterator[Mistake]:
    heard = set()
    for path, queue in _walk(raw, "queues[*]"):
        named = dict(_named(queue, "hall", "prefix"))
        hall, prefix = str(named.get("hall")), str(named.get("prefix"))
        other = SOUNDS_LIKE.get(prefix)
        if (hall, other) in heard:
            reason = msgid("nghe dễ nhầm với %(other)s trong cùng một phòng chờ")
            yield Mistake(joined(path, "prefix"), shown(prefix), reason, msgid("đặt chữ khác"), {"other": other})
        heard.add((hall, prefix))


def _twice_at_one_counter(raw: dict[str, object]) -> Iterator[Mistake]:
    for path, counter in _walk(raw, "counters[*]"):
        yield from _repeated(_named(counter, "queues[*]", "secondary[*]", path=path))


def unserved(raw: dict[str, object]) -> Iterator[Mistake]:
    """The queues that no counter serves."""
    served = {value for _, value in _named(raw, "counters[*].queues[*]", "counters[*].secondary[*]")}
    for path, queue in _named(raw, "queues[*].id"):
        if queue not in served:
            remedy = msgid("thêm hàng này vào một quầy (queues)")
            yield Mistake(path, shown(queue), msgid("chưa quầy nào phục vụ hàng này"), remedy)


def _received_where_results_are(raw: dict[str, object]) -> Iterator[Mistake]:
    queues = [dict(_named(queue, "id", "kind")) for _, queue in _walk(raw, "queues[*]")]
    results = {queue.get("id") for queue in queues if queue.get("kind") == "results"}
    for path, queue in _named(raw, "procedures[*].queue"):
        if queue in results:
            reason = msgid("hàng trả kết quả không tiếp nhận thủ tục")
            yield Mistake(path, shown(queue), reason, msgid("chọn một hàng tiếp nhận"))


def _tablets_without_counter(raw: dict[str, object]) -> Iterator[Mistake]:
    for path, device in _walk(raw, "devices[*]"):
        if isinstance(device, dict) and device.get("kind") == "tablet" and "counter" not in device:
            reason = msgid("máy tính bảng đánh giá phải thuộc một quầy")
            yield Mistake(joined(path, "counter"), "", reason, msgid("ghi số quầy của máy này (counter)"))


def _screens_that_fit(raw: dict[str, object]) -> Iterator[Mistake]:
    for path, device in _walk(raw, "devices[*]"):
        if not isinstance(device, dict) or not isinstance(device.get("screen"), dict):
            continue
        if device.get("kind") != "wall":
            reason = msgid("chỉ màn hình sảnh mới có cách bày")
            yield Mistake(joined(path, "screen"), "", reason, msgid("bỏ khóa này hoặc đổi loại thành wall"))
        elif device["screen"].get("layout") == "door" and "counter" not in device:
            reason = msgid("màn hình ở cửa quầy phải thuộc một quầy")
            yield Mistake(joined(path, "counter"), "", reason, msgid("ghi số quầy của màn hình này (counter)"))


def _printers_without_agent(raw: dict[str, object]) -> Iterator[Mistake]:
    devices = [dict(_named(device, "id", "kind")) for _, device in _walk(raw, "devices[*]")]
    agents = {device.get("id") for device in devices if device.get("kind") == "agent"}
    for path, address in _named(raw, "printers[*].address"):
        name = str(address).removeprefix("agent://")
        if name != address and name not in agents:
            reason = msgid("chưa khai chương trình in này")
            remedy = msgid("thêm một thiết bị có mã %(name)s và loại agent")
            yield Mistake(path, shown(address), reason, remedy, {"name": name[:40]})


def _own_fallback(raw: dict[str, object]) -> Iterator[Mistake]:
    for path, printer in _walk(raw, "printers[*]"):
        named = dict(_named(printer, "id", "fallback"))
        if "fallback" in named and named["fallback"] == named.get("id"):
            reason = msgid("một máy in không thay được cho chính nó")
            yield Mistake(joined(path, "fallback"), shown(named["fallback"]), reason, msgid("chọn máy in khác"))
