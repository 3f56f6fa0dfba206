"""The clerk's hands: keys, double presses, text half typed while news arrives."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from operations import ticketing
from store.writer import Act
from tests.browser.scenes import CLERKS, NOWHERE
from tests.browser.screens import Screens, answered, connected, person_pass
from tests.support.servers import Server, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The demo centre with twelve people before counter 1."""
    with running(tmp_path / "data", printer_of=NOWHERE) as found:
        for counter in (1, 2):
            found.open_shift(CLERKS[counter], counter)
        for _ in range(12):
            found.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        yield found


@pytest.fixture
def counter(server: Server, open_screen: Screens) -> Page:
    """The clerk of counter 1 before the own screen."""
    return connected(open_screen("counter", f"{server.url}/counter/1", passes=person_pass(server, CLERKS[1])))


def calls(server: Server) -> int:
    """How many announcements there were."""
    return server.store.read(lambda db: int(db.execute("SELECT count(*) FROM calls").fetchone()[0]))


def number(page: Page) -> str:
    """The ticket on the clerk's screen."""
    return page.locator("#own-number").inner_text()


def assert_one_call(page: Page, server: Server) -> None:
    """One press too many calls nobody."""
    answered(page)
    assert calls(server) == 1


def test_a_whole_turn_by_keyboard(counter: Page, server: Server) -> None:
    """C1: call, call again, absent, next, done: no mouse."""
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.keyboard.press("r")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.001"))
    counter.keyboard.press("n")
    expect(counter.locator("#own-number")).to_have_text("–")
    expect(counter.locator("body[data-resting]")).to_have_count(0)
    counter.keyboard.press("F2")
    expect(counter.locator("#own-number")).to_have_text(re.compile("A.002"))
    counter.keyboard.press("x")
    expect(counter.locator("#own-number")).to_have_text("–")
    assert calls(server) == 3
    counter.keyboard.press("F8")
    expect(counter.locator("#procedure")).to_be_focused()


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


def test_typing_survives_what_happens_elsewhere(counter: Page, server: Server) -> None:
    """Pushes while a dossier is entered: text, cursor, focus, ticks and the chosen procedure stay."""
    counter.select_option("#procedure", "1.001193")
    counter.check("#papers input >> nth=0")
    counter.type("#owner_name", "NGUYỄN THỊ")
    counter.evaluate("document.getElementById('owner_name').setSelectionRange(3, 5)")
    for waiting in range(13, 16):
        server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        expect(counter.locator("#lines h2 .figures")).to_have_text(str(waiting))
    assert counter.evaluate("""() => { const f = document.activeElement;
      return [f.id, f.value, f.selectionStart, f.selectionEnd, document.getElementById('procedure').value,
              document.querySelectorAll('#papers input:checked').length]; }""") == [
        "owner_name", "NGUYỄN THỊ", 3, 5, "1.001193", 1]  # fmt: skip
    counter.keyboard.type("X")
    expect(counter.locator("#owner_name")).to_have_value("NGUXN THỊ")


def test_an_open_list_stays_open(counter: Page, server: Server) -> None:
    counter.click("#procedure")
    assert counter.evaluate("document.getElementById('procedure').matches(':open')")
    server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
    expect(counter.locator("#lines h2 .figures")).to_have_text("13")
    assert counter.evaluate("document.getElementById('procedure').matches(':open')")


def test_a_refused_dossier_keeps_every_word(counter: Page, server: Server, open_screen: Screens) -> None:
    open_screen.allow(counter, "status of 422")
    counter.select_option("#procedure", "1.001193")
    counter.fill("#owner_name", "TRẦN VĂN B")
    counter.fill("#identity", "12")
    counter.click("#intake .second")
    expect(counter.locator("#result .failure")).to_be_visible()
    assert counter.input_value("#owner_name") == "TRẦN VĂN B" and counter.input_value("#procedure") == "1.001193"
    counter.fill("#identity", "038190000001")
    counter.click("#intake .second")
    expect(counter.locator("#result [data-done]")).to_be_visible()
    assert counter.input_value("#owner_name") == ""


def test_two_dossiers_in_a_row_are_two(counter: Page, server: Server) -> None:
    for name in ("LÊ THỊ C", "LÊ THỊ D"):
        counter.select_option("#procedure", "1.001193")
        counter.fill("#owner_name", name)
        counter.click("#intake .second")
        expect(counter.locator("#owner_name")).to_have_value("")
    assert server.store.read(lambda db: db.execute("SELECT count(*) FROM dossiers").fetchone()[0]) == 2


def test_two_clerks_at_once_get_two_people(counter: Page, server: Server, open_screen: Screens) -> None:
    other = connected(open_screen("counter", f"{server.url}/counter/2", passes=person_pass(server, CLERKS[2])))
    counter.evaluate("document.querySelector('[data-key=F2]').click()")
    other.evaluate("document.querySelector('[data-key=F2]').click()")
    for page in (counter, other):
        expect(page.locator("#own-number")).to_have_text(re.compile(r"A.\d{3}"))
    assert number(counter) != number(other)


def test_at_twice_the_size_nothing_is_lost(server: Server, open_screen: Screens) -> None:
    """C5, WCAG 1.4.4: at 200 % the glass is 640 x 360; the page scrolls one way only."""
    page = open_screen(
        "counter", f"{server.url}/counter/1", passes=person_pass(server, CLERKS[1]),
        viewport={"width": 640, "height": 360},
    )  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(page.locator("[data-key=F2]")).to_be_visible()


def test_signing_out_ends_the_screen(counter: Page, server: Server) -> None:
    counter.click("form[action='/sign-out'] button")
    counter.wait_for_url(re.compile("/sign-in"))
    counter.goto(f"{server.url}/counter/1")
    assert "/sign-in" in counter.url
