"""What happened to the files of dossiers. Part of `domain.events`, by the same rules.

A file is named by the number of the event that attached it; its own name stands sealed in the vault.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileAttached:
    """A checked file lies in the strongbox at `address` (a keyed hash) and belongs to a dossier.

    `component` is a paper of the procedure in the catalogue's words, or the code of a result; empty for neither.
    """

    dossier: str
    part: str
    component: str
    media: str
    size: int
    address: str
    digitised: bool = False
    reused: bool = False
    from_warehouse: bool = False


@dataclass(frozen=True, slots=True)
class FileRemoved:
    """For a reason of `domain.attachments.REMOVALS`; its links end with it."""

    file: int
    dossier: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileOpened:
    """A person is about to see the file, for a reason of `domain.attachments.OPENED_FOR`."""

    file: int
    dossier: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinkIssued:
    """The portal may fetch this file until an instant (ms); the number of this event is the link's."""

    file: int
    dossier: str
    expires: int


@dataclass(frozen=True, slots=True)
class FileFetched:
    """The portal is about to get the file by this link."""

    link: int
    file: int
    dossier: str


FileEvent = FileAttached | FileRemoved | FileOpened | LinkIssued | FileFetched
