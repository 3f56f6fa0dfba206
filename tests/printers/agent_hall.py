"""A running server with a print agent that a test can start, cut off and kill; its printer is the simulated one."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from domain.centres import Device, DeviceKind
from operations import entering, managing, ticketing
from printers.agent_journal import AgentJournal
from printers.agent_program import Errand, PrintAgent
from printers.simulator import PrinterSimulator
from store import jobs
from store.writer import Act
from tests.support.halls import demo_calendar, demo_centre
from tests.support.servers import ROOT, Server, running
from web.devices import plain_code
from web.visitors import hash_of

NAME = "IN1"
CODE = "ABCD-EGHK"
ACT = Act("test")
ENDS = ("confirmed", "sent", "unknown", "expired")


def centre_with_agent() -> Any:
    """The demo centre, its first printer behind the agent IN1."""
    found = demo_centre()
    agent = Device(NAME, DeviceKind.AGENT, "Chương trình in của ki-ốt 1", found.devices[0].zone)
    first, *others = found.printers
    printers = (replace(first, address=f"agent://{NAME}", width=384), *others)
    return replace(found, devices=(*found.devices, agent), printers=printers)


@dataclass
class AgentHall:
    """The server, the printer that hangs on the agent's machine, and the agents of this test."""

    server: Server
    printer: PrinterSimulator
    folder: Path
    serving: contextlib.ExitStack
    running: list["RunningAgent"] = field(default_factory=list)

    def restart_server(self) -> str:
        """Stop the server and start it anew on the same file; gives its new address."""
        self.serving.close()
        self.server = self.serving.enter_context(running(self.folder.parent / "data", printer_of=()))
        return self.server.url

    @property
    def device(self) -> str:
        return f"tcp://127.0.0.1:{self.printer.port}"

    def pair(self) -> str:
        """A fresh token of the agent; an older one is dead."""
        return self.server.device_cookie(NAME)

    def offer(self, code: str = CODE) -> None:
        """What `motcua device code IN1` does, with a code that the test knows."""
        self.server.store.write_now(ACT, entering.offer_pairing, NAME, hash_of(plain_code(code)))

    def start(self, token: str = "", **changes: Any) -> "RunningAgent":
        """An agent in a thread of its own, with the journal of this machine unless another one is given."""
        errand = Errand(self.server.url, NAME, token or self.pair(), self.device)
        errand = replace(errand, **{k: v for k, v in changes.items() if k in ("server", "device", "name")})
        journal = changes.get("journal") or AgentJournal(self.folder / f"{NAME}.journal")
        agent = RunningAgent(errand, journal)
        self.running.append(agent)
        return agent

    def take_ticket(self) -> int:
        """A number whose slip goes to the agent's printer; gives the ticket."""
        printer = demo_centre().printers[0].id
        return int(self.server.store.write_now(ACT, ticketing.take_ticket, "ho-tich", "vi", None, printer).id)

    def state(self, ticket: int) -> str:
        """How the slip of this ticket stands."""
        found = self.server.store.read(jobs.print_job_of, "ticket", str(ticket))
        assert found is not None
        return found.state

    def await_end(self, ticket: int, seconds: float = 25) -> str:
        """How the slip ended."""
        until(lambda: self.state(ticket) in ENDS, seconds, f"the slip has no end: {self.state(ticket)}")
        return self.state(ticket)

    @property
    def trouble(self) -> str:
        """What the server knows to be wrong with the agent's printer."""
        health = self.server.app.state.printers.health.get(demo_centre().printers[0].id)
        return health.trouble if health else ""

    @property
    def is_connected(self) -> bool:
        return bool(self.server.app.state.agents.is_here(NAME))

    def await_agent(self) -> None:
        until(lambda: self.is_connected, 10, "the agent does not come")


class RunningAgent:
    """One print agent in a thread; `stop` ends it as Ctrl-C does."""

    def __init__(self, errand: Errand, journal: AgentJournal) -> None:
        self.notices: list[str] = []
        self.journal = journal
        self._loop = asyncio.new_event_loop()
        agent = PrintAgent(errand, journal, self.notices.append, _soon)
        self._work = self._loop.create_task(agent.run())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._work)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._work.cancel)
            self._thread.join(10)
            self.journal.close()

    def await_notice(self, word: str, seconds: float = 10) -> None:
        until(lambda: word in self.notices, seconds, f"no notice {word}: {self.notices}")


async def _soon(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.05))


@contextmanager
def agent_hall(folder: Path, speed: float | None = None) -> Iterator[AgentHall]:
    """Server and printer, without any agent yet; `speed` of the paper in mm/s, None = at once."""
    with PrinterSimulator.threaded(384, speed=speed) as printer, contextlib.ExitStack() as serving:
        server = serving.enter_context(running(folder / "data", printer_of=()))
        server.store.write_now(ACT, managing.load_centre, centre_with_agent(), demo_calendar())
        hall = AgentHall(server, printer, folder / "state", serving)
        try:
            yield hall
        finally:
            for agent in hall.running:
                agent.stop()


@contextmanager
def cable(url: str) -> Iterator["Cable"]:
    """A wire to the server that can be cut."""
    wire = Cable(url)
    try:
        yield wire
    finally:
        wire.cut()
        wire.listener.close()


class Cable:
    """Carries bytes between the agent and the server; after `limit` bytes towards the agent it is cut by itself."""

    def __init__(self, url: str) -> None:
        self.lead_to(url)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.limit: int | None = None
        self.carried = 0
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def lead_to(self, url: str) -> None:
        """Whoever connects from now on comes to this server."""
        self._port = int(url.rsplit(":", 1)[1])

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    near.close()
                    continue
                self._ends += [near, far]
                threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1024):
                if counts and self.limit is not None and self.carried + len(data) > self.limit:
                    self.cut()
                    return
                if counts:
                    self.carried += len(data)
                target.sendall(data)
        self._hang_up(source, target)

    def cut(self) -> None:
        self._hang_up(*self._ends)

    def _hang_up(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@contextmanager
def program(*arguments: str) -> "Iterator[subprocess.Popen[str]]":
    """`motcua print-agent` as a process, ended whatever happens."""
    command = [sys.executable, "-m", "commands", "print-agent", *arguments]
    started = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    with started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()
