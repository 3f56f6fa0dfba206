"""The voice of hall and kiosk: a pack of recorded clips, checked when loaded, and one WAV for each announcement.

It knows tokens and sound, not who is called or when. One announcement is one file, so that two can never
overlap inside one player. A centre's recorded pack and the one made at set-up have the same form.
"""

import asyncio
import hashlib
import io
import json
import re
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain import speech
from web.sounds import resampled as resampled

VOICES = Path(__file__).parent / "static" / "vendor" / "voice"
PACKS = "packs"  # in the data folder
MANIFEST = "manifest.json"
GAP_MS = 80
AGAIN_MS, OTHER_MS = 1200, 400
USUAL_PACK = "vi-north"
MOST_PACKS = 40
RATES = range(8_000, 48_001)
LARGEST_FILE_BYTES = 2_000_000
LARGEST_PACK_BYTES = 100_000_000
MOST_CLIPS = 1_000
LONGEST_LICENCE = 2_000
LANGUAGE = re.compile(r"[a-z]{2,5}")  # a part of the address of a sound (`display.speaking`)
KEPT_ANNOUNCEMENTS = 64  # about 250 kB each


class BadPack(Exception):
    """A pack cannot be used as it is: permanent until its files are mended. The text names what is wrong."""


class MissingClips(BadPack):
    """A sentence needs clips that the pack does not hold."""

    def __init__(self, language: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"the voice pack for {language!r} has no clip for {', '.join(missing)}")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Sound:
    """16-bit mono frames at a rate (Hz)."""

    frames: bytes
    rate: int

    @classmethod
    def row(cls, said: "Sequence[Sound]", chime: "Sound | None") -> "Sound":
        """Sentences one after the other with a pause between them, after the chime if there is one."""
        rate = said[0].rate
        again, other = bytes(2 * (rate * AGAIN_MS // 1000)), bytes(2 * (rate * OTHER_MS // 1000))
        bell = resampled(chime.frames, chime.rate, rate) + other[: 2 * (rate * GAP_MS // 1000)] if chime else b""
        return cls(bell + again.join(resampled(one.frames, one.rate, rate) for one in said), rate)


def seconds_of(sound: Sound) -> float:
    """How long it lasts."""
    return len(sound.frames) / 2 / sound.rate


class Pack:
    """The clips of one language, held in memory as 16-bit mono frames of one rate (Hz). Never changes."""

    def __init__(self, language: str, licence: str, rate: int, clips: Mapping[str, bytes]) -> None:
        self.language = language
        self.licence = licence
        self.rate = rate
        self._clips = clips
        self.digest = self._hash()
        self._joined = lru_cache(KEPT_ANNOUNCEMENTS)(self._join)

    @classmethod
    def load(cls, folder: Path) -> "Pack":
        """Read a pack and check every clip. Raises BadPack naming the clip or entry that is wrong."""
        manifest = _manifest(folder)
        rate = manifest["rate"]
        clips = dict[str, bytes]()
        for token, clip in manifest["clips"].items():
            clips[token] = _frames(folder, token, clip, rate)
            if sum(map(len, clips.values())) > LARGEST_PACK_BYTES:
                raise BadPack(f"{folder} holds more than {LARGEST_PACK_BYTES} bytes of sound")
        return cls(manifest["language"], manifest["licence"], rate, clips)

    def missing(self) -> tuple[str, ...]:
        """The tokens that a full pack of this language holds and this one does not."""
        return tuple(token for token in speech.tokens(self.language) if token not in self._clips)

    def clip(self, token: str) -> bytes | None:
        """The frames of one clip, None where the pack lacks it."""
        return self._clips.get(token)

    def lacks(self, tokens: Sequence[str]) -> bool:
        """Whether some of these clips are not there."""
        return any(token not in self._clips for token in tokens)

    def sound(self, tokens: Sequence[str]) -> Sound:
        """The frames of the tokens' clips with 80 ms between them; all of them must be there (`lacks`)."""
        gap = bytes(2 * (self.rate * GAP_MS // 1000))
        return Sound(gap.join(self._clips[token] for token in tokens), self.rate)

    def resampled(self, token: str, rate: int) -> bytes:
        """The frames of one clip at another rate."""
        return resampled(self._clips[token], self.rate, rate)

    def speak(self, tokens: tuple[str, ...]) -> bytes:
        """One WAV of the tokens' clips with 80 ms between them. Raises MissingClips naming what it lacks."""
        return self._joined(tokens)

    def _join(self, tokens: tuple[str, ...]) -> bytes:
        lacking = tuple(token for token in tokens if token not in self._clips)
        if lacking:
            raise MissingClips(self.language, lacking)
        return joined([self._clips[token] for token in tokens], self.rate)

    def _hash(self) -> str:
        """16 hex digits that change with any clip and with the way of joining: the `v=` of a clip's URL."""
        whole = hashlib.sha256(f"{self.language} {self.rate} {GAP_MS}".encode())
        for token in sorted(self._clips):
            whole.update(token.encode() + hashlib.sha256(self._clips[token]).digest())
        return whole.hexdigest()[:16]


class Packs(Mapping[str, Pack]):
    """The whole clip packs of some folders by language, the northern voice first; a broken one is left out.

    A pack is known by the name of its folder; one in a later folder takes the place of its namesake before.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._stamp: tuple[int, ...] = ()
        self._named: dict[str, Pack] = {}
        self._broken: dict[str, str] = {}
        self._load(self._stamps())

    async def look(self) -> None:
        """Load anew what was added or replaced since the last look."""
        stamp = self._stamps()
        if stamp != self._stamp:
            await asyncio.to_thread(self._load, stamp)

    @property
    def own(self) -> Path:
        """The folder of this centre's own packs."""
        return self._folders[-1]

    @property
    def names(self) -> Mapping[str, Pack]:
        """Every pack by its name."""
        return self._named

    @property
    def broken(self) -> Mapping[str, str]:
        """What is wrong with each pack that is left out, by its name."""
        return self._broken

    def named(self, name: str) -> Pack | None:
        """The pack of this name, None when it is not here."""
        return self._named.get(name)

    def chosen(self, name: str) -> Pack | None:
        """The pack of this name; where it is not here the usual one, or any of Vietnamese."""
        return self._named.get(name) or self.get("vi")

    def __getitem__(self, language: str) -> Pack:
        found = [name for name, pack in sorted(self._named.items()) if pack.language == language]
        if not found:
            raise KeyError(language)
        return self._named[USUAL_PACK if USUAL_PACK in found else found[0]]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({pack.language for pack in self._named.values()}))

    def __len__(self) -> int:
        return len({pack.language for pack in self._named.values()})

    def _stamps(self) -> tuple[int, ...]:
        return tuple(folder.stat().st_mtime_ns if folder.is_dir() else 0 for folder in self._folders)

    def _load(self, stamp: tuple[int, ...]) -> None:
        named: dict[str, Pack] = {}
        broken: dict[str, str] = {}
        for folder in self._folders:
            for place in sorted(folder.iterdir())[:MOST_PACKS] if folder.is_dir() else []:
                if place.is_dir() and not place.name.startswith("."):
                    try:
                        named[place.name] = Pack.load(place)
                    except BadPack as error:
                        broken[place.name] = str(error)
        self._named, self._broken, self._stamp = named, broken, stamp


def in_a_row(sounds: Sequence[Sound]) -> bytes:
    """One WAV of sounds of one rate."""
    return joined([sound.frames for sound in sounds], sounds[0].rate)


def joined(clips: Sequence[bytes], rate: int) -> bytes:
    """One WAV of 16-bit mono frames with 80 ms between the clips."""
    gap = bytes(2 * (rate * GAP_MS // 1000))
    file = io.BytesIO()
    with wave.open(file, "wb") as whole:
        whole.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        whole.writeframes(gap.join(clips))
    return file.getvalue()


def frames(what: str, content: bytes, rate: int) -> bytes:
    """The frames of a WAV file. Raises BadPack when it is not 16-bit mono sound of this rate (Hz)."""
    return _pcm(what, content, rate)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise BadPack(f"{path} is not JSON: {error}") from error
    expected = {"language": str, "licence": str, "rate": int, "clips": dict}
    for entry, kind in expected.items():
        if not isinstance(manifest, dict) or not isinstance(manifest.get(entry), kind):
            raise BadPack(f"{path} has no proper entry {entry!r}")
    proper = {
        "rate": manifest["rate"] in RATES,
        "language": LANGUAGE.fullmatch(manifest["language"]) is not None,
        "licence": bool(manifest["licence"].strip()) and len(manifest["licence"]) <= LONGEST_LICENCE,
        "clips": 0 < len(manifest["clips"]) <= MOST_CLIPS,
    }
    for entry, is_proper in proper.items():
        if not is_proper:
            raise BadPack(f"{path} has no proper entry {entry!r}")
    return manifest


def _frames(folder: Path, token: str, clip: Any, rate: int) -> bytes:
    name, sha256 = (clip.get("file"), clip.get("sha256")) if isinstance(clip, dict) else (None, None)
    if not isinstance(name, str) or not name.isprintable() or Path(name).name != name or not name:
        raise BadPack(f"clip {token!r} names no file inside {folder}")
    content = _content(folder / name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadPack(f"clip {token!r} ({folder / name}) is not the file of the manifest: its sha256 differs")
    return _pcm(f"clip {token!r} ({folder / name})", content, rate)


def _pcm(clip: str, content: bytes, rate: int) -> bytes:
    try:
        with wave.open(io.BytesIO(content)) as wav:
            form = (wav.getnchannels(), wav.getsampwidth(), wav.getframerate())
            frames: bytes = wav.readframes(wav.getnframes())
    except (wave.Error, EOFError, RuntimeError) as error:
        raise BadPack(f"{clip} is not a WAV file: {error}") from error
    if form != (1, 2, rate) or not frames or len(frames) % 2:
        raise BadPack(f"{clip} is not 16-bit mono sound at {rate} Hz")
    return frames


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BadPack(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise BadPack(f"{path} is larger than {LARGEST_FILE_BYTES} bytes")
    return content
