"""One hall a module with a clock that is moved by hand, and the same people at its counters."""

from collections.abc import Iterator

import pytest

from operations import shifts
from store.writer import Act
from tests.support.asking import NO_PRINTERS
from tests.support.halls import MORNING, HandClock
from tests.support.servers import Server, running


@pytest.fixture(scope="module")
def clock() -> HandClock:
    """Monday 08:00."""
    return HandClock(MORNING)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, clock: HandClock) -> Iterator[Server]:
    """The demo centre with four counters manned, one of them in the other hall."""
    with running(tmp_path_factory.mktemp("hall") / "data", clock, printer_of=NO_PRINTERS) as server:
        for counter in (1, 2, 5, 9):
            person = f"cb{counter:02d}"
            server.store.write_now(Act(person), shifts.open_shift, counter, person)
        yield server
