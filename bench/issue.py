"""Tickets a second: from the press on the kiosk to the page with the number, against a server that only counts.

All kiosks of a round share the cookies of the demo centre's two paired kiosks K1 and K2 and take its queues in
turn; what a further paired device would cost (one more remembered cookie) is not in the figures.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time

import uvloop

from bench import ceiling, kiosks
from bench.figures import Figure, middle, percentile
from bench.kiosks import Round
from bench.servers import (
    SERVE,
    Hall,
    QuietPrinters,
    Server,
    Written,
    flush_rate,
    furnished,
    quiet_printers,
    read_back,
    serving,
)

WARM_KIOSKS = 32


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long it takes: in every round so many seconds for each number of kiosks, at both servers."""

    kiosks: tuple[int, ...] = (1, 32, 256)
    rounds: int = 7
    seconds: float = 3.0
    flush_seconds: float = 0.3


QUICK = Sizes(rounds=3, seconds=1.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """One round at one server; processor time is steadier than the clock on a machine with other work."""

    round: Round
    server_ms: float
    client_cores: float


@dataclass(slots=True)
class Measured:
    """All turns by number of kiosks, every number shown, and what the disk and the file say."""

    issue: dict[int, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    ceiling: dict[int, list[Turn]] = field(default_factory=lambda: defaultdict(list))
    flushes: list[float] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    written: Written = field(default_factory=lambda: Written([], [], 0))


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished() as hall:
        return figures(measure(hall, QUICK if quick else Sizes()))


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Press at both servers in turn (issue, ceiling, issue, …): a noisy neighbour then harms both alike."""
    measured, data = Measured(), hall.copy("issue")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_turns(measured, hall, data, sizes, launcher))
    measured.written = read_back(data)
    return measured


async def _turns(measured: Measured, hall: Hall, data: Path, sizes: Sizes, launcher: Sequence[str]) -> None:
    async with quiet_printers(hall.centre) as printers, quiet_printers(hall.centre) as others:
        with (
            serving(data, printers.ports, launcher) as server,
            serving(hall.copy("ceiling"), others.ports, ceiling.LAUNCHER) as counter,
        ):
            tap, other_tap = _presses(hall, server), _presses(hall, counter)
            measured.shown += _texts(await _warm(server, tap, printers))
            await _warm(counter, other_tap, others)
            for count in sizes.kiosks * sizes.rounds:
                measured.flushes.append(flush_rate(hall.data, sizes.flush_seconds))
                measured.issue[count].append(await _turn(server, tap, count, sizes.seconds))
                measured.shown += _texts(measured.issue[count][-1].round)
                measured.ceiling[count].append(await _turn(counter, other_tap, count, sizes.seconds))


def _presses(hall: Hall, server: Server) -> Iterator[bytes]:
    return kiosks.presses(server.url, hall.kiosks, [queue.id for queue in hall.centre.queues])


async def _warm(server: Server, tap: Iterator[bytes], printers: QuietPrinters) -> Round:
    """Until everything is loaded, and the ceiling's server has written what it writes."""
    done = await kiosks.press(server.port, tap, WARM_KIOSKS, 0, ceiling.WRITTEN_FIRST)
    await printers.first_slip()
    return done


async def _turn(server: Server, tap: Iterator[bytes], count: int, seconds: float) -> Turn:
    own, its = process_time(), server.cpu_seconds()
    done = await kiosks.press(server.port, tap, count, seconds)
    own, its = process_time() - own, server.cpu_seconds() - its
    return Turn(done, its * 1000 / len(done.numbers), own / done.seconds)


def _texts(done: Round) -> list[str]:
    return [number.decode() for number in done.numbers]


def figures(measured: Measured) -> list[Figure]:
    """Medians over the rounds; a percentile is taken within each round first."""
    found: list[Figure] = []
    for count, turns in measured.issue.items():
        found += _of_kiosks(count, turns, measured.ceiling[count])
    repeated, lost = exactness(measured)
    return [
        *found,
        ("issue_duplicates", repeated, "tickets"),
        ("issue_lost", lost, "tickets"),
        ("fsync_rate", middle(measured.flushes), "fdatasync/s"),
        ("synchronous", measured.written.synchronous, "pragma"),
    ]


def _of_kiosks(count: int, turns: Sequence[Turn], counted: Sequence[Turn]) -> list[Figure]:
    rate, most = (median(turn.round.rate for turn in some) for some in (turns, counted))
    times = [turn.round.milliseconds for turn in turns]
    return [
        (f"issue_rate_{count}", round(rate, 1), "tickets/s"),
        (f"issue_p50_ms_{count}", middle([percentile(one, 50) for one in times], 2), "ms"),
        (f"issue_p99_ms_{count}", middle([percentile(one, 99) for one in times], 2), "ms"),
        (f"ceiling_rate_{count}", round(most, 1), "tickets/s"),
        (f"issue_ratio_{count}", round(rate / most, 3), "of_ceiling"),
        (f"issue_cpu_ms_{count}", middle([turn.server_ms for turn in turns], 3), "ms/ticket"),
        (f"ceiling_cpu_ms_{count}", middle([turn.server_ms for turn in counted], 3), "ms/ticket"),
        (f"client_cpu_share_{count}", middle([turn.client_cores for turn in turns], 2), "cores"),
    ]


def exactness(measured: Measured) -> tuple[int, int]:
    """How many numbers were shown or written more than once, and how many were shown but never written."""
    shown, written = measured.shown, measured.written.numbers
    repeated = len(shown) - len(set(shown)) + len(written) - len(set(written))
    return repeated, len(set(shown) - set(written))
