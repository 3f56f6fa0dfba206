"""Real data, read by the rules of their own README: the polls of the Warsaw halls and the calls of a bank.

A row that cannot be read is left out, and so is what follows a damage or a file without its columns; one line on
standard error says so.
"""

import csv
import gzip
import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise, zip_longest
from math import isfinite
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Row = Mapping[str, str]
WARSAW, BANK = "warsaw_busy.csv.gz", "technion_calls.csv.gz"
COLUMNS = {
    WARSAW: ("name", "date", "time", "idGrupy", "czasObslugi", "liczbaCzynnychStan", "liczbaKlwKolejce",
             "aktualnyNumer"),
    BANK: ("priority", "type", "date", "vru_exit", "q_start", "q_exit", "q_time", "outcome", "ser_start",
           "ser_exit", "server"),
}  # fmt: skip
PACKED = b"\x1f\x8b"
YESTERDAYS_NUMBERS = 900
LONGEST_WAIT = 240.0
FEWEST_POLLS, FEWEST_TICKETS = 30, 15
FALLEN_SHARE, STUCK_SHARE, STUCK_QUEUE = 0.15, 0.35, 3
LONGEST_QUEUE_SECONDS, LONGEST_SERVICE_SECONDS = 3600, 7200
SHORT_DIFFERENCE = 5


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at one group of a hall; `moment` is minutes since midnight, `number` the one called now."""

    moment: float
    waiting: int
    counters: int
    published: float
    number: int

    @property
    def issued(self) -> int:
        """The last number issued."""
        return self.number + self.waiting


@dataclass(frozen=True, slots=True)
class GroupDay:
    """All polls of one group on one day, in order; `day` sorts the days of the collection."""

    hall: str
    group: str
    day: date
    polls: tuple[Poll, ...]

    def reached(self, number: int, begin: int) -> float | None:
        """The moment at which this number was called, looked for from poll `begin` on; None: not that day."""
        if self.polls[begin].number >= number:
            return self.polls[begin].moment
        for before, after in pairwise(self.polls[begin:]):
            if after.number >= number:
                share = (number - before.number) / (after.number - before.number)
                return before.moment + share * (after.moment - before.moment)
        return None


def read_warsaw(folder: Path) -> list[GroupDay]:
    """The group-days that pass the filter of the README, by day, hall and group."""
    rows: dict[tuple[str, str, date], list[Poll]] = {}
    for (name, group, day), poll in _read(folder / WARSAW, _polled):
        polls = rows.setdefault((name, group, day), [])
        if poll is not None:
            polls.append(poll)
    days = [GroupDay(*key, _cleaned(polls)) for key, polls in rows.items()]
    accepted = [day for day in days if _is_sound(day.polls)]
    return sorted(accepted, key=lambda day: (day.day, day.hall, day.group))


def _read(path: Path, reader: Callable[[Row], T]) -> Iterator[T]:
    """What a reader makes of each row of a packed table; it raises ValueError for a row that means nothing.

    Line by line, so that a stray quotation mark spoils no other row.
    """
    bad = 0
    with closing(_lines(path)) as lines:
        columns = next(csv.reader([next(lines, "")]), [])
        missing = [column for column in COLUMNS[path.name] if column not in columns]
        if missing:
            _say(f"{path.name} has no column {', '.join(missing)} and is left out")
            return
        for line in lines:
            values = next(csv.reader([line]), [])
            try:
                yield reader(dict(zip_longest(columns, values[: len(columns)], fillvalue="")))
            except ValueError:
                bad += 1
    if bad:
        _say(f"{bad} rows of {path.name} cannot be read and are left out")


def _lines(path: Path) -> Generator[str, None, None]:
    """The lines of a table, packed or as it is; of a damaged one those before the damage."""
    with path.open("rb") as raw:
        is_packed = raw.peek(len(PACKED)).startswith(PACKED)
    opened = gzip.open if is_packed else open
    with opened(path, "rt", encoding="utf-8-sig", errors="replace") as file:
        try:
            yield from file
        except (EOFError, zlib.error, gzip.BadGzipFile):
            _say(f"{path.name} is damaged: what follows the damage is left out")


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _polled(row: Row) -> tuple[tuple[str, str, date], Poll | None]:
    """The group-day of a row, and its poll where it has a number."""
    digits = re.search(r"\d+$", row["aktualnyNumer"], re.ASCII)
    key = row["name"], row["idGrupy"], _day(row["date"])
    return key, _poll(row, int(digits[0])) if digits else None


def _day(text: str) -> date:
    """The last two days of 2019 are stamped 2020 in most halls."""
    found = date.fromisoformat(text)
    return found.replace(year=2019) if found.month == 12 else found


def _poll(row: Row, number: int) -> Poll:
    hours, minutes = map(int, row["time"].split(":")[:2])
    poll = Poll(
        moment=float(hours * 60 + minutes),
        waiting=int(row["liczbaKlwKolejce"]),
        counters=int(row["liczbaCzynnychStan"]),
        published=float(row["czasObslugi"] or 0),
        number=number,
    )
    is_time = 0 <= hours < 24 and 0 <= minutes < 60
    if not is_time or poll.waiting < 0 or poll.counters < 0 or not isfinite(poll.published):
        raise ValueError("no poll of a hall")
    return poll


def _cleaned(polls: Iterable[Poll]) -> tuple[Poll, ...]:
    """In order, each moment once, without the numbers left over from yesterday."""
    found = [next(same) for _, same in groupby(sorted(polls, key=attrgetter("moment")), attrgetter("moment"))]
    begin = next((place for place, poll in enumerate(found) if poll.number <= YESTERDAYS_NUMBERS), len(found))
    return tuple(found[begin:])


def _is_sound(polls: tuple[Poll, ...]) -> bool:
    if len(polls) < FEWEST_POLLS:
        return False
    steps = list(pairwise(polls))
    if any(after.number < before.number for before, after in steps):
        return False
    rise = polls[-1].issued - polls[0].issued
    fallen = sum(max(0, before.issued - after.issued) for before, after in steps)
    if rise < FEWEST_TICKETS or fallen > FALLEN_SHARE * rise:
        return False
    busy = [after.number == before.number for before, after in steps if before.waiting > STUCK_QUEUE]
    return sum(busy) <= STUCK_SHARE * len(busy)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bank; moments in seconds since midnight, `queued` None: it did not wait.

    `service` (begin, end) is None for who hung up. `server` None: nobody by name.
    """

    day: date
    kind: str
    is_priority: bool
    arrived: int
    left_queue: int | None
    service: tuple[int, int] | None
    server: str | None

    @property
    def is_queued(self) -> bool:
        """Whether the call waited in the queue."""
        return self.left_queue is not None


def read_bank(folder: Path) -> list[Call]:
    """The calls that the reading rules of the README keep, by day and arrival."""
    found = [call for call in _read(folder / BANK, _call) if call is not None]
    return sorted(found, key=lambda call: (call.day, call.arrived))


def _call(row: Row) -> Call | None:
    """The call of a row; None for one that the reading rules drop."""
    if row["outcome"] == "PHANTOM":
        return None
    queued = int(row["q_time"]) > 0 and row["q_start"] != "0:00:00"
    served = row["outcome"] == "AGENT"
    begins, ends = _seconds(row["ser_start"]), _seconds(row["ser_exit"])
    joined, left = _seconds(row["q_start"]), _seconds(row["q_exit"])
    if not queued and not served:
        return None
    if queued and not 0 <= left - joined <= LONGEST_QUEUE_SECONDS:
        return None
    if served and not 0 <= ends - begins <= LONGEST_SERVICE_SECONDS:
        return None
    stamp = row["date"]
    return Call(
        day=date(1900 + int(stamp[:2]), int(stamp[2:4]), int(stamp[4:])),
        kind=row["type"],
        is_priority=row["priority"] == "2",
        arrived=joined if queued else _seconds(row["vru_exit"]),
        left_queue=joined + int(row["q_time"]) if queued else None,
        service=(begins, ends) if served else None,
        server=None if row["server"] == "NO_SERVER" else row["server"],
    )


def _seconds(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    if min(hours, minutes, seconds) < 0:
        raise ValueError("no time of day")
    return hours * 3600 + minutes * 60 + seconds
