"""The typography of narrow paper: a sheet on which lines, facts, rules and QR codes are set one below the other.

Knows widths, sizes and margins; knows nothing of tickets, dossiers or printer commands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from PIL import Image

from printers.raster import (
    FIGURES,
    LARGEST_MODULE,
    QUIET_MODULES,
    TEXT,
    WIDEST,
    Band,
    Face,
    Ink,
    Picture,
    Piece,
    clean,
    emblem,
    is_native,
    line,
    measure,
    pack,
    qr,
    rule,
)

NARROWEST, NARROW_BELOW = 320, 480
MARGIN = 16  # 2 mm; printers differ by some dots, and no ink may come within 8 of an edge
_LEAST_GAP = 3
_CAP_EM = 0.714  # Noto Sans: height of capitals and digits
_LONGEST_PART = 12
_STRETCHES = (100, 92, 84, 76, 69, 62)


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes in dots (8 a millimetre) that fit a width: small print, reading text, headings, number height."""

    small: int
    text: int
    heading: int
    number_height: int


NARROW = Scale(small=21, text=24, heading=27, number_height=96)
WIDE = Scale(small=23, text=28, heading=32, number_height=120)
LARGE_NARROW = Scale(small=24, text=28, heading=30, number_height=96)
LARGE_WIDE = Scale(small=28, text=34, heading=38, number_height=120)


class Sheet:
    """A sheet being set: each call puts something below what is there; `picture` hands over the result."""

    def __init__(
        self, width: int, *, large: bool = False, number_height: int | None = None, native_qr: bool = False
    ) -> None:
        if not NARROWEST <= width <= WIDEST:
            raise ValueError(f"paper width must be {NARROWEST}-{WIDEST} dots, not {width}")
        self.width = width
        scale = _scale(width, large)
        self.scale = replace(scale, number_height=number_height or scale.number_height)
        self._native_qr = native_qr
        self._room = width - 2 * MARGIN
        self._y = 0  # the last baseline, or the row below the last bar or picture
        self._free = -width  # the first row that ink may still take
        self._placed: list[tuple[int, Ink]] = []

    def skip(self, dots: int) -> None:
        """Leave blank rows."""
        self._y += dots

    def gap(self, dots: int) -> None:
        """See to it that so many blank rows stand below the ink that is there."""
        self._y = max(self._y, self._free + dots)

    def text(self, text: str, size: int, weight: int = 500, most_lines: int = 2) -> None:
        """Lines from the left margin; a long text is set smaller first (down to 6/7), then on more lines."""
        for pitch, ink in _paragraph(text, size, weight, most_lines, self._room):
            self._put(ink, pitch)

    def number(self, prefix: str, digits: str) -> None:
        """The big number: letters, a narrow gap, digits; as high as the scale says, narrowed to fit."""
        prefix, digits = prefix[:_LONGEST_PART], digits[-_LONGEST_PART:]
        face, start = _number_face(prefix, digits, self.scale.number_height, self._room)
        ink = line((Piece(MARGIN, prefix, face), Piece(MARGIN + start, digits, face)))
        self._put(ink, round(face.size * _CAP_EM))

    def facts(self, facts: Sequence[tuple[str, str]], weight: int = 700) -> None:
        """Rows of a label and its value in two columns; a long value wraps, an empty one is left out."""
        quiet = Face(TEXT, 500, self.scale.text)
        told = [(Piece(MARGIN, clean(label), quiet), clean(value)) for label, value in facts if value]
        column = MARGIN + max((measure(label.text, quiet) for label, _ in told), default=0) + quiet.size * 5 // 12
        if column > self.width * 0.45:
            column = MARGIN + quiet.size
        for label, value in told:
            self._fact(label, value, weight, column)

    def _fact(self, label: Piece, value: str, weight: int, column: int) -> None:
        size = label.face.size
        face, lines = fit(value, weight, size, size * 11 // 12, self.width - MARGIN - column, 3)
        pieces = [(Piece(column, part, face),) for part in lines]
        if label.x + measure(label.text, label.face) > column:
            self.text(label.text, size)
        elif pieces:
            self._put(line((label, *pieces.pop(0))), _pitch(size))
        for piece in pieces:
            self._put(line(piece), _pitch(face.size))

    def halves(self, left: str, right: str) -> None:
        """Two short texts side by side, each at the left of its half."""
        room = self._room // 2 - MARGIN // 2
        texts = (clean(left), clean(right))
        size = min(fit(text, 600, self.scale.small, 14, room, 1)[0].size for text in texts)
        settings = [fit(text, 600, size, 14, room, 1) for text in texts]
        for row in zip_longest(*(lines for _, lines in settings), fillvalue=""):
            parts = zip(row, (face for face, _ in settings), (MARGIN, self.width // 2), strict=True)
            pieces = [Piece(x, text, face) for text, face, x in parts]
            self._put(line(tuple(pieces)), _pitch(self.scale.small))

    def ruler(self) -> None:
        """A dot ruler over the whole paper, edge to edge: a tick each millimetre, a long one each centimetre."""
        self._put_top(_ruler(self.width))

    def rule(self, thickness: int = 3) -> None:
        """A bar from margin to margin."""
        self._put_top(rule(MARGIN, self.width - MARGIN, thickness))

    def mark(self, text: str, meaning: str = "") -> None:
        """A short text that must not be overlooked, and what it means, between two bars."""
        self.rule(4)
        self.text(text, self.scale.heading, weight=800)
        self.text(meaning, self.scale.small, weight=600)
        self.skip(self.scale.heading * 2 // 3)
        self.rule(4)

    def qr(self, content: str, largest: int = LARGEST_MODULE) -> None:
        """A QR code with its quiet rows above and below. Raises ValueError if it cannot be scannable."""
        ink, dots = qr(content, MARGIN, self.width, largest)
        if self._native_qr and is_native(content):
            ink = replace(ink, code=content, module=dots)
        self._free += dots * QUIET_MODULES - _LEAST_GAP
        self._put_top(ink)
        self._free += dots * QUIET_MODULES - _LEAST_GAP

    def emblem(self, png: str) -> None:
        """A picture (`domain.logos`) at the left margin, made smaller where the paper is narrower."""
        self._put_top(emblem(png, MARGIN, self._room))

    def picture(self, tail: int) -> Picture:
        """All that was set, cropped to ink, with `tail` blank rows at the end."""
        bands = []
        for (y, ink), (following, _) in zip(self._placed, [*self._placed[1:], (self._y + tail, None)], strict=True):
            feed = max(0, following - y - ink.height)
            bands.append(Band(ink.rows, ink.stride * 8, feed, ink.code, ink.module))
        return Picture(self.width, tuple(bands))

    def _put(self, ink: Ink, pitch: int) -> None:
        self._y += pitch
        self._add(self._y + ink.top, ink)

    def _put_top(self, ink: Ink) -> None:
        self._add(max(self._y, self._free), ink)
        self._y = self._free - _LEAST_GAP

    def _add(self, y: int, ink: Ink) -> None:
        if not ink.rows:
            return
        # Bands may not overlap: a stacked capital below a hanging mark moves its own line down.
        push = max(0, self._free - y)
        self._y += push
        self._placed.append((y + push, ink))
        self._free = y + push + ink.height + _LEAST_GAP


def _scale(width: int, large: bool) -> Scale:
    if width >= NARROW_BELOW:
        return LARGE_WIDE if large else WIDE
    return LARGE_NARROW if large else NARROW


@lru_cache(maxsize=512)
def _paragraph(text: str, size: int, weight: int, most_lines: int, room: int) -> tuple[tuple[int, Ink], ...]:
    face, lines = fit(clean(text), weight, size, size * 6 // 7, room, most_lines)
    return tuple((_pitch(face.size), line((Piece(MARGIN, part, face),))) for part in lines)


def _pitch(size: int) -> int:
    return round(size * 1.45)


@lru_cache(maxsize=512)
def fit(
    text: str, weight: int, size: int, smallest: int, room: int, most_lines: int
) -> tuple[Face, tuple[str, ...]]:
    """The face and the lines: few lines before many, each count at the largest size (dots) down to `smallest`.

    A text too long for `most_lines` takes the lines it needs, and a word wider than the room is cut.
    """
    words = [word for word in text.split(" ") if word]  # a no-break space holds words together
    full = Face(TEXT, weight, size)
    if not words:
        return full, ()
    for count in range(1, most_lines + 1):
        for smaller in range(size, smallest - 1, -1):
            # Guessed from the full size first: each further size would draw its own glyph cells.
            if len(_set(words, full, room * size // smaller)) > count:
                continue
            face = Face(TEXT, weight, smaller)
            lines = _set(words, face, room)
            if len(lines) <= count and all(measure(part, face) <= room for part in lines):
                return face, lines
    face = Face(TEXT, weight, smallest)
    return face, _set([part for word in words for part in _cut(word, face, room)], face, room)


def _set(words: Sequence[str], face: Face, room: int) -> tuple[str, ...]:
    """Lines of about equal length: the narrowest setting that needs no more lines than the widest."""
    space = measure(" ", face)
    widths = [measure(word, face) for word in words]
    breaks = _breaks(widths, space, room)
    narrow, wide = 0, room
    while len(breaks) > 1 and narrow + 4 < wide:
        middle = (narrow + wide) // 2
        if len(_breaks(widths, space, middle)) > len(breaks):
            narrow = middle
        else:
            wide = middle
    starts = _breaks(widths, space, wide)
    ends = [*starts[1:], len(words)]
    return tuple(" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True))


def _breaks(widths: Sequence[int], space: int, room: int) -> list[int]:
    """The indexes of the words that begin a line when each line takes all that fit."""
    starts: list[int] = []
    used = 0
    for index, width in enumerate(widths):
        used += space + width
        if used > room or not starts:
            starts.append(index)
            used = width
    return starts


def _cut(word: str, face: Face, room: int) -> list[str]:
    if measure(word, face) <= room:
        return [word]
    if len(loose := word.split()) > 1:
        return [part for one in loose for part in _cut(one, face, room)]
    parts = [""]
    for letter in word:
        if parts[-1] and measure(parts[-1] + letter, face) > room:
            parts.append("")
        parts[-1] += letter
    return parts


@lru_cache(maxsize=512)
def _number_face(prefix: str, digits: str, height: int, room: int) -> tuple[Face, int]:
    """A face of full height that fits, narrowed first and made smaller only after that; where the digits start."""
    size = round(height / _CAP_EM)
    full = [(size, stretch) for stretch in _STRETCHES]
    smaller = [(size * part // 20, _STRETCHES[-1]) for part in range(19, 1, -1)]
    for em, stretch in [*full, *smaller]:
        face = Face(FIGURES, 800, em, stretch)
        start = measure(prefix, face) + em // 7 if prefix else 0
        if start + measure(digits, face) <= room:
            break
    return face, start


@lru_cache(maxsize=8)
def _ruler(width: int) -> Ink:
    canvas = Image.new("1", (width, 36), 0)
    for x in range(0, width, 8):
        canvas.paste(1, (x, 0, x + 1, 24 if x % 80 == 0 else 10))
    canvas.paste(1, (width - 1, 0, width, 24))
    canvas.paste(1, (0, 30, width, 36))  # one black bar: a dead dot shows as a white line
    return pack(canvas)
