"""The journal as it stands, row by row: narrowed, backwards for a reader, onwards and with its hashes for a copy.

Nothing here decodes or trusts a row: somebody may have altered it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from store import journal
from store.database import Connection

REACH = 20_000  # numbers looked at for one page: 60 ms where nothing fits (measured)
NEWEST = 2**62

Span = tuple[int, int]  # the first and the last number


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the journal: spans of numbers, rising; a kind, who, a counter, a ticket; empty or None: all."""

    spans: tuple[Span, ...] = ((1, NEWEST),)
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
    """The newest `most` rows below the number `before`, of one span; looks at REACH numbers and no further."""
    older = clipped(wanted.spans, min(before - 1, journal.head(db)[0]))
    if not older:
        return Page([], None)
    begins, last = older[-1]
    first = max(begins, last - REACH + 1)
    narrowed, values = _narrowed(wanted)
    sql = f"{_ROWS}{narrowed} ORDER BY j.seq DESC LIMIT ?"
    rows = [_row(row) for row in db.execute(sql, (first, last, *values, most))]
    reached = rows[-1].seq if len(rows) == most else first
    return Page(rows, reached if clipped(wanted.spans, reached - 1) else None)


def clipped(spans: Iterable[Span], last: int) -> tuple[Span, ...]:
    """What of these spans lies no higher than this number."""
    return tuple((first, min(end, last)) for first, end in spans if first <= last)


def onwards(db: Connection, wanted: Wanted, first: int, last: int) -> Iterator[Row]:
    """The rows from one number to another, oldest first; the spans are the caller's to keep."""
    narrowed, values = _narrowed(wanted)
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


def spans_of(db: Connection, label: date) -> tuple[Span, ...]:
    """What was noted on the business days with this date; between them others may lie, where a clock was wrong."""
    found: list[Span] = []
    for (day,) in db.execute("SELECT id FROM days WHERE label = ? ORDER BY id", (label.isoformat(),)).fetchall():
        first, last = span_of_day(db, day)
        if found and found[-1][1] == first - 1:
            first = found.pop()[0]
        found.append((first, last))
    return tuple(found)


def span_of_day(db: Connection, day: int) -> Span:
    """What was noted on this business day."""
    return _first_of(db, day), _first_of(db, day + 1) - 1


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
