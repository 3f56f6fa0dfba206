"""Today against the usual day: numbers given by hour, as two lines that are drawn on the server."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from domain.days import Day, local
from store import figures
from store.store import Store
from web.house import House
from web.scope import Scope

USUAL_DAYS = 20
FIRST_HOUR, LAST_HOUR = 7, 17
KEPT = 50  # agencies of one day
WIDTH, HEIGHT = 560, 76  # as large as on the glass, so that letters keep their size
NAME_WIDTH = 190  # "ngày thường" and "ordinary day" in the letters of the wall
_usual: WeakKeyDictionary[Store, dict[tuple[int, str | None], dict[int, float]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Hours:
    """Two lines as SVG points, the hours below them, and the most that one hour had.

    Today's ends with the last whole hour; the usual one is empty on a centre's first day. `usual_end` is where its
    name stands: at its end, above all of the line that the name would lie on.
    """

    today: str
    usual: str
    hours: list[tuple[float, int]]
    most: int
    today_end: tuple[float, float] | None
    usual_end: tuple[float, float] | None


def hours_of(house: House, scope: Scope, day: Day | None) -> Hours:
    """The lines of the queues that the scope reaches."""
    now = local(house.now())
    given = house.store.read(figures.given_by_hour, [day.id] if day else [], scope.queues)
    today = {hour: float(count) for hour, count in given.items() if hour < now.hour}
    return drawn(today, _usual_of(house, scope, day), now.hour)


def _usual_of(house: House, scope: Scope, day: Day | None) -> dict[int, float]:
    """The mean of the days before, read once a day."""
    known = _usual.setdefault(house.store, {})
    key = (day.id if day else 0, scope.agency)
    if key not in known:
        before = house.store.read(figures.days_before, key[0], USUAL_DAYS)
        given = house.store.read(figures.given_by_hour, before, scope.queues)
        if len(known) > KEPT:
            known.clear()
        known[key] = {hour: count / len(before) for hour, count in given.items()}
    return known[key]


def drawn(today: dict[int, float], usual: dict[int, float], hour: int) -> Hours:
    """The lines over all hours in which numbers are given; hours without any are on the ground."""
    if not today and not usual:
        return Hours("", "", [], 0, None, None)
    first, last = min(*today, *usual, FIRST_HOUR), max(*today, *usual, LAST_HOUR)
    most = max([*today.values(), *usual.values(), 1.0])

    def point(at: int, value: float) -> tuple[float, float]:
        return round((at - first) * WIDTH / (last - first), 1), round(HEIGHT - value * HEIGHT / most, 1)

    of_today = (
        [point(at, today.get(at, 0.0)) for at in range(first, max(first, min(last, hour - 1)) + 1)] if today else []
    )
    of_usual = [point(at, usual.get(at, 0.0)) for at in range(first, last + 1)] if usual else []
    return Hours(
        _line(of_today), _line(of_usual), [(point(at, 0)[0], at) for at in range(first, last + 1)], round(most),
        of_today[-1] if of_today else None, _above(of_usual) if of_usual else None,
    )  # fmt: skip


def _above(points: list[tuple[float, float]]) -> tuple[float, float]:
    hour = points[-1][0] - points[-2][0]
    return points[-1][0], min(y for x, y in points if x > WIDTH - NAME_WIDTH - hour)


def _line(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
