"""Ending a server by Ctrl-C or by the service manager is no failure."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 40


def free_port() -> str:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


@contextmanager
def started(data: Path, *command: str):
    """The command as a program of its own, once it has said that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "--data", str(data), *command], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | {"MOTCUA_METRICS_PORT": "0"},
    )  # fmt: skip
    try:
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("ready ") for line in lines)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("demo", "--empty", "--port")], ids=lambda c: c[0])
def test_it_ends_well_and_says_nothing_of_an_abort(tmp_path, command, ending):
    arguments = command if command[0] == "serve" else (*command, free_port())
    with started(tmp_path / "data", *arguments) as process:
        process.send_signal(ending)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert "Abort" not in said
        assert "Traceback" not in said
