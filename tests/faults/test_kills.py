"""R1: the server killed again and again under a working hall; nothing acknowledged is lost or given twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.checks import allow_doubles, check_file, check_numbers
from tests.support.crowd import (
    Browser,
    Clerk,
    Furnished,
    Kiosk,
    Lost,
    Process,
    Screen,
    calls_of,
    furnish,
    report,
    serving,
    should_show,
    tickets_of,
    until,
)
from tests.support.halls import demo_centre
from tests.support.sizes import size

pytestmark = pytest.mark.fault

Moment = Callable[["Hall"], Awaitable[None]]

KIOSKS = ("K1", "K2") * 3
CLERKS = {1: "cb01", 2: "cb02", 3: "cb03", 10: "cb10"}
MANAGER = "ql01"
QUEUES = ("ho-tich", "chung-thuc", "dat-dai")
SCREENS_SECONDS = 5.0
ANSWERS_A_LIFE = (8, 60)


async def anywhere(hall: "Hall") -> None:
    """Not always right behind an answer: anywhere in a batch, its commit, or between two of them."""
    await asyncio.sleep(hall.dice.uniform(0, 0.02))


async def between_answer_and_commit(hall: "Hall") -> None:
    """The server with the planted fault stands there once it is told; a kiosk already shows the number."""
    (hall.place.data / "hold").touch()
    await until(lambda: bool(hall.ahead()), 20, "a kiosk shows a number that is not in the file")


@dataclass
class Hall:
    """Six kiosks, four clerks and seven screens at a server, and the gate behind which they await its restart."""

    place: Furnished
    process: Process
    dice: random.Random
    kiosks: list[Kiosk] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    last_moment: Moment = anywhere
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    answered: int = 0
    slowest: float = 0.0
    failures: list[AssertionError] = field(default_factory=list)

    def furnish(self) -> None:
        """Put everybody in place."""
        url, cookie = self.process.url, self.place.cookie
        for name in KIOSKS:
            self.kiosks.append(Kiosk(Browser(url, cookie(name)), name, QUEUES, random.Random(self.dice.random())))
        for counter, person in CLERKS.items():
            self.clerks.append(Clerk(Browser(url, cookie(person)), counter, random.Random(self.dice.random())))
        self.screens += [Screen(url, f"/display/{wall}/live", cookie(wall)) for wall in ("W1", "W2", "W1", "W2")]
        self.screens += [Screen(url, f"/counter/{n}/live", cookie(CLERKS[n])) for n in (1, 10)]
        self.screens.append(Screen(url, "/display/managers/live", cookie(MANAGER)))

    async def work(self, somebody: Kiosk | Clerk) -> None:
        """Press, and press again what was lost, whenever the gate is open."""
        while True:
            await self.gate.wait()
            with suppress(Lost):
                await somebody.act()
                self.answered += 1

    @property
    def numbers(self) -> list[str]:
        """Every number that a kiosk showed."""
        return [number for kiosk in self.kiosks for number in kiosk.given.values()]

    def ahead(self) -> set[str]:
        """Numbers that a kiosk shows and the file does not hold."""
        with self.place.rows() as db:
            return set(self.numbers) - {number for _, _, number in tickets_of(db)}


async def kill_again_and_again(place: Furnished, process: Process, kills: int, moment: Moment) -> Hall:
    """The trial itself: kill, restart, check, `kills` times; then let everybody come to an end."""
    hall = Hall(place, process, random.Random(kills), last_moment=moment)
    hall.furnish()
    tasks = [asyncio.create_task(hall.work(somebody)) for somebody in (*hall.kiosks, *hall.clerks)]
    tasks += [asyncio.create_task(screen.watch()) for screen in hall.screens]
    try:
        for _ in range(kills):
            await live_and_die(hall, tasks)
            await restart(hall)
        await finish(hall)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for somebody in (*hall.kiosks, *hall.clerks):
            await somebody.browser.leave()
    return hall


async def live_and_die(hall: Hall, tasks: "list[asyncio.Task[None]]") -> None:
    enough = hall.answered + hall.dice.randint(*ANSWERS_A_LIFE)
    hall.gate.set()
    await until(lambda: hall.answered >= enough or any(t.done() for t in tasks), 20, "people are served")
    for task in tasks:
        if task.done():
            task.result()
    await hall.last_moment(hall)
    hall.process.kill()
    hall.gate.clear()


async def restart(hall: Hall) -> None:
    """Start again; the screens have five seconds from the ready line (how long a start takes is bench's affair)."""
    await asyncio.to_thread(hall.process.start)
    begun = asyncio.get_running_loop().time()
    with hall.place.rows() as db:
        check_numbers(hall.numbers, tickets_of(db))
        wanted = {screen.path: should_show(db, screen.path, demo_centre()) for screen in hall.screens}
    right = lambda: all(screen.shown() == wanted[screen.path] for screen in hall.screens)  # noqa: E731
    await until(right, SCREENS_SECONDS, "every screen shows the server's numbers, counters, states and calls")
    hall.slowest = max(hall.slowest, asyncio.get_running_loop().time() - begun)
    for kiosk in hall.kiosks:
        if kiosk.given:
            then, now = await kiosk.repeat()
            assert then == now, f"a repeated request id gave {now}, not {then}"


async def finish(hall: Hall) -> None:
    """Everybody stands behind the gate; whoever still has no answer gets one."""
    for somebody in (*hall.kiosks, *hall.clerks):
        while somebody.pending is not None:
            await somebody.act()


def check_calls(clerks: list[Clerk], kept: list[tuple[str, int]]) -> None:
    """Each ticket was called to one counter at most, and every call that a clerk saw stands in the file."""
    numbers = [number for number, _ in kept]
    assert len(numbers) == len(set(numbers)), "one ticket was called twice"
    for clerk in clerks:
        assert {(number, clerk.counter) for number in clerk.called} <= set(kept), "a call was lost"


def check_all(hall: Hall) -> None:
    """Everything that must hold when the day is over."""
    with hall.place.rows() as db:
        kept = tickets_of(db)
        check_numbers(hall.numbers, kept)
        assert len(kept) == len(hall.numbers), "a ticket that nobody was told of"
        check_calls(hall.clerks, calls_of(db))
    check_file(hall.place.file)


def run(
    tmp_path: Path, kills: int, fault: str = "", without_unique: bool = False, moment: Moment = anywhere
) -> Hall:
    place = furnish(tmp_path / "data", ("K1", "K2", "W1", "W2"), CLERKS, (MANAGER,))
    if without_unique:
        allow_doubles(place)
    with serving(place, fault) as process:
        hall = asyncio.run(kill_again_and_again(place, process, kills, moment))
        process.stop()
    check_all(hall)
    return hall


def test_nothing_is_lost_or_doubled_under_kills(tmp_path: Path):
    kills = size("kills", 25, 50)
    hall = run(tmp_path, kills)
    lost = sum(somebody.lost for somebody in (*hall.kiosks, *hall.clerks))
    report("kills", kills)
    report("kills_tickets", len(hall.numbers))
    report("kills_calls", sum(len(clerk.called) for clerk in hall.clerks))
    report("kills_answers_lost_and_repeated", lost)
    report("kills_screens_right_after_seconds", f"{hall.slowest:.2f}")
    assert lost > 0, "no kill met a request on its way: the trial tried nothing"


@pytest.mark.planted
def test_answers_before_commit_are_caught(tmp_path: Path):
    with pytest.raises(AssertionError, match="acknowledged and lost"):
        run(tmp_path, 1, "answers_before_commit", moment=between_answer_and_commit)


@pytest.mark.planted
def test_a_number_counter_in_memory_is_caught(tmp_path: Path):
    with pytest.raises(AssertionError, match=r"given twice|twice in the file"):
        run(tmp_path, 4, "numbers_in_memory", without_unique=True)


@pytest.mark.planted
def test_screens_that_come_back_with_old_pictures_are_caught(tmp_path: Path):
    with pytest.raises(AssertionError, match="every screen shows"):
        run(tmp_path, 2, "keeps_pictures_over_a_restart")
