"""Texts in Vietnamese, English and French, and in the languages that a centre adds: the Vietnamese text is the key.

Gettext does the rest. A language that a centre adds is a folder (`web.language_packs`); the rest is Vietnamese.
"""

from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from web.language_packs import LanguagePack

NAMES = {"vi": "Tiếng Việt", "en": "English", "fr": "Français"}  # as their speakers write them
LANGUAGES = tuple(NAMES)
DEFAULT = "vi"
LOCALES = Path(__file__).parent / "locales"
_added: dict[str, LanguagePack] = {}


def add(packs: Mapping[str, LanguagePack]) -> None:
    """Offer these languages to citizens too, and no others that were added before; one centre is one process."""
    _added.clear()
    _added.update({code: pack for code, pack in packs.items() if code not in NAMES})


def offered() -> dict[str, str]:
    """The languages for citizens with their names: ours first, then those of this centre."""
    return NAMES | {code: pack.name for code, pack in _added.items()}


def translations(language: str) -> NullTranslations:
    """The catalogue of one language; unknown languages give the Vietnamese texts."""
    return _added[language].catalogue if language in _added else _shipped(language)


@cache
def _shipped(language: str) -> NullTranslations:
    if language not in LANGUAGES:
        language = DEFAULT
    return translation("motcua", LOCALES, [language], fallback=True)


def translator(language: str) -> Callable[[str], str]:
    """A function from Vietnamese text to this language."""
    return translations(language).gettext


def chosen(wanted: str | None, kept: str | None = None) -> str:
    """The language asked for, else the one kept from before, else Vietnamese."""
    for candidate in (wanted, kept):
        if candidate in LANGUAGES or candidate in _added:
            return candidate
    return DEFAULT
