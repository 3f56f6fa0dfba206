"""`motcua serve` as a process, with a store opened beside it: what happens elsewhere while a screen looks on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from sqlite_utils.utils import sqlite3

import clock
from operations import calling, shifts, ticketing
from store.store import Store
from store.writer import Act
from tests.browser.scenes import CLERKS, NOWHERE
from tests.support.halls import write_file
from tests.support.servers import Server, ServerProcess


class Beside(Server):
    """A server process that can be frozen, killed and started again; operations go through a store beside it."""

    def __init__(self, data: Path) -> None:
        self.aside = Store(write_file(data / "motcua.sqlite"), clock.now)
        self.aside.start()
        house = SimpleNamespace(store=self.aside)
        super().__init__("", SimpleNamespace(state=SimpleNamespace(house=house)), data)
        self.process = ServerProcess(
            data, environment={"MOTCUA_PRINTER_OF": ",".join(f"{n}={a}" for n, a in NOWHERE)}
        )
        self.url = self.process.start()

    def freeze(self) -> None:
        """The process stands still; its sockets stay open. Between two writes: nobody else could write else."""
        assert self.process.process is not None
        db = sqlite3.connect(str(self.aside.path), isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        self._signal(signal.SIGSTOP)
        os.waitpid(self.process.process.pid, os.WUNTRACED)
        db.close()

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self.process.process is not None
        os.kill(self.process.process.pid, number)

    def sit(self, counter: int) -> None:
        """A clerk at the own counter."""
        self.store.write_now(Act(CLERKS[counter]), shifts.open_shift, counter, CLERKS[counter])

    def wait_in_line(self, queue: str, people: int = 1) -> None:
        """So many more in this queue."""
        for _ in range(people):
            self.store.write_now(Act("test"), ticketing.take_ticket, queue)

    def call(self, counter: int) -> int:
        """The next one to this counter; gives the number of the announcement."""
        seq = self.store.write_now(Act("test"), calling.call_next, counter, CLERKS[counter]).seq
        assert seq is not None
        return seq

    def close(self) -> None:
        """End the process, unless a test has left it dead, and the store."""
        if self.process.process is not None and self.process.process.poll() is None:
            self.thaw()
            self.process.stop()
        self.aside.close()


@contextmanager
def beside(data: Path) -> Iterator[Beside]:
    """A demo centre served by a process of its own."""
    data.mkdir(parents=True)
    server = Beside(data)
    try:
        yield server
    finally:
        server.close()
