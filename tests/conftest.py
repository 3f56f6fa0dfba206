"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.halls import Hall, empty_hall, new_hall
from tests.support.servers import Server, running


@pytest.fixture
def hall() -> Hall:
    """The demo centre in memory, its clock at Monday 08:00."""
    return new_hall()


@pytest.fixture
def bare() -> Hall:
    """Only the schema in memory."""
    return empty_hall()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The whole application on a free port, with the demo centre, without portal."""
    with running(tmp_path / "data") as found:
        yield found
