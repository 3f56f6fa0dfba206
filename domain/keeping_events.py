"""What the rules of keeping did. Part of `domain.events`, by the same rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataRemoved:
    """Personal data of one kind (`domain.keeping.Held`) were removed, kept for longer than so many days.

    `of`: the journal's numbers of the dossiers, visits or letters whose they were, never what stood there; `rows`
    counts what went.
    """

    held: str
    days: int
    of: list[int]
    rows: int
