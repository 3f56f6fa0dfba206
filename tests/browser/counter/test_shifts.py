"""A whole turn and a whole shift by keyboard alone; two clerks at once."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.days import local
from operations import entering, shifts
from store import counters, dossiers, jobs
from store.writer import Act
from tests.browser.counter.hands import calls, choose, next_one, number, open_panel, shows, tab_to, ticket
from tests.browser.scenes import CLERKS
from tests.browser.screens import Screens, answered, connected, person_pass
from tests.support.asking import CHEAP, PASSWORD
from tests.support.servers import Server

PIN = "2580"
WHICH = "Hôm nay bạn ngồi quầy nào?"


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


def press_on(page: Page, wanted: Locator) -> None:
    """Tab to it, then Enter."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def sign_in(page: Page, login: str, password: str) -> None:
    """The first field has the focus."""
    expect(page.locator("#login")).to_be_focused()
    for key in (*login, "Tab", *password, "Enter"):
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text(WHICH)


def begin(page: Page) -> None:
    """Signing in with the password, a PIN for the day, the own counter."""
    sign_in(page, "canbo01", PASSWORD)
    press_on(page, page.locator("a[href='/pin']"))
    expect(page.locator("h1")).to_have_text("Mã PIN mở khóa màn hình")
    tab_to(page, page.locator("#pin"))
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_be_visible()
    press_on(page, page.locator("a.mark"))
    expect(page.locator("h1")).to_have_text(WHICH)
    press_on(page, page.locator("form[action='/counter/1/shifts'] button"))
    expect(page).to_have_url(re.compile("/counter/1$"))
    connected(page)


def call_twice_and_miss(page: Page, server: Server) -> None:
    """Called, called again, absent; who comes back is called after the next one."""
    next_one(page, "001")
    page.keyboard.press("r")
    answered(page)
    assert calls(server) == 2
    page.keyboard.press("n")
    shows(page, "–")
    press_on(page, page.locator("#away form button"))
    expect(page.locator("#away")).to_have_count(0)
    assert ticket(server, 1).state == "waiting"


def set_aside_and_call(page: Page) -> None:
    """Set aside with a reason, called again from there."""
    open_panel(page, "h")
    choose(page, "ArrowDown", "Tab")
    expect(page.locator("#parked li")).to_contain_text("lấy thêm giấy tờ")
    shows(page, "–")
    press_on(page, page.locator("#parked form button"))
    expect(page.locator("#parked")).to_have_count(0)


def transfer(page: Page, server: Server, n: int) -> None:
    """To the queue whose name begins with C, for the second reason."""
    open_panel(page, "t")
    choose(page, "c", "Tab", "Tab", "Tab", "ArrowDown", "Tab")
    shows(page, "–")
    assert ticket(server, n).queue == "cu-tru" and ticket(server, n).note == "other-queue"


def receive(page: Page, server: Server) -> None:
    """F8, the procedure, two papers, the applicant; the receipt's code is read."""
    page.keyboard.press("F8")
    expect(page.locator("#procedure")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#papers li label")).not_to_have_count(0)
    tab_to(page, page.locator("#owner_name"))
    page.keyboard.insert_text("LÊ VĂN MẪU")
    tab_to(page, page.locator("#papers input").first)
    page.keyboard.press("Space")
    press_on(page, page.locator("#intake .second"))
    expect(page.locator("#result [data-done]")).to_be_visible()
    assert len(server.store.read(dossiers.newest, 10)) == 1
    tab_to(page, page.locator("[data-key=KeyX]"))


def finish_undo_finish(page: Page, server: Server, n: int) -> None:
    """Incomplete by mistake, taken back, then done."""
    open_panel(page, "k")
    choose(page, "ArrowDown", "Tab")
    shows(page, "–")
    assert ticket(server, n).outcome == "incomplete"
    page.keyboard.press("z")
    shows(page, f"{n:03d}")
    assert ticket(server, n).outcome is None
    page.keyboard.press("x")
    shows(page, "–")


def add_somebody(page: Page) -> None:
    """A walk-up in the first queue."""
    open_panel(page, "w")
    choose(page, "Tab", "Tab")
    expect(page.locator("#said")).to_contain_text(re.compile("A.013"))


def rest(page: Page) -> None:
    """A meeting of some minutes and its end."""
    open_panel(page, "p")
    choose(page, "ArrowDown", "Tab", "5")
    expect(page.locator("#facts")).to_contain_text("họp")
    page.keyboard.press("p")
    expect(page.locator("#facts")).not_to_contain_text("họp")


def print_again(page: Page, server: Server) -> None:
    """The lost slip of the first number, found by the minute it was given."""
    given = local(ticket(server, 1).arrived_at)
    panel = open_panel(page, "s")
    for key in ("Tab", *f"{given:%I%M}", *f"{given:%p}"[0].lower(), "Enter"):
        page.keyboard.press(key)
    expect(panel.locator("#slips-found li")).to_have_count(13)
    for key in ("Tab", "Tab", "Tab"):  # the clock of the field, the button, the first slip
        page.keyboard.press(key)
    choose(page)
    expect(page.locator("#said")).to_contain_text(re.compile("A.001"))
    copy = server.store.read(jobs.print_job_of, "ticket", str(ticket(server, 1).id))
    assert copy is not None and copy.copy == 2


def call_for_help(page: Page, server: Server) -> None:
    """The key is held until help is called, and the call is taken back."""
    page.keyboard.down("F7")
    expect(page.locator("#help-off")).to_be_visible()
    page.keyboard.up("F7")
    assert [alarm.counter for alarm in server.store.read(counters.alarms)] == [1]
    press_on(page, page.locator("#help-off-button"))
    expect(page.locator("#help-button")).to_be_visible()
    assert not server.store.read(counters.alarms)


def lock_and_open(page: Page, digits: str) -> None:
    """Away for a moment while somebody looks for a paper: the PIN, and the same number."""
    press_on(page, page.locator("#lock button"))
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/counter/1$"))
    shows(connected(page), digits)


def end(page: Page, server: Server) -> None:
    """Close the counter, sign out."""
    press_on(page, page.locator("form[action='/counter/1/shifts/end'] button"))
    expect(page.locator("h1")).to_have_text(WHICH)
    assert server.store.read(counters.shift_at, 1) is None
    press_on(page, page.locator("form[action='/sign-out'] button"))
    expect(page.locator("#login")).to_be_focused()


def without_mouse(page: Page) -> Page:
    """From here on a page that feels a mouse or a finger, or is clicked by script, says so."""
    page.add_init_script("""for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'mousemove'])
      document.addEventListener(kind, () => console.error('a mouse was used'), true);""")
    return page


def test_a_whole_shift_by_keyboard_alone(server: Server, open_screen: Screens) -> None:
    """C1: every act of a clerk from signing in to signing out, no mouse and no click anywhere."""
    server.store.write_now(Act("test"), shifts.close_shift, 1, CLERKS[1])
    server.store.write_now(Act("test"), entering.set_password, CLERKS[1], CHEAP.hash(PASSWORD))
    page = without_mouse(open_screen.blank("counter"))
    page.goto(f"{server.url}/counter")
    begin(page)
    call_twice_and_miss(page, server)
    next_one(page, "001")
    set_aside_and_call(page)
    shows(page, "001")
    transfer(page, server, 1)
    open_panel(page, "g")
    choose(page, "a", "5")
    shows(page, "005")
    page.keyboard.press("b")
    expect(page.locator("[data-key=KeyX]")).to_be_visible()
    receive(page, server)
    finish_undo_finish(page, server, 5)
    add_somebody(page)
    rest(page)
    print_again(page, server)
    call_for_help(page, server)
    next_one(page, "002")
    lock_and_open(page, "002")
    page.keyboard.press("n")
    shows(page, "–")
    end(page, server)


@pytest.mark.planted
def test_planted_click_in_a_shift_by_keyboard_is_seen(counter: Page, open_screen: Screens) -> None:
    without_mouse(counter).reload()
    counter.locator("h1").click(force=True)
    with pytest.raises(AssertionError):
        assert not open_screen.unexpected()
    open_screen.allow(counter, "a mouse was used")


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
    expect(counter.locator("h1")).to_have_text(WHICH)


def test_signing_out_ends_the_screen(counter: Page, server: Server) -> None:
    counter.click("form[action='/sign-out'] button")
    counter.wait_for_url(re.compile("/sign-in"))
    counter.goto(f"{server.url}/counter/1")
    assert "/sign-in" in counter.url
