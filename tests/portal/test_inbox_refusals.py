"""What was not taken, on the desk: the reason in words, dismissed, or taken once its cause is mended."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from operations import inbound
from portal import inbox_refusals
from portal.poller import Poller
from store import attachments, dossiers, refused_arrivals
from tests.portal.adapters import answered
from tests.portal.inbox_letters import completion, dossier
from tests.portal.inbox_posts import Post, new_code, posted, said
from tests.portal.test_inbox_files import sent
from tests.support.files import HOSTILE, a_pdf

NAME = "PHẠM THỊ KÍN ĐÁO"
DESK = "/admin/desk"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with posted(tmp_path_factory.mktemp("refusals")) as post:
        yield post


@pytest.fixture
def post(place: Post) -> Iterator[Post]:
    """The door, and a desk that is empty again afterwards."""
    yield place
    clerk = place.server.client("cb01")
    for one in place.server.store.read(refused_arrivals.standing):
        clerk.post(f"/admin/portal/arrivals/{one.number}/dismissals", data={"reason": "test"})
    assert place.server.store.read(refused_arrivals.standing) == []


def poll(post: Post, *rows: Any) -> int:
    """A polled system gives these rows; the poller runs here, on a loop that is not the server's."""
    place, store = post.server.app.state, post.server.store
    answer = httpx2.MockTransport(lambda _: answered({"total": len(rows), "data": list(rows)}))

    async def write(act: Any, operation: Any, *args: Any, **kwargs: Any) -> Any:
        return store.write_now(act, operation, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "write", write)
        return asyncio.run(Poller(store, place.inbox, post.clock, "http://x/", transport=answer).poll())


def desk(post: Post) -> str:
    """The page as a clerk reads it, without its tags."""
    page = post.server.client("cb01").get(DESK)
    assert page.status_code == 200
    return re.sub(r"<[^>]+>", " ", page.text)


def only(post: Post) -> int:
    (one,) = post.server.store.read(refused_arrivals.standing)
    return one.number


def test_a_polled_row_that_is_refused_stands_on_the_desk_with_its_reason(post):
    code = new_code()
    assert poll(post, dossier(MaHoSo=code, MaTTHC="9.999999", ChuHoSo=NAME), dossier(MaHoSo=new_code())) == 1
    text = desk(post)
    assert code in text and "Không có thủ tục 9.999999" in text and "lấy từ hệ thống khác" in text
    assert NAME not in text


def test_nothing_of_it_stands_in_clear_in_the_file(post):
    poll(post, dossier(MaHoSo=new_code(), ChuHoSo=NAME, MaTTHC="9.999998"))
    store = post.server.store
    store.read(lambda db: db.execute("SELECT 1"))
    raw = b"".join(path.read_bytes() for path in store.path.parent.glob(f"{store.path.name}*"))
    assert NAME.encode() not in raw and b"KING" not in raw
    journal = store.read(
        lambda db: db.execute("SELECT payload FROM journal WHERE kind = 'ArrivalRefused'").fetchall()
    )
    assert journal and all("PHẠM" not in str(row) for row in journal)


def test_a_row_that_comes_with_every_poll_waits_once(post):
    row = dossier(MaHoSo=new_code(), LoaiDoiTuong="9")
    for _ in range(3):
        assert poll(post, row) == 0
    only(post)


def test_a_pushed_letter_with_a_bad_file_is_on_the_desk_too(post):
    code = new_code()
    assert said(post.letter(dossier(MaHoSo=code, TaiLieuNop=sent(a_pdf(), HOSTILE["script"])))) == (200, "-1")
    text = desk(post)
    assert code in text and "thứ 2" in text and "mã lệnh" in text and "Cổng gửi đến" in text


def test_a_stranger_and_a_replay_put_nothing_on_the_desk(post):
    post.letter(dossier(MaHoSo=new_code()), secret="somebody-elses-secret")
    told, nonce = dossier(MaHoSo=new_code()), "a-nonce-used-two-times"
    post.letter(told, nonce=nonce)
    assert said(post.letter(told, nonce=nonce)) == (401, "-302")
    assert post.server.store.read(refused_arrivals.standing) == []


def test_a_clerk_takes_it_again_once_the_cause_is_mended(post, monkeypatch):
    code = new_code()
    with monkeypatch.context() as patch:
        patch.setattr(inbound, "_own_codes", lambda centre: set())
        poll(post, dossier(MaHoSo=code, MaDonVi="H56.01", TaiLieuNop=sent(a_pdf("kept"))))
    own = post.server.store.centre().code
    with monkeypatch.context() as patch:
        patch.setattr(inbound, "_own_codes", lambda centre: {own, "H56.01"})
        answer = post.server.client("cb01").post(f"/admin/portal/arrivals/{only(post)}/takings", data={})
    assert answer.status_code == 303
    assert post.server.store.read(dossiers.find, code) is not None
    assert len(post.server.store.read(attachments.of_dossier, code)) == 1
    assert post.server.store.read(refused_arrivals.standing) == []
    taken = post.server.store.read(
        lambda db: db.execute(
            "SELECT payload FROM journal WHERE kind = 'ArrivalTaken' ORDER BY seq DESC"
        ).fetchone()
    )
    assert json.loads(taken[0])["person"] == "cb01"


def test_what_still_cannot_be_taken_says_why_and_stays(post):
    poll(post, dossier(MaHoSo=new_code(), ChuHoSo=""))
    number = only(post)
    answer = post.server.client("cb01").post(f"/admin/portal/arrivals/{number}/takings", data={})
    assert answer.status_code in (409, 422)
    assert only(post) == number


def test_the_right_one_from_its_sender_ends_it_by_itself(post):
    code = new_code()
    poll(post, dossier(MaHoSo=code, LoaiDoiTuong="9"))
    assert poll(post, dossier(MaHoSo=code)) == 1
    assert post.server.store.read(refused_arrivals.standing) == []


def test_a_supplement_that_came_before_its_dossier_is_taken_later(post):
    code = new_code()
    early = completion(MaHoSo=code)
    assert poll(post, early) == 0
    number = only(post)
    assert poll(post, dossier(MaHoSo=code)) == 1
    assert only(post) == number, "the dossier itself ends nothing of its supplement"
    post.ask_supplement(code)
    assert post.server.client("cb01").post(f"/admin/portal/arrivals/{number}/takings", data={}).status_code == 303
    assert post.server.store.read(refused_arrivals.standing) == []


def test_what_was_dismissed_is_gone_and_cannot_be_taken(post):
    row = dossier(MaHoSo=new_code(), LoaiDoiTuong="9")
    poll(post, row)
    number, clerk = only(post), post.server.client("cb01")
    assert clerk.post(f"/admin/portal/arrivals/{number}/dismissals", data={"reason": "not-ours"}).status_code == 303
    assert clerk.post(f"/admin/portal/arrivals/{number}/takings", data={}).status_code == 404
    assert clerk.post(f"/admin/portal/arrivals/{number}/dismissals", data={"reason": "not-ours"}).status_code == 404
    poll(post, row)
    assert post.server.store.read(refused_arrivals.standing) == []


def test_what_is_no_object_at_all_is_shown_without_a_code(post):
    assert poll(post, 1, ["x"]) == 0
    assert len(post.server.store.read(refused_arrivals.standing)) == 2
    assert "không rõ mã" in desk(post)


@pytest.mark.planted
def test_a_row_that_is_only_logged_is_found(post, monkeypatch):
    async def logged(*_: Any) -> None:
        inbox_refusals.log.warning("refused")

    monkeypatch.setattr(inbox_refusals.Refusals, "note", logged)
    with pytest.raises(AssertionError):
        test_a_polled_row_that_is_refused_stands_on_the_desk_with_its_reason(post)
