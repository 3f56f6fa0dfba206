"""Every state of every screen: no barrier, nothing clipped, every target large enough, in every language."""

import gettext
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import web.languages
import web.pages
from tests.browser.looking import barriers, faults, settle
from tests.browser.scenes import Scene
from tests.browser.screens import Screens, language_pass
from tests.browser.situations import all_scenes
from tests.browser.states import BY_NAME, PAGES, STATES, State
from tests.browser.their_words import left_over
from tests.support.sizes import size

ROOT = Path(__file__).parent.parent.parent
SHOTS = ROOT / "build" / "screenshots"
NAMES = [state.name for state in STATES]
ALL = size("browser-all-states", 0, 1) == 1
KEPT = ALL or "BROWSER_PART" not in os.environ  # a picture costs as much as all that is looked at on it
CLOSELY = [state.name for state in STATES if ALL or not state.alike]
IN_WORDS = [name for name in CLOSELY if not name.endswith("-contrast")]  # the same words in other colours
# Every day a state speaks another language in one case of three, and every second one stretches; a trial walks all.
SPOKEN = [
    (language, name)
    for turn, name in enumerate(IN_WORDS)
    for shift, language in enumerate(("en", "fr"))
    if ALL or (turn + shift) % 3 == 0
]
STRETCHED = IN_WORDS if ALL else IN_WORDS[::2]
LONGER = "fr"  # the language whose place the padded texts take
CUT = r"net::ERR_FAILED"  # the probe that a silent screen sends
Halls = Callable[[str], Scene]
drawn = set[str]()


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    """The scenes, each opened at its first use; what they draw is noted."""
    real = web.pages.Pages.render

    def noted(pages: web.pages.Pages, template: str, language: str, /, **context: Any) -> str:
        drawn.add(template.removesuffix(".html"))
        return real(pages, template, language, **context)

    with pytest.MonkeyPatch.context() as patched, all_scenes(tmp_path_factory.mktemp("scenes")) as scenes:
        patched.setattr(web.pages.Pages, "render", noted)
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
        return LONG if language == LONGER else real(language)

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


LONG = Longer()  # one for all scenes: what they show is compiled once


class Album:
    """The states on one screen of each kind a scene: a new one costs more than all that is looked at on it."""

    def __init__(self, browser: Browser) -> None:
        self.screens = Screens(browser)
        self._pages: dict[tuple[str, str], Page] = {}
        self._shown: Page | None = None
        self._fresh: list[Page] = []

    def show(self, state: State, scene: Scene, language: str = "vi") -> Page:
        """The state in this language."""
        page = self._page(state, scene)
        self.screens.allow(page, state.noise, *([CUT] if state.dimmed else []))
        page.context.clear_cookies()
        passes = scene.passes(state.who) + language_pass(scene.server.url, language)
        page.context.add_cookies(passes)  # type: ignore[arg-type]
        page.goto(state.address(scene))
        if state.act is not None:
            state.act(page, scene)
        settle(page)
        return page

    def close_fresh(self) -> None:
        """Screens with a broken line would go on trying."""
        while self._fresh:
            self._fresh.pop().close()

    def _page(self, state: State, scene: Scene) -> Page:
        if state.before is not None:
            page = self.screens.blank(state.kind)
            state.before(page)
            self._fresh.append(page)
            return page
        key = (state.kind, scene.server.url)
        if key not in self._pages:
            self._pages[key] = self.screens.blank(state.kind)
        page = self._pages[key]
        if self._shown is not None and self._shown is not page:
            self._shown.goto("about:blank")  # a screen at which nobody looks would go on drawing
        self._shown = page
        self.screens.forget(page)
        return page


@pytest.fixture(scope="module")
def shared_album(chromium: Browser) -> Iterator[Album]:
    """One album for the module."""
    album = Album(chromium)
    yield album
    album.screens.close()


@pytest.fixture
def album(shared_album: Album) -> Iterator[Album]:
    """The album; what a page complained about in this test fails it."""
    yield shared_album
    unexpected = shared_album.screens.unexpected()
    shared_album.close_fresh()
    shared_album.screens.forget_all()
    assert not unexpected, "\n".join(unexpected)


def keep_picture(page: Page, name: str, state: State) -> None:
    """For people to look at; the lanes of `scripts/test` keep none."""
    if KEPT:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=not state.fold)


def whole_pages() -> dict[str, str]:
    """Every template that is a page: no part, and no frame of others. With its text."""
    texts = {
        f"{room}/{path.stem}": path.read_text(encoding="utf-8")
        for room in web.pages.ROOMS
        for path in (ROOT / room / "templates").glob("[!_]*.html")
    }
    frames = {frame for text in texts.values() for frame in re.findall(r'{% extends "(.+?)\.html"', text)}
    return {name: text for name, text in texts.items() if name not in frames}


def pages_in_no_state(pages: Iterable[str]) -> list[str]:
    """Those that nobody would ever look at here."""
    return [page for page in pages if PAGES.get(page) not in BY_NAME]


def not_drawn(name: str) -> list[str]:
    """Pages that this state is said to show and did not."""
    return [page for page, shown in PAGES.items() if shown == name and page not in drawn]


def test_every_page_is_in_a_state() -> None:
    assert not pages_in_no_state(whole_pages())
    assert set(PAGES) == set(whole_pages())


@pytest.mark.planted
def test_planted_page_in_no_state_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new page, and a state that is gone."""
    with pytest.raises(AssertionError):
        assert not pages_in_no_state([*whole_pages(), "web/planted"])
    monkeypatch.delitem(BY_NAME, "pin")
    with pytest.raises(AssertionError):
        assert not pages_in_no_state(whole_pages())


@pytest.mark.planted
def test_planted_state_that_shows_another_page_is_found(
    album: Album, halls: Halls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PAGES, "web/pin", "kiosk-start")
    drawn.clear()
    album.show(BY_NAME["kiosk-start"], halls("quiet"))
    with pytest.raises(AssertionError):
        assert not not_drawn("kiosk-start")


@pytest.mark.parametrize("name", NAMES)
def test_face(name: str, album: Album, halls: Halls) -> None:
    """In Vietnamese at the true size: the page that is meant, axe and the ruler."""
    state = BY_NAME[name]
    drawn.clear()
    page = album.show(state, halls(state.scene))
    assert not not_drawn(name)
    keep_picture(page, name, state)
    found = faults(page, state.kind, fold=state.fold) + (
        barriers(page, state.kind, dimmed=state.dimmed) if name in CLOSELY else []
    )
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("language", "name"), SPOKEN)
def test_face_in(language: str, name: str, album: Album, halls: Halls) -> None:
    """The same boxes hold English and French, and no Vietnamese of ours."""
    state = BY_NAME[name]
    page = album.show(state, halls(state.scene), language)
    assert page.locator("html").get_attribute("lang") == language
    assert not left_over(page, halls(state.scene), language)
    found = faults(page, state.kind, fold=state.kind == "wall")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", STRETCHED)
def test_face_with_longer_texts(name: str, album: Album, longer: None, longer_halls: Halls) -> None:
    """Texts 35 % longer than Vietnamese still do not overflow."""
    state = BY_NAME[name]
    page = album.show(state, longer_halls(state.scene), LONGER)
    keep_picture(page, f"{name}.longer", state)
    found = faults(page, state.kind, fold=state.kind == "wall")
    assert not found, "\n".join(found)


PLANTED = {
    "a clipped word": ("kiosk-start", ".choices .primary", "width: 60px; min-width: 0; white-space: nowrap"),
    "a small target": ("kiosk-start", ".choices .primary", "flex: none; min-height: 0; height: 90px; padding: 0"),
    "targets too close": ("kiosk-queues", ".queues", "gap: 2px"),
    "small print": ("kiosk-queues", ".queues small", "font-size: 20px"),
    "below the fold": ("wall-busy", "#lines", "transform: translateY(90px)"),
    "amber words": ("kiosk-start", "h1", "color: #8A5A00"),
    "wider than the glass": ("counter-serving", "main", "width: 1400px"),
}  # fmt: skip


@pytest.mark.planted
@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_of_size_is_seen(fault: str, album: Album, halls: Halls) -> None:
    """The ruler is not blind."""
    name, selector, style = PLANTED[fault]
    page = album.show(BY_NAME[name], halls(BY_NAME[name].scene))
    before = faults(page, BY_NAME[name].kind)
    page.evaluate(
        "([s, css]) => document.querySelectorAll(s).forEach(e => { e.style.cssText = css; })", [selector, style]
    )
    with pytest.raises(AssertionError):
        assert not set(faults(page, BY_NAME[name].kind)) - set(before)


@pytest.mark.planted
def test_planted_barrier_is_seen(album: Album, halls: Halls) -> None:
    """A link without a name and a page without a language are found."""
    page = album.show(BY_NAME["kiosk-start"], halls("quiet"))
    page.evaluate("""() => {
      document.querySelector('.choices a').textContent = '';
      document.documentElement.removeAttribute('lang');
    }""")
    found = " ".join(barriers(page, "kiosk"))
    for rule in ("link-name", "html-has-lang"):
        with pytest.raises(AssertionError):
            assert rule not in found


@pytest.mark.planted
def test_planted_vietnamese_left_over_is_seen(album: Album, halls: Halls) -> None:
    """A word of ours; the same word is nothing new where it is said to be Vietnamese."""
    page = album.show(BY_NAME["kiosk-start"], halls("quiet"), "fr")
    for mark, found in (("lang", []), ("class", ["Lấy số"])):
        page.evaluate(
            "mark => { const h = document.querySelector('h1');"
            "h.removeAttribute('lang'); h.setAttribute(mark, 'vi'); h.textContent = 'Lấy số'; }",
            mark,
        )
        assert left_over(page, halls("quiet"), "fr") == found
    with pytest.raises(AssertionError):
        assert not left_over(page, halls("quiet"), "fr")


@pytest.mark.planted
def test_planted_error_on_a_page_is_seen(album: Album, halls: Halls) -> None:
    """A script error and an inline style fail the test that opened the page."""
    page = album.show(BY_NAME["kiosk-start"], halls("quiet"))
    page.evaluate("setTimeout(() => { throw new Error('planted'); })")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_function("() => true")
    with pytest.raises(AssertionError):
        assert not [e for e in album.screens.unexpected() if "planted" in e]
    with pytest.raises(AssertionError):
        assert not [e for e in album.screens.unexpected() if "POLICY style-src" in e]
    album.screens.allow(page, "planted", "style")
