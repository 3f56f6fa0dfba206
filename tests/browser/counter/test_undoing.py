"""An act taken back: at the counter for ten seconds, on the wall for eight."""

import re

from playwright.sync_api import Page, expect

from operations import calling
from store import tickets
from store.writer import Act
from tests.browser.counter.hands import choose, next_one, open_panel, shows, tab_to, ticket
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, answered, connected, device_pass
from tests.support.asking import seq
from tests.support.servers import Server

# Which announcements a wall plays; a clip ends when the test says so.
EARS = """
window.played = [];
Object.defineProperty(HTMLMediaElement.prototype, 'src', {
  set(url) { window.played.push(Number(url.match(/([0-9]+).wav/)[1])); }, get() { return ''; } });
HTMLMediaElement.prototype.play = function () { window.saying(this); return Promise.resolve(); };
"""


def undo(page: Page) -> None:
    """Z takes back what is offered; the offer goes."""
    page.keyboard.press("z")
    expect(page.locator("[data-key=KeyZ]")).to_have_count(0)


def test_a_number_is_mended_by_keyboard_alone_and_each_time_taken_back(counter: Page, server: Server) -> None:
    """C1, C3: class, more time, gone, back again; the own number without typing, any other typed."""
    next_one(counter, "001")
    before = ticket(server, 1)
    panel = open_panel(counter, "e")
    expect(panel.locator(".which")).to_contain_text(re.compile("A.001"))
    for key in ("Tab", "Tab", "ArrowDown", "Tab"):  # the button of the search, the classes, the button
        counter.keyboard.press(key)
    choose(counter)
    expect(counter.locator(".queue b")).to_be_visible()
    assert ticket(server, 1).priority is not None
    undo(counter)
    expect(counter.locator(".queue b")).to_have_count(0)
    assert ticket(server, 1) == before
    for words, moved in (("Cho thêm thời gian", "key"), ("Người dân không chờ nữa", "state")):
        before = ticket(server, 2)
        panel = open_panel(counter, "e")
        counter.keyboard.type("a2")
        counter.keyboard.press("Enter")
        expect(panel.locator(".which")).to_contain_text(re.compile("A.002"))
        tab_to(counter, panel.get_by_role("button", name=words))
        choose(counter)
        expect(counter.locator("[data-key=KeyZ]")).to_be_visible()
        assert getattr(ticket(server, 2), moved) != getattr(before, moved)
        undo(counter)
        assert ticket(server, 2) == before
    counter.keyboard.press("n")
    shows(counter, "–")
    tab_to(counter, counter.get_by_role("button", name="Đã quay lại"))
    counter.keyboard.press("Enter")
    expect(counter.locator("#away")).to_have_count(0)
    undo(counter)
    expect(counter.locator("#away")).to_be_visible()
    assert ticket(server, 1).state == "absent"


def test_undo_leaves_after_ten_seconds_and_nothing_moves(counter: Page, server: Server) -> None:
    next_one(counter, "001")
    undo = counter.locator("[data-key=KeyZ]")
    expect(undo).to_be_visible()
    top = counter.locator("#tools").bounding_box()
    counter.evaluate(
        "document.getAnimations().forEach(a => { if (a.effect.getTiming().delay > 9000) a.finish(); })"
    )
    expect(undo).to_be_hidden()
    before = seq(server)
    counter.keyboard.press("z")
    answered(counter)
    assert (counter.locator("#tools").bounding_box(), seq(server)) == (top, before)


def test_an_undone_call_is_taken_back_on_the_wall_for_eight_seconds(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    """C3: 'Số A 001 xin chờ', and spoken because the call was."""
    wall = open_screen.blank("wall", device_pass(server, "W1"))
    wall.add_init_script(EARS)
    wall.add_init_script("window.saying = clip => setTimeout(() => clip.onended?.(), 50);")
    wall.goto(f"{server.url}/display/W1")
    connected(wall)
    next_one(counter, "001")
    expect(wall.locator("#now .number")).to_have_text(re.compile("A.001"))
    wall.wait_for_function("() => window.played?.length === 1 && !document.documentElement.dataset.speaking")
    counter.keyboard.press("z")
    shows(counter, "–")
    expect(wall.locator(".taken-back")).to_have_text(re.compile("Số A.001 xin chờ"))
    expect(wall.locator("#now .call")).to_have_count(0)
    wall.wait_for_function("() => window.played.length === 2")
    (withdrawn,) = [
        c for c in server.store.read(tickets.calls_after, 1, range(1, 13), 0, 100) if c.kind == "withdrawn"
    ]
    assert wall.evaluate("window.played[1]") == withdrawn.seq
    delays = "document.getAnimations().map(a => a.effect.getTiming().delay).filter(ms => ms > 1000)"
    assert wall.evaluate(delays) == [8000]
    wall.evaluate("document.getAnimations().forEach(a => a.finish())")
    expect(wall.locator(".taken-back")).to_be_hidden()


def test_a_call_undone_before_it_was_spoken_is_not_spoken_at_all(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    wall = open_screen.blank("wall", device_pass(server, "W1"))
    wall.add_init_script(EARS)
    wall.add_init_script("window.saying = clip => { window.end = () => clip.onended?.(); };")
    wall.goto(f"{server.url}/display/W1")
    connected(wall)
    server.store.write_now(Act(CLERKS[2]), calling.call_next, 2, CLERKS[2])
    wall.wait_for_function("() => window.played?.length === 1")  # and it is still being said
    next_one(counter, "002")
    counter.keyboard.press("z")
    expect(wall.locator(".taken-back")).to_have_count(1)
    wall.evaluate("window.end()")
    wall.wait_for_function("() => !document.documentElement.dataset.speaking")
    answered(wall)
    assert wall.evaluate("window.played.length") == 1
