"""K6: the kiosk speaks all that it shows, from the first key to the number, and nothing can be lost by it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.listening import Ear, plain
from tests.browser.scenes import Scene
from tests.browser.screens import Screens, advance, connected
from tests.browser.situations import all_scenes
from tests.browser.states import BY_NAME, KIOSK

Halls = Callable[[str], Scene]
# One state of every page that the kiosk has, in the situation in which it shows most.
SPOKEN_PAGES = [
    ("kiosk-start", "vi"), ("kiosk-queues-stopped", "en"), ("kiosk-appointment", "fr"), ("kiosk-procedures", "vi"),
    ("kiosk-procedure", "vi"), ("kiosk-result-late", "en"), ("kiosk-found-elsewhere", "fr"),
    ("kiosk-classes", "fr"), ("kiosk-classes", "vi"),
]  # fmt: skip


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    with all_scenes(tmp_path_factory.mktemp("spoken")) as scenes:
        yield scenes


@pytest.fixture
def ear(halls: Halls, open_screen: Screens) -> Ear:
    """Somebody at a kiosk that has opened no page yet."""
    return Ear(open_screen.blank("kiosk", halls("busy").passes(KIOSK)))


def at(ear: Ear, halls: Halls, path: str) -> Page:
    ear.page.goto(halls("busy").server.url + path)
    return connected(ear.page)


def spoken_page(ear: Ear) -> None:
    """F1, and all is heard out."""
    ear.page.keyboard.press("F1")
    ear.page.wait_for_selector("html[data-speaking]")
    ear.until_silent(100)


@pytest.mark.shows("K6", "EN 5.1.3.1", "EN 5.1.3.3", "EN 5.1.3.13", "EN 5.1.3.14", "WCAG 3.1.2")
@pytest.mark.parametrize(("name", "language"), SPOKEN_PAGES)
def test_k6_nothing_can_be_read_that_is_not_spoken(
    name: str, language: str, halls: Halls, open_screen: Screens
) -> None:
    state, scene = BY_NAME[name], halls(BY_NAME[name].scene)
    ear = Ear(open_screen.blank("kiosk", scene.passes(state.who)))
    address = state.address(scene)
    ear.page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    connected(ear.page)
    spoken_page(ear)
    assert ear.unspoken() == []
    assert ear.refused == [], "every sentence has a sound"
    assert (language, ear.page.locator("main h1").inner_text()) in ear.words or language == "vi"


@pytest.mark.planted
def test_k6_a_planted_text_that_is_not_spoken_is_found(ear: Ear, halls: Halls) -> None:
    page = at(ear, halls, "/kiosk/K1")
    spoken_page(ear)
    page.evaluate("document.querySelector('h1').textContent = 'Một câu không ai đọc'")
    with pytest.raises(AssertionError):
        assert ear.unspoken() == []


@pytest.mark.shows("K6", "EN 5.1.3.2", "EN 5.1.3.6", "508 402.2")
def test_k6_one_key_starts_it_and_any_key_interrupts(ear: Ear, halls: Halls) -> None:
    page = at(ear, halls, "/kiosk/K1")
    assert ear.words == []
    page.keyboard.press("F1")
    page.wait_for_function("() => window.heard.some(s => s.kind === 'start')")
    expect(page.locator("[data-mode=speech]")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift")
    page.wait_for_function("() => window.heard.some(s => s.kind === 'stop')")
    assert page.locator("html").get_attribute("data-speaking") is None
    assert "phím mũi tên" in ear.all_words, "who cannot see is told how to go on"


@pytest.mark.shows("K6", "EN 5.1.3.1", "WCAG 2.5.7")
def test_k6_the_visible_button_starts_it_and_ends_it(ear: Ear, halls: Halls) -> None:
    page = at(ear, halls, "/kiosk/K1")
    page.tap("[data-mode=speech]")
    page.wait_for_selector("html[data-speaking]")
    expect(page.locator(".voice")).to_be_visible()
    page.tap("[data-mode=speech]")
    expect(page.locator("html")).not_to_have_attribute("data-speaking", re.compile(".*"))
    expect(page.locator(".voice")).to_be_hidden()


@pytest.mark.shows("K6", "EN 5.1.3.12", "508 402.2.2")
def test_k6_it_repeats_and_grows_louder_and_is_usual_again_for_the_next(ear: Ear, halls: Halls) -> None:
    page = at(ear, halls, "/kiosk/K1")
    spoken_page(ear)
    before = len(ear.log("start"))
    page.keyboard.press("F2")
    page.wait_for_function("n => window.heard.filter(s => s.kind === 'start').length > n", arg=before)
    page.keyboard.press("F4")
    page.keyboard.press("F4")
    assert page.evaluate("document.body.dataset.volume") == "5"
    page.keyboard.press("F3")
    assert page.evaluate("document.body.dataset.volume") == "4"
    page.click(".choices .primary")
    page.wait_for_url(re.compile("queues.*volume=4"))
    page.evaluate("window.kiosk.goHome()")
    page.wait_for_url(re.compile("/kiosk/K1$"))
    assert page.evaluate("document.body.dataset.volume || 'usual'") == "usual"
    assert "speech" not in (page.locator("body").get_attribute("class") or "")


@pytest.mark.shows("K6", "EN 5.1.3.1", "WCAG 4.1.2")
def test_k6_the_focus_says_where_one_is(ear: Ear, halls: Halls) -> None:
    page = at(ear, halls, "/kiosk/K1")
    page.keyboard.press("F1")
    page.wait_for_selector("html[data-speaking]")
    ear.words.clear()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.innerText")
    page.wait_for_function("() => document.documentElement.dataset.speaking === 'word'")
    ear.until_silent()
    assert plain(focused) in plain(" ".join(words for _, words in ear.words)) or focused in ear.all_words


@pytest.mark.shows("K6", "K8", "EN 5.1.3.14", "WCAG 3.1.1")
@pytest.mark.parametrize(
    ("language", "words"), [("vi", "số của bạn"), ("en", "your number"), ("fr", "votre numéro")]
)
def test_k6_the_spoken_journey_to_the_number(language: str, words: str, ear: Ear, halls: Halls) -> None:
    """Keys only, in the language of the page: first screen, queues, number; the number comes sign by sign."""
    page = at(ear, halls, f"/kiosk/K1?lang={language}")
    page.keyboard.press("F1")
    page.wait_for_selector("html[data-speaking]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("queues.*speech=1"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_be_visible()
    number = page.locator("#number").inner_text()
    page.wait_for_selector("html[data-speaking]")
    ear.until_silent()
    assert words in ear.all_words
    assert plain(number) in ear.all_words
    assert {said for said, _ in ear.words} <= {language, "vi", "en", "fr"}
    assert ear.unspoken() == []


@pytest.mark.shows("K6", "EN 5.1.3.15")
def test_k6_a_clip_that_fails_holds_up_nothing(ear: Ear, halls: Halls, open_screen: Screens) -> None:
    page = ear.page
    open_screen.allow(page, "status of 404", "status of 500", "ERR_FAILED")
    answers = iter(range(1000))
    page.route("**/speech*", lambda route: route.abort() if next(answers) % 2 else route.fulfill(status=404))
    at(ear, halls, "/kiosk/K1?speech=1")
    ear.until_silent()
    assert len(ear.words) > 5, "each was asked for, none was waited for"
    page.click(".choices .primary")
    page.wait_for_url(re.compile("/queues"))


@pytest.mark.shows("K6", "K7", "K10", "EN 5.1.3.15", "WCAG 4.1.3")
def test_k6_what_comes_by_itself_is_spoken(ear: Ear, halls: Halls, open_screen: Screens) -> None:
    """The warning of the time-out and the lost server are heard, the latter without any server to ask."""
    page = at(ear, halls, "/kiosk/K1/queues?speech=1")
    ear.until_silent()
    before = len(ear.log("start"))
    advance(page, 105)
    expect(page.locator("#more-time")).to_be_visible()
    page.wait_for_function("() => window.heard.some(s => s.kind === 'tone')")
    page.wait_for_function("n => window.heard.filter(s => s.kind === 'start').length > n + 2", arg=before)
    page.click("[data-more-time]")
    page.route("**/speech*", lambda route: route.abort())
    open_screen.allow(page, "ERR_FAILED")
    before = len(ear.log("start"))
    page.evaluate("document.getElementById('link').hidden = false")
    page.wait_for_function("n => window.heard.filter(s => s.kind === 'start').length > n", arg=before)


@pytest.mark.shows("K6", "K9", "EN 5.1.3.9", "EN 5.1.3.10")
def test_k6_what_is_typed_is_spoken_and_kept_nowhere(ear: Ear, halls: Halls) -> None:
    scene = halls("busy")
    page = at(ear, halls, "/kiosk/K1/procedures?speech=1")
    page.focus("#q")
    ear.words.clear()
    page.keyboard.type("ly hôn bí mật", delay=15)
    page.wait_for_function("() => document.querySelector('#q').value.endsWith('mật')")
    ear.until_silent()
    assert ("vi", "t") in ear.words
    kept = Path(scene.server.data) / "voice"
    assert not [path for path in kept.rglob("*") if path.is_file() and path.suffix != ".wav"]
    assert all("speech?lang=" in request and "words" not in request for request in _addresses(page))


def _addresses(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/speech'))"
    )
    return found
