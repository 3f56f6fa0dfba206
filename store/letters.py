"""Letters to and from other agencies. What they say stands sealed in the vault."""

import json
from dataclasses import dataclass
from datetime import datetime

from domain.keeping import DataGone
from domain.letter_events import (
    LetterArrived,
    LetterParked,
    LetterQueued,
    LetterResent,
    LetterSent,
    LetterStatusHeard,
)
from domain.letters import LetterState, state_of
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects

LEASE = "letter"


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter without what it says. `sender` is empty in one of ours, `document` in one that arrived.

    `since`: from when on it is being tried; `tried_before`: an earlier try may have arrived; `answer`: why it is
    parked, or the last status code heard.
    """

    id: int
    kind: str
    dossier: str | None
    document: str
    sender: str
    receivers: tuple[str, ...]
    body: int
    state: LetterState
    answer: str
    axis_id: str
    at: datetime
    since: datetime
    changed_at: datetime | None
    tries: int
    tried_before: bool


@dataclass(frozen=True, slots=True)
class HeardStatus:
    """What one receiver said of a letter, and when we heard it."""

    receiver: str
    code: str
    at: datetime


@projects(LetterQueued)
def _queued(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO letters VALUES (?, ?, ?, ?, '', ?, ?, 'queued', '', '', '', ?, ?, NULL, 0)",
        (recorded.seq, e.kind, e.dossier, e.document, json.dumps(e.receivers), e.body, recorded.at, recorded.at),
    )


@projects(LetterSent)
def _sent(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE letters SET state = 'sent', answer = '', axis_id = ?, changed_at = ? WHERE id = ?"
        " AND state IN ('queued', 'parked')",
        (e.axis_id, recorded.at, e.letter),
    )


@projects(LetterStatusHeard)
def _heard(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO letter_statuses VALUES (?, ?, ?, ?, ?, ?)",
        (recorded.seq, e.letter, e.receiver, e.code, e.axis_id, recorded.at),
    )
    letter = find(db, e.letter)
    said = [(status.receiver, status.code) for status in statuses_of(db, e.letter)]
    db.execute(
        "UPDATE letters SET state = ?, answer = ?, changed_at = ? WHERE id = ?",
        (state_of(letter.receivers if letter else (), said).value, e.code, recorded.at, e.letter),
    )


@projects(LetterParked)
def _parked(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "UPDATE letters SET state = 'parked', answer = ?, changed_at = ? WHERE id = ? AND state = 'queued'",
        (e.reason, recorded.at, e.letter),
    )


@projects(LetterResent)
def _resent(db: Connection, recorded: Recorded) -> None:
    # Whether an earlier try arrived is not known any more: the next one looks before it sends.
    db.execute(
        "UPDATE letters SET state = 'queued', answer = '', since = ?, changed_at = ?, resent = 1"
        " WHERE id = ? AND state = 'parked'",
        (recorded.at, recorded.at, recorded.event.letter),
    )


@projects(LetterArrived)
def _arrived(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO letters VALUES (?, '', NULL, '', ?, '[]', ?, 'arrived', '', ?, ?, ?, ?, NULL, 0)",
        (recorded.seq, e.sender, e.body, e.axis_id, e.digest, recorded.at, recorded.at),
    )


_COLUMNS = (
    "m.id, m.kind, m.dossier, m.document, m.sender, m.receivers, m.body, m.state, m.answer, m.axis_id, m.at,"
    " m.since, m.changed_at, coalesce(l.attempts, 0), m.resent OR coalesce(l.started, 0)"
)
_LEASED = f"letters m LEFT JOIN leases l ON l.kind = '{LEASE}' AND l.job = m.id"


def find(db: Connection, letter: int) -> KeptLetter | None:
    """One letter."""
    row = db.execute(f"SELECT {_COLUMNS} FROM {_LEASED} WHERE m.id = ?", (letter,)).fetchone()
    return _letter(row) if row else None


def by_document(db: Connection, document: str) -> KeptLetter | None:
    """The letter of ours with this DocumentId."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM {_LEASED} WHERE m.sender = '' AND m.document = ?", (document,)
    ).fetchone()
    return _letter(row) if row else None


def next_letter(db: Connection, now: int) -> KeptLetter | None:
    """The oldest letter that may go and that nobody holds."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM {_LEASED} WHERE m.state = 'queued' AND coalesce(l.until, 0) <= ?"
        " ORDER BY m.id LIMIT 1",
        (now,),
    ).fetchone()
    return _letter(row) if row else None


def letters_of(db: Connection, dossier: str) -> list[KeptLetter]:
    """The letters about one dossier, newest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM {_LEASED} WHERE m.dossier = ? ORDER BY m.id DESC", (dossier,))
    return [_letter(row) for row in rows]


def newest(db: Connection, count: int = 50, *, arrived: bool | None = None) -> list[KeptLetter]:
    """The newest letters, newest first: all, those that arrived, or ours."""
    which = {None: "1", True: "m.state = 'arrived'", False: "m.state <> 'arrived'"}[arrived]
    rows = db.execute(f"SELECT {_COLUMNS} FROM {_LEASED} WHERE {which} ORDER BY m.id DESC LIMIT ?", (count,))
    return [_letter(row) for row in rows]


def open_letters(db: Connection, count: int = 100) -> list[KeptLetter]:
    """What has not left yet, parked ones first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM {_LEASED} WHERE m.state IN ('queued', 'parked')"
        " ORDER BY m.state = 'queued', m.id LIMIT ?",
        (count,),
    )
    return [_letter(row) for row in rows]


def depths(db: Connection) -> dict[str, int]:
    """How many letters wait, and how many need a person."""
    rows = db.execute("SELECT state, count(*) FROM letters WHERE state IN ('queued', 'parked') GROUP BY state")
    return {"queued": 0, "parked": 0} | dict(rows)


def statuses_of(db: Connection, letter: int) -> list[HeardStatus]:
    """What the receivers said, in the order in which we heard it."""
    rows = db.execute("SELECT receiver, code, at FROM letter_statuses WHERE letter = ? ORDER BY seq", (letter,))
    return [HeardStatus(receiver, code, moment(at)) for receiver, code, at in rows]


def is_heard(db: Connection, axis_id: str) -> bool:
    """Whether this status message was taken in before."""
    return db.execute("SELECT 1 FROM letter_statuses WHERE axis_id = ?", (axis_id,)).fetchone() is not None


def arrival(db: Connection, axis_id: str, digest: str = "") -> int | None:
    """The letter that arrived under this number of the axis, or with these very bytes."""
    row = db.execute(
        "SELECT id FROM letters WHERE sender <> '' AND (axis_id = ? OR (? <> '' AND digest = ?)) ORDER BY id",
        (axis_id, digest, digest),
    ).fetchone()
    return int(row[0]) if row else None


def keep_body(db: Connection, sealed: bytes, raw: bytes | None = None) -> int:
    """Put what a letter says into the vault, and sealed too the bytes that came; gives the number events name."""
    row = db.execute("INSERT INTO letter_bodies (sealed, raw) VALUES (?, ?) RETURNING id", (sealed, raw)).fetchone()
    return int(row[0])


def sealed_body(db: Connection, body: int) -> bytes:
    """What a letter says, sealed: `operations.corresponding.opened` reads it. Raises DataGone."""
    row = db.execute("SELECT sealed FROM letter_bodies WHERE id = ?", (body,)).fetchone()
    if row is None:
        raise DataGone()
    return bytes(row[0])


def sealed_raw(db: Connection, body: int) -> bytes | None:
    """The bytes of a letter that arrived, sealed, as they came."""
    row = db.execute("SELECT raw FROM letter_bodies WHERE id = ?", (body,)).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def _letter(row: tuple) -> KeptLetter:  # type: ignore[type-arg]
    (id_, kind, dossier, document, sender, receivers, body, state, answer, axis_id, *times, tries, tried) = row
    at, since, changed = times
    return KeptLetter(
        id_, kind, dossier, document, sender, tuple(json.loads(receivers)), body, LetterState(state), answer,
        axis_id, moment(at), moment(since), instant(changed), tries, bool(tried),
    )  # fmt: skip
