"""The sandbox put together, in a thread or as a program, and what the program is told."""

from __future__ import annotations

import argparse
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from portal.sandbox.adapter import DESTINATION, Adapter
from portal.sandbox.axis import ACCOUNTS as AXIS_ACCOUNTS
from portal.sandbox.axis import SandboxAxis
from portal.sandbox.axis_state import AxisState
from portal.sandbox.catalogue import Catalogue
from portal.sandbox.faults import Faults
from portal.sandbox.memory import KeptState
from portal.sandbox.national import Registers
from portal.sandbox.payments import Till
from portal.sandbox.pushes import Pushes
from portal.sandbox.pushing import push_routes
from portal.sandbox.routes import Pages
from portal.sandbox.services import Services
from portal.sandbox.state import State

PREFIXES = ("/XrdAdapter/RestService/forward", "/VXPAdapter/RestService/forward")
TEST_ACCOUNTS: Mapping[str, str] = {"H56": "thu-nghiem"}
STOP_SECONDS = 10.0


def wall_clock() -> datetime:
    """The present instant; the sandbox is a program of its own and may not import the product's clock."""
    return datetime.now(UTC)


def make_sandbox(
    catalogue: Path,
    accounts: Mapping[str, str],
    token_minutes: float = 30,
    now: Callable[[], datetime] = wall_clock,
    *,
    madonvi: str = "",
    destination: str = DESTINATION,
    push_url: str = "",
    push_secret: str = "",
    state: State | None = None,
    axis_accounts: Mapping[str, str] = AXIS_ACCOUNTS,
    axis_state: AxisState | None = None,
) -> Starlette:
    """The sandbox as an app; its `Adapter` stands in `app.state.sandbox`, the document axis in `app.state.axis`.

    `accounts` maps user names to passwords, `madonvi` is the prefix every unit must have ("" for any).
    `state`: what a sandbox before this one has received; its sessions are gone. Online dossiers are pushed to
    `push_url`, signed with `push_secret`.
    Raises OSError or msgspec.DecodeError when the catalogue cannot be read.
    """
    state, faults, known = state or State(), Faults(), Catalogue.read(catalogue)
    services = Services(
        known,
        accounts,
        state,
        faults,
        now=now,
        token_minutes=token_minutes,
        madonvi=madonvi,
    )
    adapter = Adapter(services, state, faults, now, destination)
    axis = SandboxAxis(now, axis_accounts, axis_state)
    till, registers = Till(faults, now), Registers(faults, adapter.closing.wait)
    pushes = Pushes(push_url, push_secret, state, known.titles(), now)
    app = Starlette(routes=[*_routes(adapter, pushes), *till.routes(), *registers.routes(), *axis.routes()])
    app.state.axis, app.state.pushes = axis, pushes
    app.state.sandbox, app.state.till, app.state.registers = adapter, till, registers
    return app


class SandboxThread:
    """A sandbox on a free loopback port, in a thread of this process, for the time of a `with`."""

    def __init__(
        self, catalogue: Path, accounts: Mapping[str, str] = TEST_ACCOUNTS, *, port: int = 0, **options: Any
    ) -> None:
        """`options` are those of `make_sandbox`."""
        self.accounts = accounts
        self._app = make_sandbox(catalogue, accounts, **options)
        self._socket = _listen("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._listening = threading.Event()
        self._server = _Server(self._app, self._listening.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="sandbox")

    @property
    def state(self) -> State:
        """What the sandbox has received."""
        adapter: Adapter = self._app.state.sandbox
        return adapter.state

    @property
    def pushes(self) -> Pushes:
        """What the sandbox pushes to the product."""
        pushes: Pushes = self._app.state.pushes
        return pushes

    @property
    def faults(self) -> Faults:
        """The sandbox's fault switches."""
        adapter: Adapter = self._app.state.sandbox
        return adapter.faults

    @property
    def till(self) -> Till:
        """The payment platform."""
        till: Till = self._app.state.till
        return till

    @property
    def registers(self) -> Registers:
        """The national databases."""
        registers: Registers = self._app.state.registers
        return registers

    @property
    def axis(self) -> AxisState:
        """What the document exchange axis has received, with its own switches."""
        axis: SandboxAxis = self._app.state.axis
        return axis.state

    def __enter__(self) -> SandboxThread:
        self._thread.start()
        if not self._listening.wait(STOP_SECONDS):
            raise RuntimeError("the sandbox portal does not listen")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError("the sandbox portal does not stop")


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, cuts waiting calls when it stops, and ends with code 0."""

    def __init__(self, app: Starlette, on_listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(app, loop="asyncio", lifespan="off", ws="none", access_log=False, log_level="critical")
        )
        self._adapter: Adapter = app.state.sandbox
        self._axis: SandboxAxis = app.state.axis
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._adapter.closing.set()
        self._axis.closing.set()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn's own would raise the signal again after the clean end, and so end with -15.
        self.should_exit = True


def _routes(adapter: Adapter, pushes: Pushes) -> list[Route]:
    endpoints = {"/mapi/login": adapter.log_in, "/mapi/g": adapter.integrate}
    calls = [
        Route(prefix + path, endpoint, methods=["POST"])
        for prefix in PREFIXES
        for path, endpoint in endpoints.items()
    ]
    pages = Pages(adapter.state, adapter.faults, pushes, adapter.now)
    return calls + pages.routes() + push_routes(pushes)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # asyncio sets this only on sockets that name their protocol; without it every answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--catalogue", type=Path, required=True, help="JSON lines, may be gzipped")
    parser.add_argument("--username", default=next(iter(TEST_ACCOUNTS)))
    parser.add_argument("--password", default=next(iter(TEST_ACCOUNTS.values())))
    parser.add_argument("--madonvi", default="", metavar="PREFIX", help="units that may call; default any")
    parser.add_argument(
        "--payment-callback", default="", metavar="URL", help="where the centre hears what was paid"
    )
    parser.add_argument("--token-minutes", type=float, default=30)
    parser.add_argument("--memory", type=Path, metavar="FILE", help="keeps there what came in; default nowhere")
    parser.add_argument("--push-url", default="", help="where online dossiers are pushed to; default nowhere")
    parser.add_argument("--push-secret-file", type=Path, help="its first line signs what is pushed")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Runs the sandbox until SIGTERM or SIGINT; the exit code."""
    given, memory = _arguments(words), None
    try:
        memory = KeptState(given.memory) if given.memory else None
        accounts = {given.username: given.password}
        secret = given.push_secret_file.read_text(encoding="utf-8") if given.push_secret_file else ""
        app = make_sandbox(
            given.catalogue, accounts, given.token_minutes, madonvi=given.madonvi, push_url=given.push_url,
            push_secret=next(iter(secret.splitlines()), "").strip(),
            state=memory,
        )  # fmt: skip
        app.state.till.callback = given.payment_callback
        listener = _listen(given.host, given.port)
    except (OSError, msgspec.DecodeError) as error:
        sys.stderr.write(f"portal cannot start: {error}\n")
        return 1
    host = f"[{given.host}]" if ":" in given.host else given.host
    url = f"http://{host}:{listener.getsockname()[1]}/"

    def say_ready() -> None:
        sys.stdout.write(f"portal ready {url}\n")
        sys.stdout.flush()

    _Server(app, say_ready).run([listener])
    if memory is not None:
        memory.close()
    return 0
