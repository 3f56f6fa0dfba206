"""At which pace each queue moves, and what to say of the wait. Looked up for all queues, every few seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.admission import windows_on
from domain.centre_rules import WindowKind
from domain.centres import Centre
from domain.days import local
from domain.errors import msgid
from domain.waits import Pace, Wait, wait_range
from operations.admitting import PRIOR_VISITS
from store import calendars, figures
from store.boards import Board
from web.house import House
from web.languages import translator

KEPT_SECONDS = 5.0
UNKNOWN = msgid("chưa đủ số liệu")
SOON = msgid("dưới 5 phút")
BETWEEN = msgid("%(low)s–%(high)s phút")
LONG = msgid("từ %(low)s phút đến hơn 2 giờ")
VERY_LONG = msgid("trên 2 giờ")


@dataclass(slots=True)
class Paces:
    """The paces of all queues of one server; `timer` counts seconds from anywhere."""

    timer: Callable[[], float] = time.monotonic
    _until: float = 0.0
    _found: dict[str, Pace] | None = None

    def of(self, house: House, queue: str) -> Pace:
        """The pace of this queue, at most five seconds old."""
        now = self.timer()
        if self._found is None or now >= self._until:
            self._found = paces(house)
            self._until = now + KEPT_SECONDS
        return self._found.get(queue, Pace(0, 0, 1.0, 0))

    def wait(self, house: House, queue: str, ahead: int) -> Wait | None:
        """The range for somebody with so many ahead; None while nobody can know."""
        centre, now = house.store.centre(), house.now()
        spans = None
        if any(window.kind is WindowKind.SERVICE for window in centre.windows):
            calendar = house.store.read(calendars.newest)
            spans = windows_on(centre, WindowKind.SERVICE, queue, local(now).date(), calendar)
        return wait_range(ahead, self.of(house, queue), local(now), spans)


def said(wait: Wait | None, language: str) -> str:
    """The range in words; never one figure."""
    translate = translator(language)
    if wait is None:
        return translate(UNKNOWN)
    if wait.high is None:
        return translate(LONG if wait.low < 120 else VERY_LONG) % {"low": wait.low}
    return translate(BETWEEN if wait.low or wait.high > 5 else SOON) % {"low": wait.low, "high": wait.high}


def paces(house: House) -> dict[str, Pace]:
    """How every queue moves now; the configured mean counts as a few visits: one odd visit decides nothing."""
    centre, board = house.store.centre(), house.hub.board()
    ended = house.store.read(figures.visits_of_queues, board.day.id) if board.day else {}
    found = {}
    for queue in centre.queues:
        visits, minutes = ended.get(queue.id, (0, 0.0))
        mean = (PRIOR_VISITS * queue.mean_minutes + minutes) / (PRIOR_VISITS + visits)
        found[queue.id] = Pace(*_serving(centre, board, queue.id), mean, visits)
    return found


def _serving(centre: Centre, board: Board, queue: str) -> tuple[float, int]:
    """How many counters work this queue off, a shared one as a part, and how many of them have nobody."""
    places = [board.places[counter.number] for counter in centre.counters if counter.number in board.places]
    here = [place for place in places if place.shift is not None and queue in place.skills.all]
    idle = sum(place.ticket is None and place.pause is None for place in here)
    return sum(1 / _sharing(board, place.skills.all, queue) for place in here), idle


def _sharing(board: Board, queues: tuple[str, ...], queue: str) -> int:
    """In how many of these queues people wait; this one is meant to have somebody."""
    return sum(other == queue or (other in board.lines and board.lines[other].waiting > 0) for other in queues)
