"""The day's money is that of its receipts, and what did not fit is settled by a person."""

import pytest

from domain.applicants import applicant, particulars, to_bytes
from domain.fees import Fee, FeeKind, Means
from operations import intake, paying
from store import fees
from store.writer import Act
from tests.support.asking import request_id

ACT = Act("cb01")


@pytest.fixture
def fee(server):
    server.open_shift("cb01", 1)
    told = to_bytes(particulars(applicant("LÊ VĂN MẪU", "", "", ""), "", ()))
    taken = intake.Intake("2.000635", server.app.state.house.vault.seal(told))
    code = server.store.write_now(ACT, intake.receive_dossier, 1, "cb01", taken).code
    return server.store.write_now(ACT, paying.ask_fee, code, "cb01", Fee(FeeKind.DUTY, "phí", 8_000))


def test_the_page_shows_what_came_and_went_by_its_means(server, fee):
    server.store.write_now(ACT, paying.take_cash, fee, "cb01", 8_000)
    server.store.write_now(ACT, paying.refund_fee, fee, "cb01", Means.TRANSFER, "nộp thừa")
    shown = server.client(person="ql02").get("/admin/takings").text
    assert shown.count("-8.000") == 1, "the transfer went out without having come in"
    assert "Không có khoản nào phải xem" in shown
    for day in ("0", "99999", "x", "-1", "9" * 40):
        assert server.client(person="ql02").get(f"/admin/takings?day={day}").status_code == 200


def test_a_payment_that_did_not_fit_is_settled_once(server, fee):
    server.store.write_now(Act("payments"), paying.confirm_online, "GD1", "H56.19.0.1", 8_000)
    manager = server.client(person="ql02")
    assert "không có khoản thu nào với mã này" in manager.get("/admin/takings").text
    form = {"payment": "GD1", "reason": "đã trả lại"}
    assert manager.post("/admin/takings/settlements", data=form | {"request_id": request_id()}).status_code == 303
    assert manager.post("/admin/takings/settlements", data=form | {"request_id": request_id()}).status_code == 404
    assert server.store.read(fees.troubled) == []
