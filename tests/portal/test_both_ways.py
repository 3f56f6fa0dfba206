"""A whole server and the sandbox portal, both ways: pushed, accepted, told, compared, its catalogue fetched."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from domain.dossiers import Status
from domain.portal_events import ReconciliationEnded
from operations import arrivals
from operations.processing import Doing
from portal.sandbox import TEST_ACCOUNTS, SandboxThread
from store import differences, dossiers
from store.writer import Act
from tests.portal.inbox_letters import INBOX, SECRET
from tests.support.asking import request_id
from tests.support.halls import DEMO, HandClock
from tests.support.servers import Server, running

WAIT_SECONDS = 30.0
Both = tuple[Server, SandboxThread]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    clock = HandClock()
    inbox, password = tmp_path / "inbox.secret", tmp_path / "portal.password"
    inbox.write_text(SECRET, encoding="utf-8")
    password.write_text(TEST_ACCOUNTS["H56"], encoding="utf-8")
    with SandboxThread(DEMO / "procedures.jsonl", now=clock, push_secret=SECRET) as sandbox:
        ways = {
            "inbox_secret_file": inbox, "portal_password_file": password,
            "portal_url": sandbox.url + "/XrdAdapter/RestService/forward",
        }  # fmt: skip
        with running(tmp_path / "data", now=clock, **ways) as server:
            sandbox.pushes.url = server.url + INBOX
            yield server, sandbox


def test_an_online_dossier_goes_there_and_back_and_both_books_agree(both: Both) -> None:
    server, sandbox = both
    with httpx2.Client(base_url=sandbox.url, trust_env=False, verify=False, timeout=30) as http:
        pushed = http.post("/sandbox/pushes", json={"procedure": "1.004873"}).json()
    code = pushed[0]["code"]
    assert sandbox.state.dossier(code).status == "1"
    server.store.write_now(Act("cb01"), arrivals.accept, Doing(code, "cb01"))
    told = sandbox.state.wait_until(
        lambda state: state.dossier(code).status == "2" and len(state.dossier(code).steps) == 1, WAIT_SECONDS
    )
    assert told, [(line.service, line.message) for line in sandbox.state.log][:5]
    assert sandbox.state.counts.unknown_updates == 0
    assert server.store.read(dossiers.find, code).status is Status.RECEIVED
    ended = threading.Event()
    server.store.listen(
        lambda events: ended.set() if any(isinstance(one.event, ReconciliationEnded) for one in events) else None
    )
    assert server.client("ql01").post("/admin/portal/reconciliations", data={}).status_code == 303
    assert ended.wait(WAIT_SECONDS)
    last = server.store.read(differences.last)
    assert (last.found, last.whole) == (0, True)
    assert last.looked <= 1, "a dossier whose last step was on its way is asked for the next time"


def answered(both: Both, way: str, **typed: str) -> str:
    """An online dossier that came by a push and was answered at counter 1."""
    server, sandbox = both
    with httpx2.Client(base_url=sandbox.url, trust_env=False, verify=False, timeout=30) as http:
        code = str(http.post("/sandbox/pushes", json={"procedure": "1.004873"}).json()[0]["code"])
    server.open_shift("cb01", 1)
    form = {"request_id": request_id(), "steps": "0", **typed}
    answer = server.client("cb01").post(f"/counter/1/online/{code}/{way}", data=form)
    assert answer.status_code == 303, answer.text
    return code


def check_asked(both: Both) -> None:
    """The portal knows that papers are missing, which, and of the way there."""
    code = answered(both, "completions", words="Tờ khai thiếu chữ ký.", paper="Tờ khai", basis="Điều 16")
    state = both[1].state
    assert state.wait_until(lambda state: state.dossier(code).status == "5", WAIT_SECONDS)
    assert state.wait_until(lambda state: len(state.dossier(code).steps) == 2, WAIT_SECONDS)
    record = state.dossier(code).record
    (asked,) = record["DanhSachHoSoBoSung"]
    assert asked["NoiDungBoSung"] == "Tờ khai thiếu chữ ký."
    assert [one["TenGiayTo"] for one in asked["DanhSachGiayToBoSung"]] == ["Tờ khai"]
    assert [step["TrangThai"] for step in state.dossier(code).steps] == ["2", "5"]
    told = [warning for line in state.log for warning in line.warnings]
    assert not [one for one in told if "không chuyển" in one], "a step outside of the portal's table"


def test_a_request_to_complete_from_the_counter_is_known_to_the_portal(both: Both) -> None:
    check_asked(both)


@pytest.mark.planted
def test_a_request_that_the_portal_never_hears_of_is_found(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.arrivals.ask_supplement", lambda tx, doing, until: 2)
    monkeypatch.setattr(f"{__name__}.WAIT_SECONDS", 2.0)
    with pytest.raises(AssertionError):
        check_asked(both)


def test_a_refusal_from_the_counter_is_known_to_the_portal(both: Both) -> None:
    code = answered(both, "refusals", words="Không thuộc thẩm quyền của phường.")
    state = both[1].state
    assert state.wait_until(lambda state: state.dossier(code).status == "3", WAIT_SECONDS)


def test_the_portals_catalogue_is_fetched_by_a_press(both: Both) -> None:
    server, sandbox = both
    manager = server.client("ql02")
    # The way to the portal opens half a second after the start; each try costs some milliseconds.
    assert any(manager.post("/admin/catalogue/runs", data={}).status_code == 303 for _ in range(3000))
    listed = sandbox.state.wait_until(
        lambda state: any(line.service == "LayThuTuc" for line in state.log), WAIT_SECONDS
    )
    assert listed
    assert "đã hỏi" in manager.get("/admin/catalogue").text
