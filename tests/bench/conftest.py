"""One furnished hall for all benchmarks of this folder; every measurement copies it."""

from collections.abc import Iterator

import pytest

from bench.servers import Hall, furnished


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The demo centre as the benchmarks use it."""
    with furnished(tmp_path_factory.mktemp("bench")) as hall:
        yield hall
