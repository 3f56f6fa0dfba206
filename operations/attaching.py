"""Files of a dossier: attached, opened, removed; the portal's links to them. Contents never come here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.attachments import (
    LONGEST_COMPONENT,
    MOST_FILES,
    OPENED_FOR,
    REMOVED_FOR,
    RETENTION,
    DossierFilesFull,
    FileHereAlready,
    FileTooLarge,
    Limits,
    NoSuchDossier,
    NoSuchFile,
    Part,
)
from domain.errors import Invalid
from domain.file_events import FileAttached, FileFetched, FileOpened, FileRemoved, LinkIssued
from domain.procedures import Procedure, documents
from domain.tickets import milliseconds
from store import attachments, dossiers, procedures
from store.attachments import Attachment, Link
from store.dossiers import Dossier
from store.writer import Tx

RENEWED_BEFORE = timedelta(days=30)  # the portal may fetch a while after it was told the address


@dataclass(frozen=True, slots=True)
class Sent:
    """A checked file that lies in the strongbox; `name` is sealed."""

    address: str
    media: str
    size: int
    name: bytes
    part: str = Part.SUBMITTED.value
    component: str = ""
    digitised: bool = False
    reused: bool = False
    from_warehouse: bool = False


def attach_file(tx: Tx, dossier: str, sent: Sent, limits: Limits) -> int:
    """Put a file into a dossier; gives its number.

    Raises NoSuchDossier, DataGone, Invalid, FileHereAlready, FileTooLarge, DossierFilesFull.
    """
    found = _dossier(tx, dossier)
    dossiers.check_kept(tx.db, found)
    if sent.part not in set(Part) or sent.component not in components(tx, found, Part(sent.part)):
        raise Invalid(what="component")
    there = attachments.of_dossier(tx.db, dossier)
    twin = next((file for file in there if file.address == sent.address), None)
    if twin is not None:
        raise FileHereAlready(number=twin.number)
    if sent.size > limits.file_bytes:
        raise FileTooLarge(megabytes=limits.file)
    if len(there) >= MOST_FILES or sum(file.size for file in there) + sent.size > limits.dossier_bytes:
        raise DossierFilesFull(megabytes=limits.dossier, most=MOST_FILES)
    event = FileAttached(
        dossier, sent.part, sent.component, sent.media, sent.size, sent.address, sent.digitised, sent.reused,
        sent.from_warehouse,
    )  # fmt: skip
    number = tx.record(event).seq
    attachments.keep_name(tx.db, number, sent.name)
    return number


def components(tx: Tx, dossier: Dossier, part: Part) -> list[str]:
    """What a file of this dossier may belong to: nothing, or a paper or a result's code of its procedure."""
    found = procedures.find(tx.db, dossier.procedure)
    return ["", *(key for key, _ in choices(found, part))]


def choices(procedure: Procedure | None, part: Part) -> list[tuple[str, str]]:
    """The components of a procedure by the key that is recorded, each with its words."""
    if procedure is None or part is Part.OTHER:
        return []
    if part is Part.RESULT:
        return [(result.code, result.name or result.code) for result in procedure.results if result.code]
    # A heading between the papers ends with a colon and is none itself.
    lines = [line for line in documents(procedure) if not line.endswith(":")]
    return [(line, line) for line in dict.fromkeys(lines) if len(line) <= LONGEST_COMPONENT]


def remove_file(tx: Tx, dossier: str, number: int, reason: str) -> str:
    """Take a file out of its dossier; gives where it lay. Raises NoSuchFile, Invalid."""
    found = _file(tx, dossier, number)
    if reason not in REMOVED_FOR:
        raise Invalid(what="reason")
    return _remove(tx, found, reason)


def remove_by_rule(tx: Tx, numbers: Iterable[int]) -> list[str]:
    """Take these files out of their dossiers, past their time as they are; gives where they lay."""
    found = (attachments.find(tx.db, number) for number in numbers)
    return [_remove(tx, file, RETENTION) for file in found if file is not None and file.removed_at is None]


def note_opening(tx: Tx, dossier: str, number: int, reason: str) -> None:
    """A person is about to see the file. Raises NoSuchFile, Invalid."""
    _file(tx, dossier, number)
    if reason not in OPENED_FOR:
        raise Invalid(what="reason")
    tx.record(FileOpened(number, dossier, reason))


def issue_links(tx: Tx, dossier: str, life: timedelta) -> list[int]:
    """A link for every file that the portal should be able to fetch and soon could not; gives their numbers."""
    known, issued = attachments.links(tx.db, dossier), []
    for file in attachments.of_dossier(tx.db, dossier):
        has_time = file.number in known and known[file.number].expires > tx.now + min(RENEWED_BEFORE, life / 2)
        if file.part is not Part.OTHER and not has_time:
            issued.append(tx.record(LinkIssued(file.number, dossier, _whole_seconds(tx.now + life))).seq)
    return issued


def note_fetch(tx: Tx, link: int, expires: datetime) -> bool:
    """The portal is about to get the file of this link; False where the link has ended. Raises NoSuchFile."""
    found = attachments.link(tx.db, link)
    file = attachments.find(tx.db, found.file) if found else None
    if found is None or file is None or found.expires != expires:
        raise NoSuchFile()
    if has_ended(found, file, tx.now):
        return False
    tx.record(FileFetched(link, file.number, file.dossier))
    return True


def has_ended(link: Link, file: Attachment, now: datetime) -> bool:
    """Whether the link leads nowhere any more: by its own end, or with its file."""
    return now >= link.expires or file.removed_at is not None


def _whole_seconds(at: datetime) -> int:
    return milliseconds(at) // 1000 * 1000


def _remove(tx: Tx, file: Attachment, reason: str) -> str:
    tx.record(FileRemoved(file.number, file.dossier, reason))
    attachments.forget_name(tx.db, file.number)
    return file.address


def _dossier(tx: Tx, code: str) -> Dossier:
    found = dossiers.find(tx.db, code)
    if found is None:
        raise NoSuchDossier()
    return found


def _file(tx: Tx, dossier: str, number: int) -> Attachment:
    found = attachments.find(tx.db, number)
    if found is None or found.dossier != dossier or found.removed_at is not None:
        raise NoSuchFile()
    return found
