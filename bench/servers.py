"""The server under measurement: `motcua serve` as a process of its own on a fresh file with the demo centre.

Its two printers are the quiet ones of this module: they take every byte and never answer, so that slips are
drawn and sent while it is measured, and no printer of this machine prints them.
"""

import asyncio
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import clock
from bench.kiosks import Wrong
from commands.centre import calendar_of
from commands.demo.hall import HERE as DEMO
from domain.centres import Centre, read_centre
from domain.events import PrinterTested
from domain.papers import Answer
from domain.procedures import read_catalogue
from operations import entering, managing, printing, shifts
from operations.ticketing import take_ticket
from printers import thermal
from settings import LARGEST_SHARE, PREFIX, Settings
from store import days, tickets
from store.store import Store
from store.writer import Act
from web.devices import plain_code
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE, hash_of, new_token

ROOT = Path(__file__).parent.parent
SERVE = ("-m", "commands")
READY_WITHIN_SECONDS = 30
STOP_WITHIN_SECONDS = 6
FIRST_SLIP_WITHIN_SECONDS = 30
SLIP_SECONDS = 0.5  # 120 mm at 300 mm a second, and the cut
PROOF_ASKED = b"\x1d(H\x06\x00\x30\x30"  # GS ( H fn 48; the id of four bytes follows
FULL = 2  # PRAGMA synchronous
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
BENCH = Act("bench")
NO_MORE: Mapping[str, str] = {}
SHARES = tuple(f"{PREFIX}{name}" for name in ("DEVICE_TICKETS", "DEVICE_REQUESTS", "STRANGER_REQUESTS"))


@dataclass(frozen=True, slots=True)
class Hall:
    """A furnished data folder, copied for every server, and the cookies that open its doors."""

    data: Path
    centre: Centre
    devices: dict[str, str]
    people: dict[str, str]

    @property
    def kiosks(self) -> dict[str, str]:
        """The cookie of each kiosk."""
        return {device.id: self.devices[device.id] for device in self.centre.devices if device.kind == "kiosk"}

    def copy(self, name: str) -> Path:
        """A data folder of its own beside this one."""
        place = tempfile.mkdtemp(prefix=f"{name}-", dir=self.data.parent)
        return shutil.copytree(self.data, Path(place), dirs_exist_ok=True)


@contextmanager
def furnished(folder: Path | None = None, centre: Centre | None = None) -> Iterator[Hall]:
    """The demo centre, or another, with paired screens, signed-in clerks and open counters; gone afterwards.

    It lies where files outlive a restart, because a folder in memory would make FULL cost nothing.
    """
    place = folder or (Path("/var/tmp") if os.access("/var/tmp", os.W_OK) else None)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-", dir=place) as own:
        yield _furnish(Path(own) / "hall", centre or demo_centre())


def demo_centre() -> Centre:
    """The centre of `motcua demo`."""
    return read_centre((DEMO / "centre.toml").read_text(encoding="utf-8"))


@contextmanager
def opened(data: Path) -> Iterator[Store]:
    """The file of this folder, beside a server or without one."""
    store = Store(Settings(data=data).file, clock.now)
    store.start()
    try:
        yield store
    finally:
        store.close()


def _furnish(data: Path, centre: Centre) -> Hall:
    thermal.dialect("default", data / "escpos")  # only a centre's very first start works it out
    with opened(data) as store:
        store.write_now(BENCH, managing.load_centre, centre, calendar_of(centre))
        for printer in centre.printers:  # tested and known, or the first slips would wait for what never comes
            proves = [Answer.COMPLETION.value]
            test = PrinterTested(printer.id, proves, printer.width, 1, edges=True, letters=True, codes=True)
            store.write_now(BENCH, printing.note_test, test)
        rows, _ = read_catalogue((DEMO / "procedures.jsonl").read_bytes().splitlines())
        store.write_now(BENCH, managing.list_procedures, rows)
        for clerk in centre.people:
            if clerk.counter is not None:
                store.write_now(Act(clerk.id), shifts.open_shift, clerk.counter, clerk.id)
        people = {person.id: _sign_in(store, person.id) for person in centre.people}
        return Hall(data, centre, {device.id: _pair(store, device.id) for device in centre.devices}, people)


def _sign_in(store: Store, person: str) -> str:
    token = new_token()
    store.write_now(Act(person), entering.sign_in, person, hash_of(token))
    return f"{SIGN_IN_COOKIE}={token}"


def _pair(store: Store, device: str) -> str:
    token, code = new_token(), hash_of(plain_code("BENCH-CODE"))
    store.write_now(BENCH, entering.offer_pairing, device, code)
    store.write_now(BENCH, entering.pair_device, device, code, hash_of(token))
    return f"{DEVICE_COOKIE}{device}={token}"


def seat_people(data: Path, queues: Sequence[str], each: int) -> None:
    """Let so many wait in each of these queues before the server starts."""
    with opened(data) as store:
        for queue in [*queues] * each:
            store.write_now(BENCH, take_ticket, queue)


def given_numbers(data: Path) -> list[int]:
    """The tickets of the newest day by id, in the order of issue."""
    with opened(data) as store:
        newest = store.read(days.newest)
        return [ticket.id for ticket in store.read(tickets.of_day, newest.id if newest else 0)]


@dataclass(frozen=True, slots=True)
class Written:
    """What the file holds in the end: every number of the day, every call, and how it was made durable."""

    numbers: list[str]
    calls: list[tickets.Call]
    synchronous: int


def read_back(data: Path) -> Written:
    """Read a stopped server's file. Raises UnsafeSQLite when its writer would not open as FULL.

    `synchronous` is what the store's own opening has proved, for only the store may ask SQLite; the tests ask.
    """
    with opened(data) as store:
        newest = store.read(days.newest)
        day = newest.id if newest else 0
        given, every = store.read(tickets.of_day, day), [counter.number for counter in store.centre().counters]
        calls = store.read(tickets.calls_after, day, every, 0, sys.maxsize)
        return Written([ticket.number for ticket in given], calls, FULL)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and what /proc tells of it."""

    process: "subprocess.Popen[str]"
    port: int

    @property
    def url(self) -> str:
        """The origin that the browser sees."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Resident memory, MB of 10^6 bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 1e6


@contextmanager
def process(
    data: Path, printers: Sequence[tuple[str, int]] = (), port: int = 0, launcher: Sequence[str] = SERVE,
    more: Mapping[str, str] = NO_MORE,
) -> Iterator["subprocess.Popen[str]"]:  # fmt: skip
    """Start `serve` and end it again; it may not answer yet. `more` settings by name, without the prefix."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment["PYTHONPATH"] = str(ROOT)
    environment[f"{PREFIX}PRINTER_OF"] = ",".join(f"{name}=tcp://127.0.0.1:{at}" for name, at in printers)
    environment |= dict.fromkeys(SHARES, str(LARGEST_SHARE))  # two kiosks press for a whole province
    environment |= {f"{PREFIX}{name}": value for name, value in more.items()}
    command = [sys.executable, *launcher, "--data", str(data), "serve", "--port", str(port)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        if started.stdout:
            started.stdout.close()


@contextmanager
def serving(
    data: Path, printers: Sequence[tuple[str, int]] = (), launcher: Sequence[str] = SERVE,
    more: Mapping[str, str] = NO_MORE,
) -> Iterator[Server]:  # fmt: skip
    """The server on any free port, ready."""
    with process(data, printers, launcher=launcher, more=more) as started:
        yield Server(started, ready_port(started))


def ready_port(started: "subprocess.Popen[str]") -> int:
    """Wait for the ready line; the port that it names. Raises Wrong when it does not come."""
    readable = started.stdout and select.select([started.stdout], [], [], READY_WITHIN_SECONDS)[0]
    line = started.stdout.readline() if started.stdout and readable else ""
    if not line.startswith("ready "):
        with suppress(subprocess.TimeoutExpired):
            started.wait(STOP_WITHIN_SECONDS)
        raise Wrong(f"the server did not start; it said {line!r}, its exit code is {started.returncode}")
    return int(line.rpartition(":")[2])


@dataclass(slots=True)
class QuietPrinters:
    """A port for each printer of the centre, as fast as the fastest on the market: half a second a slip.

    One that took every byte at once would let the server draw a hundred slips a second for one kiosk, which
    no paper ever does. Each slip ends with GS ( H fn 48 and its id, and is proved by 37 22 id 00.
    """

    ports: list[tuple[str, int]] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One slip."""
        heard = b""
        with suppress(OSError, asyncio.CancelledError):  # 3.11's streams ask a cancelled task for its exception
            while data := await reader.read(65536):
                self.began.set()
                heard = (heard + data)[-len(PROOF_ASKED) - 4 :]
                if heard.startswith(PROOF_ASKED):
                    await asyncio.sleep(SLIP_SECONDS)
                    writer.write(b"\x37\x22" + heard[-4:] + b"\0")
        writer.close()

    async def first_slip(self) -> None:
        """The server has loaded its drawing: from here on it is as it will be all day."""
        await asyncio.wait_for(self.began.wait(), FIRST_SLIP_WITHIN_SECONDS)


@asynccontextmanager
async def quiet_printers(centre: Centre) -> AsyncIterator[QuietPrinters]:
    """The printers of one server."""
    printers = QuietPrinters()
    listening = [await asyncio.start_server(printers.take, "127.0.0.1", 0) for _ in centre.printers]
    for printer, server in zip(centre.printers, listening, strict=True):
        printers.ports.append((printer.id, server.sockets[0].getsockname()[1]))
    try:
        yield printers
    finally:
        for server in listening:
            server.close()


def flush_rate(folder: Path, seconds: float) -> float:
    """How often a second this disk makes 4 KiB durable: append and fdatasync, one after the other."""
    block, flushes = b"\0" * 4096, 0
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        start = perf_counter()
        while (spent := perf_counter() - start) < seconds:
            file.write(block)
            os.fdatasync(file.fileno())
            flushes += 1
    return flushes / spent
