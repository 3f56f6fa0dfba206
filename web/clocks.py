"""Whether the machine's clock contradicts what the centre has already recorded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.days import local
from store import days, journal
from store.instants import moment
from store.store import Store

TOLERANCE = timedelta(minutes=2)


class Clocked(Protocol):
    """What has a store and a clock: the house."""

    @property
    def store(self) -> Store:
        """The centre's store."""

    def now(self) -> datetime:
        """The machine's clock."""


@dataclass(frozen=True, slots=True)
class ClockTrouble:
    """The clock says `now`; `label` is the newest day's where it lies after today, `newest` the last event's."""

    now: datetime
    label: date | None
    newest: datetime


def trouble(house: Clocked) -> ClockTrouble | None:
    """What shows that the clock is wrong, None when nothing does."""
    now, day, at = house.now(), house.store.read(days.newest), house.store.read(journal.newest_at)
    if at is None:
        return None
    if day is not None and day.label > local(now).date():
        return ClockTrouble(now, day.label, moment(at))
    return ClockTrouble(now, None, moment(at)) if moment(at) > now + TOLERANCE else None
