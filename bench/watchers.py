"""What 1,000 phones that follow their tickets cost a kiosk: a ticket's p95 with them and without, in one run.

Kiosks and clerks press at a constant rate; rounds with and without phones take turns, so that a noisy neighbour
harms both alike. Each phone keeps what it got and asks every ten seconds whether it is still so.
"""

import asyncio
import gc
import random
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import cast

import uvloop

from bench import kiosks
from bench.call import ANSWERED_WITHIN_SECONDS, Button, Desk, lower_hall
from bench.figures import Figure, percentile
from bench.kiosks import Wrong
from bench.servers import Hall, Server, furnished, given_numbers, quiet_printers, seat_people, serving
from store.vault import Vault

TAG = b"\r\netag: "
LENGTH = b"\r\ncontent-length: "
UNCHANGED = 304


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many phones, how often each asks; tickets and calls a second; how long a round, how many.

    A hall in which 1,000 people wait calls one in ten seconds; here it is five times as many.
    """

    watchers: int = 1000
    every_seconds: float = 10.0
    a_second: float = 10.0
    calls_a_second: float = 0.5
    seconds: float = 15.0
    rounds: int = 4


QUICK = Sizes(seconds=5.0, rounds=2)


@dataclass(slots=True)
class Measured:
    """Milliseconds of every ticket, round by round, without and with phones; what the phones got, and how fast."""

    alone: list[list[float]] = field(default_factory=list)
    watched: list[list[float]] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    answers: Tally[int] = field(default_factory=Tally)


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    sizes = QUICK if quick else Sizes()
    with furnished() as hall:
        return figures(measure(hall, sizes), sizes)


def figures(measured: Measured, sizes: Sizes) -> list[Figure]:
    """The p95 of each round, then the median of the rounds; the ratio is that of neighbouring rounds."""
    alone, watched = ([percentile(one, 95) for one in rounds] for rounds in (measured.alone, measured.watched))
    ratios = [after / before for before, after in zip(alone, watched, strict=True)]
    asked = max(1, sum(measured.answers.values()))
    return [
        ("watchers_ticket_p95_ms_0", round(median(alone), 2), "ms"),
        (f"watchers_ticket_p95_ms_{sizes.watchers}", round(median(watched), 2), "ms"),
        ("watchers_ticket_p95_ratio", round(median(ratios), 3), "times"),
        ("watchers_poll_p95_ms", round(percentile(measured.polls, 95), 2), "ms"),
        ("watchers_unchanged_percent", round(100 * measured.answers[UNCHANGED] / asked, 1), "%"),
    ]


def measure(hall: Hall, sizes: Sizes) -> Measured:
    """Rounds in turn. Raises Wrong when a kiosk or a phone is refused."""
    measured, data, desks = Measured(), hall.copy("watchers"), lower_hall(hall)
    queues = sorted({desk.counter.queues[0] for desk in desks})
    calls = round(sizes.calls_a_second * sizes.seconds * (2 * sizes.rounds + 1))
    seat_people(data, queues, -(-(sizes.watchers + calls) // len(queues)))
    paths = _links(data, sizes.watchers)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_rounds(measured, hall, data, desks, paths, sizes))
    return measured


def _links(data: Path, how_many: int) -> list[str]:
    """The addresses of the last numbers that were given before: they wait longest."""
    vault = Vault.open(data / "site.key")
    return [
        f"/follow/{ticket}-{vault.sign('follow', str(ticket))}?lang=vi"
        for ticket in given_numbers(data)[-how_many:]
    ]


async def _rounds(
    measured: Measured, hall: Hall, data: Path, desks: Sequence[Desk], paths: Sequence[str], sizes: Sizes
) -> None:
    async with quiet_printers(hall.centre) as printers:
        with serving(data, printers.ports) as server:
            taken: list[float] = []
            requests = kiosks.presses(server.url, hall.kiosks, [desk.counter.queues[0] for desk in desks])
            taps = [Button(lambda: next(requests), noting(taken)) for _ in range(4)]
            keys = [desk.button(server.url) for desk in desks]
            phones = [Phone(server, path, measured) for path in paths]
            lines: list[Button | Phone] = [*taps, *keys, *phones]
            for one in lines:
                await one.connect(server.port)
            taps[0].press()
            await printers.first_slip()
            await play_round(taps, keys, [], sizes)
            for _ in range(sizes.rounds):
                for watchers, rounds in (([], measured.alone), (phones, measured.watched)):
                    taken.clear()
                    await play_round(taps, keys, watchers, sizes)
                    rounds.append([*taken])
            for one in lines:
                one.close()


def noting(taken: list[float]) -> Callable[[float, bytes], None]:
    """Put down the milliseconds of each press."""
    return lambda pressed, _: taken.append((perf_counter() - pressed) * 1000)


async def play_round(
    taps: Sequence[Button], keys: Sequence[Button], phones: Sequence["Phone"], sizes: Sizes
) -> None:  # fmt: skip
    """Press, call and ask at the drawn moments, whatever the server does. Raises Wrong."""
    loop = asyncio.get_running_loop()
    gc.collect()
    gc.disable()  # a pause of ours would be written down as one of the server's
    start = loop.time() + 0.05
    pressed: list[Button | Phone] = [*phones]
    for buttons, rate in ((taps, sizes.a_second), (keys, sizes.calls_a_second)):
        presses = round(sizes.seconds * rate)
        pressed += buttons[:presses]
        for n in range(presses):
            loop.call_at(start + (n + 0.5) / rate, buttons[n % len(buttons)].press)
    for phone in phones:
        at = random.Random(phone.path).uniform(0, sizes.every_seconds)
        while at < sizes.seconds:
            loop.call_at(start + at, phone.ask)
            at += sizes.every_seconds
    await asyncio.sleep(sizes.seconds + 0.05)
    for one in pressed:
        await asyncio.wait_for(one.idle.wait(), ANSWERED_WITHIN_SECONDS)
        if one.wrong:
            raise Wrong(one.wrong)
    gc.enable()


class Phone(asyncio.Protocol):
    """A phone's connection: asks for its page, with the tag of what it has."""

    def __init__(self, server: Server, path: str, measured: Measured) -> None:
        self.path, self.wrong, self.idle = path, "", asyncio.Event()
        self._measured, self._host = measured, server.url.partition("://")[2]
        self._transport: asyncio.WriteTransport | None = None
        self._tag, self._got, self._asked_at = b"", b"", 0.0
        self.idle.set()

    async def connect(self, port: int) -> None:
        """Reach the server."""
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to ask."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def ask(self) -> None:
        """Now; not while the last question is unanswered."""
        if self._transport is None or not self.idle.is_set():
            return
        self.idle.clear()
        self._asked_at = perf_counter()
        kept = b"If-None-Match: %s\r\n" % self._tag if self._tag else b""
        head = f"GET {self.path} HTTP/1.1\r\nHost: {self._host}\r\nHX-Request: true\r\n".encode()
        self._transport.write(head + kept + b"\r\n")

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        head, status = self._got[:end].lower(), int(self._got[9:12])
        at = head.find(LENGTH)
        length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._got) >= end + 4 + length:
            self._answered(status, head)

    def _answered(self, status: int, head: bytes) -> None:
        self._measured.polls.append((perf_counter() - self._asked_at) * 1000)
        self._measured.answers[status] += 1
        if status not in (200, UNCHANGED):
            self.wrong = f"status {status}: {self._got[:300]!r}"
        at = head.find(TAG)
        self._tag = head[at + len(TAG) :].split(b"\r\n", 1)[0] if at >= 0 else b""
        self._got = b""
        self.idle.set()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
