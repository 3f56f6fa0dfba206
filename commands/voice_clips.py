"""Makes the built-in clip packs of the hall's voice at set-up: `python -m commands.voice_clips OUTDIR`.

The voices are those of the espeak-ng library inside `espeakng-loader`, loaded in this process of its own so
that the GPL tool and its global state never come near the server. A recorded pack has the same form.
"""

import ctypes
import hashlib
import json
import math
import shutil
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import click
import espeakng_loader

from domain.speech import CHIME, tokens, wording
from web import sounds
from web.sounds import FULL_SCALE, RATE, Samples, faded, shaped

# folder -> (language, espeak-ng voice); "vi" is the northern voice, and the first of a language the usual one.
VOICES = {
    "vi-north": ("vi", "vi"),
    "en": ("en", "en"),
    "fr": ("fr", "fr"),
    "vi-central": ("vi", "vi-vn-x-central"),
    "vi-south": ("vi", "vi-vn-x-south"),
}
# Words a minute: the letter and digits of a ticket are read slower, they must be caught and not guessed.
PHRASE_PACE, TICKET_PACE = 155, 130
PITCH = 45
# The northern voice drops the vowel of a lone "gi"; "di" is spoken alike in the north.
RESPELT = {"vi": {"gi": "di"}}
LICENCE = "Clips made with the tool espeak-ng {version} (GPL-3.0-or-later); the chime is computed by MotCua."

CHIME_PEAK = 0.4 * FULL_SCALE

_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8 = 2, 0x8000, 1
_SPEED_PARAMETER, _PITCH_PARAMETER = 1, 3
_SYNTH_ARGUMENTS = (
    *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
    *(ctypes.c_void_p, ctypes.c_void_p),
)
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class NoVoice(Exception):
    """The library, its data or one of its voices is missing: permanent until it is installed again."""


@dataclass(slots=True)
class Speaker:
    """The espeak-ng library of this process. One at a time: it keeps its state in globals."""

    library: Any
    version: str
    samples: Samples = field(default_factory=lambda: array("h"))
    keep: Any = None  # ctypes frees a callback that nobody holds

    @classmethod
    def open(cls, room: Path) -> "Speaker":
        """Load the library; `room` is an empty folder with a short path. Raises NoVoice when that fails."""
        data = room / "espeak-ng-data"
        try:
            library = ctypes.CDLL(espeakng_loader.get_library_path())
            # espeak-ng cuts a data path after 160 bytes (measured): hand it a short one.
            data.symlink_to(espeakng_loader.get_data_path())
        except (OSError, RuntimeError) as error:
            raise NoVoice(f"the espeak-ng library cannot be loaded: {error}") from error
        if library.espeak_Initialize(_SYNCHRONOUS, 0, bytes(room), _DO_NOT_EXIT) != RATE:
            raise NoVoice(f"espeak-ng cannot read its data or does not speak at {RATE} Hz")
        library.espeak_Info.restype = ctypes.c_char_p
        library.espeak_Synth.argtypes = _SYNTH_ARGUMENTS
        speaker = cls(library, library.espeak_Info(None).decode())
        speaker.keep = _Callback(speaker._collect)
        library.espeak_SetSynthCallback(speaker.keep)
        return speaker

    def choose(self, voice: str) -> None:
        """Speak with this voice from now on. Raises NoVoice when the library does not have it."""
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise NoVoice(f"the espeak-ng library has no voice {voice!r}")
        self.library.espeak_SetParameter(_PITCH_PARAMETER, PITCH, 0)

    def say(self, words: str, pace: int) -> Samples:
        """The samples of one utterance at `pace` words a minute, as the library gives them."""
        self.library.espeak_SetParameter(_SPEED_PARAMETER, pace, 0)
        self.samples = array("h")
        text = words.encode()
        self.library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _UTF8, None, None)
        if not self.samples:
            raise NoVoice(f"espeak-ng said nothing for {words!r}")
        return self.samples

    def _collect(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count:
            self.samples.frombytes(ctypes.string_at(samples, 2 * count))
        return 0


@cache
def chime() -> Samples:
    """Two soft bell tones, a falling third, 0.9 s."""
    notes = ((0.0, 659.26), (0.28, 523.25))
    partials = ((1.0, 1.0, 4.5), (2.0, 0.35, 7.0), (3.01, 0.12, 11.0))
    length = int(0.9 * RATE)
    mixed = [0.0] * length
    for start, pitch in notes:
        for multiple, strength, decay in partials:
            _ring(mixed, int(start * RATE), 2 * math.pi * pitch * multiple / RATE, strength, decay / RATE)
    loudest = max(map(abs, mixed))
    return faded(array("h", [int(CHIME_PEAK * value / loudest) for value in mixed]), RATE // 10)


def make(folder: Path, language: str, voice: str, speaker: Speaker) -> bool:
    """Make one pack; False when the one there already follows the present recipe and is whole."""
    recipe = recipe_of(language, voice, speaker.version)
    if _is_whole(folder, recipe):
        return False
    speaker.choose(voice)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    clips = {token: _clip(fresh, token, language, speaker) for token in tokens(language)}
    manifest = {
        "language": language,
        "licence": LICENCE.format(version=speaker.version),
        "rate": RATE,
        "recipe": recipe,
        "clips": clips,
    }
    (fresh / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    return True


def recipe_of(language: str, voice: str, version: str) -> str:
    """A hash of all that decides how a pack sounds: this file, the tool's version and the words."""
    words = {token: wording(token, language) for token in tokens(language)}
    recipe = json.dumps([_sha256(Path(__file__)), _sha256(Path(sounds.__file__)), version, voice, words])
    return hashlib.sha256(recipe.encode()).hexdigest()


@click.command()
@click.argument("outdir", type=click.Path(file_okay=False, path_type=Path))
def main(outdir: Path) -> None:
    """Make the clip packs of all built-in voices in OUTDIR; packs that are up to date stay."""
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as room:
            speaker = Speaker.open(Path(room))
            report = ", ".join(_made(outdir, folder, speaker) for folder in VOICES)
    except NoVoice as error:
        sys.exit(f"voice clips: {error}")
    click.echo(f"voice clips: {report} ({time.monotonic() - started:.1f} s)")


def _made(outdir: Path, folder: str, speaker: Speaker) -> str:
    language, voice = VOICES[folder]
    try:
        made = make(outdir / folder, language, voice, speaker)
    except NoVoice as error:
        if language == "vi":
            raise
        return f"{folder} MISSING: {error}"
    return f"{folder} {'made' if made else 'up to date'}"


def _clip(folder: Path, token: str, language: str, speaker: Speaker) -> dict[str, str]:
    samples = chime() if token == CHIME else _spoken(token, language, speaker)
    path = folder / f"{token}.wav"
    with wave.open(str(path), "wb") as clip:
        clip.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        clip.writeframes(samples.tobytes())
    return {"file": path.name, "sha256": _sha256(path)}


def _spoken(token: str, language: str, speaker: Speaker) -> Samples:
    words = wording(token, language)
    pace = TICKET_PACE if token.isdigit() or token.startswith("letter-") else PHRASE_PACE
    return shaped(speaker.say(RESPELT.get(language, {}).get(words, words), pace))


def _is_whole(folder: Path, recipe: str) -> bool:
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        clips: Iterable[dict[str, str]] = manifest["clips"].values()
        return manifest["recipe"] == recipe and all(_sha256(folder / c["file"]) == c["sha256"] for c in clips)
    except (OSError, ValueError, KeyError):
        return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _ring(mixed: list[float], start: int, step: float, strength: float, decay: float) -> None:
    attack = RATE // 200
    for i in range(len(mixed) - start):
        mixed[start + i] += strength * min(1.0, i / attack) * math.exp(-decay * i) * math.sin(step * i)


if __name__ == "__main__":
    main()
