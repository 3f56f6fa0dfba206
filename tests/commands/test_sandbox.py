"""`motcua sandbox`: the sandbox portal alone, its help and its ends."""

import signal
import socket
import subprocess
import sys

import httpx2
from click.testing import CliRunner

from commands.main import main


def asked(*words: str) -> int:
    return CliRunner().invoke(main, ["sandbox", *words]).exit_code


def test_its_help_and_what_is_wrongly_asked():
    assert asked("--help") == 0
    assert asked("--port", "no") == 2
    assert asked("--catalogue", "/not/there") == 2
    assert asked("--push-secret-file", "/not/there") == 2


def test_a_port_that_is_taken_ends_it_with_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert asked("--port", str(taken.getsockname()[1])) == 1


def test_it_serves_until_it_is_told_to_stop(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("mot-khoa-chung-du-dai\n", encoding="utf-8")
    words = ["sandbox", "--port", "0", "--push-url", "http://127.0.0.1:9/x", "--push-secret-file", str(secret)]
    with subprocess.Popen(
        [sys.executable, "-m", "commands.main", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        try:
            assert line.startswith("portal ready http://127.0.0.1:"), line
            page = httpx2.get(line.split()[2], trust_env=False, verify=False).text
            assert "http://127.0.0.1:9/x" in page
            assert "mot-khoa-chung" not in page
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
