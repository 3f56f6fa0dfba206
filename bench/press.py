"""A clerk's key: from the press to the whole answer that shows the change, while 60 counters work at once.

Goals: of 100 presses 95 show their change within 150 ms; what others did stands in under 1 s on every screen that
it concerns; no press fails, and nobody is called to two counters. Each counter presses about every 1.5 s, 40 times
a second in all, fifty times as often as in a real hall; two kiosks give about as many numbers as are called.
"""

import asyncio
import gc
import itertools
import sys
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter, process_time

import uvloop

from bench import call, kiosks, screens
from bench.call import ANSWERED_WITHIN_SECONDS, Button
from bench.clerks import Answer, Clerk
from bench.figures import Figure, percentile
from bench.screens import Mark, Screen, Seen
from bench.servers import (
    SERVE,
    Hall,
    Server,
    demo_centre,
    furnished,
    quiet_printers,
    read_back,
    seat_people,
    serving,
)
from domain.centre_toml import write_centre
from domain.centres import Centre, DeviceKind, read_centre
from domain.roles import COUNTER_ROLES, Role
from store.tickets import Call

COUNTERS = 60
LEADER = "ql02"
UNNUMBERED = Mark(b"\0", b"\0")  # the managers' wall shows no event's number; it is here because it must be drawn


@dataclass(frozen=True, slots=True)
class Sizes:
    """Seconds between two presses at one counter, numbers given a second, how long, after how long a start."""

    pause: tuple[float, float] = (1.0, 2.0)
    tickets_a_second: float = 20.0
    seconds: float = 30.0
    warm_seconds: float = 3.0
    settle_seconds: float = 3.0
    waiting_before: int = 60


QUICK = Sizes(seconds=6.0, warm_seconds=1.5, settle_seconds=1.5, waiting_before=30)


@dataclass(slots=True)
class Measured:
    """Every press with its answer, milliseconds to the last other screen, what went wrong, and what it cost."""

    counters: int = 0
    since: float = 0.0
    presses: int = 0
    answers: list[Answer] = field(default_factory=list)
    elsewhere: list[float] = field(default_factory=list)
    lost: int = 0
    refused_kiosks: int = 0
    called_twice: int = 0
    server_cpu: float = 0.0
    client_cpu: float = 0.0


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished(centre=busy_centre()) as hall:
        sizes = QUICK if quick else Sizes()
        return figures(measure(hall, sizes), sizes)


def busy_centre(counters: int = COUNTERS) -> Centre:
    """The demo centre with so many counters, copies of its own in turn, and a clerk at each.

    Raises CentreFileWrong where it would break a rule of the centre file.
    """
    demo, numbers = demo_centre(), range(1, counters + 1)
    clerk = demo.people[0]
    places = [replace(like, number=n) for n, like in zip(numbers, itertools.cycle(demo.counters), strict=False)]
    clerks = [
        replace(clerk, id=f"cb{n:02}", login=f"canbo{n:02}", name=f"Cán bộ {n}", roles=(Role.CLERK,), counter=n)
        for n in numbers
    ]
    leaders = [person for person in demo.people if not COUNTER_ROLES & {*person.roles}]
    return read_centre(write_centre(replace(demo, counters=tuple(places), people=(*clerks, *leaders))))


def figures(measured: Measured, sizes: Sizes) -> list[Figure]:
    """Percentiles over the presses after the warm start; what went wrong over all of them."""
    counted = [answer.milliseconds for answer in measured.answers if answer.pressed >= measured.since]
    times = {"press": counted, "elsewhere": measured.elsewhere}
    return [
        *(
            (f"{name}_p{percent}_ms_{measured.counters}", round(percentile(values, percent), 1), "ms")
            for name, values in times.items()
            for percent in (50, 95, 99)
        ),
        (f"press_rate_{measured.counters}", round(len(counted) / sizes.seconds, 1), "presses/s"),
        ("press_errors", errors(measured), "presses"),
        ("press_called_twice", measured.called_twice, "tickets"),
        ("server_cpu_share", round(measured.server_cpu, 2), "cores"),
        ("client_cpu_share", round(measured.client_cpu, 2), "cores"),
    ]


def errors(measured: Measured) -> int:
    """Presses whose answer does not show their change, calls that are in no file, kiosks that gave up."""
    shown = sum(answer.shows for answer in measured.answers)
    return measured.presses - shown + measured.lost + measured.refused_kiosks


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Let the hall work, then find in the file which call was whose press. Raises Unseen, Wrong."""
    data, person = hall.copy("press"), {person.counter: person.id for person in hall.centre.people}
    clerks = [Clerk(counter, hall.people[person[counter.number]]) for counter in hall.centre.counters]
    measured = Measured(counters=len(clerks))
    seat_people(data, [queue.id for queue in hall.centre.queues], sizes.waiting_before)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(_working_hall(measured, hall, data, clerks, sizes, launcher))
    calls = [one for one in read_back(data).calls if one.kind == "call"]
    for clerk in clerks:
        measured.presses += clerk.presses
        measured.answers += clerk.answers
    measured.called_twice = len(called_twice(calls))
    _follow_calls(measured, hall.centre, clerks, calls, seen)
    return measured


def called_twice(calls: Iterable[Call]) -> set[int]:
    """The tickets that were called to more than one counter; nobody in this hall gives one back."""
    places = {(one.ticket, one.counter) for one in calls}
    return {ticket for ticket, times in Tally(ticket for ticket, _ in places).items() if times > 1}


def _follow_calls(
    measured: Measured, centre: Centre, clerks: Iterable[Clerk], calls: Iterable[Call], seen: Mapping[str, Seen]
) -> None:
    """How long each call took to the last screen elsewhere that it concerns. Raises Unseen."""
    written = {(one.counter, one.ticket): one for one in calls}
    for clerk in clerks:
        for answer in (answer for answer in clerk.answers if answer.called):
            one = written.get((clerk.counter.number, answer.called))
            if one is None:
                measured.lost += 1
                continue
            others = [seen[name] for name in concerned(centre, one)]
            measured.elsewhere += call.reached([answer.pressed], [one], others, measured.since)


def concerned(centre: Centre, one: Call) -> list[str]:
    """The screens that must change with this call: other counters of the same queue, and the walls of the hall."""
    halls = {zone.id: zone.hall for zone in centre.zones}
    here = next(halls[counter.zone] for counter in centre.counters if counter.number == one.counter)
    queue = next(queue.id for queue in centre.queues if queue.prefix == one.prefix)
    same = [c.number for c in centre.counters if queue in (*c.queues, *c.secondary) and c.number != one.counter]
    walls = [d.id for d in centre.devices if d.kind is DeviceKind.WALL and halls[d.zone] == here]
    return [*map(str, same), *walls]


async def _working_hall(
    measured: Measured, hall: Hall, data: Path, clerks: Sequence[Clerk], sizes: Sizes, launcher: Sequence[str]
) -> dict[str, Seen]:
    """Everybody at work; gives what each screen saw."""
    async with quiet_printers(hall.centre) as printers:
        with serving(data, printers.ports, launcher) as server:
            watched = await _screens(hall, server, clerks)
            keys, taps = [clerk.button(server.url) for clerk in clerks], _taps(hall, server)
            for button in (*keys, *taps):
                await button.connect(server.port)
            try:
                taps[0].press()
                await printers.first_slip()
                await _press_all(measured, server, list(zip(clerks, keys, strict=True)), taps, sizes)
            finally:
                for button in (*keys, *taps):
                    button.close()
                for screen in watched.values():
                    screen.close()
    measured.refused_kiosks = sum(bool(tap.wrong) for tap in taps)
    if wrong := next((button.wrong for button in (*keys, *taps) if button.wrong), ""):
        print(f"bench: {wrong}", file=sys.stderr)
    return {name: screen.seen for name, screen in watched.items()}


async def _screens(hall: Hall, server: Server, clerks: Sequence[Clerk]) -> dict[str, Screen]:
    """Each counter's by its number, the walls by their names, and the managers' wall."""
    wanted = {str(c.counter.number): (f"/counter/{c.counter.number}", c.cookie, screens.COUNTER) for c in clerks}
    for device in hall.centre.devices:
        if device.kind is DeviceKind.WALL:
            wanted[device.id] = (f"/display/{device.id}", hall.devices[device.id], screens.WALL)
    wanted[LEADER] = ("/display/managers", hall.people[LEADER], UNNUMBERED)
    return {
        name: await screens.open_screen(server.port, f"{path}/live?lang=vi", cookie, mark)
        for name, (path, cookie, mark) in wanted.items()
    }


def _taps(hall: Hall, server: Server) -> list[Button]:
    """The kiosks, which feed the queues from which the counters call."""
    requests = kiosks.presses(server.url, hall.kiosks, [counter.queues[0] for counter in hall.centre.counters])
    return [Button(lambda: next(requests), lambda _, __: None) for _ in hall.kiosks]


async def _press_all(
    measured: Measured, server: Server, keys: Sequence[tuple[Clerk, Button]], taps: Sequence[Button], sizes: Sizes
) -> None:
    """Press at the drawn moments, whatever the server does."""
    loop, seconds = asyncio.get_running_loop(), sizes.warm_seconds + sizes.seconds
    gc.collect()
    gc.disable()  # a pause of ours would be written down as one of the server's
    start = loop.time() + 0.05
    for n in range(round(seconds * sizes.tickets_a_second)):
        loop.call_at(start + n / sizes.tickets_a_second, taps[n % len(taps)].press)
    for clerk, key in keys:
        for moment in clerk.moments(sizes.pause, seconds):
            clerk.presses += 1
            loop.call_at(start + moment, key.press)
    await asyncio.sleep(sizes.warm_seconds)
    measured.since, own, its = perf_counter(), process_time(), server.cpu_seconds()
    await asyncio.sleep(sizes.seconds + 0.05)
    spent = perf_counter() - measured.since
    measured.client_cpu = (process_time() - own) / spent
    measured.server_cpu = (server.cpu_seconds() - its) / spent
    idle = [asyncio.ensure_future(button.idle.wait()) for button in (*taps, *(key for _, key in keys))]
    _, stuck = await asyncio.wait(idle, timeout=ANSWERED_WITHIN_SECONDS)  # whoever is stuck has no answer: an error
    for task in stuck:
        task.cancel()
    await asyncio.sleep(sizes.settle_seconds)
    gc.enable()
