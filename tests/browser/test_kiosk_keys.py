"""K5: everything at the kiosk by Tab and Enter, and by the arrows and Enter of a five-way keypad."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scenes import NOWHERE
from tests.browser.screens import Screens, connected, device_pass
from tests.browser.test_kiosk import assert_one_given, given
from tests.support.servers import Server, running
from tests.support.sizes import crossed

MODES = ["", "big=1", "reach=1", "contrast=1", "reach=1&big=1&contrast=1"]
SPOKEN_MODES = crossed("kiosk-modes-spoken", MODES, ["vi", "en", "fr"])
ARROWS = {"down": "ArrowDown", "up": "ArrowUp", "left": "ArrowLeft", "right": "ArrowRight"}
CONTROLS = (
    "main a[href], main button:not(:disabled), main input:not([type=hidden]),"
    " .tools a, .tools button:not(:disabled)"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("keys") / "data", printer_of=NOWHERE) as found:
        yield found


@pytest.fixture(scope="module")
def lasting_kiosk(server: Server, lasting_screens: Screens) -> Page:
    return lasting_screens.blank("kiosk", device_pass(server, "K1"))


@pytest.fixture
def kiosk(lasting_kiosk: Page, without_complaint: None) -> Page:
    return lasting_kiosk


def open_at(kiosk: Page, server: Server, path: str) -> Page:
    kiosk.goto(server.url + path)
    return connected(kiosk)


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => document.activeElement.matches(s)", selector))


def step_to(page: Page, selector: str, key: str = "ArrowDown", most: int = 40) -> None:
    """Press one key until that control has the focus."""
    for _ in range(most):
        if focused(page, selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not come to {selector}")


@pytest.mark.shows("K5", "K8", "EN 5.1.6", "EN 5.1.3.14", "WCAG 2.1.1", "WCAG 2.4.3")
@pytest.mark.parametrize(("modes", "language"), SPOKEN_MODES, ids=lambda m: m or "plain")
def test_k5_the_journey_by_five_keys(modes: str, language: str, kiosk: Page, server: Server) -> None:
    """Arrows and Enter only: first screen, queue, number, done."""
    before = given(server.store)
    open_at(kiosk, server, f"/kiosk/K1?lang={language}&{modes}")
    step_to(kiosk, ".choices .primary")
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile(f"/queues.*lang={language}"))
    step_to(kiosk, ".queues li:nth-child(2) button", "ArrowRight" if "reach" in modes else "ArrowDown")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#number")).to_be_visible()
    assert_one_given(server.store, before)
    step_to(kiosk, ".done")
    kiosk.keyboard.press("Enter")
    kiosk.wait_for_url(re.compile("/kiosk/K1$"))


@pytest.mark.shows("K1", "K8", "K12", "EN 5.1.4", "WCAG 2.5.8")
@pytest.mark.parametrize(("modes", "language"), SPOKEN_MODES, ids=lambda m: m or "plain")
def test_k8_the_journey_by_touch(modes: str, language: str, kiosk: Page, server: Server) -> None:
    """The language and the modes go with the citizen to the number, and not to the next one."""
    before = given(server.store)
    open_at(kiosk, server, "/kiosk/K1")
    kiosk.tap(f".modes [hreflang={language}]")
    kiosk.wait_for_url(re.compile(f"lang={language}"))
    for mode in (part.partition("=")[0] for part in modes.split("&") if part):
        kiosk.tap(f"[data-mode={mode}]")
    kiosk.tap(".choices .primary")
    kiosk.wait_for_url(re.compile("/queues"))
    kiosk.tap(".queues button >> nth=0")
    expect(kiosk.locator("#number")).to_be_visible()
    assert kiosk.locator("html").get_attribute("lang") == language
    for mode in (part.partition("=")[0] for part in modes.split("&") if part):
        expect(kiosk.locator(f"body.{mode}")).to_have_count(1)
        expect(kiosk.locator(f"[data-mode={mode}]")).to_have_attribute("aria-current", "true")
    given_in = server.store.read(
        lambda db: db.execute("SELECT language FROM tickets ORDER BY id DESC LIMIT 1").fetchone()[0]
    )
    assert given_in == language, "the slip and the counter speak it too"
    kiosk.tap(".done")
    kiosk.wait_for_url(re.compile("/kiosk/K1$"))
    assert kiosk.locator("html").get_attribute("lang") == "vi"
    assert not kiosk.evaluate("document.body.matches('.big, .contrast, .reach, .speech')")
    assert_one_given(server.store, before)


@pytest.mark.shows("K5", "WCAG 2.1.1", "WCAG 2.1.2")
@pytest.mark.parametrize("path", ["", "/queues", "/classes", "/appointments", "/procedures"])
@pytest.mark.parametrize("key", ["ArrowDown", "ArrowRight"])
def test_k5_one_key_alone_comes_to_every_control(path: str, key: str, kiosk: Page, server: Server) -> None:
    """Nobody is caught anywhere, and the drawn keyboard is no exception."""
    open_at(kiosk, server, f"/kiosk/K1{path}")
    if kiosk.locator("input:focus").count():
        kiosk.evaluate("document.activeElement.blur()")
    count = kiosk.locator(CONTROLS).filter(visible=True).count()
    for _ in range(count * 3 if key == "ArrowRight" else count):
        kiosk.keyboard.press(key)
        kiosk.evaluate("(document.activeElement.dataset.seen = '1')")
    seen = kiosk.locator("[data-seen]").count()
    missed = kiosk.locator(f":is({CONTROLS}):not([data-seen])").filter(visible=True).all_inner_texts()
    assert missed == [] if key == "ArrowRight" else seen >= 4


@pytest.mark.shows("K5", "WCAG 2.1.1", "EN 5.1.6")
def test_k5_the_drawn_keyboard_by_arrows(kiosk: Page, server: Server) -> None:
    """An appointment's code typed by the keypad alone: right along the row, down to the next, Enter presses."""
    open_at(kiosk, server, "/kiosk/K1/appointments")
    kiosk.keyboard.press("ArrowDown")
    rows = kiosk.evaluate(
        "[...document.querySelectorAll('#keys div')].map(r => [...r.children].map(k => k.textContent))"
    )
    step_to(kiosk, "#keys button")
    kiosk.keyboard.press("Enter")
    first = kiosk.evaluate("document.activeElement.textContent")
    kiosk.keyboard.press("ArrowRight")
    kiosk.keyboard.press("Enter")
    assert kiosk.input_value("#code") == first + rows[0][rows[0].index(first) + 1]
    kiosk.keyboard.press("ArrowDown")
    assert kiosk.evaluate("document.activeElement.textContent") in rows[1]
    kiosk.keyboard.press("ArrowUp")
    assert kiosk.evaluate("document.activeElement.textContent") in rows[0]


@pytest.mark.shows("K5", "WCAG 2.4.7", "WCAG 2.4.11", "WCAG 1.4.11")
@pytest.mark.parametrize("modes", ["", "contrast=1", "big=1", "reach=1"], ids=lambda m: m or "plain")
def test_k5_the_ring_is_broad_and_stands_out_everywhere(modes: str, kiosk: Page, server: Server) -> None:
    """4 px, three to one against what lies around it, and nothing lies over it."""
    open_at(kiosk, server, f"/kiosk/K1/queues?{modes}")
    faults = []
    for _ in range(kiosk.locator(CONTROLS).filter(visible=True).count()):
        kiosk.keyboard.press("Tab")
        ring = kiosk.evaluate(RING)
        if ring["width"] < 4 or ring["contrast"] < 3 or not ring["seen"]:
            faults.append(ring)
    assert faults == []


RING = """() => {
  const e = document.activeElement, style = getComputedStyle(e), r = e.getBoundingClientRect();
  const rgb = text => (text.match(/[\\d.]+/g) || []).slice(0, 3).map(Number);
  const light = c => c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * v, 0);
  let ground = e.parentElement;
  while (ground && /rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(ground).backgroundColor))
    ground = ground.parentElement;
  const [a, b] = [light(rgb(style.outlineColor)),
    light(rgb(getComputedStyle(ground || document.documentElement).backgroundColor))];
  const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
  return { what: e.innerText, width: parseFloat(style.outlineWidth),
    contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
    seen: Boolean(top) && (e.contains(top) || top.contains(e)) };
}"""


@pytest.mark.shows("K5", "WCAG 2.4.3", "WCAG 1.3.2")
@pytest.mark.parametrize("modes", ["", "reach=1", "big=1&reach=1"], ids=lambda m: m or "plain")
@pytest.mark.parametrize("path", ["", "/queues", "/classes", "/appointments"])
def test_k5_the_focus_goes_as_the_eye_goes(path: str, modes: str, kiosk: Page, server: Server) -> None:
    open_at(kiosk, server, f"/kiosk/K1{path}?{modes}")
    kiosk.mouse.click(4, 4)
    stops = []
    for _ in range(kiosk.locator(CONTROLS).filter(visible=True).count()):
        kiosk.keyboard.press("Tab")
        stops.append(
            kiosk.evaluate("""() => { const e = document.activeElement, r = e.getBoundingClientRect(),
                s = document.getElementById('screen');
            return [Math.round((r.top + (s.contains(e) ? s.scrollTop : 1e5)) / 60), r.left]; }""")
        )
    assert stops == sorted(stops)


@pytest.mark.shows("K5", "WCAG 2.1.4")
def test_k5_the_keypad_has_the_keys_that_the_setting_names(
    tmp_path: object, open_screen: Screens, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A keypad whose headset key is F13 and whose way back is F14."""
    data = tmp_path_factory.mktemp("keypad") / "data"
    with running(data, printer_of=NOWHERE, keypad=(("speech", "F13"), ("back", "F14"))) as server:
        page = open_screen("kiosk", f"{server.url}/kiosk/K1/queues", passes=device_pass(server, "K1"))
        page.keyboard.press("F1")
        assert not page.evaluate("document.body.matches('.speech')")
        page.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'F13', code: 'F13', bubbles: true }))"
        )
        assert page.evaluate("document.body.matches('.speech')")
        page.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', { key: 'F14', code: 'F14', bubbles: true }))"
        )
        page.wait_for_url(re.compile(r"/kiosk/K1\?"))


@pytest.mark.planted
def test_k5_a_planted_control_out_of_reach_is_found(kiosk: Page, server: Server) -> None:
    open_at(kiosk, server, "/kiosk/K1/queues")
    kiosk.evaluate("document.querySelector('.queues li:nth-child(2) button').inert = true")
    with pytest.raises(AssertionError):
        step_to(kiosk, ".queues li:nth-child(2) button")
