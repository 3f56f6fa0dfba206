"""A fee is told to the portal when it is asked for, paid, given back or cancelled: real server, real sandbox."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Act as Doings
from domain.fees import Fee, FeeKind, Means, Relief, Timing
from operations import paying, processing
from operations.processing import Doing
from portal.messages import Fee as Told
from portal.messages import dossier_record
from portal.sandbox import SandboxThread
from portal.sandbox.rules import DOSSIER, record_problems
from store import fees, outbox
from store.writer import Act
from tests.portal.examples import ENTRY, FACTS
from tests.portal.test_files import hall, receive
from tests.support.halls import HandClock
from tests.support.servers import Server

WAIT = 20.0
DUTY = Fee(FeeKind.DUTY, "Lệ phí hộ tịch:\n15.000 đồng", 15_000)
CHARGE = Fee(FeeKind.CHARGE, "Phí cấp bản sao", 8_000, Timing.AFTER)
Both = tuple[Server, SandboxThread]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with hall(tmp_path, HandClock()) as pair:
        yield pair


def until(sandbox: SandboxThread, code: str, condition: Callable[[list[dict[str, str]]], bool]) -> None:
    """The sandbox's table, typed from the page, has taken such fees of this dossier."""
    there = sandbox.state.wait_until(
        lambda state: bool(found := state.dossier(code)) and condition(found.record["DanhSachLePhi"]), WAIT
    )
    assert there, [(line.service, line.message) for line in sandbox.state.log][:5]


def do(server: Server, operation: Any, *args: Any) -> Any:
    return server.store.write_now(Act("cb01"), operation, *args)


def test_a_fee_goes_to_the_portal_from_its_asking_to_its_end(both: Both) -> None:
    server, sandbox = both
    code = receive(server)
    duty, charge = do(server, paying.ask_fee, code, "cb01", DUTY), do(server, paying.ask_fee, code, "cb01", CHARGE)
    asked = {"TenPhiLePhi": "Lệ phí hộ tịch: 15.000 đồng", "MaPhiLePhi": "", "Gia": "15000", "LoaiPhiLePhi": "2"}
    until(sandbox, code, lambda told: len(told) == 2 and told[0] == asked | {"HinhThucThu": ""})
    do(server, paying.take_cash, duty, "cb01", 15_000)
    until(sandbox, code, lambda told: told[0] == asked | {"HinhThucThu": "tien-mat"})
    do(server, paying.cancel_fee, charge, "cb01", "nhập nhầm")
    until(sandbox, code, lambda told: [one["Gia"] for one in told] == ["15000"])
    do(server, paying.refund_fee, duty, "ql01", Means.CASH, "thu thừa")
    until(sandbox, code, lambda told: told == [asked | {"HinhThucThu": ""}])
    assert sandbox.state.counts.unknown_updates == 0


def test_an_exempted_fee_is_told_with_nothing_to_pay(both: Both) -> None:
    server, sandbox = both
    code = receive(server)
    exempt = Fee(FeeKind.DUTY, "Lệ phí", 0, Timing.EXEMPT, Relief.EXEMPTED, "Luật Hộ tịch, Điều 11")
    do(server, paying.ask_fee, code, "cb01", exempt)
    until(sandbox, code, lambda told: [one["Gia"] for one in told] == ["0"])


def test_a_fee_stands_in_order_between_the_dossiers_other_messages(both: Both) -> None:
    server, _ = both
    code = receive(server)
    do(server, paying.ask_fee, code, "cb01", DUTY)
    do(server, processing.note, Doings.PROGRESS, Doing(code, "cb01", b"sealed"))
    do(server, paying.ask_fee, code, "cb01", CHARGE)
    kinds = [(one.kind, one.step) for one in server.store.read(outbox.portal_messages_of, code)]
    first = [(outbox.DOSSIER, 0), (outbox.PROGRESS, 0), (outbox.DOSSIER, 0)]
    assert kinds[:3] == first
    assert {step for _, step in kinds[3:]} == {1}
    assert kinds[-1] == (outbox.DOSSIER, 1)


TEXTS = st.text(min_size=1, max_size=300).filter(lambda text: text.strip())
FEES = st.lists(
    st.builds(
        Told, name=TEXTS.map(lambda text: " ".join(text.split())), amount_dong=st.integers(0, 10**10),
        kind=st.sampled_from(["1", "2"]), means=st.sampled_from(["", *map(str, Means)]),
    ),
    max_size=5,
)  # fmt: skip


@given(told=FEES)
def test_whatever_fees_there_are_the_strict_table_takes_them(told: list[Told]) -> None:
    record = dossier_record(replace(FACTS, fees=tuple(told)), ENTRY)
    assert record_problems(record, DOSSIER) == []


@pytest.mark.planted
def test_a_fee_that_is_told_to_nobody_is_found(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fees, "tell_again", lambda *_: None)
    with pytest.raises(AssertionError):
        test_a_fee_stands_in_order_between_the_dossiers_other_messages(both)
