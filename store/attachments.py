"""Files of dossiers: which there are, what the portal may fetch; contents: `strongbox`."""

from dataclasses import dataclass
from datetime import datetime

from domain.attachments import Media, Part
from domain.file_events import FileAttached, FileFetched, FileRemoved, LinkIssued
from store.database import Connection
from store.instants import instant, moment
from store.journal import Recorded, projects
from store.outbox import tell_again

BY_PORTAL = "portal"  # who brought a file that came with a letter of the portal


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a dossier; its number is its place in the journal, its content lies at `address`."""

    number: int
    dossier: str
    part: Part
    component: str
    media: Media
    size: int
    address: str
    digitised: bool
    reused: bool
    from_warehouse: bool
    who: str
    at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A way for the portal to one file."""

    number: int
    file: int
    expires: datetime


_COLUMNS = (
    "id, dossier, part, component, media, size, address, digitised, reused, from_warehouse, who, at, removed_at"
)


def _attachment(row: tuple) -> Attachment:  # type: ignore[type-arg]
    (number, dossier, part, component, media, size, address, digitised, reused, warehouse, who, at, removed) = row
    return Attachment(
        number, dossier, Part(part), component, Media(media), size, address, bool(digitised), bool(reused),
        bool(warehouse), who, moment(at), instant(removed),
    )  # fmt: skip


def find(db: Connection, number: int) -> Attachment | None:
    """The file of this number, also one that was removed."""
    row = db.execute(f"SELECT {_COLUMNS} FROM attachments WHERE id = ?", (number,)).fetchone()
    return _attachment(row) if row else None


def of_dossier(db: Connection, dossier: str, *, removed: bool = False) -> list[Attachment]:
    """The files of a dossier, oldest first; with `removed` also those that are there no more."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM attachments WHERE dossier = ? AND (? OR removed_at IS NULL) ORDER BY id",
        (dossier, removed),
    )
    return [_attachment(row) for row in rows]


def is_named(db: Connection, address: str) -> bool:
    """Whether any dossier has the file at this address."""
    found = db.execute("SELECT 1 FROM attachments WHERE address = ? AND removed_at IS NULL", (address,)).fetchone()
    return found is not None


def addresses(db: Connection) -> set[str]:
    """Where everything lies that any dossier has."""
    return {row[0] for row in db.execute("SELECT DISTINCT address FROM attachments WHERE removed_at IS NULL")}


def keep_name(db: Connection, number: int, sealed: bytes) -> None:
    """Put the sealed name of a file into the vault."""
    db.execute("INSERT INTO attachment_names (file, sealed) VALUES (?, ?)", (number, sealed))


def forget_name(db: Connection, number: int) -> None:
    """The name goes with the file."""
    db.execute("DELETE FROM attachment_names WHERE file = ?", (number,))


def sealed_names(db: Connection, dossier: str) -> dict[int, bytes]:
    """The sealed names of a dossier's files, by number."""
    rows = db.execute(
        "SELECT file, sealed FROM attachment_names WHERE file IN (SELECT id FROM attachments WHERE dossier = ?)",
        (dossier,),
    )
    return {number: bytes(sealed) for number, sealed in rows}


def link(db: Connection, number: int) -> Link | None:
    """The link of this number."""
    row = db.execute("SELECT id, file, expires FROM file_links WHERE id = ?", (number,)).fetchone()
    return Link(row[0], row[1], moment(row[2])) if row else None


def links(db: Connection, dossier: str) -> dict[int, Link]:
    """The newest link of each file of a dossier, by the file's number."""
    rows = db.execute(
        "SELECT l.id, l.file, l.expires FROM file_links l JOIN attachments a ON a.id = l.file"
        " WHERE a.dossier = ? ORDER BY l.id",
        (dossier,),
    )
    return {file: Link(number, file, moment(expires)) for number, file, expires in rows}


@projects(FileAttached)
def _attached(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute(
        "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (recorded.seq, e.dossier, e.part, e.component, e.media, e.size, e.address, e.digitised, e.reused,
         e.from_warehouse, recorded.who, recorded.at),
    )  # fmt: skip
    if recorded.who != BY_PORTAL:  # it has what it sent; its record goes with the next word of this dossier
        _tell_portal(db, recorded, e.part, e.dossier)


@projects(FileRemoved)
def _removed(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("UPDATE attachments SET removed_at = ? WHERE id = ?", (recorded.at, e.file))
    if e.reason != "retention":
        for (part,) in db.execute("SELECT part FROM attachments WHERE id = ?", (e.file,)).fetchall():
            _tell_portal(db, recorded, part, e.dossier)


def _tell_portal(db: Connection, recorded: Recorded, part: str, dossier: str) -> None:
    """The portal is told nothing of other papers."""
    if part != "other":
        tell_again(db, recorded, dossier)


@projects(LinkIssued)
def _issued(db: Connection, recorded: Recorded) -> None:
    e = recorded.event
    db.execute("INSERT INTO file_links VALUES (?, ?, ?, 0, NULL)", (recorded.seq, e.file, e.expires))


@projects(FileFetched)
def _fetched(db: Connection, recorded: Recorded) -> None:
    db.execute(
        "UPDATE file_links SET fetches = fetches + 1, fetched_at = ? WHERE id = ?",
        (recorded.at, recorded.event.link),
    )
