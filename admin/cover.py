"""Which queues are served by counters that work now, and by one that a wheelchair reaches. It changes nothing."""

from collections.abc import Callable, Iterable

from domain.centres import Centre, Counter, Queue
from domain.routing import counters_serving, served_queues
from store.boards import Board


def unreachable(centre: Centre, board: Board) -> list[Queue]:
    """The queues that are served now, but by no counter that a wheelchair reaches."""
    now = _counters(centre, board, lambda counter: board.places[counter.number].skills.all)
    return [queue for queue in centre.queues if now[queue.id] and not _accessible(now[queue.id])]


def left_alone(centre: Centre, board: Board) -> tuple[list[Queue], list[Queue]]:
    """What the changes of the day have done: queues without a counter, and without one for wheelchairs.

    A queue that would not be served by the configuration either is not named: its counters are closed or resting.
    """
    now = _counters(centre, board, lambda counter: board.places[counter.number].skills.all)
    usual = _counters(centre, board, served_queues)
    alone = [queue for queue in centre.queues if usual[queue.id] and not now[queue.id]]
    steep = [
        queue
        for queue in centre.queues
        if now[queue.id] and _accessible(usual[queue.id]) and not _accessible(now[queue.id])
    ]
    return alone, steep


def accessible_counters(centre: Centre, queue: Queue) -> list[int]:
    """The counters for wheelchairs that serve this queue by the configuration."""
    return [counter.number for counter in counters_serving(centre.counters, queue.id) if counter.accessible]


def _counters(centre: Centre, board: Board, serves: Callable[[Counter], Iterable[str]]) -> dict[str, list[Counter]]:
    """The counters that are open and do not rest, by queue."""
    found: dict[str, list[Counter]] = {queue.id: [] for queue in centre.queues}
    for counter in centre.counters:
        place = board.places[counter.number]
        if place.shift and not place.pause:
            for queue in serves(counter):
                found.setdefault(queue, []).append(counter)
    return found


def _accessible(counters: Iterable[Counter]) -> bool:
    return any(counter.accessible for counter in counters)
