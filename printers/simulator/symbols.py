"""The QR codes that the simulated printer draws itself: what GS ( k stored, and the rows that it prints of it.

Version and mask are chosen here, as a printer chooses them: not those of the drawing that it stands for.
"""

from dataclasses import dataclass

from printers.simulator.table import (
    LONGEST_QR,
    QR_LEVEL,
    QR_LEVELS,
    QR_MODEL,
    QR_PRINT,
    QR_SIZE,
    QR_SIZES,
    QR_STORE,
    QR_SYMBOL,
    QR_USUAL_LEVEL,
    QR_USUAL_SIZE,
)


class BadSymbol(ValueError):
    """A function that this printer has not, or an argument that it does not take."""


@dataclass(slots=True)
class Symbol:
    """What is stored for the next code; ESC @ clears the settings and the data."""

    size: int = QR_USUAL_SIZE
    level: int = QR_USUAL_LEVEL
    data: bytes = b""

    def take(self, function: bytes) -> list[bytes] | None:
        """Obey one function (what follows the length): rows of packed dots to print, or None. Raises BadSymbol."""
        if len(function) < 3 or function[0] != QR_SYMBOL:
            raise BadSymbol
        name, first = function[1], function[2]
        if name == QR_PRINT:
            return self._rows()
        if name == QR_SIZE and first in QR_SIZES:
            self.size = first
        elif name == QR_LEVEL and first in QR_LEVELS:
            self.level = first
        elif name == QR_STORE and 3 < len(function) <= LONGEST_QR + 3:
            self.data = function[3:]
        elif name != QR_MODEL or first not in (49, 50):
            raise BadSymbol
        return None

    def _rows(self) -> list[bytes]:
        import segno

        if not self.data:
            raise BadSymbol
        code = segno.make_qr(self.data, error=QR_LEVELS[self.level], boost_error=False)
        return [row for dark in code.matrix for row in [_packed(dark, self.size)] * self.size]


def _packed(dark: bytearray, size: int) -> bytes:
    dots = "".join("1" * size if one else "0" * size for one in dark)
    stride = -(-len(dots) // 8)
    return int(dots.ljust(stride * 8, "0"), 2).to_bytes(stride, "big")
