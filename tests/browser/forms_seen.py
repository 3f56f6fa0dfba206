"""The forms as an officer sees them: a press on their link, the browser's own viewer, each page kept as a picture.

What stands on them is read by pypdf; neither it nor the viewer shares code with what has set the page.
"""

import io
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.screens import Screens

DOTS = 150 / 72  # 150 dots an inch
MOST_LOOKS = 200
PAPER_SHARE = 0.6  # of the dots are white where a page of paper is shown


@dataclass
class FormsSeen:
    """Opens the forms that a page offers and keeps what they look like in `folder`."""

    screens: Screens
    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    def open(self, page: Page, link: str, name: str) -> str:
        """The words of the form behind this link, of several the newest step's; its pictures are kept as `name`."""
        offered = page.get_by_role("link", name=link).last
        address = str(page.evaluate("link => link.href", offered.element_handle()))
        answer = page.context.request.get(address)
        assert answer.status == 200, (address, answer.status)
        assert answer.headers["content-type"] == "application/pdf"
        body = answer.body()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.pdf").write_bytes(body)
        sheets = PdfReader(io.BytesIO(body)).pages
        for number, sheet in enumerate(sheets, 1):
            size = {"width": round(sheet.mediabox.width * DOTS), "height": round(sheet.mediabox.height * DOTS)}
            self._keep(page, f"{address}#page={number}&toolbar=0&navpanes=0&view=Fit", f"{name}-{number}", size)
        self.texts[name] = words(" ".join(sheet.extract_text() for sheet in sheets))
        return self.texts[name]

    def _keep(self, page: Page, address: str, name: str, size: dict[str, int]) -> None:
        seen = self.screens.blank("admin", [dict(one) for one in page.context.cookies()], viewport=size)
        self.screens.allow(seen, "favicon.ico")  # the viewer's own wish: a PDF names no icon
        seen.goto(address)
        before, picture = b"", _picture(seen)
        for _ in range(MOST_LOOKS):
            if picture == before and _is_paper(picture):
                break
            before, picture = picture, _picture(seen)
        assert _is_paper(picture), f"{name} is not shown"
        (self.folder / f"{name}.png").write_bytes(picture)
        seen.close()


def words(text: str) -> str:
    """The text with white space as one space, as composed letters."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _picture(page: Page) -> bytes:
    return page.screenshot()


def _is_paper(picture: bytes) -> bool:
    """Whether the viewer has drawn a page: mostly white, with ink on it."""
    shades = Image.open(io.BytesIO(picture)).convert("L").histogram()
    return shades[255] > PAPER_SHARE * sum(shades) and sum(shades[:64]) > 0
