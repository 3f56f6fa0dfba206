"""The clerk's own keys and the scanner's: what fires where, and that no timing decides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.centre_rules import Scanner
from operations import managing, shifts, ticketing
from store import plans
from store.writer import Act
from tests.browser.counter.hands import calls, next_one, number, shows, ticket
from tests.browser.scenes import CLERKS, NOWHERE
from tests.browser.screens import Screens, answered, connected, person_pass
from tests.support.asking import follow_path, seq
from tests.support.halls import demo_calendar
from tests.support.servers import Server, running

CARD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The demo centre with six people before counter 1."""
    with running(tmp_path / "data", printer_of=NOWHERE) as found:
        found.open_shift(CLERKS[1], 1)
        for _ in range(6):
            found.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        yield found


def own_keys(server: Server, *, off: bool = False, **keys: str) -> None:
    """What the clerk of counter 1 has chosen."""
    server.store.write_now(Act("cb01"), shifts.choose_keys, "cb01", keys, off=off)


def test_an_own_key_works_and_the_usual_one_no_more(counter: Page, server: Server) -> None:
    own_keys(server, next="F4", absent="KeyQ")
    expect(counter.locator("[data-key=F4] kbd")).to_have_text("F4")
    counter.keyboard.press("F2")
    answered(counter)
    assert calls(server) == 0
    counter.keyboard.press("F4")
    shows(counter, "001")
    counter.keyboard.press("n")
    answered(counter)
    assert number(counter)[-3:] == "001"
    counter.keyboard.press("q")
    shows(counter, "–")


def test_an_own_letter_stays_a_letter_in_a_field(counter: Page, server: Server) -> None:
    own_keys(server, next="KeyQ")
    expect(counter.locator("[data-key=KeyQ]")).to_be_visible()
    counter.focus("#owner_name")
    counter.keyboard.press("q")
    answered(counter)
    assert (counter.input_value("#owner_name"), calls(server)) == ("q", 0)


def test_switched_off_no_key_does_anything_and_every_button_still_does(counter: Page, server: Server) -> None:
    own_keys(server, off=True)
    expect(counter.locator("[data-key=F2]")).to_have_count(0)
    before = seq(server)
    for key in ("F2", "r", "e", "g", "F8"):
        counter.keyboard.press(key)
    counter.keyboard.down("F7")
    counter.wait_for_timeout(1200)
    counter.keyboard.up("F7")
    answered(counter)
    assert seq(server) == before
    expect(counter.locator(".panel:popover-open")).to_have_count(0)
    counter.click(".buttons .primary")
    shows(counter, "001")


def test_the_page_of_keys_is_reached_and_left_by_keyboard(counter: Page, server: Server) -> None:
    counter.get_by_role("link", name="Phím tắt").focus()
    counter.keyboard.press("Enter")
    counter.wait_for_url("**/counter/keys")
    counter.focus("#key-again")
    counter.keyboard.press("y")
    counter.keyboard.press("Tab")
    counter.get_by_role("button", name="Lưu").press("Enter")
    expect(counter.locator(".done")).to_contain_text("Đã lưu")
    expect(counter.locator("#key-again")).to_have_value("KeyY")
    counter.get_by_role("link", name="Về quầy của tôi").press("Enter")
    counter.wait_for_url("**/counter/1")
    connected(counter)
    next_one(counter, "001")
    expect(counter.locator("[data-key=KeyY]")).to_contain_text("Gọi lại")


def scan(page: Page, text: str, pause: int = 0, prefix: str = "F9") -> None:
    """As a scanner types: prefix, code, Enter, with so many milliseconds between the keys."""
    page.keyboard.press(prefix)
    for letter in text:
        page.keyboard.type(letter) if letter.isascii() else page.keyboard.insert_text(letter)
        if pause:
            page.wait_for_timeout(pause)
    page.keyboard.press("Enter")


def found(page: Page, text: str, pause: int) -> str:
    """What the panel shows after this scan."""
    scan(page, text, pause)
    expect(page.locator("#scan-found .which")).to_be_visible()
    shown = page.locator("#scan-found").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".panel:popover-open")).to_have_count(0)
    expect(page.locator("#scan-found")).to_be_empty()  # or the next look would see this answer again
    return shown


@pytest.mark.parametrize("focus", ["body", "#owner_name", "[data-key=F2]"])
def test_a_slow_scan_and_a_fast_one_give_the_same(focus: str, counter: Page, server: Server) -> None:
    """C4: never by timing, wherever the focus is; not a letter of it lands in another field."""
    link = "https://motcua.example" + follow_path(server, ticket(server, 3).id)
    answers = set()
    for text, pause in ((link[-40:], 120), (link, 0), ("A003", 400), ("A003", 0)):
        counter.evaluate("focus => document.querySelector(focus).focus()", focus)
        answers.add(found(counter, text, pause))
    assert len(answers) == 1
    assert re.search("A.003", answers.pop())
    assert counter.input_value("#owner_name") == ""
    assert calls(server) == 0


def test_a_second_scan_in_the_open_panel_replaces_the_first(counter: Page, server: Server) -> None:
    scan(counter, "A003")
    scan(counter, "A004")
    expect(counter.locator("#scan-found .which")).to_have_text(re.compile("A.004"))


def test_a_card_fills_name_and_number_and_says_that_it_is_unsigned(counter: Page, server: Server) -> None:
    before = seq(server)
    scan(counter, CARD)
    expect(counter.locator("#prefilled")).to_contain_text("hãy đối chiếu với thẻ")
    filled = [counter.input_value(field) for field in ("#owner_name", "#identity")]
    assert filled == ["Nguyễn Văn A", "001090123456"]
    expect(counter.locator(".panel:popover-open")).to_have_count(0)
    expect(counter.locator("#procedure")).to_be_focused()
    assert counter.evaluate("document.documentElement.outerHTML.includes('001090123456')") is False
    assert (seq(server), counter.url) == (before, f"{server.url}/counter/1")
    counter.select_option("#procedure", "1.001193")
    counter.click("#intake .second")
    expect(counter.locator("#owner_name")).to_have_value("")
    expect(counter.locator("#prefilled")).to_be_empty()


def test_what_is_nothing_of_ours_is_said_in_the_panel_and_leaves_the_field(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    open_screen.allow(counter, "status of 422")
    scan(counter, "893456712")
    expect(counter.locator("#told-scan .failure")).to_be_visible()
    assert counter.input_value("#scan-text") == ""


@pytest.mark.parametrize(("prefix", "sent"), [("STX", "Control+b"), ("F10", "F10")])
def test_the_centre_says_with_what_its_scanners_begin(
    prefix: str, sent: str, server: Server, open_screen: Screens
) -> None:
    """Also where the clerk has switched all own keys off; STX comes as a keyboard sends it."""
    changed = replace(server.store.read(plans.in_force), scanner=Scanner(prefix))
    server.store.write_now(Act("test"), managing.load_centre, changed, demo_calendar())
    own_keys(server, off=True)
    page = connected(open_screen("counter", f"{server.url}/counter/1", passes=person_pass(server, CLERKS[1])))
    page.focus("#owner_name")
    page.keyboard.press("F9")
    expect(page.locator(".panel:popover-open")).to_have_count(0)
    page.keyboard.press(sent)
    page.keyboard.type("A003")
    page.keyboard.press("Enter")
    expect(page.locator("#scan-found .which")).to_have_text(re.compile("A.003"))


@pytest.mark.planted
def test_planted_scanner_by_timing_is_seen(counter: Page, server: Server, open_screen: Screens) -> None:
    """A field that forgets what came more than 50 ms ago loses a slow scan."""
    open_screen.allow(counter, "status of 422")
    counter.evaluate("""() => {
      let last = 0;
      document.getElementById('scan-text').addEventListener('keydown', event => {
        if (event.key.length === 1 && event.timeStamp - last > 50) event.target.value = '';
        last = event.timeStamp;
      });
    }""")
    with pytest.raises(AssertionError):
        test_a_slow_scan_and_a_fast_one_give_the_same("body", counter, server)
