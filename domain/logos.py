"""The centre's emblem as the centre file holds it: a small black and white PNG in base64, checked to the last byte.

A picture of any other kind is turned into this one by the printers' room; nothing here draws.
"""

import base64
import zlib
from collections.abc import Iterator

from domain.errors import Refused, msgid
from domain.records import Wrong

WIDEST, HIGHEST = 544, 160  # dots: what paper of 80 mm leaves between its margins; 20 mm
SMALLEST = 8
LONGEST_LOGO = 24 * 1024
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# One bit a dot, grey, not interlaced: all that follows width and height in the head.
BLACK_AND_WHITE = bytes((1, 0, 0, 0, 0))
LARGEST_PICTURE = 5 * 1024 * 1024
REMEDY = msgid("tải ảnh lên ở trang biểu trưng, hoặc dán dòng mà motcua centre logo ghi ra")


class NoPicture(Refused):
    """What was sent is no picture that an emblem can be made of."""

    text = msgid("Không đọc được ảnh này. Hãy gửi ảnh PNG, JPEG, GIF hoặc WebP dưới 5 MB, mỗi chiều 16–4000 điểm.")


def emblem(text: str) -> str:
    """The text, when it is empty or a whole PNG of one bit a dot, at most 544 x 160. Raises Wrong."""
    if text:
        size(text)
    return text


def size(text: str) -> tuple[int, int]:
    """Width and height in dots of an emblem. Raises Wrong for what is none."""
    chunks = list(_chunks(_decoded(text)))
    names = [name for name, _ in chunks]
    head = chunks[0][1]
    if names[0] != b"IHDR" or len(head) != 13 or names[-1] != b"IEND" or names.count(b"IHDR") != 1:
        raise _no_picture()
    width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    if head[8:] != BLACK_AND_WHITE:
        raise Wrong(msgid("không phải ảnh PNG đen trắng 1 bit"), REMEDY)
    if not (SMALLEST <= width <= WIDEST and SMALLEST <= height <= HIGHEST):
        reason = msgid("ảnh phải rộng %(least)s–%(widest)s và cao %(least)s–%(highest)s điểm")
        raise Wrong(reason, REMEDY, least=SMALLEST, widest=WIDEST, highest=HIGHEST)
    _check_rows(b"".join(part for name, part in chunks if name == b"IDAT"), -(-width // 8), height)
    return width, height


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise _no_picture() from None
    if not raw.startswith(SIGNATURE):
        raise _no_picture()
    return raw


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4])
        name, part = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        checksum = raw[at + 8 + length : at + 12 + length]
        if len(checksum) != 4 or int.from_bytes(checksum) != zlib.crc32(name + part):
            raise _no_picture()
        yield name, part
        at += 12 + length
    if at == len(SIGNATURE):
        raise _no_picture()


def _check_rows(packed: bytes, stride: int, height: int) -> None:
    """Exactly the rows that the head promises: a small file must not unfold to a large one."""
    whole, unpacker = (1 + stride) * height, zlib.decompressobj()
    try:
        rows = unpacker.decompress(packed, whole + 1)
    except zlib.error:
        raise _no_picture() from None
    if len(rows) != whole or not unpacker.eof or unpacker.unused_data or max(rows[:: 1 + stride]) > 4:
        raise _no_picture()


def _no_picture() -> Wrong:
    return Wrong(msgid("không đọc được ảnh"), REMEDY)
