"""Pictures and films that walls show while nothing is called: files that an administrator has put into a folder.

What a file is, its first bytes say, never its name alone. Knows no page.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

LOOK_SECONDS = 10.0
TURN_SECONDS = 20
MOST = 60
LARGEST_PICTURE, LARGEST_FILM = 8_000_000, 400_000_000  # bytes
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
HEAD = 16
KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".jpg": ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ".png": ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ".webp": ("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ".mp4": ("video/mp4", lambda head: head[4:8] == b"ftyp"),
    ".webm": ("video/webm", lambda head: head.startswith(b"\x1a\x45\xdf\xa3")),
}


class NoPicture(ValueError):
    """A file that no wall shows; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One file as it is shown."""

    name: str
    kind: str
    path: Path

    @property
    def is_film(self) -> bool:
        """Whether it moves; it is shown without sound."""
        return self.kind.startswith("video/")


def checked(path: Path) -> Picture:
    """The file as a picture or film. Raises NoPicture, OSError."""
    kind, fits = KINDS.get(path.suffix.lower(), ("", None))
    if fits is None or not NAME.fullmatch(path.name):
        raise NoPicture("tên chỉ gồm chữ không dấu, số, . _ - và đuôi jpg, png, webp, mp4 hoặc webm")
    largest = LARGEST_FILM if kind.startswith("video/") else LARGEST_PICTURE
    if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= largest:
        raise NoPicture(f"tệp trống hoặc lớn hơn {largest // 1_000_000} MB")
    with path.open("rb") as file:
        if not fits(file.read(HEAD)):
            raise NoPicture(f"nội dung không phải {kind}")
    return Picture(path.name, kind, path)


@dataclass(slots=True)
class Shelf:
    """The pictures in one folder, looked up every few seconds; `timer` counts seconds from anywhere."""

    folder: Path
    timer: Callable[[], float] = time.monotonic
    _found: tuple[Picture, ...] = ()
    _until: float = field(default=-1.0)

    def pictures(self) -> tuple[Picture, ...]:
        """What can be shown, by name; what cannot is left out."""
        now = self.timer()
        if now >= self._until:
            self._found, self._until = tuple(self._look()), now + LOOK_SECONDS
        return self._found

    def _look(self) -> list[Picture]:
        found: list[Picture] = []
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            try:
                found.append(checked(path))
            except (NoPicture, OSError):
                continue
        return found[:MOST]

    def at(self, now: datetime) -> Picture | None:
        """The one whose turn it is; all walls keep step."""
        found = self.pictures()
        return found[int(now.timestamp()) // TURN_SECONDS % len(found)] if found else None

    def named(self, name: str) -> Picture | None:
        """The one of this name."""
        return next((picture for picture in self.pictures() if picture.name == name), None)
