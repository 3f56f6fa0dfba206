"""All projections. A process that writes must know every one: a missing one would drop changes silently."""

from importlib import import_module

from store.journal import KINDS, unheeded

MODULES = tuple(
    import_module(f"store.{room}")
    for room in (
        "announcements", "appointments", "attachments", "bulletins", "calendars", "centres", "counters", "days",
        "devices", "differences", "dossiers", "estimates", "fees", "jobs", "keeping", "letter_answers",
        "letters", "lookups", "moves", "notices", "outbox", "people", "plans", "portal_gates", "printers",
        "procedures", "ratings", "receivers", "receptions", "refusals", "refused_arrivals", "shortcuts",
        "tickets",
    )
)  # fmt: skip
# What is recorded for its own sake and changes no table.
NOTES = frozenset({
    "PersonSignedIn", "PersonSignedOut", "PersonLocked", "PersonUnlocked", "PasswordSet", "JournalExported",
    "WordsRead", "DeviceReloadAsked", "VoiceTestAsked", "VoiceClipRecorded", "VoicePackFinished",
    "ReceiverTested", "IdentityRevealed", "FileOpened",
})  # fmt: skip


def make_sure() -> None:
    """Importing this module registered them; raises RuntimeError when an event would change nothing unnoticed."""
    forgotten = unheeded() - NOTES
    if forgotten or len(KINDS) <= len(NOTES):
        raise RuntimeError(f"no projection for {', '.join(sorted(forgotten))}")
