"""The faults that the sandbox plays on demand, each at its moment: before or after the commit."""

import threading

import httpx2
import pytest

from tests.portal.callers import CODE, LOGIN_BYTES, Caller, dossier, insert_body, steps


def test_a_timeout_comes_after_the_commit(caller: Caller) -> None:
    caller.sandbox.faults.set("timeout_after_commit")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    assert caller.send(dossier(MaTTHC=""))["error_code"] == "-1"
    with pytest.raises(httpx2.ReadTimeout):
        caller.ask(insert_body(), timeout=0.2)
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] != []
    assert caller.sandbox.faults.active() == []


def test_a_dropped_connection_comes_after_the_commit(caller: Caller) -> None:
    caller.sandbox.faults.set("drop_after_commit", service="CapNhatTienDoHoSoMC")
    caller.send(dossier())
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)):
        caller.call("CapNhatTienDoHoSoMC", data=steps())
    assert caller.sandbox.state.counts.steps == 2


@pytest.mark.parametrize(
    ("name", "status", "start"),
    [("bad_gateway", 502, b"<"), ("not_json", 200, b"<"), ("empty_answer", 200, b"")],
)
def test_the_adapter_can_break_before_the_commit(caller: Caller, name: str, status: int, start: bytes) -> None:
    caller.sandbox.faults.set(name, times=2)
    for _ in range(2):
        answer = caller.ask(insert_body())
        assert (answer.status_code, answer.content[:1]) == (status, start)
    caller.log_in()
    assert caller.sandbox.state.dossiers == {}
    assert caller.send(dossier())["error_code"] == "0"


def test_the_login_breaks_only_by_name(caller: Caller) -> None:
    caller.sandbox.faults.set("bad_gateway", service="login")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "0"
    assert caller.post("/mapi/login", LOGIN_BYTES).status_code == 502


def test_an_expired_session_is_mended_by_one_login(caller: Caller) -> None:
    caller.sandbox.faults.set("expired_token")
    assert "đăng nhập lại" in caller.send(dossier())["message"]
    caller.session = caller.log_in()
    assert caller.send(dossier())["error_code"] == "0"


def test_a_slow_portal_and_two_calls_at_once_for_one_dossier(caller: Caller) -> None:
    state = caller.sandbox.state
    caller.sandbox.faults.set("slow", seconds=0.4)
    slow = threading.Thread(target=caller.send, args=(dossier(),))
    slow.start()
    assert state.wait_until(lambda state: CODE in state.in_flight)
    with Caller(caller.sandbox) as other:
        assert other.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    slow.join(5)
    assert (state.counts.overlapping, state.counts.inserts) == (1, 1)
    assert state.in_flight == frozenset()


def test_a_poisoned_dossier_blocks_no_other(caller: Caller) -> None:
    caller.sandbox.faults.set("refuse_field", field="TrichYeuHoSo", pattern="*-0042")
    for _ in range(2):
        assert caller.send(dossier())["message"].startswith("TrichYeuHoSo: ")
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == []
    assert caller.send(dossier(MaHoSo="H56.19-260713-0043"))["error_code"] == "0"


@pytest.mark.parametrize(("style", "success", "error"), [("0", "0", "-1"), ("00", "00", "-1"), ("int", 0, -1)])
def test_error_code_has_three_styles(caller: Caller, style: str, success: object, error: object) -> None:
    caller.sandbox.faults.code_style = style
    assert caller.send(dossier())["error_code"] == success
    assert caller.send(dossier(MaTTHC=""))["error_code"] == error


def test_a_duplicate_may_be_a_plain_3(caller: Caller) -> None:
    caller.send(dossier())
    caller.sandbox.faults.set("duplicate_as_3")
    assert caller.send(dossier())["error_code"] == "3"
