"""What the clerk's hands do at a counter, and what they see there."""

import re

from playwright.sync_api import Locator, Page, expect

from domain.tickets import Ticket
from store import tickets
from tests.support.servers import Server


def calls(server: Server) -> int:
    """How many announcements there were."""
    return server.store.read(lambda db: int(db.execute("SELECT count(*) FROM calls").fetchone()[0]))


def number(page: Page) -> str:
    """The ticket on the clerk's screen."""
    return page.locator("#own-number").inner_text()


def ticket(server: Server, n: int) -> Ticket:
    """Number A n."""
    (found,) = server.store.read(tickets.by_number, 1, "A", n)
    return found


def next_one(page: Page, digits: str) -> None:
    """F2, and this number is there."""
    expect(page.locator("body[data-resting]")).to_have_count(0)
    page.keyboard.press("F2")
    shows(page, digits)


def shows(page: Page, number: str) -> None:
    """The counter's number ends in these digits, '–' for none."""
    expect(page.locator("#own-number")).to_have_text(re.compile(f"{number}$"))


def open_panel(page: Page, key: str) -> Locator:
    """The panel that this key opens, once the one before has gone; its first field has the focus."""
    panel = page.locator(".panel:popover-open")
    expect(panel).to_have_count(0)
    page.keyboard.press(key)
    expect(panel).to_be_visible()
    page.wait_for_function("() => document.querySelector('.panel:popover-open').contains(document.activeElement)")
    return panel


def choose(page: Page, *keys: str) -> None:
    """What the hands do in an open panel, then Enter; the panel closes when it is done."""
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".panel:popover-open")).to_have_count(0)


def tab_to(page: Page, wanted: Locator) -> None:
    """Tab until this has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there")
