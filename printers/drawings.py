"""What the screens show of paper: a slip of each kind as a centre would print it, and emblems made of pictures."""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from domain.centres import Centre
from domain.days import LOCAL
from domain.routing import counters_serving
from domain.slips import SlipKind
from printers.papers import NO_ADDRESS, Translator

if TYPE_CHECKING:
    from printers.slip_contents import Slip

TAKEN = datetime(2026, 11, 21, 9, 41, tzinfo=LOCAL)
DUE = datetime(2026, 11, 26, 17, 0, tzinfo=LOCAL)
CODE = "0042-7K3QX9TBfm"


class Drawings:
    """Draws without a printer. The drawing is imported at the first use, as in `printers.papers`."""

    def __init__(self, follow_url: str, translator: Translator) -> None:
        self._follow_url, self._translator = follow_url, translator

    def slip(self, centre: Centre, kind: SlipKind, width: int, language: str) -> bytes:
        """A PNG of an example slip, by the centre's layout and in its words; a pixel is a dot."""
        from printers.slips import draw, look_of

        slip = self._example(centre, kind, language)
        picture = draw(slip, width, self._translator(language), look_of(centre, kind, language))
        file = BytesIO()
        picture.to_image().save(file, "PNG")
        return file.getvalue()

    def emblem(self, picture: bytes) -> str:
        """A picture as the line that the centre file holds. Raises NoPicture."""
        from printers.logos import line

        return line(picture)

    def _example(self, centre: Centre, kind: SlipKind, language: str) -> "Slip":
        from printers.slip_contents import ReceiptSlip, TestSlip, TicketSlip

        address = self._follow_url or centre.follow_url
        name, lines, province = centre.name.in_language(language), centre.agency_lines, centre.province
        queue = centre.queues[0]
        counters = [str(counter.number) for counter in counters_serving(centre.counters, queue.id)]
        match kind:
            case SlipKind.TICKET:
                return TicketSlip(
                    lines, name, queue.title.in_language(language), f"{queue.prefix}\u202f012", 3, "",
                    ", ".join(counters), TAKEN, f"{address}/{CODE}" if address else "", 1, practice=False,
                    province=province,
                )  # fmt: skip
            case SlipKind.RECEIPT:
                title = centre.procedures[0].short_title if centre.procedures else queue.title.vi
                return ReceiptSlip(
                    lines, name, f"{centre.code}-261121-0042", title, TAKEN, DUE, "",
                    counters[0] if counters else "1", (("Tờ khai", 1), ("Giấy tờ kèm theo (bản chính)", 2)),
                    "Tại quầy", 1, province=province,
                )  # fmt: skip
        printer = centre.printers[0].name if centre.printers else "P1"
        return TestSlip(name, printer, TAKEN, address or NO_ADDRESS)
