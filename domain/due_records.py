"""A due date with its explanation as plain data, and back: a dossier keeps it, that no later rule recounts it."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from domain.calendar import DayKind, NamedDay
from domain.deadlines import Due, Explanation, Extension, Limit, Origin, Pause, Start, Unit

Data = dict[str, Any]


def to_data(due: Due) -> Data:
    """Plain data (text, numbers, lists) of a due date."""
    why = due.explanation
    return {
        "at": due.at.isoformat(),
        "origin": why.origin.value,
        "received": why.received.isoformat(),
        "start": why.start.isoformat(),
        "start_reason": why.start_reason.value,
        "cut_off": why.cut_off.isoformat(),
        "amount": str(why.limit.exact),
        "unit": why.limit.unit.value,
        "skipped": _days(why.skipped),
        "worked": _days(why.worked),
        "nominal": why.nominal.isoformat(),
        "end": why.end.isoformat(),
        "calendar": why.calendar_version,
        "pauses": [_pause(one) for one in why.pauses],
        "extensions": [[x.decided.isoformat(), x.before.isoformat(), x.after.isoformat()] for x in why.extensions],
    }


def from_data(data: Data) -> Due:
    """The due date that `to_data` was given. Raises ValueError and KeyError for other data."""
    explanation = Explanation(
        origin=Origin(data["origin"]),
        received=datetime.fromisoformat(data["received"]),
        start=datetime.fromisoformat(data["start"]),
        start_reason=Start(data["start_reason"]),
        cut_off=time.fromisoformat(data["cut_off"]),
        limit=Limit(Decimal(data["amount"]), Unit(data["unit"])),
        skipped=_named(data["skipped"]),
        worked=_named(data["worked"]),
        nominal=date.fromisoformat(data["nominal"]),
        end=datetime.fromisoformat(data["end"]),
        calendar_version=data["calendar"],
        pauses=tuple(_paused(one) for one in data["pauses"]),
        extensions=tuple(Extension(*map(datetime.fromisoformat, one)) for one in data["extensions"]),
    )
    return Due(datetime.fromisoformat(data["at"]), explanation)


def _days(days: tuple[NamedDay, ...]) -> list[list[str]]:
    return [[day.date.isoformat(), day.kind.value, day.reason] for day in days]


def _named(days: list[list[str]]) -> tuple[NamedDay, ...]:
    return tuple(NamedDay(date.fromisoformat(day), DayKind(kind), reason) for day, kind, reason in days)


def _pause(one: Pause) -> Data:
    return {
        "requested": one.requested.isoformat(),
        "returned": one.returned.isoformat(),
        "before": one.before.isoformat(),
        "nominal": one.nominal.isoformat(),
        "after": one.after.isoformat(),
        "calendar": one.calendar_version,
    }


def _paused(data: Data) -> Pause:
    return Pause(
        datetime.fromisoformat(data["requested"]), datetime.fromisoformat(data["returned"]),
        datetime.fromisoformat(data["before"]), date.fromisoformat(data["nominal"]),
        datetime.fromisoformat(data["after"]), data["calendar"],
    )  # fmt: skip
