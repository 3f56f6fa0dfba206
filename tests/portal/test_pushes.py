"""The sandbox portal pushes to a running centre over real HTTP, rightly and wrongly; others are fetched."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from domain.dossiers import Status
from operations import arrivals, supplements, syncing
from operations.inbound import Taken
from operations.processing import Doing
from portal.poller import Poller, PollFailed
from portal.sandbox import SandboxThread
from portal.sandbox.pushes import Kind, Manner, Order
from store import dossiers, inbox
from store.writer import Act
from tests.portal.adapters import answered
from tests.portal.inbox_letters import INBOX, SECRET
from tests.support.halls import DEMO, HandClock
from tests.support.servers import Server, running


@dataclass
class Both:
    """A portal and a centre that know each other's secret, with one clock."""

    server: Server
    sandbox: SandboxThread
    clock: HandClock

    def push(self, **order: object) -> list[tuple[int, str]]:
        """Order over HTTP, as a test bench does; status and error_code of each letter."""
        with httpx2.Client(base_url=self.sandbox.url, trust_env=False, verify=False, timeout=60) as http:
            done = http.post("/sandbox/pushes", json=order).json()
        return [(one["status"], one["error_code"]) for one in done]

    def ask_supplement(self, code: str) -> None:
        store, vault = self.server.store, self.server.app.state.house.vault
        store.write_now(Act("cb01"), arrivals.accept, Doing(code, "cb01"))
        store.write_now(Act("cb01"), supplements.ask_supplement, Doing(code, "cb01", vault.seal(b"words")))

    def status(self, code: str) -> Status | None:
        found = self.server.store.read(dossiers.find, code)
        return found.status if found else None


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("pushes")
    secret = folder / "inbox.secret"
    secret.write_text(SECRET, encoding="utf-8")
    clock = HandClock()
    with running(folder / "data", now=clock, inbox_secret_file=secret) as server:
        options = {"now": clock, "push_url": server.url + INBOX, "push_secret": SECRET}
        with SandboxThread(DEMO / "procedures.jsonl", **options) as sandbox:
            yield Both(server, sandbox, clock)


def test_ten_pushed_dossiers_stand_on_the_list(both):
    assert both.push(kind="dossier", times=10) == [(200, "0")] * 10
    for code in both.sandbox.pushes.codes[-10:]:
        assert both.status(code) is Status.NEW


@pytest.mark.parametrize(
    ("manner", "answers"),
    [
        ("twice", [(200, "0"), (200, "1")]),
        ("replayed", [(200, "0"), (401, "-302")]),
        ("altered", [(200, "0"), (200, "-1")]),
        ("out-of-order", [(200, "-1"), (200, "0")]),
        ("forged", [(401, "-302")]),
        ("old", [(401, "-302")]),
    ],
)
def test_what_the_portal_does_wrongly_is_answered_as_agreed(both, manner, answers):
    assert both.push(manner=manner) == answers


def test_a_supplement_goes_all_the_way(both):
    both.push()
    code = both.sandbox.pushes.codes[-1]
    assert both.push(kind="supplement", code=code) == [(200, "-1")], "nobody asked for it"
    both.ask_supplement(code)
    assert both.push(kind="supplement", code=code, manner="old") == [(200, "-1")]
    both.clock.forward(minutes=1)
    assert both.push(kind="supplement", code=code, manner="twice") == [(200, "0"), (200, "1")]
    assert both.status(code) in (Status.RECEIVED, Status.UNDER_WAY)


def test_the_page_has_the_form_and_the_scores_and_no_number(both):
    both.push(manner="twice")
    page = httpx2.get(both.sandbox.url + "/", trust_env=False, verify=False).text
    assert "Đẩy hồ sơ" in page
    assert "Chỉ số 766" in page
    assert "0382" not in page


def test_an_order_that_cannot_be_is_refused(both):
    with httpx2.Client(base_url=both.sandbox.url, trust_env=False, verify=False) as http:
        for wrong in ({"times": 0}, {"times": 501}, {"kind": "x"}, {"manner": "x"}):
            assert http.post("/sandbox/pushes", json=wrong).status_code == 400
        foreign = http.post("/sandbox/pushes", json={}, headers={"Origin": "http://elsewhere"})
        assert foreign.status_code == 403


def test_a_centre_that_is_away_is_told_of(tmp_path: Path):
    with SandboxThread(DEMO / "procedures.jsonl", push_url="http://127.0.0.1:9/x", push_secret="s") as sandbox:
        found = asyncio.run(sandbox.pushes.push(Order(Kind.DOSSIER, Manner.PLAIN)))
        assert [one.status for one in found] == [0]
        assert sandbox.pushes.tally.unanswered == 1


def poller_of(both: Both, url: str = "") -> Poller:
    place = both.server.app.state
    return Poller(place.house.store, place.inbox, both.clock, url or both.sandbox.url + "/sandbox/polled.json")


def test_what_cannot_be_pushed_is_fetched_once(both, monkeypatch):
    both.sandbox.pushes.clear()
    for _ in range(60):
        both.sandbox.pushes.make()
        both.clock.forward(seconds=1)
    poller = poller_of(both)
    taken = 0

    async def write(act, operation, *args, **kwargs):
        nonlocal taken
        answer = both.server.store.write_now(act, operation, *args, **kwargs)
        taken += answer is Taken.NEW
        return answer

    monkeypatch.setattr(both.server.store, "write", write)
    assert asyncio.run(poller.poll()) == 60
    assert all(both.status(code) is Status.NEW for code in both.sandbox.pushes.codes)
    assert both.server.store.read(inbox.cursor, "poll")
    assert asyncio.run(poller.poll()) == 0
    assert (taken, poller.refused) == (60, 0)


def test_a_stopped_portal_is_not_fetched_from(both):
    store = both.server.store
    store.write_now(Act("ql01"), syncing.stop_portal, "ql01", "bảo trì")
    assert asyncio.run(poller_of(both, "http://127.0.0.1:9/").poll()) == 0
    store.write_now(Act("ql01"), syncing.resume_portal, "ql01")


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"data":1}', json.dumps({"data": [1] * 51}).encode()])
def test_a_polled_system_that_answers_nonsense_changes_nothing(both, body):
    answer = httpx2.MockTransport(lambda _: answered(body))
    place = both.server.app.state
    poller = Poller(place.house.store, place.inbox, both.clock, "http://x/", transport=answer)
    with pytest.raises(PollFailed):
        asyncio.run(poller.poll())


def test_a_row_that_is_refused_holds_up_no_other(both, monkeypatch):
    rows = [1, {"MaHoSo": "x"}, {"NgayNopHoSo": "01/01/2099 00:00:00"}]
    answer = httpx2.MockTransport(lambda _: answered({"total": 3, "data": rows}))
    place = both.server.app.state
    before = both.server.store.read(inbox.cursor, "poll")

    async def write(act, operation, *args, **kwargs):  # this loop is not the server's
        return both.server.store.write_now(act, operation, *args, **kwargs)

    monkeypatch.setattr(both.server.store, "write", write)
    poller = Poller(place.house.store, place.inbox, both.clock, "http://x/", transport=answer)
    assert asyncio.run(poller.poll()) == 0
    assert poller.refused == 3
    assert both.server.store.read(inbox.cursor, "poll") == before, "a row from the future hides nothing"


@pytest.mark.planted
def test_a_double_that_is_accepted_is_found_by_the_portal_too(both, monkeypatch):
    monkeypatch.setattr(inbox, "is_used", lambda db, nonce: False)
    monkeypatch.setattr(inbox, "use_nonce", lambda *_: None)
    with pytest.raises(AssertionError):
        test_what_the_portal_does_wrongly_is_answered_as_agreed(both, "replayed", [(200, "0"), (401, "-302")])
