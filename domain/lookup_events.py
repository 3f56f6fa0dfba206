"""Questions to national databases: who asked, for what, about which dossier. Never about whom, never the answer.

Part of `domain.events`, by the same rules; the words are those of `domain.lookups`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LookupMade:
    """A person asked a national database; `reason`: why nobody could answer; `milliseconds`: how long it took."""

    database: str
    purpose: str
    person: str
    dossier: str
    outcome: str
    reason: str = ""
    milliseconds: int = 0
