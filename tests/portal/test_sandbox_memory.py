"""A sandbox that is started again knows the dossiers and steps that it has received."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from portal.sandbox import SandboxThread
from portal.sandbox import memory as sandbox_memory
from portal.sandbox.memory import KeptState
from tests.portal.callers import CODE, Caller, dossier, steps

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def calling(catalogue: Path, path: Path) -> Iterator[Caller]:
    """Signed in at a sandbox with this memory, which ends afterwards."""
    with (
        closing(KeptState(path)) as state,
        SandboxThread(catalogue, state=state) as sandbox,
        Caller(sandbox) as found,
    ):
        yield found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "portal.jsonl"


def test_what_came_in_is_there_after_a_restart(catalogue: Path, path: Path) -> None:
    with calling(catalogue, path) as caller:
        caller.send(dossier())
        caller.send(dossier(TrangThaiHoSo="4"), updating=True)
        caller.call("CapNhatTienDoHoSoMC", data=steps())
    with calling(catalogue, path) as caller:
        known = caller.sandbox.state.dossiers[CODE]
        assert (known.status, known.version_count, len(known.steps)) == ("4", 2, len(steps()))
        assert caller.sandbox.state.counts.steps == 0, "nothing has come in since the start"
        assert caller.call("CapNhatTienDoHoSoMC", data=steps())["error_code"] == "0"
        assert caller.sandbox.state.counts.repeated_steps == len(steps())
        assert "đã tồn tại" in caller.send(dossier())["message"]


def test_a_line_that_the_power_cut_takes_nothing_else_with_it(catalogue: Path, path: Path) -> None:
    with calling(catalogue, path) as caller:
        caller.send(dossier())
    with path.open("ab") as file:
        file.write(b'\n{"record":{"MaHoSo":"H56.19-26')
    with calling(catalogue, path) as caller:
        assert list(caller.sandbox.state.dossiers) == [CODE]
        caller.call("CapNhatTienDoHoSoMC", data=steps())
    with calling(catalogue, path) as caller:
        assert len(caller.sandbox.state.dossiers[CODE].steps) == len(steps())


@pytest.mark.parametrize(
    "line", ["[]", "7", '{"record":{},"at":"2026-07-13T01:42:00Z"}', '{"step":{"MaHoSo":"x"}}']
)
def test_lines_of_another_hand_are_passed_over(line: str, path: Path) -> None:
    path.write_text(line + "\n", encoding="utf-8")
    with closing(KeptState(path)) as state:
        assert state.dossiers == {}


def test_what_was_emptied_stays_empty(catalogue: Path, path: Path) -> None:
    with calling(catalogue, path) as caller:
        caller.send(dossier())
        caller.sandbox.state.clear()
    with calling(catalogue, path) as caller:
        assert caller.sandbox.state.dossiers == {}


def test_a_file_that_has_grown_too_large_is_laid_aside(
    catalogue: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with calling(catalogue, path) as caller:
        caller.send(dossier())
    monkeypatch.setattr(sandbox_memory, "LARGEST_FILE", 10)
    with calling(catalogue, path) as caller:
        assert caller.sandbox.state.dossiers == {}
    assert CODE in path.with_name("portal.jsonl.old").read_text(encoding="utf-8")


def test_nobody_else_on_the_machine_may_read_it(path: Path) -> None:
    with closing(KeptState(path)):
        assert path.stat().st_mode & 0o077 == 0


def test_the_program_keeps_its_memory_where_it_is_told(catalogue: Path, path: Path) -> None:
    for asked in (False, True):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        command = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "portal.sandbox",
            "--port",
            port,
            "--catalogue",
            str(catalogue),
        ]
        with subprocess.Popen(
            [*command, "--memory", str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout is not None and run.stderr is not None
            assert run.stdout.readline().startswith("portal ready")
            if asked:
                found = httpx2.get(f"http://127.0.0.1:{port}/sandbox/dossiers.json", trust_env=False).json()
                assert list(found) == [CODE]
            run.send_signal(signal.SIGTERM)
            assert (run.wait(5), run.stderr.read()) == (0, "")
        line = {"record": dossier(), "madonvi": "H56.19", "at": "2026-07-13T01:42:00Z"}
        path.write_text(json.dumps(line) + "\n", encoding="utf-8")
