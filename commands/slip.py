"""`motcua slip`: any slip without a printer, as the bytes that a printer would get and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.given_files import read_as
from web.languages import LANGUAGES, translator

if TYPE_CHECKING:
    from printers.raster import Picture
    from printers.slip_contents import Slip
    from printers.slip_parts import Look

WIDTHS = ("384", "512", "576")
DOTS_PER_INCH = 203
CONFIRM_ID = b"SLIP"
Out = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=Out)
@click.option("--width", type=click.Choice(WIDTHS), default="576", show_default=True, help="Dots of the paper.")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option("--bytes", "data", type=Out, help="Write what a printer would get.")
@click.option("--picture", type=Out, help="Write the paper as a PNG, a pixel a dot.")
def slip(file: Path, width: str, language: str, data: Path | None, picture: Path | None) -> None:
    """Draw the slip that FILE (JSON) describes: kind, what it says, and if wanted a layout and a logo of its own.

    docs/slips has a file of each kind. Nothing is written when FILE is wrong.
    """
    if data is None and picture is None:
        raise click.UsageError("say what to write: --bytes OUT, --picture OUT, or both")
    from printers import thermal

    drawn = _drawn(*_read(file, language), int(width), language)
    made = thermal.job(drawn, int(width), CONFIRM_ID)
    contents = ((data, b"".join(made.chunks)), (picture, _png(drawn)))
    for place, content in contents:
        if place is not None:
            _write(place, content)
    click.echo(f"{drawn.width} × {drawn.height} điểm, {drawn.height / 8:.0f} mm giấy, {made.size} byte.")


def _read(file: Path, language: str) -> "tuple[Slip, Look]":
    from printers.slip_files import LARGEST, read_slip

    return read_as(lambda text: read_slip(text, language), file, LARGEST, "tệp phiếu")


def _drawn(slip: "Slip", look: "Look", width: int, language: str) -> "Picture":
    from printers.slips import draw

    try:
        return draw(slip, width, translator(language), look)
    except ValueError as error:
        raise click.ClickException(f"mã QR dài quá, không in vừa giấy {width} điểm") from error


def _png(drawn: "Picture") -> bytes:
    from io import BytesIO

    file = BytesIO()
    drawn.to_image().save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
