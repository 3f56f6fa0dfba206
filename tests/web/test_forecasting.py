"""Boards of estimates: learned, published whole, kept, and said alike on screens, slips, phones and by the API."""

import re
import threading

import pytest

from domain.queue_events import EstimatesKept
from domain.waiting.boards import NOTHING_KNOWN
from operations import calling, shifts, ticketing
from printers.papers import _wait
from store import estimates, journal, tickets
from store.writer import Act
from tests.support import servers
from tests.support.asking import NO_PRINTERS, QUEUE, browser, follow_path, request_id
from tests.support.forecasts import refresh
from tests.support.halls import MORNING, HandClock
from tests.support.servers import running
from web import waits
from web.languages import translator

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def clock():
    return HandClock(MORNING)


@pytest.fixture
def centre(tmp_path, clock):
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS, follow_url="https://hall.lan/follow") as server:
        yield server


def take(centre, queue: str = QUEUE, **rest):
    return centre.store.write_now(Act("t"), ticketing.take_ticket, queue, **rest)


def busy(centre, people: int = 5) -> None:
    """One counter serves, so many wait."""
    centre.open_shift("cb01", 1)
    take(centre)
    centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
    for _ in range(people):
        take(centre)
    refresh(centre)


def test_kiosk_slip_wall_phone_and_programs_say_the_same(centre):
    busy(centre, 2)
    house = centre.app.state.house
    told = waits.of_queue(house, QUEUE, "vi")
    assert re.fullmatch(r"\d+–\d+ phút", told.words)
    kiosk = browser(centre, f"motcua-device-K1={centre.device_cookie('K1')}")
    assert told.words in kiosk.get("/kiosk/K1/queues").text
    wall = browser(centre, f"motcua-device-W1={centre.device_cookie('W1')}").get("/display/W1").text
    assert f">{told.wait.low}–{told.wait.high}</span>" in wall
    shown = kiosk.post("/kiosk/K1/tickets", data={"queue": QUEUE, "request_id": request_id()}, headers=FRAGMENT)
    assert told.words in shown.text
    ticket = max(centre.store.read(tickets.waiting_in, QUEUE, 50), key=lambda one: one.id)
    assert ticket.promised == told.wait
    assert told.words in browser(centre).get(follow_path(centre, ticket.id)).text
    assert _wait(ticket.promised, translator("vi")) == f"{told.wait.low}-{told.wait.high}"
    assert asked(centre)["wait"]["high"] > told.wait.high, "one more person waits now"
    api = centre.client()
    api.headers["Authorization"] = f"Bearer {centre.bearer('person', 'ql01')}"
    shown = api.get(f"/api/v1/tickets/{ticket.id}").json()
    assert shown["wait"] == {"low": told.wait.low, "high": told.wait.high}


def test_the_slip_keeps_its_promise_whatever_comes(centre, clock):
    busy(centre)
    promised = take(centre).promised
    clock.forward(minutes=3)
    centre.store.write_now(Act("cb01"), calling.finish, 1, "cb01")
    centre.store.write_now(Act("cb01"), shifts.pause, 1, "cb01", "break", 30)
    refresh(centre)
    ticket = max(centre.store.read(tickets.waiting_in, QUEUE, 50), key=lambda one: one.id)
    assert ticket.promised == promised
    assert "sau khi quầy mở" not in browser(centre).get(follow_path(centre, ticket.id)).text, "it only rests"


def test_a_repeated_press_has_the_same_promise(centre):
    busy(centre)
    act = Act("t", "the-same-press")
    first = centre.store.write_now(act, ticketing.take_ticket, QUEUE)
    refresh(centre)
    assert centre.store.write_now(act, ticketing.take_ticket, QUEUE) == first


def asked(centre) -> dict:
    """The queue as a program is told of it."""
    api = centre.client()
    api.headers["Authorization"] = f"Bearer {centre.bearer('person', 'ql01')}"
    return next(one for one in api.get("/api/v1/queues").json() if one["id"] == QUEUE)


def check_withdrawn(centre) -> None:
    """Somebody was told a range, the only counter closes, and at once it is said that nobody serves."""
    busy(centre)
    assert asked(centre)["wait"] is not None
    centre.store.write_now(Act("cb01"), calling.finish, 1, "cb01")
    centre.store.write_now(Act("cb01"), shifts.close_shift, 1, "cb01")
    told = asked(centre)
    assert (told["wait_words"], told["wait"]) == ("chưa có quầy phục vụ", None), "not only with the next board"


def test_without_counter_it_is_said_in_words_at_once(centre):
    check_withdrawn(centre)
    refresh(centre)
    assert take(centre).promised is None


@pytest.mark.planted
def test_planted_a_range_without_a_counter_is_found(centre, monkeypatch):
    monkeypatch.setattr("web.waits.has_counter", lambda house, queue: True)
    with pytest.raises(AssertionError):
        check_withdrawn(centre)


def test_each_new_ticket_s_estimate_is_kept_once(centre):
    busy(centre)
    refresh(centre)
    events = [one.event for one in centre.store.read(lambda db: list(journal.read(db)))]
    kept = [row.ticket for event in events if isinstance(event, EstimatesKept) for row in event.made]
    waiting = [ticket.id for ticket in centre.store.read(tickets.waiting_in, QUEUE, 50)]
    assert sorted(kept) == sorted(waiting)


def test_what_is_known_live_is_known_after_a_restart(centre, clock):
    busy(centre)
    for _ in range(4):
        clock.forward(minutes=9)
        centre.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        refresh(centre)
    live = centre.app.state.house.forecaster.learned().estimator
    again = centre.store.read(estimates.learned).estimator
    assert live.blend.with_twin.weights == again.blend.with_twin.weights
    assert live.blend.labels == again.blend.labels == 4
    assert live.quantities.service(QUEUE).mean == again.quantities.service(QUEUE).mean


def test_over_budget_the_next_board_plays_fewer(centre, monkeypatch):
    busy(centre)
    forecaster = centre.app.state.house.forecaster
    seconds = iter(range(1000))
    monkeypatch.setattr("web.forecasting.time.thread_time", lambda: float(next(seconds)))
    assert [_played(centre) for _ in range(4)] == [40, 10, 0, 0]
    assert forecaster.milliseconds == 1000.0
    assert not centre.store.waits.tickets or all(
        told.estimate.values is None or told.estimate.values.twin is None
        for told in centre.store.waits.tickets.values()
    )


def _played(centre) -> int:
    refresh(centre)
    return centre.store.waits.rollouts


def test_a_centre_without_configuration_is_no_error(tmp_path, clock):
    with running(tmp_path / "bare", clock, printer_of=NO_PRINTERS) as server:
        assert server.store.waits == NOTHING_KNOWN


def test_boards_come_by_themselves(tmp_path, clock, monkeypatch):
    """The real loop, without its rests: the first board comes at the start, the next after an event."""
    monkeypatch.setattr(servers.Forecaster, "run", servers.boards_of_themselves)
    monkeypatch.setattr("web.forecasting.LEAST_SECONDS", 0.01)
    monkeypatch.setattr("web.forecasting.KEEP_SECONDS", 0.0)
    with running(tmp_path / "data", clock, printer_of=NO_PRINTERS) as server:
        kept: set[int] = set()
        news = threading.Event()
        server.store.listen(lambda events: _note(kept, news, events))
        server.open_shift("cb01", 1)
        take(server)
        server.store.write_now(Act("cb01"), calling.call_next, 1, "cb01")
        ticket = take(server)
        while ticket.id not in kept:
            assert news.wait(20)
            news.clear()
        assert ticket.id in server.store.waits.tickets


def _note(kept: set[int], news: threading.Event, events) -> None:
    made = [one.event for one in events if isinstance(one.event, EstimatesKept)]
    if made:
        kept |= {row.ticket for event in made for row in event.made}
        news.set()
