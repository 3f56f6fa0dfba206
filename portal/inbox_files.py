"""The files of a letter, as base64 or by link (portal.md 7, 12.6): each proven before the letter changes anything.

A link is followed only below the one address that the operator has named, and never on to another. What a file is
and where it lies is for the room of files, whose functions `app.py` hands in: this knows no page.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol
from urllib.parse import unquote, urlsplit

from domain.attachments import FileTooLarge, Limits, Media, cleaned_name
from domain.errors import Invalid, Refused, msgid
from operations.attaching import Sent
from portal.inbox_messages import SentFile
from store.vault import Vault


class Room(Protocol):
    """Where the files of dossiers lie (web.file_rooms.FileRoom)."""

    @property
    def limits(self) -> Limits:
        """How much is taken."""

    async def checked(self, content: bytes) -> Media:
        """What the content is. Raises what is wrong with it, FilesBusy."""

    def holding(self, contents: Sequence[bytes]) -> AbstractAsyncContextManager[list[str]]:
        """Contents lie sealed while they are entered; gives their addresses. Raises StoreFull."""


class FileNotTaken(Refused):
    """One file is wrong: the whole letter is refused, with this file's own reason."""

    text = msgid("Cả thư không được ghi nhận vì tệp đính kèm thứ %(number)s: %(reason)s Hãy sửa tệp rồi gửi lại.")


class LinkForeign(Invalid):
    text = msgid("Trung tâm không tải tệp từ địa chỉ này. Hãy gửi tệp dạng Base64, hoặc khai địa chỉ ở cấu hình.")


class LinkSilent(Refused):
    """The file may be there the next time: the same letter may come again."""

    text = msgid("Chưa tải được tệp thứ %(number)s từ địa chỉ đã gửi. Chưa có gì được ghi nhận; hãy gửi lại sau.")


@dataclass(frozen=True, slots=True)
class Proven:
    """The contents of a letter's files, with what is told of each once it has an address."""

    contents: tuple[bytes, ...]
    kinds: tuple[Media, ...]
    names: tuple[bytes, ...]
    components: tuple[str, ...]

    def sent(self, addresses: Sequence[str]) -> tuple[Sent, ...]:
        """The files as they are entered into the dossier."""
        every = zip(addresses, self.kinds, self.contents, self.names, self.components, strict=True)
        return tuple(
            Sent(address, media.value, len(content), name, component=component, digitised=True)
            for address, media, content, name, component in every
        )


class InboxFiles:
    """Proves the files of letters. `below`: the address under which links may lie, empty: none are followed."""

    def __init__(self, room: Room, vault: Vault, below: str = "") -> None:
        self.room, self._vault, self._below = room, vault, below

    async def proven(self, files: Sequence[SentFile]) -> Proven:
        """Every file, fetched and checked. Raises FileNotTaken, LinkSilent, FilesBusy."""
        contents, kinds, names = [], [], []
        for number, file in enumerate(files, 1):
            content, media = await self._proven(number, file)
            contents.append(content)
            kinds.append(media)
            names.append(self._vault.seal(cleaned_name(file.name, media).encode()))
        return Proven(tuple(contents), tuple(kinds), tuple(names), tuple(file.component for file in files))

    async def _proven(self, number: int, file: SentFile) -> tuple[bytes, Media]:
        try:
            content = await self._fetched(number, file.link) if file.link else file.content
            if len(content) > self.room.limits.file_bytes:
                raise FileTooLarge(megabytes=self.room.limits.file)
            return content, await self.room.checked(content)
        except Invalid as error:
            raise FileNotTaken(number=number, reason=error.text % error.arguments) from error

    async def _fetched(self, number: int, link: str) -> bytes:
        """The content at a link. Raises LinkForeign, LinkSilent."""
        if not is_below(link, self._below):
            raise LinkForeign()
        # The HTTP client takes half a second to load, and few centres are ever sent a link.
        await asyncio.to_thread(import_module, "portal.inbox_links")
        from portal.inbox_links import NotFetched, fetched

        try:
            return await fetched(link, self.room.limits.file_bytes)
        except NotFetched as error:
            raise LinkSilent(number=number) from error


def is_below(link: str, below: str) -> bool:
    """Whether the link leads to the host, port and folder that the operator named, and cannot climb out of it."""
    if not below or not link.isascii() or not link.isprintable() or "\\" in link or " " in link:
        return False
    try:
        asked, own = urlsplit(link), urlsplit(below)
        same = (asked.scheme, asked.hostname, asked.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        return False
    path = unquote(unquote(asked.path))
    inside = path.startswith(own.path.rstrip("/") + "/") and ".." not in path.split("/") and "\\" not in path
    return same and inside and "@" not in asked.netloc
