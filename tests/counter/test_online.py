"""Online dossiers at the counter over HTTP: accepted, asked to complete, refused; in words, and never half."""

import re

import pytest

from domain.applicants import applicant, particulars, to_bytes, words, words_from_bytes
from domain.dossiers import Act as Step
from domain.dossiers import ActNotNow, Status
from operations import arrivals
from operations.arrivals import Arrival
from store import dossiers, outbox
from store.writer import Act
from tests.support.asking import a_number, a_procedure, request_id, seq


def arrived(server) -> str:
    """An online dossier that waits."""
    code = f"G22.99-261123-{a_number():05d}"
    house = server.app.state.house
    sealed = house.vault.seal(to_bytes(particulars(applicant("PHẠM THỊ MẠNG", "038190000007", "", ""), "", [])))
    server.store.write_now(Act("t"), arrivals.take_in, Arrival(code, a_procedure(), sealed, house.now()))
    return code


def test_online_dossiers_wait_with_their_clock_and_are_accepted_or_refused(server, clerk):
    first, second = arrived(server), arrived(server)
    page = clerk.get("/counter/1/online").text
    assert first in page and second in page and "giờ làm việc" in page and "*********007" in page
    assert "038190000007" not in page
    done = clerk.post(f"/counter/1/online/{first}/acceptances", data={"request_id": request_id(), "steps": "0"})
    assert done.status_code == 303
    assert server.store.read(dossiers.find, first).status == 2
    late = clerk.post(f"/counter/1/online/{first}/acceptances", data={"request_id": request_id(), "steps": "0"})
    assert late.status_code == 409
    path = f"/counter/1/online/{second}/refusals"
    empty = clerk.post(path, data={"request_id": request_id(), "steps": "0", "words": " "})
    assert empty.status_code == 422 and "cần ghi rõ nội dung hoặc lý do" in empty.text
    assert clerk.post(path, data={"steps": "0", "words": "Không thuộc thẩm quyền"}).status_code == 303
    assert server.store.read(dossiers.find, second).status == 3


def test_another_agencys_online_dossiers_are_neither_shown_nor_accepted(server, clerk):
    """Whoever sits at the land office's counter sees what the land office decides."""
    code = arrived(server)
    server.open_shift("cb10", 10)
    stranger = server.client("cb10")
    assert code not in stranger.get("/counter/10/online").text
    path = f"/counter/10/online/{code}/acceptances"
    assert stranger.post(path, data={"request_id": request_id(), "steps": "0"}).status_code == 404
    assert server.store.read(dossiers.find, code).status == 1


def ask(clerk, code: str, way: str = "completions", **typed):
    form = {"request_id": request_id(), "steps": "0", **typed}
    return clerk.post(f"/counter/1/online/{code}/{way}", data=form)


def steps(server, code: str):
    return server.store.read(dossiers.steps_of, code)


def check_asked(server, clerk) -> None:
    """Received and asked in one transaction, each step told to the portal, what was written sealed."""
    code = arrived(server)
    page = clerk.get("/counter/1/online").text
    paper = re.search(r'name="paper" value="([^"]+)"', page)[1]
    answer = ask(clerk, code, paper=[paper], others="Giấy A\nGiấy B", basis="Điều 16", answer_by="2030-12-02")
    assert answer.status_code == 303, re.findall(r'class="wrong"[^>]*>([^<]*)', answer.text)
    done = steps(server, code)
    assert [(one.act, one.after) for one in done] == [
        (Step.ACCEPT, Status.RECEIVED), (Step.ASK_SUPPLEMENT, Status.SUPPLEMENT),
    ]  # fmt: skip
    assert done[1].facts["answer_by"] and done[1].facts["stage"] == "intake" and done[0].words is None
    told = words_from_bytes(
        server.app.state.house.vault.unseal(server.store.read(dossiers.sealed_words, done[1].words))
    )
    assert [one.name for one in told.papers] == [paper, "Giấy A", "Giấy B"]
    assert told.text.startswith("Đề nghị nộp đủ") and told.basis == "Điều 16"
    assert {one.step for one in server.store.read(outbox.portal_messages_of, code)} >= {1, 2}
    end = clerk.get(answer.headers["location"]).text
    assert f"Đã yêu cầu hoàn thiện hồ sơ {code}" in end and f"/online/{code}/" not in end
    link = re.search(r'href="([^"]+/forms/supplement/2)"', end)[1]
    assert clerk.get(link).headers["content-type"] == "application/pdf"


def test_what_is_missing_is_asked_for_in_writing_and_the_portal_is_told(server, clerk):
    check_asked(server, clerk)


@pytest.mark.planted
def test_papers_that_are_not_asked_for_are_found(server, clerk, monkeypatch):
    monkeypatch.setattr("counter.online.words", lambda text, basis, papers: words(text, basis))
    with pytest.raises(AssertionError):
        check_asked(server, clerk)


def check_whole_or_nothing(server, clerk, monkeypatch) -> None:
    """When the request is refused, it has not been received either."""
    code = arrived(server)

    def refused(*_):
        raise ActNotNow()

    monkeypatch.setattr("operations.arrivals.ask_supplement", refused)
    before = seq(server)
    assert ask(clerk, code, words="Thiếu tờ khai").status_code == 409
    assert (seq(server), server.store.read(dossiers.find, code).status) == (before, Status.NEW)


def test_received_and_asked_or_neither(server, clerk, monkeypatch):
    check_whole_or_nothing(server, clerk, monkeypatch)


def test_without_a_word_and_without_a_paper_nothing_is_asked(server, clerk):
    code = arrived(server)
    before = seq(server)
    answer = ask(clerk, code, basis="Điều 16", others=" \n ")
    assert answer.status_code == 422 and "cần ghi rõ nội dung hoặc lý do" in answer.text
    assert 'value="Điều 16"' in answer.text and seq(server) == before


@pytest.mark.parametrize(
    "typed",
    [{"answer_by": "2001-01-01"}, {"answer_by": "mai"}, {"words": "x" * 2001}, {"basis": "x" * 1001},
     {"others": "\n".join(str(n) for n in range(60))}, {"words": "\x00"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_everything_kept(server, clerk, typed):
    code = arrived(server)
    before = seq(server)
    answer = ask(clerk, code, **{"words": "Giữ lại lời này", **typed})
    assert answer.status_code in (409, 422) and 'class="wrong"' in answer.text
    assert ("Giữ lại lời này" in answer.text) is ("words" not in typed)
    assert seq(server) == before


def test_two_at_once_answer_it_once(server, clerk):
    code = arrived(server)
    assert ask(clerk, code, words="Thiếu tờ khai").status_code == 303
    late = ask(clerk, code, "refusals", words="Không thuộc thẩm quyền")
    assert late.status_code == 409 and 'role="alert"' in late.text
    assert server.store.read(dossiers.find, code).status is Status.SUPPLEMENT


def test_the_press_repeated_is_one_request(server, clerk):
    code, form = arrived(server), {"request_id": request_id(), "steps": "0", "words": "Thiếu tờ khai"}
    for _ in range(3):
        assert clerk.post(f"/counter/1/online/{code}/completions", data=form).status_code == 303
    assert len(steps(server, code)) == 2


def test_a_refusal_is_told_with_its_paper(server, clerk):
    code = arrived(server)
    answer = ask(clerk, code, "refusals", words="Không thuộc thẩm quyền", basis="Điều 5")
    end = clerk.get(answer.headers["location"]).text
    assert f"Đã từ chối hồ sơ {code}" in end and "/forms/refusal/1" in end


def test_of_a_dossier_that_is_not_ones_own_nothing_is_said(server, clerk):
    code = arrived(server)
    ask(clerk, code, words="Thiếu tờ khai")
    server.open_shift("cb10", 10)
    stranger = server.client("cb10")
    assert code not in stranger.get(f"/counter/10/online?done={code}").text
    path = f"/counter/10/online/{code}/completions"
    assert stranger.post(path, data={"request_id": request_id(), "words": "x"}).status_code == 404
