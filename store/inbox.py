"""What the portal sent us: which content of which dossier, its form, and the nonces of its letters."""

from dataclasses import dataclass
from datetime import datetime

from domain.tickets import milliseconds
from store.database import Connection
from store.instants import moment

WHOLE = "dossier"


@dataclass(frozen=True, slots=True)
class Content:
    """One message that was taken: a keyed digest of what it said, and when the portal says that it was made."""

    digest: bytes
    at: datetime


def content(db: Connection, dossier: str, part: str) -> Content | None:
    """What was taken of this dossier under this name of a part."""
    row = db.execute(
        "SELECT digest, at FROM inbox_contents WHERE dossier = ? AND part = ?", (dossier, part)
    ).fetchone()
    return Content(bytes(row[0]), moment(row[1])) if row else None


def newest(db: Connection, dossier: str) -> datetime | None:
    """When the newest message that was taken of this dossier was made."""
    at = db.execute("SELECT max(at) FROM inbox_contents WHERE dossier = ?", (dossier,)).fetchone()[0]
    return None if at is None else moment(at)


def keep_content(db: Connection, dossier: str, part: str, kept: Content) -> None:
    """Remember what was taken."""
    db.execute(
        "INSERT INTO inbox_contents VALUES (?, ?, ?, ?)", (dossier, part, kept.digest, milliseconds(kept.at))
    )


def keep_form(db: Connection, dossier: str, part: str, sealed: bytes) -> None:
    """Put the filled-in form that came with a message into the vault, sealed."""
    db.execute("INSERT INTO inbox_forms VALUES (?, ?, ?)", (dossier, part, sealed))


def forms_of(db: Connection, dossier: str) -> dict[str, bytes]:
    """The sealed forms that came with this dossier, by the name of their part."""
    rows = db.execute("SELECT part, sealed FROM inbox_forms WHERE dossier = ? ORDER BY part", (dossier,))
    return {part: bytes(sealed) for part, sealed in rows}


def is_used(db: Connection, nonce: str) -> bool:
    """Whether a letter with this nonce was taken before."""
    return db.execute("SELECT 1 FROM inbox_nonces WHERE nonce = ?", (nonce,)).fetchone() is not None


def use_nonce(db: Connection, nonce: str, at: datetime, forget_before: datetime) -> None:
    """Remember a nonce for as long as a letter with it would be taken."""
    db.execute("DELETE FROM inbox_nonces WHERE at < ?", (milliseconds(forget_before),))
    db.execute("INSERT INTO inbox_nonces VALUES (?, ?)", (nonce, milliseconds(at)))


def cursor(db: Connection, source: str) -> str:
    """How far this system was asked; empty before the first time."""
    row = db.execute("SELECT cursor FROM poll_cursors WHERE source = ?", (source,)).fetchone()
    return row[0] if row else ""


def keep_cursor(db: Connection, source: str, cursor: str, at: datetime) -> None:
    """Ask this system from here the next time."""
    db.execute(
        "INSERT INTO poll_cursors VALUES (?1, ?2, ?3) ON CONFLICT (source) DO UPDATE SET cursor = ?2, at = ?3",
        (source, cursor, milliseconds(at)),
    )
