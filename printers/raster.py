"""Ink on paper: text, rules and QR codes as packed 1-bit rows, and the picture they make together.

Knows dots and fonts; knows nothing of slips, of printer commands or of what the text means.
"""

import base64
import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import ceil
from typing import NamedTuple, TypeVar

import fontpkg
from PIL import Image, ImageDraw, ImageFont, ImageOps

from printers.qr_symbols import modules

TEXT = "Be Vietnam Pro"
FIGURES = "Noto Sans"
# Be Vietnam Pro's stacked capitals rise to 1.25 em and its marks fall to 0.26 em, far outside the
# ascent and descent that the font declares (printing.md 11): every box is at least this generous.
ABOVE_EM = 1.3
BELOW_EM = 0.3
QUIET_MODULES = 4
LARGEST_MODULE = 8
SMALLEST_MODULE = 3
WIDEST = 832  # dots: paper of 112 mm, the widest that slips are printed on
LONGEST_TEXT = 600
LONGEST_NATIVE = 300

_REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
_CLUSTER = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
_PEN = threading.Lock()  # a FreeType face must not be drawn with by two threads at once
_MOST_CELLS = 4_000
_MOST_OVERHANG = 8


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Face(NamedTuple):
    """A way of writing: family, weight 100-900, em in dots, stretch 62-100 (Noto Sans only)."""

    family: str
    weight: int
    size: int
    stretch: int = 100


class Piece(NamedTuple):
    """A text that starts `x` dots from the left edge of the paper."""

    x: int
    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Ink:
    """Scrubbed rows of `stride` bytes, most significant bit left, 1 = black; `top` counts from the baseline.

    With a `code` the printer itself draws a QR code of it, with modules of `module` dots; the rows show where.
    """

    rows: bytes
    stride: int
    top: int
    code: str = ""
    module: int = 0

    @property
    def height(self) -> int:
        return len(self.rows) // self.stride


@dataclass(frozen=True, slots=True)
class Band:
    """Rows to print, `width` dots from the left edge (a multiple of 8), then `feed` blank rows.

    With a `code` the printer draws it as a QR code in modules of `module` dots, about as the rows have it.
    """

    rows: bytes
    width: int
    feed: int
    code: str = ""
    module: int = 0

    @property
    def height(self) -> int:
        return len(self.rows) * 8 // self.width


@dataclass(frozen=True, slots=True)
class Picture:
    """What comes out of the printer: bands in order, on paper of `width` dots."""

    width: int
    bands: tuple[Band, ...]

    @property
    def height(self) -> int:
        return sum(band.height + band.feed for band in self.bands)

    def to_image(self) -> Image.Image:
        """The paper itself, dot by dot: mode "1", ink 0 on white 255, scrubbed as it is sent."""
        paper = Image.new("1", (self.width, self.height), 255)
        y = 0
        for band in self.bands:
            if band.rows:
                stencil = Image.frombytes("1", (band.width, band.height), band.rows)
                paper.paste(0, (0, y), stencil)
            y += band.height + band.feed
        return paper


@lru_cache(maxsize=1_024)
def clean(text: str) -> str:
    """The text in NFC on one line, without control, surrogate and direction characters (printing.md 3).

    What exceeds LONGEST_TEXT is cut: no name may cost metres of paper.
    """
    spaced = re.sub(r"[\t\n\r\u2028\u2029]", " ", unicodedata.normalize("NFC", text))
    printable = "".join(c for c in spaced if c.isprintable() or (c.isspace() and c > "\x9f"))
    return printable if len(printable) <= LONGEST_TEXT else printable[: LONGEST_TEXT - 1] + "…"


def scrub(rows: bytes) -> bytes:
    """Rows without DLE EOT, DLE ENQ and DLE DC4, which a printer obeys even inside a picture.

    One more black dot (bit 0x08 of the second byte) breaks each of them (printing.md 5).
    """
    return _REAL_TIME.sub(lambda match: bytes((0x10, match[0][1] | 0x08)), rows)


def pack(image: Image.Image, top: int = 0) -> Ink:
    """The ink of a mode "1" image (1 = black), cropped to its rows and to whole bytes on the right."""
    box = image.getbbox()
    if box is None:
        return Ink(b"", 1, top)
    right = -(-box[2] // 8) * 8
    part = image.crop((0, box[1], right, box[3]))
    return Ink(scrub(part.tobytes()), right // 8, top + box[1])


def measure(text: str, face: Face) -> int:
    """Dots from where the text starts to where the next would."""
    return ceil(_typeface(face).length(text))


@lru_cache(maxsize=1_024)
def line(pieces: tuple[Piece, ...]) -> Ink:
    """One line of ink whose row 0 is the baseline, pasted from glyph cells that are drawn once."""
    placed = [spot for piece in pieces for spot in _typeface(piece.face).place(piece)]
    if not placed:
        return Ink(b"", 1, 0)
    top = min(cell.dy for _, cell in placed)
    bottom = max(cell.dy + cell.mask.height for _, cell in placed)
    stride = -(-max(x + cell.dx + cell.mask.width for x, cell in placed) // 8)
    canvas = Image.new("1", (stride * 8, bottom - top), 0)
    for x, cell in placed:
        canvas.paste(1, (x + cell.dx, cell.dy - top), cell.mask)
    return Ink(scrub(canvas.tobytes()), stride, top)


@lru_cache(maxsize=64)
def rule(left: int, right: int, thickness: int) -> Ink:
    """A black bar from dot `left` up to dot `right`."""
    canvas = Image.new("1", (right, thickness), 0)
    canvas.paste(1, (left, 0, right, thickness))
    return pack(canvas)


@lru_cache(maxsize=16)
def emblem(png: str, left: int, room: int) -> Ink:
    """A black and white PNG in base64 whose left edge is at dot `left`, shrunk where it is wider than `room`."""
    with Image.open(BytesIO(base64.b64decode(png)), formats=("PNG",)) as picture:
        grey = ImageOps.invert(picture.convert("L"))
    if grey.width > room:
        grey = grey.resize((room, max(1, grey.height * room // grey.width)), Image.Resampling.BOX)
    canvas = Image.new("1", (left + grey.width, grey.height), 0)
    canvas.paste(grey.point(lambda value: 255 * (value >= _DARK)).convert("1"), (left, 0))
    return pack(canvas)


_DARK = 112  # of 255: thin lines of an emblem that was made smaller must not break


def is_native(content: str) -> bool:
    """Whether a printer's own QR command may carry it: short, and no byte that could be a command."""
    return len(content) <= LONGEST_NATIVE and all(" " <= letter <= "~" for letter in content)


@lru_cache(maxsize=256)
def qr(content: str, left: int, width: int, largest: int = LARGEST_MODULE) -> tuple[Ink, int]:
    """A QR code whose left edge is at dot `left` (a multiple of 8), and the size of its modules in dots.

    ISO/IEC 18004 asks for four quiet modules on all sides: above and below they must be fed, beside it the
    paper's own unprinted edge (4 mm) adds to `left`. It stands left because rows are sent from the left
    edge: centred it costs 4 kB more. Raises ValueError if it would need modules too small to scan.
    """
    symbol = modules(content)
    dots = min(largest, width // (len(symbol) + 2 * QUIET_MODULES))
    if dots < SMALLEST_MODULE:
        raise ValueError("the QR content is too long for this paper")
    if dots != 8:
        return pack(_blow_up(symbol, dots, left)), dots
    margin = bytes(left // 8)
    rows = b"".join((margin + bytes(row).translate(_SOLID)) * 8 for row in symbol)
    return Ink(rows, left // 8 + len(symbol), 0), dots


_SOLID = b"\x00\xff" + bytes(254)


def _blow_up(matrix: Iterable[bytes], dots: int, left: int) -> Image.Image:
    rows = [row.translate(_SOLID) for row in matrix]
    small = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    large = small.resize((small.width * dots, small.height * dots), Image.Resampling.NEAREST)
    canvas = Image.new("1", (left + large.width, large.height), 0)
    canvas.paste(large.convert("1"), (left, 0))
    return canvas


class _Cell(NamedTuple):
    mask: Image.Image
    dx: int
    dy: int


class _Typeface:
    """Glyph cells and pair advances of one face, drawn on first use."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._font = _open(face)
        with _PEN:
            self._missing = _cut_out(self._font, "\U0010ffff", face.size)
        self._pens: dict[str, ImageFont.FreeTypeFont] = {}
        self._cells: dict[str, _Cell | None] = {}
        self._advances: dict[tuple[str, str], float] = {}

    def length(self, text: str) -> float:
        clusters = _CLUSTER.findall(text)
        return sum(map(self._advance, clusters, [*clusters[1:], ""]))

    def place(self, piece: Piece) -> list[tuple[int, _Cell]]:
        placed: list[tuple[int, _Cell]] = []
        clusters = _CLUSTER.findall(piece.text)
        x = float(piece.x)
        for cluster, following in zip(clusters, [*clusters[1:], ""], strict=False):
            cell = self._cell(cluster)
            if cell is not None:
                if not placed:
                    x -= min(0, cell.dx + _MOST_OVERHANG)  # a lone combining mark would hang far left
                placed.append((round(x), cell))
            x += self._advance(cluster, following)
        return placed

    def _advance(self, cluster: str, following: str) -> float:
        known = self._advances.get((cluster, following))
        if known is None:
            with _PEN:
                known = self._kerned(cluster, following)
                _keep(self._advances, (cluster, following), known)
        return known

    def _cell(self, cluster: str) -> _Cell | None:
        if cluster not in self._cells:
            with _PEN:
                return _keep(self._cells, cluster, _cut_out(self._pen(cluster), cluster, self._face.size))
        return self._cells[cluster]

    def _kerned(self, cluster: str, following: str) -> float:
        pen = self._pen(cluster)
        if not following or self._pen(following) is not pen:
            return float(pen.getlength(cluster, mode="1"))
        return float(pen.getlength(cluster + following, mode="1") - pen.getlength(following, mode="1"))

    def _pen(self, cluster: str) -> ImageFont.FreeTypeFont:
        # Pillow has no font fallback: what Be Vietnam Pro lacks (№, Greek, Cyrillic), Noto Sans may have.
        if cluster.isspace() or self._face.family == FIGURES:
            return self._font
        if cluster not in self._pens:
            covered = _cut_out(self._font, cluster, self._face.size) != self._missing
            other = Face(FIGURES, self._face.weight, self._face.size)
            _keep(self._pens, cluster, self._font if covered else _open(other))
        return self._pens[cluster]


def _keep(known: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(known) >= _MOST_CELLS:
        known.clear()
    known[key] = value
    return value


@lru_cache(maxsize=64)
def _typeface(face: Face) -> _Typeface:
    return _Typeface(face)


@lru_cache(maxsize=64)
def _open(face: Face) -> ImageFont.FreeTypeFont:
    if face.family == FIGURES:
        font = ImageFont.truetype(fontpkg.path(FIGURES), face.size)
        font.set_variation_by_axes([face.weight, face.stretch])
        return font
    return ImageFont.truetype(fontpkg.path(face.family, weight=face.weight), face.size)


def _cut_out(font: ImageFont.FreeTypeFont, cluster: str, size: int) -> _Cell | None:
    side = size
    baseline = ceil(size * ABOVE_EM)
    width = ceil(font.getlength(cluster, mode="1")) + 2 * side
    canvas = Image.new("1", (width, baseline + ceil(size * BELOW_EM)), 0)
    ImageDraw.Draw(canvas).text((side, baseline), cluster, fill=1, font=font, anchor="ls")
    box = canvas.getbbox()
    return None if box is None else _Cell(canvas.crop(box), box[0] - side, box[1] - baseline)
