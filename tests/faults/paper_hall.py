"""The whole application around simulated printers, on a clock that leaps: kiosks take numbers, faults happen, and
what came out on paper is held against what the screens said.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app import make_app
from domain.centres import Centre
from domain.papers import SlipState
from operations import entering, managing
from printers.service import PrinterService
from printers.simulator import Model, PrinterSimulator
from settings import Settings
from store import jobs, tickets
from store.jobs import PrintJob
from store.store import Store
from store.writer import Act
from tests.support.crowd import Answer, Furnished, fresh_request
from tests.support.halls import MORNING, demo_calendar, demo_centre, write_file
from tests.support.leaping import LeapingLoop, run_leaping
from tests.support.servers import SHARES
from web.visitors import hash_of, new_token

HOST = "127.0.0.1:8000"
TAKE_IT = "Mời bạn lấy phiếu"
NO_PAPER = "Máy in chưa ra giấy"
QUEUE = "ho-tich"
KIOSKS = ("K1", "K2")
INVERTED = bytes(range(255, -1, -1))
ANSWERS_WITHIN = 1.0


@dataclass
class Taken:
    """One number as a kiosk showed it, and how long the kiosk waited for it, but for this machine's own pace."""

    id: int
    number: str
    kiosk: str
    seconds: float


@dataclass
class PaperHall:
    """Two kiosks with a printer each, a supervisor, and everything between them in one process."""

    loop: LeapingLoop
    place: Furnished
    printers: Mapping[str, PrinterSimulator]
    born: float
    app: Any = None
    service: Any = None
    taken: list[Taken] = field(default_factory=list)
    slips: Counter[str] = field(default_factory=Counter)
    believed: dict[int, str] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=dict)
    _kept: dict[tuple[int, int, int], str] = field(default_factory=dict)
    jumped: timedelta = timedelta()

    def now(self) -> datetime:
        """The server's clock."""
        return MORNING + timedelta(seconds=self.loop.time() - self.born) + self.jumped

    # -- the server --------------------------------------------------------------------------------------

    async def boot(self, **settings: Any) -> None:
        """Start the server; what it remembers is in its file."""
        addresses = tuple((name, f"tcp://127.0.0.1:{p.port}") for name, p in self.printers.items())
        chosen = {"printer_of": addresses, "follow_url": "http://127.0.0.1:8000/follow"} | SHARES | settings
        self.app = make_app(Settings(data=self.place.data, **chosen), self.now)
        self.store.start()
        self.store.listen(self.printing.heed)
        write = self.store.write

        async def held(*arguments: Any, **named: Any) -> Any:
            with self.loop.holding():
                return await write(*arguments, **named)

        self.store.write = held
        self.service = asyncio.create_task(self.printing.run())

    async def crash(self) -> None:
        """The server is gone in this instant: sockets close, nothing more is written."""
        self.service.cancel()
        with suppress(asyncio.CancelledError):
            await self.service
        self.store.close()

    async def restart(self, **settings: Any) -> None:
        """Crash, and start again on the same file."""
        await self.crash()
        await self.boot(**settings)

    @property
    def store(self) -> Any:
        return self.app.state.house.store

    @property
    def printing(self) -> PrinterService:
        found: PrinterService = self.app.state.printers
        return found

    async def do(self, operation: Any, *arguments: Any) -> Any:
        """Something that a person or program asks for."""
        return await self.store.write(Act("test"), operation, *arguments)

    # -- its screens -------------------------------------------------------------------------------------

    async def ask(self, who: str, path: str, **fields: object) -> Answer:
        """A page, or the press of a button where there are fields."""
        return await _ask(self.app, self.place.cookie(who), path, fields)

    async def take(self, kiosk: str = "K1", queue: str = QUEUE) -> Taken:
        """Press the kiosk's button; the page without htmx leads to the ticket."""
        begun = self.loop.leapt
        answer = await self.ask(kiosk, f"/kiosk/{kiosk}/tickets", queue=queue, request_id=fresh_request())
        assert answer.status == 303, answer.text[:300]
        ticket = int(answer.headers["location"].split("/tickets/")[1].split("?")[0])
        shown = await self.ask(kiosk, f"/kiosk/{kiosk}/tickets/{ticket}?lang=vi")
        found = self.store.read(tickets.load, ticket)
        assert f'id="number">{found.number}<' in shown.text, "the number is not on the screen"
        taken = Taken(ticket, found.number, kiosk, self.loop.leapt - begun)
        self.taken.append(taken)
        return taken

    async def screen(self, taken: Taken) -> str:
        """What the kiosk says of the paper now."""
        page = await self.ask(taken.kiosk, f"/kiosk/{taken.kiosk}/tickets/{taken.id}/paper?lang=vi")
        assert page.status == 200, page.text[:300]
        if TAKE_IT in page.text:
            self.believed[taken.id] = page.text
        return page.text

    # -- its paper ---------------------------------------------------------------------------------------

    def job(self, taken: Taken) -> PrintJob:
        """The newest slip of this ticket."""
        found: PrintJob = self.store.read(jobs.print_job_of, "ticket", str(taken.id))
        return found

    async def until(self, condition: Callable[[], object], seconds: float = 60.0, what: str = "") -> None:
        """Let time pass until something holds."""
        begun = self.loop.time()
        while not condition():
            passed = self.loop.time() - begun
            assert passed < seconds, f"not within {seconds:g} s: {what}"
            await asyncio.sleep(0.05 if passed < 2 else 0.5)
        self.count()

    async def ended(self, taken: Taken, *states: str, seconds: float = 60.0) -> PrintJob:
        """Wait for the newest slip's end; it must be one of these."""
        await self.until(
            lambda: self.job(taken).is_over, seconds, f"{taken.number} comes to an end: {self.job(taken)}"
        )
        found = self.job(taken)
        assert found.state in states, f"{taken.number} is {found.state} ({found.note}), not one of {states}"
        return found

    def count(self) -> None:
        """Note what has come out since the last look, by its dots."""
        for name, printer in self.printers.items():
            seen = self._counted.get(name, 0)
            fresh = [slip for slip in printer.records if slip.number > seen]
            assert len(fresh) == printer.printed - seen, "slips went by unseen: count more often"
            self.slips.update(slip.sha256 for slip in fresh)
            self._counted[name] = printer.printed

    def copies(self, taken: Taken, copy: int = 1) -> int:
        """How many pieces of paper are this slip, whole, dot for dot, on paper of any width of the hall."""
        found = {self._fingerprint(taken, copy, printer.width) for printer in self.printers.values()}
        return sum(self.slips[one] for one in found)

    def _fingerprint(self, taken: Taken, copy: int, width: int) -> str:
        key = taken.id, copy, width
        if key not in self._kept:
            job = replace(self.job(taken), copy=copy)
            image = self.printing._papers.picture(job, width).to_image()
            packed = image.convert("1").tobytes().translate(INVERTED)
            self._kept[key] = hashlib.sha256(width.to_bytes(4, "big") + packed).hexdigest()
        return self._kept[key]

    # -- what must hold, whatever happened -----------------------------------------------------------------

    async def check(self) -> dict[str, int]:
        """The promises of printing.md 9, for every ticket taken so far; how many slips ended how."""
        self.count()
        assert len({taken.number for taken in self.taken}) == len(self.taken), "a number was given twice"
        slow = [taken for taken in self.taken if taken.seconds > ANSWERS_WITHIN]
        assert not slow, f"the screen showed {slow[0].number} only after {slow[0].seconds:.1f} s"
        desk = (await self.ask("ql01", "/admin/desk?lang=vi")).text
        ends: Counter[str] = Counter()
        for taken in self.taken:
            ends[await self._check_one(taken, desk)] += 1
        return dict(ends)

    async def _check_one(self, taken: Taken, desk: str) -> str:
        page, job = await self.screen(taken), self.job(taken)
        unmarked = self.copies(taken)
        assert unmarked <= 1, f"{unmarked} unmarked slips of {taken.number}"
        if taken.id in self.believed and job.copy == 1:
            assert unmarked == 1, f"the screen called {taken.number} printed, but it did not come out whole"
        if TAKE_IT in page:
            marked = self.copies(taken, job.copy)
            assert marked == 1, (
                f"{marked} whole slips of {taken.number}, copy {job.copy}, which the screen promised"
            )
        elif job.state != SlipState.SENT:
            assert taken.number in page or "đang in" in page, f"{taken.number} is neither on paper nor on screen"
            assert taken.number in desk, f"{taken.number} ({job.state}) is on nobody's list"
        return str(job.state)


async def _ask(app: Any, cookie: str, path: str, fields: Mapping[str, object]) -> Answer:
    """One request, straight into the application: no second server, no thread."""
    body = urlencode(fields, doseq=True).encode()
    place, _, query = path.partition("?")
    headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode()), (b"cookie", cookie.encode())]
    if fields:
        headers += [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "path": place,
        "method": "POST" if fields else "GET", "raw_path": place.encode(), "query_string": query.encode(),
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    said: list[Any] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return given.pop() if given else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    start = next(message for message in said if message["type"] == "http.response.start")
    text = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
    answered = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], answered, text.decode(errors="replace"))


@asynccontextmanager
async def _open(
    loop: LeapingLoop, data: Path, centre: Centre | None, machines: Mapping[str, Mapping[str, Any]]
) -> AsyncIterator[PaperHall]:
    place = _furnish(data / "data", centre)
    async with AsyncExitStack() as stack:
        printers = {
            name: await stack.enter_async_context(PrinterSimulator(name=name, **options))
            for name, options in machines.items()
        }
        hall = PaperHall(loop, place, printers, loop.time())
        await hall.boot()
        try:
            yield hall
        finally:
            await hall.crash()


def _furnish(data: Path, centre: Centre | None) -> Furnished:
    """Both kiosks paired and the supervisor signed in, in the morning at which every scenario begins."""
    data.mkdir(parents=True)
    store = Store(write_file(data / "motcua.sqlite"), lambda: MORNING)
    store.start()
    try:
        if centre is not None:
            store.write_now(Act("test"), managing.load_centre, centre, demo_calendar())
        tokens = {kiosk: new_token() for kiosk in KIOSKS}
        for kiosk, token in tokens.items():
            store.write_now(Act("test"), entering.offer_pairing, kiosk, b"c" * 32)
            store.write_now(Act("test"), entering.pair_device, kiosk, b"c" * 32, hash_of(token))
        tokens["ql01"] = new_token()
        store.write_now(Act("ql01"), entering.sign_in, "ql01", hash_of(tokens["ql01"]))
    finally:
        store.close()
    return Furnished(data, tokens)


def with_printers(**changes: Mapping[str, Any]) -> Centre:
    """The demo centre with some fields of its printers changed."""
    centre = demo_centre()
    found = tuple(replace(printer, **changes.get(printer.id, {})) for printer in centre.printers)
    return replace(centre, printers=found)


Play = Callable[[PaperHall], Awaitable[None]]
TWO: Mapping[str, Mapping[str, Any]] = {"P1": {"speed": 220.0}, "P2": {"speed": 220.0}}


def play(
    scenario: Play, data: Path, *, model: Model | None = None, centre: Centre | None = None,
    machines: Mapping[str, Mapping[str, Any]] = TWO,
) -> None:  # fmt: skip
    """Open a hall, let the scenario happen, and close it; P1 is of the given model."""
    wanted = {name: dict(options) for name, options in machines.items()}
    if model is not None:
        wanted["P1"]["model"] = model

    async def main(loop: LeapingLoop) -> None:
        async with _open(loop, data, centre, wanted) as hall:
            await scenario(hall)

    run_leaping(main)
