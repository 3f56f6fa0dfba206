"""The kiosk in citizens' hands: without JavaScript, by keyboard, by impatient fingers, and when nobody is left."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from domain.errors import StoreFull
from operations import managing
from store.store import Store
from store.writer import Act
from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, advance, answered, connected, device_pass
from tests.support.servers import Server, running

HOME = re.compile(r"/kiosk/K1$")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One centre for all of these tests; each counts from what it finds."""
    with running(tmp_path_factory.mktemp("kiosk") / "data", printer_of=NOWHERE) as found:
        yield found


@pytest.fixture
def kiosk(server: Server, open_screen: Screens) -> Page:
    """A paired kiosk at its first screen."""
    return open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1"))


def given(store: Store) -> int:
    """How many numbers were given so far."""
    return store.read(lambda db: int(db.execute("SELECT count(*) FROM tickets").fetchone()[0]))


def assert_one_given(store: Store, before: int) -> None:
    """However often somebody pressed."""
    assert given(store) - before == 1


def test_without_javascript_a_number_is_taken_by_form(server: Server, open_screen: Screens) -> None:
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1?lang=en", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    before = given(server.store)
    page.click(".choices .primary")
    page.click(".queues button >> nth=0")
    expect(page.locator("#number")).to_have_text(re.compile(r"^A.\d{3}$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_one_given(server.store, before)
    page.reload()
    assert_one_given(server.store, before)


def test_without_javascript_a_procedure_is_found(server: Server, open_screen: Screens) -> None:
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1/procedures", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    page.fill("#q", "khai sinh")
    page.click(".search button")
    page.click(".found a >> nth=0")
    before = given(server.store)
    page.click(".take button")
    expect(page.locator("#number")).to_be_visible()
    assert_one_given(server.store, before)


@pytest.mark.shows("K11")
def test_two_taps_give_a_number(kiosk: Page, server: Server) -> None:
    """K11: 'take a number', then the queue."""
    before = given(server.store)
    kiosk.tap(".choices .primary")
    kiosk.tap(".queues button >> nth=0")
    expect(kiosk.locator("#number")).to_be_visible()
    assert_one_given(server.store, before)


def double_tap_gives(kiosk: Page, store: Store) -> None:
    """Two quick presses on one queue give one number."""
    before = given(store)
    kiosk.click(".choices .primary")
    kiosk.dblclick(".queues button >> nth=1")
    expect(kiosk.locator("#number")).to_be_visible()
    answered(kiosk)
    assert_one_given(store, before)


def test_a_double_tap_gives_one_number(kiosk: Page, server: Server) -> None:
    double_tap_gives(kiosk, server.store)


def test_a_double_tap_without_javascript_gives_one_number(server: Server, open_screen: Screens) -> None:
    """The request id stands in the page, so that the form's own second submission is the same request."""
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1/queues", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    before = given(server.store)
    page.dblclick(".queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()
    assert_one_given(server.store, before)


@pytest.mark.planted
def test_planted_a_page_without_request_ids_gives_two(kiosk: Page, server: Server) -> None:
    """A form that neither drops the second press nor carries its id: the check sees both numbers."""
    kiosk.goto(f"{server.url}/kiosk/K1/queues")
    before = given(server.store)
    kiosk.evaluate("""async () => {
      const form = document.querySelector('.queues form'), queue = form.querySelector('[name=queue]').value;
      const press = () => fetch(form.action, { method: 'POST', body: new URLSearchParams({ queue }) });
      await Promise.all([press(), press()]);
    }""")
    with pytest.raises(AssertionError):
        assert_one_given(server.store, before)


def test_by_keyboard_alone(kiosk: Page, server: Server) -> None:
    """K5: Tab and Enter from the first screen to the number and home again; the ring is broad."""
    before = given(server.store)
    kiosk.keyboard.press("Tab")
    ring = "getComputedStyle(document.activeElement)"
    assert kiosk.evaluate("document.activeElement.matches('.choices .primary')")
    assert kiosk.evaluate(f"parseFloat({ring}.outlineWidth)") >= 4
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile("/queues"))
    kiosk.keyboard.press("Tab")
    kiosk.keyboard.press("Tab")
    kiosk.keyboard.press("Shift+Tab")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#number")).to_be_visible()
    assert_one_given(server.store, before)
    kiosk.keyboard.press("Tab")
    assert kiosk.evaluate("document.activeElement.matches('.done')"), "after the number, the next stop is 'done'"
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(HOME)


def test_focus_order_is_the_visual_order(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/queues")
    stops = []
    for _ in range(kiosk.locator("main a, main button, footer a").count()):
        kiosk.keyboard.press("Tab")
        stops.append(kiosk.evaluate("(() => { const r = document.activeElement.getBoundingClientRect();"
                                    " return [Math.round(r.top / 40), r.left]; })()"))  # fmt: skip
    assert stops == sorted(stops)


def test_typing_by_the_drawn_keys_finds_a_procedure(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/procedures")
    for letter in "ho chieu":
        kiosk.click("#keys .space" if letter == " " else f"#keys button:text-is('{letter}')")
    expect(kiosk.locator("#q")).to_have_value("ho chieu")
    expect(kiosk.locator("#found")).to_contain_text("hộ chiếu")
    kiosk.click("#keys .wide")
    expect(kiosk.locator("#q")).to_have_value("ho chie")


def goes_home_when_nobody_is_there(page: Page) -> None:
    """Warned 20 s before, then home; the modes and the language are those of the next citizen."""
    connected(page)
    advance(page, 30)
    page.wait_for_timeout(700)
    expect(page.locator("#more-time")).to_be_hidden()
    advance(page, 14)
    expect(page.locator("#more-time")).to_be_visible()
    advance(page, 20)
    page.wait_for_url(HOME, timeout=3000)
    assert page.locator("html").get_attribute("lang") == "vi"
    assert not page.evaluate("document.body.matches('.big, .contrast')")


def test_idle_kiosk_goes_home_and_forgets_modes(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/queues?lang=en&contrast=1")
    goes_home_when_nobody_is_there(kiosk)


def test_a_push_is_not_a_touch(kiosk: Page, server: Server) -> None:
    """The clock and other people's news arrive all day: they must not keep an abandoned screen awake."""
    kiosk.goto(f"{server.url}/kiosk/K1/queues?lang=en")
    advance(connected(kiosk), 50)
    swaps = kiosk.evaluate("window.swaps")
    server.store.write_now(Act("test"), managing.stop_queue, "xay-dung", "bão")
    kiosk.wait_for_function("before => window.swaps > before", arg=swaps)
    server.store.write_now(Act("test"), managing.resume_queue, "xay-dung")
    advance(kiosk, 12)
    kiosk.wait_for_url(HOME, timeout=3000)


@pytest.mark.planted
def test_planted_kiosk_that_never_goes_home_is_seen(open_screen: Screens, server: Server) -> None:
    page = open_screen.blank("kiosk", device_pass(server, "K1"))
    page.route("**/kiosk.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    open_screen.allow(page, "integrity", "POLICY", "Content Security Policy")
    page.goto(f"{server.url}/kiosk/K1/queues?lang=en")
    with pytest.raises(AssertionError):
        goes_home_when_nobody_is_there(page)


def test_even_the_first_screen_forgets_modes(kiosk: Page, server: Server) -> None:
    """Somebody who chose large text and walked away leaves no trace to the next one."""
    kiosk.goto(f"{server.url}/kiosk/K1?contrast=1&lang=fr")
    advance(connected(kiosk), 70)
    kiosk.wait_for_url(HOME, timeout=3000)


def test_large_text_has_twice_the_time(kiosk: Page, server: Server) -> None:
    """K7: 120 s in large text."""
    kiosk.goto(f"{server.url}/kiosk/K1/queues?big=1")
    advance(connected(kiosk), 90)
    kiosk.wait_for_timeout(700)
    expect(kiosk.locator("#more-time")).to_be_hidden()
    advance(kiosk, 35)
    kiosk.wait_for_url(HOME, timeout=3000)


def test_more_time_ten_times(kiosk: Page, server: Server) -> None:
    """WCAG 2.2.1: the button extends, at least ten times, and the keyboard finds it."""
    kiosk.goto(f"{server.url}/kiosk/K1/queues")
    connected(kiosk)
    for _ in range(10):
        advance(kiosk, 45)
        button = kiosk.locator("[data-more-time]")
        expect(button).to_be_visible()
        button.click()
        expect(button).to_be_hidden()
    advance(kiosk, 45)
    expect(kiosk.locator("[data-more-time]")).to_be_focused()


def test_nothing_personal_is_left_behind(kiosk: Page, server: Server) -> None:
    """K9: after 'done' neither Back nor any storage of the browser knows the number."""
    kiosk.tap(".choices .primary")
    kiosk.tap(".queues button >> nth=0")
    number = kiosk.locator("#number").inner_text()
    kiosk.tap(".done")
    kiosk.wait_for_url(HOME)
    assert (
        kiosk.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'
    )
    for _ in range(3):
        assert number not in kiosk.content()
        kiosk.go_back()
    assert number not in kiosk.content()


def test_after_the_slip_the_words_of_a_search_are_gone(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/procedures")
    kiosk.fill("#q", "ly hon bi mat")
    expect(kiosk.locator("#found .empty")).to_be_visible()
    advance(connected(kiosk), 65)
    kiosk.wait_for_url(HOME, timeout=3000)
    kiosk.go_back()
    kiosk.wait_for_load_state()
    assert "ly hon bi mat" not in kiosk.content()
    assert kiosk.evaluate("(document.querySelector('#q') || {}).value || ''") == ""


def test_a_foreign_kiosk_sees_no_number_of_this_one(kiosk: Page, server: Server, open_screen: Screens) -> None:
    kiosk.tap(".choices .primary")
    kiosk.tap(".queues button >> nth=0")
    expect(kiosk.locator("#number")).to_be_visible()
    ticket = server.store.read(lambda db: db.execute("SELECT max(id) FROM tickets").fetchone()[0])
    other = open_screen.blank("kiosk", device_pass(server, "K2"))
    open_screen.allow(other, "status of 404")
    other.goto(f"{server.url}/kiosk/K2/tickets/{ticket}")
    expect(other.locator("#number")).to_have_count(0)


def test_forced_colours_keep_every_word(server: Server, open_screen: Screens) -> None:
    """K3: with the system's own colours the buttons still have edges and words."""
    page = open_screen("kiosk", f"{server.url}/kiosk/K1", passes=device_pass(server, "K1"), forced_colors="active")
    assert (
        page.evaluate("parseFloat(getComputedStyle(document.querySelector('.choices .primary')).borderTopWidth)")
        >= 1
    )


def test_nothing_moves_with_reduced_motion(server: Server, open_screen: Screens) -> None:
    """K14."""
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1/queues", passes=device_pass(server, "K1"), reduced_motion="reduce"
    )
    page.click(".queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0


def test_after_a_full_disk_trying_again_is_possible(
    server: Server, open_screen: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that says 'later' leads back to a screen, not to another failure."""
    page = open_screen(
        "kiosk", f"{server.url}/kiosk/K1/queues", passes=device_pass(server, "K1"), java_script_enabled=False
    )
    open_screen.allow(page, "status of 503")

    async def refuse(*_: object, **__: object) -> None:
        raise StoreFull()

    monkeypatch.setattr(server.store, "write", refuse)
    page.click(".queues button >> nth=0")
    monkeypatch.undo()
    page.click("main a.button")
    expect(page.locator("#screen")).to_be_visible()
