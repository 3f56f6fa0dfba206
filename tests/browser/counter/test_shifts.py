"""A whole turn and a whole shift by keyboard alone; two clerks at once."""

import re

from playwright.sync_api import Page, expect

from domain.days import local
from operations import shifts
from store import jobs
from store.writer import Act
from tests.browser.counter.hands import calls, choose, next_one, number, open_panel, shows, ticket
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, connected, person_pass
from tests.support.servers import Server


def test_a_whole_turn_by_keyboard(counter: Page, server: Server) -> None:
    """C1: call, call again, absent, next, come, done: no mouse."""
    next_one(counter, "001")
    counter.keyboard.press("r")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.keyboard.press("n")
    shows(counter, "–")
    next_one(counter, "002")
    counter.keyboard.press("b")
    expect(counter.locator("[data-key=KeyX]")).to_be_visible()
    counter.keyboard.press("x")
    shows(counter, "–")
    assert calls(server) == 3
    counter.keyboard.press("F8")
    expect(counter.locator("#procedure")).to_be_focused()


def test_a_whole_shift_by_keyboard_alone(counter: Page, server: Server) -> None:
    """C1: every act of a clerk, no mouse and no click anywhere."""
    next_one(counter, "001")
    open_panel(counter, "h")
    choose(counter, "ArrowDown", "Tab")
    expect(counter.locator("#parked li")).to_contain_text("lấy thêm giấy tờ")
    shows(counter, "–")
    next_one(counter, "002")
    open_panel(counter, "t")
    choose(counter, "c", "Tab", "Tab", "Tab", "ArrowDown", "Tab")
    shows(counter, "–")
    assert ticket(server, 2).queue == "cu-tru" and ticket(server, 2).note == "other-queue"
    open_panel(counter, "g")
    choose(counter, "a", "5")
    shows(counter, "005")
    counter.keyboard.press("b")
    expect(counter.locator("[data-key=KeyX]")).to_be_visible()
    open_panel(counter, "k")
    choose(counter, "ArrowDown", "Tab")
    shows(counter, "–")
    assert ticket(server, 5).outcome == "incomplete"
    counter.keyboard.press("z")
    shows(counter, "005")
    assert ticket(server, 5).outcome is None
    counter.keyboard.press("x")
    shows(counter, "–")
    open_panel(counter, "w")
    choose(counter, "Tab", "Tab")
    expect(counter.locator("#said")).to_contain_text(re.compile("A.013"))
    open_panel(counter, "p")
    choose(counter, "ArrowDown", "Tab", "5")
    expect(counter.locator("#facts")).to_contain_text("họp")
    counter.keyboard.press("p")
    expect(counter.locator("#facts")).not_to_contain_text("họp")
    given = local(ticket(server, 1).arrived_at)
    panel = open_panel(counter, "s")
    for key in ("Tab", *f"{given:%I%M}", *f"{given:%p}"[0].lower(), "Enter"):
        counter.keyboard.press(key)
    expect(panel.locator("#slips-found li")).to_have_count(13)
    for key in ("Tab", "Tab", "Tab"):  # the clock of the field, the button, the first slip
        counter.keyboard.press(key)
    choose(counter)
    expect(counter.locator("#said")).to_contain_text(re.compile("A.001"))
    copy = server.store.read(jobs.print_job_of, "ticket", str(ticket(server, 1).id))
    assert copy is not None and copy.copy == 2


def test_two_clerks_at_once_get_two_people(counter: Page, server: Server, open_screen: Screens) -> None:
    other = connected(open_screen("counter", f"{server.url}/counter/2", passes=person_pass(server, CLERKS[2])))
    counter.evaluate("document.querySelector('[data-key=F2]').click()")
    other.evaluate("document.querySelector('[data-key=F2]').click()")
    for page in (counter, other):
        expect(page.locator("#own-number")).to_have_text(re.compile(r"A.\d{3}"))
    assert number(counter) != number(other)


def test_a_colleague_who_takes_over_ends_this_screen(counter: Page, server: Server) -> None:
    """A page that is still open must not look like one's own counter."""
    server.store.write_now(Act("cb09"), shifts.take_over, 1, "cb09")
    expect(counter.locator("#own-number")).to_have_count(0)
    expect(counter.locator("h1")).to_have_text("Hôm nay bạn ngồi quầy nào?")


def test_signing_out_ends_the_screen(counter: Page, server: Server) -> None:
    counter.click("form[action='/sign-out'] button")
    counter.wait_for_url(re.compile("/sign-in"))
    counter.goto(f"{server.url}/counter/1")
    assert "/sign-in" in counter.url
