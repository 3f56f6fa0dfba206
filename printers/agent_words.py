"""What the server and a print agent say to each other: JSON in text frames, a job's bytes in binary frames.

The server speaks first in every exchange; `s` is the number of the connection to the printer that is meant, so that
a late word about an earlier one is not taken for the present one.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

VERSION = 1
FRAME = 8192
LONGEST_WORD = 4096  # the server's own limit for what comes in
LARGEST_JOB = 1024 * 1024
PIECE = 2048  # what is printed between two words of progress
MOST_SAID = 1024
PING_SECONDS = 4

Word = dict[str, Any]


class WordWrong(ValueError):
    """What came in cannot be understood; whoever sent it is not spoken with any more."""


def said(kind: str, **values: object) -> str:
    """One text frame."""
    return json.dumps({"t": kind, **values}, separators=(",", ":"))


def read(text: str) -> Word:
    """What a text frame says. Raises WordWrong."""
    if len(text) > LONGEST_WORD:
        raise WordWrong("too long")
    try:
        word = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WordWrong("not JSON") from error
    if not isinstance(word, dict) or not isinstance(word.get("t"), str):
        raise WordWrong("not a word")
    return word


def number(word: Word, name: str, most: int = 2**53) -> int:
    """A whole number of 0 to `most` in a word. Raises WordWrong."""
    value = word.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise WordWrong(name)
    return value


def text(word: Word, name: str, longest: int = 100) -> str:
    """A short text in a word. Raises WordWrong."""
    value = word.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise WordWrong(name)
    return value


def frames(data: bytes) -> Iterator[bytes]:
    """The bytes in frames that are never too large."""
    return (data[start : start + FRAME] for start in range(0, len(data), FRAME))


def fingerprint(chunks: Sequence[bytes]) -> str:
    """The sha256 of a whole job, in hexadecimal."""
    return hashlib.sha256(b"".join(chunks)).hexdigest()
