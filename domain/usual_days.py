"""Which past days tell what a coming day will be like: of the same weekday, worked in full, the newest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.calendar import SATURDAY, Calendar, DayKind
from domain.days import Day

MOST_ALIKE = 8
FEWEST_ALIKE = 3
LOOKED_BACK = 60  # business days


@dataclass(frozen=True, slots=True)
class Alike:
    """Past days, newest first; `same_weekday`: all of them are of the coming day's own weekday."""

    days: tuple[Day, ...]
    same_weekday: bool

    @property
    def is_enough(self) -> bool:
        """Whether they say anything of a day to come."""
        return len(self.days) >= FEWEST_ALIKE


def alike(past: Iterable[Day], on: date, calendar: Calendar | None) -> Alike:
    """The eight newest days of the same weekday; with fewer than three of them, of all weekdays.

    `past` are days on which people came, newest first. Half days and worked weekends say nothing of others.
    """
    usual = [day for day in past if day.label < on and not _is_unusual(day.label, calendar)][:LOOKED_BACK]
    same = [day for day in usual if day.label.weekday() == on.weekday()][:MOST_ALIKE]
    if len(same) >= FEWEST_ALIKE:
        return Alike(tuple(same), same_weekday=True)
    return Alike(tuple(usual[:MOST_ALIKE]), same_weekday=False)


def _is_unusual(day: date, calendar: Calendar | None) -> bool:
    kind = calendar.days[day][0] if calendar and day in calendar.days else None
    return kind is DayKind.HALF or (kind is DayKind.WORKING and day.weekday() >= SATURDAY)
