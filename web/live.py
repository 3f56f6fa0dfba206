"""Live screens: one rendering per topic, language and generation; slow screens cost nothing, nothing is replayed.

A screen receives; it sends by POST. The picture is always whole: on connect and after every change a snapshot.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import get_args

from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.events import (
    DevicePaired,
    DeviceReloadAsked,
    DeviceResumed,
    DeviceRevoked,
    DeviceStopped,
    MessageGivenUp,
    MessagesResent,
    MessageTaken,
    PasswordSet,
    PersonSignedIn,
    PersonSignedOut,
    PortalAcknowledged,
    PortalParked,
    PortalResent,
    ReceiverAdded,
    ReceiverRemoved,
    ReceiverTested,
    SlipEnded,
    TokenRevoked,
)
from domain.fee_events import FeeEvent
from domain.file_events import FileAttached, FileFetched, FileOpened, FileRemoved, LinkIssued
from domain.hall_events import AnnouncementEnded, VoiceClipRecorded, VoicePackFinished, VoiceTestAsked
from domain.keeping_events import DataRemoved
from domain.letter_events import LetterEvent
from domain.lookup_events import LookupMade
from domain.portal_events import PortalEvent
from domain.queue_events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    EstimatesKept,
    NumberRefused,
    TicketCalled,
    TicketRecalled,
    VisitRated,
    WordsRead,
)
from store.boards import Board, read_board
from store.journal import Recorded
from store.store import Store
from web.sockets import frame_of, showing

WALL_PACE = 0.05  # seconds between two frames to one screen
HURRY_PACE = 0.1  # a call cuts a pause short, but not the pauses of a hall that calls all the time
DESK_PACE = 0.4  # a clerk's own press is answered by its POST; what others did may come within a second
HEARTBEAT_SECONDS = 2.0
TICK_SECONDS = 5.0
FOLLOW_JOURNAL_SECONDS = 0.5
TRY_LATER = 1013
GONE_FOR_GOOD = 1008
COME_BACK = 1012
RELOAD = '{"t":"reload"}'
SPEAK = '{"t":"speak"}'
ROW = 25  # so many screens are shown a picture before anybody else's turn
KEPT_BACK_SECONDS = 0.1  # a screen that was too slow for a picture is offered the newest again

# Events that no live picture shows; walls are also deaf to what happens between us and the portal.
NEVER_SHOWN: tuple[type, ...] = (
    SlipEnded, PersonSignedIn, PersonSignedOut, PasswordSet, VisitRated, WordsRead,
    AppointmentBooked, AppointmentMoved, AppointmentCancelled, DeviceReloadAsked,
    EstimatesKept, AnnouncementEnded, VoiceTestAsked, VoiceClipRecorded, VoicePackFinished, NumberRefused,
    ReceiverAdded, ReceiverRemoved, ReceiverTested, MessageTaken, MessageGivenUp, MessagesResent,
    *get_args(FeeEvent), LookupMade, DataRemoved,
    FileAttached, FileRemoved, FileOpened, LinkIssued, FileFetched,
    *get_args(PortalEvent),
)  # fmt: skip
NOT_ON_WALLS = (*NEVER_SHOWN, PortalAcknowledged, PortalParked, PortalResent, *get_args(LetterEvent))

Render = Callable[[str], str]


@dataclass(eq=False, slots=True)
class Screen:
    """One open page: who it is, what it may see, how it is shown a frame, what it was shown last and when."""

    socket: WebSocket
    topic: "Topic"
    who: str
    language: str
    may_see: Callable[[], bool]
    show: Callable[[bytes], bool]
    shown: str = ""
    heard: float = 0.0

    @property
    def is_due(self) -> bool:
        """Whether it wants a sign of life."""
        return time.monotonic() - self.heard >= HEARTBEAT_SECONDS

    def hear(self, frame: bytes) -> bool:
        """Show it a frame; whether it took it."""
        taken = self.show(frame)
        if taken:
            self.heard = time.monotonic()
        return taken


@dataclass(eq=False, slots=True)
class Topic:
    """One picture that many screens share; `render` draws it in a language."""

    name: str
    render: Render
    pace: float = WALL_PACE
    deaf_to: tuple[type, ...] = NEVER_SHOWN
    generation: int = 1
    audience: set[Screen] = field(default_factory=set)
    painter: asyncio.Task[None] | None = None
    _drawn: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    _hurried: float = -HURRY_PACE
    _waiter: asyncio.Future[None] | None = None
    _rests: bool = False

    def picture(self, language: str) -> str:
        """The newest rendering, drawn once per generation."""
        return self._newest(language)[1]

    def frame(self, language: str) -> bytes:
        """The same as it goes over the wire."""
        return self._newest(language)[2]

    def _newest(self, language: str) -> tuple[int, str, bytes]:
        if not self.is_drawn(language):
            picture = self.render(language)
            self._drawn[language] = (self.generation, picture, frame_of(picture))
        return self._drawn[language]

    def is_drawn(self, language: str) -> bool:
        """Whether the newest rendering is there already."""
        drawn = self._drawn.get(language)
        return drawn is not None and drawn[0] == self.generation

    def change(self, *, urgent: bool = False) -> None:
        """Something may look different now; on walls what is urgent does not wait for the pace, if it is rare."""
        self.generation += 1
        if not self._rests:
            self._wake()
        elif urgent and self.pace <= WALL_PACE and time.monotonic() - self._hurried >= HURRY_PACE:
            self._hurried = time.monotonic()
            self._wake()

    async def rest(self) -> None:
        """Keep the pace after a frame; a call cuts it short."""
        self._rests = True
        try:
            await self._wait(self.pace)
        finally:
            self._rests = False

    async def changed(self, seen: int, within: float) -> None:
        """Wait until the generation is another one, at most so many seconds."""
        if self.generation == seen:
            await self._wait(within)

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(seconds, self._wake)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _everybody() -> bool:
    return True


class Hub:
    """The topics, the board they are drawn from, and the screens that watch."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._topics: dict[str, Topic] = {}
        self._board: tuple[int, Board] | None = None
        self._screens: dict[WebSocket, Screen] = {}
        self._left: dict[str, float] = {}
        self._easel = asyncio.Lock()
        store.listen(self._on_events)

    @property
    def screens(self) -> int:
        """How many sockets are open."""
        return len(self._screens)

    def silent_seconds(self, who: str) -> float | None:
        """How long this screen has had no open socket: 0 while it has one, None since it was never seen."""
        if any(screen.who == who for screen in self._screens.values()):
            return 0.0
        left = self._left.get(who)
        return None if left is None else time.monotonic() - left

    def board(self) -> Board:
        """The hall as of the newest event; read once for all topics."""
        if self._board is None or self._board[0] != self._store.seen:
            with self._store.snapshot() as db:
                self._board = (self._store.seen, read_board(db, self._board and self._board[1]))
        return self._board[1]

    def topic(
        self, name: str, render: Render, pace: float = WALL_PACE, deaf_to: tuple[type, ...] = NEVER_SHOWN
    ) -> Topic:
        """The topic of this name, made at its first watcher; a screen gets at most one frame per `pace` seconds."""
        if name not in self._topics:
            self._topics[name] = Topic(name, render, pace, deaf_to)
        return self._topics[name]

    def change_walls(self) -> None:
        """Walls show something new that is no event; desks see it at the next tick."""
        for topic in self._topics.values():
            if topic.pace <= WALL_PACE:
                topic.change()

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
            elif isinstance(recorded.event, VoiceTestAsked):
                self._tell(f"device:{recorded.event.device}", SPEAK)
            elif isinstance(recorded.event, PersonSignedOut | PasswordSet):
                self._send_away(recorded.event.person)

    def _tell(self, who: str, text: str) -> None:
        """The page itself decides when it obeys: only when the server would answer."""
        for socket, screen in self._screens.items():
            if screen.who == who:
                _soon(_say(socket, text))

    def _send_away(self, who: str) -> None:
        """Some pass has died: whoever holds it leaves. What other processes did is heard late, and the newest
        pass may be here already."""
        for socket, screen in list(self._screens.items()):
            if screen.who == who and not socket.state.is_let_in():
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
        screen = Screen(socket, topic, who, language, may_see, showing(socket))
        self._screens[socket] = screen
        try:
            await self._show(screen)
            self._seat(screen)
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        except (WebSocketDisconnect, RuntimeError):
            pass
        except Exception:
            await _say_goodbye(socket, TRY_LATER)
            raise
        finally:
            self._let_go(socket)

    def _seat(self, screen: Screen) -> None:
        """From now on it is shown what changes, with all the others of its topic."""
        topic = screen.topic
        topic.audience.add(screen)
        if topic.painter is None:
            topic.painter = asyncio.create_task(self._paint(topic))

    def _let_go(self, socket: WebSocket) -> None:
        screen = self._screens.pop(socket, None)
        if screen is None:
            return
        screen.topic.audience.discard(screen)
        if screen.who.startswith("device:"):
            self._left[screen.who] = time.monotonic()

    async def _paint(self, topic: Topic) -> None:
        """Show all screens of a topic whatever is new, and a sign of life, until the last one has left."""
        try:
            while topic.audience:
                generation, showed, kept_back = topic.generation, False, False
                for n, screen in enumerate(tuple(topic.audience), 1):
                    before = screen.shown
                    kept_back |= not await self._show(screen)
                    showed |= screen.shown != before
                    if n % ROW == 0:
                        await asyncio.sleep(0)
                if showed:
                    await topic.rest()
                await topic.changed(generation, KEPT_BACK_SECONDS if kept_back else _next_sign(topic))
        except Exception:
            for screen in tuple(topic.audience):
                self._close(screen.socket, TRY_LATER)
            raise
        finally:
            topic.painter = None

    async def _show(self, screen: Screen) -> bool:
        """Show one screen the newest picture if it has another one; whether it lacks nothing now.

        Desks are drawn one a turn of the loop: sixty at once hold up every press.
        """
        topic = screen.topic
        if topic.pace > WALL_PACE and not topic.is_drawn(screen.language):
            async with self._easel:
                topic.picture(screen.language)
        picture = topic.picture(screen.language)
        if not screen.may_see():
            self._close(screen.socket, GONE_FOR_GOOD)
        elif picture != screen.shown:
            if not screen.hear(topic.frame(screen.language)):
                return False
            screen.shown = picture
        elif screen.is_due:
            return screen.hear(frame_of(f'{{"t":"hb","seq":{self._store.seen}}}'))
        return True


def _next_sign(topic: Topic) -> float:
    """In how many seconds the first of its screens wants a sign of life."""
    heard = min((screen.heard for screen in topic.audience), default=0.0)
    return max(0.0, heard + HEARTBEAT_SECONDS - time.monotonic())


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


async def follow(store: Store) -> None:
    """Bring the events of other processes (the command line) to the screens."""
    while True:
        await asyncio.sleep(FOLLOW_JOURNAL_SECONDS)
        store.catch_up()


async def tick(hub: Hub) -> None:
    """Clocks and waits move even when nothing happens."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        hub.change_all()
