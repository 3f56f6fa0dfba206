"""A kiosk with the languages that a centre adds: their buttons, large and whole in all modes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app import offer
from tests.browser.looking import faults, settle
from tests.browser.screens import Screens, connected, device_pass
from tests.support.servers import Server, running
from tests.web.test_language_packs import pack
from web import languages

NAMES = {"tyz": "Tày", "mtq": "Mường", "khm": "ខ្មែរ", "cja": "Chăm", "rad": "Êđê"}


@pytest.fixture(scope="module", params=[1, 5])
def centre(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("languages") / "data"
    for code, name in list(NAMES.items())[: request.param]:
        pack(data / "languages", code, name)
    try:
        with running(data) as found:
            yield found
    finally:
        offer({})


@pytest.mark.parametrize("mode", ["", "reach=1", "big=1"])
def test_their_buttons_are_large_and_whole(mode: str, centre: Server, open_screen: Screens) -> None:
    page = open_screen("kiosk", f"{centre.url}/kiosk/K1?{mode}", passes=device_pass(centre, "K1"))
    settle(connected(page))
    assert faults(page, "kiosk", fold=False) == []
    pictures = Path(__file__).parent.parent.parent / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=pictures / f"kiosk-languages-{len(languages.offered())}{mode[:5]}.png")
    page.get_by_role("link", name="Tày").tap()
    expect(page.get_by_role("link", name="Au maj")).to_be_visible()
    expect(page.get_by_role("link", name="Nghe đọc")).to_have_count(0)
    assert page.get_attribute("html", "lang") == "tyz"
