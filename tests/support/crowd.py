"""A crowd around a server process: kiosks and clerks who press the real pages and repeat whatever got lost, screens
that come back, and what the file beside the server says. It holds no pytest and asserts no promise.
"""

import asyncio
import json
import os
import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

import clock
from domain.centres import Centre
from domain.tickets import shown_number
from operations import entering, managing, shifts
from store import database
from store.store import Store
from store.writer import Act
from tests.support.halls import demo_calendar, write_file
from tests.support.servers import ServerProcess
from web.devices import plain_code
from web.visitors import DEVICE_COOKIE, SIGN_IN_COOKIE, hash_of, new_token

ANSWER_SECONDS = 20.0
LAST_CALLS = 5  # stand on a wall below the newest one
AGAIN_SECONDS = 0.2  # a page's script waits 0.5 s; sooner here, so that what is measured is the server
NO_PRINTER = "P1=tcp://127.0.0.1:1,P2=tcp://127.0.0.1:1"  # nobody listens on port 1: no strange printer is met
SETUP = Act("test")


class Lost(Exception):
    """The connection ended before the answer was whole: what became of the request is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Furnished:
    """A data folder with a loaded centre, and the tokens of its screens and people."""

    data: Path
    tokens: Mapping[str, str]

    @property
    def file(self) -> Path:
        return self.data / "motcua.sqlite"

    def cookie(self, who: str) -> str:
        """The cookie header of a device (K1, W1) or a person (cb01)."""
        name = DEVICE_COOKIE + who if who[0] in "KW" else SIGN_IN_COOKIE
        return f"{name}={self.tokens[who]}"

    @contextmanager
    def rows(self) -> Iterator[Any]:
        """The file, read beside the server."""
        db = database.open_reader(self.file)
        try:
            yield db
        finally:
            db.close()


def furnish(
    data: Path, devices: tuple[str, ...], clerks: Mapping[int, str], others: tuple[str, ...] = (),
    centre: Centre | None = None,
) -> Furnished:  # fmt: skip
    """The demo centre (or another) in a folder: these devices paired, clerks at their counters, all signed in."""
    data.mkdir(parents=True)
    store = Store(write_file(data / "motcua.sqlite"), clock.now)
    store.start()
    try:
        if centre is not None:
            store.write_now(SETUP, managing.load_centre, centre, demo_calendar())
        tokens = {device: _pair(store, device) for device in devices}
        tokens |= {person: _sign_in(store, person) for person in (*clerks.values(), *others)}
        for counter, person in clerks.items():
            store.write_now(Act(person), shifts.open_shift, counter, person)
    finally:
        store.close()
    return Furnished(data, tokens)


def _pair(store: Store, device: str) -> str:
    token, code = new_token(), hash_of(plain_code("TEST-CODE"))
    store.write_now(SETUP, entering.offer_pairing, device, code)
    store.write_now(SETUP, entering.pair_device, device, code, hash_of(token))
    return token


def _sign_in(store: Store, person: str) -> str:
    token = new_token()
    store.write_now(Act(person), entering.sign_in, person, hash_of(token))
    return token


class Process(ServerProcess):
    """`motcua serve`, without the mark of a trial: the server refuses settings that it does not know."""

    def start(self) -> str:
        mark = os.environ.pop("MOTCUA_TRIAL", None)
        try:
            return super().start()
        finally:
            if mark is not None:
                os.environ["MOTCUA_TRIAL"] = mark

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid


@contextmanager
def serving(place: Furnished, fault: str = "", port: int = 0, **environment: str) -> Iterator[Process]:
    """A started server process, ended whatever happens; `fault` is one of tests/faults/launch.py."""
    launcher = ("-m", "tests.faults.launch", fault) if fault else ("-m", "commands")
    process = Process(place.data, launcher, {"MOTCUA_PRINTER_OF": NO_PRINTER, **environment}, port)
    try:
        process.start()
        yield process
    finally:
        if process.process is not None and process.process.returncode is None:
            process.kill()


class Browser:
    """One kept-alive connection that sends what a page of this server sends. Not shared between tasks.

    `codes`: a refusal is answered as a program gets it, with its code, and not as a page.
    """

    def __init__(self, url: str, cookie: str = "", *, codes: bool = False) -> None:
        self.url, place = url, urlsplit(url)
        self._address = (place.hostname, place.port)
        self._head = f"Host: {place.netloc}\r\nOrigin: {url}\r\nCookie: {cookie}\r\n"
        if codes:
            self._head += "Accept: application/json\r\n"
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        """Open a page."""
        await self._send(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
        return await self.answer()

    async def press(self, path: str, htmx: bool = True, **fields: object) -> Answer:
        """Press a button: the form's fields by POST. Raises Lost."""
        await self.begin(path, htmx, **fields)
        return await self.answer()

    async def begin(self, path: str, htmx: bool = True, **fields: object) -> None:
        """Send the press without waiting for its answer. Raises Lost."""
        body = urlencode(fields, doseq=True).encode()
        head = "HX-Request: true\r\n" if htmx else ""
        await self._post(path, f"{head}Content-Type: application/x-www-form-urlencoded", body)

    async def ask(self, path: str, request: str, **fields: object) -> Answer:
        """Ask the programs' way, under this request id: JSON by POST. Raises Lost."""
        head = f"Idempotency-Key: {request}\r\nContent-Type: application/json"
        await self._post(path, head, json.dumps(fields).encode())
        return await self.answer()

    async def _post(self, path: str, head: str, body: bytes) -> None:
        whole = f"POST {path} HTTP/1.1\r\n{self._head}{head}\r\nContent-Length: {len(body)}\r\n\r\n"
        await self._send(whole.encode() + body)

    async def answer(self) -> Answer:
        """The next answer. Raises Lost, and TimeoutError when the server is silent."""
        assert self._line is not None
        reader, _ = self._line
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rest)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
        except (OSError, asyncio.IncompleteReadError) as error:
            await self.leave()
            raise Lost from error
        return Answer(int(first.split()[1]), headers, body.decode())

    async def ready(self) -> None:
        """Connect now, so that the next press costs no handshake. Raises Lost."""
        if self._line is None:
            try:
                self._line = await asyncio.open_connection(*self._address)
            except OSError as error:
                raise Lost from error

    async def leave(self) -> None:
        """Hang up."""
        if self._line is not None:
            _, writer = self._line
            self._line = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _send(self, data: bytes) -> None:
        await self.ready()
        assert self._line is not None
        try:
            self._line[1].write(data)
            await self._line[1].drain()
        except OSError as error:
            await self.leave()
            raise Lost from error


def number_in(text: str, element: str = "number") -> str:
    """The number in the element with this id ('' for none), with a plain space: 'A 012'."""
    found = re.search(rf'id="{element}">([^<]*)<', text)
    assert found, f"the page shows no #{element}: {text[:300]}"
    return _plain(found[1])


def _plain(number: str) -> str:
    found = " ".join(number.split())
    return "" if found == "–" else found


def fresh_request() -> str:
    """A request id as a page makes it."""
    return f"page-{uuid.uuid4().hex}"


@dataclass(slots=True)
class Kiosk:
    """Takes numbers; a press whose answer was lost is repeated under the same request id until it is answered."""

    browser: Browser
    device: str
    queues: tuple[str, ...]
    dice: random.Random
    given: dict[tuple[str, str], str] = field(default_factory=dict)
    pending: tuple[str, str] | None = None
    lost: int = 0

    async def act(self) -> None:
        """One press. Raises Lost."""
        if self.pending is None:
            self.pending = (fresh_request(), self.dice.choice(self.queues))
        number = await self._take(*self.pending)
        self.given[self.pending] = number
        self.pending = None

    async def repeat(self) -> tuple[str, str]:
        """The newest answered press once more: the number given then, and the one given now."""
        pressed = next(reversed(self.given))
        try:
            return self.given[pressed], await self._take(*pressed)
        except Lost:  # the kept-alive connection belonged to the server before
            return self.given[pressed], await self._take(*pressed)

    async def _take(self, request: str, queue: str) -> str:
        try:
            answer = await self.browser.press(f"/kiosk/{self.device}/tickets", queue=queue, request_id=request)
        except Lost:
            self.lost += 1
            raise
        assert answer.status == 200, f"a kiosk got {answer.status}: {answer.text[:200]}"
        return number_in(answer.text)


@dataclass(slots=True)
class Clerk:
    """Calls, calls again and finishes with the buttons of the newest picture, as the page itself would."""

    browser: Browser
    counter: int
    dice: random.Random
    picture: str = ""
    called: list[str] = field(default_factory=list)
    pending: tuple[str, dict[str, str]] | None = None
    lost: int = 0

    async def act(self) -> None:
        """One button. Raises Lost."""
        if not self.picture:
            self.picture = (await self.browser.get(f"/counter/{self.counter}")).text
        if self.pending is None:
            self.pending = self._choose()
        button, fields = self.pending
        try:
            answer = await self.browser.press(f"/counter/{self.counter}/{button}", **fields)
        except Lost:
            self.lost += 1
            raise
        assert answer.status == 200, f"counter {self.counter} got {answer.status}: {answer.text[:200]}"
        self.picture, self.pending = answer.text, None
        if button == "calls" and (number := number_in(answer.text, "own-number")):
            self.called.append(number)

    def _choose(self) -> tuple[str, dict[str, str]]:
        buttons = re.findall(r'<form method="post" action="/counter/\d+/(\w+)".*?</form>', self.picture, re.DOTALL)
        button = self.dice.choice([b for b in ("calls", "calls", "recalls", "starts", "finishes") if b in buttons])
        form = re.search(rf'action="/counter/\d+/{button}".*?</form>', self.picture, re.DOTALL)
        assert form, "the counter's page has no buttons"
        return button, dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen shows, or should: people waiting by letter, and what else is in its picture.

    A wall: the newest call with its sequence number, and the ones before it. A counter: its own number, and
    whether its citizen has come. The managers' wall: the number at each counter, '' for nobody.
    """

    waiting: Mapping[str, int]
    call: tuple[int, str, int] | None = None
    before: tuple[tuple[str, int], ...] = ()
    own: str | None = None
    has_come: bool = False
    places: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Screen:
    """A wall or counter that takes every picture and comes back when the line breaks."""

    url: str
    path: str
    cookie: str
    picture: str = ""
    pictures: int = 0
    closed: list[int] = field(default_factory=list)

    async def watch(self) -> None:
        """Watch until cancelled."""
        address = self.url.replace("http", "ws", 1) + self.path
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(
                    address, origin=self.url, additional_headers={"Cookie": self.cookie}, proxy=None,
                    compression=None, open_timeout=3, close_timeout=1,
                ) as line:  # fmt: skip
                    async for message in line:
                        if isinstance(message, str) and not message.startswith("{"):
                            self.picture, self.pictures = message, self.pictures + 1
                    self.closed.append(line.close_code or 0)
            self.picture = ""
            await asyncio.sleep(AGAIN_SECONDS)

    def shown(self) -> Shown | None:
        """What the newest picture says; None while there is none since the line broke."""
        if not self.picture:
            return None
        if "/counter/" in self.path:
            return at_counter(self.picture)
        return _on_managers_wall(self.picture) if "/managers/" in self.path else _on_wall(self.picture)


def _on_wall(picture: str) -> Shown:
    rows = re.findall(r'<b class="letter">(\w)</b> <span class="figures figures-live">(\d+)</span>', picture)
    call = re.search(
        r'id="call-(\d+)".*?<p class="number">([^<]*)</p>.*?<b class="figures">(\d+)</b>', picture, re.DOTALL
    )
    before = re.findall(
        r'id="before-\d+"><span class="number">([^<]*)</span>.*?<b class="figures">(\d+)</b>', picture, re.DOTALL
    )
    return Shown(
        {a: int(n) for a, n in rows},
        (int(call[1]), _plain(call[2]), int(call[3])) if call else None,
        tuple((_plain(number), int(counter)) for number, counter in before),
    )


def _on_managers_wall(picture: str) -> Shown:
    rows = re.findall(
        r'<b class="letter">(\w)</b>.*?<b class="figures figures-live">(\d+)</b></span></td>', picture, re.DOTALL
    )
    places = re.findall(
        r'<li class="(?:open|closed)"><b class="figures">(\d+)</b><span class="number">([^<]*)</span>', picture
    )
    return Shown(
        {a: int(n) for a, n in rows},
        places={int(counter): _plain(number).replace("đóng", "") for counter, number in places},
    )


def at_counter(picture: str) -> Shown:
    """What a picture of a counter says."""
    rows = re.findall(
        r'<span class="letter" aria-hidden="true">(\w)</span>.*?<b class="figures">(\d+)</b>', picture, re.DOTALL
    )
    has_come = re.search(r'/counter/\d+/finishes"', picture) is not None
    return Shown({a: int(n) for a, n in rows}, own=number_in(picture, "own-number"), has_come=has_come)


def should_show(db: Any, path: str, centre: Centre) -> Shown:
    """What the file says that the screen at this path must show; the queries are our own."""
    counted = dict(db.execute("SELECT prefix, count(*) FROM tickets WHERE state = 'waiting' GROUP BY prefix"))
    waiting = {queue.prefix: counted.get(queue.prefix, 0) for queue in centre.queues}
    served = {
        counter: (_plain(shown_number(prefix, n)), started is not None)
        for counter, prefix, n, started in db.execute(
            "SELECT counter, prefix, n, started_at FROM tickets WHERE state = 'called'"
        )
    }
    if "/managers/" in path:
        numbers = {counter.number: served.get(counter.number, ("",))[0] for counter in centre.counters}
        return Shown(waiting, places=numbers)
    if "/counter/" in path:
        own, has_come = served.get(int(path.split("/")[2]), ("", False))
        return Shown(waiting, own=own, has_come=has_come)
    halls = {zone.id: zone.hall for zone in centre.zones}
    hall = next(halls[device.zone] for device in centre.devices if device.id == path.split("/")[2])
    waiting = {queue.prefix: waiting[queue.prefix] for queue in centre.queues if queue.hall == hall}
    here = {counter.number for counter in centre.counters if halls[counter.zone] == hall}
    rows = db.execute(
        "SELECT c.seq, t.prefix, t.n, c.counter FROM calls c JOIN tickets t ON t.id = c.ticket ORDER BY c.seq DESC"
    )
    every = [(seq, _plain(shown_number(prefix, n)), counter) for seq, prefix, n, counter in rows if counter in here]
    newest = every[0] if every else None
    last = dict.fromkeys((number, counter) for _, number, counter in every)
    before = [call for call in last if newest is None or call[0] != newest[1]]
    return Shown(waiting, newest, tuple(before[:LAST_CALLS]))


def tickets_of(db: Any) -> list[tuple[int, str, str]]:
    """Every ticket in the file: business day, queue, shown number."""
    rows = db.execute("SELECT day, queue, prefix, n FROM tickets ORDER BY id")
    return [(day, queue, _plain(shown_number(prefix, n))) for day, queue, prefix, n in rows]


def calls_of(db: Any) -> list[tuple[str, int]]:
    """Every first call in the file: shown number and counter."""
    rows = db.execute(
        "SELECT t.prefix, t.n, c.counter FROM calls c JOIN tickets t ON t.id = c.ticket WHERE c.kind = 'call'"
    )
    return [(_plain(shown_number(prefix, n)), counter) for prefix, n, counter in rows]


async def until(condition: Callable[[], bool], within: float, what: str) -> float:
    """Wait for a condition; the seconds it took. Raises AssertionError saying `what` did not come about."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not condition():
        assert loop.time() - begun < within, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.02)
    return loop.time() - begun


async def until_async(question: Callable[[], Any], within: float, what: str) -> Any:
    """Ask again and again until the answer is true, and give it. Raises AssertionError saying `what` failed."""
    end = asyncio.get_running_loop().time() + within
    while not (answer := await question()):
        assert asyncio.get_running_loop().time() < end, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.05)
    return answer


def quantile(values: list[float], share: float) -> float:
    """The value below which this share lies (nearest rank)."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(name: str, value: object) -> None:
    """A key figure: scripts/trial collects these lines."""
    print(f"trial: {name} {value}", flush=True)
