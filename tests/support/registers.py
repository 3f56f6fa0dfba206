"""National databases for the tests: population and land of the sandbox, and one that says nothing."""

import socket
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from domain.centre_outside import Lookup
from domain.lookups import Database
from operations import managing
from portal.sandbox.national import KEYS
from store.writer import Act
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import Server

BOTH = (Database.POPULATION, Database.LAND)


def write_keys(folder: Path) -> Path:
    """The folder of secrets that the sandbox takes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, key in KEYS.items():
        (folder / name).write_text(key + "\n", encoding="ascii")
    return folder


def connect(server: Server, ways: Sequence[Lookup]) -> None:
    """From now on the centre's file names these databases."""
    centre = replace(demo_centre(), lookups=tuple(ways))
    server.store.write_now(Act("test"), managing.load_centre, centre, demo_calendar())
    server.store._centre = None


def connect_sandbox(server: Server, url: str, seconds: float = 2.0) -> None:
    """Both databases of the sandbox portal."""
    connect(server, [Lookup(database, f"{url}/national/{database}", seconds) for database in BOTH])


class Silent:
    """Somebody who takes every call and says nothing."""

    def __enter__(self) -> "Silent":
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.calls = 0
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def _take(self) -> None:
        try:
            while True:
                self._lines.append(self._listener.accept()[0])
                self.calls += 1
        except OSError:
            return

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for line in self._lines:
            line.close()
