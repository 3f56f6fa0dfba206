"""The append-only record: one hash-chained row an event, and the projections that turn events into tables."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import msgspec

from domain.events import Event
from store.database import Connection

KINDS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}
_decoders: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
_encode = msgspec.json.Encoder().encode
GENESIS = b"\0" * 32

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event with its place: number in the journal, business day, instant (ms, UTC) and who did it."""

    seq: int
    day: int
    at: int
    who: str
    event: Any


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the chain is whole: the last event that fits, its hash, and the first that does not, if any."""

    seq: int = 0
    digest: bytes = GENESIS
    broken: int | None = None


UNCHECKED = Checked()
Projection = Callable[[Connection, Recorded], None]
_projections: dict[type, list[Projection]] = {kind: [] for kind in KINDS.values()}


def projects(*kinds: type[Any]) -> Callable[[Projection], Projection]:
    """Register a function as the only code that changes its tables when one of these events happens."""

    def register(function: Projection) -> Projection:
        for kind in kinds:
            _projections[kind].append(function)
        return function

    return register


def unheeded() -> set[str]:
    """The names of events that no projection heeds."""
    return {kind.__name__ for kind, functions in _projections.items() if not functions}


def project(db: Connection, recorded: Recorded) -> None:
    """Apply one event to the tables."""
    for function in _projections[type(recorded.event)]:
        function(db, recorded)


def head(db: Connection) -> tuple[int, bytes]:
    """Number and hash of the newest event; (0, 32 zero bytes) when there is none."""
    row = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, GENESIS)


def newest_at(db: Connection) -> int | None:
    """When the newest event happened, in milliseconds since 1970; None when there is none."""
    row = db.execute("SELECT at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return int(row[0]) if row else None


def append(db: Connection, recorded: Recorded, previous: bytes) -> bytes:
    """Write the event behind the one whose hash is `previous`; gives its own hash."""
    payload = _encode(recorded.event)
    kind = type(recorded.event).__name__
    digest = _chain(previous, recorded.seq, recorded.day, recorded.at, recorded.who, kind, payload)
    db.execute(
        "INSERT INTO journal (seq, day, at, who, kind, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (recorded.seq, recorded.day, recorded.at, recorded.who, kind, payload, digest),
    )
    return digest


def _chain(previous: bytes, seq: int, day: int, at: int, who: str, kind: str, payload: bytes) -> bytes:
    place = f"{seq}|{day}|{at}|{who}|{kind}|".encode()
    return hashlib.sha256(previous + place + payload).digest()


def read(db: Connection, after: int = 0, limit: int = -1) -> Iterator[Recorded]:
    """Events with a number above `after`, in order."""
    rows = db.execute(
        "SELECT seq, day, at, who, kind, payload FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, limit),
    )
    for seq, day, at, who, kind, payload in rows:
        yield Recorded(seq, day, at, who, _decoders[kind].decode(payload))


def read_kinds(db: Connection, kinds: Iterable[type], after: int = 0) -> Iterator[Recorded]:
    """The events of these kinds with a number above `after`, in order."""
    names = json.dumps([kind.__name__ for kind in kinds])
    rows = db.execute(
        "SELECT seq, day, at, who, kind, payload FROM journal WHERE seq > ?"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (after, names),
    )
    for seq, day, at, who, kind, payload in rows:
        yield Recorded(seq, day, at, who, _decoders[kind].decode(payload))


def first_of_day(db: Connection, day: int) -> int:
    """The number of the first event of this business day or a later one; looked up in twenty steps, not read."""
    low = db.execute("SELECT coalesce(min(seq), 1) FROM journal").fetchone()[0]
    high = head(db)[0] + 1
    while low < high:
        middle = (low + high) // 2
        (found,) = db.execute("SELECT day FROM journal WHERE seq = ?", (middle,)).fetchone()
        low, high = (middle + 1, high) if found < day else (low, middle)
    return int(low)


def decoded(kind: str, payload: bytes) -> Any | None:
    """The event that a row holds; None where nobody can read it, which only an altered row can be."""
    try:
        return _decoders[kind].decode(payload)
    except (KeyError, msgspec.MsgspecError, TypeError):
        return None


def verify(db: Connection) -> int | None:
    """None when the chain is whole; otherwise the number of the first event that does not fit."""
    return check(db).broken


def check(db: Connection, so_far: Checked = UNCHECKED, most: int = -1) -> Checked:
    """Check the next `most` events of the chain (-1: all that there are), from where it was left."""
    if so_far.broken is not None:
        return so_far
    previous, expected = so_far.digest, so_far.seq + 1
    rows = db.execute(
        "SELECT seq, day, at, who, kind, payload, hash FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?",
        (expected, most),
    )
    for seq, day, at, who, kind, payload, digest in rows:
        if (
            seq != expected
            or not isinstance(payload, bytes)
            or _chain(previous, seq, day, at, who, kind, payload) != digest
        ):
            return Checked(expected - 1, previous, int(seq))
        previous, expected = digest, seq + 1
    newest = head(db)[0]
    # What was whole a moment ago and is gone now has been cut off at the end.
    return Checked(expected - 1, previous, newest + 1 if newest < expected - 1 else None)


def replay(source: Connection, target: Connection) -> int:
    """Fill an empty, migrated file from another's journal; gives the number of events applied."""
    count, previous = 0, GENESIS
    target.execute("BEGIN IMMEDIATE")
    for recorded in read(source):
        previous = append(target, recorded, previous)
        project(target, recorded)
        count += 1
    target.execute("COMMIT")
    return count
