"""Languages that a centre adds: a folder each with a name and a catalogue, read once at start.

A pack never stops a centre: one that cannot be read whole is left out and named in the log, and a translation that
would break a page (other things to fill in than the Vietnamese text has) stays Vietnamese.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import structlog

CODE = re.compile(r"[a-z]{2,3}")
PLACES = re.compile(r"%(?:\((\w+)\))?[a-z%]")
LARGEST_CATALOGUE, LARGEST_MANIFEST = 2 * 1024 * 1024, 4096
LONGEST_NAME, MOST_PACKS = 24, 5
log = structlog.get_logger("languages")


class BadLanguage(Exception):
    """This folder holds no language pack; the words say why."""


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """One added language: its code, its name as its speakers write it, and its texts."""

    code: str
    name: str
    catalogue: NullTranslations
    translated: int


def load_languages(folder: Path) -> dict[str, LanguagePack]:
    """The packs in a folder by code, in the order of their names; none where the folder is missing."""
    places = sorted(place for place in folder.glob("*") if place.is_dir()) if folder.is_dir() else []
    if len(places) > MOST_PACKS:
        log.warning("too many languages, the last are left out", most=MOST_PACKS)
    packs = [pack for place in places[:MOST_PACKS] if (pack := _or_none(place)) is not None]
    return {pack.code: pack for pack in sorted(packs, key=lambda pack: pack.name)}


def _or_none(place: Path) -> LanguagePack | None:
    try:
        pack = read_pack(place)
    except BadLanguage as bad:
        log.warning("language left out", folder=place.name[:40], reason=str(bad))
        return None
    log.info("language added", code=pack.code, name=pack.name, translated=pack.translated)
    return pack


def read_pack(place: Path) -> LanguagePack:
    """A folder `CODE` with `manifest.toml` (`name = "…"`) and `motcua.po`. Raises BadLanguage."""
    if not CODE.fullmatch(place.name):
        raise BadLanguage("the folder's name must be the language's code, two or three small letters")
    try:
        manifest = tomllib.loads(_read(place / "manifest.toml", LARGEST_MANIFEST).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadLanguage(f"manifest.toml: {error}") from error
    name = manifest.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadLanguage(f"manifest.toml: name must be a text of at most {LONGEST_NAME} characters")
    catalogue, count = _catalogue(place.name, _read(place / "motcua.po", LARGEST_CATALOGUE))
    return LanguagePack(place.name, name.strip(), catalogue, count)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as source:
            found = source.read(most + 1)
    except OSError as error:
        raise BadLanguage(f"{path.name}: {error.strerror}") from error
    if len(found) > most:
        raise BadLanguage(f"{path.name}: larger than {most} bytes")
    return found


def _catalogue(code: str, source: bytes) -> tuple[NullTranslations, int]:
    """What is translated, as gettext looks it up, and how much that is. Raises BadLanguage."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        # Without any locale Babel drops the plural rule that the file states; Vietnamese has one form.
        found = read_po(BytesIO(source), locale="vi", abort_invalid=True, charset="utf-8")
        for message in [message for message in found if message.id and message.string]:
            if message.fuzzy or not _fills_the_same(_texts(message.id), _texts(message.string)):
                found.delete(message.id, context=message.context)
                log.warning("translation left out", language=code, text=_texts(message.id)[0][:60])
        compiled = BytesIO()
        write_mo(compiled, found)
        compiled.seek(0)
        return GNUTranslations(compiled), sum(1 for message in found if message.id and message.string)
    except (PoFileError, ValueError, UnicodeError, LookupError, SyntaxError) as error:
        raise BadLanguage(f"motcua.po: {error}") from error


def _texts(words: str | Iterable[str] | None) -> list[str]:
    return [words] if isinstance(words, str) else list(words or ())


def _fills_the_same(ours: list[str], theirs: list[str]) -> bool:
    """Whether each translation fills in only what the Vietnamese has, and no percent sign by itself."""
    known = {place[0] for text in ours for place in PLACES.finditer(text)}
    return all(
        {place[0] for place in PLACES.finditer(text)} <= known and (not known or "%" not in PLACES.sub("", text))
        for text in theirs
    )
