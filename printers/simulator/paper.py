"""The roll of the simulated printer: rows of dots come in, a cut parts them into slips."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_ROWS = 24_000
MAX_SLIPS = 200
CELL_WIDTH, CELL_HEIGHT = 12, 24
LEFT, CENTRE, RIGHT = 0, 1, 2


def device_clock() -> datetime:
    """The device's own clock, for a simulator that runs by itself and so may not ask the house's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Slip:
    """One piece of paper between two cuts. `packed` holds the rows, a set bit is a black dot."""

    number: int
    printed_at: datetime
    width: int
    packed: bytes = field(repr=False)

    @property
    def height(self) -> int:
        """In dots."""
        return len(self.packed) // _bytes_for(self.width)

    @cached_property
    def sha256(self) -> str:
        """Of width and dots: two slips share it exactly when they look the same."""
        return hashlib.sha256(self.width.to_bytes(4, "big") + self.packed).hexdigest()

    @cached_property
    def image(self) -> "Image.Image":
        """Mode "1", 0 is black, exactly as wide as the paper."""
        from PIL import Image

        return Image.frombytes("1", (self.width, self.height), self.packed, "raw", "1;I")

    def png(self) -> bytes:
        """The picture as a PNG file."""
        file = BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()


class Roll:
    """The paper that hangs out of the printer, and the slips already cut off (the last 200)."""

    def __init__(
        self,
        width: int,
        *,
        numbers: Iterator[int],
        now: Callable[[], datetime],
        folder: Path | None = None,
    ) -> None:
        if not 8 <= width <= 2048:
            raise ValueError(f"a paper of {width} dots does not exist")
        self.width = width
        self.slips: deque[Slip] = deque(maxlen=MAX_SLIPS)
        self.columns = max(1, width // CELL_WIDTH)
        self.printed = 0
        self.moved = 0
        self._rows = bytearray()
        self._numbers = numbers
        self._now = now
        self._folder = folder

    @property
    def hanging(self) -> int:
        """How many rows came out since the last cut."""
        return len(self._rows) // _bytes_for(self.width)

    @property
    def is_full(self) -> bool:
        """Whether so much paper came out without a cut that memory must be guarded."""
        return self.hanging >= MAX_ROWS

    def print_row(self, dots: bytes, alignment: int = LEFT) -> bool:
        """Put one row of packed dots on the paper; False when it was wider than the paper.

        Spare bits of the last byte may hang over where the width is no multiple of 8, if they are blank.
        """
        have, stride = len(dots) * 8, _bytes_for(self.width)
        over = have - self.width
        bits = int.from_bytes(dots, "big")
        lost = bits & ((1 << over) - 1) if over > 0 else 0
        bits = bits >> over if over > 0 else bits << (-over - self._indent(have, alignment))
        self.moved += 1
        self._rows += (bits << (stride * 8 - self.width)).to_bytes(stride, "big")
        return len(dots) <= stride and not lost

    def feed(self, rows: int) -> None:
        """Move the paper on without a dot."""
        self.moved += rows
        self._rows += bytes(rows * _bytes_for(self.width))

    def repeat(self) -> None:
        """Put the rows since the last cut on the paper once more."""
        self.moved += self.hanging
        self._rows += bytes(self._rows)

    def print_line(self, text: bytes, line_rows: int, alignment: int = LEFT) -> int:
        """Draw one line of text in the built-in 12 x 24 font; the number of rows used."""
        for dots in _text_rows(text):
            self.print_row(dots, alignment)
        self.feed(max(0, line_rows - CELL_HEIGHT))
        return max(line_rows, CELL_HEIGHT)

    def cut(self) -> Slip | None:
        """Part the paper; nothing came out since the last cut: None."""
        if not self._rows:
            return None
        slip = Slip(next(self._numbers), self._now(), self.width, bytes(self._rows))
        self._rows.clear()
        self.slips.append(slip)
        self.printed += 1
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{slip.number:05}.png").write_bytes(slip.png())
        return slip

    def _indent(self, have: int, alignment: int) -> int:
        if alignment == CENTRE:
            return (self.width - have) // 2
        return self.width - have if alignment == RIGHT else 0


def _bytes_for(width: int) -> int:
    return (width + 7) // 8


def _text_rows(text: bytes) -> list[bytes]:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default_imagefont()
    small = Image.new("1", (max(1, len(text)) * CELL_WIDTH // 2, CELL_HEIGHT // 2), 0)
    pen = ImageDraw.Draw(small)
    for column, byte in enumerate(text):
        left = column * CELL_WIDTH // 2
        if byte < 0x7F:
            pen.text((left, 0), chr(byte), fill=1, font=font)
        else:
            # A letter of some code page: which one this printer cannot know, so it shows a box.
            pen.rectangle((left + 1, 2, left + 4, 9), outline=1)
    large = small.resize((small.width * 2, small.height * 2))
    stride = _bytes_for(large.width)
    packed = large.tobytes()
    # The last byte's spare bits are blank dots beyond the text, so that rows stay byte-packed.
    return [packed[start : start + stride] for start in range(0, len(packed), stride)]
