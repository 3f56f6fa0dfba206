"""The floor as those who lead see it: every counter, every queue, and what needs somebody's eye.

Notices to people only: nothing here calls anybody or changes an order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from admin import cover, devices
from domain.calendar import Translate
from domain.centres import Centre, Hall
from domain.days import local
from domain.errors import msgid
from domain.tickets import milliseconds
from domain.waiting.advice import LONG_MINUTES, TOO_LONG_MINUTES
from store import centres, figures
from store.boards import Board, Place, arrivals
from store.counters import Pause
from store.figures import NOTHING
from web import alarms, tonight, wording
from web.alarms import serving
from web.house import House
from web.languages import translator
from web.pages import text_of
from web.scope import Scope

HALF_HOUR = 30.0
OVERRUN_MINUTES = 10


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue now; waits in minutes; `open` counts the counters that serve it and do not rest."""

    id: str
    prefix: str
    title: str
    agency: str
    waiting: int
    longest: int
    past_long: int
    past_too_long: int
    open: int
    given: int
    served: int
    stopped: str
    kept: bool


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One counter now; `since` is when it called its ticket, `rests` why and until when it pauses, in words."""

    number: int
    place: Place
    first: str
    second: str
    since: datetime | None
    minutes: int
    rests: str
    overrun: int


@dataclass(frozen=True, slots=True)
class AgencyRows:
    """The queues of one agency, with their sums."""

    name: str
    rows: tuple[QueueRow, ...]

    def sum(self, figure: str) -> int:
        """One figure of all its queues together."""
        return sum(getattr(row, figure) for row in self.rows)

    @property
    def longest(self) -> int:
        """The longest wait, in minutes."""
        return max(row.longest for row in self.rows)


@dataclass(frozen=True, slots=True)
class Notice:
    """What needs somebody's eye, in one sentence; `help_at` (ms) where a counter calls for help.

    `way`: the page on which more is said and done. `queue`: the one for which a counter is to be opened.
    """

    words: str
    counter: int = 0
    help_at: int = 0
    way: str = ""
    queue: str = ""


def floor(house: House, scope: Scope, language: str) -> dict[str, Any]:
    """The floor as far as this scope reaches; only a call for help is for everybody who leads."""
    centre, board, now, said = house.store.centre(), house.hub.board(), house.now(), translator(language)
    queues = queue_rows(house, scope, language)
    places = [place for place in board.places.values() if scope.has_counter(place.number, place.skills.all)]
    counters = [_counter(centre, place, now, said) for place in places]
    return {
        "now": now,
        "agencies": _by_agency(centre, queues, language),
        "counters": counters,
        "notices": [
            *_calls_for_help(board, said), *_of_queues(house, scope, language),
            *_of_changes(centre, board, queues, said), *_of_pauses(counters, said),
            *_of_devices(devices.notice(house, scope, said)),
        ],
        "halls": [(hall.id, text_of(hall.name, language)) for hall in own_halls(centre, scope)],
    }  # fmt: skip


def floor_picture(house: House, scope: Scope, language: str) -> str:
    """The fragment that every open floor page of this scope gets."""
    return house.pages.render("admin/_floor_live.html", language, **floor(house, scope, language))


def queue_rows(house: House, scope: Scope, language: str) -> list[QueueRow]:
    """Every queue of the scope in the centre's order."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    came, kept = house.store.read(arrivals), house.store.read(centres.kept)
    counted = house.store.read(figures.of_queues, board.day.id if board.day else 0)
    rows = []
    for queue in (queue for queue in centre.queues if queue.id in scope.queues):
        waits = [_minutes(now - one.at) for one in came.get(queue.id, [])]
        day = counted.get(queue.id, NOTHING)
        stop = wording.stop(board.stop_of(queue.id, now), translator(language))
        rows.append(QueueRow(
            queue.id, queue.prefix, text_of(queue.title, language), queue.agency, len(waits), max([0, *waits]),
            sum(wait >= LONG_MINUTES for wait in waits), sum(wait >= TOO_LONG_MINUTES for wait in waits),
            len(serving(board, queue.id)), day.given, day.served, stop, queue.id in kept,
        ))  # fmt: skip
    return rows


def half_hours_left(house: House, queue: str) -> list[float]:
    """The half hours until which a counter could still be opened for this queue, as minutes of the day."""
    end = tonight.end_of(house, queue)
    if end is None:
        return []
    now = local(house.now())
    first = int((now.hour * 60 + now.minute) // HALF_HOUR) + 1
    return [HALF_HOUR * half for half in range(first, int(end.closes // HALF_HOUR) + 1)]


def letters(centre: Centre, queues: Iterable[str]) -> str:
    """The letters of these queues, 'A B'."""
    known = {queue.id: queue.prefix for queue in centre.queues}
    return " ".join(known[queue] for queue in queues if queue in known)


def rest(pause: Pause, said: Translate) -> str:
    """Why a counter rests and until about when."""
    reason = said(wording.PAUSE_REASONS.get(pause.reason, wording.PAUSE_REASONS["other"]))
    until = pause.at + timedelta(minutes=pause.minutes)
    return said(msgid("%(reason)s, đến khoảng %(time)s")) % {"reason": reason, "time": f"{local(until):%H:%M}"}


def _counter(centre: Centre, place: Place, now: datetime, said: Translate) -> CounterRow:
    since = (place.ticket.started_at or place.ticket.called_at) if place.ticket else None
    pause = place.pause
    return CounterRow(
        place.number, place, letters(centre, place.skills.queues), letters(centre, place.skills.secondary),
        since, _minutes(now - since) if since else 0, rest(pause, said) if pause else "",
        _minutes(now - pause.at) - pause.minutes if pause else 0,
    )  # fmt: skip


def _by_agency(centre: Centre, rows: list[QueueRow], language: str) -> list[AgencyRows]:
    names = {agency.id: text_of(agency.name, language) for agency in centre.agencies}
    order = dict.fromkeys(row.agency for row in rows)
    return [AgencyRows(names[agency], tuple(r for r in rows if r.agency == agency)) for agency in order]


def own_halls(centre: Centre, scope: Scope) -> list[Hall]:
    """The halls all of whose queues are in the scope: one press stops them all."""
    inside = {hall.id: {q.id for q in centre.queues if q.hall == hall.id} for hall in centre.halls}
    return [hall for hall in centre.halls if inside[hall.id] and inside[hall.id] <= scope.queues]


def _of_devices(words: str) -> list[Notice]:
    return [Notice(words, way=devices.HERE)] if words else []


def _calls_for_help(board: Board, said: Translate) -> list[Notice]:
    words = said(msgid("Quầy %(counter)s gọi trợ giúp lúc %(time)s: mời người đến ngay."))
    return [
        Notice(
            words % {"counter": alarm.counter, "time": f"{local(alarm.at):%H:%M}"},
            alarm.counter,
            milliseconds(alarm.at),
        )
        for alarm in board.alarms
    ]


def _of_queues(house: House, scope: Scope, language: str) -> list[Notice]:
    return [Notice(alarm.words, queue=alarm.queue) for alarm in alarms.of_queues(house, scope, language)]


def _of_changes(centre: Centre, board: Board, rows: list[QueueRow], said: Translate) -> list[Notice]:
    """Queues that lost their last counter, or the last one for wheelchairs, because skills were changed today."""
    quiet = {row.id for row in rows if not row.stopped and not (row.waiting and not row.open)}
    alone, steep = cover.left_alone(centre, board)
    texts = (
        (msgid("Sau khi đổi hàng ở quầy, hàng %(queues)s không còn quầy nào: hãy trả lại cho một quầy."), alone),
        (
            msgid("Sau khi đổi hàng ở quầy, hàng %(queues)s không còn quầy nào có lối xe lăn: hãy trả lại."),
            steep,
        ),
    )
    found = [(text, " ".join(queue.prefix for queue in queues if queue.id in quiet)) for text, queues in texts]
    return [Notice(said(text) % {"queues": prefixes}) for text, prefixes in found if prefixes]


def _counted(found: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({n})" for name, n in sorted(found, key=lambda pair: -pair[1]))


def _of_pauses(rows: list[CounterRow], said: Translate) -> list[Notice]:
    late = [(str(row.number), row.overrun) for row in rows if row.overrun >= OVERRUN_MINUTES]
    words = said(msgid("Nghỉ quá giờ đã báo (phút) ở quầy %(counters)s: hãy hỏi cán bộ ở quầy."))
    return [Notice(words % {"counters": _counted(late)})] if late else []


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))
