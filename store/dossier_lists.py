"""The dossiers that wait for somebody, counted and listed; those of a register; and who may see which of them.

Whoever belongs to one agency sees what its people received, what it decides, has in hand or is being handed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.calendar import YearUnknown
from domain.days import LOCAL, local
from domain.tickets import milliseconds
from store import calendars
from store.database import Connection
from store.dossiers import Dossier, by_numbers

REACH = 4_000  # so many newest hits are looked through for those of one agency: 6 ms (measured)


class Waiting(StrEnum):
    """What a dossier waits for."""

    ANSWER = "answer"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    SUPPLEMENT = "supplement"
    HANDED = "handed"
    RESULTS = "results"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose dossiers somebody sees: `agency` None all of them, else its own; `colleagues` are its people."""

    agency: str | None = None
    colleagues: tuple[str, ...] = ()

    def sees(self, dossier: Dossier) -> bool:
        """Whether this dossier is among them."""
        own = (dossier.unit, dossier.handed_to, dossier.facts.get("decides", ""))
        return self.agency is None or self.agency in own or dossier.person in self.colleagues


@dataclass(frozen=True, slots=True)
class Today:
    """The first instant of today, and the first after the next working day: due before it is due soon."""

    begins: datetime
    soon_ends: datetime


def today(db: Connection, now: datetime) -> Today:
    """This day and the next working one. A calendar that ends tonight knows tomorrow only."""
    day = local(now).date()
    try:
        last = calendars.current(db).next_working(day)
    except (calendars.NoCalendar, YearUnknown):
        last = day + timedelta(days=1)
    begins, ends = (datetime.combine(one, time(), LOCAL) for one in (day, last + timedelta(days=1)))
    return Today(begins, ends)


OWN = (
    "(:agency IS NULL OR d.decides = :agency OR d.unit = :agency OR d.handed_to = :agency"
    " OR d.person IN (SELECT value FROM json_each(:people)))"
)
# On 2 and 4 somebody works and the clock runs; a date is judged by itself, without its hour (one-stop.md 6.1).
_WHERE = {
    Waiting.ANSWER: "d.status = 1",
    Waiting.DUE_SOON: "d.status IN (2, 4) AND d.due >= :first AND d.due < :end",
    Waiting.OVERDUE: "d.status IN (2, 4) AND d.due < :first",
    Waiting.SUPPLEMENT: "d.status = 5",
    Waiting.HANDED: "d.handed_to <> ''",
    Waiting.RESULTS: "d.status = 9",
    Waiting.PARKED: "d.code IN (SELECT m.dossier FROM portal_messages m WHERE m.state = 'parked')",
}
_ORDER = {
    Waiting.DUE_SOON: "d.due, d.seq",
    Waiting.OVERDUE: "d.due, d.seq",
    Waiting.RESULTS: "d.finished_at, d.seq",
}


def count(db: Connection, waiting: Waiting, sight: Sight, today: Today) -> int:
    """How many wait for this."""
    row = db.execute(f"SELECT count(*) FROM dossiers d WHERE {_WHERE[waiting]} AND {OWN}", _values(sight, today))
    return int(row.fetchone()[0])


def rows(
    db: Connection, waiting: Waiting, sight: Sight, today: Today, most: int = 50, skip: int = 0
) -> list[Dossier]:
    """Those that wait for this, the most pressing first."""
    order = _ORDER.get(waiting, "d.seq")
    found = db.execute(
        f"SELECT d.seq FROM dossiers d WHERE {_WHERE[waiting]} AND {OWN} ORDER BY {order} LIMIT :most OFFSET :skip",
        _values(sight, today) | {"most": most, "skip": skip},
    )
    return _in_order(db, [row[0] for row in found])


def received(
    db: Connection, first: datetime, end: datetime, sight: Sight, most: int = 50, after: int = 0
) -> list[Dossier]:
    """The register: what was received from the first instant to before the end, beyond the number `after`."""
    found = db.execute(
        f"SELECT d.seq FROM dossiers d WHERE d.received_at >= :first AND d.received_at < :end"
        f" AND d.status NOT IN (1, 3) AND d.seq > :after AND {OWN} ORDER BY d.seq LIMIT :most",
        _values(sight, Today(first, end)) | {"after": after, "most": most},
    )
    return _in_order(db, [row[0] for row in found])


def visible(db: Connection, numbers: Iterable[int], sight: Sight, most: int) -> list[Dossier]:
    """Of these numbers in the journal the newest that may be seen."""
    found = db.execute(
        f"SELECT d.seq FROM dossiers d WHERE d.seq IN (SELECT value FROM json_each(:numbers)) AND {OWN}"
        " ORDER BY d.seq DESC LIMIT :most",
        _seeing(sight) | {"numbers": json.dumps(list(numbers)), "most": most},
    )
    return by_numbers(db, [row[0] for row in found])


def _seeing(sight: Sight) -> dict[str, str | int | None]:
    return {"agency": sight.agency, "people": json.dumps(sight.colleagues)}


def _values(sight: Sight, today: Today) -> dict[str, str | int | None]:
    return _seeing(sight) | {"first": milliseconds(today.begins), "end": milliseconds(today.soon_ends)}


def _in_order(db: Connection, numbers: list[int]) -> list[Dossier]:
    known = {one.seq: one for one in by_numbers(db, numbers)}
    return [known[number] for number in numbers]
