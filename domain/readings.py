"""How each language reads what the hall's voice says: phrases, letters, digits, numbers, hours and reasons.

The words are what espeak-ng or a person with a microphone speaks for each token of `domain.speech`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.stopping import REASONS

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


class Phrase(NamedTuple):
    """A fixed part of a sentence: the name of its clip and what the voice says there."""

    token: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one language reads an announcement: its phrases, the names of letters and digits, numbers, hours.

    A time is its hour's clip, the minutes as a number, then `minutes` or the half of the day where these are said.
    `reasons` has the keys of `domain.stopping.REASONS`.
    """

    call: Phrase
    priority_call: Phrase
    to_counter: Phrase
    withdrawn: Phrase
    please_wait: Phrase
    queue: Phrase
    stopped: Phrase
    resumed: Phrase
    all_queues: Phrase
    all_stopped: Phrase
    all_resumed: Phrase
    reason: Phrase
    until: Phrase
    reasons: Mapping[str, str]
    hours: tuple[str, ...]
    letters: Mapping[str, str]
    digits: tuple[str, ...]
    number: Callable[[int], str]
    minutes: Phrase | None = None
    halves: tuple[Phrase, Phrase] | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The fixed parts of every sentence."""
        of_time = (*((self.minutes,) if self.minutes else ()), *(self.halves or ()))
        return (
            self.call, self.priority_call, self.to_counter, self.withdrawn, self.please_wait, self.queue,
            self.stopped, self.resumed, self.all_queues, self.all_stopped, self.all_resumed, self.reason,
            self.until, *of_time,
        )  # fmt: skip


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


def _french_hour(hour: int) -> str:
    """'une heure', 'vingt et une heures': hours are feminine."""
    number = french_number(hour)
    number = f"{number[:-2]}une" if number.split()[-1] == "un" else number
    return f"{number} heure{'s' if hour > 1 else ''}"


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
        queue=Phrase("hang", "Hàng"),
        stopped=Phrase("tam-dung", "tạm dừng"),
        resumed=Phrase("nhan-so-lai", "nhận số trở lại"),
        all_queues=Phrase("tat-ca-cac-hang", "Tất cả các hàng"),
        all_stopped=Phrase("deu-tam-dung", "đều tạm dừng"),
        all_resumed=Phrase("deu-nhan-so-lai", "đều nhận số trở lại"),
        reason=Phrase("ly-do", "Lý do"),
        until=Phrase("cho-den", "cho đến"),
        reasons={**REASONS, "meeting": "cán bộ đang họp"},  # a lone "họp" is swallowed
        hours=tuple(f"{vietnamese_number(hour)} giờ" for hour in range(24)),
        minutes=Phrase("phut", "phút"),
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
        queue=Phrase("queue", "Queue"),
        stopped=Phrase("is-paused", "is paused"),
        resumed=Phrase("is-open-again", "is open again"),
        all_queues=Phrase("all-queues", "All queues"),
        all_stopped=Phrase("are-paused", "are paused"),
        all_resumed=Phrase("are-open-again", "are open again"),
        reason=Phrase("reason", "Reason"),
        until=Phrase("until", "until"),
        reasons={
            "power": "power cut",
            "network": "network failure",
            "system": "system failure",
            "meeting": "staff meeting",
            "staff": "staff shortage",
            "full": "no places left",
            "storm": "storm",
            "drill": "fire drill",
        },
        hours=tuple(english_number((hour - 1) % 12 + 1) for hour in range(24)),
        halves=(Phrase("am", "A M"), Phrase("pm", "P M")),
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
        queue=Phrase("la-file", "La file"),
        stopped=Phrase("est-suspendue", "est suspendue"),
        resumed=Phrase("reprend", "reprend"),
        all_queues=Phrase("toutes-les-files", "Toutes les files"),
        all_stopped=Phrase("sont-suspendues", "sont suspendues"),
        all_resumed=Phrase("reprennent", "reprennent"),
        reason=Phrase("motif", "Motif"),
        until=Phrase("jusqu-a", "jusqu'à"),
        reasons={
            "power": "panne de courant",
            "network": "panne de réseau",
            "system": "panne du système",
            "meeting": "réunion du personnel",
            "staff": "manque de personnel",
            "full": "file complète",
            "storm": "tempête",
            "drill": "exercice d'incendie",
        },
        hours=tuple(_french_hour(hour) for hour in range(24)),
        letters={letter: letter for letter in LETTERS},
        digits=_FRENCH_UNITS[:10],
        number=french_number,
    ),
}
