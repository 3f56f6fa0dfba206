"""K7 of the features: each of twenty common needs is three taps away from the first screen, in every mode."""

from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from domain.centres import Placement
from tests.browser.looking import faults, settle
from tests.browser.scenes import Scene
from tests.browser.screens import Screens, connected
from tests.browser.situations import all_scenes
from tests.browser.states import KIOSK
from tests.browser.test_kiosk import assert_one_given, given

Halls = Callable[[str], Scene]
MODES = ["", "reach=1", "big=1", "contrast=1", "speech=1"]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with all_scenes(tmp_path_factory.mktemp("needs")) as scenes:
        yield scenes("needs")


@pytest.fixture
def kiosk(scene: Scene, open_screen: Screens) -> Page:
    return open_screen.blank("kiosk", scene.passes(KIOSK))


def needs(scene: Scene) -> list[Placement]:
    """The common needs in the centre's order."""
    return [placement for placement in scene.server.store.centre().procedures if placement.common]


def start(page: Page, scene: Scene, mode: str) -> None:
    page.goto(f"{scene.server.url}/kiosk/K1?{mode}")
    settle(connected(page))


def find(page: Page) -> None:
    """The first tap."""
    page.tap(".choices .button >> nth=1")
    page.wait_for_url("**/needs?*")
    settle(connected(page))


def in_view(page: Page) -> list[str]:
    """The pictures that lie whole on the glass and not under anything, without a page being turned or dragged."""
    found: list[str] = page.eval_on_selector_all(
        ".pictures a",
        """links => { const glass = document.getElementById('screen').getBoundingClientRect();
        return links.filter(link => { const r = link.getBoundingClientRect(), x = r.left + r.width / 2;
          return r.top >= glass.top - 1 && r.bottom <= glass.bottom + 1 && [r.top + 4, r.bottom - 4]
            .every(y => link.contains(document.elementFromPoint(x, y))); })
        .map(link => link.pathname.split('/').pop()); }""",
    )
    return found


def all_within_reach(page: Page, scene: Scene, mode: str) -> None:
    start(page, scene, mode)
    find(page)
    wanted = [placement.code for placement in needs(scene)]
    assert len(wanted) == 20
    assert in_view(page) == wanted


@pytest.mark.parametrize("mode", MODES)
def test_the_first_tap_shows_all_twenty(mode: str, kiosk: Page, scene: Scene) -> None:
    all_within_reach(kiosk, scene, mode)
    assert faults(kiosk, "kiosk", fold=False) == []


@pytest.mark.planted
def test_needs_that_lie_a_leaf_further_are_seen(kiosk: Page, scene: Scene) -> None:
    kiosk.route("**/finding*.css*", lambda route: route.fulfill(body="", content_type="text/css"))
    with pytest.raises(AssertionError):
        all_within_reach(kiosk, scene, "big=1")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [0, 8, 19])
def test_the_third_tap_gives_the_number(place: int, mode: str, kiosk: Page, scene: Scene) -> None:
    placement, store = needs(scene)[place], scene.server.store
    before = given(store)
    start(kiosk, scene, mode)
    find(kiosk)
    kiosk.tap(f'.pictures a[href*="{placement.code}"]')
    kiosk.wait_for_url("**/procedures/*")
    settle(connected(kiosk))
    kiosk.tap(".take button")
    expect(kiosk.locator("#number")).to_be_visible()
    assert_one_given(store, before)


def test_the_list_of_papers_goes_along_by_the_code_on_the_glass(
    kiosk: Page, scene: Scene, open_screen: Screens
) -> None:
    code = needs(scene)[0].code
    kiosk.goto(f"{scene.server.url}/kiosk/K1/procedures/{code}")
    settle(connected(kiosk))
    glass = Image.open(BytesIO(kiosk.screenshot()))
    (read,) = [found.text for found in zxingcpp.read_barcodes(glass)]
    assert read.endswith(f"/procedures/{code}")
    phone = open_screen.blank("phone")
    phone.goto(scene.server.url + urlsplit(read).path)
    expect(phone.locator("h1")).to_have_text(kiosk.locator("h1").inner_text())
    assert phone.locator(".papers li").all_inner_texts() == kiosk.locator(".papers li").all_inner_texts()


def test_words_are_one_tap_further_and_lead_back(kiosk: Page, scene: Scene) -> None:
    start(kiosk, scene, "")
    find(kiosk)
    kiosk.get_by_role("link", name="Tìm bằng chữ").tap()
    expect(kiosk.locator("#q")).to_be_visible()
    kiosk.locator(".back .button").first.tap()
    expect(kiosk.locator(".pictures a")).to_have_count(20)
