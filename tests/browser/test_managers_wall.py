"""The managers' wall in its fullest states: no part of it lies over another, in any language."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from operations import shifts
from store.writer import Act
from tests.browser.looking import settle
from tests.browser.scenes import CLERKS, Scene
from tests.browser.screens import Screens, language_pass
from tests.browser.situations import all_scenes
from tests.support.forecasts import refresh_tonight

Halls = Callable[[str], Scene]
MANAGER = "person:ql02"
# The lowest edge of everything inside each part, and where the next part begins.
OVERLAPS = """() => {
  const floor = document.getElementById('floor'), found = [];
  const parts = [...floor.children].map(part => ({
    name: part.className || part.tagName, at: part.getBoundingClientRect(),
    low: Math.max(...[...part.querySelectorAll('*')].map(one => one.getBoundingClientRect().bottom))}));
  for (const part of parts) for (const other of parts) {
    const beside = part.at.right <= other.at.left + 1 || other.at.right <= part.at.left + 1;
    if (part !== other && !beside && other.at.top >= part.at.top && part.low > other.at.top + 1)
      found.push(`${part.name} reaches ${Math.round(part.low - other.at.top)} px into ${other.name}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    """The scenes of the evening."""
    with all_scenes(tmp_path_factory.mktemp("evenings")) as scenes:
        yield scenes


def shown(open_screen: Screens, scene: Scene, language: str) -> Page:
    page = open_screen.blank("wall")
    page.context.add_cookies(scene.passes(MANAGER) + language_pass(scene.server.url, language))
    page.goto(scene.server.url + "/display/managers")
    settle(page)
    return page


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
@pytest.mark.parametrize("name", ["evening", "evening-of-many", "troubled", "reported"])
def test_no_part_lies_over_another(open_screen: Screens, halls: Halls, name: str, language: str) -> None:
    page = shown(open_screen, halls(name), language)
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.planted
def test_planted_a_part_that_is_too_high_is_found(open_screen: Screens, halls: Halls) -> None:
    page = shown(open_screen, halls("evening"), "vi")
    page.evaluate("document.querySelector('.queues-now tbody').style.fontSize = '90px'")
    page.evaluate("document.querySelectorAll('.queues-now tbody th').forEach(th => th.style.fontSize = '90px')")
    assert page.evaluate(OVERLAPS) != []


@pytest.fixture(scope="module")
def everything_at_once(halls: Halls) -> Scene:
    """Somebody calls for help, a queue has no counter, all wait too long, priority too; a counter is idle."""
    scene = halls("troubled")
    for counter in (2, 5):
        scene.server.store.write_now(Act(CLERKS[counter]), shifts.call_for_help, counter, CLERKS[counter])
    for queue in ("ho-tich", "cu-tru", "giay-to"):
        scene.ticket(queue, priority="cao-tuoi")
    scene.clock.forward(minutes=20)
    refresh_tonight(scene.server)
    return scene


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_all_alarms_at_once_lie_over_nothing(
    open_screen: Screens, everything_at_once: Scene, language: str
) -> None:
    page = shown(open_screen, everything_at_once, language)
    assert page.locator(".alarms li").count() == 3
    assert page.locator(".alarms + .calm").inner_text().startswith(("và 2", "and 2", "et 2"))
    assert page.evaluate(OVERLAPS) == []
