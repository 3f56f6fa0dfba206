"""Letters from the officers' desk by HTTP, to the sandbox of the axis and back: sent, heard, parked, sent again."""

import asyncio
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pypdf
import pytest

from domain.centre_axis import Axis
from domain.dossiers import Act
from domain.letters import Letter, LetterState, Organisation, Status, StatusMessage, Trace
from dossiers import letter_routes, letter_rows
from operations import corresponding, managing
from portal import letter_worker
from portal.edxml import build
from portal.edxml_reading import read
from portal.sandbox import SandboxThread
from portal.sandbox.axis import ACCOUNTS
from portal.sandbox.axis_state import AxisState
from store import dossiers, letters
from tests.dossiers.desks import NAME, Desk
from tests.portal.callers import PROCEDURE
from tests.portal.letters import LETTER, foreign
from tests.support.asking import request_id, seq
from tests.support.crowd import until
from tests.support.halls import MORNING, HandClock, demo_calendar, demo_centre
from tests.support.servers import running

SYSTEM = "H56.19"
TAX, UNKNOWN = "H56.08", "H99"
TYPED = {
    "receiver": TAX, "number": "12", "notation": "PXL-TTPVHCC", "subject": "Xin lỗi vì trả kết quả chậm",
    "content": "Kính gửi quý cơ quan,\r\nhồ sơ phải xác minh.", "signer": "Lê Thị Mẫu", "position": "Giám đốc",
    "signed": "2026-11-23",
}  # fmt: skip


class Post:
    """What people do with letters at the desk, and the axis outside."""

    def __init__(self, desk: Desk, sandbox: SandboxThread) -> None:
        self.desk, self.sandbox = desk, sandbox

    @property
    def axis(self) -> AxisState:
        return self.sandbox.axis

    def write(self, code: str, purpose: str, who: str = "cb01", **other: str) -> httpx2.Response:
        """Send the form of a letter."""
        form = {"request_id": request_id(), **TYPED, "purpose": purpose, **other}
        return self.desk.of(who).post(f"/dossiers/{code}/letters", data=form)

    def see(self, path: str, who: str = "cb01") -> str:
        """A page that opens."""
        answer = self.desk.of(who).get(path)
        assert answer.status_code == 200, path
        return answer.text

    def mine(self, code: str) -> list[letters.KeptLetter]:
        return self.desk.server.store.read(letters.letters_of, code)

    def said(self, letter: int) -> Letter:
        house = self.desk.server.app.state.house
        kept = house.store.read(letters.find, letter)
        return corresponding.opened(house.vault.unseal(house.store.read(letters.sealed_body, kept.body)))

    def stands(self, code: str, state: LetterState) -> None:
        """Wait until the newest letter of this dossier stands so."""
        asyncio.run(until(lambda: self.mine(code)[0].state is state, 15, f"a letter that is {state}"))


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """cb01 sits at counter 1 of a centre that reaches the axis and asks it without rest."""
    monkeypatch.setattr(letter_worker, "LISTEN_SECONDS", 0.05)
    catalogue, secret, clock = tmp_path / "procedures.jsonl", tmp_path / "secret", HandClock(MORNING)
    catalogue.write_text(json.dumps(PROCEDURE) + "\n", encoding="utf-8")
    secret.write_text(ACCOUNTS[SYSTEM], encoding="utf-8")
    with (
        SandboxThread(catalogue=catalogue, now=clock) as sandbox,
        running(tmp_path / "data", clock, axis_url=sandbox.url, axis_secret_file=secret) as server,
    ):
        server.open_shift("cb01", 1)
        yield Post(Desk(server, clock), sandbox)


def load(desk: Desk, axis: Axis | None) -> None:
    desk.do(managing.load_centre, replace(demo_centre(), axis=axis), demo_calendar())


def extended(desk: Desk) -> tuple[str, str]:
    """A dossier that was put off, and how the form names its apology."""
    code = desk.received()
    desk.act(code, Act.PROGRESS, words="Đang làm")
    assert desk.act(code, Act.EXTEND, words="Phải xác minh", day="2026-12-04").status_code == 303
    step = desk.server.store.read(dossiers.steps_of, code)[-1]
    return code, f"apology:apology:{step.number}"


def test_an_apology_goes_out_with_its_form_and_its_statuses_are_read(post):
    code, purpose = extended(post.desk)
    assert purpose in post.see(f"/dossiers/{code}/letters/new")
    answer = post.write(code, purpose)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dossiers/{code}/letters")
    post.stands(code, LetterState.SENT)
    assert "đã gửi" in post.see(f"/dossiers/{code}/letters")
    (document,) = post.axis.documents
    says = read(document.raw).says
    assert (says.sender.code, says.receivers[0].code, says.subject) == (SYSTEM, TAX, TYPED["subject"])
    assert says.content == "Kính gửi quý cơ quan,\nhồ sơ phải xác minh."
    (file,) = says.attachments
    assert file.name.startswith("Mẫu 04")
    assert NAME in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    for status, told, state in (
        ("03", "tiếp nhận", LetterState.RECEIVED), ("06", "bên nhận đã xử lý xong", LetterState.PROCESSED),
    ):  # fmt: skip
        post.axis.answer(document.axis_id, status)
        post.stands(code, state)
        assert told in post.see(f"/dossiers/{code}/letters")
    answer = post.desk.of("cb01").post(f"/dossiers/letters/{post.mine(code)[0].id}/resends", data={})
    assert answer.status_code == 404, "what has gone is not sent again"


def test_a_parked_letter_says_why_and_is_sent_again(post):
    code = post.desk.received()
    assert post.write(code, "hand-over:control:", receiver="", receiver_code=UNKNOWN,
                      receiver_name="Sở khác").status_code == 303  # fmt: skip
    post.stands(code, LetterState.PARKED)
    for path in (f"/dossiers/{code}/letters", "/dossiers/letters"):
        page = post.see(path)
        assert "Trục báo đơn vị nhận không tồn tại" in page and "Gửi lại" in page and "sign bad" in page
    number = post.mine(code)[0].id
    form = {"request_id": request_id(), "back": f"/dossiers/{code}/letters"}
    answers = [post.desk.of("cb01").post(f"/dossiers/letters/{number}/resends", data=form) for _ in range(2)]
    assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, f"/dossiers/{code}/letters")] * 2
    told = post.desk.server.store.read(
        lambda db: db.execute("SELECT count(*) FROM journal WHERE kind = 'LetterResent'").fetchone()
    )
    assert told == (1,), "pressed twice, sent again once"
    (file,) = post.said(number).attachments
    assert "PHIẾU KIỂM SOÁT" in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text().upper()


def test_a_form_sent_twice_is_one_letter(post):
    code, sent = post.desk.received(), request_id()
    written = str(int(post.desk.clock().timestamp() * 1000))
    for _ in range(2):
        assert post.write(code, "hand-over:control:", request_id=sent, written=written).status_code == 303
        post.desk.clock.forward(seconds=70)
    assert len(post.mine(code)) == 1


@pytest.mark.parametrize(
    ("other", "told", "word"),
    [
        ({"receiver": ""}, 422, "cơ quan nhận"),
        ({"receiver_code": "H56.07"}, 422, "cả mã và tên"),
        ({"receiver": "H1.99"}, 422, "cơ quan nhận"),
        ({"receiver": "", "receiver_code": "<b>", "receiver_name": "Sở"}, 409, "mã cơ quan nhận"),
        ({"receiver": "", "receiver_code": "H56.19", "receiver_name": "Ta"}, 409, "cơ quan nhận"),
        ({"number": "12 a"}, 409, "số văn bản"),
        ({"notation": "A B"}, 409, "ký hiệu văn bản"),
        ({"subject": " "}, 422, "trích yếu"),
        ({"content": "a" * 10_001}, 422, "nội dung"),
        ({"content": "a\x07b"}, 409, "nội dung"),
        ({"signer": ""}, 422, "người ký"),
        ({"signed": "2026-11-24"}, 422, "ngày ký"),
        ({"signed": "x"}, 422, "ngày ký"),
        ({"purpose": "apology:apology:9"}, 404, "chưa có giấy tờ"),
        ({"written": "-1"}, 422, "written"),
    ],
)
def test_a_refusal_stands_on_the_form_with_what_was_typed(post, other, told, word):
    code = post.desk.received()
    post.desk.of("cb01")
    before = seq(post.desk.server)
    answer = post.write(code, **{"purpose": "consultation::", **other})
    assert (answer.status_code, seq(post.desk.server)) == (told, before), answer.text[-900:]
    assert (
        'role="alert"' in answer.text and word in answer.text and "PXL-TTPVHCC" in answer.text
    ) or "notation" in other
    assert f'action="/dossiers/{code}/letters"' in answer.text
    assert not post.mine(code)


def test_the_same_number_is_not_used_twice(post):
    code = post.desk.received()
    assert post.write(code, "consultation::").status_code == 303
    answer = post.write(code, "consultation:control:")
    assert answer.status_code == 409 and "đã được gửi rồi" in answer.text


def test_a_letter_that_arrived_is_read_and_its_files_only_saved(post):
    post.axis.put_in_unread(foreign(b"<script>alert(1)</script>"), "28.22.H17", SYSTEM)
    asyncio.run(until(lambda: bool(post.desk.server.store.read(letters.newest, 5, arrived=True)), 15, "it arrives"))
    (kept,) = post.desk.server.store.read(letters.newest, 5, arrived=True)
    page = post.see("/dossiers/letters")
    for told in ("chưa kiểm tra chữ ký", "V/v trả lời ý kiến", "28.22.H17", "7816/UBND-VP"):
        assert told in page, told
    files = post.said(kept.id).attachments
    page = post.see(f"/dossiers/letters/{kept.id}")
    assert files[0].name in page and "chưa kiểm tra chữ ký" in page
    answer = post.desk.of("cb01").get(f"/dossiers/letters/{kept.id}/files/1")
    assert (answer.status_code, answer.content) == (200, files[0].content)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and "sandbox" in answer.headers["content-security-policy"]
    )
    for path in (f"{kept.id}/files/2", f"{kept.id}/files/0", "999999", "999999/files/1"):
        assert post.desk.of("cb01").get(f"/dossiers/letters/{path}").status_code == 404


def arrived(post: Post) -> int:
    """A letter with a file whose name and type would be a page."""
    house = post.desk.server.app.state.house
    file = replace(LETTER.attachments[0], name="trang 100%.html", media_type="text/html", content=b"<b>x</b>")
    sealed = house.vault.seal(msgspec.json.encode(replace(LETTER, attachments=(file,))))
    return int(post.desk.do(corresponding.take_in, corresponding.NewArrival("H56.07", "nr-1", "d", sealed, sealed)))


def test_a_page_among_the_files_is_bytes_for_saving(post):
    answer = post.desk.of("cb01").get(f"/dossiers/letters/{arrived(post)}/files/1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''trang%20100%25.html")


def seen_by_a_department(post: Post) -> list[str]:
    """Which addresses of others' letters the finance department's clerk can open."""
    code = post.desk.received()
    post.write(code, "hand-over:control:")
    number, other = post.mine(code)[0].id, arrived(post)
    paths = [f"/dossiers/{code}/letters", f"/dossiers/{code}/letters/new"]
    paths += [f"/dossiers/letters/{one}{rest}" for one in (number, other) for rest in ("", "/files/1")]
    opened = [path for path in paths if post.desk.of("cb09").get(path).status_code != 404]
    page = post.see("/dossiers/letters", "cb09")
    return opened + [text for text in (TYPED["subject"], LETTER.subject) if text in page]


def test_another_departments_letters_are_unknown(post):
    assert seen_by_a_department(post) == []


@pytest.mark.planted
def test_a_desk_that_shows_everybodys_letters_is_noticed(post, monkeypatch):
    monkeypatch.setattr(letter_rows, "is_seen", lambda *_: True)
    assert seen_by_a_department(post)


def test_without_an_axis_one_sentence_says_so(post):
    code = post.desk.received()
    load(post.desk, None)
    post.desk.of("cb01")
    before = seq(post.desk.server)
    for path in ("/dossiers/letters", f"/dossiers/{code}/letters", f"/dossiers/{code}/letters/new"):
        page = post.see(path)
        assert "chưa nối Trục liên thông văn bản" in page and "<textarea" not in page
    page = post.see(f"/dossiers/{code}")
    assert "/letters" not in page
    answer = post.write(code, "consultation::")
    assert (answer.status_code, seq(post.desk.server)) == (409, before)


def test_result_officers_read_and_do_not_write(post):
    code = post.desk.received()
    post.write(code, "consultation::")
    assert "Soạn văn bản" not in post.see(f"/dossiers/{code}/letters", "cb08")
    assert post.desk.of("cb08").get(f"/dossiers/{code}/letters/new").status_code == 403
    assert post.write(code, "consultation::", "cb08", number="13").status_code == 403
    assert post.desk.of("ql04").get(f"/dossiers/{code}/letters").status_code == 403
    assert f"/dossiers/{code}/letters" in post.see(f"/dossiers/{code}")


def test_what_a_letter_says_stands_in_no_event(post):
    code = post.desk.received()
    post.write(code, "consultation::", subject="Về bà CHIM YẾN", content="Số 079201777313")
    told: Any = post.desk.server.store.read(
        lambda db: db.execute("SELECT CAST(payload AS TEXT) FROM journal").fetchall()
    )
    assert not [row for row in told if "CHIM" in str(row) or "079201777313" in str(row)]
    assert letter_routes.HOME and post.mine(code)[0].at.date() == date(2026, 11, 23)


def came(post: Post) -> int:
    """A letter of another agency, brought by the axis; its number."""
    sender, ours = Organisation("H56.07", "Chi nhánh Văn phòng đăng ký đất đai"), Organisation(SYSTEM, "Trung tâm")
    letter = replace(LETTER, sender=sender, receivers=(ours,), traces=(Trace("H56.07", MORNING),))
    post.axis.put_in_unread(build(letter), "H56.07", SYSTEM)

    def newest() -> list[letters.KeptLetter]:
        return list(post.desk.server.store.read(letters.newest, 5, arrived=True))

    asyncio.run(until(lambda: bool(newest()), 15, "it arrives"))
    return newest()[0].id


def told(post: Post) -> list[StatusMessage]:
    """The status messages that the axis has of us, in order."""
    messages = [read(one.raw).says for one in post.axis.documents]
    return [one for one in messages if isinstance(one, StatusMessage) and one.sender.code == SYSTEM]


def test_a_letter_that_arrived_is_taken_by_an_officer_and_its_sender_is_told(post):
    letter = came(post)
    asyncio.run(until(lambda: [one.status for one in told(post)] == [Status.ARRIVED], 15, "đã đến"))
    page = post.see(f"/dossiers/letters/{letter}")
    assert "Đã báo cho nơi gửi" in page and "Trả lời nơi gửi" in page
    for status in ("03", "06"):
        form = {"request_id": request_id(), "status": status, "words": "Đã giao phòng chuyên môn"}
        assert post.desk.of("cb01").post(f"/dossiers/letters/{letter}/answers", data=form).status_code == 303
    asyncio.run(until(lambda: len(told(post)) == 3, 15, "all of it"))
    assert [one.status.value for one in told(post)] == ["01", "03", "06"]
    says = post.said(letter)
    assert {one.answers.document for one in told(post)} == {says.document_id}
    assert {one.answers.organ for one in told(post)} == {says.sender.code}
    assert told(post)[1].description == "Đã giao phòng chuyên môn"
    page = post.see(f"/dossiers/letters/{letter}")
    assert "hoàn thành" in page and "Trả lời nơi gửi" not in page, "completed is the end"


def test_a_letter_is_refused_with_a_reason_only(post):
    letter = came(post)
    clerk, where = post.desk.of("cb01"), f"/dossiers/letters/{letter}/answers"
    answer = clerk.post(where, data={"request_id": request_id(), "status": "02", "words": " "})
    assert answer.status_code == 409 and "lý do" in answer.text
    assert clerk.post(where, data={"request_id": request_id(), "status": "77"}).status_code == 422
    form = {"request_id": request_id(), "status": "02", "words": "Không thuộc thẩm quyền"}
    assert clerk.post(where, data=form).status_code == 303
    assert clerk.post(where, data=form | {"request_id": request_id(), "status": "03"}).status_code == 409
    asyncio.run(until(lambda: len(told(post)) == 2, 15, "both"))
    assert (told(post)[1].status, told(post)[1].description) == (Status.REFUSED, "Không thuộc thẩm quyền")


def test_a_letter_goes_to_several_agencies_and_each_answers_for_itself(post):
    code = post.desk.received()
    other = {"receiver_code": "H56.07", "receiver_name": "Chi nhánh Văn phòng đăng ký đất đai"}
    assert post.write(code, "consultation::", **other).status_code == 303
    post.stands(code, LetterState.SENT)
    (document,) = post.axis.documents
    assert [one.code for one in read(document.raw).says.receivers] == [TAX, "H56.07"]
    assert post.mine(code)[0].receivers == (TAX, "H56.07")
    page = post.see(f"/dossiers/letters/{post.mine(code)[0].id}")
    assert TAX in page and "H56.07" in page
