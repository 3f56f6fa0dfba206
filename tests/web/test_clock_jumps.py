"""One hall whose clock goes wrong in every way, over HTTP: no number repeats, nothing is lost, the day goes on."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from domain.days import local
from operations import managing, opening
from store import days, tickets, upkeep
from store.writer import Act
from tests.counter.test_routes import own_number, press
from tests.support.asking import NO_PRINTERS, browser, request_id, watching
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running

SAID = "Đồng hồ máy chủ có thể sai"
NUMBER = re.compile(r"A\u202f(\d{3})")
YEARS = timedelta(days=3652)


class Day:
    """A kiosk, a wall and a clerk at counter 1, with the numbers that have left the kiosk."""

    def __init__(self, server, clock, folder):
        self.server, self.clock, self.folder = server, clock, folder
        self.kiosk = browser(server, f"motcua-device-K1={server.device_cookie('K1')}")
        self.wall_cookie = f"motcua-device-W1={server.device_cookie('W1')}"
        self.given: list[tuple[str, int]] = []
        self.replays = 0
        self.sign_in()

    def sign_in(self):
        self.clerk = browser(self.server, f"motcua-person={self.server.person_cookie('cb01')}")

    def take(self) -> int:
        """A number from the kiosk: never one that somebody of this date or of the queue's day has."""
        answer = self.kiosk.post("/kiosk/K1/tickets", data={"queue": "ho-tich", "request_id": request_id()})
        assert answer.status_code == 303, answer.text
        ticket = self.load(int(re.search(r"/tickets/(\d+)", answer.headers["location"])[1]))
        day = self.read(lambda db: days.newest(db))
        slip = (day.label.isoformat(), ticket.n)
        assert slip not in self.given, "a number repeats"
        self.given.append(slip)
        assert ticket.number in self.kiosk.get(f"/kiosk/K1/tickets/{ticket.id}").text
        return ticket.id

    def sit_down(self):
        assert self.clerk.post("/counter/1/shifts", data={"request_id": request_id()}).status_code == 303

    def read(self, query, *args):
        return self.server.store.read(query, *args)

    def load(self, ticket: int):
        return self.read(tickets.load, ticket)

    def waiting(self) -> list[int]:
        return [ticket.id for ticket in self.read(tickets.waiting_in, "ho-tich", 100)]

    def serving(self) -> int:
        found = self.read(tickets.at_counter, 1)
        return found.id if found else 0

    def next(self) -> int:
        """Press next; the screen, the wall's picture and the database name the same person."""
        answer = press(self.clerk, "calls", seen=str(self.serving()))
        assert answer.status_code == 200, answer.text
        called = self.load(self.serving())
        assert own_number(answer.text) == called.number
        assert called.number in self.picture()
        assert called.number in browser(self.server, self.wall_cookie).get("/display/W1").text
        return called.id

    def picture(self) -> str:
        headers = {"Cookie": self.wall_cookie, "Origin": self.server.url}
        with watching(self.server, "/display/W1/live", headers) as socket:
            return str(socket.recv(timeout=5))

    def banner(self) -> bool:
        return SAID in self.clerk.get("/counter/1").text

    def replayed(self):
        """The journal alone gives the same database."""
        self.replays += 1
        assert upkeep.replay_into(self.server.store.path, self.folder / f"replay-{self.replays}.sqlite") == []


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def hall(tmp_path, clock):
    with running(tmp_path / "data", now=clock, printer_of=NO_PRINTERS) as server:
        found = Day(server, clock, tmp_path)
        found.sit_down()
        yield found


def write(hall, operation, *args):
    return hall.server.store.write_now(Act("ql03"), operation, *args)


def test_a_day_back_ten_years_ahead_and_back_and_over_midnight(hall, clock):
    first, second, third = (hall.take() for _ in range(3))
    assert hall.next() == first
    assert not hall.banner()

    # a day back: the same day goes on, newcomers stay behind, and the page says so
    clock.moment = MORNING - timedelta(days=1)
    fourth = hall.take()
    assert hall.waiting() == [second, third, fourth]
    assert hall.next() == second
    assert hall.banner()
    assert hall.load(first).state == "finished"
    assert [hall.load(ticket).day for ticket in (first, second, third, fourth)] == [1] * 4
    hall.replayed()

    # ten years ahead: nobody new gets a number by it, whoever is at the counter is served to the end
    clock.moment = MORNING + YEARS
    refused = hall.kiosk.post("/kiosk/K1/tickets", data={"queue": "ho-tich", "request_id": request_id()})
    assert refused.status_code == 409
    assert f"{local(clock.moment):%d/%m/%Y}" in refused.text
    hall.sign_in()  # ten years end every sign-in
    assert press(hall.clerk, "calls", seen=str(second)).status_code == 409
    assert hall.waiting() == [third, fourth]
    assert press(hall.clerk, "finishes", seen=str(second), outcome="served").status_code == 200
    assert hall.load(second).state == "finished"
    hall.replayed()

    # and back: all goes on as if nothing had been, only that the clock is said to be wrong until an event follows
    clock.moment = MORNING + timedelta(minutes=10)
    hall.sign_in()
    assert hall.waiting() == [third, fourth]
    assert hall.next() == third
    fifth = hall.take()
    assert hall.waiting() == [fourth, fifth]
    assert not hall.banner()

    # over midnight in the middle of a visit: it ends on its own day, and the clerk goes on calling
    write(hall, managing.keep_queue, "ho-tich", "Họp đến khuya")
    clock.moment = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    hall.sign_in()
    assert press(hall.clerk, "starts", seen=str(third)).status_code == 200
    assert hall.next() == fourth
    assert hall.read(days.newest).id == 2
    assert hall.load(third).state == "finished"
    assert "· T2" in hall.load(fourth).number
    assert hall.waiting() == [fifth]
    hall.take()
    hall.replayed()
    assert sum(len(hall.read(tickets.of_day, day)) for day in (1, 2)) == len(hall.given) == 6


def test_a_jump_that_somebody_confirmed_is_repaired_with_every_number_still_its_own(hall, clock):
    before = [hall.take() for _ in range(2)]
    write(hall, managing.keep_queue, "ho-tich", "Mất điện")
    clock.moment = MORNING + YEARS
    write(hall, opening.confirm_day)
    hall.sign_in()
    hall.sit_down()
    wrong = hall.take()
    assert hall.next() == before[0]
    assert not hall.banner()  # nothing contradicts it yet
    clock.moment = MORNING + timedelta(minutes=20)
    hall.sign_in()
    late = hall.take()
    assert hall.banner()
    assert "motcua day repair" in hall.clerk.get("/counter/1").text
    write(hall, managing.keep_queue, "ho-tich", "Đồng hồ sai")
    write(hall, opening.repair_day)
    assert not hall.banner()
    assert hall.read(days.newest).label == local(MORNING).date()
    hall.sit_down()
    new = hall.take()
    assert hall.waiting() == [before[1], wrong, late, new]
    assert all(ticket.key <= clock.moment.timestamp() * 1000 for ticket in map(hall.load, hall.waiting()))
    assert [hall.next() for _ in range(4)] == [before[1], wrong, late, new]
    assert f"{hall.load(new).n:03d}" in NUMBER.findall(hall.picture())
    hall.replayed()


@pytest.mark.planted
def test_a_day_that_follows_every_clock_is_found(hall, clock, monkeypatch):
    monkeypatch.setattr("operations.opening.is_far_jump", lambda *_: False)
    with pytest.raises(AssertionError):
        test_a_day_back_ten_years_ahead_and_back_and_over_midnight(hall, clock)
