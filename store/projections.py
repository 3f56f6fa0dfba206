"""All projections. A process that writes must know every one: a missing one would drop changes silently."""

from store import (
    appointments,
    calendars,
    centres,
    counters,
    days,
    dossiers,
    jobs,
    moves,
    people,
    plans,
    procedures,
    ratings,
    tickets,
)
from store.journal import KINDS, unheeded

MODULES = (
    appointments,
    calendars,
    centres,
    counters,
    days,
    dossiers,
    jobs,
    moves,
    people,
    plans,
    procedures,
    ratings,
    tickets,
)
# What is recorded for its own sake and changes no table.
NOTES = frozenset({"PersonSignedIn", "PersonSignedOut", "PersonLocked", "PersonUnlocked", "PasswordSet"})


def make_sure() -> None:
    """Importing this module registered them; raises RuntimeError when an event would change nothing unnoticed."""
    forgotten = unheeded() - NOTES
    if forgotten or len(KINDS) <= len(NOTES):
        raise RuntimeError(f"no projection for {', '.join(sorted(forgotten))}")
