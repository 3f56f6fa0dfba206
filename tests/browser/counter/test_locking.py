"""A screen that nobody touches locks itself; whoever is being served counts as activity."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from operations import calling, entering
from store import counters
from store.writer import Act
from tests.browser.counter.hands import next_one, shows
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, connected, person_pass
from tests.support.asking import CHEAP
from tests.support.servers import Server

PIN = "2580"
IDLE_MINUTES = 10
# What runs once a second runs when a test says so, and whoever wants to lock the screen is noted.
BY_HAND = """
window.everySecond = [];
window.locks = 0;
const every = window.setInterval.bind(window);
window.setInterval = (act, ms) => ms === 1000 ? window.everySecond.push(act) : every(act, ms);
document.addEventListener('submit', event => { if (event.target.id === 'lock') window.locks++; });
"""
# Time goes by on a line that is heard all along.
PASS_TIME = """minutes => {
  window.ahead.page += minutes * 60000;
  const detail = { message: { data: '{"t":"hb"}' } };
  document.dispatchEvent(new CustomEvent('htmx:ws:before:message:incoming', { detail }));
  for (const act of window.everySecond) act();
  return window.locks;
}"""


@pytest.fixture
def counter(server: Server, open_screen: Screens) -> Page:
    """The clerk of counter 1, who has a PIN, before the own screen."""
    server.store.write_now(Act(CLERKS[1]), entering.set_pin, CLERKS[1], CHEAP.hash(PIN))
    page = open_screen.blank("counter", person_pass(server, CLERKS[1]))
    page.add_init_script(BY_HAND)
    page.goto(f"{server.url}/counter/1")
    return connected(page)


def is_locked_after(page: Page, minutes: float) -> bool:
    """Whether the page locks itself when nothing else happens for so many minutes."""
    return bool(page.evaluate(PASS_TIME, minutes))


def give_pin(page: Page) -> None:
    """The field has the focus; nothing of what lies behind can be seen."""
    expect(page).to_have_url(re.compile(r"/locked\?"))
    expect(page.locator("#pin")).to_be_focused()
    assert not re.search(r"[A-Z].\d{3}", page.locator("body").inner_text())
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/counter/1$"))


def test_a_screen_that_nobody_touches_locks_itself_and_the_pin_opens_it(counter: Page, server: Server) -> None:
    """The counter stays the clerk's, and what was set aside stays there."""
    next_one(counter, "001")
    server.store.write_now(Act(CLERKS[1]), calling.set_aside, 1, CLERKS[1])
    shows(counter, "–")
    assert not is_locked_after(counter, IDLE_MINUTES - 0.1)
    assert is_locked_after(counter, 0.2)
    expect(counter).to_have_url(re.compile(r"/locked\?"))
    counter.go_back()
    give_pin(counter)
    expect(counter.locator("#parked li")).to_contain_text(re.compile("A.001"))
    shift = server.store.read(counters.shift_at, 1)
    assert shift is not None and shift.person == CLERKS[1]


def check_serving_is_activity(page: Page) -> None:
    """Somebody sits at the counter for an hour while the clerk reads and touches nothing; then nobody does."""
    next_one(page, "001")
    assert not is_locked_after(page, 60)
    page.keyboard.press("b")
    expect(page.locator("[data-key=KeyX]")).to_be_visible()
    assert not is_locked_after(page, 60)
    page.keyboard.press("x")
    shows(page, "–")
    assert is_locked_after(page, IDLE_MINUTES + 0.1)


def test_serving_counts_as_activity(counter: Page) -> None:
    check_serving_is_activity(counter)


TOUCHES: dict[str, Callable[[Page], None]] = {
    "a key": lambda page: page.keyboard.press("Shift"),
    "the mouse moved": lambda page: page.mouse.move(300, 300),
}


def test_every_touch_counts(counter: Page) -> None:
    for touch in TOUCHES.values():
        assert not is_locked_after(counter, IDLE_MINUTES - 0.1)
        touch(counter)
    assert not is_locked_after(counter, IDLE_MINUTES - 0.1)


def test_a_clerk_who_goes_away_while_serving_locks_by_hand_and_finds_the_same_person(counter: Page) -> None:
    next_one(counter, "001")
    counter.focus("#lock button")
    counter.keyboard.press("Enter")
    give_pin(counter)
    shows(counter, "001")


def test_work_in_one_tab_keeps_the_other_one_open(counter: Page, server: Server) -> None:
    """The lock is the browser's: a forgotten tab must not take the screen from whoever works in another."""
    forgotten = counter.context.new_page()
    forgotten.add_init_script(BY_HAND)
    forgotten.goto(f"{server.url}/counter/keys")
    assert not is_locked_after(forgotten, IDLE_MINUTES - 0.1)
    forgotten.evaluate("new BroadcastChannel('touched').onmessage = () => { window.heard = true; }")
    counter.keyboard.press("Shift")
    assert not is_locked_after(counter, 0)
    forgotten.wait_for_function("window.heard")
    assert not is_locked_after(forgotten, IDLE_MINUTES - 0.1)


FAULTS = {
    "serving is not noticed": "document.addEventListener('htmx:after:swap', "
    "() => document.querySelector('[data-ticking]')?.removeAttribute('data-ticking'))",
    "the lock waits an hour": "document.getElementById('lock').dataset.idleMinutes = '600'",
}


@pytest.mark.planted
@pytest.mark.parametrize("fault", FAULTS)
def test_planted_lock_that_counts_wrongly_is_seen(fault: str, counter: Page) -> None:
    counter.evaluate(FAULTS[fault])
    with pytest.raises(AssertionError):
        check_serving_is_activity(counter)
