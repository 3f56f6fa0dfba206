"""Fees at the counter: the page says what is owed, every button is one act, and a code transfers exactly that."""

import io
import re

import httpx2
import pytest
import segno

from domain.applicants import applicant, particulars, to_bytes
from domain.fees import Fee, FeeKind, FeeState
from operations import intake, paying
from store import fees
from store.writer import Act
from tests.domain.emv_reading import Transfer, read_transfer
from tests.support.asking import request_id
from web.payments import transfer_of

SUM = 8_000
FORM = {"kind": "le-phi", "text": "8.000 đồng/bản\r\n(mỗi bản)", "amount": str(SUM), "timing": "thu-truoc",
        "relief": "khong", "relief_text": ""}  # fmt: skip


@pytest.fixture
def clerk(server) -> httpx2.Client:
    server.open_shift("cb01", 1)
    return server.client(person="cb01")


@pytest.fixture
def code(server, clerk) -> str:
    told = to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ()))
    taken = intake.Intake("2.000635", server.app.state.house.vault.seal(told))
    return server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code


def path(code: str, *parts: object) -> str:
    return "/".join(["/counter/1/dossiers", code, *map(str, parts)])


def press(clerk, where: str, **form: str) -> httpx2.Response:
    return clerk.post(where, data={"request_id": request_id(), **form})


def asked(clerk, server, code: str) -> int:
    assert press(clerk, path(code, "fees"), **FORM).status_code == 303
    return server.store.read(fees.of_dossier, code)[-1].id


def state(server, fee: int) -> FeeState:
    return server.store.read(fees.find, fee).state


def test_a_fee_is_asked_word_for_word_and_taken_in_cash(clerk, server, code):
    fee = asked(clerk, server, code)
    assert server.store.read(fees.find, fee).fee == Fee(FeeKind.DUTY, "8.000 đồng/bản\n(mỗi bản)", SUM)
    assert "8.000 đồng</b>" in clerk.get(path(code, "payment")).text
    form = {"request_id": request_id(), "amount": str(SUM)}
    for _ in range(2):
        assert clerk.post(path(code, "fees", fee, "cash"), data=form).status_code == 303
    shown = clerk.get(path(code, "payment")).text
    assert "Không còn khoản nào phải nộp" in shown
    assert len(set(re.findall(r"BL\d\d-\d{7}", shown))) == 1
    assert clerk.get(path(code, "transfer.svg")).status_code == 404


def test_a_transfer_needs_its_number_and_a_refund_its_reason(clerk, server, code):
    fee = asked(clerk, server, code)
    transfers, refunds = path(code, "fees", fee, "transfers"), path(code, "fees", fee, "refunds")
    assert press(clerk, transfers, amount=str(SUM)).status_code == 422
    assert press(clerk, transfers, amount=str(SUM), reference="FT26013").status_code == 303
    assert press(clerk, refunds, means="tien-mat").status_code == 422
    assert press(clerk, refunds, means="vang", reason="nộp thừa").status_code == 422
    assert press(clerk, refunds, means="tien-mat", reason="nộp thừa").status_code == 303
    assert state(server, fee) is FeeState.REFUNDED


def test_a_stale_page_takes_no_other_amount(clerk, server, code):
    fee = asked(clerk, server, code)
    answer = press(clerk, path(code, "fees", fee, "cash"), amount="7000")
    assert (answer.status_code, state(server, fee)) == (409, FeeState.UNPAID)
    assert "7000 đồng khác" in answer.text


def test_a_fee_of_another_dossier_is_not_here(clerk, server, code):
    fee = asked(clerk, server, code)
    told = to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ()))
    taken = intake.Intake("2.000635", server.app.state.house.vault.seal(told))
    other = server.store.write_now(Act("cb01"), intake.receive_dossier, 1, "cb01", taken).code
    for where in (
        path(other, "fees", fee, "cash"),
        path(code, "fees", 10**17, "cash"),
        path("X", "fees", fee, "cash"),
    ):
        assert press(clerk, where, amount=str(SUM)).status_code == 404
    assert state(server, fee) is FeeState.UNPAID


def test_without_a_platform_nothing_is_collected_online(clerk, server, code):
    fee = asked(clerk, server, code)
    assert press(clerk, path(code, "fees", fee, "online")).status_code == 409
    assert state(server, fee) is FeeState.UNPAID


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "0"},
        {"amount": "8.000"},
        {"kind": "thue"},
        {"relief": "mien"},
        {"text": ""},
        {"text": "x" * 2001},
    ],
)
def test_a_fee_out_of_form_is_refused_whole(clerk, server, code, change):
    assert press(clerk, path(code, "fees"), **(FORM | change)).status_code in (409, 422)
    assert server.store.read(fees.of_dossier, code) == []


def test_the_picture_transfers_what_is_owed(clerk, server, code):
    first, second = asked(clerk, server, code), asked(clerk, server, code)
    server.store.write_now(Act("cb01"), paying.cancel_fee, first, "cb01", "ghi nhầm")
    text = transfer_of(server.app.state.house, code)
    assert read_transfer(text) == Transfer("970499", "0000000000", SUM, code)
    wanted = io.BytesIO()
    segno.make(text, error="m", micro=False).save(wanted, kind="svg", border=4, light="#fff", omitsize=True)
    picture = clerk.get(path(code, "transfer.svg"))
    assert picture.headers["content-type"] == "image/svg+xml"
    assert (picture.content, b"style" in picture.content) == (wanted.getvalue(), False)
    assert state(server, second) is FeeState.UNPAID
