"""The screens of a hall, drawn by the functions and topics that serve them, and read again from their HTML."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from counter.commands import topic_of
from display.phones import followed
from display.views import hall_picture
from domain.centres import Centre
from domain.roles import Role
from domain.waiting.boards import NOTHING_KNOWN, WaitBoard
from kiosk import views
from store import journal, tickets
from store.journal import Recorded
from store.vault import Vault
from tests.support.crowd import at_counter, number_in
from tests.support.halls import Hall, demo_centre
from web.assets import Assets
from web.house import House
from web.live import Hub
from web.pages import Pages
from web.visitors import Visitor

LANGUAGE = "vi"


@cache
def _pages() -> tuple[Pages, Assets]:
    found = Assets()
    return Pages(found), found


@dataclass
class Glass:
    """A store as its screens see it: the hall's own connection, and every event after its commit."""

    hall: Hall
    seen: int
    told: int = 0
    waits: WaitBoard = NOTHING_KNOWN
    listeners: list[Callable[[Sequence[Recorded]], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[Sequence[Recorded]], None]) -> None:
        self.listeners.append(listener)

    def centre(self) -> Centre:
        return demo_centre()

    def read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return query(self.hall.db, *args, **kwargs)

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        yield self.hall.db

    def publish(self) -> None:
        """Tell the listeners what has been committed since."""
        events = self.hall.events[self.told :]
        if events:
            self.seen, self.told = events[-1].seq, len(self.hall.events)
            for listener in self.listeners:
                listener(events)


class Screens:
    """Both walls, all desks, the kiosk and every phone of one hall."""

    def __init__(self, hall: Hall) -> None:
        self.glass, self.drawn_at = Glass(hall, journal.head(hall.db)[0]), hall.clock()
        store: Any = self.glass
        pages, assets = _pages()
        here = {
            "store": store, "hub": Hub(store), "pages": pages, "assets": assets, "vault": Vault(bytes(32)),
            "now": hall.clock, "follow_url": "", "secure_cookies": False, "printers": dict,
        }  # fmt: skip
        # Whatever else a house has is for doors and devices, and no picture asks it.
        self.house = House(**{one.name: here.get(one.name) for one in fields(House)})  # type: ignore[arg-type]
        self.kiosk_device = next(device for device in demo_centre().devices if device.kind == "kiosk")
        state = SimpleNamespace(house=self.house, keypad={})
        asking = SimpleNamespace(
            language=LANGUAGE, visitor=Visitor(frozenset({Role.KIOSK}), device=self.kiosk_device)
        )
        self.request: Any = SimpleNamespace(
            app=SimpleNamespace(state=state), state=asking, query_params={},
            method="GET", url=SimpleNamespace(path="/kiosk"),
        )  # fmt: skip

    def catch_up(self) -> None:
        """What has happened reaches the screens; when the clock has moved, so does the tick."""
        self.glass.publish()
        if self.drawn_at != self.house.now():
            self.house.hub.change_all()
            self.drawn_at = self.house.now()

    def wall(self, zone: str) -> "Wall":
        """The newest picture of the walls of this zone."""
        topic = self.house.hub.topic(f"hall:{zone}", partial(hall_picture, self.house, zone))
        return read_wall(topic.picture(LANGUAGE))

    def desk(self, counter: int) -> "Desk":
        """The newest picture of this counter."""
        return read_desk(topic_of(self.request, counter).picture(LANGUAGE))

    def kiosk(self) -> dict[str, int | None]:
        """Who waits by letter on the kiosk's list of queues; None: stopped."""
        frame = views.frame(self.request, self.kiosk_device)
        return read_kiosk(
            self.house.pages.render("kiosk/queues.html", LANGUAGE, **frame, **views.queue_list(self.request))
        )

    def phone(self, ticket: int) -> "Phone":
        """The page that the slip's QR leads to."""
        found = self.glass.read(tickets.load, ticket)
        context = followed(self.house, found, LANGUAGE)
        return read_phone(self.house.pages.render("display/_follow.html", LANGUAGE, **context))


@dataclass(frozen=True)
class Wall:
    """The newest call, those before it, who waits by letter (None: stopped), and the announcements."""

    newest: tuple[int, str, int] | None
    before: list[tuple[str, int]]
    waiting: dict[str, int | None]
    told: list[tuple[int, int, str]]
    taken_back: list[str]


@dataclass(frozen=True)
class Desk:
    """One counter; `seq` is the newest event that it knows, `seen` and the lists name tickets by id."""

    seq: int
    own: str
    seen: int
    manned: bool
    paused: bool
    waiting: dict[str, int]
    here: int
    parked: list[int]
    away: list[int]
    undo: str | None
    alarms: set[int]
    helped: bool


@dataclass(frozen=True)
class Phone:
    """The number, how it stands, and the people ahead or the counter to go to; `counters` that may call it.

    The owner of a near number is sent to those where somebody sits.
    """

    number: str
    state: str
    figure: int | None
    counters: list[int]


def plain(text: str) -> str:
    """With ordinary spaces, as it is compared."""
    return " ".join(text.split())


def read_wall(picture: str) -> Wall:
    call = re.search(
        r'id="call-(\d+)".*?<p class="number">([^<]*)</p>.*?<b class="figures">(\d+)</b>', picture, re.DOTALL
    )
    rows = re.findall(
        r'<b class="letter">(\w)</b> (?:<svg class="(paused)"|<span class="figures figures-live">(\d+))', picture
    )
    before = re.findall(r'id="before-\d+"><span class="number">([^<]*)<.*?"figures">(\d+)<', picture)
    told = re.findall(r'<i data-seq="(\d+)" data-ticket="(\d+)" data-kind="([\w-]+)"', picture)
    return Wall(
        (int(call[1]), plain(call[2]), int(call[3])) if call else None,
        [(plain(number), int(counter)) for number, counter in before],
        {letter: None if paused else int(n) for letter, paused, n in rows},
        [(int(seq), int(ticket), kind) for seq, ticket, kind in told],
        [plain(number) for number in re.findall(r'class="taken-back"[^>]*>Số ([^<]*) xin chờ', picture)],
    )


def read_desk(picture: str) -> Desk:
    undo = re.search(r'id="undo-\d+".*?<button[^>]*>Hoàn tác: ([^<]*)<', picture, re.DOTALL)
    shown = at_counter(picture)
    return Desk(
        seq=int(found(r'value="c\d+-\d+-(\d+)-calls"', picture)),
        own=number_in(picture, "own-number"),
        seen=int(found(r'name="seen" value="(\d+)" form="finish"', picture)),
        manned=found(r'data-shift="(\d+)"', picture) != "0",
        paused="Quầy đang tạm nghỉ" in picture,
        waiting=dict(shown.waiting),
        here=int(found(r'<h2>Đang chờ <span class="figures">(\d+)</span>', picture)),
        parked=[int(ticket) for ticket in re.findall(r"-pick-(\d+)", picture)],
        away=[int(ticket) for ticket in re.findall(r"-back-(\d+)", picture)],
        undo=number_at_end(undo[1]) if undo else None,
        alarms={int(counter) for counter in re.findall(r'id="alarm-(\d+)"', picture)},
        helped='id="help-off"' in picture,
    )


def read_kiosk(page: str) -> dict[str, int | None]:
    rows = re.findall(r'<span class="letter"[^>]*>(\w)</span>.*?<small>([^<]*)</small>', page, re.DOTALL)
    return {letter: None if words.startswith("Tạm dừng") else first_figure(words) for letter, words in rows}


def read_phone(page: str) -> Phone:
    counters = re.search(r"Quầy ([\d, ]+)\. Mời ở gần|Mời đến gần quầy ([\d, ]+) ngay", page)
    words = {
        "waiting": r"Còn (\d+) người trước bạn|Bạn là người tiếp theo",
        "called": r'class="go">Mời đến quầy <b class="figures">(\d+)<',
        "finished": r"Đã phục vụ xong|Cảm ơn bạn đã đánh giá",
        "absent": r"chưa thấy bạn",
        "parked": r"Quầy (\d+) đang đợi bạn",
        "left": r"Bạn đã thôi chờ",
        "unserved": r"Ngày làm việc của số này đã kết thúc",
    }
    said = {state: match for state, text in words.items() if (match := re.search(text, page))}
    assert len(said) == 1, f"a phone says {[*said]}: {page[:300]}"
    ((state, match),) = said.items()
    figure = match[1] if match.re.groups else None
    is_near = counters is not None and counters[2] is not None
    return Phone(
        plain(found(r'<p class="number"[^>]*>([^<]*)<', page)),
        "near" if is_near else state,
        int(figure) if figure else 0 if state == "waiting" else None,
        [int(n) for n in counters[counters.lastindex or 0].split(",")] if counters else [],
    )


def number_at_end(words: str) -> str:
    number = re.search(r"[A-Z] \d{3,}.*$", plain(words))
    return number[0] if number else ""


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in {text[:300]}"
    return match[1]


def first_figure(words: str) -> int:
    figure = re.match(r"(\d+) ", words)
    assert figure or words == "Không có ai đang chờ", words
    return int(figure[1]) if figure else 0
