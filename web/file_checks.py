"""What a sent file really is: first bytes, then a whole reading. Slow, so for a thread; bounded, so it ends."""

import io
import warnings

from PIL import Image, ImageFile

from domain.attachments import FileBroken, FileEmpty, FileUnknown, Media, PictureTooLarge
from domain.pdf_files import HEAD, ZIP_END, ZIP_TAIL, check_pdf

MOST_POINTS = 80_000_000  # A3 at 600 dpi; PNG and TIFF are unpacked whole, a byte or three a point
MOST_POINTS_IN_ALL = 240_000_000
MOST_PAGES = 100
SHORTEST_SIDE_PARTS = 8  # JPEG is unpacked at an eighth: all of its data is read, a 64th of the memory is used
BEGINNINGS = (
    (HEAD, Media.PDF),
    (b"\xff\xd8\xff", Media.JPEG),
    (b"\x89PNG\r\n\x1a\n", Media.PNG),
    (b"II*\0", Media.TIFF),
    (b"MM\0*", Media.TIFF),
)
PNG_END = b"IEND\xaeB`\x82"
FORMATS = {Media.JPEG: "JPEG", Media.PNG: "PNG", Media.TIFF: "TIFF"}


def checked(content: bytes) -> Media:
    """What the file is. Raises FileEmpty, FileUnknown, FileBroken, PictureTooLarge and what check_pdf raises."""
    if not content:
        raise FileEmpty()
    media = next((media for head, media in BEGINNINGS if content.startswith(head)), None)
    if media is None:
        raise FileUnknown()
    if media is Media.PDF:
        check_pdf(content)
    else:
        _check_picture(content, media)
    return media


def _check_picture(content: bytes, media: Media) -> None:
    if HEAD in content[:1024] or ZIP_END in content[-ZIP_TAIL:]:
        raise FileBroken()  # two kinds of file in one
    if media is Media.PNG and not content.endswith(PNG_END):
        raise FileBroken()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _read_whole(content, media)
    except (PictureTooLarge, FileBroken):
        raise
    except Image.DecompressionBombError as error:
        raise PictureTooLarge() from error
    except Exception as error:  # the reader of pictures says "broken" with a dozen kinds of error
        raise FileBroken() from error


def _read_whole(content: bytes, media: Media) -> None:
    points = 0
    with Image.open(io.BytesIO(content), formats=[FORMATS[media]]) as picture:
        pages = getattr(picture, "n_frames", 1) if media is Media.TIFF else 1
        if pages > MOST_PAGES:
            raise PictureTooLarge()
        for page in range(pages):
            if pages > 1:
                picture.seek(page)
            points += picture.width * picture.height
            if picture.width * picture.height > MOST_POINTS or points > MOST_POINTS_IN_ALL:
                raise PictureTooLarge()
            _unpack(picture, media)


def _unpack(picture: ImageFile.ImageFile, media: Media) -> None:
    if media is Media.JPEG:
        picture.draft("L", (picture.width // SHORTEST_SIDE_PARTS, picture.height // SHORTEST_SIDE_PARTS))
    picture.load()
