"""The words of an event as the journal tells it: a name, a sentence, and what may be added."""

from dataclasses import dataclass

Clause = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A name, a sentence, and what is added to it where a field holds something."""

    name: str
    sentence: str
    more: tuple[Clause, ...] = ()
