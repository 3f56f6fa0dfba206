"""Where things stand: buttons that do not move, one line of tools, twice the size."""

import pytest
from playwright.sync_api import Page, expect

from operations import calling
from store.writer import Act
from tests.browser.counter.hands import choose, next_one, open_panel, shows
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, language_pass, person_pass
from tests.support.servers import Server


def test_the_buttons_stand_still_all_day(counter: Page, server: Server) -> None:
    """Nobody there, called, started, resting: next and the tools are always in the same place."""
    places = []

    def note() -> None:
        places.append([counter.locator(part).bounding_box() for part in ("[data-key=F2]", "#tools")])

    note()
    next_one(counter, "001")
    note()
    counter.keyboard.press("b")
    expect(counter.locator("[data-key=KeyX]")).to_be_visible()
    note()
    counter.keyboard.press("x")
    shows(counter, "–")
    open_panel(counter, "p")
    choose(counter, "Tab")
    note()
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_the_tools_keep_one_line_and_the_page_its_height(language: str, counter: Page, server: Server) -> None:
    """At 1280 x 720 with somebody served, two set aside and an act to take back: nothing scrolls."""
    for act in (calling.call_next, calling.set_aside) * 2 + (calling.call_next,):
        server.store.write_now(Act(CLERKS[1]), act, 1, CLERKS[1])
    counter.context.add_cookies(language_pass(server.url, language))  # type: ignore[arg-type]
    counter.reload()
    expect(counter.locator("[data-key=KeyZ]")).to_be_visible()
    heights = counter.evaluate("[...document.querySelectorAll('#tools button')].map(b => b.offsetHeight)")
    assert (len(heights), {*heights}) == (8, {40})
    assert counter.evaluate("document.documentElement.scrollHeight") == 720


def test_at_twice_the_size_nothing_is_lost(server: Server, open_screen: Screens) -> None:
    """C5, WCAG 1.4.4: at 200 % the glass is 640 x 360; the page scrolls one way only."""
    page = open_screen(
        "counter", f"{server.url}/counter/1", passes=person_pass(server, CLERKS[1]),
        viewport={"width": 640, "height": 360},
    )  # fmt: skip
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    expect(page.locator("[data-key=F2]")).to_be_visible()
    panel = open_panel(page, "e")
    page.keyboard.type("a1")
    page.keyboard.press("Enter")
    expect(panel.locator(".which")).to_be_visible()
    box = panel.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 640 and box["height"] <= 360
    assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.goto(f"{server.url}/counter/keys")
    assert not page.evaluate(wide)
