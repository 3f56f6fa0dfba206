"""What the sandbox remembers: sessions, dossiers, steps and their order; how much of it, and masked for the eye."""

from datetime import UTC, datetime, timedelta

from portal.sandbox.rules import NEXT_STATUSES, STATUS_NAMES
from portal.sandbox.state import Dossier, State, masked_name, masked_number
from tests.portal.callers import CODE, Caller, Clock, dossier, steps


def test_a_session_ends_after_its_minutes(caller: Caller, clock: Clock) -> None:
    clock.instant += timedelta(minutes=29, seconds=59)
    assert caller.call("TraCuuHoSo", mahoso=CODE) == {"error_code": "0", "message": "", "result": []}
    clock.instant += timedelta(seconds=1)
    assert "hết hạn" in caller.call("TraCuuHoSo", mahoso=CODE)["message"]
    assert caller.sandbox.state.counts.expired == 1


def test_an_unknown_dossier_is_neither_updated_nor_stepped(caller: Caller) -> None:
    answer = caller.send(dossier(), updating=True)
    assert answer["error_code"] == "-1"
    assert "đã tồn tại" not in answer["message"]
    refused = caller.call("CapNhatTienDoHoSoMC", data=steps())
    assert refused["message"].startswith("data[0].MaHoSo: chưa có hồ sơ")


def test_look_up_tells_the_newest_status(caller: Caller) -> None:
    caller.send(dossier())
    caller.send(dossier(TrangThaiHoSo="4"), updating=True)
    row = {"MaHoSo": CODE, "MaTTHC": "1.004873", "TrangThaiHoSo": "4"}
    assert caller.call("TraCuuHoSo", mahoso=CODE)["result"] == [row]


def test_repeated_steps_are_dropped_and_ten_is_the_most(caller: Caller) -> None:
    caller.send(dossier())
    for _ in range(2):
        assert caller.call("CapNhatTienDoHoSoMC", data=steps())["error_code"] == "0"
    assert (caller.sandbox.state.counts.steps, caller.sandbox.state.counts.repeated_steps) == (2, 2)
    ten = [steps()[1] | {"NoiDungXuLy": f"Bước {number}"} for number in range(10)]
    assert caller.call("CapNhatTienDoHoSoMC", data=ten)["error_code"] == "0"
    eleven = [*ten, steps()[0]]
    assert "tối đa 10" in caller.call("CapNhatTienDoHoSoMC", data=eleven)["message"]


def test_the_transitions_are_those_of_the_contract() -> None:
    # Typed once more, the other way round: by target.
    before = {
        "1": [""],
        "2": ["", "1", "5"],
        "3": ["1"],
        "4": ["2", "5", "6", "8"],
        "5": ["2", "4"],
        "6": ["2", "4"],
        "7": ["2", "4", "5"],
        "8": ["4", "5", "6"],
        "9": ["2", "4", "8"],
        "10": ["9"],
    }
    assert {
        after: [each for each, targets in NEXT_STATUSES.items() if after in targets] for after in STATUS_NAMES
    } == before


def test_what_began_on_the_portal_may_be_refused_at_once(caller: Caller) -> None:
    caller.send(dossier(TrangThaiHoSo="1"))
    assert caller.call("CapNhatTienDoHoSoMC", data=[steps()[0] | {"TrangThai": "3"}])["error_code"] == "0"
    assert caller.sandbox.state.log[0].warnings == ()


def test_an_odd_transition_is_a_warning_or_by_switch_a_refusal(caller: Caller) -> None:
    caller.send(dossier())
    caller.sandbox.faults.set("refuse_transitions")
    refused = caller.send(dossier(TrangThaiHoSo="10"), updating=True)
    assert refused["message"] == "TrangThaiHoSo: không chuyển từ 2 sang 10"
    caller.sandbox.faults.clear()
    assert caller.send(dossier(TrangThaiHoSo="10"), updating=True)["error_code"] == "0"
    [warning, *_] = caller.sandbox.state.log[0].warnings
    assert warning == "TrangThaiHoSo: không chuyển từ 2 sang 10"
    late = [steps()[0], steps()[1] | {"TrangThai": "10"}]
    assert caller.call("CapNhatTienDoHoSoMC", data=late)["error_code"] == "0"
    assert caller.sandbox.state.log[0].warnings == ("data[1].TrangThai: không chuyển từ 2 sang 10",)


def test_memory_is_bounded() -> None:
    state = State(max_dossiers=3)
    for number in range(5):
        state.store(dossier(MaHoSo=str(number)), "H56", datetime(2026, 7, 13, tzinfo=UTC))
    assert list(state.dossiers) == ["2", "3", "4"]
    assert state.counts.forgotten_dossiers == 2
    assert (Dossier("1", "H56").versions.maxlen, Dossier("1", "H56").steps.maxlen) == (50, 500)


def test_masks() -> None:
    assert masked_name("NGUYỄN VĂN A") == "N. V. A."
    assert (masked_number("038090000001"), masked_number("12")) == ("*********001", "*********")
