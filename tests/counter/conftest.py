"""A centre for the tests of a module, and two clerks in it, with nobody before them when a test begins."""

import pytest

from tests.counter.test_commands import clear
from tests.counter.test_routes import desk
from tests.support.asking import NO_PRINTERS
from tests.support.servers import running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("commands") / "data", printer_of=NO_PRINTERS) as found:
        yield found


@pytest.fixture
def clerk(server):
    """Clerk cb01 at counter 1 with nobody before it, waiting or set aside."""
    clear(server)
    return desk(server, "cb01", 1)


@pytest.fixture
def colleague(server, clerk):
    """Clerk cb02 at counter 2."""
    return desk(server, "cb02", 2)
