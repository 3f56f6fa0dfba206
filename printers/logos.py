"""From any picture of the centre's emblem to the small black and white one that the centre file holds."""

import base64
from io import BytesIO

from PIL import Image, ImageOps

from domain.logos import HIGHEST, LARGEST_PICTURE, SMALLEST, WIDEST, NoPicture

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
LEAST_SIDE, MOST_SIDE = 16, 4000
MOST_KEPT = 2 * WIDEST  # of a side, while it is cut and made black and white
USUAL_WIDTH = 352  # dots: what paper of 58 mm leaves between its margins
DARK = 128


def line(picture: bytes, width: int = USUAL_WIDTH, height: int = HIGHEST) -> str:
    """The emblem in base64: cut to its ink, at most `width` x `height` dots, each dot black or white.

    Raises NoPicture for what is no picture, too large, or has nothing dark on it.
    """
    grey = _opened(picture)
    ink = ImageOps.invert(grey).point(lambda value: 255 * (value > 255 - DARK)).getbbox()
    if ink is None:
        raise NoPicture()
    grey = grey.crop(ink)
    grey.thumbnail((width, height), Image.Resampling.LANCZOS)
    canvas = Image.new("L", (max(SMALLEST, grey.width), max(SMALLEST, grey.height)), 255)
    canvas.paste(grey, (0, 0))
    file = BytesIO()
    canvas.point(lambda value: 255 * (value >= DARK)).convert("1").save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _opened(picture: bytes) -> Image.Image:
    """The picture in greys on white. Its size is looked at before a single dot of it is unpacked."""
    if len(picture) > LARGEST_PICTURE:
        raise NoPicture()
    try:
        with Image.open(BytesIO(picture), formats=FORMATS) as found:
            if not all(LEAST_SIDE <= side <= MOST_SIDE for side in found.size):
                raise NoPicture()
            clear = found.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise NoPicture() from error
    clear.thumbnail((MOST_KEPT, MOST_KEPT), Image.Resampling.BOX)
    white = Image.new("RGBA", clear.size, "white")
    return ImageOps.grayscale(Image.alpha_composite(white, clear).convert("RGB"))
