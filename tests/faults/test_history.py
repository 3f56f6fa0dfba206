"""Eight kiosks and twelve clerks at once over HTTP are answered as if they had come one after the other."""

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.centres import Centre, DeviceKind
from store import journal
from store.journal import Recorded
from tests.faults.histories import Exchange, check_history
from tests.faults.one_by_one import Asked, Said, View
from tests.support.crowd import (
    Answer,
    Browser,
    at_counter,
    fresh_request,
    furnish,
    number_in,
    report,
    serving,
)
from tests.support.halls import demo_centre
from tests.support.sizes import size

pytestmark = pytest.mark.fault

LETTERS = {"ho-tich": "A", "chung-thuc": "B", "cu-tru": "C"}
FIRST, SECOND, THIRD = LETTERS
SERVES = {n: ((FIRST,), (FIRST, SECOND), (THIRD, FIRST), (SECOND, THIRD, FIRST))[n % 4] for n in range(1, 13)}
CLERKS = {number: f"cb{number:02d}" for number in SERVES}
KIOSKS = tuple(f"K{number}" for number in range(1, 9))
NOBODY = "Không có ai đang chờ quầy này."
WAITING_AT_MOST = 4  # so few for twelve clerks that they press for the same people, and often for nobody
UNDO_WITHIN = 4.0  # seconds; far from the ten after which it depends on the server's clock
BY_PROGRAM = {"next": "calls", "recall": "recalls", "finish": "finishes", "absent": "absences"}
BY_PAGE = {**BY_PROGRAM, "park": "parks", "pick": "picks", "transfer": "transfers", "undo": "undos"}
SERVING = (*["next"] * 8, *["recall", "finish", "absent", "look"] * 2, *["park"] * 3, *["transfer", "undo"] * 4)
IDLE = (*["next"] * 8, *["undo"] * 4, *["pick"] * 3, "recall", "finish", "look")


@cache
def three_queues() -> Centre:
    """The demo centre with twelve counters whose queues overlap, and eight kiosks without printers."""
    demo = demo_centre()
    counters = tuple(replace(c, queues=SERVES[c.number][:1], secondary=SERVES[c.number][1:]) for c in demo.counters)
    kiosk = next(device for device in demo.devices if device.kind is DeviceKind.KIOSK)
    kiosks = tuple(replace(kiosk, id=name, printer=None) for name in KIOSKS)
    return replace(demo, counters=counters, devices=kiosks)


@dataclass
class Crowd:
    """What all clients write down, and what they know of each other: the tickets given, and whether few wait."""

    history: list[Exchange] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    few_wait: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def note(self, asked: Asked, answer: Answer, begun: int) -> Exchange:
        """Write down one press, its answer and when."""
        exchange = read(asked, answer, begun, time.monotonic_ns())
        self.history.append(exchange)
        if exchange.view:
            (self.few_wait.set if sum(exchange.view.waiting.values()) < WAITING_AT_MOST else self.few_wait.clear)()
        return exchange


def read(asked: Asked, answer: Answer, begun: int, ended: int) -> Exchange:
    """An answer as the history keeps it."""
    text = answer.text
    if answer.status >= 400:
        assert answer.status in (409, 422), f"an error page: {answer.status} for {asked}: {text[:200]}"
        return Exchange(asked, Said(refused=json.loads(text)["error"]["code"]), begun, ended)
    if text.startswith("{"):
        return Exchange(asked, of_program(asked, json.loads(text)), begun, ended)
    if asked.what == "issue":
        ticket, ahead = re.search(r"/tickets/(\d+)/departures", text), re.search(r"Trước bạn</dt><dd>(\d*)", text)
        assert ticket, f"no ticket for {asked}: {text[:200]}"
        assert ahead, f"nobody says how many are ahead: {text[:200]}"
        told = Said(ticket=int(ticket[1]), number=number_in(text), ahead=int(ahead[1] or 0))
        return Exchange(asked, told, begun, ended)
    told = Said(nobody=NOBODY in text if asked.what == "next" else None)
    return Exchange(asked, told, begun, ended, picture(text))


def of_program(asked: Asked, found: dict[str, Any]) -> Said:
    """What a program is told: the ticket, or the call with its ticket."""
    ticket = found.get("ticket", found)
    if ticket is None:
        return Said(nobody=True)
    number, nobody = " ".join(ticket["number"].split()), False if asked.what == "next" else None
    return Said(ticket=ticket["id"], number=number, call=found.get("seq"), nobody=nobody)


def picture(text: str) -> View:
    """What a counter's picture shows, and as of which event."""
    seq = re.search(r'value="c\d+-\d+-(\d+)-finish"', text)
    seen = re.search(r'name="seen" value="(\d+)" form="finish"', text)
    assert seq, f"no event in the picture: {text[:200]}"
    assert seen, f"no ticket in the picture: {text[:200]}"
    shown = at_counter(text)
    waiting = {letter: shown.waiting[letter] for letter in LETTERS.values()}
    parked = frozenset(int(ticket) for ticket in re.findall(r"-pick-(\d+)", text))
    undo = re.search(r'id="undo-(\d+)"', text)
    return View(int(seq[1]), int(seen[1]), shown.own or "", waiting, parked, int(undo[1]) if undo else 0)


@dataclass
class Kiosk:
    """Gives numbers while few wait."""

    name: str
    browser: Browser
    crowd: Crowd
    dice: random.Random

    async def act(self, queue: str = "") -> None:
        """One number."""
        asked = Asked(self.name, "issue", queue=queue or self.dice.choice([*LETTERS]))
        path, begun = f"/kiosk/{self.name}/tickets", time.monotonic_ns()
        answer = await self.browser.press(path, queue=asked.queue, request_id=fresh_request())
        self.crowd.given.append(self.crowd.note(asked, answer, begun).told.ticket or 0)

    async def work(self) -> None:
        """Until the day is over."""
        while await self.crowd.few_wait.wait() and not self.crowd.is_over:
            await self.act()


@dataclass
class Clerk:
    """Presses whatever the own counter allows, now and then what it does not, by page or as a program."""

    counter: int
    browser: Browser
    crowd: Crowd
    dice: random.Random
    serving: int = 0
    parked: frozenset[int] = frozenset()
    undo: int = 0
    undo_until: float = 0.0

    async def work(self, presses: int) -> None:
        """So many presses, each after the answer to the one before. The first is "next", on the page."""
        await self.press(self.asked("next"), by_page=True)
        for _ in range(presses - 1):
            asked = self.choose()
            await self.press(asked, by_page=asked.what not in BY_PROGRAM or self.dice.random() < 0.6)

    def asked(self, what: str, **more: Any) -> Asked:
        """A press as this counter sees itself."""
        return replace(Asked(CLERKS[self.counter], what, self.counter, self.serving), **more)

    def choose(self) -> Asked:
        """What to press next."""
        what = self.dice.choice(SERVING if self.serving else IDLE)
        if self.dice.random() < 0.03:
            return self.asked("finish", seen=self.dice.choice(self.crowd.given))  # a screen left behind
        if self.dice.random() < 0.1 or (what == "pick" and not self.parked):
            return self.asked("pick", ticket=self.dice.choice(self.crowd.given[-20:]))
        match what:
            case "undo" if not self.undo or time.monotonic() > self.undo_until:
                return self.asked("next")
            case "undo":
                return self.asked("undo", act=self.undo)
            case "pick":
                return self.asked("pick", ticket=self.dice.choice(sorted(self.parked)))
            case "transfer":
                return self.asked("transfer", **self.somewhere())
        return self.asked(what)

    def somewhere(self) -> dict[str, Any]:
        """Another queue, one counter or one person."""
        queue, counter = self.dice.choice([*LETTERS]), self.dice.choice([*SERVES])
        alone = self.dice.choice(({"to_counter": counter}, {"to_person": CLERKS[counter]}))
        return {"queue": queue, **alone} if self.dice.random() < 0.3 else {"queue": queue}

    async def press(self, asked: Asked, *, by_page: bool) -> None:
        """One press and its answer."""
        begun = time.monotonic_ns()
        exchange = self.crowd.note(asked, await self._send(asked, by_page=by_page), begun)
        if not exchange.told.refused:
            self.learn(exchange)

    async def _send(self, asked: Asked, *, by_page: bool) -> Answer:
        if asked.what == "look":
            return await self.browser.get(f"/counter/{self.counter}")
        if not by_page:
            path = f"/api/v1/counters/{self.counter}/{BY_PROGRAM[asked.what]}"
            return await self.browser.ask(path, fresh_request(), seen=asked.seen)
        return await self.browser.press(
            f"/counter/{self.counter}/{BY_PAGE[asked.what]}", request_id=fresh_request(), seen=asked.seen,
            ticket=asked.ticket, reason="urgent", act=asked.act, queue=asked.queue,
            to_counter=asked.to_counter or 0, to_person=asked.to_person or "",
            note="other" if asked.what == "transfer" else "form",
        )  # fmt: skip

    def learn(self, exchange: Exchange) -> None:
        """What this clerk knows by the answer."""
        what, told, view = exchange.asked.what, exchange.told, exchange.view
        if view is not None:
            self.serving, self.parked = view.ticket, view.parked
        elif what != "recall":
            self.serving = told.ticket or 0 if what == "next" else 0
        self.undo = view.undo if view else told.call or 0
        if what != "look":
            self.undo_until = time.monotonic() + UNDO_WITHIN


def record(tmp_path: Path, presses: int, fault: str = "") -> tuple[list[Exchange], list[Recorded]]:
    """A history of twenty clients, and what the journal has of it."""
    place = furnish(tmp_path / "data", KIOSKS, CLERKS, centre=three_queues())
    with place.rows() as db:
        before, _ = journal.head(db)
    with serving(place, fault) as process:
        history = asyncio.run(_crowded(process.url, place.cookie, presses))
    with place.rows() as db:
        return history, list(journal.read(db, before))


async def _crowded(url: str, cookie: Callable[[str], str], presses: int) -> list[Exchange]:
    crowd = Crowd()
    kiosks = [Kiosk(k, Browser(url, cookie(k), codes=True), crowd, random.Random(k)) for k in KIOSKS]
    clerks = [Clerk(n, Browser(url, cookie(p), codes=True), crowd, random.Random(p)) for n, p in CLERKS.items()]
    days: list[asyncio.Task[None]] = []
    try:
        for kiosk in kiosks:
            await kiosk.act(FIRST)
        days += [asyncio.create_task(kiosk.work()) for kiosk in kiosks]
        await asyncio.gather(*(clerk.work(presses) for clerk in clerks))
        crowd.is_over = True
        crowd.few_wait.set()
        await asyncio.gather(*days)
    finally:
        for day in days:
            day.cancel()
        for browser in (*(kiosk.browser for kiosk in kiosks), *(clerk.browser for clerk in clerks)):
            await browser.leave()
    return crowd.history


def check(history: list[Exchange], kept: list[Recorded]) -> int:
    """As `check_history`, in this hall."""
    return check_history(history, kept, LETTERS, SERVES)


def test_twenty_clients_are_answered_one_after_the_other(tmp_path: Path):
    presses = size("history", 25, 500)
    history, kept = record(tmp_path, presses)
    readings = check(history, kept)
    refused = Counter(exchange.told.refused for exchange in history if exchange.told.refused)
    nobody = sum(exchange.told.nobody is True for exchange in history)
    assert {exchange.asked.what for exchange in history if exchange.changes} == {"issue", *BY_PAGE}
    assert nobody, "twelve clerks never lacked people: the race was not run"
    assert refused["already-elsewhere"], "nobody ever came too late"
    report("history_answers", len(history))
    report("history_events", len(kept))
    report("history_nobody", nobody)
    for code, times in sorted(refused.items()):
        report(f"history_{code.replace('-', '_')}", times)
    report("history_refusals_and_pictures_placed", readings)


@pytest.mark.planted
def test_a_call_chosen_before_the_write_is_caught(tmp_path: Path):
    history, kept = record(tmp_path, 1, "selects_then_updates")
    with pytest.raises(AssertionError, match=r"is \['TicketCalled (A \d+) .*, the rules: \['TicketCalled (?!\1)A"):
        check(history, kept)


@pytest.mark.planted
def test_an_answer_from_a_cache_is_caught(tmp_path: Path):
    history, kept = record(tmp_path, 6, "answers_from_a_cache")
    with pytest.raises(AssertionError, match=r"an old picture: .* was known before"):
        check(history, kept)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Exchange], list[Recorded]]:
    """A short history that holds; it begins with the eight kiosks' numbers, one after the other."""
    history, kept = record(tmp_path_factory.mktemp("short"), 3)
    check(history, kept)
    return history, kept


def _unasked(history: list[Exchange], kept: list[Recorded]) -> None:
    who = kept[-1].who.removeprefix("device:")
    del history[max(n for n, exchange in enumerate(history) if exchange.changes and exchange.asked.who == who)]


def _unkept(_: list[Exchange], kept: list[Recorded]) -> None:
    del kept[len(KIOSKS) :]


def _other_number(history: list[Exchange], _: list[Recorded]) -> None:
    history[1] = replace(history[1], told=replace(history[1].told, number="A 001"))


def _later(history: list[Exchange], _: list[Recorded]) -> None:
    after = history[2].ended + 1
    history[0] = replace(history[0], begun=after, ended=after)


def _nobody(history: list[Exchange], _: list[Recorded]) -> None:
    when = history[len(KIOSKS) - 1].ended + 1
    history.append(Exchange(Asked("cb01", "next", 1), Said(nobody=True), when, when))


def _next_to_come(history: list[Exchange], _: list[Recorded]) -> None:
    place = next(n for n, exchange in enumerate(history) if exchange.view)
    view = history[place].view
    assert view is not None
    history[place] = replace(history[place], view=replace(view, seq=view.seq + 10_000))


@pytest.mark.planted
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (_unasked, "nobody asked for"),
        (_unkept, "answered, and missing in the journal"),
        (_other_number, "told was .*A 001.*, the rules: .*A 002"),
        (_later, "answered earlier"),
        (_nobody, "at no moment between press and answer"),
        (_next_to_come, "at no moment between press and answer"),
    ],
)
def test_a_history_with_one_thing_wrong_is_caught(
    short: tuple[list[Exchange], list[Recorded]], wrong: Callable[..., None], reason: str
):
    history, kept = list(short[0]), list(short[1])
    wrong(history, kept)
    with pytest.raises(AssertionError, match=reason):
        check(history, kept)
