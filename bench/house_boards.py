"""A board as the server makes it: read from a real file, learned, estimated with all newcomers, published.

Goals: a board of 300 waiting within 100 ms off the event loop, what a kiosk asks within 20 ms.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.figures import Figure
from bench.servers import demo_centre
from commands.centre import calendar_of
from operations import calling, managing, shifts, ticketing
from operations.estimating import keep_estimates
from store import estimates
from store.store import Store
from store.writer import Act
from web.forecasting import Forecaster

WAITING, COUNTERS = 300, 11
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BENCH = Act("bench")


@dataclass(slots=True)
class Clock:
    """Moves by hand."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.moment


def run(repeats: int) -> list[Figure]:
    """A board, what one page of a kiosk asks of it, and the learning of a start, each the middle of many."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "motcua.sqlite", clock)
        store.start()
        _fill(store, clock)
        forecaster = Forecaster(store, clock)
        made = forecaster.refresh()
        store.write_now(BENCH, keep_estimates, made)
        found: list[Figure] = [
            ("house_board_ms", _middle_ms(repeats, forecaster.refresh), "ms"),
            ("house_board_rollouts", float(store.waits.rollouts), "rollouts"),
            ("house_kiosk_ms", _middle_ms(repeats, lambda: _asked(store, clock)), "ms"),
            ("house_start_ms", _middle_ms(3, lambda: store.read(estimates.learned)), "ms"),
        ]
        forecaster.close()
        store.close()
    return found


def _fill(store: Store, clock: Clock) -> None:
    centre = demo_centre()
    store.write_now(BENCH, managing.load_centre, centre, calendar_of(centre))
    people = [f"cb{number:02d}" for number in range(1, COUNTERS + 1)]
    for counter, person in enumerate(people, 1):
        store.write_now(Act(person), shifts.open_shift, counter, person)
    for turn in range(WAITING + COUNTERS):
        clock.moment += timedelta(seconds=10)
        store.write_now(BENCH, ticketing.take_ticket, centre.queues[turn % len(centre.queues)].id)
    for counter, person in enumerate(people, 1):
        store.write_now(Act(person), calling.call_next, counter, person)


def _asked(store: Store, clock: Clock) -> None:
    """What one page of a kiosk asks: the ranges of all queues."""
    for queue, credit in store.waits.newcomers:
        found = store.waits.newcomer(queue, credit, clock())
        assert found is not None
        found.wait(2)


def _middle_ms(repeats: int, act: Callable[[], object]) -> float:
    took = []
    for _ in range(repeats):
        began = perf_counter()
        act()
        took.append((perf_counter() - began) * 1000)
    return round(median(took), 2)
