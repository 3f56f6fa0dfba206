"""Servers for tests: the whole application in a thread, or `motcua serve` as a process of its own."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from jinja2.bccache import Bucket, BytecodeCache

import app as composition
import clock
from commands.serving import Announcing, listen, uvicorn_config
from operations import entering, shifts
from settings import LARGEST_SHARE, PREFIX, Settings
from store.store import Store
from store.writer import Act
from tests.support.halls import write_file
from web import voice
from web.devices import plain_code
from web.forecasting import Forecaster
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE, hash_of, new_token

# Nothing listens on port 9: tests that print bring their own printer.
NO_PRINTERS = (("P1", "tcp://127.0.0.1:9"), ("P2", "tcp://127.0.0.1:9"))
# Tests press faster than people: what a flood is, tests/web/test_floods.py says.
SHARES = dict.fromkeys(("device_tickets", "device_requests", "stranger_requests"), LARGEST_SHARE)
ROOT = Path(__file__).parent.parent.parent


async def never(*_: Any) -> None:
    """Stands in for work that goes on by itself."""


# 418 clips, which never change: reading them anew would be a third of every start.
_load = voice.Pack.load
_clips = cache(_load)
voice.Pack.load = lambda folder: (_clips if voice.VOICES in folder.parents else _load)(folder)
# Boards of estimates are made when a test asks (tests/support/forecasts.py): by themselves they write events.
boards_of_themselves = Forecaster.run
Forecaster.run = never  # type: ignore[method-assign]


@dataclass
class Server:
    """A running server with its store at hand."""

    url: str
    app: Any
    data: Path
    clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.app.state.house.store

    def person_cookie(self, person: str) -> str:
        """A sign-in of this person (an id of the centre file), without waiting for Argon2."""
        token = new_token()
        self.store.write_now(Act(person), entering.sign_in, person, hash_of(token))
        return token

    def device_cookie(self, device: str) -> str:
        """A paired device's token."""
        token, code = new_token(), hash_of(plain_code("TEST-CODE"))
        self.store.write_now(Act("test"), entering.offer_pairing, device, code)
        assert self.store.write_now(Act("test"), entering.pair_device, device, code, hash_of(token)).right
        return token

    def bearer(self, kind: str, holder: str) -> str:
        """A bearer token of a person or device."""
        token = new_token()
        self.store.write_now(Act("test"), entering.give_token, kind, holder, "test", hash_of(token))
        return token

    def client(self, person: str | None = None, device: str | None = None) -> httpx2.Client:
        """A browser-like client: same origin, with the cookies of a person or a device."""
        cookies = {}
        if person:
            cookies[SIGN_IN_COOKIE] = self.person_cookie(person)
        if device:
            cookies[DEVICE_COOKIE + device] = self.device_cookie(device)
        client = httpx2.Client(  # without certificates to load it takes a hundredth of the time
            base_url=self.url, cookies=cookies, headers={"Origin": self.url}, trust_env=False, verify=False
        )
        self.clients.append(client)
        return client

    def open_shift(self, person: str, counter: int) -> None:
        """Sit somebody down."""
        self.store.write_now(Act(person), shifts.open_shift, counter, person)


class Compiled(BytecodeCache):
    """Templates by file, language and escaping, compiled once a run: the first page of a server costs a tenth."""

    def __init__(self) -> None:
        self._buckets: dict[Any, Bucket] = {}

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        """What was compiled before, or an empty place for it; `translate` is one object a language."""
        key = (filename, environment.translate, environment.autoescape)
        return self._buckets.setdefault(key, Bucket(environment, name, self.get_source_checksum(source)))

    def set_bucket(self, bucket: Bucket) -> None:
        """It is kept already."""


COMPILED = Compiled()


@contextmanager
def running(data: Path, now: Callable[[], datetime] = clock.now, **changes: Any) -> Iterator[Server]:
    """The application on a free port in a thread; the demo centre is loaded unless the file is there."""
    data.mkdir(parents=True, exist_ok=True)
    changes = {"printer_of": NO_PRINTERS, **SHARES, **changes}
    settings = replace(Settings(data=data), **changes)
    if not settings.file.exists():
        write_file(settings.file)
    app = composition.make_app(settings, now)
    for environment in app.state.house.pages._environments.values():
        environment.bytecode_cache = COMPILED
    listener = listen("127.0.0.1", 0)
    config = uvicorn_config(app, https=settings.https, loop="asyncio")
    server, started = Announcing(config), threading.Event()
    server.announce = started.set
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert started.wait(20), "the server did not start"
    found = Server(f"http://127.0.0.1:{listener.getsockname()[1]}", app, data)
    try:
        yield found
    finally:
        for client in found.clients:
            client.close()
        server.should_exit = True
        thread.join(15)


@dataclass
class ServerProcess:
    """`motcua serve` as a process; `kill` is SIGKILL."""

    data: Path
    launcher: tuple[str, ...] = ("-m", "commands")
    environment: dict[str, str] | None = None
    port: int = 0
    process: "subprocess.Popen[str] | None" = None
    url: str = ""

    def start(self) -> str:
        """Start and wait for the ready line; the port stays the same over restarts."""
        command = [sys.executable, *self.launcher, "--data", str(self.data), "serve", "--port", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if name != "MOTCUA_TRIAL"}
        shares = {f"{PREFIX}{name.upper()}": str(share) for name, share in SHARES.items()}
        environment = {**kept, **shares, **(self.environment or {})}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=environment
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"no ready line: {line!r}"
        self.url = line.split()[1]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self.url

    def kill(self) -> None:
        """SIGKILL, at once."""
        assert self.process is not None
        self.process.kill()
        self._close()

    def stop(self) -> int:
        """SIGTERM and wait; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self._close()

    def _close(self) -> int:
        assert self.process is not None
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code
