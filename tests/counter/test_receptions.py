"""The reception page without a browser: three ways out, a batch, a reference, online dossiers, any text at all."""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.applicants import from_bytes, particulars, words_from_bytes
from domain.procedures import Procedure
from operations import intake, ticketing
from store import dossiers, jobs, receptions
from store.writer import Act
from tests.counter.test_routes import press
from tests.support.asking import a_number, a_procedure, request_id, seq
from tests.support.halls import demo_procedures

PATH = "/counter/1/reception"
CARD = "001090123456|012345678|Nguyễn Văn A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021"
RESIDENCE, COPIES, PERMIT = "1.004194", "2.000908", "1.013225"


def of_code(code: str) -> Procedure:
    """The procedure in the demo's catalogue."""
    return next(one for one in demo_procedures() if one.code == code)


def fields(page: str) -> dict[str, str]:
    """What the page would send if nothing were touched: hidden fields alone."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('id="reception"')[1]))


def sheet(clerk, procedure: str = "", **typed: str) -> dict[str, str]:
    """A sheet for this procedure with one paper ticked and an owner."""
    procedure = procedure or a_procedure()
    kept = fields(clerk.get(f"{PATH}?procedure={procedure}").text)
    usual = {
        "procedure": procedure,
        "channel": "1",
        "owner_name": "LÊ THỊ THỬ",
        "p0-taken": "1",
        "fee_timing": "later",
    }
    return {**kept, **usual, "request_id": request_id(), **typed}


def send(clerk, way: str, procedure: str = "", **typed: str):
    return clerk.post(PATH, data={**sheet(clerk, procedure, **typed), "way": way})


def received(answer) -> str:
    """The code in the address where a reception leads."""
    assert answer.status_code == 303, re.findall(r'class="(?:wrong|failure)"[^>]*>([^<]*)', answer.text)
    return answer.headers["location"].rsplit("/", 1)[1]


def kept_of(server, code: str):
    """What was sealed of a dossier."""
    found = server.store.read(dossiers.find, code)
    sealed = server.store.read(dossiers.sealed_particulars, found.particulars)
    return found, from_bytes(server.app.state.house.vault.unseal(sealed))


def check_whole(server, clerk) -> None:
    """Everything that was typed is in the book, and only where it belongs."""
    ticket = server.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich").id
    press(clerk, "calls", seen="0")
    answer = send(
        clerk, "receive", seen=str(ticket), again="1", identity="038190000001", phone="0900000001",
        email="thu@example.vn", address="Thôn 2", owner_kind="4", delivery="1", deliver_to="Thôn 3",
        acting_name="TRẦN VĂN THAY",
        acting_identity="001090123456", authorisation="Giấy ủy quyền số 5", summary="Khai sinh", channel="3",
        **{"p1-originals": "2", "p1-certified": "1", "p1-copies": "3", "p2-digitised": "1", "p3-reused": "1",
           "p8-name": "Đơn viết tay", "p8-taken": "1"},
    )  # fmt: skip
    found, told = kept_of(server, received(answer))
    assert (found.ticket, found.facts["channel"], found.facts["delivery"], found.facts["owner_kind"]) == (
        ticket, 3, 1, 4)  # fmt: skip
    assert (told.owner.identity, told.owner.email, told.deliver_to) == ("038190000001", "thu@example.vn", "Thôn 3")
    assert (told.representative.name, told.authorisation) == ("TRẦN VĂN THAY", "Giấy ủy quyền số 5")
    shapes = [(p.originals, p.certified, p.copies, p.digitised, p.reused) for p in told.papers]
    assert shapes == [(1, 0, 0, False, False), (2, 1, 3, False, False), (0, 0, 0, True, False),
                      (0, 0, 0, False, True), (1, 0, 0, False, False)]  # fmt: skip
    assert told.papers[-1].name == "Đơn viết tay"
    assert server.store.read(jobs.print_job_of, "receipt", found.code) is not None
    end = clerk.get(answer.headers["location"])
    assert found.code in end.text
    assert "038190000001" not in end.text + str(answer.headers)
    assert clerk.get(f"/dossiers/{found.code}/forms/receipt").headers["content-type"] == "application/pdf"


def test_a_dossier_is_received_with_all_that_was_typed(server, clerk):
    check_whole(server, clerk)


@pytest.mark.planted
def test_a_representative_who_is_lost_is_found(server, clerk, monkeypatch):
    whole = particulars
    monkeypatch.setattr(
        "counter.receptions.particulars", lambda o, s, p, acting, *more: whole(o, s, p, None, *more)
    )
    with pytest.raises(AttributeError):
        check_whole(server, clerk)


def test_the_due_date_is_told_before_with_its_reasons_and_the_fee_word_for_word(clerk):
    page = clerk.get(f"{PATH}?procedure={a_procedure()}").text
    assert "Nếu nhận bây giờ, hẹn trả" in page and "Theo lịch làm việc" in page
    fee = next(row.fee_text for row in of_code(a_procedure()).channels if row.channel == "direct")
    assert html.escape(fee)[:200] in page


@pytest.mark.parametrize(("way", "form"), [("complete", "02"), ("refuse", "03")])
def test_who_is_turned_away_gets_it_in_writing_and_no_dossier(server, clerk, way, form):
    before = server.store.read(lambda db: db.execute("SELECT count(*) FROM dossiers").fetchone()[0])
    answer = send(clerk, way, words="Thiếu tờ khai, mời bổ sung", basis="Điều 16", **{"p1-missing": "1"})
    turned = server.store.read(receptions.turned, int(received(answer)))
    vault = server.app.state.house.vault
    told = words_from_bytes(vault.unseal(server.store.read(dossiers.sealed_words, turned.words)))
    assert (turned.way, told.text, told.basis, len(told.papers)) == (
        way,
        "Thiếu tờ khai, mời bổ sung",
        "Điều 16",
        1,
    )
    assert server.store.read(lambda db: db.execute("SELECT count(*) FROM dossiers").fetchone()[0]) == before
    end = clerk.get(answer.headers["location"]).text
    assert "Thiếu tờ khai, mời bổ sung" in end
    link = re.search(r'href="(/dossiers/turned/\d+/form)"', end)[1]
    assert clerk.get(link).headers["content-type"] == "application/pdf", form


def test_missing_papers_alone_are_enough_to_ask_and_too_many_to_receive(server, clerk):
    assert send(clerk, "complete", **{"p1-missing": "1"}).status_code == 303
    before = seq(server)
    refused = send(clerk, "receive", **{"p1-missing": "1"})
    assert refused.status_code == 409
    assert "Còn giấy tờ đánh dấu thiếu" in refused.text and "Còn thiếu giấy tờ này" in refused.text
    assert seq(server) == before


def test_every_field_has_its_own_sentence_and_keeps_its_words(server, clerk):
    answer = send(clerk, "receive", **{"p0-originals": "nhiều"}, summary="x" * 1001)
    assert "Mục này dài quá: nhiều nhất 1000" in answer.text and "Số lượng phải là số" in answer.text
    answer = send(clerk, "receive", owner_name="", identity="12", phone="abc", email="x", summary="Giữ lại lời này")
    assert answer.status_code == 422
    for name in ("owner_name", "identity", "phone", "email"):
        assert re.search(rf'id="wrong-{name}">[^<]+<', answer.text), name
    assert "Giữ lại lời này" in answer.text and 'value="abc"' in answer.text


def test_a_card_fills_the_sheet_proves_nothing_and_stands_in_no_address(clerk):
    answer = clerk.post(PATH, data={**sheet(clerk, owner_name="", phone="0900000001"), "card": CARD, "way": "show"})
    assert 'value="Nguyễn Văn A"' in answer.text and 'value="001090123456"' in answer.text
    assert "không có chữ ký" in answer.text and 'value="0900000001"' in answer.text
    assert "của: nam, sinh năm 1990" in answer.text
    acting = clerk.post(PATH, data={**sheet(clerk), "card": CARD, "way": "acting-card"})
    assert 'name="acting_name" value="Nguyễn Văn A"' in acting.text and 'value="LÊ THỊ THỬ"' in acting.text
    wrong = clerk.post(PATH, data={**sheet(clerk), "card": "893", "way": "show"})
    assert "Không đọc được mã QR" in wrong.text and 'value="LÊ THỊ THỬ"' in wrong.text


def test_a_number_of_somebody_not_born_yet_is_refused(clerk):
    answer = send(clerk, "receive", identity="001399000001")
    assert answer.status_code == 422 and "năm sinh 2099" in answer.text


def test_the_same_person_with_the_same_procedure_is_told_once_and_may_go_on(server, clerk):
    number = f"0381{a_number():08d}"
    number = number[:4] + "90" + number[6:]
    code = received(send(clerk, "receive", identity=number))
    asked = clerk.post("/counter/1/identities", data={"identity": number, "procedure": a_procedure()})
    assert code in asked.text and number not in asked.text
    again = send(clerk, "receive", identity=number)
    assert again.status_code == 409 and code in again.text and "Vẫn tiếp nhận" in again.text
    assert received(send(clerk, "receive", identity=number, again="1")) != code


def test_a_checklist_drawn_for_another_procedure_is_drawn_anew_not_misread(server, clerk):
    typed = sheet(clerk)
    before = seq(server)
    answer = clerk.post(PATH, data={**typed, "procedure": COPIES, "way": "receive"})
    assert answer.status_code == 409 and "Danh mục giấy tờ vừa đổi" in answer.text
    assert seq(server) == before


def test_a_case_shows_its_own_papers(clerk):
    page = clerk.get(f"{PATH}?procedure={PERMIT}").text
    cases = re.findall(r'<option value="(\(1\.[^"]+)"', page)
    assert len(cases) == 7
    one = clerk.post(PATH, data={"procedure": PERMIT, "case": cases[0], "way": "show"}).text
    assert 0 < one.count('class="paper"') < page.count('class="paper"')


def test_the_quick_form_of_the_desk_opens_the_sheet_with_what_was_typed(clerk):
    paper = re.search(r'name="paper" value="([^"]+)"', clerk.get(f"/counter/1/papers?procedure={COPIES}").text)[1]
    typed = {"procedure": COPIES, "owner_name": "LÊ THỊ THỬ", "phone": "0900000001", "paper": paper, "way": "open"}
    page = clerk.post(PATH, data=typed).text
    assert 'value="LÊ THỊ THỬ"' in page and 'value="0900000001"' in page
    assert 'name="p0-taken" value="1" checked' in page


def test_somebody_else_was_called_meanwhile(server, clerk):
    typed = sheet(clerk)
    server.store.write_now(Act("t"), ticketing.take_ticket, "ho-tich")
    press(clerk, "calls", seen="0")
    before = seq(server)
    answer = clerk.post(PATH, data={**typed, "way": "receive"})
    assert answer.status_code == 409 and "Màn hình vừa thay đổi" in answer.text
    assert seq(server) == before


def test_an_impatient_press_is_one_dossier(server, clerk):
    typed = {**sheet(clerk), "way": "receive"}
    codes = {received(clerk.post(PATH, data=typed)) for _ in range(3)}
    assert len(codes) == 1


def test_of_a_procedure_in_a_ministrys_system_only_the_reference_is_kept(server, clerk):
    placement = next(p for p in server.store.centre().procedures if p.system)
    page = clerk.get(f"{PATH}?procedure={placement.code}").text
    assert placement.system in page and 'name="owner_name"' not in page
    wrong = clerk.post(PATH, data={"procedure": placement.code, "reference": "?", "way": "reference"})
    assert wrong.status_code == 422 and 'id="wrong-reference"' in wrong.text
    done = clerk.post(PATH, data={"procedure": placement.code, "reference": "LT-2026/000123", "way": "reference"})
    assert done.status_code == 303
    assert "LT-2026/000123" in clerk.get(done.headers["location"]).text


def batch(count: int, **more: str) -> dict[str, str]:
    form = {"request_id": request_id(), "lines": "5", "acting_name": "TRẦN VĂN THAY", "way": "receive"}
    for n in range(count):
        form |= {
            f"r{n}-procedure": a_procedure(),
            f"r{n}-owner_name": f"CHỦ HỒ SƠ {'ABCDE'[n]}",
            f"r{n}-whole": "1",
        }
    return {**form, **more}


def check_batch(server, clerk) -> None:
    """All of them or none, tied together, one list at the end."""
    done = clerk.post(f"{PATH}/batch", data=batch(3))
    code = received(done)
    together = server.store.read(dossiers.together, code)
    assert len(together) == 3
    page = clerk.get(done.headers["location"]).text
    assert "Biên bản giao nhận" in page and all(one.code in page for one in together) and "CHỦ HỒ SƠ C" in page
    before = seq(server)
    wrong = clerk.post(f"{PATH}/batch", data=batch(3, **{"r1-identity": "12"}))
    assert wrong.status_code == 422 and "CHỦ HỒ SƠ C" in wrong.text and "12 chữ số" in wrong.text
    assert seq(server) == before


def test_one_representative_hands_in_several(server, clerk):
    check_batch(server, clerk)
    assert clerk.post(f"{PATH}/batch", data=batch(0)).status_code == 409
    assert 'name="r9-procedure"' in clerk.post(f"{PATH}/batch", data=batch(1, way="more")).text


@pytest.mark.planted
def test_a_batch_that_is_half_received_is_found(server, clerk, monkeypatch):
    whole = intake.receive_together
    monkeypatch.setattr(intake, "receive_together", lambda tx, n, who, taken: whole(tx, n, who, taken[:1]))
    with pytest.raises(AssertionError):
        check_batch(server, clerk)


_ANY = st.text(max_size=40) | st.sampled_from(
    ["1", "0", "12", "038190000001", "\x00", "{{7*7}}", "x" * 3000, "\ud7ff"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    typed=st.dictionaries(
        st.sampled_from(["owner_name", "identity", "phone", "email", "address", "acting_name", "acting_identity",
                         "delivery", "channel", "owner_kind", "case", "words", "basis", "card", "seen", "again",
                         "p0-originals", "p1-copies", "p8-name", "p8-taken", "p0-missing", "reference", "procedure",
                         "drawn", "request_id"]),
        _ANY, max_size=8,
    ),
    way=st.sampled_from(["receive", "complete", "refuse", "reference", "show", "open", "acting-card", "x"]),
)  # fmt: skip
def test_any_text_gives_a_dossier_or_a_sentence(server, clerk, typed, way):
    before = seq(server)
    usual = {"procedure": a_procedure(), "channel": "1", "owner_name": "LÊ THỬ", "p0-taken": "1"}
    answer = clerk.post(PATH, data={**usual, **typed, "way": way})
    assert answer.status_code in (200, 303, 404, 409, 422)
    if answer.status_code == 303:
        assert re.fullmatch(
            r"/counter/1/(reception/[A-Z0-9.-]+|turned/\d+|references/\d+)", answer.headers["location"]
        )
    else:
        assert seq(server) == before


def test_a_number_and_a_name_stand_in_no_journal_log_or_address(server, clerk, capfd, caplog):
    name, number = "NGUYỄN THỊ CHIM YẾN", "038190765432"
    answers = [
        send(clerk, "receive", owner_name=name, identity=number, acting_name=name, acting_identity=number),
        send(clerk, "refuse", owner_name=name, identity=number, words=f"{name} {number}"),
        clerk.post("/counter/1/identities", data={"identity": number, "procedure": a_procedure()}),
        clerk.post(
            PATH, data={**sheet(clerk), "card": f"{number}||{name}|05021990|Nữ|Thôn 2|20062022", "way": "show"}
        ),
        clerk.post(f"{PATH}/batch", data=batch(2, **{"r0-owner_name": name, "r0-identity": number})),
    ]
    assert [a.status_code for a in answers] == [303, 303, 200, 200, 303]
    kept = server.store.path.read_bytes() + server.store.path.with_name("motcua.sqlite-wal").read_bytes()
    printed = "".join(capfd.readouterr()) + caplog.text
    headers = "".join(str(a.headers) + str(a.url) for a in answers)
    for secret in (name, number, "CHIM YẾN"):
        assert secret.encode() not in kept and secret not in printed and secret not in headers
