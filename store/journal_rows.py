"""The journal as it stands, row by row: narrowed, backwards for a reader, onwards and with its hashes for a copy.

Nothing here decodes or trusts a row: somebody may have altered it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from store import journal
from store.database import Connection

REACH = 20_000  # numbers looked at for one page: 60 ms where nothing fits (measured)
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the journal: a span of numbers, a kind, who, a counter, a ticket; empty or None: all."""

    first: int = 1
    last: int = NEWEST
    kind: str = ""
    who: str = ""
    counter: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the journal, with the hash of the row before it (32 zero bytes where there is none)."""

    seq: int
    day: int
    at: int
    who: str
    kind: str
    payload: bytes
    hash: bytes
    previous: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, newest first; `before` is where the next page goes on, None where the span has ended."""

    rows: list[Row]
    before: int | None


_TEXT = "CAST(j.payload AS TEXT)"
_ROWS = (
    "SELECT j.seq, CAST(j.day AS INTEGER), CAST(j.at AS INTEGER), CAST(j.who AS TEXT), CAST(j.kind AS TEXT),"
    " CAST(j.payload AS BLOB), CAST(j.hash AS BLOB),"
    " (SELECT CAST(p.hash AS BLOB) FROM journal p WHERE p.seq < j.seq ORDER BY p.seq DESC LIMIT 1)"
    " FROM journal j WHERE j.seq BETWEEN ? AND ?"
)

_DAY_FROM = "SELECT seq, CAST(day AS INTEGER) FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1"


def page(db: Connection, wanted: Wanted, before: int, most: int) -> Page:
    """The newest `most` rows below the number `before`; looks at REACH numbers and no further."""
    last = min(before - 1, wanted.last, journal.head(db)[0])
    first = max(wanted.first, last - REACH + 1)
    narrowed, values = _narrowed(wanted)
    sql = f"{_ROWS}{narrowed} ORDER BY j.seq DESC LIMIT ?"
    rows = [_row(row) for row in db.execute(sql, (first, last, *values, most))]
    reached = rows[-1].seq if len(rows) == most else first
    return Page(rows, reached if reached > wanted.first and last >= wanted.first else None)


def onwards(db: Connection, wanted: Wanted, after: int, step: int) -> Iterator[Row]:
    """The rows of the next `step` numbers above `after`, oldest first."""
    narrowed, values = _narrowed(wanted)
    first, last = max(after + 1, wanted.first), min(after + step, wanted.last)
    for row in db.execute(f"{_ROWS}{narrowed} ORDER BY j.seq", (first, last, *values)):
        yield _row(row)


def one(db: Connection, seq: int) -> Row | None:
    """The row of this number."""
    row = db.execute(_ROWS, (seq, seq)).fetchone()
    return _row(row) if row else None


def _row(row: tuple) -> Row:  # type: ignore[type-arg]
    seq, day, at, who, kind, payload, digest, previous = row
    return Row(seq, day, at, who, kind, payload, digest, journal.GENESIS if previous is None else previous)


def _narrowed(wanted: Wanted) -> tuple[str, list[object]]:
    """The conditions and their values. A rating is found under no ticket: nobody is to learn who said what."""
    found: list[tuple[str, list[object]]] = []
    if wanted.kind:
        found.append((" AND j.kind = ?", [wanted.kind]))
    if wanted.who:
        found.append((" AND j.who = ?", [wanted.who]))
    if wanted.counter is not None:
        at_move = "EXISTS (SELECT 1 FROM moves m WHERE m.seq = j.seq AND m.counter = ?)"
        found.append((f" AND ({_named('counter')} OR {at_move})", [wanted.counter, wanted.counter]))
    if wanted.ticket is not None:
        named = f"(j.seq = ? OR {_named('ticket')}) AND j.kind <> 'VisitRated'"
        found.append((f" AND {named}", [wanted.ticket, wanted.ticket]))
    return "".join(condition for condition, _ in found), [value for _, values in found for value in values]


def _named(field: str) -> str:
    return f"iif(json_valid({_TEXT}), json_extract({_TEXT}, '$.{field}'), NULL) = ?"


def span_of(db: Connection, label: date) -> tuple[int, int] | None:
    """The first and last number noted on the business days with this date, None where there was none."""
    row = db.execute("SELECT min(id), max(id) FROM days WHERE label = ?", (label.isoformat(),)).fetchone()
    if row is None or row[0] is None:
        return None
    return _first_of(db, row[0]), _first_of(db, row[1] + 1) - 1


def _first_of(db: Connection, day: int) -> int:
    """The number of the first event of this business day or a later one: days only grow along the journal."""
    low, high = 1, journal.head(db)[0] + 1
    while low < high:
        middle = (low + high) // 2
        row = db.execute(_DAY_FROM, (middle,)).fetchone()
        if row is None or row[1] >= day:
            high = middle
        else:
            low = row[0] + 1
    return low
