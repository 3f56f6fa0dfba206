"""Everybody presses at once: two clerks get two people, two kiosks two numbers, one press one ticket."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from domain.centres import Centre, DeviceKind
from tests.faults.checks import allow_doubles, check_numbers
from tests.support.crowd import (
    Answer,
    Browser,
    Furnished,
    calls_of,
    fresh_request,
    furnish,
    number_in,
    report,
    serving,
    tickets_of,
)
from tests.support.halls import demo_centre
from tests.support.sizes import size

pytestmark = pytest.mark.fault

QUEUE = "ho-tich"
CLERKS = {number: f"cb{number:02d}" for number in range(1, 11)}
KIOSKS = tuple(f"K{number}" for number in range(1, 21))
NOBODY = "Không có ai đang chờ quầy này."


@cache
def one_long_row() -> Centre:
    """The demo centre with every counter serving one queue, and twenty kiosks without printers."""
    demo = demo_centre()
    counters = tuple(replace(counter, queues=(QUEUE,), secondary=()) for counter in demo.counters)
    kiosk = next(device for device in demo.devices if device.kind is DeviceKind.KIOSK)
    kiosks = tuple(replace(kiosk, id=name, printer=None) for name in KIOSKS)
    return replace(demo, counters=counters, devices=kiosks)


@dataclass
class Row:
    """Ten clerks and twenty kiosks, each with a line of their own to the server."""

    place: Furnished
    clerks: dict[int, Browser]
    kiosks: dict[str, Browser]

    async def together(self, presses: "list[tuple[Browser, str, dict[str, object]]]") -> list[Answer]:
        """Send all presses before reading any answer."""
        for browser, _, _ in presses:
            await browser.ready()
        for browser, path, fields in presses:
            await browser.begin(path, **fields)
        return list(await asyncio.gather(*(browser.answer() for browser, _, _ in presses)))

    async def take(self, kiosks: "list[tuple[str, str]]") -> list[Answer]:
        """These kiosks press under these request ids at once."""
        form = [(self.kiosks[k], f"/kiosk/{k}/tickets", {"queue": QUEUE, "request_id": r}) for k, r in kiosks]
        return await self.together(form)

    async def call(self) -> list[Answer]:
        """Ten clerks who serve nobody press 'next' at once."""
        fields = [{"request_id": fresh_request(), "seen": 0} for _ in self.clerks]
        rows = zip(self.clerks.items(), fields, strict=True)
        return await self.together([(browser, f"/counter/{n}/calls", form) for (n, browser), form in rows])

    async def finish(self, called: "list[int]") -> None:
        """Whoever serves somebody lets him go."""
        rows = [(self.clerks[n], f"/counter/{n}/finishes", {"request_id": fresh_request()}) for n in called]
        assert {answer.status for answer in await self.together(rows)} <= {200}


@contextmanager
def row(
    tmp_path: Path, fault: str = "", doubles: bool = False
) -> "Iterator[Callable[[Callable[[Row], Awaitable[None]]], Furnished]]":
    """A served centre; calling what it gives runs a scenario in it."""
    place = furnish(tmp_path / "data", KIOSKS, CLERKS, centre=one_long_row())
    if doubles:
        allow_doubles(place)
    with serving(place, fault) as process:

        async def scene(scenario: Callable[[Row], Awaitable[None]]) -> None:
            clerks = {number: Browser(process.url, place.cookie(person)) for number, person in CLERKS.items()}
            kiosks = {kiosk: Browser(process.url, place.cookie(kiosk)) for kiosk in KIOSKS}
            try:
                await scenario(Row(place, clerks, kiosks))
            finally:
                for browser in (*clerks.values(), *kiosks.values()):
                    await browser.leave()

        def run(scenario: Callable[[Row], Awaitable[None]]) -> Furnished:
            asyncio.run(scene(scenario))
            return place

        yield run


def calling(waiting: int, rounds: int) -> Callable[[Row], Awaitable[None]]:
    """Some people wait, ten clerks press at once; again and again."""

    async def scenario(hall: Row) -> None:
        for _ in range(rounds):
            taken = await hall.take([(kiosk, fresh_request()) for kiosk in KIOSKS[:waiting]])
            numbers = {number_in(answer.text) for answer in taken}
            called = check_round(numbers, await hall.call())
            await hall.finish([list(CLERKS)[place] for place in called])

    return scenario


def check_round(numbers: set[str], answers: list[Answer]) -> list[int]:
    """Each waiting number went to exactly one clerk, the others were told that nobody waits; who got one."""
    assert {answer.status for answer in answers} == {200}, f"an error page: {[a.status for a in answers]}"
    got = {place: number_in(answer.text, "own-number") for place, answer in enumerate(answers)}
    served = Counter(number for number in got.values() if number)
    assert served == Counter(numbers), f"{sorted(numbers)} waited, called were {dict(served)}"
    for place, answer in enumerate(answers):
        assert (NOBODY in answer.text) == (not got[place]), "a clerk without a number was not told why"
    return [place for place, number in got.items() if number]


def check_calls(place: Furnished) -> None:
    """No ticket was ever called to two counters."""
    with place.rows() as db:
        called = Counter(number for number, _ in calls_of(db))
        assert set(called.values()) <= {1}, f"called twice: {called.most_common(3)}"
        assert set(called) == {number for _, _, number in tickets_of(db)}, "somebody was never called"


@pytest.mark.parametrize("waiting", [1, 3])
def test_clerks_who_press_at_once_get_different_people(tmp_path: Path, waiting: int):
    rounds = size("races", 20, 1000)
    with row(tmp_path) as run:
        check_calls(run(calling(waiting, rounds)))
    report(f"races_rounds_10_clerks_{waiting}_waiting", rounds)


@pytest.mark.planted
@pytest.mark.parametrize("waiting", [1, 3])
def test_select_then_update_is_caught(tmp_path: Path, waiting: int):
    caught = pytest.raises(AssertionError, match=r"waited, called were|was not told why")
    with row(tmp_path, "selects_then_updates") as run, caught:
        run(calling(waiting, 1))


@pytest.mark.planted
def test_a_second_call_of_one_ticket_is_caught(tmp_path: Path):
    with row(tmp_path, "selects_then_updates") as run:

        async def unwatched(hall: Row) -> None:
            await hall.take([("K1", fresh_request())])
            await hall.call()

        place = run(unwatched)
        with pytest.raises(AssertionError, match="called twice"):
            check_calls(place)


def taking(each: int, shown: list[str]) -> Callable[[Row], Awaitable[None]]:
    """Twenty kiosks press at once, `each` times."""

    async def scenario(hall: Row) -> None:
        for _ in range(each):
            answers = await hall.take([(kiosk, fresh_request()) for kiosk in KIOSKS])
            assert {answer.status for answer in answers} == {200}
            shown.extend(number_in(answer.text) for answer in answers)

    return scenario


def check_taken(place: Furnished, shown: list[str]) -> None:
    """What the kiosks showed is what the file holds, unique and without a gap."""
    with place.rows() as db:
        kept = tickets_of(db)
    check_numbers(shown, kept)
    assert len(kept) == len(shown)


def test_kiosks_at_once_give_numbers_without_gap_or_double(tmp_path: Path):
    shown: list[str] = []
    with row(tmp_path) as run:
        check_taken(run(taking(size("races_tickets", 20, 200), shown)), shown)
    report("races_tickets_20_kiosks", len(shown))


@pytest.mark.planted
def test_a_number_read_before_the_write_is_caught(tmp_path: Path):
    shown: list[str] = []
    with row(tmp_path, "numbers_read_before", doubles=True) as run:
        place = run(taking(1, shown))
        with pytest.raises(AssertionError, match="given twice"):
            check_taken(place, shown)


def repeating(rounds: int) -> Callable[[Row], Awaitable[None]]:
    """One press that arrives over five connections at once, as from a page that lost patience."""

    async def scenario(hall: Row) -> None:
        kiosk = KIOSKS[0]
        lines = [Browser(hall.kiosks[kiosk].url, hall.place.cookie(kiosk)) for _ in range(5)]
        try:
            for turn in range(1, rounds + 1):
                form: dict[str, object] = {"queue": QUEUE, "request_id": fresh_request()}
                answers = await hall.together([(line, f"/kiosk/{kiosk}/tickets", form) for line in lines])
                check_one_ticket(answers, hall.place, turn)
        finally:
            for line in lines:
                await line.leave()

    return scenario


def check_one_ticket(answers: list[Answer], place: Furnished, so_far: int) -> None:
    """All five answers show one number, and one more ticket stands in the file."""
    assert {answer.status for answer in answers} == {200}
    assert len({number_in(answer.text) for answer in answers}) == 1, "one request id gave different numbers"
    with place.rows() as db:
        assert len(tickets_of(db)) == so_far


def test_one_request_over_five_connections_gives_one_ticket(tmp_path: Path):
    rounds = size("races_repeats", 20, 400)
    with row(tmp_path) as run:
        run(repeating(rounds))
    report("races_repeats", rounds)


@pytest.mark.planted
def test_forgotten_request_ids_are_caught(tmp_path: Path):
    with row(tmp_path, "forgets_requests") as run, pytest.raises(AssertionError, match="different numbers"):
        run(repeating(2))
