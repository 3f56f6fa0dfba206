"""The business day: a sequence of its own, whose date is only its label."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

# Vietnam has kept UTC+7 without summer time since 1975; a fixed offset needs no time-zone files.
LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
FAR_JUMP_DAYS = 15


@dataclass(frozen=True, slots=True)
class Day:
    """One business day; `id` never repeats and never goes back."""

    id: int
    label: date


def local(instant: datetime) -> datetime:
    """The instant on the centre's wall clock (Asia/Ho_Chi_Minh)."""
    return instant.astimezone(LOCAL)


def is_over(day: Day, now: datetime) -> bool:
    """Whether the clock has passed this day's date. A clock moved back never ends or reopens a day."""
    return local(now).date() > day.label


def is_far_jump(day: Day, now: datetime) -> bool:
    """Whether opening today would leap further than a clock should be trusted without a person's word."""
    return local(now).date() - day.label > timedelta(days=FAR_JUMP_DAYS)
