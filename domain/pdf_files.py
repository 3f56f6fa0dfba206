"""Whether a PDF is whole and does nothing by itself. It is read as bytes, never run or drawn.

What a reader may find in any revision or object stream counts, also what is written with `#xx`
(ISO 32000-1, 7.3.5).
What cannot be looked into is refused: objects behind other filters than Flate, and everything encrypted.
"""

import re
import zlib
from itertools import islice

from domain.attachments import FileActive, FileBroken, FileLocked

HEAD = b"%PDF-"
END = b"%%EOF"
MOST_ESCAPES = 200_000
MOST_OBJECT_STREAMS = 20_000
MOST_INFLATED = 64_000_000  # bytes of all object streams together
LONGEST_DICTIONARY = 2_000
ZIP_END, ZIP_TAIL = b"PK\x05\x06", 66_000
_DELIMITED = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)" + _DELIMITED
)
_LOCKED = re.compile(rb"/Encrypt" + _DELIMITED)
_PAGE = re.compile(rb"/Type\s*/Pages?" + _DELIMITED)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECTS = re.compile(rb"/ObjStm" + _DELIMITED)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])" + _DELIMITED)
_TABLE = re.compile(rb"\s*(?:xref|[0-9]+\s+[0-9]+\s+obj)")
_START = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")


def check_pdf(content: bytes) -> None:
    """Raises FileBroken, FileLocked or FileActive; takes a time that the limits above bound."""
    _check_ends(content)
    names = _unescaped(content)
    if _LOCKED.search(names):
        raise FileLocked()
    if len(_OBJECTS.findall(names)) != len(_OBJECTS.findall(content)):
        raise FileActive()  # nobody writes this name with escapes but to hide it
    has_page = _looks_harmless(names)
    left = MOST_INFLATED
    for inner in _object_streams(content):
        objects = _inflated(content, inner, left)
        left -= len(objects)
        has_page |= _looks_harmless(_unescaped(objects))
    if not has_page:
        raise FileBroken()


def _check_ends(content: bytes) -> None:
    """From the first byte to the last it is a PDF and nothing else."""
    tail = content[-ZIP_TAIL:]
    if not content.startswith(HEAD) or ZIP_END in tail:
        raise FileBroken()
    found = _START.search(content, max(0, len(content) - 1024))
    if found is None or not _TABLE.match(content, int(found[1])):
        raise FileBroken()


def _unescaped(content: bytes) -> bytes:
    if sum(1 for _ in islice(_ESCAPE.finditer(content), MOST_ESCAPES + 1)) > MOST_ESCAPES:
        raise FileBroken()
    return _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), content)


def _looks_harmless(names: bytes) -> bool:
    """Whether a page is named. Raises FileActive."""
    if _ACTIVE.search(names):
        raise FileActive()
    return _PAGE.search(names) is not None


def _object_streams(content: bytes) -> list[int]:
    """Where the packed objects begin."""
    found = list(islice(_OBJECTS.finditer(content), MOST_OBJECT_STREAMS + 1))
    if len(found) > MOST_OBJECT_STREAMS:
        raise FileBroken()
    return [_stream_of(content, name.start()) for name in found]


def _stream_of(content: bytes, name: int) -> int:
    head = content.rfind(b"obj", max(0, name - LONGEST_DICTIONARY), name)
    stream = _STREAM.search(content, name, name + LONGEST_DICTIONARY)
    if head < 0 or stream is None:
        raise FileBroken()
    dictionary = content[head : stream.start()]
    if not _FLATE.search(dictionary) or b"/Predictor" in dictionary:
        raise FileActive()
    return stream.end()


def _inflated(content: bytes, start: int, left: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        objects = reader.decompress(memoryview(content)[start:], left)
    except zlib.error as error:
        raise FileBroken() from error
    if not reader.eof:
        raise FileBroken()  # cut off, or larger than all object streams may be
    return objects
