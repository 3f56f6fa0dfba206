"""K7, K9, K10: time is warned of and can be had, nothing is left of anybody, the truth about server and paper."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from operations import printing
from operations.ticketing import take_ticket
from store import jobs
from store.writer import Act
from tests.browser.listening import HEAR
from tests.browser.scenes import IN_NO_HALL, NOWHERE
from tests.browser.screens import Screens, advance, connected, device_pass
from tests.support.servers import Server, running

HOME = re.compile(r"/kiosk/K1$")
IDLE = [("", 60), ("big=1", 120), ("reach=1", 120), ("contrast=1", 60), ("big=1&reach=1&contrast=1", 120)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    url = "http://127.0.0.1:1/follow"
    with running(tmp_path_factory.mktemp("times") / "data", printer_of=NOWHERE, follow_url=url) as found:
        yield found


@pytest.fixture
def kiosk(server: Server, open_screen: Screens) -> Page:
    return open_screen.blank("kiosk", device_pass(server, "K1"))


def clocked(page: Page, address: str) -> Page:
    """The page with a clock that the test moves; the socket gives signs of life by that clock."""

    def alive(socket: WebSocketRoute) -> None:
        socket.connect_to_server()

    page.route_web_socket(re.compile("/live"), alive)
    page.clock.install()
    page.goto(address)
    page.wait_for_function("() => window.swaps > 0")
    page.clock.pause_at(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 1, UTC))
    page.evaluate(ALIVE)
    return page


def pass_time(page: Page, seconds: float) -> None:
    """So many seconds by the page's clock, a second at a time, with a sign of life in each."""
    for _ in range(int(seconds)):
        page.clock.run_for(1000)
        page.evaluate(ALIVE)


ALIVE = """() => document.dispatchEvent(new CustomEvent('htmx:ws:before:message:incoming',
  { detail: { message: { data: '{"t":"hb"}' } }, cancelable: true }))"""


@pytest.mark.shows("K7", "K9", "WCAG 2.2.1", "WCAG 2.2.6", "EN 5.1.3.8", "508 407.5")
@pytest.mark.parametrize(("modes", "limit"), IDLE)
def test_k7_idle_is_warned_of_twenty_seconds_before(modes: str, limit: int, kiosk: Page, server: Server) -> None:
    """By sight and by sound, with the time that is left, in everybody's reach."""
    kiosk.add_init_script(HEAR)
    page = clocked(kiosk, f"{server.url}/kiosk/K1/queues?lang=en&{modes}")
    pass_time(page, limit - 22)
    expect(page.locator("#more-time")).to_be_hidden()
    pass_time(page, 3)
    expect(page.locator("#more-time")).to_be_visible()
    assert page.evaluate("window.heard.filter(s => s.kind === 'tone').length") == 2
    assert 16 <= int(page.locator("[data-left]").inner_text()) <= 20
    expect(page.locator("[data-more-time]")).to_be_focused()
    pass_time(page, 16)
    page.clock.run_for(3500)
    page.wait_for_url(HOME)
    assert page.locator("html").get_attribute("lang") == "vi"
    assert not page.evaluate("document.body.matches('.big, .reach, .contrast, .speech')")


@pytest.mark.shows("K7", "K6", "WCAG 2.2.1")
def test_k7_with_speech_the_time_begins_when_all_is_said(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/queues?speech=1")
    connected(kiosk)
    kiosk.wait_for_selector("html[data-speaking=page]")
    advance(kiosk, 125)
    kiosk.wait_for_timeout(700)
    expect(kiosk.locator("#more-time")).to_be_hidden()
    kiosk.keyboard.press("Shift")
    advance(kiosk, 101)
    expect(kiosk.locator("#more-time")).to_be_visible()
    advance(kiosk, 20)
    kiosk.wait_for_url(HOME)


@pytest.mark.shows("K7", "WCAG 2.2.1", "EAA I-II")
def test_k7_more_time_ten_times_by_touch_and_by_key(kiosk: Page, server: Server) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/queues")
    connected(kiosk)
    for turn in range(12):
        advance(kiosk, 45)
        button = kiosk.locator("[data-more-time]")
        expect(button).to_be_visible()
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 120
        kiosk.keyboard.press("Enter") if turn % 2 else button.tap()
        expect(button).to_be_hidden()
    assert "/queues" in kiosk.url


@pytest.mark.shows("K7", "WCAG 2.2.1")
def test_k7_the_number_stays_thirty_seconds_and_is_never_covered(kiosk: Page, server: Server) -> None:
    page = clocked(kiosk, f"{server.url}/kiosk/K1/queues")
    page.click(".queues button >> nth=0")
    expect(page.locator("#number")).to_be_visible()
    pass_time(page, 12)
    expect(page.locator("#more-time")).to_be_visible()
    number, box = page.locator("#number").bounding_box(), page.locator("#more-time").bounding_box()
    assert number is not None
    assert box is not None
    assert number["y"] + number["height"] < box["y"]
    pass_time(page, 12)
    expect(page.locator("#number")).to_be_visible()
    pass_time(page, 4)
    page.clock.run_for(3500)
    page.wait_for_url(HOME)


@pytest.mark.shows("K9", "EN 5.1.3.9", "WCAG 2.2.5")
def test_k9_after_time_out_nothing_is_left_to_go_back_to(kiosk: Page, server: Server) -> None:
    """One entry in the history for a whole visit; document, storage, cookies and Back know nothing."""
    kiosk.goto(f"{server.url}/kiosk/K1?big=1")
    entries = kiosk.evaluate("history.length")
    kiosk.click(".choices .primary")
    kiosk.wait_for_url(re.compile("/queues"))
    kiosk.click(".queues button >> nth=0")
    number = kiosk.locator("#number").inner_text()
    advance(connected(kiosk), 31)
    kiosk.wait_for_url(HOME)
    assert kiosk.evaluate("history.length") == entries
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state, window.name])"
    assert kiosk.evaluate(kept) == '[{},{},"",null,""]'
    assert kiosk.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert kiosk.evaluate("caches.keys().then(found => found.length)") == 0
    kiosk.go_back()
    assert number not in kiosk.content()


@pytest.mark.shows("K9", "K10")
def test_k9_with_the_server_away_the_time_out_wipes_all_the_same(
    kiosk: Page, server: Server, open_screen: Screens
) -> None:
    kiosk.goto(f"{server.url}/kiosk/K1/procedures")
    kiosk.fill("#q", "ly hon bi mat")
    expect(kiosk.locator("#found .empty")).to_be_visible()
    connected(kiosk)
    open_screen.allow(kiosk, "ERR_FAILED")
    kiosk.route("**/healthz", lambda route: route.abort())
    advance(kiosk, 61)
    kiosk.wait_for_function("() => !document.querySelector('#q')")
    assert "ly hon bi mat" not in kiosk.content()
    assert kiosk.url.endswith("/procedures"), "no error page of the browser"
    kiosk.unroute("**/healthz")
    kiosk.wait_for_url(HOME)


@pytest.mark.planted
def test_k9_a_planted_trace_is_found(kiosk: Page, server: Server) -> None:
    """A kiosk whose links stack the history lets the next one go back."""
    kiosk.goto(f"{server.url}/kiosk/K1")
    entries = kiosk.evaluate("history.length")
    kiosk.evaluate("() => { location.href = document.querySelector('.choices .primary').href; }")
    kiosk.wait_for_url(re.compile("/queues"))
    with pytest.raises(AssertionError):
        assert kiosk.evaluate("history.length") == entries


@pytest.mark.shows("K10", "WCAG 3.3.1", "WCAG 3.3.3", "WCAG 4.1.3")
def test_k10_a_lost_server_is_said_within_five_seconds(kiosk: Page, server: Server) -> None:
    """No sign of life: after 4 s the glass says so, says where to go, and nothing can be tapped."""
    kiosk.route_web_socket(re.compile("/live"), lambda socket: None)
    kiosk.route("**/healthz", lambda route: route.abort())
    kiosk.clock.install()
    kiosk.goto(f"{server.url}/kiosk/K1")
    kiosk.clock.run_for(5000)
    link = kiosk.locator("#link")
    expect(link).to_be_visible()
    expect(link).to_contain_text("quầy hướng dẫn")
    assert kiosk.evaluate("document.querySelector('main').inert")


@pytest.mark.shows("K10")
def test_k10_a_tap_in_the_first_seconds_never_leaves_the_kiosk(
    kiosk: Page, server: Server, open_screen: Screens
) -> None:
    """The server is gone and the page does not know yet: it asks before it goes anywhere."""
    kiosk.goto(f"{server.url}/kiosk/K1")
    connected(kiosk)
    open_screen.allow(kiosk, "ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
    kiosk.context.set_offline(True)
    kiosk.click(".choices .primary")
    expect(kiosk.locator("#failure")).to_contain_text("Máy chủ chưa trả lời")
    assert kiosk.url.endswith("/kiosk/K1")
    kiosk.context.set_offline(False)


@pytest.mark.shows("K10", "K15", "WCAG 3.3.3")
@pytest.mark.parametrize("end", ["unknown", "expired", "sent"])
def test_k10_when_paper_fails_the_number_stays_large_with_its_code(
    end: str, kiosk: Page, server: Server, open_screen: Screens
) -> None:
    """Whatever became of the paper, also when the server goes away after it."""
    ticket = server.store.write_now(Act("device:K1"), _take, IN_NO_HALL)
    job = server.store.read(jobs.print_job_of, "ticket", str(ticket))
    assert job is not None
    server.store.write_now(Act("test"), printing.end_slip, job.id, end)
    kiosk.goto(f"{server.url}/kiosk/K1/tickets/{ticket}")
    connected(kiosk)
    assert_number_and_code(kiosk)
    expect(kiosk.locator("#paper")).to_contain_text(re.compile("số này"))
    open_screen.allow(kiosk, "ERR_FAILED")
    kiosk.route("**/healthz", lambda route: route.abort())
    advance(kiosk, 5, clock="page")
    expect(kiosk.locator("#link")).to_be_visible()
    assert_number_and_code(kiosk)


def assert_number_and_code(page: Page) -> None:
    """Both whole on the glass, with nothing over them; the number at least 10 mm high."""
    for place in ("#number", ".qr img"):
        seen = page.evaluate(
            """s => { const e = document.querySelector(s), r = e.getBoundingClientRect();
          return r.top >= 0 && r.bottom <= innerHeight && getComputedStyle(e).opacity === '1' &&
            [[.1, .2], [.5, .5], [.9, .8]].every(([x, y]) =>
               e.contains(document.elementFromPoint(r.left + x * r.width, r.top + y * r.height))); }""",
            place,
        )
        assert seen, place
    size = page.evaluate("parseFloat(getComputedStyle(document.getElementById('number')).fontSize)")
    assert size * 0.7 * 25.4 / 69 >= 10


def _take(tx: object, printer: str) -> int:
    return take_ticket(tx, "giay-to", "vi", None, printer).id  # type: ignore[arg-type]
