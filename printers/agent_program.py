"""The print agent: connects out to the centre's server, prints what it is given, and says what its printer said.

It runs where the printer hangs and knows nothing of tickets: a job is bytes with an id and a sha256.
It never prints a job twice, and whatever breaks, it connects again.
"""

import asyncio
import hashlib
import random
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as dial
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from printers import agent_words, devices
from printers.agent_journal import AgentJournal
from printers.agent_words import FRAME, LARGEST_JOB, MOST_SAID, PIECE, PING_SECONDS, Word, WordWrong, said
from printers.connections import Connection, Stopped, Unreachable
from printers.status import Replies, Trouble

DIAL_SECONDS = 10.0
HELLO_SECONDS = 10.0
FRAME_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
REFUSED_PAUSE = 60.0
log = structlog.get_logger("agent")


@dataclass(frozen=True, slots=True)
class Errand:
    """Which server, as which agent, with which token, and the address of the printer here.

    `authority` is the file of the one certificate authority to trust; empty = those of this machine.
    """

    server: str
    name: str
    token: str
    device: str
    authority: str = ""

    @property
    def socket(self) -> str:
        """Where the agent connects to."""
        place = urlsplit(self.server)
        scheme = {"http": "ws", "https": "wss"}[place.scheme]
        return f"{scheme}://{place.netloc}/agents/{self.name}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        """How the server proves who it is; None over plain http. Raises OSError (also ssl.SSLError)."""
        return ssl.create_default_context(cafile=self.authority or None) if self.socket.startswith("wss:") else None


class PrintAgent:
    """Serves one printer until cancelled. Raises OSError where the authority's file cannot be read.

    `notice` hears what changed: connected, refused, taken, untrusted, away.
    """

    def __init__(
        self, errand: Errand, journal: AgentJournal, notice: Callable[[str], None] = lambda word: None,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._errand, self._journal, self._notice, self._rest = errand, journal, notice, rest
        self._pause, self._trust = FIRST_PAUSE, errand.trust

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever."""
        while True:
            pause = await self._serve_once()
            await self._rest(pause * random.uniform(0.5, 1.5))

    async def _serve_once(self) -> float:
        """One connection from beginning to end; gives how long to wait before the next."""
        try:
            await self._serve()
            self._notice("away")
        except InvalidStatus as refusal:
            status = refusal.response.status_code
            self._notice({401: "refused", 403: "refused", 409: "taken"}.get(status, "away"))
            if status in (401, 403):
                return REFUSED_PAUSE
        except WordWrong as wrong:
            log.warning("server not understood", error=str(wrong))
            self._notice("away")
        except ssl.SSLCertVerificationError as untrusted:
            log.warning("server not trusted", error=untrusted.verify_message)
            self._notice("untrusted")
        except (OSError, TimeoutError, WebSocketException):
            self._notice("away")
        self._pause, pause = min(2 * self._pause, LONGEST_PAUSE), self._pause
        return pause

    async def _serve(self) -> None:
        headers = {"Authorization": f"Bearer {self._errand.token}"}
        async with dial(
            self._errand.socket, ssl=self._trust, additional_headers=headers, proxy=None,
            compression=None, max_size=FRAME, open_timeout=DIAL_SECONDS, close_timeout=2,
            ping_interval=PING_SECONDS, ping_timeout=PING_SECONDS,
        ) as socket:  # fmt: skip
            async with asyncio.timeout(HELLO_SECONDS):
                hello = agent_words.read(_text(await socket.recv()))
            if hello["t"] != "hello" or hello.get("version") != agent_words.VERSION:
                raise WordWrong("another version")
            self._pause = FIRST_PAUSE
            self._notice("connected")
            counter = Counter(socket, self._errand.device, self._journal)
            try:
                async for frame in socket:
                    await counter.hear(agent_words.read(_text(frame)))
            finally:
                await counter.leave()


class Counter:
    """What one connection to the server asks for, one thing after the other."""

    def __init__(self, socket: ClientConnection, device: str, journal: AgentJournal) -> None:
        self._socket, self._device, self._journal = socket, device, journal
        self._printer: Connection | None = None
        self._relaying: asyncio.Task[None] | None = None
        self._number = 0

    async def hear(self, word: Word) -> None:
        """Do what the server asks. Raises WordWrong and what the socket raises."""
        number = agent_words.number(word, "s")
        if word["t"] == "open":
            await self._open(number)
        elif number != self._number:
            await self._pass_over(word)
        else:
            await self._do(word)

    async def _do(self, word: Word) -> None:
        match word["t"]:
            case "ask":
                await self._with_printer(self._ask)
            case "raw":
                data = await self._bytes(word)
                await self._with_printer(lambda printer: self._write(printer, data))
            case "job":
                await self._job(word)
            case "close":
                await self.leave()
                await self._say("closed")
            case _:
                raise WordWrong("t")

    async def _open(self, number: int) -> None:
        await self.leave()
        self._number = number
        try:
            self._printer = await devices.connect(self._device)
        except Unreachable as unreachable:
            await self._say("no", why=unreachable.trouble.name)
            return
        relay = Relay()
        self._printer.replies = relay
        self._relaying = asyncio.create_task(self._pass_on(relay))
        await self._say("opened", answers=self._printer.can_answer)

    async def _pass_over(self, word: Word) -> None:
        if word["t"] in ("raw", "job"):
            await self._bytes(word)

    async def _with_printer(self, act: Callable[[Connection], Awaitable[None]]) -> None:
        if self._printer is None:
            await self._say("no", why=Trouble.LOST.name)
            return
        try:
            await act(self._printer)
        except Stopped as stopped:
            await self._say("no", why=stopped.trouble.name)

    async def _ask(self, printer: Connection) -> None:
        answers = await printer.ask_status()
        if isinstance(printer.replies, Relay):
            await self._pass_on_now(printer.replies)  # a late byte would pass for the answer to the next question
        await self._say("status", answers={str(which): byte for which, byte in answers.items()})

    async def _write(self, printer: Connection, data: bytes) -> None:
        await printer.write(data)
        await self._say("taken")

    async def _job(self, word: Word) -> None:
        job, sha256 = agent_words.text(word, "job", 40), agent_words.text(word, "sha256", 64)
        data = await self._bytes(word)
        if hashlib.sha256(data).hexdigest() != sha256:
            await self._say("no", why=Trouble.BROKEN_JOB.name)
        elif self._journal.has(job, sha256):
            await self._say("no", why=Trouble.BEGUN_BEFORE.name)
        elif self._printer is None or not await self._noted(job, sha256):
            await self._say("no", why=(Trouble.LOST if self._printer is None else Trouble.NO_JOURNAL).name)
        else:
            await self._with_printer(lambda printer: self._print(printer, job, data))

    async def _noted(self, job: str, sha256: str) -> bool:
        try:
            await asyncio.to_thread(self._journal.begin, job, sha256)
        except OSError as error:
            log.error("journal not written", error=error.strerror)
            return False
        return True

    async def _print(self, printer: Connection, job: str, data: bytes) -> None:
        """The whole slip comes out, even when the server goes away meanwhile: half a slip helps nobody."""
        with suppress(ConnectionClosed):
            await self._say("ready")
        pieces = [data[start : start + PIECE] for start in range(0, len(data), PIECE)]
        await printer.begin(job, pieces)
        done = 0
        for piece in pieces:
            await printer.write(piece)
            done += len(piece)
            with suppress(ConnectionClosed):
                await self._say("at", n=done)

    async def _bytes(self, word: Word) -> bytes:
        """The binary frames that follow a word. Raises WordWrong when they are not as announced."""
        due = agent_words.number(word, "bytes", LARGEST_JOB)
        data = bytearray()
        while len(data) < due:
            async with asyncio.timeout(FRAME_SECONDS):
                frame = await self._socket.recv()
            if not isinstance(frame, bytes):
                raise WordWrong("a word among the bytes of a job")
            data += frame
        if len(data) > due:
            raise WordWrong("more bytes than announced")
        return bytes(data)

    async def _pass_on(self, relay: "Relay") -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._pass_on_one(await relay.heard.get())

    async def _pass_on_now(self, relay: "Relay") -> None:
        while not relay.heard.empty():
            await self._pass_on_one(relay.heard.get_nowait())

    async def _pass_on_one(self, data: bytes) -> None:
        for start in range(0, len(data), MOST_SAID):
            await self._say("said", hex=data[start : start + MOST_SAID].hex())

    async def _say(self, kind: str, **values: Any) -> None:
        await self._socket.send(said(kind, s=self._number, **values))

    async def leave(self) -> None:
        """Let go of the printer."""
        if self._relaying is not None:
            self._relaying.cancel()
        printer, self._printer, self._relaying = self._printer, None, None
        if printer is not None:
            await printer.close()


class Relay(Replies):
    """Keeps what the printer said a second time, for the server."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def feed(self, data: bytes) -> None:
        super().feed(data)
        self.heard.put_nowait(data)


def _text(frame: str | bytes) -> str:
    if isinstance(frame, bytes):
        raise WordWrong("bytes that no word announced")
    return frame
