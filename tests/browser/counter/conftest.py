"""The clerk of counter 1 before the own screen, with a colleague at counter 2."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from operations import ticketing
from store.writer import Act
from tests.browser.scenes import CLERKS, NOWHERE
from tests.browser.screens import Screens, connected, person_pass
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
