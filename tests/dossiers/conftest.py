"""A centre with a desk of dossiers on Monday 23 November 2026, 08:00, and the people who come to it."""

from collections.abc import Iterator

import pytest

from tests.dossiers.desks import Desk
from tests.support.asking import NO_PRINTERS
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """cb01 sits at counter 1; no dossier has come in."""
    clock = HandClock(MORNING)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        server.open_shift("cb01", 1)
        yield Desk(server, clock)
