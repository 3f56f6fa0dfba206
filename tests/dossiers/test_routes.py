"""The desk on dossiers by HTTP: found, seen, acted on; refused in words, what was typed kept; scope, privacy."""

import logging

import pytest
import structlog

from domain.dossiers import Act, Status
from operations import processing
from operations.processing import Doing
from store import dossiers
from tests.dossiers.desks import IDENTITY, NAME, Desk
from tests.support.asking import request_id, seq

MASKED = "*********313"


def status(desk: Desk, code: str) -> Status:
    return desk.dossier(code).status


@pytest.mark.parametrize(
    "typed",
    ["{code}", "{code}\r\n", "261123-0001", "nguyen thi mau", "NGUYỄN MẪU", "mau", IDENTITY, "079201 777313",
     f"{IDENTITY}||{NAME}|05021999|Nữ|Thôn 2|20062022"],
)  # fmt: skip
def test_it_is_found_by_code_part_name_number_and_card(desk, typed):
    code = desk.received()
    desk.received("LÊ VĂN THỬ", "038199000001")
    answer = desk.search(typed.format(code=code))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dossiers/{code}")


def test_several_are_listed_with_their_owners(desk):
    codes = [desk.received(), desk.received("NGUYỄN MẪU ĐƠN", "")]
    answer = desk.search("nguyen mau")
    assert answer.status_code == 200
    assert all(code in answer.text for code in codes) and "NGUYỄN MẪU ĐƠN" in answer.text


@pytest.mark.parametrize(
    ("typed", "told"), [("12", 422), ("", 422), ("---", 422), ("xyz abc", 200), ("07920177731", 200)]
)
def test_what_finds_nothing_says_so(desk, typed, told):
    desk.received()
    answer = desk.search(typed)
    assert answer.status_code == told
    assert ("ít nhất ba ký tự" in answer.text) is (told == 422)


def test_the_whole_life_through_forms(desk):
    code = desk.received()
    assert desk.act(code, Act.HAND_OVER, unit="so-tai-chinh").status_code == 303
    assert desk.act(code, Act.TAKE_OVER, "cb09").status_code == 303
    assert desk.dossier(code).unit == "so-tai-chinh"
    assert desk.act(code, Act.ASK_SUPPLEMENT, words="Thiếu bản sao", paper="Bản sao", other_papers="Giấy A\nGiấy B",
                    basis="NĐ 118", answer_by="2026-12-01").status_code == 303  # fmt: skip
    desk.clock.forward(hours=3)
    assert desk.act(code, Act.TAKE_SUPPLEMENT).status_code == 303
    assert desk.act(code, Act.EXTEND, words="Xin lỗi Ông/Bà", day="2026-12-04").status_code == 303
    assert desk.act(code, Act.PROGRESS, words="Đang trình ký").status_code == 303
    assert desk.act(code, Act.ASK_PAYMENT, words="Nộp 10.000 đồng").status_code == 303
    assert desk.act(code, Act.NOTE_PAYMENT).status_code == 303
    assert desk.act(code, Act.CORRECT, words="Sai tên", owner_name="NGUYỄN THỊ MẬN").status_code == 303
    assert desk.act(code, Act.RESOLVE, result=["KQ.G15.000038"]).status_code == 303
    assert desk.act(code, Act.RETURN, "cb08", handing="owner:card").status_code == 303
    found = desk.dossier(code)
    assert (found.status, found.steps, found.handed_to) == (Status.RETURNED, 11, "")
    page = desk.of("cb01").get(f"/dossiers/{code}").text
    for told in ("NGUYỄN THỊ MẬN", "Giấy B", "Đang trình ký", "Xin lỗi Ông/Bà", "đã xem căn cước", MASKED):
        assert told in page, told
    assert desk.search("nguyen thi man").status_code == 303
    assert desk.search("nguyen thi mau").status_code == 200, "under the wrong name it is found no more"


def test_stop_resume_withdraw_and_refuse_are_acts_too(desk):
    code, other = desk.received(), desk.received()
    for act, then in ((Act.PROGRESS, Status.UNDER_WAY), (Act.STOP, Status.STOPPED), (Act.RESUME, Status.UNDER_WAY)):
        assert desk.act(code, act, words="Theo quyết định").status_code == 303
        assert status(desk, code) is then
    assert desk.act(other, Act.WITHDRAW, words="Người dân xin rút").status_code == 303
    assert status(desk, other) is Status.WITHDRAWN
    assert desk.act(desk.arrived(), Act.REFUSE, words="Không thuộc thẩm quyền").status_code == 303


def test_an_online_dossier_waits_for_its_answer_and_is_accepted(desk):
    code = desk.arrived()
    assert code in desk.of("cb01").get("/dossiers/waiting/answer").text
    assert "Tiếp nhận hồ sơ trực tuyến" in desk.of("cb01").get(f"/dossiers/{code}").text
    assert desk.act(code, Act.ACCEPT).status_code == 303
    assert status(desk, code) is Status.RECEIVED
    assert code not in desk.of("cb01").get("/dossiers/waiting/answer").text


def test_only_what_the_table_allows_is_offered(desk):
    code = desk.received()
    page = desk.of("cb01").get(f"/dossiers/{code}").text
    assert "/acts/handed-over" in page and "/acts/returned" not in page and "/acts/accepted" not in page
    assert "beyond=1" not in page
    assert "/acts/returned?beyond=1" in desk.of("ql01").get(f"/dossiers/{code}").text


@pytest.mark.parametrize(
    ("act", "form", "told", "kept"),
    [
        ("returned", {"handing": "owner:card", "words": "chờ ở quầy"}, 409, "chờ ở quầy"),
        ("progressed", {"words": ""}, 422, "bắt buộc"),
        ("progressed", {"words": "đang làm", "seen": "7"}, 409, "đang làm"),
        ("handed-over", {"unit": "khong-co", "words": "gửi"}, 404, "gửi"),
        ("extended", {"day": "2026-11-29", "words": "chủ nhật"}, 422, "chủ nhật"),
        ("extended", {"day": "x", "words": "ngày lạ"}, 422, "ngày lạ"),
        ("corrected", {"owner_name": "A", "identity": "12", "words": "số sai"}, 422, "số sai"),
        ("supplement-asked", {"paper": "Tờ khai", "words": ""}, 422, "Tờ khai"),
        ("supplement-asked", {"answer_by": "2026-11-01", "words": "quá khứ"}, 422, "quá khứ"),
        ("progressed", {"words": "a" * 2001}, 422, "aaa"),
        ("progressed", {"words": "ngoài bảng", "beyond": "1"}, 403, "ngoài bảng"),
    ],
)
def test_a_refusal_stands_on_the_form_with_what_was_typed(desk, act, form, told, kept):
    code = desk.received()
    desk.of("cb01")  # signing in is an event too
    before = seq(desk.server)
    answer = desk.act(code, act, **form)
    assert (answer.status_code, seq(desk.server)) == (told, before)
    assert (
        'role="alert"' in answer.text
        and kept in answer.text
        and f'action="/dossiers/{code}/acts/{act}"' in answer.text
    )


def test_beyond_the_table_a_supervisor_acts_with_a_reason(desk):
    code = desk.received()
    assert desk.act(code, Act.RETURN, "ql01", handing="owner:card", beyond="1").status_code == 422
    assert desk.act(code, Act.STOP, "ql01", words="Theo chỉ đạo", beyond="1").status_code == 303
    assert "ngoài bảng" in desk.of("ql01").get(f"/dossiers/{code}").text


def test_a_form_sent_twice_is_one_step(desk):
    code, sent = desk.received(), request_id()
    for _ in range(2):
        assert desk.act(code, Act.PROGRESS, words="một lần", seen=0, request_id=sent).status_code == 303
    assert desk.dossier(code).steps == 1


def test_a_foreign_page_does_nothing(desk):
    code = desk.received()
    answer = desk.of("cb01").post(
        f"/dossiers/{code}/acts/progressed",
        data={"words": "x", "seen": 0},
        headers={"Origin": "https://evil.example"},
    )
    assert (answer.status_code, desk.dossier(code).steps) == (403, 0)


@pytest.mark.parametrize(
    ("person", "told"), [("cb10", 404), ("cb09", 404), ("cb08", 200), ("ql02", 200), ("ql04", 200)]
)
def test_another_agencys_dossier_is_unknown(desk, person, told):
    code = desk.received()
    page = desk.of(person).get(f"/dossiers/{code}")
    assert page.status_code == told
    found = desk.search(code, person)
    assert (found.status_code == 303) is (told == 200)
    files = desk.of(person).get(f"/dossiers/{code}/files").status_code
    assert files == (403 if person == "ql04" else told), "its files are seen as far as it is"
    if told == 404:
        assert desk.of(person).post(
            f"/dossiers/{code}/acts/progressed", data={"words": "x", "seen": 0}
        ).status_code == 404  # fmt: skip
        assert code not in desk.of(person).get("/dossiers/register").text


def test_who_is_handed_a_dossier_sees_it_and_alone_takes_it_over(desk):
    code = desk.received()
    desk.act(code, Act.HAND_OVER, unit="dat-dai")
    assert code in desk.of("cb10").get("/dossiers/waiting/handed").text
    assert "/acts/taken-over" in desk.of("cb10").get(f"/dossiers/{code}").text
    assert desk.of("cb09").get(f"/dossiers/{code}").status_code == 404


def test_an_auditor_reads_no_name_no_number_no_words_and_does_nothing(desk):
    code = desk.received()
    desk.act(code, Act.PROGRESS, words="Bà Mẫu đã bổ sung")
    page = desk.of("ql04").get(f"/dossiers/{code}").text
    for secret in (NAME, "313", "Bà Mẫu", "/acts/"):
        assert secret not in page
    assert desk.search("nguyen thi mau", "ql04").status_code == 200, "a name finds nothing for who may not know it"
    assert desk.act(code, Act.PROGRESS, "ql04", words="x").status_code == 403


@pytest.mark.parametrize("act", [Act.PROGRESS, Act.STOP, Act.CORRECT, Act.RESOLVE])
def test_a_result_officer_only_hands_out(desk, act):
    code = desk.received()
    assert desk.of("cb08").get(f"/dossiers/{code}/acts/{act}").status_code == 403
    assert desk.act(code, act, "cb08", words="x").status_code == 403


def test_a_number_is_shown_once_after_its_reason_was_noted(desk):
    code = desk.received()
    clerk, address = desk.of("cb01"), f"/dossiers/{code}"
    assert MASKED in clerk.get(address).text and IDENTITY not in clerk.get(address).text
    for wrong in ("", "tò mò"):
        assert (
            clerk.post(f"{address}/identity", data={"reason": wrong, "request_id": request_id()}).status_code == 422
        )
    before = seq(desk.server)
    shown = clerk.post(f"{address}/identity", data={"reason": "compare", "request_id": request_id()})
    assert shown.status_code == 200 and IDENTITY in shown.text and shown.headers["cache-control"] == "no-store"
    assert seq(desk.server) == before + 1
    assert IDENTITY not in clerk.get(address).text


def test_lists_and_counts_follow_the_calendar(desk):
    code = desk.received()
    clerk = desk.of("cb01")
    assert code not in clerk.get("/dossiers/waiting/due-soon").text
    desk.clock.forward(days=3)  # Thursday: due on Friday
    assert code in clerk.get("/dossiers/waiting/due-soon").text
    desk.clock.forward(days=1)
    assert "hạn hôm nay" in clerk.get(f"/dossiers/{code}").text
    desk.clock.forward(days=3)
    assert code in clerk.get("/dossiers/waiting/overdue").text
    assert "quá hạn 3 ngày" in clerk.get(f"/dossiers/{code}").text
    assert "xin lỗi Ông/Bà" in clerk.get(f"/dossiers/{code}/acts/extended").text
    desk.do(processing.note, Act.PROGRESS, Doing(code, "cb01", b"x"))
    desk.do(processing.do, Act.ASK_SUPPLEMENT, Doing(code, "cb01", b"x"))
    assert code not in clerk.get("/dossiers/waiting/overdue").text, "it waits for the citizen"


@pytest.mark.parametrize("path", ["/dossiers/waiting/none", "/dossiers/x/acts/none", "/dossiers/none"])
def test_what_is_not_there_is_not_found(desk, path):
    assert desk.of("cb01").get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-12-01&to=2026-11-01", "from=2020-01-01&to=2026-01-01", "from=0001-01-01"]
)
def test_a_register_of_wrong_days_says_so(desk, query):
    answer = desk.of("cb01").get(f"/dossiers/register?{query}")
    assert answer.status_code == 422 and "dài nhất một năm" in answer.text


def test_the_register_goes_on_page_by_page(desk):
    codes = [desk.received() for _ in range(32)]
    first = desk.of("cb01").get("/dossiers/register").text
    assert codes[0] in first and codes[31] not in first
    after = desk.server.store.read(dossiers.find, codes[29]).seq
    assert f"after={after}" in first
    assert codes[31] in desk.of("cb01").get(f"/dossiers/register?after={after}").text


def traces(desk: Desk, caplog, logged) -> str:
    """All that the desk leaves in addresses, logs and the journal."""
    journal = desk.server.store.read(
        lambda db: str(db.execute("SELECT kind, CAST(payload AS TEXT) FROM journal").fetchall())
    )
    return journal + str(logged) + caplog.text


@pytest.fixture
def sung(desk, caplog):
    """A name and a number through every page of the desk."""
    caplog.set_level(logging.DEBUG)
    addresses = []
    with structlog.testing.capture_logs() as logged:
        code = desk.received()
        clerk = desk.of("cb01")
        clerk.event_hooks = {
            "response": [lambda r: addresses.append(f"{r.request.url} {r.headers.get('location')}")]
        }
        for text in (NAME, IDENTITY, "nguyen thi mau", code):
            desk.search(text)
        clerk.post(f"/dossiers/{code}/identity", data={"reason": "compare", "request_id": request_id()})
        desk.act(code, Act.PROGRESS, words=f"{NAME} {IDENTITY}")
        desk.act(code, Act.CORRECT, words=NAME, owner_name=f"{NAME} A", identity=IDENTITY)
        desk.act(code, Act.RETURN, words=NAME, handing="owner:card")
        clerk.get("/dossiers/register")
        return traces(desk, caplog, logged) + str(addresses)


def canaries(text: str) -> list[str]:
    return [one for one in (NAME, IDENTITY, "nguyen", "NGUY") if one in text]


def test_no_name_and_no_number_stands_in_an_address_a_log_or_the_journal(sung):
    assert "IdentityRevealed" in sung and "/dossiers" in sung
    assert canaries(sung) == []


@pytest.mark.planted
def test_planted_a_name_in_an_address_is_heard(sung):
    assert canaries(f"{sung} GET /dossiers?text={IDENTITY}") == [IDENTITY]
