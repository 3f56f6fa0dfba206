"""A second server on the same file ends at once, with one line that says why."""

import subprocess
import sys

import pytest

from store.store import Store
from tests.commands.test_stopping import PATIENCE, ROOT, free_port
from tests.support.halls import HandClock, write_file


@pytest.fixture
def data(tmp_path):
    """A data folder on whose file a server runs."""
    (tmp_path / "data").mkdir()
    store = Store(write_file(tmp_path / "data" / "motcua.sqlite"), HandClock(), server=True)
    store.start()
    yield tmp_path / "data"
    store.close()


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_second_start_says_in_one_line_what_is_wrong(data, command):
    told = subprocess.run(
        [sys.executable, "-m", "commands", "--data", str(data), command, "--port", free_port()], cwd=ROOT,
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert "một máy chủ MotCua khác đang chạy" in told.stderr.splitlines()[-1]
    assert "Traceback" not in told.stdout + told.stderr
