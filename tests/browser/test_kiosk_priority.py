"""K11: priority by one's own word at the kiosk, by touch, by five keys, without script; never a compulsory tap."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from store import tickets
from store.days import newest
from tests.browser.scanning import STRANGER, scanned
from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, advance, connected, device_pass
from tests.browser.test_kiosk_keys import step_to
from tests.support.servers import Server, running

HOME = re.compile(r"/kiosk/K1$")
OLD = "cao-tuoi"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("priority") / "data", printer_of=NOWHERE) as found:
        yield found


@pytest.fixture
def kiosk(server: Server, open_screen: Screens) -> Page:
    return connected(open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1")))


def class_of_last(server: Server) -> str | None:
    return server.store.read(lambda db: tickets.of_day(db, newest(db).id))[-1].priority  # type: ignore[union-attr]


def choose(page: Page) -> None:
    """The offer, and the first class."""
    page.click(".offer")
    page.click(".classes button >> nth=0")
    expect(page.locator(".chosen b")).to_have_text(re.compile("60"))


def take(page: Page) -> None:
    page.click(".queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()


@pytest.mark.shows("K11", "K12")
def test_k11_by_touch_in_one_s_language_and_modes(kiosk: Page, server: Server) -> None:
    """Chosen in French with low buttons: said in French, kept on the way, one entry in the history."""
    entries = kiosk.evaluate("history.length")
    kiosk.tap(".modes [hreflang=fr]")
    kiosk.wait_for_url(re.compile("lang=fr"))
    kiosk.tap("[data-mode=reach]")
    kiosk.tap(".choices .primary")
    kiosk.wait_for_url(re.compile("/queues"))
    kiosk.tap(".offer")
    kiosk.wait_for_url(re.compile("/classes"))
    kiosk.tap(".classes button >> nth=0")
    kiosk.wait_for_url(re.compile("/queues.*reach=1"))
    expect(kiosk.locator(".chosen")).to_contain_text("Personne âgée")
    kiosk.tap(".modes [hreflang=en]")
    expect(kiosk.locator(".chosen")).to_contain_text("Elderly person")
    kiosk.tap(".queues button >> nth=0")
    expect(kiosk.locator(".result .queue")).to_contain_text("priority")
    assert class_of_last(server) == OLD
    assert kiosk.evaluate("history.length") == entries
    assert OLD not in kiosk.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


@pytest.mark.shows("K5", "K11")
def test_k11_by_arrows_and_enter(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/procedures/1.001193")
    connected(kiosk)
    step_to(kiosk, ".offer", "ArrowRight")
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile("/classes"))
    kiosk.keyboard.press("Escape")
    kiosk.wait_for_url(re.compile("/procedures/"))
    step_to(kiosk, ".offer", "ArrowRight")
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile("/classes"))
    step_to(kiosk, ".classes li:nth-child(2) button")
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile("/procedures/1.001193"))
    expect(kiosk.locator(".chosen")).to_contain_text("Người khuyết tật")
    step_to(kiosk, ".take button")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#number")).to_be_visible()
    assert class_of_last(server) == "khuyet-tat"


def test_k11_without_script(server: Server, open_screen: Screens) -> None:
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1/queues", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    choose(page)
    page.click(".chosen button")
    expect(page.locator(".chosen")).to_have_count(0)
    choose(page)
    take(page)
    assert class_of_last(server) == OLD


def test_k11_with_a_card(kiosk: Page, server: Server) -> None:
    scanned(kiosk, STRANGER)
    kiosk.click(".offer button")
    kiosk.click(".classes ~ .back button >> nth=1")
    expect(kiosk.locator(".person .queues")).to_be_visible()
    kiosk.click(".offer button")
    kiosk.click(".classes button >> nth=0")
    expect(kiosk.locator(".chosen")).to_be_visible()
    take(kiosk)
    assert class_of_last(server) == OLD


def test_k11_a_refused_class_is_said_on_a_page_of_its_own(
    kiosk: Page, server: Server, open_screen: Screens
) -> None:
    open_screen.allow(kiosk, "status of 422")
    kiosk.goto(f"{server.url}/kiosk/K1/classes")
    kiosk.evaluate("document.querySelector('.classes [name=priority]').value = 'vip'")
    kiosk.click(".classes button >> nth=0")
    expect(kiosk.locator(".failure, main")).to_contain_text("không có hoặc chưa áp dụng")


def nothing_sticks(page: Page, server: Server) -> None:
    """Somebody chooses and walks away; who comes after the time-out gets an ordinary number."""
    page.goto(f"{server.url}/kiosk/K1/queues")
    choose(page)
    advance(connected(page), 61)
    page.wait_for_url(HOME)
    page.click(".choices .primary")
    expect(page.locator(".offer")).to_be_visible()
    take(page)
    assert class_of_last(server) is None


@pytest.mark.shows("K9", "K11")
def test_k11_the_choice_goes_with_the_person(kiosk: Page, server: Server) -> None:
    nothing_sticks(kiosk, server)


@pytest.mark.planted
def test_k11_a_planted_choice_that_stays_is_found(
    kiosk: Page, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.declarations.Declarations.end", lambda *_: None)
    with pytest.raises(AssertionError):
        nothing_sticks(kiosk, server)
