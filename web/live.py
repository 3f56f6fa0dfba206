"""Live screens: one rendering per topic, language and generation; slow screens cost nothing, nothing is replayed.

A screen receives; it sends by POST. The picture is always whole: on connect and after every change a snapshot.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.events import (
    DevicePaired,
    DeviceReloadAsked,
    DeviceResumed,
    DeviceRevoked,
    DeviceStopped,
    PasswordSet,
    PersonSignedIn,
    PersonSignedOut,
    PortalAcknowledged,
    PortalParked,
    PortalResent,
    SlipEnded,
    TokenRevoked,
)
from domain.queue_events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    TicketCalled,
    TicketRecalled,
    VisitRated,
    WordsRead,
)
from store.boards import Board, read_board
from store.journal import Recorded
from store.store import Store

WALL_PACE = 0.05  # seconds between two frames to one screen
DESK_PACE = 0.4  # a clerk's own press is answered by its POST; what others did may come within a second
HEARTBEAT_SECONDS = 2.0
TICK_SECONDS = 5.0
TRY_LATER = 1013
GONE_FOR_GOOD = 1008
COME_BACK = 1012
RELOAD = '{"t":"reload"}'

# Events that no live picture shows; walls are also deaf to what happens between us and the portal.
NEVER_SHOWN: tuple[type, ...] = (
    SlipEnded, PersonSignedIn, PersonSignedOut, PasswordSet, VisitRated, WordsRead,
    AppointmentBooked, AppointmentMoved, AppointmentCancelled, DeviceReloadAsked,
)  # fmt: skip
NOT_ON_WALLS = (*NEVER_SHOWN, PortalAcknowledged, PortalParked, PortalResent)

Render = Callable[[str], str]


@dataclass(eq=False, slots=True)
class Topic:
    """One picture that many screens share; `render` draws it in a language."""

    name: str
    render: Render
    pace: float = WALL_PACE
    deaf_to: tuple[type, ...] = NEVER_SHOWN
    generation: int = 1
    _drawn: dict[str, tuple[int, str]] = field(default_factory=dict)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    _resting: set[asyncio.Future[None]] = field(default_factory=set)

    def picture(self, language: str) -> str:
        """The newest rendering, drawn once per generation."""
        if not self.is_drawn(language):
            self._drawn[language] = (self.generation, self.render(language))
        return self._drawn[language][1]

    def is_drawn(self, language: str) -> bool:
        """Whether the newest rendering is there already."""
        drawn = self._drawn.get(language)
        return drawn is not None and drawn[0] == self.generation

    def change(self, *, urgent: bool = False) -> None:
        """Something may look different now; on walls what is urgent does not wait for the pace."""
        self.generation += 1
        for waiter in self._waiting:
            _wake(waiter)
        if urgent and self.pace <= WALL_PACE:
            for waiter in self._resting:
                _wake(waiter)

    async def rest(self) -> None:
        """Keep the pace after a frame; a call cuts it short."""
        await self._wait(self._resting, self.pace)

    async def changed(self, seen: int, within: float) -> None:
        """Wait until the generation is another one, at most so many seconds."""
        if self.generation != seen:
            return
        await self._wait(self._waiting, within)

    async def _wait(self, among: set[asyncio.Future[None]], seconds: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        among.add(waiter)
        timer = loop.call_later(seconds, _wake, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            among.discard(waiter)


def _everybody() -> bool:
    return True


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Hub:
    """The topics, the board they are drawn from, and the screens that watch."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._topics: dict[str, Topic] = {}
        self._board: tuple[int, Board] | None = None
        self._screens: dict[WebSocket, str] = {}
        self._left: dict[str, float] = {}
        self._easel = asyncio.Lock()
        store.listen(self._on_events)

    @property
    def screens(self) -> int:
        """How many sockets are open."""
        return len(self._screens)

    def silent_seconds(self, who: str) -> float | None:
        """How long this screen has had no open socket: 0 while it has one, None since it was never seen."""
        if who in self._screens.values():
            return 0.0
        left = self._left.get(who)
        return None if left is None else time.monotonic() - left

    def board(self) -> Board:
        """The hall as of the newest event; read once for all topics."""
        if self._board is None or self._board[0] != self._store.seen:
            with self._store.snapshot() as db:
                self._board = (self._store.seen, read_board(db))
        return self._board[1]

    def topic(
        self, name: str, render: Render, pace: float = WALL_PACE, deaf_to: tuple[type, ...] = NEVER_SHOWN
    ) -> Topic:
        """The topic of this name, made at its first watcher; a screen gets at most one frame per `pace` seconds."""
        if name not in self._topics:
            self._topics[name] = Topic(name, render, pace, deaf_to)
        return self._topics[name]

    def change_all(self) -> None:
        """Time has passed: clocks and waits look different."""
        for topic in self._topics.values():
            topic.change()

    def _on_events(self, events: Sequence[Recorded]) -> None:
        urgent = any(isinstance(recorded.event, TicketCalled | TicketRecalled) for recorded in events)
        for topic in self._topics.values():
            if any(not isinstance(recorded.event, topic.deaf_to) for recorded in events):
                topic.change(urgent=urgent)
        for recorded in events:
            if isinstance(recorded.event, TokenRevoked):
                self._ask_again()
            elif isinstance(recorded.event, DeviceRevoked | DevicePaired):
                self._send_away(f"device:{recorded.event.device}")
            elif isinstance(recorded.event, DeviceReloadAsked | DeviceStopped | DeviceResumed):
                self._tell(f"device:{recorded.event.device}", RELOAD)
            elif isinstance(recorded.event, PersonSignedOut | PasswordSet):
                self._send_away(recorded.event.person)

    def _tell(self, who: str, text: str) -> None:
        """The page itself decides when it obeys: only when the server would answer."""
        for socket, owner in self._screens.items():
            if owner == who:
                _soon(_say(socket, text))

    def _send_away(self, who: str) -> None:
        for socket, owner in list(self._screens.items()):
            if owner == who:
                self._close(socket, GONE_FOR_GOOD)

    def _ask_again(self) -> None:
        """Some token has died: all sockets come back, and whoever held it does not."""
        for socket in list(self._screens):
            self._close(socket, COME_BACK)

    def _close(self, socket: WebSocket, code: int) -> None:
        self._let_go(socket)
        _soon(_say_goodbye(socket, code))

    async def stream(
        self, socket: WebSocket, topic: Topic, language: str, who: str, may_see: Callable[[], bool] = _everybody
    ) -> None:
        """Serve one screen until it leaves, or may not see it any more: asked before every picture and heartbeat.

        What it sends is ignored: commands come by POST.
        """
        await socket.accept()
        self._screens[socket] = who
        sender = asyncio.create_task(self._send(socket, topic, language, may_see))
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._let_go(socket)
            sender.cancel()

    def _let_go(self, socket: WebSocket) -> None:
        who = self._screens.pop(socket, None)
        if who is not None and who.startswith("device:"):
            self._left[who] = time.monotonic()

    async def _picture(self, topic: Topic, language: str) -> str:
        """The picture for a screen. Desks are drawn one a turn of the loop: sixty at once hold up every press."""
        if topic.pace <= WALL_PACE or topic.is_drawn(language):
            return topic.picture(language)
        async with self._easel:
            return topic.picture(language)

    async def _send(self, socket: WebSocket, topic: Topic, language: str, may_see: Callable[[], bool]) -> None:
        sent, generation, beat = "", 0, 0.0
        try:
            while True:
                generation = topic.generation
                picture = await self._picture(topic, language)
                if not may_see():
                    self._close(socket, GONE_FOR_GOOD)
                    return
                if picture != sent:
                    await socket.send_text(picture)
                    sent, beat = picture, time.monotonic()
                    await topic.rest()
                elif time.monotonic() - beat >= HEARTBEAT_SECONDS:
                    await socket.send_text(f'{{"t":"hb","seq":{self._store.seen}}}')
                    beat = time.monotonic()
                await topic.changed(generation, max(0.0, beat + HEARTBEAT_SECONDS - time.monotonic()))
        except (WebSocketDisconnect, RuntimeError, OSError):
            return
        except Exception:
            await socket.close(TRY_LATER)
            raise


def _soon(saying: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(saying)
    _sayings.add(task)
    task.add_done_callback(_sayings.discard)


async def _say(socket: WebSocket, text: str) -> None:
    try:
        await socket.send_text(text)
    except (RuntimeError, WebSocketDisconnect, OSError):
        return


async def _say_goodbye(socket: WebSocket, code: int) -> None:
    try:
        if code == GONE_FOR_GOOD:
            await socket.send_text('{"t":"gone"}')
        await socket.close(code)
    except (RuntimeError, WebSocketDisconnect, OSError):
        return


_sayings: set[asyncio.Task[None]] = set()
