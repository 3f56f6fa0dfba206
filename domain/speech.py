"""What the hall's voice says: a call or its withdrawal as a row of tokens, one recorded clip for each.

The chime comes first, then the ticket digit by digit and the counter as a number in words, letters by their
names, never a person's name. This module knows no sound: `display.voice` joins the clips.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from domain.errors import Invalid

CHIME = "chime"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
COUNTERS = range(1, 61)
LARGEST_TICKET = 9999
LARGEST_COUNTER = 999


class Phrase(NamedTuple):
    """A fixed part of a sentence: the name of its clip and what the voice says there."""

    token: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one language reads a call: five phrases, the names of letters and digits, numbers in words."""

    call: Phrase
    priority_call: Phrase
    to_counter: Phrase
    withdrawn: Phrase
    please_wait: Phrase
    letters: Mapping[str, str]
    digits: tuple[str, ...]
    number: Callable[[int], str]

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The fixed parts of every sentence."""
        return (self.call, self.priority_call, self.to_counter, self.withdrawn, self.please_wait)


def sentence(letter: str, n: int, counter: int, language: str, *, priority: bool = False) -> tuple[str, ...]:
    """The tokens that call a ticket to a counter. Raises Invalid for a number no centre gives out."""
    reading = _reading(language)
    opening = reading.priority_call if priority else reading.call
    return (CHIME, opening.token, *_ticket(letter, n), reading.to_counter.token, *_counter(counter))


def withdrawal(letter: str, n: int, language: str) -> tuple[str, ...]:
    """The tokens that take a call back: 'số … xin chờ'. Raises Invalid as `sentence` does."""
    reading = _reading(language)
    return (CHIME, reading.withdrawn.token, *_ticket(letter, n), reading.please_wait.token)


def tokens(language: str) -> tuple[str, ...]:
    """Every token a pack of this language must hold.

    A language without a reading of its own (a minority language, recorded voice only) takes the Vietnamese
    tokens and their order.
    """
    return (CHIME, *_words(language))


def wording(token: str, language: str) -> str:
    """What the voice says for a token, for the speaker who records it; nothing for the chime.

    Raises Invalid when the token or a wording in that language does not exist.
    """
    if token == CHIME:
        return ""
    if language not in READINGS or token not in _words(language):
        raise Invalid(what=f"{token} ({language})")
    return _words(language)[token]


def vietnamese_number(n: int) -> str:
    """1 to 99 in words: mốt, tư and lăm after a ten, 'mười bốn' but 'hai mươi tư'."""
    tens, unit = divmod(n, 10)
    if not tens:
        return _VIETNAMESE_DIGITS[unit]
    ten = "mười" if tens == 1 else f"{_VIETNAMESE_DIGITS[tens]} mươi"
    if not unit:
        return ten
    changed = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    return f"{ten} {changed.get(unit, _VIETNAMESE_DIGITS[unit])}"


def english_number(n: int) -> str:
    """1 to 69 in words."""
    if n < len(_ENGLISH_UNITS):
        return _ENGLISH_UNITS[n]
    ten, unit = _ENGLISH_TENS[n // 10], n % 10
    return f"{ten}-{_ENGLISH_UNITS[unit]}" if unit else ten


def french_number(n: int) -> str:
    """1 to 69 in words: 'vingt et un', 'vingt-deux'."""
    if n < len(_FRENCH_UNITS):
        return _FRENCH_UNITS[n]
    ten, unit = _FRENCH_TENS[n // 10], n % 10
    if unit == 1:
        return f"{ten} et un"
    return f"{ten}-{_FRENCH_UNITS[unit]}" if unit else ten


def _ticket(letter: str, n: int) -> tuple[str, ...]:
    if len(letter) != 1 or letter not in LETTERS or not 1 <= n <= LARGEST_TICKET:
        raise Invalid(what=f"{letter} {n}")
    return (f"letter-{letter.lower()}", *f"{n:03d}")


def _counter(counter: int) -> tuple[str, ...]:
    if counter in COUNTERS:
        return (f"counter-{counter}",)
    if not 1 <= counter <= LARGEST_COUNTER:
        raise Invalid(what=f"{counter}")
    # Better "quầy số sáu một" than a hall that hears nothing: no pack records more than 60 counters.
    return tuple(str(counter))


def _reading(language: str) -> Reading:
    return READINGS.get(language, READINGS["vi"])


@lru_cache(maxsize=16)
def _words(language: str) -> dict[str, str]:
    reading = _reading(language)
    return {
        **{phrase.token: phrase.words for phrase in reading.phrases},
        **{f"letter-{letter.lower()}": reading.letters[letter] for letter in LETTERS},
        **{str(digit): name for digit, name in enumerate(reading.digits)},
        **{f"counter-{counter}": reading.number(counter) for counter in COUNTERS},
    }


def _row(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


_VIETNAMESE_DIGITS = _row("không, một, hai, ba, bốn, năm, sáu, bảy, tám, chín")
# Two syllables where there is a choice: "em mờ" and "en nờ" differ more across a hall than "mờ" and "nờ".
_VIETNAMESE_LETTERS = _row(
    "a, bê, xê, dê, e, ép phờ, gờ, hát, gi, ca, lờ, em mờ, en nờ, pê, e rờ, ét sì, tê, u, vê, vê kép, "
    "ích xì, i dài, dét"
)
_ENGLISH_UNITS = _row(
    "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, "
    "fifteen, sixteen, seventeen, eighteen, nineteen"
)
_ENGLISH_TENS = _row("-, -, twenty, thirty, forty, fifty, sixty")
_FRENCH_UNITS = _row(
    "zéro, un, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze, treize, quatorze, quinze, "
    "seize, dix-sept, dix-huit, dix-neuf"
)
_FRENCH_TENS = _row("-, -, vingt, trente, quarante, cinquante, soixante")

READINGS: Mapping[str, Reading] = {
    "vi": Reading(
        call=Phrase("moi-so", "Xin mời số"),
        priority_call=Phrase("moi-so-uu-tien", "Xin mời số ưu tiên"),
        to_counter=Phrase("den-quay-so", "đến quầy số"),
        withdrawn=Phrase("so", "Số"),
        please_wait=Phrase("xin-cho", "xin chờ"),
        letters=dict(zip(LETTERS, _VIETNAMESE_LETTERS, strict=True)),
        digits=_VIETNAMESE_DIGITS,
        number=vietnamese_number,
    ),
    "en": Reading(
        call=Phrase("ticket", "Ticket"),
        priority_call=Phrase("priority-ticket", "Priority ticket"),
        to_counter=Phrase("to-counter", "please proceed to counter"),
        withdrawn=Phrase("ticket", "Ticket"),
        please_wait=Phrase("please-wait", "please wait"),
        letters={letter: letter for letter in LETTERS},
        digits=_ENGLISH_UNITS[:10],
        number=english_number,
    ),
    "fr": Reading(
        call=Phrase("le-numero", "Le numéro"),
        priority_call=Phrase("le-numero-prioritaire", "Le numéro prioritaire"),
        to_counter=Phrase("au-guichet", "est attendu au guichet"),
        withdrawn=Phrase("le-numero", "Le numéro"),
        please_wait=Phrase("veuillez-patienter", "veuillez patienter"),
        letters={letter: letter for letter in LETTERS},
        digits=_FRENCH_UNITS[:10],
        number=french_number,
    ),
}
