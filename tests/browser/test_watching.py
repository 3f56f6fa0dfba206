"""The phone that lies on the table: it asks by itself, more slowly while nobody answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from operations import calling, shifts, ticketing
from store.writer import Act
from tests.browser.screens import Screens
from tests.support.asking import NO_PRINTERS, follow_path
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running

NOTED = """
window.noted = [];
class Noted { constructor(title, options) { window.noted.push(`${title} ${options.body}`); } }
Noted.permission = PERMISSION;
Noted.requestPermission = async () => (Noted.permission = 'granted');
window.Notification = Noted;
"""


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Server]:
    """One counter, and nobody there yet."""
    with running(tmp_path / "data", HandClock(MORNING), printer_of=NO_PRINTERS) as server:
        server.store.write_now(Act("cb01"), shifts.open_shift, 1, "cb01")
        yield server


def take(centre: Server, how_many: int) -> list[int]:
    return [centre.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id for _ in range(how_many)]


def call(centre: Server) -> None:
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")


def watching(centre: Server, screens: Screens, ticket: int, permission: str = "granted") -> Page:
    """The page of this ticket, its clock in the test's hand."""
    page = screens.blank("phone")
    page.add_init_script(NOTED.replace("PERMISSION", f"'{permission}'"))
    page.clock.install()
    page.goto(centre.url + follow_path(centre, ticket))
    return page


def says_when_it_is_time(page: Page, centre: Server) -> None:
    """Called while the phone lies there: the page, its title and a message of the phone say so, once."""
    expect(page.get_by_text("Bạn là người tiếp theo")).to_be_visible()
    call(centre)
    page.clock.fast_forward(11_000)
    expect(page.locator(".go")).to_contain_text("Mời đến quầy 1")
    page.clock.fast_forward(11_000)
    page.clock.fast_forward(11_000)
    assert page.title().startswith("Mời đến quầy 1 – A")
    assert page.evaluate("window.noted") == ["Mời đến quầy 1 A\u202f001"]


def test_it_says_when_it_is_time(centre: Server, open_screen: Screens) -> None:
    says_when_it_is_time(watching(centre, open_screen, take(centre, 1)[0]), centre)


@pytest.mark.planted
def test_a_page_that_never_asks_again_is_caught(centre: Server, open_screen: Screens) -> None:
    page = watching(centre, open_screen, take(centre, 1)[0])
    page.route("**/follow/**", lambda route: route.abort())
    open_screen.allow(page, "ERR_FAILED", "Failed to fetch")
    expect.set_options(timeout=1500)
    try:
        with pytest.raises(AssertionError):
            says_when_it_is_time(page, centre)
    finally:
        expect.set_options(timeout=5000)


def test_whoever_agrees_is_told_and_nobody_is_asked_twice(centre: Server, open_screen: Screens) -> None:
    page = watching(centre, open_screen, take(centre, 1)[0], "default")
    page.get_by_role("button", name="Báo cho tôi khi tới lượt").tap()
    expect(page.locator("#notify")).to_be_hidden()
    call(centre)
    page.clock.fast_forward(11_000)
    expect(page.locator(".go")).to_be_visible()
    assert len(page.evaluate("window.noted")) == 1


def test_whoever_has_said_no_is_not_asked(centre: Server, open_screen: Screens) -> None:
    page = watching(centre, open_screen, take(centre, 1)[0], "denied")
    expect(page.locator("#notify")).to_be_hidden()
    call(centre)
    page.clock.fast_forward(11_000)
    expect(page.locator(".go")).to_be_visible()
    assert page.evaluate("window.noted") == []


ANDROID = """
class Noted { constructor() { throw new TypeError('Illegal constructor'); } }
Noted.permission = 'granted';
window.Notification = Noted;
"""
SHOWN = """async () => {
  const places = await navigator.serviceWorker.getRegistrations();
  const found = await Promise.all(places.map(place => place.getNotifications()));
  return found.flat().map(one => `${one.title} ${one.body}`);
}"""


def test_a_phone_that_lets_no_page_speak_is_told_by_the_worker(centre: Server, open_screen: Screens) -> None:
    page = open_screen.blank("phone")
    page.context.grant_permissions(["notifications"], origin=centre.url)
    page.add_init_script(ANDROID)
    page.clock.install()
    page.goto(centre.url + follow_path(centre, take(centre, 1)[0]))
    call(centre)
    page.clock.fast_forward(11_000)
    expect(page.locator(".go")).to_be_visible()
    told: list[str] = []
    for _ in range(100):
        if told := page.evaluate(SHOWN):
            break
    assert told == ["Mời đến quầy 1 A\u202f001"]


def test_no_other_script_address_is_ever_made(centre: Server, open_screen: Screens) -> None:
    page = open_screen("phone", centre.url + follow_path(centre, take(centre, 1)[0]))
    tried = (
        """address => { try { return String(workerAddress(address)); } catch (error) { return error.message; } }"""
    )
    own = page.locator("#notify").get_attribute("data-worker") or ""
    assert page.evaluate(tried, own) == own
    for other in (
        "/static/follow.js?v=0123456789ab",
        "https://evil.example" + own,
        own + "#",
        "data:text/javascript,1",
        "/x" + own,
    ):
        assert page.evaluate(tried, other) == "no script address"


def how_much_comes(page: Page, address: str) -> int:
    """The bytes of everything that the page wants, as they go over the line."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(address, wait_until="networkidle")
    return sum(sizes)


def test_the_page_is_light_enough_for_an_old_phone_on_a_slow_line(centre: Server, open_screen: Screens) -> None:
    """features.md M3: at most 50 kB."""
    assert (
        how_much_comes(open_screen.blank("phone"), centre.url + follow_path(centre, take(centre, 1)[0])) <= 50_000
    )


@pytest.mark.planted
def test_a_page_with_letters_of_its_own_is_caught(centre: Server, open_screen: Screens) -> None:
    page, address = open_screen.blank("phone"), centre.url + follow_path(centre, take(centre, 1)[0])
    css = "**/follow.css*"
    page.route(
        css, lambda route: route.fulfill(body=".follow { --words: 'Be Vietnam Pro'; }", content_type="text/css")
    )
    assert how_much_comes(page, address) > 100_000


def test_while_nobody_answers_it_asks_ever_more_slowly(centre: Server, open_screen: Screens) -> None:
    page, asked = watching(centre, open_screen, take(centre, 1)[0]), []
    open_screen.allow(page, "ERR_FAILED", "Failed to fetch", "503", "htmx:error: timeout")

    def nobody(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/follow/**", nobody)
    for _ in range(30):
        page.clock.run_for(10_000)
    assert 3 <= len(asked) <= 6, f"{len(asked)} times in five minutes"
    page.unroute("**/follow/**")
    call(centre)
    page.clock.run_for(125_000)
    expect(page.locator(".go")).to_be_visible()
    expect(page.locator(".number")).to_be_visible()


ELSEWHERE = {"a proxy": (502, "<h1>502 Bad Gateway</h1>"), "a Wi-Fi": (200, "<h1>Mời đăng nhập Wi-Fi</h1>")}


def keeps_its_number(
    page: Page, centre: Server, screens: Screens, who: str, mark: str = "default-src 'none'"
) -> None:
    """Somebody else answers: the number stays, the page says since when it has heard nothing, and asks on."""
    status, body = ELSEWHERE[who]
    screens.allow(page, "502", "not our answer", "no answer")
    headers = {"content-type": "text/html", "content-security-policy": mark}
    page.route("**/follow/**", lambda route: route.fulfill(status=status, body=body, headers=headers))
    page.clock.run_for(11_000)
    expect(page.get_by_text("Mất kết nối từ")).to_be_visible()
    expect(page.locator(".number")).to_be_visible()
    expect(page.locator(".wait")).to_be_hidden()
    assert body not in page.content()
    page.unroute("**/follow/**")
    call(centre)
    page.clock.run_for(60_000)
    expect(page.locator(".go")).to_be_visible()
    expect(page.get_by_text("Mất kết nối từ")).to_be_hidden()


@pytest.mark.parametrize("who", ELSEWHERE)
def test_what_others_say_in_our_place_is_no_answer(who: str, centre: Server, open_screen: Screens) -> None:
    keeps_its_number(watching(centre, open_screen, take(centre, 1)[0]), centre, open_screen, who)


@pytest.mark.planted
def test_a_page_that_believes_anybody_is_caught(centre: Server, open_screen: Screens) -> None:
    page = watching(centre, open_screen, take(centre, 1)[0])
    open_screen.allow(page, ".")
    expect.set_options(timeout=1500)
    try:
        with pytest.raises(AssertionError):
            keeps_its_number(page, centre, open_screen, "a proxy", mark="trusted-types htmx")
    finally:
        expect.set_options(timeout=5000)


def test_a_phone_that_hears_nothing_shows_no_place(centre: Server, open_screen: Screens) -> None:
    """Out of the hall's Wi-Fi, or asleep in a pocket: what was true then is not shown as true now."""
    page = watching(centre, open_screen, take(centre, 3)[2])
    open_screen.allow(page, "ERR_FAILED", "Failed to fetch")
    expect(page.get_by_text("Còn 2 người trước bạn")).to_be_visible()
    page.route("**/follow/**", lambda route: None)  # nobody says anything
    page.clock.run_for(30_000)
    expect(page.get_by_text("Mất kết nối từ")).to_be_visible()
    for gone in (".place", ".wait", ".soon"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".number")).to_be_visible()


def test_a_refusal_of_ours_does_not_end_the_page(centre: Server, open_screen: Screens) -> None:
    """A full disk, a flood: the server says so below the number, which stays, and the page asks again."""
    page = watching(centre, open_screen, take(centre, 1)[0])
    open_screen.allow(page, "404")
    address = centre.url + follow_path(centre, 1).rpartition("-")[0] + "-nobody"
    page.route("**/follow/**", lambda route: route.continue_(url=address))
    page.clock.run_for(11_000)
    expect(page.locator("#failure")).to_contain_text("Không tìm thấy số này")
    expect(page.locator(".number")).to_be_visible()
    page.unroute("**/follow/**")
    call(centre)
    page.clock.run_for(60_000)
    expect(page.locator(".go")).to_be_visible()
    expect(page.locator("#failure")).to_be_empty()


@pytest.mark.parametrize("script", [True, False])
def test_nobody_leaves_by_one_tap(script: bool, centre: Server, open_screen: Screens) -> None:
    ticket = take(centre, 1)[0]
    page = open_screen("phone", centre.url + follow_path(centre, ticket), java_script_enabled=script)
    page.get_by_text("Tôi không chờ nữa").tap()
    expect(page.get_by_text("Số này sẽ không được gọi nữa.")).to_be_visible()
    expect(page.get_by_text("Bạn là người tiếp theo")).to_be_visible()
    page.get_by_role("button", name="Thôi chờ").tap()
    expect(page.get_by_text("Bạn đã thôi chờ.")).to_be_visible()
