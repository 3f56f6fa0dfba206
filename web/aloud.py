"""Sounds for what stands on a kiosk's page: clips of the pack, phrases made before, and a speaker beside us.

The speaker is a program of its own (`commands.speaking`): the GPL tool in it never comes into this process, and
what it lacks or breaks is passed over. What people type is spoken and kept nowhere.
"""

import asyncio
import contextlib
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

import structlog

from domain.reading_aloud import Clip, Piece, phrases, pieces
from web.voice import BadPack, Pack, frames, joined, resampled

SPEAKER_RATE = 22_050
SPEAKER_SECONDS = 3.0
LARGEST_SOUND_BYTES = 4_000_000
log = structlog.get_logger("aloud")


def file_of(phrase: str) -> str:
    """The name of a phrase's clip: by its words, so that packs need no list of names."""
    return hashlib.sha256(" ".join(phrase.casefold().split()).encode()).hexdigest()[:24] + ".wav"


class Speaker:
    """The program that makes a phrase's clip; started when it is first needed, one question at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    async def say(self, words: str, language: str) -> bytes | None:
        """16-bit mono frames at 22,050 Hz; None when there is no voice, no program, or no answer in 3 s."""
        asked = asyncio.to_thread(self._ask, words, language)
        try:
            return await asyncio.wait_for(asked, SPEAKER_SECONDS)
        except TimeoutError:
            self.close()
            return None

    def close(self) -> None:
        """End the program; the next question starts it again."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _ask(self, words: str, language: str) -> bytes | None:
        with self._lock:
            try:
                process = self._running()
                assert process.stdin is not None
                assert process.stdout is not None
                question = json.dumps({"language": language, "words": words})
                process.stdin.write(question.encode() + b"\n")
                process.stdin.flush()
                length = int.from_bytes(process.stdout.read(4), "big")
                sound = process.stdout.read(min(length, LARGEST_SOUND_BYTES))
            except (OSError, ValueError):
                self.close()
                return None
            return sound or None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            pipe, none = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=none)  # noqa: S603
        return self._process


class Aloud:
    """Reads pages aloud in the languages of its packs."""

    def __init__(self, packs: Mapping[str, Pack], made: Path, own: Path, speaker: Speaker) -> None:
        """`made` holds the phrases of set-up or of a recorded pack, `own` those of this centre's configuration."""
        self._packs = packs
        self._made, self._own = made, own
        self._speaker = speaker

    async def read(self, shown: str, language: str) -> bytes | None:
        """One WAV of all that can be said of it; None when nothing can."""
        pack = self._packs.get(language)
        rate = pack.rate if pack else SPEAKER_RATE
        sounds = [await self._sound(piece, language, pack, rate) for piece in pieces(shown, language)]
        heard = [sound for sound in sounds if sound]
        return joined(heard, rate) if heard else None

    async def prepare(self, texts: Mapping[str, Iterable[str]]) -> int:
        """Make the clips of these texts by language, unless they are there, and drop all other own ones."""
        count = 0
        for language, shown in texts.items():
            wanted = {phrase for text in shown for phrase in phrases(text, language)}
            missing = [phrase for phrase in sorted(wanted) if self._kept(phrase, language, SPEAKER_RATE) is None]
            for phrase in missing:
                count += await self._make(phrase, language)
            await asyncio.to_thread(self._drop, language, {file_of(phrase) for phrase in wanted})
        return count

    def close(self) -> None:
        """End the program beside us."""
        self._speaker.close()

    async def _sound(self, piece: Piece, language: str, pack: Pack | None, rate: int) -> bytes | None:
        if isinstance(piece, Clip):
            return pack.clip(piece.token) if pack else None
        kept = self._kept(piece.text, language, rate)
        if kept is not None:
            return kept
        said = await self._speaker.say(piece.text, language)
        return resampled(said, SPEAKER_RATE, rate) if said else None

    def _kept(self, phrase: str, language: str, rate: int) -> bytes | None:
        for folder in (self._made, self._own):
            path = folder / language / file_of(phrase)
            with contextlib.suppress(OSError, BadPack):
                return frames(path.name, path.read_bytes(), rate)
        return None

    async def _make(self, phrase: str, language: str) -> int:
        said = await self._speaker.say(phrase, language)
        if said is None:
            log.warning("no clip for a phrase of the configuration", language=language)
            return 0
        await asyncio.to_thread(self._keep, phrase, language, said)
        return 1

    def _keep(self, phrase: str, language: str, said: bytes) -> None:
        path = self._own / language / file_of(phrase)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_bytes(joined([said], SPEAKER_RATE))
            fresh.replace(path)
        except OSError as error:
            log.warning("a clip cannot be kept", reason=error.strerror)

    def _drop(self, language: str, wanted: set[str]) -> None:
        for path in (self._own / language).glob("*"):
            if path.name not in wanted and re.fullmatch(r"[0-9a-f]{24}\.(wav|new)", path.name):
                path.unlink(missing_ok=True)
