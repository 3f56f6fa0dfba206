"""The clerk's hands: keys, double presses, text half typed while news arrives."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from domain.days import local
from domain.tickets import Ticket
from operations import calling, shifts, ticketing
from store import counters, jobs, tickets
from store.writer import Act
from tests.browser.scenes import CLERKS, NOWHERE
from tests.browser.screens import Screens, answered, connected, device_pass, language_pass, person_pass
from tests.support.servers import Server, running
from tests.web.walks import seq

# Which announcements a wall plays; a clip ends when the test says so.
EARS = """
window.played = [];
Object.defineProperty(HTMLMediaElement.prototype, 'src', {
  set(url) { window.played.push(Number(url.match(/([0-9]+).wav/)[1])); }, get() { return ''; } });
HTMLMediaElement.prototype.play = function () { window.saying(this); return Promise.resolve(); };
"""


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


def next_one(page: Page, digits: str) -> None:
    """F2, and this number is there."""
    expect(page.locator("body[data-resting]")).to_have_count(0)
    page.keyboard.press("F2")
    shows(page, digits)


def shows(page: Page, number: str) -> None:
    """The counter's number ends in these digits, '–' for none."""
    expect(page.locator("#own-number")).to_have_text(re.compile(f"{number}$"))


def open_panel(page: Page, key: str) -> Locator:
    """The panel that this key opens; its first field has the focus."""
    page.keyboard.press(key)
    panel = page.locator(".panel:popover-open")
    expect(panel).to_be_visible()
    page.wait_for_function("() => document.querySelector('.panel:popover-open').contains(document.activeElement)")
    return panel


def choose(page: Page, *keys: str) -> None:
    """What the hands do in an open panel, then Enter; the panel closes when it is done."""
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".panel:popover-open")).to_have_count(0)


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


def ticket(server: Server, n: int) -> Ticket:
    """Number A n."""
    (found,) = server.store.read(tickets.by_number, 1, "A", n)
    return found


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


def tab_to(page: Page, wanted: Locator) -> None:
    """Tab until this has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there")


def undo(page: Page) -> None:
    """Z takes back what is offered; the offer goes."""
    page.keyboard.press("z")
    expect(page.locator("[data-key=KeyZ]")).to_have_count(0)


PANELS = {"k": "finish", "t": "transfer", "h": "park", "g": "pick", "w": "walk-up", "s": "slips", "e": "edit"}


@pytest.mark.parametrize("key", PANELS)
def test_escape_closes_a_panel_and_destroys_nothing(key: str, counter: Page, server: Server) -> None:
    next_one(counter, "001")
    answered(counter)
    before = seq(server)
    counter.fill("#owner_name", "NGUYỄN THỊ")
    counter.evaluate("document.activeElement.blur()")
    assert open_panel(counter, key).get_attribute("id") == f"panel-{PANELS[key]}"
    for other in ("F2", "F8", "n"):
        counter.keyboard.press(other)
    counter.keyboard.press("Escape")
    expect(counter.locator(".panel:popover-open")).to_have_count(0)
    counter.keyboard.press("Escape")
    answered(counter)
    assert (number(counter)[-3:], seq(server)) == ("001", before)
    assert counter.input_value("#owner_name") == "NGUYỄN THỊ"


def test_a_refusal_is_read_in_the_panel_with_every_word_kept(
    counter: Page, server: Server, open_screen: Screens
) -> None:
    open_screen.allow(counter, "status of 404")
    panel = open_panel(counter, "g")
    counter.keyboard.type("a99")
    counter.keyboard.press("Enter")
    expect(panel.locator(".failure")).to_be_visible()
    assert counter.input_value("#pick-number") == "a99"
    counter.fill("#pick-number", "a 3")
    choose(counter)
    shows(counter, "003")
    assert open_panel(counter, "g").locator(".failure").count() == 0


def test_a_panel_sends_what_the_screen_shows_after_changes_elsewhere(counter: Page, server: Server) -> None:
    """The hidden fields of a panel lie in the pushed part of the page: they must follow it, open or not."""
    next_one(counter, "001")
    open_panel(counter, "t")
    for waiting in (12, 13):
        server.store.write_now(Act("test"), ticketing.take_ticket, "ho-tich")
        expect(counter.locator("#lines h2 .figures")).to_have_text(str(waiting))
    expect(counter.locator(".panel:popover-open")).to_be_visible()
    choose(counter, "c", "Tab", "Tab", "Tab", "Tab")
    shows(counter, "–")
    assert ticket(server, 1).queue == "cu-tru"


def test_two_walk_ups_from_one_page_are_two(counter: Page, server: Server) -> None:
    for n in ("013", "014"):
        open_panel(counter, "w")
        choose(counter, "Tab", "Tab")
        expect(counter.locator("#said")).to_contain_text(re.compile(f"A.{n}"))


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


def test_a_colleague_who_takes_over_ends_this_screen(counter: Page, server: Server) -> None:
    """A page that is still open must not look like one's own counter."""
    server.store.write_now(Act("cb09"), shifts.take_over, 1, "cb09")
    expect(counter.locator("#own-number")).to_have_count(0)
    expect(counter.locator("h1")).to_have_text("Hôm nay bạn ngồi quầy nào?")


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


def test_the_buttons_stand_still_all_day(counter: Page, server: Server) -> None:
    """Nobody there, called, started, resting: next and the tools are always in the same place."""
    places = []

    def note() -> None:
        places.append([counter.locator(part).bounding_box() for part in ("[data-key=F2]", "#tools")])

    note()
    next_one(counter, "001")
    note()
    counter.keyboard.press("b")
    expect(counter.locator("[data-key=KeyX]")).to_be_visible()
    note()
    counter.keyboard.press("x")
    shows(counter, "–")
    open_panel(counter, "p")
    choose(counter, "Tab")
    note()
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_the_tools_keep_one_line_and_the_page_its_height(language: str, counter: Page, server: Server) -> None:
    """At 1280 x 720 with somebody served, two set aside and an act to take back: nothing scrolls."""
    for act in (calling.call_next, calling.set_aside) * 2 + (calling.call_next,):
        server.store.write_now(Act(CLERKS[1]), act, 1, CLERKS[1])
    counter.context.add_cookies(language_pass(server.url, language))  # type: ignore[arg-type]
    counter.reload()
    expect(counter.locator("[data-key=KeyZ]")).to_be_visible()
    heights = counter.evaluate("[...document.querySelectorAll('#tools button')].map(b => b.offsetHeight)")
    assert (len(heights), {*heights}) == (8, {40})
    assert counter.evaluate("document.documentElement.scrollHeight") == 720


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
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)
    expect(page.locator("[data-key=F2]")).to_be_visible()
    panel = open_panel(page, "e")
    page.keyboard.type("a1")
    page.keyboard.press("Enter")
    expect(panel.locator(".which")).to_be_visible()
    box = panel.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 640 and box["height"] <= 360
    assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.goto(f"{server.url}/counter/keys")
    assert not page.evaluate(wide)


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
    (withdrawn,) = [c for c in server.store.read(tickets.calls, 1) if c.kind == "withdrawn"]
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


def test_signing_out_ends_the_screen(counter: Page, server: Server) -> None:
    counter.click("form[action='/sign-out'] button")
    counter.wait_for_url(re.compile("/sign-in"))
    counter.goto(f"{server.url}/counter/1")
    assert "/sign-in" in counter.url
