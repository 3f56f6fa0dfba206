"""All projections. A process that writes must know every one: a missing one would drop changes silently."""

from store import calendars, centres, counters, days, dossiers, jobs, people, procedures, tickets
from store.journal import KINDS, unheeded

MODULES = (calendars, centres, counters, days, dossiers, jobs, people, procedures, tickets)
# What is recorded for its own sake and changes no table.
NOTES = frozenset({"PersonSignedIn", "PersonSignedOut", "PasswordSet"})


def make_sure() -> None:
    """Importing this module registered them; raises RuntimeError when an event would change nothing unnoticed."""
    forgotten = unheeded() - NOTES
    if forgotten or len(KINDS) <= len(NOTES):
        raise RuntimeError(f"no projection for {', '.join(sorted(forgotten))}")
