"""Double presses, held keys, and keys that belong to a field or a button."""

import re

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.counter.hands import calls, next_one, number, shows
from tests.browser.screens import answered
from tests.support.servers import Server


def assert_one_call(page: Page, server: Server) -> None:
    """One press too many calls nobody."""
    answered(page)
    assert calls(server) == 1


@pytest.mark.parametrize("milliseconds", [0, 60, 150, 300])
def test_f2_twice_calls_once(milliseconds: int, counter: Page, server: Server) -> None:
    """C2: a double press is one call, however fast the server answers in between."""
    counter.keyboard.press("F2")
    counter.wait_for_timeout(milliseconds)
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile(r"A.\d{3}"))
    assert_one_call(counter, server)


def test_a_double_click_calls_once(counter: Page, server: Server) -> None:
    counter.dblclick("[data-key=F2]")
    expect(counter.locator("#own-number")).to_have_text(re.compile(r"A.\d{3}"))
    assert_one_call(counter, server)


def test_a_held_key_calls_once(counter: Page, server: Server) -> None:
    counter.keyboard.down("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    for _ in range(5):
        counter.keyboard.down("F2")  # while it is down, each further one is a repeat
    counter.keyboard.up("F2")
    assert_one_call(counter, server)


@pytest.mark.planted
def test_planted_screen_without_drop_calls_twice(counter: Page, server: Server) -> None:
    """Two presses under two request ids, as from a screen that neither waits nor remembers."""
    counter.evaluate("""async () => {
      const form = document.querySelector('[data-key=F2]').form;
      const press = id => fetch(form.action, { method: 'POST', body: new URLSearchParams({ request_id: id }) });
      await press('planted-press-1');
      await press('planted-press-2');
    }""")
    with pytest.raises(AssertionError):
        assert_one_call(counter, server)


@pytest.mark.parametrize("key", ["r", "n", "x", "F2"])
def test_no_key_fires_inside_a_field(key: str, counter: Page, server: Server) -> None:
    """C1: who types a name does not call, recall or dismiss anybody."""
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.focus("#owner_name")
    counter.keyboard.press(key)
    answered(counter)
    assert (number(counter)[-3:], calls(server)) == ("001", 1)


def test_telex_while_composing_is_no_command(counter: Page, server: Server) -> None:
    """Keys go by place and ignore composition, so that an input method cannot call anybody."""
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.evaluate("""() => document.body.dispatchEvent(
      new KeyboardEvent('keydown', { code: 'KeyN', key: 'Process', isComposing: true, bubbles: true }))""")
    counter.keyboard.press("Alt+KeyN")
    answered(counter)
    assert number(counter)[-3:] == "001"


def test_space_and_enter_belong_to_the_focused_button(counter: Page, server: Server) -> None:
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.focus("#own-number >> xpath=..")
    counter.keyboard.press("Space")
    counter.keyboard.press("Enter")
    answered(counter)
    assert calls(server) == 1


def test_focus_stays_on_the_button_that_was_pressed(counter: Page, server: Server) -> None:
    """Who works by Tab and Enter is not thrown back to the top by the answer."""
    counter.focus("[data-key=F2]")
    counter.keyboard.press("Enter")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    assert counter.evaluate("document.activeElement.dataset.key") == "F2"


def test_focus_goes_over_to_the_button_that_takes_the_place(counter: Page, server: Server) -> None:
    next_one(counter, "001")
    counter.focus("[data-key=KeyB]")
    counter.keyboard.press("Enter")
    expect(counter.locator("[data-key=KeyX]")).to_be_focused()


def test_the_next_press_counts_before_the_last_one_is_answered(counter: Page, server: Server) -> None:
    """The picture comes by the socket before the answer does: what it offers can be pressed at once."""
    next_one(counter, "001")
    late: list[tuple[Route, APIResponse]] = []

    def answer_late(route: Route) -> None:
        late.append((route, route.fetch()))

    counter.route("**/starts", answer_late)
    counter.keyboard.press("b")
    expect(counter.locator("[data-key=KeyX]")).to_be_visible()
    counter.keyboard.press("x")
    shows(counter, "–")
    for route, answer in late:
        route.fulfill(response=answer, body="")
    answered(counter)
    shows(counter, "–")
