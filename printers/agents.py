"""The print agents that have connected in: their socket, and the connection to a printer that the worker sees.

Who may enter, limits and origin are put on by `app.py`. What an agent does: `printers.agent_program`.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.errors import Refused, msgid
from domain.events import CentreLoaded, DevicePaired, DeviceRevoked, TokenRevoked
from domain.roles import Role, open_to
from printers import agent_words
from printers.agent_words import LARGEST_JOB, MOST_SAID, Word, WordWrong, said
from printers.connections import STALL_SECONDS, Connection, Stopped, Unreachable
from printers.status import ASK, Trouble
from store.journal import Recorded

OPEN_SECONDS = 12.0  # the agent itself gives its device eight
STATUS_SECONDS = 3.0
CLOSE_SECONDS = 3.0
GONE_FOR_GOOD, COME_BACK, NOT_UNDERSTOOD = 1008, 1012, 1002
REASONS = frozenset(Trouble.__members__)
log = structlog.get_logger("printers")


class AgentTaken(Refused):
    """Two programs must not print on one printer."""

    text = msgid("Một chương trình khác đang in cho máy in này. Hãy dừng chương trình đó trước.")


class Agents:
    """The agents of one centre that are connected now, by name. Lives in one event loop."""

    def __init__(self) -> None:
        self._lines: dict[str, AgentLine] = {}
        self._numbers = itertools.count(1)

    def is_here(self, name: str) -> bool:
        """Whether this agent is connected."""
        return name in self._lines

    async def connect(self, name: str) -> "AgentConnection":
        """Open the printer behind an agent for one job. Raises Unreachable."""
        line = self._lines.get(name)
        if line is None:
            raise Unreachable(f"agent://{name}", Trouble.NO_AGENT)
        found = AgentConnection(line, next(self._numbers))
        await found.open()
        return found

    async def serve(self, name: str, socket: WebSocket) -> None:
        """Listen to an agent until it leaves. Raises AgentTaken before the socket is accepted."""
        if name in self._lines:
            raise AgentTaken
        line = self._lines[name] = AgentLine(name, socket)
        try:
            await line.run()
        finally:
            del self._lines[name]
            log.info("agent left", agent=name)

    def heed(self, events: Sequence[Recorded]) -> None:
        """Something was committed: who was revoked or replaced is shown the door at once."""
        for event in (recorded.event for recorded in events):
            if isinstance(event, DeviceRevoked | DevicePaired) and event.device in self._lines:
                self._lines[event.device].send_away(GONE_FOR_GOOD)
            elif isinstance(event, TokenRevoked):
                self._send_all_away()
            elif isinstance(event, CentreLoaded):
                self._keep_only({d["id"] for d in event.centre["devices"] if d["kind"] == "agent"})

    def _send_all_away(self) -> None:
        """Some token has died: all come back and show theirs again."""
        for line in self._lines.values():
            line.send_away(COME_BACK)

    def _keep_only(self, names: set[str]) -> None:
        for name, line in self._lines.items():
            if name not in names:
                line.send_away(GONE_FOR_GOOD)


class AgentLine:
    """The socket of one agent. One connection to its printer is open at a time."""

    def __init__(self, name: str, socket: WebSocket) -> None:
        self.name, self._socket = name, socket
        self.connection: AgentConnection | None = None
        self._goodbye: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Accept, greet, and hand on what the agent says."""
        await self._socket.accept()
        log.info("agent came", agent=self.name)
        try:
            await self._socket.send_text(said("hello", version=agent_words.VERSION))
            while True:
                self._hear(await self._socket.receive_text())
        except WordWrong as wrong:
            log.warning("agent not understood", agent=self.name, error=str(wrong))
            await self._close(NOT_UNDERSTOOD)
        except (WebSocketDisconnect, RuntimeError, KeyError, OSError):
            pass  # gone, or a binary frame: it comes back by itself
        finally:
            if self.connection is not None:
                self.connection.lose()

    def _hear(self, text: str) -> None:
        word = agent_words.read(text)
        if self.connection is not None and word.get("s") == self.connection.number:
            self.connection.hear(word)

    async def send(self, word: str, data: bytes = b"") -> None:
        """Send a word and the bytes that belong to it. Raises Stopped."""
        try:
            async with asyncio.timeout(STALL_SECONDS):
                await self._socket.send_text(word)
                for frame in agent_words.frames(data):
                    await self._socket.send_bytes(frame)
        except TimeoutError as error:
            raise Stopped(Trouble.STALLED) from error
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Stopped(Trouble.LOST) from error

    def send_away(self, code: int) -> None:
        """Close the socket, from outside."""
        self._goodbye = asyncio.ensure_future(self._close(code))

    async def _close(self, code: int) -> None:
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            await self._socket.close(code)
        if self.connection is not None:
            self.connection.lose()


class AgentConnection(Connection):
    """The printer behind an agent, open for one job; the agent has all of it before it prints a byte."""

    def __init__(self, line: AgentLine, number: int) -> None:
        super().__init__()
        self.number, self._line = number, line
        self._told: dict[str, Word] = {}
        self._news = asyncio.Event()
        self._job: deque[bytes] = deque()
        self._due = 0
        self._is_lost = False

    async def open(self) -> None:
        """Have the agent open its device. Raises Unreachable."""
        if self._line.connection is not None:
            raise Unreachable(f"agent://{self._line.name}", Trouble.STALLED)
        self._line.connection = self
        try:
            await self._send("open")
            answer = await self._hears("opened", OPEN_SECONDS)
            self.can_answer = answer.get("answers") is True
        except Stopped as stopped:
            await self.close()
            raise Unreachable(f"agent://{self._line.name}", stopped.trouble) from stopped

    async def begin(self, job: str, chunks: Sequence[bytes]) -> None:
        size = sum(map(len, chunks))
        if size > LARGEST_JOB:
            raise Stopped(Trouble.BROKEN_JOB)
        header = {"job": job, "bytes": size, "sha256": agent_words.fingerprint(chunks)}
        await self._send("job", b"".join(chunks), **header)
        await self._hears("ready", STALL_SECONDS)
        self._job, self._due = deque(chunks), 0

    async def write(self, data: bytes) -> None:
        if self._job and data == self._job[0]:
            self._due += len(self._job.popleft())
            await self._wait_until_printed(self._due)
        else:
            await self._send("raw", data, bytes=len(data))
            await self._hears("taken", STALL_SECONDS)

    async def _wait_until_printed(self, due: int) -> None:
        while (at := self._told.get("at", {}).get("n", 0)) < due:
            await self._hears("at", STALL_SECONDS, beyond=at)

    async def ask_status(self) -> dict[int, int]:
        if not self.can_answer:
            return {}
        await self._send("ask")
        answers = (await self._hears("status", STATUS_SECONDS)).get("answers")
        if not isinstance(answers, dict):
            raise Stopped(Trouble.LOST)
        told = {which: answers.get(str(which)) for which in ASK}
        return {which: byte for which, byte in told.items() if type(byte) is int and 0 <= byte <= 255}

    async def close(self) -> None:
        with suppress(Stopped):
            await self._line.send(said("close", s=self.number))
            await self._hears("closed", CLOSE_SECONDS, even_after_trouble=True)
        if self._line.connection is self:
            self._line.connection = None

    async def _send(self, kind: str, data: bytes = b"", **values: object) -> None:
        if self._is_lost:
            raise Stopped(Trouble.LOST)
        await self._line.send(said(kind, s=self.number, **values), data)

    async def _hears(
        self, kind: str, seconds: float, *, beyond: int | None = None, even_after_trouble: bool = False
    ) -> Word:
        """The next word of this kind; `at` is kept and waited for until it lies beyond a place. Raises Stopped."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if self._is_lost:
                        raise Stopped(Trouble.LOST)
                    if "no" in self._told and not even_after_trouble:
                        raise Stopped(Trouble[self._told["no"]["why"]])
                    word = self._told.get(kind)
                    if word is not None and (beyond is None or word["n"] > beyond):
                        return word if kind == "at" else self._told.pop(kind)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as error:
            raise Stopped(Trouble.STALLED) from error

    def hear(self, word: Word) -> None:
        """The agent said something about this connection. Raises WordWrong."""
        match word["t"]:
            case "said":
                self.replies.feed(_bytes(word))
            case "at":
                agent_words.number(word, "n", LARGEST_JOB)
                self._told["at"] = word
            case "no":
                if agent_words.text(word, "why") not in REASONS:
                    raise WordWrong("why")
                self._told["no"] = word
            case "opened" | "ready" | "taken" | "status" | "closed" as kind:
                self._told[kind] = word
            case _:
                raise WordWrong("t")
        self._news.set()

    def lose(self) -> None:
        """The agent is gone."""
        self._is_lost = True
        self._news.set()


def _bytes(word: Word) -> bytes:
    try:
        return bytes.fromhex(agent_words.text(word, "hex", 2 * MOST_SAID))
    except ValueError as error:
        raise WordWrong("hex") from error


@open_to(Role.AGENT)
async def serve_agent(socket: WebSocket) -> None:
    """The socket of a print agent; open as long as it lives."""
    agents: Any = socket.app.state.agents
    await agents.serve(socket.path_params["device"], socket)


ROUTES: list[BaseRoute] = [WebSocketRoute("/agents/{device}", serve_agent)]
