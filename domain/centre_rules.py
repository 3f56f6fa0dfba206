"""By which rules a centre works: the calling order, windows, appointments, hours, days worked otherwise.

Parts of the centre file; `domain.centres` puts them together.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Annotated

from domain.calendar import DayKind
from domain.errors import msgid
from domain.records import Among, Between, Count, Pattern, Words, Wrong

Line = Annotated[str, Words(200)]
SHORT_NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,31}"
Id = Annotated[str, Pattern(SHORT_NAME, msgid("dùng chữ không dấu, số và dấu gạch nối"))]
MIDNIGHT = "24:00"  # as an end only
Clock = Annotated[str, Pattern(r"([01]\d|2[0-3]):[0-5]\d", msgid("ghi giờ dạng 07:30"))]


@dataclass(frozen=True, slots=True)
class Text:
    """A text for citizens in the centre's three languages."""

    vi: Line
    en: Line
    fr: Line

    def in_language(self, language: str) -> str:
        """The text in a language; Vietnamese where it is empty, or the language one that a centre has added."""
        return {"en": self.en, "fr": self.fr}.get(language) or self.vi


class Policy(StrEnum):
    """What orders the line: due time with credits (the default), or one of three simpler rules (ADR 7)."""

    DUE = "due"
    STRICT = "strict"
    RATIO = "ratio"
    FIRST_COME = "first-come"


@dataclass(frozen=True, slots=True)
class Calling:
    """How numbers are called. Minutes; `ratio` is how many privileged go before one ordinary under `ratio`.

    Who is absent keeps the place for `grace_minutes`; who is booked may be `late_minutes` late and counts
    `appointment_credit_minutes` before the slot; `places_back` is where "need more time" puts somebody.
    """

    policy: Policy = Policy.DUE
    ratio: Annotated[int, Between(1, 9)] = 2
    grace_minutes: Annotated[int, Between(0, 120)] = 10
    late_minutes: Annotated[int, Between(0, 60)] = 10
    appointment_credit_minutes: Annotated[int, Between(0, 240)] = 30
    places_back: Annotated[int, Between(1, 20)] = 3
    auto_call: bool = False


def in_order(half_days: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The half-days, when each ends after it begins and none before the one ahead of it. Raises Wrong."""
    times = list(chain.from_iterable(half_days))
    if any(opens >= closes for opens, closes in half_days) or times != sorted(times):
        raise Wrong(
            msgid("các buổi chồng nhau hoặc đóng trước khi mở"), msgid("ghi các buổi theo thứ tự trong ngày")
        )
    return half_days


def around_the_clock(spans: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The spans, in order; the last may pass midnight, to an end before the first begins. Raises Wrong."""
    if not spans or spans[-1][0] <= spans[-1][1]:
        return in_order(spans)
    *others, (starts, ends) = spans
    in_order((("00:00", ends), *others, (starts, MIDNIGHT)) if ends > "00:00" else (*others, (starts, MIDNIGHT)))
    return spans


HalfDays = Annotated[tuple[tuple[Clock, Clock], ...], Count(1, 4), in_order]
Weekdays = Annotated[tuple[Annotated[int, Between(1, 7)], ...], Count(1, 7)]


@dataclass(frozen=True, slots=True)
class Booking:
    """Appointments of a queue: so many in each slot of so many minutes, at most so many days ahead."""

    times: HalfDays
    slot_minutes: Annotated[int, Between(5, 240)] = 30
    capacity: Annotated[int, Between(1, 100)] = 4
    days_ahead: Annotated[int, Between(1, 60)] = 3
    weekdays: Weekdays = (1, 2, 3, 4, 5)


def whole_slots(booking: Booking) -> Booking:
    """The booking rules, when at least one slot fits into each half-day. Raises Wrong."""
    for opens, closes in booking.times:
        if _minutes(closes) - _minutes(opens) < booking.slot_minutes:
            remedy = msgid("kéo dài buổi hoặc giảm slot_minutes")
            raise Wrong(msgid("buổi ngắn hơn một khung hẹn"), remedy, at="times")
    return booking


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@dataclass(frozen=True, slots=True)
class Scanner:
    """The key (or control character STX) that every scanner at the counters sends before a code; Enter ends it."""

    prefix: Annotated[str, Among(("F9", "F10", "F6", "F4", "F3", "F1", "STX"))] = "F9"


PackName = Annotated[
    str, Pattern(r"[a-z][a-z0-9-]{1,31}", msgid("dùng 2–32 chữ thường không dấu, số và gạch nối, như vi-south"))
]
PackOrNone = Annotated[
    str,
    Words(32, may_be_empty=True),
    Pattern(r"([a-z][a-z0-9-]{1,31})?", msgid("dùng 2–32 chữ thường không dấu, số và gạch nối, như vi-south")),
]
Spans = Annotated[tuple[tuple[Clock, Clock], ...], Count(0, 4), around_the_clock]
SomeSpans = Annotated[tuple[tuple[Clock, Clock], ...], Count(1, 4), around_the_clock]


@dataclass(frozen=True, slots=True)
class Voice:
    """How calls are spoken: by which clip packs, after a chime, said again so many times, never in `quiet`."""

    pack: PackName = "vi-north"
    second: PackOrNone = ""
    chime: bool = True
    repeats: Annotated[int, Between(0, 2)] = 1
    quiet: Spans = ()


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud the walls of a zone speak at these times; outside all of them fully."""

    zone: Id
    times: SomeSpans
    percent: Annotated[int, Between(0, 100)]


class WindowKind(StrEnum):
    """What a window of time is for: giving tickets, or serving at the counters."""

    TICKETS = "tickets"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Window:
    """When tickets are given or counters serve, on which days of the week (1 = Monday); no queues: in all."""

    kind: WindowKind
    times: HalfDays
    weekdays: Weekdays = (1, 2, 3, 4, 5)
    queues: Annotated[tuple[Id, ...], Count(0, 26)] = ()


def hours_agree(hours: "Hours") -> "Hours":
    """The hours, when their cut-off lies inside a half-day and the day opens before the first. Raises Wrong."""
    if not any(opens <= hours.cut_off <= closes for opens, closes in hours.half_days):
        raise Wrong(msgid("nằm ngoài các buổi làm việc"), msgid("ghi một giờ trong buổi làm việc"), at="cut_off")
    if hours.opens_day is not None and hours.opens_day > hours.half_days[0][0]:
        raise Wrong(msgid("muộn hơn giờ bắt đầu buổi đầu"), msgid("ghi một giờ trước buổi đầu"), at="opens_day")
    return hours


@dataclass(frozen=True, slots=True)
class Hours:
    """Half-days as local times; what is received by `cut_off` is due the same day where the limit says so.

    At `opens_day` the business day opens by itself, on days that are worked; without it with the first act.
    """

    half_days: HalfDays
    cut_off: Clock
    opens_day: Clock | None = None


@dataclass(frozen=True, slots=True)
class DayOverride:
    """A day worked otherwise than the calendar has it, and by which decision."""

    date: date
    kind: DayKind
    reason: Line
