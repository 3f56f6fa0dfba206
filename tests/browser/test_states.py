"""Every state of every screen: no barrier, nothing clipped, every target large enough, in every language."""

import gettext
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

import web.languages
import web.pages
from tests.browser.looking import barriers, faults, settle
from tests.browser.scenes import Scene, all_scenes
from tests.browser.screens import Screens, language_pass
from tests.browser.states import BY_NAME, STATES, State

SHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"
NAMES = [state.name for state in STATES]
LONGER = "fr"  # the language whose place the padded texts take
Halls = Callable[[str], Scene]


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    """The scenes, each opened at its first use."""
    with all_scenes(tmp_path_factory.mktemp("scenes")) as scenes:
        yield scenes


@pytest.fixture(scope="module")
def longer_halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    """The same scenes with texts 35 % longer than the Vietnamese ones."""
    with all_scenes(tmp_path_factory.mktemp("longer")) as scenes:
        yield scenes


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on French is Vietnamese with more letters."""
    real = web.languages.translations

    def padded(language: str) -> gettext.NullTranslations:
        return Longer() if language == LONGER else real(language)

    monkeypatch.setattr(web.languages, "translations", padded)
    monkeypatch.setattr(web.pages, "translations", padded)


class Longer(gettext.NullTranslations):
    """Every text 35 % longer: one word grows, a sentence gets more words of the ordinary length."""

    def gettext(self, message: str) -> str:
        more = math.ceil(len(re.sub(r"%\(\w+\)[sd]", "000", message)) * 0.35)
        if " " not in message:
            return message + "ườngẫnế"[:more]
        return message + (" nghiễm" * (1 + more // 7))[:more].rstrip()

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


def show(open_screen: Screens, state: State, scene: Scene, language: str = "vi") -> Page:
    """The state on a screen of its own."""
    page = open_screen.blank(state.kind, scene.passes(state.who) + language_pass(scene.server.url, language))
    open_screen.allow(page, *state.complaints)
    if state.before is not None:
        state.before(page)
    page.goto(state.address(scene))
    if state.act is not None:
        state.act(page, scene)
    settle(page)
    return page


@pytest.mark.parametrize("name", NAMES)
def test_face(name: str, open_screen: Screens, halls: Halls) -> None:
    """In Vietnamese at the true size: a picture is kept, then axe and the ruler."""
    state = BY_NAME[name]
    page = show(open_screen, state, halls(state.scene))
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=not state.fold)
    found = faults(page, state.kind, fold=state.fold) + barriers(page, state.kind, dimmed=state.dimmed)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", NAMES)
def test_face_in_english_and_french(name: str, open_screen: Screens, halls: Halls) -> None:
    """The same boxes hold the other languages."""
    state = BY_NAME[name]
    found = []
    for language in ("en", "fr"):
        page = show(open_screen, state, halls(state.scene), language)
        assert page.locator("html").get_attribute("lang") == language
        found += [f"{language}: {fault}" for fault in faults(page, state.kind, fold=state.kind == "wall")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", NAMES)
def test_face_with_longer_texts(name: str, open_screen: Screens, longer: None, longer_halls: Halls) -> None:
    """Texts 35 % longer than Vietnamese still do not overflow."""
    state = BY_NAME[name]
    page = show(open_screen, state, longer_halls(state.scene), LONGER)
    page.screenshot(path=SHOTS / f"{name}.longer.png", full_page=not state.fold)
    found = faults(page, state.kind, fold=state.kind == "wall")
    assert not found, "\n".join(found)


PLANTED = {
    "a clipped word": ("kiosk-start", ".choices .primary", "width: 60px; min-width: 0; white-space: nowrap"),
    "a small target": ("kiosk-start", ".choices .primary", "min-height: 0; height: 90px; padding: 0"),
    "targets too close": ("kiosk-queues", ".queues", "gap: 2px"),
    "small print": ("kiosk-queues", ".queues small", "font-size: 20px"),
    "below the fold": ("wall-busy", "#lines", "transform: translateY(90px)"),
    "wider than the glass": ("counter-serving", "main", "width: 1400px"),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_of_size_is_seen(fault: str, open_screen: Screens, halls: Halls) -> None:
    """The ruler is not blind."""
    name, selector, style = PLANTED[fault]
    page = show(open_screen, BY_NAME[name], halls(BY_NAME[name].scene))
    before = faults(page, BY_NAME[name].kind)
    page.evaluate("([s, css]) => document.querySelectorAll(s).forEach(e => { e.style.cssText = css; })", [selector, style])
    with pytest.raises(AssertionError):
        assert not set(faults(page, BY_NAME[name].kind)) - set(before)


@pytest.mark.planted
def test_planted_barrier_is_seen(open_screen: Screens, halls: Halls) -> None:
    """Amber words on a kiosk, a button without a name and a page without a language are found."""
    page = show(open_screen, BY_NAME["kiosk-start"], halls("quiet"))
    page.evaluate("""() => {
      document.querySelector('h1').style.color = '#8A5A00';
      document.querySelector('.choices a').textContent = '';
      document.documentElement.removeAttribute('lang');
    }""")
    found = " ".join(barriers(page, "kiosk"))
    for rule in ("color-contrast-enhanced", "link-name", "html-has-lang"):
        with pytest.raises(AssertionError):
            assert rule not in found


@pytest.mark.planted
def test_planted_error_on_a_page_is_seen(open_screen: Screens, halls: Halls) -> None:
    """A script error and an inline style fail the test that opened the page."""
    page = show(open_screen, BY_NAME["kiosk-start"], halls("quiet"))
    page.evaluate("setTimeout(() => { throw new Error('planted'); })")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_function("() => true")
    with pytest.raises(AssertionError):
        assert not [e for e in open_screen.unexpected() if "planted" in e]
    with pytest.raises(AssertionError):
        assert not [e for e in open_screen.unexpected() if "POLICY style-src" in e]
    open_screen.allow(page, "planted", "style")
