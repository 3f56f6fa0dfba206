"""Who usually comes, and who has come today: what the rest of the day is played with."""

from collections.abc import Collection
from datetime import date

from domain.usual_days import LOOKED_BACK, alike
from domain.waiting.ends import Expected
from store import calendars, figures, past_days
from store.database import Connection


def usual(db: Connection, today: date) -> Expected:
    """The walk-ins of a day like this one, the mean of those before; nobody where too few are known."""
    found = alike(past_days.labels(db, today, LOOKED_BACK), today, calendars.newest(db))
    if not found.is_enough:
        return Expected()
    counted, days = figures.walk_ins(db, [day.id for day in found.days]), len(found.days)
    walk_ins = {q: {half: pair[0] / days for half, pair in halves.items()} for q, halves in counted.items()}
    return Expected(days, walk_ins, {queue: _share(halves.values()) for queue, halves in counted.items()})


def given_today(db: Connection, day: int) -> dict[str, dict[float, float]]:
    """Today's walk-ins by queue and half hour."""
    counted = figures.walk_ins(db, [day])
    return {queue: {half: pair[0] for half, pair in halves.items()} for queue, halves in counted.items()}


def _share(pairs: Collection[tuple[int, int]]) -> float:
    return sum(priority for _, priority in pairs) / sum(people for people, _ in pairs)
