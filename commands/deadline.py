"""`motcua deadline`: when a dossier would be due, and why. It reads a calendar, no centre and no clock."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from domain.calendar import Calendar, DayKind, DayRule, HalfDay
from domain.days import LOCAL
from domain.deadline_words import explain
from domain.deadlines import Limit, Unit, due
from domain.errors import Refused
from operations.calendars import DEFAULT_HALF_DAYS, DEFAULT_YEARS, materialise, official_days

LARGEST_FILE = 1_000_000
KEYS = frozenset({"years", "holidays", "half_days", "days"})
DAY_KEYS = frozenset({"date", "kind", "reason"})
UNITS = [unit.value for unit in Unit if unit is not Unit.UNKNOWN]


@click.command()
@click.option("--received", required=True, help="Arrival, for example 2026-02-13T09:00 (local time).")
@click.option("--limit", "amount", help="How many units; may be left out for same_day.")
@click.option("--unit", required=True, type=click.Choice(UNITS), help="What the limit counts.")
@click.option("--cut-off", default="15:00", show_default=True, help="Last moment of same_day, inclusive.")
@click.option("--calendar", "file", type=click.Path(path_type=Path), help="TOML file, see below.")
def deadline(received: str, amount: str | None, unit: str, cut_off: str, file: Path | None) -> None:
    """Print the due instant (ISO, local) on the first line and its explanation below.

    The calendar FILE changes the built-in one (2024 to 2028, Vietnamese public holidays); every key may be
    left out:

    \b
      years = [2024, 2028]        # first and last
      holidays = true             # false: only the days of this file and weekends
      half_days = [["07:30", "11:30"], ["13:30", "17:00"]]
      [[days]]
      date = 2026-01-10
      kind = "working"            # or "off", or "half": first half-day only
      reason = "Làm bù cho ngày 2/1"
    """
    try:
        limit = Limit(_amount(amount, unit), Unit(unit))
        answer = due(_instant(received), limit, _calendar(file), _clock(cut_off, "--cut-off"))
    except Refused as refusal:
        raise click.UsageError(refusal.text % refusal.arguments) from refusal
    click.echo(answer.at.isoformat())
    # The texts are Vietnamese at the source; the command line has no other language.
    click.echo(explain(answer, str))


def _amount(text: str | None, unit: str) -> Decimal:
    if text is None:
        if unit == Unit.SAME_DAY:
            return Decimal(1)
        raise click.UsageError(f"--unit {unit} needs --limit, for example --limit 3.")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.UsageError(f"--limit {text!r} is not a number; write for example 3 or 1.5.") from None


def _instant(text: str) -> datetime:
    sentence = f"--received {text!r} is not a date with a time; write for example 2026-02-13T09:00."
    try:
        instant = datetime.fromisoformat(text)
        if ":" not in text:
            raise click.UsageError(sentence)
        return instant.astimezone(LOCAL) if instant.tzinfo else instant.replace(tzinfo=LOCAL)
    except (ValueError, OverflowError):
        raise click.UsageError(sentence) from None


def _clock(value: object, where: str) -> time:
    if isinstance(value, time):
        return value
    try:
        moment = time.fromisoformat(str(value))
    except ValueError:
        raise click.UsageError(f"{where}: {value!r} is not a time; write for example 15:00.") from None
    if moment.tzinfo:
        raise click.UsageError(f"{where}: {value!r} must be a local time without zone.")
    return moment


def _calendar(file: Path | None) -> Calendar:
    content = _read(file) if file else {}
    _refuse_unknown(content, KEYS, str(file))
    years = _years(content.get("years", [DEFAULT_YEARS[0], DEFAULT_YEARS[-1]]))
    holidays = content.get("holidays", True)
    if not isinstance(holidays, bool):
        raise click.UsageError("holidays: must be true or false.")
    half_days = _half_days(content["half_days"]) if "half_days" in content else DEFAULT_HALF_DAYS
    base = official_days(years) if holidays else {}
    return materialise(years, half_days, base, _days(content.get("days", [])))


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise click.UsageError(f"{file} is larger than {LARGEST_FILE} bytes.")
        return tomllib.loads(content.decode())
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} is not a TOML file: {error}.") from error


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(table.keys() - known):
        raise click.UsageError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}.")


def _years(value: object) -> range:
    match value:
        case [int(first), int(last)] if 1975 <= first <= last <= 2100:
            return range(first, last + 1)
    raise click.UsageError("years: write the first and last year (1975 to 2100), for example [2024, 2028].")


def _half_days(value: object) -> tuple[HalfDay, ...]:
    where = "half_days"
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise click.UsageError(f'{where}: write pairs of times, for example [["07:30", "11:30"]].')
    return tuple((_clock(opens, where), _clock(closes, where)) for opens, closes in value)


def _days(value: object) -> dict[date, DayRule]:
    if not isinstance(value, list):
        raise click.UsageError("days: write each day as a table of its own, [[days]].")
    days: dict[date, DayRule] = {}
    for n, row in enumerate(value, 1):
        day, rule = _day(row, f"days, entry {n}")
        if day in days:
            raise click.UsageError(f"days, entry {n}: {day} is stated twice.")
        days[day] = rule
    return days


def _day(row: object, where: str) -> tuple[date, DayRule]:
    if not isinstance(row, dict):
        raise click.UsageError(f"{where}: write a table with date, kind and reason.")
    _refuse_unknown(row, DAY_KEYS, where)
    try:
        day = date.fromisoformat(str(row.get("date")))
    except ValueError:
        raise click.UsageError(f"{where}: date must be a date such as 2026-01-02.") from None
    if row.get("kind") not in list(DayKind):
        raise click.UsageError(f"{where}: kind must be one of {', '.join(DayKind)}.")
    return day, (DayKind(row["kind"]), str(row.get("reason", "")))
