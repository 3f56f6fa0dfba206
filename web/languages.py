"""Texts in Vietnamese, English and French: the Vietnamese text is the key, gettext does the rest."""

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

NAMES = {"vi": "Tiếng Việt", "en": "English", "fr": "Français"}  # as their speakers write them
LANGUAGES = tuple(NAMES)
DEFAULT = "vi"
LOCALES = Path(__file__).parent / "locales"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of one language; unknown languages give the Vietnamese texts."""
    if language not in LANGUAGES:
        language = DEFAULT
    return translation("motcua", LOCALES, [language], fallback=True)


def translator(language: str) -> Callable[[str], str]:
    """A function from Vietnamese text to this language."""
    return translations(language).gettext


def chosen(wanted: str | None, kept: str | None = None) -> str:
    """The language asked for, else the one kept from before, else Vietnamese."""
    for candidate in (wanted, kept):
        if candidate in LANGUAGES:
            return candidate
    return DEFAULT
