"""One real day: from the tap on the kiosk to the portal's acknowledgement, through `motcua demo`."""

import io
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.screens import Screens, connected
from tests.browser.sounds import LISTEN_TO_SOUNDS, assert_one_at_a_time, sounds, wait_for_sounds

ROOT = Path(__file__).parent.parent.parent
SHOTS = ROOT / "build" / "screenshots" / "day"
PASSWORD = "mot-cua-2026"
PAPER_SECONDS = 10.0
# The number of the newest slip in `slips.json`, and whether the page shows a newer one than this.
NEWEST = "async () => Math.max(0, ...(await (await fetch('/slips.json')).json()).map(slip => slip.id))"
IS_NEWER = "known => [...document.querySelectorAll('.slips li')].some(li => Number(li.id.slice(5)) > known)"


@dataclass
class Demo:
    """The practice hall as `scripts/run` starts it, with the links it printed."""

    url: str
    links: list[str]

    def link(self, pattern: str) -> str:
        """The one printed address that looks like this."""
        return next(link for link in self.links if re.search(pattern, link))

    @property
    def paper(self) -> str:
        """The page of the simulated printers."""
        return next(link for link in self.links if link.endswith("/") and _answers(link + "slips.json"))

    @property
    def portal(self) -> str:
        """The page of the sandbox portal."""
        return next(link for link in self.links if link.endswith("/") and link != self.paper)


def _answers(url: str) -> bool:
    return httpx2.get(url, trust_env=False).status_code == 200


@contextmanager
def demo(data: Path) -> Iterator[Demo]:
    """`scripts/run` as a process of its own, ended well by Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [ROOT / "scripts" / "run", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        lines: list[str] = []
        while not lines or "/metrics" not in lines[-1]:
            lines.append(process.stdout.readline())
        yield Demo(ready.split()[1], re.findall(r"http://\S+", "".join(lines)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stdout.close()
    assert process.returncode == 0


def keep(page: Page, step: str) -> None:
    """A picture of this step."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{step}.png")


@dataclass
class Day:
    """The practice hall and the screens that stay open from morning to evening."""

    hall: Demo
    open_screen: Screens
    wall: Page
    kiosk: Page
    paper: Page
    clerk: Page

    def newest_slip(self) -> int:
        """Its number; 0 before any paper came."""
        number: int = self.paper.evaluate(NEWEST)
        return number

    def slip_after(self, known: int) -> Image.Image:
        """The picture of the next slip; waits for the paper."""
        self.paper.wait_for_function(IS_NEWER, arg=known, timeout=PAPER_SECONDS * 1000)
        address = f"{self.hall.paper}slips/{self.newest_slip()}.png"
        return Image.open(io.BytesIO(httpx2.get(address, trust_env=False).content))


def sign_in(page: Page, hall: Demo, login: str, path: str) -> None:
    """As a person does it."""
    page.goto(f"{hall.url}/sign-in?next={path}")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click(".fields .primary")
    page.wait_for_url(f"{hall.url}{path}")


def test_one_whole_day(tmp_path: Path, open_screen: Screens) -> None:
    with demo(tmp_path / "data") as hall:
        day = pair_the_screens(hall, open_screen)
        day.slip_after(0)  # the receipt of the demo's first dossier
        known = day.newest_slip()
        number = take_a_number(day)
        phone = read_the_slip(day, known, number)
        call_the_number(day, phone, number)
        speak_three_calls(day)
        dossier = receive_the_dossier(day)
        find_it_at_the_portal(day, dossier)
        see_a_day_that_goes_well(day)
        end_the_visit(day, phone)
    replayed = [ROOT / "scripts" / "motcua", "--data", str(tmp_path / "data"), "journal", "replay"]
    assert subprocess.run(replayed, check=False).returncode == 0, "the day did not come by operations alone"


def pair_the_screens(hall: Demo, open_screen: Screens) -> Day:
    """A wall and a kiosk are paired by their code; the printers' page is open; the clerk has not come yet."""
    wall = open_screen.blank("wall")
    wall.add_init_script(LISTEN_TO_SOUNDS)
    wall.goto(hall.link(r"/pair/W1"))
    wall.wait_for_url(f"{hall.url}/display/W1")
    connected(wall)
    keep(wall, "01-wall-before")
    kiosk = open_screen("kiosk", hall.link(r"/pair/K1"))
    kiosk.wait_for_url(f"{hall.url}/kiosk/K1")
    keep(kiosk, "02-kiosk-start")
    return Day(hall, open_screen, wall, kiosk, open_screen("admin", hall.paper), open_screen.blank("counter"))


def take_a_number(day: Day) -> str:
    """Kiosk: a citizen looks for "khai sinh", reads what to bring, takes a number."""
    kiosk = day.kiosk
    kiosk.tap("a[href*='/procedures']")
    for letter in "khai sinh":
        kiosk.tap("#keys .space" if letter == " " else f"#keys button:text-is('{letter}')")
    expect(kiosk.locator("#found li").first).to_contain_text("khai sinh")
    keep(kiosk, "03-kiosk-found")
    kiosk.tap(".found a >> nth=0")
    expect(kiosk.locator(".facts")).to_be_visible()
    keep(kiosk, "04-kiosk-procedure")
    kiosk.tap(".take button")
    expect(kiosk.locator("#number")).to_have_text(re.compile(r"^A.\d{3}$"))
    keep(kiosk, "05-kiosk-number")
    return kiosk.locator("#number").inner_text()


def read_the_slip(day: Day, known: int, number: str) -> Page:
    """Printer: the paper comes, and its code leads a phone to the place in the line. Gives the phone."""
    slip = day.slip_after(known)
    (code,) = [found.text for found in zxingcpp.read_barcodes(slip) if "QR" in str(found.format)]
    expect(day.kiosk.locator("#paper.here")).to_be_visible(timeout=10_000)
    keep(day.kiosk, "06-kiosk-paper")
    expect(day.paper.locator("img").first).to_be_visible()
    keep(day.paper, "07-paper")
    phone = day.open_screen("phone", code)
    expect(phone.locator(".number")).to_have_text(number)
    keep(phone, "08-phone")
    return phone


def call_the_number(day: Day, phone: Page, number: str) -> None:
    """Counter: the clerk signs in and presses F2; the wall says within a second who is called."""
    clerk, wall = day.clerk, day.wall
    sign_in(clerk, day.hall, "canbo01", "/counter/1")
    connected(clerk)
    keep(clerk, "09-counter")
    while clerk.locator("#own-number").inner_text() != number:
        shown = clerk.locator("#own-number").inner_text()
        expect(clerk.locator("body[data-resting]")).to_have_count(0)
        clerk.keyboard.press("F2")
        expect(clerk.locator("#own-number")).not_to_have_text(shown)
    expect(wall.locator("#now .number")).to_have_text(number, timeout=1000)
    expect(wall.locator("#now .counter b")).to_have_text("1")
    keep(wall, "10-wall-call")
    keep(clerk, "11-counter-serving")
    expect(phone.locator(".go b")).to_have_text("1", timeout=12_000)
    keep(phone, "12-phone-called")


def speak_three_calls(day: Day) -> None:
    """Wall: three quick calls from three counters are spoken one after the other."""
    wall = day.wall
    for login, counter in (("canbo02", 2), ("canbo03", 3)):
        other = day.open_screen.blank("counter")
        sign_in(other, day.hall, login, f"/counter/{counter}")
        connected(other).keyboard.press("F2")
    wait_for_sounds(wall, 3, seconds=60)
    seqs: list[int] = wall.evaluate("[...document.querySelectorAll('#calls i')].map(i => Number(i.dataset.seq))")
    heard = sounds(wall)
    called = seqs[seqs.index(heard[0]["seq"]) :]
    assert_one_at_a_time(heard, called[: len([entry for entry in heard if entry["kind"] == "playing"])])
    keep(wall, "13-wall-three-calls")


def receive_the_dossier(day: Day) -> str:
    """Dossier: the clerk receives it, and the receipt comes on paper. Gives its code."""
    clerk, known = day.clerk, day.newest_slip()
    clerk.keyboard.press("F8")
    clerk.select_option("#procedure", "1.001193")
    clerk.wait_for_selector("#papers input")
    clerk.check("#papers input >> nth=0")
    clerk.fill("#owner_name", "NGUYỄN THỊ MẪU")
    clerk.fill("#identity", "038190000001")
    keep(clerk, "14-counter-dossier")
    clerk.click("#intake .second")
    expect(clerk.locator("#result [data-done]")).to_be_visible()
    day.slip_after(known).convert("L").save(SHOTS / "15-receipt.png")
    return clerk.locator("#result .figures").first.inner_text()


def find_it_at_the_portal(day: Day, dossier: str) -> None:
    """Portal: it has the dossier, and the clerk sees that it has."""
    expect(day.clerk.locator("#received li", has_text=dossier).locator(".good")).to_be_visible(timeout=15_000)
    keep(day.clerk, "16-counter-received")
    portal = day.open_screen("admin", day.hall.portal)
    expect(portal.locator("#dossiers")).to_contain_text(dossier)
    keep(portal, "17-portal")


def see_a_day_that_goes_well(day: Day) -> None:
    """Managers and administrators: nothing is red but the one dossier that the demo's portal has refused."""
    manager = day.open_screen.blank("wall")
    sign_in(manager, day.hall, "quanly", "/display/managers")
    expect(manager.locator(".large")).to_be_visible()
    keep(manager, "18-managers")
    administrator = day.open_screen.blank("admin")
    sign_in(administrator, day.hall, "quantri", "/admin")
    lights = administrator.locator(".lights li")
    waiting = lights.filter(has=administrator.locator(".waiting")).filter(has_not_text="Tháng này: đã tiếp nhận")
    expect(waiting).to_have_count(0)
    expect(lights.filter(has=administrator.locator(".bad"))).to_have_text(re.compile("cần người xử lý: 1$"))
    expect(administrator.locator(".plain .good")).to_have_count(1)
    keep(administrator, "19-admin")


def end_the_visit(day: Day, phone: Page) -> None:
    """Counter once more: the citizen is served, and the phone says goodbye."""
    clerk = day.clerk
    clerk.focus("[data-key=KeyB]")
    clerk.keyboard.press("b")
    expect(clerk.locator("[data-key=KeyX]")).to_be_visible()
    clerk.focus("[data-key=KeyX]")
    clerk.keyboard.press("x")
    expect(clerk.locator("#own-number")).to_have_text("–")
    expect(phone.locator(".place")).to_contain_text("Cảm ơn", timeout=12_000)
    keep(phone, "20-phone-over")
