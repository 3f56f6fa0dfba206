"""Calling for help: silent here, loud at the colleagues, never by a sleeve."""

import pytest
from playwright.sync_api import Page, expect

from store import counters
from tests.browser.counter.hands import tab_to
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, answered, connected, person_pass
from tests.support.asking import seq
from tests.support.servers import Server


def test_the_emergency_key_is_silent_here_and_loud_at_the_colleagues(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    other = connected(open_screen("counter", f"{server.url}/counter/2", passes=person_pass(server, CLERKS[2])))
    before = seen(counter)
    for _ in range(2):
        counter.focus("#owner_name")
        counter.keyboard.down("F7")
        expect(other.locator("#alarms .alarm")).to_contain_text("Quầy 1 gọi hỗ trợ")
        counter.keyboard.up("F7")
        answered(counter)
        assert seen(counter) == before
        other.locator("#alarms button").click()
        expect(other.locator("#alarms .alarm")).to_have_count(0)


@pytest.mark.parametrize("way", ["mouse", "Enter", "Space", "F7"])
def test_the_hold_that_calls_for_help_does_not_end_the_call(way: str, counter: Page, server: Server) -> None:
    """Under the finger the button becomes another one; a second cry of despair withdraws nothing either."""
    counter.focus("#help-button")
    if way == "mouse":
        counter.hover("#help-button")
    press, free = (counter.mouse.down, counter.mouse.up) if way == "mouse" else (
        lambda: counter.keyboard.down(way), lambda: counter.keyboard.up(way))  # fmt: skip
    press()
    expect(counter.locator("#help-off")).to_be_visible()
    if way != "mouse":
        press()  # a key that is held repeats
    free()
    counter.keyboard.down("F7")
    counter.wait_for_timeout(1200)
    counter.keyboard.up("F7")
    answered(counter)
    assert [alarm.counter for alarm in server.store.read(counters.alarms)] == [1]


def test_a_call_for_help_by_mistake_is_taken_back_where_it_was_made(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    other = connected(open_screen("counter", f"{server.url}/counter/2", passes=person_pass(server, CLERKS[2])))
    before = seen(counter)
    counter.keyboard.down("F7")
    expect(other.locator("#alarms .alarm")).to_contain_text("Quầy 1 gọi hỗ trợ")
    counter.keyboard.up("F7")
    tab_to(counter, counter.get_by_role("button", name="Hủy gọi hỗ trợ"))
    counter.keyboard.press("Enter")
    expect(other.locator("#alarms .alarm")).to_have_count(0)
    expect(counter.locator("#help-button")).to_be_visible()
    assert seen(counter) == before


def seen(page: Page) -> str:
    """What somebody who looks over the clerk's shoulder can read, but for the small words on one button."""
    return page.locator("body").inner_text().replace(page.locator("#helping").inner_text(), "")


@pytest.mark.parametrize("key", ["F7", "Space", "Enter"])
def test_a_sleeve_on_the_emergency_key_calls_nobody(key: str, counter: Page, server: Server) -> None:
    answered(counter)
    before = seq(server)
    counter.focus("[data-hold]")
    counter.keyboard.down(key)
    counter.wait_for_timeout(300)
    counter.keyboard.up(key)
    counter.locator("#helping button").click()
    counter.wait_for_timeout(900)
    answered(counter)
    assert seq(server) == before


@pytest.mark.planted
def test_planted_key_that_need_not_be_held_is_seen(counter: Page, server: Server) -> None:
    counter.evaluate("document.addEventListener('keydown', () => document.getElementById('help').requestSubmit())")
    with pytest.raises(AssertionError):
        test_a_sleeve_on_the_emergency_key_calls_nobody("F7", counter, server)
