"""Tickets a second: from the press on the kiosk to the page with the number, against a server that only counts.

All kiosks of a round share the cookies of the demo centre's two paired kiosks K1 and K2 and take its queues in
turn; what a further paired device would cost (one more remembered cookie) is not in the figures.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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


@dataclass(slots=True)
class Measured:
    """All rounds by number of kiosks, and what the disk, the processors and the file say."""

    issue: dict[int, list[Round]] = field(default_factory=lambda: defaultdict(list))
    ceiling: dict[int, list[Round]] = field(default_factory=lambda: defaultdict(list))
    flushes: list[float] = field(default_factory=list)
    client_cpu: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    server_cpu: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    shown: list[str] = field(default_factory=list)
    written: Written | None = None


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    with furnished() as hall:
        return figures(measure(hall, QUICK if quick else Sizes()))


def measure(hall: Hall, sizes: Sizes, launcher: Sequence[str] = SERVE) -> Measured:
    """Press at both servers in turn (issue, ceiling, issue, …): a noisy neighbour then harms both alike."""
    measured, data = Measured(), hall.copy("issue")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_rounds(measured, hall, data, sizes, launcher))
    measured.written = read_back(data)
    return measured


async def _rounds(measured: Measured, hall: Hall, data: Path, sizes: Sizes, launcher: Sequence[str]) -> None:
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
                await _issue(measured, server, tap, count, sizes.seconds)
                measured.ceiling[count].append(await kiosks.press(counter.port, other_tap, count, sizes.seconds))


async def _warm(server: Server, tap: Iterator[bytes], printers: QuietPrinters) -> Round:
    done = await kiosks.press(server.port, tap, WARM_KIOSKS, 0, ceiling.WRITTEN_FIRST)
    await printers.first_slip()
    return done


def _presses(hall: Hall, server: Server) -> Iterator[bytes]:
    cookies = {d.id: hall.devices[d.id] for d in hall.centre.devices if d.kind == "kiosk"}
    return kiosks.presses(server.url, cookies, [queue.id for queue in hall.centre.queues])


async def _issue(measured: Measured, server: Server, tap: Iterator[bytes], count: int, seconds: float) -> None:
    own, its = process_time(), server.cpu_seconds()
    done = await kiosks.press(server.port, tap, count, seconds)
    measured.client_cpu[count].append((process_time() - own) / done.seconds)
    measured.server_cpu[count].append((server.cpu_seconds() - its) / done.seconds)
    measured.issue[count].append(done)
    measured.shown += _texts(done)


def _texts(done: Round) -> list[str]:
    return [number.decode() for number in done.numbers]


def figures(measured: Measured) -> list[Figure]:
    """Medians over the rounds; a percentile is taken within each round first."""
    found: list[Figure] = []
    for count, rounds in measured.issue.items():
        found += [
            (f"issue_rate_{count}", middle([done.rate for done in rounds]), "tickets/s"),
            (f"issue_p50_ms_{count}", middle([percentile(done.milliseconds, 50) for done in rounds], 2), "ms"),
            (f"issue_p99_ms_{count}", middle([percentile(done.milliseconds, 99) for done in rounds], 2), "ms"),
            (f"ceiling_rate_{count}", middle([done.rate for done in measured.ceiling[count]]), "tickets/s"),
            (f"issue_ratio_{count}", _ratio(rounds, measured.ceiling[count]), "of_ceiling"),
            (f"issue_server_cpu_{count}", middle(measured.server_cpu[count], 2), "cores"),
            (f"issue_client_cpu_{count}", middle(measured.client_cpu[count], 2), "cores"),
        ]
    repeated, lost = exactness(measured)
    return [
        *found,
        ("issue_duplicates", repeated, "tickets"),
        ("issue_lost", lost, "tickets"),
        ("fsync_rate", middle(measured.flushes), "fdatasync/s"),
        ("synchronous", measured.written.synchronous if measured.written else -1, "pragma"),
    ]


def _ratio(rounds: Sequence[Round], ceiling_rounds: Sequence[Round]) -> float:
    return round(middle([done.rate for done in rounds], 3) / middle([done.rate for done in ceiling_rounds], 3), 3)


def exactness(measured: Measured) -> tuple[int, int]:
    """How many numbers were shown or written more than once, and how many were shown but never written."""
    written = measured.written.numbers if measured.written else []
    repeated = max(len(measured.shown) - len(set(measured.shown)), len(written) - len(set(written)))
    return repeated, len(set(measured.shown) - set(written))
