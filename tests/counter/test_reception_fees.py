"""The fee comes in with its dossier: offered, decided by the clerk, recorded in one transaction, paid at once."""

import html
import re
from contextlib import suppress
from dataclasses import replace

import pytest

from domain.fees import FeeState, FeeWrong, Relief, Timing
from operations import intake
from store import dossiers, fees, journal
from tests.counter.test_receptions import PATH, received, send, sheet
from tests.support.asking import request_id, seq

FREE, COPIES, DOUBTFUL, PAGES = "1.001193", "2.000635", "1.004873", "2.000815"
RULE = "Miễn lệ phí cho người thuộc gia đình có công với cách mạng; người thuộc hộ nghèo; người khuyết tật."


def decided(page: str) -> dict[str, str]:
    """The fee part of the sheet as a browser would send it untouched."""
    part = page.split('<section class="fee"')[1].split("</section>")[0]
    found = dict(re.findall(r'<input (?:type="hidden" )?(?:id="\w+" )?name="(fee_\w+)" value="([^"]*)"', part))
    found.pop("fee_reduced", None)
    for name, options in re.findall(r'<select id="(fee_\w+)".*?>(<option.*?)</select>', part):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1])
    return found


def receive(clerk, procedure: str, **typed: str):
    """A sheet sent with what it offers, and what was typed over it."""
    offered = decided(clerk.get(f"{PATH}?procedure={procedure}").text)
    return send(clerk, "receive", procedure, **{**offered, **typed})


def fees_of(server, code: str):
    return [one.fee for one in server.store.read(fees.of_dossier, code)]


def check_together(server, clerk) -> None:
    """Dossier and fee stand side by side in the journal, and the page leads straight to paying."""
    answer = receive(clerk, COPIES)
    code = received(answer)
    (fee,) = fees_of(server, code)
    assert (fee.amount, fee.timing, fee.text, fee.relief) == (8000, Timing.BEFORE, "8,000 VNĐ", Relief.NONE)
    kinds = [type(one.event).__name__ for one in server.store.read(lambda db: list(journal.read(db)))]
    assert kinds[-2:] == ["DossierReceived", "FeeAsked"]
    end = clerk.get(answer.headers["location"]).text
    assert "Thu 8.000 đồng" in end
    bill = clerk.get(re.search(r'href="(/counter/1/dossiers/[^"]+/payment)"', end)[1]).text
    assert "Đã nhận đủ tiền mặt" in bill and "transfer.svg" in bill and "Về hồ sơ vừa nhận" in bill


def test_a_fee_of_one_sum_is_offered_recorded_and_ready_to_be_paid(server, clerk):
    check_together(server, clerk)


@pytest.mark.planted
def test_a_fee_that_is_forgotten_is_found(server, clerk, monkeypatch):
    monkeypatch.setattr("operations.intake.ask_fee", lambda *_: 0)
    with pytest.raises(ValueError, match="unpack"):
        check_together(server, clerk)


def check_all_or_nothing(server, clerk, monkeypatch) -> None:
    """A fee that is refused leaves no dossier."""

    def broken(*_):
        raise FeeWrong(what="amount")

    monkeypatch.setattr("operations.intake.ask_fee", broken)
    before = seq(server), server.store.read(dossiers.newest, 1)
    assert receive(clerk, COPIES).status_code == 409
    assert (seq(server), server.store.read(dossiers.newest, 1)) == before


def test_dossier_and_fee_come_in_together_or_not_at_all(server, clerk, monkeypatch):
    check_all_or_nothing(server, clerk, monkeypatch)


@pytest.mark.planted
def test_a_fee_apart_from_its_dossier_is_found(server, clerk, monkeypatch):
    whole = intake._enter

    def enter(tx, counter, person, ticket, taken, batch):
        found = whole(tx, counter, person, ticket, replace(taken, fee=None), batch)
        with suppress(FeeWrong):  # as if it were asked for after the dossier, by itself
            intake.ask_fee(tx, found.code, person, taken.fee)
        return found

    monkeypatch.setattr(intake, "_enter", enter)
    with pytest.raises(AssertionError):
        check_all_or_nothing(server, clerk, monkeypatch)


def test_free_is_recorded_with_the_words_of_the_catalogue(server, clerk):
    answer = receive(clerk, FREE)
    (fee,) = fees_of(server, received(answer))
    assert (fee.amount, fee.timing, fee.relief, fee.relief_text) == (0, Timing.EXEMPT, Relief.EXEMPTED, "Miễn phí")
    end = clerk.get(answer.headers["location"]).text
    assert "Không phải nộp lệ phí" in end and "Thu 0" not in end


def test_where_the_words_are_doubtful_the_clerk_decides(server, clerk):
    before = seq(server)
    refused = receive(clerk, DOUBTFUL)
    assert (
        refused.status_code == 422
        and 'id="wrong-fee_timing"' in refused.text
        and "Hãy chọn thu trước" in refused.text
    )
    assert seq(server) == before
    (fee,) = fees_of(server, received(receive(clerk, DOUBTFUL, fee_timing="mien", fee_rule=RULE)))
    assert (fee.amount, fee.relief_text) == (0, RULE)
    (later,) = fees_of(server, received(receive(clerk, DOUBTFUL, fee_timing="thu-sau", fee_amount="15.000")))
    assert (later.amount, later.timing, later.relief) == (15000, Timing.AFTER, Relief.NONE)
    half = {
        "fee_timing": "thu-truoc",
        "fee_amount": "7500",
        "fee_reduced": "1",
        "fee_basis": "NQ 12, khoản 2: giảm 50 %",
    }
    (reduced,) = fees_of(server, received(receive(clerk, DOUBTFUL, **half)))
    assert (reduced.amount, reduced.relief, reduced.relief_text) == (7500, Relief.REDUCED, half["fee_basis"])
    assert fees_of(server, received(receive(clerk, DOUBTFUL, fee_timing="later"))) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"fee_timing": "thu-truoc", "fee_amount": ""}, "fee_amount"),
        ({"fee_timing": "thu-truoc", "fee_amount": "0"}, "fee_amount"),
        ({"fee_timing": "thu-truoc", "fee_amount": "8,00"}, "fee_amount"),
        ({"fee_timing": "thu-sau", "fee_amount": "99999999999"}, "fee_amount"),
        ({"fee_timing": "mien", "fee_rule": ""}, "fee_rule"),
        ({"fee_timing": "mien", "fee_basis": "CCCD 001090123456"}, "fee_rule"),
        ({"fee_timing": "thu-truoc", "fee_amount": "1", "fee_reduced": "1", "fee_rule": ""}, "fee_rule"),
        ({"fee_timing": "x"}, "fee_timing"),
    ],
)
def test_each_fault_stands_beside_its_field_and_nothing_is_recorded(server, clerk, typed, field):
    before = seq(server)
    answer = receive(clerk, DOUBTFUL, **typed)
    assert answer.status_code in (409, 422) and f'id="wrong-{field}"' in answer.text
    assert seq(server) == before


def test_a_way_in_with_another_fee_is_drawn_anew_not_misread(server, clerk):
    offered = decided(clerk.get(f"{PATH}?procedure={COPIES}").text)
    before = seq(server)
    answer = clerk.post(PATH, data={**sheet(clerk, COPIES), **offered, "channel": "3", "way": "receive"})
    assert answer.status_code == 409 and "vừa đổi theo thủ tục" in answer.text
    assert seq(server) == before
    shown = clerk.post(PATH, data={**sheet(clerk, COPIES), **offered, "channel": "3", "way": "show"})
    assert decided(shown.text)["fee_amount"] == "8.000"


def test_of_several_prices_the_chosen_one_stands_on_the_fee(server, clerk):
    page = clerk.get(f"{PATH}?procedure={PAGES}").text
    assert page.count('name="fee_row"') == 2
    typed = {"fee_timing": "thu-truoc", "fee_amount": "10.000", "fee_row": "1"}
    (fee,) = fees_of(server, received(receive(clerk, PAGES, **typed)))
    assert fee.text == "10 USD(/bản)"


def test_cash_is_taken_with_one_press_and_leads_back(server, clerk):
    code = received(receive(clerk, COPIES))
    (fee,) = server.store.read(fees.of_dossier, code)
    path = f"/counter/1/dossiers/{code}/fees/{fee.id}/cash"
    assert clerk.post(path, data={"request_id": request_id(), "amount": "8000"}).status_code == 303
    assert server.store.read(fees.find, fee.id).state is FeeState.PAID
    end = clerk.get(f"/counter/1/reception/{code}").text
    assert "đã thanh toán" in end and "Thu 8.000" not in end


def quick(clerk, procedure: str, **typed: str):
    form = {"request_id": request_id(), "procedure": procedure, "owner_name": "LÊ THỊ THỬ", **typed}
    return clerk.post("/counter/1/dossiers", data=form)


def test_the_quick_form_takes_the_fee_that_it_shows(server, clerk):
    papers = clerk.get(f"/counter/1/papers?procedure={COPIES}").text
    assert "8.000 đồng" in papers and "thu trước" in papers
    mark = re.search(r'name="fee" value="([^"]+)" checked', papers)[1]
    assert quick(clerk, COPIES, fee=mark).status_code == 303
    newest = server.store.read(dossiers.newest, 1)[0].code
    assert [one.amount for one in fees_of(server, newest)] == [8000]
    assert quick(clerk, COPIES).status_code == 303
    assert fees_of(server, server.store.read(dossiers.newest, 1)[0].code) == []
    before = seq(server)
    assert quick(clerk, FREE, fee=mark).status_code == 409
    assert seq(server) == before
    assert "ghi ở tờ đầy đủ" in clerk.get(f"/counter/1/papers?procedure={DOUBTFUL}").text
