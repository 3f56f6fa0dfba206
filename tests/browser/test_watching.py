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


def test_while_nobody_answers_it_asks_ever_more_slowly(centre: Server, open_screen: Screens) -> None:
    page, asked = watching(centre, open_screen, take(centre, 1)[0]), []
    open_screen.allow(page, "ERR_FAILED", "Failed to fetch", "503")

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
