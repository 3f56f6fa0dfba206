"""How busy the loudspeakers are: seconds of speech against the seconds there were, by zone, for those who lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import announcements as rules
from domain.centres import Centre
from store import announcements
from store.announcements import Spoken
from web.house import House
from web.pages import text_of

HOUR = timedelta(hours=1)
BUSY_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone's loudspeakers: seconds of speech of those there were in the last hour, and the day so far."""

    name: str
    seconds: int
    available: int
    day: Spoken
    walls: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name up to its colon: 'Khu 1'."""
        return self.name.partition(":")[0].strip()

    @property
    def percent(self) -> int:
        """How much of the time they spoke."""
        return round(100 * self.seconds / self.available) if self.available else 0

    @property
    def is_busy(self) -> bool:
        """Whether not much more could be spoken."""
        return self.percent >= BUSY_PERCENT


def zones(house: House, language: str) -> list[Zone]:
    """Every zone with a wall."""
    centre, board, now = house.store.centre(), house.hub.board(), house.now()
    day = board.day.id if board.day else 0
    today = house.store.read(announcements.of_zones, day)
    lately = house.store.read(announcements.of_zones, day, now - HOUR)
    names = {zone.id: text_of(zone.name, language) for zone in centre.zones}
    return [
        Zone(
            names[zone], round(lately.get(zone, Spoken()).seconds), available(centre, zone, now),
            today.get(zone, Spoken()), walls_in(centre, zone),
        )
        for zone in rules.zones_with_walls(centre)
    ]  # fmt: skip


def available(centre: Centre, zone: str, now: datetime) -> int:
    """The seconds of the last hour in which something could be spoken in a zone, to the minute."""
    minutes = [now - timedelta(minutes=ago) for ago in range(60)]
    return 60 * sum(not rules.is_silent(centre, zone, at) for at in minutes)


def walls_in(centre: Centre, zone: str) -> tuple[str, ...]:
    """The walls of a zone that speak."""
    return tuple(device.id for device in centre.devices if rules.is_speaker(device) and device.zone == zone)
