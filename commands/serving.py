"""`motcua serve` and `motcua demo`: the server, alone or with a whole practice hall around it."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Literal

import click
import uvicorn
from starlette.applications import Starlette

from commands import demo as demo_centre
from commands.logging import configure
from commands.opened import Chosen, pass_chosen
from settings import Settings
from store.database import AlreadyRunning, UnsafeSQLite
from store.migrations import NewerFile
from web.assets import FrontEndMissing
from web.sockets import LettingGo, Whole


@click.command()
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, 0 = any [8000].")
@pass_chosen
def serve(chosen: Chosen, host: str | None, port: int | None) -> None:
    """Run the centre's server until stopped."""
    settings = chosen.settings
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    run(settings, lambda url: click.echo(f"ready {url}"))


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--empty", is_flag=True, help="Without demo data: no centre file, no people.")
@pass_chosen
def demo(chosen: Chosen, port: int, empty: bool) -> None:
    """Run a demo centre: server, simulated printers, sandbox portal. Ctrl-C ends all of it."""
    with demo_centre.neighbours(chosen.data, port) as near, said_plainly():
        settings = demo_centre.prepare(chosen.settings, port, near, empty=empty)
        run(settings, lambda url: demo_centre.show(url, near, empty=empty), lambda app: demo_centre.live(app, near))


@contextmanager
def said_plainly() -> Iterator[None]:
    """What keeps a server from starting ends the command with 1 and one line."""
    try:
        yield
    except (AlreadyRunning, UnsafeSQLite, NewerFile, FrontEndMissing, OSError) as error:
        raise click.ClickException(str(error)) from error


def run(
    settings: Settings, ready: Callable[[str], None], beside: Callable[[object], Awaitable[None]] | None = None
) -> None:
    """Serve until a signal comes; ends the command with 1 when the file or the port cannot be had."""
    configure(settings.data)
    from app import make_app  # imported here: other commands need no server

    with said_plainly():
        app = make_app(settings)
    # After an I/O error the file handle cannot be trusted: end at once, the supervisor starts anew (R5).
    app.state.house.store.writer.on_fatal = lambda: os._exit(70)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        raise click.ClickException(f"{settings.host}:{settings.port}: {error.strerror}") from error
    port = listener.getsockname()[1]
    config = uvicorn_config(app, https=settings.https)
    server = Announcing(config)
    url = f"http://{settings.host}:{port}"
    # uvicorn raises the signal that ended it once more when all is closed: that is no failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        _measures(app, settings.metrics_port),
        asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
    ):
        runner.run(_serve(server, listener, url, ready, beside))
    if not server.started:
        raise click.ClickException("máy chủ không khởi động được: xem nhật ký ở trên")


def uvicorn_config(app: Starlette, *, https: bool, loop: Literal["uvloop", "asyncio"] = "uvloop") -> uvicorn.Config:
    """How the server speaks HTTP and WebSocket; only behind a TLS proxy (`https`) are proxy headers heeded."""
    return uvicorn.Config(
        app, loop=loop, http=Whole, ws=LettingGo, ws_per_message_deflate=False, ws_max_size=4096,
        ws_ping_interval=4, ws_ping_timeout=4, log_config=None, access_log=False, server_header=False,
        proxy_headers=https, timeout_keep_alive=75, timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16384,
    )  # fmt: skip


class Announcing(uvicorn.Server):
    """A server that says when it takes requests; uvicorn tells it by no event."""

    announce: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so, unless the application could not."""
        await super().startup(sockets=sockets)
        if self.started:
            self.announce()


@contextmanager
def _measures(app: Starlette, port: int) -> Iterator[None]:
    """Serve /metrics beside the pages, on loopback only; 0 turns it off."""
    if not port:
        yield
        return
    from web.measures import serve_measures

    try:
        server = serve_measures(app.state.house, port)
    except OSError as error:
        raise click.ClickException(f"MOTCUA_METRICS_PORT {port}: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # without it no TCP_NODELAY
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(2048)
    return listener


def _spare_the_collector() -> None:
    """What the start made stays for good: never look through it again, and look less often (5 % of a ticket)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _serve(
    server: Announcing,
    listener: socket.socket,
    url: str,
    ready: Callable[[str], None],
    beside: Callable[[object], Awaitable[None]] | None,
) -> None:
    others = []

    def started() -> None:
        _spare_the_collector()
        ready(url)
        if beside is not None:
            others.append(asyncio.ensure_future(beside(server.config.app)))

    server.announce = started
    await server.serve(sockets=[listener])
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
