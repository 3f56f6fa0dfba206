"""The kiosk's scanner in a real browser: told by its prefix, never by its pace; nothing of a card stays there."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from domain.centre_rules import Scanner
from operations import managing
from store.writer import Act
from tests.browser.scanning import HOLDER, STRANGER, scanned
from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, advance, connected, device_pass
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("scanner") / "data", printer_of=NOWHERE) as found:
        yield found


@pytest.fixture
def kiosk(server: Server, open_screen: Screens) -> Page:
    page = open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1"))
    open_screen.allow(page, "status of 404", "status of 422")
    return connected(page)


def traces(page: Page) -> str:
    """Everything that the browser still holds: the page, fields, storage, history's address."""
    return str(
        page.evaluate(
            "document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(e => e.value).join()"
            " + JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
        )
    )


@pytest.mark.parametrize("path", ["", "/queues", "/procedures", "/procedures/1.001193", "/appointments", "/scans"])
def test_a_card_is_read_on_every_page(kiosk: Page, server: Server, path: str) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1{path}")
    scanned(connected(kiosk), STRANGER)
    expect(kiosk.locator(".person")).to_be_visible()
    for part in ("038199000001", "TRẦN THỊ B", "Quảng Phú"):
        assert part not in traces(kiosk)


def read_at_any_pace(page: Page, milliseconds: int) -> None:
    """Letter after letter, slower or faster than any person types."""
    page.keyboard.press("F9")
    page.keyboard.type("H99.1-261123-0001", delay=milliseconds)
    page.keyboard.press("Enter")
    expect(page.locator("#failure .failure")).to_contain_text("…0001")


@pytest.mark.parametrize("milliseconds", [0, 60, 150])
def test_the_pace_of_the_letters_tells_nothing(kiosk: Page, milliseconds: int) -> None:
    read_at_any_pace(kiosk, milliseconds)


@pytest.mark.planted
def test_planted_a_scanner_that_goes_by_pace_is_found(server: Server, open_screen: Screens) -> None:
    """A script that forgets what came before a gap of 50 ms."""
    page = open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1"))
    open_screen.allow(page, "status of 422")
    connected(page)
    page.evaluate("""() => {
      let last = 0;
      const field = document.getElementById('scan-text');
      field.addEventListener('input', () => {
        if (performance.now() - last > 50 && field.value.length > 1) field.value = field.value.slice(-1);
        last = performance.now();
      });
    }""")
    with pytest.raises(AssertionError):
        read_at_any_pace(page, 120)


def test_letters_without_the_prefix_go_where_the_focus_is(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/procedures")
    connected(kiosk).focus("#q")
    kiosk.keyboard.type("ho chieu")
    expect(kiosk.locator("#q")).to_have_value("ho chieu")
    expect(kiosk.locator("#found")).to_contain_text("hộ chiếu")
    scanned(kiosk, "893")
    expect(kiosk.locator("#failure .failure")).to_be_visible()
    expect(kiosk.locator("#q")).to_have_value("ho chieu")


def test_a_code_that_never_ends_leaves_the_page(kiosk: Page) -> None:
    kiosk.keyboard.press("F9")
    kiosk.keyboard.insert_text(HOLDER[:40])
    kiosk.keyboard.press("|")
    expect(kiosk.locator("#scan-text")).to_have_value(re.compile("001090"))
    expect(kiosk.locator("#scan-text")).to_have_value("", timeout=6000)
    assert "001090" not in traces(kiosk)


def test_the_first_screen_too_goes_home_after_a_scan(kiosk: Page) -> None:
    scanned(kiosk, STRANGER)
    expect(kiosk.locator(".person")).to_be_visible()
    advance(kiosk, 65)
    expect(kiosk.locator(".person")).to_have_count(0)
    expect(kiosk.locator(".choices .primary")).to_be_visible()


def test_one_number_a_person_from_scan_to_scan(kiosk: Page, server: Server) -> None:
    scanned(kiosk, HOLDER)
    kiosk.tap(".person .queues button >> nth=1")
    number = kiosk.locator("#number").inner_text()
    with kiosk.expect_navigation():  # its address was the first page's all the time
        kiosk.tap(".done")
    scanned(connected(kiosk), HOLDER)
    expect(kiosk.locator(".person > .number")).to_have_text(number)
    kiosk.tap(".leave")
    expect(kiosk.locator(".person h1")).to_contain_text(number)
    for _ in range(2):
        kiosk.go_back()
    assert number not in kiosk.content()


def test_another_prefix_of_the_centre_is_heeded(server: Server, open_screen: Screens) -> None:
    changed = replace(demo_centre(), scanner=Scanner("STX"))
    server.store.write_now(Act("t"), managing.load_centre, changed, demo_calendar())
    try:
        page = connected(open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1")))
        page.keyboard.press("Control+b")
        page.keyboard.insert_text(STRANGER)
        page.keyboard.press("Enter")
        expect(page.locator(".person")).to_be_visible()
    finally:
        server.store.write_now(Act("t"), managing.load_centre, demo_centre(), demo_calendar())


def test_without_script_the_first_screen_leads_to_a_plain_field(server: Server, open_screen: Screens) -> None:
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1?lang=en", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    page.click(".scan-hint a")
    page.fill("#plain-text", STRANGER)
    page.keyboard.press("Enter")
    expect(page.locator(".person h1")).to_contain_text("Card read")
    page.click(".person .queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()
