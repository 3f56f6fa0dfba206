"""The hall's voice: what became of announcements, a test, and packs that a centre records itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.announcements import Outcome, is_speaker
from domain.errors import Invalid
from domain.hall_events import AnnouncementEnded, VoiceClipRecorded, VoicePackFinished, VoiceTestAsked
from operations.entering import find_device
from store import announcements
from store.writer import Tx


@dataclass(frozen=True, slots=True)
class Ended:
    """An announcement with what became of it, and for how many seconds it was spoken."""

    seq: int
    outcome: Outcome
    seconds: float = 0.0


def end_announcements(tx: Tx, zone: str, ended: Sequence[Ended]) -> int:
    """Note what became of them in a zone; gives how many were not known yet. Said twice changes nothing."""
    fresh = [one for one in ended if not announcements.has_ended(tx.db, zone, one.seq)]
    for one in fresh:
        tx.record(AnnouncementEnded(zone, one.seq, str(one.outcome), round(one.seconds * 1000)))
    return len(fresh)


def ask_test(tx: Tx, device: str) -> None:
    """A wall speaks a test. Raises NotFound, Invalid for what does not speak."""
    if not is_speaker(find_device(tx.centre, device)):
        raise Invalid(what="device")
    tx.record(VoiceTestAsked(device))


def note_clip(tx: Tx, pack: str, token: str, digest: str) -> None:
    """A clip of an own pack was recorded; the sound itself is a file."""
    tx.record(VoiceClipRecorded(pack, token, digest))


def note_pack(tx: Tx, pack: str, language: str, clips: int, digest: str) -> None:
    """An own pack is whole and can be spoken with."""
    tx.record(VoicePackFinished(pack, language, clips, digest))
