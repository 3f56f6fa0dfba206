"""The files of a letter out of base64 and zip: counted while they are unpacked, never written anywhere.

The names of entries are for people to read and never a path.
"""

import base64
import binascii
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import msgid
from domain.letters import Attachment
from portal.edxml_trees import DocumentRefused

LARGEST_UNPACKED = 64 * 1024 * 1024  # of one letter
MOST_ENTRIES = 100  # of one letter
MOST_SIGNATURES = 5_000  # a file inside may be a zip itself, so more of them than entries may stand in the bytes
PIECE = 256 * 1024
NAME_SHOWN = 150
NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
UNZIPPABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    OverflowError, LookupError,
)  # fmt: skip


class AttachmentRefused(DocumentRefused):
    """A file that is damaged, locked, a link, or not what the manifest says."""

    text = msgid("Tệp đính kèm của văn bản đến không mở được (%(what)s). Hãy đề nghị nơi gửi gửi lại.")


class AttachmentTooLarge(DocumentRefused):
    text = msgid("Tệp đính kèm của văn bản đến quá lớn hoặc quá nhiều sau khi giải nén. Không mở.")


@dataclass(slots=True)
class Room:
    """How much may still be unpacked of this letter."""

    bytes: int = LARGEST_UNPACKED
    entries: int = MOST_ENTRIES

    def take(self, count: int) -> None:
        """Raises AttachmentTooLarge when nothing is left."""
        self.bytes -= count
        if self.bytes < 0:
            raise AttachmentTooLarge()


def unpacked(name: str, media_type: str, description: str, encoded: str, room: Room) -> Iterator[Attachment]:
    """The files of one Attachment element; what is no zip is one file. Raises a DocumentRefused."""
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise AttachmentRefused(what="base64") from None
    if not content.startswith(b"PK"):
        room.take(len(content))
        yield Attachment(_shown(name), content, media_type, description)
        return
    if content.count(b"PK\x01\x02") > MOST_SIGNATURES:
        raise AttachmentTooLarge()
    for entry, data in _entries(content, room):
        yield Attachment(_shown(entry) or _shown(name), data, "application/octet-stream", description)


def _entries(content: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                room.entries -= 1
                if room.entries < 0:
                    raise AttachmentTooLarge()
                _check_entry(entry)
                yield entry.filename, _content(archive, entry, room)
    except UNZIPPABLE:
        raise AttachmentRefused(what="zip") from None


def _check_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):  # a link, a device
        raise AttachmentRefused(what="zip")
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise AttachmentRefused(what="zip")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: Room) -> bytes:
    pieces = []
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            room.take(len(piece))
            pieces.append(piece)
    return b"".join(pieces)


def _shown(name: str) -> str:
    """The last part of a name, without what could mislead a reader or a file system."""
    last = NOT_SHOWN.sub("", name).replace("\\", "/").replace(":", "/").rstrip("/").rpartition("/")[2]
    cleaned = last.strip(". ")
    return cleaned[-NAME_SHOWN:]
