"""The simulated printer that most tests of it talk to."""

from collections.abc import Iterator

import pytest

from printers.simulator import PrinterSimulator
from tests.printers.simulated_hosts import SMALL


@pytest.fixture
def printer() -> Iterator[PrinterSimulator]:
    """A printer 16 dots wide, listening on a port of its own."""
    with PrinterSimulator.threaded(SMALL) as printer:
        yield printer
