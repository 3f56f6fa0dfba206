"""Speaks single phrases for the kiosk: `python -m commands.speaking`, a program beside the server.

A question is a line of JSON with `language` and `words`; an answer is four bytes of length and so many bytes of
16-bit mono frames at 22,050 Hz, none where there is no voice. It ends with its input.
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import IO

from commands.voice_clips import PHRASE_PACE, VOICES, NoVoice, Speaker
from web.sounds import shaped

LONGEST = 600
VOICE_OF = dict(reversed(VOICES.values()))


def spoken(speaker: Speaker, words: str, language: str) -> bytes:
    """The frames of one phrase; nothing where there is no voice or nothing to say."""
    try:
        speaker.choose(VOICE_OF[language])
        return shaped(speaker.say(words[:LONGEST], PHRASE_PACE)).tobytes()
    except (KeyError, NoVoice, ValueError, StopIteration, ZeroDivisionError):
        return b""


def serve(speaker: Speaker, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more questions."""
    for line in questions:
        asked = json.loads(line)
        sound = spoken(speaker, str(asked["words"]), str(asked["language"]))
        answers.write(len(sound).to_bytes(4, "big") + sound)
        answers.flush()


def main() -> None:
    """Give way to the server: nobody waits as long for a sentence as for a number."""
    with contextlib.suppress(OSError):  # the unit's filter of system calls forbids it
        os.nice(5)
    with tempfile.TemporaryDirectory() as room:
        try:
            speaker = Speaker.open(Path(room))
        except NoVoice as error:
            sys.exit(f"speaking: {error}")
        serve(speaker, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
