"""From what a slip says to its picture, by the layout in force; every text passes through the slip's language.

Knows layouts and languages; what each part looks like stands in `printers.slip_parts`.
"""

from domain.centres import Centre
from domain.slips import SlipKind, SlipLayout, TextSize, layout_of
from printers.forms_thermal import Sheet
from printers.raster import Picture
from printers.slip_contents import ReceiptSlip as ReceiptSlip
from printers.slip_contents import Slip as Slip
from printers.slip_contents import TestSlip as TestSlip
from printers.slip_contents import TicketSlip as TicketSlip
from printers.slip_parts import KINDS, PARTS, Setting
from printers.slip_parts import Look as Look
from printers.slip_parts import Translate as Translate

LAYOUT_VERSION = 2
TAIL = 32
DOTS_PER_MM = 8


def draw(slip: Slip, width: int, translate: Translate, look: Look | None = None) -> Picture:
    """The slip on paper `width` dots wide, in the language that `translate` speaks (msgids are Vietnamese).

    Without a look by the standard layout. Raises ValueError for paper that no slip fits.
    """
    kind = KINDS[type(slip)]
    look = look or Look(SlipLayout(kind))
    height = look.layout.number_mm * DOTS_PER_MM if look.layout.number_mm else None
    sheet = Sheet(
        width, large=look.layout.text_size is TextSize.LARGE, number_height=height, native_qr=look.native_qr
    )
    on = Setting(sheet, slip, translate, look)
    for part in look.layout.order:
        PARTS[kind][part](on)
    return sheet.picture(TAIL)


def look_of(centre: Centre, kind: SlipKind, language: str, *, native_qr: bool = False) -> Look:
    """How the centre has this kind of slip look in a language."""
    return Look(layout_of(centre.slips, kind), language, centre.logo, native_qr)
