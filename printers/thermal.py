"""ESC/POS: a picture as the bytes of one print job, in pieces whose progress can be counted.

Knows commands and printer models; knows nothing of slips, connections or replies. python-escpos knows what
each model can do, and says it in bytes; it takes half a second to import, hence only inside `dialect`.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from printers.raster import WIDEST, Band, Picture, is_native

STRIP_ROWS = 24
LONGEST_FEED = 255
LARGEST_PAYLOAD = WIDEST // 8 * STRIP_ROWS

FEED_TO_CUTTER = 110  # rows between head and cutter that GS V 66 0 moves; about 14 mm on 80 mm printers

_ALL_STATUS_BACK = b"\x1da\xff"  # ESC @ switched it off, and the network board's own status with it


@dataclass(frozen=True, slots=True)
class Dialect:
    """The control commands of one printer model, and its dots a line where the model tells (else 0)."""

    initialise: bytes
    part: bytes
    width: int


# Epson's ESC @ and GS V 66 0 (feed to the cutter, then cut), which every printer with a cutter understands.
STANDARD = Dialect(initialise=b"\x1b@", part=b"\x1dVB\x00", width=0)

# Ends whatever command a broken job left open (no payload is longer), parts the clipped slip, starts afresh.
RESYNC = bytes(LARGEST_PAYLOAD + 16) + STANDARD.initialise + STANDARD.part


class PictureTooWide(ValueError):
    """The picture needs more dots than the printer has; printing it would give junk. Permanent."""


@dataclass(frozen=True, slots=True)
class Job:
    """The pieces to write in order. `total` counts them (the n of "sending k/n"); `size` is in bytes.

    `rows` of dots is how much paper it takes, with the way to the cutter.
    """

    chunks: tuple[bytes, ...]
    total: int
    size: int
    sha256: str
    rows: int


def job(picture: Picture, width: int, confirm_id: bytes | None, dialect: Dialect = STANDARD) -> Job:
    """The bytes that print the picture on a printer of `width` dots, part the paper and ask for confirmation.

    With `confirm_id` (4 bytes of 32-126) the printer is asked to answer `37 22 id 00` once printing is
    completed (GS ( H fn 48). Raises PictureTooWide, and ValueError for any other id.
    """
    widest = max((band.width for band in picture.bands), default=0)
    if picture.width > min(width, WIDEST) or widest > -(-width // 8) * 8:
        raise PictureTooWide(f"a picture of {picture.width} dots for a printer of {width}")
    chunks = [dialect.initialise + _ALL_STATUS_BACK]
    for band in picture.bands:
        chunks.extend([native_qr(band.code, band.module)] if band.code else _strips(band))
        chunks.extend(_feeds(band.feed))
    chunks.append(dialect.part)
    if confirm_id is not None:
        chunks.append(_confirmation_request(confirm_id))
    whole = b"".join(chunks)
    rows = sum(band.height + band.feed for band in picture.bands) + FEED_TO_CUTTER
    return Job(tuple(chunks), len(chunks), len(whole), hashlib.sha256(whole).hexdigest(), rows)


def _strips(band: Band) -> Iterator[bytes]:
    stride = band.width // 8
    step = stride * STRIP_ROWS
    for start in range(0, len(band.rows), step):
        payload = band.rows[start : start + step]
        header = b"\x1dv0\x00" + stride.to_bytes(2, "little") + (len(payload) // stride).to_bytes(2, "little")
        yield header + payload


def native_qr(content: str, module: int) -> bytes:
    """A code that the printer draws itself, in the middle of the paper (GS ( k, model 2, correction M).

    It leaves out the quiet zone: whoever asks for it feeds that. Raises ValueError for what is no printable ASCII.
    """
    if not is_native(content):
        raise ValueError("a printer's own code takes printable ASCII only")
    functions = (b"1A2\x00", b"1C" + bytes((module,)), b"1E1", b"1P0" + content.encode("ascii"), b"1Q0")
    return b"\x1ba\x01" + b"".join(map(_symbol, functions)) + b"\x1ba\x00"


def _symbol(function: bytes) -> bytes:
    return b"\x1d(k" + len(function).to_bytes(2, "little") + function


def _feeds(dots: int) -> Iterator[bytes]:
    # Never LF: a clone swallows the one that follows a picture (printing.md 3).
    while dots > 0:
        yield b"\x1bJ" + bytes((min(dots, LONGEST_FEED),))
        dots -= LONGEST_FEED


def _confirmation_request(confirm_id: bytes) -> bytes:
    if len(confirm_id) != 4 or not all(32 <= byte <= 126 for byte in confirm_id):
        raise ValueError("a confirmation id is 4 bytes of 32-126")
    return b"\x1d(H\x06\x00\x30\x30" + confirm_id


def dialect(profile: str, cache: Path) -> Dialect:
    """The commands of a model in python-escpos's printer database ("default", "TM-T88V", "NT-5890K", …).

    `cache` is a directory of our own that python-escpos keeps its database in; it un-pickles that file, so
    the directory is made 0700 and refused (PermissionError) where others may write. Raises KeyError for an
    unknown model. Takes 0.5 s the first time.
    """
    _import_escpos(cache)
    from escpos.capabilities import CAPABILITIES
    from escpos.printer import Dummy

    if profile not in CAPABILITIES["profiles"]:
        raise KeyError(profile)
    printer = Dummy(profile=profile)
    printer.hw("INIT")
    initialise = printer.output
    printer.clear()
    if printer.profile.supports("paperPartCut") or printer.profile.supports("paperFullCut"):
        printer.cut(feed=False)
    else:
        printer.print_and_feed(_LINES_TO_TEAR_BAR)
    width = printer.profile.media["width"]["pixels"]
    return Dialect(initialise, printer.output, width if isinstance(width, int) else 0)


_LINES_TO_TEAR_BAR = 4


def _import_escpos(cache: Path) -> None:
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and (cache.stat().st_mode & 0o022 or cache.stat().st_uid != os.getuid()):
        raise PermissionError(f"{cache} can be written by others")
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(cache)
    root = logging.getLogger()
    handlers = list(root.handlers)
    import escpos.printer  # noqa: F401

    root.handlers[:] = handlers  # its capabilities module calls logging.basicConfig()
