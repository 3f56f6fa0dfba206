"""A centre's own packs while they are recorded, clip by clip, and packs that come as a folder.

A pack in the making is a hidden folder beside the finished ones; finishing copies it into its place.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from domain import speech
from domain.errors import NotFound, Refused, msgid
from web.sounds import RATE
from web.voice import LARGEST_FILE_BYTES, LARGEST_PACK_BYTES, MANIFEST, MOST_PACKS, BadPack, Pack, joined

NAME = re.compile(r"[a-z][a-z0-9-]{1,31}")
_one_at_a_time = Lock()  # two people record at two desks
LICENCE = "Recorded by the centre for its own use."


class PackNotWhole(Refused):
    text = msgid("Bộ giọng còn thiếu %(n)s đoạn cần có. Mời thu đủ rồi bấm lại.")


class PackNameWrong(Refused):
    text = msgid("Tên bộ giọng gồm 2–32 chữ thường không dấu, số và gạch nối, và chưa có bộ nào mang tên này.")


@dataclass(frozen=True, slots=True)
class Recording:
    """A pack in the making: its language, and the hash of each clip that is there."""

    name: str
    language: str
    clips: dict[str, str]

    def missing(self, tokens: Iterable[str]) -> tuple[str, ...]:
        """Which of these are not there yet; the chime is taken from the usual pack."""
        return tuple(token for token in tokens if token not in self.clips and token != speech.CHIME)


class Recordings:
    """The packs in the making, in the folder of this centre's packs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Recording]:
        """Every pack in the making, by name."""
        places = sorted(self.folder.glob(".*/manifest.json")) if self.folder.is_dir() else []
        found = []
        for name in [place.parent.name.removeprefix(".") for place in places][:MOST_PACKS]:
            with suppress(NotFound):  # what a sudden end left behind, or somebody else's file
                found.append(self.find(name))
        return found

    def begin(self, name: str, language: str, taken: Iterable[str]) -> None:
        """Start a pack. Raises PackNameWrong."""
        place = self.folder / f".{name}"
        if not NAME.fullmatch(name) or name in set(taken) or place.exists():
            raise PackNameWrong()
        place.mkdir(parents=True)
        self._write(place, {"language": language, "licence": LICENCE, "rate": RATE, "clips": {}})

    def find(self, name: str) -> Recording:
        """A pack in the making. Raises NotFound."""
        found = self._manifest(name)
        return Recording(name, found["language"], {token: clip["sha256"] for token, clip in found["clips"].items()})

    def keep(self, name: str, token: str, frames: bytes) -> str:
        """Put a clip in, in the place of the one there; gives its hash. Raises NotFound."""
        place, content = self.folder / f".{name}", joined([frames], RATE)
        digest = hashlib.sha256(content).hexdigest()
        with _one_at_a_time:
            manifest = self._manifest(name)
            _replace(place / f"{token}.wav", content)
            manifest["clips"][token] = {"file": f"{token}.wav", "sha256": digest}
            self._write(place, manifest)
        return digest

    def sound(self, name: str, token: str) -> bytes:
        """A clip's WAV. Raises NotFound."""
        if token not in self.find(name).clips:
            raise NotFound(what=token[:40])
        return (self.folder / f".{name}" / f"{token}.wav").read_bytes()

    def finish(self, name: str, needed: Iterable[str], usual: Pack | None) -> Pack:
        """Put the pack where it can be spoken with; it stays here to be changed. Raises NotFound, PackNotWhole."""
        missing = self.find(name).missing(needed)
        if missing:
            raise PackNotWhole(n=len(missing))
        chime = usual.clip(speech.CHIME) if usual else None
        if usual is not None and chime and speech.CHIME not in self.find(name).clips:
            self.keep(name, speech.CHIME, usual.resampled(speech.CHIME, RATE))
        install(self.folder / f".{name}", self.folder, name)
        return Pack.load(self.folder / name)

    def _manifest(self, name: str) -> dict[str, Any]:
        try:
            if not NAME.fullmatch(name):
                raise NotFound(what=name[:32])
            found: dict[str, Any] = json.loads((self.folder / f".{name}" / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise NotFound(what=name[:32]) from error
        if not isinstance(found, dict) or not isinstance(found.get("clips"), dict) or "language" not in found:
            raise NotFound(what=name[:32])
        return found

    def _write(self, place: Path, manifest: dict[str, Any]) -> None:
        _replace(place / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())


def install(source: Path, packs: Path, name: str) -> Pack:
    """Copy a checked pack into the folder of packs, in the place of its namesake. Raises BadPack."""
    pack = Pack.load(source)
    size = sum(path.stat().st_size for path in source.iterdir() if path.is_file())
    if size > LARGEST_PACK_BYTES or not NAME.fullmatch(name):
        raise BadPack(f"{source}: larger than {LARGEST_PACK_BYTES} bytes, or {name!r} is no name for a pack")
    fresh, old = packs / f".{name}.new", packs / f".{name}.old"
    for place in (fresh, old):
        shutil.rmtree(place, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path in [
        MANIFEST,
        *(clip["file"] for clip in json.loads((source / MANIFEST).read_bytes())["clips"].values()),
    ]:
        shutil.copyfile(source / path, fresh / path)
    if (packs / name).exists():
        (packs / name).rename(old)
    fresh.rename(packs / name)
    shutil.rmtree(old, ignore_errors=True)
    return pack


def _replace(path: Path, content: bytes) -> None:
    assert len(content) <= LARGEST_FILE_BYTES
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
