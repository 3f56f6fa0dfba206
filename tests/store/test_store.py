"""The feed: every committed event once and in order, whoever wrote it."""

import asyncio
import time
from dataclasses import replace

import pytest

from domain.queue_events import QueueStopped
from operations import managing, ticketing
from store import centres, journal, store
from store.store import Store
from store.writer import Act
from tests.store.conftest import PATIENCE, Bench
from tests.support.halls import demo_calendar, demo_centre

take = ticketing.take_ticket


def stop_often(tx, times: int) -> int:
    for i in range(times):
        tx.record(QueueStopped("ho-tich", str(i)))
    return times


@pytest.fixture
def two(demo_file):
    """A server and a command-line writer on one file, and what the server's listeners have heard."""
    server, command = Bench(demo_file, server=True), Bench(demo_file)
    heard: list[int] = []
    server.store.listen(lambda events: heard.extend(recorded.seq for recorded in events))
    yield server, command, heard
    server.store.close()
    command.store.close()


def every_event_is_heard_once(server: Bench, heard: list[int], start: int) -> None:
    """The feed has no gap, no repeat and no disorder up to the newest event."""
    newest = server.store.read(journal.head)[0]
    assert heard == list(range(start + 1, newest + 1))


def mixed_writers(two) -> None:
    server, command, heard = two
    start = server.store.seen
    server.do(take, "ho-tich")
    assert [command.do(take, "ho-tich").n for _ in range(2)] == [2, 3]
    server.do(take, "ho-tich")
    command.do(take, "dat-dai")
    catch_up(server)
    every_event_is_heard_once(server, heard, start)


def catch_up(server: Bench) -> None:
    """As the app does it: never at the same time as the writer's own news."""
    with server.held():
        server.store.catch_up()


def test_what_the_command_line_writes_reaches_the_servers_feed(two):
    mixed_writers(two)


@pytest.mark.planted
def test_a_feed_that_skips_other_writers_is_caught(two):
    server = two[0].store
    server.writer.listeners[:] = [server._publish]
    with pytest.raises(AssertionError):
        mixed_writers(two)


def test_catching_up_twice_tells_nothing_twice(two):
    server, command, heard = two
    start = server.store.seen
    command.do(take, "ho-tich")
    server.store.catch_up()
    server.store.catch_up()
    every_event_is_heard_once(server, heard, start)


def a_long_absence_is_caught_up_whole(two) -> None:
    server, command, heard = two
    start = server.store.seen
    command.do(stop_often, 1005)
    server.do(take, "cu-tru")
    catch_up(server)
    every_event_is_heard_once(server, heard, start)


def test_a_long_absence_is_caught_up_whole(two, monkeypatch):
    """The catalogue may bring 20,000 events in one import; the server's next ticket must not hide any of them."""
    monkeypatch.setattr(store, "EVENTS_AT_ONCE", 10)
    a_long_absence_is_caught_up_whole(two)


@pytest.mark.planted
def test_a_feed_that_looks_back_once_only_is_caught(two, monkeypatch):
    def once(self):
        if missing := self.read(lambda db: list(journal.read(db, self.seen, 10))):
            self._publish(missing)

    monkeypatch.setattr(Store, "catch_up", once)
    with pytest.raises(AssertionError):
        a_long_absence_is_caught_up_whole(two)


def test_an_event_that_the_feed_saw_first_is_not_told_again(demo_file):
    """catch_up may read a commit before its own news reaches the loop."""

    async def scene() -> tuple[list[int], int]:
        server = Bench(demo_file, server=True)
        heard: list[int] = []
        server.store.listen(lambda events: heard.extend(recorded.seq for recorded in events))
        writing = asyncio.ensure_future(server.store.write(Act("test"), take, "ho-tich"))
        for _ in range(2):  # the press, and what the turn that brought it passes on
            await asyncio.sleep(0)
        patience = time.monotonic() + PATIENCE
        while server.store.writer.written == 0:  # the commit is done, its news still waits for this loop
            assert time.monotonic() < patience
        server.store.catch_up()
        await writing
        await asyncio.sleep(0)
        newest = server.store.read(journal.head)[0]
        server.store.close()
        return heard, newest

    heard, newest = asyncio.run(asyncio.wait_for(scene(), 20))
    assert heard == sorted(set(heard)), "an event was told twice"
    assert heard[-1] == newest


def test_answers_and_events_arrive_on_the_loop(demo_file):
    async def scene() -> list[str]:
        bench = Bench(demo_file, server=True)
        where: list[str] = []
        loop = asyncio.get_running_loop()

        def note(events) -> None:
            where.append("loop" if asyncio.get_running_loop() is loop else "elsewhere")

        bench.store.listen(note)
        answers = await asyncio.gather(*(bench.store.write(Act("K1"), take, "ho-tich") for _ in range(100)))
        bench.store.close()
        assert sorted(answer.n for answer in answers) == list(range(1, 101))
        return where

    assert set(asyncio.run(scene())) == {"loop"}


def test_a_caller_who_left_does_not_stop_the_batch(demo_file):
    async def scene() -> int:
        bench = Bench(demo_file)
        with bench.held():
            gone = asyncio.ensure_future(bench.store.write(Act("K1"), take, "ho-tich"))
            stays = asyncio.ensure_future(bench.store.write(Act("K1"), take, "ho-tich"))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
        answer = await stays
        bench.store.close()
        return answer.n

    assert asyncio.run(asyncio.wait_for(scene(), 20)) == 2


def who_can_wait_stands_back(demo_file) -> None:
    """Whoever can wait goes on when the last press has its answer; it waits a moment only."""

    async def scene() -> list[str]:
        bench, order = Bench(demo_file), []

        async def press(name: str) -> None:
            await bench.store.write(Act("K1"), take, "ho-tich")
            order.append(name)

        async def stand_back(within: float, name: str) -> None:
            await bench.store.calm(within)
            order.append(name)

        with bench.held():
            presses = [asyncio.ensure_future(press("press")) for _ in range(2)]
            await asyncio.sleep(0)
            await stand_back(0.01, "impatient")
            patient = asyncio.ensure_future(stand_back(PATIENCE, "patient"))
            await asyncio.sleep(0)
        await asyncio.gather(*presses, patient)
        await stand_back(0, "idle")
        bench.store.close()
        return order

    assert asyncio.run(asyncio.wait_for(scene(), 20)) == ["impatient", "press", "press", "patient", "idle"]


def test_who_can_wait_stands_back_behind_who_presses(demo_file):
    who_can_wait_stands_back(demo_file)


@pytest.mark.planted
def test_a_phone_that_does_not_wait_is_found(demo_file, monkeypatch):
    async def at_once(self, within):
        return

    monkeypatch.setattr(Store, "calm", at_once)
    with pytest.raises(AssertionError):
        who_can_wait_stands_back(demo_file)


def test_a_snapshot_does_not_move(bench):
    bench.do(take, "ho-tich")
    with bench.store.snapshot() as db:
        before = db.execute("SELECT count(*) FROM tickets").fetchone()
        bench.do(take, "ho-tich")
        assert db.execute("SELECT count(*) FROM tickets").fetchone() == before == (1,)
    assert bench.one("SELECT count(*) FROM tickets") == 2


def the_newest_configuration_is_the_one_in_force(two) -> None:
    """Whoever loads it: this process by its commit, another one by the feed."""
    server, command, _ = two
    assert server.store.centre().province == server.store.read(centres.current).province
    for bench, province in ((server, "Một"), (command, "Hai")):
        bench.do(managing.load_centre, replace(demo_centre(), province=province), demo_calendar())
        catch_up(server)
        assert server.store.centre().province == province


def test_the_newest_configuration_is_the_one_in_force(two):
    the_newest_configuration_is_the_one_in_force(two)


@pytest.mark.planted
def test_a_remembered_configuration_that_is_never_forgotten_is_caught(two, monkeypatch):
    monkeypatch.setattr(store, "CentreLoaded", type(None))
    with pytest.raises(AssertionError):
        the_newest_configuration_is_the_one_in_force(two)
