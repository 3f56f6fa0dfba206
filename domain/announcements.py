"""One queue of announcements a zone: what is said next, what not any more, and what is left out in a rush.

`now` is an argument. It knows neither sounds nor screens: `web.speakers` gives the turns.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.centres import Centre, Device, DeviceKind
from domain.days import local
from domain.walls import Layout

SPOKEN_WITHIN = timedelta(seconds=90)
LOOKED_BACK = timedelta(minutes=10)
# How many are waiting, the next one included, when each is left out.
NO_REPEAT_FROM, NO_SECOND_FROM, NO_CHIME_FROM = 3, 4, 5
WITHDRAWN = "withdrawn"
CHIME = "chime"


class Outcome(StrEnum):
    """What became of an announcement in a zone.

    `LATE`: older than 90 s before its turn. `QUIET`: in quiet hours or at no volume. `VOID`: taken back or no
    longer so. `BROKEN`: its sound could not be played. `UNSURE`: its speaker was lost while saying it.
    """

    SPOKEN = "spoken"
    LATE = "late"
    QUIET = "quiet"
    VOID = "void"
    BROKEN = "broken"
    UNSURE = "unsure"


NOT_SPOKEN = (Outcome.LATE, Outcome.BROKEN, Outcome.UNSURE)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A call, its withdrawal (both with a ticket), a stop or its end; `holds`: whether what it says is still so."""

    seq: int
    at: datetime
    kind: str
    ticket: int = 0
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Passed:
    """An announcement that is not said any more, and why."""

    seq: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """A zone's queue as it stands: what is to be said, in order, and what is passed over."""

    ready: tuple[Announcement, ...]
    passed: tuple[Passed, ...]


def line_up(
    told: Iterable[Announcement], ended: Container[int], spoken: Container[int], now: datetime, *, quiet: bool
) -> Line:
    """The queue out of everything told lately; `ended` has its outcome already, `spoken` was heard."""
    every = sorted(told, key=lambda one: one.seq)
    void = _void(every, spoken)
    ready, passed = [], []
    for one in (one for one in every if one.seq not in ended):
        outcome = _outcome(one, void, now, quiet=quiet)
        if outcome is None:
            ready.append(one)
        else:
            passed.append(Passed(one.seq, outcome))
    return Line(tuple(ready), tuple(passed))


def _outcome(one: Announcement, void: Container[int], now: datetime, *, quiet: bool) -> Outcome | None:
    if one.seq in void or not one.holds:
        return Outcome.VOID
    if now - one.at > SPOKEN_WITHIN:
        return Outcome.LATE
    return Outcome.QUIET if quiet else None


def _void(every: Sequence[Announcement], spoken: Container[int]) -> set[int]:
    """Calls that were taken back, and withdrawals of calls that nobody heard."""
    standing: dict[int, list[int]] = {}
    void: set[int] = set()
    for one in every:
        calls = standing.setdefault(one.ticket, [])
        if one.kind != WITHDRAWN:
            calls.append(one.seq)
            continue
        call = calls.pop() if calls else None
        if call is None or call not in spoken:
            void |= {one.seq, call or one.seq}
    return void


@dataclass(frozen=True, slots=True)
class Plan:
    """How a turn is said: with a chime, so many times in the first language, once more in the second."""

    chime: bool
    times: int
    second: bool

    def parts(self, first: str, second: str) -> tuple[str, ...]:
        """The turn in order: 'chime' and languages."""
        said = (first,) * self.times + ((second,) if self.second and second else ())
        return ((CHIME,) if self.chime else ()) + said


def plan(usual: Plan, waiting: int) -> Plan:
    """The usual way without what is left out when so many wait: the repeat, the second language, the chime."""
    return Plan(
        usual.chime and waiting < NO_CHIME_FROM,
        usual.times if waiting < NO_REPEAT_FROM else 1,
        usual.second and waiting < NO_SECOND_FROM,
    )


@dataclass(frozen=True, slots=True)
class Lead:
    """The speaker that leads a zone: nobody else speaks there until `until` (seconds of a timer)."""

    speaker: str
    until: float


FOLLOWER_SECONDS = 3.0


def may_speak(lead: Lead | None, speaker: str, seconds: float, oldest: timedelta) -> bool:
    """Whether this speaker may have the turn; `oldest`: how long the next announcement has been waiting.

    A leader keeps its zone: another one takes over only when it has let the announcement wait.
    """
    if lead is None or lead.speaker == speaker:
        return True
    return seconds >= lead.until and oldest.total_seconds() >= FOLLOWER_SECONDS


def is_within(now: datetime, spans: Iterable[tuple[str, str]]) -> bool:
    """Whether this instant lies in one of these spans of local time, of which one may pass midnight."""
    time = f"{local(now):%H:%M}"
    return any(start <= time < end if start < end else time >= start or time < end for start, end in spans)


def volume(centre: Centre, zone: str, now: datetime) -> int:
    """How loud this zone is spoken to now, per cent."""
    return next((one.percent for one in centre.volumes if one.zone == zone and is_within(now, one.times)), 100)


def is_silent(centre: Centre, zone: str, now: datetime) -> bool:
    """Whether nothing is spoken here now: in quiet hours, or where the volume is none."""
    return is_within(now, centre.voice.quiet) or volume(centre, zone, now) == 0


def speaking_zone(centre: Centre, zone: str) -> str | None:
    """The zone whose walls speak for this one: itself, else the first of its hall with a wall; None without any."""
    hall, spoken = centre.hall_of(zone), zones_with_walls(centre)
    return next((one.id for one in _first(centre, zone) if one.hall == hall and one.id in spoken), None)


def _first(centre: Centre, zone: str) -> list:  # type: ignore[type-arg]
    return sorted(centre.zones, key=lambda one: one.id != zone)


def is_speaker(device: Device) -> bool:
    """Whether this device speaks: a hall's wall; the screen at one counter's door does not."""
    return device.kind is DeviceKind.WALL and device.glass.layout is not Layout.DOOR


def zones_with_walls(centre: Centre) -> tuple[str, ...]:
    """The zones in which announcements are spoken, in the centre's order."""
    walls = {device.zone for device in centre.devices if is_speaker(device)}
    return tuple(zone.id for zone in centre.zones if zone.id in walls)


def counters_spoken(centre: Centre, zone: str) -> frozenset[int]:
    """The counters whose calls the walls of this zone speak."""
    return frozenset(c.number for c in centre.counters if speaking_zone(centre, c.zone) == zone)
