"""Panels that a key opens: nothing destroyed, every word kept, sent as shown."""

import re

import pytest
from playwright.sync_api import Page, expect

from operations import ticketing
from store.writer import Act
from tests.browser.counter.hands import choose, next_one, number, open_panel, shows, ticket
from tests.browser.screens import Screens, answered
from tests.support.asking import seq
from tests.support.servers import Server

PANELS = {"k": "finish", "t": "transfer", "h": "park", "g": "pick", "w": "walk-up", "s": "slips", "e": "edit"}


@pytest.mark.parametrize("key", PANELS)
def test_escape_closes_a_panel_and_destroys_nothing(key: str, counter: Page, server: Server) -> None:
    next_one(counter, "001")
    answered(counter)
    before = seq(server)
    counter.fill("#owner_name", "NGUYỄN THỊ")
    counter.evaluate("document.activeElement.blur()")
    assert open_panel(counter, key).get_attribute("id") == f"panel-{PANELS[key]}"
    for other in ("F2", "F8", "n"):
        counter.keyboard.press(other)
    counter.keyboard.press("Escape")
    expect(counter.locator(".panel:popover-open")).to_have_count(0)
    counter.keyboard.press("Escape")
    answered(counter)
    assert (number(counter)[-3:], seq(server)) == ("001", before)
    assert counter.input_value("#owner_name") == "NGUYỄN THỊ"


def test_a_refusal_is_read_in_the_panel_with_every_word_kept(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    open_screen.allow(counter, "status of 404")
    panel = open_panel(counter, "g")
    counter.keyboard.type("a99")
    counter.keyboard.press("Enter")
    expect(panel.locator(".failure")).to_be_visible()
    assert counter.input_value("#pick-number") == "a99"
    counter.fill("#pick-number", "a 3")
    choose(counter)
    shows(counter, "003")
    assert open_panel(counter, "g").locator(".failure").count() == 0


def test_a_panel_sends_what_the_screen_shows_after_changes_elsewhere(counter: Page, server: Server) -> None:
    """The hidden fields of a panel lie in the pushed part of the page: they must follow it, open or not."""
    next_one(counter, "001")
    open_panel(counter, "t")
    for waiting in (12, 13):
        server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        expect(counter.locator("#lines h2 .figures")).to_have_text(str(waiting))
    expect(counter.locator(".panel:popover-open")).to_be_visible()
    choose(counter, "c", "Tab", "Tab", "Tab", "Tab")
    shows(counter, "–")
    assert ticket(server, 1).queue == "cu-tru"


def test_two_walk_ups_from_one_page_are_two(counter: Page, server: Server) -> None:
    for n in ("013", "014"):
        open_panel(counter, "w")
        choose(counter, "Tab", "Tab")
        expect(counter.locator("#said")).to_contain_text(re.compile(f"A.{n}"))
