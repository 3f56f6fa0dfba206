"""The forms as pages of dots and as words, read by other people's code; golden pages written by
`python -m tests.dossiers.sheets`, to be looked at before they are committed."""

import io
import re
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops
from pypdf import PdfReader

from domain.form_facts import FormFacts, Paper, Receipt, Stage
from domain.forms import FormKind
from dossiers.form_files import samples
from dossiers.papers import draw_form, print_form, template_of

GOLDEN = Path(__file__).parent / "golden"
SHADES = 16
LARGEST_GOLDEN = 16_000
# Dots whose shade differs by more than SLIGHT, of a thousand; a line of text that moves by its height is 4 of them.
SLIGHT, MOST_DIFFERENT = 48, 1.5


def certified() -> Receipt:
    """The sample's receipt as for certification, with a second stage, to be posted."""
    found = samples()[FormKind.RECEIPT]
    assert isinstance(found, Receipt)
    papers = (Paper("Bằng tốt nghiệp đại học", pages=2, prints=5), Paper("Căn cước", pages=1, electronic=True))
    second = Stage("02 ngày làm việc", None, found.first.due_at, "")
    return replace(found, papers=papers, certification=True, second=second, delivery="Bưu chính công ích")


def wanted() -> dict[str, FormFacts]:
    """Every page that has its golden picture."""
    found = {template_of(kind).removesuffix(".typ"): facts for kind, facts in samples().items()}
    return {**found, "01-certification": certified()}


def words_of(facts: FormFacts, own: Path | None = None) -> str:
    """All that the PDF says, white space taken as one space."""
    return " ".join(" ".join(page.extract_text().split()) for page in reader_of(facts, own).pages)


def reader_of(facts: FormFacts, own: Path | None = None) -> PdfReader:
    return PdfReader(io.BytesIO(print_form(facts, own).body))


def letters(text: str) -> str:
    """The text without white space: where a line ends is the page's affair."""
    return re.sub(r"\s", "", text)


def pages(facts: FormFacts) -> list[Image.Image]:
    """Every page, a dot a point, in grey."""
    return [Image.open(io.BytesIO(page)).convert("L") for page in draw_form(facts)]


def small(page: Image.Image) -> Image.Image:
    """Half the size and few shades: enough to see what has moved, little enough to keep."""
    half = page.resize((page.width // 2, page.height // 2), Image.Resampling.BOX)
    return half.quantize(SHADES)


def difference(page: Image.Image, golden: Image.Image) -> float:
    """How many dots of a thousand have another shade; all of them where the sizes differ."""
    if page.size != golden.size:
        return 1000.0
    shades = ImageChops.difference(page.convert("L"), golden.convert("L")).histogram()
    return 1000 * sum(shades[SLIGHT:]) / (page.width * page.height)


def main() -> None:
    """Write all golden pages anew."""
    GOLDEN.mkdir(exist_ok=True)
    for name, facts in wanted().items():
        small(pages(facts)[0]).save(GOLDEN / f"{name}.png", optimize=True)
        print(name, (GOLDEN / f"{name}.png").stat().st_size)


if __name__ == "__main__":
    main()
