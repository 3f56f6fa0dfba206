"""What a slip costs: time and bytes of a ticket after the first, against python-escpos drawing it as a picture.

Run as `python -m bench.paper [--quick]`; prints one `name value unit` line a figure.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from statistics import median
from time import perf_counter

import fontpkg
import segno
from PIL import Image, ImageDraw, ImageFont

from printers import raster, slips, thermal

WIDTH = 576
OPENING = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)


def run(quick: bool) -> list[tuple[str, float, str]]:
    """Median milliseconds and largest bytes of a slip that shares only its fixed lines with earlier ones."""
    tickets = [_ticket(n) for n in range(40 if quick else 400)]
    for warm in tickets[:10]:
        _ours(warm)
    ours = [_timed(_ours, ticket) for ticket in tickets[10:]]
    with tempfile.TemporaryDirectory() as cache:
        thermal.dialect("default", Path(cache) / "escpos")
        theirs = [_timed(_theirs, ticket) for ticket in tickets[: 5 if quick else 30]]
    milliseconds = median(seconds for seconds, _ in ours) * 1000
    return [
        ("slip_ms_p50", round(milliseconds, 3), "ms"),
        ("slip_bytes", max(size for _, size in ours), "B"),
        ("slip_times_faster", round(median(s for s, _ in theirs) * 1000 / milliseconds, 1), "x"),
    ]


def _ticket(n: int) -> slips.TicketSlip:
    return slips.TicketSlip(
        agency_lines=("ỦY BAN NHÂN DÂN TỈNH NINH BÌNH", "ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ"),
        centre="Trung tâm Phục vụ hành chính công phường Hoa Lư",
        queue="Hộ tịch - Chứng thực",
        number=f"A\u202f{n % 999 + 1:03}",
        ahead=n * 7 % 60,
        wait=f"{n % 9 * 5 + 5}-{n % 9 * 5 + 15} phút",
        counters="3, 4, 5",
        issued_at=OPENING + timedelta(seconds=40 * n),
        follow_url=f"https://mot-cua.hoa-lu.example/s/{n * 7919 % 100_003:05}x{n:04}",
        copy=1,
        practice=False,
    )


def _timed(print_it: Callable[[slips.TicketSlip], int], ticket: slips.TicketSlip) -> tuple[float, int]:
    start = perf_counter()
    size = print_it(ticket)
    return perf_counter() - start, size


def _ours(ticket: slips.TicketSlip) -> int:
    return thermal.job(slips.draw(ticket, WIDTH, str), WIDTH, b"B001").size


def _theirs(ticket: slips.TicketSlip) -> int:
    """The same words drawn antialiased line by line and handed to python-escpos as one image."""
    from escpos.printer import Dummy

    printer = Dummy(profile="TM-T20II")  # the one 576 dots wide
    printer.image(_antialiased(ticket))
    printer.cut(feed=False)
    return len(printer.output)


def _antialiased(ticket: slips.TicketSlip) -> Image.Image:
    paper = Image.new("L", (WIDTH, 1_040), 255)
    pen = ImageDraw.Draw(paper)
    y = 0
    for text, weight, size in _lines(ticket):
        y += round(size * 1.2 if size > 100 else size * 1.45)
        pen.text((16, y), text, font=_font(weight, size), fill=0, anchor="ls")
    code = segno.make(ticket.follow_url, micro=False, error="m")
    pixels = [255 * (1 - dark) for row in code.matrix for dark in row]
    small = Image.new("L", (len(code.matrix),) * 2)
    small.putdata(pixels)
    paper.paste(small.resize((small.width * 8,) * 2, Image.Resampling.NEAREST), (16, y + 32))
    return paper


def _lines(ticket: slips.TicketSlip) -> list[tuple[str, int, int]]:
    middle = len(ticket.centre) // 2
    return [
        *((agency, 500, 23) for agency in ticket.agency_lines),
        (ticket.centre[:middle], 700, 32),
        (ticket.centre[middle:], 700, 32),
        ("Số của bạn", 500, 28),
        (ticket.number, 800, 168),
        (f"Hàng: {ticket.queue}", 700, 28),
        (f"Trước bạn: {ticket.ahead} người", 700, 28),
        (f"Khoảng: {ticket.wait}", 700, 28),
        (f"có thể đến {ticket.wait}", 700, 28),
        (f"Quầy: {ticket.counters}", 700, 28),
        ("Vui lòng theo dõi màn hình và loa gọi số", 600, 23),
        (f"{ticket.issued_at:%H:%M · %d/%m/%Y}", 500, 23),
        ("Quét để theo dõi", 600, 23),
    ]


@lru_cache
def _font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fontpkg.path(raster.TEXT, weight=weight), size)


def main() -> None:
    """Print the figures."""
    for name, value, unit in run("--quick" in sys.argv[1:]):
        print(name, value, unit)


if __name__ == "__main__":
    main()
