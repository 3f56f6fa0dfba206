"""What stands on a kiosk's page, in the pieces in which it is spoken: clips of the voice pack, and other words.

Ticket numbers, codes and long numbers are read sign by sign, short numbers and hours as words. The words between
have clips of their own where they are known before; `web.aloud` finds or makes them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from domain.readings import LETTERS
from domain.speech import COUNTERS, time_of_day

LONGEST = 600
# Letters that no ticket begins with, so that no pack has a clip of them.
OTHER_LETTERS = {
    "vi": {"I": "i ngắn", "O": "o", "Q": "quy"},
    "en": {"I": "I", "O": "O", "Q": "Q"},
    "fr": {"I": "I", "O": "O", "Q": "Q"},
}
GROUPED = r"(?P<grouped>\d{1,3}(?:[.\u202f\xa0]\d{3})+(?!\d))"
DATE = r"(?P<date>\d{1,2}/\d{1,2}/\d{4}(?!\d))"
TIME = r"(?P<time>(?:[01]?\d|2[0-3]):[0-5]\d(?!\d))"
PROCEDURE = r"(?<![\d.])\d\.\d{6}(?![\d.])"
MIXED = r"(?<![^\W_])(?=[A-Z0-9.-]*\d)(?=[A-Z0-9.-]*[A-Z])[A-Z0-9][A-Z0-9.-]{2,}[A-Z0-9](?![^\W_])"
CODE = rf"(?P<code>{PROCEDURE}|{MIXED})"
TICKET = r"(?P<ticket>(?<![^\W_])[A-Z][\s\u202f\xa0]?\d{3,4}(?!\d))"
LETTER = r"(?P<letter>(?<![^\W_])[A-Z](?![^\W_]))"
NUMBER = r"(?P<number>\d+)"
PAUSE = r"(?P<pause>[.!?;:…·–—()\[\]\"“”«»\n\r\t]+|,\s)"
SIGN = re.compile("|".join((DATE, TIME, TICKET, CODE, GROUPED, LETTER, NUMBER, PAUSE)))


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip of the voice pack, by its token."""

    token: str


@dataclass(frozen=True, slots=True)
class Words:
    """A phrase without figures: one clip of its own."""

    text: str


Piece = Clip | Words


def pieces(shown: str, language: str) -> tuple[Piece, ...]:
    """What stands there as it is spoken, in order; at most the first 600 characters of it."""
    text = unicodedata.normalize("NFC", shown)[:LONGEST]
    found: list[Piece] = []
    at = 0
    for sign in SIGN.finditer(text):
        if language == "en" and _is_word(text, sign):
            continue
        found += _words(text[at : sign.start()])
        found += _spoken(str(sign.lastgroup), sign[0], language)
        at = sign.end()
    return (*found, *_words(text[at:]))


def phrases(shown: str, language: str) -> tuple[str, ...]:
    """The words between, which need a clip of their own."""
    return tuple(piece.text for piece in pieces(shown, language) if isinstance(piece, Words))


def _is_word(text: str, sign: re.Match[str]) -> bool:
    """'I have …' and 'A new …' begin with no letter of a queue."""
    begins = sign.start() == 0 or not text[sign.start() - 1].isspace()
    return re.match(" [a-z]", text[sign.end() :]) is not None and (sign[0] == "I" or (sign[0] == "A" and begins))


def _spoken(kind: str, sign: str, language: str) -> Iterable[Piece]:
    match kind:
        case "time":
            hour, minute = sign.split(":")
            return [Clip(token) for token in time_of_day(int(hour), int(minute), language)]
        case "date":
            day, month, year = sign.split("/")
            return [*_number(day), *_number(month), *_signs(year, language)]
        case "number":
            return _number(sign)
        case "grouped":
            return [Words(re.sub(r"\D", "", sign))]
        case "ticket" | "code" | "letter":
            return _signs(sign, language)
    return []


def _number(figures: str) -> list[Piece]:
    n = int(figures) if len(figures) < 3 else 0
    return [Clip(f"counter-{n}")] if n in COUNTERS else [Clip(digit) for digit in figures]


def _signs(text: str, language: str) -> list[Piece]:
    return [_sign(sign, language) for sign in text if sign.isalnum()]


def _sign(sign: str, language: str) -> Piece:
    if sign.isdigit():
        return Clip(str(int(sign)))
    if sign in LETTERS:
        return Clip(f"letter-{sign.lower()}")
    return Words(OTHER_LETTERS.get(language, OTHER_LETTERS["vi"])[sign])


def _words(text: str) -> list[Piece]:
    plain = " ".join(text.split()).strip(" ,'’-/+*=&%")
    return [Words(plain)] if any(sign.isalnum() for sign in plain) else []
