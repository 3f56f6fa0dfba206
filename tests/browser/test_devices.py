"""Screens that are minded from afar: they say how they are, go out of order and back, and load their page anew."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.devices import Showing
from operations import devices as minding
from store.writer import Act
from tests.browser.looking import barriers, faults
from tests.browser.screens import Screens, advance, connected, device_pass, person_pass
from tests.support.halls import HandClock
from tests.support.servers import Server, running

WITHIN_SECONDS = 5.0
NOISE_SECONDS = 2.0  # the machine of the tests has other things to do
MANAGER = "ql02"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Server]:
    """A hall on a Monday morning, by a clock that stands still."""
    with running(tmp_path / "data", HandClock()) as server:
        yield server


@pytest.fixture
def kiosk(centre: Server, open_screen: Screens) -> Page:
    """K1 on its first page, heard by the server."""
    page = connected(open_screen("kiosk", f"{centre.url}/kiosk/K1", passes=device_pass(centre, "K1")))
    heard(page, centre, Showing.START)
    return page


@pytest.fixture
def manager(centre: Server, open_screen: Screens) -> Page:
    """The page of devices before a manager."""
    return open_screen("counter", f"{centre.url}/admin/devices", passes=person_pass(centre, MANAGER))


def heard(page: Page, centre: Server, showing: Showing, device: str = "K1") -> None:
    """Wait until the server has heard this of the screen."""
    until, said = time.monotonic() + WITHIN_SECONDS + NOISE_SECONDS, None
    while time.monotonic() < until:
        said = centre.app.state.house.beats.heard(device)
        if said is not None and said.beat.showing is showing:
            return
        page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError(f"{device} did not say {showing}, but {said and said.beat}")


def press(centre: Server, operation: object, *arguments: object) -> None:
    """What somebody else does on another screen."""
    centre.store.write_now(Act(MANAGER), operation, *arguments)  # type: ignore[arg-type]


def mark(page: Page) -> None:
    """A page that is loaded anew has lost this."""
    page.evaluate("() => { window.unchanged = true; }")


def assert_loaded_anew(page: Page, within: float = WITHIN_SECONDS) -> None:
    """The page is another one than was marked, within this time."""
    began = time.monotonic()
    page.wait_for_function("() => !window.unchanged", timeout=(within + NOISE_SECONDS) * 1000)
    assert time.monotonic() - began <= within + NOISE_SECONDS


def test_a_screen_says_what_it_is(kiosk: Page, centre: Server):
    beat = centre.app.state.house.beats.heard("K1").beat
    assert (beat.browser, beat.width, beat.height, beat.sounded) == ("Chromium", 1080, 1920, None)
    assert beat.version >= 120
    kiosk.click(".choices .primary")
    kiosk.wait_for_selector(".queues")
    heard(kiosk, centre, Showing.USED)


def test_it_says_so_again_and_again(kiosk: Page, centre: Server):
    first = centre.app.state.house.beats.heard("K1").seconds
    with kiosk.expect_response("**/beats"):
        advance(kiosk, 26, clock="page")
    assert centre.app.state.house.beats.heard("K1").seconds > first


def assert_goes_out_of_order(kiosk: Page, centre: Server) -> None:
    """At once, calmly, and back again; the number of a citizen stays for its time."""
    press(centre, minding.stop_device, "K1", "paper")
    expect(kiosk.locator("h1")).to_have_text("Ki-ốt này tạm ngừng", timeout=(WITHIN_SECONDS + NOISE_SECONDS) * 1000)
    expect(kiosk.locator(".choices")).to_have_count(0)
    heard(kiosk, centre, Showing.OUT)
    press(centre, minding.resume_device, "K1")
    expect(kiosk.locator(".choices .primary")).to_be_visible(timeout=(WITHIN_SECONDS + NOISE_SECONDS) * 1000)


def test_a_kiosk_goes_out_of_order_and_back(kiosk: Page, centre: Server):
    assert_goes_out_of_order(kiosk, centre)


@pytest.mark.planted
def test_a_kiosk_that_is_not_told_is_found(kiosk: Page, centre: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(centre.app.state.house.hub, "_tell", lambda who, text: None)
    with pytest.raises(AssertionError):
        assert_goes_out_of_order(kiosk, centre)


def test_a_page_deep_inside_goes_out_of_order_too(kiosk: Page, centre: Server):
    kiosk.goto(f"{centre.url}/kiosk/K1/procedures?lang=fr&big=1")
    connected(kiosk)
    press(centre, minding.stop_device, "K1", "cleaning")
    expect(kiosk.locator("h1")).to_have_text("Ki-ốt này tạm ngừng", timeout=(WITHIN_SECONDS + NOISE_SECONDS) * 1000)
    assert kiosk.url == f"{centre.url}/kiosk/K1"
    for words in ("This kiosk is out of service", "Cette borne est hors service"):
        expect(kiosk.get_by_role("heading", name=words)).to_be_visible()
    assert not faults(kiosk, "kiosk")
    assert not barriers(kiosk, "kiosk")


def test_the_number_in_front_of_somebody_stays(kiosk: Page, centre: Server):
    kiosk.click(".choices .primary")
    kiosk.click(".queues button >> nth=0")
    number = kiosk.locator("#number").inner_text()
    press(centre, minding.stop_device, "K1", "paper")
    with kiosk.expect_response("**/beats"):
        advance(kiosk, 26, clock="page")
    expect(kiosk.locator("#number")).to_have_text(number)
    advance(kiosk, 60)
    expect(kiosk.locator("h1")).to_have_text("Ki-ốt này tạm ngừng")


def test_a_press_on_a_page_that_was_not_told_is_refused_in_words(
    kiosk: Page, centre: Server, open_screen: Screens, monkeypatch: pytest.MonkeyPatch
):
    open_screen.allow(kiosk, r"status of 409")
    monkeypatch.setattr(centre.app.state.house.hub, "_tell", lambda who, text: None)
    kiosk.click(".choices .primary")
    kiosk.wait_for_selector(".queues")
    heard(kiosk, centre, Showing.USED)
    press(centre, minding.stop_device, "K1", "paper")
    kiosk.click(".queues button >> nth=0")
    expect(kiosk.locator("#failure .failure")).to_contain_text("Ki-ốt này đang tạm ngừng")


def test_the_manager_lets_a_wall_load_anew(manager: Page, centre: Server, open_screen: Screens):
    wall = connected(open_screen("wall", f"{centre.url}/display/W1", passes=device_pass(centre, "W1")))
    heard(wall, centre, Showing.START, "W1")
    mark(wall)
    manager.reload()
    manager.get_by_role("button", name="Tải lại W1").click()
    assert_loaded_anew(wall)
    connected(wall)


def test_nothing_is_loaded_anew_while_the_server_would_not_answer(
    kiosk: Page, centre: Server, open_screen: Screens
):
    """A browser's own error page would be the end of this screen."""
    open_screen.allow(kiosk, r"net::ERR_FAILED")
    mark(kiosk)
    kiosk.route("**/healthz", lambda route: route.abort())
    with kiosk.expect_request("**/healthz"):
        press(centre, minding.ask_reload, "K1")
    assert kiosk.evaluate("() => window.unchanged")
    kiosk.unroute("**/healthz")
    assert_loaded_anew(kiosk, 6)
    expect(kiosk.locator(".choices .primary")).to_be_visible()


def test_the_manager_puts_a_kiosk_out_of_order_and_back(kiosk: Page, manager: Page):
    manager.reload()
    manager.locator("section", has_text="K1 ·").locator("summary").click()
    manager.get_by_label("Lý do").first.select_option("cleaning")
    manager.get_by_role("button", name="Tạm ngừng K1").click()
    expect(manager.locator("section", has_text="K1 ·").first).to_contain_text("Lý do: đang lau chùi.")
    expect(kiosk.locator(".stopped .why").first).to_contain_text("đang lau chùi")
    manager.get_by_role("button", name="Dùng lại K1").click()
    expect(kiosk.locator(".choices .primary")).to_be_visible()
