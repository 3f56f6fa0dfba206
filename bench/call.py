"""A call: from the clerk's key press to the frame with that call on the last of 200 walls, in a busy hall.

All walls hang in the lower hall, on which every call of this run must appear. Beside them every clerk there has a
screen, whose pace is slower on purpose and which is therefore a figure of its own. Tickets and calls come at a
constant rate, whatever the server does.
"""

import asyncio
import gc
import itertools
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from bench import kiosks, screens
from bench.figures import Figure, percentile
from bench.kiosks import Line, Wrong
from bench.screens import Screen, Seen
from bench.servers import SERVE, Hall, Server, furnished, quiet_printers, read_back, seat_people, serving
from domain.centres import Counter
from store.tickets import Call

WALL = "W1"
SEEN = b'name="seen" value="'
WAITING_BEFORE = 30
ANSWERED_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many walls; how many tickets and as many calls a second, how long, after how long a start."""

    screens: int = 200
    a_second: float = 10.0
    seconds: float = 30.0
    warm_seconds: float = 3.0
    settle_seconds: float = 1.0


QUICK = Sizes(seconds=6.0, warm_seconds=1.5)


class Unseen(RuntimeError):
    """A call never came to one of the screens."""


@dataclass(slots=True)
class Measured:
    """Milliseconds from press to answer, to the last wall and to the last clerk's screen, and what it cost."""

    answers: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    desks: list[float] = field(default_factory=list)
    frames_a_screen: float = 0.0
    memory_mb: float = 0.0
    server_cpu: float = 0.0
    client_cpu: float = 0.0


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished() as hall:
        sizes = QUICK if quick else Sizes()
        return figures(measure(hall, sizes), sizes)


def figures(measured: Measured, sizes: Sizes) -> list[Figure]:
    """Percentiles over the calls after the warm start."""
    return [
        ("call_answer_p99_ms", round(percentile(measured.answers, 99), 1), "ms"),
        ("call_screens_p50_ms", round(percentile(measured.walls, 50), 1), "ms"),
        ("call_screens_p99_ms", round(percentile(measured.walls, 99), 1), "ms"),
        ("call_desks_p99_ms", round(percentile(measured.desks, 99), 1), "ms"),
        ("frames_per_screen", round(measured.frames_a_screen / sizes.seconds, 1), "frames/s"),
        (f"memory_mb_{sizes.screens}_screens", round(measured.memory_mb, 1), "MB"),
        ("server_cpu_share", round(measured.server_cpu, 2), "cores"),
        ("client_cpu_share", round(measured.client_cpu, 2), "cores"),
    ]


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Run the hall, then find in the file which call was whose press. Raises Unseen, Wrong."""
    measured, data = Measured(), hall.copy("call")
    desks = lower_hall(hall)
    seat_people(data, sorted({desk.counter.queues[0] for desk in desks}), WAITING_BEFORE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        since, walls, others = runner.run(_busy_hall(measured, hall, data, desks, sizes, launcher))
    calls = read_back(data).calls
    for desk in desks:
        own = [call for call in calls if call.counter == desk.counter.number]
        measured.walls += reached(desk.pressed, own, walls, since)
        measured.desks += reached(desk.pressed, own, others, since)
        measured.answers += desk.waited
    return measured


def reached(pressed: Sequence[float], calls: Sequence[Call], seen: Sequence[Seen], since: float) -> list[float]:
    """Milliseconds from each press at one counter to the last screen that showed its call. Raises Unseen."""
    found = []
    for moment, call in zip(pressed, calls, strict=True):
        last = max(_shown_at(screen, call.seq) for screen in seen)
        if moment >= since:
            found.append((last - moment) * 1000)
    return found


def _shown_at(screen: Seen, number: int) -> float:
    place = bisect_left(screen.numbers, number)
    if place == len(screen.numbers):
        raise Unseen(f"call {number}; the newest on that screen is {screen.numbers[-1:]}")
    return screen.moments[place]


class Button:
    """A connection that sends one press after the other; a press while the last one is unanswered waits."""

    def __init__(self, request: Callable[[], bytes], answered: Callable[[float, bytes], None]) -> None:
        self.request, self.answered = request, answered
        self._due: deque[float] = deque()
        self._line: Line | None = None
        self.idle = asyncio.Event()
        self.wrong = ""

    async def connect(self, port: int) -> None:
        """Reach the server."""
        self._line = await kiosks.connect(port, self._answered)

    def press(self) -> None:
        """Now."""
        self._due.append(perf_counter())
        if len(self._due) == 1:
            self.idle.clear()
            self._send()

    def _send(self) -> None:
        if self._line is not None:
            self._line.ask(self.request())

    def _answered(self, _: Line, status: int, body: bytes) -> None:
        if status != 200:
            self.wrong = self.wrong or f"status {status}: {body[:300]!r}"
        self.answered(self._due.popleft(), body)
        if self._due and not self.wrong:
            self._send()
        else:
            self.idle.set()

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()


class Desk:
    """A clerk at a counter who presses "next", each time with the ticket that the screen shows."""

    def __init__(self, counter: Counter, cookie: str) -> None:
        self.counter, self.cookie = counter, cookie
        self.pressed: list[float] = []
        self.waited: list[float] = []
        self._seen, self._turn = b"0", itertools.count()

    def button(self, origin: str) -> Button:
        """The key F2."""
        path = f"/counter/{self.counter.number}/calls"

        def request() -> bytes:
            body = b"request_id=bench-%d-%d-calls&seen=%s" % (self.counter.number, next(self._turn), self._seen)
            return kiosks.post(origin, path, self.cookie, len(body)) + body

        return Button(request, self._called)

    def _called(self, pressed: float, body: bytes) -> None:
        self.waited.append((perf_counter() - pressed) * 1000)
        at = body.find(SEEN) + len(SEEN)
        self._seen = body[at : body.find(b'"', at)] if at >= len(SEEN) else b"0"
        if self._seen != b"0":  # otherwise nobody waited and nobody was called
            self.pressed.append(pressed)


def lower_hall(hall: Hall) -> list[Desk]:
    """A clerk at every counter whose calls the wall shows."""
    zones = {zone.id: zone.hall for zone in hall.centre.zones}
    wall = next(device for device in hall.centre.devices if device.id == WALL)
    clerk = {person.counter: person.id for person in hall.centre.people}
    here = [counter for counter in hall.centre.counters if zones[counter.zone] == zones[wall.zone]]
    return [Desk(counter, hall.people[clerk[counter.number]]) for counter in here if counter.number in clerk]


async def _busy_hall(
    measured: Measured, hall: Hall, data: Path, desks: Sequence[Desk], sizes: Sizes, launcher: Sequence[str]
) -> tuple[float, list[Seen], list[Seen]]:
    async with quiet_printers(hall.centre) as printers:
        with serving(data, printers.ports, launcher) as server:
            walls = [await _wall(hall, server) for _ in range(sizes.screens)]
            others = [await _desk(server, desk) for desk in desks]
            keys = [desk.button(server.url) for desk in desks]
            taps = _taps(hall, server, desks)
            for button in (*keys, *taps):
                await button.connect(server.port)
            try:
                taps[0].press()
                await printers.first_slip()
                since = await _press_all(measured, server, keys, taps, walls, sizes)
            finally:
                for button in (*keys, *taps):
                    button.close()
                for screen in (*walls, *others):
                    screen.close()
    return since, [screen.seen for screen in walls], [screen.seen for screen in others]


async def _wall(hall: Hall, server: Server) -> Screen:
    path = f"/display/{WALL}/live?lang=vi"
    return await screens.open_screen(server.port, path, hall.devices[WALL], screens.WALL)


async def _desk(server: Server, desk: Desk) -> Screen:
    path = f"/counter/{desk.counter.number}/live?lang=vi"
    return await screens.open_screen(server.port, path, desk.cookie, screens.COUNTER)


def _taps(hall: Hall, server: Server, desks: Sequence[Desk]) -> list[Button]:
    """Kiosks that feed exactly the queues from which the desks call."""
    requests = kiosks.presses(server.url, hall.kiosks, [desk.counter.queues[0] for desk in desks])
    return [Button(lambda: next(requests), lambda _, __: None) for _ in range(4)]


async def _press_all(
    measured: Measured, server: Server, keys: Sequence[Button], taps: Sequence[Button], walls: Sequence[Screen],
    sizes: Sizes,
) -> float:  # fmt: skip
    """Press at the constant rate; gives the moment from which on the calls count."""
    loop, step = asyncio.get_running_loop(), 1 / sizes.a_second
    gc.collect()
    gc.disable()  # a pause of ours would be written down as one of the server's
    start = loop.time() + 0.05
    for n in range(round((sizes.warm_seconds + sizes.seconds) * sizes.a_second)):
        loop.call_at(start + n * step, taps[n % len(taps)].press)
        loop.call_at(start + (n + 0.5) * step, keys[n % len(keys)].press)
    await asyncio.sleep(sizes.warm_seconds)
    since, own, its = perf_counter(), process_time(), server.cpu_seconds()
    before = sum(screen.seen.pictures for screen in walls)
    await asyncio.sleep(sizes.seconds)
    spent = perf_counter() - since
    measured.client_cpu = (process_time() - own) / spent
    measured.server_cpu = (server.cpu_seconds() - its) / spent
    measured.frames_a_screen = (sum(screen.seen.pictures for screen in walls) - before) / len(walls)
    await _settle((*keys, *taps), sizes.settle_seconds)
    measured.memory_mb = server.memory_mb()
    gc.enable()
    return since


async def _settle(buttons: Sequence[Button], seconds: float) -> None:
    """Wait for the last answers, then for the last frames. Raises Wrong."""
    for button in buttons:
        await asyncio.wait_for(button.idle.wait(), ANSWERED_WITHIN_SECONDS)
        if button.wrong:
            raise Wrong(button.wrong)
    await asyncio.sleep(seconds)
