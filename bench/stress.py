"""As fast as the machine goes: kiosks and clerks press anew as soon as they are answered, before 200 walls.

Closed loop, in both halls. Every wall keeps the number of every call that it was shown, and fetches what a picture
of the newest left out, as its script does; in the end no number of its hall may be missing on any of them.
"""

import asyncio
import gc
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from bench import kiosks, screens
from bench.call import ANSWERED_WITHIN_SECONDS, Button, Desk
from bench.figures import Figure, percentile
from bench.kiosks import Line, Wrong
from bench.screens import WALL, Screen
from bench.servers import SERVE, Hall, Server, furnished, quiet_printers, read_back, seat_people, serving
from store.tickets import Call

IN_PICTURE = 24
SHOWN = re.compile(rb'data-seq="(\d+)" data-ticket')
FETCHED = re.compile(rb'"seq":\s?(\d+)')
WAITING_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many walls, kiosks that press at once, how long, after how long a start."""

    screens: int = 200
    kiosks: int = 12
    seconds: float = 20.0
    warm_seconds: float = 3.0
    settle_seconds: float = 1.5


QUICK = Sizes(seconds=5.0, warm_seconds=1.5)


class Missing(RuntimeError):
    """A call that a wall never got."""


@dataclass(slots=True)
class Measured:
    """What one run gave; `waits` are milliseconds from a clerk's press to the last wall of the hall."""

    seconds: float = 0.0
    tickets: int = 0
    calls: int = 0
    waits: list[float] = field(default_factory=list)
    fetched: int = 0
    missing: int = 0
    server_cpu: float = 0.0
    client_cpu: float = 0.0


class Wall:
    """A wall that knows when it was first shown each call."""

    def __init__(self, hall: Hall, server: Server, device: str) -> None:
        self.device, self.newest, self.fetched = device, 0, 0
        self.shown: dict[int, float] = {}
        self.screen: Screen | None = None
        self._line: Line | None = None
        self._asking, self._gaps = False, deque[int]()
        self._port, self._cookie = server.port, hall.devices[device]
        self._head = f"Host: 127.0.0.1:{server.port}\r\nCookie: {self._cookie}\r\n\r\n"

    async def hang(self) -> None:
        """Connect, with a second connection for what is missing."""
        self._line = await kiosks.connect(self._port, self._filled)
        path = f"/display/{self.device}/live?lang=vi"
        self.screen = await screens.open_screen(self._port, path, self._cookie, WALL, self._look)

    def _look(self, picture: bytes) -> None:
        numbers = [int(number) for number in SHOWN.findall(picture)]
        if not numbers or numbers[-1] <= self.newest:
            return
        if len(numbers) >= IN_PICTURE and numbers[0] > self.newest > 0:
            self._gaps.append(self.newest)
            self._fetch()
        self._take(numbers)

    def _take(self, numbers: Sequence[int]) -> None:
        now = perf_counter()
        for number in numbers:
            self.shown.setdefault(number, now)
        self.newest = max(self.newest, *numbers)

    def _fetch(self) -> None:
        if self._line is not None and self._gaps and not self._asking:
            self._asking, self.fetched = True, self.fetched + 1
            path = f"/display/{self.device}/calls?after={self._gaps.popleft()}"
            self._line.ask(f"GET {path} HTTP/1.1\r\n{self._head}".encode())

    def _filled(self, _: Line, status: int, body: bytes) -> None:
        self._asking = False
        if status == 200 and (numbers := [int(number) for number in FETCHED.findall(body)]):
            self._take(numbers)
        self._fetch()

    def close(self) -> None:
        """Take it down."""
        for open_ in (self.screen, self._line):
            if open_ is not None:
                open_.close()


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished() as hall:
        return figures(measure(hall, QUICK if quick else Sizes()))


def figures(measured: Measured) -> list[Figure]:
    """The rates reached, how long a call took to the last wall of its hall, and what is missing."""
    return [
        ("stress_tickets_per_s", round(measured.tickets / measured.seconds, 1), "1/s"),
        ("stress_calls_per_s", round(measured.calls / measured.seconds, 1), "1/s"),
        ("stress_call_screens_p50_ms", round(percentile(measured.waits, 50), 1), "ms"),
        ("stress_call_screens_p99_ms", round(percentile(measured.waits, 99), 1), "ms"),
        ("stress_gaps_fetched", measured.fetched, "count"),
        ("stress_missing", measured.missing, "count"),
        ("stress_server_cpu_share", round(measured.server_cpu, 2), "cores"),
        ("stress_client_cpu_share", round(measured.client_cpu, 2), "cores"),
    ]


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Run both halls, then compare every wall with the file. Raises Missing, Wrong."""
    measured, data = Measured(), hall.copy("stress")
    desks = _desks(hall)
    seat_people(data, sorted({desk.counter.queues[0] for desk in desks}), WAITING_BEFORE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        since, until, walls = runner.run(_rush(measured, hall, data, desks, sizes, launcher))
    calls = read_back(data).calls
    halls = {device: hall_calls(hall, device, calls) for device in {wall.device for wall in walls}}
    for wall in walls:
        measured.missing += len(missing(wall.shown, halls[wall.device]))
    if measured.missing:
        raise Missing(f"{measured.missing} calls are missing on {len(walls)} walls")
    for desk in desks:
        own = [call for call in calls if call.counter == desk.counter.number]
        here = [wall for wall in walls if own and own[0].seq in halls[wall.device]]
        for pressed, call in zip(desk.pressed, own, strict=True):
            if since <= pressed < until:
                measured.calls += 1
                measured.waits.append((max(wall.shown[call.seq] for wall in here) - pressed) * 1000)
    return measured


def hall_calls(hall: Hall, device: str, calls: Sequence[Call]) -> set[int]:
    """The calls that this wall had to show."""
    zone = next(one.zone for one in hall.centre.devices if one.id == device)
    here = hall.centre.counters_in(hall.centre.hall_of(zone))
    return {call.seq for call in calls if call.counter in here}


def missing(shown: dict[int, float], calls: set[int]) -> set[int]:
    """The calls of a hall that a wall never had."""
    return calls - shown.keys()


def _desks(hall: Hall) -> list[Desk]:
    clerk = {person.counter: person.id for person in hall.centre.people}
    every = [counter for counter in hall.centre.counters if counter.number in clerk]
    return [Desk(counter, hall.people[clerk[counter.number]]) for counter in every]


class Hand:
    """A button that is pressed again as soon as it has been answered."""

    def __init__(self, button: Button) -> None:
        self.button, self._task = button, asyncio.create_task(self._press())

    async def _press(self) -> None:
        while not self.button.wrong:
            self.button.press()
            await self.button.idle.wait()

    async def stop(self) -> None:
        """Wait for the last answer. Raises Wrong."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.wait_for(self.button.idle.wait(), ANSWERED_WITHIN_SECONDS)
        if self.button.wrong:
            raise Wrong(self.button.wrong)


async def _rush(
    measured: Measured, hall: Hall, data: Path, desks: Sequence[Desk], sizes: Sizes, launcher: Sequence[str]
) -> tuple[float, float, list[Wall]]:
    given: list[float] = []
    async with quiet_printers(hall.centre) as printers:
        with serving(data, printers.ports, launcher) as server, _hung(hall, server, sizes.screens) as walls:
            for wall in walls:
                await wall.hang()
            queues = [desk.counter.queues[0] for desk in desks]
            requests = kiosks.presses(server.url, hall.kiosks, queues)
            taps = [Button(lambda: next(requests), lambda _, __: given.append(perf_counter()))]
            taps += [Button(taps[0].request, taps[0].answered) for _ in range(sizes.kiosks - 1)]
            buttons = [*taps, *(desk.button(server.url) for desk in desks)]
            for button in buttons:
                await button.connect(server.port)
            try:
                since, until = await _press(measured, server, buttons, sizes)
            finally:
                for button in buttons:
                    button.close()
    measured.tickets = sum(since <= moment < until for moment in given)
    measured.fetched = sum(wall.fetched for wall in walls)
    return since, until, walls


@contextmanager
def _hung(hall: Hall, server: Server, count: int) -> Iterator[list[Wall]]:
    devices = sorted(device.id for device in hall.centre.devices if device.kind == "wall")
    walls = [Wall(hall, server, devices[n % len(devices)]) for n in range(count)]
    try:
        yield walls
    finally:
        for wall in walls:
            wall.close()


async def _press(
    measured: Measured, server: Server, buttons: Sequence[Button], sizes: Sizes
) -> tuple[float, float]:
    gc.collect()
    gc.disable()  # a pause of ours would be written down as one of the server's
    hands = [Hand(button) for button in buttons]
    await asyncio.sleep(sizes.warm_seconds)
    since, own, its = perf_counter(), process_time(), server.cpu_seconds()
    await asyncio.sleep(sizes.seconds)
    until = perf_counter()
    measured.seconds = until - since
    measured.client_cpu = (process_time() - own) / measured.seconds
    measured.server_cpu = (server.cpu_seconds() - its) / measured.seconds
    for hand in hands:
        await hand.stop()
    await asyncio.sleep(sizes.settle_seconds)
    gc.enable()
    return since, until
