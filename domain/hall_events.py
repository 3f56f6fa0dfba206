"""What walls are given to show and say. Part of `domain.events`, by the same rules.

Instants inside events are milliseconds since 1970 (UTC); no personal data.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulletinPosted:
    """A text of the centre hangs on the walls of a hall, from one instant to another or until it is taken down."""

    hall: str
    vi: str
    en: str
    fr: str
    starts: int
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class BulletinTakenDown:
    bulletin: int


@dataclass(frozen=True, slots=True)
class AnnouncementEnded:
    """What became of an announcement in a zone (`domain.announcements.Outcome`), and how long it was spoken."""

    zone: str
    seq: int
    outcome: str
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class VoiceTestAsked:
    """Somebody lets a wall speak a test."""

    device: str


@dataclass(frozen=True, slots=True)
class VoiceClipRecorded:
    """A clip of a centre's own pack was recorded; `digest`: the first digits of its hash."""

    pack: str
    token: str
    digest: str


@dataclass(frozen=True, slots=True)
class VoicePackFinished:
    """A pack of so many clips can be spoken with."""

    pack: str
    language: str
    clips: int
    digest: str


HallEvent = (
    BulletinPosted | BulletinTakenDown | AnnouncementEnded | VoiceTestAsked | VoiceClipRecorded | VoicePackFinished
)
