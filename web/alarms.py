"""What needs those who lead at once of queues and idle counters: worst first, each with what helps most.

The limits are those of waiting.md 10: nothing is reordered, the remedy is a counter, and the twin says which.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from domain.calendar import Translate
from domain.errors import msgid
from domain.waiting.advice import LONG_MINUTES, PRIORITY_MINUTES, TOO_LONG_MINUTES, Advice
from store import counters
from store.boards import Board, Came, arrivals
from web.house import House
from web.languages import translator
from web.scope import Scope

STEP_MINUTES, MOST_NAMED = 5, 7
IDLE_AFTER = timedelta(minutes=3)
UNSERVED = msgid("Chưa quầy nào phục vụ hàng %(queues)s: %(help)s")
TOO_LONG = msgid("Chờ quá 60 phút ở hàng %(queues)s: %(help)s")
PRIORITY = msgid("Diện ưu tiên chờ quá 15 phút ở hàng %(queues)s: %(help)s")
LONG = msgid("Chờ quá 45 phút ở hàng %(queues)s: %(help)s")
IDLE = msgid("Quầy %(counters)s đang rảnh mà hàng %(queues)s có người chờ: hãy nhắc gọi tiếp.")
GAIN = msgid("mở quầy %(counter)s thì ai đến hàng %(queue)s lúc này chờ khoảng %(after)s phút thay vì %(before)s.")
OPEN = msgid("hãy mở quầy %(counter)s cho hàng %(queue)s.")
RESTS = msgid("quầy %(counter)s đang nghỉ phục vụ được hàng %(queue)s.")
SHARE = msgid("hãy giao thêm hàng %(queue)s cho một quầy đang mở.")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sentence about these queues; `queue`: the one for which a counter is to be opened, empty: none."""

    words: str
    queues: frozenset[str]
    queue: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """Who waits in a queue, in minutes, and which counters serve it now."""

    id: str
    prefix: str
    waits: tuple[int, ...]
    priority: tuple[int, ...]
    serving: tuple[int, ...]

    def past(self, minutes: float) -> int:
        return sum(wait >= minutes for wait in self.waits)


def serving(board: Board, queue: str) -> tuple[int, ...]:
    """The counters that serve this queue now and do not rest."""
    return tuple(
        place.number
        for place in board.places.values()
        if place.shift and not place.pause and queue in place.skills.all
    )


def of_queues(house: House, scope: Scope, language: str) -> list[Alarm]:
    """Nobody serves, more than an hour, priority past 15 minutes, past 45 minutes, counters idle beside a line."""
    board, came, now = house.hub.board(), house.store.read(arrivals), house.now()
    lines = [
        _line(board, queue.id, queue.prefix, came[queue.id], now)
        for queue in house.store.centre().queues
        if queue.id in scope.queues and queue.id in came
    ]
    said, served = translator(language), [line for line in lines if line.serving]
    found = (
        (UNSERVED, {line: len(line.waits) for line in lines if not line.serving}),
        (TOO_LONG, {line: line.past(TOO_LONG_MINUTES) for line in served}),
        (PRIORITY, {line: sum(wait >= PRIORITY_MINUTES for wait in line.priority) for line in served}),
        (LONG, {line: line.past(LONG_MINUTES) for line in served if not line.past(TOO_LONG_MINUTES)}),
    )
    alarms = [_alarm(house, board, text, counted, said) for text, counted in found if any(counted.values())]
    return alarms + _idle(house, board, scope, lines, came, said)


def _line(board: Board, queue: str, prefix: str, came: Iterable[Came], now: datetime) -> _Line:
    waits = [(max(0, int((now - one.at).total_seconds() // 60)), one.is_priority) for one in came]
    of_priority = tuple(wait for wait, is_priority in waits if is_priority)
    return _Line(queue, prefix, tuple(wait for wait, _ in waits), of_priority, serving(board, queue))


def _alarm(house: House, board: Board, text: str, counted: Mapping[_Line, int], said: Translate) -> Alarm:
    worst = sorted((line for line in counted if counted[line]), key=lambda line: -counted[line])
    named = [f"{line.prefix} ({counted[line]})" for line in worst]
    queues = ", ".join(named if len(named) <= MOST_NAMED else [*named[:MOST_NAMED], "…"])
    words = said(text) % {"queues": queues, "help": _help(house, board, worst[0], said)}
    return Alarm(words, frozenset(line.id for line in worst), worst[0].id)


def _help(house: House, board: Board, line: _Line, said: Translate) -> str:
    """What the twin has played, else the closed counter that serves this queue first, else what is left to do."""
    closed = [place for place in board.places.values() if not place.shift and line.id in place.skills.all]
    played = house.forecaster.relief(line.id, house.now())
    if played is not None and played.counter in {place.number for place in closed}:
        if (gain := _gain(played)) is not None:
            before, after = gain
            minutes = {"before": before, "after": after}
            return said(GAIN) % {"counter": played.counter, "queue": line.prefix, **minutes}
        return said(OPEN) % {"counter": played.counter, "queue": line.prefix}
    if closed:
        first = min(closed, key=lambda place: (place.skills.all.index(line.id), place.number))
        return said(OPEN) % {"counter": first.number, "queue": line.prefix}
    rests = [place.number for place in board.places.values() if place.pause and line.id in place.skills.all]
    if rests:
        return said(RESTS) % {"counter": ", ".join(map(str, rests)), "queue": line.prefix}
    return said(SHARE) % {"queue": line.prefix}


def _gain(played: Advice) -> tuple[int, int] | None:
    """Minutes before and after, never exacter than five; None where that says nothing."""
    if played.before is None or played.after is None:
        return None
    before, after = (STEP_MINUTES * ceil(minutes / STEP_MINUTES) for minutes in (played.before, played.after))
    return (before, after) if after < before else None


def _idle(
    house: House, board: Board, scope: Scope, lines: list[_Line], came: Mapping[str, list[Came]], said: Translate
) -> list[Alarm]:
    """Counters that have called nobody for a while though somebody waits for them as long."""
    before = house.now() - IDLE_AFTER
    free = [p for p in board.places.values() if p.shift and not (p.pause or p.ticket) and scope.has_counter(
        p.number, p.skills.all
    )]  # fmt: skip
    waiting = [line for line in lines if any(one.at <= before and not one.is_directed for one in came[line.id])]
    beside = {p.number: [line for line in waiting if line.id in p.skills.all] for p in free}
    since = house.store.read(counters.last_acts) if any(beside.values()) else {}
    idle = [number for number, found in beside.items() if found and since.get(number, before) <= before]
    if not idle:
        return []
    queues = {line.id: line.prefix for number in idle for line in beside[number]}
    words = said(IDLE) % {"counters": ", ".join(map(str, idle)), "queues": ", ".join(queues.values())}
    return [Alarm(words, frozenset(queues))]
