"""Tickets a second: from the press on the kiosk to the page with the number, against a server that only counts.

All kiosks of a round share the cookies of the demo centre's two paired kiosks K1 and K2 and take its queues in
turn; what a further paired device would cost (one more remembered cookie) is not in the figures.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import process_time

import uvloop

from bench import ceiling, kiosks
from bench.figures import Figure, middle, percentile
from bench.kiosks import Round, presses
from bench.servers import SERVE, Hall, Server, Written, flush_rate, furnished, quiet_printers, read_back, serving


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long it takes: rounds x (seconds for every number of kiosks, twice from two kiosks on)."""

    kiosks: tuple[int, ...] = (1, 32, 256)
    rounds: int = 7
    seconds: float = 3.0
    flush_seconds: float = 0.3


QUICK = Sizes(rounds=3, seconds=1.0)


@dataclass(slots=True)
class Measured:
    """All rounds by number of kiosks, the disk, and what the file holds in the end."""

    issue: dict[int, list[Round]] = field(default_factory=lambda: defaultdict(list))
    ceiling: dict[int, list[Round]] = field(default_factory=lambda: defaultdict(list))
    flushes: list[float] = field(default_factory=list)
    client_cpu: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    written: Written | None = None


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished() as hall:
        return figures(measure(hall, QUICK if quick else Sizes()))


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Press at both servers in turn (issue, ceiling, issue, …): this way a noisy neighbour harms both alike."""
    measured = Measured()
    asyncio.Runner(loop_factory=uvloop.new_event_loop).run(_rounds(hall, sizes, launcher, measured))
    measured.written = read_back(hall.data.with_name("issue"))
    return measured


async def _rounds(hall: Hall, sizes: Sizes, launcher: Sequence[str], measured: Measured) -> None:
    async with quiet_printers(hall.centre) as printers:
        with (
            serving(hall.copy("issue"), printers, launcher) as server,
            serving(hall.copy("ceiling"), printers, ceiling.LAUNCHER) as counter,
        ):
            tap, ceiling_tap = _requests(hall, server), _requests(hall, counter)
            for warm, at in ((tap, server), (ceiling_tap, counter)):
                first = await kiosks.press(at.port, warm, min(32, max(sizes.kiosks)), 0, ceiling.WRITTEN_FIRST)
                measured.shown += _texts(first) if at is server else []
            for _ in range(sizes.rounds):
                measured.flushes.append(flush_rate(hall.data, sizes.flush_seconds))
                for count in sizes.kiosks:
                    await _issue_round(measured, server, tap, count, sizes.seconds)
                    if count > 1:
                        done = await kiosks.press(counter.port, ceiling_tap, count, sizes.seconds)
                        measured.ceiling[count].append(done)
