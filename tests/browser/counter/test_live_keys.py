"""Keys that change while the clerk's page is open: it takes them within a second, and is never loaded anew."""

import re
from dataclasses import replace

from playwright.sync_api import Page, expect

from domain.centre_rules import Scanner
from operations import managing
from store import plans
from store.writer import Act
from tests.browser.counter.hands import shows
from tests.support.halls import demo_calendar
from tests.support.servers import Server

WITHIN = 1000  # milliseconds until the page that is open knows its new keys


def beside(counter: Page, server: Server) -> Page:
    """A second tab of the same clerk, on the page of keys."""
    other = counter.context.new_page()
    other.goto(f"{server.url}/counter/keys")
    return other


def choose(keys: Page, act: str, code: str) -> None:
    """Another key for one act, saved on the page of keys."""
    keys.select_option(f"#key-{act}", code)
    keys.get_by_role("button", name="Lưu").click()
    expect(keys.locator(".done")).to_contain_text("Đã lưu")


def test_the_open_page_takes_the_keys_chosen_in_another_tab(counter: Page, server: Server) -> None:
    """What is typed, and where, stays."""
    counter.fill("#owner_name", "LÊ THỊ TH")
    counter.evaluate("window.before = true")
    keys = beside(counter, server)
    for act, code in (("next", "F4"), ("intake", "F6"), ("scan", "F10"), ("help", "F3")):
        choose(keys, act, code)
    counter.bring_to_front()
    expect(counter.locator("#helping")).to_have_attribute("data-key", "F3", timeout=WITHIN)
    expect(counter.locator(".intake h2 kbd")).to_have_text("F6", timeout=WITHIN)
    expect(counter.locator("#procedure")).to_have_attribute("aria-keyshortcuts", "F6", timeout=WITHIN)
    expect(counter.locator(".intake .head button kbd")).to_have_text("F10", timeout=WITHIN)
    counter.keyboard.insert_text("Ử")
    for gone in ("F2", "F8"):
        counter.keyboard.press(gone)
    expect(counter.locator("#owner_name")).to_be_focused()
    counter.keyboard.press("F6")
    expect(counter.locator("#procedure")).to_be_focused()
    counter.keyboard.press("F10")
    expect(counter.locator("#panel-scan")).to_be_visible()
    counter.keyboard.press("Escape")
    assert (counter.input_value("#owner_name"), counter.evaluate("window.before")) == ("LÊ THỊ THỬ", True)
    counter.evaluate("document.activeElement.blur()")
    counter.keyboard.press("F4")
    shows(counter, "001")


def test_the_open_page_keeps_no_key_that_was_switched_off(counter: Page, server: Server) -> None:
    keys = beside(counter, server)
    keys.get_by_label("Tắt hết phím tắt").check()
    keys.get_by_role("button", name="Lưu").click()
    expect(keys.locator(".done")).to_contain_text("Đã lưu")
    counter.bring_to_front()
    left = counter.locator(".desk-grid [data-key], .desk-grid [aria-keyshortcuts]")
    expect(left).to_have_count(0, timeout=WITHIN)


def test_the_open_page_takes_another_key_of_the_scanners(counter: Page, server: Server) -> None:
    counter.fill("#owner_name", "LÊ")
    changed = replace(server.store.read(plans.in_force), scanner=Scanner("F10"))
    server.store.write_now(Act("test"), managing.load_centre, changed, demo_calendar())
    expect(counter.locator("[data-scan-prefix=F10] kbd")).to_have_text("F10", timeout=WITHIN)
    counter.keyboard.press("F10")
    counter.keyboard.type("A003")
    counter.keyboard.press("Enter")
    expect(counter.locator("#scan-found .which")).to_have_text(re.compile("A.003"))
    assert counter.input_value("#owner_name") == "LÊ"
