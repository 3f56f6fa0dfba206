"""Simulated printers as a program, with a page of what they printed."""

import argparse
import asyncio
import importlib
import itertools
import re
import signal
import socket
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from printers.simulator.device import PrinterSimulator

WIDTHS = (384, 512, 546, 576)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one printer stands: its name, port and paper width in dots."""

    name: str
    port: int
    width: int


def main(arguments: list[str] | None = None) -> int:
    """Run the program until SIGTERM or SIGINT; the exit code."""
    chosen = _parser().parse_args(arguments)
    places: list[Place] = chosen.printer or [Place("Máy in", chosen.port, chosen.width)]
    if len({place.name for place in places}) < len(places):
        sys.stderr.write("two printers have the same name\n")
        return 2
    try:
        asyncio.run(_run(places, chosen))
    except OSError as error:
        sys.stderr.write(f"cannot listen: {error}\n")
        return 1
    return 0


async def _run(places: list[Place], chosen: argparse.Namespace) -> None:
    stop = _stop_signal()
    numbers = itertools.count(1)
    async with AsyncExitStack() as stack:
        page = stack.enter_context(_listen(chosen.host, chosen.page_port))
        printers = [
            await stack.enter_async_context(
                PrinterSimulator(
                    place.width,
                    name=place.name,
                    host=chosen.host,
                    port=place.port,
                    speed=chosen.speed,
                    folder=chosen.folder and chosen.folder / re.sub(r"\W+", "-", place.name),
                    numbers=numbers,
                )
            )
            for place in places
        ]
        doors = [f"tcp://{chosen.host}:{printer.port}" for printer in printers]
        doors.append(f"http://{chosen.host}:{page.getsockname()[1]}")
        sys.stdout.write(f"printer ready {' '.join(doors)}\n")
        sys.stdout.flush()
        await _serve_page(printers, page, stop)


async def _serve_page(printers: list[PrinterSimulator], page: socket.socket, stop: asyncio.Event) -> None:
    # The ports listen already and keep the first visitor of the page waiting: whoever waits for the ready
    # line does not pay half a second of imports, and beside them the printers still answer in time.
    web = await asyncio.to_thread(importlib.import_module, "printers.simulator.page")
    await web.serve(printers, page, stop)


def _stop_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    page = socket.socket(family, socket.SOCK_STREAM)
    page.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    page.bind((host, port))
    page.listen(64)
    page.setblocking(False)
    return page


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m printers.simulator", description="Simulated printer")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=9100, help="printer port, 0 = any")
    parser.add_argument("--width", type=int, choices=WIDTHS, default=576, help="dots")
    parser.add_argument("--page-port", type=_port, default=9180, help="page of printed slips, 0 = any")
    parser.add_argument("--printer", type=_place, action="append", metavar="NAME:PORT:WIDTH", help="repeatable")
    parser.add_argument("--speed", type=float, help="mm/s of paper; without it paper comes at once")
    parser.add_argument("--folder", type=Path, help="write every slip there as PNG")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _place(text: str) -> Place:
    match text.rsplit(":", 2):
        case [name, port, width] if name and width.isdecimal() and int(width) in WIDTHS:
            return Place(name, _port(port), int(width))
    raise argparse.ArgumentTypeError(f"{text!r} is not NAME:PORT:WIDTH with a width of {WIDTHS}")
