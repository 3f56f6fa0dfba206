"""What fault tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

IN_MEMORY = Path("/dev/shm")


@pytest.fixture
def quiet_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: for tests whose limits are about the server, not about this disk."""
    if not (IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="motcua-", dir=IN_MEMORY) as folder:
        yield Path(folder)
