"""Makes the clips of the kiosk's own texts at set-up: `python -m commands.kiosk_clips OUTDIR`.

One file a phrase and language, named by its words. What is there stays; what no page says any more goes.
"""

import json
import re
import sys
import tempfile
import time
import wave
from pathlib import Path

import click
from babel.messages.extract import extract_from_dir, extract_from_file

from commands.speaking import VOICE_OF, spoken
from commands.voice_clips import LICENCE, NoVoice, Speaker
from domain.reading_aloud import phrases
from web.aloud import file_of
from web.languages import translations
from web.sounds import RATE

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "msgid": None}
SOURCES = tuple(
    ROOT / path
    for path in (
        "operations/admitting.py",
        "operations/ticketing.py",
        "domain/stopping.py",
        "kiosk/declarations.py",
    )
)
FORMAT = r"%\(\w+\)[sd]"


def texts() -> set[str | tuple[str, ...]]:
    """Every text that the kiosk's pages hold, in Vietnamese; singular and plural as a pair."""
    options = {"**.html": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
    pages = extract_from_dir(ROOT / "kiosk/templates", [("**.html", "jinja2")], options, KEYWORDS)
    found = {message for _, _, message, *_ in pages if message}
    for path in SOURCES:
        found |= {message for _, message, *_ in extract_from_file("python", path, KEYWORDS) if message}
    return found


def spoken_phrases(language: str) -> set[str]:
    """The phrases of all those texts in a language; what is filled in comes between them."""
    catalogue = translations(language)
    said: set[str] = set()
    for text in texts():
        if isinstance(text, tuple):
            said |= {catalogue.ngettext(text[0], text[1], n) for n in (1, 2)}
        else:
            said.add(catalogue.gettext(text))
    return {phrase for text in said for phrase in phrases(re.sub(FORMAT, "\n", text), language)}


@click.command()
@click.argument("outdir", type=click.Path(file_okay=False, path_type=Path))
def main(outdir: Path) -> None:
    """Make what is missing in OUTDIR."""
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as room:
            speaker = Speaker.open(Path(room))
            report = ", ".join(f"{language} {made(outdir, language, speaker)}" for language in VOICE_OF)
    except NoVoice as error:
        sys.exit(f"kiosk clips: {error}")
    click.echo(f"kiosk clips: {report} new ({time.monotonic() - started:.1f} s)")


def made(outdir: Path, language: str, speaker: Speaker) -> int:
    """Make the missing clips of one language; how many they were."""
    folder, count = outdir / language, 0
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {file_of(phrase): phrase for phrase in spoken_phrases(language)}
    for name, phrase in wanted.items():
        if not (folder / name).exists():
            count += _clip(folder / name, spoken(speaker, phrase, language))
    for path in folder.glob("*.wav"):
        if path.name not in wanted:
            path.unlink()
    licence = LICENCE.format(version=speaker.version)
    listed = {"language": language, "licence": licence, "phrases": dict(sorted(wanted.items()))}
    (folder / "manifest.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return count


def _clip(path: Path, sound: bytes) -> bool:
    if not sound:
        return False
    fresh = path.with_suffix(".new")
    with wave.open(str(fresh), "wb") as clip:
        clip.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        clip.writeframes(sound)
    fresh.replace(path)
    return True


if __name__ == "__main__":
    main()
