"""QR symbols of addresses that differ in a few letters, as on slips: one is drawn, the others follow from it.

A QR symbol of a given length, level and mask is an affine map of its bits over GF(2): error correction
(Reed-Solomon) is linear, placement and mask are fixed (ISO/IEC 18004:2015, 7.5 to 7.8). What flipping one bit of
the content changes is the same for every content, so it is asked of segno once and kept.
"""

from functools import lru_cache
from typing import Protocol, cast

import segno

KEPT_LENGTHS = 8
# A mask chosen by us: weighing all eight costs 5 ms a slip (measured), and every reader reads any.
MASK = 2


class _Symbol(Protocol):
    matrix: tuple[bytearray, ...]


def modules(content: str) -> tuple[bytes, ...]:
    """The rows of the symbol at level M in byte mode, a byte a module, 1 for dark; without quiet zone.

    Raises segno.DataOverflowError (a ValueError) for more than 2,331 bytes.
    """
    data = content.encode()
    return _family(len(data)).rows(data)


class _Family:
    """All symbols of one length: the first that was asked for, and what each flipped bit changes in it."""

    def __init__(self) -> None:
        self._first, self._drawn, self._side = b"", 0, 0
        self._flips: dict[tuple[int, int], int] = {}

    def rows(self, data: bytes) -> tuple[bytes, ...]:
        if not self._side:
            self._drawn, self._side = _drawn(data)
            self._first = data
        symbol = self._drawn
        for place, (one, other) in enumerate(zip(data, self._first, strict=True)):
            differing = one ^ other
            while differing:
                bit = differing & -differing
                symbol ^= self._flip(place, bit)
                differing ^= bit
        side, flat = self._side, symbol.to_bytes(self._side**2, "big")
        return tuple(flat[start : start + side] for start in range(0, side * side, side))

    def _flip(self, place: int, bit: int) -> int:
        found = self._flips.get((place, bit))
        if found is None:
            other = bytearray(self._first)
            other[place] ^= bit
            found = self._flips[place, bit] = self._drawn ^ _drawn(bytes(other))[0]
        return found


@lru_cache(maxsize=KEPT_LENGTHS)
def _family(length: int) -> _Family:
    return _Family()


def _drawn(data: bytes) -> tuple[int, int]:
    """The symbol as one number, a byte a module, and its side in modules."""
    code = cast(_Symbol, segno.make(data, mode="byte", micro=False, error="m", boost_error=False, mask=MASK))
    return int.from_bytes(b"".join(code.matrix), "big"), len(code.matrix)
