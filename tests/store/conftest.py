"""Stores on real files, and a writer that can be held still while jobs gather behind it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from store.store import Store
from store.writer import Act, Job, Tx
from tests.support.halls import HandClock, write_file

PATIENCE = 20


class Bench:
    """A started store with a clock moved by hand."""

    def __init__(self, path: Path, *, server: bool = False) -> None:
        self.clock = HandClock()
        self.store = Store(path, self.clock, server=server)
        self.store.start()

    def do(
        self,
        operation: Callable[..., Any],
        *args: Any,
        who: str = "test",
        request: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """One operation, awaited."""
        return self.store.write_now(Act(who, request), operation, *args, **kwargs)

    def queue(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        """One operation, only queued."""
        future: Future[Any] = Future()
        self.store.writer.submit(Job(Act("test"), operation, args, kwargs, future))
        return future

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the writer inside one job until the block ends: what is queued meanwhile forms the next batch."""
        entered, go = threading.Event(), threading.Event()
        plug = self.queue(_hold, entered, go)
        assert entered.wait(PATIENCE)
        try:
            yield
        finally:
            go.set()
            plug.exception(PATIENCE)

    def one(self, sql: str, *args: Any) -> Any:
        """The first column of the first row, as a reader sees it."""
        return self.store.read(lambda db: (db.execute(sql, args).fetchone() or [None])[0])


def _hold(tx: Tx, entered: threading.Event, go: threading.Event) -> None:
    entered.set()
    assert go.wait(PATIENCE)


@pytest.fixture
def demo_file(tmp_path: Path) -> Path:
    """The demo centre as a file."""
    return write_file(tmp_path / "motcua.sqlite")


@pytest.fixture
def bench(demo_file: Path) -> Iterator[Bench]:
    """A started store on the demo centre."""
    found = Bench(demo_file)
    yield found
    found.store.close()
