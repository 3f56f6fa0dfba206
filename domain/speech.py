"""What the hall's voice says: a call, its withdrawal, a stop or its end, as a row of tokens, one clip for each.

The chime comes first, then the ticket digit by digit and the counter as a number in words, letters by their
names, never a person's name. The words are in `domain.readings`; `web.voice` joins the clips.
"""

from collections.abc import Iterable
from functools import lru_cache

from domain.errors import Invalid
from domain.readings import LETTERS, READINGS, Reading

CHIME = "chime"
BELL = (CHIME,)
COUNTERS = range(1, 61)
LARGEST_TICKET = 9999
LARGEST_COUNTER = 999


def sentence(letter: str, n: int, counter: int, language: str, *, priority: bool = False) -> tuple[str, ...]:
    """The tokens that call a ticket to a counter. Raises Invalid for a number no centre gives out."""
    reading = _reading(language)
    opening = reading.priority_call if priority else reading.call
    return (CHIME, opening.token, *_ticket(letter, n), reading.to_counter.token, *_counter(counter))


def withdrawal(letter: str, n: int, language: str) -> tuple[str, ...]:
    """The tokens that take a call back: 'số … xin chờ'. Raises Invalid as `sentence` does."""
    reading = _reading(language)
    return (CHIME, reading.withdrawn.token, *_ticket(letter, n), reading.please_wait.token)


def stop(letter: str | None, reason: str, until: tuple[int, int] | None, language: str) -> tuple[str, ...]:
    """The tokens that say that a queue is stopped, or all of a hall without a letter.

    `reason` is a key of `domain.stopping.REASONS`, empty for one that has no clip; `until` is hour and minute.
    Raises Invalid for what no centre has.
    """
    reading = _reading(language)
    if reason and reason not in reading.reasons:
        raise Invalid(what=reason)
    why = (reading.reason.token, f"reason-{reason}") if reason else ()
    end = (reading.until.token, *_time(*until, reading)) if until else ()
    return (CHIME, *_line(letter, reading.stopped.token, reading.all_stopped.token, reading), *why, *end)


def resumption(letter: str | None, language: str) -> tuple[str, ...]:
    """The tokens that say that a queue, or all of a hall, takes people again. Raises Invalid as `stop` does."""
    reading = _reading(language)
    return (CHIME, *_line(letter, reading.resumed.token, reading.all_resumed.token, reading))


def sound_check() -> tuple[str, ...]:
    """The tokens of a sound check, 'một hai ba': nobody takes it for a call."""
    return (CHIME, "1", "2", "3")


def time_of_day(hour: int, minute: int, language: str) -> tuple[str, ...]:
    """The tokens of an hour and a minute. Raises Invalid for a time that no clock shows."""
    return _time(hour, minute, _reading(language))


def tokens(language: str) -> tuple[str, ...]:
    """Every token a pack of this language must hold.

    A language without a reading of its own (a minority language, recorded voice only) takes the Vietnamese
    tokens and their order.
    """
    return (CHIME, *_words(language))


def needed(language: str, letters: Iterable[str], counters: Iterable[int]) -> tuple[str, ...]:
    """The tokens without which calls could not be spoken where these letters and counters are in use."""
    reading = _reading(language)
    phrases = (reading.call, reading.to_counter, reading.withdrawn, reading.please_wait)
    places = [token for counter in sorted(set(counters)) for token in _counter(counter)]
    digits = [str(digit) for digit in range(10)]
    names = [_letter(letter) for letter in sorted(set(letters))]
    return tuple(dict.fromkeys([*(phrase.token for phrase in phrases), *names, *digits, *places]))


def wording(token: str, language: str) -> str:
    """What the voice says for a token, for the speaker who records it; nothing for the chime.

    Raises Invalid when the token or a wording in that language does not exist.
    """
    if token == CHIME:
        return ""
    if language not in READINGS or token not in _words(language):
        raise Invalid(what=f"{token} ({language})")
    return _words(language)[token]


def _ticket(letter: str, n: int) -> tuple[str, ...]:
    if not 1 <= n <= LARGEST_TICKET:
        raise Invalid(what=f"{letter} {n}")
    return (_letter(letter), *f"{n:03d}")


def _letter(letter: str) -> str:
    if len(letter) != 1 or letter not in LETTERS:
        raise Invalid(what=letter)
    return f"letter-{letter.lower()}"


def _line(letter: str | None, one: str, every: str, reading: Reading) -> tuple[str, ...]:
    return (reading.all_queues.token, every) if letter is None else (reading.queue.token, _letter(letter), one)


def _time(hour: int, minute: int, reading: Reading) -> tuple[str, ...]:
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise Invalid(what=f"{hour}:{minute}")
    after = (f"counter-{minute}", *((reading.minutes.token,) if reading.minutes else ())) if minute else ()
    half = (reading.halves[hour >= 12].token,) if reading.halves else ()
    return (f"hour-{hour}", *after, *half)


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
        **{f"hour-{hour}": words for hour, words in enumerate(reading.hours)},
        **{f"reason-{key}": words for key, words in reading.reasons.items()},
    }
