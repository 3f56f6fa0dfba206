"""What telling the portal costs a kiosk: a ticket's p95 while thousands of dossiers go to the sandbox, and without.

The worst hour there is: the portal was away, everything that was received waits, and it goes as fast as we let it;
now and then the portal answers 502 or forgets the session (a time-out would only be a rest). Rounds with the gate
open and closed take turns, so that a noisy neighbour harms both alike. The sandbox is a process of its own that
gets only what time the others leave: a real one stands elsewhere.
"""

import asyncio
import select
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import uvloop

from bench import kiosks
from bench.call import Button, lower_hall
from bench.figures import Figure, percentile
from bench.kiosks import Wrong
from bench.servers import BENCH, READY_WITHIN_SECONDS, ROOT, Hall, furnished, opened, quiet_printers, serving
from bench.watchers import Sizes as Rounds
from bench.watchers import noting, play_round
from domain.applicants import Applicant, Words, particulars, to_bytes, words_to_bytes
from domain.dossiers import Act
from operations import intake, processing, syncing
from operations.processing import Doing
from portal.sandbox import TEST_ACCOUNTS
from store import jobs
from store.store import Store
from store.vault import Vault

COUNTER, CLERK, PROCEDURE = 1, "cb01", "1.004873"
ADAPTER = "XrdAdapter/RestService/forward"
SANDBOX = ("nice", "-n", "19", sys.executable, "-m", "commands", "sandbox", "--port", "0")
FAULTS = {"bad_gateway": 3, "expired_token": 1}
SETTLE_SECONDS = 2.0
STOP_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many dossiers wait, each with its record and a step; tickets a second; how long a round, how many."""

    dossiers: int = 5000
    a_second: float = 10.0
    seconds: float = 15.0
    rounds: int = 4


QUICK = Sizes(dossiers=800, seconds=5.0, rounds=2)


@dataclass(slots=True)
class Measured:
    """Milliseconds of every ticket, round by round, with the gate closed and open; what came to the portal."""

    alone: list[list[float]] = field(default_factory=list)
    beside: list[list[float]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)


def run(quick: bool) -> list[Figure]:
    """The figures of one run on a fresh file."""
    sizes = QUICK if quick else Sizes()
    with furnished() as hall:
        return figures(measure(hall, sizes), sizes)


def figures(measured: Measured, sizes: Sizes) -> list[Figure]:
    """The p95 of each round, then the median of the rounds; the ratio is that of neighbouring rounds."""
    alone, beside = ([percentile(one, 95) for one in rounds] for rounds in (measured.alone, measured.beside))
    ratios = [after / before for before, after in zip(alone, beside, strict=True)]
    return [
        ("sync_ticket_p95_ms_alone", round(median(alone), 2), "ms"),
        ("sync_ticket_p95_ms_beside", round(median(beside), 2), "ms"),
        ("sync_ticket_p95_ratio", round(median(ratios), 3), "times"),
        ("sync_messages_a_second", round(median(measured.told) / sizes.seconds, 1), "messages/s"),
    ]


def measure(hall: Hall, sizes: Sizes) -> Measured:
    """Rounds in turn. Raises Wrong when a kiosk is refused or nothing goes to the portal."""
    measured, data = Measured(), hall.copy("sync")
    with opened(data) as store:
        _receive(store, Vault.open(data / "site.key"), sizes.dossiers)
        store.write_now(BENCH, syncing.stop_portal, CLERK, "bench")
    password = data / "portal.password"
    password.write_text(TEST_ACCOUNTS["H56"], encoding="utf-8")
    with sandbox() as url, opened(data) as aside, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        more = {"PORTAL_URL": url + ADAPTER, "PORTAL_PASSWORD_FILE": str(password)}
        runner.run(_rounds(measured, hall, data, aside, url, more, sizes))
    if not all(measured.told):
        raise Wrong(f"nothing went to the portal: {measured.told}")
    return measured


def _receive(store: Store, vault: Vault, count: int) -> None:
    """So many dossiers, each with a first step."""
    owner = vault.seal(to_bytes(particulars(Applicant("NGUYỄN VĂN MẪU", "038190000001"), "", ())))
    words = vault.seal(words_to_bytes(Words("Xem xét hồ sơ")))
    for _ in range(count):
        taken = intake.Intake(PROCEDURE, owner)
        code = store.write_now(BENCH, intake.receive_dossier, COUNTER, CLERK, taken).code
        store.write_now(BENCH, processing.note, Act.PROGRESS, Doing(code, CLERK, words))


@contextmanager
def sandbox() -> Iterator[str]:
    """The sandbox portal on a free port; gives its address."""
    started = subprocess.Popen(SANDBOX, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        readable = started.stdout and select.select([started.stdout], [], [], READY_WITHIN_SECONDS)[0]
        line = started.stdout.readline() if started.stdout and readable else ""
        if not line.startswith("portal ready "):
            raise Wrong(f"the sandbox did not start; it said {line!r}")
        yield line.split()[-1]
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(STOP_WITHIN_SECONDS)
        started.kill()
        started.wait()
        if started.stdout:
            started.stdout.close()


async def _rounds(
    measured: Measured, hall: Hall, data: Path, aside: Store, url: str, more: dict[str, str], sizes: Sizes
) -> None:
    rounds = Rounds(a_second=sizes.a_second, calls_a_second=0, seconds=sizes.seconds)
    async with quiet_printers(hall.centre) as printers:
        with serving(data, printers.ports, more=more) as server:
            taken: list[float] = []
            queues = [desk.counter.queues[0] for desk in lower_hall(hall)]
            requests = kiosks.presses(server.url, hall.kiosks, queues)
            taps = [Button(lambda: next(requests), noting(taken)) for _ in range(4)]
            for one in taps:
                await one.connect(server.port)
            taps[0].press()
            await printers.first_slip()
            await play_round(taps, [], [], rounds)
            for _ in range(sizes.rounds):
                taken.clear()
                await play_round(taps, [], [], rounds)
                measured.alone.append([*taken])
                before = await asyncio.to_thread(_open_gate, aside, url)
                await asyncio.sleep(SETTLE_SECONDS)
                taken.clear()
                await play_round(taps, [], [], rounds)
                measured.beside.append([*taken])
                measured.told.append(before - await asyncio.to_thread(_close_gate, aside))
                await asyncio.sleep(SETTLE_SECONDS)
            for one in taps:
                one.close()


def _open_gate(aside: Store, url: str) -> int:
    for name, times in FAULTS.items():
        form = urllib.parse.urlencode({"name": name, "times": times}).encode()
        urllib.request.urlopen(url + "sandbox/faults", form, timeout=STOP_WITHIN_SECONDS).close()
    aside.write_now(BENCH, syncing.resume_portal, CLERK)
    return _waiting(aside)


def _close_gate(aside: Store) -> int:
    aside.write_now(BENCH, syncing.stop_portal, CLERK, "bench")
    return _waiting(aside)


def _waiting(aside: Store) -> int:
    return aside.read(jobs.outbox_depths)["portal"]
