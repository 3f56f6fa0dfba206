"""Letters of the portal over real HTTP: taken once, whole and in order, or refused with nothing half stored."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.dossiers import Act, Status
from operations import inbound
from portal.inbox_messages import BODY_LIMIT
from store import attachments, differences, dossiers, inbox, marks
from tests.portal.inbox_letters import (
    INBOX,
    OTHER_PDF,
    PDF,
    PROCEDURE,
    body_of,
    completion,
    dossier,
    header,
)
from tests.portal.inbox_posts import TABLES, Post, at, new_code, posted, refuses, said
from tests.support.halls import HandClock
from tests.support.servers import running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with posted(tmp_path_factory.mktemp("inbox")) as post:
        yield post


@pytest.fixture
def post(place: Post) -> Post:
    return place


def test_a_pushed_dossier_stands_on_the_list_with_its_eight_hours_within_the_minute(post):
    code = new_code()
    before = post.clock()
    answer = post.letter(dossier(MaHoSo=code))
    assert said(answer) == (200, "0")
    assert "thành công" in answer.json()["message"]
    found = post.server.store.read(dossiers.find, code)
    assert (found.status, found.counter, found.procedure) == (Status.NEW, None, PROCEDURE)
    assert found in post.server.store.read(dossiers.standing, [Status.NEW])
    assert found.facts["answer_by"] > before.timestamp() * 1000
    assert post.clock() - before < timedelta(seconds=60), "the very answer comes after the commit"


def test_its_owner_is_sealed_found_by_marks_and_its_file_is_kept(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code, ChuHoSo="TRẦN THỊ ĐẶC BIỆT", EForm={"muc-dich": "kết hôn"}))
    vault, store = post.server.app.state.house.vault, post.server.store
    found = store.read(dossiers.find, code)
    assert store.read(marks.find, marks.of_name(vault, "tran thi dac biet")) == [found.seq]
    (file,) = store.read(attachments.of_dossier, code)
    assert (file.media, file.part, file.who) == ("application/pdf", "submitted", "portal")
    form = store.read(inbox.forms_of, code)
    assert json.loads(vault.unseal(form[inbox.WHOLE])) == {"muc-dich": "kết hôn"}
    raw = post.server.store.path.read_bytes()
    assert b"%PDF" not in raw
    assert "ĐẶC BIỆT".encode() not in raw


def test_the_same_again_is_answered_as_such_and_changes_nothing(post):
    told = dossier(MaHoSo=new_code())
    post.letter(told)
    before = post.rows()
    answer = post.letter(told)
    assert said(answer) == (200, "1")
    assert "đã tồn tại" in answer.json()["message"]
    assert {**post.rows(), "inbox_nonces": 0} == {**before, "inbox_nonces": 0}


@pytest.mark.parametrize(
    "change",
    [
        {"MaTTHC": "9.999999"}, {"MaTTHC": "x"}, {"MaTTHC": 1},
        {"MaHoSo": ""}, {"MaHoSo": "a b"}, {"MaHoSo": "x" * 51},
        {"NgayNopHoSo": "2026"}, {"NgayNopHoSo": "20261332000000"}, {"KenhThucHien": "1"}, {"LoaiDoiTuong": "9"},
        {"ChuHoSo": ""}, {"ChuHoSo": "A\u0000"}, {"ChuHoSo": None}, {"SoDienThoai": "không"}, {"Email": "x"},
        {"DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "1"}]}, {"DinhDanhCHS": [{}]},
        {"TaiLieuNop": [{"TenTepDinhKem": "a"}]}, {"TaiLieuNop": [{"TenTepDinhKem": "", "Base64": PDF}]},
        {"TaiLieuNop": [{"TenTepDinhKem": "a", "Base64": "***"}]},
        {"TaiLieuNop": [{"TenTepDinhKem": "a", "Base64": PDF}] * 31}, {"EForm": []}, {"TrichYeuHoSo": "x" * 1001},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_in_a_dossier_is_refused_by_its_name(post, change):
    refuses(post, dossier(MaHoSo=new_code()) | change)


def test_an_agency_of_another_centre_is_refused(post):
    refuses(post, dossier(MaHoSo=new_code(), MaDonVi="H99.01"), code="-303")


def test_other_content_under_a_known_code_is_refused(post):
    told = dossier(MaHoSo=new_code())
    post.letter(told)
    refuses(post, told | {"ChuHoSo": "NGƯỜI KHÁC"})


def test_a_replayed_letter_is_refused(post):
    told, nonce = dossier(MaHoSo=new_code()), "the-one-nonce-of-this-letter"
    post.letter(told, nonce=nonce)
    refuses(post, told, 401, "-302", nonce=nonce)


@pytest.mark.parametrize("late", [-301, 301, 86400], ids=["from the future", "late", "yesterday's"])
def test_a_letter_outside_the_window_is_refused(post, late):
    refuses(post, dossier(MaHoSo=new_code()), 401, "-302", late=late)


def test_a_letter_of_a_stranger_is_refused(post):
    refuses(post, dossier(MaHoSo=new_code()), 401, "-302", secret="somebody-elses-secret")
    assert post.letter(dossier(MaHoSo=new_code()), secret="the-next-secret-of-both").json()["error_code"] == "0"


def test_a_letter_whose_body_was_changed_on_the_way_is_refused(post):
    body = body_of(dossier(MaHoSo=new_code()))
    signed = header(body, post.clock(), "nonce-of-a-changed-body")
    answer = post.http.post(INBOX, content=body.replace(b"NGUY", b"NGHI"), headers={"Authorization": signed})
    assert said(answer) == (401, "-302")


@pytest.mark.parametrize("credential", ["", "Bearer x", "HMAC-SHA256 Timestamp=1", "HMAC-SHA256 " + "x" * 500])
def test_without_a_signature_no_byte_of_the_body_is_believed(post, credential):
    answer = post.http.post(INBOX, content=b"{}", headers={"Authorization": credential or "-"})
    assert said(answer) == (401, "-301")


def test_a_letter_that_is_too_large_is_refused_in_the_dialect(post):
    refuses(post, b"[" + b" " * BODY_LIMIT, 413)


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"null", b'"\\ud800"', b"[" * 50_000, b'{"EForm":' * 20 + b"1" + b"}" * 20, b"\xff\xfe"],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_what_is_no_letter_is_refused(post, body):
    refuses(post, body)


def test_a_supplement_completes_the_dossier_once(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    post.ask_supplement(code)
    assert post.status(code) is Status.SUPPLEMENT
    told = completion(MaHoSo=code, TaiLieuNop=[{"TenTepDinhKem": "trich-luc.pdf", "Base64": OTHER_PDF}])
    assert said(post.letter(told)) == (200, "0")
    assert post.status(code) in (Status.RECEIVED, Status.UNDER_WAY)
    step = post.server.store.read(dossiers.steps_of, code)[-1]
    assert (step.act, step.person) == (Act.TAKE_SUPPLEMENT, "portal")
    assert said(post.letter(told)) == (200, "1")
    assert len(post.server.store.read(attachments.of_dossier, code)) == 2


def test_a_supplement_that_nobody_asked_for_is_refused(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    refuses(post, completion(MaHoSo=code))


def test_a_supplement_of_an_unknown_dossier_is_refused_and_shown_to_a_person(post):
    code = new_code()
    answer = post.letter(completion(MaHoSo=code))
    assert said(answer) == (200, "-1")
    assert post.server.store.read(dossiers.find, code) is None
    found = post.server.store.read(differences.find, code)
    assert found is not None
    assert found.kind == "missing-here"


def test_an_older_supplement_after_a_newer_message_is_refused(post):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    post.ask_supplement(code)
    refuses(post, completion(MaHoSo=code, NgayBoSung="20261123070000"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.text(max_size=30) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
DOSSIER_FIELDS = sorted(dossier())
COMPLETION_FIELDS = sorted(completion()["data"])
QUIET = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def whole_or_nothing(post: Post, told: Any) -> None:
    """An answer in the dialect without our own fault; a new dossier is wholly there, else nothing is."""
    before = post.rows()
    answer = post.letter(told)
    assert answer.status_code < 500, answer.text
    code = answer.json()["error_code"]
    after = post.rows()
    if code == "0" and "data" not in told:
        assert after["dossiers"] == before["dossiers"] + 1
        assert after["inbox_contents"] == before["inbox_contents"] + 1
        assert after["particulars"] == before["particulars"] + 1
    else:
        same = {name for name in TABLES if name not in ("inbox_nonces", "journal")}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}


@QUIET
@given(change=st.dictionaries(st.sampled_from(DOSSIER_FIELDS), VALUES, min_size=1, max_size=4))
def test_no_dossier_is_half_stored(post, change):
    whole_or_nothing(post, dossier(MaHoSo=new_code()) | change)


@QUIET
@given(change=st.dictionaries(st.sampled_from(COMPLETION_FIELDS), VALUES, max_size=3), outer=VALUES)
def test_no_supplement_is_half_stored(post, change, outer):
    told = completion(MaHoSo="000.00.00.G22-261123-099999")
    told["data"] |= change
    whole_or_nothing(post, told)
    whole_or_nothing(post, {**told, "data": outer})


@QUIET
@given(body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_body_breaks_the_door(post, body):
    before = post.rows()
    answer = post.letter(body)
    assert answer.status_code < 500
    assert post.rows() == before


@pytest.mark.planted
def test_a_double_that_is_accepted_is_found(post, monkeypatch):
    told, nonce = dossier(MaHoSo=new_code()), "a-nonce-that-is-forgotten"
    post.letter(told, nonce=nonce)
    monkeypatch.setattr(inbox, "is_used", lambda db, nonce: False)
    monkeypatch.setattr(inbox, "use_nonce", lambda *_: None)
    with pytest.raises(AssertionError):
        refuses(post, told, 401, "-302", nonce=nonce)


@pytest.mark.planted
def test_a_missing_order_check_is_found(post, monkeypatch):
    code = new_code()
    post.letter(dossier(MaHoSo=code))
    post.ask_supplement(code)
    monkeypatch.setattr(inbound, "check_order", lambda *_: None)
    with pytest.raises(AssertionError):
        refuses(post, completion(MaHoSo=code, NgayBoSung="20261123070000"))


@pytest.mark.planted
def test_a_forgotten_signature_is_found(post, monkeypatch):
    door = post.server.app.state.inbox
    monkeypatch.setattr(type(door), "_verify", lambda *_: None)
    with pytest.raises(AssertionError):
        refuses(post, dossier(MaHoSo=new_code()), 401, "-302", secret="somebody-elses-secret")


def test_a_secret_that_is_missing_takes_nothing(tmp_path: Path):
    body = body_of(dossier())
    signed = {"Authorization": header(body, HandClock()(), "n" * 16)}
    with running(tmp_path / "data", now=HandClock()) as server, at(server) as http:
        answer = http.post(INBOX, content=body, headers=signed)
    assert said(answer) == (401, "-301")
