"""The README's pictures, taken from the states and the simulated printer: `python -m tests.browser.pictures`."""

import io
import tempfile
import time
from pathlib import Path

import httpx2
import zxingcpp
from PIL import Image

from tests.browser.looking import settle
from tests.browser.scenes import Scene
from tests.browser.screens import Screens, chromium_running, connected
from tests.browser.situations import all_scenes
from tests.browser.states import BY_NAME
from tests.browser.test_day import demo

TARGET = Path(__file__).parent.parent.parent / "docs" / "screenshots"
WANTED = {"kiosk": "kiosk-start", "wall": "wall-busy", "counter": "counter-papers", "managers": "managers-alarm"}
LARGEST_BYTES = 300_000
PAPER_TRIES = 60  # half a second apart


def main() -> None:
    """Take all of them; says what was written."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        with chromium_running() as browser, all_scenes(Path(folder) / "scenes") as scenes:
            screens = Screens(browser)
            for name, state in WANTED.items():
                _take(screens, scenes(BY_NAME[state].scene), name, state)
            screens.close()
        _slip(Path(folder) / "demo")
    for picture in sorted(TARGET.glob("*.png")):
        assert picture.stat().st_size < LARGEST_BYTES, f"{picture.name} is too large for a README"
        print(f"{picture.name} {picture.stat().st_size // 1000} kB")


def _take(screens: Screens, scene: Scene, name: str, state_name: str) -> None:
    state = BY_NAME[state_name]
    page = screens.blank(state.kind, scene.passes(state.who))
    page.goto(state.address(scene))
    connected(page)
    if state.act is not None:
        state.act(page, scene)
    settle(page)
    file = TARGET / f"{name}.png"
    page.screenshot(path=file)
    _keep(Image.open(file), file)


def _slip(data: Path) -> None:
    """A ticket as it comes out of the printer of the demo."""
    with demo(data) as hall:
        client = httpx2.Client(
            base_url=hall.url, trust_env=False, follow_redirects=True, headers={"Origin": hall.url}
        )
        link = hall.link("/pair/K1")
        client.post(link.split("?")[0], data={"code": link.split("code=")[1]})
        client.post("/kiosk/K1/tickets", data={"queue": "ho-tich"})
        _keep(_ticket_on_paper(hall.paper), TARGET / "slip.png")


def _ticket_on_paper(printer: str) -> Image.Image:
    """The first slip whose code leads to a ticket; the demo's first hour prints other paper, too."""
    for _ in range(PAPER_TRIES):
        for slip in httpx2.get(f"{printer}slips.json", trust_env=False).json():
            picture = Image.open(
                io.BytesIO(httpx2.get(f"{printer}slips/{slip['id']}.png", trust_env=False).content)
            )
            if any("/follow/" in code.text for code in zxingcpp.read_barcodes(picture)):
                return picture
        time.sleep(0.5)
    raise AssertionError("no ticket came out of the printer")


def _keep(picture: Image.Image, file: Path) -> None:
    """Half the size and few colours: a README is read on the way to something else."""
    small = picture.convert("RGB").resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    small.quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    main()
