"""The sandbox portal with one catalogue, and a caller who finds it empty."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.sandbox import SandboxThread
from tests.portal.callers import BEGIN, PROCEDURE, Caller, Clock


@pytest.fixture
def anyio_backend() -> str:
    """The client is asked on the event loop that the server uses."""
    return "asyncio"


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue's file with one procedure."""
    path = tmp_path_factory.mktemp("sandbox") / "procedures.jsonl"
    path.write_text(json.dumps(PROCEDURE, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The sandbox's clock; every caller finds it at BEGIN."""
    return Clock()


@pytest.fixture(scope="module")
def shared_sandbox(catalogue: Path, clock: Clock) -> Iterator[SandboxThread]:
    """One running sandbox for all callers of a file."""
    with SandboxThread(catalogue=catalogue, now=clock, madonvi="H56") as sandbox:
        yield sandbox


@pytest.fixture
def caller(shared_sandbox: SandboxThread, clock: Clock) -> Iterator[Caller]:
    """Signed in at a sandbox that knows no dossier and plays no fault."""
    shared_sandbox.state.clear()
    shared_sandbox.faults.clear()
    clock.instant = BEGIN
    with Caller(shared_sandbox) as caller:
        yield caller
