"""A real Chromium, and screens that fail a test by themselves when they complain."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.beside import Beside
from tests.browser.screens import Screens, chromium_running, connected, device_pass
from tests.browser.sounds import LISTEN_TO_SOUNDS

HERE = Path(__file__).parent
opened, running = ExitStack(), list[Browser]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser; BROWSER_PART=0-40 keeps the first 40 %, for several side by side."""
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
    first, last = (int(percent) for percent in os.environ.get("BROWSER_PART", "0-100").split("-"))
    others = {*here[: len(here) * first // 100], *here[len(here) * last // 100 :]}
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="module")
def chromium() -> Browser:
    """The one browser of all that is tested here; each test opens contexts of its own in it."""
    if not running:
        running.append(opened.enter_context(chromium_running()))
    return running[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Not for the whole session: while Playwright lives, no other test of this thread could run an event loop."""
    try:
        yield
    finally:
        if nextitem is None or HERE not in nextitem.path.parents:
            close_browser()


def pytest_sessionfinish() -> None:
    """The same when a run ends early."""
    close_browser()


def close_browser() -> None:
    """The next test that wants one starts it anew."""
    running.clear()
    opened.close()


@pytest.fixture
def open_screen(chromium: Browser) -> Iterator[Screens]:
    """`open_screen("kiosk", url, passes=...)`; a console error, page error or policy violation fails the test."""
    screens = Screens(chromium)
    try:
        yield screens
        unexpected = screens.unexpected()
    finally:
        screens.close()
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture(scope="module")
def lasting_screens(chromium: Browser) -> Iterator[Screens]:
    """The same for a whole module: a new screen costs as much as what most tests look at on it."""
    screens = Screens(chromium)
    yield screens
    screens.close()


@pytest.fixture
def without_complaint(lasting_screens: Screens) -> Iterator[None]:
    """What a lasting screen complains about fails the test in which it does."""
    lasting_screens.forget_all()
    yield
    unexpected = lasting_screens.unexpected()
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def wall(centre: Beside, open_screen: Screens) -> Page:
    """The hall's wall, with somebody listening."""
    page = open_screen.blank("wall", device_pass(centre, "W1"))
    page.add_init_script(LISTEN_TO_SOUNDS)
    page.goto(f"{centre.url}/display/W1")
    return connected(page)
